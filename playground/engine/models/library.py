"""What the models of scikit-learn have in common: they are fitted in one step, in a process of their own.

They take the raw coordinates. Their executor is `executors/sklearn.py`, the process `engine/library.py`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from playground.engine.models.base import ModelSpec, OutputKind
from playground.engine.structure import Structure


class LibrarySpec(ModelSpec):
    """A subclass gives `kind`, `label`, `about` and `settings`."""

    n_inputs: ClassVar[tuple[int, ...]] = (2,)
    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    optimizers: ClassVar[tuple[str, ...]] = ("scikit_learn",)
    losses: ClassVar[tuple[str, ...]] = ("squared_error",)
    hidden: ClassVar[tuple[int, ...]] = ()

    def output_kind(self, n_classes: int) -> OutputKind:
        return "probability"

    def n_outputs(self, n_classes: int) -> int:
        return n_classes

    def structure(self, n_inputs: int, n_outputs: int) -> Structure:
        """It has no layers."""
        return Structure(())

    def settings(self, n: int) -> dict[str, Any]:
        """What scikit-learn's class of this model is made with, for n training points."""
        return {}
