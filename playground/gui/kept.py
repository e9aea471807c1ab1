"""A picture that is painted anew only when what it shows has changed: axes below points that move."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintDevice, QPainter, QPixmap

from playground.gui.theme import host, theme


class Kept:
    """One layer of a widget, in the size of it."""

    def __init__(self) -> None:
        self._painted: tuple[object, QPixmap] | None = None

    def of(self, device: QPaintDevice, key: object, color: str, paint: Callable[[QPainter], None]) -> QPixmap:
        """What `paint` paints on this token of the theme, or on nothing where it is empty; `key` is what that depends
        on besides the device and the theme."""
        ratio, size = device.devicePixelRatioF(), QSize(device.width(), device.height())
        whole = (key, size, ratio, color, theme().name, host().zoom)
        if self._painted is None or self._painted[0] != whole:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme().color(color) if color else Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            try:
                paint(painter)
            finally:
                painter.end()
            self._painted = whole, picture
        return self._painted[1]
