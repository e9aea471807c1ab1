"""Dense networks in PyTorch, on any device: the reference for all other ways to train them.

The weights of all layers, their gradients and what the optimiser remembers are three flat vectors; layers
are views of them. Each layer is one matrix [out, in + 1] whose last column is the bias, and activations are
[units + 1, samples] with a last row of ones, so that bias and weights are one product. The backward pass is
written out with buffers that are used again: four times faster than autograd on small networks, against
which it is tested. `torch.optim` is not imported (it takes a second more); the update rules are tested
against it.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors import layout, torch_formulas
from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.executors.torch_formulas import Call, Tensor
from playground.engine.experiment import Experiment
from playground.engine.formulas import UPDATES, output_rule
from playground.engine.models.mlp import layers_kept
from playground.engine.optimizers import rate_at
from playground.engine.problem import Problem
from playground.engine.schema import SpecError


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
    return wanted, f"Chosen: training.device={wanted}."


@dataclass(frozen=True, eq=False)
class _Saved:
    """Copies of the flat vectors, with the shape they belong to."""

    shapes: list[tuple[int, int]]
    params: Tensor
    slots: dict[str, Tensor]
    count: int


class _Pass:
    """Forward and backward over a mini-batch of a given size, as calls on tensors that are made once.

    Writes the gradient of the mean loss into `grads`, views like `layers`: [out, in + 1] of each layer.
    """

    def __init__(
        self, torch: Any, layers: list[Tensor], grads: list[Tensor], activations: tuple[str, ...], rule: str,
        size: int, dropout: bool,
    ) -> None:  # fmt: skip
        def new(*shape: int) -> Tensor:
            return torch.empty(shape, dtype=layers[0].dtype, device=layers[0].device)

        widths = [len(layer) for layer in layers]
        self._x, self._y = new(layers[0].shape[1], size), new(widths[-1], size)
        self._kept = [new(width, size) for width in widths[:-1]] if dropout else []
        """What each unit is multiplied by for each point."""
        inner = [self._x]
        slopes = []
        self._calls: list[Call] = []
        for i, name in enumerate(activations):
            z, slope, h = new(widths[i], size), new(widths[i], size), new(widths[i] + 1, size).fill_(1.0)
            self._calls.append(partial(torch.mm, layers[i], inner[-1], out=z))
            self._calls += torch_formulas.activation(name).on([z], [h[:-1], slope])
            for kept in self._kept[i : i + 1]:
                self._calls += [partial(h[:-1].mul_, kept), partial(slope.mul_, kept)]
            inner.append(h)
            slopes.append(slope)
        z, delta = new(widths[-1], size), new(widths[-1], size)
        self._calls.append(partial(torch.mm, layers[-1], inner[-1], out=z))
        self._calls += torch_formulas.delta(rule).on([z, self._y], [delta])
        for i in reversed(range(len(layers))):
            grad = grads[i]
            self._calls.append(partial(torch.addmm, grad, delta, inner[i].t(), beta=0, alpha=1 / size, out=grad))
            if i:
                below = new(widths[i - 1], size)
                self._calls.append(partial(torch.mm, layers[i][:, :-1].t(), delta, out=below))
                self._calls.append(partial(below.mul_, slopes[i - 1]))
                delta = below

    def take(self, arranged: list[Tensor], offset: int) -> None:
        """The gradient of the points from `offset` on; `arranged` are X, Y and what dropout keeps."""
        for mine, whole in zip((self._x, self._y, *self._kept), arranged, strict=True):
            mine.copy_(whole.narrow(1, offset, mine.shape[1]))
        for call in self._calls:
            call()


class TorchExecutor(Executor):
    name = "torch"

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self._torch = torch_loading.load()
        self._dtype = getattr(self._torch, layout.precision(experiment))
        self._new = partial(self._torch.empty, dtype=self._dtype, device=device)
        self._shapes: list[tuple[int, int]] = []
        with self._torch.inference_mode():
            self._shape()
            self._take_points()
        self.reset()

    # ---- shape and data ----
    def _views(self, flat: Tensor, shapes: list[tuple[int, int]]) -> list[Tensor]:
        """[out, in + 1] of each layer, views of a flat vector; the last column is the bias."""
        sizes = [out * (inner + 1) for out, inner in shapes]
        pieces = self._torch.split(flat, sizes)
        return [piece.view(out, inner + 1) for piece, (out, inner) in zip(pieces, shapes, strict=True)]

    def _shape(self) -> None:
        """Vectors and views for the shape that the Experiment asks for; all zero."""
        self._shapes = layout.shapes(self.experiment)
        n = sum(out * (inner + 1) for out, inner in self._shapes)
        self._params, self._grad, self._mask = (self._new(n).zero_() for _ in range(3))
        kind = self.experiment.optimizer.kind
        self._slots = {name: self._new(n).zero_() for name in torch_formulas.SLOTS[kind]}
        self._count = 0
        decays = UPDATES[kind][1](1.0, 0.5, 0.5, 1.0, 1.0)[6] != 1.0
        self._k = [self._torch.zeros((), dtype=self._dtype) for _ in range(6)]
        self._k.append(self._new(n) if decays else self._torch.zeros((), dtype=self._dtype))
        self._k_now: tuple[float, ...] = (math.nan,) * 7
        self._layers = self._views(self._params, self._shapes)
        self._grads = self._views(self._grad, self._shapes)
        for view in self._views(self._mask, self._shapes):
            view[:, :-1] = 1.0
        self._forget_calls()

    def _forget_calls(self) -> None:
        self._passes: dict[tuple[int, bool], _Pass] = {}
        self._after: list[Call] | None = None
        self._order: NDArray[np.int64] | None = None
        self._epoch = 0

    def _take_points(self) -> None:
        """The training points on the device: inputs with a row of ones, and targets."""
        self._X, self._Y = self._inputs(self.problem.train.X), self._targets(self.problem.train.t)
        self._order = None

    def _arrange(self, epoch: int, order: NDArray[np.int64]) -> None:
        """`_now`: inputs, targets and what dropout keeps of each hidden layer, in the order of the epoch."""
        if order is self._order and epoch == self._epoch:
            return
        self._order, self._epoch = order, epoch
        index = self._torch.from_numpy(order).to(self.device)
        self._now = [self._X.index_select(1, index), self._Y.index_select(1, index)]
        e = self.experiment
        if e.model.dropout:
            for kept in e.model.kept(e.seed.dropout, self.problem.train.ids[order], epoch):
                self._now.append(self._torch.tensor(kept / (1.0 - e.model.dropout), dtype=self._dtype,
                                                    device=self.device))  # fmt: skip

    def _inputs(self, X: Floats) -> Tensor:
        """[inputs + 1, n] with a last row of ones."""
        columns = layout.inputs_of(self.experiment, self.problem, X)
        rows = np.vstack([columns.T, np.ones(len(columns))])
        return self._torch.tensor(rows, dtype=self._dtype, device=self.device)

    def _targets(self, t: Floats) -> Tensor:
        """[outputs, n]: the number itself, one-hot classes, -1 and +1 for tanh, 0 and 1 for a logit."""
        kind = self.experiment.model.output_kind(self.problem.n_classes)
        if kind == "softmax":
            rows = (np.arange(self.problem.n_classes)[:, None] == t).astype(np.float64)
        else:
            rows = (2.0 * t - 1.0 if kind == "tanh" else t)[None]
        return self._torch.tensor(rows, dtype=self._dtype, device=self.device)

    # ---- one update ----
    def _pass_for(self, size: int) -> _Pass:
        kept = self.experiment.model.dropout > 0.0
        found = self._passes.get((size, kept))
        if found is None:
            if len(self._passes) >= 4:  # the full size, the short last one, and one of each from before a change
                self._passes.clear()
            rule = output_rule(self.experiment.model.output_kind(self.problem.n_classes), self.experiment.loss)
            model = self._layers, self._grads, self.experiment.model.layer_activations(), rule
            found = self._passes[size, kept] = _Pass(self._torch, *model, size, kept)
        return found

    def _penalties(self) -> list[Call]:
        """What adds the derivatives of the penalties, to the gradient."""
        l1, l2, of_biases = layout.penalties(self.experiment, len(self.problem.train.ids))
        if not (l1 or l2):
            return []
        p, g, mask = self._params, self._grad, self._mask
        return torch_formulas.penalised().on([p, g, l1 * mask, l2 * mask + of_biases * (1.0 - mask)], [g])

    def _rule(self) -> list[Call]:
        """What carries out one step of the optimiser on the flat vectors with the constants in `_k`."""
        first, second = (self._slots.get(name) for name in ("first_moment", "second_moment"))
        results = [self._params, first, second]
        formula = torch_formulas.update(self.experiment.optimizer.kind)
        return formula.on([self._params, self._grad, first, second, *self._k], results)

    def _set_constants(self, rate: float) -> None:
        """Those of the next step; biases do not decay. Only what changes is written."""
        o = self.experiment.optimizer
        self._count += 1
        now = UPDATES[o.kind][1](rate, *o.numbers(), self._count)
        for k, old, new in zip(self._k, self._k_now, now, strict=True):
            if new == old:
                continue
            if k.dim():
                self._torch.add(1.0, self._mask, alpha=new - 1.0, out=k)
            else:
                k.fill_(new)
        self._k_now = now

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        n, done, clock, rate = len(order), 0, time.perf_counter, rate_at(self.experiment.optimizer, epoch)
        with self._torch.inference_mode():
            self._arrange(epoch, order)
            if self._after is None:
                self._after = [*self._penalties(), *self._rule()]
            while offset < n and done < max_steps:
                size = min(batch_size, n - offset)
                self._pass_for(size).take(self._now, offset)
                self._set_constants(rate)
                for call in self._after:
                    call()
                offset, done = offset + size, done + 1
                if clock() >= deadline:
                    break
        return done

    # ---- values ----
    def prepare(self, X: Floats) -> Tensor:
        return self._inputs(X)

    def _forward(self, x: Tensor) -> list[Tensor]:
        """Inputs, activations of the hidden layers, and the last sums, each [units, n]."""
        found, h = [x[:-1]], x
        for layer, name in zip(self._layers, self.experiment.model.layer_activations(), strict=False):
            z, h = layer @ h, self._new(len(layer) + 1, x.shape[1]).fill_(1.0)
            for call in torch_formulas.activation(name).on([z], [h[:-1], None]):
                call()
            found.append(h[:-1])
        return [*found, self._layers[-1] @ h]

    def outputs(self, prepared: Tensor) -> Floats:
        with self._torch.inference_mode():
            return self._numpy(self._forward(prepared)[-1]).T

    def responses(self, prepared: Tensor) -> list[Floats]:
        with self._torch.inference_mode():
            return [self._numpy(values).T for values in self._forward(prepared)]

    def _numpy(self, tensor: Tensor) -> Floats:
        return tensor.cpu().numpy().astype(np.float64)

    def finite(self) -> bool:
        return bool(self._torch.isfinite(self._params).all())

    def penalty(self) -> float | None:
        return layout.penalty(self.experiment, self.weights())

    @property
    def n_parameters(self) -> int:
        return int(self._params.shape[0])

    # ---- state ----
    def update(self, experiment: Experiment, problem: Problem) -> None:
        old = self.experiment
        new_data = problem is not self.problem or experiment.features != old.features
        new_shape = layout.shapes(experiment) != self._shapes
        saved = self.save() if new_shape or experiment.optimizer.kind != old.optimizer.kind else None
        self.experiment, self.problem = experiment, problem
        if saved is not None:
            self.reset()
            self.restore(saved)
        self._forget_calls()
        if new_data:
            with self._torch.inference_mode():
                self._take_points()

    def reset(self) -> None:
        self._set_weights(self._initial())

    def _initial(self) -> Weights:
        shapes, model = layout.shapes(self.experiment), self.experiment.model
        return model.initial_weights(shapes[0][1], shapes[-1][0], self.experiment.seed.init)

    def _set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        with self._torch.inference_mode():
            self._shape()
            for i, layer in enumerate(self._layers):
                stacked = np.column_stack([weights[f"{i}.weight"], weights[f"{i}.bias"]])
                layer.copy_(self._torch.from_numpy(stacked).to(self._dtype))

    def weights(self) -> Weights:
        found: Weights = {}
        for i, layer in enumerate(self._layers):
            values = layer.cpu().numpy()
            found[f"{i}.weight"], found[f"{i}.bias"] = values[:, :-1].copy(), values[:, -1].copy()
        return layout.named(self.experiment, found)

    def optimizer_state(self) -> Weights:
        state: Weights = {name: slot.cpu().numpy().copy() for name, slot in self._slots.items()}
        return {"count": np.array([self._count], dtype=np.int64), **state}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        weights = layout.layered(self.experiment, weights)
        shapes = {name: array.shape for name, array in self._initial().items()}
        for name, shape in shapes.items():
            if name not in weights or np.shape(weights[name]) != shape:
                found = np.shape(weights[name]) if name in weights else "nothing"
                raise SpecError(f"The weights {name} must have the shape {shape} of this network, not {found}.")
        self._set_weights(weights)
        with self._torch.inference_mode():
            for name, slot in self._slots.items():
                if name in optimizer_state:
                    values = np.asarray(optimizer_state[name])
                    if values.shape != tuple(slot.shape):
                        raise SpecError(f"The optimizer's {name} must be {len(slot)} numbers, not {values.shape}.")
                    slot.copy_(self._torch.from_numpy(np.ascontiguousarray(values)).to(self._dtype))
        self._count = int(np.ravel(optimizer_state.get("count", [0]))[0])

    def save(self) -> _Saved:
        with self._torch.inference_mode():
            slots = {name: slot.clone() for name, slot in self._slots.items()}
            return _Saved(self._shapes, self._params.clone(), slots, self._count)

    def restore(self, saved: _Saved) -> None:
        with self._torch.inference_mode():
            slots = [(slot, saved.slots[name]) for name, slot in self._slots.items() if name in saved.slots]
            pairs = [(self._params, saved.params), *slots]
            kept = layers_kept(saved.shapes, self._shapes)
            for mine, theirs in pairs:
                if saved.shapes == self._shapes:
                    mine.copy_(theirs)
                    continue
                to, source = self._views(mine, self._shapes), self._views(theirs, saved.shapes)
                for i, j in kept.items():
                    to[i].copy_(source[j])
        self._count = saved.count

