"""How a hidden layer sees the points and the plane, in two dimensions: what the chart `hidden` shows.

Two units span the picture, or the first two principal components of the layer's activations (Pearson 1901). Their plane
is what it is, but the axes in it are turned so that they come as near as possible to those of the picture before
(orthogonal Procrustes, Schoenemann 1966): else a component would flip its sign, or two would change places, in the
middle of an animation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts, measures, structure
from playground.engine import dense_pass as dp
from playground.engine.executors.base import Floats
from playground.engine.inside import HiddenSpace
from playground.engine.points import TEST
from playground.engine.snapshot import View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

MOST_POINTS = 600
N_LINES, N_ALONG = 11, 33
"""Lines of the plane each way, and points along each."""
CELLS = 48
"""Along one side of the regions."""
BOUNDED = {"tanh": (-1.0, 1.0), "sine": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "step": (0.0, 1.0)}
"""Activations that stay within a range: two units are always drawn in the whole of it."""
LEAST_FILLED = 0.6
"""A range of the axes stays until less than this share of it is used."""


@dataclass(eq=False)
class Steady:
    """What a picture of one layer keeps from the one before: axes [units, 2] and ranges."""

    axes: Floats | None = None
    ranges: list[tuple[float, float]] = field(default_factory=list)


def hidden(run: Run, view: View) -> HiddenSpace | None:
    """None for a model that is not a network."""
    model = run.experiment.model
    if not model.dense:
        return None
    n_layers = len(model.hidden)
    if not n_layers:
        return HiddenSpace(title="Hidden space", note="This network has no hidden layer: add one to look into it.")
    layer = view.layer if 1 <= view.layer <= n_layers else n_layers
    common: dict[str, Any] = {"title": "Hidden space", "layer": layer, "n_layers": n_layers,
                              "n_units": model.hidden[layer - 1]}  # fmt: skip
    problem = run.problem
    if not len(problem.points) or not structure.n_inputs(run.experiment):
        return HiddenSpace(**common, note="There are no points to look at.")
    net = dp.dense(run)
    every = slice(None, None, -(-len(problem.points) // MOST_POINTS))
    X, target = problem.points.X[every], problem.points.t[every]
    grid = plane_lines(view, problem.n_inputs)
    seen = dp.forward(net, dp.inputs(run, np.vstack([X, grid.reshape(-1, grid.shape[-1])])), until=layer).values[-1]
    if not np.isfinite(seen).all():
        return HiddenSpace(**common, note="The activations are no finite numbers any more.")
    points = seen[: len(X)]
    pair = chosen_pair(view.pair, points.shape[1])
    keep: Steady = run.hidden_axes.setdefault((layer, pair), Steady())
    flat, explained = _flatten(seen, points, pair, keep)
    at, lines = flat[: len(X)], flat[len(X) :].reshape(*grid.shape[:-1], 2)
    activation = net.activations[layer - 1]
    ranges = _ranges(flat, BOUNDED.get(activation) if pair is not None else None, keep)
    raw = run.evaluation.at_points()[every]
    return HiddenSpace(
        **common, ids=charts.own(problem.points.ids[every].copy()), at=charts.own(at.copy()),
        target=charts.own(target.copy()),
        guess=charts.own(measures.classes(raw, run.output_kind) if run.n_classes else target.copy()),
        test=charts.own((problem.part[every] == TEST).copy()), lines=charts.own(lines.copy()),
        n_classes=run.n_classes, pair=pair, explained=explained, regions=_regions(net, layer, ranges),
        x=ranges[0], y=ranges[1], **_words(pair, explained, points.shape[1], layer),
    )  # fmt: skip


def chosen_pair(pair: tuple[int, int] | None, n_units: int) -> tuple[int, int] | None:
    """The units that span the picture: those asked for where the layer has them, both of two, the only one twice."""
    if n_units <= 2:
        return (0, n_units - 1)
    if pair is not None and pair[0] != pair[1] and all(0 <= unit < n_units for unit in pair):
        return pair
    return None


def plane_lines(view: View, n_inputs: int) -> Floats:
    """[k, m, inputs]: lines over the plane on screen, those along x1 first; of one input its axis."""
    x = np.linspace(*view.x, N_ALONG if n_inputs > 1 else 5 * N_ALONG)
    if n_inputs == 1:
        return x[None, :, None]
    y = np.linspace(*view.y, N_ALONG)
    across = [np.column_stack([x, np.full(len(x), level)]) for level in np.linspace(*view.y, N_LINES)]
    down = [np.column_stack([np.full(len(y), level), y]) for level in np.linspace(*view.x, N_LINES)]
    return np.stack(across + down)


def _flatten(
    seen: Floats, points: Floats, pair: tuple[int, int] | None, keep: Steady
) -> tuple[Floats, tuple[float, float]]:
    """All activations [n, units] in the two dimensions of the picture, and what share of the variance each explains."""
    total = float(points.var(axis=0).sum())
    if pair is not None:
        shown = seen[:, list(pair)].copy()
        if pair[0] == pair[1]:
            shown[:, 1] = 0.0
        spread = shown[: len(points)].var(axis=0)
    else:
        mean = points.mean(axis=0)
        axes = principal_axes(points - mean)
        if keep.axes is not None and keep.axes.shape == axes.shape:
            axes = aligned(axes, keep.axes)
        keep.axes = axes
        shown = (seen - mean) @ axes
        spread = shown[: len(points)].var(axis=0)
    first, second = (float(s) / total if total > 0 else 0.0 for s in spread)
    return shown, (first, second)


def principal_axes(centred: Floats) -> Floats:
    """[units, 2]: the directions of greatest variance, each so that its largest part is positive."""
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, ::-1][:, :2]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    found: Floats = axes * np.where(signs == 0, 1.0, signs)
    return found


def aligned(axes: Floats, before: Floats) -> Floats:
    """The same plane, with its axes [units, 2] turned to lie as near as they can to those of before."""
    u, _, vt = np.linalg.svd(axes.T @ before)
    found: Floats = axes @ (u @ vt)
    return found


def _ranges(flat: Floats, bound: tuple[float, float] | None, keep: Steady) -> list[tuple[float, float]]:
    if bound is not None:
        edge = 0.06 * (bound[1] - bound[0])
        return [(bound[0] - edge, bound[1] + edge)] * 2
    wanted = [(float(v.min()), float(v.max())) for v in flat.T]
    if keep.ranges and all(_still_good(old, new) for old, new in zip(keep.ranges, wanted, strict=True)):
        return keep.ranges
    span = max(high - low for low, high in wanted) or 1.0
    keep.ranges = [((low + high - 1.16 * span) / 2, (low + high + 1.16 * span) / 2) for low, high in wanted]
    return keep.ranges


def _still_good(old: tuple[float, float], new: tuple[float, float]) -> bool:
    inside = old[0] <= new[0] and new[1] <= old[1]
    return inside and new[1] - new[0] >= LEAST_FILLED * LEAST_FILLED * (old[1] - old[0])


def _regions(net: dp.Dense, layer: int, ranges: list[tuple[float, float]]) -> Floats:
    """What the output makes of each place, where it sees nothing but the two units of the picture."""
    alone = layer == net.n_layers - 1 and net.sizes[layer] == 2 and not net.into(net.n_layers)
    if not alone:
        return np.zeros((0, 0))
    middle = (np.arange(CELLS) + 0.5) / CELLS
    (x0, x1), (y0, y1) = ranges
    across, up = np.meshgrid(x0 + (x1 - x0) * middle, y0 + (y1 - y0) * middle)
    sums = np.column_stack([across.ravel(), up.ravel()]) @ net.weights[-1].T + net.biases[-1]
    kind = {"softmax_squared": "softmax"}.get(net.rule, net.rule)
    found = measures.predictions(sums, kind)  # type: ignore[arg-type]
    return charts.own(found.reshape(CELLS, CELLS, *found.shape[1:]).astype(np.float32))


def _words(pair: tuple[int, int] | None, explained: tuple[float, float], n_units: int, layer: int) -> dict[str, Any]:
    if pair is None:
        names = [f"component {i + 1} ({100 * share:.0f} %)" for i, share in enumerate(explained)]
        note = (f"The plane of the first two principal components of {n_units} units: "
                f"{100 * sum(explained):.0f} % of the variance.")  # fmt: skip
        return {"x_label": names[0], "y_label": names[1], "note": note}
    if pair[0] == pair[1]:
        return {"x_label": "unit 1", "y_label": "", "note": f"Hidden layer {layer} has one unit: all lies on a line."}
    note = "" if n_units == 2 else f"Hidden layer {layer}, two of its {n_units} units."
    return {"x_label": f"unit {pair[0] + 1}", "y_label": f"unit {pair[1] + 1}", "note": note}
