"""Fits side by side: several orders as small pictures, several penalties as a table (the book's figures 1.6 and 1.9,
tables 1.1 and 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.engine import charts
from playground.engine.executors.base import Floats
from playground.engine.executors.closed_form import Fitted, fit_of
from playground.engine.linear_fits import at_order
from playground.engine.selection import show
from playground.engine.snapshot import Gallery, Panel, Table, View

if TYPE_CHECKING:
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

CURVE_POINTS = 200
TABLE_LN_LAMBDAS = (None, -18.0, 0.0)
"""Those of Table 1.2 in Bishop & Bishop 2024."""
JUDGED = ("train", "test", "validation")
"""Parts of the split: the error on the first and on the next that has points stand under a picture."""


def _errors(problem: Problem, fitted: Fitted) -> tuple[float, ...]:
    """Root mean square errors of a fit on one part or two."""
    judged = [problem.parts[name] for name in JUDGED if len(problem.parts[name].t)][:2]
    with np.errstate(all="ignore"):
        return tuple(float(np.sqrt(np.square(fitted(part.X[:, 0]) - part.t).mean())) for part in judged)


def gallery(run: Run, view: View) -> Gallery | None:
    """The model in force with each of the orders that the view names."""
    e = run.experiment
    if not e.model.linear:
        return None
    if not run.n_train:
        return Gallery(title="Gallery", note="There are no training points to fit.")
    train, x = run.problem.train, np.linspace(*view.x, CURVE_POINTS)
    panels = []
    judged = [charts.ROLES[name] for name in JUDGED if len(run.problem.parts[name].t)][:2]
    for order in view.orders:
        fitted = fit_of(run.problem, at_order(e.model, order))
        caption = " / ".join(map(_shown, _errors(run.problem, fitted)))
        panels.append(Panel(f"M = {order}", charts.own(fitted(x)), caption, order == e.model.order,
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
    if not np.isfinite(error):
        return "–"
    return f"{error:.2f}" if error < 10 else f"{error:.2g}"


def around(values: Floats) -> tuple[float, float]:
    """A range with a margin of a quarter on both sides, of one at least where all values are alike."""
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def coefficient_table_by_lambda(run: Run, view: View) -> Table | None:
    """w* at the order in force for some penalties side by side: a larger one makes them smaller."""
    e = run.experiment
    if not e.model.linear or not run.n_train:
        return None
    here = e.model.ln_lambda
    values = sorted({*TABLE_LN_LAMBDAS, here}, key=lambda value: -np.inf if value is None else value)
    found = [
        fit_of(run.problem, e.model.model_copy(update={"ln_lambda": value})).w.tolist() for value in values
    ]
    return Table(
        title="Coefficients by penalty", columns=("", *(f"ln λ = {show(value)}" for value in values)),
        rows=tuple(zip(e.model.weight_names(), *found, strict=True)),
    )  # fmt: skip
