"""The program as a process: it starts without heavy libraries, makes pictures, and always ends cleanly."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from playground import app
from playground.engine import session
from playground.engine.schema import SpecError
from playground.engine.worker import Worker
from playground.gui.bridge import Bridge
from playground.gui.crash import CrashReporter, rescue
from playground.gui.document import Document

CLOSING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from playground import app

made = app._window

def window(*arguments):
    result = made(*arguments)
    def close():
        result.close()
    def begin():
        result.lab_acts["classify"].trigger()
        result.acts["play"].trigger()
        QTimer.singleShot(int(sys.argv[1]), close)
    QTimer.singleShot(50, begin)
    return result

app._window = window
sys.exit(app.open_window(None))
"""


def python(code: str, *arguments: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PLAYGROUND_SETTINGS_DIR": str(tmp_path / "set")}
    return subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True,
                          timeout=100, check=False)  # fmt: skip


def test_the_window_needs_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import sys, playground.app, playground.gui.main_window, playground.gui.views\n"
        "heavy = {'torch', 'numba', 'sklearn', 'scipy', 'matplotlib', 'onnx', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = python(code, tmp_path=tmp_path)
    assert result.stdout.strip() == "[]", result.stderr


@pytest.mark.parametrize("wait_ms", [0, 300, 2500])
def test_closing_while_training_or_loading_ends_with_0(wait_ms: int, tmp_path: Path) -> None:
    result = python(CLOSING, str(wait_ms), tmp_path=tmp_path)
    assert (result.returncode, "Traceback" in result.stderr) == (0, False), result.stderr


def test_a_screenshot_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    code = (
        "import sys\nfrom pathlib import Path\nfrom playground import app\n"
        "app.screenshot('playground:v1?lab=curve&model.order=9', None, None, epochs=None, size=(1100, 720),"
        " scale=2, theme='dark', language='en', out=Path(sys.argv[1]))"
    )
    result = python(code, str(out), tmp_path=tmp_path)
    assert result.returncode == 0, result.stderr
    image = QImage(str(out))
    assert (image.width(), image.height()) == (2200, 1440)
    assert image.pixelColor(2190, 1430).lightness() < 60


def test_a_mistake_of_ours_is_one_dialog_and_the_session_is_saved(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box))
    document = Document()
    bridge = Bridge(document, Worker())
    bridge.start()
    window = QWidget()
    qtbot.addWidget(window)
    reporter = CrashReporter(window, lambda: rescue(bridge, document.experiment, tmp_path, {}))
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        sys.excepthook(ValueError, ValueError("an oversight"), None)
        qtbot.waitUntil(lambda: bool(shown))
    finally:
        reporter.close()
        bridge.close()
    assert len(shown) == 1
    assert "rescued.playground" in shown[0].informativeText()
    assert "Traceback" in shown[0].detailedText()
    assert session.read(tmp_path / "rescued.playground")[0].experiment == document.experiment
    assert "an oversight" in capsys.readouterr().err


def test_without_a_display_one_sentence_says_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SpecError, match=r"playground run.*playground screenshot"):
        app.open_window(None)
