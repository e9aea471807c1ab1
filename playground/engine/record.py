"""A run as plain values and arrays: what the trainer gives, the session file holds, and a run goes on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from playground.engine.experiment import Experiment
from playground.engine.links import Link
from playground.engine.snapshot import Status


@dataclass(frozen=True)
class Event:
    """From this place on, the run goes by this Experiment. The first event is the start.

    assigned   single weights that were then set to values by hand, in their order
    """

    step: int
    epoch: int
    position: int
    experiment: Experiment
    assigned: tuple[tuple[Link, float], ...] = ()


@dataclass(frozen=True)
class RunRecord:
    """A run as plain values and arrays: what `session.py` writes and `Run.from_record` goes on with."""

    experiment: Experiment
    events: tuple[Event, ...]
    step: int
    epoch: int
    position: int
    weights: Mapping[str, NDArray[Any]]
    optimizer_state: Mapping[str, NDArray[Any]]
    history: Mapping[str, NDArray[Any]]
    executor: str
    device: str
    status: Status
    message: str = ""
    seconds: float = 0.0
    """Of training, to come to this place."""
    beside: "tuple[RunRecord | None, ...]" = ()
    """Of what stands beside it, in the order of the Experiment; None for what does not go with its data."""
