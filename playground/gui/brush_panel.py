"""Radius, density and the like of the tool in hand, in a small raised panel beside the palette.

A second press on the tool opens it; drawing, another tool or Escape closes it.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.gui.palette import draw_raised
from playground.gui.theme import px
from playground.gui.widgets.base import Themed
from playground.gui.widgets.slider import SliderRow


class BrushPanel(Themed, QWidget):
    """A slider for each thing that a tool has. chosen(name, value) follows the hand."""

    chosen = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(self.tr("Brush"))
        box = QVBoxLayout(self)
        box.setSpacing(0)
        self.rows: dict[str, SliderRow] = {}
        for name, label, low, high, default in (
            ("radius", self.tr("Radius"), 6, 120, 26),
            ("density", self.tr("Density"), 1, 32, 4),
            ("strength", self.tr("Strength"), 1, 32, 4),
            ("spacing", self.tr("Spacing"), 4, 60, 18),
        ):
            row = SliderRow(label, low, high, default, default=default, integer=True, log=True, sweep=False,
                            field_width=64)  # fmt: skip
            for signal in (row.changing, row.changed):
                signal.connect(lambda value, name=name: self.chosen.emit(name, float(value)))
            self.rows[name] = row
            box.addWidget(row)
        self.hide()
        self.follow_theme()

    def restyle(self) -> None:
        m = px(8)
        self.layout().setContentsMargins(m + px(12), m + px(4), m + px(12), m + px(4))
        self.setFixedWidth(px(216) + 2 * m)
        self.adjustSize()

    def open_at(self, x: int, y: int, values: Mapping[str, float]) -> None:
        """Show the rows of these names and values, with the left upper corner of the raised box at (x, y)."""
        for name, row in self.rows.items():
            row.setVisible(name in values)
            if name in values:
                row.setValue(round(values[name]))
        self.adjustSize()
        self.move(x - px(8), y - px(8))
        self.show()
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # a press beside the sliders draws nothing on the canvas below

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_raised(painter, QRectF(self.rect()), self.devicePixelRatioF())
        painter.end()
