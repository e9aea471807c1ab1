"""What every model is: a Spec with a `kind` that knows its labs, its outputs and its size."""

from typing import Any, ClassVar, Literal

from playground.engine.registry import models, register_kind
from playground.engine.schema import Spec

OutputKind = Literal["identity", "softmax", "tanh", "logit", "step", "probability"]
"""What is done to the last sums: nothing (a curve); a probability for each class; one unit for two classes; a step,
which says a class and nothing of how sure it is (one unit for two classes, else one for each); nothing, because
they are the probabilities of the classes already."""


def model(rank: int = 100) -> Any:
    """Class decorator: register a model under its `kind`."""
    return register_kind(models, rank)


class ModelSpec(Spec):
    kind: str
    label: ClassVar[str] = ""
    about: ClassVar[str] = ""
    """When it was the better choice, and what came after it: a sentence or two for a person who chooses."""
    linear: ClassVar[bool] = False
    """Linear in its weights (`models/linear.py`)."""
    layered: ClassVar[bool] = False
    """A network, which has a picture as one."""
    editable: ClassVar[bool] = False
    """Its layers and links can be changed by hand (`links.py`)."""
    dense: ClassVar[bool] = False
    """A dense network trained by gradients, with the penalties and the precision of `training`."""
    n_inputs: ClassVar[tuple[int, ...]] = (1, 2)
    """Numbers of raw inputs it can take: 1 for curves, 2 for the plane."""
    tasks: ClassVar[tuple[str, ...]] = ("regression", "classification")
    optimizers: ClassVar[tuple[str, ...]] = ()
    """Kinds of optimiser that can train it; the first is the default."""
    losses: ClassVar[tuple[str, ...]] = ("squared_error",)

    def title(self) -> str:
        """How this very model is called beside others: "SVM, RBF"."""
        return self.label

    def feature_order(self, chosen: int | None) -> int:
        """Up to which order powers of the coordinates are inputs; `chosen` is what the Experiment says. 0: none."""
        return chosen or 0

    def output_kind(self, n_classes: int) -> OutputKind:
        """How raw outputs become predictions; `n_classes` is 0 for a numeric target."""
        return "identity" if n_classes == 0 else "softmax"

    def n_outputs(self, n_classes: int) -> int:
        return n_classes if self.output_kind(n_classes) == "softmax" else 1
