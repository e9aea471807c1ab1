"""Chips: small boxes with a word or a number, and the row of them that stands for the hidden layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from playground.gui import fonts
from playground.gui.numbers import parse
from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Themed, draw_ring, rounded
from playground.gui.widgets.buttons import draw_icon
from playground.gui.widgets.flow import FlowLayout
from playground.gui.widgets.rows import UNSET, Row
from playground.gui.widgets.text import draw_text


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

    def paintEvent(self, event: QPaintEvent) -> None:
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
        default: object = UNSET,
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

    def setValue(self, value: Any) -> None:
        value = tuple(value)
        self.setError(None)
        if value != self._value:
            self._value = value
            self._rebuild()

    def chips(self) -> list[Chip]:
        """The chips from left to right, "+" last when there is room for one more."""
        return self._chips

    def _rebuild(self) -> None:
        focused = next((i for i, chip in enumerate(getattr(self, "_chips", ())) if chip.hasFocus()), None)
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
        if focused is not None and self._chips:  # Qt would pass it on to some far button, for Space to press
            chip = self._chips[min(focused, len(self._chips) - 1)]
            chip.show()
            chip.setFocus(Qt.FocusReason.OtherFocusReason)
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
        if editor.hasFocus():
            self._chips[index].setFocus(Qt.FocusReason.OtherFocusReason)
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
