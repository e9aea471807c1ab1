"""The picture of the curve lab: points, the true function, the fit, residuals. Shown by `stage.py`.

Colours are the textbook's: data blue circles, the true function green, the fit red, residuals green arrows.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from playground.engine.points import EMPTY_1D, TEST, TRAIN, VALIDATION, Points
from playground.engine.problem import Problem
from playground.engine.snapshot import Fan, Fit, Folds, Predictions, Summary
from playground.gui import plot
from playground.gui.curve_layers import (
    BEYOND,
    Reading,
    axis_names,
    paint_axis_names,
    paint_beyond,
    paint_folds,
    paint_held_out,
    paint_reading,
    reading_of,
)
from playground.gui.curve_marks import HEAD, draw_head, draw_point
from playground.gui.fan import curves_image, paint_fan
from playground.gui.kept import Crowd, Kept, thinned
from playground.gui.markers import Atlas, argb, disc
from playground.gui.picture import (
    MANY,
    VERY_MANY,
    Entry,
    Ids,
    Marked,
    Picture,
    Titles,
    clip_box,
    place_index,
    widen,
)
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import host, px, theme
from playground.gui.unit_caption import paint_unit_caption
from playground.gui.widgets.text import plain_width, symbol

TR = QCoreApplication.translate
N_TRUTH = 400
OF_CROWD = 3
"""The stamp of one of many test points."""
UP, DOWN = 4, 5
"""The stamps of an arrow's head."""
CROWD = 60
"""More test points than this are drawn smaller and lighter, so that they do not hide the fit."""


class CurvePicture(Picture):
    def titles(self) -> Titles:
        return (
            ("training", TR("Canvas", "Training points"), True),
            ("validation", TR("Canvas", "Validation points"), True),
            ("test", TR("Canvas", "Test points"), True),
            ("truth", TR("Canvas", "True function"), True),
            ("fit", TR("Canvas", "Fit"), True),
            ("residuals", TR("Canvas", "Residuals of training points"), True),
            ("test_residuals", TR("Canvas", "Residuals of test points"), False),
            ("fan", TR("Canvas", "Fan of resampled fits"), False),
            ("folds", TR("Canvas", "Fits of the folds"), True),
            ("beyond", TR("Canvas", "Beyond the data"), False),
        )

    def __init__(self) -> None:
        super().__init__()
        self.points = EMPTY_1D
        self._source: Points | None = None
        self._fit: Fit | None = None
        self._fan: Fan | None = None
        self._fan_curves: tuple[object, QImage] | None = None
        self._predicted: Predictions | None = None
        self._folds: Folds | None = None
        self._folds_kept = Kept()
        self.fold = -1
        """Which run of the cross-validation stands out; -1: none."""
        self._atlas: tuple[object, Atlas] | None = None
        self._dots = {code: Crowd() for code in (TRAIN, VALIDATION, TEST)}
        self._halos, self._halo = Crowd(), Crowd()

    # ---- what is shown
    def show(self, summary: Summary) -> bool:
        for name, kind in (("_fit", Fit), ("_fan", Fan), ("_folds", Folds), ("_predicted", Predictions)):
            if isinstance(summary, kind) and summary is not getattr(self, name):
                setattr(self, name, summary)
                return True
        return False

    def clear(self) -> None:
        self._fit = self._fan = self._predicted = None
        self.drop_folds()

    def drop_folds(self) -> bool:
        """Nobody asks for the folds any more; whether they were shown."""
        shown, self._folds, self.fold = self._folds is not None, None, -1
        return shown

    def layers_changed(self) -> bool:
        """After a layer was switched: whether the ranges have to follow."""
        if self.experiment is None:
            return False
        home, self.home = self.home, self._home()
        if home != self.home and self.at_home:
            self.go_home()
        return home != self.home

    def _data_changed(self, problem: Problem) -> None:
        self._source = problem.source_test
        self.home = self._home()

    def _home(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Ranges from the data and the true function; never from the fit, which may be anywhere."""
        assert self.experiment is not None
        low, high = self.experiment.data.extent()[0]
        if len(self.points):
            low, high = min(low, self.points.X.min()), max(high, self.points.X.max())
        x = widen(float(low), float(high), BEYOND if self.shown["beyond"] else 0.03)
        # Beyond its own range nobody promises that the true function has sensible values, or any.
        truth = self.experiment.data.truth(np.linspace(*self.experiment.data.extent()[0], N_TRUTH))
        parts = [self.points.t, np.zeros(0) if truth is None else truth]
        if self._source is not None:
            parts.append(self._source.t)
        t = np.concatenate(parts)
        t = t[np.isfinite(t)]
        if not len(t):
            return x, (-2.0, 2.0)
        bottom, top = widen(float(t.min()), float(t.max()), 0.12)
        # Rounded outwards, so that the axes stand still while a point moves a little.
        step = plot.tick_step(top - bottom, 8) / 4
        y = (float(np.floor(bottom / step) * step), float(np.ceil(top / step) * step))
        return x, y if np.isfinite(y).all() and y[1] > y[0] else (bottom, top)

    # ---- points
    def places(self) -> tuple[Floats, Floats]:
        return self.points.X[:, 0], self.points.t

    def added(self, x: Floats, y: Floats, label: int) -> Points:
        return self.points.add(np.asarray(x)[:, None], y)

    def moved(self, ids: Ids, x: Floats, y: Floats) -> Points:
        return self.points.replace(ids, np.asarray(x)[:, None], y)

    # ---- drawing
    def frame(self, size: QSizeF, left: float) -> Frame:
        ys = plot.ticks(*self.y, most=9)
        left += px(24) + max(plain_width("−0.0", 12), Axis(ys, plot.tick_texts(ys)).width(12)) + px(8)
        box = QRectF(left, px(40), size.width() - left - px(24), size.height() - px(40) - px(46))
        return Frame(box, self.x, self.y)

    def paint(self, painter: QPainter, frame: Frame, marked: Marked) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(clip_box(frame))
        if self._crowd():
            self._paint_part(painter, frame, TEST, OF_CROWD)
        painter.setClipRect(frame.rect)
        if self.shown["fan"] and self._fan is not None and len(self._fan.x):
            drawn = (self._fan, frame, theme().name)
            if self._fan_curves is None or self._fan_curves[0] != drawn:
                self._fan_curves = drawn, curves_image(frame, self._fan)
            paint_fan(painter, frame, self._fan, self._fan_curves[1])
        if self.shown["beyond"]:
            x = np.concatenate([self.points.X[:, 0], self._tests()[0], self.experiment.data.extent()[0]])
            paint_beyond(painter, frame, float(x.min()), float(x.max()))
        if self._folds is not None and self.shown["folds"]:
            self._paint_folds(painter, frame, self._folds)
        if self._fit is not None and self.shown["fit"]:
            line = plot.pen(theme().fit, 3)
            plot.draw_curve(painter, frame.px(self._fit.x), frame.py(self._fit.y), line, frame.rect)
        for key, places in (("residuals", self._training()), ("test_residuals", self._tests())):
            if self.shown[key] and self._fit is not None and self._fit.unit is None:
                self._paint_residuals(painter, frame, *places)
        if self._fit is not None and self._fit.unit is not None and self.shown["fit"] and self.experiment is not None:
            paint_unit_caption(painter, frame, self.experiment, self._fit.unit)
        painter.setClipRect(clip_box(frame))
        self._paint_marked(painter, frame, marked)
        if not self._crowd():
            self._paint_tests(painter, frame)
        self._paint_points(painter, frame)
        if self._folds is not None and self.fold >= 0:
            held = place_index(self.points, self._folds.ids[self._folds.fold == self.fold])
            paint_held_out(painter, frame, *(v[held] for v in self.places()))
        if (reading := self._reading(marked)) is not None:
            paint_reading(painter, frame, reading)
        painter.restore()

    def _paint_folds(self, painter: QPainter, frame: Frame, folds: Folds) -> None:
        """Kept, because the fits come in other beats than the points."""

        def paint(layer: QPainter) -> None:
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            layer.setClipRect(frame.rect)
            paint_folds(layer, frame, folds, self.fold)

        self._folds_kept.paint(painter, frame.rect, (folds, frame, self.fold), paint)

    def axes(self) -> tuple[str, str]:
        x, t = axis_names(self.experiment)
        return x or "*x*", t or "*t*"

    def ground(self, frame: Frame) -> object:
        truth = self._truth(frame)
        source = self._source if self._crowd() else None
        return source, None if truth is None else truth[1].tobytes(), axis_names(self.experiment)

    def paint_ground(self, painter: QPainter, frame: Frame) -> None:
        """Axes, the true function, and test points from its source that are a crowd: few stand over the curves."""
        self._paint_axes(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(clip_box(frame))
        if self._crowd() and self._source is not None:
            x, t = self._source.X[:, 0], self._source.t
            self._stamps(painter.device().devicePixelRatioF()).stamp(painter, frame.px(x), frame.py(t), OF_CROWD)
        if (truth := self._truth(frame)) is not None:
            painter.setClipRect(frame.rect)
            x, y = truth
            plot.draw_curve(painter, frame.px(x), frame.py(y), plot.pen(theme().truth, 2.5), frame.rect)

    def _paint_axes(self, painter: QPainter, frame: Frame) -> None:
        t, box = theme(), frame.rect
        xs = plot.ticks(*frame.x, most=max(2, min(8, int(box.width() / px(56)))))
        ys = plot.ticks(*frame.y, most=max(2, min(9, int(box.height() / px(40)))))
        for x in frame.px(xs):
            plot.vline(painter, x, box.top(), box.bottom(), t.grid)
        for y in frame.py(ys):
            plot.hline(painter, box.left(), box.right(), y, t.grid)
        if frame.y[0] < 0 < frame.y[1]:
            plot.hline(painter, box.left(), box.right(), float(frame.py(0.0)), t.track)
        plot.vline(painter, box.left(), box.top(), box.bottom() + 1, t.axis)
        plot.hline(painter, box.left(), box.right(), box.bottom(), t.axis)
        plot.draw_x_ticks(painter, frame, Axis(xs, plot.tick_texts(xs, short=True)), 12)
        plot.draw_y_ticks(painter, frame, Axis(ys, plot.tick_texts(ys)), 12)
        paint_axis_names(painter, box, Axis(ys, plot.tick_texts(ys)).width(12), axis_names(self.experiment))

    def _truth(self, frame: Frame) -> tuple[Floats, Floats] | None:
        """The true function, as far as it is on screen; None where there is none, or it is hidden."""
        if not self.shown["truth"] or self.experiment is None:
            return None
        low, high = self.experiment.data.extent()[0]
        x = np.linspace(max(low, frame.x[0]), max(min(high, frame.x[1]), low), N_TRUTH)
        y = self.experiment.data.truth(x)
        return None if y is None else (x, y)

    def _training(self) -> tuple[Floats, Floats]:
        return tuple(v[self.part == TRAIN] for v in self.places())

    def _tests(self) -> tuple[Floats, Floats]:
        x, t = (v[self.part == TEST] for v in self.places())
        if self._source is not None:
            x, t = np.concatenate([x, self._source.X[:, 0]]), np.concatenate([t, self._source.t])
        return x, t

    def _crowd(self) -> bool:
        """Whether the test points are so many that they lie under the curves, smaller and lighter."""
        source = 0 if self._source is None else len(self._source)
        return self.shown["test"] and source + int(np.count_nonzero(self.part == TEST)) > CROWD

    def _paint_residuals(self, painter: QPainter, frame: Frame, x: Floats, t: Floats) -> None:
        """Arrows from the fit to the points; where it is shorter than its head, nothing."""
        assert self._fit is not None
        if not len(x) or len(x) > MANY or len(self._fit.x) < 2:
            return
        y = np.interp(x, self._fit.x, self._fit.y, left=np.nan, right=np.nan)
        at, start, stop = frame.px(x), frame.py(y), frame.py(t)
        head = px(HEAD)
        stop = stop - np.sign(stop - start) * px(6)  # the tip touches the marker's edge
        with np.errstate(all="ignore"):
            long = np.abs(stop - start) > head + 1
            long &= np.sign(stop - start) == np.sign(frame.py(t) - start)
        at, start, stop = at[long], start[long], stop[long]
        up = np.sign(stop - start)
        line = plot.pen(theme().truth, 1.5)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        plot.draw_segments(painter, np.column_stack([at, start, at, stop - up * head * 0.9]), line, frame.rect)
        self._stamps(painter.device().devicePixelRatioF()).stamp(painter, at, stop, np.where(up > 0, DOWN, UP))

    def _paint_marked(self, painter: QPainter, frame: Frame, marked: Marked) -> None:
        (x, y), ratio = self.places(), painter.device().devicePixelRatioF()
        chosen, hovered = place_index(self.points, marked.selected), self._hovered(marked)
        for crowd, index, opacity in ((self._halos, chosen, 0.45), (self._halo, hovered, 0.18)):
            halo = disc(px(10), argb(theme().color("accent", opacity)), "", 0, ratio)
            at_x, at_y = frame.px(x[index]), frame.py(y[index])
            seen = thinned(at_x, at_y, px(10))
            crowd.stamp(painter, clip_box(frame), halo, at_x[seen], at_y[seen], 0)

    def _reading(self, marked: Marked) -> Reading | None:
        """Of the point under the hand."""
        found = self._hovered(marked)
        if not len(found) or self.part[found[0]] == TEST and not self.shown["test"]:
            return None
        i, (x, t) = found[0], self.places()
        said = self._predicted
        if said is None or not np.array_equal(said.ids, self.points.ids):
            return reading_of(float(x[i]), float(t[i]), None, False, np.zeros(0))
        squares = np.square(t - said.value)[self.part == TRAIN]
        return reading_of(float(x[i]), float(t[i]), float(said.value[i]), self.part[i] == TRAIN, squares)

    def _hovered(self, marked: Marked) -> np.ndarray:
        if marked.hovered is None:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero(self.points.ids == marked.hovered)

    def _paint_tests(self, painter: QPainter, frame: Frame) -> None:
        if self.shown["test"]:
            x, t = self._tests()
            self._stamps(painter.device().devicePixelRatioF()).stamp(painter, frame.px(x), frame.py(t), 1)

    def _paint_points(self, painter: QPainter, frame: Frame) -> None:
        for layer, code, stamp in (("validation", VALIDATION, 2), ("training", TRAIN, 0)):
            if self.shown[layer]:
                self._paint_part(painter, frame, code, stamp)

    def _paint_part(self, painter: QPainter, frame: Frame, code: int, stamp: int) -> None:
        """The points of one part of the split."""
        (x, y), chosen = self.places(), self.part == code
        atlas = self._stamps(painter.device().devicePixelRatioF())
        self._dots[code].stamp(painter, clip_box(frame), atlas, frame.px(x[chosen]), frame.py(y[chosen]), stamp)

    def _stamps(self, ratio: float) -> Atlas:
        many, very_many = len(self.points) > MANY, len(self.points) > VERY_MANY
        key = (theme().name, host().zoom, ratio, many, very_many)
        if self._atlas is None or self._atlas[0] != key:
            kinds = ("training", "test", "validation", "test")

            def draw(painter: QPainter, i: int) -> None:
                if i in (UP, DOWN):
                    draw_head(painter, px(HEAD) if i == UP else -px(HEAD))
                else:
                    draw_point(painter, QPointF(0, 0), kinds[i], many, very_many, light=i == 3)

            self._atlas = key, Atlas(len(kinds) + 2, px(18), ratio, draw)
        return self._atlas[1]

    def legend(self) -> tuple[Entry, ...]:
        if self.experiment is None:
            return ()
        entries = [Entry("training", TR("CurvePicture", "training"), "training")]
        if (self.part == VALIDATION).any():
            entries.append(Entry("validation", TR("CurvePicture", "validation"), "validation"))
        if len(self._tests()[0]):
            entries.append(Entry("test", TR("CurvePicture", "test"), "test"))
        data, model = self.experiment.data, self.experiment.model
        formula = getattr(data, "formula", "")
        if data.truth(np.zeros(1)) is not None:
            entries.append(
                Entry("truth", symbol(formula) if formula else TR("CurvePicture", "true function"), "truth")
            )
        order = getattr(model, "order", None)
        fit = TR("CurvePicture", "fit") if order is None else TR("CurvePicture", "fit") + f", *M* = {order}"
        if self._fit is not None and self._fit.unit is not None:
            fit = TR("CurvePicture", "unit")
        entries.append(Entry("fit", fit, "fit"))
        if self.shown["fan"]:
            entries.append(Entry("fan", TR("CurvePicture", "resampled fits"), "fan"))
        if self._folds is not None and len(self._folds.curves):
            entries.append(Entry("folds", TR("CurvePicture", "folds"), "folds"))
        entries.append(Entry("residuals", TR("CurvePicture", "residual"), "arrow"))
        return tuple(entries)
