"""What keeps any classifier from learning a class: too few points of it, or labels that say nothing. In sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from playground.engine.trainer import Run


def missing(run: Run) -> str:
    """A sentence if classes have no training point, or if labels are as often wrong as right; else empty."""
    counts = _counts(run)
    if not len(counts):
        return ""
    names, none = run.problem.short_names, np.flatnonzero(counts == 0)
    if np.count_nonzero(counts) == 1:
        return f"All training points are of the class {names[int(counts.argmax())]}."
    if len(none) == 1:
        return f"Class {names[none[0]]} has no training point: nothing is learned of it."
    if len(none):
        return f"{len(none)} of {len(names)} classes have no training point: nothing is learned of them."
    data = run.experiment.data
    if len(names) == 2 and data.points is None and getattr(data, "flip", 0.0) == 0.5:
        return "Half of the labels are flipped: they say nothing, and whatever is learned of them is chance."
    return ""


def single(run: Run) -> str:
    """A sentence if classes have one training point only; else empty."""
    alone = np.flatnonzero(_counts(run) == 1)
    if not len(alone):
        return ""
    if len(alone) == 1:
        return f"Class {run.problem.short_names[alone[0]]} has one training point: what is learned of it is a guess."
    return f"{len(alone)} classes have one training point each: what is learned of them is a guess."


def _counts(run: Run) -> np.ndarray:
    """[classes] training points of each; empty for a numeric target, and without points."""
    if not run.n_classes or not run.n_train:
        return np.zeros(0, dtype=np.int64)
    return np.bincount(run.problem.train.t.astype(np.int64), minlength=run.n_classes)
