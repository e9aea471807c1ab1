"""Rosenblatt's perceptron: one example after the other, and an update only on a mistake. In float64.

The rule itself is `engine/perceptron.py`. Two classes have one unit; of more classes each has its own, which learns to
tell it from all others, and a mistake is one of a unit.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.executors import layout
from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.perceptron import Perceptron, Separation, separation

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem

COUNTS = ("mistakes", "wrong", "converged", "from_zero")
"""What a session keeps of it: mistakes so far and examples of this epoch that were any, and two truth values."""


@dataclass(frozen=True, eq=False)
class _Saved:
    """w of each unit, and what the rule remembers."""

    w: tuple[tuple[float, ...], ...]
    counts: tuple[int, int, bool, bool, int | None]


class PerceptronExecutor(Executor):
    """mistakes    so far, of all units together
    from_zero   whether all of them were made on these points, from zero weights on, at one rate
    """

    name = "perceptron"
    one_at_a_time = True

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self.mistakes, self.from_zero = 0, True
        self._take_points()
        self.reset()

    def _take_points(self) -> None:
        train, self._shape = self.problem.train, layout.structure(self.experiment).layers[0]
        self._X, label, units = self.prepare(train.X), train.t.astype(np.int64), np.arange(self._shape[0])
        of_unit = units + (1 if len(units) == 1 else 0)
        self._targets = np.where(label == of_unit[:, None], 1, -1)
        self.__dict__.pop("separations", None)

    @cached_property
    def separations(self) -> tuple[Separation, ...]:
        """Of the training points, for each unit: its class from all others. Empty without points."""
        return tuple(separation(self._X, t) for t in self._targets) if len(self._X) else ()

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        """One example is one step, whatever the batch size."""
        if offset == 0:
            self._wrong, self._converged = 0, False
        done, n = 0, len(order)
        self._lit = None
        while offset + done < n and done < max_steps:
            i = int(order[offset + done])
            mistakes = [unit.see(self._X[i], int(t[i])) for unit, t in zip(self.units, self._targets, strict=True)]
            done += 1
            if any(mistakes):
                self.mistakes, self._wrong = self.mistakes + sum(mistakes), self._wrong + 1
                self._lit = int(self.problem.train.ids[i])
            if time.perf_counter() >= deadline:
                break
        self._converged = offset + done == n and self._wrong == 0
        return done

    @property
    def converged(self) -> bool:
        return self._converged

    @property
    def lit(self) -> int | None:
        return self._lit

    # ---- values ----
    def prepare(self, X: Floats) -> Floats:
        return layout.inputs_of(self.experiment, self.problem, X)

    def _w(self) -> Floats:
        """[units, 1 + inputs], biases first."""
        return np.array([unit.w for unit in self.units])

    def outputs(self, prepared: Floats) -> Floats:
        w = self._w()
        found: Floats = prepared @ w[:, 1:].T + w[:, 0]
        return found

    def responses(self, prepared: Floats) -> list[Floats]:
        return [prepared, self.outputs(prepared)]

    def finite(self) -> bool:
        return bool(np.isfinite(self._w()).all())

    def penalty(self) -> None:
        return None

    @property
    def n_parameters(self) -> int:
        return self._shape[0] * (1 + self._shape[1])

    # ---- state ----
    def update(self, experiment: Experiment, problem: Problem) -> None:
        self.experiment = experiment
        if problem is not self.problem:
            self.problem, before = problem, self._shape
            self._take_points()
            self._wrong, self._converged, self._lit = 0, False, None
            self.from_zero = self.from_zero and not self.mistakes
            if before != self._shape:
                self.reset()
        rate = experiment.optimizer.learning_rate
        self.from_zero = self.from_zero and (not self.mistakes or all(unit.rate == rate for unit in self.units))
        for unit in self.units:
            unit.rate = rate

    def reset(self) -> None:
        self._set(layout.initial(self.experiment))
        self.mistakes, self._wrong, self._converged, self.from_zero, self._lit = 0, 0, False, True, None

    def _set(self, weights: Mapping[str, NDArray[Any]]) -> None:
        w = np.column_stack([weights["0.bias"], weights["0.weight"]]).astype(np.float64)
        self.units = [Perceptron(row, self.experiment.optimizer.learning_rate) for row in w.tolist()]

    def weights(self) -> Weights:
        w = self._w()
        return {"0.weight": w[:, 1:].copy(), "0.bias": w[:, 0].copy()}

    def optimizer_state(self) -> Weights:
        counts = zip(COUNTS, (self.mistakes, self._wrong, self._converged, self.from_zero), strict=True)
        return {name: np.array([int(count)], dtype=np.int64) for name, count in counts}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        self._set(layout.fitting(self.experiment, weights))
        mistakes, wrong, converged, from_zero = (
            int(np.ravel(optimizer_state.get(name, [0]))[0]) for name in COUNTS
        )
        self.mistakes, self._wrong, self._converged, self.from_zero = mistakes, wrong, bool(converged), bool(from_zero)
        self._lit = None

    def save(self) -> _Saved:
        counts = (self.mistakes, self._wrong, self._converged, self.from_zero, self._lit)
        return _Saved(tuple(tuple(unit.w) for unit in self.units), counts)

    def restore(self, saved: _Saved) -> None:
        if np.shape(saved.w) != (self._shape[0], 1 + self._shape[1]):
            self.reset()
            return
        self.units = [Perceptron(list(w), self.experiment.optimizer.learning_rate) for w in saved.w]
        self.mistakes, self._wrong, self._converged, self.from_zero, self._lit = saved.counts
