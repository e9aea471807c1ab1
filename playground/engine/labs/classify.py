"""The classification lab: points in the plane, networks, decision maps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts, fan, features, measures, perceptron
from playground.engine.executors.base import Floats
from playground.engine.executors.perceptron import PerceptronExecutor
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

THUMBNAIL = 24
"""Cells along one side of the picture of what a unit responds to."""
FROM_ZERO_TO_ONE = ("sigmoid", "step")
"""Activations whose half way is not zero: their pictures take the whole range of colours."""


@dataclass(frozen=True)
class ClassifyLab(Lab):
    name: str = "classify"
    title: str = "Classify"
    icon: str = "chart-scatter"
    n_inputs: int = 2
    models: tuple[str, ...] = ("mlp", "perceptron")
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
        return self.caution(run) or FINDINGS.get(run.experiment.model.kind, charts.finding)(run)


def mistakes(run: "Run") -> str:
    """Where the perceptron stands, a sentence."""
    rule = run.executor
    if not run.step or not isinstance(rule, PerceptronExecutor):
        return ""
    return perceptron.finding(rule.separations, run.problem.classes, rule.mistakes, rule.converged, rule.from_zero)


def decision_map(run: "Run", view: View) -> DecisionMap:
    """The prediction in the middle of each cell."""
    size = view.resolution
    y = measures.predictions(run.executor.outputs(run.evaluation.grid(view.x, view.y, size)), run.output_kind)
    values = y.astype(np.float32).reshape(size, size, *y.shape[1:])
    return DecisionMap(title="Decision map", values=frozen_copy(values), x=view.x, y=view.y)


def frozen_copy(array: np.ndarray) -> np.ndarray:
    return charts.own(array.copy())


def network(run: "Run", view: View) -> Network:
    """Every unit with a thumbnail of what it puts out over the plane, scaled to -1 to 1."""
    values = run.executor.responses(run.evaluation.grid(view.x, view.y, THUMBNAIL))
    model, kind = run.experiment.model, run.output_kind
    last = values[-1]
    if kind == "identity":
        last = np.clip(last, -1.0, 1.0)
    elif last.shape[1] > 1:
        last = 2.0 * measures.probabilities(last, kind) - 1.0
    else:
        last = 2.0 * measures.probabilities(last, kind)[:, 1:] - 1.0
    names = model.layer_activations()
    inner = [2.0 * a - 1.0 if name in FROM_ZERO_TO_ONE else scaled(a)
             for name, a in zip(names, values[1:-1], strict=True)]  # fmt: skip
    units = tuple(
        charts.own(np.ascontiguousarray(a.T, dtype=np.float32).reshape(-1, THUMBNAIL, THUMBNAIL).copy())
        for a in (scaled(values[0]), *inner, last)
    )
    w = run.weights()
    n_layers = len(names) + 1
    classes = run.problem.classes if last.shape[1] > 1 else run.problem.classes[1:] or ("y",)
    return Network(
        title="Network", inputs=features.names(run.experiment), outputs=classes,
        activations=names, units=units,
        weights=tuple(frozen_copy(w[f"{i}.weight"].T) for i in range(n_layers)),
        biases=tuple(charts.own(w[f"{i}.bias"]) for i in range(n_layers)),
    )  # fmt: skip


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

FINDINGS: dict[str, Callable[["Run"], str]] = {"perceptron": mistakes}
"""What is said of a run, by kind of model, where it is not what is said of a network."""

labs.register("classify", ClassifyLab(), 10)
