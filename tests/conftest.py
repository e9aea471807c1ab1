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
from pathlib import Path

import platformdirs
import pytest
from hypothesis import settings

# The same examples on every machine and in every run, and no failure because the machine is busy.
settings.register_profile("playground", derandomize=True, deadline=None, database=None, max_examples=50)
settings.load_profile("playground")

# One cache of compiled kernels for all tests, and for the programs they start with a home of their own.
os.environ.setdefault("PLAYGROUND_CACHE", platformdirs.user_cache_dir("playground", appauthor=False))

# The programs that tests start need not compile all of their modules each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

GRACE_S = 2.0  # for a thread that was told to stop and is on its way


def lasting_threads() -> set[threading.Thread]:
    """The threads that a test could have started: neither foreign ones nor that of pytest-timeout."""
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and "pytest_timeout" not in thread.name
    }


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kernels before the first test, once for all processes: no test waits for them by surprise."""
    from playground.engine import compiled

    if not hasattr(config, "workerinput") and not compiled.ensure(compiled.say_on_stderr):
        raise pytest.UsageError(compiled.status().why)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in several processes, those of a file stay together, and so do the stories: two windows side
    by side would take each other's time. They take longest, so they begin."""
    stories = Path(__file__).parent / "stories"
    items.sort(key=lambda item: stories not in item.path.parents)
    for item in items:
        together = stories if stories in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(together)))


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
