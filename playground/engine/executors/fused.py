"""Dense networks on the CPU by the compiled kernels of `kernels/dense.py`.

This file lays all numbers of a network out in one array, as that file describes it, and calls the kernels. They
carry out the same formulas, in the same order of the points, as the torch executor, to rounding.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import compiled, formulas
from playground.engine.executors import layout
from playground.engine.executors.arrangement import CHUNK, Arrangement, padded
from playground.engine.executors.base import Executor, Floats, State, Weights
from playground.engine.experiment import Experiment
from playground.engine.links import Link
from playground.engine.optimizers import rate_at
from playground.engine.points import PART_NAMES
from playground.engine.problem import Problem
from playground.engine.random import key_of
from playground.engine.schema import SpecError

FIRST_CALL = 8
"""Steps in the first call, before the time of one is known."""
MOST_EPOCHS = 10_000
"""In one call: more gain nothing, and their measures have to be held."""
PLACE = {"first_moment": 2, "second_moment": 3}
NOTHING = -1e30
"""Added to the sums of outputs that only fill a vector up: their probability is zero."""


@dataclass(frozen=True, eq=False)
class _Measured:
    """The points of all parts, one part behind the other: what the measures after each epoch are taken of."""

    X: NDArray[Any]
    Y: NDArray[Any]
    labels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    index: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Saved:
    """A copy of the weights and of what the optimiser remembers, with the arrangement they belong to."""

    arrangement: Arrangement
    numbers: NDArray[Any]
    count: int


class FusedExecutor(Executor):
    name = "fused"
    takes_epochs = True

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self._kernels = compiled.load("dense")
        self._dtype = np.dtype(layout.precision(experiment))
        self._seconds_per_step = self._seconds_per_epoch = 0.0
        self._shape()
        self._arrange()
        self.reset()

    # ---- shape and data ----
    def _shape(self) -> None:
        """The array and the tables for the shape that the Experiment asks for; all weights zero."""
        e, k = self.experiment, self._kernels
        activations = [list(formulas.ACTIVATIONS).index(name) for name in (*e.model.layer_activations(), "linear")]
        kind = e.model.output_kind(self.problem.n_classes)
        output = list(formulas.OUTPUTS).index(formulas.output_rule(kind, e.loss))
        update = list(formulas.UPDATES).index(e.optimizer.kind)
        self._a = a = Arrangement(layout.structure(e), activations, output, update, k)
        self._m = np.zeros(a.length, self._dtype)
        self._n, self._sizes = a.n, a.structure.sizes
        if kind in ("softmax", "logit"):
            self._m[a.padding + self._sizes[-1] : a.padding + 16] = NOTHING
        self._count = 0

    def _arrange(self) -> None:
        """The training points, and what `steps` reads anew for each Experiment."""
        e, train = self.experiment, self.problem.train
        self._X, self._Y = self.prepare(train.X), self._targets(train.t)
        self._measured: _Measured | None = None
        self._seconds_per_epoch = 0.0
        self._ids = np.array(train.ids, dtype=np.int64)
        self._real = np.array([*e.optimizer.numbers(), *layout.penalties(e, len(train.ids))])
        self._keys = np.array(
            [key_of(e.seed.dropout, f"dropout.{i}") for i in range(len(e.model.hidden))], np.uint64
        )
        self._dropouts = np.array(e.model.layer_dropouts(), np.float64)
        self._hold()

    def _hold(self) -> None:
        """Held numbers to their values. What is remembered of them goes with the next step."""
        places = self._a.index(layout.held(self.experiment))
        self._held = np.array(list(places), np.int64)
        self._fixed = np.array(list(places.values()), self._dtype)
        self._m[self._held] = self._fixed

    def _targets(self, t: Floats) -> NDArray[Any]:
        """[n, ld of the last layer]: the number itself, one-hot classes, -1 and +1 for tanh, 0 and 1 for a logit."""
        kind, n_out = self.experiment.model.output_kind(self.problem.n_classes), self._sizes[-1]
        found = np.zeros((len(t), padded(n_out)), self._dtype)
        if kind == "softmax":
            found[np.arange(len(t)), t.astype(np.int64)] = 1.0
        else:
            found[:, 0] = 2.0 * t - 1.0 if kind == "tanh" else t
        return found

    # ---- training ----
    def steps(
        self,
        epoch: int,
        order: NDArray[np.int64],
        offset: int,
        batch_size: int,
        max_steps: int,
        deadline: float,
    ) -> int:
        e, done = self.experiment, 0
        rate = rate_at(e.optimizer, epoch)
        left = min(max_steps, -(-(len(order) - offset) // batch_size))
        while done < left:
            begun = time.perf_counter()
            fits = (deadline - begun) / self._seconds_per_step if self._seconds_per_step else FIRST_CALL
            n = int(min(left - done, max(1.0, fits)))
            self._kernels.steps(
                self._m, *self._tables, self._real, self._held, self._fixed, self._X.ravel(), self._Y.ravel(),
                self._ids, order, offset + done * batch_size, batch_size, n, rate, self._count, epoch, self._keys,
                self._dropouts,
            )  # fmt: skip
            self._count, done = self._count + n, done + n
            now = time.perf_counter()
            self._seconds_per_step = (now - begun) / n
            if now >= deadline:
                break
        return done

    def epochs(self, epoch: int, most: int, deadline: float, measured: bool = True) -> Floats | None:
        """In calls of as many epochs as fit the time; None where one does not, or nobody knows yet."""
        e, n_steps = self.experiment, -(-len(self._ids) // self.experiment.training.batch_size)
        each = self._seconds_per_epoch or 2.0 * self._seconds_per_step * n_steps
        if not each or each > deadline - time.perf_counter():
            self._seconds_per_epoch /= 2.0  # it may have been measured while the machine was busy with something else
            return None
        key, tables, done = np.uint64(key_of(e.seed.batches, "batches")), [], 0
        points = self._points()
        while done < most:
            begun = time.perf_counter()
            n = int(min(most - done, max(1.0, (deadline - begun) / each), MOST_EPOCHS))
            rates = np.array([rate_at(e.optimizer, i) for i in range(epoch + done, epoch + done + n)])
            table = np.full((n, 2 * len(PART_NAMES)), np.nan)
            ended = self._kernels.epochs(
                self._m, *self._tables, self._real, self._held, self._fixed, self._X.ravel(), self._Y.ravel(),
                self._ids, key, e.training.shuffle, e.training.batch_size, epoch + done, rates, self._count,
                self._keys, self._dropouts, points.X.ravel(), points.Y.ravel(), points.labels, points.sizes,
                points.index, table if measured else table[:0],
            )  # fmt: skip
            now = time.perf_counter()
            self._seconds_per_epoch = each = (now - begun) / ended
            self._count, done = self._count + ended * n_steps, done + ended
            tables.append(table[:ended])
            if ended < n or now + each > deadline:
                break
        return self._rows(np.concatenate(tables))

    def _points(self) -> _Measured:
        if self._measured is None:
            parts = [self.problem.parts[name] for name in PART_NAMES]
            t = np.concatenate([part.t for part in parts])
            numbers = not self.problem.n_classes
            self._measured = _Measured(
                self.prepare(np.vstack([part.X for part in parts])), self._targets(t),
                np.zeros(len(t), np.int64) if numbers else t.astype(np.int64),
                np.array([len(part.ids) for part in parts]), np.arange(len(t)),
            )  # fmt: skip
        return self._measured

    def _rows(self, table: Floats) -> Floats:
        """What the kernel measured, as `Executor.epochs` says it: loss, RMS and accuracy of each part."""
        found = np.full((len(table), len(PART_NAMES), 3), np.nan)
        found[:, :, 0] = table[:, ::2]
        if self.problem.n_classes:
            found[:, :, 2] = table[:, 1::2]
        else:
            found[:, :, 1] = np.sqrt(2.0 * table[:, ::2])
        return found.reshape(len(table), -1)

    # ---- values ----
    def prepare(self, X: Floats) -> NDArray[Any]:
        """[n, inputs padded to whole vectors]"""
        inputs = layout.inputs_of(self.experiment, self.problem, X)
        found = np.zeros((len(inputs), padded(inputs.shape[1])), self._dtype)
        found[:, : inputs.shape[1]] = inputs
        return found

    def outputs(self, prepared: NDArray[Any]) -> Floats:
        found = np.empty((len(prepared), self._sizes[-1]), self._dtype)
        self._kernels.outputs(self._m, *self._tables, prepared.ravel(), np.arange(len(prepared)), found)
        return found.astype(np.float64)

    def responses(self, prepared: NDArray[Any]) -> list[Floats]:
        k, n = self._kernels, len(prepared)
        found = [prepared[:, : self._sizes[0]].astype(np.float64), *(np.empty((n, out)) for out in self._sizes[1:])]
        index, sums = np.arange(n), np.empty((CHUNK, self._sizes[-1]), self._dtype)
        for at in range(0, n, CHUNK):
            rows = min(CHUNK, n - at)
            k.outputs(self._m, *self._tables, prepared[at : at + rows].ravel(), index[:rows], sums[:rows])
            for row, values in zip(self._a.layers, found[1:], strict=True):
                begin, ld = int(row[k.VALUES]), int(row[k.LD])
                block = self._m[begin : begin + rows * ld].reshape(rows, ld)
                values[at : at + rows] = block[:, : values.shape[1]]
        return found

    def finite(self) -> bool:
        return bool(np.isfinite(self._m[: self._n]).all())

    def penalty(self) -> float | None:
        return layout.penalty(self.experiment, self.weights())

    @property
    def n_parameters(self) -> int:
        return self._a.structure.n

    # ---- state ----
    @property
    def _tables(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        return self._a.layers, self._a.skips, self._a.info

    def _mine(self, place: int) -> list[NDArray[Any]]:
        return self._a.blocks(place, self._m)

    def update(self, experiment: Experiment, problem: Problem) -> None:
        old = self.experiment
        new_rule = (experiment.model, experiment.loss, experiment.optimizer.kind, problem.n_classes) != (
            old.model, old.loss, old.optimizer.kind, self.problem.n_classes,
        )  # fmt: skip
        anew = new_rule or layout.structure(experiment) != self._a.structure
        saved = self.save() if anew else None
        self.experiment, self.problem = experiment, problem
        if saved is not None:
            self.reset()
            self.restore(saved)
        self._arrange()

    def reset(self) -> None:
        self._set_weights(layout.initial(self.experiment))

    def _set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._shape()
        self._spread(self._a.structure.flat(weights), self._mine(0))
        self._hold()

    def assign(self, values: Iterable[tuple[Link, float]]) -> None:
        for place, value in self._a.index(values).items():
            self._m[place] = value
        self._hold()

    def weights(self) -> Weights:
        found: Weights = {}
        for block, numbers in zip(self._a.structure.blocks, self._mine(0), strict=True):
            found[f"{block.name}.weight"] = numbers[: block.inner].T.copy()
            if block.bias:
                found[f"{block.name}.bias"] = numbers[-1].copy()
        return layout.named(self.experiment, found)

    def optimizer_state(self) -> Weights:
        """In the order of `Structure.flat`: for each block [units, inputs + 1] with the biases last."""
        state: Weights = {"count": np.array([self._count], dtype=np.int64)}
        for name in formulas.SLOTS[self.experiment.optimizer.kind]:
            state[name] = np.concatenate([block.T.ravel() for block in self._mine(PLACE[name])])
        return state

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        self._set_weights(layout.fitting(self.experiment, weights))
        for name in formulas.SLOTS[self.experiment.optimizer.kind]:
            if name not in optimizer_state:
                continue
            values = np.asarray(optimizer_state[name])
            if values.shape != (self.n_parameters,):
                raise SpecError(
                    f"The optimizer's {name} must be {self.n_parameters} numbers, not {values.shape}."
                )
            self._spread(values, self._mine(PLACE[name]))
        self._count = int(np.ravel(optimizer_state.get("count", [0]))[0])
        self._hold()

    def save(self) -> _Saved:
        return _Saved(self._a, self._m[: 4 * self._n].copy(), self._count)

    def adopt(self, state: State) -> _Saved:
        theirs = Arrangement(state.structure, [0] * len(state.structure.layers), 0, 0, self._kernels)
        numbers = np.zeros(4 * theirs.n, self._dtype)
        for place, values in ((0, state.params), *((PLACE[name], slot) for name, slot in state.slots.items())):
            self._spread(values, theirs.blocks(place, numbers))
        return _Saved(theirs, numbers, state.count)

    @staticmethod
    def _spread(values: NDArray[Any], blocks: list[NDArray[Any]]) -> None:
        """From the order of `Structure.flat` into blocks [inputs + 1, units]."""
        at = 0
        for block in blocks:
            block[:] = values[at : at + block.size].reshape(block.shape[::-1]).T
            at += block.size

    def restore(self, saved: _Saved) -> None:
        if saved.arrangement.structure == self._a.structure:
            self._m[: 4 * self._n] = saved.numbers
        else:
            self.reset()
            kept = self._a.structure.kept(saved.arrangement.structure)
            for place in (0, 2, 3):
                to, source = self._mine(place), saved.arrangement.blocks(place, saved.numbers)
                for i, j in kept.items():
                    to[i][:] = source[j]
        self._count = saved.count
        self._hold()
