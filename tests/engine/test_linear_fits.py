"""Fits to many sets of points and with many penalties at once: against scikit-learn, numpy and the exact fits."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from playground.engine import compiled, linear_fits
from playground.engine.executors.closed_form import fit
from playground.engine.models.fourier import Fourier
from playground.engine.models.gaussian import Gaussian
from playground.engine.models.polynomial import Polynomial

UNIT = (0.0, 1.0)
MODELS = [Polynomial(order=4), Polynomial(order=4, basis="legendre"), Gaussian(order=5), Fourier(order=2)]


def noisy(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 1, n))
    return x, np.sin(2 * np.pi * x) + 0.3 * rng.normal(size=n) + 2.0


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.kind}")
@pytest.mark.parametrize("penalise_bias", [False, True])
def test_weights_are_those_of_scikit_learn(model, penalise_bias: bool) -> None:
    x, t = noisy(25)
    A = model.design(x, UNIT)
    masks = np.random.default_rng(2).uniform(size=(3, 25)) < 0.8
    W = linear_fits.weights(A, t[:, None], (None, -18.0, -2.0, 3.0), penalise_bias, masks)
    for s, mask in enumerate(masks):
        for j, ln_lambda in enumerate((None, -18.0, -2.0, 3.0)):
            if ln_lambda is None:
                theirs = LinearRegression().fit(A[mask, 1:], t[mask])
            elif penalise_bias:
                theirs = Ridge(alpha=np.exp(ln_lambda), fit_intercept=False, solver="svd").fit(A[mask], t[mask])
            else:
                theirs = Ridge(alpha=np.exp(ln_lambda), solver="svd").fit(A[mask, 1:], t[mask])
            wanted = theirs.coef_ if len(theirs.coef_) == A.shape[1] else [theirs.intercept_, *theirs.coef_]
            np.testing.assert_allclose(W[s, :, j, 0], wanted, rtol=1e-6, atol=1e-8)


def test_several_targets_and_penalties_are_the_single_ones() -> None:
    x, t = noisy(20)
    T = np.column_stack([t, -t, t**2])
    model = Gaussian(order=4)
    together = linear_fits.predictions(model, x, T, x, (None, -3.0, 0.0), UNIT, np.ones((1, 20), bool))
    for j, ln_lambda in enumerate((None, -3.0, 0.0)):
        for k in range(3):
            alone = linear_fits.predictions(model, x, T[:, [k]], x, (ln_lambda,), UNIT, np.ones((1, 20), bool))
            np.testing.assert_allclose(together[0, :, j, k], alone[0, :, 0, 0], atol=1e-10)


@pytest.mark.parametrize("order, ln_lambda", [(3, None), (9, None), (12, None), (9, -18.0), (5, 0.0)])
def test_powers_are_the_exact_fits_with_and_without_kernels(order, ln_lambda, monkeypatch) -> None:
    x, t = noisy(10)
    at, everyone = np.linspace(0, 1, 30), np.ones((1, 10), bool)
    exact = fit(x, t, order, ln_lambda)(at)
    model = Polynomial(order=order, ln_lambda=ln_lambda)
    scale = np.abs(exact).max()
    np.testing.assert_allclose(linear_fits.curves(model, x, t, everyone, at, UNIT)[0], exact, atol=1e-6 * scale)

    def none(module: str = "") -> None:
        raise compiled.Unavailable("no kernels")

    monkeypatch.setattr(compiled, "load", none)
    np.testing.assert_allclose(linear_fits.curves(model, x, t, everyone, at, UNIT)[0], exact, atol=1e-5 * scale)


@pytest.mark.parametrize("low, high, digits", [(0.0, 1.0, 7), (-6.0, 6.0, 7), (5.0, 6.0, 3), (0.0, 100.0, 6)])
@pytest.mark.parametrize("order, ln_lambda", [(3, -18.0), (9, -40.0), (9, -18.0), (20, -10.0), (9, 2.0)])
def test_penalised_powers_on_any_range_are_the_exact_fits(low, high, digits, order, ln_lambda) -> None:
    u, t = noisy(30)
    x, at = low + (high - low) * u, low + (high - low) * np.linspace(0, 1, 40)
    model = Polynomial(order=order, ln_lambda=ln_lambda)
    found = linear_fits.predictions(model, x, t[:, None], at, (ln_lambda,), (low, high), np.ones((1, 30), bool))
    exact = fit(x, t, order, ln_lambda)(at)
    np.testing.assert_allclose(found[0, :, 0, 0], exact, atol=10.0**-digits * np.abs(exact).max())


def test_a_penalty_on_the_constant_is_a_point_at_zero() -> None:
    u, t = noisy(30)
    x, at = 6 * u - 3, np.linspace(-3, 3, 20)
    model = Polynomial(order=5, ln_lambda=-2.0, penalise_bias=True)
    found = linear_fits.predictions(model, x, t[:, None], at, (-2.0,), (-3.0, 3.0), np.ones((1, 30), bool))
    A = np.vander(x, 6, increasing=True)
    w = np.linalg.solve(A.T @ A + np.exp(-2.0) * np.eye(6), A.T @ t)
    np.testing.assert_allclose(found[0, :, 0, 0], np.vander(at, 6, increasing=True) @ w, rtol=1e-6)


def test_errors_of_the_kernels_are_those_without_them(monkeypatch) -> None:
    x, t = noisy(24)
    held = np.arange(24) % 4 == np.arange(4)[:, None]
    asked = (Polynomial(), (0, 2, 7, 20), (None, -30.0, -5.0, 2.0), x, t, held, UNIT)
    train, held_out = linear_fits.mean_squares(*asked)
    assert np.isfinite(train).all() and np.isfinite(held_out).all()  # order 20: more weights than points in a fold

    def none(module: str = "") -> None:
        raise compiled.Unavailable("no kernels")

    monkeypatch.setattr(compiled, "load", none)
    for mine, theirs in zip(linear_fits.mean_squares(*asked), (train, held_out), strict=True):
        np.testing.assert_allclose(mine[:3], theirs[:3], rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("model", [Polynomial(order=15), Polynomial(order=15, basis="legendre"), Gaussian(order=15)],
                         ids=lambda m: m.kind)  # fmt: skip
def test_more_weights_than_points_take_the_smallest(model) -> None:
    x, t = noisy(6)
    x, t = np.append(x, x[0]), np.append(t, t[0] + 1.0)  # one x twice
    A = model.design(x, UNIT)
    _, ranks = linear_fits.unpenalised(model, x, UNIT, np.ones((1, 7), bool))
    w = linear_fits.weights(A, t[:, None], (None,), ranks=ranks)[0, :, 0, 0]
    np.testing.assert_allclose(w, np.linalg.pinv(A) @ t, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(A[1:6] @ w, t[1:6], atol=1e-8)
    assert (A @ w)[0] == pytest.approx(t[0] + 0.5, abs=1e-8)


def test_numbers_that_are_too_large_leave_a_gap_and_no_error() -> None:
    x = np.array([1e200, 2e200, 3e200])
    with np.errstate(over="ignore"):
        A = Polynomial(order=3).design(x, UNIT)
    W = linear_fits.weights(A, x[:, None], (None, 0.0))
    assert np.isnan(W).all()
    found = linear_fits.predictions(Polynomial(order=3), x, x[:, None], x, (0.0,), UNIT, np.ones((1, 3), bool))
    assert found.shape == (1, 3, 1, 1)
