"""The composition root: the only module that sees everything. The command line calls it.

The order of a start: (1) the application and its theme; (2) the document, the worker (not yet started) and
the window, which needs neither torch nor any plotting library; (3) the window is shown and painted;
(4) in the first idle moment the worker starts, the fit appears, and what was named on the command line is
opened; torch is loaded by the worker when the first network asks for it.

The order of an end: the window asks whether work would be lost, stops the sweeps and jobs, then the
worker (stop, join with a time limit), and the event loop ends. No thread outlives it.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.assets import asset
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from playground.engine.experiment import Experiment
    from playground.engine.trainer import RunRecord
    from playground.gui.main_window import MainWindow

SNAPSHOTS_PER_S = 120.0
"""At most; the heartbeat takes 60, and each of its beats shall find a new one."""
REST_S, PATIENCE_S = 0.35, 120.0
"""A picture is at rest when nothing new has come for so long; after so long it is given up."""


def open_window(target: str | None = None) -> int:
    """Open the window, on a session file, a table or a link if one is named; returns the exit code.

    Raises SpecError where there is no display.
    """
    _need_display()
    app = _application()
    from PySide6.QtCore import QTimer

    from playground.gui.crash import CrashReporter, rescue
    from playground.gui.settings import Settings
    from playground.gui.theme import host

    settings = Settings()
    host().set_choice(settings.theme)
    host().set_zoom(settings.zoom)
    host().apply(app)
    window = _window(settings)
    crash = CrashReporter(
        window,
        lambda: rescue(window.bridge, window.document.experiment, settings.folder, window.view_state()),
    )
    window.show()

    def first_idle() -> None:
        window.canvas.viewport().setFocus()  # or Space would press the first button of the window
        window.bridge.start()
        if target:
            window.files.open_target(target)
        window.prepare()
        gc.freeze()  # what lives as long as the window need not be looked through by each collection

    QTimer.singleShot(0, window, first_idle)
    code = app.exec()
    crash.close()
    window.bridge.close()
    return code


def screenshot(
    target: str | None,
    experiment: Experiment | None,
    record: RunRecord | None,
    *,
    epochs: int | None,
    size: tuple[int, int],
    scale: float,
    theme: str,
    language: str,
    out: Path,
) -> None:
    """The real window as a PNG file of size x scale pixels; needs no display.

    record, experiment or target (a session file or a link) says what it shows, in this order; with
    `epochs` it is trained so far first. Raises SpecError.
    """
    from playground.engine.files import write_whole

    window = _offscreen_window(size, scale, theme, language)
    try:
        if record is None and experiment is None and target:
            record, experiment = _resolve(target)
        if epochs:
            record = _trained(record, experiment or window.document.experiment, epochs)
        if record is not None:
            window.bridge.load_record(record)
            window.document.open(record.experiment)
        elif experiment is not None:
            window.document.open(experiment)
        window.bridge.start()
        _until_at_rest(window)
        _measure_frames(window)
        picture = window.grab()
        with write_whole(out) as file:
            if not picture.save(str(file), "PNG"):
                raise OSError(0, "the picture could not be encoded")
    finally:
        window.bridge.close()
        window.hide()
        window.deleteLater()
        _application().processEvents()


def _application() -> QApplication:
    """The one QApplication, made when first asked for."""
    importlib.import_module("playground.engine.worker")  # PySide6 reads the source of every import that follows it
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["playground"])
    app.setApplicationName("Playground")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("playground")
    app.setWindowIcon(QIcon(str(asset("icons/playground.svg"))))
    return app


def _window(settings: Any, experiment: Experiment | None = None) -> MainWindow:
    """Document, bridge with its worker, and the window around them; nothing runs yet."""
    from playground.engine.worker import Worker
    from playground.gui.bridge import Bridge
    from playground.gui.document import Document
    from playground.gui.main_window import MainWindow

    document = Document(experiment)
    bridge = Bridge(document, Worker(SNAPSHOTS_PER_S))
    return MainWindow(document, bridge, settings)


def _need_display() -> None:
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise SpecError("There is no display to open a window on; 'playground run' and 'playground screenshot' "
                        "work without one.")  # fmt: skip


# ---------------------------------------------------------------------------------------------- screenshots


def _say_what_matters(kind: Any, context: Any, text: str) -> None:
    """Qt's messages but one: the offscreen platform says of each window that it cannot limit its size."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(text + "\n")


def _offscreen_window(size: tuple[int, int], scale: float, theme: str, language: str) -> MainWindow:
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_SCALE_FACTOR"] = f"{scale:g}"
        qInstallMessageHandler(_say_what_matters)
    app = _application()
    from playground.gui.settings import Settings
    from playground.gui.theme import host

    with tempfile.TemporaryDirectory() as folder:  # nobody's own layout, and nothing of this one kept
        kept = os.environ.get("PLAYGROUND_SETTINGS_DIR")
        os.environ["PLAYGROUND_SETTINGS_DIR"] = folder
        try:
            settings = Settings()
        finally:
            if kept is None:
                del os.environ["PLAYGROUND_SETTINGS_DIR"]
            else:
                os.environ["PLAYGROUND_SETTINGS_DIR"] = kept
        _translate(app, language)
        host().set_choice("light" if theme == "system" else theme)
        host().apply(app)
        window = _window(settings)
    window.resize(*size)
    window.show()
    return window


def _translate(app: QApplication, language: str) -> None:
    """Install the translations there are for a language; what has none stays English."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, where in ((f"qtbase_{language}", folder), (f"playground_{language}", _translations())):
        translator = QTranslator(app)  # a child of the application, or it is lost at once
        if where and translator.load(name, where):
            app.installTranslator(translator)


def _translations() -> str:
    try:
        return str(asset("translations"))
    except FileNotFoundError:
        return ""


def _resolve(target: str) -> tuple[RunRecord | None, Experiment | None]:
    from playground.engine import addresses, session, tables
    from playground.engine import experiment as experiments

    if addresses.is_address(target):
        return None, addresses.read(target).experiment
    if Path(target).suffix.lower() in (".csv", ".tsv", ".txt"):
        return None, experiments.change(experiments.default(), tables.read_csv(target).changes())
    return session.read(target)[0], None


def _trained(record: RunRecord | None, experiment: Experiment, epochs: int) -> RunRecord:
    from playground.engine.trainer import Run

    run = Run.from_record(record) if record is not None else Run(experiment)
    run.run_epochs(epochs)
    return run.record()


def _measure_frames(window: MainWindow) -> None:
    """Let the status line show the rhythm of the window at rest, not that of its start."""
    window.bridge.frame_intervals.clear()
    end = time.monotonic() + REST_S
    while time.monotonic() < end:
        _application().processEvents()
        time.sleep(0.001)
    window.status.show_frames(window.bridge.frames_per_second)


def _until_at_rest(window: MainWindow) -> None:
    """Let the event loop run until the picture shows the run and nothing new comes."""
    app, bridge = _application(), window.bridge
    news: list[float] = []
    note: Callable[[Any], None] = lambda _: news.append(time.monotonic())  # noqa: E731
    bridge.tick.connect(note)
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE_S:
        app.processEvents()
        time.sleep(0.005)
        settled = bridge.snapshot.status not in ("empty", "loading", "running") or not len(
            window.document.problem.train.t
        )
        if news and settled and time.monotonic() - news[-1] > REST_S:
            break
    else:
        raise SpecError(f"The picture was not at rest after {PATIENCE_S:g} seconds.")
    bridge.tick.disconnect(note)
