"""The harness for tests with Qt: no display needed, nothing of the user's touched, nothing left behind.

On top of tests/conftest.py a test fails here when Qt prints a warning, when a timer still runs after it, or
when a window is still open. Exceptions in slots and paint events fail it too (pytest-qt sees to that). The
QApplication runs on the offscreen platform unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

HERE = Path(__file__).parent
PLATFORM = os.environ.get("QT_QPA_PLATFORM", "offscreen")

# What the offscreen platform says of itself on windows that are all right.
IGNORED_QT_MESSAGES = [
    r"^This plugin does not support (propagateSizeHints|raise|setting window opacity|grabbing the keyboard)"
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Qt's warnings fail the tests below this folder (a marker on the test itself comes first)."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*IGNORED_QT_MESSAGES))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments with which pytest-qt makes the QApplication."""
    return ["playground-tests", "-platform", PLATFORM]


@pytest.fixture(autouse=True)
def surroundings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings, recent files and caches in the test's own folder, in child processes too."""
    monkeypatch.setenv("QT_QPA_PLATFORM", PLATFORM)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def no_leftover_timers_or_windows(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test after which a timer of its own still runs or a window of its own is still there."""
    started: weakref.WeakKeyDictionary[QTimer, str] = weakref.WeakKeyDictionary()
    plain_start = QTimer.start

    def start(timer: QTimer, *interval: int) -> None:
        caller = sys._getframe(1)
        started[timer] = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
        plain_start(timer, *interval)

    windows_before = _windows()
    monkeypatch.setattr(QTimer, "start", start)
    yield
    _carry_out_deletions(qapp)
    if _running(started) or _windows() - windows_before:
        gc.collect()  # widgets in reference cycles are no leak; looking for them always would take too long
        _carry_out_deletions(qapp)
    timers = _running(started)
    windows = sorted({_describe(widget) for widget in _windows() - windows_before if _counts_as_open(widget)})
    assert not timers, f"timers still running after the test, started at {timers}"
    assert not windows, f"windows still there after the test: {windows}"


def _carry_out_deletions(qapp: QApplication) -> None:
    """Run what waits in the queue, and what `deleteLater` put there (that needs asking for by name)."""
    qapp.processEvents()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()


def _running(started: weakref.WeakKeyDictionary[QTimer, str]) -> list[str]:
    return sorted(
        where for timer, where in list(started.items()) if shiboken6.isValid(timer) and timer.isActive()
    )


def _windows() -> set[QWidget]:
    return set(QApplication.topLevelWidgets())


def _counts_as_open(widget: Any) -> bool:
    """Whether it is seen, or is one of our own; Qt's hidden tooltips are not."""
    if not shiboken6.isValid(widget) or widget.metaObject().className() == "QTipLabel":
        return False
    return widget.isVisible() or type(widget).__module__.startswith("playground.")


def _describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.windowTitle()}".strip()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """The light theme at zoom 1, before and after."""
    from playground.gui.theme import host

    if host()._app is None:
        host().apply(qapp)
    host().set_choice("light")
    host().set_zoom(1.0)
    yield
    host().set_choice("light")
    host().set_zoom(1.0)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Opens the window, on an Experiment if one is given, with its worker; all are closed after the test, without a
    question."""
    from PySide6.QtWidgets import QMessageBox

    from playground.engine.worker import Worker
    from playground.gui.bridge import Bridge
    from playground.gui.document import Document
    from playground.gui.main_window import MainWindow
    from playground.gui.settings import Settings

    monkeypatch.setenv("PLAYGROUND_SETTINGS_DIR", str(tmp_path / "settings"))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    windows: list[MainWindow] = []

    def open_(*experiment: Any) -> MainWindow:
        document = Document(*experiment)
        window = MainWindow(document, Bridge(document, Worker()), Settings())
        windows.append(window)
        window.resize(1440, 900)
        window.show()
        window.bridge.start()
        return window

    yield open_
    for window in windows:
        window.close()
        window.deleteLater()
