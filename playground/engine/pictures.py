"""The summaries that are on screen, computed no more often than they are looked at. The worker asks for them.

The canvas follows a hand and waits for nothing: where the run has moved on, what stands beside it and takes long is
put off to the next snapshot. The old one stays meanwhile.
"""

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
LONG_S = 0.008
"""Half a frame: what took as long last time is put off."""
RUNNING_RESOLUTION = 128
"""Cells along one side of a decision map while training."""


@dataclass(frozen=True, eq=False)
class _Computed:
    """A summary, what it was computed for, and how long that takes, in seconds: of late at the most."""

    run: Run
    version: int
    view: View
    at: float
    took: float
    summary: Summary | None


class Pictures:
    """What was computed last of each summary. `watch` says which ones are on screen, and of what part."""

    def __init__(self) -> None:
        self.watch = Watch(frozenset(), View())
        self._computed: dict[str, _Computed] = {}
        self._looks: dict[str, Looks] = {}
        self._seen: tuple[Run | None, int] = (None, 0)
        self._put_off = False
        self._owing_since = 0.0

    @property
    def owing(self) -> bool:
        """Whether a summary was put off the last time."""
        return self._put_off

    @property
    def late(self) -> bool:
        """Whether that has gone on for so long that the next snapshot must not wait for the run to stand still."""
        return self._put_off and time.perf_counter() - self._owing_since >= CHART_INTERVAL_S

    def of(self, run: Run, busy: bool) -> dict[str, Summary | None]:
        """By name; None where a summary has no meaning now. `busy`: the run is training meanwhile.

        Asked for the same state once more, it puts nothing off.
        """
        if "test" in run.scores():
            run.looks = self._looks.setdefault(run.experiment.lab, Looks()).look(run.experiment)
        now, owed, moved = time.perf_counter(), self._put_off, self._seen != (run, run.version)
        self._seen, self._put_off = (run, run.version), False
        found = {name: self._one(run, name, busy, moved) for name in sorted(self.watch.names)}
        if self._put_off and not owed:
            self._owing_since = now
        return found

    def _one(self, run: Run, name: str, busy: bool, moved: bool) -> Summary | None:
        view = self.watch.view
        if busy and view.resolution > RUNNING_RESOLUTION:
            view = replace(view, resolution=RUNNING_RESOLUTION)
        old, now = self._computed.get(name), time.perf_counter()
        if old is not None and old.run is run and old.view == view:
            beside = name not in labs[run.experiment.lab].canvas
            unchanged = old.version == run.version and not getattr(old.summary, "behind", False)
            if unchanged or (busy and beside and now - old.at < CHART_INTERVAL_S):
                return old.summary
            if moved and beside and name != "fan" and old.took > LONG_S:  # the fan lies on the canvas
                self._put_off = True
                return old.summary
        summary = freeze(run.summarize(name, view))
        took = max(time.perf_counter() - now, old.took / 2 if old is not None else 0.0)
        self._computed[name] = _Computed(run, run.version, view, now, took, summary)
        return summary
