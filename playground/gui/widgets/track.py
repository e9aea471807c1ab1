"""The painted slider and its thumb."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Themed
from playground.gui.widgets.scale import Scale

HALO = 12  # px: how far the thumb's halo reaches from its centre


def draw_thumb(
    painter: QPainter, center: QPointF, *, enabled: bool = True, hot: bool = False, ring: bool = False
) -> None:
    """The 16 px thumb of sliders, split bars and the timeline."""
    t = theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if hot and enabled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("accent", 0.16 if not t.is_dark else 0.28))
        painter.drawEllipse(center, px(HALO), px(HALO))
    radius = px(16) / 2
    painter.setBrush(t.color("thumb") if enabled else t.color("panel"))
    pen_width = 1.25 if enabled else 1.0
    painter.setPen(QPen(t.color("accent") if enabled else t.color("faint"), pen_width))
    painter.drawEllipse(center, radius - pen_width / 2, radius - pen_width / 2)
    if ring:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(t.color("focus"), t.focus_width))
        painter.drawEllipse(center, radius + t.focus_width, radius + t.focus_width)


class Track(FocusRing, Themed, QSlider):
    """A painted slider. Positions run from 0 to `scale.notches`.

    `dragging(value)` while the button is down, `settled(value)` at the end and for keys.
    """

    dragging = Signal(object)
    settled = Signal(object)

    def __init__(
        self,
        scale: Scale,
        *,
        from_zero: bool = False,
        ticks: bool | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._from_zero, self._ticks = from_zero, ticks
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setScale(scale)
        self.actionTriggered.connect(self._keyed)
        self.follow_theme()

    def scale(self) -> Scale:
        return self._scale

    def setScale(self, scale: Scale) -> None:
        self._scale = scale
        self.setRange(0, scale.notches)
        self.setSingleStep(scale.stride)
        self.setPageStep(max(scale.notches // 10, 1))
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(2 * HALO))
        self.setMinimumWidth(px(48))

    def sizeHint(self) -> QSize:
        return QSize(px(120), px(2 * HALO))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(48), px(2 * HALO))

    def current(self) -> float:
        return self._scale.value(self.value())

    def showValue(self, value: float) -> None:
        """Move the thumb without a signal."""
        self._exact = self._scale.share(value)
        blocked = self.blockSignals(True)
        self.setValue(self._scale.position(value))
        self.blockSignals(blocked)
        self.update()

    # geometry

    def _span(self) -> tuple[float, float]:
        """Left and right end of the thumb's centre; around it is room for halo and ring."""
        return px(HALO), self.width() - px(HALO)

    def _x(self, share: float) -> float:
        left, right = self._span()
        return left + share * (right - left)

    def _share(self) -> float:
        exact = getattr(self, "_exact", None)
        return self.value() / max(self.maximum(), 1) if exact is None else exact

    def _move_to(self, x: float) -> bool:
        left, right = self._span()
        position = round((x - left) / max(right - left, 1) * self.maximum())
        before = self.value()
        self._exact = None
        self.setValue(min(max(position, 0), self.maximum()))
        self.update()
        return self.value() != before

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setSliderDown(True)
        thumb = self._x(self._share())
        self._grab = event.position().x() - thumb if abs(event.position().x() - thumb) <= px(8) else 0.0
        if self._grab == 0.0 and self._move_to(event.position().x()):
            self.dragging.emit(self.current())
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown() and self._move_to(event.position().x() - self._grab):
            self.dragging.emit(self.current())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self.update()
            self.settled.emit(self.current())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.ring_on = True
        super().keyPressEvent(event)
        self.update()

    def _keyed(self, action: int) -> None:
        if not self.isSliderDown() and action != QSlider.SliderAction.SliderMove.value:
            self._exact = None
            before = self.current()
            self.setValue(self.sliderPosition())
            if self.current() != before or self.value() != self._scale.position(before):
                self.settled.emit(self.current())

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y, thick, on = px(HALO), px(4), self.isEnabled()
        edge = px(HALO) - px(8)
        groove = QRectF(edge, y - thick / 2, self.width() - 2 * edge, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("track"))
        painter.drawRoundedRect(groove, thick / 2, thick / 2)
        x = self._x(self._share())
        start = float(edge)
        if self._from_zero and self._scale.minimum < 0 < self._scale.maximum:
            start = self._x(self._scale.share(0))
        if on:
            painter.setBrush(t.color("accent"))
            fill = QRectF(min(start, x), groove.top(), abs(x - start), thick)
            painter.drawRoundedRect(fill, thick / 2, thick / 2)
        self._draw_ticks(painter, y)
        hot = on and (self.isSliderDown() or self.underMouse())
        draw_thumb(painter, QPointF(x, y), enabled=on, hot=hot, ring=self.ring_on)

    def _draw_ticks(self, painter: QPainter, y: float) -> None:
        scale = self._scale
        show = (
            self._ticks
            if self._ticks is not None
            else scale.integer and not scale.log and scale.notches <= 20
        )
        if not show or not self.isEnabled():
            return
        painter.setPen(QPen(theme().color("control"), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        thumb = self._x(self._share())
        for i in range(scale.notches + 1):
            x = round(self._x(i / scale.notches))
            if abs(x - thumb) > px(8):
                painter.drawLine(x, int(y + px(6)), x, int(y + px(9)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
