"""Logistic regression for two classes and softmax regression for more: a network without hidden layers.

Its inputs are those that are switched on and all products of powers of x1 and x2 up to an order M (`features.py`).
"""

from typing import ClassVar, Literal

from playground.engine.models.base import OutputKind, model
from playground.engine.models.single_layer import SingleLayer
from playground.engine.schema import param


@model(rank=14)
class Logistic(SingleLayer):
    kind: Literal["logistic"] = "logistic"
    order: int = param(
        1, label="Powers up to", symbol="M", low=1, high=10,
        help="Inputs are all products of powers of x1 and x2 up to this order. Larger: a finer boundary, more to "
             "overfit with.",
    )  # fmt: skip

    label: ClassVar[str] = "Logistic"
    about: ClassVar[str] = (
        "Cox 1958: still the better choice for few points and where each weight must be explained, and its bowl has "
        "one bottom. Networks came back because they find their own features where powers of more inputs explode."
    )
    layered: ClassVar[bool] = True
    dense: ClassVar[bool] = True
    n_inputs: ClassVar[tuple[int, ...]] = (2,)
    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    optimizers: ClassVar[tuple[str, ...]] = ("adam", "sgd", "momentum", "nesterov", "rmsprop", "adamw")
    losses: ClassVar[tuple[str, ...]] = ("cross_entropy",)

    def feature_order(self, chosen: int | None) -> int:
        return self.order

    def output_kind(self, n_classes: int) -> OutputKind:
        return "logit" if n_classes == 2 else "softmax"
