"""The classification lab: points in the plane, networks, decision maps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts, fan, features, measures
from playground.engine.executors.base import Floats
from playground.engine.features import FEATURES
from playground.engine.labs.base import ChartSlot, Hint, Lab
from playground.engine.registry import labs
from playground.engine.snapshot import (
    Confusion,
    DecisionMap,
    Lines,
    Network,
    Summary,
    Table,
    View,
)

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

THUMBNAIL, SMALL_THUMBNAIL, MANY_UNITS = 24, 16, 96
"""Cells along one side of the picture of what a unit responds to, and in networks of more hidden units."""
FROM_ZERO_TO_ONE = ("sigmoid", "step")
"""Activations whose half way is not zero: their pictures take the whole range of colours."""


@dataclass(frozen=True)
class ClassifyLab(Lab):
    name: str = "classify"
    title: str = "Classify"
    icon: str = "chart-scatter"
    n_inputs: int = 2
    models: tuple[str, ...] = ("mlp",)
    canvas: tuple[str, ...] = ("map", "predictions")
    beside: tuple[str, ...] = ("network",)
    hint: Hint = Hint(
        "Press Space and watch the network learn. Then paint points with the brush (B): the boundary follows.",
        "Press Space, then paint with the brush (B).",
    )

    def default(self) -> dict[str, Any]:
        # These initial weights solve the spiral within 300 epochs.
        return {
            "data.kind": "spiral", "model.kind": "mlp", "loss": "cross_entropy", "optimizer.kind": "adam",
            "seed.init": 11,
        }  # fmt: skip

    def docks(self, experiment: "Experiment") -> tuple[tuple[ChartSlot, ...], ...]:
        right = ChartSlot("confusion", "Confusion") if experiment.data.task == "classification" else None
        second = ChartSlot("accuracy", "Accuracy") if right else ChartSlot("rms", "RMS")
        tabs = tuple(slot for slot in (right, ChartSlot("scores", "Scores")) if slot)
        return ((ChartSlot("loss", "Loss"),), (second,), tabs)

    def summarize(self, name: str, run: "Run", view: View) -> Summary | None:
        if name == ("rms" if run.n_classes else "accuracy") or (name == "confusion" and not run.n_classes):
            return None
        return SUMMARIES[name](run, view) if name in SUMMARIES else None

    def caution(self, run: "Run") -> str:
        return charts.in_one_place(run, "no boundary can part them")

    def message(self, run: "Run") -> str:
        return self.caution(run) or charts.finding(run)


def decision_map(run: "Run", view: View) -> DecisionMap:
    """The prediction in the middle of each cell, or what the unit of `view.unit` puts out there."""
    size = view.resolution
    if view.unit is not None and (found := response(run, view, view.unit)) is not None:
        return found
    y = measures.predictions(run.executor.outputs(run.evaluation.grid(view.x, view.y, size)), run.output_kind)
    values = y.astype(np.float32).reshape(size, size, *y.shape[1:])
    return DecisionMap(title="Decision map", values=frozen_copy(values), x=view.x, y=view.y)


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
    return found if kind == "softmax" else found[:, 1:]


def frozen_copy(array: np.ndarray) -> np.ndarray:
    return charts.own(array.copy())


def network(run: "Run", view: View) -> Network:
    """Every unit with a thumbnail of what it puts out over the plane, scaled to -1 to 1."""
    e = run.experiment
    side = THUMBNAIL if sum(e.model.hidden) <= MANY_UNITS else SMALL_THUMBNAIL
    values = run.executor.responses(run.evaluation.grid(view.x, view.y, side))
    units = tuple(pictures(pictured(run, a, i, len(values)), side) for i, a in enumerate(values))
    w = run.weights()
    n_layers = len(units) - 1
    names = features.names(e)
    off = tuple(name for name in FEATURES if name not in names)
    classes = run.problem.classes if run.output_kind == "softmax" else run.problem.classes[1:] or ("y",)
    return Network(
        title="Network", inputs=names, outputs=classes, activations=e.model.layer_activations(), units=units,
        weights=tuple(frozen_copy(w[f"{i}.weight"].T) for i in range(n_layers)),
        biases=tuple(charts.own(w[f"{i}.bias"]) for i in range(n_layers)),
        others=off, other_units=pictures_of_inputs(off, view.x, view.y, side),
    )  # fmt: skip


def pictures(values: Floats, side: int) -> Floats:
    """[units, side, side] of values [side * side, units]."""
    return charts.own(np.ascontiguousarray(values.T, dtype=np.float32).reshape(-1, side, side).copy())


@lru_cache(maxsize=4)
def pictures_of_inputs(names: tuple[str, ...], x: tuple[float, float], y: tuple[float, float], side: int) -> Floats:
    if not names:
        return charts.own(np.zeros((0, side, side), dtype=np.float32))
    return pictures(scaled(features.expand(features.cells(x, y, side), names)), side)


def scaled(values: Floats) -> Floats:
    """Each unit's values [n, units] divided by its largest, where that is over 1."""
    return values / np.maximum(np.abs(values).max(axis=0, initial=0.0), 1.0)


def confusion(run: "Run", view: View) -> Confusion | None:
    part = "test" if "test" in run.scores() else "train"
    score = run.scores().get(part)
    if score is None or score.confusion is None:
        return None
    counts = charts.own(np.array(score.confusion, dtype=np.int64))
    return Confusion(title="Confusion", counts=counts, names=run.problem.classes, part=charts.ROLES[part])


def scores(run: "Run", view: View) -> Table:
    if run.n_classes:
        return charts.scores_table(run, (("Loss", "loss"), ("Accuracy", "accuracy"), ("Points", "n")))
    return charts.scores_table(
        run, (("RMS error", "rms"), ("Largest miss", "largest_miss"), ("R²", "r2"), ("Points", "n"))
    )


def accuracy(run: "Run", view: View) -> Lines:
    return charts.epochs_chart(run, "accuracy", "Accuracy", "accuracy", percent=True)


SUMMARIES: dict[str, Callable[["Run", View], Summary | None]] = {
    "map": decision_map,
    "predictions": charts.predictions,
    "network": network,
    "confusion": confusion,
    "scores": scores,
    "accuracy": accuracy,
    "fan": fan.plane,
    "loss": lambda run, view: charts.epochs_chart(run, "loss", "Loss", "loss"),
    "rms": lambda run, view: charts.epochs_chart(run, "rms", "RMS", "RMS error"),
}

labs.register("classify", ClassifyLab(), 10)
