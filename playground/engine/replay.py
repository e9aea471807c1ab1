"""Going back in a run and coming back to where it stood: by a state that is kept, and its log of events from there.

A run is a deterministic function of its log, so only some states are kept, and the way from one of them to any other
place is gone again. The same brings a run back on the CPU when the GPU that trained it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import fallback
from playground.engine.evaluation import Evaluation
from playground.engine.executors import choose
from playground.engine.executors.base import Executor, State, Weights
from playground.engine.experiment import Experiment
from playground.engine.history import Checkpoints, History
from playground.engine.problem import Problem, build
from playground.engine.random import permutation
from playground.engine.record import Event
from playground.engine.snapshot import Score

if TYPE_CHECKING:
    from playground.engine.fan import Replicas
    from playground.engine.fan_beside import OwnReplicas

MAX_EVENT_BYTES = 64_000_000
"""Of points held by the log of events; beyond it the oldest events go, and with them what can be replayed."""


@dataclass(frozen=True, eq=False)
class Anchor:
    """A state in the memory of the computer, from which the log leads on whatever becomes of the device."""

    step: int
    epoch: int
    position: int
    experiment: Experiment
    weights: Weights
    optimizer_state: Weights


class Replayable:
    """What a run is at a place (epoch, position), and how it gets to another. `trainer.Run` adds training.

    notice   a sentence on what the run went through, for a banner; empty as long as there is nothing to say
    """

    experiment: Experiment
    problem: Problem
    executor: Executor
    evaluation: Evaluation
    events: list[Event]
    history: History
    checkpoints: Checkpoints
    step: int
    epoch: int
    position: int
    version: int = 0
    notice: str = ""
    replicas: Replicas | OwnReplicas | None = None
    """What `fan.py` trains beside the run; nobody else touches it."""
    hidden_axes: dict[Any, Any]
    """What `hidden_space.py` keeps between two pictures; nobody else touches it."""
    _anchors: list[Anchor]
    _behind: bool
    _last_finite: tuple[int, int, Any]
    _scores: dict[str, Score] | None
    _order: NDArray[np.int64] | None

    def _settle(self) -> None:
        raise NotImplementedError

    # ---- here ----
    @property
    def n_train(self) -> int:
        return len(self.problem.train.ids)

    def order(self) -> NDArray[np.int64]:
        """Indices into the training points, in the order of this epoch."""
        if self._order is None:
            e = self.experiment
            epoch = self.epoch if e.training.shuffle else 0
            self._order = permutation(e.seed.batches, "batches", self.problem.train.ids, epoch)
        return self._order

    def _moved(self) -> None:
        self.version += 1
        self._scores, self._order = None, None

    def _place(self, step: int, epoch: int, saved: Any) -> None:
        self.executor.restore(saved)
        self.step, self.epoch, self.position = step, epoch, 0
        self._moved()

    def _under(self, experiment: Experiment) -> None:
        self.experiment, self.problem = experiment, build(experiment)
        self.executor.update(experiment, self.problem)
        self._moved()

    def _enter(self, event: Event) -> None:
        """What happened to the run at the place of an event; once more changes nothing."""
        if event.experiment is not self.experiment:
            self._under(event.experiment)
        if event.assigned:
            self.executor.assign(event.assigned)
            self._moved()

    @property
    def batch_size(self) -> int:
        """Points of one update; the last one of an epoch may have fewer."""
        return 1 if self.executor.one_at_a_time else self.experiment.training.batch_size

    def _steps_per_epoch(self) -> int:
        return -(-self.n_train // self.batch_size)

    # ---- the log ----
    def _in_force(self, epoch: int, position: int) -> Experiment:
        """By what the run went on from a place."""
        return next(e.experiment for e in reversed(self.events) if (e.epoch, e.position) <= (epoch, position))

    def _anchor(self) -> Anchor:
        executor = self.executor
        return Anchor(self.step, self.epoch, self.position, self.experiment, executor.weights(),
                      executor.optimizer_state())  # fmt: skip

    def _bound_events(self) -> None:
        held = {id(p): p.X.nbytes + p.t.nbytes + p.ids.nbytes
                for event in self.events if (p := event.experiment.data.points) is not None}  # fmt: skip
        if sum(held.values()) > MAX_EVENT_BYTES:
            self._anchors = [self._anchor()]
            self.events = self.events[len(self.events) // 2 :]
            self.checkpoints.forget_before(self.events[0].epoch + 1)

    # ---- the way ----
    def _replay(self, epoch: int, n: int) -> bool:
        """n whole epochs that were trained before; False, and nothing is done, where this goes step by step."""
        forever = float("inf")
        return n > 0 and self.executor.epochs(epoch, n, forever, measured=False) is not None

    def _retrace(self, epoch: int, position: int) -> None:
        """From here to a later place, under the events here, on the way, and there."""
        events = [event for event in self.events if (event.epoch, event.position) >= (self.epoch, self.position)]
        while (self.epoch, self.position) < (epoch, position):
            while events and (events[0].epoch, events[0].position) == (self.epoch, self.position):
                self._enter(events.pop(0))
            whole = (min(epoch, events[0].epoch) if events else epoch) - self.epoch
            if not self.position and self._replay(self.epoch, whole):
                self.step += whole * self._steps_per_epoch()
                self.epoch += whole
                self._moved()
                continue
            here = bool(events) and events[0].epoch == self.epoch
            end = events[0].position if here else self.n_train
            end = min(end, position) if self.epoch == epoch else end
            size = self.batch_size
            if self.position < end:
                n_steps = -(-(end - self.position) // size)
                order = self.order()
                self.step += self.executor.steps(self.epoch, order, self.position, size, n_steps, float("inf"))
                self.position = end
            if self.position >= self.n_train and not here:
                if self.epoch == epoch:
                    break
                self.epoch, self.position = self.epoch + 1, 0
                self._moved()
        for event in events:
            if (event.epoch, event.position) == (epoch, position):
                self._enter(event)

    @property
    def reach(self) -> tuple[int, int]:
        """(first, last) epoch that `seek` can go to."""
        if self.executor.solves or not len(self.checkpoints):
            return self.epoch, self.epoch
        return self.checkpoints.first, max(self.checkpoints.first, int(self.history.column("epoch")[-1]))

    def seek(self, epoch: int) -> None:
        """To the end of an epoch of the past (or back again): replayed under the events in force then.

        The Experiment in force now stays in force, for what is shown and for going on from there.
        """
        first, last = self.reach
        epoch = min(max(epoch, first), last)
        nowhere = self.executor.solves or not len(self.checkpoints)
        if nowhere or (epoch, 0) == (self.epoch, self.position):
            return
        at, (step, saved) = self.checkpoints.nearest(epoch)
        now, problem, behind = self.experiment, self.problem, self._behind
        begun = self.step, self.epoch, self.position
        self._behind = True
        try:
            self._under(self._in_force(at, 0))
            self._place(step, at, saved)
            self._retrace(epoch, 0)
        except BaseException:  # `onto_cpu` brings the weights back to this place
            self.step, self.epoch, self.position = begun
            self._behind = behind
            raise
        finally:
            self.experiment, self.problem = now, problem
        self.executor.update(now, problem)
        self._moved()
        self._settle()

    # ---- without the GPU ----
    def onto_cpu(self, error: BaseException) -> None:
        """Go on on the CPU, at the same place of the same run, after its device failed with this error.

        Out of memory, states that are kept are read from the device, and the epoch that was begun is gone through
        again; else the run is, from where its weights are known on. The Experiment stays as it is. `notice` and the
        executor's `why` say what happened.
        """
        now, place, last = self.experiment, (self.epoch, self.position), self._last_finite[1]
        kept = _kept(self) if fallback.what_failed(error) == "memory" else None
        why = fallback.sentence(error, now)
        cls, device, _ = choose(now, lost=why)
        self.executor = cls(now, build(now), device, why)
        self.replicas = None
        if kept is None:
            self._stand_at(self._anchor_before(place))
            self.checkpoints = Checkpoints(self.checkpoints.most)
            if not self.position:
                self.checkpoints.offer(self.epoch, lambda: (self.step, self.executor.save()))
            self._retrace(min(last, place[0]), 0)
            self._last_finite = (self.step, self.epoch, self.executor.save())
        else:
            self._take_over(*kept, place)
        self._retrace(*place)
        self._under(now)
        self.evaluation = Evaluation(self.experiment, self.problem, self.executor)
        self.notice = why
        self._settle()

    def _anchor_before(self, place: tuple[int, int]) -> Anchor:
        """The last one; where the log no longer leads to a place so early, the first."""
        before = (a for a in self._anchors if (a.epoch, a.position) <= place)
        return max(before, key=lambda a: (a.epoch, a.position), default=self._anchors[0])

    def _stand_at(self, anchor: Anchor) -> None:
        self._under(anchor.experiment)
        self.executor.load(anchor.weights, anchor.optimizer_state)
        self.step, self.epoch, self.position = anchor.step, anchor.epoch, anchor.position
        self._moved()

    def _take_over(self, states: dict[int, tuple[int, State]], finite: State, place: tuple[int, int]) -> None:
        """What was kept on the old device; the run stands at the last state before a place then."""
        step, last, _ = self._last_finite
        self._last_finite = (step, last, self.executor.adopt(finite))
        self.checkpoints.replace({at: (n, self.executor.adopt(state)) for at, (n, state) in states.items()})
        known = {at: self.checkpoints.nearest(at)[1] for at in states}
        anchor = self._anchor_before(place)
        if (anchor.step, anchor.epoch) != (step, last):  # else that state is one in the middle of an epoch, or it
            known[last] = self._last_finite[::2]
        at = max((epoch for epoch in known if epoch <= place[0]), default=-1)
        if (at, 0) < (anchor.epoch, anchor.position):
            self._stand_at(anchor)
        else:
            self._under(self._in_force(at, 0))
            self._place(known[at][0], at, known[at][1])


def _kept(run: Replayable) -> tuple[dict[int, tuple[int, State]], State] | None:
    """Checkpoints (epoch: step, state) and the last finite state as plain arrays; None where the device cannot be
    read any more."""
    plain = run.executor.plain
    try:
        states = {epoch: (step, plain(saved)) for epoch, (step, saved) in run.checkpoints.items()}
        return states, plain(run._last_finite[2])
    except RuntimeError as error:
        if not fallback.what_failed(error):
            raise
        return None
