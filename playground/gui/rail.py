"""The rail at the left: one button for each lab."""

from __future__ import annotations

from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.gui.theme import px, theme
from playground.gui.widgets import RailButton, Surface


class Rail(Surface):
    """`actions`: (icon, action) of each lab, from top to bottom."""

    def __init__(self, actions: list[tuple[str, QAction]], parent: QWidget | None = None) -> None:
        super().__init__("window", parent)
        self.setAccessibleName(self.tr("Labs"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        for icon, action in actions:
            column.addWidget(RailButton(icon, action.text().replace("&", ""), action=action))
        column.addStretch(1)

    def restyle(self) -> None:
        self.setFixedWidth(px(64) + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(self.width() - 1, 0, 1, self.height(), theme().color("border"))
