"""The peak arithmetic rate of one core, measured: what a share of it is a share of."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

SIDE = 768
"""Of the matrices: large enough that the product comes close to the peak, small enough for several in a turn."""


def peak_gflops(seconds: float) -> float:
    """In float32, the best that was seen in so many seconds, of a product of large matrices on one thread."""
    return _best(_product(), seconds)


def _best(run: Callable[[], float], seconds: float) -> float:
    """The highest rate in Gflop/s of `run`, which answers with the flops it did; five runs at the least."""
    run()
    best, end, runs = 0.0, time.perf_counter() + seconds, 0
    while runs < 5 or time.perf_counter() < end:
        begun = time.perf_counter()
        flops = run()
        best, runs = max(best, flops / (time.perf_counter() - begun) / 1e9), runs + 1
    return best


def _product() -> Callable[[], float]:
    a, b = np.random.default_rng(1).random(
        (2, SIDE, SIDE), dtype=np.float32
    )  # a @ a.T would do half the work
    out = np.empty_like(a)

    def run() -> float:
        np.matmul(a, b, out=out)
        return 2.0 * SIDE**3

    return run
