"""Models linear in their weights: solutions, what the design matrix says, descent, and the error surface."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from playground.engine import curvature, session
from playground.engine import experiment as ex
from playground.engine.error_surface import bowl, clamped, surface
from playground.engine.executors.basis_fit import fit_basis
from playground.engine.executors.closed_form import fit, fit_orders, fits_of
from playground.engine.executors.exact import Shown
from playground.engine.executors.sweep import resampled_fits, ridge_sweep
from playground.engine.linear_algebra import condition_number, effective_parameters, leverages
from playground.engine.models.fourier import Fourier
from playground.engine.models.gaussian import Gaussian
from playground.engine.models.polynomial import Polynomial
from playground.engine.path import WeightPath
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.engine.snapshot import View
from playground.engine.trainer import Run

UNIT = (0.0, 1.0)
RNG = np.random.default_rng(5)
PLACES = {
    "even": np.linspace(0, 1, 12),
    "random": np.sort(RNG.uniform(-2, 3, 15)),
    "far from zero": np.linspace(5, 6, 12),
    "many": np.linspace(0, 1, 120),
}


def targets(x: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * x) + 0.3 * np.cos(1000 * x**2) + 2.0


def solve(A: list[list[Fraction]], b: list[list[Fraction]]) -> list[list[Fraction]]:
    """X with A X = b by Gauss and Jordan, exact; b and X as rows."""
    n = len(A)
    rows = [[*row, *right] for row, right in zip(A, b, strict=True)]
    for j in range(n):
        p = next(i for i in range(j, n) if rows[i][j] != 0)
        rows[j], rows[p] = rows[p], rows[j]
        pivot = rows[j][j]
        rows[j] = [v / pivot for v in rows[j]]
        for i in range(n):
            if i != j and rows[i][j] != 0:
                factor = rows[i][j]
                rows[i] = [v - factor * u for v, u in zip(rows[i], rows[j], strict=True)]
    return [row[n:] for row in rows]


def normal_matrix(V: list[list[Fraction]], ln_lambda: float | None, with_bias: bool) -> list[list[Fraction]]:
    penalty = Fraction(math.exp(ln_lambda)) if ln_lambda is not None else Fraction(0)
    m = len(V[0])
    return [[sum(row[i] * row[j] for row in V) + (penalty if i == j and (i or with_bias) else 0) for j in range(m)]
            for i in range(m)]  # fmt: skip


def powers(x: np.ndarray, order: int) -> list[list[Fraction]]:
    return [[Fraction(v) ** k for k in range(order + 1)] for v in x.tolist()]


def legendre(x: np.ndarray, order: int, x_range: tuple[float, float]) -> list[list[Fraction]]:
    low, high = map(Fraction, x_range)
    found = []
    for value in x.tolist():
        v, row = 2 * (Fraction(value) - low) / (high - low) - 1, [Fraction(1)]
        for n in range(order):
            row.append(((2 * n + 1) * v * row[n] - (n * row[n - 1] if n else 0)) / (n + 1))
        found.append(row)
    return found


def exact(V: list[list[Fraction]], t: np.ndarray, ln_lambda: float | None, with_bias: bool) -> np.ndarray:
    ts = [Fraction(v) for v in t.tolist()]
    rhs = [[sum((row[i] * u for row, u in zip(V, ts, strict=True)), Fraction(0))] for i in range(len(V[0]))]
    return np.array([float(row[0]) for row in solve(normal_matrix(V, ln_lambda, with_bias), rhs)])


def off(w: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.linalg.norm(w - wanted) / np.linalg.norm(wanted))


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("ln_lambda", [None, -30.0, -18.0, -10.0, -3.0, 0.0])
@pytest.mark.parametrize("place", PLACES)
def test_ridge_weights_are_those_of_rational_arithmetic(place, ln_lambda, with_bias):
    x = PLACES[place]
    t = targets(x)
    orders = range(10) if len(x) < 100 else (0, 3, 9)
    for order, found in zip(orders, fit_orders(x, t, orders, ln_lambda, with_bias), strict=True):
        assert off(found.w, exact(powers(x, order), t, ln_lambda, with_bias)) < 1e-8, order


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("ln_lambda", [-30.0, -10.0, 0.0])
@pytest.mark.parametrize("place", ["even", "many"])
def test_in_legendre_polynomials_the_penalty_is_on_their_weights(place, ln_lambda, with_bias):
    x, x_range = PLACES[place], (-0.5, 1.25)
    t = targets(x)
    found = fit(x, t, 7, ln_lambda, with_bias, Shown(True, x_range))
    assert off(found.w, exact(legendre(x, 7, x_range), t, ln_lambda, with_bias)) < 1e-10
    at = np.linspace(-0.5, 1.25, 50)
    V = Polynomial(order=7, basis="legendre").design(at, x_range)
    np.testing.assert_allclose(found(at), V @ found.w, atol=1e-8 * np.abs(found.w).max())


@pytest.mark.parametrize("x", [np.linspace(0, 1, 10), np.linspace(5, 6, 10), np.linspace(0, 1, 150)])
def test_without_a_penalty_the_basis_of_a_polynomial_does_not_matter(x):
    t, x_range = targets(x), (float(x.min()), float(x.max()))
    plain, other = fit(x, t, 9), fit(x, t, 9, shown=Shown(True, x_range))
    at = np.linspace(*x_range, 101)
    np.testing.assert_allclose(other(at), plain(at), atol=1e-8)
    model = Polynomial(order=9, basis="legendre")
    assert off(model.powers(other.w, x_range), plain.w) < 1e-8


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("ln_lambda", [-12.0, -3.0, 1.0])
@pytest.mark.parametrize("model", [Gaussian(order=6), Fourier(order=3), Polynomial(order=4, basis="legendre")])
def test_scikit_learn_agrees_where_the_basis_is_well_conditioned(model, ln_lambda, with_bias):
    model = model.model_copy(update={"ln_lambda": ln_lambda, "penalise_bias": with_bias})
    x = np.sort(RNG.uniform(0, 1, 40))
    t = targets(x)
    A = model.design(x, UNIT)
    theirs = Ridge(alpha=math.exp(ln_lambda), fit_intercept=not with_bias, solver="svd")
    theirs.fit(A if with_bias else A[:, 1:], t)
    wanted = theirs.coef_ if with_bias else np.append(theirs.intercept_, theirs.coef_)
    e = ex.change(ex.default(), {"data.kind": "drawn", "data.points": Points(x[:, None], t), "split.train": 1.0})
    run = Run(e.model_copy(update={"model": model}))
    np.testing.assert_allclose(run.weights()["w"], wanted, rtol=1e-9, atol=1e-9)
    assert run.problem.x_range == UNIT


@pytest.mark.parametrize("model", [Gaussian(order=20, width=0.3), Fourier(order=7), Gaussian(order=12, width=2.0)])
def test_weights_that_the_points_leave_open_are_the_smallest(model):
    x = np.linspace(0, 1, 10)
    found = fit_basis(model, UNIT, x, targets(x))
    A = model.design(x, UNIT)
    assert found.kind == "minimum_norm" and found.rank < model.n_weights()
    np.testing.assert_allclose(found.w, np.linalg.pinv(A, rcond=20 * 2.0**-52) @ targets(x), rtol=1e-4)
    e = ex.change(ex.default(), {"model.kind": model.kind, "model.order": model.order})
    run = Run(e.model_copy(update={"model": model}))
    assert f"determine {run.executor.fitted.rank}: of all best curves" in run.caution


@pytest.mark.parametrize("order", [10, 15, 20])
def test_polynomials_with_open_weights_take_the_smallest_of_their_basis(order):
    x = np.linspace(0, 1, 10)
    t = targets(x)
    for shown, basis in ((Shown(), "power"), (Shown(True, UNIT), "legendre")):
        found = fit(x, t, order, shown=shown)
        A = Polynomial(order=order, basis=basis).design(x, UNIT)
        np.testing.assert_allclose(found.w, np.linalg.pinv(A) @ t, atol=1e-7 * np.abs(found.w).max())
        np.testing.assert_allclose(found(x), t, atol=1e-8)


def test_all_orders_of_any_model_are_charted():
    for kind in ("gaussian", "fourier"):
        run = Run(ex.change(ex.default(), {"model.kind": kind, "model.order": 4, "model.ln_lambda": -8.0}))
        fits = fits_of(run.problem, run.experiment.model)
        assert [len(f.w) for f in fits] == [run.experiment.model.model_copy(update={"order": m}).n_weights()
                                            for m in range(10)]  # fmt: skip
        lines = run.summarize("rms_by_order", View())
        assert lines.series[0].y[4] == pytest.approx(run.scores()["train"].rms)
        assert run.summarize("coefficient_bars", View()).labels == run.experiment.model.weight_names()
        assert run.summarize("coefficient_table", View()).columns[-1] == "M = 9"


def test_sweeps_penalise_the_constant_where_asked():
    x = np.linspace(0, 1, 30)
    t = targets(x)
    for shown in (Shown(), Shown(True, UNIT)):
        sweep = ridge_sweep(x, t, (0, 5), (-2.0,), np.full(30, -1), True, shown)
        for i, order in enumerate((0, 5)):
            wanted = np.square(fit(x, t, order, -2.0, True, shown)(x) - t).mean()
            assert sweep.train[i, 0, 0] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("model", [
    Polynomial(order=5, basis="legendre", ln_lambda=-4.0), Polynomial(order=5, ln_lambda=-4.0, penalise_bias=True),
    Gaussian(order=5, ln_lambda=-4.0), Gaussian(order=5), Fourier(order=2, ln_lambda=-4.0, penalise_bias=True),
])  # fmt: skip
def test_replicas_of_any_model_are_fits_to_the_points_drawn(model):
    x = np.linspace(0, 1, 20)
    t = targets(x)
    rows, at = np.random.default_rng(3).integers(0, 20, (8, 20)), np.linspace(0, 1, 30)
    found = resampled_fits(model, UNIT, x, t, rows, at)
    for row, curve in zip(rows, found, strict=True):
        A = np.vstack([model.design(x[row], UNIT), math.sqrt(model.strength()) * np.diag(model.penalised())])
        w = np.linalg.pinv(A) @ np.append(t[row], np.zeros(model.n_weights()))
        np.testing.assert_allclose(curve, model.design(at, UNIT) @ w, atol=1e-7)


# ---- what the design matrix says ----
MODELS = [
    Polynomial(order=4), Polynomial(order=4, ln_lambda=-5.0), Polynomial(order=6, basis="legendre", ln_lambda=-1.0),
    Polynomial(order=4, ln_lambda=-5.0, penalise_bias=True), Gaussian(order=4), Gaussian(order=5, ln_lambda=-2.0),
    Fourier(order=2, ln_lambda=0.0, penalise_bias=True), Polynomial(order=0, ln_lambda=1.0), Fourier(order=0),
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.kind}-{m.order}-{m.ln_lambda}-{m.penalise_bias}")
def test_leverages_are_the_diagonal_of_the_hat_matrix(model):
    x = np.sort(np.random.default_rng(2).uniform(0, 1, 17))
    A = model.design(x, UNIT)
    hat = A @ np.linalg.pinv(A.T @ A + model.strength() * np.diag(model.penalised().astype(float))) @ A.T
    np.testing.assert_allclose(leverages(model, x, UNIT), np.diag(hat), atol=1e-9)
    assert effective_parameters(model, x, UNIT) == pytest.approx(np.trace(hat), abs=1e-9)
    d = np.linalg.svd(A, compute_uv=False)
    assert condition_number(model, x, UNIT) == pytest.approx(d[0] / d[-1], rel=1e-8)


def test_effective_parameters_by_hand():
    # x = -1, 1 and a straight line: Phi has the singular values sqrt(2), sqrt(2); lambda = 2 halves what it is on.
    x, half = np.array([-1.0, 1.0]), math.log(2.0)
    assert effective_parameters(Polynomial(order=1), x, UNIT) == pytest.approx(2.0)
    assert effective_parameters(Polynomial(order=1, ln_lambda=half), x, UNIT) == pytest.approx(1.5)
    both = Polynomial(order=1, ln_lambda=half, penalise_bias=True)
    assert effective_parameters(both, x, UNIT) == pytest.approx(1.0)
    assert condition_number(Polynomial(order=1), x, UNIT) == pytest.approx(1.0)
    np.testing.assert_allclose(leverages(both, x, UNIT), [0.5, 0.5])


@pytest.mark.parametrize("ln_lambda", [-40.0, -20.0, -5.0, 3.0])
def test_effective_parameters_of_hard_problems_are_exact(ln_lambda):
    x, model = np.linspace(5, 6, 12), Polynomial(order=9, ln_lambda=ln_lambda)
    V = powers(x, 9)
    inverse = solve(normal_matrix(V, ln_lambda, False), [list(column) for column in zip(*V, strict=True)])
    hat = [float(sum(row[i] * inverse[i][k] for i in range(10))) for k, row in enumerate(V)]
    np.testing.assert_allclose(leverages(model, x, UNIT), hat, atol=1e-7)
    assert effective_parameters(model, x, UNIT) == pytest.approx(sum(hat), abs=1e-7)


def test_points_that_leave_weights_open():
    x = np.array([0.1, 0.1, 0.4, 0.9])
    for model in (Polynomial(order=3), Gaussian(order=4), Fourier(order=3)):
        assert condition_number(model, x, UNIT) == np.inf
        np.testing.assert_allclose(leverages(model, x, UNIT), [0.5, 0.5, 1, 1], atol=1e-9)


def test_the_condition_of_powers_is_exact_where_float64_has_no_digit_left():
    x = np.linspace(5, 6, 10)
    V = powers(x, 9)
    unit = [[Fraction(int(i == j)) for j in range(10)] for i in range(10)]
    inverse = np.array([[float(v) for v in row] for row in solve(V, unit)])
    wanted = np.linalg.norm(np.array(V, dtype=float), 2) * np.linalg.norm(inverse, 2)
    assert wanted > 1e19
    assert condition_number(Polynomial(order=9), x, UNIT) == pytest.approx(wanted, rel=1e-6)


# ---- gradient descent ----
def descent(model: str = "polynomial", optimizer: str = "sgd", **changes: object) -> ex.Experiment:
    paths = {name.replace("__", "."): value for name, value in changes.items()}
    return ex.change(ex.default(), {"model.kind": model, "optimizer.kind": optimizer, **paths})


@pytest.mark.parametrize("executor", ["fused", "torch"])
@pytest.mark.parametrize("changes", [
    {"model.basis": "legendre", "model.order": 5}, {"model.kind": "fourier", "model.penalise_bias": True},
    {"model.kind": "gaussian", "model.ln_lambda": -1.0}, {"model.order": 0, "model.penalise_bias": True},
    {"model.basis": "legendre", "model.ln_lambda": -1.0, "training.batch_size": 4, "training.precision": "float32"},
])  # fmt: skip
def test_descent_ends_where_the_closed_form_does(executor, changes):
    start = {"optimizer.kind": "sgd", "model.ln_lambda": -2.0, "training.executor": executor, **changes}
    e = ex.change(ex.change(ex.default(), {"model.kind": changes.get("model.kind", "polynomial")}), start)
    mini = e.training.batch_size < 10
    e = ex.change(e, {"optimizer.learning_rate": 0.5 if not mini else 0.02, "optimizer.schedule": "constant"})
    run = Run(e)
    run.run_epochs(3000 if executor == "fused" else 1500)
    solved = Run(ex.change(ex.change(e, {"training.executor": "auto"}), {"optimizer.kind": "closed_form"}))
    assert run.executor.name == executor and run.weights()["w"].dtype == np.float64
    assert run.objective() == pytest.approx(solved.objective(), rel=2e-2 if mini else 1e-6)
    assert run.objective() >= solved.objective() * (1 - 1e-12)
    assert run.n_parameters == solved.n_parameters == len(run.weights()["w"])


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "rmsprop", "adamw"])
@pytest.mark.parametrize("with_bias", [False, True])
def test_both_executors_take_the_same_steps(optimizer, with_bias):
    found = []
    for executor in ("fused", "torch"):
        e = descent(optimizer=optimizer, model__order=4, model__ln_lambda=-1.0, training__batch_size=3,
                    model__penalise_bias=with_bias, training__executor=executor)  # fmt: skip
        run = Run(e)
        run.run_epochs(3)
        found.append(run.weights()["w"])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-10, atol=1e-13)


def test_a_gradient_step_by_hand():
    e = descent(model__order=1, model__ln_lambda=0.0, model__penalise_bias=True, optimizer__learning_rate=0.5)
    points = Points(np.array([[0.0], [1.0]]), np.array([1.0, 3.0]))
    run = Run(ex.change(e, {"data.points": points}))
    run.run_epochs(1)  # from zero: w - eta mean((y - t) phi) = 0.5 * (2, 1.5)
    np.testing.assert_allclose(run.weights()["w"], [1.0, 0.75])
    run.run_epochs(1)  # y - t = (0, -1.25); the penalty adds lambda/N w = w/2
    np.testing.assert_allclose(run.weights()["w"], [1.0 + 0.5 * (0.625 - 0.5), 0.75 + 0.5 * (0.625 - 0.375)])


def test_in_powers_descent_crawls_and_in_legendre_polynomials_it_runs():
    excess = {}
    for basis in ("power", "legendre"):
        e = descent(model__order=9, model__basis=basis)
        rate = 0.5 * curvature.largest_rate(e, Run(e).problem)
        run = Run(ex.change(e, {"optimizer.learning_rate": rate}))
        run.run_epochs(2000)
        solved = Run(ex.change(e, {"optimizer.kind": "closed_form"}))
        excess[basis] = run.scores()["train"].loss - solved.scores()["train"].loss
    assert excess["legendre"] < 2e-3 and excess["power"] > 20 * excess["legendre"]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_descent_diverges_beyond_the_largest_rate_and_not_before(optimizer):
    e = descent(optimizer=optimizer, model__order=5, model__ln_lambda=-1.0)
    most = curvature.largest_rate(e, Run(e).problem)
    run = Run(ex.change(e, {"optimizer.learning_rate": 0.97 * most}))
    run.run_epochs(3000)
    assert run.status == "paused" and run.scores()["train"].loss < 1 and not run.caution
    run = Run(ex.change(e, {"optimizer.learning_rate": 1.03 * most}))
    assert "too large for this basis" in run.caution
    run.run_epochs(60_000)
    assert run.status == "diverged" and "restore" in run.message and "which bear" in run.message
    tried = float(run.message.split("Try ")[1].split(",")[0])
    assert 0 < tried < most
    run.restore()
    assert run.executor.finite()


def test_a_gpu_without_64_bits_is_refused():
    with pytest.raises(SpecError, match="training.device must be auto, cpu or cuda for the model polynomial"):
        Run(descent(training__device="mps"))


def test_models_open_with_the_optimizer_they_like():
    e = ex.change(ex.default(), {"model.kind": "mlp"})
    assert e.optimizer.kind == "adam"
    e = ex.change(e, {"model.kind": "gaussian"})
    assert e.optimizer.kind == "closed_form"
    e = ex.change(e, {"optimizer.kind": "momentum"})
    assert ex.change(e, {"model.kind": "fourier"}).optimizer.kind == "momentum"
    assert ex.from_link(ex.to_link(e)) == e and ex.from_json(ex.to_json(e)) == e


def test_runs_go_back_and_on_and_are_saved(tmp_path: Path):
    e = descent(model__order=3, model__basis="legendre", training__batch_size=4)
    run = Run(e)
    run.run_epochs(30)
    then = run.weights()["w"]
    run.change(ex.change(run.experiment, {"model.ln_lambda": -1.0}))
    run.run_epochs(30)
    now = run.weights()["w"]
    session.write(tmp_path / "a.playground", run.record(), {})
    run.seek(30)
    np.testing.assert_array_equal(run.weights()["w"], then)
    assert np.isfinite(run.path.until(run.epoch)).all() and len(run.path) > len(run.path.until(30))
    run.run_epochs(1)  # under the penalty again: the future that was sought back from is left behind
    assert len(run.path.until(10**9)) == len(run.path.until(31)) == 32
    again = Run.from_record(session.read(tmp_path / "a.playground")[0])
    np.testing.assert_array_equal(again.weights()["w"], now)
    np.testing.assert_array_equal(again.path.until(60)[-1], now)
    again.rewind()
    assert len(again.path) == 1 and not again.weights()["w"].any()


def test_the_path_is_bounded():
    path, epoch = WeightPath(), 0
    while epoch < 1_000_000:
        path.offer(epoch, lambda: np.zeros(2))
        epoch = path.next
    assert 400 < len(path) < 500
    path.truncate(100)
    assert path.until(10**9).shape[0] == path.until(100).shape[0] and path.next in (101, 102)


# ---- the error surface ----
@pytest.mark.parametrize("changes", [
    {"model.order": 3}, {"model.order": 9}, {"model.basis": "legendre", "model.ln_lambda": -1.0},
    {"model.kind": "gaussian", "model.ln_lambda": -2.0, "model.penalise_bias": True}, {"model.kind": "fourier"},
    {"model.basis": "legendre", "optimizer.kind": "sgd", "optimizer.learning_rate": 0.2},
])  # fmt: skip
@pytest.mark.parametrize("axes", [(0, 1), (1, 3)])
def test_the_surface_is_the_error(changes, axes):
    run = Run(ex.change(ex.default(), changes))
    run.run_epochs(40)
    s = surface(run, View(axes=axes))
    model, train, w = run.experiment.model, run.problem.train, run.weights()["w"]
    A = model.design(train.X[:, 0], run.problem.x_range)

    def error(a: float, b: float) -> float:
        v = w.copy()
        v[list(axes)] = a, b
        return float(0.5 * np.square(A @ v - train.t).sum() + 0.5 * model.strength() * (v * v)[model.penalised()].sum())

    assert s.value.shape == (len(s.y), len(s.x)) == (80, 80)
    for i, j in ((0, 0), (79, 3), (40, 41)):
        assert s.value[i, j] == pytest.approx(error(s.x[j], s.y[i]), rel=1e-6)
    found, h = bowl(run, axes), 1e-4
    a, b = s.minimum
    assert found(np.array(s.minimum)) <= s.value.min() + 1e-12
    steep = max(1.0, abs(found.H).max())
    assert abs(error(a + h, b) - error(a - h, b)) / (2 * h) < 1e-5 * steep
    assert abs(error(a, b + h) - error(a, b - h)) / (2 * h) < 1e-5 * steep
    assert s.here == (w[axes[0]], w[axes[1]]) and s.x_label == model.weight_names()[axes[0]]
    assert s.x[0] < min(a, s.here[0]) <= max(a, s.here[0]) < s.x[-1]
    if run.executor.solves:
        assert s.path.shape == (0, 2)
        np.testing.assert_allclose(s.here, s.minimum, rtol=1e-4, atol=1e-6)
    else:
        assert len(s.path) == 42 and (s.path[0] == 0).all() and tuple(s.path[-1]) == s.here
        values = found(s.path)
        assert (np.diff(values[20:]) < 1e-9).all() and s.x[0] < s.path[:, 0].min()


def test_surfaces_that_are_not_there():
    assert surface(Run(ex.change(ex.default(), {"model.kind": "mlp"})), View()) is None
    flat = surface(Run(ex.change(ex.default(), {"model.order": 0})), View())
    assert "one weight only" in flat.note and not flat.value.size
    assert [clamped(axes, 3) for axes in ((0, 1), (5, 9), (0, 0), (2, 7))] == [(0, 1), (2, 1), (0, 1), (2, 1)]


def test_the_note_says_what_the_condition_means():
    def note(**changes: object) -> str:
        return surface(Run(descent(optimizer="closed_form", **changes)), View()).note

    assert "zigzags" in note(model__order=9) and "round" in note(model__order=3, model__basis="legendre")
    assert "∞" in note(model__order=20) and "zigzags" in note(model__order=20, model__ln_lambda=-5.0)
