"""An icon that only stands there: beside a slider, a timeline, a line of status."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.gui import icons
from playground.gui.theme import px, theme
from playground.gui.widgets.base import Themed


class IconLabel(Themed, QWidget):
    """The muted icon `name`, `size` design pixels in a square of `box`."""

    def __init__(self, name: str, box: int = 20, size: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._box, self._size = name, box, size
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedSize(px(self._box), px(self._box))

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = icons.pixmap(self._name, px(self._size), theme().muted, self.devicePixelRatioF())
        edge = (px(self._box) - px(self._size)) / 2
        QPainter(self).drawPixmap(QPointF(edge, edge), picture)
