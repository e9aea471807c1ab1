"""The view of `SideBySide`: the map of each model with its measures, and where the models disagree.

A click on a map makes its model the main one, the cross puts it away; the mouse over a point reads out what each model
says of it; a click on the last picture chooses the points on the canvas that they disagree on. Run it alone for a look:
`python -m playground.gui.views.side_by_side`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine.comparison import Contender, SideBySide
from playground.engine.snapshot import Score
from playground.gui import icons
from playground.gui.numbers import fmt
from playground.gui.theme import host, px, theme
from playground.gui.views.cells import CellsView
from playground.gui.views.readout import Row, draw_read_out, reading
from playground.gui.views.side_by_side_maps import Maps
from playground.gui.widgets.base import draw_ring, rounded
from playground.gui.widgets.buttons import TextButton
from playground.gui.widgets.text import draw_text, text_width

HEAD, LINE, GAP = 20, 15, 14
NEAR = 7
"""So far, in pixels, the mouse may be from the point that it reads out."""
_DOT = " \N{MIDDLE DOT} "


class SideBySideView(CellsView):
    """points_chosen(ids): to be seen on the canvas. enlarged(on): the person wants it large, or as before."""

    shows = SideBySide
    icon = "chart-scatter"

    points_chosen = Signal(object)
    enlarged = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._picture: tuple[object, QPixmap] | None = None
        self._point: int | None = None
        self._maps = Maps()
        self.add: Any = None
        super().__init__(parent)
        self.large = QAction(self.tr("large"), self, checkable=True)
        self.large.setToolTip(self.tr("Show the models large, or as before"))
        self.large.toggled.connect(self.enlarged)
        self.add = TextButton(self.tr("Add a model"), parent=self)
        self.add.clicked.connect(self._offer)
        self._place_buttons()

    # ---- what it offers
    def actions_(self) -> list[QAction]:
        return [self.large]

    def choices(self) -> tuple[Any, ...]:
        return self.summary.rivals if self.summary is not None else ()

    def menu(self) -> QMenu:
        """What may be added."""
        menu = QMenu(self)
        for choice in self.choices():
            menu.addAction(choice.label, lambda choice=choice: self.picked.emit(dict(choice.changes)))
        return menu

    def _offer(self) -> None:
        self.menu().popup(self.add.mapToGlobal(self.add.rect().topLeft()))

    def _show_choices(self) -> None:
        self._place_buttons()

    def _place_buttons(self) -> None:
        if self.add is not None:
            self.add.setVisible(bool(self.choices()) and self.height() >= px(150))
            self.add.move(self.width() - self.add.width() - px(12), self.height() - self.add.height() - px(6))

    def _buttons_width(self) -> float:
        return self.add.width() + px(8) if self.add is not None and not self.add.isHidden() else 0.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture = None

    def _changed(self) -> None:
        super()._changed()
        self._picture, self._point = None, None

    # ---- parts: the models, then the picture of where they disagree
    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.contenders)

    def count(self) -> int:
        n = len(self.summary.contenders)
        return n + (sum(bool(one.map.values.size) for one in self.summary.contenders) > 1)

    def columns(self) -> int:
        return self._grid()[0]

    def part_at(self, at: QPointF) -> int | None:
        return next((i for i in range(self.count()) if self._place(i).contains(at)), None)

    def say(self, part: int) -> str:
        if part >= len(self.summary.contenders):
            return f"{self.tr('Where they disagree')}: {', '.join(self._disagreement())}"
        one = self.summary.contenders[part]
        words = [one.title, one.detail, one.note or ", ".join(self._lines(one)), "" if one.text else self.tr("main")]
        return ", ".join(word for word in words if word)

    def describe(self) -> str:
        return "; ".join(self.say(i) for i in range(self.count()))

    def take(self, part: int) -> None:
        s = self.summary
        if part >= len(s.contenders):
            self.points_chosen.emit(s.ids[s.apart])
        elif s.contenders[part].take:
            self.picked.emit(dict(s.contenders[part].take))

    # ---- the mouse and the keys
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = self._point_at(event.position()) if self.has_data() else None
        if point != self._point:
            self._point = point
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._point = None
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position()) if self.has_data() else None
        if part is not None and self._removable(part) and self._cross(part).contains(event.position()):
            self._remove(part)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        part = self.focused
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and part is not None and self._removable(part):
            self._remove(part)
        else:
            super().keyPressEvent(event)

    def _removable(self, part: int) -> bool:
        return part < len(self.summary.contenders) and bool(self.summary.contenders[part].remove)

    def _remove(self, part: int) -> None:
        self.picked.emit(dict(self.summary.contenders[part].remove))

    def _point_at(self, at: QPointF) -> int | None:
        """Index of the point under the mouse, in any of the maps."""
        part = self.part_at(at)
        if part is None or not len(self.summary.X):
            return None
        x, y = self._maps.places(self.summary, self._box(part))
        far = np.hypot(x - at.x(), y - at.y())
        nearest = int(np.argmin(far))
        return nearest if far[nearest] <= px(NEAR) else None

    # ---- geometry
    def _foot_lines(self) -> int:
        """Lines of measures under a map: one where there is little room."""
        return 1 if self.height() < px(230) else 2

    def _grid(self) -> tuple[int, int]:
        """Columns and rows that give the largest maps."""
        n, area = max(self.count(), 2), self._area()
        best = (0.0, n, 1)
        for columns in range(1, n + 1):
            rows = math.ceil(n / columns)
            side = self._side(area, columns, rows)
            best = max(best, (side, columns, rows), key=lambda choice: choice[0])
        return best[1], best[2]

    def _side(self, area: QRectF, columns: int, rows: int) -> float:
        """Of the largest square."""
        wide = (area.width() - (columns - 1) * px(GAP)) / columns
        high = (area.height() - (rows - 1) * px(GAP)) / rows - px(HEAD) - self._foot_lines() * px(LINE)
        return min(wide, high)

    def _area(self) -> QRectF:
        return QRectF(px(12), px(6), max(self.width() - px(24), px(40)),
                      max(self.height() - px(10) - self.foot(), px(40)))  # fmt: skip

    def _place(self, i: int) -> QRectF:
        """A map with its head and its measures. Where the height bounds the maps they stand apart, so that their
        measures find room."""
        area, (columns, rows) = self._area(), self._grid()
        row, column = divmod(i, columns)
        high = (area.height() - (rows - 1) * px(GAP)) / rows
        wide = min((area.width() - (columns - 1) * px(GAP)) / columns, max(high, px(212)))
        left, top = area.left() + column * (wide + px(GAP)), area.top() + row * (high + px(GAP))
        return QRectF(round(left), round(top), round(wide), round(high))

    def _box(self, i: int) -> QRectF:
        place = self._place(i)
        side = min(place.width(), place.height() - px(HEAD) - self._foot_lines() * px(LINE))
        return QRectF(place.left(), place.top() + px(HEAD), max(side, 1.0), max(side, 1.0)).toRect().toRectF()

    def _cross(self, i: int) -> QRectF:
        place = self._place(i)
        return QRectF(min(place.right(), self._box(i).right()) - px(18), place.top(), px(18), px(18))

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        """The maps are drawn once for a summary and a size; pointing at them only changes frames."""
        key = (self.size(), self.devicePixelRatioF(), host().zoom, theme().name)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * self.devicePixelRatioF())
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            picture.fill(theme().color(self.ground))
            inner = QPainter(picture)
            try:
                for i in range(self.count()):
                    self._paint_part(inner, i)
            finally:
                inner.end()
            self._picture = key, picture
        painter.drawPixmap(0, 0, self._picture[1])
        for i in range(self.count()):
            self._paint_state(painter, i)
        if self._point is not None:
            self._paint_point(painter, self._point)

    def _paint_part(self, painter: QPainter, i: int) -> None:
        t, s, box, place = theme(), self.summary, self._box(i), self._place(i)
        main = i < len(s.contenders) and not s.contenders[i].text
        head = QRectF(place.left(), place.top(), place.width() - px(2), px(HEAD) - px(4))
        if i >= len(s.contenders):
            draw_text(painter, head, self.tr("Where they disagree"), size=12, weight=600, color=t.text)
            self._maps.paint_disagreement(painter, box, s)
            lines = self._disagreement()
        else:
            one = s.contenders[i]
            draw_text(painter, head, one.title, size=12, weight=600, color=t.accent if main else t.text)
            self._paint_detail(painter, head, one)
            if one.note and not one.map.values.size:
                self._maps.paint_note(painter, box, one.note)
            else:
                self._maps.paint(painter, box, s, one)
            lines = self._lines(one)
        rounded(painter, box.adjusted(-1, -1, 1, 1), px(3), line=t.accent if main else t.border, width=2 if main else 1)
        best = i < len(s.contenders) and self._is_best(s.contenders[i])
        for k, line in enumerate(lines[: self._foot_lines()]):
            line = self._short(line, place.width())
            row = QRectF(place.left(), box.bottom() + px(3) + k * px(LINE), place.width(), px(LINE))
            strong = best and k == 0
            draw_text(painter, row, line, size=11, weight=600 if strong else 400, color=t.text if k == 0 else t.muted)

    def _paint_detail(self, painter: QPainter, head: QRectF, one: Contender) -> None:
        """What is not as usual of its settings, as far as there is room."""
        free = self._cross_left(one, head) - head.left() - text_width(one.title, 12, 600) - px(8)
        if one.detail and free >= text_width(one.detail, 11):
            row = head.adjusted(text_width(one.title, 12, 600) + px(8), 0, 0, 0)
            draw_text(painter, row, one.detail, size=11, color=theme().muted)

    def _cross_left(self, one: Contender, head: QRectF) -> float:
        return head.right() - (px(20) if one.remove else 0)

    def _paint_state(self, painter: QPainter, i: int) -> None:
        t, box, place = theme(), self._box(i), self._place(i)
        if i == self.hovered and self._point is None:
            rounded(painter, box.adjusted(-2, -2, 2, 2), px(4), line=t.control, width=2)
        if i == self.focused:
            draw_ring(painter, place.adjusted(-px(4), -px(2), px(4), 0), px(5))
        if i == self.lit and self._removable(i):
            cross = self._cross(i)
            rounded(painter, cross, px(4), t.hover)
            size = px(12)
            icon = icons.pixmap("x", size, t.text, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(cross.center().x() - size / 2, cross.center().y() - size / 2), icon)

    def _paint_point(self, painter: QPainter, point: int) -> None:
        """The point in all maps, and what each model says of it."""
        s = self.summary
        for i in range(self.count()):
            self._maps.paint_lit(painter, self._box(i), s, point)
        rows: list[Row] = [(None, self.tr("It is"), self._name(float(s.truth[point])))]
        for one in s.contenders:
            if len(one.said) == len(s.ids):
                rows.append((None, one.title, self._name(float(one.said[point]))))
        i = self.hovered if self.hovered is not None else 0
        x, y = self._maps.places(s, self._box(i))
        draw_read_out(painter, QRectF(self.rect()), QPointF(x[point], y[point]), rows)

    # ---- words
    def _name(self, value: float) -> str:
        if not math.isfinite(value):
            return self.tr("undecided")
        return self.summary.names[int(value)] if self.summary.names else reading(value)

    def _error(self, score: Score | None) -> float | None:
        """The share that is wrong, or the RMS."""
        if score is None:
            return None
        return 1.0 - score.accuracy if score.accuracy is not None else score.rms

    def _figure(self, error: float | None) -> str:
        if error is None:
            return "\N{EN DASH}"
        return f"{fmt(100 * error, 1)} %" if self.summary.names else reading(error)

    def _lines(self, one: Contender) -> list[str]:
        """Errors; then time and size."""
        if one.note and not one.scores:
            return [one.note]
        word = self.tr("error") if self.summary.names else self.tr("RMS")
        parts = ((self.tr("training"), "train"), (self.tr("test"), "test"))
        errors = "  ".join(f"{name} {self._figure(self._error(one.scores[part]))}" for name, part in parts
                           if part in one.scores)  # fmt: skip
        cost = [self.tr("{n} parameters").format(n=fmt(one.n_parameters)), seconds_text(one.seconds)]
        if one.epochs is not None:
            cost.append(self.tr("{n} epochs").format(n=fmt(one.epochs)))
        return [f"{word}  {errors}", _DOT.join(cost)]

    def _short(self, line: str, width: float) -> str:
        """As many of its parts as find room: of errors the last ones, of costs the first ones."""
        while text_width(line, 11, 600) > width and "  " in line:
            line = line.partition("  ")[2]
        while text_width(line, 11) > width and _DOT in line:
            line = line.rpartition(_DOT)[0]
        return line

    def _is_best(self, one: Contender) -> bool:
        """Whether its test error is the least of several."""
        errors = [self._error(other.scores.get("test")) for other in self.summary.contenders]
        known = [error for error in errors if error is not None and math.isfinite(error)]
        mine = self._error(one.scores.get("test"))
        return len(known) > 1 and mine is not None and mine <= min(known) and min(known) < max(known)

    def _disagreement(self) -> list[str]:
        s = self.summary
        share = self.tr("{share} % of the plane").format(share=fmt(100 * s.share, 1))
        points = self.tr("{n} of {all} points").format(n=fmt(int(s.apart.sum())), all=fmt(len(s.ids)))
        return [share, points]


def seconds_text(seconds: float) -> str:
    """How long something took, in three digits at most."""
    if seconds <= 0:
        return "0 s"
    if seconds < 1e-3:
        return f"{fmt(1e6 * seconds, 0)} µs"
    return f"{fmt(1e3 * seconds, 1 if seconds < 0.01 else 0)} ms" if seconds < 1 else f"{fmt(seconds, 1)} s"


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("side_by_side")
