"""What can be laid over the picture of the curve lab: the reading of a point, the fits of the folds, the land beyond
the data. Called by `canvas_curve.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.engine.experiment import Experiment
from playground.engine.snapshot import Folds
from playground.gui import plot
from playground.gui.numbers import fmt
from playground.gui.plot import Floats, Frame
from playground.gui.theme import px, theme
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

TR = QCoreApplication.translate
BEYOND = 0.5
"""How far beyond the data the picture goes on demand, at each side, as a share of their range."""
MOST_FOLD_CURVES = 60
"""More fits than these hide one another."""


def axis_names(e: Experiment | None) -> tuple[str, str]:
    """What the axes measure; empty where they are just x and t."""
    return (next(iter(e.data.names_of_inputs()), ""), e.data.name_of_target()) if e is not None else ("", "")


def paint_axis_names(painter: QPainter, box: QRectF, ticks: float, names: tuple[str, str]) -> None:
    """Below and beside the box of a frame; `ticks`: how wide the numbers beside it are."""
    below = QPointF(box.center().x(), box.bottom() + px(33))
    if names[0]:
        plot.draw_name(painter, below, names[0], 13, box.width())
    else:
        plot.draw_label(painter, below, "*x*", 13)
    if names[1]:
        beside = QPointF(box.left() - ticks - px(20), box.center().y())
        plot.draw_name(painter, beside, names[1], 13, box.height(), upright=True)
    else:
        plot.draw_label(painter, QPointF(box.left() - px(44), box.center().y()), "*t*", 13)


@dataclass(frozen=True)
class Reading:
    """A point under the hand: where it is, what the model says there, and its share of E (None: not trained on)."""

    x: float
    t: float
    y: float | None = None
    share: float | None = None

    def rows(self) -> list[tuple[str, str]]:
        """Names and values, marked up."""
        found = [("*x*", _number(self.x)), ("*t*", _number(self.t))]
        if self.y is None:
            return found
        found += [("*y*(*x*)", _number(self.y)), ("*t* − *y*", _number(self.t - self.y))]
        if self.share is None:
            return [*found, (TR("CurvePicture", "not in E"), "")]
        return [*found, (TR("CurvePicture", "share of *E*"), fmt(100 * self.share, 1) + " %")]


def _number(value: float) -> str:
    return fmt(value, 3) if abs(value) < 1e4 else fmt(float(f"{value:.4g}"))


def paint_reading(painter: QPainter, frame: Frame, reading: Reading) -> None:
    """A small box beside the point, on the side where there is room."""
    t, pad, line = theme(), px(8), px(16)
    rows = reading.rows()
    names = max(text_width(name, 12) for name, _ in rows)
    wide = names + px(12) + max(text_width(value, 12) for _, value in rows) + 2 * pad
    high = len(rows) * line + 2 * px(5)
    at = QPointF(float(frame.px(reading.x)), float(frame.py(reading.t)))
    left = at.x() + px(14) if at.x() + px(14) + wide < frame.rect.right() else at.x() - px(14) - wide
    top = min(max(at.y() - high - px(8), frame.rect.top() + px(4)), frame.rect.bottom() - high - px(4))
    rounded(painter, QRectF(left, top, wide, high), px(6), t.raised, t.border)
    for i, (name, value) in enumerate(rows):
        row = QRectF(left + pad, top + px(5) + i * line, wide - 2 * pad, line)
        draw_text(painter, row, name, size=12, color=t.muted)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, row, value, size=12, color=t.text, align=align)


def paint_folds(painter: QPainter, frame: Frame, folds: Folds, chosen: int) -> None:
    """The fits of all runs of the cross-validation, thin; the chosen one as strong as the fit itself.

    One pixel thin, because Qt takes fifteen times as long for any wider line.
    """
    x = frame.px(folds.x)
    line = QPen(theme().color("fit", 0.55 if chosen < 0 else 0.22), 1)
    line.setCosmetic(True)
    step = -(-len(folds.curves) // MOST_FOLD_CURVES)
    for y in frame.py(folds.curves[::step]):
        plot.draw_curve(painter, x, y, line, frame.rect)
    if 0 <= chosen < len(folds.curves):
        plot.draw_curve(painter, x, frame.py(folds.curves[chosen]), plot.pen(theme().fit, 2.5), frame.rect)


def paint_held_out(painter: QPainter, frame: Frame, x: Floats, t: Floats) -> None:
    """Rings in the colour of the test set: the points that the chosen run has not seen."""
    painter.setPen(plot.pen(theme().test, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for a, b in zip(frame.px(x), frame.py(t), strict=True):
        painter.drawEllipse(QPointF(a, b), px(10), px(10))


def paint_beyond(painter: QPainter, frame: Frame, low: float, high: float) -> None:
    """A veil where there are no data, with a word at its head."""
    left, right = (float(v) for v in frame.px([low, high]))
    box = frame.rect
    veil = theme().color("track", 0.35)
    word = TR("CurvePicture", "no data")
    for begin, end in ((box.left(), left), (right, box.right())):
        if end - begin < 1:
            continue
        painter.fillRect(QRectF(begin, box.top(), end - begin, box.height()), veil)
        if end - begin > text_width(word, 11) + px(8):
            place = QRectF(begin, box.top() + px(4), end - begin, px(16))
            draw_text(painter, place, word, size=11, color=theme().muted, align=Qt.AlignmentFlag.AlignCenter)


def reading_of(x: float, t: float, y: float | None, trained: bool, squares: Floats) -> Reading:
    """squares [n]: squared misses of the training points."""
    if y is None or not np.isfinite(y):
        return Reading(x, t)
    total = float(squares.sum())
    return Reading(x, t, y, ((t - y) ** 2 / total if total > 0 else 0.0) if trained else None)
