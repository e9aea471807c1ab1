"""Everybody on one workload: our executors, the plain torch loop, scikit-learn."""

from __future__ import annotations

import importlib.util
import multiprocessing
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.bench.plain import PlainTorch
from playground.bench.timing import Contestant, alternate, ratio
from playground.bench.workloads import MEMBER, MEMBERS, TENSORFLOW_PLAYGROUND, Workload
from playground.engine import compiled
from playground.engine.executors.batched import BatchedPopulation
from playground.engine.executors.population import Population
from playground.engine.executors.sweep import ridge_sweep
from playground.engine.features import Floats, expand
from playground.engine.problem import build
from playground.engine.random import permutation
from playground.engine.schema import SpecError
from playground.engine.trainer import Run

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

OURS = ("fused", "torch")


class Ours:
    """A run's executor, called as the trainer calls it."""

    def __init__(self, run: Run) -> None:
        self.run, self._executor, self._epoch = run, run.executor, 0

    def begin(self) -> None:
        self._executor.reset()
        self._epoch = 0

    def epochs(self, n: int) -> float:
        begun = time.perf_counter()
        if self._executor.epochs(self._epoch, n, float("inf"), measured=False) is None:
            self._step_by_step(n)
        self._executor.finite()  # waits for a GPU
        self._epoch += n
        return time.perf_counter() - begun

    def _step_by_step(self, n: int) -> None:
        ids, seed = self.run.problem.train.ids, self.run.experiment.seed.batches
        for epoch in range(self._epoch, self._epoch + n):
            order = permutation(seed, "batches", ids, epoch)
            self._executor.steps(
                epoch, order, 0, self.run.experiment.training.batch_size, len(ids), float("inf")
            )


class Sklearn:
    """scikit-learn's network, in the process at the other end of the pipe; see `sklearn_child.py`."""

    def __init__(self, pipe: Connection, workload: Workload) -> None:
        self._pipe = pipe
        pipe.send(workload)
        pipe.send(points(workload))

    def begin(self) -> None:
        """Each `epochs` begins anew by itself."""

    def epochs(self, n: int) -> float:
        self._pipe.send(n)
        return float(self._pipe.recv())


def points(workload: Workload) -> tuple[Floats, Floats]:
    """Inputs [n, k] and targets [n] of the training points."""
    experiment = workload.experiment()
    train = build(experiment).train
    return expand(train.X, experiment.features), train.t


@contextmanager
def sklearn_process() -> Iterator[Connection | None]:
    """The pipe to a process of scikit-learn; None where it is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        yield None
        return
    from playground.bench.sklearn_child import serve

    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield pipe
        pipe.send(None)
        process.join()
    finally:
        process.kill()
        process.join()
        process.close()
        pipe.close()


def ours(workload: Workload, executor: str, device: str = "cpu") -> Ours | None:
    """The executor on this workload; None where it does not cover it."""
    try:
        run = Run(workload.experiment(executor, device))
    except SpecError:
        return None
    return Ours(run) if run.executor.name == executor else None


class Members:
    """A population, as one contestant: an epoch is one of all its members."""

    def __init__(self, population: Population | BatchedPopulation) -> None:
        self._population, self._epoch = population, 0

    def begin(self) -> None:
        self._population.reset()
        self._epoch = 0

    def epochs(self, n: int) -> float:
        begun = time.perf_counter()
        self._epoch += n
        self._population.train(self._epoch)
        self._population.weights(0)  # waits for a GPU
        return time.perf_counter() - begun


def fused(n: int) -> Population:
    """The members, by the compiled kernels. Raises compiled.Unavailable."""
    return Population([MEMBER.experiment("fused", seed__init=k, seed__batches=k) for k in range(n)])


def batched(n: int, device: str) -> BatchedPopulation:
    """The same, in batches."""
    members = [MEMBER.experiment("torch", seed__init=k, seed__batches=k) for k in range(n)]
    return BatchedPopulation(members, device=device)


def measure_population(seconds: float, rounds: int) -> dict[str, Any] | None:
    """All members together, beside the plain loop on one of them: so often would it have to run."""
    try:
        members = Members(fused(MEMBERS))
    except compiled.Unavailable:
        return None
    taken = alternate({"all": members, "plain_torch": PlainTorch(MEMBER, *points(MEMBER))}, seconds, rounds)
    return {
        "name": MEMBER.name,
        "members": MEMBERS,
        "ms_per_epoch": median(taken["all"]) * 1e3,
        "ratio_to_single_runs": MEMBERS * ratio(taken["plain_torch"], taken["all"]),
    }


def measure_sweep(seconds: float) -> float | None:
    """Milliseconds for all orders x 41 penalties x 10 folds of 100 points, the median of many."""
    rng = np.random.default_rng(1)
    x = rng.uniform(size=100)
    t = np.sin(2 * np.pi * x) + 0.3 * rng.normal(size=100)
    folds, ln_lambdas = np.arange(100) % 10, np.linspace(-40.0, 0.0, 41).tolist()
    taken: list[float] = []
    end = time.perf_counter() + max(seconds, 0.05)
    try:
        ridge_sweep(x, t, range(21), ln_lambdas, folds)
    except compiled.Unavailable:
        return None
    while len(taken) < 5 or time.perf_counter() < end:
        begun = time.perf_counter()
        ridge_sweep(x, t, range(21), ln_lambdas, folds)
        taken.append(time.perf_counter() - begun)
    return 1e3 * median(taken)


def measure(
    workload: Workload, peak: float, sklearn: Connection | None, seconds: float, rounds: int
) -> dict[str, Any]:
    """The figures of one workload on the CPU, None for whoever cannot take part. `peak` in Gflop/s."""
    found: dict[str, Contestant | None] = {name: ours(workload, name) for name in OURS}
    found["plain_torch"] = PlainTorch(workload, *points(workload))
    found["sklearn"] = Sklearn(sklearn, workload) if sklearn is not None else None
    told = figures(workload, found, seconds, rounds)
    share = workload.flops / (peak * 1e3)  # microseconds of a step at the peak rate
    us = told["us_per_step"]
    told["share_of_peak"] = {name: share / us[name] if us[name] else None for name in OURS}
    reference = TENSORFLOW_PLAYGROUND.get(workload.name)
    told["ratio_to_tensorflow_playground"] = {
        name: times * reference if reference and times else None
        for name, times in told["ratio_to_plain_torch"].items()
    }
    return told


def figures(
    workload: Workload, contestants: Mapping[str, Contestant | None], seconds: float, rounds: int
) -> dict[str, Any]:
    """Times of everybody, and how many times faster ours are than the others."""
    there = {name: contestant for name, contestant in contestants.items() if contestant is not None}
    taken = alternate(there, seconds, rounds)
    epoch = {name: median(taken[name]) if name in taken else None for name in contestants}

    def ratios(to: str) -> dict[str, float | None]:
        return {name: ratio(taken[to], taken[name]) if {name, to} <= set(taken) else None
                for name in contestants if name in OURS}  # fmt: skip

    return {
        "name": workload.name,
        "us_per_step": {name: t and t * 1e6 / workload.steps for name, t in epoch.items()},
        "ms_per_epoch": {name: t and t * 1e3 for name, t in epoch.items()},
        "ratio_to_plain_torch": ratios("plain_torch"),
        "ratio_to_sklearn": ratios("sklearn"),
    }
