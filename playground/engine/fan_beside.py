"""The fan of models that are no networks: the perceptron, and those of scikit-learn, fitted to resampled points.

Each replica has an executor of its own on a problem whose training points are drawn with replacement (`fan.resampled`).
They are made and taken further a few at a time, as `fan.py` asks for pictures.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.executors.base import Executor, Floats
from playground.engine.executors.perceptron import PerceptronExecutor
from playground.engine.executors.sklearn import SklearnExecutor
from playground.engine.problem import Part, Problem
from playground.engine.random import permutation

if TYPE_CHECKING:
    from playground.engine.trainer import Run


class OwnReplicas:
    """rows [n, points] say which training points each replica learns from, a point as often as it is named.

    epoch   that all of them have come to        said   [replicas so far, places, outputs], for the last places asked
    """

    def __init__(self, run: Run, rows: NDArray[np.int64]) -> None:
        self.experiment, self.n = run.experiment, len(rows)
        self._problem, self._rows, self._solves = run.problem, rows, run.executor.solves
        self._made: list[Executor] = []
        self._epochs: list[int] = []
        self._at: Any = None
        self._said: list[Floats] = []

    @property
    def epoch(self) -> int:
        return min(self._epochs, default=0)

    def outputs(self, at: Any, X: Floats, epoch: int, seconds: float) -> tuple[Floats, bool]:
        """Raw outputs [replicas, len(X), outputs] at places X, known by the key `at`, after so many epochs; whether
        that is all. Goes on for about so many seconds, with one replica at least."""
        if (at, epoch) != self._at:
            self._at, self._said = (at, epoch), []
        deadline = time.perf_counter() + seconds
        while len(self._said) < self.n:
            replica = self._taken_to(len(self._said), epoch)
            self._said.append(replica.outputs(replica.prepare(X)))
            if time.perf_counter() >= deadline:
                break
        return np.stack(self._said), len(self._said) == self.n

    def _taken_to(self, k: int, epoch: int) -> Executor:
        """The k-th, made where it is the next one, at the end of an epoch; back from a later one it begins anew."""
        if k == len(self._made):
            kind = SklearnExecutor if self._solves else PerceptronExecutor
            self._made.append(kind(self.experiment, _drawn(self._problem, self._rows[k])))
            self._epochs.append(0)
        replica = self._made[k]
        if self._solves:
            self._epochs[k] = epoch
        elif self._epochs[k] > epoch:
            replica.reset()
            self._epochs[k] = 0
        e, ids = self.experiment, np.arange(self._rows.shape[1])
        for at in range(self._epochs[k], epoch):
            if not replica.converged:
                order = permutation(e.seed.batches, "batches", ids, at if e.training.shuffle else 0)
                replica.steps(at, order, 0, 1, len(order), float("inf"))
        self._epochs[k] = epoch
        return replica


def _drawn(problem: Problem, row: NDArray[np.int64]) -> Problem:
    """With these of the training points; one that is drawn twice is two points, with ids of their own."""
    train = problem.train
    return replace(problem, parts={**problem.parts, "train": Part(np.arange(len(row)), train.X[row], train.t[row])})
