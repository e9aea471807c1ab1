"""Work that can wait gives way to whoever uses the window."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from playground.gui import idle


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A quiet one. Of a mouse that another test has pressed nothing is known here."""
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.NoButton)
    return SimpleNamespace(quiet_s=10.0)


def test_pieces_are_done_in_their_order_and_then_the_timer_rests(qtbot, bridge):
    done: list[int] = []
    owner = QObject()
    work = idle.Idle(bridge, owner)
    work.do([lambda: done.append(1), lambda: done.append(2)])
    qtbot.waitUntil(lambda: done == [1, 2])
    qtbot.waitUntil(lambda: not work._timer.isActive())


def test_nothing_is_done_while_a_button_is_held(qtbot, bridge, monkeypatch):
    done: list[int] = []
    owner = QObject()
    work = idle.Idle(bridge, owner)
    held = [Qt.MouseButton.LeftButton]
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: held[0])
    work.do([lambda: done.append(1)])
    asked: list[int] = []
    work._timer.timeout.connect(lambda: asked.append(1))
    qtbot.waitUntil(lambda: len(asked) > 5)
    assert not done
    held[0] = Qt.MouseButton.NoButton
    qtbot.waitUntil(lambda: done == [1])


def test_beside_a_training_that_never_ends_only_little_is_done(qapp, bridge, monkeypatch):
    bridge.quiet_s = 0.0
    done: list[int] = []
    owner, now = QObject(), [100.0]
    monkeypatch.setattr(idle, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    work = idle.Idle(bridge, owner)
    work.do([lambda: done.append(1)] * 3)
    work._timer.stop()  # the test is the timer
    counts = []
    for later in (0.0, 0.9 * idle.PATIENCE_S, 0.2 * idle.PATIENCE_S, 0.9 * idle.PATIENCE_S, 0.2 * idle.PATIENCE_S):
        now[0] += later
        work._step()
        counts.append(len(done))
    assert counts == [1, 1, 2, 2, 3]
