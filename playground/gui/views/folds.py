"""The view of `Folds`: the textbook's picture of S runs, the held-out block of each red, and its error beside it.

`chosen(fold)` says which run is pointed at, so that the canvas can show its fit and its held-out points; -1 is
none. A click keeps the run chosen. Run it alone for a look: `python -m playground.gui.views.folds`.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Folds
from playground.gui import plot
from playground.gui.numbers import fmt
from playground.gui.theme import mix, px, theme
from playground.gui.views.cells import CellsView
from playground.gui.views.readout import Row, draw_read_out, plus_minus, reading
from playground.gui.widgets.base import draw_ring, rounded
from playground.gui.widgets.text import draw_text, text_width

MANY = 150
"""From so many runs on they are drawn as one picture, not one by one."""
LEGIBLE = 14
"""From this height of a row on its numbers are shown."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FoldsView(CellsView):
    shows = Folds

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._kept: int | None = None
        self._said = -1
        super().__init__(parent)

    def has_data(self) -> bool:
        return self.summary is not None and len(self.summary.held_out) > 0

    def describe(self) -> str:
        s = self.summary
        words = self.tr("{n} runs; held-out error {mean} over the folds; {trainings}").format(
            n=self.count(), mean=plus_minus(s.mean, s.standard_error), trainings=self._cost()
        )
        rows = [self.say(i) for i in range(self.count())] if self.count() <= 20 else []
        return "; ".join([words, *rows])

    # ---- parts
    def count(self) -> int:
        return len(self.summary.held_out)

    def part_at(self, at: QPointF) -> int | None:
        box = self._rows()
        if not box.top() <= at.y() < box.bottom():
            return None
        return min(int((at.y() - box.top()) / box.height() * self.count()), self.count() - 1)

    def say(self, part: int) -> str:
        return ", ".join(f"{text} {value}".strip() for _, text, value in self._lines(part))

    def take(self, part: int) -> None:
        """A second click lets the run go."""
        self._kept = None if part == self._kept else part
        self.pointed()
        self.update()

    def first(self) -> int:
        return self._kept or 0

    @property
    def kept(self) -> int | None:
        """The run that a click has chosen, until the next one."""
        return self._kept

    def pointed(self) -> None:
        part = self.lit if self.lit is not None else self._kept
        said = part if part is not None and self.isVisible() else -1
        if said != self._said:
            self._said = said
            self.chosen.emit(said)

    def _changed(self) -> None:
        super()._changed()
        n = self.count() if self.has_data() else 0
        if self._kept is not None and self._kept >= n:
            self._kept = None
        self.pointed()

    def hideEvent(self, event: QHideEvent) -> None:
        """What is not on screen points at nothing."""
        self.hovered = self.focused = None
        self.pointed()

    def showEvent(self, event: QShowEvent) -> None:
        self.pointed()

    def _lines(self, part: int) -> list[Row]:
        s = self.summary
        held = int((s.fold == part).sum())
        rows: list[Row] = [(None, self.tr("Run {number}").format(number=part + 1), "")]
        words = (self.tr("{n} points held out") if held != 1 else self.tr("{n} point held out")).format(n=held)
        rows.append(("test", words, reading(s.held_out[part])))
        if part < len(s.train):
            rows.append(("training", self.tr("the others"), reading(s.train[part])))
        return rows

    def _cost(self) -> str:
        n = self.summary.n_trainings
        return (self.tr("{n} trainings") if n != 1 else self.tr("{n} training")).format(n=fmt(n, group=True))

    # ---- geometry
    def _rows(self) -> QRectF:
        """All rows, over the whole width. They have whole pixels where there is room."""
        top, bottom = px(10), px(30) + self.foot()
        high = max(self.height() - top - bottom, px(24))
        each = min(high / self.count(), px(56))
        if math.floor(each) > 0.9 * each:
            each = math.floor(each)
        rest = max(high - each * self.count(), 0.0) if self.height() > px(240) else 0.0
        return QRectF(0, top + round(rest / 3), self.width(), each * self.count())

    def _spans(self) -> tuple[float, float, float, float, float]:
        """Left and right of the blocks, left and right of the bars, right of the numbers."""
        legible = self._legible()
        left = px(12) + (text_width(self._name(self.count() - 1), 11) + px(10) if legible else 0)
        right = self.width() - px(16)
        numbers = max((text_width(reading(v), 12) for v in self.summary.held_out), default=0.0) if legible else 0.0
        bars_right = right - (numbers + px(8) if legible else 0)
        bars = min(max((bars_right - left) * 0.26, px(32)), px(160))
        return left, bars_right - bars - px(16), bars_right - bars, bars_right, right

    def _legible(self) -> bool:
        return self._rows().height() / self.count() >= px(LEGIBLE) - 1

    def _name(self, part: int) -> str:
        return self.tr("run {number}").format(number=part + 1)

    def _scale(self) -> float:
        """The error at the right end of the bars: a run gone wild does not flatten the others."""
        errors = np.asarray(self.summary.held_out, dtype=np.float64)
        good = errors[np.isfinite(errors) & (errors > 0)]
        if not len(good):
            return 1.0
        return min(float(good.max()), 6 * float(np.median(good)))

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        rows = self._rows()
        each = rows.height() / self.count()
        blocks_left, blocks_right, bars_left, bars_right, right = self._spans()
        for part, token in ((self._kept, "accent_soft"), (self.lit, "hover")):
            if part is not None:
                band = QRectF(px(6), rows.top() + part * each, self.width() - px(12), max(each, 2.0))
                painter.fillRect(band, theme().color(token))
        self._paint_blocks(painter, QRectF(blocks_left, rows.top(), blocks_right - blocks_left, rows.height()))
        self._paint_bars(painter, QRectF(bars_left, rows.top(), bars_right - bars_left, rows.height()))
        if self._legible():
            for i, error in enumerate(self.summary.held_out):
                row = QRectF(0, rows.top() + i * each, right, each - _gap(each))
                draw_text(painter, row.adjusted(px(12), 0, 0, 0), self._name(i), size=11, color=theme().muted)
                draw_text(painter, row, reading(error), size=12, align=_RIGHT)
        self._paint_sum(painter, rows.bottom(), blocks_left, right)
        if self.focused is not None:
            row = QRectF(px(6), rows.top() + self.focused * each, self.width() - px(12), max(each, px(4)))
            draw_ring(painter, row, px(3))
        if self.lit is not None:
            at = QPointF(blocks_left + (self.lit + 0.5) / self.count() * (blocks_right - blocks_left),
                         rows.top() + (self.lit + 0.5) * each)  # fmt: skip
            if not self._legible() or self.height() >= px(200):
                draw_read_out(painter, QRectF(self.rect()), at, self._lines(self.lit))

    def _paint_blocks(self, painter: QPainter, box: QRectF) -> None:
        """S blocks in each of S rows. Too small for gaps they become a pale square with a red diagonal."""
        t, n = theme(), self.count()
        wide, high = box.width() / n, box.height() / n
        pale = QColor(mix(t.canvas, t.train, 0.22 if not t.is_dark else 0.32))
        gap_y = _gap(high)
        gap_x = 0 if not gap_y else px(2) if wide >= px(8) else 1 if wide >= 4 else 0
        painter.fillRect(box, pale)
        if not gap_y and n > MANY:
            painter.setPen(QPen(t.color("test"), 2))
            painter.drawLine(box.topLeft(), box.bottomRight())
        for row in range(n if gap_y or n <= MANY else 0):
            left, right = box.left() + row * wide, box.left() + (row + 1) * wide
            if gap_x:
                left, right = round(left), round(right)
            block = QRectF(left, box.top() + row * high, max(right - left, 2.0), max(high, 1.0))
            painter.fillRect(block, QColor(t.test))
        for i in range(1, n + 1):
            if gap_x:
                x = round(box.left() + i * wide) - gap_x
                painter.fillRect(QRectF(x, box.top(), gap_x, box.height()), QColor(t.canvas))
            if gap_y:
                y = round(box.top() + i * high) - gap_y
                painter.fillRect(QRectF(box.left(), y, box.width(), gap_y), QColor(t.canvas))
        if t.name == "contrast":
            rounded(painter, box, 0, line=t.border)

    def _paint_bars(self, painter: QPainter, box: QRectF) -> None:
        """The held-out errors as bars, the mean as a line through all of them, one standard error as its band."""
        t, s, n = theme(), self.summary, self.count()
        top, high = self._scale(), box.height() / n
        errors = np.nan_to_num(np.asarray(s.held_out, dtype=np.float64), nan=0.0, posinf=top)
        ends = np.clip(errors / top, 0, 1) * box.width()
        if math.isfinite(s.mean) and math.isfinite(s.standard_error) and s.mean <= top:
            low, end = (_inside((s.mean + sign * s.standard_error) / top, box) for sign in (-1, 1))
            band = QRectF(low, box.top() - px(3), max(end - low, 1.0), box.height() + px(6))
            painter.fillRect(band, t.color("test", 0.14 if not t.is_dark else 0.24))
        painter.fillRect(QRectF(box.left() - 1, box.top() - px(3), 1, box.height() + px(6)), t.color("axis"))
        gap = _gap(high)
        thick = min(max(high - gap, 1.0), px(8))
        if thick == 1.0 and n > MANY:  # one call instead of a thousand
            middles, left = box.top() + (np.arange(n) + 0.5) * high, np.full(n, box.left())
            pieces = np.column_stack([left, middles, left + ends, middles])
            plot.draw_segments(painter, pieces, QPen(t.color("test"), 1), box)
            ends = ends[:0]
        for i, end in enumerate(ends):
            y = box.top() + i * high + (high - gap - thick) / 2
            painter.fillRect(QRectF(box.left(), round(y) if high >= 2 else y, max(end, 1.0), thick), t.color("test"))
        if math.isfinite(s.mean) and s.mean <= top:
            x = _inside(s.mean / top, box)
            painter.fillRect(QRectF(round(x), box.top() - px(3), 1, box.height() + px(6)), t.color("text"))

    def _paint_sum(self, painter: QPainter, top: float, left: float, right: float) -> None:
        """Mean and standard error under the numbers, what they cost at the left."""
        s, t = self.summary, theme()
        row = QRectF(0, top + px(6), right, px(18))
        value = plus_minus(s.mean, s.standard_error)
        draw_text(painter, row, value, size=13, weight=600, color=t.text, align=_RIGHT)
        words = self.tr("mean held-out error")
        room = row.width() - text_width(value, 13, 600) - px(8)
        draw_text(painter, QRectF(0, row.top(), room, row.height()), words, size=11, color=t.muted, align=_RIGHT)
        room -= text_width(words, 11) + px(16) + left
        if s.n_trainings and room >= text_width(self._cost(), 11):
            draw_text(painter, QRectF(left, row.top(), room, row.height()), self._cost(), size=11, color=t.muted)


def _gap(high: float) -> int:
    """Between two rows of that height."""
    return px(3) if high >= px(10) else 1 if high >= 4 else 0


def _inside(share: float, box: QRectF) -> float:
    return box.left() + min(max(share, 0.0), 1.0) * box.width()


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("folds")
