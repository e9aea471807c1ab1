"""What every model is: a Spec with a `kind` that knows its labs and how many parameters it has."""

from typing import Any, ClassVar

from playground.engine.registry import models, register_kind
from playground.engine.schema import Spec


def model(rank: int = 100) -> Any:
    """Class decorator: register a model under its `kind`."""
    return register_kind(models, rank)


class ModelSpec(Spec):
    kind: str
    label: ClassVar[str] = ""
    n_inputs: ClassVar[tuple[int, ...]] = (1, 2)
    """Numbers of raw inputs it can take: 1 for curves, 2 for the plane."""
    tasks: ClassVar[tuple[str, ...]] = ("regression", "classification")
    optimizers: ClassVar[tuple[str, ...]] = ()
    """Kinds of optimiser that can train it; the first is the default."""
    losses: ClassVar[tuple[str, ...]] = ("squared_error",)
