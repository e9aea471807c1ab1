"""The menu that says who trains: the choice goes to the document, like every other setting."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.document import Document

PATH = "training.executor"


class ExecutorMenu(QMenu):
    """Automatic, fused kernels, PyTorch."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Trained by"))
        self._document = document
        self._group = QActionGroup(self)
        choices = {
            "auto": self.tr("&Automatic: the fastest here"),
            "fused": self.tr("&Fused kernels on the CPU"),
            "torch": self.tr("&PyTorch"),
        }
        for name, text in choices.items():
            action = self.addAction(text)
            action.setCheckable(True)
            action.setData(name)
            self._group.addAction(action)
        self._group.triggered.connect(lambda action: document.change({PATH: action.data()}))
        self.aboutToShow.connect(self.follow)
        document.changed.connect(lambda _: self.follow())
        self.follow()

    def follow(self) -> None:
        """Show what the document says; an optimizer that only one of them carries out leaves nothing to choose."""
        e = self._document.experiment
        for action in self._group.actions():
            action.setEnabled(not e.optimizer.executor)
            action.setChecked(action.data() == e.training.executor)
