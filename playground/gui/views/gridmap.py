"""The view of `GridMap`: the error for each pair of two parameters as colours, low ones pale, high ones red.

Row 0 is the lowest. A click sets both parameters. Run it alone for a look: `python -m playground.gui.views.gridmap`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import GridMap
from playground.gui import fonts, plot
from playground.gui.heat import Pixels, image, ramp
from playground.gui.numbers import fmt
from playground.gui.plot import Floats
from playground.gui.theme import Theme, mix, px, theme
from playground.gui.views import scaling
from playground.gui.views.cells import CellsView
from playground.gui.views.readout import draw_read_out, reading
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, plain, text_width

CAP = 30.0
"""The colours end at so many times the least value: what lies above is wild, and how wild does not matter."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@lru_cache(maxsize=8)
def _colors(t: Theme) -> Pixels:
    """uint8 [256, 4]: from paper over orange to red, ever darker (on a dark ground ever lighter) in equal steps."""
    return ramp(t.map_paper, mix(t.map_negative, t.test, 0.45), mix(t.test, t.text, 0.4))


@dataclass(frozen=True)
class Scale:
    """Values to shares of the ramp: logarithmic where they span a decade or more."""

    low: float
    high: float
    log: bool

    def share(self, value: Floats) -> Floats:
        with np.errstate(all="ignore"):
            if self.log:
                low, high = math.log(self.low), math.log(self.high)
                return (np.log(np.maximum(value, self.low)) - low) / (high - low)
            return (value - self.low) / (self.high - self.low)


def scale_of(values: Floats) -> Scale:
    """From the least value to the greatest, but at most `CAP` times the least."""
    good = values[np.isfinite(values)]
    low, high = (float(good.min()), float(good.max())) if len(good) else (0.0, 1.0)
    if low > 0:
        high = min(high, low * CAP)
    if not high > low:
        high = low + max(abs(low) * 0.1, 1e-12)
    return Scale(low, high, low > 0 and high / low >= 10)


class GridMapView(CellsView):
    shows = GridMap
    icon = "table"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._picture: QImage | None = None
        self._scale = Scale(0.0, 1.0, False)
        super().__init__(parent)

    def has_data(self) -> bool:
        return self.summary is not None and bool(np.isfinite(self.summary.value).any())

    def _changed(self) -> None:
        super()._changed()
        self._picture = None

    # ---- parts
    def columns(self) -> int:
        return int(self.summary.value.shape[1])

    def count(self) -> int:
        return int(self.summary.value.size)

    def first(self) -> int:
        marked = (cell for cell in (self.summary.here, self.summary.best) if cell is not None)
        return self._part(*next((cell for cell in marked if self._inside(cell)), (0, 0)))

    def _inside(self, cell: tuple[int, int]) -> bool:
        rows, columns = self.summary.value.shape
        return 0 <= cell[0] < columns and 0 <= cell[1] < rows

    def _part(self, column: int, row: int) -> int:
        return (self.summary.value.shape[0] - 1 - row) * self.columns() + column

    def _cell(self, part: int) -> tuple[int, int]:
        """(column, row) with row 0 the lowest, as in the summary."""
        up, column = divmod(part, self.columns())
        return column, self.summary.value.shape[0] - 1 - up

    def part_at(self, at: QPointF) -> int | None:
        box, (rows, columns) = self._box(), self.summary.value.shape
        if not box.contains(at):
            return None
        column = min(int((at.x() - box.left()) / box.width() * columns), columns - 1)
        up = min(int((at.y() - box.top()) / box.height() * rows), rows - 1)
        return up * columns + column

    def say(self, part: int) -> str:
        title, value = self._words(part)
        return f"{plain(title)}: {value}"

    def take(self, part: int) -> None:
        column, row = self._cell(part)
        wanted = ((self.summary.x_path, self.summary.x, column), (self.summary.y_path, self.summary.y, row))
        changes = {path: values[i] for path, values, i in wanted if path and i < len(values)}
        if changes:
            self.picked.emit(changes)

    def describe(self) -> str:
        s = self.summary
        label = plain(self._label(s.value_label))
        found = [self.tr("{label} for each {x} and {y}").format(label=label, x=s.x_label, y=s.y_label)]
        for cell, words in self._marked():
            if cell is not None and self._inside(cell):
                found.append(f"{words}: {self.say(self._part(*cell))}")
        return "; ".join(found)

    def _words(self, part: int) -> tuple[str, str]:
        column, row = self._cell(part)
        names = ((self.summary.x_label, self.summary.x, column), (self.summary.y_label, self.summary.y, row))
        title = ", ".join(f"{self._label(name)} = {_text(values, i)}" for name, values, i in names)
        return title, reading(float(self.summary.value[row, column]))

    def _label(self, text: str) -> str:
        """Short labels are formulas, others are words."""
        return scaling.axis_label(text, len(text) <= 6)

    def _marked(self) -> list[tuple[tuple[int, int] | None, str]]:
        s = self.summary
        return [
            (s.best, self.tr("least")),
            (s.simplest, self.tr("simplest within one standard error")),
            (s.here, self.tr("now")),
        ]

    # ---- geometry
    def _key_width(self) -> float:
        """The column of the colour key: in a narrow dock the map needs all the room."""
        return px(108) if self.width() >= px(320) and self.height() >= px(120) else 0.0

    def _box(self) -> QRectF:
        """The map. Cells have whole pixels where there is room, so that all are of one size."""
        rows, columns = self.summary.value.shape
        left = px(12) + self._name_width() + self._tick_width() + px(8)
        top, bottom = px(12), px(36) + self.foot()
        wide = max(self.width() - left - px(16) - self._key_width(), px(32))
        high = max(self.height() - top - bottom, px(24))
        cell_w, cell_h = wide / columns, high / rows
        cell_w, cell_h = (math.floor(v) if math.floor(v) > 0.9 * v else v for v in (cell_w, cell_h))
        return QRectF(round(left), top + round((high - cell_h * rows) / 2), cell_w * columns, cell_h * rows)

    def _name_width(self) -> float:
        label = self._label(self.summary.y_label)
        return text_width(label, 13) + px(10) if label else 0.0

    def _tick_width(self) -> float:
        metrics = QFontMetricsF(fonts.ui(11))
        ends = {0, len(self.summary.y) - 1}
        texts = [_text(self.summary.y, i) for i in range(len(self.summary.y)) if i in ends or i % 7 == 0]
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        t, box = theme(), self._box()
        rows, columns = self.summary.value.shape
        if self._picture is None:
            self._scale, self._picture = self._draw_picture()
        painter.drawImage(box, self._picture)
        cell_w, cell_h = box.width() / columns, box.height() / rows
        if min(cell_w, cell_h) >= px(12):
            for i in range(1, columns):
                plot.vline(painter, box.left() + i * cell_w, box.top(), box.bottom(), t.canvas)
            for i in range(1, rows):
                plot.hline(painter, box.left(), box.right(), box.top() + i * cell_h, t.canvas)
        rounded(painter, box.adjusted(-1, -1, 1, 1), 0, line=t.border)
        self._paint_ticks(painter, box, cell_w, cell_h)
        self._paint_marks(painter, box, cell_w, cell_h)
        if self._key_width():
            self._paint_key(painter, QRectF(box.right() + px(16), px(10), px(92),
                                            self.height() - px(20) - self.foot()))  # fmt: skip
        if self.lit is not None:
            self._paint_lit(painter, box, cell_w, cell_h)

    def _draw_picture(self) -> tuple[Scale, QImage]:
        t, values = theme(), np.asarray(self.summary.value, dtype=np.float64)
        scale = scale_of(values)
        level = np.clip(np.nan_to_num(scale.share(values), nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
        pixels = _colors(t)[(level * 255).astype(np.uint8)]
        blank = QColor(t.grid)
        pixels[np.isnan(values)] = (blank.red(), blank.green(), blank.blue(), 255)
        return scale, image(pixels)

    def _paint_ticks(self, painter: QPainter, box: QRectF, cell_w: float, cell_h: float) -> None:
        metrics, muted = QFontMetricsF(fonts.ui(11)), theme().color("muted")
        x, y = self.summary.x, self.summary.y
        widest = max((metrics.horizontalAdvance(_text(x, i)) for i in range(min(len(x), 200))), default=0.0)
        for i in kept(x, (widest + px(6)) / max(cell_w, 1e-9)):
            middle = box.left() + (i + 0.5) * cell_w
            row = QRectF(middle - px(24), box.bottom() + px(3), px(48), px(14))
            draw_text(painter, row, _text(x, i), size=11, color=muted, align=Qt.AlignmentFlag.AlignCenter)
        for i in kept(y, px(15) / max(cell_h, 1e-9)):
            middle = box.bottom() - (i + 0.5) * cell_h
            row = QRectF(0, middle - px(7), box.left() - px(8), px(14))
            draw_text(painter, row, _text(y, i), size=11, color=muted, align=_RIGHT)
        if self.summary.x_label:
            at = QPointF(box.center().x(), box.bottom() + px(26))
            plot.draw_label(painter, at, self._label(self.summary.x_label), 13)
        if self.summary.y_label:
            label = self._label(self.summary.y_label)
            at = QPointF(px(12) + text_width(label, 13) / 2, box.center().y())
            plot.draw_label(painter, at, label, 13)

    def _middle(self, box: QRectF, cell: tuple[int, int], cell_w: float, cell_h: float) -> QPointF:
        return QPointF(box.left() + (cell[0] + 0.5) * cell_w, box.bottom() - (cell[1] + 0.5) * cell_h)

    def _paint_marks(self, painter: QPainter, box: QRectF, cell_w: float, cell_h: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = max(px(3), min(px(5), min(cell_w, cell_h) / 3))
        s = self.summary
        for kind, cell in (("here", s.here), ("simplest", s.simplest), ("best", s.best)):
            if cell is None or not self._inside(cell):
                continue
            at = self._middle(box, cell, cell_w, cell_h)
            if kind == "here":
                self._paint_here(painter, at, cell_w, cell_h)
            elif kind == "simplest":  # a ring around the dot where both coincide
                draw_hollow(painter, at, radius + (px(3) if cell == s.best else 0))
            else:
                draw_filled(painter, at, radius)

    def _paint_here(self, painter: QPainter, at: QPointF, cell_w: float, cell_h: float) -> None:
        wide, high = max(cell_w, px(14)), max(cell_h, px(14))
        frame = QRectF(at.x() - wide / 2, at.y() - high / 2, wide, high)
        rounded(painter, frame.adjusted(-1, -1, 1, 1), px(3), line=theme().color("canvas", 0.9), width=4)
        rounded(painter, frame, px(2), line=theme().accent, width=2)

    def _paint_lit(self, painter: QPainter, box: QRectF, cell_w: float, cell_h: float) -> None:
        assert self.lit is not None
        at = self._middle(box, self._cell(self.lit), cell_w, cell_h)
        keys = self.lit == self.focused
        least = px(10) if keys else px(6)
        wide, high = max(cell_w, least), max(cell_h, least)
        frame = QRectF(at.x() - wide / 2, at.y() - high / 2, wide, high)
        rounded(painter, frame.adjusted(-1, -1, 1, 1), 1, line=theme().focus if keys else theme().text,
                width=theme().focus_width if keys else 1.5)  # fmt: skip
        title, value = self._words(self.lit)
        draw_read_out(painter, QRectF(self.rect()), QPointF(frame.right(), at.y()), [(None, title, value)])

    def _paint_key(self, painter: QPainter, area: QRectF) -> None:
        """What the colours mean, and what the marks mean, under each other at the right."""
        t = theme()
        head = QRectF(area.left(), area.top(), area.width(), px(16))
        formula = len(self.summary.value_label) <= 6
        draw_text(painter, head, self._label(self.summary.value_label), size=13 if formula else 11,
                  color=t.text if formula else t.muted)  # fmt: skip
        entries = [(cell, words) for cell, words in self._legend() if cell is not None]
        foot = len(entries) * px(17)
        bar = QRectF(area.left(), head.bottom() + px(8), px(8), area.height() - head.height() - foot - px(24))
        if bar.height() >= px(24):
            strip = image(_colors(t)[:, None, :])
            painter.drawImage(bar, strip)
            rounded(painter, bar.adjusted(-1, -1, 1, 1), 0, line=t.border)
            self._paint_key_numbers(painter, bar)
        top = area.bottom() - foot
        for i, (kind, words) in enumerate(entries):
            at = QPointF(area.left() + px(5), top + i * px(17) + px(8))
            if kind == "best":
                draw_filled(painter, at, px(3.5))
            elif kind == "simplest":
                draw_hollow(painter, at, px(3.5))
            else:
                rounded(painter, QRectF(at.x() - px(5), at.y() - px(5), px(10), px(10)), px(2), line=t.accent, width=2)
            row = QRectF(at.x() + px(12), at.y() - px(8), area.width() - px(16), px(16))
            draw_text(painter, row, words, size=11, color=t.muted, align=_LEFT)

    def _legend(self) -> list[tuple[str | None, str]]:
        s = self.summary
        return [
            ("best" if s.best is not None else None, self.tr("least")),
            ("simplest" if s.simplest is not None else None, self.tr("within one s.e.")),
            ("here" if s.here is not None else None, self.tr("now")),
        ]

    def _paint_key_numbers(self, painter: QPainter, bar: QRectF) -> None:
        scale = self._scale
        most = max(2, min(5, int(bar.height() / px(18))))
        values = plot.log_ticks(scale.low, scale.high, most) if scale.log else plot.ticks(scale.low, scale.high, most)
        frame = plot.Frame(bar, (0, 1), (scale.low, scale.high), scale.log)
        texts = plot.tick_texts(values, log=scale.log, short=True)
        if not values or bar.bottom() - float(frame.py(values[0])) >= px(13):
            values, texts = [scale.low, *values], [fmt(float(f"{scale.low:.2g}")), *texts]
        capped = float(np.nanmax(np.where(np.isinf(self.summary.value), np.nan, self.summary.value))) > scale.high
        for y, text in zip(frame.py(values), texts, strict=True):
            plot.hline(painter, bar.right() + 1, bar.right() + px(4), float(y), theme().axis)
            draw_text(painter, QRectF(bar.right() + px(8), float(y) - px(7), px(72), px(14)), text, size=11,
                      color=theme().muted)  # fmt: skip
        if capped and (not len(values) or float(frame.py(values[-1])) - bar.top() >= px(13)):
            words = self.tr("{value} and more").format(value=fmt(float(f"{scale.high:.2g}")))
            draw_text(painter, QRectF(bar.right() + px(8), bar.top() - px(7), px(84), px(14)), words, size=11,
                      color=theme().muted)  # fmt: skip


def kept(values: tuple[float | None, ...], need: float) -> list[int]:
    """Which of the values get their text: "off" and every so-manyth, chosen so that the numbers are round."""
    numbered = [i for i, v in enumerate(values) if v is not None]
    off = [i for i, v in enumerate(values) if v is None]
    stride = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if s >= need), max(1, math.ceil(need)))
    start = next((k for k, i in enumerate(numbered[:stride]) if _is_round(values[i], values, stride, numbered)), 0)
    chosen = numbered[start::stride]
    return [i for i in chosen if all(abs(i - j) >= need for j in off)] + off


def _is_round(
    value: float | None, values: tuple[float | None, ...], stride: int, numbered: list[int]
) -> bool:
    """Whether the value is a multiple of the step between two texts."""
    if value is None or len(numbered) < 2:
        return True
    step = abs(float(values[numbered[1]] or 0) - float(values[numbered[0]] or 0)) * stride
    return step > 0 and abs(value / step - round(value / step)) < 1e-6


def _text(values: tuple[float | None, ...], i: int) -> str:
    if i >= len(values):
        return ""
    value = values[i]
    return "off" if value is None else fmt(float(f"{value:.4g}"))


def draw_filled(painter: QPainter, at: QPointF, radius: float) -> None:
    """The mark of the least value."""
    painter.setPen(QPen(theme().color("canvas"), 1.5))
    painter.setBrush(theme().color("text"))
    painter.drawEllipse(at, radius + 0.75, radius + 0.75)


def draw_hollow(painter: QPainter, at: QPointF, radius: float) -> None:
    """The mark of the simplest one within one standard error."""
    painter.setPen(QPen(theme().color("canvas"), 4))
    painter.setBrush(theme().color("canvas"))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(QPen(theme().color("text"), 1.75))
    painter.drawEllipse(at, radius, radius)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("gridmap")
