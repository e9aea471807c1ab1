"""A disc inside a ring, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws


@dataset(rank=10)
class Circle(ClassData):
    kind: Literal["circle"] = "circle"
    label: ClassVar[str] = "Circle"
    about: ClassVar[str] = "A disc inside a ring: no straight line parts them."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        R = 5.0
        r = np.where(draw.ids % 2 == 0, draw.uniform("disc", 0, R / 2), draw.uniform("ring", 0.7 * R, R))
        angle = draw.uniform("angle", 0, 2 * np.pi)
        x1, x2 = r * np.sin(angle), r * np.cos(angle)
        shift1, shift2 = draw.uniform("shift1", -R, R), draw.uniform("shift2", -R, R)
        inside = np.hypot(x1 + self.noise * shift1, x2 + self.noise * shift2) < R / 2
        return np.column_stack([x1, x2]), inside.astype(np.float64)
