"""The classification lab: points in the plane, networks, decision maps."""

from dataclasses import dataclass

from playground.engine.labs.base import ChartSlot, Hint, Lab
from playground.engine.registry import labs


@dataclass(frozen=True)
class ClassifyLab(Lab):
    name: str = "classify"
    title: str = "Classify"
    icon: str = "chart-scatter"
    n_inputs: int = 2
    models: tuple[str, ...] = ("mlp",)
    canvas: tuple[str, ...] = ("map", "predictions", "network")
    hint: Hint = Hint(
        "Press Space and watch the network learn. Then paint points with the brush (B): the boundary follows.",
        "Press Space, then paint with the brush (B).",
    )

    def default(self):
        return {"data.kind": "spiral", "model.kind": "mlp", "loss": "cross_entropy", "optimizer.kind": "adam"}

    def docks(self, experiment):
        right = ChartSlot("confusion", "Confusion") if experiment.data.task == "classification" else None
        second = ChartSlot("accuracy", "Accuracy") if right else ChartSlot("rms", "RMS")
        tabs = tuple(slot for slot in (right, ChartSlot("scores", "Scores")) if slot)
        return ((ChartSlot("loss", "Loss"),), (second,), tabs)

    def summarize(self, name, run, view):
        return None


labs.register("classify", ClassifyLab(), 10)
