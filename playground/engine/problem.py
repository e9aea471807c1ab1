"""The arrays of an Experiment: all points, the part of the split each belongs to, the test set.

The worker trains on them, the window echoes them at once. Only numpy; cached by value.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine import features
from playground.engine.datasets.base import DataSpec, LabelledData
from playground.engine.experiment import Experiment, Split, parameters
from playground.engine.points import AUTO, PART_NAMES, TEST, TRAIN, VALIDATION, Points
from playground.engine.random import uniform
from playground.engine.schema import elided

SHORT = 24
"""Characters of the name of a class that a sentence has room for."""


class Part(NamedTuple):
    """ids [n], raw inputs X [n, d], targets t [n] (class indices as float for classification)."""

    ids: NDArray[np.int64]
    X: NDArray[np.float64]
    t: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """What a run learns from.

    points      those of the experiment, all parts together       part  int8 [n]: 0 train, 1 validation, 2 test
    source_test further test points from the known source, or None (they are in `parts["test"]` too)
    classes     names of the classes; empty for regression
    """

    points: Points
    part: NDArray[np.int8]
    source_test: Points | None
    parts: dict[str, Part]
    task: str
    n_inputs: int
    classes: tuple[str, ...]
    colors: tuple[int, ...] = ()
    """For each class its place in the palette."""
    x_range: tuple[float, float] = (0.0, 1.0)
    """What the canvas shows at first of the first input: the bases of linear models are laid out over it."""

    @property
    def n_classes(self) -> int:
        return len(self.classes)

    @cached_property
    def short_names(self) -> tuple[str, ...]:
        """Those of the classes, for a sentence or a legend."""
        return tuple(elided(name, SHORT) for name in self.classes)

    @property
    def train(self) -> Part:
        return self.parts["train"]


def part_of(points: Points, split: Split, seed: int) -> NDArray[np.int8]:
    """int8 [n]: which part each point belongs to, a function of (seed, id) unless the file said it."""
    u = uniform(seed, "split", points.ids)
    drawn = np.where(u < split.train, TRAIN, np.where(u < split.train + split.validation, VALIDATION, TEST))
    if split.test == 0 and split.validation > 0:
        drawn = np.where(u < split.train, TRAIN, VALIDATION)
    if split.train == 1:
        drawn = np.full(len(points), TRAIN)
    return np.where(points.part == AUTO, drawn, points.part).astype(np.int8)


def build(e: Experiment) -> Problem:
    """The problem of an Experiment; the same object for equal data, split and seeds.

    Raises SpecError where a formula that is an input has no value at a point.
    """
    found = _build(e.data, e.split, e.seed.data, e.seed.split)
    features.check_at(e, np.vstack([part.X for part in found.parts.values()]))
    return found


def share_on_wrong_side(e: Experiment) -> float | None:
    """Of the generated points, those that noise and flips have put where another class belongs (0 to 1).

    None where nobody knows: numbers, points of a person or a file.
    """
    return _wrong(e.data, e.seed.data) if isinstance(e.data, LabelledData) else None


@lru_cache(maxsize=8)
def _wrong(data: LabelledData, seed: int) -> float | None:
    return data.share_on_wrong_side(seed)


def why_no_more(e: Experiment) -> str:
    """Why no further point can be drawn from the source of the data; empty where one can."""
    if e.data.has_source:
        return ""
    if e.data.generated:
        return "These data have no source that gives one point after the other: ask for more points instead."
    return "Drawn points and those of a file have no source to draw another one from."


def one_more(e: Experiment) -> dict[str, Any]:
    """The change that adds one point from the source and moves none; empty without a source.

    Points on a grid would all move for one more of them, so the new one becomes an edit of the points.
    """
    if why_no_more(e):
        return {}
    most = parameters(e)["data.n"].high or 0
    if e.data.points is None and e.data.spacing == "uniform" and e.data.n < most:
        return {"data.n": e.data.n + 1}
    return {"data.points": e.data.with_one_more(build(e).points, e.seed.data)}


@lru_cache(maxsize=8)
def _build(data: DataSpec, split: Split, seed_data: int, seed_split: int) -> Problem:
    points, source = data.make(seed_data), _test_points(data.model_copy(update={"points": None}), seed_data)
    part = part_of(points, split, seed_split)
    part.setflags(write=False)
    parts = {name: _part(points, part == code) for code, name in enumerate(PART_NAMES)}
    if source is not None:
        parts["test"] = _part(points, part == TEST, source)
    classes, x_range = data.names_of_classes(), data.extent()[0]
    colors = data.colors_of_classes()
    return Problem(points, part, source, parts, data.task, data.n_inputs, classes, colors, x_range)


@lru_cache(maxsize=8)
def _test_points(data: DataSpec, seed: int) -> Points | None:
    """Those of the source, which stay while a hand moves the points: `data` is without them."""
    return data.test_points(seed)


def _part(points: Points, mask: NDArray[np.bool_], more: Points | None = None) -> Part:
    """The points where the mask is true, then `more`."""
    ids, X, t = points.ids[mask], points.X[mask], points.t[mask]
    if more is not None:
        ids, X, t = np.concatenate([ids, more.ids]), np.vstack([X, more.X]), np.concatenate([t, more.t])
    for array in (ids, X, t):
        array.setflags(write=False)
    return Part(ids, X, t)
