"""The view of `Formulas`: typeset mathematics, with the numbers of this moment after the equals signs.

The numbers are text, so that they change with every step; the formulas are pictures that are made once. Until
they are, the plain text stands in their place. Run it alone for a look: `python -m playground.gui.views.formulas`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetricsF, QHideEvent, QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from playground.engine.snapshot import Formula, Formulas
from playground.gui import fonts
from playground.gui.theme import px, theme
from playground.gui.views import typeset
from playground.gui.views.base import ChartView
from playground.gui.views.readout import reading
from playground.gui.views.roles import role_ink
from playground.gui.views.typeset import SIZE, Typeset
from playground.gui.widgets.text import draw_text, text_width

TYPE, LEAST = 17.0, 11.0
"""Design pixels of the type, and what it may shrink to in a narrow dock."""
NUMBER = "\u2212000.000"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom


@dataclass(frozen=True)
class _Row:
    """One formula laid out: what stands left and right of the equals sign, and its height above and below it."""

    formula: Formula
    left: Typeset | None
    right: Typeset | None
    above: float
    below: float


class FormulasView(ChartView):
    shows = Formulas

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setAccessibleName(self.tr("Formulas"))
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.valueChanged.connect(lambda _: self.update())
        self._bar.hide()
        self._wait = QTimer(self, interval=40)
        self._wait.timeout.connect(self._look)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.rows)

    def describe(self) -> str:
        return "; ".join(row.plain + (f" {reading(row.value)}" if row.value is not None else "")
                         for row in self.summary.rows)  # fmt: skip

    # ---- layout
    def _rows(self) -> list[_Row]:
        result = []
        for row in self.summary.rows:
            left, right = (typeset.formula(part) if part else None for part in pieces(row))
            parts = [part for part in (left, right) if part is not None]
            above = max([0.9 * SIZE, *(part.above for part in parts)])
            below = max([0.35 * SIZE, *(part.below for part in parts)])
            result.append(_Row(row, left, right, above, below))
        return result

    def _widths(self, rows: list[_Row]) -> tuple[float, float]:
        """Of the widest part left and right of the equals sign, at `SIZE`."""
        left = max((row.left.width if row.left else text_width(row.formula.plain, SIZE) / _zoom() for row in rows),
                   default=0.0)  # fmt: skip
        number = text_width(NUMBER, SIZE, 600) / _zoom()
        right = max([number if row.formula.value is not None else row.right.width if row.right else 0.0
                     for row in rows], default=0.0)  # fmt: skip
        return left, right + 0.3 * SIZE

    def _scale(self, rows: list[_Row]) -> float:
        """As large as the width allows, within limits; a little larger where there is much room."""
        left, right = self._widths(rows)
        room = self.width() - 2 * px(20)
        high = sum(row.above + row.below for row in rows) + (len(rows) + 1) * 0.6 * SIZE
        most = TYPE * _zoom() / SIZE * (1.35 if self.height() > 1.5 * high and self.width() > px(560) else 1.0)
        least = LEAST * _zoom() / SIZE
        body = sum(row.above + row.below for row in rows)
        low = (self.height() - self.foot() - (len(rows) + 1) * px(6)) / max(body, 1.0)
        if low < 0.8 * most:  # scroll rather than squint
            low = most
        return max(min(most, low, room / max(left + right, 1.0)), least)

    def _measure(self, rows: list[_Row], scale: float) -> tuple[float, float]:
        """Height of all rows, and the gap between two; the scroll bar follows."""
        body, room = sum(row.above + row.below for row in rows) * scale, self.height() - self.foot()
        gap = min(max((room - body) / (len(rows) + 1), px(6)), px(24))
        total = body + gap * (len(rows) + 1)
        self._bar.setRange(0, max(0, round(total - room)))
        self._bar.setPageStep(max(round(room), 1))
        bar = px(6)
        self._bar.setGeometry(self.width() - bar, 0, bar, max(round(room), 1))
        if self._bar.isVisibleTo(self) != (self._bar.maximum() > 0):
            self._bar.setVisible(self._bar.maximum() > 0)
        return total, gap

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        rows = self._rows()
        scale = self._scale(rows)
        total, gap = self._measure(rows, scale)
        left, right = self._widths(rows)
        room = self.height() - self.foot()
        y = max((room - total) / 2, 0.0) + gap - self._bar.value()
        spare = self.width() - 2 * px(20) - (left + right) * scale
        equals = px(20) + max(spare / 2, 0.0) + left * scale
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width(), room))
        for row in rows:
            baseline = y + row.above * scale
            if y + (row.above + row.below) * scale > 0 and y < room:
                self._paint_row(painter, row, equals, baseline, scale)
            y += (row.above + row.below) * scale + gap
        painter.restore()
        if any(typeset.missing(part) for row in self.summary.rows for part in pieces(row) if part):
            self._wait.start()

    def _paint_row(self, painter: QPainter, row: _Row, equals: float, baseline: float, scale: float) -> None:
        t, size = theme(), SIZE * scale / _zoom()
        gap = 0.3 * SIZE * scale
        if row.left is None:
            small = min(size, 14.0)
            foot = baseline + QFontMetricsF(fonts.ui(small)).descent()
            line = QRectF(px(8), foot - px(28), equals - px(8), px(28))
            draw_text(painter, line, row.formula.plain, size=small, color=t.muted, align=_RIGHT)
        else:
            self._place(painter, row.left, equals - row.left.width * scale, baseline, scale)
        if row.right is not None:
            self._place(painter, row.right, equals + gap * 0.6, baseline, scale)
        if row.formula.value is not None:
            font = fonts.ui(size * 0.9, 600)
            painter.setFont(font)
            painter.setPen(role_ink(row.formula.role) if row.formula.role else t.color("text"))
            painter.drawText(QPointF(equals + gap, baseline), self._number(row.formula.value, font, equals + gap))

    def _number(self, value: float, font: QFont, left: float) -> str:
        """Shortened where even that is wider than the rest of the dock."""
        text = reading(value)
        metrics = QFontMetricsF(font)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - left - px(4))

    def _place(self, painter: QPainter, part: Typeset, left: float, baseline: float, scale: float) -> None:
        ratio = self.devicePixelRatioF()
        picture = typeset.pixmap(part, theme().text, round(scale, 3), ratio)
        top = baseline - part.above * scale
        painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), picture)

    # ---- while formulas are on their way
    def _look(self) -> None:
        if not self.isVisible() or not self.has_data():
            self._wait.stop()
        elif not any(typeset.missing(part) for row in self.summary.rows for part in pieces(row) if part):
            self._wait.stop()
            self.update()
        else:
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._wait.stop()

    # ---- scrolling
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._bar.setValue(self._bar.value() - round(event.angleDelta().y() / 120 * px(40)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {
            Qt.Key.Key_Down: px(24), Qt.Key.Key_Up: -px(24),
            Qt.Key.Key_PageDown: self._bar.pageStep(), Qt.Key.Key_PageUp: -self._bar.pageStep(),
        }  # fmt: skip
        if event.key() in steps and self._bar.maximum():
            self._bar.setValue(self._bar.value() + steps[event.key()])
        else:
            super().keyPressEvent(event)


def _zoom() -> float:
    return px(1000) / 1000


def pieces(row: Formula) -> tuple[str, str]:
    """LaTeX left of the last equals sign, the sign included, and right of it. A number takes the right side."""
    latex = row.latex.strip()
    if row.value is not None:
        return (latex if latex.endswith("=") or not latex else latex + " ="), ""
    depth = 0
    for i in range(len(latex) - 1, 0, -1):
        depth += {"}": 1, "{": -1}.get(latex[i], 0)
        if latex[i] == "=" and depth == 0 and latex[i + 1 :].strip() and r"\begin" not in latex:
            return latex[: i + 1], latex[i + 1 :].strip()
    return latex, ""


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("formulas")
