"""Jobs: long work in a plain thread, told to the window by a timer that reads its messages.

Reading a table, writing a session, exporting. The thread touches no Qt object. It is asked to stop by the
answer of `progress` and is always joined before the program ends.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from playground.engine.schema import SpecError

Progress = Callable[[float, str], bool]
"""progress(share from 0 to 1, what is being done) -> False when the work shall end."""


class Cancelled(Exception):
    """The work ended because it was asked to."""


class Job(QObject):
    """progressed(share, text); then one of done(result), refused(sentence), cancelled()."""

    progressed = Signal(float, str)
    done = Signal(object)
    refused = Signal(str)
    cancelled = Signal()

    def __init__(self, work: Callable[[Progress], Any], name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._messages: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._told: deque[tuple[float, str]] = deque(maxlen=1)
        """How far it is: only the newest word counts, however often the work speaks."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self._timer = QTimer(self, interval=30)
        self._timer.timeout.connect(self._read)

    def start(self) -> Job:
        self._thread.start()
        self._timer.start()
        return self

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def cancel(self) -> None:
        """Ask the work to end; `cancelled` follows."""
        self._stop.set()

    def close(self, timeout: float = 2.0) -> None:
        """End the work and wait for it; no signal follows."""
        self._stop.set()
        self._timer.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _progress(self, share: float, text: str = "") -> bool:
        self._told.append((share, text))
        return not self._stop.is_set()

    def _run(self) -> None:
        try:
            self._messages.put(("done", self._work(self._progress)))
        except Cancelled:
            self._messages.put(("cancelled", None))
        except (SpecError, OSError) as error:
            self._messages.put(("refused", _sentence(error)))
        except Exception as error:
            self._messages.put(("broken", error))

    def _read(self) -> None:
        if self._told:
            self.progressed.emit(*self._told.pop())
        if not self._messages.empty():
            kind, what = self._messages.get()
            self._timer.stop()
            self._thread.join()
            if self._stop.is_set() or kind == "cancelled":
                self.cancelled.emit()
            elif kind == "done":
                self.done.emit(what)
            elif kind == "refused":
                self.refused.emit(what)
            else:
                raise what


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The file'}: {error.strerror}."
    return str(error)
