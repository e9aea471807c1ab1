"""What stands beside the canvas is painted in turns, and the canvas whenever there is news."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from playground.engine.snapshot import Snapshot
from playground.gui.turns import ALONE, Turns


class Stage(QObject):
    released = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tool = type("Tool", (), {"held": False})()
        self.refreshed = 0

    def refresh_now(self) -> None:
        self.refreshed += 1


class Window(QObject):
    """A bridge and a canvas that count, and three things beside it; those in `news` have something new."""

    tick, still = Signal(object), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = Snapshot(status="running")
        self.stage, self.shown, self.painted = Stage(), [], 0
        self.news = {0, 1, 2}
        self.turns = Turns(self, self, [self._show(i) for i in range(3)])  # type: ignore[arg-type]
        self.tick.emit(self.snapshot)  # begins to run: all catch up
        self.shown.clear()

    def _show(self, i: int) -> Any:
        def show(_: Snapshot) -> bool:
            if i in self.news:
                self.shown.append(i)
            return i in self.news

        return show

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.painted += 1


@pytest.fixture
def window(qapp) -> Window:
    return Window()


def test_beats_without_news_belong_to_what_stands_beside_the_canvas(window):
    for _ in range(3):
        window.tick.emit(window.snapshot)
        window.still.emit()
    assert window.shown == [0, 1, 2] and window.stage.refreshed == 0


def test_where_news_comes_in_every_beat_they_take_turns_beside_the_canvas(window):
    window.still.emit()
    window.shown.clear()
    for _ in range(ALONE + 3):
        window.tick.emit(window.snapshot)
    assert window.shown == [1, 2, 0]
    assert window.painted == ALONE + 4


def test_who_has_nothing_new_gives_the_turn_away(window):
    window.news = {2}
    window.still.emit()
    window.still.emit()
    assert window.shown == [2, 2]
    window.news = set()
    window.still.emit()
    assert window.stage.refreshed == 1


def test_all_catch_up_when_the_run_pauses_and_when_a_gesture_ends(window):
    window.tick.emit(Snapshot(status="paused"))
    assert window.shown == [0, 1, 2]
    window.stage.released.emit()
    assert window.shown == [0, 1, 2] * 2
