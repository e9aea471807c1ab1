"""Parts of a picture that are kept as pixmaps, so that a frame costs only what has changed in it.

`Kept` is painted anew when its key is another one. `Crowd` holds thousands of stamps: those that
are added go on top, all are put anew only where one of them has moved or looks different.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from playground.gui.markers import Atlas
from playground.gui.plot import Floats
from playground.gui.theme import host, theme

FEW = 300
"""So many stamps are put as quickly as a pixmap."""


class Kept:
    """What a painter would put into `area`, in pixels of the widget."""

    def __init__(self) -> None:
        self._key: object = None
        self._pixmap = QPixmap()

    def paint(self, painter: QPainter, area: QRectF, key: object, draw: Callable[[QPainter], None], ground: str = "",
              ) -> None:  # fmt: skip
        """Put it, on this token of the theme if one is named. `key` is all that `draw` depends on besides the area,
        the theme and the pixels of the device."""
        if self._renewed(painter, area, key, ground):
            self._draw(draw)
        self._put(painter, area)

    def _renewed(self, painter: QPainter, area: QRectF, key: object, ground: str = "") -> bool:
        """Whether the key is another one: then there is an empty pixmap."""
        ratio = painter.device().devicePixelRatioF()
        key = (key, *area.getRect(), ratio, ground, theme(), host().zoom)
        if self._key == key:
            return False
        self._key = key
        size = QSize(int(np.ceil(area.right() * ratio)), int(np.ceil(area.bottom() * ratio)))
        if self._pixmap.size() != size or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = QPixmap(size)
            self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(theme().color(ground) if ground else Qt.GlobalColor.transparent)
        return True

    def _draw(self, draw: Callable[[QPainter], None]) -> None:
        painter = QPainter(self._pixmap)
        try:
            draw(painter)
        finally:
            painter.end()

    def _put(self, painter: QPainter, area: QRectF) -> None:
        ratio = self._pixmap.devicePixelRatio()
        painter.drawPixmap(area, self._pixmap, QRectF(area.topLeft() * ratio, area.size() * ratio))


class Crowd(Kept):
    """Many stamps of one atlas. The last of them, which are likely to change, are put anew in each frame."""

    def __init__(self) -> None:
        super().__init__()
        self._here: tuple[NDArray[Any], ...] = (np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.intp))
        """x, y and index of the stamps that the pixmap holds."""

    def stamp(self, painter: QPainter, area: QRectF, atlas: Atlas, x: Floats, y: Floats,
              index: NDArray[np.integer] | int) -> None:
        """As `Atlas.stamp`, but for what lies beyond the area."""
        style = np.broadcast_to(index, len(x))
        if len(x) > FEW:
            wanted = x, y, style
            held = 0 if self._renewed(painter, area, atlas) else len(self._here[0])
            if not all(np.array_equal(old[:held], new[:held]) for old, new in zip(self._here, wanted, strict=True)):
                self._pixmap.fill(Qt.GlobalColor.transparent)
                held = 0
            if len(x) > held + FEW:
                begin, held = held, len(x) - FEW // 2
                new = slice(begin, held)
                self._draw(lambda fresh: atlas.stamp(fresh, x[new], y[new], style[new]))
            self._here = tuple(values[:held] for values in wanted)
            self._put(painter, area)
            x, y, style = x[held:], y[held:], style[held:]
        atlas.stamp(painter, x, y, style)


def thinned(x: Floats, y: Floats, apart: float) -> NDArray[np.intp]:
    """Of places [n] in pixels one in each square of this size, counted from the first place, so that those that move
    together stay the same ones. All of a few."""
    if len(x) <= FEW:
        return np.arange(len(x))
    across, down = (np.floor((v - v[0]) / apart).astype(np.int64) for v in (x, y))
    return np.sort(np.unique(across * 1_000_000 + down, return_index=True)[1])
