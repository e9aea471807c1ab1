"""Polynomials of all orders at once, for every penalty and every fold. Called by `executors/sweep.py`.

A [n, m] are Chebyshev polynomials of degree 0 to m - 1 at the points, C [m, m] takes their coefficients to those of
powers of x, or of whatever basis is penalised. Both are ordered by degree and C is upper triangular, so the triangle
R of an orthogonal factorisation of
[A; sqrt(lambda) C] holds those of all lower orders too: their leading blocks. A is reduced to its own triangle once;
a penalty then costs a factorisation of two triangles only. Rows change places so that the largest leads: the rows
of the penalty may be 1e10 times those of the points, and without that they would drown them.
"""

import math

import numpy as np
from numba import njit, types

_D, _DD, _DDDD = (types.Array(types.float64, axes, "C") for axes in (1, 2, 4))
_I, _II = (types.Array(types.int64, axes, "C") for axes in (1, 2))
_FAST = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}


@njit(**_FAST)
def _reflect(head, j, tail, n):
    """A Householder reflection of row `head` and tail[:n] that leaves nothing of column j in the tail."""
    square = 0.0
    for r in range(n):
        square += tail[r, j] * tail[r, j]
    if square == 0.0:
        return
    at = head[j]
    norm = math.sqrt(at * at + square)
    pivot = at + norm if at > 0 else at - norm
    scale = 1.0 / (norm * abs(pivot))
    for k in range(j + 1, len(head)):
        s = pivot * head[k]
        for r in range(n):
            s += tail[r, j] * tail[r, k]
        s *= scale
        head[k] -= s * pivot
        for r in range(n):
            tail[r, k] -= s * tail[r, j]
    head[j] = -norm if at > 0 else norm


@njit(**_FAST)
def _triangle(A, t, rows, n, work, R):
    """[A t] of the first n of `rows` as an upper triangle R [m + 1, m + 1]; work [points, m + 1]."""
    width = A.shape[1] + 1
    for i in range(n):
        for k in range(width - 1):
            work[i, k] = A[rows[i], k]
        work[i, width - 1] = t[rows[i]]
    R[:] = 0.0
    for j in range(width):
        if j >= n:
            return
        for k in range(j, width):
            R[j, k] = work[j, k]
        _reflect(R[j], j, work[j + 1 :], n - j - 1)


@njit(**_FAST)
def _penalise(P, D, C, root, first):
    """The upper triangle P [m, m + 1] joined by root times the rows of C from `first` on; D [m, m + 1] is scratch."""
    m = len(P)
    for r in range(m - first):
        for k in range(m):
            D[r, k] = root * C[r + first, k]
        D[r, m] = 0.0
    for j in range(first, m):
        top, largest = -1, abs(P[j, j])
        for r in range(j + 1 - first):
            if abs(D[r, j]) > largest:
                top, largest = r, abs(D[r, j])
        if top >= 0:
            for k in range(j, m + 1):
                P[j, k], D[top, k] = D[top, k], P[j, k]
        _reflect(P[j], j, D, j + 1 - first)


@njit(**_FAST)
def _next_column(B, basis, P, k):
    """B P = basis, solved for row k of B' from the rows before it."""
    size = basis.shape[1]
    for i in range(size):
        B[k, i] = basis[k, i]
    for j in range(k):
        p = P[j, k]
        for i in range(size):
            B[k, i] -= p * B[j, i]
    p = 1.0 / P[k, k]
    for i in range(size):
        B[k, i] *= p


@njit(types.none(_DD, _D, _DD, _D, types.int64, _II, _I, _I, _DDDD), nogil=True, cache=True, **_FAST)
def sweep(A, t, C, roots, first, rows, n_train, n_distinct, found):
    """Squared errors, summed, into found [2, orders, penalties, folds]: of the training and of the held-out points.

    roots [penalties] sqrt(lambda); first: the first weight that is penalised, 0 or 1
    rows [folds, n]: indices, those of training first, n_train of them (n_distinct
    different x). NaN where nothing determines the weights.
    """
    n, m = A.shape
    work, R = np.empty((n, m + 1)), np.empty((m + 1, m + 1))
    P, D = np.empty((m, m + 1)), np.empty((m, m + 1))
    for fold in range(len(rows)):
        held = n - n_train[fold]
        _triangle(A, t, rows[fold], n_train[fold], work, R)
        rest = R[m, m] * R[m, m]
        # The errors of training are those of the rows of R; they stand beside the points that are held out.
        size = m + held
        basis, target = np.empty((m, size)), np.empty(size)
        for i in range(m):
            target[i] = R[i, m]
            for k in range(m):
                basis[k, i] = R[i, k]
        for i in range(held):
            row = rows[fold, n_train[fold] + i]
            target[m + i] = t[row]
            for k in range(m):
                basis[k, m + i] = A[row, k]
        B, error = np.empty((m, size)), np.empty(size)
        for at in range(len(roots)):
            for i in range(m):  # an assignment of rows brings in what builds the message for other shapes: 5 s more
                for k in range(m + 1):
                    P[i, k] = R[i, k]
            if roots[at] > 0.0:
                _penalise(P, D, C, roots[at], first)
            for i in range(size):
                error[i] = -target[i]
            for k in range(m):
                if roots[at] == 0.0 and k >= n_distinct[fold]:
                    found[:, k, at, fold] = np.nan
                    continue
                _next_column(B, basis, P, k)
                for i in range(size):
                    error[i] += P[k, m] * B[k, i]
                train, left = rest, 0.0
                for i in range(m):
                    train += error[i] * error[i]
                for i in range(m, size):
                    left += error[i] * error[i]
                found[0, k, at, fold] = train
                found[1, k, at, fold] = left if held else np.nan


@njit(types.none(_DD, _D, _DD, types.float64, types.int64, _II, _I, _DD, _DD), nogil=True, cache=True, **_FAST)
def fits(A, t, C, root, first, rows, n_distinct, at, found):
    """Curves of the fits to the points `rows` [K, n], at the places of `at` [m, k], into found [K, k].

    Without a penalty, points of n different x take a polynomial of order n - 1 at most.
    """
    m = A.shape[1]
    work, R = np.empty((rows.shape[1], m + 1)), np.empty((m + 1, m + 1))
    D, c = np.empty((m, m + 1)), np.empty(m)
    for replica in range(len(rows)):
        _triangle(A, t, rows[replica], rows.shape[1], work, R)
        top = m
        if root > 0.0:
            _penalise(R[:m], D, C, root, first)
        else:
            top = min(m, n_distinct[replica])
        for i in range(top - 1, -1, -1):
            c[i] = R[i, m]
            for k in range(i + 1, top):
                c[i] -= R[i, k] * c[k]
            c[i] /= R[i, i]
        found[replica] = 0.0
        for k in range(top):
            for i in range(at.shape[1]):
                found[replica, i] += c[k] * at[k, i]
