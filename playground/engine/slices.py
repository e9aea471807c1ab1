"""Work that is done a few milliseconds at a time: the worker looks at its queue in between.

A summary that is not complete says so by `behind`, and the worker asks for it again (`worker.py`).
"""

from __future__ import annotations

import time

SHARE_S = 0.008
"""For one picture: more comes with the next one."""
AT_ONCE = 5
"""Parts of the work that are done together: numpy's calls are dear, and so many take no frame."""


class Sliced:
    """Work in n like parts. A subclass gives `compute`; `done` of the parts are."""

    def __init__(self, n: int) -> None:
        self.n, self.done = n, 0

    def compute(self, these: slice) -> None:
        raise NotImplementedError

    def advance(self) -> bool:
        """Go on for a moment, with one slice at least; whether all is done."""
        deadline = time.perf_counter() + SHARE_S
        while self.done < self.n:
            end = min(self.n, self.done + AT_ONCE)
            self.compute(slice(self.done, end))
            self.done = end
            if time.perf_counter() >= deadline:
                break
        return self.done == self.n

    def progress(self, noun: str) -> str:
        """A sentence on work that is not complete; else empty."""
        return "" if self.done == self.n else f"{self.done} of {self.n} {noun}s so far. "
