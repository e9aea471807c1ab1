"""Where everything stands in the picture of a network, and what lies under the mouse. Used by `network.py`.

Layers stand from left to right, the inputs first. The head above them does not scroll with wide networks upwards; it
holds for each layer its units, its activation and its port, the ring from which a residual connection is dragged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from playground.engine import links
from playground.engine.features import FEATURES
from playground.engine.links import Link, Skip
from playground.engine.snapshot import Network
from playground.gui.theme import px
from playground.gui.widgets.text import text_width

THUMB, PITCH = 34, 46
LEAST_PITCH, DENSE_PITCH = 20, 17
"""From one unit to the next: in a layer that still stands in one column, and in one that needs several."""
THUMBS = (56, 48, 40, 34, 28, 22)
"""Tried until the layers stand far enough apart; then the picture scrolls."""
FAR = 1.4
"""Thumbnails larger than usual only where a layer is this share of one from the next."""
GAP, CONDENSED_GAP, ROOMY, REMOVABLE = 27, 12, 62, 56
"""Least room between two layers, and between blocks that stand for layers. A layer with so much for its head shows all
its buttons at once; with less than the last it is removed by its menu."""
EDGE = 16
UNITS_ROW, KIND_ROW, PORTS, LANE = 40, 57, 75, 7
"""Heights: of the number of units, of the activation, of the ports; and between two arcs over the layers."""
REACH = 5
INPUT_NAMES = {"x1": "*x*₁", "x2": "*x*₂", "x1^2": "*x*₁²", "x2^2": "*x*₂²", "x1*x2": "*x*₁*x*₂",
               "sin(x1)": "sin *x*₁", "sin(x2)": "sin *x*₂", "x": "*x*"}  # fmt: skip
NAMED, LONGEST = 14, 12
"""More inputs than the first have no room for their names; a formula as input is cut to so many characters."""
_POWERS = re.compile(r"x[12](\^\d+)?(\*x2(\^\d+)?)?")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """Something that can be pointed at.

    kind   "unit": unit `a` of `layer`; "bias" of it; "link": from unit `a` of the layer before to unit `b` of `layer`;
           "input": one that is off, `name`; "skip": the residual connection `name`; "port" of `layer`;
           a button: "more", "less", "kind", "remove" for `layer`, "add": a layer that becomes number `layer`
    """

    kind: str
    layer: int = 0
    a: int = 0
    b: int = 0
    name: str = ""

    @property
    def link(self) -> Link | None:
        """The number that it stands for."""
        if self.kind == "link":
            return Link(self.layer, self.b + 1, self.a + 1)
        return Link(self.layer, self.a + 1) if self.kind == "bias" else None


def bias_or_link(link: Link) -> Target:
    """The inverse of `Target.link`."""
    if link.before:
        return Target("link", link.layer, link.before - 1, link.unit - 1)
    return Target("bias", link.layer, link.unit - 1)


def input_order(names: Iterable[str]) -> list[str]:
    """The names of inputs in the order in which they stand under each other."""
    known = list(FEATURES)
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


@dataclass(eq=False)
class Places:
    """thumbs [layers], x [layers] (middles), units: centres [units, 2] of each layer, others: of the inputs that are
    off, by name; ports: height of the ports; size: of everything."""

    thumbs: list[float]
    x: list[float]
    wide: list[float]
    units: list[Floats]
    others: dict[str, QPointF]
    ports: float
    size: tuple[float, float]
    tight: bool
    _paths: dict[tuple[int, int, int], QPainterPath] = field(default_factory=dict)
    _boxes: list[list[QRectF]] = field(default_factory=list)
    _bias_boxes: list[list[QRectF]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for thumb, centres in zip(self.thumbs, self.units, strict=True):
            self._boxes.append([square(QPointF(x, y), thumb) for x, y in centres.tolist()])
            side = px(8) * min(1.0, thumb / px(THUMB) + 0.2)
            self._bias_boxes.append([QRectF(box.left() - side * 0.4, box.bottom() - side * 0.6, side, side)
                                     for box in self._boxes[-1]])  # fmt: skip

    @property
    def n_layers(self) -> int:
        return len(self.x)

    @property
    def room_to_remove(self) -> bool:
        """Whether the button that removes a layer finds room between its port and the button that adds one."""
        return min((b - a for a, b in zip(self.x, self.x[1:], strict=False)), default=0.0) >= px(REMOVABLE)

    def center(self, layer: int, unit: int) -> QPointF:
        return QPointF(*self.units[layer][unit])

    def box(self, layer: int, unit: int) -> QRectF:
        return self._boxes[layer][unit]

    def bias_box(self, layer: int, unit: int) -> QRectF:
        return self._bias_boxes[layer][unit]

    def port(self, layer: int) -> QPointF:
        return QPointF(self.x[layer], self.ports)

    def path(self, layer: int, a: int, b: int) -> QPainterPath:
        """The link from unit `a` of the layer before to unit `b` of `layer`."""
        path = self._paths.get((layer, a, b))
        if path is None:
            start, end = self._ends(layer, a, b)
            bend = (end.x() - start.x()) * 0.5
            path = QPainterPath(start)
            path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(end.x() - bend, end.y()), end)
            self._paths[layer, a, b] = path
        return path

    def _ends(self, layer: int, a: int, b: int) -> tuple[QPointF, QPointF]:
        start, end = self.center(layer - 1, a), self.center(layer, b)
        start.setX(start.x() + self.thumbs[layer - 1] / 2)
        end.setX(end.x() - self.thumbs[layer] / 2)
        return start, end

    def middle(self, layer: int, a: int, b: int) -> QPointF:
        start, end = self._ends(layer, a, b)
        return (start + end) / 2

    def arc(self, skip: Skip) -> QPainterPath:
        """A residual connection, from port to port over the layers between them."""
        start, end = self.port(skip.source), self.port(skip.target)
        return arc(start, end, px(LANE) * (1 + min(skip.target - skip.source - 1, 3)))

    # ---- buttons of the head
    def button(self, target: Target) -> QRectF:
        side, units, kind = px(16), px(UNITS_ROW), px(KIND_ROW)
        if target.kind == "add":
            x = (self.x[target.layer - 1] + self.x[target.layer]) / 2
            return square(QPointF(x, self.ports), side)
        x = self.x[target.layer]
        if target.kind in ("more", "less"):
            away = px(22) if self._apart(target.layer) >= px(40) else px(17)
            return square(QPointF(x + (away if target.kind == "more" else -away), units), side)
        if target.kind == "remove":
            return square(QPointF(x + px(12), self.ports), px(14))
        if target.kind == "kind":
            return QRectF(x - self.kind_width(target.layer) / 2, kind - px(9), self.kind_width(target.layer), px(18))
        return square(self.port(target.layer), px(16))

    def _apart(self, layer: int) -> float:
        """From a layer to the nearest other."""
        return min(abs(self.x[layer] - x) for i, x in enumerate(self.x) if i != layer)

    def kind_width(self, layer: int) -> float:
        """Room for the name of the activation."""
        near = self._apart(layer)
        return max(min(px(76), near - px(8)), px(20))

    def has(self, target: Target) -> bool:
        """Whether the network that is shown still has it."""
        if target.kind == "input":
            return target.name in self.others
        if target.kind == "skip":
            return links.skip(target.name).target < self.n_layers
        if not 0 <= target.layer < self.n_layers:
            return False
        if target.kind in ("unit", "bias"):
            return target.a < len(self.units[target.layer])
        if target.kind == "link":
            return target.layer > 0 and target.a < len(self.units[target.layer - 1]) and target.b < len(
                self.units[target.layer])  # fmt: skip
        return target.kind in ("port", "add", "kind") or 0 < target.layer < self.n_layers - 1

    # ---- what lies under a point
    def layer_at(self, at: QPointF) -> int:
        """The hidden layer whose column this is, or 0."""
        off = {layer: abs(at.x() - self.x[layer]) - self.wide[layer] / 2 for layer in range(1, self.n_layers - 1)}
        nearest = min(off, key=lambda layer: off[layer], default=0)
        return nearest if off.get(nearest, 1e9) <= px(20) else 0

    def unit_at(self, at: QPointF) -> Target | None:
        for layer, centres in enumerate(self.units):
            reach = self.thumbs[layer] / 2
            off = np.abs(centres - (at.x(), at.y())).max(axis=1)
            if len(off) and off.min() <= reach:
                return Target("unit", layer, int(off.argmin()))
        for name, centre in self.others.items():
            if square(centre, self.thumbs[0]).contains(at):
                return Target("input", name=name)
        return None

    def bias_at(self, at: QPointF) -> Target | None:
        for layer in range(1, self.n_layers):
            for unit in np.flatnonzero(np.abs(self.units[layer] - (at.x(), at.y())).max(axis=1) <= self.thumbs[layer]):
                if self.bias_box(layer, int(unit)).adjusted(-2, -2, 2, 2).contains(at):
                    return Target("bias", layer, int(unit))
        return None

    def link_at(self, at: QPointF, drawn: NDArray[np.int64]) -> Target | None:
        """The nearest of the links drawn [k, 3] (layer, unit before, unit), later ones first."""
        best, found = float(px(REACH)), None
        for layer in range(1, self.n_layers):
            mine = drawn[drawn[:, 0] == layer]
            if not len(mine):
                continue
            start, end = self.units[layer - 1][mine[:, 1]], self.units[layer][mine[:, 2]]
            left, right = start[:, 0] + self.thumbs[layer - 1] / 2, end[:, 0] - self.thumbs[layer] / 2
            u = (at.x() - left) / np.maximum(right - left, 1e-9)
            t = np.interp(u, _SHARE, _T)
            slope = np.abs(end[:, 1] - start[:, 1]) / np.maximum(right - left, 1e-9)
            y = start[:, 1] + (end[:, 1] - start[:, 1]) * (3 * t**2 - 2 * t**3)
            off = np.where((u > 0) & (u < 1), np.abs(y - at.y()) / np.sqrt(1 + slope**2), np.inf)
            nearest = len(off) - 1 - int(off[::-1].argmin())
            if off[nearest] < best:
                best, found = float(off[nearest]), Target("link", layer, int(mine[nearest, 1]), int(mine[nearest, 2]))
        return found

    def skip_at(self, at: QPointF, skips: Iterable[Skip]) -> Target | None:
        for skip in skips:
            path = self.arc(skip)
            points = (path.pointAtPercent(i / 24) for i in range(2, 23))
            if any(abs(p.x() - at.x()) + abs(p.y() - at.y()) <= px(REACH) for p in points):
                return Target("skip", name=str(skip))
        return None


_T = np.linspace(0.0, 1.0, 65)
_SHARE = 1.5 * _T * (1 - _T) + _T**3
"""The horizontal share of a link at parameter t of its curve."""


def input_name(name: str) -> str:
    """How an input is called on screen: variables in italics, powers raised."""
    if name in INPUT_NAMES:
        return INPUT_NAMES[name]
    if _POWERS.fullmatch(name):
        pieces = (factor.partition("^") for factor in name.split("*"))
        return "".join(INPUT_NAMES[base] + power.translate(_RAISED) for base, _, power in pieces)
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def square(center: QPointF, side: float) -> QRectF:
    return QRectF(center.x() - side / 2, center.y() - side / 2, side, side)


def arc(start: QPointF, end: QPointF, high: float) -> QPainterPath:
    path = QPainterPath(start)
    top = min(start.y(), end.y()) - high * 4 / 3
    path.cubicTo(QPointF(start.x(), top), QPointF(end.x(), top), end)
    return path


def arrange(network: Network, width: float, top: float, bottom: float, skips: Iterable[Skip],
            condensed: bool = False) -> Places:  # fmt: skip
    """Everything in a view `width` pixels wide, between the heights `top` and `bottom`."""
    least = px(CONDENSED_GAP if condensed else GAP)
    reach = max((min(s.target - s.source, 4) for s in skips), default=0)
    ports = px(PORTS) + (px(LANE) * reach - px(4) if reach else 0)
    names = list(dict.fromkeys(input_order((*network.inputs, *network.others))))
    sizes = [len(names), *(len(units) for units in network.units[1:])]
    label = max((text_width(input_name(name), 12) for name in names), default=0.0) if len(names) <= NAMED else 0.0
    left, right = px(EDGE) + min(label, px(72)) + px(8), px(EDGE)
    top, high = top + ports + px(10), bottom - top - ports - px(10)
    for largest in THUMBS:
        columns = [_column(n, high, px(largest)) for n in sizes]
        wide = [(c - 1) * pitch + thumb for thumb, pitch, c in columns]
        gap = (width - left - right - sum(wide)) / max(len(sizes) - 1, 1)
        if gap >= max(least, FAR * px(largest) if largest > THUMB else 0):
            break
    x, xs, units = left, [], []
    for (thumb, pitch, c), n, block in zip(columns, sizes, wide, strict=True):
        rows = math.ceil(n / c)
        i = np.arange(n)
        first = top + high / 2 - (rows - 1) * pitch / 2
        units.append(np.column_stack([x + thumb / 2 + i // rows * pitch, first + i % rows * pitch]).astype(np.float64))
        xs.append(x + block / 2)
        x += block + max(gap, least)
    at = {name: units[0][i] for i, name in enumerate(names)}
    units[0] = np.array([at[name] for name in network.inputs]).reshape(-1, 2)
    others = {name: QPointF(*at[name]) for name in network.others}
    near = min((b - a for a, b in zip(xs, xs[1:], strict=False)), default=1e9)
    size = (max(width, x - max(gap, least) + right), bottom)
    return Places([c[0] for c in columns], xs, wide, units, others, ports, size, near < px(ROOMY))


def _column(n: int, high: float, thumb: float) -> tuple[float, float, int]:
    """(thumbnail, pitch, columns) of a layer: one column while that leaves thumbnails that can be read."""
    pitch = min(max(float(px(PITCH)), thumb * PITCH / THUMB), (high + px(PITCH - THUMB)) / max(n, 1))
    if pitch >= px(LEAST_PITCH):
        return min(thumb, pitch * THUMB / PITCH), pitch, 1
    pitch = px(DENSE_PITCH)
    rows = max(1, int((high + px(4)) // pitch))
    return pitch - px(4), pitch, math.ceil(n / rows)
