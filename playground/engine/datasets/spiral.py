"""Two spiral arms, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws


@dataset(rank=16)
class Spiral(ClassData):
    kind: Literal["spiral"] = "spiral"
    label: ClassVar[str] = "Spiral"
    about: ClassVar[str] = "Two arms around each other: it takes a hidden layer or two."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        arm, along = draw.ids % 2, (draw.ids // 2) / (draw.n / 2)
        r = 5.0 * along
        angle = 1.75 * 2 * np.pi * along + np.pi * arm
        x1 = r * np.sin(angle) + self.noise * draw.uniform("x1", -1, 1)
        x2 = r * np.cos(angle) + self.noise * draw.uniform("x2", -1, 1)
        return np.column_stack([x1, x2]), (1 - arm).astype(np.float64)
