"""The tools that make points and take them away: put, brush, pen, eraser."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from playground.gui.plot import Floats
from playground.gui.theme import px
from playground.gui.tools.base import TR, Drag, Table, Tool, in_sight, nearest, pixels, places, room


class Put(Tool):
    """A click adds a point; a press on a point drags it, and so does a press that has just added one."""

    name = "put"
    grabs = follows = crosses = True

    def __init__(self) -> None:
        super().__init__()
        self._drag: Drag | None = None

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        hit, text = nearest(table, at), ""
        if hit is None and room(table, 1):
            x, y = table.frame.data(at)
            points = table.picture.added(np.array([x]), np.array([y]), table.label)
            text = TR("Tools", "Add a point")
            table.commit(points, text)
            hit = int(points.ids[-1])
        self._drag = None if hit is None else Drag(table, np.array([hit]), at, text)

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
        xs, ys = in_sight(table, xs, ys)
        if len(xs):
            table.commit(table.picture.added(*places(table, xs, ys), table.label), TR("Tools", "Spray points"))


class Pen(Tool):
    """Points along the way of the hand, each `spacing` pixels of the way after the one before."""

    name = "pen"
    crosses = True

    def __init__(self) -> None:
        super().__init__()
        self._at = QPointF()
        self._left = 0.0
        """Pixels of the way until the next point."""

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._at, self._left = at, px(1) * table.spacing
        self._put(table, np.array([at.x()]), np.array([at.y()]))

    def move(self, table: Table, at: QPointF) -> None:
        start, way, spacing = self._at, at - self._at, px(1) * table.spacing
        length = float(np.hypot(way.x(), way.y()))
        stations = np.arange(self._left, length, spacing)
        self._at, self._left = at, self._left + len(stations) * spacing - length
        if len(stations):
            share = stations / length
            self._put(table, start.x() + share * way.x(), start.y() + share * way.y())

    def _put(self, table: Table, x: Floats, y: Floats) -> None:
        x, y = in_sight(table, x, y)
        k = room(table, len(x)) if len(x) else 0
        if k:
            new = table.picture.added(*places(table, x[:k], y[:k]), table.label)
            table.commit(new, TR("Tools", "Draw points"))


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
