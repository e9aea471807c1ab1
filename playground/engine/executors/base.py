"""What every executor can do. The trainer (`engine/trainer.py`) is the only caller."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.links import Link
    from playground.engine.problem import Problem
    from playground.engine.structure import Structure


Floats = NDArray[np.float64]
Weights = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class State:
    """What `save` keeps as plain arrays, for an executor of another kind or on another device.

    params, and slots by name, are flat, in the order of the blocks: for each [out, in + 1], biases last
    """

    structure: Structure
    params: NDArray[Any]
    slots: Weights
    count: int


class Executor(ABC):
    """Weights, the state of the optimiser, and the steps that move them.

    name, device   what the status bar says          why   a sentence: the reason for this choice
    solves         one step finds the best weights; there is nothing to iterate
    one_at_a_time  it learns from each example by itself, whatever the size of a mini-batch
    takes_epochs   `epochs` trains whole epochs in one call that lets go of the interpreter
    """

    name: ClassVar[str] = ""
    solves: ClassVar[bool] = False
    takes_epochs: ClassVar[bool] = False
    one_at_a_time: ClassVar[bool] = False

    def __init__(self, experiment: Experiment, problem: Problem, device: str = "cpu", why: str = "") -> None:
        self.experiment, self.problem, self.device, self.why = experiment, problem, device, why

    @abstractmethod
    def steps(
        self, epoch: int, order: NDArray[np.int64], offset: int, batch_size: int, max_steps: int, deadline: float
    ) -> int:
        """Up to `max_steps` updates on consecutive mini-batches of `order`, from `offset` on.

        epoch      whole epochs before this one: the rate and what is dropped out are functions of it
        order      indices into the training points for the whole epoch
        offset     points of the epoch that were seen already
        deadline   time.perf_counter() after which no further step begins; one step is always done
        Returns the number of steps done: fewer when the epoch or the time is over.
        """

    def epochs(self, epoch: int, most: int, deadline: float, measured: bool = True) -> Floats | None:
        """Up to `most` whole epochs from the start of `epoch` on, shuffled as the trainer does, each measured.

        Returns [epochs done, 9]: loss, RMS and accuracy of the parts train, validation and test after each epoch,
        NaN where a measure has no meaning (all of them where none is asked for). Ends with the first epoch after
        which the loss on the training points, or a weight, is not finite. None: go step by step, because this
        executor cannot do otherwise or because an epoch takes longer than the time that is left.
        """
        return None

    @abstractmethod
    def prepare(self, X: Floats) -> Any:
        """Raw inputs X [n, d] in the form that `outputs` reads fastest, for inputs used again and again."""

    @abstractmethod
    def outputs(self, prepared: Any) -> Floats:
        """[n, outputs] float64: what the last layer puts out, before softmax, tanh or sigmoid."""

    @abstractmethod
    def update(self, experiment: Experiment, problem: Problem) -> None:
        """Go on under a changed Experiment; weights of layers whose shape stayed are kept."""

    @abstractmethod
    def reset(self) -> None:
        """Back to the initial weights of seed.init; the optimiser forgets."""

    @abstractmethod
    def weights(self) -> Weights:
        """Copies of the weights by name."""

    @abstractmethod
    def optimizer_state(self) -> Weights:
        """Copies of what the optimiser remembers, by name."""

    @abstractmethod
    def load(self, weights: Mapping[str, NDArray[Any]], optimizer_state: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `weights` and `optimizer_state` gave. Raises SpecError for a shape that does not fit."""

    @abstractmethod
    def save(self) -> Any:
        """The whole state as something cheap to make, for `restore` on this executor; sizes never change it."""

    @abstractmethod
    def restore(self, saved: Any) -> None:
        """Back to the state that `save` gave. Has the shape changed since, what is new is as `reset` makes it."""

    def assign(self, values: Iterable[tuple[Link, float]]) -> None:
        """Set single numbers, one after the other; links that this network lacks are passed over, and held numbers
        stay. What the optimiser remembers stays too. Networks only."""
        raise NotImplementedError

    def plain(self, saved: Any) -> State:
        """What `save` gave, as plain arrays. Executors on a GPU only."""
        raise NotImplementedError

    def adopt(self, state: State) -> Any:
        """The inverse: what `restore` takes. Executors of networks on the CPU only."""
        raise NotImplementedError

    @abstractmethod
    def finite(self) -> bool:
        """Whether every weight is a finite number."""

    @abstractmethod
    def penalty(self) -> float | None:
        """What the penalised objective adds, or None without a penalty. See `Run.objective`."""

    @property
    def converged(self) -> bool:
        """Whether the last epoch changed nothing, and no later one will."""
        return False

    @property
    def lit(self) -> int | None:
        """Id of the example that it has just learned from, where it learns from one at a time."""
        return None

    @property
    def seconds_per_fit(self) -> float:
        """What the last solution took; 0 for an executor that iterates."""
        return 0.0

    def responses(self, prepared: Any) -> list[Floats]:
        """For each layer, inputs first and output last, what its units put out: [n, units]. Networks only."""
        raise NotImplementedError

    @property
    @abstractmethod
    def n_parameters(self) -> int: ...
