"""Polynomials of all orders, for every penalty and every fold, in one compiled call that lets go of the interpreter;
and the fits to many resampled sets of points.

The same objective as `closed_form.py`, in float64 instead of decimal arithmetic: its errors agree with the exact
errors to 1e-8 for points that are spread evenly around zero or from it, up to order 20, and to 1e-3 on [5, 6], where
powers of x are far more alike (tests/engine/test_sweep.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from playground.engine import compiled
from playground.engine.executors.base import Floats
from playground.engine.executors.basis_fit import solve
from playground.engine.executors.exact import POWERS, Shown, chebyshev_in_floats, shown_of
from playground.engine.models.linear import LinearSpec
from playground.engine.models.polynomial import Polynomial


@dataclass(frozen=True, eq=False)
class Sweep:
    """Mean squared errors [orders, penalties, folds]; NaN where the points do not determine the weights.

    train, held_out       of the points that the fold was trained on, and of those that were held out
    n_train, n_held_out   [folds] how many these are
    """

    orders: tuple[int, ...]
    ln_lambdas: tuple[float | None, ...]
    train: Floats
    held_out: Floats
    n_train: NDArray[np.int64]
    n_held_out: NDArray[np.int64]

    @property
    def n_fits(self) -> int:
        """Trainings that it took."""
        return self.train.size


def ridge_sweep(
    x: Floats, t: Floats, orders: Sequence[int], ln_lambdas: Sequence[float | None], folds: NDArray[np.int64],
    penalise_bias: bool = False, shown: Shown = POWERS,
) -> Sweep:  # fmt: skip
    """Fits to x, t [n] with each fold held out in turn; the penalty is on the weights of the basis `shown`.

    folds [n]: the number of the fold that a point is held out in, from 0 on; -1 for never. All -1: one fold, in
    which nothing is held out. ln_lambdas: None means no penalty. Raises ValueError for nothing to sweep over and
    for a fold without points to train on, compiled.Unavailable without the kernels.
    """
    if not len(orders) or not len(ln_lambdas):
        raise ValueError("A sweep needs at least one order and one penalty.")
    if min(orders) < 0:
        raise ValueError(f"An order must be 0 or more, not {min(orders)}.")
    n_folds = max(1, int(folds.max(initial=-1)) + 1)
    held = folds == np.arange(n_folds)[:, None]
    n_train = len(x) - held.sum(axis=1)
    if not n_train.min():
        raise ValueError(f"Fold {int(n_train.argmin())} leaves no point to train on.")
    rows = np.argsort(held, axis=1, kind="stable")
    distinct = [len(np.unique(x[row[:n]])) for row, n in zip(rows, n_train, strict=True)]
    kernels, top = compiled.load("ridge"), max(orders)
    basis = _Basis.of(x, top, shown)
    found = np.empty((2, top + 1, len(ln_lambdas), n_folds))
    roots = np.array([_root(value) for value in ln_lambdas])
    kernels.sweep(
        basis.at(x), np.array(t, dtype=float), basis.to_shown, roots, 0 if penalise_bias else 1, rows, n_train,
        np.array(distinct), found,
    )  # fmt: skip
    found = found[:, list(orders)]
    n_held_out = len(x) - n_train
    with np.errstate(invalid="ignore"):
        train, held_out = found[0] / n_train, found[1] / n_held_out
    return Sweep(tuple(orders), tuple(ln_lambdas), train, held_out, n_train, n_held_out)


def resampled_fits(
    model: LinearSpec, x_range: tuple[float, float], x: Floats, t: Floats, rows: NDArray[np.int64], at: Floats
) -> Floats:
    """Curves [K, k] at the places `at` [k] of the fits of a model to the points x[rows], t[rows], rows [K, n]."""
    if isinstance(model, Polynomial):
        shown = shown_of(model, x_range)
        return ridge_fits(x, t, rows, model.order, model.ln_lambda, at, model.penalise_bias, shown)
    w, _ = solve(model.design(x, x_range)[rows], t[rows], model.strength(), model.penalise_bias)
    found: Floats = w @ model.design(at, x_range).T
    return found


def ridge_fits(
    x: Floats, t: Floats, rows: NDArray[np.int64], order: int, ln_lambda: float | None, at: Floats,
    penalise_bias: bool = False, shown: Shown = POWERS,
) -> Floats:  # fmt: skip
    """Curves [K, k] at the places `at` [k] of the fits to the points x[rows], t[rows], rows [K, n].

    Without a penalty a set with no more than `order` different x gets the highest order that they determine.
    """
    kernels, basis = compiled.load("ridge"), _Basis.of(x, order, shown)
    distinct = np.array([len(np.unique(x[row])) for row in rows], dtype=np.int64)
    found = np.empty((len(rows), len(at)))
    kernels.fits(
        basis.at(x), np.array(t, dtype=float), basis.to_shown, _root(ln_lambda),
        0 if penalise_bias else 1, np.array(rows), distinct, np.ascontiguousarray(basis.at(at).T), found,
    )  # fmt: skip
    return found


def _root(ln_lambda: float | None) -> float:
    """The square root of lambda; 0 for no penalty."""
    return 0.0 if ln_lambda is None else float(np.exp(0.5 * ln_lambda))


@dataclass(frozen=True, eq=False)
class _Basis:
    """Chebyshev polynomials up to degree `top` on the range of x; to_shown: C of `exact.chebyshev_in`."""

    centre: float
    half_width: float
    top: int
    to_shown: Any

    @classmethod
    def of(cls, x: Floats, top: int, shown: Shown) -> _Basis:
        low, high = float(x.min()), float(x.max())
        centre, half_width = low / 2 + high / 2, high / 2 - low / 2 or 1.0
        # The kernels were compiled for arrays that can be written to.
        return cls(centre, half_width, top, chebyshev_in_floats(shown, centre, half_width, top).copy())

    def at(self, x: Floats) -> Floats:
        """[n, top + 1]"""
        with np.errstate(all="ignore"):  # far outside points that lie close together there are no numbers
            return np.ascontiguousarray(chebvander((x - self.centre) / self.half_width, self.top))
