"""The drawing tools: put, brush, eraser, select. Pure gestures: places of the hand in, new `Points` out.

`stage.py` hands each tool the mouse in pixels and carries out what it commits. One gesture, from press to
release, is one step of undo: the stage gives it one merge key.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from playground.engine.points import Points
from playground.gui import plot
from playground.gui.picture import NO_IDS, Ids, Picture
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
    label: int
    rng: np.random.Generator

    def commit(self, points: Points, text: str) -> None: ...
    def say(self, sentence: str) -> None: ...


def pixels(table: Table) -> tuple[Floats, Floats]:
    """Where the points that can be edited are on screen."""
    x, y = table.picture.places()
    return table.frame.px(x), table.frame.py(y)


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
    """Points on their way: they keep their places relative to the hand."""

    def __init__(self, table: Table, ids: Ids, at: QPointF) -> None:
        points = table.picture.points
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
        table.commit(moved, text)


class Put(Tool):
    """A click adds a point; a press on a point drags it, and so does a press that has just added one."""

    name = "put"
    grabs = follows = True

    def __init__(self) -> None:
        super().__init__()
        self._drag: Drag | None = None

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        hit = nearest(table, at)
        if hit is None and room(table, 1):
            x, y = table.frame.data(at)
            points = table.picture.added(np.array([x]), np.array([y]), table.label)
            table.commit(points, TR("Tools", "Add a point"))
            hit = int(points.ids[-1])
        self._drag = None if hit is None else Drag(table, np.array([hit]), at)

    def move(self, table: Table, at: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(table, at)

    def release(self, table: Table) -> None:
        super().release(table)
        self._drag = None


class Brush(Tool):
    """A spray: at each tick `density` points, evenly over the footprint along the way of the hand."""

    name = "brush"
    footprint = True
    repeats = True

    def __init__(self) -> None:
        super().__init__()
        self._from = self._at = QPointF()

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._from = self._at = at
        self.tick(table)

    def move(self, table: Table, at: QPointF) -> None:
        self._at = at

    def tick(self, table: Table) -> None:
        k = room(table, table.density)
        if not k:
            return
        along, turn = table.rng.random(k), 2 * np.pi * table.rng.random(k)
        reach = px(1) * table.radius * np.sqrt(table.rng.random(k))
        xs = self._from.x() + along * (self._at.x() - self._from.x()) + reach * np.cos(turn)
        ys = self._from.y() + along * (self._at.y() - self._from.y()) + reach * np.sin(turn)
        self._from = self._at
        places = [table.frame.data(QPointF(x, y)) for x, y in zip(xs, ys, strict=True)]
        x, y = (np.array(v) for v in zip(*places, strict=True))
        table.commit(table.picture.added(x, y, table.label), TR("Tools", "Spray points"))


class Eraser(Tool):
    """Takes away what comes under the footprint on its way."""

    name = "eraser"
    footprint = True

    def __init__(self) -> None:
        super().__init__()
        self._at = QPointF()

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._at = at
        self.move(table, at)

    def move(self, table: Table, at: QPointF) -> None:
        x, y = pixels(table)
        dx, dy = at.x() - self._at.x(), at.y() - self._at.y()
        length = dx * dx + dy * dy
        share = np.clip(((x - self._at.x()) * dx + (y - self._at.y()) * dy) / length, 0, 1) if length else 0.0
        off = np.hypot(x - self._at.x() - share * dx, y - self._at.y() - share * dy)
        self._at = at
        gone = off <= px(1) * table.radius
        if gone.any():
            table.commit(table.picture.points.take(~gone), TR("Tools", "Erase points"))


class Select(Tool):
    """A rectangle chooses points, Shift adds to them; a press on one drags all that are chosen."""

    name = "select"
    grabs = follows = True

    def __init__(self) -> None:
        super().__init__()
        self._drag: Drag | None = None
        self._from = self._to = QPointF()
        self._before: Ids = NO_IDS

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._drag, self._from, self._to = None, at, at
        self._before = table.selected if add else NO_IDS
        hit = nearest(table, at)
        if hit is None:
            table.selected = self._before
            return
        if add and hit in table.selected:
            table.selected = table.selected[table.selected != hit]
            return
        if hit not in table.selected:
            table.selected = np.append(self._before, hit)
        self._drag = Drag(table, table.selected, at)

    def move(self, table: Table, at: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(table, at)
            return
        self._to = at
        box = QRectF(self._from, at).normalized()
        x, y = pixels(table)
        inside = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
        table.selected = np.union1d(self._before, table.picture.points.ids[inside])

    def release(self, table: Table) -> None:
        super().release(table)
        self._drag, self._to = None, self._from

    def paint(self, painter: QPainter, table: Table) -> None:
        if not self.held or self._drag is not None or self._to == self._from:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme().accent), 1, Qt.PenStyle.DashLine))
        painter.setBrush(theme().color("accent", 0.1))
        painter.drawRect(QRectF(self._from, self._to).normalized())


TOOLS: tuple[type[Tool], ...] = (Put, Brush, Eraser, Select)


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
