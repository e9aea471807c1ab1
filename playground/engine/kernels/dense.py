"""Dense networks trained on the CPU in one compiled call that lets go of the interpreter.

All numbers of a network lie in one array `m`; `layers` and `info` (laid out by `executors/fused.py`) say where:

- weights of a layer: [inputs + 1, ld], a row for each unit below and the biases last, units padded with zeros to
  a multiple of 8 (`ld`), so that a row is a whole number of vectors; gradients and what the optimiser remembers
  lie in the same order behind them;
- activations, their slopes and deltas of a mini-batch: [samples, ld], a row for each sample.

- projections of residual connections: [units of the earlier layer, ld of the later one], behind the layers.

With units side by side all three products of a step (sums, deltas, gradients) are the same loop over rows with
whole vectors, for any size of the mini-batch. A mini-batch is worked through in chunks that fit the cache.
Tables are read number by number: a view of a row would count references, which costs more than a small layer.
"""

import numpy as np
from numba import njit, types

from playground.engine.kernels.layers import (
    ADD,
    FROM_ZERO,
    INLINE,
    ONE,
    activate,
    begin,
    output_deltas,
    output_losses,
    product,
    update,
    update_constants,
)
from playground.engine.kernels.vectors import lane_sum, load, store, turn

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
SKIP_FIELDS = ("source", "target", "n", "ld_source", "begin", "projection", "turned")
"""Of a residual connection from layer `source` (0: the inputs), whose n values begin at `begin`, into the sums of layer
`target` - 1 of `layers`; its weights and their transpose, -1 where there are none."""
SOURCE, TARGET, N_UNITS, LD_SOURCE, BEGIN, PROJECTION, TURNED = range(len(SKIP_FIELDS))
INFO_FIELDS = ("n_params", "inputs", "targets", "padding", "constants", "output", "update", "chunk")
N_PARAMS, INPUTS, TARGETS, PADDING, CONSTANTS, OUTPUT, UPDATE, CHUNK = range(len(INFO_FIELDS))
REAL_FIELDS = ("a", "b", "decay", "l1", "l2", "l2_of_biases")
A, B, DECAY, L1, L2, L2_OF_BIASES = range(len(REAL_FIELDS))


def compiled_for(arguments, returns):
    """Compiled for both precisions as the module is imported, or taken from the cache: never in the midst of a run.

    arguments   of the function, one word each: m, M, T (numbers of the network: 1, 2, 3 axes), i, I (int64: 1, 2
                axes), u, U (uint64), d, D (float64), and the scalars int, float, bool, key
    """
    scalars = {"int": types.int64, "float": types.float64, "bool": types.boolean, "key": types.uint64}
    arrays = {"i": types.int64, "u": types.uint64, "d": types.float64}

    def kind(word, number):
        if word in scalars:
            return scalars[word]
        element = number if word in "mMT" else arrays[word.lower()]
        return types.Array(element, 3 if word == "T" else 2 if word.isupper() else 1, "C")

    signatures = [
        returns(*(kind(word, number) for word in arguments.split())) for number in (types.float32, types.float64)
    ]
    return njit(signatures, nogil=True, cache=True, error_model="numpy")



# ---- counter-based numbers, those of `random.py` ----


@njit(**INLINE)
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
def _drop(m, layers, level, key, share, epoch, ids, order, at, rows):
    """Units of a hidden layer are switched off by (layer, epoch, id, unit), the others made larger."""
    values, slopes, ld = layers[level, VALUES], layers[level, SLOPES], layers[level, LD]
    head, larger = _mix(key ^ np.uint64(epoch)), m.dtype.type(1.0 / (1.0 - share))
    for unit in range(layers[level, N_OUT]):
        lane = _mix(head ^ np.uint64(unit))
        for i in range(rows):
            raw = _mix(lane ^ np.uint64(ids[order[at + i]]))
            u = (np.float64(raw >> np.uint64(11)) + 0.5) * 2.0**-53
            factor = larger if u >= share else m.dtype.type(0.0)
            m[values + i * ld + unit] *= factor
            m[slopes + i * ld + unit] *= factor


# ---- residual connections ----


@njit(error_model="numpy")
def _add_sources(m, layers, skips, level, rows):
    """What the earlier layers add to the sums of a layer."""
    ld, values = layers[level, LD], layers[level, VALUES]
    for k in range(len(skips)):
        if skips[k, TARGET] != level + 1:
            continue
        n, ld_source, begin_at, weights = (
            skips[k, N_UNITS], skips[k, LD_SOURCE], skips[k, BEGIN], skips[k, PROJECTION],
        )  # fmt: skip
        if weights >= 0:
            product(m, begin_at, ld_source, ONE, weights, ld, values, ld, rows, n, ld, ADD)
            continue
        whole = n // 8 * 8  # sums that only fill a vector up stay zero: those of an activation may not be
        for i in range(rows):
            to, at = values + i * ld, begin_at + i * ld
            for j in range(0, whole, 8):
                store(m, to + j, load(m, to + j) + load(m, at + j))
            for j in range(whole, n):
                m[to + j] += m[at + j]


@njit(error_model="numpy")
def _projection_gradients(m, layers, skips, n_params, level, rows, start):
    ld, deltas = layers[level, LD], layers[level, DELTAS]
    for k in range(len(skips)):
        if skips[k, TARGET] == level + 1 and skips[k, PROJECTION] >= 0:
            product(m, skips[k, BEGIN], ONE, skips[k, LD_SOURCE], deltas, ld, skips[k, PROJECTION] + n_params, ld,
                    skips[k, N_UNITS], rows, ld, start)  # fmt: skip


@njit(error_model="numpy")
def _add_deltas(m, layers, skips, level, to, rows):
    """What comes back to layer `level` (counted with the inputs as 0) from the layers that it was added to."""
    for k in range(len(skips)):
        if skips[k, SOURCE] != level:
            continue
        after, ld_source = skips[k, TARGET] - 1, skips[k, LD_SOURCE]
        ld, deltas = layers[after, LD], layers[after, DELTAS]
        if skips[k, PROJECTION] >= 0:
            product(m, deltas, ld, ONE, skips[k, TURNED], ld_source, to, ld_source, rows, layers[after, N_OUT],
                    ld_source, ADD)  # fmt: skip
        else:
            for i in range(0, rows * ld, 8):
                store(m, to + i, load(m, to + i) + load(m, deltas + i))


@njit(error_model="numpy")
def _transpose_projections(m, layers, skips):
    for k in range(len(skips)):
        weights, to, ld_source = skips[k, PROJECTION], skips[k, TURNED], skips[k, LD_SOURCE]
        level = skips[k, TARGET] - 1
        if weights >= 0:
            for j in range(layers[level, N_OUT]):
                for i in range(skips[k, N_UNITS]):
                    m[to + j * ld_source + i] = m[weights + i * layers[level, LD] + j]


@njit(error_model="numpy")
def _hold(m, n_params, held, fixed):
    """Numbers that are held back to their values; the optimiser remembers nothing of them."""
    for k in range(len(held)):
        m[held[k]] = fixed[k]
        m[held[k] + 2 * n_params] = m.dtype.type(0.0)
        m[held[k] + 3 * n_params] = m.dtype.type(0.0)


# ---- a step ----


@njit(**INLINE)
def _gather(m, to, ld, source, order, at, rows):
    """Rows of a table [n, ld], flat, one behind the other."""
    for i in range(rows):
        row = order[at + i] * ld
        for j in range(0, ld, 8):
            store(m, to + i * ld + j, load(source, row + j))


@njit(**INLINE)
def _forward(m, layers, skips, info, rows, keys, dropouts, epoch, ids, order, at):
    last = len(layers) - 1
    below = info[INPUTS]
    for level in range(last + 1):
        ld, n_in, weights = layers[level, LD], layers[level, N_IN], layers[level, WEIGHTS]
        values = layers[level, VALUES]
        product(
            m, below, layers[level, LD_IN], ONE, weights, ld, values, ld, rows, n_in, ld, weights + n_in * ld
        )
        if len(skips):
            _add_sources(m, layers, skips, level, rows)
        if level < last:
            activate(layers[level, ACTIVATION], m, values, layers[level, SLOPES], rows * ld)
            if level < len(dropouts) and dropouts[level] > 0.0:
                _drop(m, layers, level, keys[level], dropouts[level], epoch, ids, order, at, rows)
        below = values


@njit(**INLINE)
def _backward(m, layers, skips, info, rows, share, start):
    """Gradients of a chunk, added to those that are there (start = ADD) or in their place (FROM_ZERO)."""
    last, n_params = len(layers) - 1, info[N_PARAMS]
    output_deltas(
        info[OUTPUT], m, layers[last, VALUES], info[TARGETS], layers[last, DELTAS], info[PADDING], rows,
        layers[last, LD], share,
    )  # fmt: skip
    for level in range(last, -1, -1):
        ld, ld_in, n_in = layers[level, LD], layers[level, LD_IN], layers[level, N_IN]
        deltas = layers[level, DELTAS]
        below = layers[level - 1, VALUES] if level else info[INPUTS]
        to = layers[level, WEIGHTS] + n_params
        product(m, below, ONE, ld_in, deltas, ld, to, ld, n_in, rows, ld, start)
        biases = to + n_in * ld
        for n in range(0, ld, 8):
            found = begin(m, start, biases + n, n)
            for i in range(rows):
                found = found + load(m, deltas + i * ld + n)
            store(m, biases + n, found)
        if len(skips):
            _projection_gradients(m, layers, skips, n_params, level, rows, start)
        if level:
            to, slopes = layers[level - 1, DELTAS], layers[level - 1, SLOPES]
            product(
                m, deltas, ld, ONE, layers[level, TRANSPOSED], ld_in, to, ld_in, rows, layers[level, N_OUT], ld_in,
                FROM_ZERO,
            )  # fmt: skip
            if len(skips):
                _add_deltas(m, layers, skips, level, to, rows)
            for i in range(0, rows * ld_in, 8):
                store(m, to + i, load(m, to + i) * load(m, slopes + i))


@njit(**INLINE)
def _transpose(m, layers):
    """Weights [inputs, units] as [units, inputs], for the deltas of the layer below."""
    for level in range(1, len(layers)):
        ld, ld_in, weights = layers[level, LD], layers[level, LD_IN], layers[level, WEIGHTS]
        to = layers[level, TRANSPOSED]
        n_in, whole = layers[level, N_IN], layers[level, N_IN] // 8 * 8
        for i in range(0, whole, 8):
            for j in range(0, ld, 8):
                turn(m, weights + i * ld + j, ld, to + j * ld_in + i, ld_in)
        for j in range(layers[level, N_OUT]):
            for i in range(whole, n_in):
                m[to + j * ld_in + i] = m[weights + i * ld + j]


@njit(**INLINE)
def _change(m, layers, skips, info, real, rate, count):
    """One update of all weights and biases: in one go where the same rule holds for both."""
    n_params, constants, rule = info[N_PARAMS], info[CONSTANTS], info[UPDATE]
    l1, l2, of_biases, decay = real[L1], real[L2], real[L2_OF_BIASES], real[DECAY]
    _place(m, constants, update_constants(rule, rate, real[A], real[B], decay, np.float64(count)))
    if l1 == 0.0 and l2 == of_biases and decay == 0.0:
        update(rule, m, n_params, 0, n_params, 0.0, l2, constants)
        return
    _place(m, constants + 8, update_constants(rule, rate, real[A], real[B], 0.0, np.float64(count)))
    for level in range(len(layers)):
        weights, ld = layers[level, WEIGHTS], layers[level, LD]
        biases = weights + layers[level, N_IN] * ld
        update(rule, m, n_params, weights, biases, l1, l2, constants)
        update(rule, m, n_params, biases, biases + ld, 0.0, of_biases, constants + 8)
    for k in range(len(skips)):
        weights = skips[k, PROJECTION]
        if weights >= 0:
            end = weights + skips[k, N_UNITS] * layers[skips[k, TARGET] - 1, LD]
            update(rule, m, n_params, weights, end, l1, l2, constants)


@njit(**INLINE)
def _place(m, at, k):
    for i in range(7):
        m[at + i] = k[i]


@compiled_for("m I I i d i m m m i i int int int float int int u d", types.int64)
def steps(
    m, layers, skips, info, real, held, fixed, X, Y, ids, order, offset, batch, most, rate, count, epoch, keys,
    dropouts,
):  # fmt: skip
    """Up to `most` updates within one epoch, from `offset` on; how many were done.

    X [n, ld of the inputs], Y [n, ld of the last layer], both flat, ids and order [n]; count: updates before this call.
    held [k] are places in m of the numbers that stay, fixed [k] their values; dropouts [hidden layers] shares.
    """
    n, done, chunk = len(order), 0, info[CHUNK]
    last = len(layers) - 1
    while offset < n and done < most:
        size = min(batch, n - offset)
        share = m.dtype.type(1.0 / size)
        _transpose(m, layers)
        if len(skips):
            _transpose_projections(m, layers, skips)
        at = offset
        while at < offset + size:
            rows = min(chunk, offset + size - at)
            _gather(m, info[INPUTS], layers[0, LD_IN], X, order, at, rows)
            _gather(m, info[TARGETS], layers[last, LD], Y, order, at, rows)
            _forward(m, layers, skips, info, rows, keys, dropouts, epoch, ids, order, at)
            _backward(m, layers, skips, info, rows, share, FROM_ZERO if at == offset else ADD)
            at += rows
        done += 1
        _change(m, layers, skips, info, real, rate, count + done)
        if len(held):
            _hold(m, info[N_PARAMS], held, fixed)
        offset += size
    return done


@compiled_for("m I I i m m i i u i d", types.boolean)
def measure(m, layers, skips, info, X, Y, labels, sizes, keys, order, row):
    """The mean loss and the share of right classes of each part into row [2 * parts]; whether the run is finite.

    X and Y as in `steps`, labels (class indices) [n] of all parts one behind the other, those of training first;
    sizes [parts]. A part without points gets NaN.
    """
    last, at = len(layers) - 1, 0
    ld, n_out, sums = layers[last, LD], layers[last, N_OUT], layers[last, VALUES]
    none = np.empty(0, np.float64)
    for part in range(len(sizes)):
        loss, hits, end = 0.0, 0, at + sizes[part]
        while at < end:
            rows = min(info[CHUNK], end - at)
            _gather(m, info[INPUTS], layers[0, LD_IN], X, order, at, rows)
            _gather(m, info[TARGETS], ld, Y, order, at, rows)
            _forward(m, layers, skips, info, rows, keys, none, 0, order, order, 0)
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
    zeros = load(m, 0) - load(m, 0)
    for i in range(8, info[N_PARAMS], 8):
        zeros = zeros + (load(m, i) - load(m, i))
    return np.isfinite(row[0]) and lane_sum(zeros) == 0.0


@compiled_for("m I I i d i m m m i key bool int int d int u d m m i i i D", types.int64)
def epochs(
    m, layers, skips, info, real, held, fixed, X, Y, ids, key, shuffle, batch, first, rates, count, keys, dropouts,
    eX, eY, labels, sizes, everything, table,
):  # fmt: skip
    """Whole epochs from `first` on, one for each of `rates`; how many were done, fewer when one is not finite.

    table [epochs, 2 * parts]: measures after each epoch, by `measure` (of length 0: none are taken).
    """
    n = len(ids)
    order, bits = np.arange(n), np.empty(n, np.uint64)
    counts = np.empty(2 * n + 2, np.int64)
    n_steps = -(-n // batch)
    for i in range(len(rates)):
        epoch = first + i
        if shuffle or i == 0:
            permute(key, epoch if shuffle else 0, ids, order, bits, counts)
        steps(
            m, layers, skips, info, real, held, fixed, X, Y, ids, order, 0, batch, n_steps, rates[i], count, epoch,
            keys, dropouts,
        )  # fmt: skip
        count += n_steps
        if len(table) and not measure(
            m, layers, skips, info, eX, eY, labels, sizes, keys, everything, table[i]
        ):
            return i + 1
    return len(rates)


@compiled_for("m I I i m i M", types.none)
def outputs(m, layers, skips, info, X, order, found):
    """The last sums into `found` [n, outputs] of inputs X, as in `steps`."""
    last, at, n = len(layers) - 1, 0, len(found)
    keys, none = np.empty(0, np.uint64), np.empty(0, np.float64)
    while at < n:
        rows = min(info[CHUNK], n - at)
        _gather(m, info[INPUTS], layers[0, LD_IN], X, order, at, rows)
        _forward(m, layers, skips, info, rows, keys, none, 0, order, order, 0)
        for i in range(rows):
            for j in range(layers[last, N_OUT]):
                found[at + i, j] = m[layers[last, VALUES] + i * layers[last, LD] + j]
        at += rows
