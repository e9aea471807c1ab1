"""What a lab is. The GUI reads its names and slots; the worker asks it for summaries."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.engine.snapshot import Summary, View

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run


@dataclass(frozen=True)
class ChartSlot:
    """One tab of a chart dock: the name of a summary and how the tab is called."""

    name: str
    title: str
    stays: bool = False
    """In front, it stays there when the model changes and with it the other tabs."""


@dataclass(frozen=True)
class Hint:
    long: str
    short: str


@dataclass(frozen=True)
class Lab:
    """Base of the labs; a subclass is registered in `registry.labs` under its name."""

    name: str = ""
    title: str = ""
    icon: str = ""
    n_inputs: int = 1
    models: tuple[str, ...] = ()
    canvas: tuple[str, ...] = ()
    """Names of the summaries that the canvas shows, anew with every frame."""
    beside: tuple[str, ...] = ()
    """Names of those that stand beside it, and follow less often."""
    hint: Hint = field(default_factory=lambda: Hint("", ""))

    def docks(self, experiment: "Experiment") -> tuple[tuple[ChartSlot, ...], ...]:
        """The chart docks from left to right, each a tuple of tabs, as they suit this Experiment."""
        raise NotImplementedError

    def hint_for(self, experiment: "Experiment") -> Hint:
        """What to try with this Experiment."""
        return self.hint

    def default(self) -> "dict[str, Any]":
        """Paths and values that turn `Experiment()` into this lab's first picture."""
        return {}

    def message(self, run: "Run") -> str:
        """One plain finding for the status bar; empty where there is nothing to say."""
        return ""

    def caution(self, run: "Run") -> str:
        """One sentence where the points leave the model undetermined; else empty. Part of `message` then."""
        return ""

    def summarize(self, name: str, run: "Run", view: View) -> Summary | None:
        """The summary of that name for the state of the run now; None where it has no meaning."""
        raise NotImplementedError
