"""One step as one launch: CUDA graphs, and a bound on how far the CPU runs ahead of the GPU.

A step of a small network is some dozens of calls, each of which takes longer to launch than to carry out. A graph
records them once and launches all together. No GPU was at hand when this was written: the tests drive `Recorded`
and `Flight` by a recorder and by events that pretend, and compare graph and eager steps where CUDA is present.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from playground.engine import torch_loading

Run = Callable[[], None]

WARM_UPS = 3
"""Steps of a kind that are carried out call by call before one is recorded: libraries set themselves up meanwhile."""
EVENT_STEPS = 8
"""Between two events."""
MOST_EVENTS = 2
"""That may be waiting: at most 24 steps are on their way to the GPU."""


class Recorder(Protocol):
    """Who records what is launched on a device."""

    def warm_up(self, run: Run) -> None:
        """Carry `run` out where it will be recorded later."""

    def record(self, run: Run) -> Run:
        """What launches again all that `run` launches; nothing is carried out. Raises RuntimeError."""


class CudaRecorder:
    """By `torch.cuda.CUDAGraph`, on a stream of its own, as its documentation asks for.

    `torch.cuda.graph` is not used: it may collect Python's cycles, which is not for the worker's thread to do.
    """

    def __init__(self, device: Any) -> None:
        self._torch = torch_loading.load()
        self._device = device
        self._side = self._torch.cuda.Stream(device)

    def warm_up(self, run: Run) -> None:
        cuda = self._torch.cuda
        self._side.wait_stream(cuda.current_stream(self._device))
        with cuda.stream(self._side):
            run()
        cuda.current_stream(self._device).wait_stream(self._side)

    def record(self, run: Run) -> Run:
        cuda = self._torch.cuda
        graph = cuda.CUDAGraph()
        cuda.synchronize(self._device)
        with cuda.stream(self._side):
            graph.capture_begin(capture_error_mode="thread_local")
            try:
                run()
            finally:
                graph.capture_end()
        replay: Run = graph.replay
        return replay


class Recorded:
    """Calls on tensors that stay where they are: one by one, or from the fourth time on as a graph.

    recorder   None: always one by one      failure   why nothing could be recorded, else empty
    """

    def __init__(self, calls: Sequence[Callable[[], Any]], recorder: Recorder | None = None) -> None:
        self._calls, self._recorder = list(calls), recorder
        self._replay: Run | None = None
        self._warm = 0
        self.failure = ""

    def __call__(self) -> None:
        if self._replay is not None:
            self._replay()
        elif self._recorder is None:
            self._one_by_one()
        else:
            self._begin(self._recorder)

    def _one_by_one(self) -> None:
        for call in self._calls:
            call()

    def _begin(self, recorder: Recorder) -> None:
        if self._warm < WARM_UPS:
            recorder.warm_up(self._one_by_one)
            self._warm += 1
            return
        try:
            self._replay = recorder.record(self._one_by_one)
        except RuntimeError as error:  # a device that is gone will say so again in the calls themselves
            self.failure, self._recorder = str(error).partition("\n")[0] or type(error).__name__, None
        self()


class Flight:
    """Lets the CPU be some steps ahead of the GPU, so that it never waits for work, and no further.

    event   makes an object with `record()`, which marks this place in the work, and `synchronize()`, which waits
            until the work has come there
    """

    def __init__(self, event: Callable[[], Any]) -> None:
        self._event = event
        self._marked: deque[Any] = deque()
        self._n = 0

    def step(self) -> None:
        """A step was launched: waits where too many are on their way."""
        self._n += 1
        if self._n % EVENT_STEPS:
            return
        if len(self._marked) == MOST_EVENTS:
            self._marked.popleft().synchronize()
        mark = self._event()
        mark.record()
        self._marked.append(mark)


def recorder_for(device: Any) -> Recorder | None:
    """For a `torch.device`; None where there are no graphs."""
    return CudaRecorder(device) if device.type == "cuda" else None


def flight_for(device: Any) -> Flight | None:
    """For a `torch.device`; None where a call returns when it is done."""
    if device.type != "cuda":
        return None
    torch = torch_loading.load()
    return Flight(lambda: torch.cuda.Event(blocking=True))
