"""Polynomial of order M in x, linear in its weights: y = sum_j w_j x^j."""

from fractions import Fraction
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

    def powers(self, w: Floats, x_range: tuple[float, float]) -> Floats:
        """[order + 1] coefficients of powers of the original x of the polynomial with the weights w of this basis.

        In rational arithmetic, rounded once. NaN where a weight is not finite.
        """
        if self.basis == "power":
            return np.array(w, dtype=np.float64)
        if not np.isfinite(w).all():
            return np.full(len(w), np.nan)
        low, high = (Fraction(end) for end in x_range)
        slope = 2 / ((high - low) or Fraction(1))
        shift = -1 - slope * low
        found = [Fraction(0)] * len(w)
        before, now = [Fraction(0)], [Fraction(1)]
        for n, weight in enumerate(w.tolist()):
            found = [f + Fraction(weight) * p for f, p in zip(found, now + [Fraction(0)] * len(found), strict=False)]
            # (n + 1) P_{n+1} = (2n + 1) v P_n - n P_{n-1} with v = slope x + shift (Bonnet's recurrence).
            product = [shift * a + slope * b for a, b in zip([*now, Fraction(0)], [Fraction(0), *now], strict=True)]
            padded = before + [Fraction(0)] * (len(product) - len(before))
            before, now = now, [((2 * n + 1) * a - n * b) / (n + 1) for a, b in zip(product, padded, strict=True)]
        return np.array([float(value) for value in found])
