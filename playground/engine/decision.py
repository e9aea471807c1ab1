"""From probabilities to decisions: a threshold, costs of mistakes, and where none is made.

Of two classes the second is chosen where its probability is above a threshold; costs of the two kinds of mistakes put
it where the expected cost is least (Bishop 2006, section 1.5). Scores of a run are always those of the most probable
class; charts and the canvas show what is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import measures

if TYPE_CHECKING:
    from playground.engine.executors.base import Floats
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

NONE = -1
"""In the place of a class: no decision."""


def threshold(e: Experiment) -> float:
    """The probability of the second class from which on it is chosen."""
    d = e.decision
    return float(d.threshold if d.threshold is not None else d.cost_alarm / (d.cost_alarm + d.cost_miss))


def decide(raw: Floats, run: Run) -> NDArray[np.int64]:
    """[n] classes of raw outputs, NONE where the largest probability is too small."""
    kind, e = run.output_kind, run.experiment
    label = measures.classes(raw, kind)
    if kind == "step":
        return label
    p, at = measures.probabilities(raw, kind), threshold(e)
    if p.shape[1] == 2 and at != 0.5:
        label = (p[:, 1] > at).astype(np.int64)
    if e.decision.reject is not None:
        label = np.where(p.max(axis=1) < e.decision.reject, NONE, label)
    return label


def decided(raw: Floats, run: Run) -> NDArray[Any]:
    """[n] the same for pictures of points: NaN where no decision is made."""
    label = decide(raw, run)
    none = label == NONE
    return np.where(none, np.nan, label) if none.any() else label


def edge(raw: Floats, run: Run) -> Floats:
    """[n] what is zero on the boundary between two classes, where that is not where both are equally probable, or
    where probabilities say nothing of it; empty else."""
    if run.output_kind == "step" and raw.shape[1] == 1:
        return raw[:, 0].copy()
    if run.n_classes == 2 and run.output_kind != "step" and threshold(run.experiment) != 0.5:
        found: Floats = measures.probabilities(raw, run.output_kind)[:, 1] - threshold(run.experiment)
        return found
    return np.zeros(0)


def without_the_undecided(values: NDArray[np.float32], run: Run) -> NDArray[np.float32]:
    """A copy of the values of a map, neutral where no decision is made."""
    found, least = values.copy(), run.experiment.decision.reject
    if least is not None and run.n_classes and run.output_kind != "step":
        found[values.max(axis=-1) < least] = 1.0 / run.n_classes
    return found
