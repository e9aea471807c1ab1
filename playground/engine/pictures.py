"""The summaries that are on screen, computed no more often than they are looked at. The worker asks for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from playground.engine.commands import Watch
from playground.engine.looks import Looks
from playground.engine.registry import labs
from playground.engine.snapshot import Summary, View, freeze
from playground.engine.trainer import Run

CHART_INTERVAL_S = 0.05
"""Between two computations of what stands beside the canvas, while training: 20 times a second."""
RUNNING_RESOLUTION = 128
"""Cells along one side of a decision map while training."""


@dataclass(frozen=True, eq=False)
class _Computed:
    """A summary, and what it was computed for."""

    run: Run
    version: int
    view: View
    at: float
    summary: Summary | None


class Pictures:
    """What was computed last of each summary. `watch` says which ones are on screen, and of what part."""

    def __init__(self) -> None:
        self.watch = Watch(frozenset(), View())
        self._computed: dict[str, _Computed] = {}
        self._looks: dict[str, Looks] = {}

    def of(self, run: Run, busy: bool) -> dict[str, Summary | None]:
        """By name; None where a summary has no meaning now. `busy`: the run is training meanwhile."""
        if "test" in run.scores():
            run.looks = self._looks.setdefault(run.experiment.lab, Looks()).look(run.experiment)
        return {name: self._one(run, name, busy) for name in sorted(self.watch.names)}

    def _one(self, run: Run, name: str, busy: bool) -> Summary | None:
        view = self.watch.view
        if busy and view.resolution > RUNNING_RESOLUTION:
            view = replace(view, resolution=RUNNING_RESOLUTION)
        old, now = self._computed.get(name), time.perf_counter()
        if old is not None and old.run is run and old.view == view:
            slow = name not in labs[run.experiment.lab].canvas
            unchanged = old.version == run.version and not getattr(old.summary, "behind", False)
            if unchanged or (busy and slow and now - old.at < CHART_INTERVAL_S):
                return old.summary
        summary = freeze(run.summarize(name, view))
        self._computed[name] = _Computed(run, run.version, view, now, summary)
        return summary
