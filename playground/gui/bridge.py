"""The bridge: commands go to the worker, the newest snapshot comes back with the window's heartbeat.

It owns the worker and one timer. Each beat takes the newest snapshot, drops those of an older generation
and emits `tick`; there is no other way from the engine to the screen. The document's changes become `Set`
where the run can go on, and `Load` with a new generation where it cannot. The main window makes one and
closes it.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.engine import commands
from playground.engine.experiment import Experiment, diff, is_live
from playground.engine.snapshot import Snapshot, View
from playground.gui.document import Document

BUSY_MS, IDLE_MS = 16, 50
"""Between beats: while something happens, and when nothing has happened for a second."""
LAB_MS = 100
"""How long the worker waits while the window changes over to another lab (it may load torch then)."""
STEADY_S = 0.04
COLLECT_EVERY_S = 0.5
ENDED = ("finished", "stopped", "diverged", "failed")
SHAPE = {"model.hidden", "model.activation", "model.activations", "model.output", "model.dropout", "model.dropouts",
         "model.skips", "model.held", "model.edits", "features", "feature_order", "feature_formula"}  # fmt: skip
"""Changes after which layers of the same shape keep their weights."""


class WorkerLike(Protocol):
    outbox: deque[Any]

    def start(self) -> None: ...
    def send(self, command: commands.Command) -> None: ...
    def take(self) -> Snapshot | None: ...
    def hold(self) -> None: ...
    def release(self) -> None: ...
    def close(self, timeout: float = 2.0) -> bool: ...


class Bridge(QObject):
    """tick(snapshot): a new state of the run. playing_changed(bool): whether it is told to train.

    still: a beat without news in the midst of training; whoever draws keeps the rhythm of the frames.
    """

    tick = Signal(object)
    still = Signal()
    playing_changed = Signal(bool)

    def __init__(self, document: Document, worker: WorkerLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._worker = document, worker
        self._generation = 0
        self._loaded: Experiment | None = None
        self._playing = False
        self._speed: float | None = None
        self._instant = False
        self._waiting: dict[int, Callable[[Any], None]] = {}
        self._token = 0
        self._closed = False
        self.snapshot = Snapshot()
        self.frame_intervals: deque[float] = deque(maxlen=3600)
        self._last_beat = self._last_news = self._last_collect = time.perf_counter()
        self._timer = QTimer(self, interval=BUSY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        document.changed.connect(self._document_changed)

    # ---- life
    def start(self) -> None:
        """Start the worker and the heartbeat, and load the document."""
        self._worker.start()
        if self._loaded is None:
            self._load(self._document.experiment)
        self._last_beat = time.perf_counter()
        self._timer.start()

    def close(self, timeout: float = 2.0) -> bool:
        """Stop the heartbeat, then the worker; False if it did not end in time."""
        if self._closed:
            return True
        self._closed = True
        self._timer.stop()
        self._worker.release()  # the beat that would have done it does not come any more
        return self._worker.close(timeout)

    # ---- the document speaks
    def _document_changed(self, paths: frozenset[str]) -> None:
        new, old = self._document.experiment, self._loaded
        if old is None or self._closed or diff(old, new) == frozenset():
            return
        same_lab = str(old.lab) == str(new.lab)
        self._hold(0 if same_lab else LAB_MS)
        if same_lab and is_live(old, new):
            self._loaded = new
            self._send(commands.Set(new))
        else:
            self._load(new, keep=same_lab and paths <= SHAPE)

    def _load(self, experiment: Experiment, keep: bool = False) -> None:
        goes_on = self._playing and self._loaded is not None and str(self._loaded.lab) == str(experiment.lab)
        self._generation += 1
        self._loaded = experiment
        self._send(commands.Load(self._generation, experiment, keep))
        if goes_on:
            self._send(commands.Play(self._speed, self._instant))
        else:
            self._set_playing(False)

    def load_record(self, record: Any) -> None:
        """Go on with a saved run. The document must hold its Experiment already, or be given it next."""
        self._generation += 1
        self._loaded = record.experiment
        self._send(commands.LoadRecord(self._generation, record))
        self._set_playing(False)

    # ---- transport
    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float | None:
        """Epochs a second, None for as fast as the machine goes."""
        return self._speed

    @property
    def instant(self) -> bool:
        """Whether the finished run is shown at once, and again after each change."""
        return self._instant

    def set_speed(self, epochs_per_second: float | None, instant: bool = False) -> None:
        if (epochs_per_second, instant) != (self._speed, self._instant):
            over = self._instant and not instant and self.snapshot.status != "running"
            self._speed, self._instant = epochs_per_second, instant
            if self._playing and over:  # what was armed has come to its end: nothing goes on by itself
                self.pause()
            elif self._playing:
                self._send(commands.Play(self._speed, self._instant))

    def play(self) -> None:
        self._send(commands.Play(self._speed, self._instant))
        self._set_playing(True)

    def pause(self) -> None:
        self._send(commands.Pause())
        self._set_playing(False)

    def step(self, grain: str = "epoch", back: bool = False) -> None:
        self._send(commands.Step("batch" if grain == "batch" else "epoch", back))
        self._set_playing(False)

    def seek(self, epoch: int) -> None:
        self._send(commands.Seek(epoch))
        self._set_playing(False)

    def rewind(self) -> None:
        self._send(commands.Rewind())
        self._set_playing(False)

    def restore(self) -> None:
        self._send(commands.Restore())
        self._set_playing(False)

    def watch(self, names: frozenset[str], view: View, first: str = "") -> None:
        """What is on screen: nothing else is computed. `first`: the chart that follows the hand closest."""
        self._send(commands.Watch(names, view, first))

    def collect(self, callback: Callable[[Any], None]) -> None:
        """Ask for the run as a RunRecord; `callback(record)` is called from a later beat."""
        self._token += 1
        self._waiting[self._token] = callback
        self._send(commands.Collect(self._token))

    def _send(self, command: commands.Command) -> None:
        if not self._closed:
            self._worker.send(command)
            self._wake()

    def _hold(self, ms: int = 0) -> None:
        """The interpreter is the window's until what is being changed has been painted."""
        self._worker.hold()
        QTimer.singleShot(ms, self._worker.release)  # at 0 it comes after the paint events of this beat

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)

    # ---- the heartbeat
    @property
    def interval(self) -> int:
        """Milliseconds between two beats now."""
        return self._timer.interval()

    @property
    def quiet_s(self) -> float:
        """Seconds since a snapshot came or a command was sent."""
        return time.perf_counter() - self._last_news

    @property
    def frames_per_second(self) -> float:
        """Of the last second or so."""
        last = [interval for _, interval in zip(range(60), reversed(self.frame_intervals), strict=False)]
        return len(last) / sum(last) if last and sum(last) > 0 else 0.0

    def _wake(self) -> None:
        self._last_news = time.perf_counter()
        if self._timer.interval() != BUSY_MS:
            self._timer.setInterval(BUSY_MS)
            self._last_beat = self._last_news

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._timer.interval() == BUSY_MS:
            self.frame_intervals.append(now - self._last_beat)
        self._last_beat = now
        self.take_answers()
        snapshot = self._worker.take()
        if snapshot is not None and snapshot.generation == self._generation:
            self._take(snapshot)
        elif self._trains and (self._starting or now - self._last_news < STEADY_S):
            self.still.emit()
        elif not self._trains and not self._waiting and now - self._last_news > 1.0:
            self._timer.setInterval(IDLE_MS)
        self._collect_garbage(now)

    @property
    def _trains(self) -> bool:
        """Whether snapshots are to be expected: an instant run that is over waits for a change."""
        return self._playing and not (self._instant and self.snapshot.status in (*ENDED, "paused"))

    @property
    def _starting(self) -> bool:
        """Told to train, and nothing was learnt yet: torch may be on its way."""
        return self.snapshot.step == 0 or self.snapshot.generation != self._generation

    def take_answers(self) -> None:
        """Hand over the copies of the run that were asked for and have come."""
        while self._worker.outbox:
            answer = self._worker.outbox.popleft()
            callback = self._waiting.pop(answer.token, None)
            if callback is not None:
                callback(answer.record)

    def _take(self, snapshot: Snapshot) -> None:
        self._wake()
        if snapshot.step != self.snapshot.step and self.snapshot.generation == snapshot.generation:
            if not snapshot.solved:
                self._document.trained()
        self._hold()
        self.snapshot = snapshot
        if snapshot.status in ENDED and not self._instant:
            self._set_playing(False)
        self.tick.emit(snapshot)

    def _collect_garbage(self, now: float) -> None:
        """Qt objects must die in this thread: where the worker has switched the collector off, it runs here."""
        loading = self.snapshot.status == "loading"  # torch brings a million objects, which are frozen afterwards
        if not gc.isenabled() and not loading and now - self._last_collect > COLLECT_EVERY_S:
            self._last_collect = now
            gc.collect(1)
