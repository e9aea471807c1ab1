"""Who beside the canvas is painted in which beat.

While a model trains, and while a hand draws, what stands beside the canvas is shown one thing a beat: two
charts that are painted in the same beat cost a frame. What has nothing new gives its turn away. A beat
without a snapshot belongs to them alone, for the canvas has nothing to paint then; as long as every second or
third beat is one of those, the others are left to the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from playground.engine.snapshot import Snapshot
from playground.gui.bridge import Bridge
from playground.gui.canvas import Canvas

ALONE = 2
"""So many beats with a snapshot after one without are the canvas' alone."""
Show = Callable[[Snapshot], bool]
"""Shows what a snapshot holds for it; says whether it will be painted anew."""


class Turns(QObject):
    """Connected to the bridge's beats; the main window makes one."""

    def __init__(self, bridge: Bridge, canvas: Canvas, shows: Sequence[Show], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._canvas, self._shows = bridge, canvas, list(shows)
        self._next = 0
        self._status = ""
        self._news = 0
        bridge.tick.connect(self._tick)
        bridge.still.connect(self._still)
        canvas.stage.released.connect(self.catch_up)

    def catch_up(self) -> None:
        """All that stands beside the canvas shows the newest state."""
        for show in self._shows:
            show(self._bridge.snapshot)

    def _tick(self, snapshot: Snapshot) -> None:
        self._canvas.show_snapshot(snapshot)
        self._news += 1
        if snapshot.status != self._status or snapshot.status != "running" and not self._canvas.stage.tool.held:
            self._status = snapshot.status
            self.catch_up()
        elif self._news > ALONE:
            self._one()

    def _still(self) -> None:
        """A beat without news in the midst of training. Something is painted all the same: after a beat without
        paint the next comes late, because the worker has taken the interpreter meanwhile."""
        self._news = 0
        if not self._one():
            self._canvas.stage.refresh_now()

    def _one(self) -> bool:
        """The next that has something new; False if nobody has."""
        for _ in self._shows:
            show = self._shows[self._next]
            self._next = (self._next + 1) % len(self._shows)
            if show(self._bridge.snapshot):
                return True
        return False
