"""Gaussian basis functions, linear in their weights: y = w_0 + sum_j w_j exp(-(x - mu_j)^2 / (2 s^2))."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.models.base import model
from playground.engine.models.linear import Floats, LinearSpec, unit
from playground.engine.schema import param


@model(rank=2)
class Gaussian(LinearSpec):
    kind: Literal["gaussian"] = "gaussian"
    order: int = param(
        5, label="Functions", symbol="M", low=0, high=20,
        help="How many bumps there are to add up. Larger: fits closer, wiggles more.",
    )  # fmt: skip
    width: float = param(
        0.15, label="Width", symbol="s", low=0.01, high=2.0, scale="log",
        help="Of each bump, as a share of the range of x. Larger: smoother, and the weights explode.",
    )  # fmt: skip

    label: ClassVar[str] = "Gaussians"

    def design(self, x: Floats, x_range: tuple[float, float]) -> Floats:
        """Centres evenly over the range, both ends included; one alone stands in the middle."""
        centres = np.linspace(0.0, 1.0, self.order) if self.order > 1 else np.full(self.order, 0.5)
        z = (unit(x, x_range)[:, None] - centres) / self.width
        return np.column_stack([np.ones(len(z)), np.exp(-0.5 * z * z)])
