"""The picture of labs in the plane: decision map, boundary, points of classes. Shown by `stage.py`.

Shape is the true class, fill the predicted one, the outline tells the truth again; a miss wears a ring.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.engine.points import TEST, Points
from playground.engine.problem import Problem
from playground.engine.snapshot import DecisionMap, FanMap, PlaneMarks, Predictions, Summary
from playground.gui import plane_layers, plot
from playground.gui.fan import fan_image
from playground.gui.heat import numeric_colors
from playground.gui.kept import Crowd, Kept, thinned
from playground.gui.markers import Atlas, argb, disc, draw_symbol
from playground.gui.numbers import fmt
from playground.gui.picture import MANY, VERY_MANY, Ids, Marked, Picture, Titles, clip_box, place_index, widen
from playground.gui.plot import Axis, Floats, Frame, Range
from playground.gui.theme import host, px, theme
from playground.gui.unit_caption import paint_unit_caption
from playground.gui.widgets.text import plain_width

TR = QCoreApplication.translate
LEVELS = 17
"""Shades in which numeric targets from -1 to 1 are drawn."""
CROWD_OF_MISSES = 80
"""More misses than this get a thinner ring without a halo: the map must stay visible."""


class PlanePicture(Picture):
    def titles(self) -> Titles:
        return (
            ("map", TR("Canvas", "Decision map"), True),
            ("discrete", TR("Canvas", "Decisions without probabilities"), False),
            ("uncertainty", TR("Canvas", "Uncertainty"), False),
            ("contours", TR("Canvas", "Contours of the probability"), False),
            ("boundary", TR("Canvas", "Boundary"), True),
            ("training", TR("Canvas", "Training points"), True),
            ("test", TR("Canvas", "Test points"), True),
            ("misses", TR("Canvas", "Rings around misses"), True),
            ("marks", TR("Canvas", "Support vectors, cuts, ellipses"), True),
            ("fan", TR("Canvas", "Fan of resampled fits"), False),
        )

    def __init__(self) -> None:
        super().__init__()
        self.n_classes = 2
        self._map: DecisionMap | None = None
        self._image: tuple[object, QImage] | None = None
        self._fan: FanMap | None = None
        self._fan_image: tuple[object, QImage] | None = None
        self._boundary: tuple[DecisionMap, list[Floats]] | None = None
        self._predictions: Predictions | None = None
        self._marks: PlaneMarks | None = None
        self._margins: tuple[PlaneMarks, list[Floats]] | None = None
        self._guess: np.ndarray | None = None
        self._atlas: tuple[object, Atlas] | None = None
        self._below, self._halos, self._halo, self._rings, self._dots = Kept(), Crowd(), Crowd(), Crowd(), Crowd()

    @property
    def numeric(self) -> bool:
        """Whether the points hold numbers, not classes."""
        return self.n_classes == 0

    # ---- what is shown
    def show(self, summary: Summary) -> bool:
        if isinstance(summary, DecisionMap) and summary is not self._map:
            self._map = summary
            return True
        if isinstance(summary, FanMap) and summary is not self._fan:
            self._fan = summary
            return True
        if isinstance(summary, Predictions) and summary is not self._predictions:
            self._predictions, self._guess = summary, None
            return True
        if isinstance(summary, PlaneMarks) and summary is not self._marks:
            self._marks = summary
            return True
        return False

    def drop_marks(self) -> bool:
        """The model has none any more; whether it had any."""
        had, self._marks = self._marks is not None, None
        return had

    def clear(self) -> None:
        self._map = self._predictions = self._guess = self._fan = self._marks = None

    def _data_changed(self, problem: Problem) -> None:
        assert self.experiment is not None
        self.n_classes = problem.n_classes
        self._guess = None
        self.home = self._home()

    def _home(self) -> tuple[Range, Range]:
        """The data set's own ranges, or wider ones (and alike where those are alike) if points lie outside."""
        assert self.experiment is not None
        extent = self.experiment.data.extent()
        ranges = [extent[0], extent[-1]]
        for i in range(2):
            (low, high), values = ranges[i], self.points.X[:, i]
            if len(values) and (values.min() < low or values.max() > high):
                low, high = widen(float(min(low, values.min())), float(max(high, values.max())), 0.02)
                step = plot.tick_step(high - low, 8) / 2
                wide = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
                ranges[i] = wide if np.isfinite(wide).all() and wide[0] < wide[1] else (low, high)
        if extent[0] == extent[-1]:
            (a, b), (c, d) = ranges
            ranges = [(min(a, c), max(b, d))] * 2
        return ranges[0], ranges[1]

    def _points_changed(self) -> None:
        self._guess = None

    # ---- points
    def places(self) -> tuple[Floats, Floats]:
        return self.points.X[:, 0], self.points.X[:, 1]

    def added(self, x: Floats, y: Floats, label: int) -> Points:
        value = label if not self.numeric else (-1.0, 1.0)[min(label, 1)]
        return self.points.add(np.column_stack([x, y]), np.full(len(x), float(value)))

    def moved(self, ids: Ids, x: Floats, y: Floats) -> Points:
        return self.points.replace(ids, np.column_stack([x, y]))

    def guess(self) -> np.ndarray:
        """The predicted class of each point; a point that the model has not seen yet counts as right."""
        if self._guess is None:
            truth = self.points.t
            self._guess = truth
            found = self._predictions
            if found is not None and len(found.ids):
                order = np.argsort(found.ids)
                at = np.searchsorted(found.ids, self.points.ids, sorter=order)
                at = order[np.minimum(at, len(order) - 1)]
                known = (found.ids[at] == self.points.ids) & np.isfinite(found.value[at])
                self._guess = np.where(known, found.value[at], truth)
        return self._guess

    # ---- drawing
    def frame(self, size: QSizeF, left: float) -> Frame:
        ys = _few_ticks(*self.y, 4)
        left += px(20) + max(plain_width("−6", 12), Axis(ys, plot.tick_texts(ys)).width(12)) + px(16)
        right, top, bottom = px(10), px(12), px(45)
        wide, high = size.width() - left - right, size.height() - top - bottom
        side = max(min(wide, high), px(40))
        x = left + max(0.0, (wide - side) / 2)
        return Frame(QRectF(round(x), round(top + max(0.0, (high - side) / 2)), side, side), self.x, self.y)

    def paint(self, painter: QPainter, frame: Frame, marked: Marked) -> None:
        shown = tuple(self.shown.values())
        below = (self._map, self._fan, self._marks, shown, frame)
        self._below.paint(painter, clip_box(frame), below, lambda fresh: self._paint_below(fresh, frame))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(clip_box(frame))
        self._paint_points(painter, frame, marked)
        painter.restore()
        if self._map is not None and self._map.unit is not None and self.shown["map"]:
            scale = TR("Canvas", "full colour = ±{value}").format(value=fmt(float(f"{self._map.scale:.3g}")))
            paint_unit_caption(painter, frame, self.experiment, self._map.unit, scale)

    def _paint_below(self, painter: QPainter, frame: Frame) -> None:
        """What the model says of the plane, under the points."""
        painter.setClipRect(frame.rect)
        if self._map is not None and self.shown["map"] and self._map.values.size:
            self._paint_map(painter, frame)
        if self._fan is not None and self.shown["fan"] and self._fan.spread.size:
            self._paint_fan(painter, frame)
        painter.setClipping(False)
        self._paint_edge(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._map is not None and self.shown["contours"]:
            plane_layers.paint_contours(painter, frame, self._map)
        if self._map is not None and self.shown["boundary"] and self._map.values.size:
            self._paint_boundary(painter, frame)
        if self._marks is not None and self.shown["marks"]:
            self._paint_marks(painter, frame, self._marks)

    def ground(self, frame: Frame) -> object:
        return self._map is None or not self.shown["map"], self._axis_names()

    def axes(self) -> tuple[str, str]:
        names = self._axis_names()
        return (names[0], names[1]) if names else ("*x*₁", "*x*₂")

    def _axis_names(self) -> tuple[str, ...]:
        return self.experiment.data.names_of_inputs() if self.experiment is not None else ()

    def paint_ground(self, painter: QPainter, frame: Frame) -> None:
        """With a grid where no map covers it."""
        t, box = theme(), frame.rect
        most = max(2, min(4, int(box.width() / px(64))))
        xs, ys = (_few_ticks(low, high, most) for low, high in (frame.x, frame.y))
        if self._map is None or not self.shown["map"]:
            for x in frame.px(xs):
                plot.vline(painter, x, box.top(), box.bottom(), t.grid)
            for y in frame.py(ys):
                plot.hline(painter, box.left(), box.right(), y, t.grid)
        plot.draw_x_ticks(painter, frame, Axis(xs, plot.tick_texts(xs)), 12, px(3))
        plot.draw_y_ticks(painter, frame, Axis(ys, plot.tick_texts(ys)), 12, px(3))
        below = QPointF(box.center().x(), box.bottom() + px(33))
        gap = px(8) + px(3) + Axis(ys, plot.tick_texts(ys)).width(12) + px(12)
        beside, names = QPointF(box.left() - gap, box.center().y()), self._axis_names()
        if names:
            plot.draw_name(painter, below, names[0], 13, box.width())
            plot.draw_name(painter, beside, names[1], 13, box.height(), upright=True)
        else:
            plot.draw_label(painter, below, "*x*₁", 13)
            plot.draw_label(painter, beside, "*x*₂", 13)

    def _paint_edge(self, painter: QPainter, frame: Frame) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(theme().axis), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.rect.adjusted(0, 0, -1, -1))

    def _paint_map(self, painter: QPainter, frame: Frame) -> None:
        assert self._map is not None
        wanted = (kind for kind in ("uncertainty", "discrete") if self.shown[kind])
        kind = next(wanted, "") if plane_layers.has_classes(self._map) else ""
        key = (self._map, theme().name, kind)
        if self._image is None or self._image[0] != key:
            self._image = key, plane_layers.IMAGES[kind](self._map)
        (x0, x1), (y0, y1) = frame.px(self._map.x), frame.py(self._map.y)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(x0, y1), QPointF(x1, y0)), self._image[1])

    def _paint_fan(self, painter: QPainter, frame: Frame) -> None:
        assert self._fan is not None
        key = (self._fan, theme().name)
        if self._fan_image is None or self._fan_image[0] != key:
            self._fan_image = key, fan_image(self._fan)
        (x0, x1), (y0, y1) = frame.px(self._fan.x), frame.py(self._fan.y)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(x0, y1), QPointF(x1, y0)), self._fan_image[1])

    def _paint_boundary(self, painter: QPainter, frame: Frame) -> None:
        assert self._map is not None
        if self._boundary is None or self._boundary[0] is not self._map:
            self._boundary = self._map, plane_layers.boundary(self._map)
        t = theme()
        line = plot.pen(t.color("boundary", t.boundary_opacity), 1.25)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)  # round ends would overlap and show as dots
        painter.setClipRect(frame.rect)
        for way in self._boundary[1]:
            plot.draw_lines(painter, frame.px(way[:, 0]), frame.py(way[:, 1]), line, frame.rect)

    def _paint_marks(self, painter: QPainter, frame: Frame, marks: PlaneMarks) -> None:
        """Lines under the points: margins dashed, cuts, and ellipses in the colours of their classes."""
        if self._margins is None or self._margins[0] is not marks:
            self._margins = marks, plane_layers.margins(marks)
        t = theme()
        painter.setClipRect(frame.rect)
        dashed = plot.pen(t.color("boundary", t.boundary_opacity), 1.25)
        dashed.setDashPattern([4, 3])
        dashed.setCapStyle(Qt.PenCapStyle.FlatCap)
        cut = plot.pen(t.color("boundary", t.boundary_opacity), 1.25)
        for line in self._margins[1]:
            plot.draw_curve(painter, frame.px(line[:, 0]), frame.py(line[:, 1]), dashed, frame.rect)
        pixels = np.column_stack([frame.px(marks.cuts[:, 0]), frame.py(marks.cuts[:, 1]),
                                  frame.px(marks.cuts[:, 2]), frame.py(marks.cuts[:, 3])])  # fmt: skip
        plot.draw_segments(painter, pixels, cut, frame.rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve, label in zip(marks.curves, marks.classes, strict=True):
            painter.setPen(plot.pen(t.classes[label % len(t.classes)].outline, 1.75))
            xs, ys = frame.px(curve[:, 0]), frame.py(curve[:, 1])
            painter.drawPolygon([QPointF(x, y) for x, y in zip(xs, ys, strict=True)])

    def _paint_ringed(self, painter: QPainter, x: Floats, y: Floats) -> None:
        """The points that hold up the boundary."""
        if self._marks is None or not self.shown["marks"] or not len(self._marks.ringed):
            return
        painter.setPen(plot.pen(theme().text, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for i in place_index(self.points, self._marks.ringed)[:MANY]:
            painter.drawEllipse(QPointF(x[i], y[i]), px(8), px(8))

    def _paint_points(self, painter: QPainter, frame: Frame, marked: Marked) -> None:
        x, y = self.places()
        test = self.part == TEST
        seen = np.where(test, self.shown["test"], self.shown["training"])
        at_x, at_y = frame.px(x), frame.py(y)
        guess = self.guess()
        area, ratio = clip_box(frame), painter.device().devicePixelRatioF()
        hovered = np.array([_or_none(marked.hovered)])
        for crowd, ids, opacity in ((self._halos, marked.selected, 0.85), (self._halo, hovered, 0.4)):
            at, colors = place_index(self.points, ids), [theme().color("accent", part * opacity) for part in (0.3, 1)]
            at = at[thinned(at_x[at], at_y[at], px(8))]
            crowd.stamp(painter, area, disc(px(8), *map(argb, colors), 2.0, ratio), at_x[at], at_y[at], 0)
        self._paint_lit(painter, at_x, at_y)
        self._paint_ringed(painter, at_x, at_y)
        atlas = self._stamps(ratio)
        if self.numeric:
            style = np.clip(np.rint((np.nan_to_num(self.points.t) + 1) / 2 * (LEVELS - 1)), 0, LEVELS - 1)
            style = style.astype(np.intp) * 2 + test
        else:
            k = self.n_classes
            truth = np.clip(self.points.t, 0, k - 1).astype(np.intp)
            style = (truth * k + np.clip(guess, 0, k - 1).astype(np.intp)) * 2 + test
        if not seen.all():
            at_x, at_y, style, guess = at_x[seen], at_y[seen], style[seen], guess[seen]
        missed = np.zeros(0, dtype=np.intp)
        if self.shown["misses"] and not self.numeric and len(x) <= VERY_MANY:
            missed = np.flatnonzero(guess != self.points.t[seen])
        first = 2 * self.n_classes**2
        if len(missed) > CROWD_OF_MISSES:
            self._rings.stamp(painter, area, atlas, at_x[missed], at_y[missed], first + 2)
        self._dots.stamp(painter, area, atlas, at_x, at_y, style)
        if 0 < len(missed) <= CROWD_OF_MISSES:  # a few stand out over all others
            for stamp in (first, first + 1, style[missed]):
                atlas.stamp(painter, at_x[missed], at_y[missed], stamp)

    def _paint_lit(self, painter: QPainter, x: Floats, y: Floats) -> None:
        """The point whose mistake the model has just learned from shines."""
        lit = self._predictions.lit if self._predictions is not None else None
        for i in place_index(self.points, np.array([_or_none(lit)])):
            middle, glow = QPointF(x[i], y[i]), theme().color("accent", 0.3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(glow)
            painter.drawEllipse(middle, px(20), px(20))
            painter.setPen(plot.pen(theme().color("accent", 1.0), 3))
            painter.drawEllipse(middle, px(13), px(13))

    def _stamps(self, ratio: float) -> Atlas:
        n, k = len(self.points), self.n_classes
        key = (theme().name, host().zoom, ratio, n > MANY, n > VERY_MANY, k)
        if self._atlas is None or self._atlas[0] != key:
            if self.numeric:
                shades = numeric_colors(LEVELS)
                count = 2 * LEVELS
            else:
                shades = []
                count = 2 * k * k + 3

            def draw(painter: QPainter, i: int) -> None:
                style, test = divmod(i, 2)
                if self.numeric:
                    fill, outline = shades[style]
                    _draw_point(painter, "o", fill, outline, bool(test), n)
                elif i >= 2 * k * k:
                    _draw_ring(painter, i - 2 * k * k)
                else:
                    truth, guess = (theme().classes[c] for c in divmod(style, k))
                    _draw_point(painter, truth.symbol, guess.color, truth.outline, bool(test), n)

            self._atlas = key, Atlas(count, px(26), ratio, draw)
        return self._atlas[1]


def _or_none(hovered: int | None) -> int:
    return -1 if hovered is None else hovered


def _few_ticks(low: float, high: float, most: int) -> list[float]:
    """Both ends when they are round and can be divided evenly (−6, −3, 0, 3, 6), else ordinary ticks."""
    quarter = (high - low) / 4
    if most >= 4 and low == -high and quarter == float(f"{quarter:.1g}"):
        return [low, low + quarter, 0.0, high - quarter, high]
    return plot.ticks(low, high, most + 1)


def _draw_point(painter: QPainter, symbol: str, fill: str, outline: str, test: bool, n: int) -> None:
    scale = px(100) / 100
    size = (6 if n > MANY else 9) * scale
    width = 1.3 * scale
    middle = QPointF(0, 0)
    if n > VERY_MANY:
        draw_symbol(painter, middle, symbol, size, fill)
    elif test:
        draw_symbol(painter, middle, symbol, size + width, theme().canvas, outline, width)
        dot = size * (0.42 if n <= MANY else 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawEllipse(middle, dot / 2, dot / 2)
    else:
        draw_symbol(painter, middle, symbol, size + width, fill, outline, width)


def _draw_ring(painter: QPainter, i: int) -> None:
    """Stamp 0: the halo of a ring; 1: the ring; 2: the ring where there are many."""
    t, middle = theme(), QPointF(0, 0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = (px(19) - 1.75) / 2
    if i == 0:
        painter.setPen(plot.pen(t.canvas, 4))
    else:
        painter.setPen(plot.pen(t.miss_ring, 1.75 if i == 1 else 1.25))
        radius = radius if i == 1 else px(13) / 2
    painter.drawEllipse(middle, radius, radius)
