"""The timeline at the foot of the window: it scrubs through the training so far, or through a sweep of M."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from playground.engine.snapshot import Snapshot
from playground.gui.numbers import fmt
from playground.gui.playback import Playback
from playground.gui.theme import px, theme
from playground.gui.widgets import FocusRing, MathLabel, Surface, Themed, draw_text
from playground.gui.widgets.icon import IconLabel
from playground.gui.widgets.text import text_width
from playground.gui.widgets.track import draw_thumb


def round_top(last: int) -> int:
    """The right end of the axis: 1, 2 or 5 times a power of ten that leaves room, at least 100."""
    for exponent in range(2, 12):
        for mantissa in (1, 2, 3, 5, 7):
            if mantissa * 10**exponent >= last * 1.02:
                return mantissa * 10**exponent
    return last


def ticks(top: int) -> list[int]:
    """Every whole number for a short axis, else four to seven round ones."""
    if top <= 20:
        return list(range(top + 1))
    step = next(s for e in range(12) for s in (10**e, 2 * 10**e, 5 * 10**e) if top / s <= 7)
    return list(range(0, top + 1, step))


class Scrubber(FocusRing, Themed, QWidget):
    """The painted line. dragged(place) while the button is down, settled(place) at its end and for keys."""

    dragged = Signal(int)
    settled = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._reach, self._first, self._top = 0, 0, 0, 100
        self._flag: int | None = None
        self._down = False
        self.shows_reach = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or the bars below are painted with each epoch
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(38))

    def sizeHint(self) -> QSize:
        return QSize(px(300), px(38))

    def show_state(self, place: int, first: int, reach: int, top: int, flag: int | None) -> None:
        """place: where the run stands; first to reach can be gone to; flag: the epoch of the best test loss."""
        if self._down:
            place = self._place
        state = (place, first, reach, top, flag)
        if state != (self._place, self._first, self._reach, self._top, self._flag):
            self._place, self._first, self._reach, self._top, self._flag = state
            self.update()

    def _span(self) -> tuple[float, float]:
        return px(14), self.width() - px(14)

    def _x(self, place: float) -> float:
        left, right = self._span()
        return left + (right - left) * place / max(self._top, 1)

    def _at(self, x: float) -> int:
        left, right = self._span()
        place = round((x - left) / max(right - left, 1) * self._top)
        return min(max(place, self._first), self._reach)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._reach > self._first:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._down = True
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._down:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._down:
            self._down = False
            self.settled.emit(self._place)
            self.update()

    def _drag(self, x: float) -> None:
        place = self._at(x)
        if place != self._place:
            self._place = place
            self.update()
            self.dragged.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(self._top // 10, 1)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1,
                 Qt.Key.Key_PageDown: -page, Qt.Key.Key_PageUp: page, Qt.Key.Key_Home: -self._top,
                 Qt.Key.Key_End: self._top}  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.ring_on = True
        place = min(max(self._place + step, self._first), self._reach)
        if place != self._place:
            self._place = place
            self.settled.emit(place)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.fillRect(self.rect(), t.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y, (left, right) = px(16), self._span()
        self._paint_ticks(painter, y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("track"))
        painter.drawRoundedRect(QRectF(left, y - px(2), right - left, px(4)), px(2), px(2))
        at, end = self._x(self._place), self._x(self._reach)
        if end > at and self.shows_reach:
            painter.setBrush(t.color("accent", 0.35))
            painter.drawRoundedRect(QRectF(left, y - px(2), end - left, px(4)), px(2), px(2))
        painter.setBrush(t.color("accent"))
        painter.drawRoundedRect(QRectF(left, y - px(2), at - left, px(4)), px(2), px(2))
        if self._flag is not None and self._flag <= self._top:
            self._paint_flag(painter, self._x(self._flag), y)
        live = self._reach > self._first
        draw_thumb(painter, QPointF(at, y), enabled=live, hot=self._down or (live and self.underMouse()),
                   ring=self.ring_on)

    def _paint_ticks(self, painter: QPainter, y: float) -> None:
        t = theme()
        for tick in ticks(self._top):
            x = round(self._x(tick)) + 0.5
            painter.setPen(QPen(t.color("axis"), 1))
            painter.drawLine(QPointF(x, y + px(5)), QPointF(x, y + px(8)))
            text = fmt(tick, group=True)
            width = text_width(text, 11) + 2
            left = min(max(x - width / 2, 0), self.width() - width)  # the last one stays inside
            box = QRectF(left, y + px(8), width, px(14))
            draw_text(painter, box, text, size=11, color=t.muted,
                      align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)

    def _paint_flag(self, painter: QPainter, x: float, y: float) -> None:
        t = theme()
        painter.setPen(QPen(t.color("test"), px(1.5)))
        top = y - px(13)
        painter.drawLine(QPointF(x, top), QPointF(x, y - px(2)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("test"))
        painter.drawRect(QRectF(x, top, px(9), px(6)))


class Timeline(Surface):
    """Icon, caption, the scrubber, where it stands. Speaks to Playback only."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._playback = playback
        self.setAccessibleName(self.tr("Timeline"))
        self._row = QHBoxLayout(self)
        self.caption = MathLabel(self.tr("Timeline"))
        self.scrubber = Scrubber()
        self.where = MathLabel("", role="muted", align=Qt.AlignmentFlag.AlignRight)
        self.empty = MathLabel(self.tr("Press Space to train."), role="muted")
        self._row.addWidget(IconLabel("history"))
        self._row.addWidget(self.caption)
        self._row.addWidget(self.scrubber, 1)
        self._row.addWidget(self.empty, 1)
        self._row.addWidget(self.where)
        self.empty.hide()
        self.scrubber.dragged.connect(lambda place: playback.go_to(place, dragging=True))
        self.scrubber.settled.connect(self._settled)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(px(40))
        if self.layout() is not None:
            self._row.setContentsMargins(px(20), 0, px(16), 0)
            self._row.setSpacing(px(16))
            self.caption.setFixedWidth(px(82))
            self.where.setFixedWidth(px(96))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, theme().color("border"))

    def _settled(self, place: int) -> None:
        self._playback.go_to(place)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self._playback.sweeps:
            order, last = self._playback.order, self._playback.last_order
            self._show(self.tr("Sweep of *M*"), order, 0, last, last, None)
            self.where.setText(self.tr("fit {n} of {all}").format(n=order + 1, all=last + 1))
            return
        first, reach = snapshot.reach
        reach = max(reach, snapshot.epoch)
        best = snapshot.best_epoch if snapshot.best_epoch is not None and snapshot.best_epoch < reach else None
        self._show(self.tr("Timeline"), snapshot.epoch, first, reach, round_top(reach), best)
        self.where.setText(self.tr("epoch {n}").format(n=fmt(snapshot.epoch, group=True)))
        solves = self._playback.solves
        self.empty.setText(self.tr("Solved at once.") if solves else self.tr("Press Space to train."))
        empty = solves or reach == 0 and snapshot.step == 0
        self.scrubber.setVisible(not empty)
        self.empty.setVisible(empty)
        self.where.setVisible(not empty)

    def _show(self, caption: str, place: int, first: int, reach: int, top: int, flag: int | None) -> None:
        self.caption.setText(caption)
        self.scrubber.setAccessibleName(caption.replace("*", ""))
        self.scrubber.shows_reach = not self._playback.sweeps
        self.scrubber.show_state(place, first, reach, top, flag)
        if self._playback.sweeps:
            self.scrubber.show()
            self.where.show()
            self.empty.hide()
