"""Folds: who is held out when, and what each of the runs found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import PredefinedSplit, cross_val_score

from playground.engine import experiment as ex
from playground.engine.folds import folds, folds_of, lowered
from playground.engine.points import EMPTY_1D, Points
from playground.engine.snapshot import Folds, View
from playground.engine.trainer import Run

VIEW = View((0.0, 1.0))


def curve(**changes) -> Run:
    return Run(ex.change(ex.default("curve"), changes))


def complete(f, run: Run, view: View = VIEW):
    found = f(run, view)
    while getattr(found, "behind", False):
        found = f(run, view)
    return found


@given(st.lists(st.integers(-1000, 1000), unique=True, max_size=60), st.integers(2, 70), st.integers(0, 99))
def test_folds_are_balanced_and_a_function_of_seed_and_ids(ids: list[int], n: int, seed: int) -> None:
    ids = np.array(ids, dtype=np.int64)
    fold = folds_of(ids, n, seed)
    if not len(ids):
        assert not len(fold)
        return
    sizes = np.bincount(fold)
    assert len(sizes) == min(n, len(ids)) and sizes.max() - sizes.min() <= 1 and sizes.min() >= 1
    back = folds_of(ids[::-1], n, seed)[::-1]  # the order of the points has no say
    np.testing.assert_array_equal(fold, back)


def test_another_seed_gives_other_folds() -> None:
    ids = np.arange(40)
    assert (folds_of(ids, 5, 1) != folds_of(ids, 5, 2)).any()


@pytest.mark.parametrize("changes", [
    {"model.order": 3}, {"model.order": 3, "model.ln_lambda": -4.0}, {"model.order": 4, "model.basis": "legendre"},
    {"model.order": 6, "model.ln_lambda": -6.0, "model.basis": "legendre"},
    {"model.kind": "gaussian", "model.ln_lambda": -2.0}, {"model.kind": "fourier"},
    {"model.order": 3, "model.ln_lambda": -3.0, "model.penalise_bias": True},
])  # fmt: skip
def test_errors_are_those_of_scikit_learn_on_the_same_folds(changes) -> None:
    run = curve(**{"data.n": 50, "selection.folds": 7, **changes})
    found = complete(folds, run)
    assert isinstance(found, Folds) and len(found.train) == len(found.held_out) == 7 and found.n_trainings == 7
    model, train = run.experiment.model, run.problem.train
    A = model.design(train.X[:, 0], (0.0, 1.0))
    if model.ln_lambda is None:
        theirs = LinearRegression()
    else:
        theirs = Ridge(np.exp(model.ln_lambda), fit_intercept=not model.penalise_bias, solver="svd")
    if not model.penalise_bias:
        A = A[:, 1:]
    scores = -cross_val_score(theirs, A, train.t, cv=PredefinedSplit(found.fold), scoring="neg_mean_squared_error")
    np.testing.assert_allclose(found.held_out**2, scores, rtol=1e-6)
    assert found.mean == pytest.approx(np.sqrt(scores).mean(), rel=1e-6)
    assert found.standard_error == pytest.approx(np.sqrt(scores).std(ddof=1) / np.sqrt(7), rel=1e-6)
    first = theirs.fit(A[found.fold != 0], train.t[found.fold != 0])
    learned = np.sqrt(np.square(first.predict(A) - train.t)[found.fold != 0].mean())
    assert found.train[0] == pytest.approx(learned, rel=1e-6)
    at = model.design(found.x, (0.0, 1.0))[:, 0 if model.penalise_bias else 1 :]
    np.testing.assert_allclose(found.curves[0], first.predict(at), atol=1e-6)


def test_leaving_one_out_is_what_the_hat_matrix_says() -> None:
    run = curve(**{"data.n": 20, "selection.folds": 20, "model.order": 4, "model.ln_lambda": -5.0})
    found = complete(folds, run)
    A = run.experiment.model.design(run.problem.train.X[:, 0], (0.0, 1.0))
    penalty = np.exp(-5.0) * np.diag([0.0, 1, 1, 1, 1])
    hat = A @ np.linalg.solve(A.T @ A + penalty, A.T)
    t = run.problem.train.t
    left_out = np.abs((t - hat @ t) / (1 - np.diag(hat)))
    np.testing.assert_allclose(found.held_out, left_out[np.argsort(found.fold)], rtol=1e-7)


@pytest.mark.parametrize("changes", [
    {}, {"model.order": 9}, {"model.order": 20}, {"model.order": 20, "model.ln_lambda": -10.0},
    {"model.kind": "gaussian", "model.order": 20}, {"model.kind": "fourier", "model.order": 20},
])  # fmt: skip
@pytest.mark.parametrize("points", [
    EMPTY_1D, Points([[0.5]], [1.0]), Points([[0.2], [0.7]], [1.0, -1.0]),
    Points([[0.5]] * 6, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]), Points([[0.1], [0.4], [0.8]], [0.0, 1.0, -1.0]),
])  # fmt: skip
def test_few_points_and_many_folds_are_said_in_a_note(points, changes) -> None:
    found = complete(folds, curve(**{"data.points": points, **changes}))
    n = len(points)
    if n < 2:
        assert "two training points" in found.note and not len(found.held_out)
        return
    assert len(found.held_out) == n and np.isfinite(found.held_out).all() and np.isfinite(found.curves).all()
    assert f"{'two three six'.split()[[2, 3, 6].index(n)]} training points" in found.note


def test_no_note_where_the_folds_are_as_asked() -> None:
    assert lowered(10, 10) == "" and folds(curve(), VIEW).note == ""


def test_many_folds_come_some_at_a_time(monkeypatch) -> None:
    from playground.engine import slices

    monkeypatch.setattr(slices, "SHARE_S", 0.0)
    run = curve(**{"data.n": 21, "selection.folds": 21, "seed.data": 77})
    first = folds(run, VIEW)
    assert first.behind and len(first.held_out) == 5 and "5 of 21 folds" in first.note
    last = complete(folds, run)
    assert not last.behind and len(last.held_out) == 21
    np.testing.assert_array_equal(last.held_out[:5], first.held_out)


def test_networks_have_no_folds_here() -> None:
    assert folds(curve(**{"model.kind": "mlp"}), VIEW) is None
