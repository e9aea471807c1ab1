"""The fan: fits to resampled points agree where there are many of them, and not where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import fan
from playground.engine.executors.closed_form import fit
from playground.engine.snapshot import View
from playground.engine.trainer import Run


def test_resampling_draws_as_many_points_each_time_and_always_the_same() -> None:
    rows = fan.resampled(3, 40, 200)
    assert rows.shape == (200, 40) and rows.min() == 0 and rows.max() == 39
    np.testing.assert_array_equal(rows[:50], fan.resampled(3, 40, 50))
    distinct = np.mean([len(set(row)) for row in rows]) / 40
    assert distinct == pytest.approx(1 - (1 - 1 / 40) ** 40, abs=0.02)  # Efron's 63 %


def test_the_fan_of_a_polynomial_is_the_fits_to_the_drawn_points() -> None:
    run = Run(ex.change(ex.default("curve"), {"data.n": 30, "model.order": 3}))
    found = fan.curves(run, View((0.0, 1.0), (-2.0, 2.0), fan=25))
    assert found is not None and found.curves.shape == (25, fan.CURVE_POINTS)
    train = run.problem.train
    row = fan.resampled(run.experiment.seed.data, run.n_train, 25)[7]
    np.testing.assert_allclose(found.curves[7], fit(train.X[row, 0], train.t[row], 3)(found.x), atol=1e-8)
    np.testing.assert_allclose(found.mean, found.curves.mean(axis=0))
    np.testing.assert_allclose(found.spread, found.curves.std(axis=0))


def test_a_fan_of_none_is_not_computed_and_more_than_200_are_200() -> None:
    run = Run(ex.default("curve"))
    assert fan.curves(run, View()) is None
    found = fan.curves(run, View((0.0, 1.0), (-2.0, 2.0), fan=1000))
    assert found is not None and len(found.curves) == 200


def test_in_the_plane_replicas_disagree_at_the_boundary() -> None:
    e = ex.change(ex.default("classify"), {"data.kind": "gauss", "data.n": 100, "model.hidden": (4,)})
    run = Run(e)
    run.run_epochs(60)
    view = View((-6.0, 6.0), (-6.0, 6.0), fan=15)
    found = fan.plane(run, view)
    while found is not None and found.behind:
        found = fan.plane(run, view)
    assert found is not None and (found.n, found.epoch) == (15, 60)
    at_edges = found.edges > 0.2
    assert at_edges.any() and found.spread[at_edges].mean() > 3 * found.spread[~at_edges].mean()
    run.seek(10)
    back = fan.plane(run, view)
    assert back is not None and (back.behind or back.epoch == 10)


def test_where_the_kernels_are_not_there_the_fan_is_the_same_to_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.engine import compiled
    from playground.engine.executors.batched import BatchedPopulation

    e = ex.change(ex.default("classify"), {"training.precision": "float64", "data.n": 60, "optimizer.kind": "sgd"})
    run, view = Run(e), View((-6.0, 6.0), (-6.0, 6.0), fan=5)
    run.run_epochs(8)
    pictures = []
    for there in (True, False):
        with monkeypatch.context() as patch:
            if not there:
                patch.setattr(compiled, "is_ready", lambda: False)
            run.replicas = None
            found = fan.plane(run, view)
            while found is not None and found.behind:
                found = fan.plane(run, view)
        assert found is not None and run.replicas is not None and found.epoch == 8
        assert isinstance(run.replicas.population, BatchedPopulation) is not there
        pictures.append(found)
    np.testing.assert_allclose(pictures[1].spread, pictures[0].spread, atol=1e-6)
    assert pictures[0].spread.max() > 0.01
    run.seek(3)
    back = fan.plane(run, view)
    while back is not None and back.behind:
        back = fan.plane(run, view)
    assert back is not None and back.epoch == 3


@pytest.mark.parametrize("model", ["svm", "tree", "knn", "naive_bayes", "perceptron", "logistic"])
def test_every_model_of_the_plane_has_a_fan(model: str) -> None:
    run = Run(ex.change(ex.default("classify"), {"data.kind": "gauss", "data.n": 60, "data.noise": 0.4,
                                                 "model.kind": model}))  # fmt: skip
    run.run_epochs(4)
    view = View((-6.0, 6.0), (-6.0, 6.0), fan=8)
    found = fan.plane(run, view)
    while found is not None and found.behind:
        found = fan.plane(run, view)
    assert found is not None and (found.n, found.epoch) == (8, run.epoch)
    assert found.spread.max() > 0.01 and found.edges.max() > 0.2
    if not run.executor.solves:
        run.seek(1)
        back = fan.plane(run, view)
        while back is not None and back.behind:
            back = fan.plane(run, view)
        assert back is not None and back.epoch == 1


def test_replicas_of_scikit_learn_are_fitted_to_the_drawn_points() -> None:
    from sklearn.naive_bayes import GaussianNB

    run = Run(ex.change(ex.default("classify"), {"data.kind": "blobs", "data.n": 50, "model.kind": "naive_bayes"}))
    view = View((-6.0, 6.0), (-6.0, 6.0), fan=4)
    found = fan.plane(run, view)
    while found is not None and found.behind:
        found = fan.plane(run, view)
    train, X = run.problem.train, fan.cells(view.x, view.y, fan.CELLS)
    rows = fan.resampled(run.experiment.seed.data, run.n_train, 4)
    p = np.stack([GaussianNB().fit(train.X[row], train.t[row]).predict_proba(X) for row in rows])
    best = p.mean(axis=0).argmax(axis=1)
    assert found is not None
    np.testing.assert_allclose(found.spread.ravel(), p[:, np.arange(len(X)), best].std(axis=0), atol=1e-9)
