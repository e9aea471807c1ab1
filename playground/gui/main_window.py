"""The main window: puts the parts together and lets each hear of what concerns it.

The outer QMainWindow holds menu, rail, timeline and status line; an inner one holds the transport and the
docks around the canvas, so that the rail stands left of everything. `app.py` makes the window.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QDialog, QMainWindow, QMenu, QToolBar, QWidget

from playground.engine import experiment as experiments
from playground.engine.points import Points
from playground.engine.problem import why_no_more
from playground.engine.registry import labs
from playground.engine.schema import SpecError
from playground.engine.snapshot import Changes, Snapshot
from playground.gui.actions import fill_menus, make_actions, translate
from playground.gui.bridge import Bridge
from playground.gui.canvas import Canvas
from playground.gui.centre import Centre
from playground.gui.chart_docks import ChartDocks
from playground.gui.clipboard import Clipboard
from playground.gui.commands import ChartsMenu, Commands, PresetsMenu, RecentMenu
from playground.gui.document import Document
from playground.gui.executor_menu import ExecutorMenu
from playground.gui.files import Files
from playground.gui.forms import Controls, named
from playground.gui.idle import Idle
from playground.gui.layout import Layout, PanelDock
from playground.gui.notify import Strips
from playground.gui.panels import DataPanel, ModelPanel
from playground.gui.playback import Playback
from playground.gui.rail import Rail
from playground.gui.saving import Saving
from playground.gui.settings import Settings
from playground.gui.status import StatusLine
from playground.gui.sweep import Sweeper
from playground.gui.theme import host, theme
from playground.gui.timeline import Timeline
from playground.gui.transport import Transport
from playground.gui.turns import Show, Turns
from playground.gui.widgets import DockGrips
from playground.gui.widgets.base import told

EFFECTS = {
    "play": ("Train the network.", "Fit the model with one order *M* after the other."),
    "forward": ("Train for one step of the size chosen beside.", "The model with the next order *M*."),
    "back": ("The state one epoch ago.", "The model with the order *M* before."),
    "rewind": ("Back to the same initial weights.", "Back to *M* = 0."),
}
"""What the transport does, with a model that is trained and with one that is solved in one step."""


class MainWindow(QMainWindow):
    """The window. It asks before work is lost; the bridge and all jobs have ended when it is closed."""

    def __init__(self, document: Document, bridge: Bridge, settings: Settings) -> None:
        super().__init__()
        self.document, self.bridge, self.settings = document, bridge, settings
        self.controls = Controls(document, Sweeper(document, self))
        self.playback = Playback(document, bridge, self.controls, self)
        self._watching: object = None
        self._numbers: Snapshot | None = None
        self._idle = Idle(bridge, self)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.strips = Strips()
        self.files = Files(document, bridge, settings, self.strips, self, self)
        self.acts = make_actions(self, Commands(self).slots())
        self.lab_acts = self._lab_actions()
        self._build_centre()
        self._build_inner()
        self._build_outer()
        self._connect()
        beside: list[Show] = [dock.show_snapshot for dock in self.charts.docks]
        beside += [self.canvas.show_network, self.canvas.show_links, self._show_numbers]
        self.turns = Turns(bridge, self.canvas, beside, self)
        self.layout_ = Layout(self, self.inner, self.data_dock, self.model_dock, self.charts, settings)
        host().set_class_colors(document.problem.colors)
        self._show_lab()
        self._show_history()
        self._show_title()
        self.layout_.restore()

    def prepare(self) -> None:
        """In idle moments after the start: make what the other labs will show."""
        others = [experiments.default(name) for name in labs if name != self.document.experiment.lab]
        panels = (self.data_panel, self.model_panel)
        pieces = [piece for e in others for panel in panels for piece in panel.preparations(e)]
        pieces += [piece for e in others for piece in self.charts.preparations(labs[e.lab].docks(e))]
        self._idle.do(pieces)

    # ---- building
    def _lab_actions(self) -> dict[str, QAction]:
        group, made = QActionGroup(self), {}
        for number, (name, lab) in enumerate(labs.items(), 1):
            action = QAction(lab.title, self, checkable=True, shortcut=f"Ctrl+{number}")
            action.triggered.connect(lambda _=False, name=name: self.document.switch_lab(name))
            group.addAction(action)
            self.addAction(action)
            made[name] = action
        return made

    def _build_centre(self) -> None:
        self.canvas = Canvas()
        self.canvas.network_width = self.settings.network_width or self.canvas.network_width
        self.centre = Centre(self.canvas, self.strips, self.acts)
        self.centre.changed.connect(self._watch)
        self.clipboard = Clipboard(self.document, self.canvas, self.files, self.strips)
        for name in ("delete", "select_all", "cut", "copy", "duplicate"):
            self.acts[name].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.removeAction(self.acts[name])
            self.canvas.addAction(self.acts[name])
        self.addActions(self.canvas.tool_actions())

    def _build_inner(self) -> None:
        self.inner = QMainWindow()
        self.inner.setWindowFlags(Qt.WindowType.Widget)
        self.inner.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.inner.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        self.inner.setCentralWidget(self.centre)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.inner.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.transport = Transport(self.document, self.playback, self.acts)
        self.inner.addToolBar(_bar("transport", self.transport))
        self.data_panel, self.model_panel = DataPanel(self.controls), ModelPanel(self.controls)
        self.data_dock, self.model_dock = PanelDock("data", self.data_panel), PanelDock("model", self.model_panel)
        self.charts = ChartDocks(self.inner)
        DockGrips(self.inner)

    def _build_outer(self) -> None:
        self.setCentralWidget(self.inner)
        self.rail = Rail([(lab.icon, self.lab_acts[name]) for name, lab in labs.items()])
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, _bar("rail", self.rail))
        self.timeline = Timeline(self.playback)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, _bar("timeline", self.timeline))
        self.status = StatusLine()
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        themes = QMenu(self.tr("&Theme"), self)
        themes.addActions([self.acts[f"theme_{choice}"] for choice in ("system", "light", "dark", "contrast")])
        self.acts[f"theme_{host().choice}"].setChecked(True)
        panels = QMenu(self.tr("&Panels"), self)
        panels.addActions([dock.toggleViewAction() for dock in (self.data_dock, self.model_dock, *self.charts.docks)])
        self.executor_menu = ExecutorMenu(self.document, self)
        submenus: dict[str, QMenu | list[QAction]] = {
            "recent": RecentMenu(self.files, self.settings, self),
            "labs": list(self.lab_acts.values()),
            "presets": PresetsMenu(self.document, self.strips, self),
            "panels": panels,
            "charts": ChartsMenu(self.charts, [self.acts["next_chart"], self.acts["previous_chart"]], self),
            "layers": self.centre.layers_menu,
            "theme": themes,
            "executor": self.executor_menu,
        }
        fill_menus(self.menuBar(), self.acts, submenus)

    def _connect(self) -> None:
        document, bridge, canvas = self.document, self.bridge, self.canvas
        self.saving = Saving(document, bridge, self.files, self.strips, canvas, self)
        self.saving.said.connect(self.status.say)
        document.changed.connect(self._document_changed)
        document.history_changed.connect(self._show_history)
        document.file_changed.connect(self._show_title)
        canvas.edit.connect(self.edited)
        canvas.stage.point_pressed.connect(self._point_pressed)
        canvas.view_changed.connect(self._watch)
        canvas.note.connect(self.status.say)
        canvas.tool_changed.connect(lambda _: self.data_panel.classes.set_current(canvas.current_class))
        canvas.class_wanted.connect(self.data_panel.classes.add_class)
        canvas.network.wanted.connect(self._network_edited)
        canvas.network.settled.connect(document.settle)
        self.model_panel.beside_wanted.connect(self._show_beside)
        self.data_panel.class_chosen.connect(canvas.choose_class)
        self.data_panel.import_requested.connect(self.files.ask_import)
        self.files.said.connect(self.status.say)
        self.strips.restore.connect(bridge.restore)
        self.strips.picked.connect(self._picked)
        self.strips.troubled.connect(self.charts.mark)
        self.strips.troubled.connect(canvas.network.mark_troubles)
        self.strips.hint_closed.connect(lambda: self.acts["hint"].setChecked(False))
        self.strips.hint_closed.connect(lambda: setattr(self.settings, "hints", False))
        self.playback.changed.connect(self._show_playback)
        for dock in self.charts.docks:
            dock.visible_changed.connect(self._watch)
            dock.picked.connect(self._picked)
            dock.dragged.connect(partial(self._picked, merge="chart"))
            dock.settled.connect(document.settle)
            dock.points_chosen.connect(canvas.stage.select)
            dock.looked.connect(canvas.look)
            dock.save_requested.connect(self.saving.chart)
        self.charts.chosen.connect(lambda name, index: name == "folds" and canvas.show_fold(index))
        host().changed.connect(self._restyle)
        self._frames = QTimer(self, interval=500)
        self._frames.timeout.connect(lambda: self.status.show_frames(bridge.frames_per_second))
        self._frames.start()
        hints = self.settings.hints
        self.acts["hint"].setChecked(hints)
        self.strips.set_hint_visible(hints)

    # ---- the document and the engine speak
    def _document_changed(self, paths: frozenset[str]) -> None:
        host().set_class_colors(self.document.problem.colors)
        if paths & {"lab", "model.kind", "optimizer.kind"} or any(path.startswith("data.kind") for path in paths):
            self._show_lab()
        else:
            self.canvas.set_experiment(self.document.experiment, self.document.problem)
        if self.playback.sweeps:
            self.timeline.show_snapshot(self.bridge.snapshot)

    def _show_lab(self) -> None:
        e = self.document.experiment
        lab = labs[e.lab]
        self.lab_acts[e.lab].setChecked(True)
        self.acts["one_more"].setEnabled(not why_no_more(e))
        hint = lab.hint_for(e)
        self.strips.set_hint(hint.long, hint.short)
        self.strips.keep_place(not e.model.linear)
        self.strips.clear_notice()
        self.strips.forget_troubles()
        self.canvas.set_experiment(e, self.document.problem)
        self.charts.set_slots(lab.docks(e))
        self.layout_.lab_changed()
        self._watch()
        self._show_playback()

    def _watch(self) -> None:
        """Tell the worker what is on screen, when that has changed."""
        lab = labs[self.document.experiment.lab]
        names = set(lab.canvas + lab.beside) | self.charts.watched()
        if not self.canvas.network_wanted:
            names.discard("network")
        view = self.canvas.view()
        self._show_fan()
        if view.fan:
            names.add("fan")
        wanted = (frozenset(names), view, min(self.charts.docks[0].watched, default=""))
        if wanted != self._watching:
            self._watching = wanted
            self.bridge.watch(*wanted)

    def _show_numbers(self, snapshot: Snapshot) -> bool:
        self.transport.show_snapshot(snapshot)
        self.timeline.show_snapshot(snapshot)
        self.status.show_snapshot(snapshot)
        self.strips.show_run(snapshot)
        new, self._numbers = snapshot is not self._numbers, snapshot
        return new

    def edited(self, points: Points, text: str, merge: str) -> None:
        try:
            self.document.set_points(points, text, merge)
        except SpecError as error:
            self.strips.refuse(str(error))

    def _network_edited(self, changes: Changes, text: str, merge: str) -> None:
        try:
            self.document.change(changes, merge, text)
        except SpecError as error:
            known = experiments.parameters(self.document.experiment)
            self.canvas.network.refuse(named(str(error), known))

    def _picked(self, changes: Changes, merge: str = "") -> None:
        try:
            self.document.change(changes, merge)
        except SpecError as error:
            self.strips.refuse(str(error))

    def _point_pressed(self, point: int) -> None:
        """While the chart of one example is on screen, a click on a point makes it the one."""
        if "example" in self.charts.watched():
            self.canvas.look({"example": point})

    def _show_beside(self) -> None:
        """The models side by side, large."""
        self.charts.bring("beside")
        self.charts.docks[0].set_large(True)

    def _show_playback(self) -> None:
        playing, sweeps = self.playback.playing, self.playback.sweeps
        self.acts["play"].setText(self.tr("Pause") if playing else self.tr("Play"))
        self.acts["new_weights"].setEnabled(not sweeps)
        for name in ("orders", "axes"):
            self.acts[name].setVisible(self.document.experiment.model.linear)
        for name, (trained, swept) in EFFECTS.items():
            self.acts[name].setStatusTip(translate(swept if sweeps else trained))
        self.timeline.show_snapshot(self.bridge.snapshot)

    def _show_history(self) -> None:
        undo, redo = self.document.undo_text, self.document.redo_text
        self.acts["undo"].setText(self.tr("Undo {text}").format(text=undo) if undo else self.tr("Undo"))
        self.acts["redo"].setText(self.tr("Redo {text}").format(text=redo) if redo else self.tr("Redo"))
        self.acts["undo"].setEnabled(bool(undo))
        self.acts["redo"].setEnabled(bool(redo))

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] – Playground")
        self.setWindowModified(self.document.dirty)

    def _show_fan(self) -> None:
        """The layer may be shown and hidden in the legend and the eye menu too, and each lab has its own."""
        self.acts["fan"].setChecked(self.canvas.view().fan > 0)

    # ---- what belongs into a session
    def view_state(self) -> dict[str, Any]:
        fronts = [page.name for dock in self.charts.docks if (page := dock.front)]
        return {"canvas": self.canvas.save_state(), "charts": fronts, "speed": self.playback.speed}

    def restore_view(self, state: dict[str, Any]) -> None:
        canvas, fronts, speed = state.get("canvas"), state.get("charts"), state.get("speed")
        if isinstance(canvas, dict):
            self.canvas.restore_state(canvas)
        for name in fronts if isinstance(fronts, list) else ():
            for dock in self.charts.docks:
                dock.turn_to(name)
        if isinstance(speed, int | float) and 1 <= speed <= self.playback.fastest:
            self.playback.set_speed(float(speed))
        self._watch()

    # ---- Qt
    def event(self, event: QEvent) -> bool:
        """Space plays, but a button that was reached by the Tab key keeps it for itself."""
        if event.type() == QEvent.Type.ShortcutOverride and cast(QKeyEvent, event).key() == Qt.Key.Key_Space:
            if isinstance(self.focusWidget(), QAbstractButton):
                event.accept()
                return True
        return super().event(event)

    @told
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.layout_.resized()

    def _restyle(self) -> None:
        self.canvas.set_theme(theme())
        self.settings.theme, self.settings.zoom = host().choice, host().zoom
        self.layout_.resized()

    @told
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if self.files.dropped(mime) or self.files.dropped_link(mime) or self.files.dropped_image(mime) is not None:
            event.acceptProposedAction()

    @told
    def dropEvent(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        link, paths, image = self.files.dropped_link(mime), self.files.dropped(mime), self.files.dropped_image(mime)
        if link or paths or image is not None:
            event.acceptProposedAction()
        if link:
            self.files.paste_link(link)
        elif paths:
            self.files.open(paths[0])
        elif image is not None:
            self.files.imports.take_image(image)

    @told
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave(self.close):
            event.ignore()
            return
        for dialog in self.findChildren(QDialog):  # an export ends with its dialog
            dialog.close()
        self.controls.sweeper.stop()
        self._frames.stop()
        self._idle.stop()
        self.layout_.save()
        self.settings.network_width = self.canvas.network_width
        self.settings.sync()
        self.hide()  # at once, also where the worker still loads torch
        self.files.close()
        self.bridge.close()
        super().closeEvent(event)


def _bar(name: str, widget: QWidget) -> QToolBar:
    bar = QToolBar(movable=False, floatable=False)
    bar.setObjectName(name)
    bar.setWindowTitle(name.capitalize())
    bar.toggleViewAction().setVisible(False)
    bar.addWidget(widget)
    return bar
