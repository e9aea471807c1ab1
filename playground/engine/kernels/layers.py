"""The compiled loops of a layer: products, activations, outputs and updates. Called by `dense.py`.

Numbers are given as offsets into one array `m`; rows are a whole number of vectors (see `dense.py`). Activations,
outputs and update rules are those of `formulas.py`, one compiled loop for each, chosen by code.
"""

import math

import numpy as np
from numba import njit

from playground.engine import formulas
from playground.engine.kernels.vectors import (
    OPERATIONS,
    exp,
    fill,
    lane_max,
    lane_sum,
    load,
    load_wide,
    store,
    widen,
)

INLINE = {"forceinline": True, "error_model": "numpy"}
ONE = np.int64(1)
FROM_ZERO, ADD = np.int64(-1), np.int64(-2)
"""Where the sums of a product begin, in place of the offset of a row of biases. Numbers of a type, for of a plain 1 or
-2 numba would compile a product of its own."""


# ---- products ----


@njit(**INLINE)
def begin(m, start, c, n):
    if start >= 0:
        return load(m, start + n)
    if start == ADD:
        return load(m, c)
    return fill(m.dtype.type(0.0))


@njit(error_model="numpy")
def product(m, a, ra, ka, b, ldb, c, ldc, rows, depth, width, start):
    """C[i, n] = start[n] + sum_k A[i, k] B[k, n] for i < rows, k < depth, n < width (a multiple of 8).

    A[i, k] = m[a + i * ra + k * ka], B and C rows of ldb and ldc numbers from b and c on. Blocks of 4 x 16 numbers
    stay in registers while k runs.
    """
    n = 0
    while n < width:
        wide = n + 16 <= width
        i = 0
        if wide:
            while i + 4 <= rows:
                a0, c0 = a + i * ra, c + i * ldc + n
                a1, a2, a3 = a0 + ra, a0 + 2 * ra, a0 + 3 * ra
                c1, c2, c3 = c0 + ldc, c0 + 2 * ldc, c0 + 3 * ldc
                s00, s01 = begin(m, start, c0, n), begin(m, start, c0 + 8, n + 8)
                s10, s11 = begin(m, start, c1, n), begin(m, start, c1 + 8, n + 8)
                s20, s21 = begin(m, start, c2, n), begin(m, start, c2 + 8, n + 8)
                s30, s31 = begin(m, start, c3, n), begin(m, start, c3 + 8, n + 8)
                at, column = b + n, 0
                for _ in range(depth):
                    b0, b1 = load(m, at), load(m, at + 8)
                    x = fill(m[a0 + column])
                    s00, s01 = s00 + x * b0, s01 + x * b1
                    x = fill(m[a1 + column])
                    s10, s11 = s10 + x * b0, s11 + x * b1
                    x = fill(m[a2 + column])
                    s20, s21 = s20 + x * b0, s21 + x * b1
                    x = fill(m[a3 + column])
                    s30, s31 = s30 + x * b0, s31 + x * b1
                    at += ldb
                    column += ka
                store(m, c0, s00)
                store(m, c0 + 8, s01)
                store(m, c1, s10)
                store(m, c1 + 8, s11)
                store(m, c2, s20)
                store(m, c2 + 8, s21)
                store(m, c3, s30)
                store(m, c3 + 8, s31)
                i += 4
            while i < rows:
                a0, c0 = a + i * ra, c + i * ldc + n
                s00, s01 = begin(m, start, c0, n), begin(m, start, c0 + 8, n + 8)
                at = b + n
                for _ in range(depth):
                    x = fill(m[a0])
                    s00, s01 = s00 + x * load(m, at), s01 + x * load(m, at + 8)
                    at += ldb
                    a0 += ka
                store(m, c0, s00)
                store(m, c0 + 8, s01)
                i += 1
            n += 16
            continue
        while i + 4 <= rows:
            a0, c0 = a + i * ra, c + i * ldc + n
            a1, a2, a3 = a0 + ra, a0 + 2 * ra, a0 + 3 * ra
            c1, c2, c3 = c0 + ldc, c0 + 2 * ldc, c0 + 3 * ldc
            s00, s10 = begin(m, start, c0, n), begin(m, start, c1, n)
            s20, s30 = begin(m, start, c2, n), begin(m, start, c3, n)
            at, column = b + n, 0
            for _ in range(depth):
                b0 = load(m, at)
                s00 = s00 + fill(m[a0 + column]) * b0
                s10 = s10 + fill(m[a1 + column]) * b0
                s20 = s20 + fill(m[a2 + column]) * b0
                s30 = s30 + fill(m[a3 + column]) * b0
                at += ldb
                column += ka
            store(m, c0, s00)
            store(m, c1, s10)
            store(m, c2, s20)
            store(m, c3, s30)
            i += 4
        while i < rows:
            a0, c0 = a + i * ra, c + i * ldc + n
            s00, at = begin(m, start, c0, n), b + n
            for _ in range(depth):
                s00 = s00 + fill(m[a0]) * load(m, at)
                at += ldb
                a0 += ka
            store(m, c0, s00)
            i += 1
        n += 8


# ---- one loop for each formula ----


def _chosen(loops, arguments):
    """f(code, *arguments) that runs the loop of that code: a chain of comparisons, made once while compiling."""
    names = {f"loop{code}": loop for code, loop in enumerate(loops)}
    lines = [f"def chosen(code, {arguments}):"]
    for code in range(len(loops)):
        lines += [f"    if code == {code}:", f"        return loop{code}({arguments})"]
    lines.append(f"    return loop0({arguments})")
    exec("\n".join(lines), names)  # the text is made of the lines above alone
    return njit(error_model="numpy")(names["chosen"])


def _activation_loop(formula):
    f = njit(**INLINE)(formulas.bind(formula, OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, values, slopes, count):
        for at in range(0, count, 8):
            value, slope = f(load(m, values + at))
            store(m, values + at, value)
            store(m, slopes + at, slope)

    return loop


activate = _chosen([_activation_loop(f) for f in formulas.ACTIVATIONS.values()], "m, values, slopes, count")


@njit(**INLINE)
def softmax(z):
    e = exp(z - lane_max(z))
    return e / lane_sum(e)


@njit(**INLINE)
def logsumexp(z):
    top = lane_max(z)
    return top + math.log(lane_sum(exp(z - top)))


_OUTPUT_OPERATIONS = {**OPERATIONS, "softmax": softmax, "logsumexp": logsumexp, "total": lane_sum}


def _delta_loop(formula):
    f = njit(**INLINE)(formulas.bind(formula, _OUTPUT_OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, sums, targets, deltas, padding, rows, ld, share):
        """Deltas of the last layer, times the share of one sample in the mean. Padded sums are those of no class."""
        if ld == 8:
            pad = load(m, padding)
            for i in range(0, rows * 8, 8):
                store(m, deltas + i, f(load(m, sums + i) + pad, load(m, targets + i)) * share)
        else:
            wide = load_wide(m, padding)
            for i in range(0, rows * 16, 16):
                store(m, deltas + i, f(load_wide(m, sums + i) + wide, load_wide(m, targets + i)) * share)

    return loop


def _loss_loop(formula):
    f = njit(**INLINE)(formulas.bind(formula, _OUTPUT_OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, sums, targets, padding, rows, ld):
        """The sum over rows of the loss of one point, in 64 bits."""
        found = 0.0
        if ld == 8:
            pad = widen(load(m, padding))
            for i in range(0, rows * 8, 8):
                found += f(widen(load(m, sums + i)) + pad, widen(load(m, targets + i)))
        else:
            wide = widen(load_wide(m, padding))
            for i in range(0, rows * 16, 16):
                found += f(widen(load_wide(m, sums + i)) + wide, widen(load_wide(m, targets + i)))
        return found

    return loop


output_deltas = _chosen(
    [_delta_loop(delta) for _, delta in formulas.OUTPUTS.values()],
    "m, sums, targets, deltas, padding, rows, ld, share",
)
output_losses = _chosen(
    [_loss_loop(loss) for loss, _ in formulas.OUTPUTS.values()], "m, sums, targets, padding, rows, ld"
)
_penalised = njit(**INLINE)(formulas.bind(formulas.penalised, OPERATIONS))


def _update_loop(formula):
    f = njit(**INLINE)(formulas.bind(formula, OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, n_params, first, end, l1, l2, constants):
        k = (
            m[constants], m[constants + 1], m[constants + 2], m[constants + 3], m[constants + 4], m[constants + 5],
            m[constants + 6],
        )  # fmt: skip
        penalty = l1 != 0.0 or l2 != 0.0
        for i in range(first, end, 8):
            w, g = load(m, i), load(m, i + n_params)
            if penalty:
                g = _penalised(w, g, l1, l2)
            w, moment, square = f(w, g, load(m, i + 2 * n_params), load(m, i + 3 * n_params), k)
            store(m, i, w)
            store(m, i + 2 * n_params, moment)
            store(m, i + 3 * n_params, square)

    return loop


update = _chosen(
    [_update_loop(rule) for rule, _ in formulas.UPDATES.values()],
    "m, n_params, first, end, l1, l2, constants",
)
"""Weights from `first` to `end`, with the constants of the rule at m[constants:]."""
update_constants = _chosen(
    [njit(error_model="numpy")(constants) for _, constants in formulas.UPDATES.values()],
    "rate, a, b, decay, count",
)
