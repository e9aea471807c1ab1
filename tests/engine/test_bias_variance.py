"""Bias, variance and noise: against their exact values, and against errors measured on other points.

Bounds. With L = 200 data sets the variance of a fit with k weights is a mean of about k L squared normal numbers:
its relative standard error is sqrt(2 / (k L)), or 10 % for one weight. The squared bias is too large by variance / L
on average, with a deviation of 2 |bias| sqrt(variance / L) beside it. The measured error is a mean of 4000 squares,
of which those of one data set hang together: sqrt(2 / 4000) for the noise, and for the rest that of the variance.
Four standard errors are allowed.
"""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine import bias_variance as bv
from playground.engine import experiment as ex
from playground.engine.points import Points
from playground.engine.snapshot import Lines, View, freeze
from playground.engine.trainer import Run

VIEW = View((0.0, 1.0))
L = bv.SETS


def curve(**changes) -> Run:
    return Run(ex.change(ex.default("curve"), changes))


def complete(f, run: Run) -> Lines:
    found = f(run, VIEW)
    while found.behind:
        found = f(run, VIEW)
    return found


def by_role(lines: Lines) -> dict[str, np.ndarray]:
    return {series.role: series.y for series in lines.series}


def exact(run: Run, order: int, ln_lambda: float | None) -> tuple[float, float]:
    """bias^2 and variance: the fit is a fixed matrix times t, here by normal equations on Legendre polynomials."""
    model = run.experiment.model.model_copy(update={"order": order})
    x = run.problem.train.X[:, 0]
    middle = (np.arange(4000) + 0.5) / 4000
    A, E = (model.design(at, (0.0, 1.0)) for at in (x, middle))
    penalty = 0.0 if ln_lambda is None else np.exp(ln_lambda)
    P = np.eye(A.shape[1])
    P[0, 0] = float(model.penalise_bias)
    smoother = E @ np.linalg.solve(A.T @ A + penalty * P, A.T)
    truth = run.experiment.data.truth
    bias = np.square(smoother @ truth(x) - truth(middle)).mean()
    return bias, run.experiment.data.noise**2 * np.square(smoother).sum(axis=1).mean()


def allowed(bias: float, variance: float, k: float) -> tuple[float, float]:
    """Four standard errors of the squared bias and of the variance."""
    return (4 * 2 * np.sqrt(bias * variance / L) + 5 * variance / L, 4 * variance * np.sqrt(2 / (k * L)))


@pytest.mark.parametrize("kind", [
    {"data.n": 25}, {"data.n": 25, "model.basis": "legendre", "model.ln_lambda": -3.0},
    {"data.n": 25, "model.basis": "legendre", "model.ln_lambda": -1.0, "model.penalise_bias": True},
    {"data.n": 40, "model.kind": "gaussian", "model.ln_lambda": -4.0}, {"data.n": 60, "model.kind": "fourier"},
    {"data.n": 30, "data.noise": 0.8, "data.spacing": "uniform", "seed.data": 4},
])  # fmt: skip
def test_the_parts_by_order_are_the_exact_ones(kind) -> None:
    run = curve(**kind)
    ln_lambda = run.experiment.model.ln_lambda
    lines = complete(bv.bias_variance_by_order, run)
    found = by_role(lines)
    for order in (0, 1, 3, 5):
        bias, variance = exact(run, order, ln_lambda)
        for part, value, bound in zip(("bias", "variance"), (bias, variance), allowed(bias, variance, 1), strict=True):
            assert abs(found[part][order] - value) <= bound + 2e-3 * value, (part, order)
    np.testing.assert_allclose(found["sum"], found["bias"] + found["variance"] + found["noise"])
    np.testing.assert_allclose(found["noise"], run.experiment.data.noise**2)


def test_the_parts_by_penalty_are_the_exact_ones() -> None:
    run = curve(**{"data.n": 25, "model.order": 9, "model.basis": "legendre"})
    lines = complete(bv.bias_variance_by_ln_lambda, run)
    found, x = by_role(lines), list(lines.series[0].x)
    for value in (-20.0, -8.0, -2.0, 0.0, 5.0):
        bias, variance = exact(run, 9, value)
        at = x.index(value)
        for part, wanted, bound in zip(("bias", "variance"), (bias, variance), allowed(bias, variance, 1), strict=True):
            assert abs(found[part][at] - wanted) <= bound + 2e-3 * wanted, (part, value)
    assert (np.diff(found["bias"]) > -1e-3).all() and (np.diff(found["variance"]) < 1e-3).all()
    assert lines.path == "model.ln_lambda"


@pytest.mark.parametrize("kind", [
    {"data.n": 25}, {"data.n": 25, "model.ln_lambda": -6.0}, {"data.n": 50, "model.kind": "gaussian"},
    {"data.n": 50, "model.kind": "fourier", "data.noise": 0.1},
])  # fmt: skip
def test_the_sum_is_the_error_measured_on_other_points(kind) -> None:
    run = curve(**kind)
    for f in (bv.bias_variance_by_order, bv.bias_variance_by_ln_lambda):
        found = by_role(complete(f, run))
        total, rest = found["sum"], found["sum"] - found["noise"]
        # Places near the ends, where a fit varies most, are few among 4000: an eighth of the rest is their doing.
        bound = 4 * (found["noise"] * np.sqrt(2 / 4000) + rest * np.sqrt(2 / L)) + rest / 8
        known = np.arange(len(total)) < 8 if f is bv.bias_variance_by_order else slice(None)
        assert (np.abs(found["test"] - total)[known] <= bound[known]).all()


def test_powers_and_legendre_polynomials_are_the_same_without_a_penalty() -> None:
    powers, legendre = (
        by_role(complete(bv.bias_variance_by_order, curve(**{"model.basis": basis, "model.order": 9, "data.n": 15})))
        for basis in ("power", "legendre")
    )
    for part in ("bias", "variance", "test"):
        np.testing.assert_allclose(powers[part], legendre[part], rtol=1e-6)


def test_more_weights_less_bias_and_more_variance() -> None:
    found = by_role(complete(bv.bias_variance_by_order, curve(**{"data.n": 20})))
    assert found["bias"][0] > 0.4 > 0.01 > found["bias"][5]
    assert (np.diff(found["variance"][:9]) > 0).all()


def test_edited_points_leave_the_source_as_it_is() -> None:
    run = curve(**{"data.n": 15})
    edited = Run(ex.change(run.experiment, {"data.points": Points([[0.5], [0.6]], [1.0, 2.0])}))
    mine, theirs = (complete(bv.bias_variance_by_order, r) for r in (edited, run))
    assert "edited" in mine.note and "edited" not in theirs.note
    np.testing.assert_array_equal(mine.series[0].y, theirs.series[0].y)


@pytest.mark.parametrize("changes", [
    {"data.n": 1}, {"data.n": 2}, {"data.n": 1, "model.order": 20}, {"data.n": 12, "model.order": 20},
    {"data.noise": 0.0}, {"model.kind": "fourier", "model.order": 20}, {"model.kind": "gaussian", "model.order": 20},
    {"model.order": 20, "model.penalise_bias": True, "model.ln_lambda": -50.0}, {"data.n": 300},
])  # fmt: skip
def test_few_points_and_many_weights_make_no_chart_fail(changes) -> None:
    for f in (bv.bias_variance_by_order, bv.bias_variance_by_ln_lambda):
        lines = freeze(complete(f, curve(**changes)))
        assert all(np.isfinite(series.y).all() for series in lines.series) and lines.y_range[1] > 0


def test_without_a_known_source_a_sentence_says_what_is_missing() -> None:
    drawn = Run(ex.change(curve(**{"data.kind": "drawn"}).experiment,
                          {"data.points": Points([[0.1], [0.5], [0.9]], [1.0, 2.0, 0.0])}))  # fmt: skip
    for f in (bv.bias_variance_by_order, bv.bias_variance_by_ln_lambda):
        lines = f(drawn, VIEW)
        assert "true function" in lines.note and not lines.series
        assert f(curve(**{"model.kind": "mlp"}), VIEW) is None
        assert "training" in f(curve(**{"split.train": 0.0, "split.test": 1.0}), VIEW).note
