"""Work that can wait, done a piece at a time in moments in which nobody needs the window."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from playground.gui.bridge import Bridge

STEP_MS = 15
QUIET_S = 0.2
"""Without news from the worker and without a command to it: nobody trains or draws."""
PATIENCE_S = 1.0
"""While there is no such moment, as in a training that goes on and on, one piece is done in this time."""


class Idle(QObject):
    """The main window makes one and gives it what to do."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._pieces: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)
        self._done_at = 0.0

    def do(self, pieces: Iterable[Callable[[], object]]) -> None:
        """Add these to what is to be done, in their order."""
        self._pieces.extend(pieces)
        self._timer.start()

    def stop(self) -> None:
        """Do no more of it."""
        self._pieces.clear()
        self._timer.stop()

    def _step(self) -> None:
        if not self._pieces:
            self.stop()
        elif self._may():
            self._pieces.popleft()()
            self._done_at = time.perf_counter()

    def _may(self) -> bool:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return False
        return self._bridge.quiet_s > QUIET_S or time.perf_counter() - self._done_at > PATIENCE_S
