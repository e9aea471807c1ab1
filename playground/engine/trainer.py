"""One training run: single-threaded, headless. The command line uses it directly, the worker in its thread.

A run is an Experiment, a log of the changes that were made to it on the way, and a position: whole epochs
and points seen in this one. The order of the points in an epoch is a function of (seed.batches, epoch,
ids), so any earlier state can be had again by restoring a checkpoint and replaying from there (`replay.py`).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from playground.engine import curvature, links, measures, stopping, structure
from playground.engine import experiment as ex
from playground.engine.beside import alone
from playground.engine.companions import Companions
from playground.engine.evaluation import Evaluation
from playground.engine.executors import choose, layout
from playground.engine.executors.base import Executor, Floats, Weights
from playground.engine.experiment import Experiment
from playground.engine.history import Checkpoints, History
from playground.engine.links import Link
from playground.engine.models.base import OutputKind
from playground.engine.path import WeightPath
from playground.engine.problem import Problem, build
from playground.engine.record import Event, RunRecord
from playground.engine.registry import labs
from playground.engine.replay import Replayable
from playground.engine.snapshot import Score, Status, Summary, View
from playground.engine.spread import GradientPath

__all__ = ["Event", "Run", "RunRecord"]

MAX_CHECKPOINT_BYTES = 64_000_000
MANY = 1 << 30


class Run(Replayable):
    """See the module. `status` is empty, ready (step 0), paused, finished, or diverged.

    version    grows with every change of state: what was computed for one version stays valid for it
    companions the runs of the models that stand beside it; whoever trains this one trains them too
    previous   the history of the run before, or of a future that was left behind: drawn as a ghost
    """

    def __init__(
        self, experiment: Experiment, *, keep: "Run | None" = None, device: str = "", executor: str = "", lost: str = ""
    ) -> None:
        """`keep`: take over the weights of its layers that stayed the same. `device`, `executor`: preferred by auto.

        `lost`: why it has to be the CPU, whatever was asked for. Raises SpecError for a device that is not there.
        """
        self.experiment = experiment
        self.problem: Problem = build(experiment)
        cls, device, why = choose(experiment, device, executor, lost)
        self.executor: Executor = cls(experiment, self.problem, device, why)
        if keep is not None:
            self._adopt(keep.executor.weights(), keep.experiment)
        self.previous: History | None = None
        self.hidden_axes = {}
        self.looks = 0
        """With how many models the test error of these data was shown; counted as it is shown (`pictures.py`)."""
        self.details = ""
        self._trained_s, self._trained_steps = 0.0, 0
        self._start()
        self.companions = Companions(self)

    def _start(self) -> None:
        """Everything as it is before the first step, with the weights that the executor holds now."""
        self.step = self.epoch = self.position = 0
        self._ignored_edits = len(getattr(self.experiment.model, "edits", ()))
        self.events = [Event(0, 0, 0, self.experiment)]
        self.history = History()
        self._anchors = [self._anchor()]
        self.path = WeightPath() if self.experiment.model.linear and not self.executor.solves else None
        self.gradient_path = GradientPath() if self.experiment.model.dense else None
        size = max(1, sum(a.nbytes for a in self._anchors[0].weights.values()) * 3)
        self.checkpoints = Checkpoints(most=int(np.clip(MAX_CHECKPOINT_BYTES // size, 16, 200)))
        self.status: Status = "ready"
        self._behind = False
        self._moved()
        self.evaluation = Evaluation(self.experiment, self.problem, self.executor)
        self._settle()

    def _settle(self) -> None:
        """Status, history and checkpoint that follow from where the run stands at the end of an epoch."""
        if self.executor.solves:
            solved = self.n_train > 0
            self.step = self.epoch = int(solved)
            self.status = "finished" if solved else "empty"
            self._moved()
        elif not self.n_train:
            self.status = "empty"
        elif self._diverged():
            self.status = "diverged"
            return
        news = self.position == 0 and not self._behind
        if news:
            self.history.append(self.epoch, self.step, self.scores())
        if self.n_train and not self.executor.solves:
            self.status = "finished" if self._over() else "paused" if self.step else "ready"
        if news:
            self._last_finite = (self.step, self.epoch, self.executor.save())
            self.checkpoints.offer(self.epoch, lambda: (self.step, self._last_finite[2]))
            self._mark()

    def _mark(self) -> None:
        """A point of the path through the weights, where one is due."""
        if self.path is not None:
            self.path.offer(self.epoch, lambda: self.weights()["w"])

    def _diverged(self) -> bool:
        train = self.scores().get("train")
        return not self.executor.finite() or (train is not None and not np.isfinite(train.loss))

    def _over(self) -> bool:
        last = self.experiment.training.max_epochs
        ended = last is not None and self.epoch >= last and self.step > 0
        return ended or self.executor.converged or bool(self.stopped)

    @property
    def stopped(self) -> str:
        """Which rule of `stopping.py` has ended the run here, a sentence; else empty."""
        if self.position or self.executor.solves:
            return ""
        return stopping.why(self.experiment.training, self.history, self.epoch)

    # ---- training ----
    @property
    def can_train(self) -> bool:
        return self.status in ("ready", "paused")

    def advance(self, seconds: float = 0.008, max_epochs: int | None = None) -> bool:
        """Train for about so many seconds, at most to the end of so many epochs; False: nothing more to do."""
        if self.gradient_path is not None:
            self.gradient_path.look(self)
        begun, first, done = time.perf_counter(), self.step, 0
        deadline = begun + seconds
        while self.can_train:
            left = MANY if max_epochs is None else max_epochs - done
            done += self._epochs(left, deadline) or self._steps(MANY, deadline)
            if done == max_epochs or time.perf_counter() >= deadline:
                break
        self._trained_s, self._trained_steps = (
            self._trained_s + time.perf_counter() - begun, self._trained_steps + self.step - first,
        )  # fmt: skip
        return self.can_train

    def step_batch(self) -> None:
        """One update."""
        if self.can_train:
            self._steps(1, 0.0)

    def step_epoch(self) -> None:
        """To the end of this epoch."""
        self.run_epochs(1)

    def run_epochs(self, n: int, progress: Callable[[float, str], bool] | None = None) -> int:
        """Train for n epochs, or until nothing more is to do; returns how many were ended.

        `progress(share, sentence)` is called about ten times a second and returns False to stop.
        """
        first = self.epoch
        while self.can_train and self.epoch < first + n:
            self.advance(0.1, max_epochs=first + n - self.epoch)
            text = f"Epoch {self.epoch} of {first + n}."
            if progress is not None and not progress((self.epoch - first) / n, text):
                break
        return self.epoch - first

    def _steps(self, max_steps: int, deadline: float) -> bool:
        """Updates within this epoch; whether it ended."""
        self._log()
        size = self.batch_size
        if self.position < self.n_train:
            done = self.executor.steps(self.epoch, self.order(), self.position, size, max_steps, deadline)
            self.step += done
            self.position = min(self.position + done * size, self.n_train)
        order = self._order
        self._moved()
        self.status = "paused"
        if self.position < self.n_train:
            self._order = order
            return False
        self.epoch, self.position = self.epoch + 1, 0
        self._settle()
        return True

    def _epochs(self, most: int, deadline: float) -> int:
        """Whole epochs in one call of the executor; how many ended, 0 where it goes step by step."""
        if self.position or not self.executor.takes_epochs:
            return 0
        self._log()
        last, first = self.experiment.training.max_epochs, self.epoch
        if self.path is not None:
            most = min(most, max(1, self.path.next - first))
        before = self.executor.save()
        rows = self.executor.epochs(first, most if last is None else min(most, last - first), deadline)
        if rows is None:
            return 0
        finite = bool(np.isfinite(rows[-1, 0])) and self.executor.finite()
        n_steps, kept = self._steps_per_epoch(), rows if finite else rows[:-1]
        end = stopping.first_met(self.experiment.training, self.history, first, kept)
        passed = end is not None and end + 1 < len(rows)
        if end is not None and passed:
            finite, rows = True, rows[: end + 1]
            kept = rows
        if len(kept):
            done = np.arange(1, len(kept) + 1)
            self.history.extend(first + done, self.step + n_steps * done, kept)
        if passed or not finite:  # the state after the last of them was passed on the way
            self.executor.restore(before)
            self._replay(first, len(kept))
        saved = self.executor.save()
        if not finite:
            self._replay(first + len(kept), 1)
        self._last_finite = (self.step + n_steps * len(kept), first + len(kept), saved)
        self.checkpoints.offer(first + len(kept), lambda: self._last_finite[::2])
        self.step, self.epoch = self.step + n_steps * len(rows), first + len(rows)
        self._moved()
        self.status = "diverged" if not finite else "finished" if self._over() else "paused"
        if finite:
            self._mark()
        return len(rows)

    def _log(self, assigned: tuple[tuple[Link, float], ...] = ()) -> None:
        """Before training goes on: leave behind a future that was sought back from, note what has changed."""
        here = (self.epoch, self.position)
        if self._behind:
            self._behind = False
            self._anchors = [a for a in self._anchors if (a.epoch, a.position) <= here] or [self._anchor()]
            if len(self.history) and self.history.column("epoch")[-1] > self.epoch:
                self.previous = History.from_columns(self.history.columns())
                self.history.truncate(self.epoch)
            self.checkpoints.truncate(self.epoch)
            for path in (self.path, self.gradient_path):
                if path is not None:
                    path.truncate(self.epoch)
        elif self.events[-1].experiment == self.experiment and not assigned:
            return
        self.events = self._events_to_here(assigned)
        self._bound_events()

    def _events_to_here(self, assigned: tuple[tuple[Link, float], ...] = ()) -> list[Event]:
        """The log up to this place, and what has changed since its last event."""
        here = (self.epoch, self.position)
        events = [event for event in self.events if (event.epoch, event.position) <= here]
        last = events[-1] if events else None
        if last is not None and last.experiment == self.experiment and not assigned:
            return events
        if last is not None and (last.epoch, last.position) == here and not last.assigned:
            if structure.of(last.experiment) == structure.of(self.experiment):  # else it did something to the weights
                events.pop()
        return [*events, Event(self.step, *here, self.experiment, assigned)]

    # ---- changes ----
    def change(self, experiment: Experiment) -> None:
        """Go on under a live change: the step count, the weights and the optimiser's memory stay.

        Raises ValueError for a change that needs a new run.
        """
        if experiment == self.experiment:
            return
        if alone(experiment) == alone(self.experiment):
            self._stand_beside(experiment)
            return
        if not ex.is_live(self.experiment, experiment):
            raise ValueError(f"needs a new run: {sorted(ex.diff(self.experiment, experiment))}")
        before, problem = self.experiment, build(experiment)
        self.experiment, self.problem = experiment, problem
        self.executor.update(experiment, self.problem)
        self._set_by_hand(before)
        self._moved()
        self.evaluation = Evaluation(self.experiment, self.problem, self.executor)
        if self.executor.solves:
            self._settle()
        elif not self.n_train:
            self.status = "empty"
        elif self.status != "diverged":
            self.status = "finished" if self._over() else "paused" if self.step else "ready"
        self.companions.follow()

    def _stand_beside(self, experiment: Experiment) -> None:
        """Other models stand beside it now, which is no event in its own life."""
        if self.events[-1].experiment == self.experiment:
            self.events[-1] = replace(self.events[-1], experiment=experiment)
        self.experiment, self.version = experiment, self.version + 1
        self.companions.follow()

    def _set_by_hand(self, before: Experiment) -> None:
        """Weights as the edits since `before` have them. A moment in which weights changed goes to the log at once."""
        new, old = self.experiment.model, before.model
        if not hasattr(new, "edits") or before.model is new:
            return
        assigned = links.edited(old.edits, new.edits, self._ignored_edits)
        assigned += [links.held(text) for text in new.held if text not in old.held]
        self._ignored_edits = min(self._ignored_edits, links.common(old.edits, new.edits))
        if not assigned and structure.of(before) == structure.of(self.experiment):
            return
        self.executor.assign(assigned)
        self._log(tuple(assigned))
        if self.position == 0 and self.executor.finite():
            self._last_finite = (self.step, self.epoch, self.executor.save())

    def rewind(self) -> None:
        """Back to the initial weights of seed.init, under the Experiment in force now."""
        if len(self.history) > 1:
            self.previous = self.history
        self.executor.reset()
        self._start()

    def restore(self) -> None:
        """Back to the last finite state of a run that diverged."""
        if self.status == "diverged":
            self._place(*self._last_finite)
            self._behind = True
            self._settle()
            if len(self.history):  # a session holds the weights that diverged: what came before is replayed
                self.seek(int(self.history.column("epoch")[-1]))

    def _adopt(self, old: Weights, before: Experiment) -> None:
        new, ours, theirs = self.executor.weights(), layout.structure(self.experiment), layout.structure(before)
        for i, j in ours.kept(theirs).items():
            for leaf in ("weight", "bias")[: 1 + ours.blocks[i].bias]:
                new[f"{ours.blocks[i].name}.{leaf}"] = old[f"{theirs.blocks[j].name}.{leaf}"]
        self.executor.load(new, {})

    # ---- what the run says ----
    @property
    def n_classes(self) -> int:
        return self.problem.n_classes

    @property
    def output_kind(self) -> OutputKind:
        return self.experiment.model.output_kind(self.n_classes)

    def raw(self, X: Floats) -> Floats:
        """[n, outputs] for raw inputs X [n, d]: the last sums, before softmax, tanh or sigmoid."""
        return self.executor.outputs(self.executor.prepare(np.asarray(X, dtype=np.float64)))

    def predict(self, X: Floats) -> Floats:
        """y [n] for a numeric target, else the probabilities [n, classes]."""
        return measures.predictions(self.raw(X), self.output_kind)

    def scores(self) -> dict[str, Score]:
        """By part of the split; a part without points is missing. Empty where nothing was learned."""
        if self._scores is None:
            self._scores = {} if self.executor.solves and not self.n_train else self.evaluation.scores()
        return self._scores

    def objective(self) -> float | None:
        """The penalised objective on the training points: E(w) for a linear model, else loss + penalties.

        None without a penalty: then the loss says it all.
        """
        penalty, train = self.executor.penalty(), self.scores().get("train")
        if penalty is None or train is None:
            return None
        return penalty + train.loss * (train.n if self.experiment.model.linear else 1)

    @property
    def n_parameters(self) -> int:
        return self.executor.n_parameters

    @property
    def training_seconds(self) -> float:
        """What it took to come to this place: training, or the last solution."""
        if self.executor.solves:
            return self.executor.seconds_per_fit
        return self._trained_s * self.step / self._trained_steps if self._trained_steps else 0.0

    def weights(self) -> Weights:
        """Copies: {"0.weight": [out, in], "0.bias": [out], ...}; {"w": [n_weights]}, in the basis that is shown, for
        models linear in their weights."""
        return self.executor.weights()

    @property
    def message(self) -> str:
        """One sentence on where the run stands; may be empty."""
        if self.status == "empty":
            if not len(self.problem.points):
                return "There are no points to learn from: draw some, or choose a data set."
            return "No point is left for training: give training a larger share of the split."
        if self.status == "diverged":
            return self._divergence()
        if self.stopped:
            return self.stopped
        waits = self.experiment.training.patience is not None and not self.executor.solves
        if waits and not len(self.problem.parts["validation"].ids):
            return "Early stopping waits for a validation part: give it a share of the split."
        return labs[self.experiment.lab].message(self)

    @property
    def caution(self) -> str:
        """One sentence where the points leave the model undetermined; else empty."""
        return labs[self.experiment.lab].caution(self) if self.n_train else ""

    def _divergence(self) -> str:
        if self.experiment.model.linear:
            return curvature.divergence(self.experiment, self.problem, self.epoch)
        rate = self.experiment.optimizer.learning_rate
        usual = type(self.experiment.optimizer)().learning_rate
        lower = min(usual, rate / 10) if rate <= usual * 10 else usual
        return (
            f"The loss is no longer finite after epoch {self.epoch}: the learning rate {rate:.6g} is too large for "
            f"this network. Try {lower:.6g}, or restore the last finite weights."
        )

    def summarize(self, name: str, view: View) -> Summary | None:
        """A summary of the lab for the state now; None where it has no meaning."""
        return labs[self.experiment.lab].summarize(name, self, view)

    # ---- plain values ----
    def record(self, beside: bool = True) -> RunRecord:
        """The last event leads to the Experiment in force. A future that was sought back from is kept unless
        the Experiment has changed since."""
        events, history = self.events, self.history.columns()
        if events[-1].experiment != self.experiment:
            events = self._events_to_here()
            past = history["epoch"] <= self.epoch
            history = {name: column[past] for name, column in history.items()}
        return RunRecord(
            self.experiment, tuple(events), self.step, self.epoch, self.position, self.weights(),
            self.executor.optimizer_state(), history, self.executor.name, self.executor.device,
            self.status, self.message, self.training_seconds, self.companions.records() if beside else (),
        )  # fmt: skip

    @classmethod
    def from_record(cls, record: RunRecord, *, device: str | None = None, lost: str = "") -> "Run":
        """Go on where the record stands. `device` (auto, cpu, ...) replaces the choice of the Experiment; `lost` as
        for a new run.

        Raises SpecError for weights that do not fit and for a device that is not there.
        """
        experiment = record.experiment
        if device is not None:
            experiment = ex.change(experiment, {"training.device": device})
        begun_on, begun_by = ("", "") if device else (record.device, record.executor)
        run = cls(experiment, device=begun_on, executor=begun_by, lost=lost)
        if run.executor.solves:
            run.executor.load(record.weights, record.optimizer_state)
            run.companions.load(record.beside)
            return run
        first, start = run._start_of(record, lost), run._anchors
        begun = run.executor.save()
        run.executor.load(record.weights, record.optimizer_state)
        run.step, run.epoch, run.position = record.step, record.epoch, record.position
        run.events = list(record.events) or run.events
        run._ignored_edits = _before_the_run(run.events)
        run._anchors = [*(start if first is not None else []), run._anchor()]
        run.history = History.from_columns(record.history)
        run._behind = len(run.history) > 0 and run.history.column("epoch")[-1] > run.epoch
        run.checkpoints = Checkpoints(run.checkpoints.most)
        if first is not None:
            run.checkpoints.offer(0, lambda: first)
        run._moved()
        if run.path is not None:  # where the run was before it was saved is not in the file
            run.path = WeightPath()
            run._mark()
        run._last_finite = (run.step, run.epoch, run.executor.save())
        if run.n_train and run._diverged():
            run.status = "diverged"
            run._last_finite = (0, 0, begun if first is None else first[1])
        elif run.n_train:
            run.status = "finished" if run._over() else "paused" if run.step else "ready"
        if run.position == 0 and run.status != "diverged":
            run.checkpoints.offer(run.epoch, lambda: run._last_finite[::2])
        run._trained_s, run._trained_steps = record.seconds, record.step
        run.companions.load(record.beside)
        return run

    def _start_of(self, record: RunRecord, lost: str) -> tuple[int, Any] | None:
        """The checkpoint of epoch 0, if the recorded history began with the weights of seed.init."""
        start = record.events[0] if record.events else None
        losses = record.history.get("train_loss")
        if start is None or start.epoch or start.step or losses is None or not len(losses):
            return None
        begun = self
        if start.experiment != self.experiment:
            begun = Run(start.experiment, device=self.executor.device, executor=self.executor.name, lost=lost)
        score = begun.scores().get("train")
        return (0, begun.executor.save()) if score is not None and np.isclose(score.loss, losses[0]) else None


def _before_the_run(events: list[Event]) -> int:
    """How many of the edits of the Experiment in force were made before the run began."""
    edits = [getattr(event.experiment.model, "edits", ()) for event in events]
    return min([len(edits[0]), *(links.common(a, b) for a, b in pairwise(edits))])
