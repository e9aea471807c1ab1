"""What each unit of a network puts out over the plane or over x: the pictures of the units, and one of them large."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.engine import charts, features, measures, standardization
from playground.engine.executors.base import Floats
from playground.engine.features import FEATURES
from playground.engine.snapshot import DecisionMap, Network, View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

THUMBNAIL, SMALL_THUMBNAIL, MANY_UNITS = 24, 16, 96
"""Cells along one side of the picture of what a unit responds to, and in networks of more hidden units."""
CURVE_STEPS = 48
FROM_ZERO_TO_ONE = ("sigmoid", "step")
"""Activations whose half way is not zero: their pictures take the whole range of colours."""


def response(run: "Run", view: View, unit: tuple[int, int]) -> DecisionMap | None:
    """What one unit puts out, in the same scale as its thumbnail; None where the network has no such unit."""
    size, (layer, i) = view.resolution, unit
    values = run.executor.responses(run.evaluation.grid(view.x, view.y, size))
    if not 0 <= layer < len(values) or not 0 <= i < values[layer].shape[1]:
        return None
    n = len(values)
    shown = pictured(run, values[layer] if layer == n - 1 else values[layer][:, i : i + 1], layer, n)
    shown = shown[:, i] if layer == n - 1 else shown[:, 0]
    scale = max(1.0, float(np.abs(values[layer][:, i]).max(initial=0.0))) if is_scaled(run, layer, n) else 1.0
    picture = charts.own(shown.astype(np.float32).reshape(size, size))
    return DecisionMap(title="Response of a unit", values=picture, x=view.x, y=view.y, unit=unit, scale=scale)


def over_x(run: "Run", x: Floats, unit: tuple[int, int]) -> Floats | None:
    """[len(x)]: what one unit of a network of one input puts out; None where there is no such unit."""
    values, (layer, i) = run.executor.responses(run.executor.prepare(x[:, None])), unit
    if not 0 <= layer < len(values) or not 0 <= i < values[layer].shape[1]:
        return None
    return np.array(values[layer][:, i], dtype=np.float64)


def is_scaled(run: "Run", layer: int, n_layers: int) -> bool:
    """Whether the pictures of a layer show its values divided by the largest: all but those of known range."""
    if layer == n_layers - 1:
        return False
    return layer == 0 or run.experiment.model.layer_activations()[layer - 1] not in FROM_ZERO_TO_ONE


def pictured(run: "Run", values: Floats, layer: int, n_layers: int) -> Floats:
    """The values [n, units] of a layer, brought to -1 to 1."""
    if layer < n_layers - 1:
        return scaled(values) if is_scaled(run, layer, n_layers) else 2.0 * values - 1.0
    kind = run.output_kind
    if kind == "identity":
        return np.clip(values, -1.0, 1.0)
    found: Floats = 2.0 * measures.probabilities(values, kind) - 1.0
    return found if values.shape[1] > 1 else found[:, 1:]


def network(run: "Run", view: View) -> Network | None:
    """Every unit with a picture of what it puts out over the plane or over x, scaled to -1 to 1; None for a model
    that is no network."""
    e = run.experiment
    if not e.model.layered:
        return None
    side = THUMBNAIL if sum(e.model.hidden) <= MANY_UNITS else SMALL_THUMBNAIL
    plane = e.data.n_inputs == 2
    grid = run.evaluation.grid(view.x, view.y, side) if plane else run.evaluation.line(view.x, CURVE_STEPS)
    values = run.executor.responses(grid)
    shape = (side, side) if plane else (CURVE_STEPS,)
    units = tuple(pictures(pictured(run, a, i, len(values)), shape) for i, a in enumerate(values))
    w = run.weights()
    n_layers = len(units) - 1
    names = features.names(e)
    off = tuple(name for name in FEATURES if name not in names) if plane else ()
    classes = run.problem.short_names if values[-1].shape[1] > 1 else run.problem.short_names[1:] or ("y",)
    scaling = standardization.of(e, run.problem)
    projections = [f"skip.{s.source}-{s.target}.weight" for s in e.model.connections() if s.projection]
    return Network(
        title="Network", inputs=names, outputs=classes, activations=e.model.layer_activations(), units=units,
        weights=tuple(charts.own(w[f"{i}.weight"].T.copy()) for i in range(n_layers)),
        biases=tuple(charts.own(w[f"{i}.bias"]) for i in range(n_layers)),
        others=off, other_units=pictures_of_inputs(off, view.x, view.y, side),
        projections=tuple(charts.own(w[name].T.copy()) for name in projections),
        scaling=() if scaling is None else tuple(zip(scaling.mean.tolist(), scaling.scale.tolist(), strict=True)),
    )  # fmt: skip


def pictures(values: Floats, shape: tuple[int, ...]) -> Floats:
    """[units, *shape] of values [cells, units]."""
    return charts.own(np.ascontiguousarray(values.T, dtype=np.float32).reshape(-1, *shape).copy())


@lru_cache(maxsize=4)
def pictures_of_inputs(names: tuple[str, ...], x: tuple[float, float], y: tuple[float, float], side: int) -> Floats:
    if not names:
        return charts.own(np.zeros((0, side, side), dtype=np.float32))
    return pictures(scaled(features.expand(features.cells(x, y, side), names)), (side, side))


def scaled(values: Floats) -> Floats:
    """Each unit's values [n, units] divided by its largest, where that is over 1."""
    return values / np.maximum(np.abs(values).max(axis=0, initial=0.0), 1.0)
