"""Cross-validation of many orders times many penalties, computed once for the charts that show it.

Called by `selection.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.executors.base import Floats
from playground.engine.executors.closed_form import CHART_ORDER
from playground.engine.folds import folds_of, held_out, mean_and_error
from playground.engine.linear_fits import family_of, mean_squares
from playground.engine.slices import AT_ONCE, Sliced

if TYPE_CHECKING:
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

LN_LAMBDAS = tuple(float(value) for value in range(-50, 6))
"""The whole numbers that the slider of the penalty passes."""

@dataclass(frozen=True)
class Best:
    """Indices of the least mean error, and of the simplest within one standard error of it (Breiman et al. 1984;
    Hastie, Tibshirani & Friedman 2009, section 7.10.1)."""

    best: int
    simplest: int


def choose(mean: Floats, error: Floats, simplest_first: Sequence[int]) -> Best | None:
    """The best of mean errors [k] with their standard errors [k]; NaN is never chosen, None where all are.

    simplest_first: the indices from the simplest model to the most complex one. Of equal means the simplest is best.
    """
    order = np.array(simplest_first, dtype=np.int64)
    known = np.where(np.isfinite(mean), mean, np.inf)[order]
    if not np.isfinite(known).any():
        return None
    at = int(known.argmin())
    best = int(order[at])
    limit = known[at] + (error[best] if np.isfinite(error[best]) else 0.0)
    return Best(best, int(order[int(np.argmax(known <= limit))]))


class CrossValidation(Sliced):
    """Root mean square errors [orders, penalties, S] of training and of held-out points, some folds at a time.

    orders 0, 1, ..., and ln_lambdas, None (no penalty) first if it is among them. Folds from `done` on are still to
    come.
    """

    def __init__(
        self, problem: Problem, model: Any, fold: NDArray[np.int64], top: int, ln_lambdas: tuple[float | None, ...]
    ) -> None:
        self.problem, self.model = problem, model
        self.orders, self.ln_lambdas, self.held = tuple(range(top + 1)), ln_lambdas, held_out(fold)
        dear = model.kind != "polynomial" and len(ln_lambdas) > 1
        super().__init__(len(self.held), 2 if dear else AT_ONCE)
        self.train, self.held_out = np.empty((2, len(self.orders), len(ln_lambdas), len(self.held)))

    def compute(self, these: slice) -> None:
        train, x_range = self.problem.train, self.problem.x_range
        found = mean_squares(
            self.model, self.orders, self.ln_lambdas, train.X[:, 0], train.t, self.held[these], x_range
        )
        with np.errstate(all="ignore"):
            self.train[..., these], self.held_out[..., these] = (np.sqrt(errors) for errors in found)

    def column(self, ln_lambda: float | None) -> int:
        """Where a penalty stands among `ln_lambdas`."""
        return self.ln_lambdas.index(ln_lambda)

    def mean_and_error(self) -> tuple[Floats, Floats]:
        """Of the held-out errors over the folds that are done: [orders, penalties] each."""
        return mean_and_error(self.held_out[..., : self.done])

    def mean_training(self) -> Floats:
        """[orders, penalties]"""
        with np.errstate(all="ignore"):
            return np.asarray(self.train[..., : self.done].mean(axis=-1))


@lru_cache(maxsize=4)
def _cross_validation(
    problem: Problem, family: Any, n_folds: int, seed: int, top: int, ln_lambdas: tuple[float | None, ...]
) -> CrossValidation:
    return CrossValidation(problem, family, folds_of(problem.train.ids, n_folds, seed), top, ln_lambdas)


def cross_validation(run: Run, in_force: bool = False) -> CrossValidation:
    """That of the run, which has two training points at least: the same object for all charts that ask alike.

    in_force: with its own penalty only. It is what a chart against M shows, which follows a point that is dragged.
    """
    e = run.experiment
    here = e.model.ln_lambda
    more = () if here is None or here in LN_LAMBDAS else (here,)
    wanted = (here,) if in_force else (None, *sorted({*LN_LAMBDAS, *more}))
    top = max(CHART_ORDER, e.model.order)
    return _cross_validation(run.problem, family_of(e.model), e.selection.folds, e.seed.split, top, wanted)
