"""How often the test set was looked at: with how many models, on the same data, its error was shown.

Who looks once gets an honest estimate. Who compares models by it and keeps the best has trained on it, in a small way:
the least of many noisy errors is too low. They are counted (`pictures.py`), the table of scores says so.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from playground.engine import features

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment

MOST = 10_000
"""Models that are told apart: who has looked so often need not be counted more precisely."""
WARN_FROM = 3


class Looks:
    """Of one lab."""

    def __init__(self) -> None:
        self._data: object = None
        self._models: set[Hashable] = set()

    def look(self, e: Experiment) -> int:
        """The test error under this Experiment is shown; with how many models that was so until now, with it."""
        data = (e.data, e.split, e.seed.data, e.seed.split)
        if data != self._data:
            self._data = data
            self._models.clear()
        if len(self._models) < MOST:
            self._models.add((e.model, features.names(e), e.standardize, e.loss, e.optimizer, e.training))
        return len(self._models)


def sentence(looks: int) -> str:
    """What the table of scores says of it; empty for one look."""
    if looks < 2:
        return ""
    if looks < WARN_FROM:
        return f"{looks} models judged by the test set."
    return f"{looks} models judged by the test set: chosen by it, the best looks better than it is."
