"""Which pictures a run has: the canvas and every chart of its lab, as typed summaries.

Plots and numbers both walk through them, so that each file of the one has its counterpart in the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.engine import decision
from playground.engine.comparison import SideBySide
from playground.engine.experiment import Experiment
from playground.engine.export.base import Tick
from playground.engine.inside import ExamplePass, HiddenSpace, Histograms
from playground.engine.problem import Problem
from playground.engine.registry import labs
from playground.engine.snapshot import (
    Bars,
    DecisionMap,
    Fit,
    Folds,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    PlaneMarks,
    Summary,
    Surface,
    Table,
    View,
)
from playground.engine.trainer import Run

FINE, COARSE = 200, 100
"""Cells along one side of a map: in a picture, in a table."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture: its file name without ending, what it shows, and what is drawn around that.

    truth      the true function at the x of a Fit, where it is known
    predicted  the class that is decided for each of `problem.points`, the true one where none is (classification only)
    marks      what the model stands on, in the plane          lit   id of the point that it has just learned from
    """

    name: str
    title: str
    summary: Summary
    experiment: Experiment
    problem: Problem
    view: View
    truth: NDArray[np.float64] | None = None
    predicted: NDArray[np.int64] | None = None
    marks: PlaneMarks | None = None
    lit: int | None = None


def pictures(
    run: Run, resolution: int = FINE, *, only: str | None = None, tick: Tick = lambda share, sentence: None
) -> Iterator[tuple[float, Picture]]:
    """(share done before it, picture) for the canvas first and then each chart that has something to show.

    only   the name of the one that is wanted: the others are not computed
    tick   told before each is computed, which can take longer than to draw it
    """
    lab = labs[run.experiment.lab]
    slots = [(slot.name, slot.title) for dock in lab.docks(run.experiment) for slot in dock]
    view = view_of(run, resolution)
    canvas = [name for name in lab.canvas + lab.beside if name not in ("predictions", "marks")]  # parts of the map
    todo = [(name, name.capitalize()) for name in canvas] + slots
    if only is not None:
        todo = [(name, title) for name, title in todo if name == only or only == "canvas" and name in canvas]
    for i, (name, title) in enumerate(todo):
        tick(i / len(todo), title)
        summary = run.summarize(name, view)
        if summary is None:
            continue
        if isinstance(summary, Fit | DecisionMap):
            name, title = "canvas", "Canvas"
        if not is_empty(summary):
            yield i / len(todo), _picture(run, name, title, summary, view)


def is_empty(s: Summary) -> bool:
    """Whether a chart has nothing to show yet."""
    match s:
        case Lines():
            return not any(np.isfinite(line.y).any() for line in s.series)
        case GridMap() | Surface():
            return not np.isfinite(s.value).any()
        case Folds():
            return not np.isfinite(s.held_out).any()
        case Table() | Formulas():
            return not s.rows
        case Gallery():
            return not s.panels
        case Bars():
            return not len(s.value)
        case HiddenSpace():
            return not len(s.at)
        case Histograms():
            return not s.layers
        case SideBySide():
            return len(s.contenders) < 2
        case ExamplePass():
            return not s.values
    return False


def _picture(run: Run, name: str, title: str, summary: Summary, view: View) -> Picture:
    truth = predicted = marks = None
    problem = run.problem
    if isinstance(summary, Fit):
        truth = run.experiment.data.truth(np.asarray(summary.x, dtype=np.float64))
    elif isinstance(summary, DecisionMap) and problem.classes and len(problem.points):
        decided = decision.decide(run.raw(problem.points.X), run)
        predicted = np.where(decided == decision.NONE, problem.points.t.astype(np.int64), decided)
    if isinstance(summary, DecisionMap):
        found = run.summarize("marks", view)
        marks = found if isinstance(found, PlaneMarks) else None
    return Picture(name, title, summary, run.experiment, problem, view, truth, predicted, marks, run.executor.lit)


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
