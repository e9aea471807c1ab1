"""The error of a linear model over two of its weights, the others at their values now: a bowl, or a valley.

    E(w) = 1/2 ||Phi w - t||^2 + lambda/2 sum w_j^2

is quadratic, so with the gradient g and the second derivative H over the two weights, at the weights in force,
E(w + delta) = E(w) + g' delta + 1/2 delta' H delta exactly. Called by the curve lab, shown as contours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.engine.charts import own
from playground.engine.linear_algebra import condition_number
from playground.engine.snapshot import Surface, View

if TYPE_CHECKING:
    from playground.engine.executors.base import Floats
    from playground.engine.models.linear import LinearSpec
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

CELLS = 80
"""Along one side."""
RISE = 0.1
"""The bowl is shown at least so far up, as a share of the error of the best constant."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FURTHEST = 1e100
"""Weights beyond it (of a run that diverges) are not drawn."""


@dataclass(frozen=True, eq=False)
class Bowl:
    """E over two weights: E(here + delta) = error + g' delta + 1/2 delta' H delta."""

    here: Floats
    error: float
    g: Floats
    H: Floats

    def __call__(self, points: Floats) -> Floats:
        """E [...] at points [..., 2]."""
        delta = points - self.here
        found: Floats = self.error + delta @ self.g + 0.5 * ((delta @ self.H) * delta).sum(axis=-1)
        return found

    @property
    def minimum(self) -> Floats:
        """(x, y) of the least E; the nearest one where there is a whole line of them."""
        found: Floats = self.here - np.linalg.pinv(self.H, hermitian=True) @ self.g
        return found

    def half_widths(self, rise: float) -> Floats:
        """[2]: how far the ellipse E = least E + rise reaches along the axes."""
        h, V = np.linalg.eigh(self.H)
        h = np.maximum(h, 1e-12 * max(h[-1], 1e-300))
        found: Floats = np.sqrt(2.0 * rise * (np.square(V) / h).sum(axis=1))
        return found


def bowl(run: Run, axes: tuple[int, int]) -> Bowl:
    """E of a run of a linear model over the weights `axes`, around the weights in force."""
    model, train, w = run.experiment.model, run.problem.train, run.weights()["w"]
    columns = model.design(train.X[:, 0], run.problem.x_range)[:, axes]
    residual = run.raw(train.X)[:, 0] - train.t
    strength = model.strength() * model.penalised()
    error = 0.5 * float(residual @ residual) + 0.5 * float(strength @ (w * w))
    pair = list(axes)
    g = columns.T @ residual + strength[pair] * w[pair]
    return Bowl(w[pair], error, g, columns.T @ columns + np.diag(strength[pair]))


def surface(run: Run, view: View) -> Surface | None:
    """E over the weights `view.axes`; None for other models and where there is nothing to learn from."""
    model = run.experiment.model
    if not model.linear or not run.n_train:
        return None
    if model.n_weights() < 2:
        return Surface(title="Error surface", note="There is one weight only: raise M, and two span a surface.")
    axes = clamped(view.axes, model.n_weights())
    names = model.weight_names()
    with np.errstate(all="ignore"):
        if not run.executor.finite():
            return Surface(title="Error surface", note="The weights are no longer finite.")
        found = bowl(run, axes)
        path = _path(run, axes)
        x, y = _ranges(found, path, 0.5 * float(np.square(run.problem.train.t - run.problem.train.t.mean()).sum()))
        value = found(np.stack(np.meshgrid(x, y), axis=-1))
        minimum = found.minimum
    return Surface(
        title="Error surface", x=own(x), y=own(y), value=own(value), x_label=names[axes[0]], y_label=names[axes[1]],
        path=own(path), here=(float(found.here[0]), float(found.here[1])),
        minimum=(float(minimum[0]), float(minimum[1])), note=note(run),
    )  # fmt: skip


def clamped(axes: tuple[int, int], n_weights: int) -> tuple[int, int]:
    """Two different weights that exist, as near as can be to those asked for."""
    first, second = (min(max(axis, 0), n_weights - 1) for axis in axes)
    if first == second:
        second = first - 1 if first else 1
    return first, second


def _path(run: Run, axes: tuple[int, int]) -> Floats:
    """[k, 2] of a run that iterates, up to the weights in force; empty for one that is solved."""
    if run.path is None:
        return np.zeros((0, 2))
    before, now = run.path.until(run.epoch), run.weights()["w"][None]
    found = np.vstack([before, now]) if len(before) else now
    found = found[:, axes]
    return found[(np.abs(found) < FURTHEST).all(axis=1)]


def _ranges(bowl: Bowl, path: Floats, spread: float) -> tuple[Floats, Floats]:
    """[CELLS] along each axis, around the minimum, the path and the bowl."""
    least = float(bowl(bowl.minimum))
    reach = bowl.half_widths(max(RISE * spread, least, 1e-12 * (1.0 + abs(bowl.error))))
    corners = np.vstack([bowl.minimum - reach, bowl.minimum + reach, path, bowl.here[None]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = 0.08 * (high - low) + 1e-12 * np.abs(high)
    x, y = (np.linspace(a, b, CELLS) for a, b in zip(low - margin, high + margin, strict=True))
    return x, y


def _readable(value: float) -> str:
    """ "86.3", "1.5·10⁷" """
    if value < 1e4:
        return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}"


@lru_cache(maxsize=16)
def condition_of(model: LinearSpec, problem: Problem) -> float:
    """How many times longer than wide the valley of E is, penalty included, for the training points (at least one)."""
    x = problem.train.X[:, 0]
    if not model.strength():
        return condition_number(model, x, problem.x_range)
    rows = model.strength() ** 0.5 * np.eye(model.n_weights())[model.penalised()]
    d = np.linalg.svd(np.vstack([model.design(x, problem.x_range), rows]), compute_uv=False)
    return float(d[0] / d[-1]) if d[-1] > 0 else np.inf


def note(run: Run) -> str:
    """The condition number of the whole problem, penalty included, and what it means for descent.

    A level of E is an ellipsoid whose longest axis is that many times its shortest; plain descent needs of the order
    of its square steps (Bishop & Bishop 2024, section 7.3).
    """
    condition = condition_of(run.experiment.model, run.problem)
    if not np.isfinite(condition):
        return "Condition number ∞: the points leave some weights open, and along those the valley is level."
    said = f"Condition number {_readable(condition)}"
    if condition < 10:
        return f"{said}: the bowl is nearly round, and descent runs straight to its bottom."
    return f"{said}: the valley is that many times longer than wide; descent zigzags across it and crawls along it."
