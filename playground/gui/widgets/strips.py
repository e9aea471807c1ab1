"""The 40 px strips over the plot: the amber hint, and the red banner of a failed run. Never both at once."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from playground.gui import icons
from playground.gui.theme import px, theme
from playground.gui.widgets.base import Hairline, Themed
from playground.gui.widgets.buttons import ToolButton
from playground.gui.widgets.text import draw_text, plain, text_width
from playground.gui.widgets.tooltip import set_rich_tip


class _Strip(Themed, QWidget):
    """Icon, sentence, room for buttons at the right, close."""

    closed = Signal()
    _icon, _icon_role, _ground, _line_token = "lightbulb", "hint_icon", "hint", "hint_line"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = self._long = self._short = ""
        self._row = QHBoxLayout(self)
        self._row.addStretch(1)
        self._buttons: list[QWidget] = []
        self.divider = Hairline(vertical=True, length=24)
        self.close_button = ToolButton("x", self.tr("Close"), size=28, icon_size=18, role="muted")
        self._row.addWidget(self.divider)
        self._row.addWidget(self.close_button)
        self.close_button.clicked.connect(self._close)
        self.divider.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(40))
        self._row.setContentsMargins(px(16), 0, px(8), 1)
        self._row.setSpacing(px(8))

    def addButton(self, button: QWidget) -> QWidget:
        """Put a button into the area at the right, before the close button."""
        self._row.insertWidget(self._row.count() - 2, button)
        self._buttons.append(button)
        self.divider.setVisible(self._divided())
        return button

    def _divided(self) -> bool:
        return bool(self._buttons)

    def text(self) -> str:
        """The sentence that fits now."""
        return self._long if self._fits(self._long) else self._short or self._long

    def _set(self, head: str, long: str, short: str = "") -> None:
        self._head, self._long, self._short = head, long, short
        self.setAccessibleName(plain(f"{head} {long}".strip()))
        self.update()

    def _text_box(self) -> QRectF:
        left: float = px(16) + px(18) + px(12)
        if self._head:
            left += text_width(self._head, 13, 600) + px(8)
        shown = [b for b in (*self._buttons, self.close_button) if not b.isHidden()]
        right = min((b.x() for b in shown), default=self.width()) - px(4)
        return QRectF(left, 0, max(right - left, 0), self.height() - 1)

    def _fits(self, text: str) -> bool:
        return text_width(text, 13) <= self._text_box().width()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def sizeHint(self) -> QSize:
        return QSize(px(400), px(40))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), px(40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        sentence = self._long if not self._fits(self.text()) else ""
        self.setAccessibleDescription(sentence)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.fillRect(self.rect(), QColor(getattr(t, self._ground)))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(getattr(t, self._line_token)))
        self._draw_icon(painter)
        if self._head:
            head = QRectF(px(16) + px(18) + px(12), 0, self.width(), self.height() - 1)
            draw_text(painter, head, self._head, weight=600, color=t.text)
        self._draw_sentence(painter)

    def _draw_icon(self, painter: QPainter) -> None:
        size = px(18)
        color = QColor(getattr(theme(), self._icon_role)).name()
        picture = icons.pixmap(self._icon, size, color, self.devicePixelRatioF())
        painter.drawPixmap(px(16), (self.height() - 1 - size) // 2, picture)

    def _draw_sentence(self, painter: QPainter) -> None:
        draw_text(painter, self._text_box(), self.text(), color=theme().text)


class HintStrip(_Strip):
    """Amber: bulb, bold "Try this", the hint in a long or, where that does not fit, a short form.

    `closed` when a person closes it. `addButton()` for the strip's buttons (28 px ToolButtons).
    """

    def setHint(self, long: str, short: str = "") -> None:
        """Show a hint; an empty one leaves the strip with its buttons only."""
        self._set(self.tr("Try this"), long, short)


class Banner(_Strip):
    """Red: one sentence, flat buttons, close. `addAction("Restore", slot)` appends a flat button."""

    _icon, _icon_role, _ground, _line_token = "triangle-alert", "danger", "danger_ground", "border"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hide()

    def restyle(self) -> None:
        super().restyle()
        for button in self._buttons if hasattr(self, "_buttons") else ():
            button.setFixedHeight(px(28))
        self._lines: list[str] = []
        self._wrap()

    def show_message(self, sentence: str, actions: list[tuple[str, object]] | None = None) -> None:
        """Show `sentence` with flat buttons of (text, slot); replaces what was shown."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for text, slot in actions or []:
            button = QPushButton(text, flat=True, focusPolicy=Qt.FocusPolicy.StrongFocus, accessibleName=text)
            button.setFixedHeight(px(28))
            button.clicked.connect(lambda _=False, slot=slot: slot())
            self.addButton(button)
        self._set("", sentence)
        set_rich_tip(self, sentence)
        self.show()
        self._row.activate()
        self._wrap()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def _wrap(self) -> None:
        """A sentence that is longer than the strip takes further lines: what to try must not be cut off."""
        room, lines = self._text_box().width(), [""]
        for word in self._long.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and text_width(longer, 13) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        self._lines = [*lines[:3], " ".join(lines[3:])] if len(lines) > 4 else lines
        height = px(40) if len(self._lines) == 1 else px(16) * len(self._lines) + px(16)
        if height != self.height():
            self.setFixedHeight(height)
        self.update()

    def _draw_sentence(self, painter: QPainter) -> None:
        box, line = self._text_box(), px(16)
        top = (box.height() - line * len(self._lines)) / 2
        for i, text in enumerate(self._lines):
            draw_text(painter, QRectF(box.left(), top + i * line, box.width(), line), text, color=theme().text)

    def _divided(self) -> bool:
        return False
