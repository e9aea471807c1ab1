"""What the design matrix of a linear model says before any target is known.

All take (model, x, x_range): a model linear in its weights, the inputs x [n] of the training points, n > 0, and
`problem.x_range`, over which its basis is laid out. Phi [n, m] is its design matrix, P the diagonal of the penalty
(0 for w_0 unless it is penalised, 1 for the others). In float64 by orthogonal factorisations; polynomials are taken
apart into Chebyshev polynomials on the range of x, so that powers of x cost no digits.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from playground.engine.executors.base import Floats
from playground.engine.executors.basis_fit import tolerance, triangle
from playground.engine.executors.exact import chebyshev_in_floats, shown_of
from playground.engine.models.linear import LinearSpec
from playground.engine.models.polynomial import Polynomial


def condition_number(model: LinearSpec, x: Floats, x_range: tuple[float, float]) -> float:
    """The largest singular value of Phi over the smallest, without the penalty; inf where Phi has not full rank.

    For polynomials the smallest is 1/||C A^+|| with Phi C = A, A in Chebyshev polynomials: a largest singular value
    again, which float64 gives in full where the smallest of Phi itself would drown in rounding.
    """
    Phi = model.design(x, x_range)
    n, m = Phi.shape
    if not isinstance(model, Polynomial):
        d = np.linalg.svd(Phi, compute_uv=False)
        return float(d[0] / d[-1]) if n >= m and d[-1] > tolerance(n, m) * d[0] else np.inf
    if len(np.unique(x)) < m:
        return np.inf
    A, C = _chebyshev(model, x, x_range)
    with np.errstate(all="ignore"):
        try:
            inverse = C @ np.linalg.inv(triangle(A))
        except np.linalg.LinAlgError:
            return np.inf
        if not (np.isfinite(inverse).all() and np.isfinite(Phi).all()):
            return np.inf
        return float(np.linalg.norm(Phi, 2) * np.linalg.norm(inverse, 2))


def effective_parameters(model: LinearSpec, x: Floats, x_range: tuple[float, float]) -> float:
    """gamma, the trace of the hat matrix: how many weights the points decide, the others being held by the penalty.

    sum_i d_i^2/(d_i^2 + lambda) over the singular values d of Phi (of its columns without their means, and 1 for w_0,
    where w_0 is not penalised); the rank without a penalty (Bishop 2006, section 3.5.3).
    """
    return float(leverages(model, x, x_range).sum())


def leverages(model: LinearSpec, x: Floats, x_range: tuple[float, float]) -> Floats:
    """[n] diagonal of the hat matrix Phi (Phi' Phi + lambda P)^-1 Phi': what each fitted value owes to its own target.

    Each is at most 1. The error of leaving a point out is (y_n - t_n)/(1 - h_n) (Hastie et al. 2009, section 7.10).
    """
    if isinstance(model, Polynomial):
        return _of_polynomial(model, x, x_range)
    Phi, strength = model.design(x, x_range), model.strength()
    n, m = Phi.shape
    found = np.zeros(n)
    if strength and not model.penalise_bias:
        Phi, found = Phi[:, 1:] - Phi[:, 1:].mean(axis=0), np.full(n, 1.0 / n)
    if not Phi.shape[1]:
        return found
    U, d, _ = np.linalg.svd(Phi, full_matrices=False)
    share = np.where(d > tolerance(n, m) * d[0], d * d / np.where(d > 0, d * d + strength, 1.0), 0.0)
    return np.asarray(found + np.square(U) @ share, dtype=np.float64)


def _chebyshev(model: Polynomial, x: Floats, x_range: tuple[float, float]) -> tuple[Floats, Floats]:
    """A [n, m] and C [m, m] with Phi C = A: Chebyshev polynomials on the range of x, and their weights as shown."""
    low, high = float(x.min()), float(x.max())
    centre, half_width = low / 2 + high / 2, high / 2 - low / 2 or 1.0
    C = chebyshev_in_floats(shown_of(model, x_range), centre, half_width, model.order)
    return np.asarray(chebvander((x - centre) / half_width, model.order), dtype=np.float64), C


def _of_polynomial(model: Polynomial, x: Floats, x_range: tuple[float, float]) -> Floats:
    """Row norms of A R^-1, squared, R the triangle of [A; sqrt(lambda) P C]. The largest rows lead: those of the
    penalty may be 1e10 times those of the points, which would drown in them (Cox & Higham 1998)."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    strength = model.strength()
    if not strength and len(counts) <= model.order + 1:
        return np.asarray(1.0 / counts[which])  # the curve passes through the mean of each place
    A, C = _chebyshev(model, x, x_range)
    rows = np.vstack([A, strength**0.5 * C[0 if model.penalise_bias else 1 :]]) if strength else A
    rows = rows[np.argsort(-np.abs(rows).max(axis=1), kind="stable")]
    R = triangle(rows)
    B = A.copy()
    for j in range(R.shape[1]):  # B R = A, column by column: R is graded, and no general solver knows that
        B[:, j] = (A[:, j] - B[:, :j] @ R[:j, j]) / R[j, j]
    return np.asarray(np.square(B).sum(axis=1), dtype=np.float64)
