"""A number that grows along a diagonal, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import Floats, PlaneData, dataset
from playground.engine.random import Draws


@dataset(rank=22)
class RegPlane(PlaneData):
    kind: Literal["reg-plane"] = "reg-plane"
    label: ClassVar[str] = "Plane"
    about: ClassVar[str] = "A number that grows along a diagonal: no hidden layer is needed."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        X = np.column_stack([draw.uniform("x1", -6, 6), draw.uniform("x2", -6, 6)])
        moved = X + self.noise * np.column_stack(
            [draw.uniform("shift1", -6, 6), draw.uniform("shift2", -6, 6)]
        )
        return X, moved.sum(axis=1) / 10.0
