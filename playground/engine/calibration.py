"""How long a step takes here, by executor: measured once, when the kernels are compiled (`compiled.py`), and
looked up by `executors.choose`."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from playground.engine.executors.base import Executor
    from playground.engine.experiment import Experiment

UNITS, BATCHES = (4, 32, 256), (10, 100)
"""Of the networks that are measured: two hidden layers."""
SECONDS = 0.01
"""For each, several times; the best counts, since a machine that is busy for a moment is not a slow one."""
TURNS = 3

Speeds = list[tuple[float, float]]
"""(operations of a step, its seconds)"""


def operations(sizes: Sequence[int], batch_size: int) -> float:
    """Products and sums of the matrix products of one step, inputs first in `sizes`: forward, gradient, and the
    deltas of all layers but the first, which nobody asks for."""
    products = [a * b for a, b in pairwise(sizes)]
    return 2.0 * batch_size * (3 * sum(products) - products[0])


def seconds(speeds: Speeds, wanted: float) -> float:
    """A step of so many operations, between the two that were measured nearest to it."""
    x, y = np.log(np.array(sorted(speeds))).T
    at = math.log(max(wanted, 1.0))
    beyond = max(0.0, at - x[-1])  # in proportion, beyond the largest
    return float(np.exp(np.interp(at, x, y) + beyond))


def measure() -> dict[str, Speeds]:
    """Of the fused kernels and of torch on each device that is there."""
    from playground.engine import torch_loading
    from playground.engine.executors.fused import FusedExecutor
    from playground.engine.executors.torch import TorchExecutor
    from playground.engine.problem import build

    torch = torch_loading.load()
    devices = ["cpu"] + ["cuda"] * torch.cuda.is_available() + ["mps"] * torch.backends.mps.is_available()
    found: dict[str, Speeds] = {name: [] for name in ("fused", *(f"torch {device}" for device in devices))}
    for e, wanted in _experiments():
        problem = build(e)
        found["fused"].append((wanted, _seconds_per_step(FusedExecutor(e, problem), e)))
        for device in devices:
            executor = TorchExecutor(e, problem, device)
            found[f"torch {device}"].append((wanted, _seconds_per_step(executor, e)))
    return found


def _experiments() -> Iterator[tuple[Experiment, float]]:
    from playground.engine import experiment as ex

    for units in UNITS:
        for batch_size in BATCHES:
            values = {"data.n": 1000, "split.train": 1.0, "model.hidden": (units, units), "optimizer.kind": "sgd",
                      "training.batch_size": batch_size}  # fmt: skip
            sizes = (2, units, units, 1)
            yield ex.change(ex.default("classify"), values), operations(sizes, batch_size)


def _seconds_per_step(executor: Executor, e: Experiment) -> float:
    order, size, best = np.arange(len(executor.problem.train.ids)), e.training.batch_size, math.inf
    executor.steps(0, order, 0, size, 3, math.inf)
    for _ in range(TURNS):
        begun = time.perf_counter()
        done = executor.steps(0, order, 0, size, 1 << 30, begun + SECONDS)
        executor.finite()  # waits for a GPU
        best = min(best, (time.perf_counter() - begun) / done)
    return best
