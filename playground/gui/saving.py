"""What the menus and the charts' corners save: the export, single pictures, single tables of numbers.

Each is asked for a place first; what cannot be written is one sentence in the strip over the plot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from playground.engine.schema import SpecError
from playground.gui.bridge import Bridge
from playground.gui.canvas import Canvas
from playground.gui.chart_docks import Page
from playground.gui.document import Document
from playground.gui.files import Files
from playground.gui.notify import Strips
from playground.gui.palette import Palette


class Saving(QObject):
    """said(sentence): for the status line."""

    said = Signal(str)

    def __init__(self, document: Document, bridge: Bridge, files: Files, strips: Strips, canvas: Canvas,
                 window: QWidget) -> None:
        super().__init__(window)
        self._document, self._bridge, self._files = document, bridge, files
        self._strips, self._canvas, self._window = strips, canvas, window

    def export(self) -> None:
        """The dialog; the window stays usable beside it."""
        from playground.engine import export as exports
        from playground.gui.exporting import ExportDialog

        path = self._document.path
        folder = (path.parent if path else Path.home()) / "results"
        ExportDialog(self._bridge, exports.available(self._document.experiment), folder, self._window).show()

    def canvas_picture(self) -> None:
        self._picture(self._canvas, "canvas", self._canvas.findChildren(Palette))

    def chart(self, page: Page, what: str) -> None:
        """The picture or the numbers of the chart in front."""
        from playground.gui import exporting

        if what == "picture":
            self._picture(page.view, page.name, getattr(page.view, "buttons", ()))
            return
        summary = self._bridge.snapshot.summaries.get(page.name)
        path = exporting.ask_numbers_path(self._window, page.name)
        if path is not None and summary is not None:
            self._try(lambda: exporting.save_numbers(summary, path), path)

    def _picture(self, widget: QWidget, name: str, leave_out: Sequence[QWidget] = ()) -> None:
        from playground.gui import exporting

        path = exporting.ask_picture_path(self._window, name)
        if path is None:
            return
        if path.suffix.lower() == ".png":
            self._try(lambda: exporting.save_picture(widget, path, leave_out), path)
            return
        text, said = self.tr("Drawing {name}").format(name=path.name), self._saved(path)
        self._bridge.collect(
            lambda record: self._files.run(
                exporting.drawing(record, name, path), "drawing", text, lambda _: self.said.emit(said)
            )
        )

    def _try(self, write: Callable[[], object], path: Path) -> None:
        try:
            write()
        except SpecError as error:
            self._strips.refuse(str(error))
        else:
            self.said.emit(self._saved(path))

    def _saved(self, path: Path) -> str:
        return self.tr("Saved {name}.").format(name=path.name)
