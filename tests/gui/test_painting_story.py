"""Painted by hand, taken back and painted again, learned, judged, saved: one afternoon in the classification lab."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from playground.engine.experiment import Experiment
from playground.engine.snapshot import Score
from playground.gui.main_window import MainWindow
from playground.gui.theme import host
from playground.gui.views.confusion import ConfusionView
from playground.gui.widgets.rows import ChoiceRow

LEFT = Qt.MouseButton.LeftButton
SPRAYED = 24
"""Points that the brush leaves before it goes on."""


class Hand:
    """A person at the window: keys, and the mouse on the canvas at places of the plane."""

    def __init__(self, bot: QtBot, window: MainWindow) -> None:
        self.bot, self.window = bot, window
        self.stage = window.canvas.viewport()
        self.steps: list[Experiment] = [window.document.experiment]
        """The document after each step of undo."""

    def done(self, undo: str) -> None:
        """A step has ended, and undo would take just this one back."""
        assert self.window.document.undo_text == undo
        assert self.window.document.experiment != self.steps[-1]
        self.steps.append(self.window.document.experiment)

    @property
    def n(self) -> int:
        return len(self.window.document.problem.points)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.stage, key, modifier)

    def at(self, x: float, y: float) -> QPoint:
        return self.window.canvas.pixel_of(x, y)

    def press(self, x: float, y: float) -> None:
        QTest.mousePress(self.stage, LEFT, pos=self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.stage, self.at(x, y))

    def release(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.stage, LEFT, pos=self.at(x, y))

    def stroke(self, *way: tuple[float, float], spray: bool = False) -> None:
        """Press at the first place, go through the others, let go at the last."""
        self.press(*way[0])
        for place in way[1:]:
            self.move(*place)
            if spray:
                wanted = self.n + SPRAYED
                self.bot.waitUntil(lambda wanted=wanted: self.n >= wanted)
        self.release(*way[-1])


@pytest.fixture
def hand(qtbot: QtBot, qapp: QApplication, opened: Callable[..., MainWindow]) -> Hand:
    """At a window in the classification lab, with an empty canvas."""
    host().apply(qapp)
    window = opened()
    window.lab_acts["classify"].trigger()
    qtbot.waitUntil(lambda: "map" in window.bridge.snapshot.summaries, timeout=60_000)
    window.acts["clear"].trigger()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.canvas.viewport().setFocus()
    window.canvas.stage.rng = np.random.default_rng(3)
    return Hand(qtbot, window)


def paint(hand: Hand) -> None:
    """Two clusters with the brush, an arc with the pen: three classes."""
    hand.window.data_panel.classes.add_button.click()
    hand.done("Add class")
    for key, x in ((Qt.Key.Key_1, -3.0), (Qt.Key.Key_2, 3.0)):
        hand.key(Qt.Key.Key_B)
        hand.key(key)
        hand.stroke((x - 0.8, 2.2), (x + 0.8, 2.6), (x - 0.6, 3.2), (x + 0.5, 3.5), spray=True)
        hand.done("Spray points")
    hand.key(Qt.Key.Key_N)
    hand.key(Qt.Key.Key_3)
    angles = np.linspace(np.pi, 2 * np.pi, 24)
    hand.stroke(*((4 * np.cos(a), 1.5 * np.sin(a) - 1) for a in angles))
    hand.done("Draw points")
    labels = hand.window.document.problem.points.t
    assert set(labels) == {0.0, 1.0, 2.0} and (np.bincount(labels.astype(int)) > 15).all()


def rearrange(hand: Hand) -> None:
    """The arc goes down, by hand and by keys, and lies there twice; the first class takes another colour."""
    document, stage = hand.window.document, hand.window.canvas.stage
    hand.key(Qt.Key.Key_L)
    hand.stroke((-5.0, 0.5), (-5, -3.5), (5, -3.5), (5, 0.5), (2.5, 0.5), (0, -1.2), (-2.5, 0.5))
    arc = document.problem.points.ids[document.problem.points.t == 2]
    assert sorted(stage.selected) == sorted(arc)
    assert document.undo_text == "Draw points", "choosing changes nothing"
    before = document.problem.points
    start = before.X[before.index(arc[:1])[0]]
    hand.stroke(tuple(start), (start[0], start[1] - 0.7), (start[0], start[1] - 1.5))
    hand.done("Move points")
    way = document.problem.points.X - before.X
    assert np.abs(way[before.t == 2] - (0, -1.5)).max() < 0.05 and not way[before.t != 2].any()

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        hand.key(key)
    hand.done("Nudge points")
    n = hand.n
    hand.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    hand.done("Duplicate points")
    assert hand.n == n + len(arc) == n + len(stage.selected)

    palette = hand.window.data_panel.classes._rows[0].colors_menu(hand.window)
    next(action for action in palette.actions() if not action.isChecked()).trigger()
    hand.done("Recolour class")


def take_back_and_do_again(hand: Hand) -> None:
    """To the empty canvas and back, each step exactly as it was."""
    window = hand.window
    for step in reversed(hand.steps[:-1]):
        hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert window.document.experiment == step
        assert window.canvas.stage.picture.points == window.document.problem.points
    assert hand.n == 0 and window.document.undo_text == "Clear points"
    for step in hand.steps[1:]:
        hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        assert window.document.experiment == step
    assert not window.document.redo_text


def learn(hand: Hand, epochs: int) -> None:
    window = hand.window
    window.document.change({"beside": ("svm",)})
    hand.bot.waitUntil(lambda: window.bridge.snapshot.executor == "fused", timeout=60_000)
    window.bridge.set_speed(None)
    hand.key(Qt.Key.Key_Space)
    hand.bot.waitUntil(lambda: window.bridge.snapshot.epoch >= epochs, timeout=60_000)
    hand.key(Qt.Key.Key_Space)
    hand.bot.waitUntil(lambda: window.bridge.snapshot.status == "paused", timeout=10_000)


def click_a_cell(hand: Hand) -> None:
    """The points that the fullest cell of the confusion counts light up."""
    view = next(v for v in hand.window.findChildren(ConfusionView) if v.isVisible())
    hand.bot.waitUntil(lambda: view.has_data())
    counts, grid = view.summary.counts, view._grid
    i, j = np.unravel_index(counts.argmax(), counts.shape)
    k = len(counts)
    place = QPoint(round(grid.left() + (j + 0.5) * grid.width() / k), round(grid.top() + (i + 0.5) * grid.height() / k))
    QTest.mouseClick(view, LEFT, pos=place)
    problem, lit = hand.window.document.problem, hand.window.canvas.stage.selected
    points = problem.points.take(np.isin(problem.points.ids, lit))
    assert len(lit) == counts[i, j] > 0 and set(points.t) == {float(i)}
    assert set(lit) <= set(problem.parts["test"].ids)


def measures(score: Score) -> dict[str, Any]:
    return {"loss": score.loss, "accuracy": score.accuracy, "balanced_accuracy": score.balanced_accuracy,
            "confusion": [list(row) for row in score.confusion or ()]}  # fmt: skip


@pytest.mark.timeout(300)
def test_paint_take_back_learn_judge_and_find_the_same_measures_on_the_command_line(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, bot = hand.window, hand.bot
    paint(hand)
    rearrange(hand)
    take_back_and_do_again(hand)
    learn(hand, epochs=40)
    shown = {part: measures(score) for part, score in window.bridge.snapshot.scores.items()}
    assert shown["test"]["accuracy"] > 0.8
    click_a_cell(hand)

    session = tmp_path / "painted.playground"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(session), ""))
    hand.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    bot.waitUntil(lambda: session.exists() and not window.document.dirty, timeout=20_000)
    command = [sys.executable, "-m", "playground", "run", str(session), "--json", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["epochs"] == window.bridge.snapshot.epoch
    assert {part: {name: printed[part][name] for name in said} for part, said in shown.items()} == shown

    # The machine beside it, brought to the front: it says what the command line said of it.
    row = window.model_panel.rows("model.kind")
    assert isinstance(row, ChoiceRow)
    row.changed.emit("svm")
    bot.waitUntil(lambda: window.bridge.snapshot.executor == "sklearn", timeout=60_000)
    beside = printed["beside"][0]
    shown = {part: measures(score) for part, score in window.bridge.snapshot.scores.items()}
    assert beside["model"] == "svm" and shown["test"]["accuracy"] > 0.8
    assert {part: {name: beside[part][name] for name in said} for part, said in shown.items()} == shown
