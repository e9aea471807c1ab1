"""Charts that help to choose the order M and the penalty ln lambda: cross-validation and what test points say.

Bishop & Bishop 2024, sections 1.2.5 and 1.2.6. Beside the least mean error stands the simplest model within one
standard error of it (Hastie, Tibshirani & Friedman 2009, section 7.10.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts
from playground.engine.cross_validation import LN_LAMBDAS, Best, CrossValidation, choose, cross_validation
from playground.engine.executors.base import Floats
from playground.engine.folds import TOO_FEW, lowered
from playground.engine.linear_fits import mean_squares
from playground.engine.slices import one_thread
from playground.engine.snapshot import Choice, GridMap, Lines, Mark, Series, View

if TYPE_CHECKING:
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

MAP_LN_LAMBDAS = (None, *(float(value) for value in range(-48, 6, 3)))
"""Rows of the map: the book's -18 and 0 are among them."""
NO_NUMBERS = "The points lie too close together, or too far apart, for errors that can be written as numbers."
BY_ORDER: dict[str, Any] = {"x_label": "M", "integer_x": True, "path": "model.order"}
SEEN = "The error on points that a fit has not seen, with its standard error."
BY_LN_LAMBDA: dict[str, Any] = {"x_label": "ln λ", "path": "model.ln_lambda"}


def show(ln_lambda: float | None) -> str:
    """ "off", "−18", "−0.5" """
    return "off" if ln_lambda is None else f"{ln_lambda:g}".replace("-", "−")


def top_of(*natural: float) -> float:
    """Upper end of an axis for errors: a round number above these, however high the wild ones rise."""
    from playground.engine.labs.curve import round_up  # the lab shows these charts, so it cannot come first

    return round_up(1.25 * max((value for value in natural if np.isfinite(value)), default=0.0))


def marks_of(x: Sequence[float], labels: Sequence[str], found: Best | None) -> tuple[Mark, ...]:
    """One for the best and one for the simplest; a common one where these are the same."""
    if found is None:
        return ()
    best, simplest = found.best, found.simplest
    if best == simplest:
        return (Mark(x[best], f"best and simplest: {labels[best]}"),)
    return Mark(x[best], f"best: {labels[best]}"), Mark(x[simplest], f"simplest: {labels[simplest]}")


def _lines(cv: CrossValidation, x: Floats, mean: Floats, error: Floats, train: Floats) -> tuple[Series, ...]:
    return (
        Series("training", "training", charts.own(x.copy()), charts.own(train.copy()), markers=True),
        Series("held out", "validation", charts.own(x.copy()), charts.own(mean.copy()), markers=True,
               error=charts.own(error.copy()) if np.isfinite(error).any() else None),
    )  # fmt: skip


def _note(run: Run, cv: CrossValidation, n_models: int, seen: str, found: Best | None) -> str:
    """What one sees, and what it cost."""
    cost = f"{charts.counted(cv.n, 'fold').capitalize()}, {n_models * cv.n:,} trainings."
    start = lowered(run.experiment.selection.folds, run.n_train) + cv.progress("fold")
    return start + (f"{seen} {cost}" if found is not None or not cv.done else NO_NUMBERS)


def judged_by(run: Run) -> str:
    """Whose errors these are, and what the test error is measured on where that is not fresh points of the source."""
    test = run.problem.parts["test"]
    best = "" if run.executor.solves else "The best fits, not those of this epoch. "
    if not len(test.t):
        return f"{best}There are no test points: the training error alone favours the most flexible curve."
    if run.problem.source_test is not None:
        return best.strip()
    points = charts.counted(len(test.t), "point")
    known = "" if run.experiment.data.has_source else " Nobody knows the true function."
    return f"{best}Test: {points} of the data, set aside by the split.{known}"


def cv_by_order(run: Run, view: View) -> Lines | None:
    """Mean held-out error against M, with the penalty in force."""
    model = run.experiment.model
    if not model.linear:
        return None
    title = "Cross-validation against M"
    if run.n_train < 2:
        return Lines(title=title, note=TOO_FEW, **BY_ORDER)
    cv = cross_validation(run, in_force=True)
    behind = not cv.advance()
    mean, error = (values[:, 0] for values in cv.mean_and_error())
    found = choose(mean, error, cv.orders)
    labels = [f"M = {order}" for order in cv.orders]
    choices = () if found is None else (
        Choice(f"Use {labels[found.best]}", {"model.order": found.best}),
        Choice(f"Simplest: {labels[found.simplest]}", {"model.order": found.simplest}),
    )  # fmt: skip
    x = np.array(cv.orders, dtype=np.float64)
    return Lines(
        title=title, y_label="E_RMS", math_labels=True, can_log=True, choices=choices,
        series=_lines(cv, x, mean, error, cv.mean_training()[:, 0]), marks=marks_of(x.tolist(), labels, found),
        band=(model.order - 0.4, model.order + 0.4), y_range=(0.0, top_of(mean[0], _least(mean))),
        note=_note(run, cv, len(cv.orders), SEEN, found), behind=behind, **BY_ORDER,
    )  # fmt: skip


def cv_by_ln_lambda(run: Run, view: View) -> Lines | None:
    """Mean held-out error against ln lambda, with the order in force."""
    model = run.experiment.model
    if not model.linear:
        return None
    title = "Cross-validation against ln λ"
    if run.n_train < 2:
        return Lines(title=title, note=TOO_FEW, **BY_LN_LAMBDA)
    cv = cross_validation(run)
    behind, values = not cv.advance(), [value for value in cv.ln_lambdas if value is not None]
    mean, error = (found[model.order, 1:] for found in cv.mean_and_error())
    found = choose(mean, error, range(len(values))[::-1])
    labels = [f"ln λ = {show(value)}" for value in values]
    choices = () if found is None else (
        Choice(f"Use {labels[found.best]}", {"model.ln_lambda": values[found.best]}),
        Choice(f"Simplest: {labels[found.simplest]}", {"model.ln_lambda": values[found.simplest]}),
    )  # fmt: skip
    return Lines(
        title=title, y_label="E_RMS", math_labels=True, can_log=True, choices=choices,
        series=_lines(cv, np.array(values), mean, error, cv.mean_training()[model.order, 1:]),
        marks=marks_of(values, labels, found), band=band_of(model.ln_lambda),
        y_range=(0.0, top_of(mean[-1], _least(mean))),
        note=_note(run, cv, len(values), SEEN, found), behind=behind, **BY_LN_LAMBDA,
    )  # fmt: skip


def cv_map(run: Run, view: View) -> GridMap | None:
    """Mean held-out error over M and ln lambda. The simplest model has the fewest weights; of those with as many,
    the largest penalty."""
    model = run.experiment.model
    if not model.linear:
        return None
    title = "Cross-validation over M and ln λ"
    if run.n_train < 2:
        return GridMap(title=title, note=TOO_FEW, x_label="M", y_label="ln λ")
    cv = cross_validation(run)
    behind = not cv.advance()
    rows = [cv.column(value) for value in MAP_LN_LAMBDAS]
    mean, error = (values[:, rows] for values in cv.mean_and_error())
    n_rows = len(rows)
    simplest_first = [m * n_rows + row for m in cv.orders for row in range(n_rows)[::-1]]
    found = choose(mean.ravel(), error.ravel(), simplest_first)
    cells = () if found is None else (divmod(found.best, n_rows), divmod(found.simplest, n_rows))
    choices = tuple(
        Choice(f"{word} M = {m}, ln λ = {show(MAP_LN_LAMBDAS[row])}",
               {"model.order": m, "model.ln_lambda": MAP_LN_LAMBDAS[row]})
        for word, (m, row) in zip(("Use", "Simplest:"), cells, strict=False)
    )  # fmt: skip
    n_models = len(cv.orders) * n_rows
    return GridMap(
        title=title, x=tuple(float(m) for m in cv.orders), y=MAP_LN_LAMBDAS, value=charts.own(mean.T.copy()),
        value_label="held-out error", x_label="M", y_label="ln λ", x_path="model.order", y_path="model.ln_lambda",
        here=(model.order, nearest_row(model.ln_lambda)), best=cells[0] if cells else None,
        simplest=cells[1] if cells else None, choices=choices, behind=behind,
        note=_note(run, cv, n_models, "The fainter the colour, the smaller the held-out error.", found),
    )  # fmt: skip


def nearest_row(ln_lambda: float | None) -> int:
    """The row of the map for a penalty."""
    if ln_lambda is None:
        return 0
    return 1 + int(np.abs(np.array(MAP_LN_LAMBDAS[1:], dtype=np.float64) - ln_lambda).argmin())


def rms_by_ln_lambda(run: Run, view: View) -> Lines | None:
    """Errors of the fits to all training points against ln lambda (the book's figure 1.10)."""
    model = run.experiment.model
    if not model.linear:
        return None
    title = "RMS against ln λ"
    if not run.n_train:
        return Lines(title=title, note="There are no training points to fit.", **BY_LN_LAMBDA)
    with one_thread():
        found = _by_part(run.problem, model.model_copy(update={"ln_lambda": None}))
    x = np.array(LN_LAMBDAS)
    series = tuple(
        Series(charts.ROLES[part], charts.ROLES[part], charts.own(x.copy()), rms) for part, rms in found.items()
    )
    off = "" if model.ln_lambda is not None else "The penalty is off now; a click sets one. "
    natural = [value for rms in found.values() for value in (float(rms[-1]), _least(rms))]
    return Lines(
        title=title, y_label="E_RMS", math_labels=True, series=series, can_log=True, band=band_of(model.ln_lambda),
        y_range=(0.0, top_of(*natural)), **BY_LN_LAMBDA,
        note=NO_NUMBERS if np.isnan(natural).all() else f"{off}{judged_by(run)}".strip(),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _by_part(problem: Problem, model: Any) -> dict[str, Floats]:
    """By part: root mean square errors [penalties] at the model's order. A part without points is missing."""
    train, x_range, found = problem.train, problem.x_range, {}
    for name in charts.ROLES:
        part = problem.parts[name]
        if name == "train" or not len(part.t):
            continue
        x, t = np.concatenate([train.X[:, 0], part.X[:, 0]]), np.concatenate([train.t, part.t])
        held = (np.arange(len(x)) >= len(train.t))[None]
        found["train"], found[name] = mean_squares(model, (model.order,), LN_LAMBDAS, x, t, held, x_range)
    if not found:
        nothing = np.zeros((1, len(train.t)), dtype=bool)
        found["train"], _ = mean_squares(
            model, (model.order,), LN_LAMBDAS, train.X[:, 0], train.t, nothing, x_range
        )
    return {name: charts.own(np.sqrt(errors[0, :, 0])) for name, errors in found.items()}


def _least(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if len(known) else float("nan")


def band_of(ln_lambda: float | None) -> tuple[float, float] | None:
    return None if ln_lambda is None else (ln_lambda - 0.5, ln_lambda + 0.5)
