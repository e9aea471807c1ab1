"""Polynomials by linear algebra: the weights that minimise the textbook's sum of squares, in one step.

    E(w) = 1/2 sum_n (y(x_n, w) - t_n)^2 + lambda/2 sum_{j>=1} w_j^2,   y(x, w) = sum_{j<=M} w_j x^j

with lambda = exp(ln_lambda) or none (Bishop & Bishop 2024, equations 1.2 and 1.4; w_0 is penalised only where that is
asked for), or the same with Legendre polynomials in the place of powers. The powers of x are nearly parallel: on
[5, 6] the matrix of order 9 has condition 1e14, which leaves no correct digit in float64, and its normal equations
have the square of that. So the work is done

- in Chebyshev polynomials of z = (x - centre) / half_width, which lies in [-1, 1]: well conditioned;
- for larger problems in float64 (`quick_fit.py`), where a bound on the error says that eight digits are right;
- else in decimal arithmetic with as many digits as the problem needs and 30 to spare (at least 60): a loss of
  28 digits to a squared condition is paid for in advance, and pivots that are smaller than foreseen start
  the work again with more digits;

and converted to the basis shown at the end, in the same arithmetic. Decimal weights are the exact ones, rounded
once. One factorisation L D L' serves every lower order too: its leading blocks are theirs. Curves are
evaluated through the Chebyshev coefficients, never through the powers of x; in decimal arithmetic again where
even these are so large (points in a clump, others far away) that float64 would lose the curve.

More weights than distinct x and no penalty: infinitely many curves are best. Of these the one with the
smallest sum of squares of the weights shown is taken, and the message says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, getcontext
from functools import partial
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebval, chebvander

from playground.engine.executors.base import Floats
from playground.engine.executors.basis_fit import Fitted, Kind
from playground.engine.executors.exact import (
    POWERS,
    Exact,
    Shown,
    backward,
    chebyshev_in,
    evaluate,
    exact,
    factorise,
    first_digits,
    forward,
    products,
    with_digits,
)

EXACT_POINTS = 1_000
"""Up to so many points, sums over them are taken in decimal arithmetic. More are first reduced to a triangle by
an orthogonal factorisation in float64, as good as a rounding of the points and a hundred times faster."""
COARSE = 1e-8
"""Of the largest target: where evaluating in float64 may be further off than that, it is done in decimals."""
SMALL = 1_700
"""Of sums and products: decimal arithmetic is through with so many within three milliseconds."""


@dataclass(frozen=True)
class Penalty:
    """lambda/2 sum w_j^2 over the weights shown, with or without w_0; ln_lambda None: none at all."""

    ln_lambda: float | None = None
    with_bias: bool = False

    @property
    def strength(self) -> float:
        return 0.0 if self.ln_lambda is None else math.exp(self.ln_lambda)

    @property
    def first(self) -> int:
        """The first weight that is penalised."""
        return 0 if self.with_bias else 1


@dataclass(frozen=True, eq=False)
class PolynomialFit(Fitted):
    """A solved polynomial.

    chebyshev   [M + 1] coefficients of T_k((x - centre) / half_width): the curve is evaluated with these
    exact       the same as Decimals, where float64 is too coarse to evaluate the curve; else None
    """

    chebyshev: Floats
    centre: float
    half_width: float
    exact: Exact | None = None

    def __call__(self, x: Floats) -> Floats:
        if self.exact is not None:
            return evaluate(self.exact, x, self.centre, self.half_width)
        with np.errstate(all="ignore"):  # the canvas may be far wider than the points: no number, and a gap there
            return np.asarray(chebval((x - self.centre) / self.half_width, self.chebyshev), dtype=np.float64)


class Data:
    """Points x, t [n], n > 0, their basis, and the sums over them, remembered."""

    def __init__(self, x: Floats, t: Floats) -> None:
        self.x, self.t = x, t
        self.n_distinct = len(np.unique(x))
        self.centre = float(x.min() / 2 + x.max() / 2)
        self.half_width = float(x.max() / 2 - x.min() / 2) or 1.0
        self._sums: dict[tuple[int, int], tuple[Exact, Exact]] = {}

    def normal_matrix(self, top: int) -> tuple[Exact, Exact]:
        """A'A [m, m] and A't [m] for A [n, m]: T_k(z_n), k = 0..top, in the digits in force."""
        key = (top, getcontext().prec)
        if key not in self._sums:
            self._sums = {key: self._summed(top) if len(self.x) <= EXACT_POINTS else self._reduced(top)}
        return self._sums[key]

    def _summed(self, top: int) -> tuple[Exact, Exact]:
        """T_i T_j = (T_{i+j} + T_{|i-j|}) / 2, so sums of T_k for k = 0..2 top give A'A."""
        z = (exact(self.x) - Decimal(self.centre)) / Decimal(self.half_width)
        target = exact(self.t)
        before, now, double = z, np.full(len(z), Decimal(1), dtype=object), 2 * z  # T_{-1} = T_1 = z
        of_basis: list[Any] = []
        with_target: list[Any] = []
        for k in range(2 * top + 1):
            of_basis.append(now.sum())
            if k <= top:
                with_target.append(now @ target)
            before, now = now, double * now - before
        sums: Exact = np.array(of_basis, dtype=object)
        i = np.arange(top + 1)
        gram: Exact = (sums[i[:, None] + i] + sums[np.abs(i[:, None] - i)]) / 2
        return gram, np.array(with_target, dtype=object)

    def _reduced(self, top: int) -> tuple[Exact, Exact]:
        """[A t] = Q R in float64; R'R in decimal arithmetic."""
        A = chebvander((self.x - self.centre) / self.half_width, top)
        product = products(np.linalg.qr(np.column_stack([A, self.t]), mode="r"))
        return product[:-1, :-1], product[:-1, -1]


def fit(
    x: Floats, t: Floats, order: int, ln_lambda: float | None = None, penalise_bias: bool = False, shown: Shown = POWERS
) -> PolynomialFit:
    """The best polynomial of this order for points x, t [n], n > 0."""
    return fit_orders(x, t, [order], ln_lambda, penalise_bias, shown)[0]


def fit_orders(
    x: Floats, t: Floats, orders: Sequence[int], ln_lambda: float | None = None, penalise_bias: bool = False,
    shown: Shown = POWERS,
) -> list[PolynomialFit]:  # fmt: skip
    """The best polynomials of several orders, for little more than the price of the largest."""
    return fits(Data(x, t), orders, Penalty(ln_lambda, penalise_bias), shown)


def fits(data: Data, orders: Sequence[int], penalty: Penalty, shown: Shown) -> list[PolynomialFit]:
    """Those of `orders` for the same points, by whatever way is quick enough and good enough."""
    from playground.engine.executors import quick_fit

    free = [m for m in orders if not penalty.strength and m >= data.n_distinct]
    direct = [m for m in orders if m not in free]
    found: dict[int, PolynomialFit] = {}
    if _work(data, max(orders)) > SMALL:
        found = quick_fit.least_squares(data, direct, penalty, shown)
        found |= quick_fit.minimum_norm(data, free, shown)
    direct, free = ([m for m in ms if m not in found] for ms in (direct, free))
    if direct:
        digits = first_digits(shown, data.centre, data.half_width, max(direct))
        found |= with_digits(digits, lambda: _least_squares(data, direct, penalty, shown))
    for m in free:
        digits = first_digits(shown, data.centre, data.half_width, m)
        found[m] = with_digits(digits, partial(_minimum_norm, data, m, shown))
    return [found[m] for m in orders]


def _work(data: Data, top: int) -> int:
    return len(data.x) * (2 * top + 1) + top**3


def _least_squares(data: Data, orders: Sequence[int], penalty: Penalty, shown: Shown) -> dict[int, PolynomialFit]:
    """Chebyshev coefficients c from (A'A + lambda P) c = A't with P = C' diag(0 or 1, 1, ..., 1) C and w = C c."""
    top = max(orders)
    to_shown = chebyshev_in(shown, data.centre, data.half_width, top)
    gram, rhs = data.normal_matrix(top)
    if penalty.strength:
        rows = to_shown[penalty.first :]
        gram = gram + Decimal(penalty.strength) * (rows.T @ rows)
    lower, pivots = factorise(gram)
    half_solved = forward(lower, rhs) / pivots
    kind: Kind = "penalised" if penalty.strength else "unique"
    found = {}
    for m in orders:
        c = backward(lower[: m + 1, : m + 1], half_solved[: m + 1])
        found[m] = _fitted(data, to_shown[: m + 1, : m + 1] @ c, c, kind)
    return found


def _fitted(data: Data, w: Exact, c: Exact, kind: Kind) -> PolynomialFit:
    found = rounded(data, w.astype(float), c.astype(float), kind)
    coarse = is_coarse(data, found.chebyshev) and len(data.x) <= EXACT_POINTS
    return replace(found, exact=c) if coarse else found


def rounded(data: Data, w: Floats, c: Floats, kind: Kind) -> PolynomialFit:
    """The fit with the weights w and the Chebyshev coefficients c."""
    rank = min(len(w), data.n_distinct)
    return PolynomialFit(w, kind, data.n_distinct, rank, 0.0, c, data.centre, data.half_width)


def is_coarse(data: Data, chebyshev: Floats) -> bool:
    """Whether float64 loses the curve, by rounding z and the terms of the sum; |T_k'| is k^2 at most."""
    k = np.arange(len(chebyshev))
    lost = float(np.abs(chebyshev) @ (1.0 + k * k)) * 2.0**-53
    return lost > COARSE * float(np.abs(data.t).max())


def _minimum_norm(data: Data, order: int, shown: Shown) -> PolynomialFit:
    """Smallest ||w|| with V w = mean t at each distinct x: w = V' (V V')^-1 t, V [m, M + 1] the basis shown."""
    distinct, which = np.unique(data.x, return_inverse=True)
    targets = np.full(len(distinct), Decimal(0), dtype=object)
    np.add.at(targets, which, exact(data.t))
    targets = targets / exact(np.bincount(which).astype(float))
    V = shown.columns(exact(distinct), order)
    lower, pivots = factorise(V @ V.T)
    w = V.T @ backward(lower, forward(lower, targets) / pivots)
    to_shown = chebyshev_in(shown, data.centre, data.half_width, order)
    c = w.copy()
    for k in range(order, -1, -1):
        c[k] /= to_shown[k, k]
        c[:k] -= to_shown[:k, k] * c[k]
    return _fitted(data, w, c, "minimum_norm")
