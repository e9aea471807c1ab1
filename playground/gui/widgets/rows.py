"""Rows of a form that are no sliders: a choice, a check box, a text, a seed, the hidden layers.

Each has `value()`, `setValue(v)` without a signal, `changed(v)`, `setError(text | None)`, `setDefault(v)`, and a
double click on its label resets it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from playground.gui import fonts
from playground.gui.numbers import parse
from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Themed, column, draw_ring, rounded
from playground.gui.widgets.buttons import ToolButton, draw_icon
from playground.gui.widgets.fields import Choice, NumberField, TextField, set_invalid
from playground.gui.widgets.flow import FlowLayout
from playground.gui.widgets.slider import ErrorLine, label_text
from playground.gui.widgets.text import MathLabel, draw_text, plain

_UNSET = object()


class Row(Themed, QWidget):
    """A label column of 96 px, the control, an error line. Subclasses add the control with `place()`."""

    changed = Signal(object)

    def __init__(
        self,
        label: str,
        *,
        symbol: str = "",
        unit: str = "",
        default: object = _UNSET,
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
        self.label.setFixedWidth(max(px(96), self.label.sizeHint().width() + px(8)))
        self.label.setMinimumHeight(px(28))

    def setDefault(self, default: object) -> None:
        self.default = default

    def value(self) -> object:
        raise NotImplementedError

    def setValue(self, value: object) -> None:
        raise NotImplementedError

    def setError(self, text: str | None) -> None:
        self.error.setError(text)

    def errorText(self) -> str:
        return self.error.text()

    def _reset(self) -> None:
        if self.default is not _UNSET and self.isEnabled() and self.value() != self.default:
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
        default: object = _UNSET,
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

    def setValue(self, value: object) -> None:
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
        if value != getattr(self, "_shown", _UNSET):
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
        default: object = _UNSET,
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

    def setValue(self, value: object) -> None:
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
    """A label and a line of text; `changed(str)` on Enter or on leaving."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        placeholder: str = "",
        default: object = _UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, default=default, parent=parent)
        self.edit = TextField(value, self.name)
        self.edit.setPlaceholderText(placeholder)
        self._line.addWidget(self.edit, 1)
        self.edit.committed.connect(lambda text: (self.setError(None), self.changed.emit(text)))
        self.follow_theme()

    def value(self) -> str:
        return self.edit.text()

    def setValue(self, value: object) -> None:
        self.edit.setValue(str(value))
        self.setError(None)

    def setError(self, text: str | None) -> None:
        super().setError(text)
        set_invalid(self.edit, bool(text))


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
        default: object = _UNSET,
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

    def setValue(self, value: object) -> None:
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
        default: object = _UNSET,
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

    def setValue(self, value: object) -> None:
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


class Chip(FocusRing, Themed, QAbstractButton):
    """A small box with a word or a number; dashed for "add"; accent soft when checked."""

    removeRequested = Signal()

    def __init__(
        self,
        text: str = "",
        *,
        icon: str = "",
        dashed: bool = False,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._dashed = icon, dashed
        self.setText(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(text)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.text())
        return QSize(max(px(28), int(width + px(16))), px(28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeRequested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.removeRequested.emit()
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event) -> None:
        t, painter = theme(), QPainter(self)
        box, radius = QRectF(self.rect()), px(4)
        on = self.isEnabled()
        fill, color = t.field, t.text if on else t.faint
        if self.isChecked() or self.isDown():
            fill, color = t.accent_soft, t.accent
        elif on and self.underMouse():
            fill = t.hover
        style = Qt.PenStyle.DashLine if self._dashed else Qt.PenStyle.SolidLine
        rounded(painter, box, radius, fill, t.control if on else t.border, 1, style)
        if self._icon_name:
            draw_icon(self, painter, self._icon_name, px(14), color, box)
        draw_text(
            painter,
            box,
            self.text(),
            color=color,
            align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
        )
        if self.ring_on:
            draw_ring(painter, box, radius)


class ChipsRow(Row):
    """Hidden layers: one chip each with its number of units.

    Click a chip to type a number from `minimum` to `maximum`; Delete, a right click or typing 0 removes it; "+" adds
    one like the last. The value is a tuple of ints. Wraps to more lines when the chips need them.
    """

    def __init__(
        self,
        label: str,
        value: Iterable[int] = (),
        *,
        minimum: int = 1,
        maximum: int = 64,
        most: int = 6,
        first: int = 8,
        default: object = _UNSET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, default=default, parent=parent)
        self._value = tuple(value)
        self._min, self._max, self._most, self._first = minimum, maximum, most, first
        self._editor: QLineEdit | None = None
        self._box = QWidget()
        self._flow = FlowLayout(self._box)
        self._line.addWidget(self._box, 1)
        self.follow_theme()
        self._rebuild()

    def restyle(self) -> None:
        super().restyle()
        self._flow.setSpacing(px(8))

    def value(self) -> tuple[int, ...]:
        return self._value

    def setValue(self, value: object) -> None:
        value = tuple(value)
        self.setError(None)
        if value != self._value:
            self._value = value
            self._rebuild()

    def chips(self) -> list[Chip]:
        """The chips from left to right, "+" last when there is room for one more."""
        return self._chips

    def _rebuild(self) -> None:
        self._editor = None
        self._flow.clear()
        self._chips: list[Chip] = []
        for i, units in enumerate(self._value):
            chip = Chip(str(units))
            chip.setAccessibleName(self.tr("Layer {number}: {units} units").format(number=i + 1, units=units))
            chip.clicked.connect(lambda _=False, i=i: self._edit(i))
            chip.removeRequested.connect(lambda i=i: self._remove(i))
            self._chips.append(chip)
        if len(self._value) < self._most:
            more = Chip(icon="plus", dashed=True)
            more.setAccessibleName(self.tr("Add a layer"))
            more.clicked.connect(self._add)
            self._chips.append(more)
        for chip in self._chips:
            self._flow.addWidget(chip)
        self.updateGeometry()

    def _take(self, value: tuple[int, ...], focus: int | None = None) -> None:
        self.setValue(value)
        if focus is not None and self._chips:
            self._chips[min(focus, len(self._chips) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(self._value)

    def _add(self) -> None:
        self._take(self._value + (self._value[-1] if self._value else self._first,), len(self._value) + 1)

    def _remove(self, index: int) -> None:
        self._take(self._value[:index] + self._value[index + 1 :], index)

    def _edit(self, index: int) -> None:
        chip = self._chips[index]
        editor = QLineEdit(
            str(self._value[index]),
            self._box,
            accessibleName=chip.accessibleName(),
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        editor.setTextMargins(0, 0, 0, 0)
        editor.setStyleSheet("padding: 0;")
        editor.setGeometry(chip.x(), chip.y(), max(chip.width(), px(36)), chip.height())
        editor.selectAll()
        editor.show()
        editor.setFocus()
        self._editor = editor
        editor.editingFinished.connect(lambda: self._edited(index, editor))

    def _edited(self, index: int, editor: QLineEdit) -> None:
        if editor is not self._editor:
            return
        self._editor = None
        text = editor.text()
        editor.hide()
        editor.deleteLater()
        try:
            units = int(parse(text, integer=True))
        except ValueError as error:
            self.setError(str(error))
            return
        if units == 0:
            self._remove(index)
        elif not self._min <= units <= self._max:
            self.setError(
                self.tr("A layer has {least} to {most} units, not {units}.").format(
                    least=self._min, most=self._max, units=units
                )
            )
        elif units != self._value[index]:
            self._take(self._value[:index] + (units,) + self._value[index + 1 :])
        else:
            self.setError(None)
