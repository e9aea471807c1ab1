"""Many networks of one shape at once: initial seeds, bootstrap replicas, folds, a grid of settings.

On the CPU the fused kernels train one after the other in one call that lets go of the interpreter. Each member is,
to the last bit, what a run of its own by the fused kernels would be. On a GPU: `batched.py`; `executors.population_for`
chooses.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import compiled
from playground.engine import experiment as ex
from playground.engine.executors import layout
from playground.engine.executors.base import Floats, Weights
from playground.engine.executors.fused import FusedExecutor
from playground.engine.experiment import Experiment
from playground.engine.optimizers import rate_at
from playground.engine.problem import Problem, build
from playground.engine.random import key_of

SAME = ("model.hidden", "model.activation", "model.activations", "model.dropout", "model.dropouts",
        "model.skips", "model.held", "model.output", "loss", "lab",
        "model.kind", "model.order", "model.basis", "model.width",
        "optimizer.kind", "training.batch_size", "training.shuffle", "training.precision", "features",
        "feature_order", "feature_formula", "standardize")  # fmt: skip
"""What all members have in common; all else may differ from one to the next."""


def check(experiments: Sequence[Experiment]) -> None:
    """Raises ValueError for members that cannot be trained together."""
    if not experiments:
        raise ValueError("A population needs at least one member.")
    first = experiments[0]
    for e in experiments[1:]:
        if e is not first and (differ := set(SAME) & ex.diff(first, e)):
            raise ValueError(f"All members of a population need the same {min(differ)}.")
    if first.standardize and any(build(e) is not build(first) for e in experiments[1:]):
        raise ValueError("Members of a population with standardised inputs need the same points.")


class Population:
    """The networks of `experiments`, each begun with the initial weights of its own seed.

    rows   [K, n] indices into the training points of the (then common) problem: which points each member learns
           from, a point as often as it is named; None: all points of its own problem
    Raises ValueError for members that are not of one shape, compiled.Unavailable without the kernels.
    """

    def __init__(self, experiments: Sequence[Experiment], rows: NDArray[np.int64] | None = None) -> None:
        check(experiments)
        first = experiments[0]
        self.experiments = list(experiments)
        self._kernels = compiled.load("population")
        self._template = FusedExecutor(first, build(first))
        self._fill(rows)
        self.reset()

    def __len__(self) -> int:
        return len(self.experiments)

    def _fill(self, rows: NDArray[np.int64] | None) -> None:
        """The points: one set for all where they are the same."""
        problems: list[Problem] = [build(e) for e in self.experiments]
        if rows is not None:
            t = self._template
            self._X, self._Y = t._X[rows], t._Y[rows]
            self._sizes = np.full(len(rows), rows.shape[1])
            # A point that is drawn twice is two points: they need numbers of their own to be shuffled by.
            self._ids = np.tile(np.arange(rows.shape[1]), (len(rows), 1))
        else:
            parts = problems[:1] if all(p is problems[0] for p in problems) else problems
            own = [FusedExecutor(self.experiments[0], p) for p in parts]
            most = max(len(p.train.ids) for p in parts)
            self._X, self._Y, self._ids = (
                np.stack([_padded(array, most) for array in arrays])
                for arrays in ([o._X for o in own], [o._Y for o in own], [o._ids for o in own])
            )
            self._sizes = np.array([len(p.train.ids) for p in parts])
        self._X, self._Y = (a.reshape(len(a), -1) for a in (self._X, self._Y))

    def reset(self) -> None:
        """All members back to their initial weights."""
        t, begun, members = self._template, {}, []
        for e in self.experiments:
            key = (e.seed.init, getattr(e.model, "init", ""))
            if key not in begun:
                t.experiment = e
                t.reset()
                begun[key] = t._m
            members.append(begun[key])
        self._ms = np.stack(members)
        sizes = np.broadcast_to(self._sizes, len(self))
        self._reals = np.array([[*e.optimizer.numbers(), *layout.penalties(e, int(n))]
                                for e, n in zip(self.experiments, sizes, strict=True)])  # fmt: skip
        self._orders = np.array([key_of(e.seed.batches, "batches") for e in self.experiments], np.uint64)
        n_hidden = len(self.experiments[0].model.hidden)
        keys = [[key_of(e.seed.dropout, f"dropout.{i}") for i in range(n_hidden)] for e in self.experiments]
        self._keys = np.array(keys, np.uint64).reshape(len(self), n_hidden)
        self._counts = np.zeros(len(self), np.int64)
        self._epochs = np.zeros(len(self), np.int64)

    @property
    def epoch(self) -> int:
        """Whole epochs that all members have been through."""
        return int(self._epochs.min())

    @property
    def furthest(self) -> int:
        """Whole epochs that some member has been through."""
        return int(self._epochs.max())

    def train(self, epoch: int, deadline: float = float("inf")) -> bool:
        """To the end of an epoch; whether all are there. Members that are behind go first.

        deadline: time.perf_counter() after which no further call begins; one is always made.
        """
        e, t, behind = self.experiments[0], self._template, np.flatnonzero(self._epochs < epoch)
        while len(behind):
            at = int(self._epochs[behind].min())
            group, end = behind[self._epochs[behind] == at], min(epoch, at + CALL_EPOCHS)
            group = group[:CALL_MEMBERS]
            rates = np.array([self._rates(self.experiments[k], at, end) for k in group])
            self._kernels.train(
                self._ms, *t._tables, self._reals, t._held, t._fixed, self._X, self._Y, self._ids, self._sizes,
                self._orders, e.training.shuffle, e.training.batch_size, at, rates, self._counts, self._keys,
                t._dropouts, group,
            )  # fmt: skip
            self._epochs[group] = end
            if time.perf_counter() >= deadline:
                break
            behind = np.flatnonzero(self._epochs < epoch)
        return bool((self._epochs >= epoch).all())

    def _rates(self, e: Experiment, begin: int, end: int) -> list[float]:
        if e.optimizer.schedule == "constant" and not e.optimizer.warmup:
            return [e.optimizer.learning_rate] * (end - begin)
        return [rate_at(e.optimizer, epoch) for epoch in range(begin, end)]

    def prepare(self, X: Floats) -> Any:
        """Raw inputs X [n, d] in the form that `outputs` reads fastest."""
        return self._template.prepare(X)

    def outputs(self, prepared: Any) -> Floats:
        """[K, n, outputs]: what the last layers put out, before softmax, tanh or sigmoid."""
        t, n = self._template, len(prepared)
        found = np.empty((len(self), n, t._sizes[-1]), t._m.dtype)
        self._kernels.predict(self._ms, *t._tables, prepared.ravel(), np.arange(n), found)
        return found.astype(np.float64)

    def weights(self, k: int) -> Weights:
        """Copies of the weights of one member by name, as `Executor.weights` gives them."""
        self._template._m[:] = self._ms[k]
        return self._template.weights()


CALL_EPOCHS, CALL_MEMBERS = 20, 50
"""Of one call: some milliseconds for small networks, so that a deadline is kept."""


def _padded(array: NDArray[Any], n: int) -> NDArray[Any]:
    """With zeros at the end, to n rows."""
    return np.concatenate([array, np.zeros((n - len(array), *array.shape[1:]), array.dtype)])
