"""Two classes in opposite quadrants, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws


@dataset(rank=12)
class Xor(ClassData):
    kind: Literal["xor"] = "xor"
    label: ClassVar[str] = "XOR"
    about: ClassVar[str] = "The sign of x1 times x2: one neuron cannot learn it."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        X = np.column_stack([draw.uniform("x1", -5, 5), draw.uniform("x2", -5, 5)])
        X += np.where(X > 0, 0.3, -0.3)
        moved = X + self.noise * np.column_stack(
            [draw.uniform("shift1", -5, 5), draw.uniform("shift2", -5, 5)]
        )
        return X, (moved[:, 0] * moved[:, 1] >= 0).astype(np.float64)
