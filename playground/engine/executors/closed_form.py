"""Models linear in their weights, solved in one step whenever something changes.

Polynomials are solved to the last digit by `polynomial_fit.py`, all others in float64 by `basis_fit.py`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.executors import layout
from playground.engine.executors.base import Floats, Weights
from playground.engine.executors.basis_fit import Fitted, fit_basis
from playground.engine.executors.exact import shown_of
from playground.engine.executors.polynomial_fit import Data, Penalty, PolynomialFit, fit, fit_orders, fits
from playground.engine.executors.solving import SolvingExecutor
from playground.engine.models.linear import LinearSpec
from playground.engine.models.polynomial import Polynomial
from playground.engine.schema import SpecError
from playground.engine.slices import one_thread

if TYPE_CHECKING:
    from playground.engine.problem import Problem

__all__ = ["CHART_ORDER", "ClosedFormExecutor", "Fitted", "PolynomialFit", "fit", "fit_of", "fit_orders", "fits_of"]

CHART_ORDER = 9
"""Fits of all orders up to this one are made together: the charts show them."""


@lru_cache(maxsize=4)
def _data_of(problem: Problem) -> Data:
    return Data(problem.train.X[:, 0], problem.train.t)


def fits_of(problem: Problem, model: LinearSpec) -> tuple[Fitted, ...]:
    """Fits of the orders 0, 1, ..., max(9, its order) of a model to the training points of a problem (at least one).

    Remembered: the run, its charts and the next place of the slider ask for the same ones.
    """
    top = max(CHART_ORDER, model.order)
    if isinstance(model, Polynomial):
        return _polynomials(problem, model.model_copy(update={"order": top}))
    return tuple(fit_of(problem, model.model_copy(update={"order": order})) for order in range(top + 1))


def fit_of(problem: Problem, model: LinearSpec) -> Fitted:
    """The fit of a model: one of `fits_of`, of which only polynomials are made together."""
    if isinstance(model, Polynomial):
        return fits_of(problem, model)[model.order]
    return _alone(problem, model)


@lru_cache(maxsize=64)
def _polynomials(problem: Problem, model: Polynomial) -> tuple[Fitted, ...]:
    begun, orders = time.perf_counter(), range(model.order + 1)
    penalty = Penalty(model.ln_lambda, model.penalise_bias)
    with one_thread(len(problem.train.t)):
        found = fits(_data_of(problem), orders, penalty, shown_of(model, problem.x_range))
    share = (time.perf_counter() - begun) / len(found)
    return tuple(replace(fitted, seconds=share) for fitted in found)


@lru_cache(maxsize=256)
def _alone(problem: Problem, model: LinearSpec) -> Fitted:
    begun, train = time.perf_counter(), problem.train
    with one_thread(len(train.t)):
        found = fit_basis(model, problem.x_range, train.X[:, 0], train.t)
    return replace(found, seconds=time.perf_counter() - begun)


class ClosedFormExecutor(SolvingExecutor):
    """Solves at once whenever the Experiment changes."""

    name = "closed_form"
    fitted: Fitted | None

    def fit(self) -> Fitted:
        return fit_of(self.problem, self.experiment.model)

    def prepare(self, X: Floats) -> Floats:
        return X[:, 0]

    def outputs(self, prepared: Floats) -> Floats:
        if self.fitted is None:
            return np.full((len(prepared), 1), np.nan)
        return self.fitted(prepared)[:, None]

    def weights(self) -> Weights:
        return {"w": self.fitted.w.copy()} if self.fitted else {}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        """Weights are a function of the points, so there is nothing to take over but what was computed."""
        if self.fitted is not None and "w" in weights and np.shape(weights["w"]) != self.fitted.w.shape:
            raise SpecError(
                f"The weights w must be {len(self.fitted.w)} numbers for model.order={self.experiment.model.order}, "
                f"not an array of shape {np.shape(weights['w'])}.", "model.order",
            )  # fmt: skip

    def finite(self) -> bool:
        return self.fitted is None or bool(np.isfinite(self.fitted.w).all())

    def penalty(self) -> float | None:
        return layout.penalty(self.experiment, self.weights()) if self.fitted else None

    @property
    def n_parameters(self) -> int:
        return int(self.experiment.model.n_weights())
