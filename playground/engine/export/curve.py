"""The canvas of the curve lab as a figure, in the textbook's colours."""

import re
from typing import Any

import numpy as np

from playground.engine.export.ink import AXIS, CANVAS, FIT, TRAIN, TRUTH, legend, plain, px, variable
from playground.engine.export.pictures import Picture
from playground.engine.snapshot import Fit

RESIDUALS = 200  # more arrows than this hide the curve


def draw_fit(axes: Any, s: Fit, picture: Picture) -> None:
    """True function green, fit red, training data blue circles, test data blue diamonds, residuals green."""
    from matplotlib.lines import Line2D

    view, parts = picture.view, picture.problem.parts
    handles, labels = [], []
    axes.axhline(0, color=AXIS, linewidth=px(1), zorder=1)
    train, test = parts["train"], parts["test"]
    for part, marker, size, pen, name in (
        (train, "o", 12, 2.4, "training"),
        (parts["validation"], "s", 9, 1.4, "validation"),
        (test, "D", 6.4, 1.4, "test"),
    ):
        if len(part.ids):
            (dots,) = axes.plot(
                part.X[:, 0], part.t, linestyle="none", marker=marker, markersize=px(size),
                markerfacecolor=CANVAS, markeredgecolor=TRAIN, markeredgewidth=px(pen),
                zorder=6 if part is train else 5,
            )  # fmt: skip
            handles.append(dots)
            labels.append(name)
    if picture.truth is not None:
        handles += axes.plot(s.x, picture.truth, color=TRUTH, linewidth=px(2.5), zorder=3)
        formula = getattr(picture.experiment.data, "formula", "")
        labels.append(re.sub(r"(?<![a-z])x(?![a-z])", "$x$", formula) or "true function")
    if np.isfinite(s.y).any():
        handles += axes.plot(s.x, s.y, color=FIT, linewidth=px(3), zorder=4)
        labels.append(_fit_label(picture))
        if _residuals(axes, s, picture):
            handles.append(
                Line2D([], [], linestyle="none", marker=r"$\uparrow$", color=TRUTH, markersize=px(10))
            )
            labels.append("residual")
    axes.set_xlim(*wider(view.x))
    axes.set_ylim(*view.y)
    data = picture.experiment.data
    axes.set_xlabel(plain(next(iter(data.names_of_inputs()), "")) or variable("x"))
    if data.name_of_target():
        axes.set_ylabel(plain(data.name_of_target()))
    else:
        axes.set_ylabel(variable("t"), rotation=0, labelpad=px(12))
    axes.grid(True)
    legend(axes, handles, labels)


def _fit_label(picture: Picture) -> str:
    model = picture.experiment.model
    return f"fit, $M$ = {model.order}" if model.linear else "fit"


def wider(span: tuple[float, float]) -> tuple[float, float]:
    """With room for the markers of points at the ends."""
    margin = 0.03 * (span[1] - span[0])
    return span[0] - margin, span[1] + margin


def _residuals(axes: Any, s: Fit, picture: Picture) -> int:
    """Arrows from the curve to the training points, where they are long enough to be seen; how many."""
    part = picture.problem.parts["train"]
    if len(part.ids) > RESIDUALS:
        return 0
    fitted = np.interp(part.X[:, 0], s.x, s.y)
    least = 0.02 * (picture.view.y[1] - picture.view.y[0])
    arrow = {
        "arrowstyle": "-|>,head_length=0.35,head_width=0.18",
        "color": TRUTH,
        "linewidth": px(1.5),
        "shrinkA": 0,
        "shrinkB": px(5),
    }
    seen = np.flatnonzero(np.abs(part.t - fitted) > least)
    for i in seen.tolist():
        x = float(part.X[i, 0])
        axes.annotate("", (x, part.t[i]), (x, fitted[i]), zorder=2, annotation_clip=True, arrowprops=arrow)
    return len(seen)
