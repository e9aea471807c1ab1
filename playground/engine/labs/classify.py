"""The classification lab: points in the plane, networks, decision maps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import (
    charts,
    decision,
    example,
    fan,
    hidden_space,
    judgement,
    measures,
    network_units,
    perceptron,
    plane_marks,
    scarcity,
    side_by_side,
    spread,
)
from playground.engine.executors.perceptron import PerceptronExecutor
from playground.engine.labs.base import ChartSlot, Hint, Lab
from playground.engine.registry import labs
from playground.engine.snapshot import (
    DecisionMap,
    Lines,
    Summary,
    Table,
    View,
)

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run


@dataclass(frozen=True)
class ClassifyLab(Lab):
    name: str = "classify"
    title: str = "Classify"
    icon: str = "chart-scatter"
    n_inputs: int = 2
    models: tuple[str, ...] = ("mlp", "perceptron", "logistic", "svm", "tree", "knn", "naive_bayes")
    canvas: tuple[str, ...] = ("map", "predictions", "marks")
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

    def hint_for(self, experiment: "Experiment") -> Hint:
        if experiment.optimizer.solves:
            return Hint("Paint points with the brush (B): the boundary follows at once. Then turn the model's sliders.",
                        "Paint points with the brush (B).")  # fmt: skip
        if experiment.model.kind == "perceptron":
            return Hint("Step one example at a time: where it is wrong, the line turns. Then try XOR.",
                        "Step one example at a time. Then try XOR.")  # fmt: skip
        return self.hint

    def docks(self, experiment: "Experiment") -> tuple[tuple[ChartSlot, ...], ...]:
        right = ChartSlot("confusion", "Confusion") if experiment.data.task == "classification" else None
        second = ChartSlot("accuracy", "Accuracy") if right else ChartSlot("rms", "RMS")
        scores = ChartSlot("scores", "Scores")
        by_class = ChartSlot("classes", "Classes")
        roc = (ChartSlot("roc", "ROC"),) if len(experiment.data.names_of_classes()) == 2 else ()
        tabs = (right, by_class, *roc, scores) if right else (scores,)
        loss = (ChartSlot("loss", "Loss"),)
        beside = ChartSlot("beside", "Side by side", stays=True)
        if experiment.optimizer.solves:
            return ((right, *roc, beside), (by_class, scores)) if right else ((*tabs, beside),)
        if not experiment.model.dense:
            return ((*loss, beside), (second,), tabs)
        inside = (ChartSlot("hidden", "Hidden space"), ChartSlot("histograms", "Histograms"))
        return ((*loss, beside, ChartSlot("gradients", "Gradients"), ChartSlot("example", "One example")),
                (second, *inside), tabs)  # fmt: skip

    def summarize(self, name: str, run: "Run", view: View) -> Summary | None:
        if name == "rms" if run.n_classes else name in OF_CLASSES:
            return None
        return SUMMARIES[name](run, view) if name in SUMMARIES else None

    def caution(self, run: "Run") -> str:
        alone = scarcity.missing(run) if run.n_classes and len(np.unique(run.problem.train.t)) < 2 else ""
        return alone or charts.in_one_place(run, "no boundary can part them") or scarcity.missing(run)

    def message(self, run: "Run") -> str:
        kind = run.experiment.model.kind
        few = scarcity.single(run) if kind != "perceptron" else ""  # it has more to say of its mistakes
        return self.caution(run) or few or FINDINGS.get(kind, plane_marks.finding)(run)


def mistakes(run: "Run") -> str:
    """Where the perceptron stands, a sentence."""
    rule = run.executor
    if not run.step or not isinstance(rule, PerceptronExecutor):
        return ""
    return perceptron.finding(rule.separations, run.problem.short_names, rule.mistakes, rule.converged, rule.from_zero)


def decision_map(run: "Run", view: View) -> DecisionMap:
    """The prediction in the middle of each cell, or what the unit of `view.unit` puts out there."""
    size = view.resolution
    if view.unit is not None and (found := network_units.response(run, view, view.unit)) is not None:
        return found
    raw = run.executor.outputs(run.evaluation.grid(view.x, view.y, size))
    y = measures.predictions(raw, run.output_kind)
    values = y.astype(np.float32).reshape(size, size, *y.shape[1:])
    edge = decision.edge(raw, run)
    values = charts.own(decision.without_the_undecided(values, run))
    edge = edge.reshape(1, size, size) if len(edge) else plane_marks.boundaries(run, view, size)
    return DecisionMap(title="Decision map", values=values, edge=charts.own(edge), x=view.x, y=view.y)


def scores(run: "Run", view: View) -> Table:
    if run.n_classes:
        return charts.scores_table(run, CLASS_SCORES)
    return charts.scores_table(
        run, (("RMS error", "rms"), ("Largest miss", "largest_miss"), ("R²", "r2"), ("Points", "n"))
    )


def accuracy(run: "Run", view: View) -> Lines:
    return charts.epochs_chart(run, "accuracy", "Accuracy", "accuracy", percent=True)


CLASS_SCORES = (
    ("Loss", "loss"), ("Accuracy", "accuracy"), ("Balanced accuracy", "balanced_accuracy"), ("Points", "n"),
)  # fmt: skip

SUMMARIES: dict[str, Callable[["Run", View], Summary | None]] = {
    "map": decision_map,
    "predictions": charts.predictions,
    "marks": plane_marks.marks,
    "network": network_units.network,
    "confusion": judgement.confusion,
    "classes": judgement.by_class,
    "roc": judgement.roc,
    "beside": lambda run, view: side_by_side.compare(run, view, decision_map),
    "scores": scores,
    "accuracy": accuracy,
    "fan": fan.plane,
    "example": example.example,
    "hidden": hidden_space.hidden,
    "histograms": spread.histograms,
    "gradients": spread.gradients,
    "loss": lambda run, view: charts.epochs_chart(run, "loss", "Loss", "loss"),
    "rms": lambda run, view: charts.epochs_chart(run, "rms", "RMS", "RMS error"),
}

OF_CLASSES = ("accuracy", "confusion", "classes", "roc")
"""What has no meaning for a numeric target."""
FINDINGS: dict[str, Callable[["Run"], str]] = {
    "perceptron": mistakes, "logistic": charts.finding, "mlp": charts.finding,
}
"""What is said of a run, by kind of model, where it is not one of scikit-learn's."""

labs.register("classify", ClassifyLab(), 10)
