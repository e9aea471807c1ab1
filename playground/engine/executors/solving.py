"""What executors have in common that do not iterate: what is learned is a function of the points, found at once."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from playground.engine.executors.base import Executor, Weights

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem


class SolvingExecutor(Executor):
    """Solves whenever the Experiment changes. `fitted` is what was found, with the `seconds` that it took; None
    without points to learn from."""

    solves = True
    fitted: Any

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        super().__init__(experiment, problem, device, why)
        self.update(experiment, problem)

    @abstractmethod
    def fit(self) -> Any:
        """Learn from the training points, of which there is one at least."""

    def update(self, experiment: Experiment, problem: Problem) -> None:
        self.experiment, self.problem = experiment, problem
        self.fitted = self.fit() if len(problem.train.ids) else None

    @property
    def seconds_per_fit(self) -> float:
        return float(self.fitted.seconds) if self.fitted else 0.0

    def steps(
        self, epoch: int, order: NDArray[Any], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        return 0

    def reset(self) -> None:
        self.update(self.experiment, self.problem)

    def optimizer_state(self) -> Weights:
        return {}

    def save(self) -> Any:
        return self.fitted

    def restore(self, saved: Any) -> None:
        self.fitted = saved
