"""What happens inside a network as figures: hidden space, histograms, one example."""

from typing import Any

import numpy as np

from playground.engine.export.charts import number
from playground.engine.export.ink import (
    AXIS,
    BOUNDARY,
    CANVAS,
    CLASSES,
    MAP_NEGATIVE,
    MAP_PAPER,
    MAP_POSITIVE,
    MUTED,
    NEGATIVE,
    POSITIVE,
    TEXT,
    TRAIN,
    class_inks,
    footnote,
    legend,
    mix,
    nothing,
    outline,
    plain,
    px,
    ramp,
)
from playground.engine.export.pictures import Picture
from playground.engine.inside import ExamplePass, HiddenSpace, Histogram, Histograms

MOST_NUMBERS = 9
"""Links between two layers that are written out; of more only lines are drawn."""


def draw_hidden(axes: Any, s: HiddenSpace, picture: Picture | None) -> None:
    """Lines of the plane in grey, points in the colours of their classes, what the output makes of each place below."""
    if not len(s.at):
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    inks = class_inks(picture.problem.colors if picture is not None else range(len(CLASSES)))
    if s.regions.size:
        _regions(axes, s, inks)
    for line in s.lines:
        axes.plot(*line.T, color=AXIS, linewidth=px(0.75), zorder=1)
    handles, labels = [], []
    names = picture.problem.short_names if picture is not None else ()
    for k in range(s.n_classes):
        color, marker = inks[k]
        for test in (False, True):
            here = (s.target == k) & (s.test == test)
            dots = axes.scatter(*s.at[here].T, marker=marker, s=px(7) ** 2, color=CANVAS if test else color, zorder=3,
                                edgecolors=outline(color), linewidths=px(1))  # fmt: skip
            if not test:
                handles.append(dots)
                labels.append(names[k] if k < len(names) else f"class {k + 1}")
    if not s.n_classes:
        size = max(float(np.abs(s.target).max()), 1e-12)
        colors = ramp((s.target / size + 1) / 2, NEGATIVE, MAP_PAPER, POSITIVE)
        axes.scatter(*s.at.T, s=px(7) ** 2, c=colors, edgecolors=TEXT, linewidths=px(0.6), zorder=3)
    axes.set_xlim(*s.x)
    axes.set_ylim(*s.y)
    axes.set_xlabel(plain(s.x_label))
    axes.set_ylabel(plain(s.y_label))
    if handles:
        legend(axes, handles, labels)
    footnote(axes.figure, s.note)


def _regions(axes: Any, s: HiddenSpace, inks: list[tuple[str, str]]) -> None:
    extent = (*s.x, *s.y)
    values = s.regions
    if values.ndim == 3 and values.shape[2] > 2:
        tints = np.array([[int(mix(MAP_PAPER, inks[k][0], 0.45)[i : i + 2], 16) for i in (1, 3, 5)]
                          for k in range(values.shape[2])]) / 255  # fmt: skip
        colors, fields = values @ tints, [values[..., k] - np.delete(values, k, 2).max(2)
                                          for k in range(values.shape[2] - 1)]  # fmt: skip
    else:
        share = values[..., 1] if values.ndim == 3 else (np.clip(values, -1, 1) + 1) / 2
        colors = ramp(share, MAP_NEGATIVE, MAP_PAPER, MAP_POSITIVE)
        fields = [share - 0.5] if values.ndim == 3 else []
    axes.imshow(colors, origin="lower", extent=extent, aspect="auto", interpolation="bilinear", zorder=0)
    x, y = (low + (np.arange(n) + 0.5) * (high - low) / n
            for (low, high), n in zip((s.x, s.y), values.shape[1::-1], strict=True))  # fmt: skip
    for field in fields:
        if field.min() < 0 < field.max():
            axes.contour(x, y, field, levels=[0.0], colors=BOUNDARY, linewidths=px(1.25), zorder=2)


def draw_histograms(axes: Any, s: Histograms, picture: Picture | None) -> None:
    """One row for each layer: activations, weights, gradients."""
    figure = axes.figure
    if not s.layers:
        axes.set_axis_off()
        nothing(axes, s.note)
        return
    axes.remove()
    n = len(s.layers)
    figure.set_size_inches(760 / 96, (60 + 110 * n) / 96)
    grid = figure.subplots(n, 3, squeeze=False)
    for i, (row, layer) in enumerate(zip(grid, s.layers, strict=True)):
        for place, what in zip(row, ("activations", "weights", "gradients"), strict=True):
            _bars(place, getattr(layer, what), TRAIN if what == "activations" else AXIS)
            if i == 0:
                place.set_title(what, loc="left", fontsize=px(13), color=TEXT, fontweight=600)
        counted = [f"{count} {word}" for count, word in ((layer.dead, "dead"), (layer.saturated, "saturated")) if count]
        words = "\n".join([layer.name, f"{layer.n_units} {plain(layer.activation)}".strip(), *counted])
        row[0].set_ylabel(words, rotation=0, ha="right", va="center", fontsize=px(12))
    footnote(figure, s.note)


def _bars(axes: Any, h: Histogram, color: str) -> None:
    axes.set_yticks([])
    if len(h.edges) > 1:
        axes.bar(h.edges[:-1], h.counts, np.diff(h.edges), align="edge", color=color, linewidth=0)
        axes.set_xlim(h.edges[0], h.edges[-1])
        axes.set_xticks([float(h.edges[0]), float(h.edges[-1])])
    axes.tick_params(labelsize=px(11))


def draw_example(axes: Any, s: ExamplePass, picture: Picture | None) -> None:
    """Units with their values and deltas, links with their weights and, where there is room, the numbers of them."""
    axes.set_axis_off()
    if not s.values:
        nothing(axes, s.note)
        return
    sizes = [len(v) for v in s.values]
    axes.figure.set_size_inches(max(520, 190 * len(sizes)) / 96, max(220, 60 * max(sizes) + 90) / 96)
    axes.set_xlim(-0.4, len(sizes) - 0.6)
    axes.set_ylim(max(sizes) - 0.4, -1.0)
    places = [[(layer, (max(sizes) - n) / 2 + i) for i in range(n)] for layer, n in enumerate(sizes)]
    for layer, (weights, gradients) in enumerate(zip(s.weights, s.gradients, strict=True)):
        most = max(float(np.abs(weights).max()), 1e-12)
        for i, j in np.ndindex(weights.shape):
            (x0, y0), (x1, y1) = places[layer][j], places[layer + 1][i]
            w = float(weights[i, j])
            size = abs(w) / most
            axes.plot((x0, x1), (y0, y1), color=POSITIVE if w > 0 else NEGATIVE, zorder=1, alpha=0.3 + 0.5 * size,
                      linewidth=px(0.7 + 3 * size))  # fmt: skip
            if weights.size <= MOST_NUMBERS:
                share = 0.3 + 0.4 * (i + 0.5) / len(weights)
                words = f"{number(w)}\n{number(float(gradients[i, j]))}"
                axes.text(x0 + share * (x1 - x0), y0 + share * (y1 - y0), words, fontsize=px(9), color=MUTED,
                          ha="center", va="center", zorder=2)  # fmt: skip
    for layer, units in enumerate(places):
        for i, (x, y) in enumerate(units):
            words = number(float(s.values[layer][i]))
            if layer:
                words += "\nδ " + number(float(s.deltas[layer - 1][i]))
            axes.text(x, y, words, fontsize=px(11), color=TEXT, ha="center", va="center", zorder=4,
                      bbox={"boxstyle": "round,pad=0.35", "facecolor": CANVAS, "edgecolor": AXIS})  # fmt: skip
    names = ["inputs", *(f"{plain(name)}" for name in s.activations), "output"]
    for layer, name in enumerate(names):
        axes.text(layer, -0.85, name, fontsize=px(11), color=MUTED, ha="center", va="center")
    said = f"Point {s.example}: truth {s.truth}, network {s.said}; E = {number(s.loss)}. Links: weight, gradient."
    footnote(axes.figure, " ".join(part for part in (said, s.note) if part))
