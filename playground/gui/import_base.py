"""What the dialogs of an import have in common: a preview that follows the choice, worked out in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from playground.engine.tables import Imported
from playground.gui.import_preview import ClassLegend, PointsPreview
from playground.gui.jobs import Job, Progress
from playground.gui.theme import px
from playground.gui.widgets import ErrorLine, Note
from playground.gui.widgets.base import Paragraph


class Latest(QObject):
    """Works in a thread on what was asked for last: what was asked for before it and not begun is forgotten.

    done(result) and refused(sentence) speak of the last question only. Its owner calls `close` before the program ends:
    a dialog goes at once, also where its work still runs.
    """

    done = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._next: Callable[[], Any] | None = None
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        return self._job is not None

    def ask(self, work: Callable[[], Any]) -> None:
        self._next = work
        if self._job is None:
            self._start()

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._next = None
        if self._job is not None:
            self._job.cancel()

    def close(self) -> None:
        self._next = None
        if self._job is not None:
            self._job.close()
            self._job = None

    def _start(self) -> None:
        work, self._next = self._next, None
        assert work is not None

        def run(progress: Progress) -> Any:
            return work()

        self._job = Job(run, "preview", self)
        self._job.done.connect(lambda result: self._over(self.done, result))
        self._job.refused.connect(lambda sentence: self._over(self.refused, sentence))
        self._job.cancelled.connect(lambda: self._over(None, None))
        self._job.start()

    def _over(self, signal: Any, what: Any) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        if self._next is not None:
            self._start()
        elif signal is not None:
            signal.emit(what)


class ImportDialog(QDialog):
    """`chosen(Imported)` when it is taken. A subclass fills `left` and calls `ask` when its choice changes."""

    chosen = Signal(object)

    def __init__(self, title: str, latest: Latest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.found: Imported | None = None
        self._latest = latest
        self.preview, self.classes = PointsPreview(), ClassLegend()
        self.summary = Paragraph(role="text", size=13)
        self.notes, self.error = Note(), ErrorLine()
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(px(20), px(16), px(20), px(16))
        self.outer.setSpacing(px(8))
        self.left = QVBoxLayout()
        self.left.setSpacing(0)
        latest.done.connect(self._done)
        latest.refused.connect(self._refused)
        self.finished.connect(lambda _: latest.forget())

    def finish_layout(self, left_width: int) -> None:
        """Choices at the left, the preview at the right, buttons below; called when `left` is filled."""
        both, right = QHBoxLayout(), QVBoxLayout()
        both.setSpacing(px(20))
        frame = QWidget()
        frame.setFixedWidth(px(left_width))
        frame.setLayout(self.left)
        self.left.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(px(6))
        right.addWidget(self.preview, 1)
        for part in (self.summary, self.classes, self.notes, self.error):
            right.addWidget(part)
        both.addWidget(frame)
        both.addLayout(right, 1)
        self.outer.addLayout(both, 1)
        line = QHBoxLayout()
        self.cancel_button = QPushButton(self.tr("Cancel"), accessibleName=self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.import_button = QPushButton(self.tr("Import"), accessibleName=self.tr("Import"), default=True)
        self.import_button.clicked.connect(self.take)
        line.addStretch(1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.import_button)
        self.outer.addLayout(line)

    def ask(self, work: Callable[[], Any]) -> None:
        """Work out the preview of a new choice; until it is there nothing can be imported."""
        self.import_button.setEnabled(False)
        self._latest.ask(work)

    def take(self) -> None:
        if self.found is not None and self.import_button.isEnabled():
            self.chosen.emit(self.found)
            self.accept()

    def _done(self, found: Imported) -> None:
        from playground.engine.columns import summary

        self.found = found
        self.import_button.setEnabled(True)
        self.preview.show_points(found)
        self.classes.show_classes(found)
        self.summary.setText(summary(found))
        self.notes.setText(found.note)
        self.notes.setVisible(bool(found.note))
        self.error.setError(None)

    def _refused(self, sentence: str) -> None:
        self.found = None
        self.preview.show_points(None)
        self.classes.show_classes(None)
        self.summary.setText("")
        self.notes.hide()
        self.error.setError(sentence)

    def showEvent(self, event: QShowEvent) -> None:
        """No larger than the screen allows."""
        super().showEvent(event)
        room = self.screen().availableGeometry()
        self.resize(min(self.width(), room.width() - px(24)), min(self.height(), room.height() - px(48)))
