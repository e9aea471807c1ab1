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

TYPE, LEAST = 17.0, 12.0
"""Design pixels of the type, and what it may shrink to in a narrow dock; then the dock scrolls."""
STACKED = 0.85
"""Where the equals signs under each other would shrink the type further, each formula gets the whole width."""
EDGE = 20
GAP = 0.18
"""Between the equals sign and what stands right of it, as a share of the size of the type."""
NUMBER = "\u2212000.000"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom


@dataclass(frozen=True)
class _Row:
    """One formula laid out: what stands left and right of the equals sign, and its height above and below it."""

    formula: Formula
    left: Typeset | None
    right: Typeset | None
    above: float
    below: float


@dataclass(frozen=True)
class _Place:
    """Where a row stands: x of the end of the left part, its baseline, and where the number begins."""

    row: _Row
    equals: float
    baseline: float
    number: QPointF


class FormulasView(ChartView):
    shows = Formulas

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        for bar, name in ((self._bar, self.tr("Formulas")), (self._across, self.tr("Width of the formulas"))):
            bar.setAccessibleName(name)
            bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            bar.valueChanged.connect(lambda _: self.update())
            bar.hide()
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
        left = max((row.left.width if row.left else _plain_width(row) for row in rows), default=0.0)
        number = text_width(NUMBER, SIZE, 600) / _zoom()
        right = max([number if row.formula.value is not None else row.right.width if row.right else 0.0
                     for row in rows], default=0.0)  # fmt: skip
        return left, right + 0.3 * SIZE

    def _room(self) -> float:
        return self.width() - 2 * px(EDGE)

    def _stacked(self, rows: list[_Row]) -> bool:
        """Whether the dock is too narrow for one column of equals signs."""
        return sum(self._widths(rows)) * STACKED * TYPE * _zoom() / SIZE > self._room()

    def _scale(self, rows: list[_Row]) -> float:
        """As large as the width allows, within limits; a little larger where there is much room."""
        if self._stacked(rows):
            wide = max(_width(row) for row in rows)
            return max(min(TYPE * _zoom() / SIZE, self._room() / max(wide, 1.0)), LEAST * _zoom() / SIZE)
        left, right = self._widths(rows)
        high = sum(row.above + row.below for row in rows) + (len(rows) + 1) * 0.6 * SIZE
        most = TYPE * _zoom() / SIZE * (1.35 if self.height() > 1.5 * high and self.width() > px(560) else 1.0)
        body = sum(row.above + row.below for row in rows)
        low = (self.height() - self.foot() - (len(rows) + 1) * px(6)) / max(body, 1.0)
        if low < 0.8 * most:  # scroll rather than squint
            low = most
        return min(most, low, self._room() / max(left + right, 1.0))

    def _places(self, rows: list[_Row], scale: float) -> list[_Place]:
        """Everything where it stands, the scroll bars set to what does not fit."""
        if self._stacked(rows):
            return self._under_each_other(rows, scale)
        left, right = self._widths(rows)
        body, room = sum(row.above + row.below for row in rows) * scale, self.height() - self.foot()
        gap = min(max((room - body) / (len(rows) + 1), px(6)), px(24))
        total = body + gap * (len(rows) + 1)
        self._scroll(total, 0.0)
        y = max((room - total) / 2, 0.0) + gap - self._bar.value()
        equals = px(EDGE) + max((self._room() - (left + right) * scale) / 2, 0.0) + left * scale
        places = []
        for row in rows:
            baseline = y + row.above * scale
            places.append(_Place(row, equals, baseline, QPointF(equals + 0.3 * SIZE * scale, baseline)))
            y += (row.above + row.below) * scale + gap
        return places

    def _under_each_other(self, rows: list[_Row], scale: float) -> list[_Place]:
        """Formulas from the left edge, numbers at the right end; where both do not fit, the number stands below."""
        metrics = QFontMetricsF(self._font(scale))
        line, gap = metrics.height(), float(px(10))
        found: list[tuple[_Row, float, float]] = []
        y = gap
        for row in rows:
            baseline = y + row.above * scale
            y = baseline + row.below * scale
            below, value = baseline, row.formula.value
            number = 0.0 if value is None else px(12) + metrics.horizontalAdvance(reading(value))
            if value is not None and _width(row) * scale + number > self._room():
                below = max(y, baseline + metrics.descent()) + metrics.ascent()
                y = max(y, baseline) + line
            found.append((row, baseline, below))
            y += gap
        self._scroll(y, max((_width(row) for row in rows if row.left), default=0.0) * scale - self._room())
        up, aside = self._bar.value(), self._across.value()
        places = []
        for row, baseline, below in found:
            text = "" if row.formula.value is None else reading(row.formula.value)
            right = self.width() - px(EDGE) - metrics.horizontalAdvance(text)
            left = px(EDGE) - aside + (row.left.width * scale if row.left else self._room())
            places.append(_Place(row, left, baseline - up, QPointF(right, below - up)))
        return places

    def _scroll(self, high: float, over: float) -> None:
        """Set the scroll bars: how high everything is, and by how much it is too wide."""
        room, bar = self.height() - self.foot(), px(6)
        self._bar.setRange(0, max(0, round(high - room)))
        self._across.setRange(0, max(0, round(over)))
        self._bar.setPageStep(max(round(room), 1))
        self._across.setPageStep(max(round(self._room()), 1))
        self._bar.setGeometry(self.width() - bar, 0, bar, max(round(room), 1))
        self._across.setGeometry(0, round(room) - bar, self.width(), bar)
        for each in (self._bar, self._across):
            if each.isVisibleTo(self) != (each.maximum() > 0):
                each.setVisible(each.maximum() > 0)

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        rows = self._rows()
        scale = self._scale(rows)
        room = self.height() - self.foot()
        painter.save()
        painter.setClipRect(QRectF(0, 0, self.width(), room))
        for place in self._places(rows, scale):
            below = max(place.baseline + place.row.below * scale, place.number.y() + px(8))
            if below > 0 and place.baseline - place.row.above * scale < room:
                self._paint_row(painter, place, scale)
        painter.restore()
        if any(typeset.missing(part) for row in self.summary.rows for part in pieces(row) if part):
            self._wait.start()

    def _font(self, scale: float) -> QFont:
        return fonts.ui(SIZE * scale / _zoom() * 0.9, 600)

    def _paint_row(self, painter: QPainter, place: _Place, scale: float) -> None:
        t, row, size = theme(), place.row, SIZE * scale / _zoom()
        if row.left is None:
            small = min(size, 14.0)
            foot = place.baseline + QFontMetricsF(fonts.ui(small)).descent()
            line = QRectF(px(8), foot - px(28), max(place.equals - px(8), 1.0), px(28))
            align = _LEFT if place.number.y() > place.baseline else _RIGHT
            line.setLeft(px(EDGE) if align == _LEFT else line.left())
            draw_text(painter, line, row.formula.plain, size=small, color=t.muted, align=align)
        else:
            self._place(painter, row.left, place.equals - row.left.width * scale, place.baseline, scale)
        if row.right is not None:
            self._place(painter, row.right, place.equals + GAP * SIZE * scale, place.baseline, scale)
        if row.formula.value is not None:
            font = self._font(scale)
            painter.setFont(font)
            painter.setPen(role_ink(row.formula.role) if row.formula.role else t.color("text"))
            painter.drawText(place.number, self._number(row.formula.value, font, place.number.x()))

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
        turn = event.angleDelta()
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turn.x()) > abs(turn.y())
        bar = self._across if sideways or not self._bar.maximum() else self._bar
        bar.setValue(bar.value() - round((turn.y() or turn.x()) / 120 * px(40)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, tuple[QScrollBar, int]] = {
            Qt.Key.Key_Down: (self._bar, px(24)), Qt.Key.Key_Up: (self._bar, -px(24)),
            Qt.Key.Key_Right: (self._across, px(24)), Qt.Key.Key_Left: (self._across, -px(24)),
            Qt.Key.Key_PageDown: (self._bar, self._bar.pageStep()),
            Qt.Key.Key_PageUp: (self._bar, -self._bar.pageStep()),
        }  # fmt: skip
        bar, by = steps.get(event.key(), (self._bar, 0))
        if by and bar.maximum():
            bar.setValue(bar.value() + by)
        else:
            super().keyPressEvent(event)


def _zoom() -> float:
    return px(1000) / 1000


def _width(row: _Row) -> float:
    """Of the formula without its number, at `SIZE`."""
    left = row.left.width if row.left else _plain_width(row)
    return left + (row.right.width + GAP * SIZE if row.right else 0.0)


def _plain_width(row: _Row) -> float:
    return text_width(row.formula.plain, SIZE) / _zoom()


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
