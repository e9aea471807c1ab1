"""The summaries that are on screen, computed no more often than they are looked at. The worker asks for them.

The canvas follows a hand and waits for nothing: where the run has moved on, what stands beside it and takes long is
put off to the next snapshot. While a hand moves what is solved at once, the charts take turns, one in each snapshot,
the one in front in every second: two that are painted in the same beat cost a frame. The old ones stay meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from playground.engine.commands import Watch
from playground.engine.looks import Looks
from playground.engine.registry import labs
from playground.engine.snapshot import Summary, View, alike, freeze
from playground.engine.trainer import Run

CHART_INTERVAL_S = 0.05
"""Between two computations of what stands beside the canvas, while training: 20 times a second."""
LONG_S = 0.008
"""Half a frame: what took as long last time is put off."""
DENSE_S = 0.04
"""States that follow each other so closely come from a hand that moves."""
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
        self._put_off = self._in_turn = False
        self._owing_since = self._moved_at = 0.0
        self._turn = 0

    @property
    def owing(self) -> bool:
        """Whether a summary was put off the last time."""
        return self._put_off or self._in_turn

    @property
    def rested(self) -> bool:
        """Whether charts that wait for their turn may as well be computed now: the hand rests."""
        return not self._in_turn or time.perf_counter() - self._moved_at >= DENSE_S

    @property
    def late(self) -> bool:
        """Whether what takes long was put off for so long that it must not wait for the run to stand still."""
        return self._put_off and time.perf_counter() - self._owing_since >= CHART_INTERVAL_S

    def of(self, run: Run, busy: bool) -> dict[str, Summary | None]:
        """By name; None where a summary has no meaning now. `busy`: the run is training meanwhile.

        Asked for the same state once more, it puts nothing off.
        """
        if "test" in run.scores():
            run.looks = self._looks.setdefault(run.experiment.lab, Looks()).look(run.experiment)
        now, owed, moved = time.perf_counter(), self._put_off, self._seen != (run, run.version)
        self._seen, self._put_off, self._in_turn = (run, run.version), False, False
        waiting = self._waiting(run) if moved and not busy and now - self._moved_at < DENSE_S else frozenset()
        if moved:
            self._moved_at = now
        found = {name: self._one(run, name, busy, moved, name in waiting) for name in sorted(self.watch.names)}
        if self._put_off and not owed:
            self._owing_since = now
        return found

    def _waiting(self, run: Run) -> frozenset[str]:
        """Those of the charts whose turn it is not: the first one has every second turn, the others share the rest."""
        beside = self.watch.names - {*labs[run.experiment.lab].canvas, "fan"}
        first = {self.watch.first} & beside
        others = sorted(beside - first)
        self._turn += 1
        if not others or (first and self._turn % 2):
            return frozenset(others)
        return beside - {others[self._turn // 2 % len(others)]}

    def _one(self, run: Run, name: str, busy: bool, moved: bool, waits: bool) -> Summary | None:
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
            if waits:
                self._in_turn = True
                return old.summary
        summary = freeze(run.summarize(name, view))
        if old is not None and alike(old.summary, summary):  # of other points, say: whoever shows it need not paint it
            summary = old.summary
        took = max(time.perf_counter() - now, old.took / 2 if old is not None else 0.0)
        self._computed[name] = _Computed(run, run.version, view, now, took, summary)
        return summary
