"""Double descent: more weights than points, and the test error falls for a second time.

Belkin, Hsu, Ma & Mandal 2019, "Reconciling modern machine-learning practice and the classical bias-variance
trade-off"; Bishop & Bishop 2024, section 9.3.2. The features are Legendre polynomials, P_{k-1}(z) / k for the weights
k = 1, 2, ..., z = -1 to 1 over the range of x: of all curves through the points, the one with the smallest weights
then prefers low orders, and the error peaks where there are as many weights as points, whatever the seed. (Powers
of x, or random features, rarely show it.) This chart has a model of its own; the run's settings do not enter it.

With as many weights as points the curve passes through all of them, and what noise is in them is enlarged most. Yet
one draw of the noise may happen to have nothing in the direction that is enlarged most, and then the error of that
one set peaks elsewhere (with ten points on a grid, in one set of eight). So where the source of the points is known
the test error is the expected one: over the noise of the training targets, which stay at their x, and that of a new
point anywhere in the range. The fit is linear in the targets, so that is a sum and not a simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.polynomial.legendre import legvander

from playground.engine import charts
from playground.engine.bias_variance import grid
from playground.engine.executors.base import Floats
from playground.engine.folds import folds_of
from playground.engine.linear_fits import Range
from playground.engine.slices import Sliced, one_thread
from playground.engine.snapshot import Lines, Mark, Role, Series, View

if TYPE_CHECKING:
    from playground.engine.problem import Part, Problem
    from playground.engine.trainer import Run

MOST = 300
"""Weights; enough for the second descent of a hundred points."""
FLOOR = 1e-6
"""Training errors below that are rounding."""
LOWEST = 0.2
"""Of the least test error: below that, a logarithmic axis would have no room left for the peak."""
FITS = "Legendre polynomials without a penalty, whatever the model is; the smallest weights of all best ones."
EXPECTED = " Expected errors, over the noise of the source."
HELD_OUT_FOLDS = 5
"""Without test points, one of so many parts of the training points takes their place."""


def sizes_of(n: int) -> tuple[int, ...]:
    """Numbers of weights for n distinct x: all up to n and a little beyond, then ever further apart up to 10 n.

    A size beyond n costs a factorisation of its own, so there are fewer of them for many points.
    """
    last = min(max(10 * n, 20), MOST)
    beyond = max(3, min(n, 400 // n))
    begin = min(n + beyond, last)
    far = np.geomspace(begin, last, 18 if n <= 40 else 7)
    return tuple(sorted({*range(1, begin + 1), *(round(value) for value in far.tolist())}))


def features(x: Floats, x_range: Range, n: int) -> Floats:
    """[len(x), n]: P_{k-1}(z) / k, k = 1..n."""
    low, high = x_range
    z = (2.0 * x - low - high) / ((high - low) or 1.0)
    return np.asarray(legvander(z, n - 1) / np.arange(1, n + 1))


class MinimumNorm:
    """Least-squares fits to x, t [n], n > 0, with up to `top` weights, seen at the places `at` [k].

    One factorisation A = Q R serves all sizes up to the number of distinct x: in the basis A R^-1 the weights
    are Q't, one by one. Beyond, the curves pass through the mean target of each x, and of all that do, the one
    with the smallest sum of squared weights is w = Q R'^-1 t with A' = Q R. No singular value is cut off.
    """

    def __init__(self, x: Floats, t: Floats, at: Floats, x_range: Range, top: int) -> None:
        distinct, which, counts = np.unique(x, return_inverse=True, return_counts=True)
        self.counts, self.means = counts, np.bincount(which, t) / counts
        self.A, self.E = features(distinct, x_range, top), features(at, x_range, top)
        few, weighted = min(len(distinct), top), np.sqrt(counts) * self.means
        Q, R = np.linalg.qr(self.A[:, :few] * np.sqrt(counts)[:, None])
        with np.errstate(all="ignore"):
            basis, coefficients = _solved(R.T, self.E[:, :few].T), Q.T @ weighted
            self.few = np.cumsum(basis * coefficients[:, None], axis=0)
            self.few_spread = np.cumsum(np.square(basis), axis=0)
            never = np.square(t - self.means[which]).sum() + np.square(weighted - Q @ coefficients).sum()
            self.misses = never + np.append(np.cumsum(np.square(coefficients)[::-1])[-2::-1], 0.0)

    def __call__(self, size: int) -> Floats:
        """[k]: the fit with so many weights."""
        return self.with_spread(size)[0]

    def missed(self, size: int) -> float:
        """Squared training errors of that fit, summed."""
        return float(self.misses[min(size, len(self.misses)) - 1])

    def with_spread(self, size: int) -> tuple[Floats, Floats]:
        """[k] the fit with so many weights, and [k] its variance where each target has a variance of one."""
        if size <= len(self.few):
            return self.few[size - 1], self.few_spread[size - 1]
        Q, R = np.linalg.qr(self.A[:, :size].T)
        smoother = _solved(R, (self.E[:, :size] @ Q).T).T
        return smoother @ self.means, np.square(smoother) @ (1.0 / self.counts)


def _solved(A: Floats, b: Floats) -> Floats:
    """A^-1 b; NaN where the features tell no two of the points apart, as differences of 1e-300 are lost in z."""
    try:
        return np.asarray(np.linalg.solve(A, b))
    except np.linalg.LinAlgError:
        return np.full_like(b, np.nan)


def parts_of(problem: Problem, seed: int) -> tuple[Part, Part, str] | None:
    """What is learned from, what it is judged by, and the name of the latter; None with too few points."""
    train = problem.train
    for name in ("test", "validation"):
        if len(problem.parts[name].t) and len(train.t):
            return train, problem.parts[name], name
    if len(train.t) < 2:
        return None
    held = folds_of(train.ids, HELD_OUT_FOLDS, seed) == 0
    learned, judged = (train._replace(ids=train.ids[rows], X=train.X[rows], t=train.t[rows]) for rows in (~held, held))
    return learned, judged, "held out"


class Errors(Sliced):
    """Root mean square errors [sizes] of training and test points, one size at a time; NaN from `done` on.

    learned, judged    targets without noise where `noise`, its standard deviation, is not 0: the errors are those to
                       be expected over the noise of all of them
    name               of what is tested on      n_distinct   of the x that are learned from, n_learned points
    """

    def __init__(self, learned: Part, judged: Part, name: str, x_range: Range, noise: float = 0.0) -> None:
        x, at = learned.X[:, 0], judged.X[:, 0]
        x_range = (min(x_range[0], x.min(), at.min()), max(x_range[1], x.max(), at.max()))
        self.judged, self.name, self.noise = judged, name, noise
        self.n_distinct, self.n_learned = len(np.unique(x)), len(x)
        self.sizes = sizes_of(self.n_distinct)
        super().__init__(len(self.sizes), at_once=1)
        self.fits = MinimumNorm(x, learned.t, at, x_range, self.sizes[-1])
        self.train, self.test = np.full((2, len(self.sizes)), np.nan)

    def compute(self, these: slice) -> None:
        n = self.n_learned
        with np.errstate(all="ignore"):
            for i in range(these.start, these.stop):
                y, spread = self.fits.with_spread(self.sizes[i])
                # The fit takes one part in n of the noise of the training points for each weight that they determine.
                left = 1.0 - min(self.sizes[i], self.n_distinct) / n
                self.train[i] = np.sqrt(self.fits.missed(self.sizes[i]) / n + self.noise**2 * left)
                missed = np.square(y - self.judged.t).mean()
                self.test[i] = np.sqrt(missed + self.noise**2 * (1.0 + spread.mean()))


def expected_parts(problem: Problem, data: Any) -> tuple[Part, Part, str, float] | None:
    """The parts as the source has them, without noise, and that noise; None for points that a person has made."""
    train, test = problem.train, problem.parts["test"]
    known = problem.source_test is not None and data.points is None
    if not known or not len(train.t) or not len(test.t):
        return None
    at = grid(problem.x_range)
    judged = test._replace(ids=np.arange(len(at)), X=at[:, None], t=data.truth(at))
    return train._replace(t=data.truth(train.X[:, 0])), judged, "test", float(data.noise)


@lru_cache(maxsize=4)
def _errors(problem: Problem, data: Any, seed: int) -> Errors | None:
    expected = expected_parts(problem, data)
    with one_thread():
        if expected is not None:
            learned, judged, name, noise = expected
            return Errors(learned, judged, name, problem.x_range, noise)
        found = parts_of(problem, seed)
        return Errors(*found, problem.x_range) if found else None


def double_descent(run: Run, view: View) -> Lines | None:
    """Training and test error of minimum-norm fits against the number of weights."""
    e = run.experiment
    if not e.model.linear:
        return None
    found = _errors(run.problem, e.data, e.seed.split)
    if found is None:
        return Lines(title="Double descent", x_label="weights", note="This takes two training points at least.")
    behind, n = not found.advance(), found.n_distinct
    x = np.array(found.sizes, dtype=np.float64)
    role: Role = "test" if found.name == "test" else "validation"
    label = f"N = {n}" if n == found.n_learned else f"{n} distinct x"
    train = np.maximum(found.train, FLOOR)
    return Lines(
        title="Double descent", x_label="weights", y_label="E_RMS", math_labels=True, integer_x=True, can_log=True,
        log_first=True, log_floor=_floor(found.test),
        series=(
            Series("training", "training", charts.own(x.copy()), charts.own(train), markers=True),
            Series(found.name, role, charts.own(x.copy()), charts.own(found.test.copy()), markers=True),
        ),
        marks=(Mark(float(n), label),) if n <= found.sizes[-1] else (), behind=behind,
        note=found.progress("size") or f"{verdict(found.sizes, found.test, n)}{EXPECTED if found.noise else ''} {FITS}",
    )  # fmt: skip


def _floor(test: Floats) -> float:
    known = test[np.isfinite(test)]
    return LOWEST * float(known.min()) if len(known) else 0.0


def verdict(sizes: Sequence[int], test: Floats, n: int) -> str:
    """A sentence on the two valleys of the test error, to the left and to the right of n weights."""
    at = np.array(sizes)
    if n > 1 and not np.isfinite(test[at < n]).any():
        return "Some of the points are too close together to be told apart here."
    left, right = (np.nonzero(side & np.isfinite(test))[0] for side in (at < n, at > n))
    if not len(right):
        return f"As many weights as distinct x, {n}, are more than the {MOST} that are tried here."
    if not len(left):
        return "There are too few points for a first valley."
    first, second = (int(side[test[side].argmin()]) for side in (left, right))
    where = "below" if test[second] < test[first] else "above"
    return (
        f"The second valley ({test[second]:.2g} at {at[second]} weights) is {where} "
        f"the first ({test[first]:.2g} at {at[first]})."
    )
