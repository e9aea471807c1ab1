"""Models of scikit-learn, fitted at once whenever something changes, in the process of `engine/library.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import library
from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem

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


class SklearnExecutor(Executor):
    name = "sklearn"
    solves = True

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self.fitted: LibraryFit | None = None
        self.update(experiment, problem)

    def update(self, experiment: Experiment, problem: Problem) -> None:
        self.experiment, self.problem = experiment, problem
        self.fitted = self._fit() if len(problem.train.ids) else None

    def _fit(self) -> LibraryFit:
        train, model = self.problem.train, self.experiment.model
        label = train.t.astype(np.int64)
        if len(np.unique(label)) < 2:  # a support vector machine refuses to be fitted to one class
            return LibraryFit(None, {"classes": np.unique(label).astype(np.float64)}, 0.0)
        key = next(library.keys)
        head = {"do": "fit", "key": key, "kind": model.kind, "settings": model.settings(len(label))}
        answer, numbers = self._ask(head, {"X": train.X, "t": label})
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

    @property
    def seconds_per_fit(self) -> float:
        return self.fitted.seconds if self.fitted else 0.0

    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        return 0

    def prepare(self, X: Floats) -> Floats:
        return np.ascontiguousarray(X)

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
        head = {"do": "predict", "key": self.fitted.key, "n_classes": n_classes}
        answer, found = self._ask(head, {"X": prepared})
        if "unknown" in answer:
            self.fitted = self._fit()
            answer, found = self._ask({**head, "key": self.fitted.key}, {"X": prepared})
        return found["raw"]

    def reset(self) -> None:
        self.update(self.experiment, self.problem)

    def weights(self) -> Weights:
        return {name: array.copy() for name, array in self.fitted.numbers.items()} if self.fitted else {}

    def optimizer_state(self) -> Weights:
        return {}

    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        """What is learned is a function of the points, so there is nothing to take over."""

    def save(self) -> LibraryFit | None:
        return self.fitted

    def restore(self, saved: LibraryFit | None) -> None:
        self.fitted = saved

    def finite(self) -> bool:
        return True

    def penalty(self) -> None:
        return None

    @property
    def n_parameters(self) -> int:
        counted = (array.size for name, array in self.weights().items() if name not in NAMES_AND_SIZES)
        return sum(counted)
