"""How weights are found: specifications of the optimisers. Executors carry them out by `formulas.UPDATES`."""

import math
from typing import ClassVar, Literal

from playground.engine.registry import optimizers, register_kind
from playground.engine.schema import Spec, param

COSINE_FLOOR = 0.01
"""Share of the learning rate that the cosine schedule ends with and keeps: zero would stop training for good."""
DECAYING = {"optimizer.schedule": ("step", "exponential")}
CHANGING = {"optimizer.schedule": ("step", "exponential", "cosine")}


class OptimizerSpec(Spec):
    kind: str
    solves: ClassVar[bool] = False
    """One step finds what is best: there is nothing to iterate."""
    executor: ClassVar[str] = ""
    """The only executor that carries it out; empty where the fused kernels and torch do."""


@register_kind(optimizers, 0)
class ClosedForm(OptimizerSpec):
    """The best weights in one step, by linear algebra."""

    kind: Literal["closed_form"] = "closed_form"
    solves: ClassVar[bool] = True
    executor: ClassVar[str] = "closed_form"


class IterativeSpec(OptimizerSpec):
    """What all rules that go step by step have: a learning rate, and how it changes with the epochs."""

    learning_rate: float
    schedule: Literal["constant", "step", "exponential", "cosine"] = param(
        "constant", label="Schedule", live=True,
        names={"constant": "Constant", "step": "In steps", "exponential": "Exponential", "cosine": "Cosine"},
        help="How the learning rate falls with the epochs. Big steps first, small ones to settle.",
    )  # fmt: skip
    decay: float = param(0.5, label="Factor", low=0.01, high=1.0, step=0.01, only_if=DECAYING, live=True,
                         help="What the learning rate is multiplied by in each stage.")  # fmt: skip
    decay_epochs: int = param(100, label="Stage", unit="epochs", low=1, high=100_000, scale="log",
                              only_if=CHANGING, live=True,
                              help="Epochs until the factor is reached; for the cosine, until it ends.")  # fmt: skip
    warmup: int = param(0, label="Warm-up", unit="epochs", low=0, high=1000, live=True,
                        help="Epochs in which the learning rate grows. Longer: a gentler start.")  # fmt: skip

    def numbers(self) -> tuple[float, float, float]:
        """a, b and decay, as the functions of constants in `formulas.py` take them."""
        return 0.0, 0.0, 0.0


def _rate(default: float) -> float:
    return param(
        default, label="Learning rate", symbol="η", low=1e-5, high=10.0, scale="log", live=True,
        help="Larger: bigger steps, faster; too large: the loss jumps about or blows up.",
    )  # fmt: skip


def _beta1() -> float:
    return param(0.9, label="First decay", symbol="β₁", low=0.0, high=0.999, live=True,
                 help="Larger: a longer memory of past gradients.")  # fmt: skip


def _beta2() -> float:
    return param(0.999, label="Second decay", symbol="β₂", low=0.0, high=0.9999, live=True,
                 help="Larger: step sizes change more slowly.")  # fmt: skip


def _momentum() -> float:
    return param(0.9, label="Momentum", symbol="μ", low=0.0, high=0.999, live=True,
                 help="Larger: rolls on further in the old direction.")  # fmt: skip


@register_kind(optimizers, 10)
class Adam(IterativeSpec):
    """Kingma & Ba 2015, algorithm 1."""

    kind: Literal["adam"] = "adam"
    learning_rate: float = _rate(0.01)
    beta1: float = _beta1()
    beta2: float = _beta2()

    def numbers(self) -> tuple[float, float, float]:
        return self.beta1, self.beta2, 0.0


@register_kind(optimizers, 20)
class SGD(IterativeSpec):
    """w <- w - eta g."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: float = _rate(0.03)


@register_kind(optimizers, 30)
class Momentum(IterativeSpec):
    """v <- mu v + g, w <- w - eta v (Polyak 1964, in the form that torch uses)."""

    kind: Literal["momentum"] = "momentum"
    learning_rate: float = _rate(0.01)
    momentum: float = _momentum()

    def numbers(self) -> tuple[float, float, float]:
        return self.momentum, 0.0, 0.0


@register_kind(optimizers, 40)
class Nesterov(IterativeSpec):
    """v <- mu v + g, w <- w - eta (g + mu v) (Nesterov 1983, in the form that torch uses)."""

    kind: Literal["nesterov"] = "nesterov"
    learning_rate: float = _rate(0.01)
    momentum: float = _momentum()

    def numbers(self) -> tuple[float, float, float]:
        return self.momentum, 0.0, 0.0


@register_kind(optimizers, 50)
class RMSProp(IterativeSpec):
    """s <- alpha s + (1 - alpha) g^2, w <- w - eta g / (sqrt(s) + epsilon) (Tieleman & Hinton 2012)."""

    kind: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _rate(0.01)
    alpha: float = param(0.99, label="Smoothing", symbol="α", low=0.0, high=0.9999, live=True,
                         help="Larger: step sizes change more slowly.")  # fmt: skip

    def numbers(self) -> tuple[float, float, float]:
        return self.alpha, 0.0, 0.0


@register_kind(optimizers, 60)
class AdamW(IterativeSpec):
    """Loshchilov & Hutter 2019, algorithm 2: Adam with weights that shrink by themselves."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: float = _rate(0.01)
    beta1: float = _beta1()
    beta2: float = _beta2()
    weight_decay: float = param(0.01, label="Weight decay", low=0.0, high=1.0, step=0.01, live=True,
                                help="Larger: weights shrink faster; biases do not.")  # fmt: skip

    def numbers(self) -> tuple[float, float, float]:
        return self.beta1, self.beta2, self.weight_decay


@register_kind(optimizers, 70)
class PerceptronRule(OptimizerSpec):
    """Rosenblatt 1958: one example after the other, and only where it is wrong w <- w + eta t (1, x)."""

    kind: Literal["perceptron"] = "perceptron"
    executor: ClassVar[str] = "perceptron"
    learning_rate: float = param(
        1.0, label="Learning rate", symbol="η", low=1e-5, high=10.0, scale="log", live=True,
        help="From zero weights it sets only their scale: the line and the mistakes stay the same.",
    )  # fmt: skip


@register_kind(optimizers, 80)
class ScikitLearn(OptimizerSpec):
    """What scikit-learn's `fit` does, at once."""

    kind: Literal["scikit_learn"] = "scikit_learn"
    solves: ClassVar[bool] = True
    executor: ClassVar[str] = "sklearn"


LABELS = {
    "closed_form": "Closed form", "adam": "Adam", "sgd": "SGD", "momentum": "Momentum",
    "nesterov": "Nesterov", "rmsprop": "RMSProp", "adamw": "AdamW",
    "perceptron": "Perceptron rule", "scikit_learn": "scikit-learn",
}  # fmt: skip


def rate_at(optimizer: IterativeSpec, epoch: int) -> float:
    """The learning rate in force in an epoch, counted from 0: the same for all its steps.

    With n = decay_epochs: step eta decay^floor(epoch / n); exponential eta decay^(epoch / n); cosine falls by
    half a wave from eta to COSINE_FLOOR eta at epoch n, where it stays (Loshchilov & Hutter 2017, without
    restarts). Warm-up multiplies it with (epoch + 1) / (warmup + 1) in the first `warmup` epochs.
    """
    stage = epoch / optimizer.decay_epochs
    share = {
        "constant": lambda: 1.0,
        "step": lambda: optimizer.decay ** math.floor(stage),
        "exponential": lambda: optimizer.decay**stage,
        "cosine": lambda: COSINE_FLOOR + (1.0 - COSINE_FLOOR) * 0.5 * (1.0 + math.cos(math.pi * min(stage, 1.0))),
    }[optimizer.schedule]()
    return optimizer.learning_rate * share * min(1.0, (epoch + 1) / (optimizer.warmup + 1))
