"""The harness itself: each kind of silence that it refuses fails the test that keeps it, and nothing else
does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

PROBES = '''
import logging, threading, warnings
import pytest
from PySide6.QtCore import QObject, QSettings, QStandardPaths, QTimer, Signal, qWarning
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

class OurWindow(QMainWindow):
    """A window that counts as one of the program's."""

OurWindow.__module__ = "playground.gui.probe"
kept = []

def test_passes_closed_window_with_timer(qtbot):
    window = OurWindow()
    qtbot.addWidget(window)
    window.show()
    window.timer = QTimer(window)
    window.timer.start(10)

def test_passes_garbage_in_a_cycle(qtbot):
    window = OurWindow()
    window.itself = window

def test_passes_platform_and_settings(tmp_path, qtbot):
    assert QApplication.platformName() == "offscreen"
    assert str(tmp_path) in QSettings("organisation", "application").fileName()
    assert str(tmp_path) in QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)

@pytest.mark.allow_log("^expected")
def test_passes_allowed_log_record():
    logging.getLogger("probe").warning("expected")

def test_fails_timer(qtbot):
    kept.append(QTimer())
    kept[-1].start(10)

def test_fails_hidden_window(qtbot):
    kept.append(OurWindow())

def test_fails_shown_window(qtbot):
    kept.append(QWidget())
    kept[-1].show()

def test_fails_thread():
    kept.append(threading.Event())
    threading.Thread(target=kept[-1].wait, args=(4,)).start()

def test_fails_log_record():
    logging.getLogger("probe").warning("unexpected")

def test_fails_warning():
    warnings.warn("unexpected")

def test_fails_qt_message(qtbot):
    qWarning("unexpected")

def test_fails_exception_in_slot(qtbot):
    class Sender(QObject):
        sent = Signal()
    sender = Sender()
    sender.sent.connect(lambda: 1 / 0)
    sender.sent.emit()
'''


def test_what_is_left_behind_or_passed_over_fails_the_test_that_did_it(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "gui").mkdir()
    shutil.copy(ROOT / "tests/gui/conftest.py", tmp_path / "gui")
    (tmp_path / "gui/test_probes.py").write_text(PROBES)
    options = ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={tmp_path}", "-rA", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    report = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", report, re.MULTILINE))
    expected = set(re.findall(r"def (test_fails\w+)", PROBES))
    assert failed == expected, report
