"""The hidden space is what the layer says, steady from picture to picture; histograms count every number once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine import hidden_space as hs
from playground.engine import spread
from playground.engine.inside import HiddenSpace, Histograms
from playground.engine.points import EMPTY_2D
from playground.engine.snapshot import Lines, View, freeze
from playground.engine.trainer import Run

PLANE = View((-6.0, 6.0), (-6.0, 6.0), 20)


def plane(epochs: int = 3, **changes: Any) -> Run:
    run = Run(ex.change(ex.default("classify"), {"data.n": 80, "model.hidden": (5, 3)} | changes))
    run.run_epochs(epochs)
    return run


def space(run: Run, **view: Any) -> HiddenSpace:
    found = freeze(run.summarize("hidden", View(PLANE.x, PLANE.y, 20, **view)))
    assert isinstance(found, HiddenSpace)
    return found


def by_torch(run: Run, X: np.ndarray, layer: int) -> np.ndarray:
    w, a = run.weights(), torch.tensor(X)
    for i in range(layer):
        a = torch.tanh(a @ torch.tensor(w[f"{i}.weight"]).double().T + torch.tensor(w[f"{i}.bias"]).double())
    return a.numpy()


def test_two_units_are_shown_as_torch_computes_them() -> None:
    run = plane()
    shown = space(run, layer=1, pair=(3, 1))
    X = run.problem.points.X
    np.testing.assert_allclose(shown.at, by_torch(run, X, 1)[:, [3, 1]], atol=1e-10)
    assert (shown.ids == run.problem.points.ids).all() and (shown.x_label, shown.y_label) == ("unit 4", "unit 2")
    grid = hs.plane_lines(PLANE, 2)
    assert shown.lines.shape == (*grid.shape[:2], 2)
    np.testing.assert_allclose(shown.lines[7], by_torch(run, grid[7], 1)[:, [3, 1]], atol=1e-10)


def test_principal_components_explain_what_they_say() -> None:
    run = plane(30)
    shown = space(run)
    a = by_torch(run, run.problem.points.X, 2)
    assert (shown.layer, shown.n_units, shown.pair) == (2, 3, None)
    values = np.linalg.svd(a - a.mean(axis=0), compute_uv=False) ** 2
    assert sum(shown.explained) == pytest.approx(values[:2].sum() / values.sum())
    inside = np.linalg.norm(shown.at[:, None] - shown.at[None], axis=2)
    assert (inside <= np.linalg.norm(a[:, None] - a[None], axis=2) + 1e-9).all(), "a projection shortens distances"


def test_the_picture_does_not_flip_while_training() -> None:
    run = plane(0, **{"model.hidden": (8, 8), "data.n": 120})
    before = space(run)
    for _ in range(60):
        run.run_epochs(2)
        now = space(run)
        size = np.abs(before.at).max()
        assert np.linalg.norm(now.at - before.at, axis=1).mean() < 0.5 * size
        before = now


@pytest.mark.parametrize("flip", [np.diag([1.0, -1.0]), -np.eye(2), np.array([[0.0, 1.0], [1.0, 0.0]])])
def test_axes_are_turned_back(flip: np.ndarray) -> None:
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(6, 2)))[0]
    np.testing.assert_allclose(hs.aligned(axes @ flip, axes), axes, atol=1e-12)


def test_the_regions_are_what_the_network_says_there() -> None:
    run = plane(20, **{"model.hidden": (4, 2)})
    shown = space(run)
    assert shown.pair == (0, 1) and shown.regions.shape == (hs.CELLS, hs.CELLS, 2)
    w, b = run.weights()["2.weight"], run.weights()["2.bias"]
    step = (shown.x[1] - shown.x[0]) / hs.CELLS
    corner = np.array([shown.x[0] + step / 2, shown.y[0] + step / 2])
    z = w @ corner + b
    np.testing.assert_allclose(shown.regions[0, 0], np.exp(z) / np.exp(z).sum(), rtol=1e-5)
    assert not space(run, layer=1).regions.size, "the first layer is not all that the output sees"
    assert space(plane(**{"model.hidden": (2,), "data.kind": "reg-plane"})).regions.shape == (hs.CELLS, hs.CELLS)


@pytest.mark.parametrize(("changes", "note"), [
    ({"model.hidden": ()}, "no hidden layer"), ({"data.points": EMPTY_2D}, "no points"),
])  # fmt: skip
def test_where_there_is_nothing_to_see_it_says_why(changes: dict, note: str) -> None:
    assert note in space(plane(**changes)).note


def test_one_unit_and_a_curve_lie_on_a_line() -> None:
    one = space(plane(**{"model.hidden": (1,)}))
    assert (one.at[:, 1] == 0).all() and one.explained == pytest.approx((1.0, 0.0))
    run = Run(ex.change(ex.default("curve"), {"model.kind": "mlp", "model.hidden": (4,)}))
    shown = run.summarize("hidden", View((0.0, 1.0), (-1, 1)))
    assert shown.lines.shape == (1, 5 * hs.N_ALONG, 2) and shown.n_classes == 0


# ---- histograms and gradients ----
def test_every_number_is_counted_once() -> None:
    run = plane(**{"model.activations": ("relu", "tanh")})
    shown = freeze(run.summarize("histograms", PLANE))
    assert isinstance(shown, Histograms) and [row.name for row in shown.layers] == ["layer 1", "layer 2", "output"]
    n = run.n_train
    for row, units, before in zip(shown.layers, (5, 3, 2), (2, 5, 3), strict=True):
        for histogram, many in ((row.activations, n * units), (row.weights, units * before),
                                (row.gradients, units * before)):  # fmt: skip
            assert histogram.counts.sum() + histogram.beyond == many
            assert len(histogram.edges) == len(histogram.counts) + 1 and (np.diff(histogram.edges) > 0).all()
    assert tuple(shown.layers[1].activations.edges[[0, -1]]) == (-1.0, 1.0)


def test_dead_and_saturated_units_are_counted() -> None:
    run = plane(**{"model.activations": ("relu", "tanh")})
    w = run.weights()
    run.executor.load(w | {"0.bias": np.array([-99.0, -99, 0, 0, 0]), "1.bias": np.array([30.0, 0, -30])}, {})
    first, second, _ = run.summarize("histograms", PLANE).layers
    assert (first.dead, first.saturated, second.dead, second.saturated) == (2, 0, 0, 2)


def test_bins_stay_while_the_numbers_grow_a_little() -> None:
    values = np.random.default_rng(0).normal(size=500)
    assert (spread.histogram(values).edges == spread.histogram(1.05 * values).edges).all()
    assert spread.histogram(np.zeros(3)).counts.sum() == 3 and spread.histogram(np.full(2, np.nan)).beyond == 2


def test_gradients_are_followed_and_forgotten_with_the_run() -> None:
    run = plane(0)
    chart = run.summarize("gradients", PLANE)
    assert isinstance(chart, Lines) and [s.label for s in chart.series] == ["layer 1", "layer 2", "output"]
    for _ in range(5):
        run.run_epochs(3)
        chart = run.summarize("gradients", PLANE)
    assert list(chart.series[0].x) == [0.0, 3.0, 6.0, 9.0, 12.0, 15.0] and (chart.series[0].y > 0).all()
    run.seek(9)
    assert list(run.summarize("gradients", PLANE).series[0].x)[-1] == 9.0
    run.run_epochs(1)
    assert list(run.summarize("gradients", PLANE).series[0].x)[-2:] == [9.0, 10.0], "another future"
    run.rewind()
    assert list(run.summarize("gradients", PLANE).series[0].x) == [0.0]


def test_the_path_of_the_gradients_is_thinned() -> None:
    run = plane(0, **{"data.n": 20})
    for _ in range(spread.MOST_KEPT + 20):
        run.step_batch()
        run.gradient_path.offer(run)
    epochs, norms = run.gradient_path.until(1e9)
    assert len(epochs) <= spread.MOST_KEPT and norms.shape == (len(epochs), 3) and (np.diff(epochs) > 0).all()
