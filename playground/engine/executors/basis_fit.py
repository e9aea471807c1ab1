"""Least squares in the basis that is shown, in float64, for models linear in their weights. Never normal equations.

    E(w) = 1/2 sum_n (sum_j w_j phi_j(x_n) - t_n)^2 + lambda/2 sum_{j>=1} w_j^2      (w_0 too if asked)

(Bishop & Bishop 2024, equations 1.2 and 1.4.) A singular value decomposition gives the weights, and says how many of
them the points determine: singular values below max(n, m) * 2^-52 of the largest are smaller than what rounding the
numbers of the design matrix to float64 does to them (Golub & Van Loan 5.4.1), so nothing is known of their
directions. There the weights are zero, which makes them the smallest of all that fit as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from playground.engine.executors.base import Floats
from playground.engine.models.linear import LinearSpec

Kind = Literal["unique", "penalised", "minimum_norm"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A solved model.

    w           [n_weights] of the basis shown, float64
    kind        "unique", "penalised", or "minimum_norm" where the points leave weights undetermined
    n_distinct  number of different x among the training points
    rank        how many weights (of `kind` minimum_norm) the points determine
    seconds     what the solution took
    """

    w: Floats
    kind: Kind
    n_distinct: int
    rank: int
    seconds: float

    def __call__(self, x: Floats) -> Floats:
        """The curve [k] at x [k]."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class BasisFit(Fitted):
    """One whose curve is the sum of its basis functions."""

    model: LinearSpec
    x_range: tuple[float, float]

    def __call__(self, x: Floats) -> Floats:
        return np.asarray(self.model.design(x, self.x_range) @ self.w, dtype=np.float64)


def fit_basis(model: LinearSpec, x_range: tuple[float, float], x: Floats, t: Floats) -> BasisFit:
    """The best weights for the points x, t [n], n > 0."""
    w, rank = solve(model.design(x, x_range), t, model.strength(), model.penalise_bias)
    kind: Kind = "penalised" if model.strength() else "unique" if rank == len(w) else "minimum_norm"
    return BasisFit(w, kind, len(np.unique(x)), int(rank), 0.0, model, x_range)


def solve(A: Floats, t: Floats, strength: float, penalise_bias: bool) -> tuple[Floats, Any]:
    """(weights [..., m], rank [...]) for design matrices A [..., n, m], first column 1, and targets t [..., n].

    strength: lambda. A constant that is not penalised takes whatever is left of the mean, so the other weights are
    those of columns and targets without their means; the rank is then that of these columns, and one.
    """
    centred = strength > 0.0 and not penalise_bias
    if centred:
        mean, middle = A[..., 1:].mean(axis=-2, keepdims=True), t.mean(axis=-1, keepdims=True)
        w, rank = _filtered(A[..., 1:] - mean, t - middle, strength)
        first = middle - (mean @ w[..., None])[..., 0]
        return np.concatenate([first, w], axis=-1), rank + 1
    return _filtered(A, t, strength)


def _filtered(A: Floats, t: Floats, strength: float) -> tuple[Floats, Any]:
    """w = V diag(d / (d^2 + lambda)) U' t, where d can be told from zero."""
    n, m = A.shape[-2:]
    if not m:
        return np.zeros((*A.shape[:-2], 0)), np.zeros(A.shape[:-2], dtype=np.int64)
    if n > 2 * m:  # a triangle has the same singular values, and is much smaller
        Q, R = np.linalg.qr(A)
        A, t = R, (np.swapaxes(Q, -1, -2) @ t[..., None])[..., 0]
    U, d, Vt = np.linalg.svd(A, full_matrices=False)
    known = d > tolerance(n, m) * d[..., :1]
    share = np.where(known, d / np.where(known, d * d + strength, 1.0), 0.0)
    along = (np.swapaxes(U, -1, -2) @ t[..., None])[..., 0]
    return (np.swapaxes(Vt, -1, -2) @ (share * along)[..., None])[..., 0], known.sum(axis=-1)


def triangle(A: Floats) -> Floats:
    """R [min(n, m), m] with A = Q R, Q orthogonal."""
    found: Any = np.linalg.qr(A, mode="r")
    return np.asarray(found, dtype=np.float64)


def tolerance(n: int, m: int) -> float:
    """Relative to the largest singular value of [n, m]: below it nothing is known of the others."""
    return max(n, m) * 2.0**-52
