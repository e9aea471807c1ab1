"""Measures against scikit-learn and numpy."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from playground.engine import measures

rng = np.random.default_rng(3)
RAW3 = rng.normal(scale=3, size=(60, 3))
T3 = rng.integers(0, 3, size=60).astype(float)
RAW1 = rng.normal(scale=2, size=(60, 1))
T2 = rng.integers(0, 2, size=60).astype(float)


def test_classes_agree_with_scikit_learn():
    score = measures.score(RAW3, T3, "softmax", "cross_entropy", 3)
    p = measures.probabilities(RAW3, "softmax")
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert score.loss == pytest.approx(metrics.log_loss(T3, p))
    assert score.accuracy == metrics.accuracy_score(T3, p.argmax(axis=1))
    np.testing.assert_array_equal(score.confusion, metrics.confusion_matrix(T3, p.argmax(axis=1)))


def test_one_logit_is_softmax_over_zero_and_itself():
    both = np.column_stack([np.zeros(60), RAW1[:, 0]])
    one = measures.score(RAW1, T2, "logit", "cross_entropy", 2)
    two = measures.score(both, T2, "softmax", "cross_entropy", 2)
    assert one.loss == pytest.approx(two.loss)
    assert (one.accuracy, one.confusion) == (two.accuracy, two.confusion)
    np.testing.assert_allclose(measures.probabilities(RAW1, "logit"), measures.probabilities(both, "softmax"))


def test_squared_error_of_classes():
    p = measures.probabilities(RAW3, "softmax")
    brier = 0.5 * ((p - np.eye(3)[T3.astype(int)]) ** 2).sum(axis=1).mean()
    assert measures.score(RAW3, T3, "softmax", "squared_error", 3).loss == pytest.approx(brier)
    y, s = np.tanh(RAW1[:, 0]), 2 * T2 - 1
    score = measures.score(RAW1, T2, "tanh", "squared_error", 2)
    assert score.loss == pytest.approx(0.5 * ((y - s) ** 2).mean())
    assert score.accuracy == np.mean((y > 0) == (s > 0))


def test_numbers():
    t = RAW1[:, 0] + rng.normal(size=60)
    score = measures.score(RAW1, t, "identity", "squared_error", 0)
    assert score.rms == pytest.approx(metrics.root_mean_squared_error(t, RAW1[:, 0]))
    assert score.loss == pytest.approx(0.5 * score.rms**2)
    assert score.r2 == pytest.approx(metrics.r2_score(t, RAW1[:, 0]))
    assert score.largest_miss == pytest.approx(metrics.max_error(t, RAW1[:, 0]))
    assert score.accuracy is None and score.confusion is None


def test_the_loss_of_a_near_certain_class_keeps_its_digits():
    raw = np.array([[700.0, 675.0, -3.0]])
    loss = measures.losses(raw, np.array([0.0]), "softmax", "cross_entropy")
    np.testing.assert_allclose(loss, [np.exp(-25.0)], rtol=1e-4)


def test_extreme_logits_neither_overflow_nor_vanish():
    raw = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]])
    assert measures.score(raw, np.array([0.0, 0.0]), "softmax", "cross_entropy", 2).loss == pytest.approx(1000.0)
    raw = np.array([[1000.0], [-1000.0]])
    np.testing.assert_allclose(measures.losses(raw, np.array([0.0, 1.0]), "logit", "cross_entropy"), [1000, 1000])


def test_one_point_and_equal_targets_have_no_r2():
    assert measures.score(np.array([[2.0]]), np.array([1.0]), "identity", "squared_error", 0).r2 is None


def test_points_of_one_class_only():
    score = measures.score(RAW3, np.zeros(60), "softmax", "cross_entropy", 3)
    assert np.shape(score.confusion) == (3, 3) and sum(score.confusion[0]) == 60
