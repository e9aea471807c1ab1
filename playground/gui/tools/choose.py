"""The tools that choose points, and drag what is chosen: select (a rectangle) and lasso (any outline)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from playground.gui.picture import NO_IDS, Ids
from playground.gui.plot import Floats
from playground.gui.theme import theme
from playground.gui.tools.base import Drag, Table, Tool, nearest, pixels


class Chooser(Tool):
    """What is within an outline becomes chosen, Shift adds to it; a press on a point drags all that are chosen."""

    grabs = chooses = True

    def __init__(self) -> None:
        super().__init__()
        self._drag: Drag | None = None
        self._before: Ids = NO_IDS

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._drag = None
        self._before = table.selected if add else NO_IDS
        self.begin(at)
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
        self.extend(at)
        inside = self.inside(*pixels(table))
        table.selected = np.union1d(self._before, table.picture.points.ids[inside])

    def release(self, table: Table) -> None:
        super().release(table)
        self._drag = None

    def paint(self, painter: QPainter, table: Table) -> None:
        if self.held and self._drag is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(theme().accent), 1, Qt.PenStyle.DashLine))
            painter.setBrush(theme().color("accent", 0.1))
            self.paint_outline(painter)

    # ---- the outline, in pixels
    def begin(self, at: QPointF) -> None:
        """The outline starts here."""
        raise NotImplementedError

    def extend(self, at: QPointF) -> None:
        """The hand is here now."""
        raise NotImplementedError

    def inside(self, x: Floats, y: Floats) -> np.ndarray:
        """bool [n]: which of these pixels lie within."""
        raise NotImplementedError

    def paint_outline(self, painter: QPainter) -> None:
        raise NotImplementedError


class Select(Chooser):
    """A rectangle between the press and the hand."""

    name = "select"
    follows = True

    def __init__(self) -> None:
        super().__init__()
        self._from = self._to = QPointF()

    def begin(self, at: QPointF) -> None:
        self._from = self._to = at

    def extend(self, at: QPointF) -> None:
        self._to = at

    def inside(self, x: Floats, y: Floats) -> np.ndarray:
        box = QRectF(self._from, self._to).normalized()
        return np.asarray((x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom()))

    def paint_outline(self, painter: QPainter) -> None:
        if self._to != self._from:
            painter.drawRect(QRectF(self._from, self._to).normalized())


class Lasso(Chooser):
    """The way of the hand, closed by a straight line from its end to its beginning."""

    name = "lasso"
    crosses = True

    def __init__(self) -> None:
        super().__init__()
        self._way: list[QPointF] = []
        self._seen = 1
        self._odd = np.zeros(0, dtype=bool)
        """bool [n]: whether a ray to the right of each point crosses the first `_seen` corners' sides oddly often."""

    def begin(self, at: QPointF) -> None:
        self._way, self._seen, self._odd = [at], 1, np.zeros(0, dtype=bool)

    def extend(self, at: QPointF) -> None:
        self._way.append(at)

    def inside(self, x: Floats, y: Floats) -> np.ndarray:
        """By the even-odd rule. What the sides before crossed is kept, so that a long way stays quick."""
        if len(self._odd) != len(x):
            self._odd, self._seen = np.zeros(len(x), dtype=bool), 1
        for a, b in zip(self._way[self._seen - 1 :], self._way[self._seen :], strict=False):
            self._odd = self._odd ^ _crossed(a, b, x, y)
        self._seen = len(self._way)
        return self._odd ^ _crossed(self._way[-1], self._way[0], x, y)

    def paint_outline(self, painter: QPainter) -> None:
        if len(self._way) > 2:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawPolygon(QPolygonF(self._way))


def _crossed(a: QPointF, b: QPointF, x: Floats, y: Floats) -> np.ndarray:
    """bool [n]: whether the ray to the right of each point crosses the side from a to b."""
    if a.y() == b.y():
        return np.zeros(len(x), dtype=bool)
    at = a.x() + (y - a.y()) * (b.x() - a.x()) / (b.y() - a.y())
    return np.asarray(((a.y() > y) != (b.y() > y)) & (x < at))
