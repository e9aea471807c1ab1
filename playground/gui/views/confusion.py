"""The view of `Confusion`: true classes down, predicted across, strength = share of the row.

Run it alone for a look: `python -m playground.gui.views.confusion`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from playground.engine.snapshot import Confusion
from playground.gui.heat import class_tint
from playground.gui.markers import draw_class
from playground.gui.numbers import fmt
from playground.gui.theme import mix, px, theme
from playground.gui.views.cells import CellsView
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


class ConfusionView(CellsView):
    """A click on a cell lights up its points on the canvas: `points_chosen(ids)`."""

    shows = Confusion
    icon = "table"

    points_chosen = Signal(object)
    _grid = QRectF()

    def count(self) -> int:
        return int(self.summary.counts.size)

    def columns(self) -> int:
        return len(self.summary.counts)

    def part_at(self, at: QPointF) -> int | None:
        if not self._grid.contains(at):
            return None
        k = len(self.summary.counts)
        row, column = ((at.y() - self._grid.top()) / self._grid.height() * k,
                       (at.x() - self._grid.left()) / self._grid.width() * k)  # fmt: skip
        return min(int(row), k - 1) * k + min(int(column), k - 1)

    def say(self, part: int) -> str:
        i, j = divmod(part, len(self.summary.counts))
        names = self._names(len(self.summary.counts))
        return self.tr("{n} of class {true} were taken for {predicted}").format(
            n=int(self.summary.counts[i, j]), true=names[i], predicted=names[j]
        )

    def take(self, part: int) -> None:
        s, (i, j) = self.summary, divmod(part, len(self.summary.counts))
        self.points_chosen.emit(s.ids[(s.truth == i) & (s.guess == j)])

    def has_data(self) -> bool:
        return self.summary is not None and self.summary.counts.size > 0 and self.summary.counts.sum() > 0

    def note(self) -> str:
        if self.summary is not None and self.summary.counts.size:
            return self.tr("There are no points to judge by.")
        return super().note()

    def describe(self) -> str:
        names, counts = self.summary.names, self.summary.counts
        rows = (f"true {name}: " + ", ".join(f"{counts[i, j]} {other}" for j, other in enumerate(names))
                for i, name in enumerate(names))  # fmt: skip
        return "; ".join(rows)

    def paint(self, painter: QPainter) -> None:
        t, summary = theme(), self.summary
        k = len(summary.counts)
        names = self._names(k)
        side = px(12) + px(4)  # the upright word "true"
        cells = k * px(34) + px(44)  # what may not go to the names: cells and margins
        label = min(max(text_width(name, 12, 600) for name in names) + px(20), max(px(64), self.width() - cells))
        left, top = px(12) + side + label + px(4), px(16) + px(6) + px(22)
        cell_w = min((self.width() - left - px(16)) / k, px(112))
        cell_h = min((self.height() - top - px(12)) / k, px(64))
        if cell_w < px(10) or cell_h < px(8):
            return
        left += max(0.0, (self.width() - left - px(16) - cell_w * k) / 2)
        grid = self._grid = QRectF(left, top, cell_w * k, cell_h * k)
        words = self.tr("predicted")
        if summary.part != "test":
            words = self.tr("predicted (training points)")
        draw_text(
            painter,
            QRectF(grid.left() - px(40), px(4), grid.width() + px(80), px(16)),
            words,
            size=11,
            color=t.muted,
            align=_CENTER,
        )
        painter.save()
        painter.translate(grid.left() - label - px(12), grid.center().y())
        painter.rotate(-90)
        draw_text(
            painter,
            QRectF(-px(60), -px(8), px(120), px(16)),
            self.tr("true"),
            size=11,
            color=t.muted,
            align=_CENTER,
        )
        painter.restore()
        self._paint_heads(painter, grid, names, label)
        self._paint_cells(painter, grid)

    def _names(self, k: int) -> list[str]:
        return [*self.summary.names, *map(str, range(len(self.summary.names), k))][:k]

    def _paint_heads(self, painter: QPainter, grid: QRectF, names: list[str], label: float) -> None:
        k = len(names)
        w, h = grid.width() / k, grid.height() / k
        size = px(9) if min(w, h * 2) >= px(18) else px(6)
        for i, name in enumerate(names):
            style = theme().classes[i % len(theme().classes)]
            wide = text_width(name, 12, 600)
            full = wide + px(16) <= w
            x = grid.left() + (i + 0.5) * w - ((wide + px(8)) / 2 if full else 0)
            y = grid.top() - px(11)
            draw_class(painter, QPointF(x, y), style, size)
            if full:
                draw_text(painter, QRectF(x + px(10), y - px(8), wide + 2, px(16)), name, size=12, weight=600)
            y = grid.top() + (i + 0.5) * h
            left = grid.left() - label - px(2)
            draw_class(painter, QPointF(left + px(7), y), style, size)
            if h >= px(13):
                draw_text(painter, QRectF(left + px(18), y - px(8), label - px(18), px(16)), name, size=12, weight=600)

    def _paint_cells(self, painter: QPainter, grid: QRectF) -> None:
        t, counts = theme(), np.asarray(self.summary.counts)
        k = len(counts)
        w, h = grid.width() / k, grid.height() / k
        gap = px(2) if k <= 4 else 1
        totals = counts.sum(axis=1)
        big = h >= px(40) and w >= px(52)
        size = 18 if big else 13 if h >= px(18) and w >= px(26) else 11
        for i in range(k):
            for j in range(k):
                share = counts[i, j] / totals[i] if totals[i] else 0.0
                box = QRectF(grid.left() + j * w, grid.top() + i * h, w, h).adjusted(
                    gap / 2, gap / 2, -gap / 2, -gap / 2
                )
                ground = mix(t.map_paper, class_tint(t, j), float(share))
                rounded(
                    painter,
                    box,
                    px(4) if k <= 4 else px(2),
                    ground,
                    t.border if t.name == "contrast" else None,
                )
                if self.lit == i * k + j:
                    rounded(painter, box, px(4) if k <= 4 else px(2), line=t.accent, width=2.0)
                if w < px(16) or h < px(12):
                    continue
                number = box.adjusted(0, 0, 0, -px(16)) if big else box
                if big:
                    number.translate(0, px(2))
                draw_text(
                    painter,
                    number,
                    fmt(int(counts[i, j]), group=True),
                    size=size,
                    weight=600,
                    color=QColor(t.text),
                    align=_CENTER,
                )
                if big:
                    line = QRectF(box.left(), number.center().y() + px(8), box.width(), px(16))
                    draw_text(
                        painter, line, f"{fmt(100 * float(share), 0)} %", size=11, color=t.text, align=_CENTER
                    )


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("confusion")
