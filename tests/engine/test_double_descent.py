"""Double descent: minimum-norm fits, the peak at as many weights as points, an honest sentence on the valleys."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial.legendre import legvander

from playground.engine import double_descent as dd
from playground.engine import experiment as ex
from playground.engine.points import EMPTY_1D, Points
from playground.engine.problem import build
from playground.engine.snapshot import Lines, View, freeze
from playground.engine.trainer import Run

VIEW = View((0.0, 1.0))


def curve(**changes) -> Run:
    return Run(ex.change(ex.default("curve"), changes))


def complete(run: Run) -> Lines:
    found = dd.double_descent(run, VIEW)
    while found.behind:
        found = dd.double_descent(run, VIEW)
    return found


@pytest.mark.parametrize("n", range(10, 21))
@pytest.mark.parametrize("spacing", ["even", "uniform"])
def test_the_test_error_peaks_at_as_many_weights_as_points(n: int, spacing: str) -> None:
    for seed in range(1, 21):
        e = ex.change(ex.default("curve"), {"data.n": n, "data.spacing": spacing, "seed.data": seed})
        found = dd._errors(build(e), e.data, e.seed.split)
        few = sum(size <= 2 * n for size in found.sizes)
        found.compute(slice(0, few))
        x, y = np.array(found.sizes[:few]), found.test[:few]
        between = x >= 4  # one to three weights cannot follow the sine at all
        assert abs(x[between][y[between].argmax()] - n) <= 1, seed
        assert set(range(n - 3, n + 4)) <= set(found.sizes) and (found.sizes[0], found.sizes[-1]) == (1, 10 * n)
    lines = complete(Run(e))
    np.testing.assert_array_equal(lines.series[1].y[:few], y)
    assert lines.marks[0].x == n and lines.marks[0].label == f"N = {n}"


@pytest.mark.parametrize("spacing", ["even", "uniform"])
def test_errors_are_those_to_be_expected_of_fresh_noise(spacing: str) -> None:
    """Against two thousand draws of it. A mean of so many squares of normal numbers, which hang together within one
    draw, is off by sqrt(2 / 2000) as a rule: four of these are allowed, half as much for the root."""
    run = curve(**{"data.n": 12, "data.spacing": spacing, "data.noise": 0.4})
    lines, rng = complete(run), np.random.default_rng(1)
    truth, x, at = run.experiment.data.truth, run.problem.train.X[:, 0], np.linspace(0, 1, 2000)
    known = dict(zip(lines.series[1].x.tolist(), zip(*(series.y for series in lines.series), strict=True), strict=True))
    noise = 0.4 * rng.normal(size=(12, 2000))
    for size in (1, 3, 8, 12, 14, 120):
        scale = 1.0 / np.arange(1, size + 1)
        W = np.linalg.pinv(legvander(2 * x - 1, size - 1) * scale, rcond=1e-15) @ (truth(x)[:, None] + noise)
        A, E = (legvander(2 * places - 1, size - 1) * scale for places in (x, at))
        train = np.square(A @ W - truth(x)[:, None] - noise).mean()
        test = np.square(E @ W - truth(at)[:, None]).mean() + 0.4**2
        np.testing.assert_allclose(known[size], (max(np.sqrt(train), 1e-6), np.sqrt(test)), rtol=0.07)
    assert "Expected errors" in lines.note


def test_points_that_a_person_moved_are_judged_by_the_test_set() -> None:
    run = curve(**{"data.n": 15})
    points = run.problem.points
    moved = points.replace(points.ids[:1], points.X[:1], points.t[:1] + 2.0)
    run = Run(ex.change(run.experiment, {"data.points": moved}))
    lines, (train, test) = complete(run), (run.problem.parts[name] for name in ("train", "test"))
    assert "Expected" not in lines.note and lines.series[1].label == "test"
    scale = 1.0 / np.arange(1, 6)
    A, E = (legvander(2 * part.X[:, 0] - 1, 4) * scale for part in (train, test))
    w = np.linalg.lstsq(A, train.t, rcond=None)[0]
    wanted = (np.sqrt(np.square(D @ w - part.t).mean()) for D, part in ((A, train), (E, test)))
    np.testing.assert_allclose([series.y[series.x == 5][0] for series in lines.series], list(wanted), rtol=1e-9)


@pytest.mark.parametrize("n", [6, 14, 40])
def test_fits_are_those_of_the_pseudo_inverse(n: int) -> None:
    rng = np.random.default_rng(n)
    x, t, at = rng.uniform(0, 1, n), rng.normal(size=n), np.linspace(0, 1, 9)
    fits = dd.MinimumNorm(x, t, at, (0.0, 1.0), 5 * n)
    for size in (1, 2, n // 2, 2 * n, 5 * n):
        scale = 1.0 / np.arange(1, size + 1)
        w = np.linalg.pinv(legvander(2 * x - 1, size - 1) * scale, rcond=1e-15) @ t
        np.testing.assert_allclose(fits(size), legvander(2 * at - 1, size - 1) * scale @ w, rtol=1e-5, atol=1e-7)


def test_points_at_the_same_x_are_averaged_beyond_the_threshold() -> None:
    x, t = np.array([0.1, 0.1, 0.4, 0.8, 0.9]), np.array([1.0, 2.0, 0.0, -1.0, 0.5])
    fits = dd.MinimumNorm(x, t, x, (0.0, 1.0), 30)
    for size in (4, 5, 30):
        np.testing.assert_allclose(fits(size), [1.5, 1.5, 0.0, -1.0, 0.5], atol=1e-8)
    A = legvander(2 * x - 1, 2) / np.arange(1, 4)
    np.testing.assert_allclose(fits(3), A @ np.linalg.lstsq(A, t, rcond=None)[0], atol=1e-10)


def test_training_errors_fall_to_nothing_at_the_threshold() -> None:
    lines = complete(curve(**{"data.n": 12}))
    x, y = lines.series[0].x, lines.series[0].y
    assert (np.diff(y[x <= 12]) <= 1e-9).all() and (y[x >= 12] <= 1e-6).all() and (y > 0).all()
    assert lines.log_first and lines.can_log


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_note_says_which_valley_is_deeper(seed: int) -> None:
    lines = complete(curve(**{"data.n": 15, "seed.data": seed}))
    x, y = lines.series[1].x, lines.series[1].y
    first, second = y[x < 15].min(), y[x > 15].min()
    assert (" is above the first" if second >= first else " is below the first") in lines.note
    assert f"{second:.2g} at {x[x > 15][y[x > 15].argmin()]:.0f} weights" in lines.note
    assert f"{first:.2g} at {x[x < 15][y[x < 15].argmin()]:.0f}" in lines.note


def test_where_no_test_points_are_some_are_held_out() -> None:
    lines = complete(curve(**{"data.n": 20, "data.n_test": 0}))
    assert [series.role for series in lines.series] == ["training", "validation"]
    assert lines.series[1].label == "held out" and lines.marks[0].x == 16
    validated = complete(curve(**{"data.n": 40, "data.n_test": 0, "split.train": 0.5, "split.validation": 0.5}))
    assert validated.series[1].label == "validation"


@pytest.mark.parametrize("n", [100, 150, 400])
def test_many_points_come_in_slices_and_end(n: int) -> None:
    lines = complete(curve(**{"data.n": n}))
    assert len(lines.series[0].x) <= 300 and lines.series[0].x[-1] <= 300 and lines.note
    assert bool(lines.marks) == (n <= 300)


@pytest.mark.parametrize("points", [
    EMPTY_1D, Points([[0.5]], [1.0]), Points([[0.2], [0.7]], [1.0, -1.0]), Points([[0.5]] * 6, [1.0, 2.0] * 3),
    Points([[-3.0], [0.0], [9.0]], [1.0, 2.0, -4.0]),
])  # fmt: skip
@pytest.mark.parametrize("n_test", [0, 100])
def test_few_points_make_no_chart_fail(points, n_test: int) -> None:
    lines = freeze(complete(curve(**{"data.points": points, "data.n_test": n_test})))
    assert lines.note and all(np.isfinite(series.y).all() for series in lines.series)


def test_drawn_points_and_networks() -> None:
    drawn = ex.change(curve(**{"data.kind": "drawn"}).experiment,
                      {"data.points": Points(np.linspace(0, 1, 12)[:, None], np.arange(12.0) % 3)})  # fmt: skip
    assert complete(Run(drawn)).series
    assert dd.double_descent(curve(**{"model.kind": "mlp"}), VIEW) is None
