"""A small dialog for a few whole numbers: which orders stand side by side, which weights span a surface."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from playground.engine.schema import SpecError, show
from playground.gui.theme import px
from playground.gui.widgets import ErrorLine, MathLabel, TextField

TR = QCoreApplication.translate
Numbers = tuple[int, ...]


def whole_numbers(text: str, least: int, most: int, top: int) -> Numbers:
    """`least` to `most` different whole numbers from 0 to `top`, in rising order. Raises SpecError."""
    words = [word for word in re.split(r"[\s,;]+", text.strip()) if word]
    numbers = sorted({int(word) for word in words if re.fullmatch(r"[0-9]{1,4}", word)})
    if len(numbers) != len(words) or not least <= len(numbers) <= most or numbers[-1] > top:
        count = f"{least}" if least == most else f"{least} to {most}"
        raise SpecError(f"Give {count} different whole numbers from 0 to {top}, not {show(text.strip()) or 'nothing'}.")
    return tuple(numbers)


def add_foot(dialog: QDialog, column: QVBoxLayout, take: Callable[[], None]) -> ErrorLine:
    """The end of a dialog that asks: a line for what is wrong, which is returned, and OK, which calls `take`."""
    error = ErrorLine()
    column.addWidget(error)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(take)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    return error


class AskNumbers(QDialog):
    """Not modal. `chosen(numbers)` is called with each legal answer; an illegal one leaves a sentence."""

    def __init__(self, title: str, question: str, now: Numbers, read: Callable[[str], Numbers],
                 chosen: Callable[[Numbers], None], parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._read, self._chosen = read, chosen
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(8))
        column.addWidget(MathLabel(question))
        self.field = TextField()
        self.field.setText(", ".join(map(str, now)))
        self.field.setAccessibleName(title)
        self.field.setMinimumWidth(px(280))
        column.addWidget(self.field)
        self.error = add_foot(self, column, self._take)
        self.field.selectAll()
        self.field.setFocus()

    def _take(self) -> None:
        try:
            numbers = self._read(self.field.text())
        except SpecError as error:
            self.error.setError(str(error))
            return
        self._chosen(numbers)
        self.accept()


def ask_orders(now: Numbers, chosen: Callable[[Numbers], None], parent: QWidget) -> AskNumbers:
    dialog = AskNumbers(
        TR("Ask", "Orders side by side"), TR("Ask", "Orders *M* in the gallery and in the table, four to nine:"), now,
        lambda text: whole_numbers(text, 4, 9, 20), chosen, parent,
    )  # fmt: skip
    dialog.open()
    return dialog


def ask_axes(now: Numbers, chosen: Callable[[Numbers], None], parent: QWidget) -> AskNumbers:
    dialog = AskNumbers(
        TR("Ask", "Error surface"), TR("Ask", "The two weights *w* that span the error surface:"), now,
        lambda text: whole_numbers(text, 2, 2, 40), chosen, parent,
    )  # fmt: skip
    dialog.open()
    return dialog
