"""Sweeps: the same Experiment with some parameters run through values, with cross-validation or without.

`plan` checks every combination before anything is trained; `run` trains them one after the other, each as a
`Run` of its own, so whatever can be trained can be swept. Called by `playground sweep`; `export/sweep_figure.py`
draws what comes out.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import experiment as experiments
from playground.engine import ranges, schema
from playground.engine.experiment import Experiment
from playground.engine.folds import folds_of
from playground.engine.points import PART_NAMES, TRAIN, VALIDATION, Points
from playground.engine.problem import build
from playground.engine.progress import Cancelled, Progress
from playground.engine.schema import Parameter, SpecError, show
from playground.engine.snapshot import Score
from playground.engine.trainer import Run

METRICS = ("loss", "rms", "accuracy")
"""Of a `Score`, in the order of the columns; those that a lab does not have are left out."""
CHOSEN_BY = ("validation", "test", "train")
"""The part whose mean error says which combination is best: the first of these that has points."""


@dataclass(frozen=True)
class Axis:
    """A parameter and the values that it runs through: as they were typed, and as they are."""

    parameter: Parameter
    texts: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def path(self) -> str:
        return self.parameter.path

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers, or off."""
        return self.parameter.kind in ("int", "float")


@dataclass(frozen=True)
class Sweep:
    """What is to be trained: one Experiment for each combination, the first axis varying slowest.

    n_folds   0: one training for each combination; else so many, each with another part of the points held out
    """

    axes: tuple[Axis, ...]
    experiments: tuple[Experiment, ...]
    n_folds: int = 0

    @property
    def n_trainings(self) -> int:
        return len(self.experiments) * max(1, self.n_folds)

    def values(self, k: int) -> tuple[Any, ...]:
        """Those of combination k, in the order of the axes."""
        return tuple(axis.values[i] for axis, i in zip(self.axes, self.index(k), strict=True))

    def index(self, k: int) -> tuple[int, ...]:
        shape = [len(axis.values) for axis in self.axes]
        return tuple(int(i) for i in np.unravel_index(k, shape))


@dataclass(frozen=True)
class Row:
    """One training: of a combination, without a fold (from 0 on) or with that fold held out.

    scores   by part of the split ("validation" is what was held out); empty where training diverged
    """

    combination: int
    fold: int | None
    scores: dict[str, Score]
    diverged: bool


@dataclass(frozen=True, eq=False)
class Result:
    """rows: by combination, then by fold."""

    sweep: Sweep
    rows: tuple[Row, ...]

    def column(self, part: str, metric: str) -> NDArray[np.float64]:
        """[combinations, folds] (one column without folds); NaN where there is no such number."""
        found = [getattr(row.scores.get(part), metric, None) for row in self.rows]
        values = np.array([np.nan if value is None else value for value in found], dtype=np.float64)
        values[~np.isfinite(values)] = np.nan
        return values.reshape(len(self.sweep.experiments), -1)

    def mean(self, part: str, metric: str) -> NDArray[np.float64]:
        """[combinations]: over the folds; NaN where one of them diverged."""
        return self.column(part, metric).mean(axis=1)

    def standard_error(self, part: str, metric: str) -> NDArray[np.float64]:
        """[combinations]: of that mean, from the spread over the folds; NaN without folds."""
        values = self.column(part, metric)
        if not self.sweep.n_folds:
            return np.full(len(values), np.nan)
        return values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])

    def metrics(self) -> tuple[str, ...]:
        """Those that the lab has."""
        return tuple(m for m in METRICS if any(getattr(s, m) is not None for r in self.rows for s in r.scores.values())
                     ) or METRICS[:1]  # fmt: skip

    @property
    def chosen_by(self) -> str:
        """The part of the split that the best combination is chosen by."""
        return next((part for part in CHOSEN_BY if np.isfinite(self.mean(part, "loss")).any()), "train")

    @property
    def criterion(self) -> str:
        """What is compared: the root mean square error of each fold, as the window's cross-validation has it, or for
        classes the loss. Without folds both order the combinations alike."""
        return "rms" if "rms" in self.metrics() else "loss"

    @property
    def best(self) -> int | None:
        """The combination with the least mean error, the first of equals; None where all diverged."""
        error = self.mean(self.chosen_by, self.criterion)
        return int(np.nanargmin(error)) if np.isfinite(error).any() else None

    def table(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Header and rows: values as `--set` takes them, fold (from 1), <part>_<metric>, status if one diverged."""
        folds, some = self.sweep.n_folds > 0, any(row.diverged for row in self.rows)
        metrics = self.metrics()
        header = [axis.path for axis in self.sweep.axes] + ["fold"] * folds
        header += [f"{part}_{metric}" for metric in metrics for part in PART_NAMES] + ["status"] * some
        return header, (self._cells(row, metrics, folds, some) for row in self.rows)

    def _cells(self, row: Row, metrics: Sequence[str], folds: bool, status: bool) -> list[Any]:
        cells = [cell(value) for value in self.sweep.values(row.combination)]
        cells += [row.fold + 1] if folds and row.fold is not None else []
        cells += [getattr(row.scores.get(part), metric, None) for metric in metrics for part in PART_NAMES]
        return cells + ["diverged" if row.diverged else "finished"] * status


def cell(value: Any) -> Any:
    """A value of a parameter as `--set` takes it; numbers stay numbers."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else show(value)


# ---- before training ----
def axis(path: str, text: str) -> Axis:
    """What `PATH=VALUES` asks for. Raises SpecError."""
    known = experiments.known_parameters()
    if path not in known:
        experiments.change(experiments.default(), {path: None})  # says what is near
    parameter = known[path]
    if path == "lab" or parameter.kind == "opaque":
        raise SpecError(f"{path} cannot be swept: all combinations are of one lab and one set of tables.", path)
    texts = ranges.read(parameter, text)
    values = tuple(schema.parse(parameter, item) for item in texts)
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            raise SpecError(f"{path} has the value {show(value) or 'nothing'} twice.", path)
        seen.add(value)
    return Axis(parameter, texts, values)


def plan(
    axes: Sequence[Axis], n_folds: int, make: Callable[[list[tuple[str, str]]], Experiment],
    progress: Progress | None = None,
) -> Sweep:  # fmt: skip
    """Every combination, checked. `make` gives the Experiment for (path, text) pairs, tags among them.

    Raises SpecError for too many trainings, for what is illegal in some combination, for different labs or kinds
    of target, and for folds that the training points cannot be parted into.
    """
    n = math.prod(len(a.values) for a in axes)
    if n * max(1, n_folds) > ranges.MOST:
        many = f"{n} combinations" + (f" with {n_folds} folds each" if n_folds else "")
        raise SpecError(f"A sweep may take up to {ranges.MOST} trainings, not {many}: take larger steps.", "over")
    made: list[Experiment] = []
    for texts in product(*(a.texts for a in axes)):
        _tell(progress, 0.0, f"Checking combination {len(made) + 1} of {n}.")
        made.append(make([(a.path, text) for a, text in zip(axes, texts, strict=True)]))
        _check(made, n_folds)
    return Sweep(tuple(axes), tuple(made), n_folds)


def _check(made: Sequence[Experiment], n_folds: int) -> None:
    """The last one, beside the first."""
    first, e = made[0], made[-1]
    if (e.lab, e.data.task) != (first.lab, first.data.task):
        raise SpecError(
            f"All combinations must have the same kind of target: data.kind={first.data.kind} is "
            f"{first.data.task} in the {first.lab} lab, data.kind={e.data.kind} is {e.data.task} in the {e.lab} lab.",
            "data.kind",
        )
    n_train = len(build(e).train.ids)
    if not n_train:
        raise SpecError(Run(e).message)
    if n_folds > n_train:
        raise SpecError(f"--folds must be at most the number of training points, which is {n_train}, "
                        f"not {n_folds}.", "folds")  # fmt: skip


# ---- training ----
def run(sweep: Sweep, epochs: int, progress: Progress | None = None) -> Result:
    """Train everything, iterative models for so many epochs or to their stop rule.

    A training that diverges is recorded and the sweep goes on. Raises Cancelled when `progress` answers False.
    """
    found: dict[tuple[int, int], Row] = {}
    for done, (k, fold, e) in enumerate(_trainings(sweep)):
        sentence = f"Training {done + 1} of {sweep.n_trainings}."

        def tell(share: float, _: str, done: int = done, sentence: str = sentence) -> bool:
            _tell(progress, (done + share) / sweep.n_trainings, sentence)
            return True

        tell(0.0, "")
        found[k, fold] = _train(e, epochs, k, fold if sweep.n_folds else None, tell)
    _tell(progress, 1.0, f"{sweep.n_trainings} trainings.")
    return Result(sweep, tuple(found[key] for key in sorted(found)))


def _train(e: Experiment, epochs: int, k: int, fold: int | None, progress: Progress) -> Row:
    the_run = Run(e)
    the_run.run_epochs(epochs, progress)
    scores = the_run.scores()
    diverged = the_run.status == "diverged" or not np.isfinite(scores["train"].loss)
    return Row(k, fold, {} if diverged else scores, diverged)


def _trainings(sweep: Sweep) -> Iterator[tuple[int, int, Experiment]]:
    """(combination, fold, Experiment), those that share their points one after the other and, of these, those that
    differ in nothing but the order: the closed form solves all orders at once and remembers them."""
    alike: dict[Any, list[int]] = {}
    for k, e in enumerate(sweep.experiments):
        alike.setdefault((e.data, e.split, e.seed.data, e.seed.split), []).append(k)
    at = next((i for i, a in enumerate(sweep.axes) if a.path == "model.order"), None)

    def order_last(k: int) -> tuple[int, ...]:
        index = sweep.index(k)
        return index if at is None else (*index[:at], *index[at + 1 :], index[at])

    for group in alike.values():
        group.sort(key=order_last)
        if not sweep.n_folds:
            yield from ((k, 0, sweep.experiments[k]) for k in group)
            continue
        for fold, changes in enumerate(_held_out(sweep.experiments[group[0]], sweep.n_folds)):
            yield from ((k, fold, experiments.change(sweep.experiments[k], changes)) for k in group)


def _held_out(e: Experiment, n_folds: int) -> Iterator[dict[str, Any]]:
    """For each fold what turns `e` into a run without it: its points become the validation part.

    Points of the validation part sit out: they would be mixed with those that are held out.
    """
    problem = build(e)
    kept = problem.part != VALIDATION
    points, part = problem.points.take(kept), problem.part[kept]
    fold = np.full(len(points), -1, dtype=np.int64)
    fold[part == TRAIN] = folds_of(points.ids[part == TRAIN], n_folds, e.seed.split)
    names = {"data.class_names": problem.classes} if problem.classes else {}
    for k in range(n_folds):
        moved = np.where(fold == k, VALIDATION, part)
        yield {"data.points": Points(points.X, points.t, points.ids, moved), **names}


def _tell(progress: Progress | None, share: float, sentence: str) -> None:
    if progress is not None and not progress(share, sentence):
        raise Cancelled("The sweep was called off; nothing was written.", "sweep")
