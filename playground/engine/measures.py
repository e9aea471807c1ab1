"""How good predictions are: loss, RMS, accuracy, confusion, R2, from the raw outputs of a model, in float64.

Raw outputs [n, outputs] are the last sums of a model, before softmax, tanh or sigmoid, so that every
logarithm can be taken stably. `kind` says what stands after them (`models/base.py: OutputKind`).
Called by the trainer, the labs and the exporters.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import formulas
from playground.engine.models.base import OutputKind
from playground.engine.snapshot import Score

Floats = NDArray[np.float64]


def probabilities(raw: Floats, kind: OutputKind) -> Floats:
    """[n, classes], rows add up to 1. One unit: the second class has (1 + tanh z) / 2 or sigmoid(z)."""
    if kind == "softmax":
        e = np.exp(raw - raw.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    if kind == "step":
        return _steps(raw)
    if kind == "probability":
        return raw.copy()
    z = raw[:, 0]
    second = 0.5 * (1.0 + np.tanh(z if kind == "tanh" else 0.5 * z))
    return np.column_stack([1.0 - second, second])


def _steps(raw: Floats) -> Floats:
    """1 for the class that wins, shared where several do; one unit: the second class above zero."""
    if raw.shape[1] == 1:
        second = np.heaviside(raw[:, 0], 0.5)
        return np.column_stack([1.0 - second, second])
    won = (raw == raw.max(axis=1, keepdims=True)).astype(np.float64)
    return won / won.sum(axis=1, keepdims=True)


def predictions(raw: Floats, kind: OutputKind) -> Floats:
    """y [n] for a numeric target, else the probabilities [n, classes]."""
    return raw[:, 0].copy() if kind == "identity" else probabilities(raw, kind)


def classes(raw: Floats, kind: OutputKind) -> NDArray[np.int64]:
    """[n]: the most probable class; of equals the first."""
    if raw.shape[1] > 1:
        return raw.argmax(axis=1)
    return (raw[:, 0] > 0).astype(np.int64)


def losses(raw: Floats, t: Floats, kind: OutputKind, loss: str) -> Floats:
    """[n]: half the squared error, or the cross-entropy in nats, of each point; no penalty.

    By the rules of `formulas.OUTPUTS`; of a step and of probabilities half the squared distance from the truth, as for
    softmax: 1 for each mistake of a step.
    """
    if kind in ("step", "probability"):
        p = probabilities(raw, kind)
        return 0.5 * np.square(p - (np.arange(p.shape[1]) == t[:, None])).sum(axis=1)
    if kind == "softmax":
        y = (np.arange(raw.shape[1]) == t[:, None]).astype(np.float64)
        raw = raw - raw.max(axis=1, keepdims=True)  # the same loss, with more digits where it is small
    else:
        y = (2.0 * t - 1.0 if kind == "tanh" else t)[:, None]
    found: Floats = _loss(formulas.output_rule(kind, loss))(raw, y)
    return found[:, 0]


@cache
def _loss(rule: str) -> Any:
    return formulas.bind(formulas.OUTPUTS[rule][0], _OPERATIONS)


_OPERATIONS = {
    "tanh": np.tanh,
    "softplus": lambda z: np.logaddexp(0.0, z),
    "softmax": lambda z: probabilities(z, "softmax"),
    "logsumexp": lambda z: np.log(np.exp(z).sum(axis=1, keepdims=True)),  # of sums whose largest is 0
    "total": lambda x: x.sum(axis=1, keepdims=True),
}
"""What the losses need of the operations, on [n, outputs]."""


def confusion(truth: NDArray[np.int64], predicted: NDArray[np.int64], n_classes: int) -> NDArray[np.int64]:
    """counts [true, predicted]"""
    pairs = truth * n_classes + predicted
    return np.bincount(pairs, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def by_class(counts: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1 [classes] of counts [true, predicted]; 0 where nothing is there to divide by."""
    right = np.diag(counts).astype(np.float64)
    predicted, true = counts.sum(axis=0), counts.sum(axis=1)
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(true, 1)
    return precision, recall, 2.0 * right / np.maximum(predicted + true, 1)


def balanced_accuracy(counts: NDArray[np.int64]) -> float:
    """The mean recall of the classes that there are points of."""
    return float(by_class(counts)[1][counts.sum(axis=1) > 0].mean())


def roc(truth: Floats, score: Floats) -> tuple[Floats, Floats, Floats]:
    """False alarms and hits, each a share from 0 to 1, for the thresholds that follow, largest first: the second class
    is chosen from a score of that on. The first threshold is infinite. truth [n]: 0 and 1, both there."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(truth[order])[last]
    alarms = 1.0 + last - hits
    x, y = np.append(0.0, alarms) / alarms[-1], np.append(0.0, hits) / hits[-1]
    return x, y, np.append(np.inf, score[order][last])


def area(x: Floats, y: Floats) -> float:
    """Under a curve of straight pieces."""
    return float((np.diff(x) * (y[1:] + y[:-1])).sum() / 2.0)


def score(raw: Floats, t: Floats, kind: OutputKind, loss: str, n_classes: int) -> Score:
    """All measures of n > 0 points with targets t [n] (class indices as floats for classes)."""
    n = len(t)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(losses(raw, t, kind, loss).mean())
        if kind == "identity":
            miss = raw[:, 0] - t
            squares = float(np.square(miss).sum())
            total = float(np.square(t - t.mean()).sum())
            return Score(
                n, mean, rms=(squares / n) ** 0.5, largest_miss=float(np.abs(miss).max()),
                r2=1.0 - squares / total if total > 0 else None,
            )  # fmt: skip
        counts = confusion(t.astype(np.int64), classes(raw, kind), n_classes)
        rows = tuple(tuple(row) for row in counts.tolist())
        return Score(
            n, mean, accuracy=float(np.trace(counts)) / n, confusion=rows, balanced_accuracy=balanced_accuracy(counts)
        )
