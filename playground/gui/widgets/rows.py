"""Rows of a form that are no sliders: a choice, a check box, a text, a seed, the hidden layers.

Each has `value()`, `setValue(v)` without a signal, `changed(v)`, `setError(text | None)`, `setDefault(v)`, and a
double click on its label resets it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QSizePolicy, QSpacerItem, QWidget

from playground.gui.theme import px
from playground.gui.widgets.base import Themed, column
from playground.gui.widgets.buttons import ToolButton
from playground.gui.widgets.fields import Choice, NumberField, TextField, set_invalid
from playground.gui.widgets.slider import ErrorLine, label_text
from playground.gui.widgets.text import MathLabel, plain

UNSET = object()
LABEL, LABEL_NARROW, ROOMY = 96, 92, 226
"""The column of labels, and how wide a row must be for it not to be the narrow one."""


class Row(Themed, QWidget):
    """A label column, the control, an error line. Subclasses add the control with `place()`."""

    changed = Signal(object)

    def __init__(
        self,
        label: str,
        *,
        symbol: str = "",
        unit: str = "",
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.default = default
        self.label = MathLabel(label_text(label, symbol, unit))
        self.name = plain(self.label.text())
        self.error = ErrorLine()
        self._line = QHBoxLayout()
        self._line.addWidget(self.label)
        self._column = column(self)
        self._column.addLayout(self._line)
        self._column.addWidget(self.error)
        self.label.doubleClicked.connect(self._reset)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def restyle(self) -> None:
        self._line.setContentsMargins(0, px(4), 0, px(4))
        self._line.setSpacing(0)
        self._fit_label()
        self.label.setMinimumHeight(px(28))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_label()

    def _fit_label(self) -> None:
        own = self.label.sizeHint().width()
        self.label.setFixedWidth(max(self._label_column(), own + px(8 if self.width() >= px(ROOMY) else 7)))

    def _label_column(self) -> int:
        """In the panel of a small window the column is the longest label and no more."""
        return px(LABEL if self.width() >= px(ROOMY) else LABEL_NARROW)

    def setDefault(self, default: object) -> None:
        self.default = default

    def value(self) -> object:
        raise NotImplementedError

    def setValue(self, value: Any) -> None:
        raise NotImplementedError

    def setError(self, text: str | None) -> None:
        self.error.setError(text)

    def errorText(self) -> str:
        return self.error.text()

    def _reset(self) -> None:
        if self.default is not UNSET and self.isEnabled() and self.value() != self.default:
            self.setValue(self.default)
            self.changed.emit(self.value())


class ChoiceRow(Row):
    """A label and a combo box over (key, text) pairs."""

    def __init__(
        self,
        label: str,
        options: Iterable[tuple[object, str]],
        value: object = None,
        *,
        symbol: str = "",
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, symbol=symbol, default=default, parent=parent)
        self.combo = Choice(self.name)
        self._line.addWidget(self.combo, 1)
        self._keys: list[object] = []
        self.setOptions(options)
        if value is not None:
            self.setValue(value)
        self.combo.activated.connect(self._activated)
        self.follow_theme()

    def _label_column(self) -> int:
        """In the narrowest panel it gives way to entries that are longer."""
        usual = super()._label_column()
        return usual if self.width() >= px(200) else min(usual, self.width() - self.combo.sizeHint().width())

    def setOptions(self, options: Iterable[tuple[object, str]]) -> None:
        """Replace the entries; the chosen key stays when it is still there."""
        options = list(options)
        if options == [(k, self.combo.itemText(i)) for i, k in enumerate(self._keys)]:
            return
        chosen = self.value() if self._keys else None
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        self._keys = [key for key, _ in options]
        self.combo.addItems([text for _, text in options])
        if chosen in self._keys:
            self.combo.setCurrentIndex(self._keys.index(chosen))
        self.combo.blockSignals(blocked)

    def value(self) -> object:
        index = self.combo.currentIndex()
        return self._keys[index] if 0 <= index < len(self._keys) else None

    def setValue(self, value: Any) -> None:
        if value not in self._keys:
            raise ValueError(f"{self.name} has no option {value!r}.")
        self._shown = value
        self.combo.setCurrentIndex(self._keys.index(value))
        self.setError(None)

    def setError(self, text: str | None) -> None:
        super().setError(text)
        set_invalid(self.combo, bool(text))

    def _activated(self) -> None:
        value = self.value()
        if value != getattr(self, "_shown", UNSET):
            self._shown = value
            self.setError(None)
            self.changed.emit(value)


class CheckRow(Row):
    """A check box with its words after it."""

    def __init__(
        self,
        label: str,
        value: bool = False,
        *,
        symbol: str = "",
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, symbol=symbol, default=default, parent=parent)
        self.check = QCheckBox(accessibleName=self.name, checked=value)
        self._line.insertWidget(0, self.check)
        self._line.addStretch(1)
        self.check.toggled.connect(lambda on: (self.setError(None), self.changed.emit(on)))
        self.follow_theme()

    def restyle(self) -> None:
        super().restyle()
        self._line.setSpacing(px(4))
        self.check.setFixedSize(px(20), px(20))
        self.label.setMinimumWidth(0)
        self.label.setMaximumWidth(16777215)

    def value(self) -> bool:
        return self.check.isChecked()

    def setValue(self, value: Any) -> None:
        blocked = self.check.blockSignals(True)
        self.check.setChecked(bool(value))
        self.check.blockSignals(blocked)
        self.setError(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.label.geometry().contains(
            event.position().toPoint()
        ):
            self.check.click()


class TextRow(Row):
    """A label and a line of text, at its right or `below` it; `changed(value)` on Enter or on leaving.

    With `read` and `write` the text stands for a value of another kind. What `read` refuses with a ValueError stays
    as it was typed, and the sentence is said under it.
    """

    def __init__(
        self,
        label: str,
        value: Any = "",
        *,
        symbol: str = "",
        placeholder: str = "",
        below: bool = False,
        read: Callable[[str], Any] = str,
        write: Callable[[Any], str] = str,
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, symbol=symbol, default=default, parent=parent)
        self._value, self._below, self._read, self._write = value, below, read, write
        self.edit = TextField(write(value), self.name)
        self.edit.setPlaceholderText(placeholder)
        if below:
            self._gap = QSpacerItem(0, 0)
            self._column.insertWidget(1, self.edit)
            self._column.insertItem(2, self._gap)
            self._line.addStretch(1)
        else:
            self._line.addWidget(self.edit, 1)
        self.edit.committed.connect(self._committed)
        self.follow_theme()

    def restyle(self) -> None:
        super().restyle()
        if self._below:
            self._line.setContentsMargins(0, px(4), 0, 0)
            self._gap.changeSize(0, px(4))
            self._column.setContentsMargins(0, 0, 0, px(4))

    def value(self) -> Any:
        return self._value

    def setValue(self, value: Any) -> None:
        self._value = value
        self.edit.setValue(self._write(value))
        self.setError(None)

    def _committed(self, text: str) -> None:
        try:
            value = self._read(text)
        except ValueError as error:
            self.setError(str(error))
            return
        self.setError(None)
        self._value = value
        self.changed.emit(value)

    def setError(self, text: str | None) -> None:
        super().setError(text)
        set_invalid(self.edit, bool(text))
        if text:
            QTimer.singleShot(0, self, self._show_error)

    def _show_error(self) -> None:
        """Scroll so far that the whole sentence is in sight: it may be a long one at the end of a small panel."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and self.error.isVisible():
            above.ensureWidgetVisible(self.error, 0, px(8))


class NumberRow(Row):
    """A label and a number field without a slider."""

    def __init__(
        self,
        label: str,
        value: float = 0,
        *,
        minimum: float = float("-inf"),
        maximum: float = float("inf"),
        integer: bool = False,
        step: float = 1,
        decimals: int | None = None,
        symbol: str = "",
        unit: str = "",
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, symbol=symbol, unit=unit, default=default, parent=parent)
        self.field = NumberField(
            value,
            minimum=minimum,
            maximum=maximum,
            integer=integer,
            step=step,
            decimals=decimals,
            name=self.name,
        )
        self._line.addStretch(1)
        self._line.addWidget(self.field)
        self.field.edited.connect(lambda number: (self.setError(None), self.changed.emit(number)))
        self.field.invalid.connect(self.setError)
        self.follow_theme()

    def value(self) -> float | None:
        return self.field.value()

    def setValue(self, value: Any) -> None:
        self.field.setValue(value)
        self.setError(None)

    def setError(self, text: str | None) -> None:
        super().setError(text)
        self.field.setInvalid(bool(text))


class SeedField(Row):
    """A seed: small number field, a die that rolls another, a lock that keeps the die from rolling.

    `lockToggled(bool)`; `roll()` is what a "new weights" button calls, it does nothing while locked.
    """

    lockToggled = Signal(bool)
    _LARGEST = 9999

    def __init__(
        self,
        label: str,
        value: int = 0,
        *,
        locked: bool = False,
        dice: bool = True,
        default: object = UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, default=default, parent=parent)
        self.field = NumberField(value, minimum=0, maximum=2**31 - 1, integer=True, width=60, name=self.name)
        self.die = ToolButton(
            "dices", self.tr("Roll a new {name} seed").format(name=self.name), size=24, role="muted"
        )
        self.lock = ToolButton(
            "lock-open",
            self.tr("Lock the {name} seed").format(name=self.name),
            size=24,
            role="muted",
            checkable=True,
            quiet=True,
        )
        self.die.setVisible(dice)
        self._line.addStretch(1)
        for part in (self.field, self.die, self.lock):
            self._line.addWidget(part)
        self.field.edited.connect(lambda number: (self.setError(None), self.changed.emit(int(number))))
        self.field.invalid.connect(self.setError)
        self.die.clicked.connect(self.roll)
        self.lock.toggled.connect(self._locked)
        self.setLocked(locked)
        self.follow_theme()

    def restyle(self) -> None:
        super().restyle()
        self._line.setSpacing(px(2))
        self.label.setFixedWidth(self.label.sizeHint().width() + px(8))

    def value(self) -> int:
        return int(self.field.value() or 0)

    def setValue(self, value: Any) -> None:
        self.field.setValue(int(value))
        self.setError(None)

    def setError(self, text: str | None) -> None:
        super().setError(text)
        self.field.setInvalid(bool(text))

    def isLocked(self) -> bool:
        return self.lock.isChecked()

    def setLocked(self, locked: bool) -> None:
        blocked = self.lock.blockSignals(True)
        self.lock.setChecked(locked)
        self.lock.blockSignals(blocked)
        self._show_lock()

    def roll(self) -> None:
        """Take another seed, unless locked."""
        if not self.isLocked():
            self.setValue(
                random.choice([n for n in range(1, 10) if n != self.value()])
                if self.value() < 10
                else random.randrange(1, self._LARGEST)
            )
            self.changed.emit(self.value())

    def _locked(self, on: bool) -> None:
        self._show_lock()
        self.lockToggled.emit(on)

    def _show_lock(self) -> None:
        on = self.lock.isChecked()
        self.lock.setIconName("lock" if on else "lock-open")
        self.die.setEnabled(not on)
