"""Guards the pin of PySide6 in pyproject.toml."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer


def test_calls_that_return_none_leave_the_reference_count_of_none_alone() -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to None at each call until the process dies."""
    timer = QTimer()
    timer.setInterval(1)  # what the first call sets up is not counted
    before = sys.getrefcount(None)
    for _ in range(1000):
        timer.setInterval(1)
    assert abs(sys.getrefcount(None) - before) < 100
