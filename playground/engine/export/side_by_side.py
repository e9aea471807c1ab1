"""Models side by side as a figure and as a table: a small map for each, and where they disagree."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.comparison import Contender, SideBySide
from playground.engine.export.ink import (
    BOUNDARY,
    BOUNDARY_OPACITY,
    MAP_PAPER,
    MUTED,
    TEXT,
    class_inks,
    mix,
    plain,
    px,
)
from playground.engine.export.pictures import Picture
from playground.engine.export.plane import boundary_of, map_colors
from playground.engine.points import PART_NAMES

SIDE, FOOT = 236, 64
"""Of one map, and of what stands over and under it, in pixels."""


def draw_side_by_side(axes: Any, s: SideBySide, picture: Picture) -> None:
    """One row of maps; the last one is hatched where not all models say the same."""
    figure = axes.figure
    axes.remove()
    n = len(s.contenders) + 1
    figure.set_size_inches(n * SIDE / 96, (SIDE + FOOT) / 96)
    for part, one in zip(figure.subplots(1, n)[:-1], s.contenders, strict=True):
        part.set_title(plain(one.title), fontsize=px(13), fontweight=600, loc="left")
        if one.map.values.size:
            pixels = map_colors(one.map.values, picture.problem.colors)
            part.imshow(pixels, origin="lower", extent=(*s.x, *s.y), interpolation="bilinear", zorder=0)
            boundary_of(part, one.map)
            _points(part, s, one.said, picture)
        _frame(part, s, "\n".join(_words(one, bool(s.names))))
    last = figure.axes[-1]
    last.set_title("Where they disagree", fontsize=px(13), fontweight=600, loc="left")
    _disagreement(last, s)
    _points(last, s, s.truth, picture)
    _frame(last, s, f"{100 * s.share:.1f} % of the plane\n{int(s.apart.sum()):,} of {len(s.ids):,} points")


def _frame(axes: Any, s: SideBySide, words: str) -> None:
    axes.set_xlim(*s.x)
    axes.set_ylim(*s.y)
    axes.set_box_aspect(1)
    axes.set_aspect("auto")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.set_xlabel(plain(words), fontsize=px(11), color=MUTED, loc="left")


def _disagreement(axes: Any, s: SideBySide) -> None:
    if not s.common.size:
        return
    rows, columns = s.common.shape
    x = s.x[0] + (np.arange(columns) + 0.5) * (s.x[1] - s.x[0]) / columns
    y = s.y[0] + (np.arange(rows) + 0.5) * (s.y[1] - s.y[0]) / rows
    where = (s.common < 0).astype(float)
    if 0 < where.sum() < where.size:
        areas = axes.contourf(x, y, where, levels=[0.5, 1.5], colors=[MAP_PAPER], hatches=["////"], zorder=1)
        areas.set_edgecolor(TEXT)
        areas.set_linewidth(0)
        axes.contour(x, y, where, levels=[0.5], colors=[BOUNDARY], alpha=BOUNDARY_OPACITY, linewidths=px(1), zorder=2)


def _points(axes: Any, s: SideBySide, said: NDArray[Any], picture: Picture) -> None:
    """Shape and outline are the true class, the fill is the predicted one; test points are smaller."""
    if not s.names:
        axes.plot(*s.X.T, "o", markersize=px(3), markerfacecolor="none", markeredgecolor=TEXT, markeredgewidth=px(0.7))
        return
    inks, predicted = class_inks(picture.problem.colors), np.where(np.isfinite(said), said, s.truth)
    for k, (color, marker) in enumerate(inks[: len(s.names)]):
        for p in range(len(s.names)):
            for test, size in ((False, 5), (True, 3.5)):
                here = (s.truth == k) & (predicted == p) & (s.test == test)
                if here.any():
                    edge = mix(color, TEXT, 0.5) if p == k else TEXT
                    axes.plot(*s.X[here].T, marker=marker, linestyle="none", markersize=px(size), zorder=4,
                              markerfacecolor=inks[p][0], markeredgecolor=edge,
                              markeredgewidth=px(0.6 if p == k else 1.1))  # fmt: skip


def _words(one: Contender, classes: bool) -> list[str]:
    if one.note and not one.scores:
        return [one.note]
    errors = []
    for part, name in (("train", "training"), ("test", "test")):
        if (score := one.scores.get(part)) is not None:
            errors.append(f"{name} {100 * (1 - score.accuracy):.1f} %" if score.accuracy is not None else
                          f"{name} {score.rms:.3g}")  # fmt: skip
    return [("error " if classes else "RMS ") + ", ".join(errors),
            f"{one.n_parameters:,} parameters, {one.seconds:.2g} s"]  # fmt: skip


COLUMNS = ("model", "settings", "entry", *(f"{part}_{name}" for part in PART_NAMES
           for name in ("loss", "accuracy", "balanced_accuracy", "rms")),
           "n_parameters", "seconds", "epochs", "note")  # fmt: skip


def table_of(s: SideBySide, picture: Picture | None) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """One row for each model, the main one first."""
    return COLUMNS, (_row(one) for one in s.contenders)


def _row(one: Contender) -> list[Any]:
    scores = (one.scores.get(part) for part in PART_NAMES)
    measures = [None if score is None else getattr(score, name) for score in scores
                for name in ("loss", "accuracy", "balanced_accuracy", "rms")]  # fmt: skip
    return [one.title, one.detail, one.text, *measures, one.n_parameters, one.seconds, one.epochs, one.note]
