"""Dense networks trained on the CPU in one compiled call that lets go of the interpreter.

All numbers of a network lie in one array `m`; `layers` and `info` (laid out by `executors/fused.py`) say where:

- weights of a layer: [inputs + 1, ld], a row for each unit below and the biases last, units padded with zeros to
  a multiple of 8 (`ld`), so that a row is a whole number of vectors; gradients and what the optimiser remembers
  lie in the same order behind them;
- activations, their slopes and deltas of a mini-batch: [samples, ld], a row for each sample.

With units side by side all three products of a step (sums, deltas, gradients) are the same loop over rows with
whole vectors, for any size of the mini-batch. A mini-batch is worked through in chunks that fit the cache.
Activations, outputs and update rules are those of `formulas.py`, one compiled loop for each, chosen by code.
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

LAYER_FIELDS = (
    "n_in",
    "n_out",
    "ld_in",
    "ld",
    "weights",
    "transposed",
    "values",
    "slopes",
    "deltas",
    "activation",
)
N_IN, N_OUT, LD_IN, LD, WEIGHTS, TRANSPOSED, VALUES, SLOPES, DELTAS, ACTIVATION = range(len(LAYER_FIELDS))
INFO_FIELDS = ("n_params", "inputs", "targets", "padding", "constants", "output", "update", "chunk")
N_PARAMS, INPUTS, TARGETS, PADDING, CONSTANTS, OUTPUT, UPDATE, CHUNK = range(len(INFO_FIELDS))
REAL_FIELDS = ("a", "b", "decay", "l1", "l2")
A, B, DECAY, L1, L2 = range(len(REAL_FIELDS))

_INLINE = {"forceinline": True, "error_model": "numpy"}
_COMPILED = {"nogil": True, "cache": True, "error_model": "numpy"}
FROM_ZERO, ADD = -1, -2
"""Where the sums of a product begin, in place of the offset of a row of biases."""


# ---- products ----


@njit(**_INLINE)
def _begin(m, start, c, n):
    if start >= 0:
        return load(m, start + n)
    if start == ADD:
        return load(m, c)
    return fill(m[0] * m.dtype.type(0.0))


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
                s00, s01 = _begin(m, start, c0, n), _begin(m, start, c0 + 8, n + 8)
                s10, s11 = _begin(m, start, c1, n), _begin(m, start, c1 + 8, n + 8)
                s20, s21 = _begin(m, start, c2, n), _begin(m, start, c2 + 8, n + 8)
                s30, s31 = _begin(m, start, c3, n), _begin(m, start, c3 + 8, n + 8)
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
                s00, s01 = _begin(m, start, c0, n), _begin(m, start, c0 + 8, n + 8)
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
            s00, s10 = _begin(m, start, c0, n), _begin(m, start, c1, n)
            s20, s30 = _begin(m, start, c2, n), _begin(m, start, c3, n)
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
            s00, at = _begin(m, start, c0, n), b + n
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
    f = njit(**_INLINE)(formulas.bind(formula, OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, values, slopes, count):
        for at in range(0, count, 8):
            value, slope = f(load(m, values + at))
            store(m, values + at, value)
            store(m, slopes + at, slope)

    return loop


activate = _chosen([_activation_loop(f) for f in formulas.ACTIVATIONS.values()], "m, values, slopes, count")


@njit(**_INLINE)
def softmax(z):
    e = exp(z - lane_max(z))
    return e / lane_sum(e)


@njit(**_INLINE)
def logsumexp(z):
    top = lane_max(z)
    return top + math.log(lane_sum(exp(z - top)))


_OUTPUT_OPERATIONS = {**OPERATIONS, "softmax": softmax, "logsumexp": logsumexp, "total": lane_sum}


def _delta_loop(formula):
    f = njit(**_INLINE)(formulas.bind(formula, _OUTPUT_OPERATIONS))

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
    f = njit(**_INLINE)(formulas.bind(formula, _OUTPUT_OPERATIONS))

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
_penalised = njit(**_INLINE)(formulas.bind(formulas.penalised, OPERATIONS))


def _update_loop(formula):
    f = njit(**_INLINE)(formulas.bind(formula, OPERATIONS))

    @njit(error_model="numpy")
    def loop(m, n_params, begin, end, l1, l2, constants):
        k = (
            m[constants], m[constants + 1], m[constants + 2], m[constants + 3], m[constants + 4], m[constants + 5],
            m[constants + 6],
        )  # fmt: skip
        penalty = l1 != 0.0 or l2 != 0.0
        for i in range(begin, end, 8):
            w, g = load(m, i), load(m, i + n_params)
            if penalty:
                g = _penalised(w, g, l1, l2)
            w, first, second = f(w, g, load(m, i + 2 * n_params), load(m, i + 3 * n_params), k)
            store(m, i, w)
            store(m, i + 2 * n_params, first)
            store(m, i + 3 * n_params, second)

    return loop


_update = _chosen(
    [_update_loop(rule) for rule, _ in formulas.UPDATES.values()],
    "m, n_params, begin, end, l1, l2, constants",
)
_constants = _chosen(
    [njit(error_model="numpy")(constants) for _, constants in formulas.UPDATES.values()],
    "rate, a, b, decay, count",
)


# ---- counter-based numbers, those of `random.py` ----


@njit(**_INLINE)
def _mix(z):
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(error_model="numpy")
def permute(key, epoch, ids, order, bits, counts):
    """`random.permutation` into order [n]: by the bits of each id. key: of (seed, purpose); counts [2^k >= n + 1].

    Bits are spread evenly, so sorting into as many buckets as there are points and then within each is enough.
    """
    n = len(ids)
    head = _mix(_mix(key ^ np.uint64(epoch)) ^ np.uint64(0))
    shift = np.uint64(64)
    size = 1
    while size < n:
        size *= 2
        shift -= np.uint64(1)
    counts[: size + 1] = 0
    for i in range(n):
        bits[i] = _mix(head ^ np.uint64(ids[i]))
        counts[(np.int64(bits[i] >> shift) if size > 1 else 0) + 1] += 1
    for bucket in range(size):
        counts[bucket + 1] += counts[bucket]
    for i in range(n):
        bucket = np.int64(bits[i] >> shift) if size > 1 else 0
        order[counts[bucket]] = i
        counts[bucket] += 1
    for i in range(
        1, n
    ):  # buckets stand in order; within one, an earlier index goes first where bits are equal
        moving = order[i]
        j = i
        while j > 0 and bits[order[j - 1]] > bits[moving]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = moving


@njit(error_model="numpy")
def _drop(m, layer, key, share, epoch, ids, order, begin, rows):
    """Units of a hidden layer are switched off by (layer, epoch, id, unit), the others made larger."""
    values, slopes, ld = layer[VALUES], layer[SLOPES], layer[LD]
    head, larger = _mix(key ^ np.uint64(epoch)), m.dtype.type(1.0 / (1.0 - share))
    for unit in range(layer[N_OUT]):
        lane = _mix(head ^ np.uint64(unit))
        for i in range(rows):
            raw = _mix(lane ^ np.uint64(ids[order[begin + i]]))
            u = (np.float64(raw >> np.uint64(11)) + 0.5) * 2.0**-53
            factor = larger if u >= share else m.dtype.type(0.0)
            at = i * ld + unit
            m[values + at] *= factor
            m[slopes + at] *= factor


# ---- a step ----


@njit(error_model="numpy")
def _gather(m, at, ld, source, order, begin, rows):
    for i in range(rows):
        k = order[begin + i]
        for j in range(source.shape[1]):
            m[at + i * ld + j] = source[k, j]


@njit(error_model="numpy")
def _forward(m, layers, info, rows, keys, dropout, epoch, ids, order, begin):
    last = len(layers) - 1
    for level in range(last + 1):
        layer = layers[level]
        below = layers[level - 1][VALUES] if level else info[INPUTS]
        ld = layer[LD]
        product(
            m, below, layer[LD_IN], 1, layer[WEIGHTS], ld, layer[VALUES], ld, rows, layer[N_IN], ld,
            layer[WEIGHTS] + layer[N_IN] * ld,
        )  # fmt: skip
        if level < last:
            activate(layer[ACTIVATION], m, layer[VALUES], layer[SLOPES], rows * ld)
            if dropout > 0.0:
                _drop(m, layer, keys[level], dropout, epoch, ids, order, begin, rows)


@njit(error_model="numpy")
def _backward(m, layers, info, rows, share, start):
    """Gradients of a chunk, added to those that are there (start = ADD) or in their place (FROM_ZERO)."""
    last, n_params = len(layers) - 1, info[N_PARAMS]
    layer = layers[last]
    output_deltas(
        info[OUTPUT], m, layer[VALUES], info[TARGETS], layer[DELTAS], info[PADDING], rows, layer[LD], share
    )
    for level in range(last, -1, -1):
        layer = layers[level]
        ld, n_in, deltas = layer[LD], layer[N_IN], layer[DELTAS]
        below = layers[level - 1][VALUES] if level else info[INPUTS]
        to = layer[WEIGHTS] + n_params
        product(m, below, 1, layer[LD_IN], deltas, ld, to, ld, n_in, rows, ld, start)
        biases = to + n_in * ld
        for n in range(0, ld, 8):
            found = _begin(m, start, biases + n, n)
            for i in range(rows):
                found = found + load(m, deltas + i * ld + n)
            store(m, biases + n, found)
        if level:
            ld_in, to, slopes = layer[LD_IN], layers[level - 1][DELTAS], layers[level - 1][SLOPES]
            product(
                m, deltas, ld, 1, layer[TRANSPOSED], ld_in, to, ld_in, rows, layer[N_OUT], ld_in, FROM_ZERO
            )
            for i in range(0, rows * ld_in, 8):
                store(m, to + i, load(m, to + i) * load(m, slopes + i))


@njit(error_model="numpy")
def _transpose(m, layers):
    """Weights [inputs, units] as [units, inputs], for the deltas of the layer below."""
    for level in range(1, len(layers)):
        layer = layers[level]
        ld, ld_in, weights, to, n_out = (
            layer[LD],
            layer[LD_IN],
            layer[WEIGHTS],
            layer[TRANSPOSED],
            layer[N_OUT],
        )
        for i in range(layer[N_IN]):
            for j in range(n_out):
                m[to + j * ld_in + i] = m[weights + i * ld + j]


@njit(error_model="numpy")
def _change(m, layers, info, real, rate, count):
    """One update of all weights and biases."""
    n_params, constants = info[N_PARAMS], info[CONSTANTS]
    for biases in range(2):
        decay = 0.0 if biases else real[DECAY]
        k = _constants(info[UPDATE], rate, real[A], real[B], decay, np.float64(count))
        for i in range(7):
            m[constants + 8 * biases + i] = k[i]
    for level in range(len(layers)):
        layer = layers[level]
        begin, ld = layer[WEIGHTS], layer[LD]
        middle = begin + layer[N_IN] * ld
        _update(info[UPDATE], m, n_params, begin, middle, real[L1], real[L2], constants)
        _update(info[UPDATE], m, n_params, middle, middle + ld, 0.0, 0.0, constants + 8)


@njit(**_COMPILED)
def steps(m, layers, info, real, X, Y, ids, order, offset, batch, most, rate, count, epoch, keys, dropout):
    """Up to `most` updates within one epoch, from `offset` on; how many were done.

    X [n, inputs], Y [n, ld of the last layer], ids and order [n]; count: updates before this call.
    """
    n, done, chunk = len(order), 0, info[CHUNK]
    last = layers[len(layers) - 1]
    while offset < n and done < most:
        size = min(batch, n - offset)
        share = m.dtype.type(1.0 / size)
        _transpose(m, layers)
        begin = offset
        while begin < offset + size:
            rows = min(chunk, offset + size - begin)
            _gather(m, info[INPUTS], layers[0][LD_IN], X, order, begin, rows)
            _gather(m, info[TARGETS], last[LD], Y, order, begin, rows)
            _forward(m, layers, info, rows, keys, dropout, epoch, ids, order, begin)
            _backward(m, layers, info, rows, share, FROM_ZERO if begin == offset else ADD)
            begin += rows
        done += 1
        _change(m, layers, info, real, rate, count + done)
        offset += size
    return done


@njit(**_COMPILED)
def measure(m, layers, info, X, Y, labels, sizes, keys, order, row):
    """The mean loss and the share of right classes of each part into row [2 * parts]; whether all are finite.

    X [n, inputs], Y and labels (class indices) [n] of all parts one behind the other; sizes [parts].
    """
    last, at, finite = layers[len(layers) - 1], 0, True
    ld, n_out, sums = last[LD], last[N_OUT], last[VALUES]
    for part in range(len(sizes)):
        loss, hits, end = 0.0, 0, at + sizes[part]
        while at < end:
            rows = min(info[CHUNK], end - at)
            _gather(m, info[INPUTS], layers[0][LD_IN], X, order, at, rows)
            _gather(m, info[TARGETS], ld, Y, order, at, rows)
            _forward(m, layers, info, rows, keys, 0.0, 0, order, order, 0)
            loss += output_losses(info[OUTPUT], m, sums, info[TARGETS], info[PADDING], rows, ld)
            for i in range(rows):
                z = sums + i * ld
                found = 0
                if n_out == 1:
                    found = 1 if m[z] > 0 else 0
                for j in range(1, n_out):
                    if m[z + j] > m[z + found]:
                        found = j
                hits += found == labels[at + i]
            at += rows
        row[2 * part] = loss / sizes[part] if sizes[part] else np.nan
        row[2 * part + 1] = hits / sizes[part] if sizes[part] else np.nan
        finite = finite and (sizes[part] == 0 or np.isfinite(row[2 * part]))
    return finite


@njit(**_COMPILED)
def epochs(
    m, layers, info, real, X, Y, ids, key, shuffle, batch, first, rates, count, keys, dropout,
    eX, eY, labels, sizes, everything, table,
):  # fmt: skip
    """Whole epochs from `first` on, one for each of `rates`; how many were done, fewer when a loss is not finite.

    table [epochs, 2 * parts]: measures after each epoch, by `measure` (of length 0: none are taken).
    """
    n = len(ids)
    order, bits = np.arange(n), np.empty(n, np.uint64)
    counts = np.empty(2 * n + 2, np.int64)
    n_steps = -(-n // batch)
    for i in range(len(rates)):
        if shuffle:
            permute(key, first + i, ids, order, bits, counts)
        steps(
            m,
            layers,
            info,
            real,
            X,
            Y,
            ids,
            order,
            0,
            batch,
            n_steps,
            rates[i],
            count,
            first + i,
            keys,
            dropout,
        )
        count += n_steps
        if len(table) and not measure(m, layers, info, eX, eY, labels, sizes, keys, everything, table[i]):
            return i + 1
    return len(rates)


@njit(**_COMPILED)
def outputs(m, layers, info, X, order, found):
    """The last sums [n, outputs] of inputs X [n, inputs] into `found`."""
    last, at, n = layers[len(layers) - 1], 0, len(X)
    keys = np.empty(0, np.uint64)
    while at < n:
        rows = min(info[CHUNK], n - at)
        _gather(m, info[INPUTS], layers[0][LD_IN], X, order, at, rows)
        _forward(m, layers, info, rows, keys, 0.0, 0, order, order, 0)
        for i in range(rows):
            for j in range(last[N_OUT]):
                found[at + i, j] = m[last[VALUES] + i * last[LD] + j]
        at += rows
