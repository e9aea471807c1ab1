"""Charts and tables that the labs have in common: measures of each epoch, scores. Called by `engine/labs`."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import decision, looks
from playground.engine.history import History
from playground.engine.snapshot import Lines, Mark, Predictions, Role, Series, Table, View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

ROLES: dict[str, Role] = {"train": "training", "validation": "validation", "test": "test"}
"""Part of the split: its name on screen, which is its role in a chart too."""


def own(array: NDArray) -> NDArray:
    """Mark a fresh array as read-only, so that the snapshot need not copy it."""
    array.setflags(write=False)
    return array


def epochs_chart(run: "Run", measure: str, title: str, y_label: str, *, percent: bool = False) -> Lines:
    """One measure of each epoch for all parts, over the ghost of the run before."""
    series: list[Series] = []
    if run.previous is not None:
        for part in ("train", "test"):
            if run.previous.has(f"{part}_{measure}"):
                x, y = run.previous.line(f"{part}_{measure}")
                series.append(Series("" if series else "previous run", "ghost", own(x), own(y)))
    lowest = 1.0
    for part, role in ROLES.items():
        if run.history.has(f"{part}_{measure}"):
            x, y = run.history.line(f"{part}_{measure}")
            series.append(Series(role, role, own(x), own(y)))
            lowest = min(lowest, float(np.nanmin(y)))
    since = rising_since(run.history)
    marks = (Mark(since, f"best test, epoch {since}"),) if since is not None else ()
    note = "" if len(run.history) > 1 else "Play, and every epoch adds a point here."
    y_range = (np.floor(5 * lowest) / 5 if lowest < 1 else 0.8, 1.0) if percent else None
    return Lines(
        title=title, x_label="epoch", y_label=y_label, series=tuple(series), marks=marks, percent=percent,
        can_log=not percent, log_first=measure == "loss", y_range=y_range, integer_x=True, note=note,
    )  # fmt: skip


def rising_since(history: History) -> int | None:
    """The epoch of the least test loss, if the test loss has clearly been rising since: by 5 % or more, over
    at least 10 epochs and a tenth of the run."""
    best = history.best_epoch
    if best is None or not len(history):
        return None
    now = int(history.column("epoch")[-1])
    if now - best < max(10, 0.1 * now):
        return None
    recent = history.column("test_loss")[-5:]
    return best if recent.min() > 1.05 * history.best_loss else None


def predictions(run: "Run", view: View) -> Predictions | None:
    """The model's word on each point of the experiment; None where nothing was learned."""
    if run.executor.solves and not run.n_train:
        return None
    raw = run.evaluation.at_points()
    value = raw[:, 0].copy()
    if run.n_classes:
        value = decision.decided(raw, run)
    return Predictions(title="Predictions", ids=run.problem.points.ids, value=own(value), lit=run.executor.lit)


def scores_table(run: "Run", rows: tuple[tuple[str, str], ...]) -> Table:
    """One column for each part of the split, one row for each (name, field of Score)."""
    scores = {part: run.scores()[part] for part in ROLES if part in run.scores()}

    def cell(part: str, field: str) -> float | int | str | None:
        value = getattr(scores[part], field)
        return f"{100 * value:.1f} %" if field.endswith("accuracy") and value is not None else value

    return Table(
        title="Scores", columns=("", *(ROLES[part] for part in scores)),
        roles=(None, *(ROLES[part] for part in scores)),
        rows=tuple((name, *(cell(part, field) for part in scores)) for name, field in rows),
        note=looks.sentence(run.looks),
    )  # fmt: skip


_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def counted(n: int, noun: str) -> str:
    """ "ten points", "1 weight" as "one weight", "21 points"."""
    return f"{_WORDS[n] if n < len(_WORDS) else n} {noun}" + ("" if n == 1 else "s")


def in_one_place(run: "Run", consequence: str) -> str:
    """A sentence if all training points, of which there are several, have the same inputs; else empty."""
    X = run.problem.train.X
    if len(X) < 2 or (X[0] != X[-1]).any() or (X != X[0]).any():
        return ""
    place = ", ".join(f"{value:.6g}" for value in X[0])
    return f"All {counted(len(X), 'training point')} are in one place ({place}): {consequence}."


def finding(run: "Run") -> str:
    """A plain sentence on a run of a network; empty where there is nothing to say."""
    since = rising_since(run.history)
    if since is not None:
        return f"Test loss has been rising since epoch {since}."
    if run.status == "finished":
        return f"Stopped at epoch {run.epoch}: that is the limit set by “Stop at epoch”."
    if run.n_parameters > run.n_train:
        points = counted(run.n_train, "training point")
        linear = run.experiment.model.linear
        what = "curve can pass through all of them" if linear else "network can learn them by heart"
        return f"{run.n_parameters} weights, {points}: the {what}."
    return ""
