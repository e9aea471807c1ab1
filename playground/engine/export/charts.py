"""Charts as figures: lines with their names at their ends, bars, tables, confusion."""

from typing import Any

import numpy as np

from playground.engine.export.ink import (
    AXIS,
    BAND,
    CANVAS,
    GHOST,
    GRID,
    HOLLOW,
    MAP_PAPER,
    MARKERS,
    MUTED,
    NEGATIVE,
    POSITIVE,
    ROLES,
    TEXT,
    WIDTHS,
    class_inks,
    mix,
    nothing,
    plain,
    px,
    role_text,
    variable,
)
from playground.engine.export.pictures import Picture
from playground.engine.snapshot import Bars, Confusion, Lines, Roc, Series, Table

MINUS = "\N{MINUS SIGN}"


def draw_lines(axes: Any, s: Lines, picture: Picture | None) -> None:
    """Horizontal grid only, the current value as a soft band, ghosts thin and below."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    series = [line for line in s.series if np.isfinite(line.y).any()]
    if s.log_first and any(np.any(np.asarray(line.y) > 0) for line in series):
        _log_scale(axes)
        if s.log_floor > 0:
            axes.set_ylim(bottom=s.log_floor)
    if s.band is not None:
        axes.axvspan(*s.band, color=BAND, linewidth=0, zorder=0)
    for line in sorted(series, key=lambda line: line.role != "ghost"):
        _line(axes, line)
    if s.y_range is not None and not s.log_first:
        axes.set_ylim(*s.y_range)
    ends = [float(line.x[-1]) for line in series]
    for mark in s.marks:
        side = 1 if ends and mark.x < 0.4 * max(ends) else -1  # towards the longer half
        axes.axvline(mark.x, color=AXIS, linewidth=px(1.25), linestyle=(0, (1, 2)), zorder=1)
        axes.annotate(
            plain(mark.label),
            (mark.x, 0.03),
            xycoords=("data", "axes fraction"),
            ha="left" if side > 0 else "right",
            xytext=(side * px(4), 0),
            textcoords="offset points",
            fontsize=px(11),
            color=MUTED,
        )
    if s.percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    if s.integer_x:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=11))
    write = variable if s.math_labels else plain
    write_x = variable if s.path or s.math_labels and len(s.x_label) <= 4 else plain
    axes.set_xlabel(write_x(s.x_label) if s.x_label else "")
    axes.set_ylabel(write(s.y_label) if s.y_label else "")
    axes.grid(True, axis="y")
    axes.margins(x=0.03)
    _unclip(axes)
    _end_labels(axes, series)
    if not series:
        nothing(axes, s.note)


def draw_roc(axes: Any, s: Roc, picture: Picture | None) -> None:
    """The curves, and the point of the threshold in force."""
    from matplotlib.ticker import PercentFormatter

    draw_lines(axes, s, picture)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    if s.here is None:
        return
    axes.plot(*s.here, marker="o", markersize=px(10), markerfacecolor=TEXT, markeredgecolor=CANVAS,
              markeredgewidth=px(1.75), zorder=6, clip_on=False)  # fmt: skip
    axes.annotate(f"threshold {s.threshold:.3g}", s.here, xytext=(px(10), -px(10)), textcoords="offset points",
                  ha="left", va="top", fontsize=px(12), zorder=6)  # fmt: skip


def _log_scale(axes: Any) -> None:
    """Ticks at 1, 2 and 5 times the powers of ten, written as plain numbers where they are short."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_yscale("log", nonpositive="mask")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.3g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _line(axes: Any, line: Series) -> None:
    color, ghost = ROLES[line.role], line.role == "ghost"
    fill = CANVAS if line.role in HOLLOW else color
    dot = {"marker": MARKERS.get(line.role, "o"), "markersize": px(8), "markerfacecolor": fill,
           "markeredgewidth": px(1.75)}  # fmt: skip
    if line.error is not None and np.isfinite(line.error).any():
        # A line of its own below the dots: they stay whole.
        axes.errorbar(line.x, line.y, np.nan_to_num(line.error), fmt="none", ecolor=color, elinewidth=px(1.25),
                      capsize=px(3), capthick=px(1.25), zorder=2.5)  # fmt: skip
    axes.plot(line.x, line.y, color=color, linewidth=px(WIDTHS.get(line.role, 2)), zorder=2 if ghost else 3,
              linestyle=(0, (3, 2)) if line.role == "noise" else "-",
              solid_joinstyle="round", **(dot if line.markers else {}))  # fmt: skip
    last = int(np.flatnonzero(np.isfinite(line.y))[-1])
    if not ghost and not line.markers:
        axes.plot(line.x[last], line.y[last], color=color, zorder=4, **dot)


def _unclip(axes: Any) -> None:
    """Markers that lie on the frame are drawn whole; what lies beyond it stays hidden."""
    low, high = axes.get_ylim()
    for line in axes.lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        if line.get_marker() not in ("", "None", None) and np.all((y >= low) & (y <= high) | np.isnan(y)):
            line.set_clip_on(False)


def _end_labels(axes: Any, series: list[Series]) -> None:
    """The name of each line at its end; names that would lie on one another are moved apart."""
    ends = []
    for line in series:
        last = int(np.flatnonzero(np.isfinite(line.y))[-1])
        x, y = axes.transData.transform((line.x[last], line.y[last]))
        if np.isfinite([x, y]).all():
            ends.append((y, x, line))
    ends.sort(key=lambda end: end[0])
    height = axes.figure.dpi * 16 / 96
    low = -np.inf
    named: set[str] = set()
    bottom, top = (axes.transAxes.transform((0, y))[1] for y in (0, 1))  # a line may end beyond the axes
    ends = [(min(max(y, bottom), top), x, line) for y, x, line in ends]
    right = axes.transAxes.transform((1, 0))[0]
    for y, x, line in ends:
        if line.label in named or not line.label:
            continue
        named.add(line.label)
        place = max(y, low + height)
        low = place
        _, offset = axes.transAxes.inverted().transform((x, place))
        at = (
            1.015
            if right - x < 0.25 * axes.bbox.width
            else axes.transAxes.inverted().transform((x, 0))[0] + 0.02
        )
        axes.text(at, offset, plain(line.label), transform=axes.transAxes, va="center", fontsize=px(12),
                  color=MUTED if line.role == "ghost" else role_text(line.role),
                  fontweight="normal" if line.role == "ghost" else 600)  # fmt: skip


def draw_bars(axes: Any, s: Bars, picture: Picture) -> None:
    """Blue above zero, orange below; a symmetric logarithmic scale where the values span decades."""
    value = np.asarray(s.value, dtype=float)
    size = np.abs(value[np.isfinite(value) & (value != 0)])
    if len(size) and size.max() > 100 * max(size.min(), size.max() * 1e-12):
        least = 10.0 ** max(0, int(np.floor(np.log10(size.min()))))
        axes.set_yscale("symlog", linthresh=least)
        decades = np.arange(np.log10(least), np.log10(size.max()) + 1)
        ticks = 10.0 ** decades[:: max(1, len(decades) // 3)]
        ticks = ticks[1:] if len(ticks) > 2 else ticks  # the least would stand on the zero
        axes.set_yticks([*-ticks[::-1], 0, *ticks])
    at = np.arange(len(value))
    axes.bar(at, value, width=0.62, color=np.where(value < 0, NEGATIVE, POSITIVE), linewidth=0, zorder=3)
    axes.axhline(0, color=AXIS, linewidth=px(1), zorder=4)
    if len(value) <= 12:
        for x, v in zip(at.tolist(), value.tolist(), strict=True):
            axes.annotate(number(v), (x, v), xytext=(0, px(4) if v >= 0 else -px(4)), textcoords="offset points",
                          ha="center", va="bottom" if v >= 0 else "top", fontsize=px(11))  # fmt: skip
    axes.set_xticks(at, [variable(label) for label in s.labels])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(variable(s.y_label) if len(s.y_label) <= 3 else plain(s.y_label))
    axes.spines["bottom"].set_visible(False)
    axes.margins(y=0.15)
    axes.grid(True, axis="y")


def number(value: Any) -> str:
    """A number as people read it: three significant digits, thousands parted, a real minus sign."""
    if value is None or isinstance(value, float | np.floating) and not np.isfinite(value):
        return "\N{EM DASH}"
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int | np.integer):
        return f"{int(value):,}".replace("-", MINUS)
    size = abs(float(value))
    if size < 1e-12:
        return "0.000"
    if size >= 1e9 or 0 < size < 1e-4:
        text = f"{value:.2e}"
    else:
        text = f"{value:,.0f}" if size >= 1000 else f"{value:.3f}" if size < 10 else f"{value:.4g}"
    return text.replace("-", MINUS)


def draw_table(axes: Any, s: Table, picture: Picture) -> None:
    """Names to the left, numbers to the right, hairlines between the rows."""
    axes.set_axis_off()
    rows, columns = len(s.rows), len(s.columns)
    axes.figure.set_figheight(max(120, 56 + 28 * rows) / 96)
    axes.figure.set_figwidth(max(360, 90 + 110 * columns) / 96)
    axes.set_xlim(0, columns)
    axes.set_ylim(rows + 1, 0)
    roles = s.roles or (None,) * columns
    for k, (name, role) in enumerate(zip(s.columns, roles, strict=True)):
        axes.text(k if k == 0 else k + 1, 0.5, plain(name), ha="left" if k == 0 else "right", va="center",
                  fontsize=px(12), color=role_text(role) if role else MUTED, fontweight=600)  # fmt: skip
    for r, row in enumerate(s.rows, 1):
        axes.axhline(r, color=GRID, linewidth=px(1))
        for k, cell in enumerate(row):
            axes.text(k if k == 0 else k + 1, r + 0.5, number(cell), ha="left" if k == 0 else "right", va="center",
                      fontsize=px(13), color=TEXT)  # fmt: skip


def draw_confusion(axes: Any, s: Confusion, picture: Picture) -> None:
    """Counts and their share of the true class; right ones in the colour of the class."""
    n, inks = len(s.names), class_inks(picture.problem.colors)
    share = s.counts / np.maximum(s.counts.sum(axis=1, keepdims=True), 1)
    side = min(1.0, 6 / n)
    for i in range(n):
        for j in range(n):
            color = mix(MAP_PAPER, inks[i][0], 0.55 * float(share[i, j])) if i == j else mix(
                MAP_PAPER, GHOST, 0.8 * float(share[i, j]))  # fmt: skip
            axes.fill([j + 0.02, j + 0.98, j + 0.98, j + 0.02], [i + 0.02, i + 0.02, i + 0.98, i + 0.98],
                      color=color, linewidth=0)  # fmt: skip
            axes.text(j + 0.5, i + 0.45, f"{int(s.counts[i, j]):,}", ha="center", va="center",
                      fontsize=px(18 * side), fontweight=600)  # fmt: skip
            if n <= 6:
                axes.text(j + 0.5, i + 0.72, f"{share[i, j]:.0%}".replace("%", " %"), ha="center", va="center",
                          fontsize=px(11), color=MUTED)  # fmt: skip
    axes.set_xlim(0, n)
    axes.set_ylim(n, 0)
    names = [plain(name if len(name) <= 14 else name[:13] + "…") for name in s.names]
    axes.set_xticks(np.arange(n) + 0.5, names)
    axes.set_yticks(np.arange(n) + 0.5, names)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    axes.set_xlabel("predicted", fontsize=px(11))
    axes.set_ylabel("true", fontsize=px(11))
    axes.spines[:].set_visible(False)
    axes.text(1.0, -0.04, {"test": "test points", "train": "training points"}.get(s.part, s.part), ha="right",
              va="top", transform=axes.transAxes, fontsize=px(11), color=MUTED)  # fmt: skip
