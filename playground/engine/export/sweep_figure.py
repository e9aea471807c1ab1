"""The figure of a sweep, one for any number of parameters.

    one number               lines of the training, validation and test error against it
    two numbers              a map of the mean error, the best cell marked
    one number and choices   the lines once more for each combination of the choices, side by side
    all else                 the best combinations, one below the other
"""

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.export import figures
from playground.engine.export.charts import draw_lines
from playground.engine.export.charts_selection import DECADES, draw_grid
from playground.engine.export.ink import CANVAS, GRID, HOLLOW, ROLES, TEXT, footnote, legend, plain, px
from playground.engine.points import PART_NAMES
from playground.engine.schema import show
from playground.engine.snapshot import GridMap, Lines, Mark, Role, Series
from playground.engine.sweeps import Axis, Result

MOST_PANELS = 9
MOST_ROWS = 30
PART_ROLES: dict[str, Role] = {"train": "training", "validation": "validation", "test": "test"}


def save(result: Result, path: Path) -> None:
    """Write the figure as SVG; equal results give equal bytes."""
    with figures.style():
        figures.save(figure_of(result), path, "svg")


def figure_of(result: Result) -> Any:
    """The matplotlib figure. Call it, and save it, inside `figures.style()`."""
    numbers = [axis for axis in result.sweep.axes if axis.numeric]
    others = [axis for axis in result.sweep.axes if not axis.numeric]
    n_panels = int(np.prod([len(axis.values) for axis in others], dtype=object))
    if len(numbers) == 1 and n_panels <= MOST_PANELS:
        return _panels(result, numbers[0], others, n_panels)
    if len(numbers) == 2 and not others:
        figure = figures.empty_figure(680, 500)
        draw_grid(figure.add_subplot(), grid(result), None)
        return figure
    return _ranking(result)


@dataclass(frozen=True)
class Measure:
    """What the figure shows, [combinations] each: by this measure the best combination is chosen.

    For a curve the root mean square error, as in the book; else the loss.
    """

    label: str
    value: NDArray[np.float64]
    error: NDArray[np.float64]

    @classmethod
    def of(cls, result: Result, part: str) -> "Measure":
        value, error = result.mean(part, result.criterion), result.standard_error(part, result.criterion)
        name = {"cross_entropy": "cross-entropy", "squared_error": "squared error / 2"}
        return cls("RMS error" if result.criterion == "rms" else name[result.sweep.experiments[0].loss], value, error)


# ---- lines ----
def _panels(result: Result, axis: Axis, others: list[Axis], n: int) -> Any:
    columns = min(n, 3)
    rows = -(-n // columns)
    figure = figures.empty_figure(640 if n == 1 else 60 + 400 * columns, 400 if n == 1 else 30 + 290 * rows)
    places = figure.subplots(rows, columns, squeeze=False, sharey=n > 1).ravel()
    choices = list(product(*(range(len(other.values)) for other in others)))
    charts = [lines(result, axis, dict(zip((o.path for o in others), choice, strict=True))) for choice in choices]
    log_y, low, high = _span(charts)
    for place, choice, chart in zip(places, choices, charts, strict=False):
        if _wide([v for v in axis.values if v is not None]):
            place.set_xscale("log")
        if chart.series:  # before drawing: names are put at the ends of lines where these then are
            place.set_yscale("log" if log_y else "linear")
            place.set_ylim(low, high)
        draw_lines(place, replace(chart, log_first=log_y), None)
        if others:
            named = (f"{o.path} = {_name(o.values[i])}" for o, i in zip(others, choice, strict=True))
            place.set_title(plain(", ".join(named)), loc="left", fontsize=px(12), color=TEXT)
    for place in places[n:]:
        place.set_axis_off()
    footnote(figure, _caption(result))
    return figure


def _span(charts: list[Lines]) -> tuple[bool, float, float]:
    """Whether y is logarithmic, and its ends: a training error of rounding alone must not squeeze the rest."""
    every = [line for chart in charts for line in chart.series]
    judged = [line for line in every if line.role != "training"] or every
    values = np.concatenate([line.y[np.isfinite(line.y)] for line in judged]) if judged else np.ones(1)
    top = max(float(values.max()), *(float(np.nanmax(line.y)) for line in every), 1e-300)
    ends = [float(np.nanmax(line.y + np.nan_to_num(line.error))) for line in every if line.error is not None]
    top = min(max(top, *ends), 1.5 * top) if ends else top
    if _wide(values.tolist()):
        least = min(float(np.nanmin(line.y)) for line in every)
        return True, max(least, float(values.min()) / 30) / 1.3, 1.3 * top
    return False, 0.0, 1.06 * top


def lines(result: Result, axis: Axis, choice: dict[str, int]) -> Lines:
    """Errors against the values of one axis, the others at these places of their values."""
    at = [k for k in range(len(result.sweep.experiments)) if _matches(result, k, choice)]
    order = np.argsort(x := _places(axis), kind="stable")
    series, label = [], ""
    for part in PART_NAMES:
        measure = Measure.of(result, part)
        label = measure.label
        y, error = measure.value[at][order], measure.error[at][order]
        if np.isfinite(y).any():
            bars = error if np.isfinite(error).any() else None
            series.append(Series(PART_ROLES[part], PART_ROLES[part], x[order], y, markers=len(y) <= 60, error=bars))
    marks = tuple(Mark(float(place), "off") for place, v in zip(x, axis.values, strict=True) if v is None)
    best = result.best
    if best in at and len(at) > 1:
        value = axis.values[at.index(best)]
        marks += (Mark(float(x[at.index(best)]), f"best: {_name(value)}"),) if value is not None else ()
    return Lines(
        x_label=axis.path, y_label=label, series=tuple(series), marks=marks,
        integer_x=axis.parameter.kind == "int" and len(axis.values) > 1, note="All trainings diverged.",
    )  # fmt: skip


def _matches(result: Result, k: int, choice: dict[str, int]) -> bool:
    index = result.sweep.index(k)
    return all(choice.get(axis.path, i) == i for axis, i in zip(result.sweep.axes, index, strict=True))


def _places(axis: Axis) -> NDArray[np.float64]:
    """Where the values stand on x; off stands one step before the least of the others."""
    known = sorted(float(v) for v in axis.values if v is not None)
    before = 0.0
    if len(known) > 1 and _wide(known):
        before = known[0] ** 2 / known[1]
    elif known:
        before = known[0] - (known[1] - known[0] if len(known) > 1 else 1.0)
    return np.array([before if v is None else float(v) for v in axis.values])


def _wide(values: list[float]) -> bool:
    """Whether a logarithmic scale suits them."""
    return len(values) > 1 and min(values) > 0 and max(values) > min(values) * 10**DECADES


# ---- two numbers ----
def grid(result: Result) -> GridMap:
    """The mean error over both, the first parameter along the rows. Values stand in the order of their size."""
    first, second = result.sweep.axes
    by_y, by_x = (np.argsort(_places(axis), kind="stable") for axis in (first, second))
    measure = Measure.of(result, result.chosen_by)
    value = measure.value.reshape(len(first.values), len(second.values))[np.ix_(by_y, by_x)]
    best = None
    if result.best is not None:
        i, j = result.sweep.index(result.best)
        best = (int(np.flatnonzero(by_x == j)[0]), int(np.flatnonzero(by_y == i)[0]))
    return GridMap(
        x=tuple(second.values[k] for k in by_x), y=tuple(first.values[k] for k in by_y), value=value,
        x_label=second.path, y_label=first.path, value_label=f"{result.chosen_by} {measure.label}",
        x_path=second.path, y_path=first.path, best=best,
        note=_caption(result) if result.best is not None else "All trainings diverged.",
    )  # fmt: skip


# ---- all else ----
def _ranking(result: Result) -> Any:
    """The best combinations, the best on top, with the errors on every part."""
    from matplotlib.lines import Line2D

    chosen = Measure.of(result, result.chosen_by)
    ranked = np.argsort(chosen.value, kind="stable")[:MOST_ROWS]
    ranked = ranked[np.isfinite(chosen.value[ranked])]
    figure = figures.empty_figure(760, 110 + 24 * max(len(ranked), 3))
    axes = figure.add_subplot()
    if not len(ranked):
        draw_lines(axes, Lines(note="All trainings diverged."), None)
        return figure
    rows, handles = np.arange(len(ranked)), []
    labels: list[str] = []
    for part in PART_NAMES:
        role, measure = PART_ROLES[part], Measure.of(result, part)
        x, error = measure.value[ranked], measure.error[ranked]
        if not np.isfinite(x).any():
            continue
        look: dict[str, Any] = {"marker": "o", "markersize": px(8), "color": ROLES[role], "markeredgewidth": px(1.75),
                "markerfacecolor": CANVAS if role in HOLLOW else ROLES[role], "linestyle": "none"}  # fmt: skip
        if np.isfinite(error).any():
            axes.errorbar(x, rows, xerr=np.nan_to_num(error), fmt="none", ecolor=ROLES[role], elinewidth=px(1.25))
        axes.plot(x, rows, zorder=3, **look)
        handles.append(Line2D([], [], **look))
        labels.append(role)
    axes.set_yticks(rows, [plain(_named(result, int(k))) for k in ranked], fontsize=px(11))
    axes.set_ylim(len(ranked) - 0.4, -0.6)
    axes.grid(True, axis="y", color=GRID)
    axes.set_xlabel(chosen.label)
    legend(axes, handles, labels)
    n = len(result.sweep.experiments)
    best = f"The best {len(ranked)} of {n} combinations. " if len(ranked) < n else ""
    footnote(figure, best + _caption(result))
    return figure


def _named(result: Result, k: int) -> str:
    pairs = zip(result.sweep.axes, result.sweep.values(k), strict=True)
    return ", ".join(f"{axis.path.removesuffix('.kind').split('.')[-1]} {_name(value)}" for axis, value in pairs)


def _name(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else show(value) if value != () else "none"


def _caption(result: Result) -> str:
    if not result.sweep.n_folds:
        return ""
    return f"Means over {result.sweep.n_folds} folds, with standard errors; validation is what was held out."
