"""Logistic and softmax regression against scikit-learn and against a network without hidden layers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from playground.engine import experiment as ex
from playground.engine import features
from playground.engine.snapshot import View
from playground.engine.trainer import Run


def run_of(**changes: object) -> Run:
    wanted = {"data.kind": "gauss", "model.kind": "logistic", "data.noise": 0.4, **changes}
    return Run(ex.change(ex.default("classify"), wanted))


@pytest.mark.parametrize(("kind", "order"), [("gauss", 1), ("gauss", 3), ("blobs", 2)])
def test_it_goes_to_the_weights_that_scikit_learn_finds(kind: str, order: int) -> None:
    l2 = 0.01
    run = run_of(**{"data.kind": kind, "model.order": order, "training.l2": l2, "training.precision": "float64",
                    "training.batch_size": 20000, "optimizer.kind": "momentum",
                    "optimizer.learning_rate": 0.1})  # fmt: skip
    run.run_epochs(6000)
    train = run.problem.train
    X = features.inputs(run.experiment, train.X)
    known = LogisticRegression(C=1.0 / (l2 * len(X)), tol=1e-10, max_iter=10_000).fit(X, train.t)
    w = run.weights()
    got = measured(run, train.X)
    assert got == pytest.approx(known.predict_proba(X), abs=1e-4)
    if kind == "gauss":
        assert w["0.weight"] == pytest.approx(known.coef_, abs=1e-3)
        assert w["0.bias"] == pytest.approx(known.intercept_, abs=1e-3)


def measured(run: Run, X: np.ndarray) -> np.ndarray:
    return np.asarray(run.predict(X))


def test_its_inputs_are_all_powers_up_to_the_order() -> None:
    run = run_of(**{"model.order": 3})
    names = features.names(run.experiment)
    assert names == ("x1", "x2", "x1^2", "x1*x2", "x2^2", "x1^3", "x1^2*x2", "x1*x2^2", "x2^3")
    assert run.n_parameters == 10


def test_it_is_the_network_without_hidden_layers() -> None:
    settings = {"optimizer.kind": "sgd", "model.init": "zeros", "model.hidden": (), "model.output": "logit"}
    network = Run(ex.change(ex.default("classify"), {"data.kind": "xor", "feature_order": 2, **settings}))
    run = run_of(**{"data.kind": "xor", "data.noise": network.experiment.data.noise, "model.order": 2,
                    "optimizer.kind": "sgd"})  # fmt: skip
    for r in (network, run):
        r.run_epochs(100)
    assert {k: v.tobytes() for k, v in run.weights().items()} == {k: v.tobytes() for k, v in network.weights().items()}
    assert run.scores()["train"].accuracy > 0.9, "a product parts what no line does"


def test_its_picture_is_one_layer() -> None:
    run = run_of()
    run.run_epochs(2)
    shown = run.summarize("network", View((-6.0, 6.0), (-6.0, 6.0), 20))
    assert [len(units) for units in shown.units] == [2, 1] and shown.activations == ()
