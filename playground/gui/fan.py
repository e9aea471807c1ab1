"""How the fan of resampled fits is drawn: curves with their mean and spread, or a veil over the plane."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from playground.engine.snapshot import Fan, FanMap
from playground.gui import heat, plot
from playground.gui.plot import Frame
from playground.gui.theme import theme

MOST_CURVES = 200
INK = 24.0
"""Curves of full strength together: many are drawn fainter, so that the band stays as dark."""
UNSURE = 0.35
"""A standard deviation of a probability from which on the map is all paper."""


def paint_fan(painter: QPainter, frame: Frame, fan: Fan, curves: QImage) -> None:
    """Thin curves (`curves_image`), the band of one standard deviation about their mean, and the mean."""
    t, x = theme(), frame.px(fan.x)
    painter.drawImage(frame.rect, curves)
    low, high = frame.py(fan.mean - fan.spread), frame.py(fan.mean + fan.spread)
    if np.isfinite(low).all() and np.isfinite(high).all():
        far = frame.rect.height() * 4
        low, high = (np.clip(v, frame.rect.top() - far, frame.rect.bottom() + far) for v in (low, high))
        around = [QPointF(a, b) for a, b in zip([*x, *x[::-1]], [*low, *high[::-1]], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.color("fit", 0.14))
        painter.drawPolygon(QPolygonF(around))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    mean = plot.pen(t.fit, 1.5)
    mean.setStyle(Qt.PenStyle.DashLine)
    plot.draw_curve(painter, x, frame.py(fan.mean), mean, frame.rect)


def curves_image(frame: Frame, fan: Fan) -> QImage:
    """Thin curves one over the other, as a picture of the frame.

    Hundreds of translucent lines take Qt 150 ms. Here how many of them pass each pixel is counted instead: in each
    column a curve covers one run of rows, marked by its begin and its end and summed up downwards.
    """
    x, curves = frame.px(fan.x), frame.py(fan.curves[:MOST_CURVES])
    width, height = max(1, round(frame.rect.width())), max(1, round(frame.rect.height()))
    columns = frame.rect.left() + np.arange(width + 1)
    place = np.interp(columns, x, np.arange(len(x)))
    before = np.minimum(place.astype(np.int64), len(x) - 2)
    share = (place - before).astype(np.float32)
    y = np.clip(curves.T - frame.rect.top(), -1e5, 1e5).astype(np.float32)
    with np.errstate(invalid="ignore"):
        y = y[before] + (y[before + 1] - y[before]) * share[:, None]
        rows = np.fmin(np.fmax(y, -1), height + 1).astype(np.int32)  # what is not a number counts as above
    first, end = np.minimum(rows[:-1], rows[1:]), np.maximum(rows[:-1], rows[1:])
    np.maximum(first, 0, out=first)
    np.clip(end, first + (end >= 0), height, out=end)
    np.minimum(first, end, out=first)
    inside = (columns[:-1] >= x[0]) & (columns[:-1] <= x[-1])
    at = np.arange(width, dtype=np.int32)[inside, None]
    size = (height + 1) * width
    begun, over = ((rows[inside] * width + at).ravel() for rows in (first, end))
    marks = np.bincount(begun, minlength=size) - np.bincount(over, minlength=size)
    counts = np.cumsum(marks.reshape(-1, width)[:height], axis=0, dtype=np.int32)
    one = min(0.5, max(0.06, INK / 4 / max(len(curves), 1)))
    table = np.zeros((len(curves) + 1, 4), dtype=np.uint8)
    color = QColor(theme().fit)
    table[:, :3] = color.red(), color.green(), color.blue()
    table[:, 3] = np.rint(255 * (1.0 - (1.0 - one) ** np.arange(len(table))))
    pixels = table.view(np.uint32)[counts[::-1], 0]
    return heat.image(pixels[:, :, None].view(np.uint8))


def draw_fan_mark(painter: QPainter, box: QRectF) -> None:
    """Three lines that part."""
    painter.setPen(plot.pen(theme().fit, 1))
    for share in (0.2, 0.5, 0.8):
        end = QPointF(box.right(), box.top() + share * box.height())
        painter.drawLine(QPointF(box.left(), box.center().y()), end)


def fan_image(fan: FanMap) -> QImage:
    """Paper where the replicas disagree, ink where many of their boundaries pass."""
    t = theme()
    paper, ink = QColor(t.map_paper), QColor(t.boundary)
    rows, columns = fan.spread.shape
    veil = np.clip(np.nan_to_num(fan.spread) / UNSURE, 0, 1) * 0.85
    lines = np.clip(np.nan_to_num(fan.edges) * 2.5, 0, 1) ** 0.7 * 0.55
    alpha = veil + lines * (1 - veil)
    pixels = np.zeros((rows, columns, 4), dtype=np.uint8)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(alpha > 0, lines / np.maximum(alpha, 1e-9), 0.0)
    ends = ((paper.red(), ink.red()), (paper.green(), ink.green()), (paper.blue(), ink.blue()))
    for i, (a, b) in enumerate(ends):
        pixels[:, :, i] = np.rint(a + (b - a) * np.clip(share, 0, 1))
    pixels[:, :, 3] = np.rint(255 * np.clip(alpha, 0, 1))
    return heat.image(pixels)
