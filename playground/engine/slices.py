"""Work that is done a few milliseconds at a time: the worker looks at its queue in between.

A summary that is not complete says so by `behind`, and the worker asks for it again (`worker.py`).
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

SHARE_S = 0.008
"""For one picture: more comes with the next one."""
THREADED = 200
"""Rows from which on BLAS may begin threads of its own."""
AT_ONCE = 5
"""Parts of the work that are done together: numpy's calls are dear, and so many take no frame as a rule."""


@cache
def _blas() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:  # it comes with scikit-learn
        return None
    return ThreadpoolController().select(user_api="blas")


def one_thread(rows: int = THREADED) -> AbstractContextManager[Any]:
    """Linear algebra in this thread alone. The threads of BLAS wait for each other: where the cores are busy, a
    factorisation of 300 by 100 numbers, which takes one thread 2 ms, was measured to take seconds.

    `rows`, where it is known: for few of them there is nothing to limit, and asking takes longer than the work.
    """
    blas = _blas() if rows >= THREADED else None
    return nullcontext() if blas is None else blas.limit(limits=1)


class Sliced:
    """Work in n like parts. A subclass gives `compute`; `done` of the parts are."""

    def __init__(self, n: int, at_once: int = AT_ONCE) -> None:
        self.n, self.done, self.at_once = n, 0, at_once

    def compute(self, these: slice) -> None:
        raise NotImplementedError

    def advance(self) -> bool:
        """Go on for a moment, with one slice at least; whether all is done."""
        if self.done == self.n:
            return True
        deadline = time.perf_counter() + SHARE_S
        with one_thread():
            while self.done < self.n:
                end = min(self.n, self.done + self.at_once)
                self.compute(slice(self.done, end))
                self.done = end
                if time.perf_counter() >= deadline:
                    break
        return self.done == self.n

    def progress(self, noun: str) -> str:
        """A sentence on work that is not complete; else empty."""
        return "" if self.done == self.n else f"{self.done} of {self.n} {noun}s so far. "
