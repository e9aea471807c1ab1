"""Multi-layer perceptron: dense layers with one activation, for curves and for classes."""

from typing import ClassVar, Literal

from playground.engine.models.base import ModelSpec, model
from playground.engine.schema import param


@model(rank=10)
class MLP(ModelSpec):
    kind: Literal["mlp"] = "mlp"
    hidden: tuple[int, ...] = param(
        (8, 8), label="Hidden layers", low=0, high=6, item_low=1, item_high=64,
        help="Units in each hidden layer. More: finer boundaries, slower training, more to overfit with.",
    )  # fmt: skip
    activation: Literal["tanh", "sigmoid", "relu", "leaky_relu", "linear"] = param(
        "tanh", label="Activation",
        names={"tanh": "tanh", "sigmoid": "Sigmoid", "relu": "ReLU", "leaky_relu": "Leaky ReLU",
               "linear": "Linear"},
        help="What a unit does with its sum. Linear: the whole network is only a straight line.",
    )  # fmt: skip
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
    optimizers: ClassVar[tuple[str, ...]] = ("adam", "sgd", "momentum")
    losses: ClassVar[tuple[str, ...]] = ("squared_error", "cross_entropy")
