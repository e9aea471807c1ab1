"""Polynomials of all orders, penalties and folds at once: against the exact solution and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from playground.engine.executors.closed_form import fit
from playground.engine.executors.sweep import ridge_fits, ridge_sweep

LN_LAMBDAS = (None, -50.0, -30.0, -18.0, -5.0, 0.0, 5.0)


def sine(n: int, low: float = 0.0, high: float = 1.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(low, high, n)
    z = (x - low) / (high - low)
    return x, np.sin(2 * np.pi * z) + 0.3 * np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("n", [12, 30, 200])
@pytest.mark.parametrize("low, high, digits", [(0.0, 1.0, 8), (-6.0, 6.0, 8), (5.0, 6.0, 3)])
def test_errors_are_those_of_the_exact_fits(n: int, low: float, high: float, digits: int) -> None:
    x, t = sine(n, low, high)
    folds, orders = np.arange(n) % 4, (0, 1, 3, 9, 20)
    sweep = ridge_sweep(x, t, orders, LN_LAMBDAS, folds)
    assert sweep.n_fits == len(orders) * len(LN_LAMBDAS) * 4
    held = folds == 2
    for i, order in enumerate(orders):
        for j, ln_lambda in enumerate(LN_LAMBDAS):
            if ln_lambda is None and order >= (~held).sum():
                assert np.isnan(sweep.train[i, j, 2]) and np.isnan(sweep.held_out[i, j, 2])
                continue
            exact = fit(x[~held], t[~held], order, ln_lambda)
            for found, mask in ((sweep.train, ~held), (sweep.held_out, held)):
                wanted = np.square(exact(x[mask]) - t[mask]).mean()
                assert found[i, j, 2] == pytest.approx(wanted, rel=10.0**-digits, abs=1e-10)


def test_cross_validation_agrees_with_scikit_learn() -> None:
    x, t = sine(40)
    folds = np.empty(40, np.int64)
    splits = KFold(8)
    for fold, (_, held) in enumerate(splits.split(x)):
        folds[held] = fold
    sweep = ridge_sweep(x, t, (3,), (-4.0,), folds)
    # scikit-learn's penalty leaves the intercept alone too, and its loss has no factor 1/2: the same minimum
    model = make_pipeline(PolynomialFeatures(3, include_bias=False), Ridge(alpha=np.exp(-4.0)))
    theirs = -cross_val_score(model, x[:, None], t, cv=splits, scoring="neg_mean_squared_error")
    np.testing.assert_allclose(sweep.held_out[0, 0], theirs, rtol=1e-9)


def test_leaving_one_out_agrees_with_the_hat_matrix() -> None:
    x, t = sine(15)
    sweep = ridge_sweep(x, t, (4,), (None,), np.arange(15))
    A = np.vander(x, 5)
    hat = A @ np.linalg.pinv(A)
    left_out = (t - hat @ t) / (1 - np.diag(hat))
    np.testing.assert_allclose(sweep.held_out[0, 0], left_out**2, rtol=1e-7)
    assert sweep.n_train.tolist() == [14] * 15 and sweep.n_held_out.tolist() == [1] * 15


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.integers(0, 12), st.integers(0, 5))
def test_training_errors_fall_with_the_order_and_rise_with_the_penalty(xs: list[float], top: int, seed: int) -> None:
    x = np.round(np.array(xs), 3)
    t = np.random.default_rng(seed).normal(size=len(x))
    sweep = ridge_sweep(x, t, range(top + 1), (None, -20.0, -3.0, 2.0), np.full(len(x), -1))
    free = sweep.train[:, 0, 0]
    determined = np.arange(top + 1) < len(np.unique(x))
    assert (np.isfinite(free) == determined).all()
    assert (np.diff(free[determined]) <= 1e-9).all()
    assert (np.diff(sweep.train[:, 1:, 0], axis=1) >= -1e-9).all()
    assert np.isnan(sweep.held_out).all()  # nothing was held out


def test_replicas_are_the_exact_fits_to_the_points_drawn() -> None:
    x, t = sine(25)
    rows = np.random.default_rng(3).integers(0, 25, (40, 25))
    at = np.linspace(0, 1, 50)
    for ln_lambda in (None, -18.0):
        curves = ridge_fits(x, t, rows, 6, ln_lambda, at)
        for row, curve in zip(rows, curves, strict=True):
            np.testing.assert_allclose(curve, fit(x[row], t[row], 6, ln_lambda)(at), rtol=1e-6, atol=1e-6)


def test_a_replica_of_few_points_takes_the_order_that_they_determine() -> None:
    x, t = sine(10)
    rows = np.array([[0, 0, 4, 4, 9, 9, 0, 0, 4, 4]])
    at = np.linspace(0, 1, 20)
    wanted = fit(x[[0, 4, 9]], t[[0, 4, 9]], 2)(at)
    np.testing.assert_allclose(ridge_fits(x, t, rows, 9, None, at)[0], wanted, atol=1e-9)


def test_bad_sweeps_are_refused_in_a_sentence() -> None:
    x, t = sine(5)
    for arguments, words in (
        (((), (None,), np.full(5, -1)), "at least one order"),
        (((-1,), (None,), np.full(5, -1)), "must be 0 or more, not -1"),
        (((1,), (None,), np.zeros(5, np.int64)), "no point to train on"),
    ):
        with pytest.raises(ValueError, match=words):
            ridge_sweep(x, t, *arguments)  # type: ignore[arg-type]
