"""How fast this machine trains: `playground bench`. Called by the command line; `__main__.py` renews the README.

Each workload is trained by everybody who can: our executors, the plain loop that a tutorial for torch would show
(`plain.py`), and scikit-learn's networks (`sklearn_child.py`), all on one thread. They take turns, so that a
machine that is busy for a while slows all of them (`timing.py`), and each begins every turn with initial weights.
What is timed is training with its shuffling, without scores and pictures; compilation never counts.
"""

from __future__ import annotations

import datetime
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata
from typing import Any

from playground.bench.workloads import POPULATION, WORKLOADS
from playground.engine import compiled

SWEEP = "closed_form_sweep"
NAMES = (*(workload.name for workload in WORKLOADS), POPULATION, SWEEP)
"""What `--only` can name."""


def measure(
    only: str | None = None,
    *,
    quick: bool = False,
    seconds: float | None = None,
    rounds: int | None = None,
    tell: Callable[[str], None] = lambda name: None,
) -> dict[str, Any]:
    """The figures as one object for JSON; what `only` leaves out is empty or None.

    seconds   for each turn, at least one epoch     rounds   turns of each; the figures are medians over them
    tell      is called with the name of each part before it is measured
    """
    from playground.bench import contestants, gpu, rates

    compiled.ensure(compiled.say_on_stderr)
    seconds = (0.02 if quick else 0.2) if seconds is None else seconds
    rounds = (5 if quick else 9) if rounds is None else rounds
    wanted = [workload for workload in WORKLOADS if only in (None, workload.name)]
    told: dict[str, Any] = {"machine": machine(), "workloads": []}
    told |= {"population": None, "closed_form_sweep_ms": None}
    with ExitStack() as stack:
        sklearn = stack.enter_context(contestants.sklearn_process()) if wanted else None
        stack.enter_context(one_thread())
        tell("peak rate")
        peak = rates.peak_gflops(seconds)
        for workload in wanted:
            tell(workload.name)
            told["workloads"].append(contestants.measure(workload, peak, sklearn, seconds, rounds))
        if only in (None, POPULATION):
            tell(POPULATION)
            told["population"] = contestants.measure_population(seconds, rounds)
        if only in (None, SWEEP):
            tell(SWEEP)
            told["closed_form_sweep_ms"] = contestants.measure_sweep(seconds)
        told["peak_gflops"] = peak
        told["gpu"] = gpu.measure(wanted, only in (None, POPULATION), seconds, rounds, tell)
    return told


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch and for the BLAS of numpy, which has to be loaded before it can be limited."""
    from playground.engine import torch_loading

    torch_loading.load()
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn
        yield
        return
    with threadpool_limits(limits=1):
        yield


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "os": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("torch", "numba", "numpy", "scikit-learn")},
        "date": datetime.date.today().isoformat(),
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _cpu() -> str:
    if sys.platform.startswith("linux"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            found = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        if found:
            return found[0]
    elif sys.platform == "darwin":
        import subprocess

        asked = ["sysctl", "-n", "machdep.cpu.brand_string"]
        name = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        if name:
            return name
    return platform.processor() or platform.machine()
