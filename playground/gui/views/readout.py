"""The small box beside the cursor that reads a chart out, and numbers as it says them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.views.roles import draw_dot
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

Row = tuple[str | None, str, str]
"""Role of the dot or None, text, value."""


def reading(value: float) -> str:
    """A number of any size in few characters: three decimals where it is of ordinary size, else three digits."""
    value = float(value)
    if not math.isfinite(value):
        return fmt(value)
    size = abs(value)
    if size < 1e-12:  # rounding errors of float64, such as the misses of a curve through every point
        value = size = 0.0
    if size == 0 or 0.005 <= size < 10:
        return fmt(value, 3)
    if 10 <= size < 1000:
        return fmt(value, 1)
    return fmt(float(f"{value:.3g}"), group=size >= 1e4) if size < 1e6 else fmt(float(f"{value:.2e}"))


def plus_minus(mean: float, error: float) -> str:
    """A mean and its standard error, with as many decimals as the mean has."""
    if math.isfinite(error) and 0.0005 <= error < 0.005 <= abs(mean) < 10:
        return f"{reading(mean)} ± {fmt(float(error), 3)}"
    return f"{reading(mean)} ± {reading(error)}"


def draw_read_out(painter: QPainter, area: QRectF, at: QPointF, rows: list[Row]) -> None:
    """A box with `rows` right of `at`, or left of it where there is no room, wholly inside `area`."""
    t, pad, line = theme(), px(8), px(16)
    names = max(text_width(text, 12) + (px(14) if role else 0) for role, text, _ in rows)
    values = max(text_width(value, 12) for *_, value in rows)
    wide = min(names + (px(12) + values if values else 0) + 2 * pad, area.width() - px(4))
    high = len(rows) * line + 2 * px(6)
    left = at.x() + px(12) if at.x() + px(12) + wide < area.right() else at.x() - px(12) - wide
    left = min(max(left, area.left() + 2), area.right() - wide - 2)
    top = max(min(at.y() - high / 2, area.bottom() - high - px(4)), area.top() + px(4))
    rounded(painter, QRectF(left, top, wide, high), px(6), t.raised, t.border)
    for i, (role, text, value) in enumerate(rows):
        row = QRectF(left + pad, top + px(6) + i * line, wide - 2 * pad, line)
        if role:
            draw_dot(painter, QPointF(row.left() + px(4), row.center().y()), role, px(8))
        draw_text(painter, row.adjusted(px(14) if role else 0, 0, 0, 0), text, size=12, color=t.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, row, value, size=12, color=t.text, align=right)
