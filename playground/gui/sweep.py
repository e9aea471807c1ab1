"""Sweeps: a parameter runs through its range by itself while everything else stays usable.

The play button of a slider and, with a model that is solved in one step, the transport's own start one.
One runs at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.engine.schema import SpecError
from playground.gui.document import Document


class Sweeper(QObject):
    """changed: a sweep began or ended; `path` is the parameter that is being swept, or empty."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._values: list[float] = []
        self._path = ""
        self._stepping = False
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        document.changed.connect(self._document_changed)

    @property
    def path(self) -> str:
        return self._path

    def start(self, path: str, values: Sequence[float], per_second: float) -> None:
        """Set `path` to each of `values`, the first at once; all of it is one undo step."""
        self.stop()
        if values:
            self._path, self._values = path, list(values)
            self.set_speed(per_second)
            self._timer.start()
            self._document.settle()
            self.changed.emit()
            self._step()

    def set_speed(self, per_second: float) -> None:
        self._timer.setInterval(max(round(1000 / per_second), 8))

    def stop(self) -> None:
        if self._path:
            self._timer.stop()
            self._path, self._values = "", []
            self._document.settle()
            self.changed.emit()

    def _step(self) -> None:
        value = self._values.pop(0)
        self._stepping = True
        try:
            self._document.change({self._path: value}, merge=f"sweep {self._path}")
        except SpecError:  # the parameter has gone with the model or the lab it belonged to
            self._values.clear()
        finally:
            self._stepping = False
        if not self._values:
            self.stop()

    def _document_changed(self, paths: frozenset[str]) -> None:
        """Somebody else set the parameter, or went to another lab: the sweep gives way."""
        if self._path and not self._stepping and ("lab" in paths or self._path in paths):
            self.stop()
