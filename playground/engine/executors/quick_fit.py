"""Polynomials in float64, by orthogonal factorisations, where that is good enough. Called by `polynomial_fit.py`.

Each solution comes with a bound on its error, by the perturbation theory of least squares (Higham 2002, theorem
20.1, norms of Frobenius): for a matrix S, right-hand side b and residual r, with K = S^+,

    ||K' b' - K b|| <= u m (||K|| (||S|| ||c|| + ||b||) + ||K||^2 ||S|| ||r||) + ...

where the first factor ||K|| becomes ||C K|| for the weights w = C c that are shown. A solution whose bound is more
than KEPT of its norm is not given: decimal arithmetic finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial.chebyshev import chebvander

from playground.engine.executors.base import Floats
from playground.engine.executors.basis_fit import triangle
from playground.engine.executors.exact import Shown, chebyshev_in_floats

if TYPE_CHECKING:
    from playground.engine.executors.polynomial_fit import Data, Penalty, PolynomialFit

KEPT = 1e-8
UNIT = 2.0**-53


def least_squares(
    data: Data, orders: Sequence[int], penalty: Penalty, shown: Shown
) -> dict[int, PolynomialFit]:
    """Fits that the points and the penalty determine, of those orders for which float64 is good enough."""
    if not len(orders):
        return {}
    top = max(orders)
    C = chebyshev_in_floats(shown, data.centre, data.half_width, top)
    A = chebvander((data.x - data.centre) / data.half_width, top)
    R = triangle(np.column_stack([A, data.t]))
    with np.errstate(all="ignore"):
        found = _in_chebyshev(data, orders, penalty, R, C)
        rest = [m for m in orders if m not in found]
        if rest and penalty.strength:
            found |= _in_basis(data, rest, penalty, shown)
    return found


def _in_chebyshev(
    data: Data, orders: Sequence[int], penalty: Penalty, R: Floats, C: Floats
) -> dict[int, PolynomialFit]:
    """By the triangle of [A t; sqrt(lambda) P C 0], whose leading blocks are those of the lower orders."""
    from playground.engine.executors.polynomial_fit import is_coarse, rounded

    m = len(C)
    if penalty.strength:
        rows = penalty.strength**0.5 * C[penalty.first :]
        R = triangle(np.vstack([R, np.column_stack([rows, np.zeros(len(rows))])]))
    if len(R) < m:
        return {}
    try:
        K = np.linalg.inv(R[:m, :m])  # without pivoting, because it is a triangle: leading blocks are inverses too
    except np.linalg.LinAlgError:
        return {}
    y, G = R[:m, m], C @ K
    of_S, of_K, of_G = (np.sqrt(np.cumsum(np.square(B).sum(axis=0))) for B in (R[:, :m], K, G))
    left = np.sqrt(np.append(np.cumsum(np.square(R[:, m])[::-1])[::-1], 0.0))
    size_t, found = float(np.linalg.norm(data.t)), {}
    for order in orders:
        j = order + 1
        c = K[:j, :j] @ y[:j]
        w = C[:j, :j] @ c
        solved = of_G[order] * (of_S[order] * (np.linalg.norm(c) + of_K[order] * left[j]) + size_t)
        converted = np.linalg.norm(np.abs(C[:j, :j]) @ np.abs(c))
        if UNIT * j * (solved + converted) <= KEPT * np.linalg.norm(w) and not is_coarse(data, c):
            found[order] = rounded(data, w, c, "penalised" if penalty.strength else "unique")
    return found


def _in_basis(data: Data, orders: Sequence[int], penalty: Penalty, shown: Shown) -> dict[int, PolynomialFit]:
    """By the singular values of [V; sqrt(lambda) P], V the basis shown: well conditioned where the penalty is strong,
    which is where the rows of the penalty are too large for the other way."""
    from playground.engine.executors.polynomial_fit import is_coarse, rounded

    found: dict[int, PolynomialFit] = {}
    top = max(orders)
    V = np.asarray(shown.design(data.x, top))
    R = triangle(np.column_stack([V, data.t]))
    if not np.isfinite(R).all():
        return found
    y, size_t, own = R[:, -1], float(np.linalg.norm(data.t)), np.eye(top + 1)[penalty.first :]
    for order in orders:
        j = order + 1
        S = np.vstack([R[:, :j], penalty.strength**0.5 * own[: j - penalty.first, :j]])
        U, d, Vt = np.linalg.svd(S, full_matrices=False)
        w = Vt.T @ ((U[: len(y)].T @ y) / d)
        r = np.linalg.norm(S @ w - np.append(y, np.zeros(len(S) - len(y))))
        bound = (d[0] * np.linalg.norm(w) + size_t) / d[-1] + d[0] * r / d[-1] ** 2
        c = _chebyshev_of(data, shown, w)
        if UNIT * j * bound <= KEPT * np.linalg.norm(w) and c is not None and not is_coarse(data, c):
            found[order] = rounded(data, w, c, "penalised")
    return found


def minimum_norm(data: Data, orders: Sequence[int], shown: Shown) -> dict[int, PolynomialFit]:
    """Smallest ||w|| of those that pass through the mean target of each distinct x, where float64 is good enough."""
    from playground.engine.executors.polynomial_fit import is_coarse, rounded

    found: dict[int, PolynomialFit] = {}
    if not len(orders):
        return found
    distinct, which = np.unique(data.x, return_inverse=True)
    t = np.bincount(which, weights=data.t) / np.bincount(which)
    with np.errstate(all="ignore"):
        whole = np.asarray(shown.design(distinct, max(orders)))
        for order in orders:
            V = whole[:, : order + 1]
            if not np.isfinite(V).all():
                continue
            U, d, Vt = np.linalg.svd(V, full_matrices=False)
            w = Vt.T @ ((U.T @ t) / d)
            bound = 2.0 * d[0] / d[-1] * np.linalg.norm(w) + np.linalg.norm(t) / d[-1]
            c = _chebyshev_of(data, shown, w)
            good = UNIT * V.shape[1] * bound <= KEPT * np.linalg.norm(w) and c is not None
            if good and c is not None and not is_coarse(data, c):
                found[order] = rounded(data, w, c, "minimum_norm")
    return found


def _chebyshev_of(data: Data, shown: Shown, w: Floats) -> Floats | None:
    """Coefficients of T_k(z) of the curve with the weights w, from its values at the zeros of T_m; None where its
    terms cancel so much that eight digits of the targets would be lost."""
    m = len(w)
    angle = np.pi * (np.arange(m) + 0.5) / m
    V = np.asarray(shown.design(data.centre + data.half_width * np.cos(angle), m - 1))
    if not UNIT * m * float((np.abs(V) @ np.abs(w)).max()) <= KEPT * float(np.abs(data.t).max()):
        return None
    c = 2.0 / m * (np.cos(np.arange(m)[:, None] * angle) @ (V @ w))
    c[0] /= 2.0
    return np.asarray(c, dtype=np.float64)
