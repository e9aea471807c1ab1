"""The gallery and the table of penalties: what they show is what a run of each setting has."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from playground.engine import experiment as ex
from playground.engine.executors.closed_form import fit
from playground.engine.gallery import coefficient_table_by_lambda, gallery
from playground.engine.points import EMPTY_1D, Points
from playground.engine.snapshot import Gallery, View, freeze
from playground.engine.trainer import Run

VIEW = View((-0.1, 1.1), orders=(0, 1, 3, 9))


def curve(**changes) -> Run:
    return Run(ex.change(ex.default("curve"), changes))


def test_each_picture_is_a_run_of_its_own() -> None:
    run = curve(**{"model.order": 3})
    found = gallery(run, VIEW)
    assert [panel.label for panel in found.panels] == ["M = 0", "M = 1", "M = 3", "M = 9"]
    assert [panel.current for panel in found.panels] == [False, False, True, False]
    for panel in found.panels:
        other = Run(ex.change(run.experiment, panel.changes))
        y = other.predict(found.x[:, None])
        np.testing.assert_allclose(panel.y, y, atol=1e-6 * np.abs(y).max())
        scores = other.scores()
        assert panel.caption == f"{scores['train'].rms:.2f} / {scores['test'].rms:.2f}"
    np.testing.assert_allclose(found.truth, np.sin(2 * np.pi * found.x))
    np.testing.assert_array_equal(found.points_t, run.problem.train.t)
    assert found.x_range == (-0.1, 1.1)


def test_the_range_is_that_of_the_points_however_wild_a_curve() -> None:
    run = curve(**{"data.spacing": "uniform"})
    found = gallery(run, View((-1.0, 2.0), orders=(3, 9)))
    assert np.abs(found.panels[1].y).max() > 100
    low, high = found.y_range
    assert -4 < low < run.problem.train.t.min() and run.problem.train.t.max() < high < 4


@pytest.mark.parametrize("kind", ["gaussian", "fourier"])
def test_other_models_too(kind: str) -> None:
    run = curve(**{"model.kind": kind, "data.n": 30, "model.ln_lambda": -2.0})
    found = gallery(run, VIEW)
    model, train = run.experiment.model.model_copy(update={"order": 3}), run.problem.train
    theirs = Ridge(np.exp(-2.0), solver="svd").fit(model.design(train.X[:, 0], (0.0, 1.0))[:, 1:], train.t)
    np.testing.assert_allclose(found.panels[2].y, theirs.predict(model.design(found.x, (0.0, 1.0))[:, 1:]), atol=1e-8)


@pytest.mark.parametrize("changes", [
    {"data.points": EMPTY_1D}, {"data.points": Points([[0.5]], [1.0])}, {"data.points": Points([[0.5]] * 3, [1.0] * 3)},
    {"data.points": Points([[0.2], [0.7]], [1.0, -1.0]), "data.n_test": 0}, {"model.order": 20},
    {"model.penalise_bias": True, "model.ln_lambda": -18.0}, {"model.kind": "gaussian", "model.order": 20},
])  # fmt: skip
def test_few_points_make_no_gallery_fail(changes) -> None:
    run = curve(**changes)
    found = freeze(gallery(run, VIEW))
    assert isinstance(found, Gallery) and ("no training points" in found.note) == (run.n_train == 0)
    assert all(np.isfinite(panel.y).all() for panel in found.panels) and found.y_range[0] < found.y_range[1]
    table = coefficient_table_by_lambda(run, VIEW)
    assert (table is None) == (run.n_train == 0)


def test_the_table_is_the_books_and_the_penalty_in_force() -> None:
    run = curve(**{"model.order": 9, "model.ln_lambda": -5.0})
    table = coefficient_table_by_lambda(run, VIEW)
    assert table.columns == ("", "ln λ = off", "ln λ = −18", "ln λ = −5", "ln λ = 0")
    train = run.problem.train
    for column, value in enumerate((None, -18.0, -5.0, 0.0), 1):
        exact = fit(train.X[:, 0], train.t, 9, value).w
        np.testing.assert_array_equal([row[column] for row in table.rows], exact)
    assert [row[0] for row in table.rows][:2] == ["w₀", "w₁"] and len(table.rows) == 10
    sizes = [np.square([row[column] for row in table.rows[1:]]).sum() for column in range(1, 5)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(coefficient_table_by_lambda(curve(), VIEW).columns) == 4


@pytest.mark.parametrize("changes", [
    {"model.kind": "fourier"}, {"model.order": 4, "model.basis": "legendre"},
    {"model.order": 3, "model.penalise_bias": True},
])  # fmt: skip
def test_weights_of_other_models_are_those_of_scikit_learn(changes) -> None:
    run = curve(**{"data.n": 30, **changes})
    table = coefficient_table_by_lambda(run, VIEW)
    model, train = run.experiment.model, run.problem.train
    A = model.design(train.X[:, 0], (0.0, 1.0))
    columns = [[row[column] for row in table.rows] for column in (1, 2, 3)]
    np.testing.assert_allclose(columns[0], np.linalg.lstsq(A, train.t, rcond=None)[0], rtol=1e-7)
    for found, alpha in zip(columns[1:], (np.exp(-18.0), 1.0), strict=True):
        if model.penalise_bias:
            wanted = Ridge(alpha, fit_intercept=False, solver="svd").fit(A, train.t).coef_
        else:
            ridge = Ridge(alpha, solver="svd").fit(A[:, 1:], train.t)
            wanted = [ridge.intercept_, *ridge.coef_]
        np.testing.assert_allclose(found, wanted, rtol=1e-6)
    assert tuple(row[0] for row in table.rows) == model.weight_names()


def test_networks_have_neither() -> None:
    run = curve(**{"model.kind": "mlp"})
    assert gallery(run, VIEW) is None and coefficient_table_by_lambda(run, VIEW) is None
