"""What all drawing tools have in common: what they see of the stage, the base `Tool`, points being dragged."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from playground.engine.points import Points
from playground.gui import plot
from playground.gui.picture import Ids, Picture
from playground.gui.plot import Floats, Frame
from playground.gui.theme import px, theme

TR = QCoreApplication.translate
REACH = 8
"""Pixels within which a press takes hold of a point."""
MAX_POINTS = 20_000
"""As many as a file may have; a spray stops there."""
LEAST_DRAG = 3
"""Pixels that the hand may tremble in a click."""


class Table(Protocol):
    """What a tool works on: the stage."""

    @property
    def picture(self) -> Picture: ...
    @property
    def frame(self) -> Frame: ...

    selected: Ids
    radius: float
    density: int
    spacing: float
    label: int
    rng: np.random.Generator

    def commit(self, points: Points, text: str) -> None: ...
    def say(self, sentence: str) -> None: ...


def pixels(table: Table) -> tuple[Floats, Floats]:
    """Where the points that can be edited are on screen."""
    x, y = table.picture.places()
    return table.frame.px(x), table.frame.py(y)


def places(table: Table, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """What lies under these pixels [n], in the units of the axes."""
    frame = table.frame
    box, (x0, x1), (y0, y1) = frame.rect, frame.x, frame.y
    return x0 + (x - box.left()) * (x1 - x0) / box.width(), y0 + (box.bottom() - y) * (y1 - y0) / box.height()


def in_sight(table: Table, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Those of these pixels [n] that lie within the axes: nobody draws where nothing is seen."""
    box = table.frame.rect
    seen = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
    return x[seen], y[seen]


def nearest(table: Table, at: QPointF) -> int | None:
    """The id of the point under the hand."""
    x, y = pixels(table)
    if not len(x):
        return None
    distance = np.hypot(x - at.x(), y - at.y())
    i = int(np.argmin(distance))
    return int(table.picture.points.ids[i]) if distance[i] <= px(REACH) else None


def room(table: Table, wanted: int) -> int:
    """How many of `wanted` new points are allowed."""
    free = MAX_POINTS - len(table.picture.points)
    if free < wanted:
        table.say(TR("Tools", "There can be at most {n} points.").format(n=f"{MAX_POINTS:,}"))
    return max(0, min(wanted, free))


class Tool:
    """Base: a tool that does nothing. `held` while the button is down."""

    name = ""
    footprint = False
    """A circle of the brush's radius goes with the cursor."""
    grabs = False
    """A press on a point takes hold of it."""
    chooses = False
    """It is there for chosen points, which stay chosen with it in hand."""
    crosses = False
    """It aims at one place: a cross is its cursor."""
    repeats = False
    """Works on while the button is down, also when the hand rests."""
    follows = False
    """Only where the hand is counts, not the way it took there: one move in each frame is enough."""

    def __init__(self) -> None:
        self.held = False

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        self.held = True

    def move(self, table: Table, at: QPointF) -> None:
        pass

    def tick(self, table: Table) -> None:
        pass

    def release(self, table: Table) -> None:
        self.held = False

    def paint(self, painter: QPainter, table: Table) -> None:
        """The tool's own marks over the picture."""


class Drag:
    """Points on their way: they keep their places relative to the hand. `text`: what undo calls it."""

    def __init__(self, table: Table, ids: Ids, at: QPointF, text: str = "") -> None:
        points = table.picture.points
        self._text = text
        self.ids = points.ids[np.isin(points.ids, ids)]
        index = points.index(self.ids) if len(self.ids) else np.zeros(0, dtype=np.int64)
        x, y = table.picture.places()
        self._x, self._y, self._from, self._moved = x[index], y[index], at, False

    def move(self, table: Table, at: QPointF) -> None:
        if not self._moved and (at - self._from).manhattanLength() < LEAST_DRAG:
            return
        self._moved = True
        alive = np.isin(self.ids, table.picture.points.ids)
        if not alive.any():
            return
        (x0, y0), (x1, y1) = table.frame.data(self._from), table.frame.data(at)
        moved = table.picture.moved(self.ids[alive], (self._x + x1 - x0)[alive], (self._y + y1 - y0)[alive])
        text = TR("Tools", "Move a point") if len(self.ids) == 1 else TR("Tools", "Move points")
        table.commit(moved, self._text or text)


def paint_footprint(painter: QPainter, at: QPointF, radius: float, fill: str | None) -> None:
    """The dashed circle of brush and eraser, with a cross in the middle."""
    t = theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(fill) if fill else QColor(t.muted)
    color.setAlphaF(0.22)
    painter.setBrush(color)
    line = plot.pen(t.text, 1.25)
    line.setCapStyle(Qt.PenCapStyle.FlatCap)
    line.setDashPattern([3, 2.5])
    painter.setPen(line)
    painter.drawEllipse(at, radius, radius)
    paint_cross(painter, at)


def paint_cross(painter: QPainter, at: QPointF) -> None:
    """Where the hand is."""
    arm = px(5)
    painter.setPen(plot.pen(theme().text, 1.25))
    painter.drawLine(QPointF(at.x() - arm, at.y()), QPointF(at.x() + arm, at.y()))
    painter.drawLine(QPointF(at.x(), at.y() - arm), QPointF(at.x(), at.y() + arm))
