"""Squares that take turns, as on a board for draughts."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import ClassData, Floats, dataset
from playground.engine.random import Draws
from playground.engine.schema import param


@dataset(rank=21)
class Checkerboard(ClassData):
    kind: Literal["checkerboard"] = "checkerboard"
    cells: int = param(
        4, label="Squares", low=2, high=8, help="Along one side. More: a finer pattern, which takes more points to see."
    )
    label: ClassVar[str] = "Checkers"
    about: ClassVar[str] = "Squares of two classes that take turns: easy for a tree, hard for a small network."
    half_width: ClassVar[float] = 5.0

    def extent(self) -> tuple[tuple[float, float], ...]:
        return ((-6.0, 6.0),) * 2

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        """The class is that of the square where a point seems to be: the noise displaces it."""
        X, moved = self.scattered(draw)
        return X, self.side(moved, draw.seed)

    def side(self, X: Floats, seed: int) -> Floats:
        square = np.floor((X / self.half_width + 1) / 2 * self.cells)
        return square.sum(axis=1) % 2
