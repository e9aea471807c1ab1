"""The canvas of the plane as a figure: decision map, boundary, points whose shape and outline are the truth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.export.ink import (
    AXIS,
    BOUNDARY,
    BOUNDARY_OPACITY,
    CANVAS,
    CLASSES,
    MAP_NEGATIVE,
    MAP_PAPER,
    MAP_POSITIVE,
    MUTED,
    TEXT,
    class_inks,
    legend,
    mix,
    outline,
    plain,
    px,
    ramp,
    variable,
)
from playground.engine.export.pictures import Picture
from playground.engine.snapshot import DecisionMap, PlaneMarks

LIT = "#4350B0"
"""The accent of the light theme."""
MANY, VERY_MANY = 2_000, 10_000


def draw_map(axes: Any, s: DecisionMap, picture: Picture) -> None:
    """Strength of the colour = probability; a line where the two most probable classes are equal."""
    pixels = map_colors(s.values, picture.problem.colors)
    axes.imshow(pixels, origin="lower", extent=(*s.x, *s.y), aspect="auto", interpolation="bilinear", zorder=0)
    boundary_of(axes, s)
    if picture.marks is not None:
        _marks(axes, picture.marks, picture)
    if picture.problem.classes:
        if picture.lit is not None:
            points = picture.problem.points
            _rings(axes, points.X[points.ids == picture.lit], 26, LIT, 3)
        _class_points(axes, picture)
    else:
        _value_points(axes, picture)
    axes.set_xlim(*s.x)
    axes.set_ylim(*s.y)
    if 0.5 < (s.x[1] - s.x[0]) / (s.y[1] - s.y[0]) < 2:
        axes.set_aspect("equal")
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    names = picture.experiment.data.names_of_inputs()
    if names:
        axes.set_xlabel(plain(names[0]))
        axes.set_ylabel(plain(names[1]))
    else:
        axes.set_xlabel(variable("x1"))
        axes.set_ylabel(variable("x2"), rotation=0, labelpad=px(12))


def _rgb(color: str) -> NDArray[np.float64]:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def map_colors(values: NDArray[Any], colors: Sequence[int]) -> NDArray[np.float64]:
    """RGB [rows, columns, 3] of probabilities [rows, columns, classes] or of numbers from -1 to 1."""
    if values.ndim == 2 or values.shape[2] == 2:
        share = np.clip((values + 1) / 2 if values.ndim == 2 else values[:, :, 1], 0, 1)
        return ramp(share, *_ends(tuple(colors)))
    n = values.shape[2]
    tints = np.array([_rgb(mix(fill, MAP_PAPER, 0.5)) for fill, _ in class_inks(colors)])
    best, top = values.argmax(axis=2), values.max(axis=2)
    strength = np.clip((top - 1 / n) / (1 - 1 / n), 0, 1)[:, :, None]
    return strength * tints[best] + (1 - strength) * _rgb(MAP_PAPER)


def _ends(colors: tuple[int, ...]) -> tuple[str, str, str]:
    """The colours of the map where the first class is certain, in the middle, and where the second is."""
    known = {0: MAP_NEGATIVE, 1: MAP_POSITIVE}
    low, high = (known.get(k, mix(CLASSES[k][0], MAP_PAPER, 0.5)) for k in (colors or (0, 1))[:2])
    return low, MAP_PAPER, high


def boundary_of(axes: Any, s: DecisionMap) -> None:
    rows, columns = s.values.shape[:2]
    if min(rows, columns) < 2 or s.values.ndim == 2 or not np.isfinite(s.values).all():
        return
    x, y = _middles(s.x, columns), _middles(s.y, rows)
    n = s.values.shape[2]
    if s.edge.size:
        for field in s.edge:
            _line(axes, x, y, field)
        return
    for k in range(1 if n == 2 else n):
        others = np.delete(s.values, k, axis=2).max(axis=2)
        lead = s.values[:, :, k] - others
        _line(axes, x, y, lead)


def _middles(ends: tuple[float, float], n: int) -> NDArray[np.float64]:
    """[n] of the cells between two ends."""
    middles: NDArray[np.float64] = ends[0] + (np.arange(n) + 0.5) * (ends[1] - ends[0]) / n
    return middles


def _line(
    axes: Any, x: NDArray[Any], y: NDArray[Any], field: NDArray[Any], level: float = 0.0, style: str = "solid"
) -> None:
    """Where the field [rows, columns] has this level; NaN leaves a gap."""
    if np.isfinite(field).any() and np.nanmin(field) < level < np.nanmax(field):
        axes.contour(x, y, np.ma.masked_invalid(field), levels=[level], colors=[BOUNDARY], alpha=BOUNDARY_OPACITY,
                     linewidths=px(1.25), linestyles=style, zorder=2)  # fmt: skip


def _marks(axes: Any, marks: PlaneMarks, picture: Picture) -> None:
    """Margins dashed, cuts, ellipses in the colours of their classes; rings around the points that hold it all up."""
    for field in marks.values:
        for level in marks.levels:
            _line(axes, _middles(marks.x, field.shape[1]), _middles(marks.y, field.shape[0]), field, level, "dashed")
    for x0, y0, x1, y1 in marks.cuts.tolist():
        axes.plot([x0, x1], [y0, y1], color=BOUNDARY, alpha=BOUNDARY_OPACITY, linewidth=px(1.25), zorder=2)
    inks = class_inks(picture.problem.colors)
    for curve, label in zip(marks.curves, marks.classes, strict=True):
        axes.plot(*np.vstack([curve, curve[:1]]).T, color=outline(inks[label][0]), linewidth=px(1.75), zorder=2)
    ringed = np.isin(picture.problem.points.ids, marks.ringed)
    _rings(axes, picture.problem.points.X[ringed], 16, TEXT, 1.5)


def _rings(axes: Any, places: NDArray[Any], width: float, color: str, line: float) -> None:
    if len(places):
        axes.plot(*places.T, marker="o", markersize=px(width), markerfacecolor="none", markeredgecolor=color,
                  markeredgewidth=px(line), linestyle="none", zorder=3)  # fmt: skip


def _class_points(axes: Any, picture: Picture) -> None:
    """Shape and outline: true class. Fill: predicted class; a test point has it as a dot on white. Ring: missed."""
    from matplotlib.lines import Line2D

    problem = picture.problem
    points, truth = problem.points, problem.points.t.astype(int)
    predicted = picture.predicted if picture.predicted is not None else truth
    size = px(9 if len(points) <= MANY else 6)
    edge = px(1.3) if len(points) <= VERY_MANY else 0.0
    base = {"linestyle": "none", "zorder": 4}
    inks = class_inks(problem.colors)
    for k in range(problem.n_classes):
        color, marker = inks[k]
        for p in range(problem.n_classes):
            here = (truth == k) & (predicted == p)
            train, test = here & (problem.part == 0), here & (problem.part != 0)
            kept = {
                "marker": marker,
                "markersize": size,
                "markeredgecolor": outline(color),
                "markeredgewidth": edge,
            }
            axes.plot(*points.X[train].T, markerfacecolor=inks[p][0], **kept, **base)
            axes.plot(*points.X[test].T, markerfacecolor=CANVAS, **kept, **base)
            axes.plot(*points.X[test].T, marker="o", markersize=size * 0.42, markeredgewidth=0,
                      markerfacecolor=inks[p][0], linestyle="none", zorder=5)  # fmt: skip
    missed = predicted != truth
    if 0 < missed.sum() <= MANY:
        ring = {"marker": "o", "markersize": px(19), "markerfacecolor": "none", "linestyle": "none"}
        axes.plot(*points.X[missed].T, markeredgecolor=CANVAS, markeredgewidth=px(4), zorder=6, **ring)
        axes.plot(*points.X[missed].T, markeredgecolor=TEXT, markeredgewidth=px(1.75), zorder=7, **ring)
    handles: list[Any] = []
    labels = []
    for name, (color, marker) in zip(problem.short_names, inks, strict=True):
        handles.append(Line2D([], [], linestyle="none", marker=marker, markersize=px(9), markerfacecolor=color,
                              markeredgecolor=outline(color), markeredgewidth=px(1.3)))  # fmt: skip
        labels.append(plain(name))
    if (problem.part != 0).any():
        handles.append((_dot(CANVAS, px(9)), _dot(MUTED, px(3.8), edge=False)))
        labels.append("test")
    if 0 < missed.sum() <= MANY:
        handles.append(_dot("none", px(14), color=TEXT))
        labels.append("missed")
    if picture.marks is not None and len(picture.marks.ringed):
        dashed = Line2D([], [], color=BOUNDARY, linewidth=px(1.25), linestyle="--")
        handles += [_dot("none", px(11), color=TEXT), dashed]
        labels += ["support vector", "margin"]
    legend(axes, handles, labels)


def _dot(fill: str, size: float, edge: bool = True, color: str = MUTED) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker="o", markersize=size, markerfacecolor=fill,
                  markeredgecolor=color, markeredgewidth=px(1.3) if edge else 0)  # fmt: skip


def _value_points(axes: Any, picture: Picture) -> None:
    """Circles filled with the target on the scale of the map; test points are smaller."""
    from matplotlib.colors import LinearSegmentedColormap

    points, part = picture.problem.points, picture.problem.part
    if not len(points):
        return
    scale = LinearSegmentedColormap.from_list("target", [CLASSES[0][0], MAP_PAPER, CLASSES[1][0]])
    handles, labels = [], []
    for here, width, name in ((part == 0, 8, "training"), (part != 0, 5, "test")):
        if here.any():
            handles.append(
                axes.scatter(*points.X[here].T, c=points.t[here], cmap=scale, vmin=-1, vmax=1, s=px(width) ** 2,
                             edgecolors=AXIS if name == "test" else TEXT, linewidths=px(0.8), zorder=4)
            )  # fmt: skip
            labels.append(name)
    legend(axes, handles, labels)
