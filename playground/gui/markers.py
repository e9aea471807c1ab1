"""The symbols of the points: one shape for each class, and atlases of ready-made stamps of them.

The canvas draws all its points with one call from one atlas; palette, legend and tables draw single symbols.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from playground.gui.theme import ClassStyle


def _polygon(corners: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _regular(n: int, radius: float, first: float = -90.0, inner: float | None = None) -> QPainterPath:
    count = n if inner is None else 2 * n
    corners = []
    for i in range(count):
        r = radius if inner is None or i % 2 == 0 else inner
        angle = math.radians(first + 360.0 * i / count)
        corners.append((r * math.cos(angle), r * math.sin(angle)))
    return _polygon(corners)


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 0.5, 0.5)
    return path


def _plus(turn: float = 0.0) -> QPainterPath:
    a, b = 0.17, 0.53
    corners = [
        (-a, -b),
        (a, -b),
        (a, -a),
        (b, -a),
        (b, a),
        (a, a),
        (a, b),
        (-a, b),
        (-a, a),
        (-b, a),
        (-b, -a),
        (-a, -a),
    ]
    c, s = math.cos(turn), math.sin(turn)
    return _polygon([(c * x - s * y, s * x + c * y) for x, y in corners])


# About one pixel across; areas are balanced so that no class looks heavier than another.
SHAPES: dict[str, QPainterPath] = {
    "o": _circle(),
    "s": _polygon([(-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)]),
    "t1": _regular(3, 0.66),
    "t": _regular(3, 0.66, 90.0),
    "d": _polygon([(0, -0.62), (0.56, 0), (0, 0.62), (-0.56, 0)]),
    "p": _regular(5, 0.57),
    "star": _regular(5, 0.68, inner=0.29),
    "+": _plus(),
    "x": _plus(math.pi / 4),
    "h": _regular(6, 0.56),
}


def draw_symbol(
    painter: QPainter,
    center: QPointF,
    symbol: str,
    size: float,
    fill: QColor | str | None,
    line: QColor | str | None = None,
    width: float = 1.3,
) -> None:
    """One symbol `size` pixels across (its outline included where it has one)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(center)
    inner = size - width if line is not None else size
    painter.scale(inner, inner)
    painter.setBrush(QColor(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        edge = QPen(QColor(line), width / inner)
        edge.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(edge)
    painter.drawPath(SHAPES[symbol])
    painter.restore()


def draw_class(painter: QPainter, center: QPointF, style: ClassStyle, size: float = 9.0) -> None:
    """The marker of a class as it stands in palettes, legends and tables."""
    draw_symbol(painter, center, style.symbol, size + 1.3, style.color, style.outline)


class Atlas:
    """Stamps side by side in one pixmap; `stamp(painter, x, y, index)` puts any number of them in one call.

    `paint(painter, i)` draws stamp i around the origin; `cell` is its width and height in logical pixels.
    """

    def __init__(self, count: int, cell: float, ratio: float, paint: Callable[[QPainter, int], None]) -> None:
        self._cell, self._ratio = math.ceil(cell * ratio) + 2, ratio
        self._columns = min(count, 64)
        rows = math.ceil(count / self._columns)
        self._pixmap = QPixmap(self._columns * self._cell, rows * self._cell)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._pixmap)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for i in range(count):
                painter.save()
                row, column = divmod(i, self._columns)
                painter.setClipRect(QRectF(column * self._cell, row * self._cell, self._cell, self._cell))
                painter.translate((column + 0.5) * self._cell, (row + 0.5) * self._cell)
                painter.scale(ratio, ratio)
                paint(painter, i)
                painter.restore()
        finally:
            painter.end()
        self._edges = self._empty_edges(count)

    def _empty_edges(self, count: int) -> NDArray[np.intp]:
        """[count]: by how many device pixels each stamp may be cut at all four sides: what is empty takes time too."""
        image = self._pixmap.toImage().convertToFormat(QImage.Format.Format_Alpha8)
        size = image.height(), image.bytesPerLine()
        alpha = np.frombuffer(image.constBits(), dtype=np.uint8, count=size[0] * size[1]).reshape(size)
        edges = np.zeros(count, dtype=np.intp)
        for i in range(count):
            row, column = (k * self._cell for k in divmod(i, self._columns))
            inked = alpha[row : row + self._cell, column : column + self._cell] > 0
            used = np.flatnonzero(inked.any(axis=0) | inked.any(axis=1))
            edges[i] = min(used[0], self._cell - 1 - used[-1]) if len(used) else 0
        return edges

    def stamp(
        self,
        painter: QPainter,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        index: NDArray[np.integer] | int,
    ) -> None:
        """Stamps with their centres at (x, y) [n] in logical pixels, snapped to the device's pixels."""
        n = len(x)
        if not n:
            return
        half = (self._cell % 2) / 2  # an odd cell is sharp on half pixels
        fragments = np.empty((n, 10))  # QPainter.PixmapFragment: ten doubles
        fragments[:, 0] = (np.floor(x * self._ratio) + half) / self._ratio
        fragments[:, 1] = (np.floor(y * self._ratio) + half) / self._ratio
        edge = self._edges[index]
        fragments[:, 2] = (index % self._columns) * self._cell + edge
        fragments[:, 3] = (index // self._columns) * self._cell + edge
        fragments[:, 4] = fragments[:, 5] = self._cell - 2 * edge
        fragments[:, 6:8] = 1 / self._ratio
        fragments[:, 8] = 0
        fragments[:, 9] = 1
        pointer: Any = shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
        painter.drawPixmapFragments(pointer, n, self._pixmap)


def argb(color: QColor) -> str:
    """With its opacity, as `disc` takes it."""
    return color.name(QColor.NameFormat.HexArgb)


@lru_cache(maxsize=16)
def disc(radius: float, fill: str, line: str, width: float, ratio: float) -> Atlas:
    """One circle as a stamp. Colours as Qt writes them, "#aarrggbb"; `width` 0: without an outline."""

    def draw(painter: QPainter, i: int) -> None:
        painter.setPen(QPen(QColor(line), width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(QPointF(0, 0), radius, radius)

    return Atlas(1, 2 * radius + width + 2, ratio, draw)
