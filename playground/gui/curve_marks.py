"""The marks of the curve lab as they stand on the canvas and in the legend: points, arrows, lines."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from playground.gui import plot
from playground.gui.fan import draw_fan_mark
from playground.gui.markers import draw_symbol
from playground.gui.theme import px, theme

HEAD = 7
"""Design pixels from the tip of an arrow to its foot."""


def draw_head(painter: QPainter, height: float) -> None:
    """The head of a residual's arrow, its tip at the origin; points up where `height`, in pixels, is above 0."""
    head = QPainterPath(QPointF(0, 0))
    head.lineTo(-px(3), height)
    head.lineTo(px(3), height)
    painter.fillPath(head, QColor(theme().truth))


def draw_point(
    painter: QPainter,
    at: QPointF,
    kind: str,
    many: bool = False,
    very_many: bool = False,
    light: bool = False,
) -> None:
    """The mark of a training point (hollow circle), a test point (diamond) or a validation point (a square, in the
    colour that validation has in the charts)."""
    t = theme()
    shape, size, width = {
        "training": ("o", 12.0, 2.4),
        "test": ("d", 9.0, 1.4),
        "validation": ("s", 10.0, 1.8),
    }[kind]
    scale = px(100) / 100
    color = QColor(t.hues[3].color if kind == "validation" else t.train)
    if light:
        size, width = 7.0, 1.2
        color.setAlphaF(1.0 if t.name == "contrast" else 0.6)
    if many:
        size, width = 6.0, 1.4
    if very_many:
        draw_symbol(painter, at, shape, size * scale, color)
        return
    draw_symbol(painter, at, shape, (size + width) * scale, t.canvas, color, width * scale)


def draw_mark(painter: QPainter, box: QRectF, mark: str) -> None:
    """The sign of a legend entry, centred in `box`."""
    t, middle = theme(), box.center()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark in ("training", "test", "validation"):
        draw_point(painter, middle, mark)
    elif mark == "fan":
        draw_fan_mark(painter, box)
    elif mark == "folds":
        painter.setPen(plot.pen(t.fit, 1))
        for shift in (-px(4), 0, px(4)):
            painter.drawLine(QPointF(box.left(), middle.y() + shift), QPointF(box.right(), middle.y() + shift))
    elif mark == "arrow":
        painter.setPen(plot.pen(t.truth, 1.5))
        painter.drawLine(QPointF(middle.x(), box.bottom() - 2), QPointF(middle.x(), box.top() + px(5)))
        head = QPainterPath(QPointF(middle.x(), box.top() + 1))
        head.lineTo(middle.x() - px(3), box.top() + px(7))
        head.lineTo(middle.x() + px(3), box.top() + px(7))
        painter.fillPath(head, QColor(t.truth))
    else:
        pen = QPen(QColor(getattr(t, mark)), px(3) if mark == "fit" else px(25) / 10)
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))
