"""A picture that is painted anew only when what it shows has changed: axes below points that move."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from playground.gui.theme import host, theme


class Kept:
    """The ground of one widget, in the size of it."""

    def __init__(self) -> None:
        self._painted: tuple[object, QPixmap] | None = None

    def of(self, widget: QWidget, key: object, color: str, paint: Callable[[QPainter], None]) -> QPixmap:
        """What `paint` paints on this token of the theme; `key` is what that depends on besides widget and theme."""
        ratio = widget.devicePixelRatioF()
        whole = (key, widget.size(), ratio, color, theme().name, host().zoom)
        if self._painted is None or self._painted[0] != whole:
            picture = QPixmap(widget.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme().color(color))
            painter = QPainter(picture)
            try:
                paint(painter)
            finally:
                painter.end()
            self._painted = whole, picture
        return self._painted[1]
