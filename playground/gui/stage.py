"""The widget that shows a picture and lets a person draw in it. `canvas.py` owns one.

It turns the mouse into gestures of the current tool, wheel and the other buttons into zoom and pan, and
paints in this order: ground, picture, the tool's marks. It holds no model state.
"""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.points import Points
from playground.gui import icons, tools
from playground.gui.canvas_curve import CurvePicture
from playground.gui.canvas_plane import PlanePicture
from playground.gui.kept import Kept
from playground.gui.picture import NO_IDS, Ids, Marked, Picture, clip_box
from playground.gui.plot import Frame
from playground.gui.stage_keys import KeyboardHand
from playground.gui.theme import px, theme
from playground.gui.tools import Tool
from playground.gui.widgets.base import draw_ring
from playground.gui.widgets.text import draw_text, text_width

SPRAY_MS = 50
ECHO_MS = 16
"""A gesture is shown after so long at the latest: as a rule a snapshot comes before, and one paint shows both."""
PAN_BUTTONS = Qt.MouseButton.MiddleButton | Qt.MouseButton.RightButton
RADII = (6.0, 120.0)
SPACINGS = (4.0, 60.0)
"""Design pixels between two points of the pen."""


class Stage(KeyboardHand):
    """edited(points, undo text, merge key); moved: the ranges changed; radius_changed: of the footprint;
    pressed: a button went down; point_pressed(id): on a point; released: a gesture has ended."""

    edited = Signal(object, str, str)
    moved = Signal()
    said = Signal(str)
    radius_changed = Signal()
    pressed = Signal()
    point_pressed = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Canvas"))
        words = self.tr("The arrow keys move the hand, or the chosen points; Return is the hand's button.")
        self.setAccessibleDescription(words)
        self.pictures: dict[str, Picture] = {"curve": CurvePicture(), "plane": PlanePicture()}
        self.kind = "curve"
        self.tools: dict[str, Tool] = {t.name: t() for t in tools.TOOLS}
        self.tool: Tool = self.tools["put"]
        self.selected: Ids = NO_IDS
        self.hovered: int | None = None
        self.followed = -1
        """Id of the point that is followed through the network; -1: none."""
        self.radius, self.density, self.spacing, self.label = 26.0, 4, 18.0, 0
        self.rng = np.random.default_rng()
        self.left_margin = 0
        self._counter = itertools.count(1)
        self._key = ""
        self._pan_from: QPointF | None = None
        self._timer = QTimer(self, interval=SPRAY_MS)
        self._timer.timeout.connect(self._tick)
        self._echo = QTimer(self, interval=ECHO_MS, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._echo.timeout.connect(self.refresh_now)
        self._pace = QTimer(self, interval=ECHO_MS, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self._follow)
        self._to: QPointF | None = None
        self._ground = Kept()
        self._frame: tuple[object, Frame] | None = None
        self.follow_theme()

    # ---- what the tools see
    @property
    def picture(self) -> Picture:
        return self.pictures[self.kind]

    @property
    def frame(self) -> Frame:
        picture = self.picture
        key = (picture, self.size(), self.left_margin, picture.x, picture.y, px(1000))
        if self._frame is None or self._frame[0] != key:
            self._frame = key, picture.frame(QSizeF(self.size()), self.left_margin)
        return self._frame[1]

    def refresh(self) -> None:
        """Points, model or marks have changed, the axes have not: soon in the midst of a gesture, else at once."""
        if not self.tool.held:
            self.refresh_now()
        elif not self._echo.isActive():
            self._echo.start()

    def refresh_now(self) -> None:
        """Only what lies within the axes: tools and legend lie outside, and are not painted anew."""
        self._echo.stop()
        self.update(clip_box(self.frame).toRect())

    def commit(self, points: Points, text: str) -> None:
        """Show the points and tell the window."""
        self.picture.set_points(points)
        self.refresh()
        self.edited.emit(points, text, self._key)

    def say(self, sentence: str) -> None:
        self.said.emit(sentence)

    def new_key(self) -> str:
        """A merge key for one gesture."""
        self._key = f"canvas:{next(self._counter)}"
        self._nudging = False
        return self._key

    def set_tool(self, name: str) -> None:
        self.end_gesture()
        self.tool = self.tools[name]
        if not self.tool.chooses:
            self.select(NO_IDS)
        self._point_at(self._at)

    def select(self, ids: Ids) -> None:
        self.selected = ids
        self._nudging = False
        self.update()

    def follow(self, point: int) -> None:
        """Mark the point that is followed through the network."""
        if point != self.followed:
            self.followed = point
            self.update()

    def set_radius(self, radius: float) -> None:
        self.radius = min(max(radius, RADII[0]), RADII[1])
        self.radius_changed.emit()
        self.update()

    def set_spacing(self, spacing: float) -> None:
        self.spacing = min(max(spacing, SPACINGS[0]), SPACINGS[1])

    # ---- the mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self.pressed.emit()
        if event.button() in PAN_BUTTONS and not self.tool.held:
            self._pan_from = at
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and self._pan_from is None and self._can_draw(at):
            self._by_keys = False
            if self.hovered is not None:
                self.point_pressed.emit(self.hovered)
            self._begin(at, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _begin(self, at: QPointF, add: bool) -> None:
        """A gesture of the tool starts here."""
        self.end_gesture()
        self.new_key()
        self.tool.press(self, at, add)
        if self.tool.repeats:
            self._timer.start()
        self._point_at(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._inside(event.position()):
            self.fit_view()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._by_keys = False
        if self._pan_from is not None and event.buttons() & PAN_BUTTONS:
            frame = self.frame
            (x0, y0), (x1, y1) = frame.data(self._pan_from), frame.data(at)
            self.picture.pan(x0 - x1, y0 - y1)
            self._pan_from = at
            self.moved.emit()
        elif self.tool.held:
            if not event.buttons() & Qt.MouseButton.LeftButton:  # released where we did not hear of it
                self.end_gesture()
            else:
                self._move(at)
        self._point_at(at)

    def _move(self, at: QPointF) -> None:
        """The tool follows the hand: at once, but where only the place counts no more than once in a frame."""
        self._to = at
        if not self.tool.follows:
            self._follow()
        elif not self._pace.isActive():
            self._follow()

    def _follow(self) -> None:
        """To where the hand is by now."""
        to, self._to = self._to, None
        if to is not None and self.tool.held:
            self.tool.move(self, to)
            if self.tool.follows:
                self._pace.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.end_gesture()
        elif self._pan_from is not None:
            self._pan_from = None
        self._point_at(event.position())

    def end_gesture(self) -> None:
        """Stop what the tool is doing, at once."""
        self._timer.stop()
        if self.tool.held:
            self._follow()
            self._pace.stop()
            self.tool.release(self)
            self.refresh()
            if self.picture.settle():
                self.moved.emit()
            self.released.emit()

    def _tick(self) -> None:
        self.tool.tick(self)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.end_gesture()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.end_gesture()
        self._point_at(None)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.UngrabMouse):
            self.end_gesture()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        if not turn:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.tool.footprint:
            self.set_radius(self.radius * 1.1 ** (turn / 120))
        elif not self.tool.held:  # a picture that moves under the hand would tear away what it holds
            frame = self.frame
            at = event.position()
            x, y = frame.data(at if self._inside(at) else frame.rect.center())
            self.picture.zoom(0.85 ** (turn / 120), x, y)
            self.moved.emit()
            self.update()
        event.accept()

    def fit_view(self) -> None:
        """Show all the data again."""
        self.picture.go_home()
        self.moved.emit()
        self.update()

    # ---- where the hand is
    def _inside(self, at: QPointF) -> bool:
        edge = px(tools.REACH)
        return self.frame.rect.adjusted(-edge, -edge, edge, edge).contains(at)

    def _can_draw(self, at: QPointF) -> bool:
        return self.picture.experiment is not None and self._inside(at)

    def _point_at(self, at: QPointF | None) -> None:
        """Follow the cursor: the footprint, the point under it, the shape of the cursor."""
        self._at = at
        inside = at is not None and self._inside(at)
        grabs = inside and self.tool.grabs and self.picture.experiment is not None
        if not self.tool.held:
            self.hovered = tools.nearest(self, at) if grabs and at is not None else None
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self.hovered is not None:
            shape = Qt.CursorShape.ClosedHandCursor if self.tool.held else Qt.CursorShape.OpenHandCursor
        elif inside and self.tool.footprint:
            shape = Qt.CursorShape.BlankCursor
        elif inside and self.tool.crosses:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        self.refresh()

    # ---- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()  # a painter left open by an exception would crash Qt

    def _paint(self, painter: QPainter, stale: QRect) -> None:
        frame = self.frame
        if self.picture.experiment is None or frame.rect.width() < 8 or frame.rect.height() < 8:
            painter.fillRect(stale, theme().color("canvas"))
            return
        key = (self.kind, self.picture.ground(frame), frame)
        everything = QRectF(self.rect())
        self._ground.paint(painter, everything, key, lambda below: self.picture.paint_ground(below, frame), "canvas")
        self.picture.paint(painter, frame, Marked(self.selected, self.hovered))
        self._paint_followed(painter, frame)
        if not len(self.picture.points):
            self._paint_empty(painter, frame)
        painter.save()
        painter.setClipRect(frame.rect)
        self.tool.paint(painter, self)
        if self.tool.footprint and self._at is not None and self._inside(self._at):
            tools.paint_footprint(painter, self._at, px(1) * self.radius, self._ink())
        if self._by_keys and self._at is not None and not self.tool.footprint:
            tools.paint_cross(painter, self._at)
        painter.restore()
        if self.ring_on:
            draw_ring(painter, QRectF(self.rect()), 0)

    def _paint_followed(self, painter: QPainter, frame: Frame) -> None:
        found = np.flatnonzero(self.picture.points.ids == self.followed)
        if self.followed < 0 or not len(found):
            return
        x, y = (float(values[found[0]]) for values in self.picture.places())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("canvas", 5.0), ("accent", 2.5)):
            painter.setPen(QPen(theme().color(color), width))
            painter.drawEllipse(QPointF(float(frame.px(x)), float(frame.py(y))), px(11), px(11))

    def _ink(self) -> str | None:
        """What the footprint is filled with: the colour that the brush draws."""
        if self.tool.name != "brush":
            return None
        picture = self.picture
        if isinstance(picture, PlanePicture) and not picture.numeric:
            return theme().classes[self.label].color
        return theme().train

    def _paint_empty(self, painter: QPainter, frame: Frame) -> None:
        sentence = self.tr("Draw points with the tools at the left, or choose a data set.")
        if text_width(sentence, 13) + px(16) > frame.rect.width():
            sentence = self.tr("Draw points, or choose a data set.")
        size, middle = px(24), frame.rect.center()
        picture = icons.pixmap("pencil", size, theme().muted, self.devicePixelRatioF())
        wide = min(text_width(sentence, 13) + px(16), frame.rect.width())
        box = QRectF(middle.x() - wide / 2, middle.y(), wide, px(24))
        ground = box.adjusted(0, -px(40), 0, px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("canvas", 0.85))  # curves and test points may lie below
        painter.drawRoundedRect(ground, px(6), px(6))
        painter.drawPixmap(QPointF(middle.x() - size / 2, middle.y() - px(32)), picture)
        draw_text(
            painter,
            box,
            sentence,
            color=theme().muted,
            align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
        )

    def pixel_of(self, x: float, y: float) -> QPoint:
        """The pixel of this widget at data coordinates; for tests and lessons that point at something."""
        frame = self.frame
        return QPoint(round(float(frame.px(x))), round(float(frame.py(y))))
