"""Dense networks in PyTorch, on any device: the reference for all other ways to train them.

The numbers of a network and the calls of one step are those of `torch_network.py`. On an NVIDIA GPU these calls are
recorded once for each size of a mini-batch and from then on launched together (`graphs.py`). Tested against autograd,
and against `torch.optim`, which is not imported (it takes a second more).
"""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors import graphs, layout
from playground.engine.executors.base import Executor, Floats, State, Weights
from playground.engine.executors.torch_formulas import Tensor
from playground.engine.executors.torch_network import Network, Pass
from playground.engine.experiment import Experiment
from playground.engine.formulas import UPDATES, output_rule
from playground.engine.links import Link
from playground.engine.optimizers import rate_at
from playground.engine.problem import Problem
from playground.engine.schema import SpecError
from playground.engine.structure import Structure


def find_device(wanted: str, preferred: str = "", precision: str = "float32") -> tuple[str, str]:
    """(device, why) for training.device. Raises SpecError for one that is not there, or that lacks 64 bits."""
    torch = torch_loading.load()
    there = ["cpu"]
    if torch.cuda.is_available():
        there.insert(0, "cuda")
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if precision == "float64" and "mps" in there:
        if wanted == "mps":
            raise SpecError("training.precision must be float32 on the Apple GPU, not float64.", "training.precision")
        there.remove("mps")
    if wanted == "auto":
        if preferred in there:
            return preferred, f"The run was begun on {preferred}."
        return there[0], "No GPU is present." if there[0] == "cpu" else "A GPU is present."
    if wanted not in there:
        allowed = ", ".join(["auto", *reversed(there)])
        raise SpecError(f"training.device {wanted} is not there on this machine; allowed here: {allowed}.",
                        "training.device")  # fmt: skip
    return wanted, f"The device {wanted} was chosen."


@dataclass(frozen=True, eq=False)
class _Saved:
    """Copies of the flat vectors, with the shape they belong to."""

    structure: Structure
    params: Tensor
    slots: dict[str, Tensor]
    count: int


class TorchExecutor(Executor):
    name = "torch"

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self._torch = torch_loading.load()
        self._dtype = getattr(self._torch, layout.precision(experiment))
        self._on = self._torch.device(device)
        self._recorder, self._flight = graphs.recorder_for(self._on), graphs.flight_for(self._on)
        self._net: Network | None = None
        with self._torch.inference_mode():
            self._shape()
            self._take_points()
        self.reset()

    # ---- shape and data ----
    @property
    def net(self) -> Network:
        assert self._net is not None
        return self._net

    def _shape(self) -> None:
        """Tensors for the shape that the Experiment asks for; all zero. They stay where they are while it stays."""
        structure, kind = layout.structure(self.experiment), self.experiment.optimizer.kind
        if self._net is None or (structure, kind) != (self._net.structure, self._net.kind):
            self._net = Network(structure, kind, self._dtype, self._on)
            self._forget_calls()
        self._net.clear()
        self._count = 0
        self._k_now: tuple[float, ...] = (math.nan,) * 7

    def _forget_calls(self) -> None:
        self._steps: dict[int, tuple[Pass, graphs.Recorded]] = {}
        self._order: NDArray[np.int64] | None = None
        self._epoch = 0

    def _take_points(self) -> None:
        """The training points on the device: inputs with a row of ones, and targets."""
        self._X, self._Y = self.prepare(self.problem.train.X), self.targets(self.problem.train.t)
        self._order = None

    def _arrange(self, epoch: int, order: NDArray[np.int64]) -> None:
        """`_now`: inputs, targets and what dropout keeps of the hidden layers, in the order of the epoch."""
        if order is self._order and epoch == self._epoch:
            return
        self._order, self._epoch = order, epoch
        index = self._torch.from_numpy(order).to(self._on)
        self._now = [self._X.index_select(1, index), self._Y.index_select(1, index)]
        e, shares = self.experiment, self.experiment.model.layer_dropouts()
        if any(shares):
            kept = e.model.kept(e.seed.dropout, self.problem.train.ids[order], epoch)
            factors = [units / (1.0 - share) for units, share in zip(kept, shares, strict=True) if share]
            self._now += [self._torch.tensor(factor, dtype=self._dtype, device=self._on) for factor in factors]

    def prepare(self, X: Floats) -> Tensor:
        """[inputs + 1, n] with a last row of ones."""
        columns = layout.inputs_of(self.experiment, self.problem, X)
        rows = np.vstack([columns.T, np.ones(len(columns))])
        return self._torch.tensor(rows, dtype=self._dtype, device=self._on)

    def targets(self, t: Floats) -> Tensor:
        """[outputs, n]: the number itself, one-hot classes, -1 and +1 for tanh, 0 and 1 for a logit."""
        kind = self.experiment.model.output_kind(self.problem.n_classes)
        if kind == "softmax":
            rows = (np.arange(self.problem.n_classes)[:, None] == t).astype(np.float64)
        else:
            rows = (2.0 * t - 1.0 if kind == "tanh" else t)[None]
        return self._torch.tensor(rows, dtype=self._dtype, device=self._on)

    # ---- one update ----
    def _step_for(self, size: int) -> tuple[Pass, graphs.Recorded]:
        """Where a mini-batch of this size goes, and all calls of the step on it."""
        e, net = self.experiment, self.net
        found = self._steps.get(size)
        if found is None:
            rule = output_rule(e.model.output_kind(self.problem.n_classes), e.loss)
            dropped = [share > 0.0 for share in e.model.layer_dropouts()]
            gradient = Pass(net, e.model.layer_activations(), rule, size, dropped)
            factors = layout.penalties(e, len(self.problem.train.ids))
            penalties = net.penalties(*factors) if any(factors) else []
            calls = [*gradient.calls, *penalties, *net.update(), *net.hold(layout.held(e))]
            found = self._steps[size] = gradient, graphs.Recorded(calls, self._recorder)
        return found

    def _set_constants(self, rate: float) -> None:
        """Those of the next step; biases do not decay. Only what changes is written."""
        o = self.experiment.optimizer
        self._count += 1
        now = UPDATES[o.kind][1](rate, *o.numbers(), self._count)
        for k, old, new in zip(self.net.k, self._k_now, now, strict=True):
            if new == old:
                continue
            if k.dim():
                self._torch.add(1.0, self.net.mask, alpha=new - 1.0, out=k)
            else:
                k.fill_(new)
        self._k_now = now

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        n, done, clock, rate = len(order), 0, time.perf_counter, rate_at(self.experiment.optimizer, epoch)
        flight = self._flight
        with self._torch.inference_mode():
            self._arrange(epoch, order)
            while offset < n and done < max_steps:
                size = min(batch_size, n - offset)
                gradient, step = self._step_for(size)
                gradient.take(self._now, offset)
                self._set_constants(rate)
                step()
                if step.failure:
                    self._go_on_eagerly(step)
                if flight is not None:
                    flight.step()
                offset, done = offset + size, done + 1
                if clock() >= deadline:
                    break
        return done

    def _go_on_eagerly(self, step: graphs.Recorded) -> None:
        """Nothing more is recorded; the status bar says so, once."""
        if self._recorder is not None:
            self._recorder = None
            self.why = f"{self.why} Its steps cannot be recorded ({step.failure}): they are slower.".strip()

    # ---- values ----
    def _forward(self, x: Tensor) -> list[Tensor]:
        return self.net.forward(x, self.experiment.model.layer_activations())

    def outputs(self, prepared: Tensor) -> Floats:
        with self._torch.inference_mode():
            return self._numpy(self._forward(prepared)[-1]).T

    def responses(self, prepared: Tensor) -> list[Floats]:
        with self._torch.inference_mode():
            return [self._numpy(values).T for values in self._forward(prepared)]

    def _numpy(self, tensor: Tensor) -> Floats:
        return tensor.cpu().numpy().astype(np.float64)

    def finite(self) -> bool:
        return bool(self._torch.isfinite(self.net.params).all())

    def penalty(self) -> float | None:
        return layout.penalty(self.experiment, self.weights())

    @property
    def n_parameters(self) -> int:
        return self.net.n

    # ---- state ----
    def update(self, experiment: Experiment, problem: Problem) -> None:
        old = self.experiment
        new_data = problem is not self.problem or experiment.features != old.features
        new_shape = layout.structure(experiment) != self.net.structure
        saved = self.save() if new_shape or experiment.optimizer.kind != old.optimizer.kind else None
        self.experiment, self.problem = experiment, problem
        if saved is not None:
            self.reset()
            self.restore(saved)
        self._forget_calls()
        self._hold()
        if new_data:
            with self._torch.inference_mode():
                self._take_points()

    def reset(self) -> None:
        self._set_weights(layout.initial(self.experiment))

    def _set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        with self._torch.inference_mode():
            self._shape()
            self.net.fill(self.net.structure.flat(weights))
        self._hold()

    def _hold(self) -> None:
        with self._torch.inference_mode():
            for place, value in self.net.index(layout.held(self.experiment)).items():
                self.net.params[place] = value

    def assign(self, values: Iterable[tuple[Link, float]]) -> None:
        with self._torch.inference_mode():
            for i, value in self.net.index(values).items():
                self.net.params[i] = value
        self._hold()

    def weights(self) -> Weights:
        return layout.named(self.experiment, self.net.weights())

    def optimizer_state(self) -> Weights:
        state: Weights = {name: slot.cpu().numpy().copy() for name, slot in self.net.slots.items()}
        return {"count": np.array([self._count], dtype=np.int64), **state}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        self._set_weights(layout.fitting(self.experiment, weights))
        with self._torch.inference_mode():
            for name, slot in self.net.slots.items():
                if name in optimizer_state:
                    values = np.asarray(optimizer_state[name])
                    if values.shape != tuple(slot.shape):
                        raise SpecError(f"The optimizer's {name} must be {len(slot)} numbers, not {values.shape}.")
                    slot.copy_(self._torch.from_numpy(np.ascontiguousarray(values)).to(self._dtype))
        self._hold()
        self._count = int(np.ravel(optimizer_state.get("count", [0]))[0])

    def save(self) -> _Saved:
        with self._torch.inference_mode():
            slots = {name: slot.clone() for name, slot in self.net.slots.items()}
            return _Saved(self.net.structure, self.net.params.clone(), slots, self._count)

    def plain(self, saved: _Saved) -> State:
        slots = {name: slot.cpu().numpy() for name, slot in saved.slots.items()}
        return State(saved.structure, saved.params.cpu().numpy(), slots, saved.count)

    def adopt(self, state: State) -> _Saved:
        def moved(numbers: NDArray[Any]) -> Tensor:
            return self._torch.tensor(numbers, dtype=self._dtype, device=self._on)

        slots = {name: moved(values) for name, values in state.slots.items()}
        return _Saved(state.structure, moved(state.params), slots, state.count)

    def restore(self, saved: _Saved) -> None:
        if saved.structure != self.net.structure:
            self.reset()
        net = self.net
        with self._torch.inference_mode():
            slots = [(slot, saved.slots[name]) for name, slot in net.slots.items() if name in saved.slots]
            pairs = [(net.params, saved.params), *slots]
            kept = net.structure.kept(saved.structure)
            for mine, theirs in pairs:
                if saved.structure == net.structure:
                    mine.copy_(theirs)
                    continue
                to, source = net.views(mine, net.structure), net.views(theirs, saved.structure)
                for i, j in kept.items():
                    to[i].copy_(source[j])
        self._hold()
        self._count = saved.count
