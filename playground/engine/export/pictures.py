"""Which pictures a run has: the canvas and every chart of its lab, as typed summaries.

Plots and numbers both walk through them, so that each file of the one has its counterpart in the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.engine.experiment import Experiment
from playground.engine.problem import Problem
from playground.engine.registry import labs
from playground.engine.snapshot import DecisionMap, Fit, Predictions, Summary, View
from playground.engine.trainer import Run

FINE, COARSE = 200, 100
"""Cells along one side of a map: in a picture, in a table."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture: its file name without ending, what it shows, and what is drawn around that.

    truth      the true function at the x of a Fit, where it is known
    predicted  the class that the model gives each of `problem.points` (classification only)
    """

    name: str
    title: str
    summary: Summary
    experiment: Experiment
    problem: Problem
    view: View
    truth: NDArray[np.float64] | None = None
    predicted: NDArray[np.int64] | None = None


def pictures(run: Run, resolution: int = FINE) -> Iterator[tuple[float, Picture]]:
    """(share done before it, picture) for the canvas first and then each chart that has something to show."""
    lab = labs[run.experiment.lab]
    slots = [(slot.name, slot.title) for dock in lab.docks(run.experiment) for slot in dock]
    view = view_of(run, resolution)
    todo = [(name, name.capitalize()) for name in lab.canvas + lab.beside] + slots
    for i, (name, title) in enumerate(todo):
        summary = run.summarize(name, view)
        if isinstance(summary, Fit | DecisionMap):
            yield i / len(todo), _picture(run, "canvas", "Canvas", summary, view)
        elif summary is not None and not isinstance(summary, Predictions):
            yield i / len(todo), _picture(run, name, title, summary, view)


def _picture(run: Run, name: str, title: str, summary: Summary, view: View) -> Picture:
    truth = predicted = None
    problem = run.problem
    if isinstance(summary, Fit):
        truth = run.experiment.data.truth(np.asarray(summary.x, dtype=np.float64))
    elif isinstance(summary, DecisionMap) and problem.classes and len(problem.points):
        predicted = run.predict(problem.points.X).argmax(axis=1)
    return Picture(name, title, summary, run.experiment, problem, view, truth, predicted)


def view_of(run: Run, resolution: int) -> View:
    """Axes that hold the data set's own range, every point, and for a curve the targets with some air."""
    data, problem = run.experiment.data, run.problem
    parts = [part for part in problem.parts.values() if len(part.ids)]
    lows, highs = (np.array(ends) for ends in zip(*data.extent(), strict=True))
    if parts:
        X = np.vstack([part.X for part in parts])
        least, most = X.min(axis=0), X.max(axis=0)
        margin = 0.04 * (np.maximum(highs, most) - np.minimum(lows, least))
        lows = np.where(least < lows, least - margin, lows)
        highs = np.where(most > highs, most + margin, highs)
    ranges = [(float(low), float(high)) for low, high in zip(lows, highs, strict=True)]
    if len(ranges) == 2:
        return View(ranges[0], ranges[1], resolution)
    t = np.concatenate([part.t for part in parts]) if parts else np.array([-1.0, 1.0])
    low, high = float(t.min()), float(t.max())
    margin = 0.25 * (high - low) or 1.0
    return View(ranges[0], (low - margin, high + margin), resolution)
