"""Pictures of units and the hidden space show what stands at the units: computed here by plain matrix products."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine import hidden_space as hs
from playground.engine import network_units as units
from playground.engine.snapshot import View
from playground.engine.trainer import Run

PLANE = View((-6.0, 6.0), (-4.0, 4.0), 20)
N_UNITS = (2, 5, 4, 5, 2)


def trained(executor: str) -> Run:
    """A network with an identity and two projections past its layers."""
    run = Run(ex.change(ex.default("classify"), {
        "data.n": 80, "model.hidden": N_UNITS[1:-1], "model.skips": ("0-2p", "1-3", "0-4p"),
        "model.activations": ("relu", "tanh", "sigmoid"), "training.precision": "float64",
        "training.executor": executor, "training.device": "cpu",
    }))  # fmt: skip
    run.run_epochs(20)
    return run


def by_torch(run: Run, X: np.ndarray) -> list[torch.Tensor]:
    """What stands at each layer, the inputs first and the sums of the output last, for coordinates X [n, 2]."""
    w = {name: torch.tensor(value, dtype=torch.float64) for name, value in run.weights().items()}

    def sums(layer: int, before: torch.Tensor) -> torch.Tensor:
        return before @ w[f"{layer - 1}.weight"].T + w[f"{layer - 1}.bias"]

    x = torch.tensor(X)
    first = torch.relu(sums(1, x))
    second = torch.tanh(sums(2, first) + x @ w["skip.0-2.weight"].T)
    third = torch.sigmoid(sums(3, second) + first)
    return [x, first, second, third, sums(4, third) + x @ w["skip.0-4.weight"].T]


def middles(view: View, side: int) -> np.ndarray:
    """[side * side, 2]: the middles of the cells of a picture, row by row from the lowest."""
    (x0, x1), (y0, y1) = view.x, view.y
    share = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0)), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("executor", ["fused", "torch"])
def test_thumbnails_are_what_torch_computes_there(executor: str) -> None:
    run = trained(executor)
    shown = run.summarize("network", PLANE)
    side = units.THUMBNAIL
    assert tuple(len(layer) for layer in shown.units) == N_UNITS
    x, first, second, third, last = (layer.numpy() for layer in by_torch(run, middles(PLANE, side)))
    for pictures, values in zip(shown.units, (
        x / np.maximum(np.abs(x).max(axis=0), 1.0), first / np.maximum(np.abs(first).max(axis=0), 1.0), second,
        2.0 * third - 1.0, 2.0 * torch.softmax(torch.tensor(last), dim=1).numpy() - 1.0,
    ), strict=True):  # fmt: skip
        np.testing.assert_allclose(pictures.reshape(len(pictures), -1).T, values, rtol=0, atol=1e-6)


@pytest.mark.parametrize("executor", ["fused", "torch"])
def test_the_hidden_space_of_each_layer_is_what_torch_computes_there(executor: str) -> None:
    run = trained(executor)
    grid = hs.plane_lines(PLANE, 2)
    at_points, on_grid = by_torch(run, run.problem.points.X), by_torch(run, grid.reshape(-1, 2))
    for layer, pair in ((1, (4, 0)), (2, (1, 3)), (3, (0, 2))):
        shown = run.summarize("hidden", View(PLANE.x, PLANE.y, 20, layer=layer, pair=pair))
        np.testing.assert_allclose(shown.at, at_points[layer].numpy()[:, pair], rtol=0, atol=1e-10)
        lines = on_grid[layer].numpy()[:, pair].reshape(*grid.shape[:2], 2)
        np.testing.assert_allclose(shown.lines, lines, rtol=0, atol=1e-10)
    shown = run.summarize("hidden", View(PLANE.x, PLANE.y, 20, layer=2))
    away = at_points[2].numpy() - at_points[2].numpy().mean(axis=0)
    best = np.linalg.svd(away, compute_uv=False)
    assert np.linalg.norm(shown.at) == pytest.approx(np.linalg.norm(best[:2])), "the plane of the most variance"
