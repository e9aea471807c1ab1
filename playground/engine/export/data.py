"""The points as a CSV file that `--data` reads back: the same points in the same parts."""

from pathlib import Path

import numpy as np

from playground.engine.export.base import Tick, exporter
from playground.engine.points import TEST, Points
from playground.engine.problem import Problem
from playground.engine.tables import write_csv
from playground.engine.trainer import Run


def all_points(problem: Problem) -> tuple[Points, np.ndarray]:
    """Every point of the problem, further test points from its source included, and the part of each [n]."""
    points, part, source = problem.points, problem.part, problem.source_test
    if source is None:
        return points, part
    return (
        Points(np.vstack([points.X, source.X]), np.concatenate([points.t, source.t])),
        np.concatenate([part, np.full(len(source), TEST, dtype=np.int8)]),
    )


@exporter(
    "data",
    title="Data",
    description="All points with the part each belongs to (data.csv).",
    rank=10,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """data.csv with the columns x,t,split or x1,x2,label,split"""
    tick(0.0, "Data")
    points, part = all_points(run.problem)
    write_csv(folder / "data.csv", points, part, run.problem.classes)
