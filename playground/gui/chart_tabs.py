"""The tab bar of a chart dock: whole tabs only, as many as there is room for, the current one always among them.

The others stay reachable by the menu of the dock, which lists them all; there are no arrows to scroll with. A dot
marks a tab whose chart shows something that goes wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget

from playground.gui.theme import px, theme


class _Bar(QTabBar):
    def width_of(self, i: int) -> int:
        """How wide the tab is, shown or not."""
        return self.tabSizeHint(i).width()

    def minimumSizeHint(self) -> QSize:
        """A dock may be narrower than all its tabs together."""
        return QSize(px(48), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("danger"))
        for i in range(self.count()):
            if self.tabData(i) and self.isTabVisible(i):
                corner = self.tabRect(i).topRight()
                painter.drawEllipse(QPointF(corner.x() - px(6), corner.y() + px(12)), px(3), px(3))


class ChartTabs(QTabWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setTabBar(_Bar())
        self.setDocumentMode(True)
        self.setUsesScrollButtons(False)
        self.tabBar().setDrawBase(False)
        self.tabBar().setExpanding(False)

    def width_of(self, i: int) -> int:
        bar = self.tabBar()
        assert isinstance(bar, _Bar)
        return bar.width_of(i) if 0 <= i < self.count() else 0

    def fit(self, room: int) -> None:
        """Show what fits into `room` pixels: the current tab, and of the others the first ones."""
        current = self.currentIndex()
        left = room - self.width_of(current)
        full = False
        for i in range(self.count()):
            shown = i == current
            if not shown and not full:
                full = self.width_of(i) > left
                shown = not full
                left -= self.width_of(i) if shown else 0
            if self.isTabVisible(i) != shown:
                self.setTabVisible(i, shown)

    def mark(self, sentences: Mapping[int, str]) -> None:
        """Put a dot on these tabs; the sentence says what is wrong there."""
        bar = self.tabBar()
        for i in range(self.count()):
            sentence = sentences.get(i, "")
            if sentence != (bar.tabData(i) or ""):
                bar.setTabData(i, sentence)
                self.setTabToolTip(i, sentence)
                bar.update()

    def turn(self, i: int) -> None:
        """To a tab that may be hidden. The bar forgets that it was scrolled when it holds few tabs; `fit` fills it."""
        for j in range(self.count()):
            if j not in (i, self.currentIndex()):
                self.setTabVisible(j, False)
        self.setTabVisible(i, True)
        self.setCurrentIndex(i)

    def hidden(self) -> list[int]:
        """The tabs that found no room."""
        return [i for i in range(self.count()) if not self.isTabVisible(i)]
