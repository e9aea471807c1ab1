"""The curve lab: the textbook's example."""

from dataclasses import dataclass

from playground.engine.labs.base import ChartSlot, Hint, Lab
from playground.engine.registry import labs


@dataclass(frozen=True)
class CurveLab(Lab):
    name: str = "curve"
    title: str = "Curve"
    icon: str = "chart-spline"
    n_inputs: int = 1
    models: tuple[str, ...] = ("polynomial", "mlp")
    canvas: tuple[str, ...] = ("fit",)
    hint: Hint = Hint(
        "Drag the order M from 0 to 9 and watch the test error. Then drag a point.",
        "Drag the order M to 9, then drag a point.",
    )

    def docks(self, experiment):
        if experiment.model.kind == "polynomial":
            return (
                (ChartSlot("rms_by_order", "RMS against M"),),
                (ChartSlot("coefficient_bars", "Coefficients"), ChartSlot("coefficient_table", "Table")),
                (ChartSlot("scores", "Scores"),),
            )
        return ((ChartSlot("loss", "Loss"),), (ChartSlot("rms", "RMS"),), (ChartSlot("scores", "Scores"),))

    def summarize(self, name, run, view):
        return None


labs.register("curve", CurveLab(), 0)
