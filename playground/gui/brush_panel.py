"""Radius and density of the brush, in a small raised panel beside the palette.

A second press on the brush (or the eraser) opens it; drawing, another tool or Escape closes it.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.gui.palette import draw_raised
from playground.gui.theme import px
from playground.gui.widgets.base import Themed
from playground.gui.widgets.slider import SliderRow

RADII = (6, 120)
DENSITIES = (1, 32)


class BrushPanel(Themed, QWidget):
    """Two sliders. radius_chosen and density_chosen follow the hand."""

    radius_chosen = Signal(float)
    density_chosen = Signal(int)

    def __init__(self, radius: float, density: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(self.tr("Brush"))
        self._radius = SliderRow(self.tr("Radius"), *RADII, round(radius), default=26, integer=True, log=True,
                                 sweep=False, field_width=64)  # fmt: skip
        self._density = SliderRow(self.tr("Density"), *DENSITIES, density, default=4, integer=True, log=True,
                                  sweep=False, field_width=64)  # fmt: skip
        for row, chosen, kind in (
            (self._radius, self.radius_chosen, float),
            (self._density, self.density_chosen, int),
        ):
            for signal in (row.changing, row.changed):
                signal.connect(lambda value, chosen=chosen, kind=kind: chosen.emit(kind(value)))
        box = QVBoxLayout(self)
        box.setSpacing(0)
        box.addWidget(self._radius)
        box.addWidget(self._density)
        self.hide()
        self.follow_theme()

    def restyle(self) -> None:
        m = px(8)
        self.layout().setContentsMargins(m + px(12), m + px(4), m + px(12), m + px(4))
        self.setFixedWidth(px(216) + 2 * m)
        self.adjustSize()

    def open_at(self, x: int, y: int, radius: float, density: int, dense: bool) -> None:
        """Show these values with the left upper corner of the raised box at (x, y); density only for the brush."""
        self._radius.setValue(round(radius))
        self._density.setValue(density)
        self._density.setVisible(dense)
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
