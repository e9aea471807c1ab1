"""What tests do with models side by side in the real window, and what the command line prints for a session.

`keep_beside`, `choose_kind`, `train`, `shown` and `save` take a window that runs (see `test_main_window.py`);
`assert_as_printed` compares what the chart shows with what the command line says.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine.comparison import Contender, SideBySide
from playground.gui.main_window import MainWindow

PATIENCE_MS = 60_000


def keep_beside(qtbot: QtBot, window: MainWindow) -> None:
    """Press "Side by side" in the model panel, and wait for the picture."""
    QTest.mouseClick(window.model_panel.beside, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "beside" in window.bridge.snapshot.summaries, timeout=PATIENCE_MS)


def choose_kind(qtbot: QtBot, window: MainWindow, label: str) -> None:
    """Choose a kind of model by the name that it has in the panel, and wait until its run is there."""
    combo = window.model_panel.rows("model.kind").combo
    index = combo.findText(label)
    assert index >= 0, [combo.itemText(i) for i in range(combo.count())]
    combo.setCurrentIndex(index)
    combo.activated.emit(index)
    kind = window.document.experiment.model.kind
    qtbot.waitUntil(lambda: any(not one.text for one in contenders(window)) and at_rest(window), timeout=PATIENCE_MS)
    assert window.document.experiment.model.kind == kind


def train(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    """Play until so many epochs are over, pause, and wait until all models stand still."""
    window.bridge.set_speed(None)
    window.acts["play"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch >= epochs, timeout=PATIENCE_MS)
    if window.bridge.playing:
        window.acts["play"].trigger()
    qtbot.waitUntil(lambda: at_rest(window), timeout=PATIENCE_MS)


def at_rest(window: MainWindow) -> bool:
    return window.bridge.snapshot.status in ("ready", "paused", "finished", "stopped")


def contenders(window: MainWindow) -> tuple[Contender, ...]:
    found = window.bridge.snapshot.summaries.get("beside")
    return found.contenders if isinstance(found, SideBySide) else ()


def shown(window: MainWindow) -> SideBySide:
    """The chart as it is on screen."""
    view = window.charts.docks[0].front.view
    assert isinstance(view.summary, SideBySide)
    return view.summary


def save(qtbot: QtBot, window: MainWindow, path: Path) -> Path:
    window.files._save_to(path, None)
    qtbot.waitUntil(lambda: window.document.path == path, timeout=PATIENCE_MS)
    return path


def printed(path: Path) -> dict[str, Any]:
    """What `playground run SESSION --json` says of a saved session."""
    command = [sys.executable, "-m", "playground", "run", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def assert_as_printed(found: SideBySide, told: dict[str, Any]) -> None:
    """Loss, accuracy, balanced accuracy, confusion, size and time of each model: the main one, then those beside it."""
    assert len(found.contenders) == 1 + len(told["beside"])
    for one, said in zip(found.contenders, (told, *told["beside"]), strict=True):
        for part in ("train", "test"):
            score, printed = one.scores[part], said[part]
            assert score.loss == pytest.approx(printed["loss"], rel=1e-12)
            for name in ("accuracy", "balanced_accuracy"):
                assert getattr(score, name) == printed[name], (one.title, part, name)
            assert [list(row) for row in score.confusion] == printed["confusion"]
        assert one.n_parameters == said["n_parameters"] and one.text == said.get("model", "")
        if one.epochs is not None:
            assert one.epochs == said["epochs"]
            assert one.seconds == pytest.approx(said["training_seconds"])
