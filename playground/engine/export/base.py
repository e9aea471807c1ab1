"""What an exporter is. Each module of this package registers one, or two that share their drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engine.experiment import Experiment
from playground.engine.registry import exporters

if TYPE_CHECKING:
    from playground.engine.trainer import Run

Tick = Callable[[float, str], None]
"""`Progress` from inside an exporter: it raises `Cancelled`."""


@dataclass(frozen=True)
class Exporter:
    """One kind of export.

    write     puts whole files into an empty folder, for a run that has a model
    why_not   a sentence where this kind has no meaning for an Experiment, else None
    """

    kind: str
    title: str
    description: str
    write: "Callable[[Run, Path, Tick], None]"
    why_not: Callable[[Experiment], str | None]
    needs_model: bool


def exporter(
    kind: str,
    *,
    title: str,
    description: str,
    rank: int,
    why_not: Callable[[Experiment], str | None] = lambda experiment: None,
    needs_model: bool = False,
) -> "Callable[[Callable[[Run, Path, Tick], None]], Callable[[Run, Path, Tick], None]]":
    """Function decorator: register `write(run, folder, tick)` under its kind."""

    def register(write: "Callable[[Run, Path, Tick], None]") -> "Callable[[Run, Path, Tick], None]":
        exporters.register(kind, Exporter(kind, title, description, write, why_not, needs_model), rank)
        return write

    return register
