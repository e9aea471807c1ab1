"""The models of scikit-learn in their helper process against scikit-learn called directly on the same points."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from playground.engine import experiment as ex
from playground.engine import library
from playground.engine import problem as problems
from playground.engine.executors.sklearn import RESTARTED
from playground.engine.export import available, export
from playground.engine.export.onnx import model_of
from playground.engine.plane_marks import cuts
from playground.engine.points import TEST, TRAIN, Points
from playground.engine.schema import SpecError
from playground.engine.snapshot import View
from playground.engine.trainer import Run

PLANE = View((-6.0, 6.0), (-6.0, 6.0), 40)


def run_of(kind: str, model: str, **changes: object) -> Run:
    return Run(ex.change(ex.default("classify"), {"data.kind": kind, "model.kind": model, **changes}))


def grid() -> np.ndarray:
    side = np.linspace(-6, 6, 41)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("kind", ["gauss", "xor", "blobs"])
@pytest.mark.parametrize(("model", "changes", "direct"), [
    ("svm", {"model.kernel": "linear", "model.C": 0.3}, SVC(kernel="linear", C=0.3)),
    ("svm", {"model.kernel": "poly", "model.degree": 2, "model.gamma": 0.2}, SVC(kernel="poly", degree=2, gamma=0.2)),
    ("svm", {}, SVC()),
    ("svm", {"model.C": 50.0, "model.gamma": 1.5}, SVC(C=50.0, gamma=1.5)),
    ("tree", {"model.max_depth": 4}, DecisionTreeClassifier(max_depth=4, random_state=0)),
    ("knn", {"model.k": 7}, KNeighborsClassifier(7)),
    ("naive_bayes", {}, GaussianNB()),
])  # fmt: skip
def test_it_agrees_exactly(kind: str, model: str, changes: dict[str, object], direct: object) -> None:
    run = run_of(kind, model, **changes)
    train, X = run.problem.train, grid()
    direct.fit(train.X, train.t.astype(int))
    p = run.predict(X)
    if model == "svm":
        assert (p.argmax(axis=1) == direct.predict(X)).all()
        if len(run.problem.classes) == 2:
            assert (run.raw(X)[:, 0] == direct.decision_function(X)).all()
    else:
        assert (p == direct.predict_proba(X)).all()
    test = run.problem.parts["test"]
    assert run.scores()["test"].accuracy == pytest.approx(direct.score(test.X, test.t))
    assert (run.status, run.step) == ("finished", 1)


def test_leave_one_out_on_iris_is_that_of_scikit_learn() -> None:
    """Our Iris data set, its two petal measurements, and our nearest neighbours, one point at a time the test part."""
    X, t = load_iris(return_X_y=True)
    e = ex.change(ex.default("classify"), {"data.kind": "iris", "data.x1": "petal_length", "data.x2": "petal_width",
                                           "model.kind": "knn", "model.k": 5})  # fmt: skip
    points = problems.build(e).points
    assert (points.X == X[:, 2:]).all() and (points.t == t).all()
    right = []
    for i in range(len(points)):
        part = np.where(np.arange(len(points)) == i, TEST, TRAIN).astype(np.int8)
        run = Run(ex.change(e, {"data.points": Points(points.X, points.t, points.ids, part)}))
        assert run.n_train == len(points) - 1 and run.problem.parts["test"].ids.tolist() == [points.ids[i]]
        right.append(run.scores()["test"].accuracy)
    assert right == cross_val_score(KNeighborsClassifier(5), X[:, 2:], t, cv=LeaveOneOut()).tolist()


def test_a_live_change_fits_anew() -> None:
    run = run_of("circle", "tree", **{"model.max_depth": 1})
    before = run.scores()["train"].accuracy
    run.change(ex.change(run.experiment, {"model.max_depth": 6}))
    assert run.scores()["train"].accuracy > before and run.status == "finished"


def test_the_process_is_one_and_may_be_killed() -> None:
    run, other = run_of("gauss", "knn"), run_of("gauss", "tree")
    first, pid = run.predict(grid()), library.process.pid
    assert pid is not None and pid != os.getpid()
    os.kill(pid, signal.SIGKILL)
    assert (run.predict(grid()) == first).all(), "it was started again and the model fitted anew"
    assert library.process.pid not in (None, pid)
    assert other.predict(grid()).shape == (1681, 2)
    assert RESTARTED in (run.executor.why, other.executor.why)


def test_points_of_one_class_and_none() -> None:
    e = ex.change(ex.default("classify"), {"data.kind": "drawn", "split.train": 1.0})
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
    for model in ("svm", "tree", "knn", "naive_bayes"):
        alone = Run(ex.change(e, {"model.kind": model, "data.points": Points(X, np.ones(3))}))
        assert (alone.predict(grid()).argmax(axis=1) == 1).all() and "All training points are of" in alone.message
        empty = Run(ex.change(e, {"model.kind": model}))
        assert empty.status == "empty" and empty.scores() == {}
        two = Run(ex.change(e, {"model.kind": model, "data.points": Points(X[:2], np.array([0.0, 1.0]))}))
        assert two.status == "finished" and two.scores()["train"].accuracy >= 0.5


def test_support_vectors_cuts_and_ellipses_are_those_of_the_model() -> None:
    svm = run_of("gauss", "svm", **{"model.kernel": "linear"})
    train = svm.problem.train
    direct = SVC(kernel="linear").fit(train.X, train.t)
    marks = svm.summarize("marks", PLANE)
    assert marks.ringed.tolist() == train.ids[direct.support_].tolist() and marks.levels == (-1.0, 1.0)
    bayes = run_of("gauss", "naive_bayes")
    known = GaussianNB().fit(bayes.problem.train.X, bayes.problem.train.t)
    drawn = bayes.summarize("marks", PLANE)
    assert drawn.classes == (0, 0, 1, 1)
    assert drawn.curves[1][0] == pytest.approx(known.theta_[0] + [2 * known.var_[0, 0] ** 0.5, 0.0])
    assert run_of("gauss", "knn").summarize("marks", PLANE) is None


def test_the_cuts_of_a_tree_part_its_boxes() -> None:
    tree = {"left": [1, -1, 3, -1, -1], "right": [2, -1, 4, -1, -1], "threshold": [1.0, -2, 3.0, -2, -2],
            "feature": [0, -2, 1, -2, -2]}  # fmt: skip
    found = cuts({name: np.array(values) for name, values in tree.items()}, (-6.0, 6.0, -5.0, 5.0))
    assert found.tolist() == [[1.0, -5.0, 1.0, 5.0], [1.0, 3.0, 6.0, 3.0]]


def test_what_cannot_be_exported_is_said_and_the_numbers_can(tmp_path: Path) -> None:
    run = run_of("gauss", "svm")
    offered = {name for name, *_ in available(run.experiment)}
    assert {"weights", "onnx"} <= offered and "script" not in offered
    with pytest.raises(SpecError, match="as a script of PyTorch, not model.kind=svm"):
        export(["script"], run, tmp_path / "a")
    files = export(["weights"], run, tmp_path / "b")
    assert {file.name for file in files} == {"weights.safetensors", "experiment.json"}


def test_going_back_to_a_network_brings_its_loss_back() -> None:
    e = ex.change(ex.default("classify"), {"model.kind": "svm"})
    assert (e.loss, e.optimizer.kind) == ("squared_error", "scikit_learn")
    back = ex.change(e, {"model.kind": "mlp"})
    assert (back.loss, back.optimizer.kind) == ("cross_entropy", "adam")


@pytest.mark.parametrize("kind", ["gauss", "blobs"])
@pytest.mark.parametrize(("model", "changes"), [
    ("svm", {"model.kernel": "linear"}), ("svm", {"model.kernel": "poly", "model.degree": 2}),
    ("svm", {"model.C": 9.0}), ("tree", {"model.max_depth": 5}), ("knn", {"model.k": 7}), ("naive_bayes", {}),
])  # fmt: skip
def test_the_onnx_graph_says_the_same(kind: str, model: str, changes: dict[str, object]) -> None:
    import onnxruntime

    run = run_of(kind, model, **{"data.noise": 0.5, **changes})
    graph = onnxruntime.InferenceSession(model_of(run).SerializeToString(), providers=["CPUExecutionProvider"])
    # Off the lattice of the data, where two neighbours may be equally far and the order of sums decides.
    X = grid() + np.array([0.0123, 0.0317])
    (p,) = graph.run(None, {"x": X})
    assert p == pytest.approx(run.predict(X), abs=1e-9)


@pytest.mark.parametrize("model", ["svm", "tree", "knn", "naive_bayes"])
@pytest.mark.parametrize("labels", [(1,), (0, 2)])
def test_the_onnx_graph_of_classes_without_points(model: str, labels: tuple[int, ...]) -> None:
    import onnxruntime

    X = np.column_stack([np.linspace(-3, 3, 12), np.sin(np.arange(12.0))])
    t = np.resize(np.array(labels, dtype=float), 12)
    given = {"data.kind": "drawn", "split.train": 1.0, "model.kind": model, "data.points": Points(X, t),
             "data.class_names": ("A", "B", "C")}  # fmt: skip
    run = Run(ex.change(ex.default("classify"), given))
    graph = onnxruntime.InferenceSession(model_of(run).SerializeToString(), providers=["CPUExecutionProvider"])
    at = grid() + np.array([0.0123, 0.0317])
    (p,) = graph.run(None, {"x": at})
    assert p.shape[1] == 3 and p == pytest.approx(run.predict(at), abs=1e-9)


def test_margins_of_more_than_two_classes_are_those_of_the_pairs() -> None:
    run = run_of("blobs", "svm", **{"model.kernel": "linear"})
    shown, train = run.summarize("marks", PLANE), run.problem.train
    direct = SVC(kernel="linear", decision_function_shape="ovo").fit(train.X, train.t.astype(int))
    _, rows, columns = shown.values.shape
    X = run.evaluation.grid(PLANE.x, PLANE.y, rows)
    wanted = direct.decision_function(X).T.reshape(-1, rows, columns)
    seen = np.isfinite(shown.values)
    assert shown.values.shape == wanted.shape and (shown.values[seen] == wanted[seen]).all()
    assert (seen.sum(axis=0) == 1).all(), "at each place one pair is at the boundary"
    chosen = direct.predict(X).reshape(rows, columns)
    for field, pair in zip(seen, [(0, 1), (0, 2), (1, 2)], strict=True):
        assert np.isin(chosen[field], pair).mean() > 0.99, "one of the two is chosen there"
