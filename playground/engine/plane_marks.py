"""What the models of scikit-learn stand on, for the canvas and in words: support vectors, cuts, ellipses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import charts
from playground.engine.executors.sklearn import SklearnExecutor
from playground.engine.snapshot import PlaneMarks, View

if TYPE_CHECKING:
    from playground.engine.executors.base import Weights
    from playground.engine.trainer import Run

MARGIN_CELLS = 64
TURN = np.linspace(0.0, 2.0 * np.pi, 65)
SIGMAS = (1.0, 2.0)
"""Standard deviations at which the ellipses of a Gaussian are drawn."""


def marks(run: Run, view: View) -> PlaneMarks | None:
    """None for a model that has none."""
    executor = run.executor
    if not isinstance(executor, SklearnExecutor) or executor.fitted is None or executor.fitted.key is None:
        return None
    numbers, kind = executor.fitted.numbers, run.experiment.model.kind
    if kind == "svm":
        return _margins(run, view, numbers)
    if kind == "tree":
        return PlaneMarks(title="Cuts", cuts=charts.own(cuts(numbers, (*view.x, *view.y))), x=view.x, y=view.y)
    if kind == "naive_bayes":
        curves, classes = ellipses(numbers)
        return PlaneMarks(title="Ellipses", curves=curves, classes=classes, x=view.x, y=view.y)
    return None


def _margins(run: Run, view: View, numbers: Weights) -> PlaneMarks:
    """The support vectors, and for two classes the lines where the decision is -1 and +1."""
    ringed = charts.own(run.problem.train.ids[numbers["support"].astype(np.int64)])
    field: NDArray[np.float64] = np.zeros((0, 0))
    if run.n_classes == 2:
        raw = run.executor.outputs(run.evaluation.grid(view.x, view.y, MARGIN_CELLS))
        field = raw[:, 0].reshape(MARGIN_CELLS, MARGIN_CELLS).copy()
    return PlaneMarks(title="Margins", ringed=ringed, values=charts.own(field), levels=(-1.0, 1.0), x=view.x, y=view.y)


def cuts(tree: Weights, box: tuple[float, float, float, float], node: int = 0) -> NDArray[np.float64]:
    """[k, 4] of the questions of a tree from a node on, each within the part (x1 low, high, x2 low, high) of the
    plane in which it is asked."""
    left, right = int(tree["left"][node]), int(tree["right"][node])
    if left < 0:
        return np.zeros((0, 4))
    at, axis = float(tree["threshold"][node]), int(tree["feature"][node])
    low, high = box[2 * axis], box[2 * axis + 1]
    inner = min(max(at, low), high)
    below, above = list(box), list(box)
    below[2 * axis + 1] = above[2 * axis] = inner
    ends = (at, box[2], at, box[3]) if axis == 0 else (box[0], at, box[1], at)
    here = np.array([ends] if low < at < high else np.zeros((0, 4)))
    a, b, c, d = below
    e, f, g, h = above
    return np.vstack([here, cuts(tree, (a, b, c, d), left), cuts(tree, (e, f, g, h), right)])


def ellipses(bayes: Weights) -> tuple[tuple[NDArray[np.float64], ...], tuple[int, ...]]:
    """[65, 2] for each class and each of SIGMAS; and the classes."""
    found, classes = [], []
    for label, mean, variance in zip(bayes["classes"], bayes["mean"], bayes["variance"], strict=True):
        for sigmas in SIGMAS:
            around = np.column_stack([np.cos(TURN), np.sin(TURN)])
            found.append(charts.own(mean + sigmas * np.sqrt(variance) * around))
            classes.append(int(label))
    return tuple(found), tuple(classes)


def finding(run: Run) -> str:
    """A plain sentence on what was fitted; empty where there is nothing to say."""
    executor = run.executor
    if not isinstance(executor, SklearnExecutor) or executor.fitted is None:
        return ""
    if executor.fitted.key is None:
        return f"All training points are of the class {run.problem.short_names[int(run.problem.train.t[0])]}."
    numbers, n, kind = executor.fitted.numbers, run.n_train, run.experiment.model.kind
    if kind == "svm":
        return f"{len(numbers['support']):,} of {n:,} training points are support vectors: all others could go."
    if kind == "tree":
        leaves = int((numbers["left"] < 0).sum())
        asked = charts.counted(leaves - 1, "question").capitalize()
        return f"{asked}: {charts.counted(leaves, 'box')} of the plane.".replace("boxs", "boxes")
    if kind == "knn":
        k = min(run.experiment.model.k, n)
        return f"Nothing is learned: each prediction asks the {charts.counted(k, 'nearest of the training point')}."
    return ""
