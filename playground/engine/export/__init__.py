"""Taking results away: one exporter for each kind of file, found through `registry.exporters`.

`export` writes what is asked for into a folder, all of it or nothing; the command line and the window's
dialog call it. `available` lists what has a meaning for an Experiment.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.engine import registry
from playground.engine.experiment import Experiment
from playground.engine.export.base import Exporter, Tick
from playground.engine.files import write_all
from playground.engine.progress import Cancelled, Progress
from playground.engine.registry import exporters
from playground.engine.schema import SpecError, show

if TYPE_CHECKING:
    from playground.engine.trainer import Run

__all__ = ["Cancelled", "Progress", "available", "check", "export"]


def available(experiment: Experiment) -> list[tuple[str, str, str]]:
    """(kind, title, description) of every export that has a meaning for this Experiment."""
    return [
        (e.kind, e.title, e.description) for e in exporters.values() if e.why_not(experiment) is None
    ]  # fmt: skip


def check(kinds: Iterable[str], experiment: Experiment) -> list[Exporter]:
    """The exporters of these kinds, each once. Raises SpecError for one that is unknown or has no meaning."""
    chosen = []
    for kind in dict.fromkeys(kinds):
        if kind not in exporters:
            raise SpecError(f"An export must be one of {', '.join(exporters)}, not {show(kind)}.", "export")
        reason = exporters[kind].why_not(experiment)
        if reason is not None:
            raise SpecError(reason, "export")
        chosen.append(exporters[kind])
    if not chosen:
        raise SpecError(f"An export must be one of {', '.join(exporters)}: name at least one.", "export")
    return chosen


def export(
    kinds: Iterable[str], run: "Run", out: str | Path, *, progress: Progress | None = None
) -> list[Path]:
    """Write these kinds into the folder `out` (made if missing) and list the files.

    Raises SpecError for a kind that has no meaning here, for a model that is not there or not finite, and
    for a folder that cannot be written to; Cancelled when `progress` answers False. Then nothing is changed.
    """
    chosen = check(kinds, run.experiment)
    if any(exporter.needs_model for exporter in chosen):
        _check_model(run)
    names: list[str] = []
    with write_all(out) as folder:
        for i, exporter in enumerate(chosen):
            exporter.write(run, folder, _tick(progress, i, len(chosen)))
            names += sorted(f.name for f in folder.iterdir() if f.name not in names)
        _tick(progress, len(chosen), len(chosen))(0.0, f"{len(names)} files")
    return [Path(out) / name for name in names]


def _check_model(run: "Run") -> None:
    weights = run.weights()
    if not weights:
        raise SpecError("There is no model to export: the training part holds no points.", "export")
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise SpecError(
            "The weights are not finite numbers and cannot be exported: go back to the last finite state.",
            "export",
        )


def _tick(progress: Progress | None, done: int, total: int) -> Tick:
    def tick(fraction: float, sentence: str) -> None:
        if progress is not None and not progress((done + fraction) / total, sentence):
            raise Cancelled("The export was called off; nothing was written.", "export")

    return tick


registry.discover(__name__)
