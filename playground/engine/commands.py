"""What the window may ask of the worker. Each is a value; the worker reads them between steps."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from playground.engine.experiment import Experiment
from playground.engine.snapshot import View

if TYPE_CHECKING:
    from playground.engine.trainer import RunRecord


@dataclass(frozen=True)
class Load:
    """A new run. `keep_weights`: of the layers that stayed the same (a change of shape)."""

    generation: int
    experiment: Experiment
    keep_weights: bool = False


@dataclass(frozen=True)
class LoadRecord:
    """Go on with a saved run."""

    generation: int
    record: "RunRecord"


@dataclass(frozen=True)
class Set:
    """A live change: the run goes on under this Experiment. Of several only the newest counts."""

    experiment: Experiment


@dataclass(frozen=True)
class Play:
    """Train. `epochs_per_second` None: as fast as the machine goes.

    instant: from the start to the stop rule (or INSTANT_EPOCHS) at once, and again after each change from now on.
    """

    epochs_per_second: float | None = None
    instant: bool = False


@dataclass(frozen=True)
class Pause:
    pass


@dataclass(frozen=True)
class Step:
    """Forward by one mini-batch or one epoch, or back by one epoch; the run is paused after it."""

    grain: Literal["batch", "epoch"] = "epoch"
    back: bool = False


@dataclass(frozen=True)
class Seek:
    """Go to an epoch that was reached before; play goes on from there."""

    epoch: int


@dataclass(frozen=True)
class Rewind:
    """Back to the same initial weights."""


@dataclass(frozen=True)
class Restore:
    """Back to the last finite state of a run that diverged, paused."""


@dataclass(frozen=True)
class Watch:
    """The summaries that are on screen; others are not computed. `first`: the chart that follows the hand closest."""

    names: frozenset[str]
    view: View
    first: str = ""


@dataclass(frozen=True)
class Collect:
    """Ask for the run as a `RunRecord`: the worker answers `Collected(token, record)` in its outbox."""

    token: int


@dataclass(frozen=True, eq=False)
class Collected:
    """The answer to `Collect`; `record` is None where there is no run."""

    token: int
    record: "RunRecord | None"


@dataclass(frozen=True)
class Stop:
    """End the thread."""


Command = Load | LoadRecord | Set | Play | Pause | Step | Seek | Rewind | Restore | Watch | Collect | Stop


def coalesce(commands: Iterable[Command]) -> list[Command]:
    """Without what a later command makes pointless: of Sets, Seeks and Watches in a row only the last counts,
    and a Load makes the Loads, Sets and Plays right before it pointless."""
    found: list[Command] = []
    for command in commands:
        if isinstance(command, Load):
            while found and isinstance(found[-1], Load | Set | Play):
                skipped = found.pop()
                if isinstance(skipped, Load) and not skipped.keep_weights:
                    command = replace(command, keep_weights=False)
        elif isinstance(command, Set | Seek | Watch):
            if found and type(found[-1]) is type(command):
                found.pop()
        found.append(command)
    return found
