"""Rings around one another, a class each."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws
from playground.engine.schema import param

OUTERMOST = 5.0


@dataset(rank=19)
class Rings(ClassData):
    kind: Literal["rings"] = "rings"
    classes: int = param(3, label="Rings", low=2, high=6, help="One class each. More: they lie closer together.")
    label: ClassVar[str] = "Rings"
    about: ClassVar[str] = "Two to six rings around one another, a class each."

    def n_generated_classes(self) -> int:
        return self.classes

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        """The radius of a point is that of its ring and a normal error: at a noise of 0.25 half the way to the next."""
        ring, gap = draw.ids % self.classes, OUTERMOST / self.classes
        radius = (ring + 1) * gap + 2 * self.noise * gap * draw.normal("radius")
        angle = draw.uniform("angle", 0, 2 * np.pi)
        return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), ring.astype(np.float64)

    def side(self, X: Floats, seed: int) -> Floats:
        nearest = np.rint(np.hypot(*X.T) / (OUTERMOST / self.classes)) - 1
        return np.clip(nearest, 0, self.classes - 1)
