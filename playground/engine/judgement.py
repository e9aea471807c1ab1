"""How good decisions are (`decision.py`): confusion, precision and recall of each class, cost, ROC. For the labs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from playground.engine import charts, measures
from playground.engine.decision import NONE as NO_DECISION
from playground.engine.decision import decide, threshold
from playground.engine.snapshot import Confusion, Lines, Mark, Series, Table, View

if TYPE_CHECKING:
    from playground.engine.executors.base import Floats
    from playground.engine.trainer import Run


def judged(run: Run) -> str:
    """The part that decisions are judged on: test, or training where there is no test part; empty without points."""
    return next((part for part in ("test", "train") if part in run.scores()), "")


def confusion(run: Run, view: View) -> Confusion | None:
    """Of what was decided; points without a decision are left out."""
    part = judged(run)
    if not part or not run.n_classes:
        return None
    of, guess = run.problem.parts[part], decide(run.evaluation.part(part), run)
    truth, made = of.t.astype(np.int64), guess != NO_DECISION
    return Confusion(
        title="Confusion", counts=charts.own(measures.confusion(truth[made], guess[made], run.n_classes)),
        names=run.problem.classes, part=charts.ROLES[part], ids=charts.own(of.ids[made]),
        truth=charts.own(truth[made]), guess=charts.own(guess[made]),
    )  # fmt: skip


def by_class(run: Run, view: View) -> Table | None:
    """Precision, recall and F1 of each class, and what the decisions cost."""
    found = confusion(run, view)
    if found is None:
        return None
    part = judged(run)
    precision, recall, f1 = measures.by_class(found.counts)
    rows = tuple(zip(run.problem.short_names, *(percent(v) for v in (precision, recall, f1)),
                     found.counts.sum(axis=1).tolist(), strict=True))  # fmt: skip
    return Table(
        title="Classes", columns=("", "Precision", "Recall", "F1", "Points"), roles=(None,) * 5, rows=rows,
        note=_note(run, found, len(run.problem.parts[part].ids)),
    )  # fmt: skip


def percent(values: Floats) -> list[str]:
    return [f"{100 * value:.1f} %" for value in values.tolist()]


def _note(run: Run, found: Confusion, n: int) -> str:
    e, made = run.experiment, int(found.counts.sum())
    said = [f"On the {found.part} points"]
    if run.n_classes == 2:
        d = e.decision
        cost = (d.cost_alarm * found.counts[0, 1] + d.cost_miss * found.counts[1, 0]) / max(1, made)
        said.append(f"cost per decision {cost:.3g}")
        if run.output_kind != "step":
            said.append(f"{run.problem.short_names[1]} from a probability of {threshold(e):.3g} on")
    if made < n:
        said.append(f"no decision on {n - made:,} of {n:,}")
    if run.output_kind == "step":
        said.append("this model gives no probabilities, so no threshold moves its boundary")
    return "; ".join(said) + "."


def scores_of_second(raw: Floats) -> Floats:
    """[n] that grow with the probability of the second of two classes, and keep the digits that it would lose."""
    return raw[:, 0] if raw.shape[1] == 1 else raw[:, 1] - raw[:, 0]


def roc(run: Run, view: View) -> Lines | None:
    """Hits against false alarms for every threshold, and where the one in force stands."""
    if not judged(run):
        return None
    blank = Lines(title="ROC", x_label="false alarms", y_label="hits", percent=True, y_range=(0.0, 1.0))
    if run.n_classes != 2:
        return replace(blank, note="The ROC curve needs two classes: one that is looked for.")
    series: list[Series] = []
    marks: tuple[Mark, ...] = ()
    for part, role in charts.ROLES.items():
        if part not in run.scores():
            continue
        truth, score = run.problem.parts[part].t, scores_of_second(run.evaluation.part(part))
        if len(np.unique(truth)) < 2:
            continue
        x, y, _ = measures.roc(truth, score)
        series.append(Series(f"{role} {measures.area(x, y):.3f}", role, charts.own(x), charts.own(y)))
    if series and (found := confusion(run, view)) is not None and found.counts[0].sum():
        at = float(found.counts[0, 1] / found.counts[0].sum())
        marks = (Mark(at, f"threshold {threshold(run.experiment):.3g}"),)
    note = "" if series else "The ROC curve needs points of both classes."
    return replace(blank, series=tuple(series), marks=marks, note=note)
