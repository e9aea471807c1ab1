"""What a model says of the points of a problem and of the plane. The trainer makes one for each problem.

Inputs that are asked for again and again (all points after every epoch, the grid of the map on every frame)
are brought into the executor's own form once.
"""

from typing import Any

import numpy as np

from playground.engine import measures
from playground.engine.executors.base import Executor, Floats
from playground.engine.experiment import Experiment
from playground.engine.features import cells
from playground.engine.points import PART_NAMES
from playground.engine.problem import Problem
from playground.engine.snapshot import Score

MAX_GRIDS = 3


class Evaluation:
    """Of the weights that the executor holds at the moment of each call."""

    def __init__(self, experiment: Experiment, problem: Problem, executor: Executor) -> None:
        self._loss, self._problem, self._executor = experiment.loss, problem, executor
        self._kind = experiment.model.output_kind(problem.n_classes)
        parts = [problem.parts[name] for name in PART_NAMES]
        self._sizes = [len(part.ids) for part in parts]
        self._parts = executor.prepare(np.vstack([part.X for part in parts]))
        self._points: Any = None
        self._grids: dict[Any, Any] = {}

    def scores(self) -> dict[str, Score]:
        """By part of the split; a part without points is missing."""
        found: dict[str, Score] = {}
        if not sum(self._sizes):
            return found
        raw, begin = self._executor.outputs(self._parts), 0
        for name, size in zip(PART_NAMES, self._sizes, strict=True):
            if size:
                t = self._problem.parts[name].t
                mine = raw[begin : begin + size]
                found[name] = measures.score(mine, t, self._kind, self._loss, self._problem.n_classes)
            begin += size
        return found

    def part(self, name: str) -> Floats:
        """Raw outputs [n, outputs] at the points of one part of the split."""
        begin = sum(self._sizes[: PART_NAMES.index(name)])
        return self._executor.outputs(self._parts)[begin : begin + self._sizes[PART_NAMES.index(name)]]

    def at_points(self) -> Floats:
        """Raw outputs [n, outputs] at all points of the Experiment."""
        if self._points is None:
            self._points = self._executor.prepare(self._problem.points.X)
        return self._executor.outputs(self._points)

    def line(self, x: tuple[float, float], size: int) -> Any:
        """Prepared inputs: `size` places from one end of a range of x to the other."""
        key = (x, size)
        if key not in self._grids:
            if len(self._grids) >= MAX_GRIDS:
                self._grids.clear()
            self._grids[key] = self._executor.prepare(np.linspace(*x, size)[:, None])
        return self._grids[key]

    def grid(self, x: tuple[float, float], y: tuple[float, float], size: int) -> Any:
        """Prepared inputs: the middles of size x size cells of the plane."""
        key = (x, y, size)
        if key not in self._grids:
            if len(self._grids) >= MAX_GRIDS:
                self._grids.clear()
            self._grids[key] = self._executor.prepare(cells(x, y, size))
        return self._grids[key]
