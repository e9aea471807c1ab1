"""Dense networks in PyTorch, on any device: the reference for all other ways to train them.

The weights of all layers, their gradients and what the optimiser remembers are three flat vectors; layers
are views of them. Each layer is one matrix [out, in + 1] whose last column is the bias, and activations are
[units + 1, samples] with a last row of ones, so that bias and weights are one product. The backward pass is
written out with buffers that are used again: four times faster than autograd on small networks, against
which it is tested. `torch.optim` is not imported (it takes a second more); the three update rules here are
tested against it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.experiment import Experiment
from playground.engine.features import expand
from playground.engine.models.mlp import layers_kept
from playground.engine.problem import Problem
from playground.engine.schema import SpecError

Tensor = Any
LEAK = 0.01
"""Slope of the leaky ReLU below zero."""
ADAM_EPSILON = 1e-8


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
    slots: list[Tensor]
    count: int


class _Buffers:
    """What one pass over a mini-batch of a given size writes to, made once."""

    def __init__(self, new: Callable[..., Tensor], shapes: list[tuple[int, int]], size: int) -> None:
        self.inner = [new(out + 1, size).fill_(1.0) for out, _ in shapes[:-1]]
        """Activations of the hidden layers with their row of ones."""
        self.active = [h[:-1] for h in self.inner]
        self.transposed = [h.t() for h in self.inner]
        self.out = new(shapes[-1][0], size)
        self.deltas = [new(out, size) for out, _ in shapes]
        self.spare = new(shapes[-1][0], size)


class TorchExecutor(Executor):
    name = "torch"

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self._torch = torch_loading.load()
        self._dtype = getattr(self._torch, experiment.training.precision)
        self._new = partial(self._torch.empty, dtype=self._dtype, device=device)
        self._ops = self._torch.ops.aten
        self._shapes: list[tuple[int, int]] = []
        with self._torch.inference_mode():
            self._shape()
            self._arrange()
        self.reset()

    # ---- shape and data ----
    def _layout(self, experiment: Experiment, problem: Problem) -> list[tuple[int, int]]:
        n_inputs = problem.n_inputs if problem.n_inputs == 1 else len(experiment.features)
        return experiment.model.shapes(n_inputs, experiment.model.n_outputs(problem.n_classes))

    def _views(self, flat: Tensor, shapes: list[tuple[int, int]]) -> list[Tensor]:
        """[out, in + 1] of each layer, views of a flat vector; the last column is the bias."""
        sizes = [out * (inner + 1) for out, inner in shapes]
        pieces = self._torch.split(flat, sizes)
        return [piece.view(out, inner + 1) for piece, (out, inner) in zip(pieces, shapes, strict=True)]

    def _shape(self) -> None:
        """Vectors and views for the shape that the Experiment asks for; all zero."""
        self._shapes = self._layout(self.experiment, self.problem)
        n = sum(out * (inner + 1) for out, inner in self._shapes)
        self._params, self._grad, self._mask, self._scratch = (self._new(n).zero_() for _ in range(4))
        self._slots = [self._new(n).zero_() for _ in range(_N_SLOTS[self.experiment.optimizer.kind])]
        self._count = 0
        self._layers = self._views(self._params, self._shapes)
        self._linear = [layer[:, :-1].t() for layer in self._layers]
        self._grads = self._views(self._grad, self._shapes)
        for view in self._views(self._mask, self._shapes):
            view[:, :-1] = 1.0
        self._buffers: dict[int, _Buffers] = {}
        self._forward_activation, self._backward_activation = self._activation()
        self._output = self._output_rule()

    def _arrange(self) -> None:
        """The training points on the device: inputs with a row of ones, targets, and their shuffled copies."""
        train = self.problem.train
        self._X, self._Y = self._inputs(train.X), self._targets(train.t)
        self._X_now, self._Y_now = self._X, self._Y
        self._order: NDArray[np.int64] | None = None

    def _inputs(self, X: Floats) -> Tensor:
        """[inputs + 1, n] with a last row of ones."""
        columns = expand(X, self.experiment.features)
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

    # ---- the functions of a layer and of the output ----
    def _activation(self) -> tuple[Callable[[Tensor], Any], Callable[[Tensor, Tensor], Any]]:
        """f(sums), in place, and g(delta, f): delta times the derivative, in place, from the value of f."""
        ops = self._ops
        return {
            "tanh": (self._torch.tanh_, lambda d, a: ops.tanh_backward.grad_input(d, a, grad_input=d)),
            "sigmoid": (self._torch.sigmoid_, lambda d, a: ops.sigmoid_backward.grad_input(d, a, grad_input=d)),
            "relu": (self._torch.relu_, lambda d, a: ops.threshold_backward.grad_input(d, a, 0, grad_input=d)),
            "leaky_relu": (
                lambda a: ops.leaky_relu_(a, LEAK),
                lambda d, a: ops.leaky_relu_backward.grad_input(d, a, LEAK, True, grad_input=d),
            ),
            "linear": (lambda a: a, lambda d, a: d),
        }[self.experiment.model.activation]

    def _output_rule(self) -> Callable[[Tensor, Tensor, Tensor, Tensor], Any]:
        """f(z, y, delta, spare): delta = the derivative of one point's loss by the last sums z, target y."""
        torch = self._torch
        kind = self.experiment.model.output_kind(self.problem.n_classes)

        def identity(z: Tensor, y: Tensor, delta: Tensor, spare: Tensor) -> None:
            torch.sub(z, y, out=delta)

        def logit(z: Tensor, y: Tensor, delta: Tensor, spare: Tensor) -> None:
            torch.sigmoid(z, out=delta).sub_(y)

        def softmax(z: Tensor, y: Tensor, delta: Tensor, spare: Tensor) -> None:
            torch.softmax(z, 0, out=delta).sub_(y)

        def tanh(z: Tensor, y: Tensor, delta: Tensor, spare: Tensor) -> None:
            torch.tanh(z, out=spare)
            torch.sub(spare, y, out=delta)
            self._ops.tanh_backward.grad_input(delta, spare, grad_input=delta)

        def softmax_squared(z: Tensor, y: Tensor, delta: Tensor, spare: Tensor) -> None:
            torch.softmax(z, 0, out=spare)  # p; the derivative is p (g - sum p g) with g = p - y
            torch.sub(spare, y, out=delta)
            delta.sub_((spare * delta).sum(0, keepdim=True)).mul_(spare)

        if kind == "softmax" and self.experiment.loss == "squared_error":
            return softmax_squared
        return {"identity": identity, "logit": logit, "softmax": softmax, "tanh": tanh}[kind]

    # ---- one update ----
    def _gradient(self, x: Tensor, y: Tensor, buffers: _Buffers) -> None:
        """Gradient of the mean loss of a mini-batch into `_grad`. x [inputs + 1, B], y [outputs, B]."""
        mm, last = self._torch.mm, len(self._layers) - 1
        h = x
        for i in range(last):
            self._forward_activation(mm(self._layers[i], h, out=buffers.active[i]))
            h = buffers.inner[i]
        mm(self._layers[last], h, out=buffers.out)
        delta = buffers.deltas[last]
        self._output(buffers.out, y, delta, buffers.spare)
        share = 1.0 / x.shape[1]
        for i in range(last, -1, -1):
            h = buffers.transposed[i - 1] if i else x.t()
            self._torch.addmm(self._grads[i], delta, h, beta=0, alpha=share, out=self._grads[i])
            if i:
                below = mm(self._linear[i], delta, out=buffers.deltas[i - 1])
                delta = self._backward_activation(below, buffers.active[i - 1])

    def _penalise(self) -> None:
        """Derivatives of l2/2 ||W||^2 + l1 ||W||_1 over the weights without the biases."""
        training = self.experiment.training
        if training.l2:
            self._grad.addcmul_(self._params, self._mask, value=training.l2)
        if training.l1:
            self._torch.sign(self._params, out=self._scratch)
            self._grad.addcmul_(self._scratch, self._mask, value=training.l1)

    def _update(self) -> None:
        """One step of the optimiser on the flat vectors; formulas in `optimizers.py`."""
        o, p, g = self.experiment.optimizer, self._params, self._grad
        self._count += 1
        if o.kind == "sgd":
            p.add_(g, alpha=-o.learning_rate)
        elif o.kind == "momentum":
            p.add_(self._slots[0].mul_(o.momentum).add_(g), alpha=-o.learning_rate)
        else:
            first, second = self._slots
            first.lerp_(g, 1.0 - o.beta1)
            second.mul_(o.beta2).addcmul_(g, g, value=1.0 - o.beta2)
            root = self._torch.sqrt(second, out=self._scratch)
            root.div_((1.0 - o.beta2**self._count) ** 0.5).add_(ADAM_EPSILON)
            p.addcdiv_(first, root, value=-o.learning_rate / (1.0 - o.beta1**self._count))

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        n, done, clock = len(order), 0, time.perf_counter
        with self._torch.inference_mode():
            if order is not self._order:
                index = self._torch.from_numpy(order).to(self.device)
                self._X_now, self._Y_now = self._X.index_select(1, index), self._Y.index_select(1, index)
                self._order = order
            while offset < n and done < max_steps:
                size = min(batch_size, n - offset)
                self._gradient(
                    self._X_now.narrow(1, offset, size), self._Y_now.narrow(1, offset, size), self._buffers_for(size)
                )
                self._penalise()
                self._update()
                offset, done = offset + size, done + 1
                if clock() >= deadline:
                    break
        return done

    def _buffers_for(self, size: int) -> _Buffers:
        found = self._buffers.get(size)
        if found is None:
            if len(self._buffers) >= 4:  # the full size, the short last one, and one of each from before a change
                self._buffers.clear()
            found = self._buffers[size] = _Buffers(self._new, self._shapes, size)
        return found

    # ---- values ----
    def prepare(self, X: Floats) -> Tensor:
        return self._inputs(X)

    def _forward(self, x: Tensor) -> list[Tensor]:
        """Inputs, activations of the hidden layers, and the last sums, each [units, n]."""
        found, h = [x[:-1]], x
        for i, layer in enumerate(self._layers[:-1]):
            inner = self._new(self._shapes[i][0] + 1, x.shape[1])
            inner[-1] = 1.0
            self._torch.mm(layer, h, out=inner[:-1])
            self._forward_activation(inner[:-1])
            found.append(inner[:-1])
            h = inner
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
        training = self.experiment.training
        if not (training.l1 or training.l2):
            return None
        w = self._numpy(self._params) * self._numpy(self._mask)
        return float(0.5 * training.l2 * np.square(w).sum() + training.l1 * np.abs(w).sum())

    @property
    def n_parameters(self) -> int:
        return int(self._params.shape[0])

    # ---- state ----
    def update(self, experiment: Experiment, problem: Problem) -> None:
        old = self.experiment
        new_data = problem is not self.problem or experiment.features != old.features
        new_shape = self._layout(experiment, problem) != self._shapes
        new_rule = (experiment.model, experiment.loss, experiment.optimizer.kind, problem.n_classes) != (
            old.model, old.loss, old.optimizer.kind, self.problem.n_classes,
        )  # fmt: skip
        saved = self.save() if new_shape or new_rule else None
        self.experiment, self.problem = experiment, problem
        if saved is not None:
            self.reset()
            self.restore(saved)
        if new_data:
            with self._torch.inference_mode():
                self._arrange()

    def reset(self) -> None:
        self._set_weights(self._initial())

    def _initial(self) -> Weights:
        shapes, model = self._layout(self.experiment, self.problem), self.experiment.model
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
        return found

    def optimizer_state(self) -> Weights:
        state: Weights = {name: slot.cpu().numpy().copy() for name, slot in zip(_SLOTS, self._slots, strict=False)}
        return {"count": np.array([self._count], dtype=np.int64), **state}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        shapes = {name: array.shape for name, array in self._initial().items()}
        for name, shape in shapes.items():
            if name not in weights or np.shape(weights[name]) != shape:
                found = np.shape(weights[name]) if name in weights else "nothing"
                raise SpecError(f"The weights {name} must have the shape {shape} of this network, not {found}.")
        self._set_weights(weights)
        with self._torch.inference_mode():
            for name, slot in zip(_SLOTS, self._slots, strict=False):
                if name in optimizer_state:
                    values = np.asarray(optimizer_state[name])
                    if values.shape != tuple(slot.shape):
                        raise SpecError(f"The optimizer's {name} must be {len(slot)} numbers, not {values.shape}.")
                    slot.copy_(self._torch.from_numpy(np.ascontiguousarray(values)).to(self._dtype))
        self._count = int(np.ravel(optimizer_state.get("count", [0]))[0])

    def save(self) -> _Saved:
        with self._torch.inference_mode():
            return _Saved(self._shapes, self._params.clone(), [slot.clone() for slot in self._slots], self._count)

    def restore(self, saved: _Saved) -> None:
        with self._torch.inference_mode():
            pairs = [(self._params, saved.params), *zip(self._slots, saved.slots, strict=False)]
            kept = layers_kept(saved.shapes, self._shapes)
            for mine, theirs in pairs:
                if saved.shapes == self._shapes:
                    mine.copy_(theirs)
                    continue
                to, source = self._views(mine, self._shapes), self._views(theirs, saved.shapes)
                for i, j in kept.items():
                    to[i].copy_(source[j])
        self._count = saved.count


_SLOTS = ("first_moment", "second_moment")
_N_SLOTS = {"sgd": 0, "momentum": 1, "adam": 2}
