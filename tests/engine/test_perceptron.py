"""The perceptron against a re-implementation, Novikoff's bound on random data, and what it says of both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import experiment as ex
from playground.engine.perceptron import Perceptron, separation
from playground.engine.random import normal, permutation, uniform
from playground.engine.snapshot import View
from playground.engine.trainer import Run


def clouds(seed: int, n: int, d: int, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Points around zero on the two sides of a random plane, none nearer to it than the gap."""
    ids = np.arange(n * d)
    X = 2.0 * normal(seed, "X", ids).reshape(n, d)
    u = normal(seed, "u", np.arange(d))
    u /= np.linalg.norm(u)
    side = X @ u - float(normal(seed, "b", np.arange(1))[0])
    t = np.where(side > 0, 1, -1)
    return X + (gap * t)[:, None] * u, t


def trained(X: np.ndarray, t: np.ndarray, seed: int, rate: float, most: int) -> tuple[Perceptron, int]:
    """The perceptron after so many epochs, or after the first without a mistake; and how many that were."""
    p = Perceptron.of(X.shape[1], rate)
    for epoch in range(most):
        if not p.epoch(X, t, permutation(seed, "batches", np.arange(len(X)), epoch)):
            return p, epoch
    return p, most


@given(st.integers(0, 9999), st.integers(2, 40), st.integers(1, 5), st.floats(0.05, 2.0), st.floats(0.01, 10.0))
def test_there_are_never_more_mistakes_than_the_bound(seed: int, n: int, d: int, gap: float, rate: float) -> None:
    X, t = clouds(seed, n, d, gap)
    found = separation(X, t)
    assert found.most_mistakes is not None
    p, epochs = trained(X, t, seed, rate, most=int(found.most_mistakes) + 2)
    assert epochs <= found.most_mistakes + 1, "it has converged"
    assert 1 <= p.mistakes <= found.most_mistakes
    assert all(p.output(x) == target for x, target in zip(X, t, strict=True))


@given(st.integers(0, 9999), st.integers(1, 30), st.integers(1, 4), st.floats(0.01, 10.0))
def test_its_weights_follow_ten_lines_exactly(seed: int, n: int, d: int, rate: float) -> None:
    X = normal(seed, "X", np.arange(n * d)).reshape(n, d)
    t = np.where(uniform(seed, "t", np.arange(n)) < 0.5, -1, 1)
    p, _ = trained(X, t, seed, rate, most=5)
    w, b, mistakes = np.zeros(d), 0.0, 0
    for epoch in range(5):
        before = mistakes
        for i in permutation(seed, "batches", np.arange(n), epoch):
            if t[i] * (w @ X[i] + b) <= 0:
                w, b, mistakes = w + rate * t[i] * X[i], b + rate * t[i], mistakes + 1
        if mistakes == before:
            break
    assert (p.w, p.mistakes) == ([b, *w], mistakes)


def test_the_margin_is_the_widest_there_is() -> None:
    X, t = np.array([[-3.0], [-1.0], [2.0], [7.0]]), np.array([-1, -1, 1, 1])
    found = separation(X, t)
    # Of all w = (cos a, sin a), by trying them.
    angle = np.linspace(0, 2 * np.pi, 200_001)
    least = (t[:, None] * (np.cos(angle) + X * np.sin(angle))).min(axis=0).max()
    assert found.margin == pytest.approx(least, rel=1e-5)
    assert found.radius == pytest.approx(50**0.5) and found.most_mistakes == pytest.approx(50 / 1.8)
    assert "after 27 at most" in found.sentence(3) and found.sentence(3).startswith("3 mistakes so far")


@pytest.mark.parametrize("X, t", [
    ([[1, 1], [-1, -1], [1, -1], [-1, 1]], [1, 1, -1, -1]),
    ([[0.0], [1.0], [2.0]], [1, -1, 1]),
    ([[0.3, 0.7], [0.3, 0.7]], [1, -1]),
])  # fmt: skip
def test_what_no_line_parts_never_converges_and_that_is_said(X: list[list[float]], t: list[int]) -> None:
    points, targets = np.array(X, dtype=float), np.array(t)
    found = separation(points, targets)
    assert (found.margin, found.most_mistakes) == (None, None)
    p, epochs = trained(points, targets, 1, 1.0, most=200)
    assert epochs == 200 and p.mistakes >= 200
    assert "never converge" in found.sentence(p.mistakes) and "no straight line" in found.sentence(p.mistakes)


def test_one_class_alone_is_parted_from_nothing() -> None:
    X = normal(1, "X", np.arange(40)).reshape(20, 2)
    found = separation(X, np.ones(20, dtype=int))
    assert found.most_mistakes is not None and trained(X, np.ones(20, dtype=int), 1, 1.0, 50)[1] < 50


# ---- as a run ----
def run_on(kind: str, **changes: object) -> Run:
    return Run(ex.change(ex.default("classify"), {"data.kind": kind, "model.kind": "perceptron", **changes}))


def test_a_run_follows_the_rule_and_announces_convergence() -> None:
    run = run_on("gauss")
    train = run.problem.train
    t = np.where(train.t == 1, 1, -1)
    run.run_epochs(100)
    rule = Perceptron.of(2)
    for epoch in range(100):
        if not rule.epoch(train.X, t, permutation(run.experiment.seed.batches, "batches", train.ids, epoch)):
            break
    w = run.weights()
    assert [w["0.bias"][0], *w["0.weight"][0]] == rule.w
    assert (run.status, run.epoch) == ("finished", epoch + 1)
    bound = separation(train.X, t).most_mistakes
    assert bound is not None and rule.mistakes <= bound
    assert f"It took {rule.mistakes:,} mistakes" in run.message and f"allows {int(bound):,}" in run.message


def test_on_xor_it_says_that_it_never_converges_and_why() -> None:
    run = run_on("xor")
    run.run_epochs(20)
    assert run.status == "paused" and run.scores()["train"].loss > 0.1
    assert "never converge" in run.message and "no straight line" in run.message


def test_a_product_of_the_inputs_parts_xor() -> None:
    run = run_on("xor", **{"data.noise": 0.0, "features": ("x1*x2",)})
    run.run_epochs(200)
    assert run.status == "finished" and run.scores()["train"].accuracy == 1.0


def test_each_mistake_is_one_update_and_lights_up() -> None:
    run = run_on("xor")
    for _ in range(30):
        before, mistakes = run.weights(), run.executor.mistakes
        run.step_batch()
        lit = run.summarize("predictions", View((-6.0, 6.0), (-6.0, 6.0), 10)).lit
        moved = any((before[name] != w).any() for name, w in run.weights().items())
        assert moved == (lit is not None) == (run.executor.mistakes > mistakes)
        if moved:
            i = int(np.flatnonzero(run.problem.train.ids == lit)[0])
            change = run.weights()["0.weight"][0] - before["0.weight"][0]
            assert np.abs(change) == pytest.approx(np.abs(run.problem.train.X[i]))
    assert run.step == 30 and 0 < run.executor.mistakes < 30


def test_of_more_classes_each_has_a_line_of_its_own() -> None:
    run = run_on("blobs")
    run.run_epochs(100)
    assert run.weights()["0.weight"].shape == (3, 2) and run.status == "finished"
    assert run.scores()["train"].accuracy == 1.0 and run.message.startswith("Converged")


def test_going_back_brings_the_mistakes_back_and_new_points_go_on() -> None:
    run = run_on("xor")
    run.run_epochs(3)
    mistakes = run.executor.mistakes
    run.run_epochs(5)
    run.seek(3)
    assert run.executor.mistakes == mistakes
    kept = run.experiment.data.make(1)
    run.change(ex.change(run.experiment, {"data.points": kept.remove(kept.ids[kept.X[:, 0] < 0])}))
    run.run_epochs(300)
    assert run.status == "finished" and run.message.startswith("Converged") and "Novikoff" not in run.message


def test_the_loss_is_the_share_of_mistakes() -> None:
    run = run_on("circle")
    run.run_epochs(3)
    score = run.scores()["train"]
    assert score.loss == pytest.approx(1.0 - score.accuracy)
