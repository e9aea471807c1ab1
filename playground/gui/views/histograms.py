"""The view of `Histograms`: small multiples, one row for each layer; dead and saturated units are counted.

Run it alone for a look: `python -m playground.gui.views.histograms`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from playground.engine.inside import Histogram, Histograms, LayerHistograms
from playground.engine.models.mlp import NAMES as NAMES_OF
from playground.gui import plot
from playground.gui.theme import px, theme
from playground.gui.views.base import HoverView
from playground.gui.views.readout import Row, draw_read_out, reading
from playground.gui.widgets.text import draw_text, text_width

HEAD, GAP, NAMES = 20, 12, 92
RANGES_FROM = 34
"""A row must be so high before the ends of its ranges are written under it."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WHAT = ("activations", "weights", "gradients")


class HistogramsView(HoverView):
    shows = Histograms

    def __init__(self, parent: QWidget | None = None) -> None:
        self._boxes: tuple[object, dict[tuple[int, int], QRectF]] = (None, {})
        super().__init__(parent)

    def has_data(self) -> bool:
        return self.summary is not None and bool(self.summary.layers)

    def describe(self) -> str:
        return "; ".join(", ".join([layer.name, *self._state(layer)]) for layer in self.summary.layers)

    def _heads(self) -> tuple[str, ...]:
        return self.tr("Activations"), self.tr("Weights"), self.tr("Gradients")

    def _state(self, layer: LayerHistograms) -> list[str]:
        """What is wrong with its units."""
        found = []
        if layer.dead:
            found.append(self.tr("{n}/{all} dead").format(n=layer.dead, all=layer.n_units))
        if layer.saturated:
            found.append(self.tr("{n}/{all} saturated").format(n=layer.saturated, all=layer.n_units))
        return found

    def _box(self, row: int, column: int) -> QRectF:
        """Where the bars of one histogram stand."""
        key = (self.size(), len(self.summary.layers), px(1000), self.foot())
        if key != self._boxes[0]:
            self._boxes = key, {}
        boxes = self._boxes[1]
        if (row, column) not in boxes:
            boxes[row, column] = self._place(row, column)
        return boxes[row, column]

    def _place(self, row: int, column: int) -> QRectF:
        n = len(self.summary.layers)
        left = px(12) + px(NAMES)
        wide = (self.width() - left - px(12) - 2 * px(GAP)) / 3
        high = (self.height() - px(HEAD) - px(6) - self.foot()) / n
        under = px(14) if high >= px(RANGES_FROM) else px(3)
        top = px(HEAD) + row * high
        return QRectF(round(left + column * (wide + px(GAP))), round(top + px(2)), max(round(wide), 4),
                      max(round(high - under - px(2)), 3))  # fmt: skip

    def paint(self, painter: QPainter) -> None:
        t = theme()
        for column, head in enumerate(self._heads()):
            box = self._box(0, column)
            draw_text(painter, QRectF(box.left(), px(2), box.width(), px(18)), head, size=12, weight=600)
        for row, layer in enumerate(self.summary.layers):
            self._paint_name(painter, row, layer)
            for column, what in enumerate(WHAT):
                box = self._box(row, column)
                color = t.train if what == "activations" else t.muted
                draw_bars(painter, box, getattr(layer, what), color)
                plot.hline(painter, box.left(), box.right(), box.bottom(), t.axis)
                if self._box(row, 0).height() + px(16) >= px(RANGES_FROM):
                    self._paint_range(painter, box, getattr(layer, what))
        if self._hover is not None:
            self._paint_read_out(painter)

    def _paint_name(self, painter: QPainter, row: int, layer: LayerHistograms) -> None:
        t, box = theme(), self._box(row, 0)
        words = [(layer.name, 12, t.text)]
        state = self._state(layer)
        room = int((box.height() + px(10)) / px(14))
        if state and room < 2:
            words = [(state[0], 11, t.danger)]
        else:
            words += [(text, 11, t.danger) for text in state]
            if room > len(words):
                units = NAMES_OF.get(layer.activation) or self.tr("units")
                words.insert(1, (f"{layer.n_units} {units}", 11, t.muted))
        top = box.center().y() - len(words[:room]) * px(14) / 2
        for i, (text, size, color) in enumerate(words[: max(room, 1)]):
            place = QRectF(px(12), top + i * px(14), px(NAMES) - px(4), px(14))
            draw_text(painter, place, text, size=size, color=color)

    def _paint_range(self, painter: QPainter, box: QRectF, h: Histogram) -> None:
        if not len(h.edges):
            return
        low, high = (plot.tick_texts([float(v)], short=True)[0] for v in (h.edges[0], h.edges[-1]))
        row = QRectF(box.left(), box.bottom() + 1, box.width(), px(13))
        if text_width(low, 11) + text_width(high, 11) + px(6) < box.width():
            draw_text(painter, row, low, size=11, color=theme().muted)
            draw_text(painter, row, high, size=11, color=theme().muted, align=_RIGHT)

    def _paint_read_out(self, painter: QPainter) -> None:
        for row, layer in enumerate(self.summary.layers):
            for column, what in enumerate(WHAT):
                box, h = self._box(row, column), getattr(layer, what)
                if box.contains(self._hover) and len(h.counts):
                    i = min(int((self._hover.x() - box.left()) / box.width() * len(h.counts)), len(h.counts) - 1)
                    span = f"{reading(float(h.edges[i]))} … {reading(float(h.edges[i + 1]))}"
                    rows: list[Row] = [(None, f"{layer.name}, {self._heads()[column].lower()}", ""),
                                       (None, span, str(int(h.counts[i])))]  # fmt: skip
                    if h.beyond:
                        rows.append((None, self.tr("outside the range"), str(h.beyond)))
                    draw_read_out(painter, QRectF(self.rect()), self._hover, rows)


def draw_bars(painter: QPainter, box: QRectF, h: Histogram, color: str) -> None:
    """Bars from the foot of the box; the tallest reaches its top."""
    most = int(h.counts.max()) if len(h.counts) else 0
    if not most:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    edges = np.round(box.left() + np.arange(len(h.counts) + 1) / len(h.counts) * box.width())
    high = np.where(h.counts > 0, np.maximum(1.0, np.round(h.counts / most * box.height())), 0.0)
    gap = 1.0 if edges[1] - edges[0] > 3 else 0.0
    corners = np.empty((len(high), 4, 2))
    corners[:, :2, 0], corners[:, 2:, 0] = edges[:-1, None], edges[1:, None] - gap
    corners[:, :, 1] = box.bottom()
    corners[:, 1:3, 1] -= high[:, None]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawPolygon(plot.polygon(corners.reshape(-1, 2)))  # in one go: a call for each bar costs more


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("histograms")
