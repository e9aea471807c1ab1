"""The curve lab: the textbook's example."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playground.engine import (
    bias_variance,
    charts,
    curvature,
    double_descent,
    error_function,
    error_surface,
    example,
    fan,
    folds,
    gallery,
    hidden_space,
    network_units,
    selection,
    spread,
)
from playground.engine.executors.closed_form import CHART_ORDER, ClosedFormExecutor, Fitted, fits_of
from playground.engine.labs.base import ChartSlot, Hint, Lab
from playground.engine.registry import labs
from playground.engine.snapshot import Bars, Fit, Lines, Series, Summary, Table, View

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

CURVE_POINTS = 641

ERRORS = (
    ChartSlot("rms_by_order", "RMS against M"), ChartSlot("rms_by_ln_lambda", "RMS against ln λ"),
    ChartSlot("cv_by_order", "CV against M"), ChartSlot("cv_by_ln_lambda", "CV against ln λ"),
    ChartSlot("cv_map", "CV map"), ChartSlot("bias_variance_by_order", "Bias–variance"),
    ChartSlot("bias_variance_by_ln_lambda", "Bias–variance, ln λ"), ChartSlot("double_descent", "Double descent"),
)  # fmt: skip
WEIGHTS = (
    ChartSlot("coefficient_bars", "Coefficients"), ChartSlot("coefficient_table", "Table"),
    ChartSlot("coefficient_table_by_lambda", "Table by ln λ"), ChartSlot("gallery", "Gallery"),
    ChartSlot("folds", "Folds"), ChartSlot("surface", "Error surface"),
)  # fmt: skip
JUDGEMENT = (ChartSlot("scores", "Scores"), ChartSlot("error", "Error function"))


@dataclass(frozen=True)
class CurveLab(Lab):
    name: str = "curve"
    title: str = "Curve"
    icon: str = "chart-spline"
    n_inputs: int = 1
    models: tuple[str, ...] = ("polynomial", "gaussian", "fourier", "mlp")
    canvas: tuple[str, ...] = ("fit", "predictions")
    beside: tuple[str, ...] = ("network",)
    hint: Hint = Hint(
        "Drag the order M from 0 to 9 and watch the test error. Then drag a point.",
        "Drag the order M to 9, then drag a point.",
    )

    def hint_for(self, experiment: "Experiment") -> Hint:
        if experiment.optimizer.solves:
            return self.hint
        if experiment.model.linear:
            return Hint("Press Space and watch the weights run downhill. Then try another learning rate, or basis.",
                        "Press Space, then change the learning rate.")  # fmt: skip
        return Hint("Press Space and watch the network bend its curve. Then drag a point while it learns.",
                    "Press Space, then drag a point.")  # fmt: skip

    def docks(self, experiment: "Experiment") -> tuple[tuple[ChartSlot, ...], ...]:
        iterates = not experiment.optimizer.solves
        learning = (ChartSlot("loss", "Loss"), ChartSlot("rms", "RMS")) if iterates else ()
        if experiment.model.linear:
            return (learning + ERRORS, WEIGHTS, JUDGEMENT)
        return ((ChartSlot("loss", "Loss"), ChartSlot("gradients", "Gradients"), ChartSlot("example", "One example")),
                (ChartSlot("rms", "RMS"), ChartSlot("hidden", "Hidden space"), ChartSlot("histograms", "Histograms")),
                JUDGEMENT)  # fmt: skip

    def summarize(self, name: str, run: "Run", view: View) -> Summary | None:
        if name in LINEAR_ONLY and not run.experiment.model.linear:
            return None
        return SUMMARIES[name](run, view) if name in SUMMARIES else None

    def caution(self, run: "Run") -> str:
        fitted, model = fitted_of(run), run.experiment.model
        if not run.executor.solves and model.linear:
            alike = charts.in_one_place(run, "no curve can tell them apart")
            return alike or curvature.caution(run.experiment, run.problem)
        if not run.executor.solves:
            return charts.in_one_place(run, "no network can tell them apart")
        if fitted is not None and not run.executor.finite():
            return "The points lie so close together that some weights are too large to be written as numbers."
        if fitted is None or fitted.kind != "minimum_norm":
            return ""
        if model.kind != "polynomial":
            return (
                f"{charts.counted(run.n_parameters, 'weight')}, of which the points determine {fitted.rank}: "
                "of all best curves, the one with the smallest weights."
            ).capitalize()
        which = "curves through the points" if fitted.n_distinct == run.n_train else "best curves"
        return (
            f"{charts.counted(run.n_parameters, 'weight')}, {charts.counted(fitted.n_distinct, 'distinct x value')}: "
            f"of all {which}, the one with the smallest weights."
        ).capitalize()

    def message(self, run: "Run") -> str:
        if not run.executor.solves:
            return self.caution(run) or charts.finding(run)
        fitted = fitted_of(run)
        if fitted is None:
            return ""
        n_weights, n_train = run.n_parameters, run.n_train
        if fitted.kind == "minimum_norm" or not run.executor.finite():
            return self.caution(run)
        if fitted.kind == "unique" and n_weights == n_train:
            points, weights = charts.counted(n_train, "point"), charts.counted(n_weights, "weight")
            return f"{points}, {weights}: the curve passes through every point.".capitalize()
        train, test = run.scores()["train"].rms, (run.scores().get("test") or run.scores()["train"]).rms
        if train and test and test > 2 * train:
            return f"The test error is {test / train:.3g} times the training error."
        return ""


def fitted_of(run: "Run") -> Fitted | None:
    """The solution of a run that is solved in one step, where there is anything to learn from."""
    return run.executor.fitted if isinstance(run.executor, ClosedFormExecutor) else None


def fit(run: "Run", view: View) -> Fit | None:
    """The curve over the part of x that is on screen."""
    if run.executor.solves and not run.n_train:
        return None
    x = np.linspace(*view.x, CURVE_POINTS)
    model = run.experiment.model
    if view.unit is not None and not model.linear and (y := network_units.over_x(run, x, view.unit)) is not None:
        return Fit(title="Response of a unit", x=charts.own(x), y=charts.own(y), label="response", unit=view.unit)
    y = run.raw(x[:, None])[:, 0].copy()
    label = f"fit, M = {model.order}" if model.linear else "fit"
    return Fit(title="Fit", x=charts.own(x), y=charts.own(y), label=label)


def rms_by_order(run: "Run", view: View) -> Lines:
    """Root mean square error against the order M, all with the penalty in force (the book's figure 1.7)."""
    model = run.experiment.model
    orders = range(max(CHART_ORDER, model.order) + 1)
    series: list[Series] = []
    top = 1.0
    if run.n_train:
        fits = fits_of(run.problem, model)
        for name, role in charts.ROLES.items():
            part = run.problem.parts[name]
            if len(part.t):
                rms = [float(np.sqrt(np.square(f(part.X[:, 0]) - part.t).mean())) for f in fits]
                y = charts.own(np.array(rms))
                series.append(Series(role, role, charts.own(np.array(orders, dtype=float)), y, markers=True))
        seen = [float(series[0].y[0]), *(float(np.nanmin(s.y)) for s in series if np.isfinite(s.y).any())]
        top = round_up(1.25 * max(seen))  # no curve lies above the axis as a whole
    return Lines(
        title="RMS against M", x_label="M", y_label="E_RMS", series=tuple(series), y_range=(0.0, top),
        band=(model.order - 0.4, model.order + 0.4), can_log=True, integer_x=True, math_labels=True,
        path="model.order", note=selection.judged_by(run) if series else "There are no training points to fit.",
    )  # fmt: skip


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) at or above a value; 1 for zero."""
    if not value > 0 or not np.isfinite(value):
        return 1.0
    scale = 10.0 ** np.floor(np.log10(value))
    return float(next(step * scale for step in (1, 2, 5, 10) if step * scale >= value * (1 - 1e-12)))


def coefficient_bars(run: "Run", view: View) -> Bars | None:
    if not run.n_train:
        return None
    labels, y_label = run.experiment.model.weight_names(), "w*" if run.executor.solves else "w"
    return Bars(title="Coefficients", labels=labels, value=charts.own(run.weights()["w"]), y_label=y_label)


def coefficient_table(run: "Run", view: View) -> Table | None:
    """w* for the orders that the view names and the one in force: with more weights they grow (table 1.1)."""
    if not run.n_train:
        return None
    model = run.experiment.model
    orders = tuple(sorted({*view.orders, model.order}))
    known = fits_of(run.problem, model.model_copy(update={"order": max(orders)}))
    fits = [known[m] for m in orders]
    rows = []
    for j, label in enumerate(model.model_copy(update={"order": max(orders)}).weight_names()):
        rows.append((label, *(float(f.w[j]) if j < len(f.w) else None for f in fits)))
    return Table(
        title="Coefficients", columns=("", *(f"M = {m}" for m in orders)), rows=tuple(rows),
        note="" if run.executor.solves else "The best weights of each order, not those of this epoch.",
    )  # fmt: skip


SCORES = (("RMS error", "rms"), ("Largest miss", "largest_miss"), ("R²", "r2"), ("Points", "n"))
SUMMARIES: dict[str, Callable[["Run", View], Summary | None]] = {
    "fit": fit,
    "rms_by_order": rms_by_order,
    "coefficient_bars": coefficient_bars,
    "coefficient_table": coefficient_table,
    "error": error_function.error,
    "predictions": charts.predictions,
    "scores": lambda run, view: charts.scores_table(run, SCORES),
    "fan": fan.curves,
    "network": network_units.network,
    "example": example.example,
    "hidden": hidden_space.hidden,
    "histograms": spread.histograms,
    "gradients": spread.gradients,
    "surface": error_surface.surface,
    "loss": lambda run, view: charts.epochs_chart(run, "loss", "Loss", "loss"),
    "rms": lambda run, view: charts.epochs_chart(run, "rms", "RMS", "RMS error"),
    "folds": folds.folds,
    "cv_by_order": selection.cv_by_order,
    "cv_by_ln_lambda": selection.cv_by_ln_lambda,
    "cv_map": selection.cv_map,
    "rms_by_ln_lambda": selection.rms_by_ln_lambda,
    "bias_variance_by_order": bias_variance.bias_variance_by_order,
    "bias_variance_by_ln_lambda": bias_variance.bias_variance_by_ln_lambda,
    "double_descent": double_descent.double_descent,
    "gallery": gallery.gallery,
    "coefficient_table_by_lambda": gallery.coefficient_table_by_lambda,
}
LINEAR_ONLY = {"rms_by_order", "coefficient_bars", "coefficient_table", "surface"}

labs.register("curve", CurveLab(), 0)
