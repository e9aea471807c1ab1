"""The view of `Bars`: coefficients as signed bars, on a symmetric-log scale where they span decades.

Run it alone for a look: `python -m playground.gui.views.bars`.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from playground.engine.snapshot import Bars
from playground.gui import plot
from playground.gui.numbers import MINUS, fmt, power
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import px, theme
from playground.gui.views.base import ChartView
from playground.gui.widgets.text import draw_text, symbol, text_width

_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
SYMLOG_FROM = 50.0
"""Largest value up to which the scale is linear; beyond it, sign(v) log10(1 + |v|)."""


class BarsView(ChartView):
    shows = Bars
    icon = "table"

    def has_data(self) -> bool:
        return self.summary is not None and len(self.summary.value) > 0

    def describe(self) -> str:
        pairs = zip(self.summary.labels, self.summary.value, strict=False)
        return "; ".join(f"{label} {value_text(v)}" for label, v in pairs)

    def paint(self, painter: QPainter) -> None:
        values = np.asarray(self.summary.value, dtype=np.float64)
        shown = np.nan_to_num(values, nan=0.0, posinf=1e300, neginf=-1e300)
        symlog = float(np.abs(shown).max()) >= SYMLOG_FROM
        heights = np.sign(shown) * np.log10(1 + np.abs(shown)) if symlog else shown
        frame, y_axis = self._layout(heights, symlog)
        t, box = theme(), frame.rect
        for y in frame.py(y_axis.values):
            plot.hline(painter, box.left(), box.right(), y, t.grid)
        plot.draw_y_ticks(painter, frame, y_axis, 11)
        pitch = box.width() / len(values)
        zero = round(float(frame.py(0.0)))
        self._paint_bars(painter, frame, heights, zero, pitch)
        plot.hline(painter, box.left(), box.right(), zero, t.axis)
        self._paint_values(painter, frame, values, heights, pitch)
        self._paint_labels(painter, frame, pitch, len(values))

    def _layout(self, heights: Floats, symlog: bool) -> tuple[Frame, Axis]:
        low, high = min(float(heights.min()), 0.0), max(float(heights.max()), 0.0)
        if high - low < 1e-12:
            low, high = -1.0, 1.0
        top, bottom = px(8), px(30)
        height = max(self.height() - top - bottom, px(24))
        share = px(20) / height  # room for the number over and under the outermost bars
        span = (high - low) / max(1 - 2 * share, 0.2)
        limits = (
            low - share * span if low < 0 else -0.02 * span,
            high + share * span if high > 0 else 0.02 * span,
        )
        if symlog:
            values, texts = symlog_ticks(limits, max(2, min(6, int(height / px(20)))))
        else:
            values = plot.ticks(*limits, max(2, min(6, int(height / px(24)))))
            texts = plot.tick_texts(values)
        axis = Axis(values, texts)
        left = px(16) + max(axis.width(11), px(24)) + px(8)
        return Frame(
            QRectF(round(left), top, self.width() - round(left) - px(12), height), (0, 1), limits
        ), axis

    def _paint_bars(self, painter: QPainter, frame: Frame, heights: Floats, zero: int, pitch: float) -> None:
        width = min(pitch * 0.58, px(40))
        for i, y in enumerate(frame.py(heights)):
            x = frame.rect.left() + (i + 0.5) * pitch - width / 2
            color = theme().color("positive" if heights[i] >= 0 else "negative")
            length = max(abs(y - zero), 1.0 if heights[i] else 0.0)
            top = zero - length if heights[i] >= 0 else zero
            painter.fillRect(QRectF(round(x), round(top), round(width), round(length)), color)

    def _paint_values(
        self, painter: QPainter, frame: Frame, values: Floats, heights: Floats, pitch: float
    ) -> None:
        """The number over (under) each bar: in full if all fit, else short, else only those that fit."""
        ends, high = frame.py(heights), px(15)
        for shorten in (value_text, short_text):
            texts = [shorten(v) for v in values]
            places = []
            for i, text in enumerate(texts):
                wide = text_width(text, 11) + px(4)
                x = frame.rect.left() + (i + 0.5) * pitch
                top = ends[i] - px(16) if heights[i] >= 0 else ends[i] + px(1)
                places.append(QRectF(x - wide / 2, float(top), wide, high))
            free = [
                not any(place.intersects(other) for other in places[:i]) for i, place in enumerate(places)
            ]
            if all(free):
                break
        taken: list[QRectF] = []
        for text, place in zip(texts, places, strict=True):
            if not any(place.intersects(other) for other in taken):
                taken.append(place)
                draw_text(
                    painter, place.adjusted(-1, 0, 1, 0), text, size=11, color=theme().text, align=_CENTER
                )

    def _paint_labels(self, painter: QPainter, frame: Frame, pitch: float, n: int) -> None:
        labels = [symbol(text) for text in self.summary.labels] or [""] * n
        widest = max(text_width(text, 12) for text in labels) + px(4)
        stride = max(1, math.ceil(widest / max(pitch, 1e-9)))
        for i in range(0, min(n, len(labels)), stride):
            at = QPointF(frame.rect.left() + (i + 0.5) * pitch, self.height() - px(16))
            plot.draw_label(painter, at, labels[i], 12)


def symlog_ticks(limits: tuple[float, float], most: int) -> tuple[list[float], list[str]]:
    """Zero and powers of ten on both sides: heights log10(1 + |v|) and texts "10³", "−10³"."""
    reach = max(abs(limits[0]), abs(limits[1]))
    step = max(1, math.ceil(2 * reach / max(most, 1)))
    step = step if step < 3 else 3 * math.ceil(step / 3)
    exponents = range(-int(reach // step) * step, int(reach // step) * step + 1, step)
    values = [math.copysign(math.log10(1 + 10 ** abs(e)), e) if e else 0.0 for e in exponents]
    texts = [(MINUS if e < 0 else "") + power(abs(e)) if e else "0" for e in exponents]
    inside = [(v, s) for v, s in zip(values, texts, strict=True) if limits[0] <= v <= limits[1]]
    return [v for v, _ in inside], [s for _, s in inside]


def value_text(v: float) -> str:
    """A coefficient as it stands over its bar: "−0.19", "12.4", "232,000"."""
    v = float(v)
    if not math.isfinite(v):
        return fmt(v)
    if abs(v) >= 1e7:
        return short_text(v)
    digits = 0 if abs(v) >= 100 else 1 if abs(v) >= 10 else 2
    return fmt(v, digits, group=True)


def short_text(v: float) -> str:
    """The same in at most five characters or so: "254k", "1e9"."""
    v = float(v)
    if not math.isfinite(v):
        return fmt(v)
    for limit, unit, mark in ((1e3, 1, ""), (1e6, 1e3, "k"), (1e9, 1e6, "M")):
        if abs(v) < limit * 0.9995:
            scaled = v / unit
            return (
                fmt(scaled, 0 if abs(scaled) >= 99.5 else 1 if abs(scaled) >= 9.95 else 2 if unit == 1 else 1)
                + mark
            )
    return fmt(float(f"{v:.1e}"))


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("bars")
