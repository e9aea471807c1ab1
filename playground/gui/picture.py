"""What the canvas's pictures have in common: the points on screen, ranges that a person can move, layers.

`canvas_curve.py` and `canvas_plane.py` each draw one kind of lab; `stage.py` owns the widget that shows one.
A picture is echoed from the document at once and takes what the model says from snapshots when they come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from playground.engine.experiment import Experiment
from playground.engine.points import EMPTY_2D, Points
from playground.engine.problem import Problem, part_of
from playground.engine.snapshot import Summary
from playground.gui.plot import Floats, Frame, Range
from playground.gui.theme import px

Ids = NDArray[np.int64]
Titles = tuple[tuple[str, str, bool], ...]
NO_IDS: Ids = np.zeros(0, dtype=np.int64)

SMALL = 0.6
"""The share of a range that its data may shrink to before the picture moves closer."""
MANY, VERY_MANY = 2000, 10000
"""Points beyond which markers shrink, and lose their outline."""


@dataclass(frozen=True)
class Entry:
    """A line of the legend: the layer it switches, its text (marked up) and the mark that stands before it."""

    key: str
    text: str
    mark: str


@dataclass(frozen=True, eq=False)
class Marked:
    """Points that the hand is at: the selected ones, and the one under the cursor."""

    selected: Ids
    hovered: int | None


class Picture:
    """Base of the two pictures. Coordinates are data units unless a name says pixels."""

    def titles(self) -> Titles:
        """The layers: key, title, whether it is shown at first."""
        return ()

    def __init__(self) -> None:
        self.experiment: Experiment | None = None
        self.points: Points = EMPTY_2D
        self.part: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self.shown = {key: on for key, _, on in self.titles()}
        self.x: Range = (0.0, 1.0)
        self.y: Range = (0.0, 1.0)
        self.home: tuple[Range, Range] = (self.x, self.y)
        self.at_home = True

    # ---- what is shown
    def set_experiment(self, experiment: Experiment, problem: Problem, still: bool = False) -> None:
        """Echo the document. The ranges follow the data until a person moves them; not at all while `still`."""
        before, self.experiment = self.experiment, experiment
        self.points, self.part = problem.points, problem.part
        self._data_changed(problem)
        if before is None or before.data.kind != experiment.data.kind:
            self._follow(at_once=True)
        elif not still:
            self._follow()

    def _follow(self, at_once: bool = False) -> None:
        """Go home when the data have left the picture or become small in it; small changes leave it still."""
        if not self.at_home:
            return
        for (low, high), (shown_low, shown_high) in zip(self.home, (self.x, self.y), strict=True):
            fits = shown_low <= low and high <= shown_high and high - low > SMALL * (shown_high - shown_low)
            at_once = at_once or not fits
        if at_once:
            self.go_home()

    def settle(self) -> bool:
        """A gesture has ended: whether the ranges had to follow what it drew."""
        before = self.x, self.y
        if self.experiment is not None:
            self._follow()
        return before != (self.x, self.y)

    def go_home(self) -> None:
        """Show all the data again."""
        self.x, self.y = self.home
        self.at_home = True

    def set_points(self, points: Points) -> None:
        """Show these points at once, before the document answers."""
        assert self.experiment is not None
        self.points = points
        self.part = part_of(points, self.experiment.split, self.experiment.seed.split)
        self._points_changed()

    def show(self, summary: Summary) -> bool:
        """Take a summary if it is one of ours and another one than before."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget what a model said."""

    def layers_changed(self) -> bool:
        """A layer was switched on or off: whether the ranges are other ones now."""
        return False

    def _data_changed(self, problem: Problem) -> None:
        raise NotImplementedError

    def _points_changed(self) -> None:
        """The points are other ones; what was derived from them is stale."""

    # ---- points as places in the picture
    def places(self) -> tuple[Floats, Floats]:
        """x [n] and y [n] of the points that can be edited."""
        raise NotImplementedError

    def added(self, x: Floats, y: Floats, label: int) -> Points:
        """The points with new ones at (x, y) [k], of the class `label` where there are classes."""
        raise NotImplementedError

    def moved(self, ids: Ids, x: Floats, y: Floats) -> Points:
        """The points with those of `ids` at (x, y)."""
        raise NotImplementedError

    # ---- drawing
    def frame(self, size: QSizeF, left: float) -> Frame:
        """Where the axes lie in a widget of this size; the tools take the first `left` pixels."""
        raise NotImplementedError

    def axes(self) -> tuple[str, str]:
        """What the axes measure, marked up."""
        raise NotImplementedError

    def ground(self, frame: Frame) -> object:
        """What the ground depends on besides the frame."""
        return None

    def paint_ground(self, painter: QPainter, frame: Frame) -> None:
        """The axes, and what else stays as it is while points and model change: painted seldom, kept as a picture."""
        raise NotImplementedError

    def paint(self, painter: QPainter, frame: Frame, marked: Marked) -> None:
        """Everything but the ground and the tools' own marks, within `clip_box(frame)`."""
        raise NotImplementedError

    def legend(self) -> tuple[Entry, ...]:
        return ()

    # ---- ranges
    def zoom(self, factor: float, x: float, y: float) -> None:
        """Narrow (factor below 1) or widen both ranges around a point."""
        for low, high in (self.x, self.y):
            span = (high - low) * factor
            if not 1e-9 * max(abs(low), abs(high), 1e-6) < span < 1e12:
                return
        self.x = (x - (x - self.x[0]) * factor, x + (self.x[1] - x) * factor)
        self.y = (y - (y - self.y[0]) * factor, y + (self.y[1] - y) * factor)
        self.at_home = False

    def pan(self, dx: float, dy: float) -> None:
        """Move the ranges by data units."""
        self.x = (self.x[0] + dx, self.x[1] + dx)
        self.y = (self.y[0] + dy, self.y[1] + dy)
        self.at_home = False

    def set_ranges(self, x: Range, y: Range) -> None:
        """Show this part, and stay there."""
        self.x, self.y, self.at_home = x, y, False

    # ---- for the session file
    def state(self) -> dict[str, object]:
        ranges = None if self.at_home else [*self.x, *self.y]
        return {"ranges": ranges, "layers": dict(self.shown)}

    def restore(self, state: dict[str, object]) -> None:
        """Take a state that `state()` made; whatever is odd in it is passed over."""
        layers, ranges = state.get("layers"), state.get("ranges")
        if isinstance(layers, dict):
            self.shown.update({key: bool(layers[key]) for key in self.shown if key in layers})
        if isinstance(ranges, list) and len(ranges) == 4 and all(isinstance(v, int | float) for v in ranges):
            a, b, c, d = (float(v) for v in ranges)
            if np.isfinite([a, b, c, d]).all() and a < b and c < d:
                self.set_ranges((a, b), (c, d))


def place_index(points: Points, ids: Ids) -> NDArray[np.intp]:
    """Where those of `ids` that still exist stand among the points."""
    return np.flatnonzero(np.isin(points.ids, ids)) if len(ids) else np.zeros(0, dtype=np.intp)


def widen(low: float, high: float, share: float) -> Range:
    """The range with a margin at both ends; never empty."""
    span = high - low
    if not np.isfinite(span):
        return low / 2, high / 2
    pad = span * share if span > 1e-12 * max(abs(low), abs(high)) else max(abs(high) * 0.5, 0.5)
    return low - pad, high + pad


def clip_box(frame: Frame) -> QRectF:
    """The frame and a little more, so that markers at the edge are whole."""
    edge = px(8)
    return frame.rect.adjusted(-edge, -edge, edge, edge)
