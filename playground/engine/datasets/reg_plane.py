"""A number that grows along a diagonal, by the formula of TensorFlow Playground."""

from typing import ClassVar, Literal

from playground.engine.datasets.base import Floats, PlaneData, dataset
from playground.engine.random import Draws


@dataset(rank=22)
class RegPlane(PlaneData):
    kind: Literal["reg-plane"] = "reg-plane"
    label: ClassVar[str] = "Plane"
    about: ClassVar[str] = "A number that grows along a diagonal: no hidden layer is needed."

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        X, moved = self.scattered(draw)
        return X, moved.sum(axis=1) / 10.0
