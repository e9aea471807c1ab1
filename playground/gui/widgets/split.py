"""The bar that shares the points out among training, validation and test."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Themed, column, rounded
from playground.gui.widgets.slider import ErrorLine
from playground.gui.widgets.text import MathLabel, text_width
from playground.gui.widgets.track import HALO, draw_thumb

Shares = tuple[float, float, float]


class _Bar(FocusRing, Themed, QWidget):
    """The painted bar. Handle 0 ends the training part; handle 1, when validation is on, ends that part."""

    moved = Signal(bool)  # True at the end of a gesture

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends = [0.7, 0.7]
        self.with_validation = False
        self.at = 0
        self._down = False
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(24))

    def sizeHint(self) -> QSize:
        return QSize(px(160), px(24))

    def handles(self) -> list[int]:
        return [0, 1] if self.with_validation else [0]

    def _x(self, share: float) -> float:
        return share * self.width()

    def _thumb_x(self, share: float) -> float:
        return min(max(self._x(share), px(HALO)), self.width() - px(HALO))

    def place(self, handle: int, share: float) -> None:
        """Put a handle at a share of the whole, in hundredths; handles do not pass each other."""
        share = round(min(max(share, 0.0), 1.0), 2)
        if not self.with_validation:
            self.ends = [share, share]
        elif handle == 0:
            self.ends[0] = min(share, self.ends[1])
        else:
            self.ends[1] = max(share, self.ends[0])
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        x = event.position().x()
        near = sorted(self.handles(), key=lambda h: abs(self._thumb_x(self.ends[h]) - x))
        self.at, self._down = near[0], True
        if len(near) == 2 and self.ends[0] == self.ends[1]:  # on top of each other: the side decides
            self.at = 0 if x < self._thumb_x(self.ends[0]) else 1
        self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._down:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._down:
            self._down = False
            self.update()
            self.moved.emit(True)

    def _drag(self, x: float) -> None:
        before = list(self.ends)
        self.place(self.at, x / max(self.width(), 1))
        if self.ends != before:
            self.moved.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -0.01,
            Qt.Key.Key_Right: 0.01,
            Qt.Key.Key_Down: -0.01,
            Qt.Key.Key_Up: 0.01,
            Qt.Key.Key_PageDown: -0.1,
            Qt.Key.Key_PageUp: 0.1,
            Qt.Key.Key_Home: -1.0,
            Qt.Key.Key_End: 1.0,
        }
        step = steps.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        self.ring_on = True
        before = list(self.ends)
        self.place(self.at, self.ends[self.at] + step)
        if self.ends != before:
            self.moved.emit(True)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from the first handle to the second before it leaves."""
        following = self.at + (1 if forward else -1)
        if following in self.handles():
            self.at = following
            self.update()
            return True
        return super().focusNextPrevChild(forward)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        y, height = px(12), px(8)
        bar = QRectF(0, y - height / 2, self.width(), height)
        on = self.isEnabled()
        radius = px(2)
        rounded(painter, bar, radius, t.color("test", 0.14 if on else 0.05), t.test if on else t.faint, 1.25)
        if self.with_validation and self.ends[1] > self.ends[0]:
            middle = QRectF(bar.left(), bar.top(), self._x(self.ends[1]), height)
            rounded(painter, middle, radius, t.panel)
            rounded(
                painter,
                middle,
                radius,
                t.color("train", 0.3 if on else 0.1),
                t.train if on else t.faint,
                1.25,
            )
        if self.ends[0] > 0:
            first = QRectF(bar.left(), bar.top(), self._x(self.ends[0]), height)
            rounded(painter, first, radius, t.train if on else t.faint)
        for handle in reversed(self.handles()):
            chosen = handle == self.at
            hot = on and ((self._down and chosen) or (self.underMouse() and len(self.handles()) == 1))
            draw_thumb(
                painter,
                QPointF(self._thumb_x(self.ends[handle]), y),
                enabled=on,
                hot=hot,
                ring=self.ring_on and chosen,
            )


class SplitBar(Themed, QWidget):
    """Label line "192 training  128 test" over the bar.

    `value()` is (train, validation, test) as shares that add up to 1. `changing` during a drag, `changed` at its
    end. `setCounts()` gives the whole numbers of points to show; without them percentages are shown. A handle for
    validation is there when `validation=True` or when the value that is set has a validation share.
    """

    changing = Signal(object)
    changed = Signal(object)

    def __init__(
        self,
        value: Shares = (0.7, 0.0, 0.3),
        *,
        label: str = "",
        validation: bool = False,
        default: Shares | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        label = label or self.tr("Split")
        self.default, self._validation = default, validation
        self._counts: tuple[int, int, int] | None = None
        self.label = MathLabel(label)
        self.caption = MathLabel("", size=12, role="muted", align=Qt.AlignmentFlag.AlignRight)
        self.bar = _Bar(label)
        self.error = ErrorLine()
        self._line = QHBoxLayout()
        self._line.addWidget(self.label)
        self._line.addWidget(self.caption, 1)
        self._column = column(self)
        self._column.addLayout(self._line)
        self._column.addWidget(self.bar)
        self._column.addWidget(self.error)
        self.bar.moved.connect(self._moved)
        self.label.doubleClicked.connect(self._reset)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.follow_theme()
        self.setValue(value)

    def restyle(self) -> None:
        self._column.setContentsMargins(0, 0, 0, px(4))
        self.label.setFixedHeight(px(28))

    def value(self) -> Shares:
        first, second = self.bar.ends
        return (round(first, 4), round(second - first, 4), round(1 - second, 4))

    def setValue(self, value: Shares) -> None:
        train, validation, _ = value
        self.bar.with_validation = self._validation or validation > 0
        self.bar.at = min(self.bar.at, len(self.bar.handles()) - 1)
        self.bar.ends = [train, min(train + validation, 1.0)]
        self.setError(None)
        self.bar.update()
        self._show_caption()

    def setCounts(self, counts: tuple[int, int, int] | None) -> None:
        """How many points the shares came to: (training, validation, test)."""
        self._counts = counts
        self._show_caption()

    def setError(self, text: str | None) -> None:
        self.error.setError(text)

    def _show_caption(self) -> None:
        names = (self.tr("training"), self.tr("validation"), self.tr("test"))
        if self._counts is None:
            figures = [fmt(100 * share, 0) + " %" for share in self.value()]
            shown = self.value()
        else:
            figures = [fmt(count, group=True) for count in self._counts]
            shown = self._counts
        kept = [i for i in range(3) if shown[i] or i != 1]
        parts = [f"{figures[i]} {names[i]}" for i in kept]
        room = self.width() - self.label.sizeHint().width() - px(8)
        caption = "  ".join(parts)
        if text_width(caption, 12) > room > 0:  # the colours of the bar tell which is which
            caption = " / ".join(figures[i] for i in kept)
        self.caption.setText(caption)
        self.bar.setAccessibleDescription(", ".join(parts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_caption()

    def _moved(self, done: bool) -> None:
        self._counts = None
        self._show_caption()
        (self.changed if done else self.changing).emit(self.value())

    def _reset(self) -> None:
        if self.default is not None and self.value() != tuple(self.default):
            self.setValue(self.default)
            self.changed.emit(self.value())
