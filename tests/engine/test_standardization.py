"""Standardised inputs against scikit-learn's StandardScaler and the model called directly; and where they are said."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from playground.engine import experiment as ex
from playground.engine import features, standardization, trouble
from playground.engine import problem as problems
from playground.engine.export import export
from playground.engine.export.onnx import model_of
from playground.engine.points import Points
from playground.engine.snapshot import View
from playground.engine.trainer import Run

IRIS = {"data.kind": "iris", "standardize": True}
PLANE = View((0.0, 8.0), (0.0, 8.0), 20)
AT = np.random.default_rng(3).uniform(0.0, 8.0, (200, 2))


def run_of(**changes: Any) -> Run:
    run = Run(ex.change(ex.default("classify"), {**IRIS, **changes}))
    run.run_epochs(5)
    return run


def onnx_says(run: Run, X: np.ndarray) -> np.ndarray:
    graph = onnxruntime.InferenceSession(model_of(run).SerializeToString(), providers=["CPUExecutionProvider"])
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[graph.get_inputs()[0].type]
    (found,) = graph.run(None, {"x": X.astype(kind)})
    return found


@pytest.mark.parametrize(("model", "changes", "direct"), [
    ("svm", {"model.kernel": "linear", "model.C": 0.3}, SVC(kernel="linear", C=0.3)),
    ("svm", {}, SVC()),
    ("tree", {"model.max_depth": 4}, DecisionTreeClassifier(max_depth=4, random_state=0)),
    ("knn", {"model.k": 7}, KNeighborsClassifier(7)),
    ("naive_bayes", {}, GaussianNB()),
])  # fmt: skip
def test_models_of_scikit_learn_are_those_of_its_pipeline(model: str, changes: dict[str, Any], direct: Any) -> None:
    run = run_of(**{"model.kind": model, **changes})
    train = run.problem.train
    pipe = make_pipeline(StandardScaler(), direct).fit(train.X, train.t.astype(int))
    if model == "svm":
        assert (run.predict(AT).argmax(axis=1) == pipe.predict(AT)).all()
    else:
        assert run.predict(AT) == pytest.approx(pipe.predict_proba(AT), abs=1e-9)
    assert onnx_says(run, AT) == pytest.approx(run.predict(AT), abs=1e-9)


@pytest.mark.parametrize("changes", [
    {}, {"features": ("x1", "x1*x2"), "feature_order": 3}, {"features": ("x2",), "feature_formula": "exp(x1 / 9)"},
])  # fmt: skip
def test_a_network_is_given_what_the_scaler_gives(changes: dict[str, Any]) -> None:
    run = run_of(**changes)
    scaler = StandardScaler().fit(features.inputs(run.experiment, run.problem.train.X))
    inside = run.executor.responses(run.executor.prepare(AT))[0]
    assert inside == pytest.approx(scaler.transform(features.inputs(run.experiment, AT)), abs=1e-5)
    mean, scale = standardization.of(run.experiment, run.problem)
    assert mean == pytest.approx(scaler.mean_, rel=1e-12) and scale == pytest.approx(scaler.scale_, rel=1e-12)
    drawn = run.summarize("network", PLANE)
    assert drawn.scaling == tuple(zip(mean, scale, strict=True)) and len(drawn.inputs) == len(mean)


@pytest.mark.parametrize("changes", [
    {"model.hidden": (5, 4)}, {"model.hidden": (4, 4), "model.skips": ("0-2p",)}, {"model.kind": "perceptron"},
    {"model.kind": "logistic", "model.order": 3}, {"training.precision": "float64", "features": ("x1", "sin(x2)")},
])  # fmt: skip
def test_exports_take_raw_coordinates_and_agree(
    changes: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(**changes)
    export(["script"], run, tmp_path)
    monkeypatch.setattr(sys, "argv", ["model.py"])
    script = runpy.run_path(str(tmp_path / "model.py"))
    assert script["predict"](AT).numpy() == pytest.approx(run.predict(AT), abs=1e-5)
    assert onnx_says(run, AT) == pytest.approx(run.predict(AT), abs=1e-5)


def test_one_example_begins_with_the_standardised_inputs() -> None:
    run = run_of()
    shown, scaling = run.summarize("example", PLANE), standardization.of(run.experiment, run.problem)
    assert shown.values[0] == pytest.approx(scaling.apply(shown.X[None])[0])
    assert "standard deviation" in shown.steps[0].caption and "standard deviation" in shown.steps[0].formula.plain


def test_cuts_and_ellipses_stay_where_the_points_are() -> None:
    for model, part in (("tree", "cuts"), ("naive_bayes", "curves")):
        changes = {"model.kind": model}
        scaled, raw = run_of(**changes), run_of(**changes, standardize=False)
        for got, wanted in zip(getattr(scaled.summarize("marks", PLANE), part),
                               getattr(raw.summarize("marks", PLANE), part), strict=True):  # fmt: skip
            assert got == pytest.approx(wanted, abs=1e-5)


def test_new_points_change_the_numbers_and_reset_nothing() -> None:
    run = run_of()
    before, step = standardization.of(run.experiment, run.problem), run.step
    points = run.problem.points
    more = points.add(np.array([[30.0, 1.0]] * 20), np.zeros(20))
    run.change(ex.change(run.experiment, {"data.points": more}))
    after = standardization.of(run.experiment, run.problem)
    assert run.step == step > 0 and after.mean[0] > before.mean[0] + 1
    given = run.executor.responses(run.executor.prepare(run.problem.train.X))[0]
    assert given.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert not ex.is_live(run.experiment, ex.change(run.experiment, {"standardize": False}))


def test_an_input_that_does_not_vary_is_divided_by_one() -> None:
    X = np.column_stack([np.full(12, 0.1), np.arange(12.0)])
    points = Points(X, np.resize([0.0, 1.0], 12))
    for model in ("mlp", "perceptron", "svm"):
        e = ex.change(ex.default("classify"), {"data.kind": "drawn", "data.points": points, "split.train": 1.0,
                                               "model.kind": model, "standardize": True})  # fmt: skip
        run = Run(e)
        run.run_epochs(3)
        mean, scale = standardization.of(e, run.problem)
        assert scale[0] == 1.0 == StandardScaler().fit(X).scale_[0]
        assert np.isfinite(run.predict(AT)).all()
    one = ex.change(e, {"data.points": Points(X[:1], np.zeros(1))})
    assert standardization.of(one, problems.build(one)).scale.tolist() == [1.0, 1.0]
    none = ex.change(e, {"data.points": Points(X[:0], np.zeros(0))})
    assert standardization.of(none, problems.build(none)) is None


def test_off_by_default_and_never_in_the_curve_lab() -> None:
    assert not ex.default("classify").standardize
    curve = ex.change(ex.default(), {"model.kind": "mlp", "standardize": True})
    assert standardization.of(curve, problems.build(curve)) is None


def test_a_network_that_stands_still_on_wide_inputs_is_offered_it() -> None:
    rng = np.random.default_rng(0)
    points = Points(rng.normal([5000.0, 3.0], [300.0, 1.0], (60, 2)), np.resize([0.0, 1.0], 60))
    e = ex.change(ex.default("classify"), {"data.kind": "drawn", "data.points": points, "model.init": "normal",
                                           "optimizer.learning_rate": 1e-4})  # fmt: skip
    run = Run(e)
    run.run_epochs(120)
    offered = {t.kind: t.choice.label for t in trouble.found(run) if t.choice is not None}
    assert "Standardise the inputs" in offered.values(), offered
