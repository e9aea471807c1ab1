"""Six hills and hollows, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import Floats, PlaneData, dataset
from playground.engine.random import Draws

BUMPS = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])
"""x1, x2 and sign of each."""


@dataset(rank=24)
class RegGauss(PlaneData):
    kind: Literal["reg-gauss"] = "reg-gauss"
    label: ClassVar[str] = "Six bumps"
    about: ClassVar[str] = "Three hills and three hollows; the number is the height."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        X, moved = self.scattered(draw)
        distance = np.hypot(moved[:, None, 0] - BUMPS[:, 0], moved[:, None, 1] - BUMPS[:, 1])  # [n, 6]
        height = BUMPS[:, 2] * np.maximum(0.0, 1.0 - distance / 2.0)
        return X, np.take_along_axis(height, np.abs(height).argmax(axis=1)[:, None], axis=1)[:, 0]
