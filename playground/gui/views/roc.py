"""The view of `Roc`: the curves, and the threshold in force as a point that is dragged along the one it is judged on.

The arrow keys move it from point to point of the curve, Home and End to its ends. Run it alone for a look:
`python -m playground.gui.views.roc`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Roc, Series
from playground.gui import plot
from playground.gui.numbers import fmt
from playground.gui.plot import Axis, Frame
from playground.gui.theme import px, theme
from playground.gui.views.lines import LinesView
from playground.gui.views.readout import Row, draw_read_out
from playground.gui.views.roles import role_ink
from playground.gui.widgets.text import draw_text, text_width

THRESHOLD = "decision.threshold"
REACH = 24
"""Design pixels from the curve within which it is read out."""
_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1}


class RocView(LinesView):
    shows = Roc

    def __init__(self, parent: QWidget | None = None) -> None:
        self._dragging = False
        self._ahead: int | None = None  # where a hand has put it, until the engine has answered
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _changed(self) -> None:
        super()._changed()
        if not self._dragging:
            self._ahead = None

    def describe(self) -> str:
        place = self._place()
        said = "" if place is None else ", ".join(f"{text} {value}" for _, text, value in self._rows(place))
        return "; ".join(part for part in (super().describe(), said) if part)

    # ---- the curve
    @property
    def curve(self) -> Series | None:
        """The one that the point moves along; None where no threshold moves anything."""
        s = self.summary
        return None if s is None or s.judged < 0 or s.threshold is None else s.series[s.judged]

    def _place(self) -> int | None:
        """The point of the curve that the threshold in force stands at."""
        if self.curve is None or self.summary.here is None:
            return None
        if self._ahead is not None and self._ahead < len(self.curve.x):
            return self._ahead
        x, y = self.summary.here
        return int(np.argmin(np.abs(self.curve.x - x) + np.abs(self.curve.y - y)))

    def _near(self, frame: Frame, at: QPointF) -> tuple[int, float]:
        """The point of the curve nearest to a pixel, and how far it is."""
        assert self.curve is not None
        far = np.hypot(frame.px(self.curve.x) - at.x(), frame.py(self.curve.y) - at.y())
        return int(np.argmin(far)), float(far.min())

    def _spot(self, frame: Frame, place: int) -> QPointF:
        assert self.curve is not None
        return QPointF(float(frame.px(self.curve.x[place])), float(frame.py(self.curve.y[place])))

    def _threshold(self, place: int) -> float:
        """That of a point; of the one in force the number that a person gave."""
        if self._ahead is None and place == self._place():
            return float(self.summary.threshold)
        return float(self.summary.thresholds[self.summary.judged][place])

    def _rows(self, place: int) -> list[Row]:
        assert self.curve is not None
        rates = (fmt(100 * float(v[place]), 1) + " %" for v in (self.curve.x, self.curve.y))
        names = self.tr("false positive rate"), self.tr("true positive rate")
        return [(None, self.tr("threshold"), fmt(float(f"{self._threshold(place):.3g}"))),
                *((None, name, rate) for name, rate in zip(names, rates, strict=True))]  # fmt: skip

    # ---- geometry
    def _layout(self) -> tuple[Frame, Axis, Axis]:
        frame, across, up = super()._layout()
        return frame, Axis(across.values, plot.tick_texts(across.values, percent=True)), up

    def _plot_width(self, free: float, x_limits: tuple[float, float]) -> float:
        """The whole width, for the names stand in the corner below the curves."""
        return max(free - px(8), px(48))

    def _x_beside(self) -> bool:
        """Never: the name of this axis is as long as a narrow chart is wide."""
        return False

    # ---- painting
    def _paint_point(self, painter: QPainter, frame: Frame) -> None:
        """Over the curves, under what is read out."""
        place, t = self._place(), theme()
        if place is None:
            return
        spot = self._spot(frame, place)
        if self.hasFocus():
            painter.setPen(QPen(t.color("accent"), px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(spot, px(10), px(10))
        painter.setPen(QPen(t.color("canvas"), px(2)))
        painter.setBrush(t.color("accent"))
        painter.drawEllipse(spot, px(7), px(7))
        if not self._read_out_now(frame):
            self._paint_caption(painter, frame, spot, place)

    def _paint_names(self, painter: QPainter, frame: Frame) -> None:
        """With the area under each, at the right in the corner that curves better than chance leave free."""
        named = [series for series, *_ in self._series()]
        foot = frame.rect.bottom() - px(4) - len(named) * px(16)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, series in enumerate(named):
            row = QRectF(frame.rect.left(), foot + i * px(16), frame.rect.width() - px(4), px(16))
            draw_text(painter, row, series.label, size=12, weight=600, color=role_ink(series.role), align=right)
        self._paint_point(painter, frame)

    def _paint_caption(self, painter: QPainter, frame: Frame, spot: QPointF, place: int) -> None:
        """Below and right of the point, where curves seldom pass."""
        words = self.tr("threshold {value}").format(value=fmt(float(f"{self._threshold(place):.3g}")))
        wide, box = text_width(words, 11), frame.rect
        left = min(spot.x() + px(12), box.right() - wide)
        top = min(max(spot.y() + px(4), box.top()), box.bottom() - px(16))
        draw_text(painter, QRectF(left, top, wide + 2, px(14)), words, size=11, color=theme().text)

    def _read_out_now(self, frame: Frame) -> bool:
        """Whether the curve is read out at the cursor."""
        if self.curve is None or self._hover is None:
            return False
        return self._dragging or self._near(frame, self._hover)[1] <= px(REACH)

    def _paint_read_out(self, painter: QPainter, frame: Frame) -> None:
        if self.curve is None:
            super()._paint_read_out(painter, frame)
        elif self._read_out_now(frame):
            held = self._place() if self._dragging else None
            place = self._near(frame, self._hover)[0] if held is None else held
            spot = self._spot(frame, place)
            plot.vline(painter, spot.x(), frame.rect.top(), frame.rect.bottom(), theme().control)
            below = QPointF(spot.x(), spot.y() + px(44))  # the curve stays in sight
            draw_read_out(painter, QRectF(self.rect()), below, self._rows(place))

    # ---- the mouse
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self.curve is None or not self.has_data():
            return
        frame = self._layout()[0]
        place, far = self._near(frame, event.position())
        if self._dragging:
            self._move_to(place)
        near = self._dragging or far <= px(REACH)
        self.setCursor(Qt.CursorShape.PointingHandCursor if near else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.curve is None or not self.has_data():
            return
        place, far = self._near(self._layout()[0], event.position())
        if far <= px(REACH):
            self._dragging = True
            self._move_to(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self.settled.emit()
            self.update()

    def _move_to(self, place: int) -> None:
        if place != self._place():
            self._ahead = place
            self.dragged.emit({THRESHOLD: float(self.summary.thresholds[self.summary.judged][place])})
            self.update()

    # ---- the keys
    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, key = self._place(), Qt.Key(event.key())
        if self.curve is None or place is None or key not in (*_STEPS, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
            return
        last = len(self.curve.x) - 1
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        self._move_to(ends[key] if key in ends else min(max(place + _STEPS[key], 0), last))
        self.setAccessibleDescription(self.describe())

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self.settled.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.settled.emit()
        self.update()


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("roc")
