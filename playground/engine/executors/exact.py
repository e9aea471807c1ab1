"""Linear algebra in decimal arithmetic, with as many digits as a problem needs. Called by `polynomial_fit.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, getcontext, localcontext
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.models.polynomial import Polynomial

Floats = NDArray[np.float64]
Exact = NDArray[np.object_]
"""An array of Decimals."""
T = TypeVar("T")

SPARE_DIGITS = 30
MOST_DIGITS = 20_000
"""More are asked for by no points that differ in float64."""


class NeedsDigits(Exception):
    """The factorisation met a pivot that these digits cannot resolve."""

    def __init__(self, digits: int) -> None:
        self.digits = digits


@dataclass(frozen=True)
class Shown:
    """The basis whose weights are shown: powers of x, or Legendre polynomials of v = 2u - 1, u the share of x_range."""

    legendre: bool = False
    x_range: tuple[float, float] = (0.0, 1.0)

    def scale(self) -> tuple[Decimal, Decimal]:
        """(middle, half width): x = middle + half width * v; for powers v is x itself."""
        if not self.legendre:
            return Decimal(0), Decimal(1)
        low, high = (Decimal(end) for end in self.x_range)
        width = (high - low) or Decimal(1)
        return low + width / 2, width / 2

    def design(self, x: Floats, top: int) -> Floats:
        """[n, top + 1] in float64, as the model has it."""
        kind: Any = "legendre" if self.legendre else "power"
        return Polynomial(order=top, basis=kind).design(x, self.x_range)

    def columns(self, x: Exact, top: int) -> Exact:
        """[n, top + 1]: the basis at x [n]."""
        middle, half = self.scale()
        v = (x - middle) / half
        found = np.full((len(x), top + 1), Decimal(1), dtype=object)
        for k in range(1, top + 1):
            found[:, k] = v * found[:, k - 1]
            if self.legendre and k > 1:
                found[:, k] = ((2 * k - 1) * found[:, k] - (k - 1) * found[:, k - 2]) / k
        return found

    def times(self, w: Exact) -> Exact:
        """Weights of v times the polynomial with the weights w [m]; what lies beyond the last is left out."""
        found = np.full(len(w), Decimal(0), dtype=object)
        if not self.legendre:
            found[1:] = w[:-1]
            return found
        n = np.array([Decimal(k) for k in range(len(w))], dtype=object)
        found[1:] = (n[:-1] + 1) / (2 * n[:-1] + 1) * w[:-1]
        found[:-1] += n[1:] / (2 * n[1:] + 1) * w[1:]
        return found


POWERS = Shown()


def chebyshev_in(shown: Shown, centre: float, half_width: float, top: int) -> Exact:
    """C [m, m], upper triangular: column k holds the weights, in the basis shown, of T_k((x - centre)/half_width)."""
    middle, half = shown.scale()
    slope, shift = half / Decimal(half_width), (middle - Decimal(centre)) / Decimal(half_width)
    C = np.full((top + 1, top + 1), Decimal(0), dtype=object)
    C[0, 0] = Decimal(1)
    for k in range(1, top + 1):
        product = shift * C[:, k - 1] + slope * shown.times(C[:, k - 1])
        C[:, k] = product if k == 1 else 2 * product - C[:, k - 2]
    return C


@lru_cache(maxsize=64)
def chebyshev_in_floats(shown: Shown, centre: float, half_width: float, top: int) -> Floats:
    """The same, rounded to float64."""
    with localcontext(Context(prec=first_digits(shown, centre, half_width, top))):
        found = np.ascontiguousarray(chebyshev_in(shown, centre, half_width, top), dtype=np.float64)
    found.setflags(write=False)
    return found


def first_digits(shown: Shown, centre: float, half_width: float, order: int) -> int:
    """Those that conversion to the basis shown can cost, and 60."""
    middle, half = (float(value) for value in shown.scale())
    growth = 4 * (half + abs(middle - centre) + half_width)  # over half_width, which may be too small to divide by
    return 60 + math.ceil(order * (math.log10(growth) - math.log10(half_width)))


def shown_of(model: Polynomial, x_range: tuple[float, float]) -> Shown:
    """The basis of a polynomial's weights."""
    return Shown(True, x_range) if model.basis == "legendre" else POWERS


def with_digits(digits: int, solve: Callable[[], T]) -> T:
    """Run `solve` with so many digits, and with more if it asks."""
    while digits <= MOST_DIGITS:
        with localcontext(Context(prec=digits)):
            try:
                return solve()
            except NeedsDigits as error:
                digits = max(error.digits, digits + 20)
    raise ArithmeticError("the points are too close together to be told apart")


def exact(values: Floats) -> Exact:
    return np.array([Decimal(v) for v in values.tolist()], dtype=object)


def evaluate(c: Exact, x: Floats, centre: float, half_width: float) -> Floats:
    """sum_k c_k T_k((x - centre) / half_width) by Clenshaw's recurrence, in as many digits as cancel."""
    digits = SPARE_DIGITS + 20 + max(0, *(value.adjusted() for value in c))
    with localcontext(Context(prec=digits)):
        z = (exact(x) - Decimal(centre)) / Decimal(half_width)
        double, now, before = 2 * z, 0 * z, 0 * z
        for value in c[:0:-1]:
            now, before = double * now - before + +value, now
        return np.asarray((z * now - before + c[0]).astype(float), dtype=np.float64)


def factorise(S: Exact) -> tuple[Exact, Exact]:
    """S = L D L' for a positive definite S: unit lower triangular L and the pivots. Golub & Van Loan 4.1.2.

    Raises NeedsDigits where a pivot is so small that fewer than SPARE_DIGITS of it are known.
    """
    m, digits = len(S), getcontext().prec
    L = np.full((m, m), Decimal(0), dtype=object)
    d = np.full(m, Decimal(0), dtype=object)
    for j in range(m):
        scaled = L[j, :j] * d[:j]
        d[j] = S[j, j] - L[j, :j] @ scaled if j else S[j, j]
        lost = S.diagonal().max().adjusted() - d[j].adjusted() if d[j] > 0 else 2 * digits
        if lost + SPARE_DIGITS > digits:
            raise NeedsDigits(lost + 2 * SPARE_DIGITS)
        L[j, j] = Decimal(1)
        if j + 1 < m:
            L[j + 1 :, j] = (S[j + 1 :, j] - (L[j + 1 :, :j] @ scaled if j else 0)) / d[j]
    return L, d


def forward(L: Exact, b: Exact) -> Exact:
    """y with L y = b, L unit lower triangular."""
    y = b.copy()
    for j in range(1, len(y)):
        y[j] -= L[j, :j] @ y[:j]
    return y


def backward(L: Exact, b: Exact) -> Exact:
    """y with L' y = b, L unit lower triangular."""
    y = b.copy()
    for j in range(len(y) - 2, -1, -1):
        y[j] -= L[j + 1 :, j] @ y[j + 1 :]
    return y


def products(A: Any) -> Exact:
    """R'R of a triangle [m, m] in float64."""
    R = exact(A.ravel()).reshape(A.shape)
    found: Exact = R.T @ R
    return found
