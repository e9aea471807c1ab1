"""Axes and quick drawing for the canvas and the charts: ranges to pixels, ticks, lines, stamps.

Everything here paints with QPainter and numpy. Lines and stamps hand numpy's memory straight to Qt: 10,000
points are one call of 2 ms, where a plot library with an item for each style took 11 ms on the same machine.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np
import shiboken6
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from playground.gui import fonts
from playground.gui.numbers import fmt, power
from playground.gui.theme import px, theme
from playground.gui.widgets.text import draw_text, plain_width, ui_face

Floats = NDArray[np.float64]
Range = tuple[float, float]

# Pixels this far off are as good as infinite; beyond about 2**23 Qt's rasteriser gives up.
_FAR = 1e5
TINY = 1e-300
FLAT = 0.1
"""Pixels by which a line may cut a corner without being seen."""
OVERLAP, STRAIGHT = 0.25, math.cos(math.radians(12))
"""Pixels by which two lines that meet overlap, and the cosine of the angle up to which that closes the joint."""
MOST_CORNERS = 60
"""A line with more of them is all corners, and nobody sees whether they are round."""
BLOCK = 8
"""Steps of a curve that are thinned alike; a power of two."""


@dataclass(frozen=True)
class Frame:
    """A rectangle of pixels and the ranges of x and y that it shows; `log` makes y logarithmic."""

    rect: QRectF
    x: Range
    y: Range
    log: bool = False

    def px(self, x: ArrayLike) -> Floats:
        """Pixels from the left edge of the widget."""
        low, high = self.x
        with np.errstate(all="ignore"):
            share = (np.asarray(x, dtype=np.float64) - low) / (high - low)
            found: Floats = np.minimum(np.maximum(self.rect.left() + share * self.rect.width(), -_FAR), _FAR)
            return found  # np.clip takes ten times as long for a few values

    def py(self, y: ArrayLike) -> Floats:
        """Pixels from the top edge of the widget. What has no logarithm is NaN on a logarithmic axis."""
        low, high = self.y
        values = np.asarray(y, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self.log:
                values = np.where(values > 0, np.log10(np.maximum(values, TINY)), np.nan)
                low, high = math.log10(low), math.log10(high)
            share = (values / 2 - low / 2) / (high / 2 - low / 2)  # halves: high - low may overflow
            return self.rect.bottom() - share * self.rect.height()

    def data(self, point: QPointF) -> tuple[float, float]:
        """(x, y) in data units under a pixel."""
        share_x = (point.x() - self.rect.left()) / self.rect.width()
        share_y = (self.rect.bottom() - point.y()) / self.rect.height()
        x = self.x[0] + share_x * (self.x[1] - self.x[0])
        if self.log:
            low, high = (math.log10(v) for v in self.y)
            return x, 10 ** (low + share_y * (high - low))
        return x, self.y[0] + share_y * (self.y[1] - self.y[0])


# ------------------------------------------------------------------------------------------------ ticks


def tick_step(span: float, most: int, integer: bool = False) -> float:
    """The least step of the kind 1, 2, 5 x 10^k that makes at most `most` intervals of `span`."""
    rough = max(span / max(most, 1), TINY)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough * (1 - 1e-9))
    return max(step, 1.0) if integer else step


def ticks(low: float, high: float, most: int = 6, integer: bool = False) -> list[float]:
    """Round values inside [low, high], at most about `most` of them."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low) or not math.isfinite(high - low):
        return []
    step = tick_step(high - low, most, integer)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    if last - first > 200:  # a range too narrow for float64 to divide
        return [low, high]
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """1, 2, 5 x 10^k inside [low, high]; powers of ten alone, or every second one, where decades are many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in ((1, 2, 5), (1, 3), (1,)):
        values = [d * 10.0**k for k in range(first, last + 1) for d in digits]
        inside = [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
        if len(inside) <= most:
            return inside
    stride = math.ceil(len(inside) / most)
    return [
        10.0**k
        for k in range(first, last + 1)
        if k % stride == 0 and low * (1 - 1e-9) <= 10.0**k <= high * (1 + 1e-9)
    ]


def tick_texts(
    values: list[float], *, percent: bool = False, log: bool = False, short: bool = False
) -> list[str]:
    """What stands at the ticks: equal decimals, powers of ten as 10³. `short`: whole numbers without decimals."""
    if percent:
        step = min((b - a for a, b in zip(values, values[1:], strict=False)), default=0.1)
        digits = max(0, -math.floor(math.log10(max(step * 100, TINY)) + 1e-9)) if step < 0.01 else 0
        return [fmt(v * 100, digits) + " %" for v in values]
    if log:
        return [
            power(round(math.log10(v))) if not 1e-3 <= v < 1e4 and _is_power(v) else _plain(v) for v in values
        ]
    if not values:
        return []
    largest = max(abs(v) for v in values)
    if largest >= 1e6 or largest < 1e-4:
        return ["0" if v == 0 else _plain(v) for v in values]
    step = min((b - a for a, b in zip(values, values[1:], strict=False)), default=largest or 1.0)
    digits = min(max(0, -math.floor(math.log10(max(step, 1e-9)) + 1e-9)), 9)
    while digits < 9 and any(abs(round(v, digits) - v) > 1e-6 * step for v in values):
        digits += 1
    if short:
        return [fmt(v, 0 if v == round(v) else digits, group=largest >= 1e4) for v in values]
    return ["0" if v == 0 and digits == 0 else fmt(v, digits, group=largest >= 1e4) for v in values]


def _is_power(value: float) -> bool:
    exponent = math.log10(value)
    return abs(exponent - round(exponent)) < 1e-9


def _plain(value: float) -> str:
    """A round number of any size: "0.05", "200", "2×10⁶"."""
    if value != 0 and (abs(value) >= 1e6 or abs(value) < 1e-3):
        exponent = math.floor(math.log10(abs(value)) + 1e-12)
        mantissa = value / 10.0**exponent if exponent > -300 else 1.0
        text = fmt(float(f"{mantissa:.3g}"))
        return power(exponent) if text == "1" else f"{text}×{power(exponent)}"
    return fmt(float(f"{value:.6g}"), group=abs(value) >= 1e4)


# ------------------------------------------------------------------------------------------------ drawing


def pen(color: QColor | str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A round pen of `width` design pixels, scaled with the zoom but never thinner than it says."""
    scale = max(px(100) / 100, 1.0)
    return QPen(QColor(color), width * scale, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def draw_curve(painter: QPainter, x: Floats, y: Floats, line: QPen, clip: QRectF) -> None:
    """A smooth curve of some hundred points through pixels; joints, gaps and cuts as in `draw_lines`."""
    inside = len(x) > 1 and _inside(x, clip.left(), clip.right()) and _inside(y, clip.top(), clip.bottom())  # as a rule
    if inside and line.widthF() <= 1:
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(polygon(np.column_stack([x, y])))
    elif inside:
        kept = _needed(x, y)
        x, y = x[kept], y[kept]
        _stroke(painter, np.column_stack([x[:-1], y[:-1], x[1:], y[1:]]), line)
    else:
        draw_lines(painter, x, y, line, clip)


def _needed(x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which points of a curve are enough, within a tenth of a pixel: joints are what a thick line costs time for.

    Of each run of BLOCK steps every second, fourth, ... point, as far as it goes, and all of the rest at the end. All
    where x does not grow.
    """
    kept = np.ones(len(x), dtype=np.bool_)
    n = (len(x) - 1) // BLOCK * BLOCK
    if n < BLOCK or not (np.diff(x) > 0).all():
        return kept
    x, y = x[: n + 1], y[: n + 1]
    strides, step = np.ones(n // BLOCK, dtype=np.int64), 2
    while step <= BLOCK:
        low_x, low_y = x[:-1:step, None], y[:-1:step, None]
        slope = np.diff(y[::step])[:, None] / np.diff(x[::step])[:, None]
        off = np.abs(low_y + slope * (x[:-1].reshape(-1, step) - low_x) - y[:-1].reshape(-1, step))
        flat = off.reshape(-1, BLOCK).max(axis=1) < FLAT
        if not flat.any():
            break
        strides[flat] = step
        step *= 2
    kept[:n] = np.arange(n) % np.repeat(strides, BLOCK) == 0
    return kept


def _inside(values: Floats, low: float, high: float) -> bool:
    """Whether all are between these, but for rounding; false where one is not a number."""
    return bool(values.min() >= low - 0.5 and values.max() <= high + 0.5)


def polygon(corners: Floats) -> QPolygonF:
    """Corners [n, 2] in pixels. Written into the polygon's own memory: a QPointF for each takes ten times as long."""
    found = QPolygonF([QPointF()] * len(corners))
    memory = (ctypes.c_double * corners.size).from_address(shiboken6.getCppPointer(found.data())[0])
    np.frombuffer(memory, dtype=np.float64)[:] = corners.ravel()
    return found


def draw_lines(painter: QPainter, x: Floats, y: Floats, line: QPen, clip: QRectF) -> None:
    """A polyline through pixels; NaN leaves a gap, and what lies far above or below is cut off exactly.

    Segment by segment: Qt strokes separate segments of a noisy line many times faster than one long path.
    """
    draw_segments(painter, np.column_stack([x[:-1], y[:-1], x[1:], y[1:]]), line, clip)


def draw_segments(painter: QPainter, ends: Floats, line: QPen, clip: QRectF) -> None:
    """Separate lines [n, 4] = x0, y0, x1, y1 in pixels, cut off a little outside `clip`."""
    if not len(ends):
        return
    low, high = ends.min(axis=0), ends.max(axis=0)
    inside = min(low[0], low[2]) >= clip.left() and max(high[0], high[2]) <= clip.right()
    inside &= min(low[1], low[3]) >= clip.top() and max(high[1], high[3]) <= clip.bottom()
    kept = ends if inside else _cut(ends, clip, line.widthF() + 2)  # as a rule nothing is cut, nor is there a NaN
    if len(kept):
        _stroke(painter, kept, line)


def _stroke(painter: QPainter, ends: Floats, line: QPen) -> None:
    """Lines [n, 4], n > 0. Where the pen is round and one goes on nearly straight where the other ends, they overlap a
    little instead: Qt draws lines with flat ends five times as fast as round ones. Corners and ends get dots.
    """
    if line.style() != Qt.PenStyle.SolidLine:
        _dashes(painter, ends, line)
        return
    quick = line.widthF() > 1 and line.color().alpha() == 255
    if not quick or line.capStyle() != Qt.PenCapStyle.RoundCap:
        _lines(painter, ends, line)
        return
    step = ends[:, 2:] - ends[:, :2]
    ahead = step / np.maximum(np.hypot(step[:, 0], step[:, 1]), TINY)[:, None]
    flat = QPen(line)
    flat.setCapStyle(Qt.PenCapStyle.FlatCap)
    _lines(painter, ends + OVERLAP * np.column_stack([-ahead, ahead]), flat)
    goes_on = (ends[1:, :2] == ends[:-1, 2:]).all(axis=1) & ((ahead[1:] * ahead[:-1]).sum(axis=1) > STRAIGHT)
    corners = np.vstack([ends[:1, :2], ends[:-1, 2:][~goes_on], ends[1:, :2][~goes_on], ends[-1:, 2:]])
    if len(corners) <= MOST_CORNERS:
        painter.setPen(line)
        painter.drawPoints(polygon(corners))


def _dashes(painter: QPainter, ends: Floats, line: QPen) -> None:
    """Lines that go on where the one before ends are one: at each corner the dashes would begin anew, and of a smooth
    curve nothing would be dashed."""
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    breaks = np.flatnonzero((ends[1:, :2] != ends[:-1, 2:]).any(axis=1)) + 1
    for part in np.split(ends, breaks):
        painter.drawPolyline(polygon(np.vstack([part[:1, :2], part[:, 2:]])))


def _lines(painter: QPainter, ends: Floats, line: QPen) -> None:
    ends = np.ascontiguousarray(ends)
    painter.setPen(line)
    painter.drawLines(shiboken6.wrapInstance(ends.ctypes.data, QLineF), len(ends))


def _cut(ends: Floats, clip: QRectF, edge: float) -> Floats:
    """The parts of lines [n, 4] between the top and bottom of `clip` and `edge` beyond; without NaN."""
    low, high = clip.top() - edge, clip.bottom() + edge
    x0, y0, x1, y1 = (ends[:, i] for i in range(4))
    with np.errstate(all="ignore"):
        seen = np.isfinite(ends).all(axis=1) & (np.maximum(y0, y1) >= low) & (np.minimum(y0, y1) <= high)
        seen &= (np.maximum(x0, x1) >= clip.left() - edge) & (np.minimum(x0, x1) <= clip.right() + edge)
        x0, y0, x1, y1 = x0[seen], y0[seen], x1[seen], y1[seen]
        rise, run = y1 - y0, x1 - x0
        top, foot = (np.minimum(np.maximum(y, low), high) for y in (y0, y1))
        start = np.where(top != y0, x0 + (top - y0) / rise * run, x0)
        stop = np.where(foot != y1, x0 + (foot - y0) / rise * run, x1)
        cut = np.column_stack([start, top, stop, foot])
    return np.ascontiguousarray(cut[np.isfinite(cut).all(axis=1)])


def hline(painter: QPainter, x0: float, x1: float, y: float, color: QColor | str) -> None:
    """A crisp horizontal hairline."""
    painter.fillRect(QRectF(round(x0), round(y), round(x1) - round(x0), 1), QColor(color))


def vline(painter: QPainter, x: float, y0: float, y1: float, color: QColor | str) -> None:
    """A crisp vertical hairline."""
    painter.fillRect(QRectF(round(x), round(y0), 1, round(y1) - round(y0)), QColor(color))


@dataclass(frozen=True)
class Axis:
    """Where the ticks of one axis stand and what they say."""

    values: list[float]
    texts: list[str]

    def width(self, size: int) -> float:
        """Of the widest text, in pixels."""
        return max((plain_width(text, size) for text in self.texts), default=0.0)


def draw_x_ticks(painter: QPainter, frame: Frame, axis: Axis, size: int, marks: int = 0) -> None:
    """Texts under the frame; those that would touch their neighbour are left out, 0 and the ends last."""
    font, metrics = ui_face(size)
    painter.setFont(font)
    painter.setPen(theme().color("muted"))
    baseline = frame.rect.bottom() + px(6) + marks + metrics.ascent()
    positions = frame.px(axis.values)
    stride = 1
    if len(positions) > 1:
        room = abs(positions[1] - positions[0])
        need = max(plain_width(text, size) for text in axis.texts) + px(8)
        stride = max(1, math.ceil(need / max(room, 1e-9)))
    for i, (x, text) in enumerate(zip(positions, axis.texts, strict=True)):
        if marks:
            painter.fillRect(QRectF(round(x), frame.rect.bottom() + 1, 1, marks), theme().color("axis"))
        if i % stride == 0:
            painter.drawText(QPointF(x - plain_width(text, size) / 2, baseline), text)


def draw_y_ticks(painter: QPainter, frame: Frame, axis: Axis, size: int, marks: int = 0) -> None:
    """Texts left of the frame, right-aligned."""
    font, metrics = ui_face(size)
    painter.setFont(font)
    painter.setPen(theme().color("muted"))
    shift = (metrics.ascent() - metrics.descent()) / 2
    last = None
    for y, text in zip(frame.py(axis.values), axis.texts, strict=True):
        if marks:
            painter.fillRect(QRectF(frame.rect.left() - marks, round(y), marks, 1), theme().color("axis"))
        if last is not None and abs(y - last) < metrics.ascent():
            continue
        last = y
        x = frame.rect.left() - px(8) - marks - plain_width(text, size)
        painter.drawText(QPointF(x, y + shift), text)


def draw_label(painter: QPainter, center: QPointF, text: str, size: float, color: str = "text") -> None:
    """An axis label (marked-up text) around a point."""
    box = QRectF(center.x() - 200, center.y() - 20, 400, 40)
    draw_text(
        painter,
        box,
        text,
        size=size,
        color=theme().color(color),
        align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
    )


def draw_name(
    painter: QPainter, center: QPointF, name: str, size: float, room: float, *, upright: bool = False
) -> None:
    """The name of an axis as it stands, without markup, around a point; shortened where there is no room."""
    painter.save()
    painter.translate(center)
    if upright:
        painter.rotate(-90)
    font = fonts.ui(size)
    painter.setFont(font)
    painter.setPen(theme().color("text"))
    text = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRectF(-room / 2, -20, room, 40), Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
