"""A mistake of ours in an event handler is told, and the program lives."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.gui.widgets.base import Themed


class Clumsy(Themed, QWidget):
    """Raises while it is painted, below an `event` written in Python: that has killed the process."""

    def event(self, event: QEvent) -> bool:
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        raise ValueError("a mistake")


def test_a_mistake_while_painting_is_told_and_survived(qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as told:
        widget = Clumsy()
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitUntil(lambda: len(told) > 0)
        widget.repaint()
    assert {kind for kind, *_ in told} == {ValueError}
