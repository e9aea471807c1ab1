"""What stands beside the canvas is shown in turns while snapshots come in every beat.

Two charts that are painted in the same beat cost a frame. Nothing stays behind: when no snapshot comes any more,
those that have not had their turn are shown in the next beats.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from playground.engine.snapshot import Snapshot
from playground.gui.bridge import BUSY_MS

DENSE_S = 0.06
"""Snapshots that are closer to each other come in every beat."""

Show = Callable[[Snapshot], None]


class Turns(QObject):
    """`show(snapshot)`: all views at once at rest, one in each beat while a run trains, half of them while a hand
    moves what is solved at once: then each of them is two beats behind at most."""

    def __init__(self, views: Sequence[Show], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = tuple(views)
        self._waiting: deque[Show] = deque()
        self._snapshot = Snapshot()
        self._last = 0.0
        self._next = QTimer(self, interval=BUSY_MS, singleShot=True)
        self._next.timeout.connect(self._serve)

    def show(self, snapshot: Snapshot) -> None:
        now, before = time.perf_counter(), self._snapshot
        dense = now - self._last < DENSE_S and snapshot.status == before.status
        self._last, self._snapshot = now, snapshot
        self._waiting.extend(view for view in self._views if view not in self._waiting)
        if not dense:
            self._serve(len(self._views))
        elif snapshot.status == "running":
            self._serve(1)
        else:
            self._serve()

    def _serve(self, most: int = 0) -> None:
        for _ in range(min(most or -(-len(self._views) // 2), len(self._waiting))):
            self._waiting.popleft()(self._snapshot)
        if self._waiting:
            self._next.start()
        else:
            self._next.stop()
