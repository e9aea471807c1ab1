"""The bridge: what becomes a live change and what a new run, old answers dropped, the way out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from playground.engine import commands
from playground.engine.snapshot import Snapshot
from playground.gui.bridge import Bridge
from playground.gui.document import Document


class ScriptedWorker:
    """Notes what it is sent; answers with what the test puts into `next`."""

    def __init__(self) -> None:
        self.outbox: deque[Any] = deque()
        self.sent: list[Any] = []
        self.next: Snapshot | None = None
        self.started = self.closed = False

    def start(self) -> None:
        self.started = True

    def send(self, command: Any) -> None:
        self.sent.append(command)

    def take(self) -> Snapshot | None:
        snapshot, self.next = self.next, None
        return snapshot

    def close(self, timeout: float = 2.0) -> bool:
        self.closed = True
        return True

    def hold(self) -> None:
        pass

    def release(self) -> None:
        pass

    def kinds(self) -> list[str]:
        return [type(command).__name__ for command in self.sent]


@pytest.fixture
def worker() -> ScriptedWorker:
    return ScriptedWorker()


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def bridge(qtbot: QtBot, worker: ScriptedWorker, document: Document) -> Iterator[Bridge]:
    bridge = Bridge(document, worker)
    bridge.start()
    yield bridge
    bridge.close()


def test_the_document_is_loaded_at_the_start(bridge: Bridge, worker: ScriptedWorker, document: Document) -> None:
    assert worker.started
    assert worker.sent == [commands.Load(1, document.experiment)]


def test_dragged_points_and_live_settings_go_on(bridge: Bridge, worker: ScriptedWorker, document: Document) -> None:
    points = document.problem.points
    document.set_points(points.replace([0], t=[2.0]), "Move point")
    document.change({"model.ln_lambda": -18.0})
    assert worker.kinds() == ["Load", "Set", "Set"]
    assert worker.sent[-1].experiment == document.experiment


def test_what_cannot_go_on_is_loaded_anew(bridge: Bridge, worker: ScriptedWorker, document: Document) -> None:
    document.change({"model.order": 9})
    assert worker.sent[-1] == commands.Load(2, document.experiment)


def test_a_change_of_shape_keeps_weights_and_goes_on_playing(
    bridge: Bridge, worker: ScriptedWorker, document: Document
) -> None:
    document.switch_lab("classify")
    bridge.play()
    document.change({"model.hidden": (8, 8, 4)})
    assert worker.kinds()[-2:] == ["Load", "Play"]
    assert worker.sent[-2].keep_weights
    assert bridge.playing


def test_another_lab_is_not_played(bridge: Bridge, worker: ScriptedWorker, document: Document) -> None:
    document.switch_lab("classify")
    bridge.play()
    document.switch_lab("curve")
    assert not bridge.playing


def test_answers_of_an_older_run_are_dropped(
    qtbot: QtBot, bridge: Bridge, worker: ScriptedWorker, document: Document
) -> None:
    ticks: list[Snapshot] = []
    bridge.tick.connect(ticks.append)
    document.change({"model.order": 9})
    worker.next = Snapshot(generation=1)
    qtbot.waitUntil(lambda: worker.next is None)
    assert not ticks
    worker.next = Snapshot(generation=2, status="ready")
    qtbot.waitUntil(lambda: bool(ticks))
    assert bridge.snapshot.generation == 2


def test_a_run_that_ends_stops_playing(qtbot: QtBot, bridge: Bridge, worker: ScriptedWorker) -> None:
    bridge.play()
    worker.next = Snapshot(generation=1, status="diverged", message="The loss is not finite any more.")
    qtbot.waitUntil(lambda: not bridge.playing)


def test_the_run_is_handed_to_whom_asked(qtbot: QtBot, bridge: Bridge, worker: ScriptedWorker) -> None:
    got: list[Any] = []
    bridge.collect(got.append)
    token = worker.sent[-1].token
    worker.outbox.append(SimpleNamespace(token=token, record="the run"))
    qtbot.waitUntil(lambda: got == ["the run"])


def test_the_heartbeat_rests_when_nothing_happens_and_wakes_at_once(
    qtbot: QtBot, bridge: Bridge, worker: ScriptedWorker
) -> None:
    beat = bridge.interval
    qtbot.waitUntil(lambda: bridge.interval > beat, timeout=3000)
    bridge.play()
    assert bridge.interval == beat


def test_after_closing_nothing_is_sent(bridge: Bridge, worker: ScriptedWorker, document: Document) -> None:
    assert bridge.close()
    sent = len(worker.sent)
    document.change({"model.order": 9})
    bridge.play()
    assert worker.closed
    assert len(worker.sent) == sent
