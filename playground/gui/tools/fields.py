"""The tools that shift the points under the footprint for as long as they are held: jitter and magnet.

The law is that of Orange's "Paint Data" (owpaintdata.py): a share that falls with the square of the distance
from the hand, 20 times a second. There it reaches all points of the unit square; here distances are counted in
radii of the footprint, and what lies outside stays.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF

from playground.gui.plot import Floats
from playground.gui.theme import px
from playground.gui.tools.base import TR, Table, Tool, pixels, places

STRENGTH = 0.0125
"""The share at the edge of the footprint for a density of 1."""
CLOSEST = 0.5
"""No share is larger: what the magnet draws comes nearer and nearer, and never lies at one and the same place."""
SHAKE = 0.3
"""Standard deviation of a step of the jitter, in radii of the footprint, where the share is 1."""


class Field(Tool):
    """Base: at each tick the points under the footprint make a step, in pixels [k, 2]."""

    footprint = repeats = True
    text = ""

    def __init__(self) -> None:
        super().__init__()
        self._at = QPointF()

    def press(self, table: Table, at: QPointF, add: bool) -> None:
        super().press(table, at, add)
        self._at = at
        self.tick(table)

    def move(self, table: Table, at: QPointF) -> None:
        self._at = at

    def tick(self, table: Table) -> None:
        x, y = pixels(table)
        reach = px(1) * table.radius
        near = np.hypot(x - self._at.x(), y - self._at.y()) <= reach
        if not near.any():
            return
        place = np.column_stack([x[near], y[near]])
        to_hand = np.array([self._at.x(), self._at.y()]) - place
        distance = np.maximum(np.hypot(*to_hand.T) / reach, 1e-6)
        share = np.minimum(STRENGTH * table.density / distance**2, CLOSEST)[:, None]
        place += share * self.step(to_hand, reach, table.rng)
        ids = table.picture.points.ids[near]
        table.commit(table.picture.moved(ids, *places(table, place[:, 0], place[:, 1])), TR("Tools", self.text))

    def step(self, to_hand: Floats, reach: float, rng: np.random.Generator) -> Floats:
        """How far a point goes where its share is 1: pixels [k, 2]. `to_hand` [k, 2] leads to the hand."""
        raise NotImplementedError


class Jitter(Field):
    """Shakes the points under the footprint apart, the more the nearer they are to the hand."""

    name = "jitter"
    text = str(QT_TRANSLATE_NOOP("Tools", "Jitter points"))

    def step(self, to_hand: Floats, reach: float, rng: np.random.Generator) -> Floats:
        return SHAKE * reach * rng.standard_normal(to_hand.shape)


class Magnet(Field):
    """Draws the points under the footprint to the hand, the faster the nearer they are."""

    name = "magnet"
    text = str(QT_TRANSLATE_NOOP("Tools", "Gather points"))

    def step(self, to_hand: Floats, reach: float, rng: np.random.Generator) -> Floats:
        return to_hand
