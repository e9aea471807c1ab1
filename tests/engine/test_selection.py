"""Choosing the order and the penalty: curves, marks and recommendations, against refits done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import PredefinedSplit, cross_val_score

from playground.engine import experiment as ex
from playground.engine import selection
from playground.engine.cross_validation import LN_LAMBDAS, choose, cross_validation
from playground.engine.folds import folds, folds_of
from playground.engine.points import EMPTY_1D, Points
from playground.engine.snapshot import GridMap, Lines, View, freeze
from playground.engine.trainer import Run

VIEW = View((0.0, 1.0))
ALL = (selection.cv_by_order, selection.cv_by_ln_lambda, selection.cv_map, selection.rms_by_ln_lambda)


def curve(**changes) -> Run:
    return Run(ex.change(ex.default("curve"), changes))


def complete(f, run: Run):
    found = f(run, VIEW)
    while getattr(found, "behind", False):
        found = f(run, VIEW)
    return found


def scikit_learn(run: Run, order: int, ln_lambda: float | None) -> np.ndarray:
    """Root mean square errors of the folds."""
    model = run.experiment.model.model_copy(update={"order": order})
    train, s = run.problem.train, run.experiment.selection.folds
    fold = folds_of(train.ids, s, run.experiment.seed.split)
    A = model.design(train.X[:, 0], (0.0, 1.0))[:, 1:]
    if not A.shape[1]:
        A = np.zeros((len(A), 1))
    theirs = LinearRegression() if ln_lambda is None else Ridge(np.exp(ln_lambda), solver="svd")
    scores = cross_val_score(theirs, A, train.t, cv=PredefinedSplit(fold), scoring="neg_mean_squared_error")
    return np.sqrt(-scores)


@pytest.mark.parametrize("kind", [
    {}, {"model.basis": "legendre"}, {"model.kind": "gaussian", "model.order": 3}, {"model.kind": "fourier"},
])  # fmt: skip
@pytest.mark.parametrize("ln_lambda", [None, -6.5])
def test_errors_by_order_are_those_of_scikit_learn(kind, ln_lambda) -> None:
    run = curve(**{"data.n": 60, "selection.folds": 6, **kind, "model.ln_lambda": ln_lambda})
    lines = complete(selection.cv_by_order, run)
    training, held = lines.series
    assert held.role == "validation" and training.role == "training" and list(held.x) == list(range(10))
    for order in (0, 1, 3, 5):
        theirs = scikit_learn(run, order, ln_lambda)
        assert held.y[order] == pytest.approx(theirs.mean(), rel=1e-6)
        assert held.error[order] == pytest.approx(theirs.std(ddof=1) / np.sqrt(6), rel=1e-5)
    mine = complete(folds, run)  # the model in force: the same numbers in both pictures
    assert held.y[run.experiment.model.order] == pytest.approx(mine.mean, rel=1e-7)
    assert lines.path == "model.order" and "60 trainings" in lines.note


@pytest.mark.parametrize("kind", [{"model.order": 9}, {"model.kind": "gaussian", "model.order": 9}])
def test_errors_by_penalty_are_those_of_scikit_learn(kind) -> None:
    run = curve(**{"data.n": 40, "selection.folds": 5, **kind})
    lines = complete(selection.cv_by_ln_lambda, run)
    held = lines.series[1]
    assert len(held.x) >= 41 and (held.x[0], held.x[-1]) == (-50.0, 5.0) and lines.path == "model.ln_lambda"
    for value in (-15.0, -6.0, 0.0, 5.0):
        theirs = scikit_learn(run, 9, value)
        assert held.y[list(held.x).index(value)] == pytest.approx(theirs.mean(), rel=1e-5)


def test_leaving_one_out_is_as_many_refits() -> None:
    run = curve(**{"data.n": 12, "selection.folds": 1000, "model.order": 2})
    x, t = run.problem.train.X[:, 0], run.problem.train.t
    lines = complete(selection.cv_by_order, run)
    assert lines.note.startswith("Only twelve training points")
    for order in (0, 2, 6):
        missed = []
        for i in range(12):
            rest = np.arange(12) != i
            missed.append(abs(np.polyval(np.polyfit(x[rest], t[rest], order), x[i]) - t[i]))
        assert lines.series[1].y[order] == pytest.approx(np.mean(missed), rel=1e-6)


def test_the_simplest_within_one_standard_error() -> None:
    mean, error = np.array([0.9, 0.5, 0.42, 0.40, 0.41, np.nan]), np.array([0.1, 0.1, 0.03, 0.03, 0.03, np.nan])
    found = choose(mean, error, range(6))
    assert (found.best, found.simplest) == (3, 2)  # 0.42 <= 0.40 + 0.03
    found = choose(mean, error, range(6)[::-1])
    assert (found.best, found.simplest) == (3, 4)
    assert choose(np.full(3, np.nan), np.zeros(3), range(3)) is None
    one = choose(np.array([0.2, 0.1]), np.full(2, np.nan), range(2))
    assert (one.best, one.simplest) == (1, 1)


def test_recommendations_are_what_the_marks_stand_at_and_can_be_taken() -> None:
    run = curve(**{"data.n": 50, "model.order": 9})
    for f in ALL[:3]:
        found = complete(f, run)
        assert len(found.choices) == 2 and found.choices[0].label.startswith("Use ")
        assert found.choices[1].label.startswith("Simplest: ")
        for choice in found.choices:
            ex.change(run.experiment, choice.changes)
    lines = complete(selection.cv_by_order, run)
    held = lines.series[1]
    best, simplest = (choice.changes["model.order"] for choice in lines.choices)
    assert best == held.y.argmin() and simplest <= best
    assert held.y[simplest] <= held.y[best] + held.error[best]
    assert (held.y[:simplest] > held.y[best] + held.error[best]).all()
    assert {mark.x for mark in lines.marks} == {float(best), float(simplest)}
    assert lines.band == (8.6, 9.4)


def test_the_map_is_both_curves_at_once() -> None:
    run = curve(**{"data.n": 30, "model.order": 5, "model.ln_lambda": -18.0})
    grid = complete(selection.cv_map, run)
    assert isinstance(grid, GridMap) and grid.value.shape == (len(grid.y), len(grid.x)) == (19, 10)
    assert grid.y[0] is None and list(grid.y[1:]) == sorted(grid.y[1:])
    by_order, by_penalty = complete(selection.cv_by_order, run), complete(selection.cv_by_ln_lambda, run)
    column, row = grid.here
    assert (grid.x[column], grid.y[row]) == (5.0, -18.0)
    np.testing.assert_array_equal(grid.value[row], by_order.series[1].y)
    at = [LN_LAMBDAS.index(value) for value in grid.y[1:]]
    np.testing.assert_array_equal(grid.value[1:, column], by_penalty.series[1].y[at])
    best = grid.best
    assert grid.value[best[1], best[0]] == np.nanmin(grid.value)
    assert grid.simplest[0] <= best[0]
    assert grid.choices[0].changes == {"model.order": best[0], "model.ln_lambda": grid.y[best[1]]}
    assert (grid.x_path, grid.y_path) == ("model.order", "model.ln_lambda")
    assert cross_validation(run) is cross_validation(run)


def test_wild_errors_do_not_take_the_axis_away() -> None:
    run = curve(**{"data.n": 10, "model.order": 20, "data.spacing": "uniform"})
    lines = complete(selection.cv_by_order, run)
    assert np.nanmax(lines.series[1].y) > 10 * lines.y_range[1]
    assert lines.series[1].y.min() < lines.y_range[1] <= 5


@pytest.mark.parametrize("kind", [{"model.order": 9}, {"model.kind": "fourier", "model.order": 4}])
def test_rms_by_penalty_is_what_runs_with_each_penalty_have(kind) -> None:
    shares = {"split.train": 0.6, "split.validation": 0.2, "split.test": 0.2}
    run = curve(**{"data.n": 60, **shares, **kind, "model.ln_lambda": -4.0})
    lines = selection.rms_by_ln_lambda(run, VIEW)
    assert [series.role for series in lines.series] == ["training", "validation", "test"]
    assert lines.band == (-4.5, -3.5)
    model, train = run.experiment.model, run.problem.train
    for value in (-12.0, -4.0, 2.0):
        A = model.design(train.X[:, 0], (0.0, 1.0))
        theirs = Ridge(np.exp(value), solver="svd").fit(A[:, 1:], train.t)
        for series, part in zip(lines.series, ("train", "validation", "test"), strict=True):
            points = run.problem.parts[part]
            y = theirs.predict(model.design(points.X[:, 0], (0.0, 1.0))[:, 1:])
            wanted = np.sqrt(np.square(y - points.t).mean())
            assert series.y[list(series.x).index(value)] == pytest.approx(wanted, rel=1e-6)


def test_without_test_points_only_the_training_error_stands() -> None:
    lines = selection.rms_by_ln_lambda(curve(**{"data.n_test": 0}), VIEW)
    assert [series.role for series in lines.series] == ["training"] and "off" in lines.note and lines.band is None
    assert (np.diff(lines.series[0].y) >= -1e-9).all()


@pytest.mark.parametrize("points", [
    EMPTY_1D, Points([[0.5]], [1.0]), Points([[0.2], [0.7]], [1.0, -1.0]), Points([[0.5]] * 6, [1.0, 2.0] * 3),
    Points([[-3.0], [0.0], [9.0]], [1.0, 2.0, -4.0]),
])  # fmt: skip
@pytest.mark.parametrize("changes", [
    {}, {"model.order": 20}, {"model.order": 12, "model.ln_lambda": -3.3, "model.penalise_bias": True},
    {"model.kind": "gaussian"}, {"model.kind": "fourier", "model.order": 20}, {"data.kind": "drawn"},
])  # fmt: skip
def test_few_points_make_no_chart_fail(points, changes) -> None:
    run = curve(**changes)
    run = Run(ex.change(run.experiment, {"data.points": points}))
    for f in ALL:
        found = freeze(complete(f, run))
        assert isinstance(found, Lines | GridMap)
        assert not isinstance(found, Lines) or found.series or found.note
        if len(run.problem.train.t) < 2 and f is not selection.rms_by_ln_lambda:
            assert "two training points" in found.note


def test_networks_have_no_such_charts() -> None:
    run = curve(**{"model.kind": "mlp"})
    assert [f(run, VIEW) for f in ALL] == [None] * 4


def test_they_are_registered_under_their_names() -> None:
    run = curve()
    for f in ALL:
        assert type(run.summarize(f.__name__, VIEW)) in (Lines, GridMap)
