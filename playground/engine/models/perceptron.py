"""Rosenblatt's perceptron (1958): sums of the inputs, and a step. Its rule is in `engine/perceptron.py`."""

from typing import ClassVar, Literal

from playground.engine.models.base import OutputKind, model
from playground.engine.models.single_layer import SingleLayer


@model(rank=12)
class PerceptronModel(SingleLayer):
    """One unit for two classes; for more, one for each class against all others, of which the largest sum wins."""

    kind: Literal["perceptron"] = "perceptron"

    layered: ClassVar[bool] = True
    label: ClassVar[str] = "Perceptron"
    about: ClassVar[str] = (
        "Rosenblatt 1958: the first machine that learned from its mistakes, and sure to end where a line parts the "
        "classes. Networks came back because layers of smooth units also learn what no line parts."
    )
    n_inputs: ClassVar[tuple[int, ...]] = (2,)
    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    optimizers: ClassVar[tuple[str, ...]] = ("perceptron",)
    losses: ClassVar[tuple[str, ...]] = ("squared_error",)

    def output_kind(self, n_classes: int) -> OutputKind:
        return "step"

    def n_outputs(self, n_classes: int) -> int:
        return 1 if n_classes == 2 else n_classes
