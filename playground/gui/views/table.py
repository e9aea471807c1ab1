"""The view of `Table`: scores and coefficients. Numbers in tabular figures with a real minus sign.

The header stays while the rows scroll. Run it alone for a look: `python -m playground.gui.views.table`.
"""

from __future__ import annotations

import math
import numbers
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from playground.engine.snapshot import Table
from playground.gui import plot
from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.views.base import ChartView
from playground.gui.views.roles import draw_dot
from playground.gui.widgets.text import draw_text, symbol, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
LEAST_GAP = 10
"""Between columns, in design pixels."""


def cell_text(value: Any) -> str:
    """A cell as people read it: whole numbers grouped, others with three decimals or as many as they need."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    if isinstance(value, numbers.Integral):
        return fmt(int(value), group=True)
    number = float(value)
    if not math.isfinite(number):
        return fmt(number)
    size = abs(number)
    if size < 1e-12:  # rounding errors of float64, such as the misses of a curve through every point
        number = size = 0.0
    if size != 0 and (size < 5e-4 or size >= 1e10):
        return fmt(float(f"{number:.3g}"))
    digits = 3 if size < 10 else 2 if size < 1000 else 0
    return fmt(number, digits, group=True)


def heading(text: str) -> str:
    """Column heads such as "M = 3" are formulas, words are not."""
    return symbol(text) if "=" in text or len(text) <= 2 else text


class TableView(ChartView):
    shows = Table
    icon = "table"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._cells: list[list[str]] = []
        self._widths: list[float] = []
        super().__init__(parent)
        self._down = QScrollBar(Qt.Orientation.Vertical, self)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        for bar, name in ((self._down, self.tr("Rows")), (self._across, self.tr("Columns"))):
            bar.setAccessibleName(name)
            bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            bar.valueChanged.connect(lambda _: self.update())
            bar.hide()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.rows)

    def describe(self) -> str:
        rows = [" ".join(cell_text(value) for value in row) for row in self.summary.rows]
        return "; ".join([*rows, *filter(None, [self.summary.note])])

    def _changed(self) -> None:
        table = self.summary
        if table is None:
            return
        columns = max([len(table.columns), *(len(row) for row in table.rows)], default=0)
        self._cells = [
            [cell_text(value) for value in row] + [""] * (columns - len(row)) for row in table.rows
        ]
        heads = list(table.columns) + [""] * (columns - len(table.columns))
        self._widths = []
        for i in range(columns):
            texts = [row[i] for row in self._cells]
            widest = max([text_width(t if i else self._label(t), 12, 600 if i else 400) for t in texts], default=0.0)
            dot = px(14) if any(table.roles[i : i + 1]) else 0
            self._widths.append(max(widest, text_width(heading(heads[i]), 12) + dot))
        self._measure()

    def _label(self, text: str) -> str:
        """What stands first in a row: a formula where it is short, unless it is a name."""
        return text if self.summary.names or len(text) > 3 else symbol(text)

    # ---- geometry
    def _edge(self) -> int:
        """Left and right of the table: less where it would have to scroll else."""
        least = sum(self._widths) + px(LEAST_GAP) * max(len(self._widths) - 1, 0)
        return int(min(max((self.width() - least) / 2, px(6)), px(16)))

    def _gap(self) -> int:
        """Between columns: before anything must scroll, they move closer together."""
        between = max(len(self._widths) - 1, 1)
        room = self.width() - 2 * self._edge() - sum(self._widths)
        return int(min(max(room / between, px(LEAST_GAP)), px(20)))

    def _most_note_lines(self) -> int:
        """The rows may leave room for more of them."""
        free = self.height() - self._head() - len(self._cells) * self._row() - px(12)
        return max(super()._most_note_lines(), min(free // px(14), 4))

    def _row(self) -> int:
        return px(24) if len(self._cells) <= 6 else px(22)

    def _bottom(self) -> int:
        """Where the rows end and the note begins."""
        return self.height() - math.ceil(self.foot())

    def _head(self) -> int:
        return px(34)

    def _measure(self) -> None:
        """What scrolls, and by how much."""
        if not hasattr(self, "_across"):
            return
        bar, gap = px(6), self._gap()
        wide = sum(self._widths) + gap * max(len(self._widths) - 1, 0) + 2 * self._edge()
        high = self._head() + len(self._cells) * self._row() + px(8) + math.ceil(self.foot()) if self._cells else 0
        self._down.setRange(0, max(0, math.ceil(high - self.height())))
        self._across.setRange(0, max(0, math.ceil(wide - self.width())))
        self._down.setPageStep(self.height())
        self._across.setPageStep(self.width())
        self._down.setGeometry(self.width() - bar, self._head(), bar, max(self._bottom() - self._head(), 1))
        self._across.setGeometry(0, self._bottom() - bar, self.width(), bar)
        self._down.setVisible(self._down.maximum() > 0 and self.has_data())
        self._across.setVisible(self._across.maximum() > 0 and self.has_data())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    def _columns(self) -> list[tuple[float, float]]:
        """(left, right) of each column; spare width goes between the first and the others."""
        gap = self._gap()
        total = sum(self._widths) + gap * (len(self._widths) - 1)
        spare = max(0.0, self.width() - 2 * self._edge() - total)
        first = self._widths[0] + max(0.0, spare - (len(self._widths) - 1) * px(16))
        extra = (spare - (first - self._widths[0])) / max(len(self._widths) - 1, 1)
        x = float(self._edge() - self._across.value())
        result: list[tuple[float, float]] = []
        for i, width in enumerate(self._widths):
            right = x + (first if i == 0 else width + extra)
            result.append((x, right))
            x = right + gap
        return result

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        t, columns, head = theme(), self._columns(), self._head()
        painter.save()
        painter.setClipRect(QRectF(0, head, self.width(), self._bottom() - head))
        y = head - self._down.value()
        for number, row in enumerate(self._cells):
            if -self._row() < y < self._bottom():
                if number:
                    plot.hline(painter, self._edge(), self.width() - self._edge(), y, t.border)
                self._paint_row(painter, row, columns, y)
            y += self._row()
        painter.restore()
        for i, text in enumerate(self.summary.columns):
            role = self.summary.roles[i] if i < len(self.summary.roles) else None
            left, right = columns[i]
            box = QRectF(left, px(4), right - left, head - px(6))
            draw_text(painter, box, heading(text), size=12, color=t.muted, align=_RIGHT if i else _LEFT)
            if role is not None:
                x = right - text_width(heading(text), 12) - px(9)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                draw_dot(painter, QPointF(x, box.center().y()), role, px(7))
        plot.hline(painter, self._edge(), self.width() - self._edge(), head - 1, t.border)

    def _paint_row(
        self, painter: QPainter, row: list[str], columns: list[tuple[float, float]], y: float
    ) -> None:
        for i, (text, (left, right)) in enumerate(zip(row, columns, strict=True)):
            box = QRectF(left, y, right - left, self._row())
            if i == 0:
                draw_text(painter, box, self._label(text), size=12, color=theme().text)
            else:
                weight = 600 if len(columns) <= 4 else 400
                draw_text(painter, box, text, size=12, weight=weight, color=theme().text, align=_RIGHT)

    # ---- scrolling
    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not self._down.maximum()
        bar = self._across if sideways or abs(turn.x()) > abs(turn.y()) else self._down
        bar.setValue(bar.value() - round((turn.y() or turn.x()) / 120 * 3 * self._row()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, tuple[QScrollBar, int]] = {Qt.Key.Key_Down: (self._down, 1), Qt.Key.Key_Up: (self._down, -1),
                 Qt.Key.Key_Right: (self._across, 1), Qt.Key.Key_Left: (self._across, -1)}  # fmt: skip
        if event.key() in steps:
            bar, sign = steps[event.key()]
            bar.setValue(bar.value() + sign * self._row())
        else:
            super().keyPressEvent(event)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("table")
