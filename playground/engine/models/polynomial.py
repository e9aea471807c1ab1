"""Polynomial of order M in x, linear in its weights: y = sum_j w_j x^j."""

from typing import ClassVar, Literal

from playground.engine.models.base import ModelSpec, model
from playground.engine.schema import param


@model(rank=0)
class Polynomial(ModelSpec):
    kind: Literal["polynomial"] = "polynomial"
    order: int = param(
        3, label="Order", symbol="M", low=0, high=20, help="Larger: fits closer, wiggles more."
    )
    basis: Literal["power"] = param("power", label="Basis", names={"power": "Powers of x"})
    ln_lambda: float | None = param(
        None, label="Penalty", symbol="ln λ", low=-50.0, high=5.0, step=0.5, off_value=-18.0, live=True,
        help="Larger: smaller weights, a smoother curve; too large: a flat one.",
    )  # fmt: skip

    label: ClassVar[str] = "Polynomial"
    n_inputs: ClassVar[tuple[int, ...]] = (1,)
    tasks: ClassVar[tuple[str, ...]] = ("regression",)
    optimizers: ClassVar[tuple[str, ...]] = ("closed_form",)
