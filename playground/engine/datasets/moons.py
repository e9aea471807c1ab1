"""Two half circles that reach into each other, as scikit-learn's `make_moons`, three times as large."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws


@dataset(rank=18)
class Moons(ClassData):
    kind: Literal["moons"] = "moons"
    label: ClassVar[str] = "Moons"
    about: ClassVar[str] = "Two half circles that reach into each other."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        lower = draw.ids % 2
        angle = draw.uniform("angle", 0, np.pi)
        x1 = np.where(lower, 1 - np.cos(angle), np.cos(angle)) + self.noise * draw.normal("x1")
        x2 = np.where(lower, 0.5 - np.sin(angle), np.sin(angle)) + self.noise * draw.normal("x2")
        return 3.0 * np.column_stack([x1 - 0.5, x2 - 0.25]), lower.astype(np.float64)
