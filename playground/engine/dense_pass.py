"""Forward and backward through a dense network in numpy, float64, with every value on the way.

The executors are fast and keep nothing; what looks into a network (hidden space, histograms, one example step by step,
what goes wrong) comes here instead. The formulas are those of `formulas.py`, so that all say the same.

With layers from 0 (the inputs) to L (the output), a_0 the inputs and a_l = f_l(z_l):

    z_l = W_l a_{l-1} + b_l + sum over connections s-l of a_s, or of P a_s
    delta_L = dE/dz_L
    delta_l = f_l'(z_l) * (W_{l+1}^T delta_{l+1} + sum over connections l-t of delta_t, or of P^T delta_t)
    dE/dW_l = delta_l a_{l-1}^T,   dE/db_l = delta_l,   dE/dP = delta_t a_s^T      (Rumelhart, Hinton & Williams 1986)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import formulas
from playground.engine.executors import layout
from playground.engine.executors.base import Floats
from playground.engine.links import Skip

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

_erf: Any = np.frompyfunc(math.erf, 1, 1)


def _sigmoid(z: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-z))


def _tanh(z: Floats) -> Floats:
    """To 2e-16, by way of exp, which numpy computes many times faster than tanh."""
    return 1.0 - 2.0 / (np.exp(2.0 * z) + 1.0)


def _softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _logsumexp(z: Floats) -> Floats:
    top = z.max(axis=1, keepdims=True)
    return top + np.log(np.exp(z - top).sum(axis=1, keepdims=True))


OPERATIONS: dict[str, Any] = {
    "cos": np.cos, "erf": lambda z: _erf(z).astype(np.float64), "exp": np.exp, "logsumexp": _logsumexp,
    "minimum": np.minimum, "ones": np.ones_like, "sigmoid": _sigmoid, "sign": np.sign, "sin": np.sin,
    "softmax": _softmax, "softplus": lambda z: np.logaddexp(0.0, z), "sqrt": np.sqrt,
    "step": lambda z: (z > 0).astype(np.float64), "tanh": _tanh,
    "total": lambda z: z.sum(axis=1, keepdims=True), "zeros": np.zeros_like,
}  # fmt: skip
"""What the formulas are bound to: arrays [n, units], one row for each point."""


@cache
def bound(function: Any) -> Any:
    """A function of `formulas.py` on numpy's arrays."""
    return formulas.bind(function, OPERATIONS)


@dataclass(frozen=True, eq=False)
class Dense:
    """A network: weights [units, units before] and biases [units] of the layers 1 to L, in their order.

    activations   of the hidden layers 1 to L - 1
    skips         connections past layers, each with its matrix [units of target, units of source], or None for the
                  identity
    rule          what stands at the output, with its loss: a name in `formulas.OUTPUTS`
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activations: tuple[str, ...]
    skips: tuple[tuple[Skip, Floats | None], ...] = ()
    rule: str = "identity"

    @property
    def n_layers(self) -> int:
        """L: with L - 1 hidden layers."""
        return len(self.weights)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, inputs first."""
        return (self.weights[0].shape[1], *(len(w) for w in self.weights))

    def into(self, layer: int) -> list[tuple[Skip, Floats | None]]:
        return [(skip, P) for skip, P in self.skips if skip.target == layer]

    def out_of(self, layer: int) -> list[tuple[Skip, Floats | None]]:
        return [(skip, P) for skip, P in self.skips if skip.source == layer]


@dataclass(frozen=True, eq=False)
class Forward:
    """What stood at every unit: values[l] [n, units of l] from the inputs on, sums[l - 1] and slopes[l - 1] of layer l.

    The values of the output layer are its sums; `output_values` says what its rule makes of them.
    """

    values: tuple[Floats, ...]
    sums: tuple[Floats, ...]
    slopes: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Backward:
    """Derivatives of the loss of each point: deltas[l - 1] by the sums of layer l, back[l] by the values of layer l.

    back[L] is the delta of the output once more.
    """

    deltas: tuple[Floats, ...]
    back: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Gradients:
    """Derivatives of the mean loss: of weights and biases of each layer, and of the matrix of each connection."""

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    skips: tuple[Floats | None, ...]


def dense_of(experiment: Experiment, weights: Mapping[str, NDArray[Any]], n_classes: int) -> Dense:
    """The network of an Experiment with these weights, named as `Run.weights` names them."""
    model = experiment.model
    layers = layout.layered(experiment, weights)
    n = sum(name.endswith(".weight") and name.split(".")[0].isdigit() for name in layers)
    w = tuple(np.asarray(layers[f"{i}.weight"], dtype=np.float64) for i in range(n))
    b = tuple(np.asarray(layers[f"{i}.bias"], dtype=np.float64) for i in range(n))
    rule = formulas.output_rule(model.output_kind(n_classes), experiment.loss)
    if model.linear:
        return Dense(w, b, (), (), rule)
    skips = tuple((skip, _projection(skip, layers)) for skip in model.connections())
    return Dense(w, b, model.layer_activations(), skips, rule)


def _projection(skip: Skip, layers: Mapping[str, NDArray[Any]]) -> Floats | None:
    name = f"skip.{skip.source}-{skip.target}.weight"
    return np.asarray(layers[name], dtype=np.float64) if skip.projection else None


def dense(run: Run) -> Dense:
    """The network of a run as it is now."""
    return dense_of(run.experiment, run.weights(), run.n_classes)


def inputs(run: Run, X: Floats) -> Floats:
    """[n, inputs] of the first layer, for raw X [n, d]."""
    return layout.inputs_of(run.experiment, run.problem, np.asarray(X, dtype=np.float64))


def targets(run: Run, t: Floats) -> Floats:
    """Targets t [n] as `formulas.OUTPUTS` takes them: [n, outputs]."""
    kind = run.output_kind
    if kind == "softmax":
        return (np.arange(run.n_classes) == t[:, None]).astype(np.float64)
    return (2.0 * t - 1.0 if kind == "tanh" else t)[:, None]


def forward(net: Dense, x: Floats, until: int | None = None) -> Forward:
    """Of inputs x [n, inputs], up to the layer `until` (the output, if not said)."""
    last = net.n_layers if until is None else until
    values, sums, slopes = [x], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in range(1, last + 1):
            z = values[-1] @ net.weights[layer - 1].T + net.biases[layer - 1]
            for skip, P in net.into(layer):
                z = z + (values[skip.source] if P is None else values[skip.source] @ P.T)
            if layer < net.n_layers:
                a, slope = bound(formulas.ACTIVATIONS[net.activations[layer - 1]])(z)
            else:
                a, slope = z, np.ones_like(z)
            sums.append(z)
            values.append(a)
            slopes.append(slope)
    return Forward(tuple(values), tuple(sums), tuple(slopes))


def output_values(net: Dense, sums: Floats) -> Floats:
    """What the output rule makes of the last sums [n, outputs]: probabilities, tanh or sigmoid of them, themselves."""
    rule = net.rule
    if rule in ("softmax", "softmax_squared"):
        return _softmax(sums)
    rules: dict[str, Any] = {"tanh": _tanh, "logit": _sigmoid, "identity": np.copy}
    with np.errstate(over="ignore"):
        found: Floats = rules[rule](sums)
    return found


def losses(net: Dense, sums: Floats, y: Floats) -> Floats:
    """[n]: the loss of each point, for last sums and targets [n, outputs]."""
    found: Floats = bound(formulas.OUTPUTS[net.rule][0])(sums, y)
    return found[:, 0]


def backward(net: Dense, passed: Forward, y: Floats) -> Backward:
    """From the targets y [n, outputs] back to the inputs."""
    last = net.n_layers
    deltas: dict[int, Floats] = {}
    back: dict[int, Floats] = {}
    with np.errstate(over="ignore", invalid="ignore"):
        deltas[last] = back[last] = bound(formulas.OUTPUTS[net.rule][1])(passed.sums[-1], y)
        for layer in reversed(range(last)):
            e = deltas[layer + 1] @ net.weights[layer]
            for skip, P in net.out_of(layer):
                e = e + (deltas[skip.target] if P is None else deltas[skip.target] @ P)
            back[layer] = e
            if layer:
                deltas[layer] = e * passed.slopes[layer - 1]
    layers = range(1, last + 1)
    return Backward(tuple(deltas[i] for i in layers), tuple(back[i] for i in range(last + 1)))


def gradients(net: Dense, passed: Forward, returned: Backward) -> Gradients:
    """Of the mean loss of the points that were passed through."""
    n = max(len(passed.values[0]), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        w = tuple(d.T @ a / n for d, a in zip(returned.deltas, passed.values[:-1], strict=True))
        b = tuple(d.sum(axis=0) / n for d in returned.deltas)
        skips = tuple(None if P is None else returned.deltas[s.target - 1].T @ passed.values[s.source] / n
                      for s, P in net.skips)  # fmt: skip
    return Gradients(w, b, skips)


def norms(found: Gradients) -> Floats:
    """[L]: the Euclidean norm of the gradient of each layer, its weights and biases together."""
    with np.errstate(over="ignore", invalid="ignore"):
        squares = [float(np.square(w).sum() + np.square(b).sum())
                   for w, b in zip(found.weights, found.biases, strict=True)]  # fmt: skip
    return np.sqrt(np.array(squares))
