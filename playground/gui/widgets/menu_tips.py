"""What the entries of a menu mean, said beside the menu: where Qt puts it, it covers the entries that follow."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QMenu, QToolTip


class MenuTips(QObject):
    """Child of the menu; shows the tool tips of its entries, wrapped, at its right edge."""

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        menu.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return False
        action = self._menu.actionAt(event.pos())
        words = action.toolTip() if action is not None else ""
        if action is None or words == action.iconText():  # Qt's own: the name of the entry again
            QToolTip.hideText()
            return True
        row = self._menu.actionGeometry(action)
        beside = self._menu.mapToGlobal(QPoint(self._menu.width(), row.top() - row.height() // 2))
        QToolTip.showText(beside, f"<qt>{escape(words)}</qt>", self._menu, row)
        return True
