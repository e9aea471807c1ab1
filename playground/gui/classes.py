"""The section "Classes": marker, name, count and key of each; one can be added, renamed or removed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from playground.engine.datasets.base import LETTERS
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.gui.document import Document
from playground.gui.markers import draw_class
from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.widgets import (
    ErrorLine,
    FocusRing,
    LinkButton,
    Themed,
    ToolButton,
    draw_text,
    set_rich_tip,
)
from playground.gui.widgets.base import draw_ring, rounded

LEAST, MOST = 2, 10


class ClassRow(FocusRing, Themed, QWidget):
    """One class: a click chooses it for drawing, a double click (or F2) edits its name in place."""

    chosen = Signal()
    renamed = Signal(str)
    removed = Signal()

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index, self._name, self._count, self._on = index, "", 0, False
        self._editor: QLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.addStretch(1)
        self.remove_button = ToolButton("x", self.tr("Remove the class"), size=22, icon_size=14, role="muted")
        self.remove_button.clicked.connect(self.removed)
        line.addWidget(self.remove_button)
        self.remove_button.hide()
        self.removable = False
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(32))
        self.layout().setContentsMargins(0, 0, px(28), 0)

    def show_class(self, name: str, count: int, on: bool, removable: bool) -> None:
        if (name, count, on, removable) != (self._name, self._count, self._on, self.removable):
            self._name, self._count, self._on, self.removable = name, count, on, removable
            self.setAccessibleName(self.tr("Class {name}, {count} points").format(name=name, count=count))
            self._tip()
            self.update()

    def _tip(self) -> None:
        key = (self._index + 1) % 10
        set_rich_tip(self, self.tr("Class {name}").format(name=self._name),
                     self.tr("key {key}").format(key=key),
                     self.tr("New points get this class. Double-click to rename it."))  # fmt: skip

    def enterEvent(self, event: QEnterEvent) -> None:
        self.remove_button.setVisible(self.removable)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.remove_button.hide()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_name()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_name()
        elif event.key() == Qt.Key.Key_Space:
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Delete and self.removable:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def edit_name(self) -> None:
        editor = QLineEdit(self._name, self, accessibleName=self.tr("Name of the class"), maxLength=40)
        editor.setGeometry(px(24), px(2), max(self.width() - px(24), px(60)), px(28))
        editor.selectAll()
        editor.show()
        editor.setFocus()
        self._editor = editor
        editor.editingFinished.connect(self._edited)

    def _edited(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            text = editor.text().strip()
            editor.hide()
            editor.deleteLater()
            if text and text != self._name:
                self.renamed.emit(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._on:
            rounded(painter, box.adjusted(-0.0, px(1), 0, -px(1)), px(4), t.accent_soft)
        draw_class(painter, QPointF(px(8), self.height() / 2), t.classes[self._index], px(11))
        right = self.width() - px(26)
        name = QRectF(px(24), 0, right - px(24) - px(44), self.height())
        draw_text(painter, name, self._name if len(self._name) > 1 else self.tr("Class {name}").format(name=self._name))
        if not self.remove_button.isVisible():
            count = QRectF(right - px(60), 0, px(54), self.height())
            draw_text(painter, count, fmt(self._count, group=True), size=12, color=t.muted,
                      align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        key = QRectF(self.width() - px(22), (self.height() - px(18)) / 2, px(18), px(18))
        rounded(painter, key, px(3), t.panel, t.border, 1)
        draw_text(painter, key, str((self._index + 1) % 10), size=11, color=t.muted,
                  align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        if self.ring_on:
            draw_ring(painter, box, px(4))


class Classes(QWidget):
    """The rows, "Add class", and the line that says what was refused. `chosen(index)`: draw with this class."""

    chosen = Signal(int)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rows: list[ClassRow] = []
        self._current = 0
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.add_button = LinkButton(self.tr("Add class"))
        self.add_button.clicked.connect(self.add_class)
        self.error = ErrorLine()
        self._box.addWidget(self.add_button)
        self._box.addWidget(self.error)

    def set_current(self, index: int) -> None:
        """Which class is drawn now."""
        self._current = index
        self.follow()

    def follow(self) -> None:
        """Show the classes of the document."""
        problem = self._document.problem
        names = problem.classes
        while len(self._rows) > len(names):
            row = self._rows.pop()
            self._box.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(names):
            self._rows.append(self._make_row(len(self._rows)))
        counts = np.bincount(problem.points.t.astype(int), minlength=len(names)) if names else np.zeros(0, int)
        for i, row in enumerate(self._rows):
            row.show_class(names[i], int(counts[i]), i == self._current, len(names) > LEAST)
        self.add_button.setVisible(len(names) < MOST)

    def _make_row(self, index: int) -> ClassRow:
        row = ClassRow(index)
        row.chosen.connect(lambda: self.chosen.emit(index))
        row.renamed.connect(lambda name: self.rename(index, name))
        row.removed.connect(lambda: self.remove(index))
        self._box.insertWidget(index, row)
        return row

    def add_class(self) -> None:
        names = self._document.problem.classes
        new = next(letter for letter in LETTERS + "".join(map(str, range(10))) if letter not in names)
        if self._change((*names, new), self._document.problem.points, self.tr("Add class")):
            self.chosen.emit(len(names))

    def rename(self, index: int, name: str) -> None:
        names = list(self._document.problem.classes)
        names[index] = name
        self._change(tuple(names), None, self.tr("Rename class"))

    def remove(self, index: int) -> None:
        problem = self._document.problem
        points = problem.points.take(problem.points.t != index)
        t = np.where(points.t > index, points.t - 1, points.t)
        names = problem.classes[:index] + problem.classes[index + 1 :]
        self._change(names, Points(points.X, t, points.ids, points.part), self.tr("Remove class"))

    def _change(self, names: tuple[str, ...], points: Points | None, text: str) -> bool:
        changes: dict[str, object] = {"data.class_names": names}
        if points is not None:
            changes["data.points"] = points
            if len(names) != 2 and getattr(self._document.experiment.model, "output", "auto") != "auto":
                changes["model.output"] = "auto"
        try:
            self._document.change(changes, text=text)
        except SpecError as error:
            self.error.setError(str(error))
            return False
        self.error.setError(None)
        return True
