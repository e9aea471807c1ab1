"""Polynomials by linear algebra: the weights that minimise the textbook's sum of squares, in one step.

    E(w) = 1/2 sum_n (y(x_n, w) - t_n)^2 + lambda/2 sum_{j>=1} w_j^2,   y(x, w) = sum_{j<=M} w_j x^j

with lambda = exp(ln_lambda) or none (Bishop & Bishop 2024, equations 1.2 and 1.4; w_0 is not penalised).
The powers of x are nearly parallel: on [5, 6] the matrix of order 9 has condition 1e14, which leaves no
correct digit in float64, and its normal equations have the square of that. So the work is done

- in Chebyshev polynomials of z = (x - centre) / half_width, which lies in [-1, 1]: well conditioned;
- in decimal arithmetic with as many digits as the problem needs and 30 to spare (at least 60): a loss of
  28 digits to a squared condition is paid for in advance, and pivots that are smaller than foreseen start
  the work again with more digits;

and converted to powers of x at the end, in the same arithmetic. The weights are the exact ones, rounded
once. One factorisation L D L' serves every lower order too: its leading blocks are theirs. Curves are
evaluated through the Chebyshev coefficients, never through the powers of x; in decimal arithmetic again where
even these are so large (points in a clump, others far away) that float64 would lose the curve.

More weights than distinct x and no penalty: infinitely many curves are best. Of these the one with the
smallest sum of squares of the weights shown (powers of x) is taken, and the message says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, getcontext, localcontext
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.polynomial.chebyshev import chebval, chebvander
from numpy.typing import NDArray

from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem

Exact = NDArray[np.object_]
"""An array of Decimals."""
Kind = Literal["unique", "penalised", "minimum_norm"]
T = TypeVar("T")

SPARE_DIGITS = 30
MOST_DIGITS = 20_000
"""More are asked for by no points that differ in float64."""
EXACT_POINTS = 1_000
"""Up to so many points, sums over them are taken in decimal arithmetic. More are first reduced to a triangle by
an orthogonal factorisation in float64, as good as a rounding of the points and a hundred times faster."""
COARSE = 1e-8
"""Of the largest target: where evaluating in float64 may be further off than that, it is done in decimals."""
CHART_ORDER = 9
"""Fits of all orders up to this one are made together: the charts show them."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A solved polynomial.

    w           [M + 1] coefficients of powers of the original x, float64
    chebyshev   [M + 1] coefficients of T_k((x - centre) / half_width): the curve is evaluated with these
    kind        "unique", "penalised", or "minimum_norm" where the points leave weights undetermined
    n_distinct  number of different x among the training points
    seconds     what the solution took
    exact       `chebyshev` as Decimals, where float64 is too coarse to evaluate the curve; else None
    """

    w: Floats
    chebyshev: Floats
    centre: float
    half_width: float
    kind: Kind
    n_distinct: int
    seconds: float = 0.0
    exact: Exact | None = None

    def __call__(self, x: Floats) -> Floats:
        if self.exact is not None:
            return _evaluate(self.exact, x, self.centre, self.half_width)
        return np.asarray(chebval((x - self.centre) / self.half_width, self.chebyshev), dtype=np.float64)


class _NeedsDigits(Exception):
    """The factorisation met a pivot that these digits cannot resolve."""

    def __init__(self, digits: int) -> None:
        self.digits = digits


class _Data:
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
        z = (_exact(self.x) - Decimal(self.centre)) / Decimal(self.half_width)
        target = _exact(self.t)
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
        R: Any = np.linalg.qr(np.column_stack([A, self.t]), mode="r")
        exact = _exact(R.ravel()).reshape(R.shape)
        product = exact.T @ exact
        return product[:-1, :-1], product[:-1, -1]


def fit(x: Floats, t: Floats, order: int, ln_lambda: float | None = None) -> Fitted:
    """The best polynomial of this order for points x, t [n], n > 0."""
    return fit_orders(x, t, [order], ln_lambda)[0]


def fit_orders(x: Floats, t: Floats, orders: Sequence[int], ln_lambda: float | None = None) -> list[Fitted]:
    """The best polynomials of several orders, for little more than the price of the largest."""
    return _fit(_Data(x, t), orders, ln_lambda)


def _fit(data: _Data, orders: Sequence[int], ln_lambda: float | None) -> list[Fitted]:
    direct = [m for m in orders if ln_lambda is not None or m < data.n_distinct]
    found: dict[int, Fitted] = {}
    if direct:
        found |= _with_digits(data, max(direct), lambda: _least_squares(data, direct, ln_lambda))
    for m in orders:
        if m not in found:
            found[m] = _with_digits(data, m, partial(_minimum_norm, data, m))
    return [found[m] for m in orders]


def _with_digits(data: _Data, order: int, solve: Callable[[], T]) -> T:
    """Run `solve` with the digits that conversion to powers of x can cost, and with more if it asks."""
    digits = 60 + math.ceil(order * math.log10(4 + 4 * (1 + abs(data.centre)) / data.half_width))
    while digits <= MOST_DIGITS:
        with localcontext(Context(prec=digits)):
            try:
                return solve()
            except _NeedsDigits as error:
                digits = max(error.digits, digits + 20)
    raise ArithmeticError("the points are too close together to be told apart")


def _exact(values: Floats) -> Exact:
    return np.array([Decimal(v) for v in values.tolist()], dtype=object)


def _least_squares(data: _Data, orders: Sequence[int], ln_lambda: float | None) -> dict[int, Fitted]:
    """Chebyshev coefficients c from (A'A + lambda P) c = A't with P = C' diag(0, 1, ..., 1) C and w = C c."""
    top = max(orders)
    to_powers = chebyshev_in_powers(data.centre, data.half_width, top)
    gram, rhs = data.normal_matrix(top)
    if ln_lambda is not None:
        gram = gram + Decimal(math.exp(ln_lambda)) * (to_powers[1:].T @ to_powers[1:])
    lower, pivots = _factorise(gram)
    half_solved = _forward(lower, rhs) / pivots
    kind: Kind = "unique" if ln_lambda is None else "penalised"
    found = {}
    for m in orders:
        c = _backward(lower[: m + 1, : m + 1], half_solved[: m + 1])
        found[m] = _fitted(data, to_powers[: m + 1, : m + 1] @ c, c, kind)
    return found


def _fitted(data: _Data, w: Exact, c: Exact, kind: Kind) -> Fitted:
    chebyshev = c.astype(float)
    k = np.arange(len(c))
    # By rounding z and the terms of the sum; |T_k'| is k^2 at most.
    lost = float(np.abs(chebyshev) @ (1.0 + k * k)) * 2.0**-53
    coarse = lost > COARSE * float(np.abs(data.t).max()) and len(data.x) <= EXACT_POINTS
    found = Fitted(w.astype(float), chebyshev, data.centre, data.half_width, kind, data.n_distinct)
    return replace(found, exact=c) if coarse else found


def _evaluate(c: Exact, x: Floats, centre: float, half_width: float) -> Floats:
    """sum_k c_k T_k((x - centre) / half_width) by Clenshaw's recurrence, in as many digits as cancel."""
    digits = SPARE_DIGITS + 20 + max(0, *(value.adjusted() for value in c))
    with localcontext(Context(prec=digits)):
        z = (_exact(x) - Decimal(centre)) / Decimal(half_width)
        double, now, before = 2 * z, 0 * z, 0 * z
        for value in c[:0:-1]:
            now, before = double * now - before + +value, now
        return np.asarray((z * now - before + c[0]).astype(float), dtype=np.float64)


def chebyshev_in_powers(centre: float, half_width: float, top: int) -> Exact:
    """C [m, m], upper triangular: column k holds the coefficients of T_k((x - centre)/half_width)."""
    slope, shift = 1 / Decimal(half_width), -Decimal(centre) / Decimal(half_width)
    C = np.full((top + 1, top + 1), Decimal(0), dtype=object)
    C[0, 0] = Decimal(1)
    for k in range(1, top + 1):
        twice = 1 if k == 1 else 2
        C[:, k] = twice * shift * C[:, k - 1]
        C[1:, k] += twice * slope * C[:-1, k - 1]
        if k > 1:
            C[:, k] -= C[:, k - 2]
    return C


def _factorise(S: Exact) -> tuple[Exact, Exact]:
    """S = L D L' for a positive definite S: unit lower triangular L and the pivots. Golub & Van Loan 4.1.2.

    Raises _NeedsDigits where a pivot is so small that fewer than SPARE_DIGITS of it are known.
    """
    m, digits = len(S), getcontext().prec
    L = np.full((m, m), Decimal(0), dtype=object)
    d = np.full(m, Decimal(0), dtype=object)
    for j in range(m):
        scaled = L[j, :j] * d[:j]
        d[j] = S[j, j] - L[j, :j] @ scaled if j else S[j, j]
        lost = S.diagonal().max().adjusted() - d[j].adjusted() if d[j] > 0 else 2 * digits
        if lost + SPARE_DIGITS > digits:
            raise _NeedsDigits(lost + 2 * SPARE_DIGITS)
        L[j, j] = Decimal(1)
        if j + 1 < m:
            L[j + 1 :, j] = (S[j + 1 :, j] - (L[j + 1 :, :j] @ scaled if j else 0)) / d[j]
    return L, d


def _forward(L: Exact, b: Exact) -> Exact:
    """y with L y = b, L unit lower triangular."""
    y = b.copy()
    for j in range(1, len(y)):
        y[j] -= L[j, :j] @ y[:j]
    return y


def _backward(L: Exact, b: Exact) -> Exact:
    """y with L' y = b, L unit lower triangular."""
    y = b.copy()
    for j in range(len(y) - 2, -1, -1):
        y[j] -= L[j + 1 :, j] @ y[j + 1 :]
    return y


def _minimum_norm(data: _Data, order: int) -> Fitted:
    """Smallest ||w|| with V w = mean t at each distinct x: w = V' (V V')^-1 t, V [m, M + 1] powers of x."""
    distinct, which = np.unique(data.x, return_inverse=True)
    targets = np.full(len(distinct), Decimal(0), dtype=object)
    np.add.at(targets, which, _exact(data.t))
    targets = targets / _exact(np.bincount(which).astype(float))
    x = _exact(distinct)
    V = np.full((len(distinct), order + 1), Decimal(1), dtype=object)
    for k in range(1, order + 1):
        V[:, k] = V[:, k - 1] * x
    lower, pivots = _factorise(V @ V.T)
    w = V.T @ _backward(lower, _forward(lower, targets) / pivots)
    to_powers = chebyshev_in_powers(data.centre, data.half_width, order)
    c = w.copy()
    for k in range(order, -1, -1):
        c[k] /= to_powers[k, k]
        c[:k] -= to_powers[:k, k] * c[k]
    return _fitted(data, w, c, "minimum_norm")


@lru_cache(maxsize=4)
def _data_of(problem: Problem) -> _Data:
    return _Data(problem.train.X[:, 0], problem.train.t)


def fits_of(problem: Problem, order: int, ln_lambda: float | None) -> tuple[Fitted, ...]:
    """Fits of the orders 0, 1, ..., max(9, order) to the training points of a problem (at least one).

    Remembered: the run, its charts and the next place of the slider ask for the same ones.
    """
    return _fits_of(problem, max(CHART_ORDER, order), ln_lambda)


@lru_cache(maxsize=64)
def _fits_of(problem: Problem, top: int, ln_lambda: float | None) -> tuple[Fitted, ...]:
    begun = time.perf_counter()
    found = _fit(_data_of(problem), range(top + 1), ln_lambda)
    share = (time.perf_counter() - begun) / len(found)
    return tuple(replace(fitted, seconds=share) for fitted in found)


class ClosedFormExecutor(Executor):
    """Solves at once whenever the Experiment changes."""

    name = "closed_form"
    solves = True

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self.fitted: Fitted | None = None
        self.update(experiment, problem)

    def update(self, experiment: Experiment, problem: Problem) -> None:
        self.experiment, self.problem = experiment, problem
        if not len(problem.train.ids):
            self.fitted = None
            return
        model = experiment.model
        self.fitted = fits_of(problem, model.order, model.ln_lambda)[model.order]

    @property
    def seconds_per_fit(self) -> float:
        return self.fitted.seconds if self.fitted else 0.0

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        return 0

    def prepare(self, X: Floats) -> Floats:
        return X[:, 0]

    def outputs(self, prepared: Floats) -> Floats:
        if self.fitted is None:
            return np.full((len(prepared), 1), np.nan)
        return self.fitted(prepared)[:, None]

    def reset(self) -> None:
        self.update(self.experiment, self.problem)

    def weights(self) -> Weights:
        return {"w": self.fitted.w.copy()} if self.fitted else {}

    def optimizer_state(self) -> Weights:
        return {}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        """Weights are a function of the points, so there is nothing to take over but what was computed."""
        if self.fitted is not None and "w" in weights and np.shape(weights["w"]) != self.fitted.w.shape:
            raise SpecError(
                f"The weights w must be {len(self.fitted.w)} numbers for model.order={self.experiment.model.order}, "
                f"not an array of shape {np.shape(weights['w'])}.", "model.order",
            )  # fmt: skip

    def save(self) -> Fitted | None:
        return self.fitted

    def restore(self, saved: Fitted | None) -> None:
        self.fitted = saved

    def finite(self) -> bool:
        return self.fitted is None or bool(np.isfinite(self.fitted.chebyshev).all())

    def penalty(self) -> float | None:
        if self.fitted is None or self.experiment.model.ln_lambda is None:
            return None
        return 0.5 * math.exp(self.experiment.model.ln_lambda) * float(np.square(self.fitted.w[1:]).sum())

    @property
    def n_parameters(self) -> int:
        return int(self.experiment.model.order) + 1
