"""The closed form against exact rational arithmetic, written out here in the plainest way."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import experiment as ex
from playground.engine.executors.closed_form import fit, fit_orders
from playground.engine.points import Points
from playground.engine.problem import build


def solve(A: list[list[Fraction]], b: list[Fraction]) -> list[Fraction]:
    """Gauss and Jordan, exact."""
    n = len(b)
    rows = [[*row, value] for row, value in zip(A, b, strict=True)]
    for j in range(n):
        p = next(i for i in range(j, n) if rows[i][j] != 0)
        rows[j], rows[p] = rows[p], rows[j]
        rows[j] = [v / rows[j][j] for v in rows[j]]
        for i in range(n):
            if i != j and rows[i][j] != 0:
                factor = rows[i][j]
                rows[i] = [v - factor * u for v, u in zip(rows[i], rows[j], strict=True)]
    return [row[-1] for row in rows]


def exact_weights(x, t, order: int, ln_lambda: float | None = None) -> list[Fraction]:
    xs, ts = [Fraction(float(v)) for v in x], [Fraction(float(v)) for v in t]
    penalty = Fraction(math.exp(ln_lambda)) if ln_lambda is not None else Fraction(0)
    sums = [sum((v**k for v in xs), Fraction(0)) for k in range(2 * order + 1)]
    A = [[sums[i + j] + (penalty if i == j > 0 else 0) for j in range(order + 1)] for i in range(order + 1)]
    b = [sum((v**i * u for v, u in zip(xs, ts, strict=True)), Fraction(0)) for i in range(order + 1)]
    return solve(A, b)


def off(w, exact: list[Fraction]) -> float:
    """Norm of the error, relative to the norm of the exact weights."""
    error = sum((Fraction(float(a)) - b) ** 2 for a, b in zip(w, exact, strict=True))
    return math.sqrt(error / (sum(b * b for b in exact) or 1))


@pytest.mark.parametrize("x", [
    np.linspace(0, 1, 10), np.linspace(5, 6, 10), 1000 + np.linspace(0, 1, 10), np.linspace(-3, 40, 10),
    np.array([0, 1e-3, 2e-3, 0.3, 0.31, 0.32, 0.5, 0.9, 0.99, 1.0]), np.linspace(1e-6, 2e-6, 10),
])  # fmt: skip
@pytest.mark.parametrize("target", ["noise", "smooth", "line"])
def test_ten_points_order_nine_agree_with_rational_arithmetic(x, target):
    z = (x - x[0]) / (x[-1] - x[0])
    noise = np.sin(2 * np.pi * z) + 0.3 * np.cos(1000 * np.arange(10.0) ** 2)
    t = {"noise": noise, "smooth": np.exp(z), "line": 3 * z + 1}[target]
    assert off(fit(x, t, 9).w, exact_weights(x, t, 9)) < 1e-15


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(-5, 5)), min_size=1, max_size=12), st.integers(0, 9))
def test_any_points_agree_with_rational_arithmetic(pairs, order):
    x, t = (np.array(column) for column in zip(*pairs, strict=True))
    if len(np.unique(x)) <= order or np.ptp(x) < 1e-100:
        order = 0
    assert off(fit(x, t, order).w, exact_weights(x, t, order)) < 1e-14


@pytest.mark.parametrize("ln_lambda", [-50.0, -18.0, 0.0, 5.0])
@pytest.mark.parametrize("start", [0.0, 5.0, 1000.0])
def test_the_penalty_is_on_the_powers_of_x_and_spares_the_first_weight(ln_lambda, start):
    x = start + np.linspace(0, 1, 10)
    t = 50 + np.sin(2 * np.pi * x) + 0.3 * np.cos(1000 * x**2)
    found = fit(x, t, 9, ln_lambda)
    assert found.kind == "penalised"
    assert off(found.w, exact_weights(x, t, 9, ln_lambda)) < 1e-14


def test_numpy_agrees_where_the_problem_is_easy():
    x = np.linspace(-1, 1, 40)
    t = np.cos(3 * x)
    np.testing.assert_allclose(fit(x, t, 5).w, np.polyfit(x, t, 5)[::-1], atol=1e-12)


def test_several_orders_at_once_give_what_each_gives_alone():
    x = 3 + np.linspace(0, 1, 12)
    t = np.sin(x) + 0.1 * np.cos(99 * x)
    for ln_lambda in (None, -10.0):
        for order, found in enumerate(fit_orders(x, t, range(12), ln_lambda)):
            np.testing.assert_allclose(found.w, fit(x, t, order, ln_lambda).w, rtol=1e-14)


def test_more_weights_than_distinct_x_gives_the_smallest_weights():
    x, t = np.array([0.0, 0.5, 0.5, 1.0]), np.array([1.0, 0.0, 2.0, 3.0])
    found = fit(x, t, 6)
    assert (found.kind, found.n_distinct) == ("minimum_norm", 3)
    V = np.vander([0.0, 0.5, 1.0], 7, increasing=True)
    np.testing.assert_allclose(found.w, np.linalg.pinv(V) @ [1.0, 1.0, 3.0], atol=1e-12)
    np.testing.assert_allclose(found(np.array([0.0, 0.5, 1.0])), [1.0, 1.0, 3.0], atol=1e-12)


def test_points_that_nearly_coincide_are_still_told_apart():
    x = np.array([0.0, 0.25, 0.5, np.nextafter(0.5, 1), 1.0])
    t = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    assert off(fit(x, t, 4).w, exact_weights(x, t, 4)) < 1e-15


def test_all_points_in_one_place():
    x, t = np.full(4, 2.5), np.array([1.0, 2.0, 3.0, 4.0])
    assert fit(x, t, 0).w == pytest.approx([2.5])
    found = fit(x, t, 3)
    assert found(np.array([2.5])) == pytest.approx([2.5])
    assert np.linalg.norm(found.w) == pytest.approx(2.5 / np.linalg.norm([1, 2.5, 2.5**2, 2.5**3]))


def test_the_curve_of_order_twenty_passes_through_its_points():
    x = 5 + np.linspace(0, 1, 21)
    t = np.cos(1000 * x**2)
    np.testing.assert_allclose(fit(x, t, 20)(x), t, atol=1e-9)


def test_a_sweep_of_orders_takes_milliseconds():
    x = np.linspace(0, 1, 100)
    t = np.sin(2 * np.pi * x) + 0.3 * np.cos(1000 * x**2)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        fit_orders(x, t, range(10))
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.02


def test_a_problem_without_the_penalty_is_fitted_through_ten_points():
    e = ex.change(ex.default("curve"), {"model.order": 9})
    problem = build(e)
    points = Points(problem.train.X, problem.train.t)
    found = fit(points.X[:, 0], points.t, 9)
    assert np.abs(found(points.X[:, 0]) - points.t).max() < 1e-9


def test_many_points_are_reduced_first_and_agree_all_the_same():
    x = 7 + np.linspace(0, 1, 1500)
    t = np.sin(9 * x) + 0.3 * np.cos(1000 * x**2)
    assert off(fit(x, t, 6).w, exact_weights(x, t, 6)) < 1e-10
    assert off(fit(x, t, 6, -3.0).w, exact_weights(x, t, 6, -3.0)) < 1e-10


def test_twenty_thousand_points_at_two_places():
    x = np.repeat([0.0, 1.0], 10_000)
    t = np.tile([1.0, 3.0], 10_000)
    assert fit(x, t, 1).w == pytest.approx([2.0, 0.0], abs=1e-12)
    assert fit(x, t, 9).kind == "minimum_norm"


def test_the_curve_passes_through_points_in_a_clump():
    x = np.concatenate([0.5 + 1e-9 * np.arange(6), [0.0, 0.2, 0.9, 1.0]])
    t = np.cos(1000 * x**2)
    found = fit(x, t, 9)
    assert np.abs(found.w).max() > 1e20
    np.testing.assert_allclose(found(x), t, atol=1e-9)
    assert found(np.array([])).shape == (0,)
