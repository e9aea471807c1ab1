"""The real program with a listener beside it: answers where things are, so that a real mouse can go there.

Run as `python -m tests.stories.probe [TARGET]`. Each line on standard input is one JSON question
{"ask": name, ...}; each answer is one JSON line on standard output. Questions only look; whatever is done
to the program is done by mouse and keyboard. An empty input ends the listener, not the program.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QWindow
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QMenu, QWidget


class Probe(QObject):
    """Hands questions from the reading thread to the GUI thread."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self.first_paint: float | None = None
        self.pressed = 0.0
        self.answered: dict[str, float] = {}
        self._releases = 0
        self._status = ""
        self._connected = False
        self._cleared = (time.thread_time(), 0)
        self._beats = 0
        self._changes: list[tuple[int, Any]] = []
        """The beat at which the document changed, and the Experiment that it then held."""
        self._shown: list[tuple[int, Any]] = []
        """The beat of each snapshot, and its fit."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when the first window was painted and when a key was pressed."""
        kind = event.type()
        if kind == QEvent.Type.Paint and self.first_paint is None:
            self.first_paint = time.time() - float(os.environ.get("PROBE_SPAWNED", time.time()))
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            self.pressed = time.perf_counter()
        elif kind == QEvent.Type.MouseButtonRelease and isinstance(watched, QWindow):
            self._releases += 1
        elif kind == QEvent.Type.Hide and type(watched).__name__ == "MainWindow":
            self.answered["hidden"] = time.perf_counter() - self.pressed
            sys.stdout.write("#hidden " + str(self.answered["hidden"]) + "\n")
        return False

    def _beat(self) -> None:
        self._beats += 1

    def _document_changed(self, paths: Any) -> None:
        self._changes.append((self._beats, self.window.document.experiment))

    def _tick(self, snapshot: Any) -> None:
        self._shown.append((self._beats, snapshot.summaries.get("fit")))
        if snapshot.status != self._status:
            self._status = snapshot.status
            self.answered[snapshot.status] = time.perf_counter() - self.pressed

    def read(self) -> None:
        for line in sys.stdin:
            self.asked.emit(line)

    def _answer(self, line: str) -> None:
        question = json.loads(line)
        try:
            answer = getattr(self, "ask_" + question.pop("ask"))(**question)
        except Exception as error:  # the test shows it
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write("@" + json.dumps(answer) + "\n")
        sys.stdout.flush()

    # ---- questions
    @property
    def window(self) -> Any:
        from playground.gui.main_window import MainWindow

        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

    def ask_ready(self) -> bool:
        """Whether the window is up and shows the state of a run."""
        try:
            window = self.window
        except StopIteration:
            return False
        if not window.isVisible() or window.canvas is None or window.bridge.snapshot.status == "empty":
            return False
        if not self._connected:
            self._connected = True
            window.bridge.tick.connect(self._tick)
            window.bridge._timer.timeout.connect(self._beat)
            window.document.changed.connect(self._document_changed)
        return True

    def ask_find(self, name: str, kind: str = "") -> dict[str, Any] | None:
        """The rectangle on screen of the visible widget with this accessible name or object name."""
        found = [
            w
            for w in QApplication.allWidgets()
            if w.isVisible() and kind in type(w).__name__
            and name in (_accessible_name(w), w.accessibleName(), w.objectName())
        ]
        return _rectangle(min(found, key=lambda w: w.width() * w.height())) if found else None

    def ask_names(self) -> list[str]:
        """Every accessible name on screen: for the message of a test that found nothing."""
        return sorted({_accessible_name(w) for w in QApplication.allWidgets() if w.isVisible()} - {""})

    def ask_menu_item(self, text: str) -> dict[str, Any] | None:
        """The rectangle of an entry of an open menu, or of the menu bar."""
        for bar in (*QApplication.allWidgets(),):
            if not bar.isVisible() or not (isinstance(bar, QMenu) or bar.metaObject().className() == "QMenuBar"):
                continue
            for action in bar.actions():
                if action.text().replace("&", "").split("\t")[0] == text and action.isVisible():
                    rect = bar.actionGeometry(action)  # type: ignore[attr-defined]
                    corner = bar.mapToGlobal(rect.topLeft())
                    return {"x": corner.x(), "y": corner.y(), "w": rect.width(), "h": rect.height(),
                            "enabled": action.isEnabled()}  # fmt: skip
        return None

    def ask_pixel(self, x: float, y: float) -> list[int]:
        """Where a point of the data lies on the screen."""
        canvas = self.window.canvas
        spot = canvas.viewport().mapToGlobal(canvas.pixel_of(x, y))
        return [spot.x(), spot.y()]

    def ask_network(self, kind: str, **where: Any) -> list[int]:
        """Where something of the picture of the network lies on the screen: see `network_layout.Target`."""
        from playground.gui.views.network_layout import Target

        view = self.window.canvas.network
        spot = view.mapToGlobal(view.outside(view.box_of(Target(kind, **where))).center().toPoint())
        return [spot.x(), spot.y()]

    def ask_shape(self) -> list[int]:
        """Units of each layer in the picture of the network, inputs and outputs too."""
        network = self.window.canvas.network.summary
        return [] if network is None else [len(units) for units in network.units]

    def ask_parameters(self) -> int:
        """How many the picture of the network counts."""
        return int(self.window.canvas.network.n_parameters)

    def ask_weight(self, link: str) -> float | None:
        """What the picture of the network says of one number, "w2.3.1" or "b2.3"."""
        from playground.engine.links import link as read

        found: float | None = self.window.canvas.network.value(read(link))
        return found

    def ask_link_editor(self) -> str:
        """The number that is open to be edited; empty: none."""
        editor = self.window.canvas.network.editor
        return str(editor.link) if editor.isVisible() else ""

    def ask_history(self) -> list[str]:
        """What undo and redo would do."""
        return [self.window.document.undo_text, self.window.document.redo_text]

    def ask_points(self) -> list[list[float]]:
        """The points of the document: inputs, then the target."""
        points = self.window.document.problem.points
        return [[*map(float, x), float(t)] for x, t in zip(points.X, points.t, strict=True)]

    def ask_state(self) -> dict[str, Any]:
        """What the document and the newest snapshot say."""
        from playground.engine.experiment import to_link

        snapshot, document = self.window.bridge.snapshot, self.window.document
        return {
            "link": to_link(document.experiment), "lab": document.experiment.lab, "title": document.title,
            "status": snapshot.status, "message": snapshot.message, "step": snapshot.step,
            "epoch": snapshot.epoch, "executor": snapshot.executor, "playing": self.window.bridge.playing,
            "n_points": len(document.problem.points),
            "scores": {part: {"loss": s.loss, "rms": s.rms, "accuracy": s.accuracy, "n": s.n}
                       for part, s in snapshot.scores.items()},
        }  # fmt: skip

    def ask_value(self, path: str) -> Any:
        from playground.gui.document import value

        return value(self.window.document.experiment, path)

    def ask_summary(self, name: str) -> dict[str, Any] | None:
        """The arrays of one summary of the newest snapshot, as lists."""
        summary = self.window.bridge.snapshot.summaries.get(name)
        if summary is None:
            return None
        return {key: v.tolist() if hasattr(v, "tolist") else v for key, v in summary.__dict__.items()
                if hasattr(v, "tolist") or isinstance(v, str | int | float) or key in ("x", "y", "here")}  # fmt: skip

    def ask_tab(self, name: str) -> dict[str, Any] | None:
        """The rectangle of the tab of the summary of this name; None while it has none on screen."""
        for dock in self.window.charts.docks:
            for i, page in enumerate(dock.pages()):
                bar = dock.tabs.tabBar()
                if page.name == name and bar.isVisible() and bar.isTabVisible(i):
                    rect = bar.tabRect(i).intersected(bar.rect())
                    corner = bar.mapToGlobal(rect.topLeft())
                    return {"x": corner.x(), "y": corner.y(), "w": rect.width(), "h": rect.height()}
        return None

    def ask_chart(self, name: str) -> dict[str, Any]:
        """Where the chart of the summary of this name is to be had: its dock, its title, what it recommends."""
        for dock in self.window.charts.docks:
            for page in dock.pages():
                if page.name == name:
                    button = next(w for w in dock.findChildren(QWidget) if _accessible_name(w) == "Menu of the chart")
                    offers = page.view.choices() if hasattr(page.view, "choices") else ()
                    return {"title": page.title, "front": page is dock.front and page.isVisible(),
                            "menu": _rectangle(button), "offers": [choice.label for choice in offers],
                            "view": _rectangle(page)}  # fmt: skip
        raise LookupError(f"no dock has the chart {name}")

    def ask_reading(self) -> dict[str, str]:
        """What the box beside the point under the mouse says: its rows by their names."""
        from playground.gui.picture import Marked

        stage = self.window.canvas.stage
        reading = stage.picture._reading(Marked(stage.selected, stage.hovered))
        return {} if reading is None else {name.replace("*", ""): value for name, value in reading.rows()}

    def ask_fold(self) -> int:
        """Which run of the cross-validation stands out on the canvas; -1: none."""
        return int(self.window.canvas.stage.picture.fold)

    def ask_options(self, name: str) -> list[str]:
        combo = next(w for w in QApplication.allWidgets() if isinstance(w, QComboBox) and w.isVisible()
                     and name in (_accessible_name(w), w.accessibleName()))  # fmt: skip
        return [combo.itemText(i) for i in range(combo.count())]

    def ask_checked(self, name: str) -> bool:
        box = next(w for w in QApplication.allWidgets() if isinstance(w, QCheckBox) and w.isVisible()
                   and _accessible_name(w) == name)  # fmt: skip
        return box.isChecked()

    def ask_frames(self, clear: bool = False) -> list[float]:
        """The intervals between heartbeats, in seconds."""
        intervals = list(self.window.bridge.frame_intervals)
        if clear:
            self.window.bridge.frame_intervals.clear()
            self._changes.clear()
            self._shown.clear()
            self._cleared = time.thread_time(), self._beats
        return intervals

    def ask_releases(self) -> int:
        """How often a mouse button was let go, so far."""
        return self._releases

    def ask_work(self) -> float:
        """Seconds of the processor that this thread has used for each beat since the last `frames(clear=True)`: what
        a frame costs, however busy the machine is otherwise."""
        begun, beats = self._cleared
        return (time.thread_time() - begun) / max(1, self._beats - beats)

    def ask_lags(self) -> list[int]:
        """For each change of the points since the last `frames(clear=True)`: beats until a fit to them, or to later
        ones, was shown. Models in closed form."""
        from playground.engine.executors.closed_form import fit_of
        from playground.engine.problem import build

        belongs = []
        for beat, fit in self._shown:
            if fit is None:
                continue
            curves = [fit_of(build(e), e.model)(fit.x) for at, e in self._changes if at <= beat]
            if curves:
                belongs.append((beat, min(range(len(curves)), key=lambda i: float(abs(curves[i] - fit.y).max()))))
        lags = (next((beat - at for beat, of in belongs if of >= i), None) for i, (at, _) in enumerate(self._changes))
        return [lag for lag in lags if lag is not None]

    def ask_times(self) -> dict[str, Any]:
        """Seconds from start to the first paint, and from the last key to each status of the run."""
        return {"first_paint": self.first_paint, **self.answered}

    def ask_focus(self) -> str:
        widget = QApplication.focusWidget()
        return f"{type(widget).__name__}:{_accessible_name(widget)}" if widget else ""

    def ask_grab(self, path: str) -> bool:
        """The whole screen as a picture: for looking at, when a story has gone wrong."""
        return QApplication.primaryScreen().grabWindow(0).save(path)


def _accessible_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else widget.accessibleName()


def _rectangle(widget: QWidget) -> dict[str, Any]:
    corner = widget.mapToGlobal(QPoint(0, 0))
    return {"x": corner.x(), "y": corner.y(), "w": widget.width(), "h": widget.height(), "enabled": widget.isEnabled()}


def main() -> int:
    from playground.app import open_window

    app = QApplication.instance() or QApplication(sys.argv[:1])
    probe = Probe()
    probe.setParent(app)
    app.installEventFilter(probe)
    threading.Thread(target=probe.read, daemon=True).start()
    return open_window(sys.argv[1] if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    sys.exit(main())
