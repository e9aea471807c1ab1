"""Taking turns, and medians."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Protocol


class Contestant(Protocol):
    """Somebody who trains one workload."""

    def begin(self) -> None:
        """Back to initial weights."""

    def epochs(self, n: int) -> float:
        """Train for n epochs; how many seconds that took."""


def alternate(contestants: Mapping[str, Contestant], seconds: float, rounds: int) -> dict[str, list[float]]:
    """Seconds for one epoch, in each round, of each contestant.

    In a round each trains once for about `seconds`, from initial weights and for at least one epoch. Every other
    round goes the other way round, so that nobody always follows the same one.
    """
    sizes = {name: _epochs_in(contestant, seconds) for name, contestant in contestants.items()}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for i in range(rounds):
        for name in list(contestants)[:: -1 if i % 2 else 1]:
            contestants[name].begin()
            found[name].append(contestants[name].epochs(sizes[name]) / sizes[name])
    return found


def _epochs_in(contestant: Contestant, seconds: float) -> int:
    """How many epochs fill about so many seconds, after one that compiles and allocates what has to be."""
    contestant.begin()
    contestant.epochs(1)
    n = 1
    while (taken := contestant.epochs(n)) < seconds / 2:
        n = math.ceil(n * min(10.0, seconds / max(taken, 1e-9)))
    return n


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """How many times faster: the median of the ratios of the rounds."""
    return median(a / b for a, b in zip(slow, fast, strict=True))
