"""Tables and pictures become data: one route for the menu, the command line, what is dropped and what is pasted.

A table whose header says what is meant is taken at once; of any other one the person chooses the columns. A picture
always asks. Reading runs in a job with progress; nothing changes before the person says so, and then in one step.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget

from playground.engine import experiment as experiments
from playground.engine.schema import SpecError
from playground.engine.tables import Imported
from playground.gui.document import Document
from playground.gui.import_base import ImportDialog, Latest
from playground.gui.jobs import Progress
from playground.gui.notify import Strips

TABLES = (".csv", ".tsv", ".txt")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp")
Run = Callable[[Callable[[Progress], Any], str, str, Callable[[Any], object]], None]


class Imports(QObject):
    """said(sentence): for the status line. taken(path): this file has become the data."""

    said = Signal(str)
    taken = Signal(object)

    def __init__(self, document: Document, strips: Strips, window: QWidget, run: Run) -> None:
        super().__init__(window)
        self._document, self._strips, self._window, self._run = document, strips, window, run
        self._working: list[Latest] = []
        self.dialog: ImportDialog | None = None

    def open(self, path: Path) -> None:
        """Read a file, and ask what is not clear."""
        picture = path.suffix.lower() in PICTURES

        def work(progress: Progress) -> Any:
            if picture:
                from playground.gui.import_picture import read_picture

                return read_picture(path)
            return _table(path, self._document.experiment.lab, progress)

        def done(found: Any) -> None:
            if isinstance(found, Imported):
                self.put(found, path)
            elif picture:
                self.take_image(found, path)
            else:
                from playground.gui.import_table import ImportTable

                sheet, proposed = found
                self._ask(lambda latest: ImportTable(sheet, proposed, latest, self._window), path)

        self._run(work, "import", self.tr("Reading {name}").format(name=path.name), done)

    def take_image(self, image: QImage, path: Path | None = None) -> None:
        """A picture from a file, the clipboard or another program."""
        from playground.gui.import_picture import ImportPicture

        name = path.name if path is not None else self.tr("picture")
        seed = self._document.experiment.seed.data
        self._ask(lambda latest: ImportPicture(image, name, seed, latest, self._window), path)

    def _ask(self, make: Callable[[Latest], ImportDialog], path: Path | None) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        latest = Latest(self)  # outlives the dialog: what it works at may take longer
        self._working.append(latest)
        dialog = make(latest)
        dialog.chosen.connect(lambda found: self.put(found, path))
        dialog.finished.connect(lambda _: self._closed(dialog, latest))
        self.dialog = dialog
        dialog.open()

    def _closed(self, dialog: QDialog, latest: Latest) -> None:
        if self.dialog is dialog:
            self.dialog = None
        if not latest.busy:
            self._working.remove(latest)
            latest.deleteLater()

    def put(self, found: Imported, path: Path | None) -> None:
        """Make these points the data: one undo step. What does not fit the model is refused, and nothing changes."""
        changes = found.changes()
        e = self._document.experiment
        if e.lab == found.lab == "classify" and max(2, len(found.class_names)) != 2:
            if getattr(e.model, "output", "auto") != "auto":
                changes["model.output"] = "auto"
        text = self.tr("Import {name}").format(name=found.name)
        try:
            self._document.apply(experiments.change(e, changes), text)
        except SpecError as error:
            self._strips.refuse(str(error))
            return
        self._document.imported(found.points)
        n = len(found.points)
        self.said.emit(self.tr("{n} points from {name}.").format(n=f"{n:,}", name=found.name))
        if found.note:
            self._strips.note(found.note)
        if path is not None:
            self.taken.emit(path)

    def close(self) -> None:
        """End what still runs and wait for it."""
        for latest in self._working:
            latest.close()
        self._working.clear()


def _table(path: Path, lab: str, progress: Progress) -> Any:
    """Points where the header says what they are and every cell is right; else the sheet and what is proposed."""
    from playground.engine import columns, sheet, tables

    if sheet.plain(path):
        try:
            return tables.read_csv(path, progress=progress)
        except SpecError:
            pass  # the dialog says what is wrong with which rows, and goes on without them
    found = sheet.read(path, progress)
    return found, columns.propose(found, lab)
