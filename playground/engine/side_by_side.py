"""The main model of a run and those beside it as one summary: maps, measures, and where they disagree. For the labs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import beside, charts, decision
from playground.engine import experiment as experiments
from playground.engine.comparison import Contender, SideBySide
from playground.engine.points import TEST
from playground.engine.snapshot import Choice, DecisionMap, View

if TYPE_CHECKING:
    from playground.engine.companions import Companion
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

CELLS, RUNNING_CELLS = 96, 64
"""Along one side of each map; the canvas shows finer ones."""
FINE = 128
"""Cells of the canvas beyond which it is at rest."""
APART = 0.5
"""Numbers are apart that differ by more than so many standard deviations of those that were learned."""


def compare(run: Run, view: View, draw: Callable[[Run, View], DecisionMap]) -> SideBySide:
    """`draw` makes the map of a run."""
    e, problem = run.experiment, run.problem
    cells = RUNNING_CELLS if view.resolution <= FINE else CELLS
    small = replace(view, resolution=min(cells, view.resolution), unit=None)
    found = [_shown(run, "", e, small, draw)]
    found += [_beside(member, e, small, draw) for member in run.companions.members]
    there = [one for one in found if one.map.values.size]
    tolerance = APART * float(np.std(problem.train.t)) if not run.n_classes and run.n_train else 0.0
    common = _common([_decided(one.map, run) for one in there], tolerance, bool(run.n_classes))
    apart = _common([one.said for one in there], tolerance, bool(run.n_classes)) < 0
    return SideBySide(
        title="Side by side", contenders=tuple(found), ids=problem.points.ids, X=problem.points.X,
        truth=problem.points.t, test=charts.own(problem.part == TEST), common=charts.own(common),
        apart=charts.own(apart), share=float((common < 0).mean()) if common.size else 0.0, tolerance=tolerance,
        names=problem.classes, rivals=rivals(e), x=view.x, y=view.y,
        note="" if len(found) > 1 else "Add a model: it learns from the same points, and training keeps them in step.",
    )  # fmt: skip


def rivals(e: Experiment) -> tuple[Choice, ...]:
    """What may stand beside the model of `e` too; nothing where there is no place left."""
    if len(e.beside) >= beside.MOST:
        return ()
    own, taken = beside.text_of(e), e.beside
    names = [(text, title) for text in beside.RIVALS if (title := beside.title(e, text)) and text not in (own, *taken)]
    keep = [Choice(f"{e.model.title()}, as it is now", beside.adding(e, own))] if own not in taken else []
    return (*keep, *(Choice(title, beside.adding(e, text)) for text, title in names))


def _beside(member: Companion, e: Experiment, view: View, draw: Callable[[Run, View], DecisionMap]) -> Contender:
    run = member.run
    if run is None:
        name = beside.title(experiments.lab_default(e.lab), member.text)
        return Contender(member.text, name, note=member.note, remove=beside.without(e, member.text))
    return _shown(run, member.text, e, view, draw)


def _shown(
    run: Run, text: str, main: Experiment, view: View, draw: Callable[[Run, View], DecisionMap]
) -> Contender:
    solves = run.executor.solves
    learned = not solves or run.n_train > 0
    return Contender(
        text, run.experiment.model.title(), beside.detail(run.experiment),
        note=run.message if run.status in ("diverged", "empty") else "",
        map=draw(run, view) if learned else DecisionMap(), said=_said(run) if learned else np.zeros(0),
        scores=dict(run.scores()), n_parameters=run.n_parameters if learned else 0, seconds=run.training_seconds,
        epochs=None if solves else run.epoch,
        take=beside.taking(main, text) if text else {}, remove=beside.without(main, text) if text else {},
    )  # fmt: skip


def _said(run: Run) -> NDArray[np.float64]:
    raw = run.evaluation.at_points()
    if not run.n_classes:
        return charts.own(raw[:, 0].copy())
    return charts.own(np.asarray(decision.decided(raw, run), dtype=np.float64))


def _decided(found: DecisionMap, run: Run) -> NDArray[np.float64]:
    """[rows, columns] what the map says of each cell: the class, NaN where none is more probable; or the number."""
    values = found.values
    if values.ndim == 2:
        return values.astype(np.float64)
    if values.shape[2] == 2 and len(found.edge) == 1:  # a threshold, or a decision without probabilities
        return (found.edge[0] > 0).astype(np.float64)
    label = values.argmax(axis=2).astype(np.float64)
    return np.where(values.max(axis=2) > values.min(axis=2), label, np.nan)


def _common(said: Sequence[NDArray[np.float64]], tolerance: float, classes: bool) -> NDArray[np.int64]:
    """What all say, of what is not NaN; -1 where they disagree. Nobody who says anything: 0."""
    if not said:
        return np.zeros((0, 0), dtype=np.int64)
    all_of_them = np.stack(said)
    none = np.isnan(all_of_them)
    low = np.where(none, np.inf, all_of_them).min(axis=0)
    high = np.where(none, -np.inf, all_of_them).max(axis=0)
    with np.errstate(invalid="ignore"):
        same = ~(high - low > tolerance)
    label = np.where(np.isfinite(low) & classes, low, 0.0)
    return np.where(same, label, -1.0).astype(np.int64)
