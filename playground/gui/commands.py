"""What the entries of the menus do, and the two menus that are filled when they open. Made by the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine import experiment as experiments
from playground.engine.presets import Preset, presets
from playground.gui.ask import ask_axes, ask_orders
from playground.gui.ask_ranges import ask_ranges
from playground.gui.chart_docks import ChartDocks
from playground.gui.document import Document
from playground.gui.files import Files
from playground.gui.notify import Strips
from playground.gui.settings import Settings
from playground.gui.theme import host
from playground.gui.widgets.menu_tips import MenuTips

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow


class Commands(QObject):
    """`slots()` is for `make_actions`. The parts of the window need not be there before something is chosen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def slots(self) -> dict[str, Any]:
        """What each action of the table calls."""
        window = self._window
        files, document, playback = window.files, window.document, window.playback
        slots: dict[str, Any] = {
            "new": files.new, "open": files.ask_open, "save": files.save, "save_as": files.save_as,
            "import": files.ask_import, "export": lambda: window.saving.export(), "quit": window.close,
            "undo": document.undo, "redo": document.redo, "select_all": lambda: window.canvas.select_all(),
            "one_more": lambda: window.data_panel.one_more(), "delete": lambda: window.canvas.delete_selection(),
            "clear": self._clear, "copy_link": self._copy_link,
            "cut": lambda: window.clipboard.cut(), "copy": lambda: window.clipboard.copy(),
            "paste": lambda: window.clipboard.paste(), "duplicate": lambda: window.canvas.duplicate_selection(),
            "zoom_in": self._zoom_in, "zoom_out": host().zoom_out, "zoom_reset": lambda: host().set_zoom(1.0),
            "fit_view": lambda: window.canvas.fit_view(), "ranges": self._ranges,
            "save_picture": lambda: window.saving.canvas_picture(),
            "next_chart": lambda: window.charts.step(1), "previous_chart": lambda: window.charts.step(-1),
            "fan": self._toggle_fan, "hint": self._toggle_hint, "reset_layout": lambda: window.layout_.reset(),
            "full_screen": self._full_screen, "play": playback.toggle, "forward": playback.forward,
            "back": playback.back, "rewind": playback.rewind, "new_weights": playback.new_weights,
            "orders": lambda: ask_orders(window.canvas.orders, window.canvas.set_orders, window),
            "axes": lambda: ask_axes(window.canvas.axes, window.canvas.set_axes, window),
            "keys": self._show_keys, "about": self._about,
        }  # fmt: skip
        for choice in ("system", "light", "dark", "contrast"):
            slots[f"theme_{choice}"] = lambda choice=choice: host().set_choice(choice)
        return slots

    def _clear(self) -> None:
        """No points: a generated set without a source to draw from further becomes a drawn one."""
        document = self._window.document
        e, points = document.experiment, document.problem.points
        if not len(points):
            return
        none = points.take(points.ids < points.ids.min())
        if e.data.has_source or e.data.task != "classification":
            self._window.edited(none, self.tr("Clear points"), "")
            return
        changes = {"data.kind": "drawn", "data.points": none, "data.class_names": document.problem.classes}
        document.change(changes, text=self.tr("Clear points"))

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(experiments.to_link(self._window.document.experiment))
        self._window.status.say(self.tr("The link is on the clipboard."))

    def _ranges(self) -> None:
        picture = self._window.canvas.stage.picture
        ask_ranges(picture.axes(), (picture.x, picture.y), self._window.canvas.set_ranges, self._window)

    def _toggle_fan(self) -> None:
        self._window.canvas.set_layer("fan", self._window.acts["fan"].isChecked())

    def _toggle_hint(self) -> None:
        on = self._window.acts["hint"].isChecked()
        self._window.settings.hints = on
        self._window.strips.set_hint_visible(on)

    def _zoom_in(self) -> None:
        if self._window.layout_.can_zoom_in():
            host().zoom_in()
        else:
            words = self.tr("Larger text does not fit this screen: close the Data or the Model panel first.")
            self._window.strips.note(words)

    def _full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_keys(self) -> None:
        from playground.gui.about import show_keys

        show_keys(self._window, [*self._window.actions(), *self._window.canvas.actions()])

    def _about(self) -> None:
        from playground.gui.about import show_about

        show_about(self._window)


class ChartsMenu(QMenu):
    """Every chart by name, those of one dock together; a tick at each that is in front. `more` follow below."""

    def __init__(self, charts: ChartDocks, more: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Charts"))
        self._charts, self._more = charts, more
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for dock in self._charts.docks:
            for page in dock.pages():
                action = self.addAction(page.title, lambda name=page.name: self._charts.bring(name))
                action.setCheckable(True)
                action.setChecked(page.name in dock.watched)
            self.addSeparator()
        self.addActions(self._more)


class PresetsMenu(QMenu):
    """Whole experiments, each of which shows one thing. Choosing one is one undo step."""

    def __init__(self, document: Document, strips: Strips, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Presets"))
        MenuTips(self)
        self._document, self._strips = document, strips
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for preset in presets.values():
            action = self.addAction(preset.title, lambda preset=preset: self._choose(preset))
            action.setStatusTip(preset.about)
            action.setToolTip(preset.about)

    def _choose(self, preset: Preset) -> None:
        self._document.apply(preset.experiment(self._document.experiment.data.kind), preset.title)
        self._strips.note(preset.about)


class RecentMenu(QMenu):
    """The files that were open last."""

    def __init__(self, files: Files, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Open &recent"))
        self._files, self._settings = files, settings
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._settings.recent():
            self.addAction(path.name, lambda path=path: self._files.open(path)).setStatusTip(str(path))
        if self._settings.recent():
            self.addSeparator()
            self.addAction(self.tr("Clear the list"), self._settings.clear_recent)
        else:
            self.addAction(self.tr("No files yet")).setEnabled(False)
