"""Points that leave little to learn from: every model goes through them, and one sentence says what is the matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest

from playground.engine import experiment as ex
from playground.engine import trouble
from playground.engine.export.onnx import model_of
from playground.engine.points import Points
from playground.engine.registry import labs
from playground.engine.snapshot import View
from playground.engine.trainer import Run

MODELS = ("mlp", "perceptron", "logistic", "svm", "tree", "knn", "naive_bayes")
VIEW = View((-6.0, 6.0), (-6.0, 6.0), 24, fan=2)
TWELVE = np.random.default_rng(0).normal(0.0, 2.0, (12, 2))


def drawn(X: Any, t: Any, **more: Any) -> dict[str, Any]:
    points = Points(np.array(X, dtype=float), np.array(t, dtype=float), **more)
    return {"data.kind": "drawn", "data.points": points, "split.train": 1.0}


HELD_OUT = np.array([0] * 11 + [2], dtype=np.int8)
ALL_A = "All training points are of the class A"
PAIRS = np.repeat(TWELVE[:6], 2, axis=0)
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a class without points": (drawn(TWELVE, [0, 2] * 6), "Class B has no training point"),
    "a class that is only tested": (drawn(TWELVE, [0] * 11 + [1], part=HELD_OUT), ALL_A),
    "a class of one point": (drawn(TWELVE, [1] + [0] * 11), "Class B has one training point"),
    "one class alone": (drawn(TWELVE, [1] * 12), "All training points are of the class B"),
    "one point": (drawn(TWELVE[:1], [0]), ALL_A),
    "all in one place": (drawn(np.tile([[1.5, 2.0]], (10, 1)), [0, 1] * 5), "are in one place"),
    "two labels at each place": (drawn(PAIRS, [0, 1] * 6), ""),
    "half of the labels flipped": ({"data.kind": "gauss", "data.n": 40, "data.flip": 0.5}, "Half of the labels"),
    "ten classes in ten points": (drawn(TWELVE[:10], range(10)), "10 classes have one training point each"),
}  # fmt: skip


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
def test_every_model_goes_through_it_and_says_what_it_is(case: str, model: str, standardize: bool) -> None:
    changes, sentence = CASES[case]
    e = ex.change(ex.change(ex.default("classify"), changes), {"model.kind": model, "standardize": standardize})
    run = Run(e)
    run.run_epochs(12)
    assert run.status in ("paused", "finished") and run.step > 0
    lab = labs["classify"]
    for name in {slot.name for dock in lab.docks(e) for slot in dock} | {*lab.canvas, *lab.beside, "fan"}:
        found = run.summarize(name, VIEW)
        while getattr(found, "behind", False):
            found = run.summarize(name, VIEW)
    said = run.predict(TWELVE)
    assert np.isfinite(said).all() and said.sum(axis=1) == pytest.approx(1.0)
    trouble.found(run)
    if model == "perceptron" and "one training point" in sentence:
        sentence = "mistakes"  # it counts them, and says whether it will ever converge
    assert sentence in run.message and run.message.count(". ") <= 1
    assert len(run.problem.points) == len(e.data.make(e.seed.data)), "no point was lost"


@pytest.mark.parametrize("model", ["naive_bayes", "tree", "knn"])  # of the SVM rounding alone decides: all is a tie
def test_in_one_place_the_exported_model_says_the_same(model: str) -> None:
    changes = {**CASES["all in one place"][0], "model.kind": model}
    run = Run(ex.change(ex.default("classify"), changes))
    graph = onnxruntime.InferenceSession(model_of(run).SerializeToString(), providers=["CPUExecutionProvider"])
    assert graph.run(None, {"x": TWELVE})[0] == pytest.approx(run.predict(TWELVE), abs=1e-9)


def test_labels_that_contradict_each_other_leave_as_much_right_as_wrong() -> None:
    for model in MODELS:
        run = Run(ex.change(ex.default("classify"), {**CASES["two labels at each place"][0], "model.kind": model}))
        run.run_epochs(5)
        assert run.scores()["train"].accuracy == 0.5, model
