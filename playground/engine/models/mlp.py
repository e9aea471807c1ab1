"""Multi-layer perceptron: dense layers, each with an activation, for curves and for classes."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from playground.engine import links
from playground.engine.formulas import ACTIVATIONS
from playground.engine.links import Skip
from playground.engine.models.base import ModelSpec, OutputKind, model
from playground.engine.random import normal, uniform
from playground.engine.schema import SpecError, param, parameters_of
from playground.engine.structure import Structure

Activation = Literal[tuple(ACTIVATIONS)]  # type: ignore[valid-type]
NAMES = {
    "tanh": "tanh", "sigmoid": "Sigmoid", "relu": "ReLU", "leaky_relu": "Leaky ReLU", "elu": "ELU", "gelu": "GELU",
    "silu": "SiLU", "softplus": "Softplus", "sine": "Sine", "linear": "Linear", "step": "Step",
}  # fmt: skip
"""How the activations are called on screen."""
MAX_LAYERS = 8
MAX_SKIPS = 16


@model(rank=10)
class MLP(ModelSpec):
    kind: Literal["mlp"] = "mlp"
    hidden: tuple[int, ...] = param(
        (8, 8), label="Hidden layers", low=0, high=MAX_LAYERS, item_low=1, item_high=256,
        help="Units in each hidden layer. More: finer boundaries, slower training, more to overfit with.",
    )  # fmt: skip
    activation: Activation = param(  # type: ignore[valid-type]
        "tanh", label="Activation", names=NAMES,
        help="What a unit does with its sum. Linear: the whole network is only a straight line.",
    )
    activations: tuple[Activation, ...] = param(  # type: ignore[valid-type]
        (), label="Activation of each layer", names=NAMES, low=0, high=MAX_LAYERS, repeated=True, hidden=True,
        help="One for each hidden layer, in the place of the one for all. None: all layers have the same.",
    )
    dropout: float = param(
        0.0, label="Dropout", symbol="p", low=0.0, high=0.9, step=0.05, live=True,
        help="Share of the hidden units that each point leaves out, others in every epoch. "
             "Larger: less overfitting, slower learning.",
    )  # fmt: skip
    dropouts: tuple[float, ...] = param(
        (), label="Dropout of each layer", low=0, high=MAX_LAYERS, item_low=0.0, item_high=0.9, live=True, hidden=True,
        help="One for each hidden layer, in the place of the one for all. None: all layers have the same.",
    )
    skips: tuple[str, ...] = param(
        (), label="Residual connections", low=0, high=MAX_SKIPS, live=True, hidden=True,
        allowed="pairs of layers, not neighbours, like 1-3, or 0-2p with a projection, with commas between them",
        help="Connections past layers: the units of the earlier layer are added to the sums of the later one.",
    )
    held: tuple[str, ...] = param(
        (), label="Held weights", low=0, high=10_000, live=True, hidden=True,
        allowed="links with a value like w1.2.1=0.5 or b2.1=0, with commas between them",
        help="Links that training leaves at a value: frozen ones, and with 0 those that are cut.",
    )
    edits: tuple[str, ...] = param(
        (), label="Edited weights", low=0, high=10_000, live=True, hidden=True,
        allowed="links with two values like w1.2.1:0.1>0.5, with commas between them",
        help="Weights that were given another value while the run was going on, in their order.",
    )
    init: Literal["xavier", "he", "lecun", "uniform", "normal", "zeros"] = param(
        "xavier", label="Initial weights",
        names={"xavier": "Xavier", "he": "He", "lecun": "LeCun", "uniform": "Uniform ±½",
               "normal": "Normal", "zeros": "Zeros"},
        help="Where training starts. Zeros: all units of a layer stay alike and learn the same.",
    )  # fmt: skip
    output: Literal["auto", "tanh", "logit"] = param(
        "auto", label="Output", names={"auto": "Automatic", "tanh": "One tanh unit", "logit": "One logit"},
        help="Automatic: one number for a curve, a probability for each class otherwise.",
        only_if={"lab": ("classify",)},
    )  # fmt: skip

    label: ClassVar[str] = "Neural network"
    layered: ClassVar[bool] = True
    editable: ClassVar[bool] = True
    dense: ClassVar[bool] = True
    optimizers: ClassVar[tuple[str, ...]] = ("adam", "sgd", "momentum", "nesterov", "rmsprop", "adamw")
    losses: ClassVar[tuple[str, ...]] = ("squared_error", "cross_entropy")

    @model_validator(mode="after")
    def _one_activation_for_each_layer(self) -> "MLP":
        n = len(self.hidden)
        if self.activations and len(self.activations) != n:
            raise SpecError(
                f"model.activations must be empty or as many as there are hidden layers ({n}), "
                f"not {len(self.activations)}.", "model.activations",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _links_of_this_network(self) -> "MLP":
        n = len(self.hidden)
        if self.dropouts and len(self.dropouts) != n:
            raise SpecError(f"model.dropouts must be empty or as many as there are hidden layers ({n}), "
                            f"not {len(self.dropouts)}.", "model.dropouts")  # fmt: skip
        for text in self.skips:
            self._read(links.skip, "skips", text)
        for text in self.held:
            self._read(links.held, "held", text)
        for text in self.edits:
            self._read(links.edit, "edits", text)
        return self

    def _read(self, read: Callable[[str], Any], name: str, text: str) -> Any:
        try:
            return read(text)
        except ValueError:
            parameter = next(p for p in parameters_of(type(self), "model.") if p.path == f"model.{name}")
            raise links.complaint(parameter.path, text, parameter.allowed) from None

    def title(self) -> str:
        return f"Network {'-'.join(map(str, self.hidden))}" if self.hidden else "Network without hidden layers"

    def connections(self) -> tuple[Skip, ...]:
        """The residual connections, by their target, then by their source."""
        return tuple(sorted(map(links.skip, self.skips), key=lambda s: (s.target, s.source)))

    def layer_dropouts(self) -> tuple[float, ...]:
        """The dropout of each hidden layer, first to last."""
        return self.dropouts or (self.dropout,) * len(self.hidden)

    def layer_activations(self) -> tuple[str, ...]:
        """The name of the activation of each hidden layer, first to last."""
        return self.activations or (self.activation,) * len(self.hidden)

    def kept(self, seed: int, ids: NDArray[np.int64], epoch: int) -> list[NDArray[np.bool_]]:
        """[units, n] for each hidden layer: which units dropout leaves in for each point, in this epoch."""
        return [
            uniform(seed, f"dropout.{i}", ids, epoch=epoch, lane=np.arange(units)[:, None]) >= share
            for i, (units, share) in enumerate(zip(self.hidden, self.layer_dropouts(), strict=True))
        ]

    def output_kind(self, n_classes: int) -> OutputKind:
        if n_classes == 0:
            return "identity"
        return "softmax" if self.output == "auto" else self.output

    def structure(self, n_inputs: int, n_outputs: int) -> Structure:
        """Of the weights of this network."""
        layers = pairwise([n_inputs, *self.hidden, n_outputs])
        return Structure(tuple((after, before) for before, after in layers), self.connections())

    def initial_weights(self, n_inputs: int, n_outputs: int, seed: int) -> dict[str, NDArray[np.float64]]:
        """{"0.weight": [out, in], "0.bias": [out], ..., "skip.0-2.weight": [out, in]}, a function of the seed.

        xavier   U(-a, a), a = sqrt(6 / (in + out)) (Glorot & Bengio 2010)
        he       N(0, 2 / in) (He et al. 2015)       lecun   N(0, 1 / in) (LeCun et al. 1998)
        uniform  U(-1/2, 1/2) and biases 0.1, as in TensorFlow Playground
        normal   N(0, 1)                             zeros   all 0
        Held weights are not yet at their values: the executors see to that.
        """
        found: dict[str, NDArray[np.float64]] = {}
        for block in self.structure(n_inputs, n_outputs).blocks:
            after, before = block.out, block.inner
            ids, purpose = np.arange(after * before, dtype=np.int64), f"init.{block.name}.weight"
            if self.init == "xavier":
                bound = (6.0 / (before + after)) ** 0.5
                w = uniform(seed, purpose, ids, -bound, bound)
            elif self.init == "uniform":
                w = uniform(seed, purpose, ids, -0.5, 0.5)
            elif self.init == "zeros":
                w = np.zeros(len(ids))
            else:
                scale = {"he": (2.0 / before) ** 0.5, "lecun": (1.0 / before) ** 0.5, "normal": 1.0}[self.init]
                w = scale * normal(seed, purpose, ids)
            found[f"{block.name}.weight"] = w.reshape(after, before)
            if block.bias:
                found[f"{block.name}.bias"] = np.full(after, 0.1 if self.init == "uniform" else 0.0)
        return found
