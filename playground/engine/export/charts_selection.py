"""Charts of model selection as figures: maps over two parameters, small multiples, folds, error surfaces, formulas."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.export.charts import number
from playground.engine.export.curve import wider
from playground.engine.export.ink import (
    AXIS,
    BAND,
    CANVAS,
    FIT,
    MAP_PAPER,
    MAP_POSITIVE,
    MUTED,
    TEXT,
    TRAIN,
    TRUTH,
    VALIDATION,
    footnote,
    legend,
    nothing,
    plain,
    px,
    role_text,
    variable,
)
from playground.engine.export.pictures import Picture
from playground.engine.snapshot import Folds, Formula, Formulas, Gallery, GridMap, Surface

MOST_TICKS = 11
DECADES = 1.5
"""Values that span more than that are coloured by their logarithm."""
MOST_IN_A_ROW = 4


def draw_grid(axes: Any, s: GridMap, picture: Picture | None) -> None:
    """Low is pale, high is blue; a ring on the best cell, a square on the simplest, a frame around the one in force."""
    if not np.isfinite(s.value).any():
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    shown = axes.imshow(np.ma.masked_invalid(s.value), origin="lower", aspect="auto", interpolation="nearest",
                        cmap=_cold(), norm=_norm(s.value))  # fmt: skip
    for axis, values in ((axes.xaxis, s.x), (axes.yaxis, s.y)):
        at = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_TICKS)).round().astype(int))
        axis.set_ticks(at.tolist(), [tick_label(values[i]) for i in at])
    marks = (
        ("best", s.best, {"marker": "o", "markersize": px(11), "markerfacecolor": "none"}),
        ("simplest within one standard error", s.simplest, {"marker": "s", "markersize": px(11),
                                                              "markerfacecolor": "none"}),
        ("now", s.here, {"marker": "x", "markersize": px(8)}),
    )  # fmt: skip
    handles, labels = [], []
    for name, at_cell, look in marks:
        if at_cell is not None:
            handles += axes.plot(*at_cell, linestyle="none", markeredgecolor=TEXT, markeredgewidth=px(2), **look)
            labels.append(name)
    axes.set_xlabel(label(s.x_label or s.x_path))
    axes.set_ylabel(label(s.y_label or s.y_path))
    if handles:
        legend(axes, handles, labels)
    color_bar(axes, shown, s.value_label)
    footnote(axes.figure, s.note)


def _cold() -> Any:
    """From paper through the pale blue of the maps to the blue of the points; cells without a value are white."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("cold", [MAP_PAPER, MAP_POSITIVE, TRAIN]).with_extremes(bad=CANVAS)


def _norm(value: NDArray[Any]) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    seen = value[np.isfinite(value)]
    low, high = float(seen.min()), float(seen.max())
    return LogNorm(low, high) if low > 0 and high > low * 10**DECADES else Normalize(low, high)


def color_bar(axes: Any, shown: Any, name: str) -> None:
    """The scale of the colours beside the axes."""
    bar = axes.figure.colorbar(shown, ax=axes, pad=0.02, aspect=30)
    bar.outline.set_visible(False)
    bar.set_label(label(name))


def label(text: str) -> str:
    """Short names are variables in italics, others stand as they are."""
    return variable(text) if text and len(text) <= 5 and " " not in text and "." not in text else plain(text)


def tick_label(value: float | None) -> str:
    return "off" if value is None else f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def draw_gallery(axes: Any, s: Gallery, picture: Picture | None) -> None:
    """Common axes, the points and the truth in each; the title of the current one is bold."""
    if not s.panels:
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    figure = axes.figure
    axes.remove()
    n = len(s.panels)
    rows = 2 if n == MOST_IN_A_ROW else -(-n // MOST_IN_A_ROW)
    columns = -(-n // rows)
    figure.set_size_inches(max(360, 290 * columns) / 96, (60 + 230 * rows) / 96)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for place, panel in zip(grid, s.panels, strict=False):
        if len(s.truth) == len(s.x):
            place.plot(s.x, s.truth, color=TRUTH, linewidth=px(1.75), zorder=2)
        place.plot(s.points_x, s.points_t, linestyle="none", marker="o", markersize=px(7), zorder=4,
                   markerfacecolor=CANVAS, markeredgecolor=TRAIN, markeredgewidth=px(1.75))  # fmt: skip
        place.plot(s.x, panel.y, color=FIT, linewidth=px(2.25), zorder=3)
        place.set_xlim(*wider(s.x_range))
        place.set_ylim(*s.y_range)
        place.set_title(plain(panel.label), loc="left", fontsize=px(13), color=TEXT,
                        fontweight=600 if panel.current else "normal")  # fmt: skip
        if panel.caption:
            place.set_title(plain(panel.caption), loc="right", fontsize=px(11), color=MUTED)
    for k, place in enumerate(grid):
        place.tick_params(labelbottom=n - columns <= k < n)  # nothing stands below
        if k >= n:
            place.set_axis_off()
    footnote(figure, s.note)


def draw_folds(axes: Any, s: Folds, picture: Picture | None) -> None:
    """The error of each fold on what it learned from and on what was held out; the fits beside it."""
    if not np.isfinite(s.held_out).any():
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    figure = axes.figure
    if s.curves.size:
        axes.remove()
        axes, beside = figure.subplots(1, 2, width_ratios=(1, 1))
        _fold_fits(beside, s, picture)
    folds = np.arange(1, len(s.held_out) + 1)
    if np.isfinite(s.mean) and np.isfinite(s.standard_error):
        axes.axhspan(s.mean - s.standard_error, s.mean + s.standard_error, color=BAND, linewidth=0, zorder=0)
    handles = [axes.axhline(s.mean, color=VALIDATION, linewidth=px(1.5), zorder=1)]
    for y, color, fill in ((s.train, TRAIN, TRAIN), (s.held_out, VALIDATION, CANVAS)):
        handles += axes.plot(folds, y, linestyle="none", marker="o", markersize=px(8), color=color, zorder=3,
                             markerfacecolor=fill, markeredgewidth=px(1.75))  # fmt: skip
    legend(axes, handles[1:] + handles[:1], ["training", "held out", "mean, ± standard error"], columns=3)
    _whole_ticks(axes.xaxis)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("fold")
    axes.set_ylabel(variable("E_RMS"))
    axes.grid(True, axis="y")
    footnote(figure, s.note)


def _whole_ticks(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, nbins=MOST_TICKS))


def _fold_fits(axes: Any, s: Folds, picture: Picture | None) -> None:
    axes.plot(s.x, s.curves.T, color=FIT, linewidth=px(1.25), alpha=0.6, zorder=3)
    if picture is not None:
        part = picture.problem.parts["train"]
        axes.plot(part.X[:, 0], part.t, linestyle="none", marker="o", markersize=px(8), zorder=4,
                  markerfacecolor=CANVAS, markeredgecolor=TRAIN, markeredgewidth=px(1.75))  # fmt: skip
        axes.set_ylim(*picture.view.y)
    axes.set_xlabel(variable("x"))
    axes.set_ylabel(variable("t"), rotation=0, labelpad=px(12))
    axes.grid(True)


def draw_surface(axes: Any, s: Surface, picture: Picture | None) -> None:
    """Contours at equal steps of the logarithm above the least value; the path of descent in red."""
    value = np.ma.masked_invalid(s.value)
    if min(value.shape) < 2 or not value.count():
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    low, high = float(value.min()), float(value.max())
    half_x, half_y = ((v[-1] - v[0]) / (len(v) - 1) / 2 for v in (s.x, s.y))  # values stand in the middle of cells
    extent = (s.x[0] - half_x, s.x[-1] + half_x, s.y[0] - half_y, s.y[-1] + half_y)
    shown = axes.imshow(value, origin="lower", aspect="auto", interpolation="bilinear", extent=extent, cmap=_cold(),
                        norm=_norm(s.value), zorder=0)  # fmt: skip
    if high > low:
        levels = low + (high - low) * np.geomspace(1e-3, 1.0, 13)[:-1]
        axes.contour(s.x, s.y, value, levels=levels, colors=AXIS, linewidths=px(0.75))
    handles, labels = [], []
    if len(s.path):
        handles += axes.plot(*s.path.T, color=FIT, linewidth=px(1.75), zorder=3)
        labels.append("path of descent")
    if s.here is not None:
        handles += axes.plot(*s.here, linestyle="none", marker="o", markersize=px(9), color=FIT, zorder=5)
        labels.append("now")
    if s.minimum is not None:
        handles += axes.plot(*s.minimum, linestyle="none", marker="*", markersize=px(14), color=TEXT, zorder=4)
        labels.append("minimum")
    axes.set_xlim(float(s.x[0]), float(s.x[-1]))
    axes.set_ylim(float(s.y[0]), float(s.y[-1]))
    axes.set_xlabel(label(s.x_label))
    axes.set_ylabel(label(s.y_label), rotation=0, labelpad=px(12))
    if handles:
        legend(axes, handles, labels)
    color_bar(axes, shown, s.value_label)
    footnote(axes.figure, s.note)


def draw_formulas(axes: Any, s: Formulas, picture: Picture | None) -> None:
    """One line for each; what matplotlib cannot typeset (cases, matrices) stands in plain text."""
    axes.set_axis_off()
    if not s.rows:
        nothing(axes, s.note)
        return
    axes.figure.set_figheight(max(120, 48 + 52 * len(s.rows)) / 96)
    axes.set_ylim(len(s.rows), 0)
    for i, row in enumerate(s.rows):
        axes.text(0, i + 0.5, _formula(row), transform=axes.get_yaxis_transform(), va="center", fontsize=px(17),
                  color=TEXT)  # fmt: skip
        if row.value is not None:
            axes.text(1, i + 0.5, "= " + number(row.value), transform=axes.get_yaxis_transform(), ha="right",
                      va="center", fontsize=px(15), color=role_text(row.role) if row.role else TEXT)  # fmt: skip
    footnote(axes.figure, s.note)


def _formula(row: Formula) -> str:
    """Between dollar signs if matplotlib can read it."""
    from matplotlib.mathtext import MathTextParser

    latex = row.latex.strip().strip("$").strip()
    if row.value is not None:
        latex = latex.removesuffix("=").rstrip()
    try:
        MathTextParser("path").parse(f"${latex}$")
    except (ValueError, RuntimeError):
        return plain(row.plain)
    return f"${latex}$"
