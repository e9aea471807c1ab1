"""The small editor of a formula that is one more input of a network."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.gui.theme import px, theme
from playground.gui.widgets import ErrorLine, Note, TextField, ToolButton
from playground.gui.widgets.base import Themed, rounded
from playground.gui.widgets.text import MathLabel

WIDE = 232


class FormulaEditor(Themed, QWidget):
    """formula_given(text): typed; an empty one means none. closed: Escape or the x."""

    formula_given = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Formula as input"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        column, top = QVBoxLayout(self), QHBoxLayout()
        top.addWidget(MathLabel(self.tr("An input of your own"), weight=600), 1)
        self.close_button = ToolButton("x", self.tr("Close"), size=24, role="muted")
        self.close_button.clicked.connect(self.closed)
        top.addWidget(self.close_button)
        column.addLayout(top)
        self.field = TextField(name=self.tr("Formula as input"))
        self.field.setPlaceholderText("sin(x1 x2)")
        self.field.committed.connect(self.formula_given)
        column.addWidget(self.field)
        self.error = ErrorLine()
        column.addWidget(self.error)
        self.hint = Note()
        self.hint.setText(self.tr("Any function of x1 and x2. Nothing: no such input."))
        column.addWidget(self.hint)
        self._column = column
        self.hide()
        self.follow_theme()

    def restyle(self) -> None:
        self._column.setContentsMargins(px(12), px(6), px(8), px(8))
        self._column.setSpacing(px(4))
        self.setFixedWidth(px(WIDE))

    def open(self, text: str, corner: QPoint) -> None:
        self.error.setError(None)
        self.field.setValue(text)
        self.adjustSize()
        self.move(corner)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def refuse(self, sentence: str) -> None:
        self.error.setError(sentence)
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        rounded(painter, QRectF(self.rect()), px(8), t.raised, t.control)
