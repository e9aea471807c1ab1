"""What views have in common in which a person chooses one of many parts: hovering, clicking, and the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from playground.gui.views.base import ChartView
from playground.gui.widgets.base import KEYBOARD_REASONS

_STEPS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip


class CellsView(ChartView):
    """Parts in rows and columns on the screen, numbered along the rows from the upper left corner.

    hovered, focused: the part under the cursor and the one that the arrow keys have reached, or None.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self.hovered: int | None = None
        self.focused: int | None = None
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # ---- a subclass says
    def count(self) -> int:
        """How many parts there are."""
        raise NotImplementedError

    def columns(self) -> int:
        """How many of them stand side by side."""
        return 1

    def part_at(self, at: QPointF) -> int | None:
        """The part under a point of the widget."""
        raise NotImplementedError

    def say(self, part: int) -> str:
        """What a screen reader says of one part."""
        raise NotImplementedError

    def take(self, part: int) -> None:
        """The person chose this part."""
        raise NotImplementedError

    def first(self) -> int:
        """Where the arrow keys begin."""
        return 0

    def pointed(self) -> None:
        """`hovered` or `focused` is another one now."""

    # ---- the rest follows
    @property
    def lit(self) -> int | None:
        """The part to be shown as pointed at: the one under the cursor, else the one the keys have reached."""
        return self.hovered if self.hovered is not None else self.focused

    def _changed(self) -> None:
        n = self.count() if self.has_data() else 0
        for name in ("hovered", "focused"):
            part = getattr(self, name)
            if part is not None and part >= n:
                setattr(self, name, None)

    def _hover(self, part: int | None) -> None:
        if part != self.hovered:
            self.hovered = part
            clickable = part is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)
            self.pointed()
            self.update()

    def _focus(self, part: int | None) -> None:
        if part != self.focused:
            self.focused = part
            if part is not None:
                self.setAccessibleDescription(self.say(part))
            self.pointed()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.part_at(event.position()) if self.has_data() else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.has_data():
            part = self.part_at(event.position())
            if part is not None:
                self._focus(None)
                self.take(part)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in KEYBOARD_REASONS and self.has_data():
            self._focus(self.first())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focus(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.has_data():
            super().keyPressEvent(event)
        elif event.key() in _STEPS:
            self._move(*_STEPS[event.key()])
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._focus(0 if event.key() == Qt.Key.Key_Home else self.count() - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focused is not None:
            self.take(self.focused)
        elif event.key() == Qt.Key.Key_Escape and self.focused is not None:
            self._focus(None)
        else:
            super().keyPressEvent(event)

    def _move(self, down: int, right: int) -> None:
        if self.focused is None:
            self._focus(self.first())
            return
        across = max(self.columns(), 1)
        row, column = divmod(self.focused, across)
        part = (row + down) * across + column + right
        if 0 <= column + right < across and 0 <= part < self.count():
            self._focus(part)
