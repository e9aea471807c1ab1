"""The two small dialogs of the Help menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QMessageBox, QScrollArea, QVBoxLayout, QWidget

import playground
from playground.gui.actions import shortcuts_text
from playground.gui.theme import px
from playground.gui.widgets import MathLabel


def show_about(parent: QWidget) -> None:
    """Version, purpose, licences."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(parent.tr("About Playground"))
    box.setText(parent.tr("Playground {version}").format(version=playground.__version__))
    box.setInformativeText(parent.tr("See machine learning happen: draw data, pick a model, watch it train, take the "
                                     "result away.\n\nMIT licence. Built on Qt (LGPL), PyTorch and NumPy (BSD); icons "
                                     "by Lucide (ISC); Inter and STIX Two Text (OFL)."))  # fmt: skip
    box.open()


def show_keys(parent: QWidget, actions: list[QAction]) -> None:
    """Every key of the window, in two columns."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(parent.tr("Keyboard shortcuts"))
    inner = QWidget()
    grid = QGridLayout(inner)
    grid.setHorizontalSpacing(px(24))
    lines = list(dict.fromkeys(shortcuts_text(actions)))
    half = (len(lines) + 1) // 2
    for i, (keys, text) in enumerate(lines):
        column, row = divmod(i, half)
        grid.addWidget(MathLabel(keys.replace("*", "∗"), weight=600), row, 2 * column)
        grid.addWidget(MathLabel(text), row, 2 * column + 1)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setWidget(inner)
    box = QVBoxLayout(dialog)
    box.addWidget(scroll)
    dialog.resize(px(640), min(px(560), inner.sizeHint().height() + px(40)))
    dialog.open()
