"""The network as a figure: what each unit responds to, and the weights between the layers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.export.ink import (
    AXIS,
    FIT,
    MAP_PAPER,
    MUTED,
    NEGATIVE,
    POSITIVE,
    TEXT,
    UNIT_NEGATIVE,
    UNIT_POSITIVE,
    feature,
    plain,
    px,
    ramp,
)
from playground.engine.export.pictures import Picture
from playground.engine.snapshot import Network

PITCH, GAP, HEAD, SIDE = 46, 130, 44, 56
"""Pixels: from one unit to the next, from layer to layer, room above and at the sides."""
TALLEST = 16  # units; larger layers are drawn smaller
THUMB, BIAS = 34 / PITCH, 8 / PITCH  # sides of the squares, as shares of the pitch
MOST_LINKS = 600  # between two layers: the strongest

Place = tuple[float, float]


def draw_network(axes: Any, s: Network, picture: Picture) -> None:
    """Layers from left to right; width and strength of a link = size of the weight, colour = its sign."""
    sizes = [len(units) for units in s.units]
    pitch = min(PITCH, PITCH * TALLEST / max(sizes))
    thumb = THUMB * pitch
    width = 2 * SIDE + GAP * (len(sizes) - 1) + thumb
    height = HEAD + pitch * max(sizes) + 8
    axes.figure.set_size_inches((width + 24) / 96, (height + 24) / 96)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_aspect("equal")
    middle = HEAD + pitch * max(sizes) / 2
    places = [
        [(SIDE + thumb / 2 + GAP * k, middle + pitch * (i - (n - 1) / 2)) for i in range(n)]
        for k, n in enumerate(sizes)
    ]
    for k, weights in enumerate(s.weights):
        _links(axes, places[k], places[k + 1], weights, thumb)
    for k, units in enumerate(s.units):
        for i, (place, unit) in enumerate(zip(places[k], units, strict=True)):
            _thumbnail(axes, place, unit, thumb)
            if k:
                _bias(axes, place, float(s.biases[k - 1][i]), pitch)
    _labels(axes, s, places, thumb)


def _links(axes: Any, left: list[Place], right: list[Place], weights: NDArray[Any], thumb: float) -> None:
    """weights [units before, units after]; the strongest is drawn last."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not np.isfinite(weights).all():
        return
    share = np.abs(weights) / max(float(np.abs(weights).max()), 1e-12)
    for flat in np.argsort(share, axis=None, kind="stable")[-MOST_LINKS:].tolist():
        i, j = divmod(flat, weights.shape[1])
        start, end = (left[i][0] + thumb / 2, left[i][1]), (right[j][0] - thumb / 2, right[j][1])
        bend = (end[0] - start[0]) / 2
        curve = Path([start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end], [1, 4, 4, 4])
        size = float(share[i, j])
        axes.add_patch(
            PathPatch(
                curve,
                facecolor="none",
                edgecolor=POSITIVE if weights[i, j] > 0 else NEGATIVE,
                linewidth=px(0.7 + 4.6 * size) * (0.2 + 0.8 * thumb / (THUMB * PITCH)),
                alpha=0.28 + 0.62 * size,
                capstyle="butt",
            )
        )


def _thumbnail(axes: Any, place: Place, unit: NDArray[Any], thumb: float) -> None:
    from matplotlib.patches import Rectangle

    x, y, half = place[0], place[1], thumb / 2
    if unit.ndim == 1:  # of a network of one input: a curve over its range
        values = np.clip(np.nan_to_num(unit), -1, 1)
        axes.plot(np.linspace(x - half, x + half, len(unit)), y - values * half, color=FIT, linewidth=px(1.4), zorder=3)
        box = Rectangle((x - half, y - half), thumb, thumb, fc=MAP_PAPER, ec=AXIS, linewidth=px(1), zorder=2)
        axes.add_patch(box)
        return
    colors = ramp(np.nan_to_num((unit + 1) / 2), UNIT_NEGATIVE, MAP_PAPER, UNIT_POSITIVE)
    extent = (x - half, x + half, y + half, y - half)
    axes.imshow(colors, extent=extent, origin="lower", interpolation="bilinear", zorder=3, aspect="equal")
    axes.add_patch(
        Rectangle((x - half, y - half), thumb, thumb, fill=False, edgecolor=AXIS, linewidth=px(1), zorder=4)
    )


def _bias(axes: Any, place: Place, bias: float, pitch: float) -> None:
    from matplotlib.patches import Rectangle

    if not np.isfinite(bias):
        return
    side, half = BIAS * pitch, THUMB * pitch / 2
    corner = (place[0] - half - side / 2, place[1] + half - side / 2)
    axes.add_patch(
        Rectangle(
            corner,
            side,
            side,
            facecolor=POSITIVE if bias > 0 else NEGATIVE,
            alpha=min(1.0, 0.3 + abs(bias)),
            linewidth=0,
            zorder=5,
        )
    )


def _labels(axes: Any, s: Network, places: list[list[Place]], thumb: float) -> None:
    """Names of the inputs, units and activation above each hidden layer, the output."""
    small = {"fontsize": px(11), "color": MUTED, "ha": "center", "va": "center"}
    for name, (x, y) in zip(s.inputs, places[0], strict=True):
        axes.text(x - thumb / 2 - 8, y, feature(name), fontsize=px(14), color=TEXT, ha="right", va="center")
    for name, (x, y) in zip(s.outputs, places[-1], strict=False):
        axes.text(x + thumb / 2 + 8, y, plain(name[:6]), fontsize=px(12), color=MUTED, ha="left", va="center")
    axes.text(places[0][0][0], 16, "inputs", **small)
    for k, (layer, activation) in enumerate(zip(places[1:-1], s.activations, strict=False), 1):
        axes.text(layer[0][0], 16, f"{len(s.units[k])} {plain(activation)}", **small)
    axes.text(places[-1][0][0], 16, "output" if len(places[-1]) == 1 else "outputs", **small)
