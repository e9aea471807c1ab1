"""The harness that refuses silence: what a test leaves behind or lets pass unnoticed fails that test.

Warnings are errors (pyproject.toml). Here: log records of level WARNING and above, and threads that outlive
their test. Nothing here needs Qt; tests/gui/conftest.py adds the checks that do.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Iterator

import platformdirs
import pytest
from hypothesis import settings

# The same examples on every machine and in every run, and no failure because the machine is busy.
settings.register_profile("playground", derandomize=True, deadline=None, database=None, max_examples=50)
settings.load_profile("playground")

# One cache of compiled kernels for all tests, and for the programs they start with a home of their own.
os.environ.setdefault("PLAYGROUND_CACHE", platformdirs.user_cache_dir("playground", appauthor=False))

GRACE_S = 2.0  # for a thread that was told to stop and is on its way


def lasting_threads() -> set[threading.Thread]:
    """The threads that a test could have started: neither foreign ones nor that of pytest-timeout."""
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and "pytest_timeout" not in thread.name
    }


@pytest.fixture(autouse=True, scope="session")
def compiled_kernels() -> None:
    """No test waits for them by surprise."""
    from playground.engine import compiled

    assert compiled.ensure(), compiled.status().why


@pytest.fixture(autouse=True)
def no_leftover_threads() -> Iterator[None]:
    """Fail a test that starts a thread and does not end it."""
    before = lasting_threads()
    yield
    deadline = time.monotonic() + GRACE_S
    for thread in lasting_threads() - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = sorted(thread.name for thread in lasting_threads() - before)
    assert not left, f"threads still alive after the test: {left}"


@pytest.fixture(autouse=True)
def no_unexpected_log_records(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it is marked `allow_log(pattern)`."""
    yield
    marks = request.node.iter_markers("allow_log")
    allowed = [re.compile(pattern) for mark in marks for pattern in mark.args]
    unexpected = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING and not any(p.search(record.getMessage()) for p in allowed)
    ]
    assert not unexpected, f"unexpected log records: {unexpected}"
