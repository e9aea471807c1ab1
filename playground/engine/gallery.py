"""Fits side by side: several orders as small pictures, several penalties as a table (the book's figures 1.6 and 1.9,
tables 1.1 and 1.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts
from playground.engine.executors.base import Floats
from playground.engine.executors.closed_form import fit
from playground.engine.linear_fits import Range, at_order, curves, in_powers, unpenalised, weights
from playground.engine.selection import show
from playground.engine.slices import one_thread
from playground.engine.snapshot import Gallery, Panel, Table, View

if TYPE_CHECKING:
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

CURVE_POINTS = 200
TABLE_LN_LAMBDAS = (None, -18.0, 0.0)
"""Those of Table 1.2 in Bishop & Bishop 2024."""
JUDGED = ("train", "test", "validation")
"""Parts of the split: the error on the first and on the next that has points stand under a picture."""


@lru_cache(maxsize=32)
def _curve(problem: Problem, model: Any, x_range: Range, x: Range) -> tuple[Floats, tuple[float, ...]]:
    """The fit of the model at CURVE_POINTS places of x, and its root mean square errors on one part or two."""
    train = problem.train
    judged = [problem.parts[name] for name in JUDGED if len(problem.parts[name].t)][:2]
    at = np.concatenate([np.linspace(*x, CURVE_POINTS), *(part.X[:, 0] for part in judged)])
    everyone = np.ones((1, len(train.t)), dtype=bool)
    with one_thread():
        y = curves(model, train.X[:, 0], train.t, everyone, at, x_range)[0]
    errors, begin = [], CURVE_POINTS
    for part in judged:
        with np.errstate(all="ignore"):
            errors.append(float(np.sqrt(np.square(y[begin : begin + len(part.t)] - part.t).mean())))
        begin += len(part.t)
    return charts.own(y[:CURVE_POINTS].copy()), tuple(errors)


def gallery(run: Run, view: View) -> Gallery | None:
    """The model in force with each of the orders that the view names."""
    e = run.experiment
    if not e.model.linear:
        return None
    if not run.n_train:
        return Gallery(title="Gallery", note="There are no training points to fit.")
    train, x_range = run.problem.train, e.data.extent()[0]
    x = np.linspace(*view.x, CURVE_POINTS)
    panels = []
    judged = [charts.ROLES[name] for name in JUDGED if len(run.problem.parts[name].t)][:2]
    for order in view.orders:
        y, errors = _curve(run.problem, at_order(e.model, order), x_range, view.x)
        panels.append(Panel(f"M = {order}", y, " / ".join(map(_shown, errors)), order == e.model.order,
                            {"model.order": order}))  # fmt: skip
    truth = e.data.truth(x)
    truth = np.zeros(0) if truth is None else truth
    return Gallery(
        title="Gallery", panels=tuple(panels), x=charts.own(x), truth=charts.own(truth.copy()),
        points_x=train.X[:, 0].copy(), points_t=train.t, x_range=view.x,
        y_range=around(np.concatenate([train.t, truth])),
        note=f"Numbers: RMS error, {' / '.join(judged)}. A click on a picture sets its order M.",
    )  # fmt: skip


def _shown(error: float) -> str:
    return f"{error:.2f}" if error < 10 else f"{error:.2g}"


def around(values: Floats) -> tuple[float, float]:
    """A range with a margin of a quarter on both sides, of one at least where all values are alike."""
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


@lru_cache(maxsize=16)
def _weights(problem: Problem, model: Any, x_range: Range) -> Floats:
    """[m] of the best fit; of powers of x without rounding, wherever w_0 is free of the penalty."""
    x, t = problem.train.X[:, 0], problem.train.t
    if in_powers(model) and not (model.penalise_bias and model.ln_lambda is not None):
        return fit(x, t, model.order, model.ln_lambda).w
    everyone, ranks = np.ones((1, len(x)), dtype=bool), None
    if model.ln_lambda is None:
        _, ranks = unpenalised(model, x, x_range, everyone)
    W = weights(model.design(x, x_range), t[:, None], (model.ln_lambda,), model.penalise_bias, everyone, ranks)
    return np.asarray(W[0, :, 0, 0])


def coefficient_table_by_lambda(run: Run, view: View) -> Table | None:
    """w* at the order in force for some penalties side by side: a larger one makes them smaller."""
    e = run.experiment
    if not e.model.linear or not run.n_train:
        return None
    here = e.model.ln_lambda
    values = sorted({*TABLE_LN_LAMBDAS, here}, key=lambda value: -np.inf if value is None else value)
    found = [
        _weights(run.problem, e.model.model_copy(update={"ln_lambda": value}), e.data.extent()[0]).tolist()
        for value in values
    ]
    return Table(
        title="Coefficients by penalty", columns=("", *(f"ln λ = {show(value)}" for value in values)),
        rows=tuple(zip(e.model.weight_names(), *found, strict=True)),
    )  # fmt: skip
