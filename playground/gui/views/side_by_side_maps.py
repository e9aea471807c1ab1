"""The small maps of `side_by_side.py`: decision map, boundary and points of one model; hatching where all disagree."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.engine.comparison import Contender, SideBySide
from playground.gui import plot
from playground.gui.heat import image, map_image, numeric_colors
from playground.gui.markers import Atlas, draw_symbol
from playground.gui.plane_layers import boundary
from playground.gui.plot import Floats, Frame
from playground.gui.theme import host, px, theme
from playground.gui.views.base import wrapped
from playground.gui.widgets.text import draw_text

SHADES = 17
"""In which numbers from -1 to 1 are drawn."""
MANY = 400
"""More points than this are drawn smaller."""
FEW = 60
"""More misses than this get a thin ring, under the points: the map must stay visible."""
HATCH, LINE = 7, 1.6
"""Pixels from one line of the hatching to the next, and how wide it is."""
AGREED = 0.62
"""Strength of the colour of a class that all agree on."""


class Maps:
    """Paints into boxes. Keeps the stamps of the points."""

    def __init__(self) -> None:
        self._atlas: tuple[object, Atlas] | None = None

    def frame(self, s: SideBySide, box: QRectF) -> Frame:
        return Frame(box, s.x, s.y)

    def places(self, s: SideBySide, box: QRectF) -> tuple[Floats, Floats]:
        """Pixels [n] of the points."""
        frame = self.frame(s, box)
        return np.asarray(frame.px(s.X[:, 0])), np.asarray(frame.py(s.X[:, 1]))

    def paint(self, painter: QPainter, box: QRectF, s: SideBySide, one: Contender) -> None:
        painter.save()
        painter.setClipRect(box)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if one.map.values.size:
            painter.drawImage(box, map_image(one.map.values))
            self._paint_boundary(painter, box, s, one)
        said = one.said if len(one.said) == len(s.ids) else s.truth
        self._paint_points(painter, box, s, np.where(np.isfinite(said), said, s.truth))
        painter.restore()

    def paint_disagreement(self, painter: QPainter, box: QRectF, s: SideBySide) -> None:
        """What all agree on is pale, what they do not is hatched; points that somebody gets wrong wear a ring."""
        painter.save()
        painter.setClipRect(box)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if s.common.size:
            painter.drawImage(box, _agreed(s))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(box, _hatching(s.common < 0, box, painter.device().devicePixelRatioF()))
        wrong = np.zeros(len(s.ids), dtype=bool)
        for one in s.contenders:
            if s.names and len(one.said) == len(s.ids):
                wrong |= np.isfinite(one.said) & (one.said != s.truth)
        self._paint_points(painter, box, s, s.truth, wrong)
        painter.restore()

    def paint_note(self, painter: QPainter, box: QRectF, note: str) -> None:
        """A sentence in place of a map."""
        painter.fillRect(box, theme().color("hover"))
        lines = wrapped(note, box.width() - px(16), 12, 6)
        top = box.center().y() - len(lines) * px(17) / 2
        for i, line in enumerate(lines):
            row = QRectF(box.left() + px(8), top + i * px(17), box.width() - px(16), px(17))
            draw_text(painter, row, line, size=12, color=theme().muted, align=Qt.AlignmentFlag.AlignCenter)

    def paint_lit(self, painter: QPainter, box: QRectF, s: SideBySide, point: int) -> None:
        """A ring around one point."""
        x, y = self.places(s, box)
        at = QPointF(x[point], y[point])
        if not box.contains(at):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("canvas", 4.0), ("accent", 2.0)):
            painter.setPen(QPen(theme().color(color), width))
            painter.drawEllipse(at, px(8), px(8))

    def _paint_boundary(self, painter: QPainter, box: QRectF, s: SideBySide, one: Contender) -> None:
        t, frame = theme(), self.frame(s, box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = plot.pen(t.color("boundary", t.boundary_opacity), 1.25)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        for way in boundary(one.map):
            plot.draw_lines(painter, frame.px(way[:, 0]), frame.py(way[:, 1]), line, box)

    def _paint_points(
        self, painter: QPainter, box: QRectF, s: SideBySide, said: Floats, ringed: Floats | None = None
    ) -> None:
        """Shape and outline are the truth, the fill is what was said; a miss wears a ring. Test points are hollow."""
        x, y = self.places(s, box)
        small = box.width() < px(150) or len(x) > MANY
        stamps, k = self._stamps(len(s.names), small, painter.device().devicePixelRatioF()), len(s.names)
        if k:
            truth, guess = (np.clip(values, 0, k - 1).astype(np.intp) for values in (s.truth, said))
            style = (truth * k + guess) * 2 + s.test
            missed = np.flatnonzero(said != s.truth if ringed is None else ringed)
            rings = 2 * k * k
        else:
            style = np.clip(np.rint((np.nan_to_num(s.truth) + 1) / 2 * (SHADES - 1)), 0, SHADES - 1).astype(np.intp)
            style, missed, rings = style * 2 + s.test, np.zeros(0, dtype=np.intp), 2 * SHADES
        few = len(missed) <= FEW and not small
        if not few:
            stamps.stamp(painter, x[missed], y[missed], rings + 1)
        stamps.stamp(painter, x, y, style)
        if few:
            stamps.stamp(painter, x[missed], y[missed], rings)

    def _stamps(self, k: int, small: bool, ratio: float) -> Atlas:
        key = (theme().name, host().zoom, ratio, k, small, tuple(c.color for c in theme().classes))
        if self._atlas is None or self._atlas[0] != key:
            shades = numeric_colors(SHADES)
            size = px(4) if small else px(7)

            def draw(painter: QPainter, i: int) -> None:
                style, test = divmod(i, 2)
                if i >= (2 * k * k if k else 2 * SHADES):
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    many = i % 2  # thin and pale under the points, where they are many
                    color = theme().color("miss_ring", 0.55) if many else theme().color("miss_ring")
                    painter.setPen(plot.pen(color, 1.0 if many else 1.25))
                    painter.drawEllipse(QPointF(0, 0), size * 0.85, size * 0.85)
                elif k:
                    truth, guess = (theme().classes[c] for c in divmod(style, k))
                    _dot(painter, truth.symbol, guess.color, truth.outline, bool(test), size)
                else:
                    _dot(painter, "o", *shades[style], bool(test), size)

            self._atlas = key, Atlas((2 * k * k if k else 2 * SHADES) + 2, px(18), ratio, draw)
        return self._atlas[1]


def _dot(painter: QPainter, symbol: str, fill: str, outline: str, test: bool, size: float) -> None:
    draw_symbol(painter, QPointF(0, 0), symbol, size + 1, theme().canvas if test and size > px(5) else fill, outline,
                1.0 if size > px(5) else 0.7)  # fmt: skip
    if test and size > px(5):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(QPointF(0, 0), size * 0.22, size * 0.22)


def _agreed(s: SideBySide) -> QImage:
    """The class that all agree on, pale; paper elsewhere, and for numbers everywhere."""
    k = max(len(s.names), 2)
    values = np.full((*s.common.shape, k), 1.0 / k)
    if s.names:
        known = s.common >= 0
        one_hot = np.arange(k) == s.common[..., None]
        values[known] = AGREED * one_hot[known] + (1.0 - AGREED) / k
    return map_image(values)


def _hatching(where: np.ndarray, box: QRectF, ratio: float) -> QImage:
    """Slanted lines over the cells where it is true (row 0 is the lowest), in the pixels of the device."""
    high, wide = round(box.height() * ratio), round(box.width() * ratio)
    rows = np.minimum((np.arange(high) + 0.5) / high * where.shape[0], where.shape[0] - 1).astype(np.intp)
    columns = np.minimum((np.arange(wide) + 0.5) / wide * where.shape[1], where.shape[1] - 1).astype(np.intp)
    period = px(HATCH) * ratio
    phase = (np.arange(high)[:, None] + np.arange(wide)[None, :]) % period
    # Lines at 45 degrees; their edges fade over a pixel.
    cover = np.clip(px(LINE) * ratio / 2 * 1.4 - np.abs(phase - period / 2) + 0.5, 0.0, 1.0)
    ink = theme().color("text")
    pixels = np.empty((high, wide, 4), dtype=np.uint8)
    pixels[..., :3] = (ink.red(), ink.green(), ink.blue())
    pixels[..., 3] = np.where(where[rows[:, None], columns[None, :]], 30 + 150 * cover, 0).astype(np.uint8)
    return image(pixels)
