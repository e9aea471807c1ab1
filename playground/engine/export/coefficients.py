"""The coefficients of a polynomial as a table."""

from pathlib import Path

from numpy.typing import NDArray

from playground.engine.experiment import Experiment
from playground.engine.export.base import Tick, exporter
from playground.engine.export.numbers import write_table
from playground.engine.trainer import Run


def coefficients_of(run: Run) -> NDArray:
    """[M + 1] coefficients of powers of the original x, for a polynomial that has weights."""
    found: NDArray = run.experiment.model.powers(run.weights()["w"], run.problem.x_range)
    return found


def _why_not(experiment: Experiment) -> str | None:
    if experiment.model.kind == "polynomial":
        return None
    return (
        f"Coefficients can be exported for model.kind=polynomial, not for {experiment.model.kind}: "
        "export its weights instead."
    )


@exporter(
    "coefficients",
    title="Coefficients",
    description="Coefficients of powers of x, to the last digit (coefficients.csv).",
    rank=70,
    why_not=_why_not,
    needs_model=True,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """coefficients.csv with the columns power, coefficient"""
    tick(0.0, "Coefficients")
    write_table(folder / "coefficients.csv", ("power", "coefficient"), enumerate(coefficients_of(run).tolist()))
