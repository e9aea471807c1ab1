"""How the picture of a network is painted: links, units, heads, arcs, legend. Called by `network.py`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from playground.engine.links import Skip
from playground.engine.snapshot import Network
from playground.gui import icons, plot
from playground.gui.heat import image, ramp, unit_atlas
from playground.gui.markers import draw_class, draw_symbol
from playground.gui.theme import mix, px, theme
from playground.gui.views.base import wrapped
from playground.gui.views.network_layout import NAMED, THUMB, Places, Target, input_name, square
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

MOST_LINKS = 300
"""Only the strongest are drawn: more could not be told apart and would cost a frame."""
LEVELS = 12
"""Strengths that a link can be seen to have: so many pens for each sign."""
FADED = 0.07
THIN = 1.6
"""Pixels. Thinner lines are drawn one pixel wide and paler, which costs Qt a third."""
LEAST_WITH_BIAS = 12
"""Design pixels: smaller thumbnails have no room for one."""
FOOT = 78
"""Design pixels for the legend, and for the formula of a unit: three lines of it hide nothing of the picture."""
TR = QCoreApplication.translate
CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Marks:
    """What is special about single things: links held [k, 3] and cut [k, 3] as (layer, unit before, unit), the biases
    held as (layer, unit), and the unit that is looked at alone."""

    frozen: frozenset[tuple[int, int, int]] = frozenset()
    cut: frozenset[tuple[int, int, int]] = frozenset()
    biases: frozenset[tuple[int, int]] = frozenset()
    selected: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Strengths:
    """The links that are drawn [k, 3] as (layer, unit before, unit), the weakest first: their shares [k] of the
    greatest weight and their signs [k]."""

    links: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    share: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    positive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def level(self) -> NDArray[np.int64]:
        """[k], 0 to LEVELS: how strong each link is seen to be."""
        return np.rint(self.share * LEVELS).astype(np.int64)

    def look(self) -> tuple[bytes, bytes, bytes]:
        """The same for links that look the same."""
        return self.links.tobytes(), self.level.tobytes(), self.positive.tobytes()


def strengths(network: Network, marks: Marks) -> Strengths:
    """The strongest links, and with them all of a unit that is looked at alone."""
    weights = [np.nan_to_num(np.asarray(w, dtype=np.float64), posinf=0, neginf=0) for w in network.weights]
    if not weights:
        return Strengths()
    values = np.concatenate([w.ravel() for w in weights])
    if not len(values):
        return Strengths()
    layer = np.repeat(np.arange(1, len(weights) + 1), [w.size for w in weights])
    within = np.concatenate([np.arange(w.size) for w in weights])
    columns = np.repeat([w.shape[1] for w in weights], [w.size for w in weights])
    links = np.column_stack([layer, within // columns, within % columns])
    share = np.abs(values) / max(float(np.abs(values).max()), 1e-300)
    rank = share
    if marks.selected is not None:
        rank = share + 2 * touches(links, marks.selected)
    order = np.argsort(rank, kind="stable")[-MOST_LINKS:]
    return Strengths(links[order], share[order], values[order] >= 0)


def touches(links: NDArray[np.int64], unit: tuple[int, int]) -> NDArray[np.bool_]:
    """Which links begin or end at a unit."""
    layer, i = unit
    into = (links[:, 0] == layer) & (links[:, 2] == i)
    return into | ((links[:, 0] == layer + 1) & (links[:, 1] == i))


def link_width(share: float, thumb: float) -> float:
    return (0.7 + 4.6 * share) * px(100) / 100 * min(1.0, max(thumb / px(THUMB), 0.3))


def paint_links(painter: QPainter, places: Places, found: Strengths, marks: Marks) -> None:
    """Weak links first, so that strong ones lie on top; a cut one is a broken grey line."""
    t = theme()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    near = touches(found.links, marks.selected) if marks.selected is not None else np.ones(len(found.links), dtype=bool)
    level = found.level
    thumbs = places.thumbs
    pens: dict[tuple[int, bool, bool, float], QPen] = {}
    for (layer, a, b), n, positive, touched in zip(
        found.links.tolist(), level.tolist(), found.positive.tolist(), near.tolist(), strict=True
    ):
        if (layer, a, b) in marks.cut:
            continue
        thumb = min(thumbs[layer - 1], thumbs[layer])
        key = n, positive, touched, thumb
        pen = pens.get(key)
        if pen is None:
            share = n / LEVELS
            color = QColor(t.positive if positive else t.negative)
            opacity, width = (0.28 + 0.62 * share) * (1.0 if touched else FADED / 0.5), link_width(share, thumb)
            thin = width < THIN
            color.setAlphaF(opacity * min(1.0, width) if thin else opacity)
            pen = QPen(color, 1.0 if thin else width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            pen.setCosmetic(thin)
            pens[key] = pen
        painter.setPen(pen)
        painter.drawPath(places.path(layer, a, b))
    broken = QPen(QColor(t.faint), px(10) / 8, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    broken.setDashPattern([3, 3])
    painter.setPen(broken)
    for layer, a, b in sorted(marks.cut):
        if _exists(places, layer, a, b):
            painter.drawPath(places.path(layer, a, b))


def paint_locks(painter: QPainter, places: Places, marks: Marks, ratio: float) -> None:
    """A small lock in the middle of each frozen link."""
    for layer, a, b in sorted(marks.frozen):
        if _exists(places, layer, a, b):
            at, size = places.middle(layer, a, b), px(10)
            rounded(painter, square(at, size + px(4)), px(7), theme().panel, theme().control)
            painter.drawPixmap(square(at, size).topLeft(), icons.pixmap("lock", size, theme().text, ratio))


def _exists(places: Places, layer: int, a: int, b: int) -> bool:
    return layer < places.n_layers and a < len(places.units[layer - 1]) and b < len(places.units[layer])


def paint_units(painter: QPainter, places: Places, network: Network, layer: int, marks: Marks, ratio: float) -> None:
    """The pictures and biases of a layer; `paint_frames` puts the outlines around them."""
    t, units, thumb = theme(), np.asarray(network.units[layer], dtype=np.float64), places.thumbs[layer]
    side = max(round(thumb * ratio), 1)
    atlas = unit_atlas(units, side) if units.ndim == 3 and len(units) else None
    if atlas is not None:
        atlas.setDevicePixelRatio(ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, atlas is None)
    for i in range(len(places.units[layer])):
        box = places.box(layer, i)
        if marks.selected is not None:
            painter.setOpacity(_opacity(marks, layer, i))
        if atlas is not None:
            corner = QPointF(round(box.left() * ratio) / ratio, round(box.top() * ratio) / ratio)
            painter.drawImage(corner, atlas, QRect(0, i * side, side, side))
        else:
            _paint_curve(painter, box, units[i])
    if layer and thumb >= px(LEAST_WITH_BIAS):
        biases = np.nan_to_num(np.asarray(network.biases[layer - 1], dtype=np.float64))
        most = max(float(np.abs(biases).max()) if biases.size else 0.0, 1e-9)
        colors = ramp(t.negative, t.map_paper, t.positive).tolist()
        for i, bias in enumerate(biases.tolist()):
            if marks.selected is not None:
                painter.setOpacity(_opacity(marks, layer, i))
            red, green, blue, _ = colors[int((bias / most + 1) * 127.5)]
            painter.fillRect(places.bias_box(layer, i), QColor(red, green, blue))
    painter.setOpacity(1.0)


def paint_frames(painter: QPainter, places: Places, marks: Marks) -> None:
    """The outlines of all units and biases."""
    t, last = theme(), places.n_layers - 1
    for layer in range(places.n_layers):
        thumb = places.thumbs[layer]
        radius = min(px(3), thumb / 6) + 1
        usual = (t.text, 1.5) if layer in (0, last) else (t.control, 1.0)
        for i in range(len(places.units[layer])):
            painter.setOpacity(_opacity(marks, layer, i))
            line, width = (t.accent, 2.0) if marks.selected == (layer, i) else usual
            box = places.box(layer, i).adjusted(-1, -1, 1, 1)
            if not layer or thumb < px(LEAST_WITH_BIAS):
                rounded(painter, box, radius, line=line, width=width)
            else:
                _frame_beside(painter, box, radius, places.bias_box(layer, i), line, width)
                line, width = (t.text, 1.5) if (layer, i) in marks.biases else (t.control, 1.0)
                rounded(painter, places.bias_box(layer, i), 1, line=line, width=width)
    painter.setOpacity(1.0)


def _frame_beside(painter: QPainter, box: QRectF, radius: float, bias: QRectF, line: str, width: float) -> None:
    """An outline like that of `rounded` without its lower left corner, where the square of the bias lies over it."""
    half = width / 2
    box, round_ = box.adjusted(half, half, -half, -half), 2 * max(radius - half, 0.0)
    path = QPainterPath(QPointF(box.left(), bias.top()))
    path.arcTo(box.left(), box.top(), round_, round_, 180, -90)
    path.arcTo(box.right() - round_, box.top(), round_, round_, 90, -90)
    path.arcTo(box.right() - round_, box.bottom() - round_, round_, round_, 0, -90)
    path.lineTo(bias.right(), box.bottom())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(line), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def paint_stack(painter: QPainter, box: QRectF) -> None:
    """The units that lie behind the first one of a block."""
    for i in (2, 1):
        rounded(painter, box.translated(px(3) * i, -px(3) * i), px(3), theme().field, theme().control)


def _opacity(marks: Marks, layer: int, i: int) -> float:
    """Of a unit while one is looked at alone: it and its neighbours stay, all else fades."""
    if marks.selected is None or marks.selected == (layer, i):
        return 1.0
    return 1.0 if layer == marks.selected[0] - 1 else 0.3


def _paint_curve(painter: QPainter, box: QRectF, values: NDArray[np.floating]) -> None:
    """What a unit puts out over a range of x, from -1 at the foot to 1."""
    t = theme()
    painter.fillRect(box, QColor(t.map_paper))
    plot.hline(painter, box.left(), box.right(), box.center().y(), t.grid)
    x = np.linspace(box.left(), box.right(), len(values))
    y = box.center().y() - np.clip(np.nan_to_num(values), -1, 1) * (box.height() / 2 - 2)
    painter.setPen(QPen(QColor(t.fit), px(10) / 7))
    painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))


def paint_others(painter: QPainter, places: Places, network: Network, ratio: float) -> None:
    """The inputs that are off: pale, with a dashed outline."""
    if not network.others:
        return
    side = max(round(places.thumbs[0] * ratio), 1)
    atlas = unit_atlas(np.asarray(network.other_units, dtype=np.float64), side)
    for i, name in enumerate(network.others):
        box = square(places.others[name], places.thumbs[0])
        painter.setOpacity(0.38)
        painter.drawImage(box, atlas, QRectF(0, i * side, side, side))
        painter.setOpacity(1.0)
        rounded(painter, box, px(3), line=theme().control, width=1, style=Qt.PenStyle.DashLine)


def paint_names(painter: QPainter, places: Places, network: Network) -> None:
    """The names of the inputs left of them."""
    t, half = theme(), places.thumbs[0] / 2
    if len(network.inputs) + len(network.others) > NAMED:
        return
    rows = [(places.center(0, i), name, t.text) for i, name in enumerate(network.inputs) if i < len(places.units[0])]
    rows += [(places.others[name], name, t.muted) for name in network.others]
    for centre, name, color in rows:
        row = QRectF(0, centre.y() - px(10), centre.x() - half - px(7), px(20))
        draw_text(painter, row, input_name(name), size=12, color=color, align=RIGHT)


def paint_arc(painter: QPainter, places: Places, skip: Skip, color: str, width: float) -> None:
    """A residual connection with a head at its end; the dashed ones go by a projection."""
    pen = QPen(QColor(color), width, Qt.PenStyle.CustomDashLine if skip.projection else Qt.PenStyle.SolidLine)
    if skip.projection:
        pen.setDashPattern([4, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(places.arc(skip))
    end, side = places.port(skip.target), px(4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawPolygon([end + QPointF(0, side), end + QPointF(-side, -side * 0.6), end + QPointF(side, -side * 0.6)])


def paint_button(painter: QPainter, target: Target, box: QRectF, ratio: float, hot: bool, ground: bool) -> None:
    """One of the small round buttons of the head."""
    t = theme()
    if ground or hot:
        rounded(painter, box, box.width() / 2, t.hover if hot else t.panel, t.control)
    else:
        rounded(painter, box, box.width() / 2, line=t.control)
    name = {"more": "plus", "add": "plus", "less": "minus", "remove": "x"}[target.kind]
    size = px(10)
    color = t.text if hot else t.muted
    painter.drawPixmap(square(box.center(), size).topLeft(), icons.pixmap(name, size, color, ratio))


def paint_pill(painter: QPainter, at: QPointF, lines: list[str], room: QRectF) -> None:
    """What the thing under the mouse says, beside it and inside `room`."""
    t = theme()
    wide = max(text_width(line, 12, 600 if i == 0 else 400) for i, line in enumerate(lines)) + px(16)
    high = len(lines) * px(16) + px(8)
    x = min(max(at.x() + px(12), room.left() + px(4)), room.right() - wide - px(4))
    y = at.y() + px(14)
    if y + high > room.bottom() - px(4):
        y = at.y() - high - px(8)
    box = QRectF(max(x, room.left() + px(4)), max(y, room.top() + px(4)), min(wide, room.width() - px(8)), high)
    rounded(painter, box, px(6), t.tooltip)
    for i, line in enumerate(lines):
        row = QRectF(box.left() + px(8), box.top() + px(4) + i * px(16), box.width() - px(16), px(16))
        color = t.tooltip_text if i == 0 else t.tooltip_second
        draw_text(painter, row, line, size=12, weight=600 if i == 0 else 400, color=color)


def paint_message(painter: QPainter, message: str, room: QRectF) -> None:
    """Why something cannot be done, at the foot: it covers all of the legend, or none."""
    t = theme()
    lines = wrapped(message, room.width() - px(40), 12, 3)
    high = max(len(lines) * px(16) + px(12), px(FOOT) - px(16))
    box = QRectF(room.left() + px(8), room.bottom() - high - px(8), room.width() - px(16), high)
    rounded(painter, box, px(6), t.danger_ground, t.danger)
    top = box.center().y() - len(lines) * px(16) / 2
    for i, text in enumerate(lines):
        row = QRectF(box.left() + px(12), top + i * px(16), box.width() - px(24), px(16))
        draw_text(painter, row, text, size=12, color=t.danger)


def paint_dot(painter: QPainter, at: QPointF) -> None:
    """Something goes wrong here."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("danger"))
    painter.drawEllipse(at, px(3), px(3))


def paint_legend(painter: QPainter, width: float, height: float, names: tuple[str, ...], numeric: bool) -> None:
    """At the foot: what the colours of the map say, then the marks of the points and the links; of a network of one
    input only those of the links."""
    if not names:
        _paint_weights(painter, px(24), height - px(26))
        return
    _paint_scale(painter, QRectF(px(16), height - px(52), px(112), px(10)), names, numeric)
    t, style = theme(), theme().classes[0]
    first, second = height - px(48), height - px(26)
    left, right = px(164), px(256)
    draw_class(painter, QPointF(left, first), style, px(9))
    draw_symbol(painter, QPointF(left, second), style.symbol, px(10), t.canvas, style.outline)
    draw_symbol(painter, QPointF(left, second), "o", px(4), style.color)
    words = [(left, first, TR("NetworkView", "training")), (left, second, TR("NetworkView", "test"))]
    _paint_weights(painter, right, second)
    if not numeric:
        painter.setBrush(QColor(t.canvas))
        painter.setPen(plot.pen(t.miss_ring, 1.75))
        painter.drawEllipse(QPointF(right, first), px(8), px(8))
        draw_class(painter, QPointF(right, first), style, px(8))
        words.append((right, first, TR("NetworkView", "missed")))
    for x, y, text in words:
        draw_text(painter, QRectF(x + px(16), y - px(8), px(76), px(16)), text, size=12)


def _paint_weights(painter: QPainter, x: float, y: float) -> None:
    t = theme()
    for dy, color in ((-2, t.positive), (2, t.negative)):
        painter.fillRect(QRectF(x - px(8), y + px(1) * dy - 1, px(16), px(2)), QColor(color))
    draw_text(painter, QRectF(x + px(16), y - px(8), px(200), px(16)), TR("NetworkView", "weights"), size=12)


def _paint_scale(painter: QPainter, bar: QRectF, names: tuple[str, ...], numeric: bool) -> None:
    t = theme()
    low, middle, high = TR("NetworkView", "unsure"), "", TR("NetworkView", "sure")
    colors = ramp(t.map_paper, mix(t.map_paper, t.text, 0.25), mix(t.map_paper, t.text, 0.5))
    if len(names) == 2:
        (low, high), middle = names, "0" if numeric else "½"
        colors = ramp(t.map_negative, t.map_paper, t.map_positive)
    painter.drawImage(bar, image(colors[None]))
    rounded(painter, bar, 0, line=t.border)
    row = QRectF(bar.left(), bar.bottom() + px(5), bar.width(), px(16))
    half = bar.width() / 2 - px(8)
    draw_text(painter, row.adjusted(0, 0, -half - px(16), 0), low, size=12, weight=600)
    draw_text(painter, row, middle, size=12, color=t.muted, align=CENTER)
    draw_text(painter, row.adjusted(half + px(16), 0, 0, 0), high, size=12, weight=600, align=RIGHT)
