"""Files: new, open, save, import, what is dropped on the window, and the question before work is lost.

Reading and writing happen in jobs; what was refused is one sentence in the strip over the plot.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.engine import addresses
from playground.engine import experiment as experiments
from playground.engine.schema import SpecError
from playground.gui.bridge import Bridge
from playground.gui.document import Document
from playground.gui.importing import PICTURES, TABLES, Imports
from playground.gui.jobs import Job, Progress
from playground.gui.notify import Strips
from playground.gui.settings import Settings

SUFFIX = ".playground"


class Desk(Protocol):
    """What of the window belongs into a session: `view_state` gives JSON values, `restore_view` takes them."""

    def view_state(self) -> dict[str, Any]: ...
    def restore_view(self, state: dict[str, Any]) -> None: ...


class Files(QObject):
    """said(sentence): for the status line. recent_changed: the list of recent files is another one."""

    said = Signal(str)
    recent_changed = Signal()

    def __init__(self, document: Document, bridge: Bridge, settings: Settings, strips: Strips, window: QWidget,
                 desk: Desk) -> None:
        super().__init__(window)
        self._document, self._bridge, self._settings = document, bridge, settings
        self._strips, self._window, self._desk = strips, window, desk
        self._jobs: list[Job] = []
        self.imports = Imports(document, strips, window, self.run)
        self.imports.said.connect(self.said)
        self.imports.taken.connect(self._remember)
        self._saving = False
        self._after_saving: Callable[[], object] | None = None

    # ---- what a person asks for
    def new(self) -> None:
        if self.may_leave(self.new):
            self._document.open(experiments.default(self._document.experiment.lab))

    def ask_open(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in (SUFFIX, *TABLES, *PICTURES))
        filters = self.tr("Sessions, tables and pictures ({kinds});;All files (*)").format(kinds=kinds)
        chosen, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open"), self._folder(), filters)
        if chosen:
            self.open(Path(chosen))

    def ask_import(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in (*TABLES, *PICTURES))
        filters = self.tr("Tables and pictures ({kinds});;All files (*)").format(kinds=kinds)
        title = self.tr("Import a table or a picture")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), filters)
        if chosen:
            self.imports.open(Path(chosen))

    def open_target(self, target: str) -> None:
        """A path or an address, from the command line."""
        if addresses.is_address(target):
            self._take(target, lambda opened: self._document.open(opened.experiment))
        else:
            self.open(Path(target))

    def paste_link(self, text: str) -> None:
        """What a link, a preset or a URL stands for, as one undo step; what is no such thing is refused."""
        self._take(text, lambda opened: self._document.apply(opened.experiment, self.tr("Paste link")))

    def _take(self, address: str, put: Callable[[addresses.Opened], object]) -> None:
        """Read an address, put it where it belongs, and tell what is worth knowing of it."""
        try:
            opened = addresses.read(address)
        except SpecError as error:
            self._strips.refuse(str(error))
            return
        put(opened)
        if opened.lost:
            head, phrases = self.tr("Opened as in TensorFlow Playground."), "; ".join(opened.lost)
            self._strips.note(
                f"{head} {self.tr('Not carried over: {phrases}.').format(phrases=phrases)}",
                f"{head} {self.tr('Not carried over ({n}): see the details.').format(n=len(opened.lost))}",
                "\n".join(opened.lost),
            )
        elif opened.about:
            self._strips.note(opened.about)

    def open(self, path: Path) -> None:
        if path.suffix.lower() == SUFFIX:
            if self.may_leave(lambda: self.open(path)):
                self._open_session(path)
        else:
            self.imports.open(path)

    def save(self, then: Callable[[], object] | None = None) -> None:
        if self._document.path is None:
            self.save_as(then)
        else:
            self._save_to(self._document.path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        name = str(Path(self._folder()) / f"{self._document.title}{SUFFIX}")
        filters = self.tr("Sessions (*{suffix})").format(suffix=SUFFIX)
        chosen, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save"), name, filters)
        if chosen:
            path = Path(chosen)
            self._save_to(path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX), then)

    def may_leave(self, again: Callable[[], object]) -> bool:
        """Ask before work is lost. False when the person stays, or saves first: then `again` is called after it."""
        if not self._document.worth_asking:
            return True
        if self._saving:
            self._after_saving = again
            return False
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Save changes?"),
                          self.tr("{title} has changes that are not saved.").format(title=self._document.title),
                          QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard
                          | QMessageBox.StandardButton.Cancel, self._window)  # fmt: skip
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        answer = box.exec()
        if answer == QMessageBox.StandardButton.Save:
            self.save(again)
            return False
        return bool(answer == QMessageBox.StandardButton.Discard)

    def close(self) -> None:
        """End what still runs and wait for it."""
        for job in self._jobs:
            job.close()
        self._jobs.clear()
        self.imports.close()

    # ---- drag and drop
    def dropped_link(self, mime: QMimeData) -> str:
        """The address in a drag, from a browser's address line for example; empty where there is none."""
        return mime.text() if mime.hasText() and addresses.is_address(mime.text()) else ""

    def dropped(self, mime: QMimeData) -> list[Path]:
        """The local files of a drag that can be opened."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        return [path for path in paths if path.suffix.lower() in (SUFFIX, *TABLES, *PICTURES)]

    def dropped_image(self, mime: QMimeData) -> QImage | None:
        """The picture in a drag or on the clipboard; None where there is none, or a text that says more."""
        image = mime.imageData() if mime.hasImage() and not mime.text().strip() else None
        return image if isinstance(image, QImage) and not image.isNull() else None

    # ---- jobs
    def run(self, work: Callable[[Progress], Any], name: str, text: str, done: Callable[[Any], object],
            over: Callable[[], object] = lambda: None) -> None:
        """Do long work in a thread, with progress in the strip; what it refuses is said there too.

        `over` is called at its end, however it ends, before `done`.
        """
        job = Job(work, name, self)
        self._jobs.append(job)
        for end in (job.done, job.refused, job.cancelled):
            end.connect(lambda *_: over())
        for end in (job.done, job.refused, job.cancelled):
            end.connect(lambda *_: self._jobs.remove(job) if job in self._jobs else None)
        job.done.connect(done)
        job.refused.connect(self._strips.refuse)
        self._strips.follow(job, text)
        job.start()

    def _open_session(self, path: Path) -> None:
        def work(progress: Progress) -> Any:
            from playground.engine import session

            return session.read(path)

        def done(result: Any) -> None:
            record, view = result
            self._bridge.load_record(record)
            self._document.open(record.experiment, path)
            self._desk.restore_view(view)
            self._remember(path)

        self.run(work, "open", self.tr("Opening {name}").format(name=path.name), done)

    def _save_to(self, path: Path, then: Callable[[], object] | None) -> None:
        view = self._desk.view_state()
        self._saving, self._after_saving = True, then

        def over() -> None:
            self._saving = False

        def collected(record: Any) -> None:
            def work(progress: Progress) -> None:
                from playground.engine import session

                session.write(path, record, view)

            def done(_: Any) -> None:
                self._document.saved(path)
                self._remember(path)
                self.said.emit(self.tr("Saved {name}.").format(name=path.name))
                if self._after_saving is not None:
                    self._after_saving()

            self.run(work, "save", self.tr("Saving {name}").format(name=path.name), done, over)

        self._bridge.collect(collected)

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path)
        self.recent_changed.emit()

    def _folder(self) -> str:
        known = self._document.path or next(iter(self._settings.recent()), None)
        return str(known.parent if known else Path.home())
