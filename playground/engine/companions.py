"""The runs of the models that stand beside a run (`beside.py`), on the same data and split.

Each is a run like any other: its numbers are those of the same model trained alone with the same seeds. Those that are
trained keep step with the one who leads: the run itself, or where that is solved at once the first of them. One that
has come further, since it was kept when the run began anew, waits. Those that are solved at once are solved when
somebody looks. Worker and command line train them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from playground.engine import fallback
from playground.engine.beside import alone, companion
from playground.engine.experiment import is_live
from playground.engine.record import RunRecord
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run


class Companion:
    """One of them. `text` is its entry; `wanted` what its run goes by, None where it does not go with the data; `note`
    a sentence on why there is no run."""

    def __init__(self, text: str, kind: type[Run]) -> None:
        self.text, self.note = text, ""
        self.wanted: Experiment | None = None
        self._kind = kind
        self._run: Run | None = None
        self._record: RunRecord | None = None
        self._done: Experiment | None = None
        """What `_run` and `note` are up to."""

    def want(self, main: Experiment) -> None:
        try:
            self.wanted, self.note = companion(main, self.text), ""
        except SpecError as error:
            self.wanted, self.note, self._run = None, str(error), None
        if self._done is not None and self._done == self.wanted:
            self._done = self.wanted

    def begin_with(self, run: Run | RunRecord | None) -> None:
        """Go on with this run, or where this record stands."""
        if isinstance(run, RunRecord):
            self._record = run
        else:
            self._run = run
        self._done = None

    @property
    def waits(self) -> bool:
        """Whether its run is still to be made or to be changed."""
        return self.wanted is not None and self._done is not self.wanted

    @property
    def iterates(self) -> bool:
        return self.wanted is not None and not self.wanted.optimizer.solves

    @property
    def run(self) -> Run | None:
        """As it is wanted; None where there is none."""
        if self.waits:
            self.note, self._done = "", self.wanted
            try:
                self._run = self._brought()
            except SpecError as error:
                self._run, self.note = None, str(error)
        return self._run

    def _brought(self) -> Run:
        wanted, record, run = self.wanted, self._record, self._run
        assert wanted is not None
        self._record = None
        if record is not None:
            with suppress(SpecError):  # a device that is not there, say: it is trained anew
                run = self._kind.from_record(record)
        if run is None or not is_live(alone(run.experiment), wanted):
            return self._made(wanted)
        run.change(wanted)
        return run

    def _made(self, wanted: Experiment) -> Run:
        try:
            return self._kind(wanted)
        except RuntimeError as error:
            why = fallback.sentence(error, wanted)
            if not why:
                raise
            return self._kind(wanted, lost=why)

    def act(self, do: Callable[[Run], object]) -> None:
        """Let its run do something; once more on the CPU where the GPU fails on the way."""
        run = self.run
        if run is None:
            return
        try:
            do(run)
        except RuntimeError as error:
            if run.executor.device == "cpu" or not fallback.what_failed(error):
                raise
            run.onto_cpu(error)
            do(run)


class Companions:
    """See the module. `members` are in the order of the Experiment."""

    def __init__(self, main: Run) -> None:
        self._main = main
        self.members: list[Companion] = []
        self.follow()

    # ---- who is there
    def follow(self, before: Run | None = None) -> None:
        """Be what the Experiment says now; `before` is a run that ends here, with those beside it: who goes on keeps
        what was learned."""
        e, kind = self._main.experiment, type(self._main)
        old = {m.text: m for m in (before.companions.members if before is not None else self.members)}
        if not e.beside and not self.members:
            return
        pool = [before, *(m._run for m in old.values() if m.text not in e.beside)] if before is not None else []
        self.members = []
        for text in e.beside:
            member = old.get(text) or Companion(text, kind)
            member.want(e)
            if text not in old and member.wanted is not None:
                self._take_over(member, [run for run in pool if run is not None])
            self.members.append(member)

    def _take_over(self, member: Companion, pool: Sequence[Run]) -> None:
        """A new member begins where a run of the same model stands; beside that run itself, with a copy."""
        for run in pool:
            if alone(run.experiment) == member.wanted:
                member.begin_with(run)
                return
        main = self._main
        if main.step and not main.executor.solves and alone(main.experiment) == member.wanted:
            member.begin_with(_alone(main.record(beside=False)))

    def released(self, experiment: Experiment) -> Run | None:
        """The run of a member that is to be the main one under this Experiment, if there is any."""
        for member in self.members:
            if member.text not in experiment.beside and (member.iterates or not member.waits):
                run = member.run
                if run is not None and alone(run.experiment) == alone(experiment):
                    return run
        return None

    def load(self, records: Sequence[RunRecord | None]) -> None:
        """Go on where `records` left them."""
        for member, record in zip(self.members, records, strict=False):
            member.begin_with(record)

    def records(self) -> tuple[RunRecord | None, ...]:
        runs = [member.run for member in self.members]
        return tuple(None if run is None else run.record(beside=False) for run in runs)

    # ---- in step
    @property
    def leader(self) -> Run:
        """The one who says how far training is."""
        if not self._main.executor.solves:
            return self._main
        return next((m.run for m in self.members if m.iterates and m.run is not None), self._main)

    @property
    def waiting(self) -> list[Companion]:
        """Those that are trained and whose run is still to be made or to be changed."""
        return [m for m in self.members if m.iterates and m.waits]

    @property
    def behind(self) -> bool:
        """Whether some have still to come to where the leader is."""
        return bool(self.members) and (bool(self.waiting) or bool(self._late()))

    def _late(self) -> list[Companion]:
        leader = self.leader
        return [m for m in self.members if m.iterates and (run := m.run) is not None and run is not leader
                and run.can_train and run.epoch < leader.epoch]  # fmt: skip

    def catch_up(self, seconds: float = 0.1) -> None:
        """Train those who are behind for about so long, each for its share of it."""
        late, epoch = self._late(), self.leader.epoch
        for member in late:
            member.act(lambda run: run.advance(seconds / len(late), max_epochs=epoch - run.epoch))
        if late:
            self._main.version += 1

    def bring_up(self) -> None:
        """Until all are where the leader is."""
        while self.behind:
            self.catch_up()

    def epochs_at_once(self, seconds: float) -> int | None:
        """How many epochs all of them train in so long a time, one at least; None where the leader is alone."""
        leader = self.leader
        runs = [run for m in self.members if m.iterates and (run := m.run) is not None and run is not leader]
        if not any(run.can_train for run in runs):
            return None
        each = sum(run.training_seconds / run.epoch for run in (leader, *runs) if run.epoch)
        known = all(run.epoch for run in (leader, *runs))
        return max(1, int(seconds / each)) if known and each > 0 else 1

    def step_batch(self) -> None:
        """One update of each that is not further than the leader."""
        leader = self.leader
        self._each(lambda run: run.step_batch() if run.epoch <= leader.epoch else None)

    def seek(self, epoch: int) -> None:
        self._each(lambda run: run.seek(epoch))

    def rewind(self) -> None:
        self._each(lambda run: run.rewind() if run.step else None)

    def _each(self, do: Callable[[Run], object]) -> None:
        """Of those who follow the leader in training."""
        leader = self.leader
        for member in self.members:
            if member.iterates and member.run is not leader:
                member.act(do)
        if self.members:
            self._main.version += 1


def _alone(record: RunRecord) -> RunRecord:
    events = tuple(replace(event, experiment=alone(event.experiment)) for event in record.events)
    return replace(record, experiment=alone(record.experiment), events=events)
