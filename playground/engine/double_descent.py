"""Double descent: more weights than points, and the test error falls for a second time.

Belkin, Hsu, Ma & Mandal 2019, "Reconciling modern machine-learning practice and the classical bias-variance
trade-off"; Bishop & Bishop 2024, section 9.3.2. The features are Legendre polynomials, P_{k-1}(z) / k for the weights
k = 1, 2, ..., z = -1 to 1 over the range of x: of all curves through the points, the one with the smallest weights
then prefers low orders, and the error peaks where there are as many weights as points, whatever the seed. (Powers
of x, or random features, rarely show it.) This chart has a model of its own; the run's settings do not enter it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial.legendre import legvander

from playground.engine import charts
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
        self.means = np.bincount(which, t) / counts
        self.A, self.E = features(distinct, x_range, top), features(at, x_range, top)
        few, root = min(len(distinct), top), np.sqrt(counts)
        Q, R = np.linalg.qr(self.A[:, :few] * root[:, None])
        with np.errstate(all="ignore"):
            basis = _solved(R.T, self.E[:, :few].T)
            self.few = np.cumsum(basis * (Q.T @ (root * self.means))[:, None], axis=0)

    def __call__(self, size: int) -> Floats:
        """[k]: the fit with so many weights."""
        if size <= len(self.few):
            return np.asarray(self.few[size - 1])
        Q, R = np.linalg.qr(self.A[:, :size].T)
        return np.asarray(self.E[:, :size] @ (Q @ _solved(R.T, self.means)))


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
    """Root mean square errors [sizes] of training and test points, some sizes at a time; NaN from `done` on.

    n_distinct   of the x that are learned from, n_learned points      name   of what is tested on
    """

    def __init__(self, learned: Part, judged: Part, name: str, extent: Range) -> None:
        x, x_test = learned.X[:, 0], judged.X[:, 0]
        everywhere = np.concatenate([x, x_test])
        x_range = (min(extent[0], float(everywhere.min())), max(extent[1], float(everywhere.max())))
        self.learned, self.judged, self.name = learned, judged, name
        self.n_distinct, self.n_learned = len(np.unique(x)), len(x)
        self.sizes = sizes_of(self.n_distinct)
        super().__init__(len(self.sizes))
        self.fits = MinimumNorm(x, learned.t, everywhere, x_range, self.sizes[-1])
        self.train, self.test = np.full((2, len(self.sizes)), np.nan)

    def compute(self, these: slice) -> None:
        with np.errstate(all="ignore"):
            for i in range(these.start, these.stop):
                y = self.fits(self.sizes[i])
                self.train[i] = np.sqrt(np.square(y[: self.n_learned] - self.learned.t).mean())
                self.test[i] = np.sqrt(np.square(y[self.n_learned :] - self.judged.t).mean())


@lru_cache(maxsize=4)
def _errors(problem: Problem, seed: int, extent: Range) -> Errors | None:
    parts = parts_of(problem, seed)
    with one_thread():
        return Errors(*parts, extent) if parts else None


def double_descent(run: Run, view: View) -> Lines | None:
    """Training and test error of minimum-norm fits against the number of weights."""
    e = run.experiment
    if not e.model.linear:
        return None
    found = _errors(run.problem, e.seed.split, e.data.extent()[0])
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
        note=found.progress("size") or f"{verdict(found.sizes, found.test, n)} {FITS}",
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
