"""The view of `Gallery`: several fits as small pictures with common axes, in the textbook's colours.

A click on a picture makes its model the current one. Run it alone for a look:
`python -m playground.gui.views.gallery`.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Gallery, Panel
from playground.gui import plot
from playground.gui.markers import Atlas
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import Theme, px, theme
from playground.gui.views.cells import CellsView
from playground.gui.views.readout import draw_read_out
from playground.gui.widgets.base import draw_ring, rounded
from playground.gui.widgets.text import draw_text, plain, symbol, text_width

HEAD, GAP = 18, 12
ASPECT = 1.5
"""How much wider than high a picture of a curve wants to be."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GalleryView(CellsView):
    shows = Gallery

    def __init__(self, parent: QWidget | None = None) -> None:
        self._stamp: tuple[object, Atlas] | None = None
        self._picture: tuple[object, QPixmap] | None = None
        self._truths: dict[QSize, QPixmap] = {}
        self._shape: tuple[object, tuple[int, int]] | None = None
        super().__init__(parent)

    def _changed(self) -> None:
        super()._changed()
        self._picture = self._shape = None

    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.panels)

    def describe(self) -> str:
        return "; ".join(self.say(i) for i in range(self.count()))

    # ---- parts
    def count(self) -> int:
        return len(self.summary.panels)

    def columns(self) -> int:
        return self._grid()[0]

    def first(self) -> int:
        return next((i for i, panel in enumerate(self.summary.panels) if panel.current), 0)

    def part_at(self, at: QPointF) -> int | None:
        return next((i for i in range(self.count()) if self._place(i).contains(at)), None)

    def say(self, part: int) -> str:
        panel = self.summary.panels[part]
        words = [plain(panel.label), panel.caption, self.tr("shown now") if panel.current else ""]
        return ", ".join(word for word in words if word)

    def take(self, part: int) -> None:
        changes = dict(self.summary.panels[part].changes)
        if changes:
            self.picked.emit(changes)

    # ---- geometry
    def _area(self) -> QRectF:
        """Where the pictures stand, the numbers of the axes left of it and below."""
        left, bottom = float(px(12)), px(8) + self.foot()
        if self._has_ticks():
            left, bottom = px(12) + self._axis_y().width(11) + px(6), px(20) + self.foot()
        return QRectF(left, px(6), max(self.width() - left - px(12), px(40)),
                      max(self.height() - px(6) - bottom, px(40)))  # fmt: skip

    def _has_ticks(self) -> bool:
        return self.height() >= px(120) and self.width() >= px(240)

    def _axis_y(self) -> Axis:
        values = plot.ticks(*self.summary.y_range, most=3)
        return Axis(values, plot.tick_texts(values, short=True))

    def _grid(self) -> tuple[int, int]:
        """Columns and rows that give the largest pictures of the wanted shape; of equal ones the fuller grid."""
        key = (self.width(), self.height(), px(100))
        if self._shape is None or self._shape[0] != key:
            self._shape = key, self._best_grid()
        return self._shape[1]

    def _best_grid(self) -> tuple[int, int]:
        area, n = self._area(), max(self.count(), 1)
        best = (0.0, 1, n)
        for columns in range(1, n + 1):
            rows = math.ceil(n / columns)
            if columns != math.ceil(n / rows):
                continue
            wide = (area.width() - (columns - 1) * px(GAP)) / columns
            high = (area.height() - (rows - 1) * px(GAP / 2)) / rows - px(HEAD)
            if wide > 0 and high > 0:
                size = min(wide / ASPECT, high) - 0.01 * (columns * rows - n)
                best = max(best, (size, columns, rows), key=lambda choice: choice[0])
        return best[1], best[2]

    def _place(self, i: int) -> QRectF:
        """A picture with its head, in whole pixels."""
        area, (columns, rows) = self._area(), self._grid()
        row, column = divmod(i, columns)
        wide = (area.width() - (columns - 1) * px(GAP)) / columns
        high = (area.height() - (rows - 1) * px(GAP / 2)) / rows
        left, top = area.left() + column * (wide + px(GAP)), area.top() + row * (high + px(GAP / 2))
        return QRectF(round(left), round(top), round(left + wide) - round(left), round(top + high) - round(top))

    def _frame(self, place: QRectF) -> Frame:
        box = place.adjusted(0, px(HEAD), 0, 0)
        low, high = self.summary.x_range
        pad = (high - low) * px(7) / max(box.width() - 2 * px(7), 1.0)  # the outermost points are seen whole
        return Frame(box, (low - pad, high + pad), self.summary.y_range)

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        """The curves are drawn once for a summary and a size; pointing at them only changes frames."""
        key = (self.size(), self.devicePixelRatioF(), px(100), theme().name)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * self.devicePixelRatioF())
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            picture.fill(theme().color(self.ground))
            self._truths = {}
            inner = QPainter(picture)
            try:
                self._paint_all(inner)
            finally:
                inner.end()
            self._picture = key, picture
        painter.drawPixmap(0, 0, self._picture[1])
        for i, panel in enumerate(self.summary.panels):
            self._paint_state(painter, i, panel)

    def _paint_all(self, painter: QPainter) -> None:
        columns, n = self._grid()[0], self.count()
        axis_y = self._axis_y()
        values = plot.ticks(*self.summary.x_range, most=2)
        axis_x = Axis(values, plot.tick_texts(values, short=True))
        for i, panel in enumerate(self.summary.panels):
            place = self._place(i)
            frame = self._frame(place)
            if min(frame.rect.width(), frame.rect.height()) < px(6):
                continue  # no room for a picture
            self._paint_panel(painter, panel, place, frame)
            if not self._has_ticks():
                continue
            if i % columns == 0:
                plot.draw_y_ticks(painter, frame, axis_y, 11)
            if i + columns >= n and i // columns == (n - 1) // columns:
                self._paint_x_ticks(painter, frame, axis_x)

    def _paint_x_ticks(self, painter: QPainter, frame: Frame, axis: Axis) -> None:
        """Under the frame; the first and the last text stay inside its width, their neighbours are close."""
        for x, text in zip(frame.px(axis.values), axis.texts, strict=True):
            wide = text_width(text, 11)
            left = min(max(float(x) - wide / 2, frame.rect.left()), frame.rect.right() - wide)
            row = QRectF(left, frame.rect.bottom() + px(3), wide + 2, px(14))
            draw_text(painter, row, text, size=11, color=theme().muted)

    def _paint_panel(self, painter: QPainter, panel: Panel, place: QRectF, frame: Frame) -> None:
        t, box = theme(), frame.rect
        self._paint_head(painter, panel, place)
        if frame.y[0] < 0 < frame.y[1]:
            plot.hline(painter, box.left(), box.right(), float(frame.py(0.0)), t.grid)
        painter.save()
        painter.setClipRect(box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = box.height() < px(110)
        painter.drawPixmap(box.topLeft(), self._truth(frame))
        self._paint_curve(painter, frame, panel.y, plot.pen(t.color("fit"), 2.25 if small else 2.75))
        self._paint_points(painter, frame, small)
        painter.restore()
        if panel.current:
            rounded(painter, box.adjusted(-1, -1, 1, 1), px(3), line=t.accent, width=2)
        else:
            rounded(painter, box, px(2), line=t.border)

    def _paint_curve(self, painter: QPainter, frame: Frame, y: Floats, line: QPen) -> None:
        """With a point for every other pixel, which is smooth."""
        x = np.asarray(self.summary.x, dtype=np.float64)
        n = min(len(x), len(y))
        if n > 1:
            step = max(1, int(len(x) / max(frame.rect.width() / 2, 40)))
            part = np.r_[0 : n - 1 : step, n - 1]
            down = frame.py(np.asarray(y, dtype=np.float64)[part])
            plot.draw_curve(painter, frame.px(x[part]), down, line, frame.rect)

    def _truth(self, frame: Frame) -> QPixmap:
        """The true function is the same in all pictures: drawn once for each size of them."""
        size, ratio = frame.rect.size().toSize(), self.devicePixelRatioF()
        if size not in self._truths:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            try:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                own = replace(frame, rect=QRectF(0, 0, size.width(), size.height()))
                line = plot.pen(theme().color("truth"), 1.75 if size.height() < px(110) else 2.25)
                self._paint_curve(painter, own, self.summary.truth, line)
            finally:
                painter.end()
            self._truths[size] = picture
        return self._truths[size]

    def _paint_state(self, painter: QPainter, i: int, panel: Panel) -> None:
        """Frames of the picture that is pointed at; its caption where the head had no room for it."""
        t, place = theme(), self._place(i)
        if i == self.hovered and not panel.current:
            rounded(painter, place.adjusted(-1, px(HEAD) - 1, 1, 1), px(3), line=t.control, width=2)
        if i == self.focused:
            draw_ring(painter, place.adjusted(-px(4), -1, px(4), px(4)), px(5))
        if i == self.lit and panel.caption and not self._room(panel, place):
            at = QPointF(place.right() - px(20), place.top() + px(HEAD) + px(16))
            draw_read_out(painter, QRectF(self.rect()), at, [(None, _label(panel), panel.caption)])

    def _room(self, panel: Panel, place: QRectF) -> bool:
        """Whether the caption fits beside the label."""
        free = place.width() - text_width(_label(panel), 12, 600) - px(12)
        return free >= text_width(panel.caption, 11)

    def _paint_head(self, painter: QPainter, panel: Panel, place: QRectF) -> None:
        """The label at the left, the caption at the right if it fits beside it."""
        t = theme()
        label = _label(panel)
        head = QRectF(place.left() + px(1), place.top(), place.width() - px(2), px(HEAD) - px(2))
        draw_text(painter, head, label, size=12, weight=600, color=t.accent if panel.current else t.text)
        if panel.caption and self._room(panel, place):
            draw_text(painter, head, panel.caption, size=11, color=t.muted, align=_RIGHT)

    def _paint_points(self, painter: QPainter, frame: Frame, small: bool) -> None:
        x, y = np.asarray(self.summary.points_x), np.asarray(self.summary.points_t)
        n = min(len(x), len(y))
        across, down = frame.px(x[:n]), frame.py(np.asarray(y[:n], dtype=np.float64))
        seen = np.isfinite(across) & np.isfinite(down)
        seen &= (down > frame.rect.top() - px(6)) & (down < frame.rect.bottom() + px(6))
        size = px(4) if n > 100 else px(6) if small else px(8)
        atlas = self._atlas(size)
        atlas.stamp(painter, across[seen], down[seen], 0)

    def _atlas(self, size: int) -> Atlas:
        t, ratio = theme(), self.devicePixelRatioF()
        key = (t.name, size, ratio)
        if self._stamp is None or self._stamp[0] != key:

            def circle(painter: QPainter, i: int) -> None:
                _draw_circle(painter, size, t)

            self._stamp = key, Atlas(1, size + 4, ratio, circle)
        return self._stamp[1]


def _label(panel: Panel) -> str:
    """Marked up where it is a formula."""
    return symbol(panel.label) if "=" in panel.label else panel.label


def _draw_circle(painter: QPainter, size: int, t: Theme) -> None:
    """A blue circle around the origin, hollow as in the textbook."""
    width = max(size / 5, 1.25)
    painter.setPen(QPen(t.color("train"), width))
    painter.setBrush(t.color("canvas"))
    painter.drawEllipse(QPointF(0, 0), size / 2 - width / 4, size / 2 - width / 4)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("gallery")
