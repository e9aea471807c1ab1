"""The view of `Network`: what each unit responds to, and the weights between the layers.

Stands at the left of the plane's canvas. Width and opacity of a link say how strong its weight is, its colour
the sign. Run it alone for a look: `python -m playground.gui.views.network`.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.snapshot import Network
from playground.gui import plot
from playground.gui.heat import image, ramp, unit_atlas
from playground.gui.markers import draw_class, draw_symbol
from playground.gui.numbers import fmt
from playground.gui.theme import Theme, mix, px, theme
from playground.gui.views.base import ChartView
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

WIDTH = 344
THUMB, PITCH = 34, 46
MOST_LINKS = 300
"""Only the strongest are drawn: more could not be told apart and would cost a frame."""
_SUPER = {"x1": "*x*₁", "x2": "*x*₂", "x1^2": "*x*₁²", "x2^2": "*x*₂²", "x1*x2": "*x*₁*x*₂",
          "sin(x1)": "sin *x*₁", "sin(x2)": "sin *x*₂"}  # fmt: skip
_CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NetworkView(ChartView):
    shows = Network
    ground = "panel"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._numeric = False
        self._geometry: tuple[object, float, list[list[QPointF]], dict] | None = None
        self._atlases: list[QImage] = []
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_classes(self, names: tuple[str, ...], numeric: bool = False) -> None:
        """Names for the ends of the colour scale; whether the points hold numbers, which cannot be missed."""
        if (names, numeric) != (self._names, self._numeric):
            self._names, self._numeric = names, numeric
            self.update()

    def restyle(self, theme: Theme | None = None) -> None:
        self.setFixedWidth(px(WIDTH))
        super().restyle(theme)

    def sizeHint(self) -> QSize:
        return QSize(px(WIDTH), px(480))

    def has_data(self) -> bool:
        return self.summary is not None and len(self.summary.units) > 1

    def describe(self) -> str:
        return ", ".join(self._head(i) for i in range(len(self.summary.units)))

    def _changed(self) -> None:
        self._atlases = []
        if self.has_data():
            for units in self.summary.units:
                self._atlases.append(unit_atlas(np.asarray(units, dtype=np.float64)))

    @property
    def n_parameters(self) -> int:
        return sum(w.size for w in self.summary.weights) + sum(b.size for b in self.summary.biases)

    # ---- geometry
    def _area(self) -> QRectF:
        """Where the units stand: below the heads, above the legend, right of the names of the inputs."""
        names = max((text_width(_name(n), 12) for n in self.summary.inputs), default=0.0)
        left = px(16) + names + px(8)
        return QRectF(left, px(60), self.width() - left - px(16), self.height() - px(60) - px(68))

    def _places(self) -> tuple[float, list[list[QPointF]], dict]:
        """The side of a thumbnail, the centre of each unit of each layer, a place for paths of links."""
        sizes = tuple(len(u) for u in self.summary.units)
        key = (sizes, self.width(), self.height(), px(100), self.summary.inputs)
        if self._geometry is None or self._geometry[0] != key:
            area = self._area()
            thumb, columns = _fit(sizes, area, px(THUMB), px(PITCH))
            pitch = thumb * PITCH / THUMB
            blocks = [(c - 1) * pitch + thumb for c in columns]
            spare = (area.width() - sum(blocks)) / max(len(sizes) - 1, 1)
            x, places = area.left(), []
            for n, c, block in zip(sizes, columns, blocks, strict=True):
                rows = math.ceil(n / c)
                top = area.center().y() - (rows - 1) * pitch / 2
                places.append(
                    [QPointF(x + thumb / 2 + (i // rows) * pitch, top + (i % rows) * pitch) for i in range(n)]
                )
                x += block + spare
            self._geometry = key, thumb, places, {}
        return self._geometry[1:]

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        thumb, places, paths = self._places()
        self._paint_heads(painter, places, thumb)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_links(painter, thumb, places, paths)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for layer, centres in enumerate(places):
            self._paint_units(painter, layer, centres, thumb)
        for centre, name in zip(places[0], self.summary.inputs, strict=False):
            row = QRectF(0, centre.y() - px(10), centre.x() - thumb / 2 - px(7), px(20))
            if thumb >= px(14):
                draw_text(painter, row, _name(name), size=12, align=_RIGHT)
        self._paint_legend(painter)

    def _head(self, layer: int) -> str:
        network = self.summary
        if layer == 0:
            return self.tr("inputs")
        n = len(network.units[layer])
        if layer == len(network.units) - 1:
            return self.tr("output") if n == 1 else self.tr("outputs")
        name = network.activations[layer - 1] if layer - 1 < len(network.activations) else ""
        return f"{n} {_activation(name)}".strip()

    def _paint_heads(self, painter: QPainter, places: list[list[QPointF]], thumb: float) -> None:
        t = theme()
        line = QRectF(px(16), px(8), self.width() - 2 * px(16), px(20))
        draw_text(painter, line, self.tr("Network"), weight=600)
        count = self.tr("{n} parameters").format(n=fmt(self.n_parameters, group=True))
        draw_text(painter, line, count, size=12, color=t.muted, align=_RIGHT)
        top = min(centre.y() for centres in places for centre in centres) - thumb / 2 - px(28)
        last = -1e9
        for layer, centres in enumerate(places):
            middle = (centres[0].x() + centres[-1].x()) / 2
            hidden = 0 < layer < len(places) - 1
            text, size, weight = self._head(layer), 11, 600 if hidden else 400
            wide = text_width(text, size, weight)
            left = min(max(middle - wide / 2, px(4)), self.width() - wide - px(8))
            if hidden and left < last + px(4):
                text = str(len(centres))
                wide = text_width(text, size, weight)
                left = middle - wide / 2
            if left >= last:
                draw_text(
                    painter,
                    QRectF(left, max(top, px(32)), wide + 2, px(16)),
                    text,
                    size=size,
                    weight=weight,
                    color=t.text if hidden else t.muted,
                )
                last = left + wide

    def _paint_links(self, painter: QPainter, thumb: float, places: list[list[QPointF]], paths: dict) -> None:
        """Weak links first, so that strong ones lie on top."""
        weights = [
            np.nan_to_num(np.asarray(w, dtype=np.float64), posinf=0, neginf=0) for w in self.summary.weights
        ]
        strengths = [np.abs(w) for w in weights]
        greatest = max((float(s.max()) for s in strengths if s.size), default=0.0)
        if greatest <= 0:
            return
        shares = np.concatenate([s.ravel() for s in strengths]) / greatest
        layer_of = np.repeat(np.arange(len(weights)), [w.size for w in weights])
        within = np.concatenate([np.arange(w.size) for w in weights])
        signs = np.concatenate([w.ravel() for w in weights])
        order = np.argsort(shares)[-MOST_LINKS:]
        t, scale = theme(), px(100) / 100 * min(1.0, max(thumb / px(THUMB), 0.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for i in order:
            share, layer = float(shares[i]), int(layer_of[i])
            a, b = divmod(int(within[i]), weights[layer].shape[1])
            path = paths.get((layer, a, b))
            if path is None:
                path = paths[layer, a, b] = _link(places[layer][a], places[layer + 1][b], thumb / 2)
            color = QColor(t.positive if signs[i] >= 0 else t.negative)
            color.setAlphaF(0.28 + 0.62 * share)
            painter.setPen(
                QPen(color, (0.7 + 4.6 * share) * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            painter.drawPath(path)

    def _paint_units(self, painter: QPainter, layer: int, centres: list[QPointF], thumb: float) -> None:
        t, network, atlas = theme(), self.summary, self._atlases[layer]
        rows = network.units[layer].shape[1]
        biases = (
            np.nan_to_num(np.asarray(network.biases[layer - 1], dtype=np.float64)) if layer else np.zeros(0)
        )
        most = max(float(np.abs(biases).max()) if biases.size else 0.0, 1e-9)
        outer = layer in (0, len(network.units) - 1)
        radius = min(px(3), thumb / 6)
        for i, centre in enumerate(centres):
            box = QRectF(centre.x() - thumb / 2, centre.y() - thumb / 2, thumb, thumb)
            painter.drawImage(box, atlas, QRectF(0, i * rows, atlas.width(), rows))
            rounded(
                painter,
                box.adjusted(-1, -1, 1, 1),
                radius + 1,
                line=t.text if outer else t.control,
                width=1.5 if outer else 1.0,
            )
            if i < len(biases) and thumb >= px(14):
                side = px(8) * min(1.0, thumb / px(THUMB) + 0.2)
                square = QRectF(box.left() - side * 0.4, box.bottom() - side * 0.6, side, side)
                ground = mix(
                    t.map_paper, t.positive if biases[i] >= 0 else t.negative, abs(float(biases[i])) / most
                )
                rounded(painter, square, 1, ground, t.panel)

    def _paint_legend(self, painter: QPainter) -> None:
        """At the foot: what the colours of the map say, then the marks of the points and the links."""
        self._paint_scale(painter, QRectF(px(16), self.height() - px(52), px(112), px(10)))
        t, style = theme(), theme().classes[0]
        first, second = self.height() - px(48), self.height() - px(26)
        left, right = px(164), px(256)
        draw_class(painter, QPointF(left, first), style, px(9))
        draw_symbol(painter, QPointF(left, second), style.symbol, px(10), t.canvas, style.outline)
        draw_symbol(painter, QPointF(left, second), "o", px(4), style.color)
        words = [(left, first, self.tr("training")), (left, second, self.tr("test"))]
        words.append((right, second, self.tr("weights")))
        for dy, color in ((-2, t.positive), (2, t.negative)):
            painter.fillRect(QRectF(right - px(8), second + px(1) * dy - 1, px(16), px(2)), QColor(color))
        if not self._numeric:
            painter.setBrush(QColor(t.canvas))
            painter.setPen(plot.pen(t.miss_ring, 1.75))
            painter.drawEllipse(QPointF(right, first), px(8), px(8))
            draw_class(painter, QPointF(right, first), style, px(8))
            words.append((right, first, self.tr("missed")))
        for x, y, text in words:
            draw_text(painter, QRectF(x + px(16), y - px(8), px(76), px(16)), text, size=12)

    def _paint_scale(self, painter: QPainter, bar: QRectF) -> None:
        t = theme()
        low, middle, high = self.tr("unsure"), "", self.tr("sure")
        colors = ramp(t.map_paper, mix(t.map_paper, t.text, 0.25), mix(t.map_paper, t.text, 0.5))
        if len(self._names) == 2:
            (low, high), middle = self._names, "0" if self._numeric else "½"
            colors = ramp(t.map_negative, t.map_paper, t.map_positive)
        painter.drawImage(bar, image(colors[None]))
        rounded(painter, bar, 0, line=t.border)
        row = QRectF(bar.left(), bar.bottom() + px(5), bar.width(), px(16))
        half = bar.width() / 2 - px(8)
        draw_text(painter, row.adjusted(0, 0, -half - px(16), 0), low, size=12, weight=600)
        draw_text(painter, row, middle, size=12, color=t.muted, align=_CENTER)
        draw_text(painter, row.adjusted(half + px(16), 0, 0, 0), high, size=12, weight=600, align=_RIGHT)


def _fit(sizes: tuple[int, ...], area: QRectF, largest: float, pitch: float) -> tuple[float, list[int]]:
    """The largest thumbnails, and columns for each layer, with which all layers fit beside each other.

    One column for a layer while that leaves thumbnails that can be read, else several.
    """
    most, n = max(sizes), len(sizes)
    single = min(largest, area.height() / most * largest / pitch, area.width() / (n + 0.5 * (n - 1)))
    if single >= largest * 0.4:
        return single, [1] * n
    thumb = float(largest)
    while True:
        step = thumb * pitch / largest
        rows = max(1, int((area.height() + step - thumb) // step))
        columns = [math.ceil(n / rows) for n in sizes]
        wide = sum((c - 1) * step + thumb for c in columns) + (len(sizes) - 1) * max(thumb, largest * 0.5)
        if wide <= area.width() or thumb <= 4:
            return thumb, columns
        thumb -= 1


def _link(start: QPointF, end: QPointF, half: float) -> QPainterPath:
    """An S-shaped line from the right edge of one unit to the left edge of the next."""
    a, b = QPointF(start.x() + half, start.y()), QPointF(end.x() - half, end.y())
    bend = (b.x() - a.x()) * 0.5
    path = QPainterPath(a)
    path.cubicTo(QPointF(a.x() + bend, a.y()), QPointF(b.x() - bend, b.y()), b)
    return path


def _name(text: str) -> str:
    return _SUPER.get(text, text)


def _activation(name: str) -> str:
    short = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}
    return short.get(name, name)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("network")
