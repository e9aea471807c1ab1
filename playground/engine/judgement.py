"""How good decisions are (`decision.py`): confusion, precision and recall of each class, cost, ROC. For the labs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from playground.engine import charts, measures
from playground.engine.decision import NONE as NO_DECISION
from playground.engine.decision import decide, threshold
from playground.engine.models.base import OutputKind
from playground.engine.snapshot import Confusion, Roc, Series, Table, View

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
        title="Classes", columns=("", "Precision", "Recall", "F₁", "Points"), roles=(None,) * 5, rows=rows, names=True,
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
        said.append(NO_PROBABILITIES[0].lower() + NO_PROBABILITIES[1:-1])
    return "; ".join(said) + "."


def scores_of_second(raw: Floats) -> Floats:
    """[n] that grow with the probability of the second of two classes, and keep the digits that it would lose."""
    return raw[:, 0] if raw.shape[1] == 1 else raw[:, 1] - raw[:, 0]


def thresholds(score: Floats, kind: OutputKind) -> Floats:
    """[k] thresholds, from the scores [k] at the points of a ROC curve (`measures.roc`): each decides as its point has
    it. A round number where one lies between the probabilities that it has to part."""
    above = np.append(1.0, _second(score[1:], kind))
    below = np.append(above[1:], 0.0)
    return np.array([_between(low, high) for low, high in zip(below.tolist(), above.tolist(), strict=True)])


def _second(score: Floats, kind: OutputKind) -> Floats:
    """[k] probabilities of the second class, from `scores_of_second`."""
    if kind == "probability":
        return (1.0 + score) / 2.0
    found: Floats = measures.probabilities(score[:, None], "tanh" if kind == "tanh" else "logit")[:, 1]
    return found


def _between(low: float, high: float) -> float:
    """low <= it < high, in as few decimals as do."""
    middle = (low + high) / 2.0
    return next((short for n in range(2, 9) if low < (short := round(middle, n)) < high), middle)


def roc(run: Run, view: View) -> Roc | None:
    """For every threshold, and where the one in force stands."""
    part = judged(run)
    if not part:
        return None
    blank = Roc(title="ROC", x_label="false positive rate", y_label="true positive rate", percent=True,
                y_range=(0.0, 1.0))  # fmt: skip
    if run.n_classes != 2:
        return replace(blank, note="The ROC curve needs two classes: one that is looked for.")
    series, at, names, kind = [], [], [], run.output_kind
    for name, role in charts.ROLES.items():
        if name not in run.scores():
            continue
        truth, score = run.problem.parts[name].t, scores_of_second(run.evaluation.part(name))
        if len(np.unique(truth)) < 2 or not np.isfinite(score).all():
            continue
        x, y, least = measures.roc(truth, score)
        series.append(Series(f"{role} {measures.area(x, y):.3f}", role, charts.own(x), charts.own(y)))
        at.append(charts.own(np.full(len(x), np.nan) if kind == "step" else thresholds(least, kind)))
        names.append(name)
    if not series:
        return replace(blank, note="The ROC curve needs points of both classes.")
    found = replace(blank, series=tuple(series), thresholds=tuple(at),
                    judged=names.index(part) if part in names else -1)  # fmt: skip
    if kind == "step":
        return replace(found, note=NO_PROBABILITIES)
    return replace(found, threshold=threshold(run.experiment), here=_standing(run, part))


NO_PROBABILITIES = "This model gives no probabilities: no threshold moves its boundary."


def _standing(run: Run, part: str) -> tuple[float, float] | None:
    """(false, true) positive rate of the threshold in force, where both classes are there."""
    truth = run.problem.parts[part].t > 0
    if truth.all() or not truth.any():
        return None
    chosen = measures.probabilities(run.evaluation.part(part), run.output_kind)[:, 1] > threshold(run.experiment)
    return float(chosen[~truth].mean()), float(chosen[truth].mean())
