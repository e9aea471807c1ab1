"""Asks the process of scikit-learn (`library_process.py`): there is one at most, started with the first question.

It is started again when somebody has ended it; what was fitted there is then fitted anew by those who ask.
"""

from __future__ import annotations

import atexit
import itertools
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from playground.engine.library_process import Arrays, read, write
from playground.engine.schema import SpecError

LONGEST_S = 60.0
"""A fit that takes longer is given up."""
keys = itertools.count(1)
"""Of fitted models."""


class Ended(RuntimeError):
    """Somebody has ended the process while it was at work."""


class _Process:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._given_up = self._closed = False

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def ask(self, head: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
        """The answer. Raises Ended, and SpecError where it failed or took too long."""
        with self._lock:
            child = self._child
            if child is None or child.poll() is not None:
                child = self._child = self._begin()
            assert child.stdin is not None and child.stdout is not None
            self._given_up = self._closed = False
            patience = threading.Timer(LONGEST_S, self._give_up, [child])
            patience.daemon = True
            patience.start()
            try:
                write(child.stdin, head, arrays)
                answer, found = read(child.stdout)
            except (OSError, EOFError, ValueError) as error:
                _end(child)
                if self._given_up or self._closed:
                    raise SpecError(f"The fit was given up after {LONGEST_S:.0f} s: take fewer points, or a smaller C."
                                    if self._given_up else "The fit was called off.") from None  # fmt: skip
                raise Ended("The process of scikit-learn has ended.") from error
            finally:
                patience.cancel()
        if "failed" in answer:
            raise SpecError(f"scikit-learn cannot fit this model ({answer['failed'].rstrip('.')}).")
        return answer, found

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "playground.engine.library_process"]
        if getattr(sys, "frozen", False):
            command = [sys.executable, LIBRARY_PROCESS]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _give_up(self, child: subprocess.Popen[bytes]) -> None:
        self._given_up = True
        child.kill()

    def close(self) -> None:
        """End it; who waits for an answer is told so."""
        self._closed = True
        child = self._child
        if child is not None and child.poll() is None:
            child.kill()
        if child is not None and self._lock.acquire(timeout=2.0):
            try:
                _end(child)
            finally:
                self._lock.release()


LIBRARY_PROCESS = "--library-process"
"""What a bundled program is started with to be this process."""


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
    child.wait()


process = _Process()
atexit.register(process.close)
