"""Measures of decisions against scikit-learn's, and what a threshold, costs and rejection do."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from playground.engine import experiment as ex
from playground.engine import judgement, measures
from playground.engine.decision import decide, threshold
from playground.engine.snapshot import View
from playground.engine.trainer import Run

PLANE = View((-6.0, 6.0), (-6.0, 6.0), 40)
MODELS = ("mlp", "perceptron", "logistic", "svm", "tree", "knn", "naive_bayes")


def run_of(kind: str = "gauss", model: str = "logistic", **changes: object) -> Run:
    wanted = {"data.kind": kind, "model.kind": model, "data.noise": 0.5, **changes}
    run = Run(ex.change(ex.default("classify"), wanted))
    run.run_epochs(5)
    return run


@pytest.mark.parametrize("kind", ["gauss", "blobs"])
@pytest.mark.parametrize("model", MODELS)
def test_every_measure_is_that_of_scikit_learn(kind: str, model: str) -> None:
    run = run_of(kind, model)
    test = run.problem.parts["test"]
    truth, guess = test.t.astype(int), measures.classes(run.raw(test.X), run.output_kind)
    score = run.scores()["test"]
    assert score.accuracy == pytest.approx(metrics.accuracy_score(truth, guess))
    assert score.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(truth, guess))
    shown = run.summarize("confusion", PLANE)
    assert (shown.counts == metrics.confusion_matrix(truth, guess)).all()
    known = metrics.precision_recall_fscore_support(truth, guess, zero_division=0.0)
    assert np.array(measures.by_class(shown.counts)) == pytest.approx(np.array(known[:3]))
    rows = run.summarize("classes", PLANE).rows
    assert [row[-1] for row in rows] == known[3].tolist() and rows[0][1] == f"{100 * known[0][0]:.1f} %"


@pytest.mark.parametrize("model", MODELS)
def test_the_roc_curve_is_that_of_scikit_learn(model: str) -> None:
    run = run_of("gauss", model)
    test = run.problem.parts["test"]
    score = judgement.scores_of_second(run.raw(test.X))
    for got, known in zip(measures.roc(test.t, score), metrics.roc_curve(test.t, score, drop_intermediate=False),
                          strict=True):  # fmt: skip
        assert got == pytest.approx(known)
    shown = run.summarize("roc", PLANE)
    assert shown.series[-1].label == f"test {metrics.roc_auc_score(test.t, score):.3f}"
    assert "two classes" in run_of("blobs", model).summarize("roc", PLANE).note


@pytest.mark.parametrize("model", MODELS)
def test_the_threshold_of_each_point_of_the_curve_leads_there(model: str) -> None:
    run = run_of("gauss", model)
    test, chart = run.problem.parts["test"], run.summarize("roc", PLANE)
    curve, at = chart.series[chart.judged], chart.thresholds[chart.judged]
    if run.output_kind == "step":
        assert chart.threshold is None and np.isnan(at).all() and "no probabilities" in chart.note
        return
    p, truth = run.predict(test.X)[:, 1], test.t > 0
    for x, y, t in zip(curve.x, curve.y, at, strict=True):
        if 1e-9 < t < 1 - 1e-9:  # nearer to the ends float64 cannot tell probabilities apart
            assert ((p > t)[~truth].mean(), (p > t)[truth].mean()) == pytest.approx((x, y))
    assert (np.diff(at) <= 0).all() and 0 <= at.min() <= at.max() <= 1


@pytest.mark.parametrize("at", [0.1, 0.3, 0.9])
def test_a_threshold_moves_the_boundary_and_goes_along_the_roc_curve(at: float) -> None:
    run = run_of()
    loss = run.scores()["test"].loss
    run.change(ex.change(run.experiment, {"decision.threshold": at}))
    test, grid = run.problem.parts["test"], run.summarize("map", PLANE)
    second = run.predict(test.X)[:, 1] > at
    shown = run.summarize("confusion", PLANE)
    assert (shown.counts == metrics.confusion_matrix(test.t, second)).all()
    assert ((grid.edge > 0) == (grid.values[..., 1] > at)).all() and (grid.edge > 0).any() and (grid.edge < 0).any()
    chart = run.summarize("roc", PLANE)
    hits = shown.counts[1, 1] / shown.counts[1].sum()
    curve = chart.series[-1]
    assert chart.threshold == at and chart.here == pytest.approx((shown.counts[0, 1] / shown.counts[0].sum(), hits))
    assert (np.isclose(curve.x, chart.here[0]) & np.isclose(curve.y, chart.here[1])).any()
    assert run.scores()["test"].loss == loss and run.step > 0, "nothing was trained or reset"
    said = run.summarize("predictions", PLANE)
    assert (said.value == (run.predict(run.problem.points.X)[:, 1] > at)).all()


def test_costs_put_the_threshold_where_the_expected_cost_is_least() -> None:
    e = ex.change(ex.default("classify"), {"decision.cost_miss": 3.0})
    assert threshold(e) == pytest.approx(0.25)
    assert threshold(ex.change(e, {"decision.threshold": 0.7})) == 0.7
    run = run_of(**{"decision.cost_miss": 9.0})
    p = run.predict(run.problem.train.X)
    expected = np.column_stack([9.0 * p[:, 1], 1.0 * p[:, 0]])  # of choosing the first, and the second
    assert (decide(run.raw(run.problem.train.X), run) == expected.argmin(axis=1)).all()
    counts = run.summarize("confusion", PLANE).counts
    cost = (counts[0, 1] + 9.0 * counts[1, 0]) / counts.sum()
    assert f"cost per decision {cost:.3g}" in run.summarize("classes", PLANE).note


@pytest.mark.parametrize("kind", ["gauss", "blobs"])
def test_where_it_is_unsure_no_decision_is_made(kind: str) -> None:
    run = run_of(kind, **{"decision.reject": 0.8})
    test = run.problem.parts["test"]
    sure = run.predict(test.X).max(axis=1) >= 0.8
    shown = run.summarize("confusion", PLANE)
    assert 0 < shown.counts.sum() == sure.sum() < len(test.t) and set(shown.ids) == set(test.ids[sure])
    assert f"no decision on {(~sure).sum()} of {len(sure)}" in run.summarize("classes", PLANE).note
    said, p = run.summarize("predictions", PLANE), run.predict(run.problem.points.X).max(axis=1)
    assert (np.isnan(said.value) == (p < 0.8)).all()
    grid = run.summarize("map", PLANE).values
    unsure = np.isclose(grid, 1 / len(run.problem.classes)).all(axis=-1)
    assert unsure.any() and (grid[~unsure].max(axis=-1) >= 0.8).all()


def test_a_cell_of_the_confusion_knows_its_points() -> None:
    run = run_of()
    shown = run.summarize("confusion", PLANE)
    for i in range(2):
        for j in range(2):
            assert ((shown.truth == i) & (shown.guess == j)).sum() == shown.counts[i, j]
