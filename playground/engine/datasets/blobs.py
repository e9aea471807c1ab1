"""Round clouds around a circle, one for each class; their spread follows the law of `gauss`."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws
from playground.engine.schema import param


@dataset(rank=20)
class Blobs(ClassData):
    kind: Literal["blobs"] = "blobs"
    classes: int = param(
        3, label="Classes", low=2, high=6, help="One cloud each. More: more boundaries to find."
    )
    label: ClassVar[str] = "Blobs"
    about: ClassVar[str] = "Two to six round clouds, a class each."

    def n_generated_classes(self) -> int:
        return self.classes

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        cloud = draw.ids % self.classes
        angle = 2 * np.pi * cloud / self.classes
        spread = np.sqrt(0.5 + 7.0 * self.noise)
        x1 = 4.0 * np.sin(angle) + spread * draw.normal("x1")
        x2 = 4.0 * np.cos(angle) + spread * draw.normal("x2")
        return np.column_stack([x1, x2]), cloud.astype(np.float64)
