"""Cross-validation of the model in force: which point is held out when, and what each of the S runs found.

Bishop & Bishop 2024, section 1.2.6; Hastie, Tibshirani & Friedman 2009, section 7.10. The fits are those that
minimise the objective, also where the run itself descends to it in steps.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import charts
from playground.engine.executors.base import Floats
from playground.engine.linear_fits import Masks, Range, curves
from playground.engine.random import bits
from playground.engine.slices import Sliced
from playground.engine.snapshot import Folds, View

if TYPE_CHECKING:
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

CURVE_POINTS = 200
TOO_FEW = "Cross-validation needs two training points at least."


def folds_of(ids: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """[n]: the fold, from 0 on, in which each point is held out: a function of (seed, ids).

    Sizes differ by one at most, and none is empty: more folds than points are as many as there are points.
    """
    n_folds = max(1, min(n_folds, len(ids)))
    found = np.empty(len(ids), dtype=np.int64)
    found[np.argsort(bits(seed, "folds", ids), kind="stable")] = np.arange(len(ids)) % n_folds
    return found


def held_out(fold: NDArray[np.int64]) -> Masks:
    """[S, n]: which points each of the S trainings leaves out."""
    return np.asarray(fold == np.arange(int(fold.max()) + 1)[:, None])


def mean_and_error(errors: Floats) -> tuple[Floats, Floats]:
    """Over the folds, the last axis: mean and its standard error, the deviation of the folds over sqrt(S).

    The error is NaN for a single fold. Hastie, Tibshirani & Friedman 2009, section 7.10.1.
    """
    n = errors.shape[-1]
    with np.errstate(all="ignore"):
        mean = errors.mean(axis=-1)
        spread = np.sqrt(np.square(errors - mean[..., None]).sum(axis=-1) / max(n - 1, 1) / n)
    return mean, spread if n > 1 else np.full_like(mean, np.nan)


class FoldRuns(Sliced):
    """The S runs of one model, some folds at a time.

    train, held_out [S]  root mean square errors     curves [S, k]  the fits at `at`    (rows from `done` on: not yet)
    """

    def __init__(self, problem: Problem, model: Any, fold: NDArray[np.int64], at: Floats) -> None:
        self.problem, self.model, self.at = problem, model, at
        self.held = held_out(fold)
        super().__init__(len(self.held))
        self.train, self.held_out = np.empty((2, len(self.held)))
        self.curves = np.empty((len(self.held), len(at)))

    def compute(self, these: slice) -> None:
        held, (_, X, t) = self.held[these], self.problem.train
        everywhere = np.concatenate([self.at, X[:, 0]])
        y = curves(self.model, X[:, 0], t, ~held, everywhere, self.problem.x_range)
        self.curves[these] = y[:, : len(self.at)]
        with np.errstate(all="ignore"):
            squares = np.square(y[:, len(self.at) :] - t)
            self.train[these] = np.sqrt((squares * ~held).sum(axis=1) / (~held).sum(axis=1))
            self.held_out[these] = np.sqrt((squares * held).sum(axis=1) / held.sum(axis=1))


@lru_cache(maxsize=4)
def _fold_runs(problem: Problem, model: Any, n_folds: int, seed: int, x: Range) -> FoldRuns:
    fold = folds_of(problem.train.ids, n_folds, seed)
    return FoldRuns(problem, model, fold, np.linspace(*x, CURVE_POINTS))


def lowered(n_folds: int, n_train: int) -> str:
    """A sentence where there are fewer points than folds were asked for; else empty."""
    if n_folds <= n_train:
        return ""
    return f"Only {charts.counted(n_train, 'training point')}: as many folds, each holds out one point. "


def folds(run: Run, view: View) -> Folds | None:
    """S runs of the model in force, each with another part of the training points held out."""
    e = run.experiment
    if not e.model.linear:
        return None
    if run.n_train < 2:
        return Folds(title="Cross-validation", note=TOO_FEW)
    runs = _fold_runs(run.problem, e.model, e.selection.folds, e.seed.split, view.x)
    behind = not runs.advance()
    done = runs.done
    mean, error = mean_and_error(runs.held_out[:done])
    note = lowered(e.selection.folds, run.n_train) + runs.progress("fold")
    if not run.executor.solves:
        note += "Each fit is the best one, not that of so many epochs. "
    return Folds(
        title="Cross-validation", ids=run.problem.train.ids,
        fold=charts.own(folds_of(run.problem.train.ids, e.selection.folds, e.seed.split)),
        train=runs.train[:done].copy(), held_out=runs.held_out[:done].copy(), x=runs.at,
        curves=runs.curves[:done].copy(), mean=float(mean), standard_error=float(error), n_trainings=done,
        behind=behind, note=note.strip(),
    )  # fmt: skip
