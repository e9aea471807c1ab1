"""Many networks of one shape, one after the other in one compiled call. Laid out by `executors/population.py`."""

import numpy as np
from numba import types

from playground.engine.kernels.dense import LD, LD_IN, compiled_for, epochs, outputs


@compiled_for("M I I i D i m M M I i u bool int int D i U d i", types.none)
def train(
    ms, layers, skips, info, reals, held, fixed, Xs, Ys, ids, sizes, orders, shuffle, batch, first, rates, counts,
    keys, dropouts, members,
):  # fmt: skip
    """The epochs from `first` on, one for each column of `rates`, of the networks `members` [members].

    ms [K, numbers of one network], reals [K, 6], orders [K] (keys of their permutations), rates [members, epochs],
    counts [K] updates so far, keys [K, hidden layers] of what is dropped out. Xs, Ys, ids [1 or K, ...]: the points,
    the same for all or each its own, of which the first sizes [1 or K] count.
    """
    last = len(layers) - 1
    no_points, no_ids, no_row = ms[0][:0], ids[0][:0], np.empty((0, 0))
    for i in range(len(members)):
        k = members[i]
        g = k if len(Xs) > 1 else 0
        n = sizes[g]
        epochs(
            ms[k], layers, skips, info, reals[k], held, fixed, Xs[g][: n * layers[0, LD_IN]],
            Ys[g][: n * layers[last, LD]], ids[g][:n], orders[k], shuffle, batch, first, rates[i], counts[k],
            keys[k], dropouts, no_points, no_points, no_ids, no_ids, no_ids, no_row,
        )  # fmt: skip
        counts[k] += len(rates[i]) * (-(-n // batch))


@compiled_for("M I I i m i T", types.none)
def predict(ms, layers, skips, info, X, order, found):
    """The last sums of all networks at inputs X into `found` [K, n, outputs]."""
    for k in range(len(ms)):
        outputs(ms[k], layers, skips, info, X, order, found[k])
