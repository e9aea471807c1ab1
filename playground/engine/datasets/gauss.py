"""Two round clouds, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws


@dataset(rank=14)
class Gauss(ClassData):
    kind: Literal["gauss"] = "gauss"
    label: ClassVar[str] = "Gauss"
    about: ClassVar[str] = "Two round clouds: a straight line does."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        cloud = 1 - draw.ids % 2
        spread = np.sqrt(0.5 + 7.0 * self.noise)
        centre = np.where(cloud == 1, 2.0, -2.0)
        X = centre[:, None] + spread * np.column_stack([draw.normal("x1"), draw.normal("x2")])
        return X, cloud.astype(np.float64)
