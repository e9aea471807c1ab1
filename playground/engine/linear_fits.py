"""Fits of models that are linear in their weights, to many sets of points and with many penalties at once.

The objective is that of `executors/closed_form.py`, E(w) = 1/2 ||A w - t||^2 + lambda/2 ||w||^2 without w_0 unless
`penalise_bias` asks for it (Bishop & Bishop 2024, equations 1.2, 1.4 and 4.26), in float64. With the singular values
A = U S V', w = V diag(s / (s^2 + lambda)) U' t, so all penalties come from one decomposition (Hastie, Tibshirani &
Friedman 2009, equation 3.47); an unpenalised w_0 is taken care of by centring A and t (their equation 3.45).
Without a penalty and with more weights than the points determine: the smallest ||w||.

Powers of x are nearly parallel, and on wide ranges of sizes that float64 cannot hold together. So polynomials go to
the compiled kernels where these are there; else those in powers are fitted in Legendre or Chebyshev polynomials on
the range of the points, the penalty being carried over to these. Called by what compares models:
`cross_validation.py`, `folds.py`, `bias_variance.py`, `selection.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from playground.engine import compiled
from playground.engine.executors.base import Floats

Masks = NDArray[np.bool_]
Penalties = Sequence[float | None]
"""ln lambda of each; None: no penalty."""
Range = tuple[float, float]
Design = Callable[[Floats], Floats]
EPSILON = float(np.finfo(np.float64).eps)


def weights(
    A: Floats, T: Floats, ln_lambdas: Penalties, penalise_bias: bool = False, masks: Masks | None = None,
    ranks: NDArray[np.int64] | None = None,
) -> Floats:  # fmt: skip
    """W [S, m, penalties, L]: the best weights for A [n, m], T [n, L], fitted to the rows of masks [S, n] only.

    ranks [S]: how many weights the rows determine, where that is known; else singular values below the rounding
    of the largest count as zero. It matters without a penalty only. NaN where A is not finite.
    """
    if masks is None:
        masks = np.ones((1, len(A)), dtype=bool)
    found = np.full((len(masks), A.shape[1], len(ln_lambdas), T.shape[1]), np.nan)
    if not np.isfinite(A).all():
        return found
    shrunk = np.array([value is not None for value in ln_lambdas])
    shares = np.exp(np.array([value for value in ln_lambdas if value is not None], dtype=np.float64))
    rows = masks[:, :, None]
    if not shrunk.all() or penalise_bias:
        U, s, V = _svd(A * rows)
        targets = U.mT @ (T * rows)
        if not shrunk.all():
            found[:, :, ~shrunk] = (V @ (_inverse(s, A.shape, ranks)[:, :, None] * targets))[:, :, None]
        if penalise_bias:
            found[:, :, shrunk] = _shrunk(s, V, targets, shares)
    if shrunk.any() and not penalise_bias:
        n = masks.sum(axis=1)[:, None, None]
        mean_A, mean_T = (rows * A[:, 1:]).sum(axis=1, keepdims=True) / n, (rows * T).sum(axis=1, keepdims=True) / n
        U, s, V = _svd((A[:, 1:] - mean_A) * rows)
        slopes = _shrunk(s, V, U.mT @ ((T - mean_T) * rows), shares)
        found[:, 1:, shrunk] = slopes
        found[:, 0, shrunk] = mean_T - np.einsum("sm,smkl->skl", mean_A[:, 0], slopes)
    return found


def _svd(A: Floats) -> tuple[Floats, Floats, Floats]:
    """U [S, n, r], s [S, r] and V [S, m, r] of A [S, n, m]; r may be 0."""
    if not A.shape[2]:
        return np.zeros((*A.shape[:2], 0)), np.zeros((len(A), 0)), np.zeros((len(A), 0, 0))
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U, s, Vt.mT


def _inverse(s: Floats, shape: tuple[int, ...], ranks: NDArray[np.int64] | None) -> Floats:
    """1 / s [S, r], and 0 for those that belong to no weight that is determined."""
    kept = s > EPSILON * max(shape) * s[:, :1]
    if ranks is not None:
        kept = (np.arange(s.shape[1]) < ranks[:, None]) & (s > 0)
    return np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0)


def _shrunk(s: Floats, V: Floats, targets: Floats, shares: Floats) -> Floats:
    """V diag(s / (s^2 + lambda)) targets [S, m, penalties, L] for lambda in `shares`; targets [S, r, L]."""
    positive = (s > 0)[..., None]
    safe = np.where(positive, s[..., None], 1.0)
    # One over (s + lambda / s) is the same and overflows for no s.
    filters = np.where(positive, 1.0 / (safe + shares / safe), 0.0)
    return times(V, filters[..., None] * targets[:, :, None])


def times(A: Floats, W: Floats) -> Floats:
    """A [k, m] or [S, k, m] times W [S, m, penalties, L]: [S, k, penalties, L].

    One product for each of S, or for each penalty too where L is large: small ones stay in this thread, and two
    threads of BLAS beside a window that paints take five times as long as one.
    """
    if W.shape[3] == 1:
        return np.asarray((A @ W[..., 0])[..., None])
    stack = W.transpose(0, 2, 1, 3)
    return np.asarray(((A if A.ndim == 2 else A[:, None]) @ stack).transpose(0, 2, 1, 3))


def in_powers(model: Any) -> bool:
    return model.kind == "polynomial" and model.basis == "power"


def at_order(model: Any, order: int) -> Any:
    """The model with another order, everything else alike."""
    return model.model_copy(update={"order": order})


def family_of(model: Any) -> Any:
    """What the model is apart from its order and its penalty: equal for all that a chart compares."""
    return model.model_copy(update={"order": 0, "ln_lambda": None})


def unpenalised(model: Any, x: Floats, x_range: Range, masks: Masks) -> tuple[Design, NDArray[np.int64] | None]:
    """The design to use without a penalty, and the ranks that `weights` takes.

    The best curve does not depend on the basis where the points determine it: then Legendre polynomials on the
    range of the points stand in for powers of x, which are nearly parallel.
    """
    if model.kind != "polynomial":
        return (lambda at: model.design(at, x_range)), None
    distinct = np.array([len(np.unique(x[mask])) for mask in masks], dtype=np.int64)
    if in_powers(model) and model.order < distinct.min():
        other = model.model_copy(update={"basis": "legendre"})
        spread = (float(x.min()), float(x.max()))
        return (lambda at: other.design(at, spread)), distinct
    return (lambda at: model.design(at, x_range)), distinct


@lru_cache(maxsize=64)
def _chebyshev_in_powers(low: float, high: float, order: int) -> Floats:
    """C [m, m]: column k holds the coefficients of powers of x of T_k on the range."""
    C = np.zeros((order + 1, order + 1))
    for k in range(order + 1):
        column = Chebyshev.basis(k, domain=[low, high]).convert(kind=Polynomial).coef
        m = min(len(column), k + 1)  # where slopes overflow, more come, and all of them are no numbers
        C[:m, k] = column[:m]
    C.setflags(write=False)
    return C


def penalised_powers(
    model: Any, x: Floats, T: Floats, ln_lambdas: Penalties, masks: Masks
) -> tuple[Design, Floats]:
    """The design, in Chebyshev polynomials, and the weights [S, m, penalties, L] of penalised polynomials in powers:
    the least squares of [A; sqrt(lambda) C] c - [T; 0], with C c the weights of the powers.

    A is reduced to its triangle first. The largest rows lead: those of the penalty may be 1e10 times those of the
    points, which would drown in them (Cox & Higham 1998).
    """
    low, high = float(x.min()), float(x.max())
    if low == high:
        low, high = low - 1.0, high + 1.0

    def design(at: Floats) -> Floats:
        return np.asarray(chebvander((2.0 * at - low - high) / (high - low), model.order))

    Q, R = np.linalg.qr(design(x) * masks[:, :, None])
    known, n_known = Q.mT @ (T * masks[:, :, None]), R.shape[1]
    roots = np.exp(0.5 * np.array(ln_lambdas, dtype=np.float64))
    P = roots[:, None, None] * _chebyshev_in_powers(low, high, model.order)[0 if model.penalise_bias else 1 :]
    shape = (len(masks), len(roots))
    rows = np.concatenate([np.broadcast_to(R[:, None], (*shape, *R.shape[1:])),
                           np.broadcast_to(P, (*shape, *P.shape[1:]))], axis=2)  # fmt: skip
    places = np.argsort(-np.abs(rows).max(axis=3), axis=2, kind="stable")[..., None]
    Q, R = np.linalg.qr(np.take_along_axis(rows, places, axis=2))
    back = np.empty_like(Q)
    np.put_along_axis(back, np.broadcast_to(places, Q.shape), Q, axis=2)
    try:
        c = np.linalg.solve(R, back[:, :, :n_known].mT @ known[:, None])
    except np.linalg.LinAlgError:  # a weight that neither the points nor so small a penalty hold
        c = np.full((*shape, R.shape[3], T.shape[1]), np.nan)
    return design, np.asarray(c.transpose(0, 2, 1, 3))


def fitted(
    model: Any, x: Floats, T: Floats, ln_lambdas: Penalties, x_range: Range, masks: Masks
) -> tuple[Design, Floats]:
    """A design and its weights [S, m, penalties, L]: the fits of the model to x [n], T [n, L] in the rows of masks
    [S, n]. Penalties are all None, or none of them is. The design need not be the model's own."""
    if ln_lambdas[0] is None:
        design, ranks = unpenalised(model, x, x_range, masks)
        return design, weights(design(x), T, ln_lambdas, masks=masks, ranks=ranks)
    if in_powers(model):
        return penalised_powers(model, x, T, ln_lambdas, masks)
    return (lambda at: model.design(at, x_range)), weights(
        model.design(x, x_range), T, ln_lambdas, model.penalise_bias, masks
    )


def predictions(
    model: Any, x: Floats, T: Floats, at: Floats, ln_lambdas: Penalties, x_range: Range, masks: Masks
) -> Floats:
    """[S, k, penalties, L]: fits of the model to x [n], T [n, L] in the rows of masks [S, n], at the places `at`."""
    off = np.array([value is None for value in ln_lambdas])
    found = np.empty((len(masks), len(at), len(ln_lambdas), T.shape[1]))
    with np.errstate(all="ignore"):
        for these in (off, ~off):
            if these.any():
                group = [value for value, wanted in zip(ln_lambdas, these, strict=True) if wanted]
                design, W = fitted(model, x, T, group, x_range, masks)
                found[:, :, these] = times(design(at), W)
    return found


def curves(model: Any, x: Floats, t: Floats, masks: Masks, at: Floats, x_range: Range) -> Floats:
    """[S, k]: the fits of the model in force to x, t [n] in the rows of masks [S, n], at the places `at` [k]."""
    by_kernels = np.zeros(len(masks), dtype=bool)
    found = np.empty((len(masks), len(at)))
    if model.kind == "polynomial":
        by_kernels[:] = model.ln_lambda is not None
        if model.ln_lambda is None:
            by_kernels[:] = [len(np.unique(x[mask])) > model.order for mask in masks]
    sizes = masks.sum(axis=1)
    try:
        for size in np.unique(sizes[by_kernels]):
            from playground.engine.executors.sweep import resampled_fits

            these = by_kernels & (sizes == size)
            rows = np.nonzero(masks[these])[1].reshape(-1, size)
            found[these] = resampled_fits(model, x_range, x, t, rows, at)
    except compiled.Unavailable:
        by_kernels[:] = False
    rest = ~by_kernels
    if rest.any():
        found[rest] = predictions(model, x, t[:, None], at, (model.ln_lambda,), x_range, masks[rest])[:, :, 0, 0]
    return found


def mean_squares(
    model: Any, orders: Sequence[int], ln_lambdas: Penalties, x: Floats, t: Floats, held: Masks, x_range: Range
) -> tuple[Floats, Floats]:
    """Mean squared errors [orders, penalties, S] on the points that were learned from, and on those held out.

    held [S, n]: the points that each training leaves out; NaN where these are none.
    """
    if model.kind == "polynomial":
        try:
            return _by_kernels(model, orders, ln_lambdas, x, t, held, x_range)
        except compiled.Unavailable:
            pass  # not compiled yet: the same in numpy takes longer, and is as good on usual ranges
    return _by_svd(model, orders, ln_lambdas, x, t, held, x_range)


def _by_kernels(
    model: Any, orders: Sequence[int], ln_lambdas: Penalties, x: Floats, t: Floats, held: Masks, x_range: Range
) -> tuple[Floats, Floats]:
    from playground.engine.executors.exact import shown_of
    from playground.engine.executors.sweep import ridge_sweep

    fold = np.where(held.any(axis=0), held.argmax(axis=0), -1)
    sweep = ridge_sweep(x, t, orders, ln_lambdas, fold, model.penalise_bias, shown_of(model, x_range))
    train, held_out = sweep.train, sweep.held_out
    if None in ln_lambdas:  # the kernels leave out what the points do not determine
        off = list(ln_lambdas).index(None)
        for i, order in enumerate(orders):
            missing = np.isnan(train[i, off])
            if missing.any():
                a, b = _by_svd(model, (order,), (None,), x, t, held[missing], x_range)
                train[i, off, missing], held_out[i, off, missing] = a[0, 0], b[0, 0]
    return train, held_out


def _by_svd(
    model: Any, orders: Sequence[int], ln_lambdas: Penalties, x: Floats, t: Floats, held: Masks, x_range: Range
) -> tuple[Floats, Floats]:
    train, held_out = np.empty((2, len(orders), len(ln_lambdas), len(held)))
    learned = ~held
    with np.errstate(all="ignore"):
        for i, order in enumerate(orders):
            y = predictions(at_order(model, order), x, t[:, None], x, ln_lambdas, x_range, learned)
            squares = np.square(y[..., 0] - t[:, None])  # [S, n, penalties]
            for errors, part in ((train, learned), (held_out, held)):
                share = part / part.sum(axis=1, keepdims=True)
                errors[i] = (share[:, None] @ squares)[:, 0].T
    return train, held_out
