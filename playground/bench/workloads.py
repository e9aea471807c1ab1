"""What is trained: networks of several sizes, each on the same points for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.engine.calibration import operations

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment


@dataclass(frozen=True)
class Workload:
    """A dense network, its points and its optimiser.

    sizes   units of each layer, inputs first and outputs last; three outputs are classes, one is a number
    """

    sizes: tuple[int, ...]
    n: int = 250
    batch_size: int = 10
    activation: str = "tanh"
    loss: str = "squared_error"
    optimizer: str = "sgd"
    learning_rate: float = 0.03

    @property
    def name(self) -> str:
        return "-".join(map(str, self.sizes))

    @property
    def steps(self) -> int:
        """In one epoch."""
        return -(-self.n // self.batch_size)

    @property
    def flops(self) -> float:
        """Operations of the matrix products of one step."""
        return operations(self.sizes, self.batch_size)

    def experiment(self, executor: str = "auto", device: str = "cpu", **changes: Any) -> Experiment:
        """The same as the program knows it; `changes` by path with __ in the place of dots."""
        from playground.engine import experiment as ex
        from playground.engine.features import FEATURES

        values = {
            "data.kind": "blobs" if self.sizes[-1] > 1 else "reg-gauss",
            "data.n": self.n,
            "split.train": 1.0,
            "features": tuple(FEATURES)[: self.sizes[0]],
            "model.hidden": self.sizes[1:-1],
            "model.activation": self.activation,
            "loss": self.loss,
            "optimizer.kind": self.optimizer,
            "optimizer.learning_rate": self.learning_rate,
            "training.batch_size": self.batch_size,
            "training.device": device,
            "training.executor": executor,
        }
        values |= {path.replace("__", "."): value for path, value in changes.items()}
        return ex.change(ex.default("classify"), values)


def _classes(units: int) -> Workload:
    return Workload((2, units, units, 3), 5000, 100, "relu", "cross_entropy", "adam", 0.01)


WORKLOADS = (
    Workload((2, 4, 2, 1)),
    Workload((2, 8, 8, 8, 1)),
    Workload((7, 8, 8, 8, 8, 8, 8, 1)),
    Workload((2, 64, 64, 1)),
    _classes(128),
    _classes(256),
)

POPULATION = "population"
MEMBER, MEMBERS = Workload((2, 8, 8, 1)), 1000

TENSORFLOW_PLAYGROUND = {
    "2-4-2-1": 0.171 / 8.68, "2-8-8-8-1": 0.667 / 7.04, "7-8-8-8-8-8-8-1": 1.75 / 15.9, "2-64-64-1": 17.5 / 6.88,
}  # fmt: skip
"""An epoch of TensorFlow Playground's engine (in V8) over one of the plain torch loop, measured in one run."""
