"""Two spiral arms, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import Floats, PlaneData, dataset
from playground.engine.random import Draws


@dataset(rank=20)
class Spiral(PlaneData):
    kind: Literal["spiral"] = "spiral"
    label: ClassVar[str] = "Spiral"

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        arm, half = draw.ids % 2, max(draw.n // 2, 1)
        i = draw.ids // 2
        r = 5.0 * i / half
        angle = 1.75 * 2 * np.pi * i / half + np.pi * arm
        x1 = r * np.sin(angle) + self.noise * draw.uniform("x1", -1, 1)
        x2 = r * np.cos(angle) + self.noise * draw.uniform("x2", -1, 1)
        return np.column_stack([x1, x2]), arm.astype(np.float64)
