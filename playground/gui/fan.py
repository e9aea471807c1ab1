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


def paint_fan(painter: QPainter, frame: Frame, fan: Fan) -> None:
    """Thin curves, the band of one standard deviation about their mean, and the mean."""
    t, x = theme(), frame.px(fan.x)
    faint = QColor(t.fit)
    faint.setAlphaF(min(0.5, max(0.06, INK / 4 / max(len(fan.curves), 1))))
    line = plot.pen(t.fit, 1)
    line.setColor(faint)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # hundreds of curves: four times as quick
    for y in fan.curves[:MOST_CURVES]:
        plot.draw_curve(painter, x, frame.py(y), line, frame.rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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
