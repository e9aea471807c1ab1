"""Errors of our own: one dialog, after the session is saved.

Slots and paint events report to `sys.excepthook`, plain threads to `threading.excepthook`; both come here.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

import playground


class CrashReporter(QObject):
    """Catches what nobody caught. `save` writes a rescue file and returns its path, or None."""

    def __init__(self, window: QWidget, save: Callable[[], Path | None]) -> None:
        super().__init__(window)
        self._window, self._save = window, save
        self._reports: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._open = False
        self._timer = QTimer(self, interval=200)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def close(self) -> None:
        """Give the hooks back."""
        self._timer.stop()
        sys.excepthook, threading.excepthook = self._before

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        self._reports.put(text)

    def _caught_in_thread(self, args: Any) -> None:
        if args.exc_value is not None:
            self._caught(args.exc_type, args.exc_value, args.exc_traceback)

    def _look(self) -> None:
        """Reports of any thread are shown from this one, and one at a time."""
        if self._open or self._reports.empty():
            return
        self._open = True
        text = self._reports.get()
        while not self._reports.empty():
            self._reports.get()
        try:
            self._show(text, self._save())
        finally:
            self._open = False

    def _show(self, text: str, saved: Path | None) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Critical)
        box.setWindowTitle(self.tr("Something went wrong"))
        box.setText(self.tr("Playground has made a mistake. You can go on, or quit."))
        kept = self.tr("Your session was saved as {path}.").format(path=saved) if saved else self.tr(
            "Your session could not be saved.")  # fmt: skip
        box.setInformativeText(f"{text.strip().splitlines()[-1]}\n\n{kept}")
        box.setDetailedText(f"Playground {playground.__version__}, Python {sys.version}\n{text}")
        go_on = box.addButton(self.tr("Continue"), QMessageBox.ButtonRole.AcceptRole)
        copy = box.addButton(self.tr("Copy report"), QMessageBox.ButtonRole.ActionRole)
        leave = box.addButton(self.tr("Quit"), QMessageBox.ButtonRole.DestructiveRole)
        copy.clicked.disconnect()
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(box.detailedText()))
        box.setDefaultButton(go_on)
        box.exec()
        if box.clickedButton() is leave:
            QApplication.quit()


def rescue(bridge: Any, experiment: Any, folder: Path, view: dict[str, Any]) -> Path | None:
    """Write the run as it stands, or at least its Experiment, into `folder`; the path, or None."""
    from playground.engine import session
    from playground.engine.schema import SpecError
    from playground.engine.trainer import Run

    answers: list[Any] = []
    bridge.collect(answers.append)
    deadline = time.monotonic() + 1.0
    while not answers and time.monotonic() < deadline:
        bridge.take_answers()
        time.sleep(0.01)
    path = folder / "rescued.playground"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        session.write(path, answers[0] if answers else Run(experiment).record(), view)
    except (SpecError, OSError):
        return None
    return path
