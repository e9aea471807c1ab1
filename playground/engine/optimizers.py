"""How weights are found: specifications of the optimisers. Executors carry them out."""

from typing import Literal

from playground.engine.registry import optimizers, register_kind
from playground.engine.schema import Spec, param


def _rate(default: float) -> float:
    return param(
        default, label="Learning rate", symbol="η", low=1e-5, high=10.0, scale="log", live=True,
        help="Larger: bigger steps, faster; too large: the loss jumps about or blows up.",
    )  # fmt: skip


class OptimizerSpec(Spec):
    kind: str


@register_kind(optimizers, 0)
class ClosedForm(OptimizerSpec):
    """The best weights in one step, by linear algebra."""

    kind: Literal["closed_form"] = "closed_form"


@register_kind(optimizers, 10)
class Adam(OptimizerSpec):
    """Kingma & Ba 2015, algorithm 1."""

    kind: Literal["adam"] = "adam"
    learning_rate: float = _rate(0.01)
    beta1: float = param(0.9, label="First decay", symbol="β₁", low=0.0, high=0.999, live=True,
                         help="Larger: a longer memory of past gradients.")  # fmt: skip
    beta2: float = param(0.999, label="Second decay", symbol="β₂", low=0.0, high=0.9999, live=True,
                         help="Larger: step sizes change more slowly.")  # fmt: skip


@register_kind(optimizers, 20)
class SGD(OptimizerSpec):
    """w <- w - eta g."""

    kind: Literal["sgd"] = "sgd"
    learning_rate: float = _rate(0.03)


@register_kind(optimizers, 30)
class Momentum(OptimizerSpec):
    """v <- mu v + g, w <- w - eta v (Polyak 1964, in the form that torch uses)."""

    kind: Literal["momentum"] = "momentum"
    learning_rate: float = _rate(0.01)
    momentum: float = param(0.9, label="Momentum", symbol="μ", low=0.0, high=0.999, live=True,
                            help="Larger: rolls on further in the old direction.")  # fmt: skip


LABELS = {"closed_form": "Closed form", "adam": "Adam", "sgd": "SGD", "momentum": "SGD with momentum"}
