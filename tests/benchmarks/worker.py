"""How soon the worker answers while compiled kernels train at full speed: `python -m tests.benchmarks.worker`.

Prints milliseconds from a command to the snapshot that shows it obeyed, with a decision map and a network to be
computed for that snapshot. Figures of one machine; no test fails by them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np

from playground.engine import commands, compiled
from playground.engine import experiment as ex
from playground.engine.snapshot import Snapshot, View
from playground.engine.worker import Worker

TIMES = 40
WATCHED = frozenset({"map", "network", "loss", "accuracy", "confusion"})


def answers() -> dict[str, float]:
    worker = Worker(120.0)
    worker.start()

    def until(condition: Callable[[Snapshot], bool]) -> Snapshot:
        while True:
            snapshot = worker.take()
            if snapshot is not None and condition(snapshot):
                return snapshot
            time.sleep(0.0005)

    try:
        worker.send(commands.Watch(WATCHED, View((-6, 6), (-6, 6), 128)))
        worker.send(commands.Load(1, ex.default("classify")))
        until(lambda s: s.status == "ready")
        taken = []
        for k in range(TIMES):
            worker.send(commands.Play())
            running = until(lambda s: s.status == "running")
            time.sleep(0.05 + 0.01 * (k % 5))  # to be asked at any moment of a picture
            begun = time.perf_counter()
            worker.send(commands.Pause())
            until(lambda s: s.status == "paused")
            taken.append(1e3 * (time.perf_counter() - begun))
    finally:
        worker.close()
    median, p95, worst = np.percentile(taken, (50, 95, 100)).round(1).tolist()
    return {"median_ms": median, "p95_ms": p95, "worst_ms": worst, "epoch": running.epoch}


if __name__ == "__main__":
    compiled.ensure(compiled.say_on_stderr)
    print(json.dumps(answers(), indent=1))
