"""Models of scikit-learn, fitted at once whenever something changes, in the process of `engine/library.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import library, standardization
from playground.engine.executors.base import Floats, Weights
from playground.engine.executors.solving import SolvingExecutor
from playground.engine.schema import SpecError

NAMES_AND_SIZES = ("classes", "support", "n_support", "gamma")
"""What is no number that was learned."""
RESTARTED = "The process of scikit-learn had ended and was started again."


@dataclass(frozen=True, eq=False)
class LibraryFit:
    """What was learned: numbers by name, as `library_process.py` gives them, and how long it took.

    key   of the fitted model in that process; None for points of one class, for which nothing is fitted
    """

    key: int | None
    numbers: Weights
    seconds: float


class SklearnExecutor(SolvingExecutor):
    name = "sklearn"
    fitted: LibraryFit | None

    def fit(self) -> LibraryFit:
        train, model = self.problem.train, self.experiment.model
        label = train.t.astype(np.int64)
        if len(np.unique(label)) < 2:  # a support vector machine refuses to be fitted to one class
            return LibraryFit(None, {"classes": np.unique(label).astype(np.float64)}, 0.0)
        key = next(library.keys)
        head = {"do": "fit", "key": key, "kind": model.kind, "settings": model.settings(len(label))}
        answer, numbers = self._ask(head, {"X": self.prepare(train.X), "t": label})
        return LibraryFit(key, numbers, answer["seconds"])

    def _ask(self, head: dict[str, Any], arrays: Weights) -> tuple[dict[str, Any], Weights]:
        """Once more where the process has ended. Raises SpecError."""
        try:
            return library.process.ask(head, arrays)
        except library.Ended:
            self.why = RESTARTED
            try:
                return library.process.ask(head, arrays)
            except library.Ended as error:
                raise SpecError(f"{error} Twice in a row: see `playground doctor`.") from error

    def prepare(self, X: Floats) -> Floats:
        return np.ascontiguousarray(standardization.inputs(self.experiment, self.problem, X))

    def outputs(self, prepared: Floats) -> Floats:
        """[n, outputs]: probabilities of the classes; of a support vector machine its decision, or a vote."""
        n_classes = self.problem.n_classes
        n_outputs = self.experiment.model.n_outputs(n_classes)
        if self.fitted is None or not len(prepared):
            return np.full((len(prepared), n_outputs), np.nan)
        if self.fitted.key is None:
            only = int(self.fitted.numbers["classes"][0])
            row = [2.0 * only - 1.0] if n_outputs == 1 else np.eye(n_classes)[only]
            return np.tile(row, (len(prepared), 1))
        return self._asked({"do": "predict", "n_classes": n_classes}, prepared)

    def pairs(self, prepared: Floats) -> Floats:
        """[n, pairs] of a fitted support vector machine: the decision of each pair of the known classes, in the order
        01, 02, ..., 12, ...: positive for the first of the two. Of two classes [n, 1], positive for the second."""
        return self._asked({"do": "pairs"}, prepared)

    def _asked(self, head: dict[str, Any], prepared: Floats) -> Floats:
        """The answer of the fitted model; it is fitted anew where the process knows it no longer."""
        assert self.fitted is not None
        answer, found = self._ask({**head, "key": self.fitted.key}, {"X": prepared})
        if "unknown" in answer:
            self.fitted = self.fit()
            answer, found = self._ask({**head, "key": self.fitted.key}, {"X": prepared})
        return found["raw"]

    def weights(self) -> Weights:
        return {name: array.copy() for name, array in self.fitted.numbers.items()} if self.fitted else {}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        """What is learned is a function of the points, so there is nothing to take over."""

    def finite(self) -> bool:
        return True

    def penalty(self) -> None:
        return None

    @property
    def n_parameters(self) -> int:
        counted = (array.size for name, array in self.weights().items() if name not in NAMES_AND_SIZES)
        return sum(counted)
