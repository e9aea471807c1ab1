"""The view of `ExamplePass`: one example through the network, a step forwards or backwards at a time.

At the left the step in words, as a formula, and the calculation at one unit; at the right the network with the numbers
that this step has brought. Left and right go through the steps, up and down through the units, the wheel scrolls.
Run it alone for a look: `python -m playground.gui.views.example`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from playground.engine.inside import ExamplePass, PassStep
from playground.gui.theme import px, theme
from playground.gui.views import example_rows as rows
from playground.gui.views import typeset
from playground.gui.views.base import ChartView, wrapped
from playground.gui.views.formulas import pieces
from playground.gui.views.readout import reading
from playground.gui.widgets import ToolButton
from playground.gui.widgets.base import FocusRing, draw_ring, rounded
from playground.gui.widgets.text import draw_text, plain_width, text_width, ui_face

BAR = 36
TEXT_SHARE, TEXT_LEAST, TEXT_MOST = 0.46, 190, 340
"""Of the width, and in pixels: the column of words."""
BOX, BOX_HIGH, PITCH_LEAST, PITCH_MOST, COLUMN_LEAST = 46, 17, 16, 36, 62
LINE = 16
MANY = 200
"""Links between two layers: of more, only those of the unit in focus are drawn."""
_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ExampleView(FocusRing, ChartView):
    shows = ExamplePass

    def __init__(self, parent: QWidget | None = None) -> None:
        self.step = 0
        self._unit, self._layer = 0, 1
        self._scroll_list = self._scroll_net = 0.0
        self._tools = {
            "back": ToolButton("chevron-left", self.tr("One step back"), size=28),
            "forward": ToolButton("chevron-right", self.tr("One step on"), size=28),
            "before": ToolButton("chevron-left", self.tr("The point before"), size=24, role="muted"),
            "after": ToolButton("chevron-right", self.tr("The next point"), size=24, role="muted"),
        }
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._wait = QTimer(self, interval=40)
        self._wait.timeout.connect(self._look)
        for button in self._tools.values():
            button.setParent(self)
            button.hide()
        self._tools["back"].clicked.connect(lambda: self.go(self.step - 1))
        self._tools["forward"].clicked.connect(lambda: self.go(self.step + 1))
        self._tools["before"].clicked.connect(lambda: self.looked.emit({"example": self.summary.before}))
        self._tools["after"].clicked.connect(lambda: self.looked.emit({"example": self.summary.after}))

    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.steps)

    def describe(self) -> str:
        now = self._now()
        return self.tr("step {i} of {n}: {caption} {formula} {value}").format(
            i=min(self.step + 1, len(self.summary.steps)), n=len(self.summary.steps), caption=now.caption,
            formula=now.formula.plain, value="" if now.formula.value is None else reading(now.formula.value),
        ).strip()  # fmt: skip

    # ---- which step, which unit
    def _now(self) -> PassStep:
        return self.summary.steps[min(self.step, len(self.summary.steps) - 1)]

    def go(self, step: int) -> None:
        """To a step; from the ends there is no further."""
        if self.has_data():
            step = min(max(step, 0), len(self.summary.steps) - 1)
            if step != self.step:
                self.step = step
                self._scroll_list = 0.0
                self._show_state()
                self.update()

    def _focus(self) -> tuple[int, int]:
        """(layer, unit) whose calculation is written out: in the layer of the step, of an update in any."""
        s, now = self.summary, self._now()
        layer = min(max(self._layer, 1), len(s.values) - 1) if now.kind == "update" else now.layer
        return layer, min(self._unit, len(s.values[layer]) - 1)

    def _changed(self) -> None:
        if self.has_data():
            self.step = min(self.step, len(self.summary.steps) - 1)
        self._show_state()

    def _show_state(self) -> None:
        has = self.has_data()
        for button in self._tools.values():
            button.setVisible(has)
        if has:
            self._tools["back"].setEnabled(self.step > 0)
            self._tools["forward"].setEnabled(self.step < len(self.summary.steps) - 1)
            self.setAccessibleDescription(self.describe())
        self._place_tools()

    def _place_tools(self) -> None:
        x, y = px(8), px(4)
        for name in ("back", "forward"):
            self._tools[name].move(x, y)
            x += px(28)
        right = self.width() - px(8)
        for name in ("after", "before"):
            right -= px(24)
            self._tools[name].move(right, px(6))
            right -= round(self._point_width()) if name == "after" else 0

    def _point_text(self) -> str:
        return self.tr("point {i} of {n}").format(i=self.summary.place + 1, n=self.summary.n)

    def _point_width(self) -> float:
        return text_width(self._point_text(), 12) + px(12) if self.has_data() else 0.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_tools()

    # ---- geometry
    def _text_box(self) -> QRectF:
        wide = min(max(TEXT_SHARE * self.width(), px(TEXT_LEAST)), px(TEXT_MOST), self.width())
        if self.width() < px(TEXT_LEAST + 100):  # words only
            wide = self.width()
        return QRectF(px(12), px(BAR), wide - px(20), self.height() - px(BAR) - self.foot() - px(4))

    def _net_box(self) -> QRectF:
        left = self._text_box().right() + px(8)
        return QRectF(left, px(BAR), max(self.width() - left - px(8), 0), self.height() - px(BAR) - self.foot() - px(4))

    def _columns(self) -> tuple[list[int], float]:
        """The layers that find room, those of the step among them, and the distance between two."""
        n, wide = len(self.summary.values), self._net_box().width() - px(BOX)
        most = max(2, int(wide // px(COLUMN_LEAST)) + 1)
        layer = self._focus()[0]
        first = min(max(0, layer - most // 2), n - most) if n > most else 0
        shown = list(range(first, min(first + most, n)))
        return shown, min(wide / max(len(shown) - 1, 1), px(150))

    def _pitch(self) -> float:
        """From one unit to the next: as far as the highest layer leaves room, within limits."""
        most = max(len(self.summary.values[layer]) for layer in self._columns()[0])
        return min(max(self._net_box().height() / most, px(PITCH_LEAST)), px(PITCH_MOST))

    def _box_high(self) -> float:
        return min(px(BOX_HIGH), self._pitch() - px(2))

    def _places(self) -> dict[int, list[QPointF]]:
        """{layer: centres of its units}; what is too high is scrolled."""
        box, (shown, apart) = self._net_box(), self._columns()
        most = max(len(self.summary.values[layer]) for layer in shown)
        pitch = self._pitch()
        over = max(0.0, most * pitch - box.height())
        self._scroll_net = min(max(self._scroll_net, 0.0), over)
        middle = box.center().y() + over / 2 - self._scroll_net
        left = box.center().x() - apart * (len(shown) - 1) / 2
        places = {}
        for k, layer in enumerate(shown):
            n = len(self.summary.values[layer])
            places[layer] = [QPointF(left + k * apart, middle + (i - (n - 1) / 2) * pitch) for i in range(n)]
        return places

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        self._paint_bar(painter)
        painter.save()
        painter.setClipRect(self._text_box().adjusted(-px(4), 0, px(4), 0))
        self._paint_words(painter)
        painter.restore()
        if self._net_box().width() >= px(90):
            painter.save()
            painter.setClipRect(self._net_box().adjusted(-px(4), 0, px(4), 0))
            self._paint_net(painter)
            painter.restore()
        if self.ring_on:
            draw_ring(painter, QRectF(self.rect()), 0)

    def _paint_bar(self, painter: QPainter) -> None:
        t, s = theme(), self.summary
        narrow = self.width() < px(300)
        words = "{i}/{n}" if narrow else self.tr("Step {i} of {n}")
        count = words.format(i=self.step + 1, n=len(s.steps))
        left = px(8) + 2 * px(28) + px(8)
        draw_text(painter, QRectF(left, 0, px(160), px(BAR)), count, weight=600)
        right = self.width() - px(8) - px(24) - self._point_width()
        draw_text(painter, QRectF(right, 0, self._point_width(), px(BAR)), self._point_text(), size=12, color=t.muted,
                  align=_CENTER)  # fmt: skip
        said = self.tr("truth {truth}, network {said}").format(truth=s.truth, said=s.said)
        room = QRectF(left + text_width(count, 13, 600) + px(16), 0, 0, px(BAR))
        room.setRight(right - px(24) - px(8))
        if text_width(said, 12) <= room.width():
            draw_text(painter, room, said, size=12, color=t.muted)

    def _paint_words(self, painter: QPainter) -> None:
        box, now, t = self._text_box(), self._now(), theme()
        y = box.top()
        for line in wrapped(now.caption, box.width(), 12, 4):
            draw_text(painter, QRectF(box.left(), y, box.width(), px(LINE)), line, size=12)
            y += px(LINE)
        y = self._paint_formula(painter, QRectF(box.left(), y + px(4), box.width(), px(34)))
        layer, unit = self._focus()
        if now.kind in ("sum", "delta", "gradient", "update") and not (
                now.kind == "delta" and layer == len(self.summary.values) - 1):  # fmt: skip
            name = rows.unit_name(self.summary, layer, unit)
            draw_text(painter, QRectF(box.left(), y, box.width(), px(LINE)), name, size=12, weight=600, color=t.accent)
            y += px(LINE)
        self._paint_list(painter, QRectF(box.left(), y, box.width(), max(box.bottom() - y, 0)), layer, unit)

    def _paint_formula(self, painter: QPainter, box: QRectF) -> float:
        """Typeset in one line as large as fits; the plain text until it is there. Returns where it ends."""
        formula = self._now().formula
        number = "" if formula.value is None else reading(formula.value)
        parts = [part for part in pieces(formula) if part]
        made = [typeset.formula(part) for part in parts]
        if any(typeset.missing(part) for part in parts):
            self._wait.start()
        if any(part is None for part in made):
            draw_text(painter, box, f"{formula.plain} {number}", size=12, color=theme().muted)
            return box.bottom()
        zoom, gap = px(1000) / 1000, 5.0
        end = text_width(number, 13, 600) + px(6) if number else 0.0
        wide = sum(part.width + gap for part in made if part is not None)
        scale = min(0.72 * zoom, (box.width() - end) / max(wide, 1.0))
        above, below = (max(getattr(part, side) for part in made) * scale for side in ("above", "below"))
        x, baseline, ratio = box.left(), box.top() + above, self.devicePixelRatioF()
        for part in made:
            picture = typeset.pixmap(part, theme().text, round(scale, 3), ratio)
            painter.drawPixmap(QPointF(round(x), round(baseline - part.above * scale)), picture)
            x += (part.width + gap) * scale
        if number:
            draw_text(painter, QRectF(x + px(2), baseline - px(12), end, px(16)), number, weight=600)
        return baseline + below + px(6)

    def _paint_list(self, painter: QPainter, box: QRectF, layer: int, unit: int) -> None:
        lines, t = rows.lines(self.summary, self._now(), layer, unit), theme()
        box = QRectF(box.topLeft(), QSizeF(box.width(), max(box.height() // px(LINE), 1) * px(LINE)))  # whole rows
        over = max(0.0, len(lines) * px(LINE) - box.height())
        self._scroll_list = min(max(self._scroll_list, 0.0), over)
        begin = box.top() - round(self._scroll_list / px(LINE)) * px(LINE)
        painter.setClipRect(box.adjusted(0, 0, px(4), 0), Qt.ClipOperation.IntersectClip)
        for i, line in enumerate(lines):
            y = begin + i * px(LINE)
            if y >= box.bottom() or y + px(LINE) < box.top():
                continue
            row = QRectF(box.left(), y, box.width() - (px(8) if over else 0), px(LINE))
            weight = 600 if line.total else 400
            numbers = text_width(line.text, 12, weight)
            room = row.adjusted(0, 0, -numbers - px(6), 0)
            name = line.name if not line.short or text_width(line.name, 12) <= room.width() else line.short
            draw_text(painter, room, name, size=12, color=t.muted)
            draw_text(painter, row, line.text, size=12, weight=weight, align=_RIGHT)
        if over:
            share = box.height() / (box.height() + over)
            top = box.top() + self._scroll_list / over * (1 - share) * box.height()
            rounded(painter, QRectF(box.right() - px(1), top, px(4), share * box.height()), px(2), t.track)

    def _paint_net(self, painter: QPainter) -> None:
        s, now, places = self.summary, self._now(), self._places()
        shown = rows.unit_numbers(s, now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self._focus()
        for layer in places:
            if layer - 1 in places:
                self._paint_links(painter, layer, places, focus)
        lit = {now.layer} if now.kind != "update" else set()
        for layer, centres in places.items():
            self._paint_units(painter, centres, shown[layer], layer in lit, focus[1] if layer == focus[0] else -1)
        self._paint_scroll(painter, max(map(len, places.values())) * self._pitch())

    def _paint_scroll(self, painter: QPainter, high: float) -> None:
        """How much of the network, `high` pixels of it, lies above and below."""
        box = self._net_box()
        if high > box.height() + 1:
            share = box.height() / high
            top = box.top() + self._scroll_net / high * box.height()
            rounded(painter, QRectF(box.right(), top, px(4), share * box.height()), px(2), theme().track)

    def _paint_links(self, painter: QPainter, layer: int, places: dict[int, list[QPointF]],
                     focus: tuple[int, int]) -> None:  # fmt: skip
        """Those of the step in the colour of their sign, the strongest into the unit in focus; if few, others thin."""
        s, now, t = self.summary, self._now(), theme()
        numbers, half = rows.link_numbers(s, now, layer), px(BOX) / 2
        values = numbers if numbers is not None else s.weights[layer - 1]
        most = max(float(np.abs(values).max()), 1e-300) if values.size else 1.0
        behind = now.kind == "delta"
        unlit, many = QPen(t.color("axis", 0.5), 1), values.size > MANY
        if many and numbers is None:
            return
        for i, j in _of_unit(values, layer, focus, behind) if many else np.ndindex(values.shape):
            a, b = places[layer - 1][j], places[layer][i]
            start, end = QPointF(a.x() + half, a.y()), QPointF(b.x() - half, b.y())
            mine = numbers is not None and focus == ((layer - 1, j) if behind else (layer, i))
            if numbers is None:
                painter.setPen(unlit)
            else:
                share = abs(float(values[i, j])) / most
                color = QColor(t.positive if values[i, j] >= 0 else t.negative)
                color.setAlphaF(1.0 if mine else 0.3)
                painter.setPen(QPen(color, (1.0 + 3.0 * share) if mine else 0.8 + 1.2 * share))
            painter.drawLine(start, end)
        if numbers is not None:
            self._paint_link_numbers(painter, numbers, layer, places, focus, behind)

    def _paint_link_numbers(self, painter: QPainter, numbers: np.ndarray, layer: int, places: dict[int, list[QPointF]],
                            focus: tuple[int, int], behind: bool) -> None:  # fmt: skip
        """On the links of the unit in focus, where the columns leave room for them."""
        t = theme()
        if places[layer][0].x() - places[layer - 1][0].x() - px(BOX) < px(64):
            return
        for i, j in _of_unit(numbers, layer, focus, behind):
            a, b = places[layer - 1][j], places[layer][i]
            share = 0.66 if behind else 0.34  # near the ends that lie apart
            text = rows.short(float(numbers[i, j]))
            wide = text_width(text, 11) + px(6)
            x, y = (a.x() + (b.x() - a.x()) * share), a.y() + (b.y() - a.y()) * share
            tag = QRectF(x - wide / 2, y - px(7), wide, px(14))
            rounded(painter, tag, px(3), t.color("canvas", 0.85))
            draw_text(painter, tag, text, size=11, align=_CENTER)

    def _paint_units(self, painter: QPainter, centres: list[QPointF], shown: tuple[str, np.ndarray] | None, lit: bool,
                     focus: int) -> None:  # fmt: skip
        """Boxes with the numbers of a layer; `focus` is the unit that is written out, or -1."""
        t, room, wide, high = theme(), self._net_box(), px(BOX), self._box_high()
        font, metrics = ui_face(11, 600 if lit else 400)
        shift = (metrics.ascent() - metrics.descent()) / 2
        ink = t.color("accent" if shown is not None and shown[0] == "delta" else "text")
        edge = t.color("accent" if lit else "control" if shown is not None else "border")
        painter.setFont(font)
        painter.setBrush(t.color("accent_soft" if lit else "field"))
        for i, at in enumerate(centres):
            if not room.top() - high < at.y() < room.bottom() + high:
                continue
            painter.setPen(QPen(t.color("accent"), 2) if i == focus else QPen(edge, 1))
            box = QRectF(round(at.x() - wide / 2) + 0.5, round(at.y() - high / 2) + 0.5, wide - 1, high - 1)
            painter.drawRoundedRect(box, 4, 4)
            if shown is not None:
                text = rows.short(float(shown[1][i]))
                painter.setPen(ink)
                left = at.x() - plain_width(text, 11, 600 if lit else 400) / 2
                painter.drawText(QPointF(left, at.y() + shift), text)

    # ---- while formulas are on their way
    def _look(self) -> None:
        parts = [part for part in pieces(self._now().formula) if part] if self.has_data() else []
        if not self.isVisible() or not any(typeset.missing(part) for part in parts):
            self._wait.stop()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._wait.stop()

    # ---- keys and mouse
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        units = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if self.has_data() and event.key() in steps:
            self.go(self.step + steps[Qt.Key(event.key())])
        elif self.has_data() and event.key() in units:
            layer, unit = self._focus()
            n = len(self.summary.values[layer])
            self._choose(layer, (unit + units[Qt.Key(event.key())]) % n)
        else:
            super().keyPressEvent(event)

    def _choose(self, layer: int, unit: int) -> None:
        self._layer, self._unit, self._scroll_list = layer, unit, 0.0
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.has_data() or event.button() != Qt.MouseButton.LeftButton:
            return
        for layer, centres in self._places().items():
            for i, at in enumerate(centres):
                away = event.position() - at
                if abs(away.x()) <= px(BOX) / 2 and abs(away.y()) <= self._box_high() / 2:
                    self._choose(layer, i)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() / 120 * px(LINE) * 2
        if event.position().x() < self._text_box().right():
            self._scroll_list -= turn
        else:
            self._scroll_net -= turn
        self.update()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()


def _of_unit(values: np.ndarray, layer: int, focus: tuple[int, int], behind: bool) -> list[tuple[int, int]]:
    """(unit, unit before) of the links into `layer` that belong to the unit in focus, which may stand behind them."""
    if focus[0] != (layer - 1 if behind else layer):
        return []
    if behind:
        return [(i, focus[1]) for i in range(values.shape[0])]
    return [(focus[1], j) for j in range(values.shape[1])]


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("example")
