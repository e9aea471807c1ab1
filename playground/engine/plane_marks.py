"""What the models of scikit-learn stand on, for the canvas and in words: support vectors, cuts, ellipses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import charts, standardization
from playground.engine.executors.sklearn import SklearnExecutor
from playground.engine.snapshot import PlaneMarks, View

if TYPE_CHECKING:
    from playground.engine.executors.base import Weights
    from playground.engine.trainer import Run

MARGIN_CELLS = 96
TURN = np.linspace(0.0, 2.0 * np.pi, 65)
Seen = Callable[[NDArray[np.float64], int], NDArray[np.bool_]]
SIGMAS = (1.0, 2.0)
"""Standard deviations at which the ellipses of a Gaussian are drawn."""


def marks(run: Run, view: View) -> PlaneMarks | None:
    """None for a model that has none."""
    executor = run.executor
    if not isinstance(executor, SklearnExecutor) or executor.fitted is None or executor.fitted.key is None:
        return None
    numbers, kind = _in_raw_units(run, executor.fitted.numbers), run.experiment.model.kind
    if kind == "svm":
        return _margins(run, executor, view, numbers)
    if kind == "tree":
        return PlaneMarks(title="Cuts", cuts=charts.own(cuts(numbers, (*view.x, *view.y))), x=view.x, y=view.y)
    if kind == "naive_bayes":
        curves, classes = ellipses(numbers)
        return PlaneMarks(title="Ellipses", curves=curves, classes=classes, x=view.x, y=view.y)
    return None


def _in_raw_units(run: Run, numbers: Weights) -> Weights:
    """Thresholds of a tree, means and variances of Gaussians where the points are, if the inputs are standardised."""
    scaling = standardization.of(run.experiment, run.problem)
    if scaling is None:
        return numbers
    if "threshold" in numbers:
        asked = np.maximum(numbers["feature"].astype(np.int64), 0)
        return {**numbers, "threshold": numbers["threshold"] * scaling.scale[asked] + scaling.mean[asked]}
    if "variance" in numbers:
        return {**numbers, "mean": scaling.undo(numbers["mean"]),
                "variance": numbers["variance"] * np.square(scaling.scale)}  # fmt: skip
    return numbers


def _margins(run: Run, executor: SklearnExecutor, view: View, numbers: Weights) -> PlaneMarks:
    """The support vectors, and the lines where the decision of a pair of classes is -1 and +1.

    scikit-learn parts each pair of classes by a machine of its own. Of more than two classes the margins of a pair are
    drawn where it is the pair at the boundary: where one of the two is chosen, and the other would be next.
    """
    ringed = charts.own(run.problem.train.ids[numbers["support"].astype(np.int64)])
    fields = _decisions(run, executor, view, MARGIN_CELLS, _leading)
    return PlaneMarks(title="Margins", ringed=ringed, values=charts.own(fields), levels=(-1.0, 1.0), x=view.x, y=view.y)


def boundaries(run: Run, view: View, size: int) -> NDArray[np.float64]:
    """[pairs, size, size] what is zero on the boundary between each two of more than two classes of a support vector
    machine, NaN where others meet; empty for all else."""
    executor = run.executor
    if not isinstance(executor, SklearnExecutor) or run.experiment.model.kind != "svm" or run.n_classes < 3:
        return np.zeros((0, 0, 0))
    if executor.fitted is None or executor.fitted.key is None:
        return np.zeros((0, 0, 0))
    return _decisions(run, executor, view, size, _deciding)


def _decisions(run: Run, executor: SklearnExecutor, view: View, size: int, of_interest: Seen) -> NDArray[np.float64]:
    """[pairs, size, size] in the middles of cells; of more than one pair where each is of interest."""
    found, k = executor.pairs(run.evaluation.grid(view.x, view.y, size)), len(executor.weights()["classes"])
    if k > 2:
        found = np.where(of_interest(found, k), found, np.nan)
    return np.ascontiguousarray(found.T.reshape(-1, size, size))


def _votes(decisions: NDArray[np.float64], k: int) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """The pairs of k classes, and [n, k] how many of its pairs each class wins."""
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    votes = np.zeros((len(decisions), k), dtype=np.int64)
    for column, (i, j) in enumerate(pairs):
        votes[:, i] += decisions[:, column] > 0
        votes[:, j] += decisions[:, column] <= 0
    return pairs, votes


def _leading(decisions: NDArray[np.float64], k: int) -> NDArray[np.bool_]:
    """[n, pairs]: whether the two classes of the pair have most votes."""
    pairs, votes = _votes(decisions, k)
    leading = np.sort(np.argsort(-votes, axis=1, kind="stable")[:, :2], axis=1)
    return np.column_stack([(leading == pair).all(axis=1) for pair in pairs])


def _deciding(decisions: NDArray[np.float64], k: int) -> NDArray[np.bool_]:
    """[n, pairs]: whether the class that is chosen, of equals the first, is the one that wins the pair."""
    pairs, votes = _votes(decisions, k)
    chosen = votes.argmax(axis=1)
    winner = np.column_stack([np.where(decisions[:, c] > 0, i, j) for c, (i, j) in enumerate(pairs)])
    return winner == chosen[:, None]


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
    if not isinstance(executor, SklearnExecutor) or executor.fitted is None or executor.fitted.key is None:
        return ""
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
