"""Polynomial of order M in x, linear in its weights: y = sum_j w_j x^j."""

from typing import ClassVar, Literal

import numpy as np
from numpy.polynomial.legendre import legvander

from playground.engine.models.base import model
from playground.engine.models.linear import Floats, LinearSpec, unit
from playground.engine.schema import param


@model(rank=0)
class Polynomial(LinearSpec):
    kind: Literal["polynomial"] = "polynomial"
    order: int = param(
        3, label="Order", symbol="M", low=0, high=20, help="Larger: fits closer, wiggles more."
    )
    basis: Literal["power", "legendre"] = param(
        "power", label="Basis", names={"power": "Powers of x", "legendre": "Legendre"},
        help="Powers: nearly parallel, gradient descent crawls. Legendre polynomials: nearly orthogonal, it runs.",
    )  # fmt: skip

    label: ClassVar[str] = "Polynomial"

    def design(self, x: Floats, x_range: tuple[float, float]) -> Floats:
        """Powers of x, or Legendre polynomials P_j of 2u - 1, u the share of the range."""
        if self.basis == "power":
            return np.vander(np.asarray(x, dtype=np.float64), self.order + 1, increasing=True)
        return np.asarray(legvander(2.0 * unit(x, x_range) - 1.0, self.order), dtype=np.float64)
