"""A field for a number: right-aligned, with arrows, that reads what people really type."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QStyledItemDelegate, QWidget

from playground.gui import fonts
from playground.gui.numbers import fmt, parse
from playground.gui.theme import px
from playground.gui.widgets.base import Themed


def leaves_undo(event: QEvent, edit: QLineEdit) -> bool:
    """Whether this asks for the keys of undo or redo while nothing is being typed: then they are the window's.

    A line of text claims them for itself, also when all it could undo is a number that was committed long ago.
    """
    if event.type() != QEvent.Type.ShortcutOverride or edit.isModified():
        return False
    key = cast(QKeyEvent, event)
    return key.matches(QKeySequence.StandardKey.Undo) or key.matches(QKeySequence.StandardKey.Redo)


def set_invalid(widget: QWidget, invalid: bool) -> None:
    """Show or drop the danger outline of a standard field."""
    if bool(widget.property("invalid")) != invalid:
        widget.setProperty("invalid", invalid)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class NumberField(Themed, QAbstractSpinBox):
    """72x28. Emits `edited` with the number on Enter, on leaving and on each arrow step; nothing on `setValue`.

    Text that is no number stays as it was typed, gets the danger outline, and is told through `invalid(sentence)`.
    A number outside `minimum` to `maximum` is passed on: whoever owns the range words the refusal. The arrows stay
    inside the range.
    """

    edited = Signal(float)
    invalid = Signal(str)

    def __init__(
        self,
        value: float | None = 0,
        *,
        minimum: float = float("-inf"),
        maximum: float = float("inf"),
        integer: bool = False,
        step: float = 1,
        decimals: int | None = None,
        width: int = 72,
        stepper: Callable[[float, int], float] | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value, self._min, self._max = value, minimum, maximum
        self._integer, self._step, self._decimals, self._width = integer, step, decimals, width
        self._stepper = stepper
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.lineEdit().textEdited.connect(lambda: set_invalid(self, False))
        self.lineEdit().returnPressed.connect(self._commit)
        self.follow_theme()
        self._show()

    def restyle(self) -> None:
        self.setFixedSize(px(self._width), px(28))
        self.setFont(fonts.ui(13))
        self.lineEdit().setFont(fonts.ui(13))  # under a style sheet it does not take over ours

    # values

    def value(self) -> float | None:
        return self._value

    def setValue(self, value: float | None) -> None:
        """Show `value`. Text that is being edited stays unless the value is a new one."""
        if value == self._value and self.lineEdit().isModified() and self.hasFocus():
            return
        self._value = value
        self._show()

    def setRange(self, minimum: float, maximum: float) -> None:
        self._min, self._max = minimum, maximum
        self._show()

    def setInvalid(self, invalid: bool) -> None:
        set_invalid(self, invalid)

    def isInvalid(self) -> bool:
        return bool(self.property("invalid"))

    def displayText(self, value: float | None) -> str:
        if value is None:
            return ""
        if self._decimals is not None and value != 0 and abs(round(value, self._decimals) - value) < 1e-12:
            return fmt(value, self._decimals)
        text = fmt(value)
        if 0 < abs(value) < 0.01 and len(text) > 6:  # 0.00095 is wider than the field, 9.5e−4 is not
            mantissa, exponent = f"{value:.5e}".split("e")
            text = f"{fmt(float(mantissa))}e{fmt(int(exponent))}"
        return text

    def _show(self) -> None:
        text = self.displayText(self._value)
        if self.lineEdit().text() != text:
            self.lineEdit().setText(text)
        self.lineEdit().setModified(False)
        set_invalid(self, False)

    def _commit(self) -> None:
        text = self.lineEdit().text()
        if text == self.displayText(self._value) and not self.isInvalid():
            self.lineEdit().setModified(False)
            return
        try:
            value = parse(text, integer=self._integer)
        except ValueError as error:
            set_invalid(self, True)
            self.invalid.emit(str(error))
            return
        value = int(value) if self._integer else value
        self._value = value
        self._show()
        self.edited.emit(value)

    # QAbstractSpinBox

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed; `_commit` judges it."""
        return QValidator.State.Acceptable, text, position

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._value is None or not self.isEnabled():
            return flags
        if self._value < self._max:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._value > self._min:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def stepBy(self, steps: int) -> None:
        value = self._value
        try:
            value = parse(self.lineEdit().text(), integer=self._integer)
        except ValueError:
            pass
        if value is None:
            return
        value = self._stepper(value, steps) if self._stepper else value + steps * self._step
        value = min(max(value, self._min), self._max)
        value = int(round(value)) if self._integer else float(f"{value:.10g}")
        if value != self._value or self.isInvalid():
            self._value = value
            self._show()
            self.lineEdit().selectAll()
            self.edited.emit(value)

    # events

    def event(self, event: QEvent) -> bool:
        """A number has no use for the space bar: it stays the key that plays and pauses."""
        if event.type() == QEvent.Type.ShortcutOverride and cast(QKeyEvent, event).key() == Qt.Key.Key_Space:
            event.ignore()
            return True
        if leaves_undo(event, self.lineEdit()):
            event.ignore()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show()
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            event.accept()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel turn scrolls the panel unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(Themed, QComboBox):
    """A combo box that leaves the wheel to the panel and whose list is as wide as its longest entry."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view().setAccessibleName(name)
        self.setItemDelegate(QStyledItemDelegate(self))  # the default one does not ask the style sheet
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(28))
        self.setFont(fonts.ui(13))

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(px(8), 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(72), px(28))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def showPopup(self) -> None:
        wide = max(
            (self.fontMetrics().horizontalAdvance(self.itemText(i)) for i in range(self.count())), default=0
        )
        self.view().setMinimumWidth(max(self.width(), wide + px(48)))
        super().showPopup()


class TextField(Themed, QLineEdit):
    """A line of text; `committed(str)` on Enter or on leaving, when it changed."""

    committed = Signal(str)

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._last = text
        self.setAccessibleName(name)
        self.editingFinished.connect(self._commit)
        self.textEdited.connect(lambda: set_invalid(self, False))
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(28))
        self.setFont(fonts.ui(13))

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, self):
            event.ignore()
            return True
        return super().event(event)

    def setValue(self, text: str) -> None:
        self._last = text
        self.setText(text)
        set_invalid(self, False)

    def _commit(self) -> None:
        self.setModified(False)
        if self.text() != self._last:
            self._last = self.text()
            self.committed.emit(self._last)
