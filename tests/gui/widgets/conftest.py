"""What the tests of the widgets share: the light theme at zoom 1 around each test, and hands to touch with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.widgets import NumberField


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[..., QWidget]:
    """Shows a widget at a width and gives it back; it is closed after the test."""

    def show(widget: QWidget, width: int = 240, height: int | None = None) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height or widget.sizeHint().height())
        widget.show()
        QApplication.processEvents()
        return widget

    return show


@pytest.fixture
def heard() -> Callable[..., list]:
    """What a signal says, as a list that grows."""

    def listen(signal) -> list:
        values: list = []
        signal.connect(lambda *args: values.append(args[0] if args else None))
        return values

    return listen


@pytest.fixture
def drag() -> Callable[..., None]:
    def move(widget: QWidget, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 5):
            QTest.mouseMove(widget, start + (end - start) * step / 4)
            QApplication.processEvents()
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)

    return move


@pytest.fixture
def type_into() -> Callable[..., None]:
    """Replaces the text of a number field, then presses a key."""

    def type_(field: NumberField, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        field.setFocus()
        field.lineEdit().selectAll()
        for character in text:  # QTest.keyClicks knows ASCII only
            event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
            QApplication.sendEvent(field.lineEdit(), event)
        QTest.keyClick(field, end)

    return type_
