"""The dialog for the ranges of the canvas: from where to where each axis goes, in the units of the data."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from playground.engine.points import LIMIT
from playground.gui.ask import add_foot
from playground.gui.numbers import MINUS, parse
from playground.gui.plot import Range
from playground.gui.theme import px
from playground.gui.widgets import MathLabel, TextField

TR = QCoreApplication.translate
NARROWEST = 1e-9
"""The least width of a range, as a share of its larger end: closer ticks could not be told apart."""


def read_range(name: str, low: str, high: str) -> Range:
    """Both ends, decimal comma or point. Raises ValueError with a sentence."""
    try:
        ends = parse(low), parse(high)
    except ValueError:
        raise ValueError(TR("Ask", "Both ends of {axis} must be numbers.").format(axis=name)) from None
    if not ends[0] < ends[1]:
        raise ValueError(TR("Ask", "{axis} must end above where it begins.").format(axis=name))
    largest = max(abs(ends[0]), abs(ends[1]))
    if largest > LIMIT or ends[1] - ends[0] < NARROWEST * largest:
        raise ValueError(TR("Ask", "That is no range that {axis} can show.").format(axis=name))
    return ends


class AskRanges(QDialog):
    """Not modal. `chosen(x, y)` is called with each legal answer; an illegal one leaves a sentence."""

    def __init__(self, names: tuple[str, str], now: tuple[Range, Range], chosen: Callable[[Range, Range], None],
                 parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(TR("Ask", "Axis ranges"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._names, self._chosen = names, chosen
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(8))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(8))
        self.fields: list[TextField] = []
        for row, (name, ends) in enumerate(zip(names, now, strict=True)):
            grid.addWidget(MathLabel(name), row, 0)
            for place, (word, end) in enumerate(zip((TR("Ask", "from"), TR("Ask", "to")), ends, strict=True)):
                field = TextField(f"{end:.6g}".replace("-", MINUS), f"{name.replace('*', '')} {word}")
                field.setFixedWidth(px(96))
                grid.addWidget(MathLabel(word), row, 1 + 2 * place)
                grid.addWidget(field, row, 2 + 2 * place)
                self.fields.append(field)
        column.addLayout(grid)
        self.error = add_foot(self, column, self._take)
        self.fields[0].selectAll()
        self.fields[0].setFocus()

    def _take(self) -> None:
        texts = [field.text() for field in self.fields]
        try:
            x, y = (read_range(name.replace("*", ""), *texts[2 * i : 2 * i + 2]) for i, name in enumerate(self._names))
        except ValueError as error:
            self.error.setError(str(error))
            return
        self._chosen(x, y)
        self.accept()


def ask_ranges(names: tuple[str, str], now: tuple[Range, Range], chosen: Callable[[Range, Range], None],
               parent: QWidget) -> AskRanges:  # fmt: skip
    dialog = AskRanges(names, now, chosen, parent)
    dialog.open()
    return dialog
