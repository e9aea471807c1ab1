"""The worker: one plain thread that trains, obeys commands and publishes snapshots. It touches no Qt.

Commands come in by a queue that is looked at between bounded slices of training; the newest snapshot goes
out by a mailbox with one place. A snapshot is made when the last one was taken and a frame has passed, when
a command was obeyed, or when the status changed: so the last picture is always the true state, and neither
side can flood the other. Without work the thread blocks on the queue.

Python's cycle collector is switched off for the whole process while the worker lives, since it runs in
whichever thread happens to allocate, and a Qt object must not die in this one. Who owns the worker collects
in its own thread now and then (`gui/bridge.py` does, on its heartbeat). The interpreter's switch interval
is shortened meanwhile, so that the window gets its turn within a millisecond.
"""

import gc
import queue
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from playground.engine import compiled, fallback, library, torch_loading, trouble
from playground.engine.commands import (
    Collect,
    Collected,
    Command,
    Load,
    LoadRecord,
    Pause,
    Play,
    Restore,
    Rewind,
    Seek,
    Set,
    Step,
    Stop,
    Watch,
    coalesce,
)
from playground.engine.executors import wanted
from playground.engine.experiment import Experiment, is_live
from playground.engine.pictures import Pictures
from playground.engine.record import RunRecord
from playground.engine.schema import SpecError
from playground.engine.snapshot import Snapshot, Status
from playground.engine.trainer import Run

T = TypeVar("T")

SLICE_S = 0.002
"""Training between two looks at the queue, and at whether the window is painting."""
HELD_S = 0.25
"""The longest that a window may hold the worker up."""
SWITCH_INTERVAL_S = 0.001
"""Python's own is 5 ms: a third of a frame."""
INSTANT_EPOCHS = 300
"""Of a run that has no stop rule of its own, where the result is wanted at once."""
HUSH_S = 0.012
"""Before that, an instant result that is on its way is not worth a picture of what leads to it."""
WARM_AFTER_S = 2.0
"""Without a command: by then a window that has just been opened has made all that it will show."""
FUSED_SLICE_S = 0.008
"""The same of training that lets go of the interpreter: it is in nobody's way."""


class Worker:
    """See the module. `outbox` holds the answers to `Collect`, oldest first.

    `rate`: snapshots a second at most, apart from those that answer a command.
    """

    def __init__(self, rate: float = 60.0) -> None:
        self.outbox: deque[Collected] = deque()
        self._rate = rate
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._mailbox: deque[Snapshot] = deque(maxlen=1)
        self._thread = threading.Thread(target=self._live, name="playground-worker")
        self._free = threading.Event()
        self._free.set()
        self._warming: threading.Thread | None = None
        self._collecting, self._switch_interval = gc.isenabled(), sys.getswitchinterval()
        # From here on only the thread itself reads and writes.
        self._run: Run | None = None
        self._parked: dict[str, Run] = {}
        self._generation = 0
        self._lost: RuntimeError | None = None
        """Why no run is begun on the GPU any more."""
        self._failure: tuple[str, str] | None = None
        self._pictures = Pictures()
        self._troubles = trouble.Watch()
        self._playing = False
        self._speed: float | None = None
        self._goal: int | None = None
        self._instant = False
        self._owes = False
        self._begun_at = 0.0
        self._behind = False
        self._paced_from = (0.0, 0)
        self._published_at = self._publishing_took = 0.0
        self._published_status: Status = "empty"
        self._published_state: tuple[Run | None, int] = (None, 0)
        self._steps_at = (0.0, 0)
        self._steps_per_second = 0.0

    # ---- called from outside ----
    def start(self) -> None:
        self._collecting = gc.isenabled()
        gc.disable()
        self._switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()

    def send(self, command: Command) -> None:
        self._commands.put(command)

    def hold(self) -> None:
        """Nothing is computed from now until `release`: two threads of Python side by side get in each other's way,
        and a window that must fetch the interpreter back for every line it paints takes ten times as long."""
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def take(self) -> Snapshot | None:
        """The newest snapshot, once; None where there is nothing new."""
        try:
            return self._mailbox.pop()
        except IndexError:
            return None

    def close(self, timeout: float = 2.0) -> bool:
        """End the thread; False if it did not end in time."""
        if self._thread.is_alive():
            self.send(Stop())
            self._thread.join(timeout / 2)
            library.process.close()  # a fit that takes long is called off
            self._thread.join(timeout / 2)
        if self._warming is not None:
            self._warming.join(timeout)
        if self._collecting:
            gc.enable()
        sys.setswitchinterval(self._switch_interval)
        return not self._thread.is_alive()

    # ---- the thread ----
    def _live(self) -> None:
        while True:
            commands = coalesce(self._receive())
            self._free.wait(HELD_S)
            for command in commands:
                if isinstance(command, Stop):
                    return
                try:
                    self._on_what_works(partial(self._obey, command))
                except Exception as error:
                    self._fail(error)
            try:
                self._on_what_works(self._train)
                self._owes = self._owes or bool(commands)
                if (self._owes or self._due()) and not self._hushed():
                    self._publish()
                    if self._pictures.late:  # the canvas is out; else a hand that never rests would starve the charts
                        self._publish()
                    self._owes = False
                if not commands and not self._busy and not self._behind:
                    self._warm_up()
            except Exception as error:
                self._fail(error)
                self._publish()

    @property
    def _cold(self) -> bool:
        return self._warming is None and self._run is not None and self._run.executor.solves

    def _warm_up(self) -> None:
        """Once nothing is asked for: bring in the kernels that the charts of model selection need, beside this thread,
        or the first of these charts would keep everything waiting for most of a second."""
        if self._cold:
            self._warming = threading.Thread(target=_bring_in_kernels, name="playground-kernels")
            self._warming.start()

    def _receive(self) -> list[Command]:
        """The commands that wait; blocks while there is nothing to do."""
        found: list[Command] = []
        try:
            patience = self._patience()
            if patience != 0:
                found.append(self._commands.get(timeout=patience))
            while True:
                found.append(self._commands.get_nowait())
        except queue.Empty:
            return found

    @property
    def _busy(self) -> bool:
        """Whether there is training to do: for the one who leads, or for one beside it who is behind."""
        return self._run is not None and ((self._playing and self._run.companions.leader.can_train) or self._lags)

    @property
    def _lags(self) -> bool:
        return self._run is not None and self._failure is None and self._run.companions.behind

    def _hushed(self) -> bool:
        return self._instant and self._busy and time.perf_counter() < self._begun_at + HUSH_S

    def _patience(self) -> float | None:
        """Seconds to wait for a command: 0 while training, None (for ever) when idle and warm."""
        if not self._busy:
            return 0.001 if self._behind else WARM_AFTER_S if self._cold else None
        if self._goal is None and self._speed is not None and not self._lags and not self._epochs_due():
            begun, done = self._paced_from
            due = begun + (done + 1) / self._speed - time.perf_counter()
            return min(max(due, 0.001), 1.0 / self._rate)
        return 0

    # ---- commands ----
    def _obey(self, command: Command) -> None:
        if isinstance(command, Load):
            self._load(command)
        elif isinstance(command, LoadRecord):
            self._load_record(command)
        elif isinstance(command, Watch):
            self._pictures.watch = command
        elif isinstance(command, Collect):
            self._collect(command)
        elif isinstance(command, Set):
            self._set(command.experiment)
        elif self._run is not None and self._failure is None:
            self._drive(self._run, self._run.companions.leader, command)

    def _drive(self, main: Run, run: Run, command: Command) -> None:
        """What moves the run that is there, or the one beside it that leads; the others keep step."""
        if isinstance(command, Play):
            self._playing, self._speed, self._goal = True, command.epochs_per_second, None
            self._instant = command.instant
            if self._instant:
                self._run_at_once(main, run)
            self._start_clock()
            if self._speed is not None:  # the first epoch is due at once
                self._paced_from = (time.perf_counter() - 1.0 / self._speed, 0)
            return
        self._playing, self._goal, self._instant = False, None, False
        if isinstance(command, Step) and command.back:
            run.seek(run.epoch if run.position else run.epoch - 1)
            main.companions.seek(run.epoch)
        elif isinstance(command, Step) and command.grain == "batch":
            run.step_batch()
            main.companions.step_batch()
        elif isinstance(command, Step):
            self._goal = run.epoch + 1
            run.advance(SLICE_S, max_epochs=1)
            self._playing = run.epoch < self._goal
        elif isinstance(command, Seek):
            run.seek(command.epoch)
            main.companions.seek(run.epoch)
        elif isinstance(command, Rewind):
            run.rewind()
            main.companions.rewind()
        elif isinstance(command, Restore):
            run.restore()
            main.companions.seek(run.epoch)
        elif not isinstance(command, Pause):
            raise TypeError(f"no such command: {command}")

    def _run_at_once(self, main: Run, run: Run) -> None:
        """From the start to the end, whatever has been before."""
        if run.step:
            run.rewind()
            main.companions.rewind()
        last = run.experiment.training.max_epochs
        self._goal = INSTANT_EPOCHS if last is None else last
        self._playing, self._begun_at = True, time.perf_counter()

    def _load(self, command: Load) -> None:
        """A new run; or the parked one of that lab, if it is the same Experiment."""
        self._begin(command.generation)
        e, before = command.experiment, self._run
        parked = self._parked.get(e.lab)
        if parked is not None and parked is not before and parked.experiment == e:
            self._install(parked)
            return
        if parked is not None and (run := parked.companions.released(e)) is not None:
            run.change(e)
            run.companions.follow(parked)
            self._install(run)
            return
        self._run = None
        self._load_libraries(e)
        keep = parked if command.keep_weights and parked and parked.status != "diverged" else None
        run = self._made(e, lambda lost: Run(e, keep=keep, lost=lost))
        if parked is not None:
            run.companions.follow(parked)
            run.previous = parked.history if len(parked.history) > 1 else parked.previous
        self._install(run)

    def _load_record(self, command: LoadRecord) -> None:
        self._begin(command.generation)
        self._run = None
        record = command.record
        self._load_libraries(record.experiment, record.executor)
        self._install(self._made(record.experiment, lambda lost: Run.from_record(record, lost=lost)))

    def _begin(self, generation: int) -> None:
        self._generation, self._failure = generation, None
        self._playing, self._goal, self._instant = False, None, False

    def _install(self, run: Run) -> None:
        self._run = self._parked[run.experiment.lab] = run
        self._load_beside(run)
        self._start_clock()

    def _load_beside(self, run: Run) -> None:
        for member in run.companions.waiting:
            if member.wanted is not None:
                self._load_libraries(member.wanted)

    def _load_libraries(self, experiment: Experiment, executor: str = "") -> None:
        """What the first run of an executor waits for, said in the status bar."""
        if experiment.optimizer.executor:
            if experiment.optimizer.executor == "sklearn" and library.process.pid is None:
                self._say_loading("Loading scikit-learn …")  # its first answer takes some seconds
            return
        compiled.start()
        name, _ = wanted(experiment, executor)
        if name == "fused" and not compiled.is_loaded():
            self._say_loading("Loading the compiled kernels …")
            compiled.load()
        elif name == "torch" and not torch_loading.is_loaded():
            self._say_loading("Loading PyTorch …")
            torch_loading.load()

    def _say_loading(self, message: str) -> None:
        self._deliver(Snapshot(generation=self._generation, status="loading", message=message))

    def _set(self, experiment: Experiment) -> None:
        run = self._run
        if run is None or not is_live(run.experiment, experiment):
            playing, speed, instant = self._playing, self._speed, self._instant
            self._load(Load(self._generation, experiment))
            if playing or instant:
                self._obey(Play(speed, instant))
            return
        self._failure = None
        run.change(experiment)
        self._load_beside(run)
        if self._instant:
            self._run_at_once(run, run.companions.leader)

    def _collect(self, command: Collect) -> None:
        record: RunRecord | None = None
        try:
            if self._run is not None:
                self._run.companions.bring_up()
                record = self._on_what_works(self._run.record)
        finally:
            self.outbox.append(Collected(command.token, record))

    def _fail(self, error: Exception) -> None:
        self._playing, self._goal = False, None
        details = "" if isinstance(error, SpecError) else "".join(traceback.format_exception(error))
        self._failure = (sentence(error), details)

    # ---- when the GPU fails ----
    def _on_what_works(self, act: Callable[[], T]) -> T:
        """What `act` gives; where the GPU fails on the way, once more with the run on the CPU."""
        try:
            return act()
        except RuntimeError as error:
            run = self._run
            if run is None or run.executor.device == "cpu" or not fallback.what_failed(error):
                raise
            run.onto_cpu(error)
            self._leave_gpu(error)
            return act()

    def _made(self, experiment: Experiment, make: Callable[[str], Run]) -> Run:
        """A new run, of `make(lost)`; on the CPU where the GPU fails on the way."""
        try:
            return make(fallback.sentence(self._lost, experiment) if self._lost else "")
        except RuntimeError as error:
            why = fallback.sentence(error, experiment)
            if not why:
                raise
            self._leave_gpu(error)
            run = make(why)
            run.notice = why
            return run

    def _leave_gpu(self, error: RuntimeError) -> None:
        """A GPU that is out of memory may take a smaller run. One that is gone takes all runs along, for good."""
        if fallback.what_failed(error) == "lost":
            self._lost = error
            for run in self._parked.values():
                if run.executor.device != "cpu" and not run.executor.solves:
                    run.onto_cpu(error)

    # ---- training ----
    def _start_clock(self) -> None:
        now, run = time.perf_counter(), self._run
        self._paced_from = (now, 0)
        self._steps_at = (now, run.companions.leader.step if run else 0)
        self._steps_per_second = 0.0

    def _epochs_due(self) -> int:
        """How many epochs the chosen speed asks for by now; a machine that is too slow owes nothing."""
        begun, done = self._paced_from
        now, speed = time.perf_counter(), self._speed or 1.0
        due = int((now - begun) * speed) - done
        if due > max(2.0, 0.25 * speed):
            self._paced_from = (now - 1.0 / speed, 0)
            return 1
        return due

    def _train(self) -> None:
        main = self._run
        if main is None or self._failure is not None:
            return
        if main.companions.behind:
            main.companions.catch_up(SLICE_S)
            return
        if not self._playing:
            return
        run = main.companions.leader
        if run.can_train:
            before = run.epoch
            left = self._next_frame() - time.perf_counter()
            most = FUSED_SLICE_S if run.executor.takes_epochs else SLICE_S
            seconds = min(most, max(left, 0.001)) if left > 0 else most
            bound = main.companions.epochs_at_once(seconds)
            if self._goal is not None:
                run.advance(seconds, max_epochs=_least(self._goal - run.epoch, bound))
            elif self._speed is None:
                run.advance(seconds, max_epochs=bound)
            elif (due := self._epochs_due()) > 0:
                run.advance(seconds, max_epochs=_least(due, bound))
            if run is not main:
                main.version += 1
            begun, done = self._paced_from
            self._paced_from = (begun, done + run.epoch - before)
        if run.status in ("finished", "diverged") or (self._goal is not None and run.epoch >= self._goal):
            self._playing, self._goal = False, None

    # ---- publishing ----
    def _status(self) -> Status:
        if self._failure is not None:
            return "failed"
        if self._run is None:
            return "empty"
        return "running" if self._busy else self._run.companions.leader.status

    def _due(self) -> bool:
        """A frame has passed and the last one was taken (making it must not take most of the time), or news."""
        if self._status() != self._published_status:
            return True
        moved = self._busy and self._published_state != self._state()
        news = (moved or (self._behind and self._pictures.rested)) and not self._mailbox
        return news and time.perf_counter() >= self._next_frame()

    def _next_frame(self) -> float:
        return self._published_at + max(1.0 / self._rate, 3.0 * self._publishing_took)

    def _state(self) -> tuple[Run | None, int]:
        return self._run, self._run.version if self._run else 0

    def _publish(self) -> None:
        begun = time.perf_counter()
        try:
            snapshot = self._on_what_works(self._snapshot)
        except Exception as error:
            self._fail(error)
            snapshot = self._bare("failed")
        self._deliver(snapshot)
        self._published_at = begun
        self._publishing_took = time.perf_counter() - begun

    def _deliver(self, snapshot: Snapshot) -> None:
        self._published_status, self._published_state = snapshot.status, self._state()
        self._mailbox.append(snapshot)

    def _bare(self, status: Status) -> Snapshot:
        message, details = self._failure or ("", "")
        return Snapshot(generation=self._generation, status=status, message=message, details=details)

    def _snapshot(self) -> Snapshot:
        run, status = self._run, self._status()
        if run is None:
            return self._bare(status)
        message, details = self._failure or (run.message, "")
        summaries = self._pictures.of(run, self._busy)
        leader = run.companions.leader
        incomplete = any(getattr(summary, "behind", False) for summary in summaries.values())
        self._behind = incomplete or self._pictures.owing
        return Snapshot(
            generation=self._generation, status=status, message=message, details=details, notice=run.notice,
            step=leader.step, epoch=leader.epoch, position=leader.position,
            scores=dict(run.scores()), objective=run.objective(), n_parameters=run.n_parameters,
            executor=run.executor.name, device=run.executor.device, why=run.executor.why,
            steps_per_second=self._measure_speed(leader), seconds_per_fit=run.executor.seconds_per_fit,
            reach=leader.reach, best_epoch=run.history.best_epoch, can_restore=run.status == "diverged",
            troubles=self._troubles.of(run, self._busy),
            summaries={name: summary for name, summary in summaries.items() if summary is not None},
        )  # fmt: skip

    def _measure_speed(self, run: Run) -> float:
        """Steps a second while running, smoothed over some frames."""
        if not self._busy:
            self._start_clock()
            return 0.0
        (at, step), now = self._steps_at, time.perf_counter()
        if now - at > 0.1:
            measured = max(0, run.step - step) / (now - at)
            smooth = 0.7 * self._steps_per_second + 0.3 * measured
            self._steps_per_second = smooth if self._steps_per_second else measured
            self._steps_at = (now, run.step)
        return self._steps_per_second


def _least(n: int, bound: int | None) -> int:
    return n if bound is None else min(n, bound)


def _bring_in_kernels() -> None:
    with suppress(compiled.Unavailable):  # whoever needs them hears why
        compiled.load("ridge")


def sentence(error: Exception) -> str:
    """What went wrong, for a banner."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "There is not enough memory for this network and these data: make one of them smaller."
    reason = (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
    return f"The run has failed with {type(error).__name__}: {reason}."
