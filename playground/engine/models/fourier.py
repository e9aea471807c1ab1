"""Sines and cosines, linear in their weights: y = w_0 + sum_k (a_k sin 2 pi k u + b_k cos 2 pi k u)."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.models.base import model
from playground.engine.models.linear import SUBSCRIPTS, Floats, LinearSpec, unit
from playground.engine.schema import param


@model(rank=4)
class Fourier(LinearSpec):
    kind: Literal["fourier"] = "fourier"
    order: int = param(
        2, label="Harmonics", symbol="M", low=0, high=20,
        help="Waves with 1, 2, … periods in the range of x. Larger: fits closer, wiggles more.",
    )  # fmt: skip

    label: ClassVar[str] = "Fourier"

    def n_weights(self) -> int:
        return 2 * self.order + 1

    def design(self, x: Floats, x_range: tuple[float, float]) -> Floats:
        """One, then the sine and the cosine of each harmonic; u is the share of the range."""
        turns = 2.0 * np.pi * unit(x, x_range)[:, None] * np.arange(1, self.order + 1)
        waves = np.stack([np.sin(turns), np.cos(turns)], axis=2).reshape(len(turns), -1)
        return np.column_stack([np.ones(len(turns)), waves])

    def weight_names(self) -> tuple[str, ...]:
        waves = (f"{letter}{k}" for k in range(1, self.order + 1) for letter in "ab")
        return ("w₀", *(name.translate(SUBSCRIPTS) for name in waves))
