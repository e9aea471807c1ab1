"""How each role of a series looks: colour, marker, width. Used by every view that shows lines or numbers by role."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from playground.gui import plot
from playground.gui.markers import Atlas, draw_symbol
from playground.gui.plot import Floats
from playground.gui.theme import host, px, theme
from playground.gui.views import scaling

_TOKENS = {
    "training": "train", "test": "test", "fit": "fit", "truth": "truth", "ghost": "ghost",
    "noise": "muted", "sum": "text", "output": "text",
}  # fmt: skip
# Indigo and orange keep the greatest distance of any two classes from each other, from red and from grey for
# all kinds of colour blindness; validation takes the purple.
_CLASSES = {"validation": 3, "bias": 9, "variance": 0} | {
    f"layer {i}": number for i, number in enumerate((1, 2, 3, 5, 4, 8, 9, 0), 1)
}
_SYMBOLS = {"bias": "s", "variance": "t1", "noise": "d"}
_WIDTHS = {"ghost": 1.25, "noise": 1.5, "sum": 3.0}


def role_color(role: str) -> QColor:
    """The colour of a series; what has none among the tokens takes that of a class."""
    if role in _TOKENS:
        return theme().color(_TOKENS[role])
    return QColor(theme().hues[_CLASSES.get(role, 3)].color)


def role_ink(role: str) -> QColor:
    """The same for words: on a light ground the orange is too pale to be read and gives way to its dark outline."""
    if role == "variance" and not theme().is_dark:
        return QColor(theme().hues[_CLASSES[role]].outline)
    return role_color(role)


def role_pen(role: str) -> QPen:
    """The line of a series: the sum is the thickest, the noise (which nothing removes) is dashed."""
    line = plot.pen(role_color(role), _WIDTHS.get(role, 2.0))
    if role == "noise":
        line.setDashPattern([3, 3])
    return line


def draw_dot(painter: QPainter, at: QPointF, role: str, size: float) -> None:
    """Training is a filled circle, the sum too; the parts of the error have shapes; all others are hollow circles."""
    color, width = role_color(role), max(size / 4, 1.5)
    if role in _SYMBOLS:
        draw_symbol(painter, at, _SYMBOLS[role], size + px(1), theme().canvas, color, width * 0.9)
        return
    if role == scaling.GHOST:
        size, width = size * 0.7, 1.25
    hollow = role not in ("training", "sum")
    painter.setPen(QPen(color, width) if hollow else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme().canvas) if hollow else color)
    radius = size / 2 + (0 if hollow else px(1) / 2) - (width / 4 if hollow else 0)
    painter.drawEllipse(at, radius, radius)


def draw_dots(painter: QPainter, x: Floats, y: Floats, role: str, size: float) -> None:
    """Many of them [n], in one call, on whole pixels."""
    ratio = painter.device().devicePixelRatioF()
    _stamp(role, size, ratio, theme().name, host().zoom).stamp(painter, x, y, 0)


@lru_cache(maxsize=64)
def _stamp(role: str, size: float, ratio: float, name: str, zoom: float) -> Atlas:
    """A dot, kept. Theme and zoom are part of the key."""
    return Atlas(1, size + px(4), ratio, lambda painter, _: draw_dot(painter, QPointF(0, 0), role, size))
