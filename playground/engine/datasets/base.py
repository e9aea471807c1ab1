"""What every data set is: a Spec with a `kind`, a generator, and (perhaps) hand-edited points.

Three bases cover nearly everything. `CurveData` makes points (x, t) around a known function; a new one
gives `truth`, a label and its range. `ClassData` makes points (x1, x2) with a class, `PlaneData` with a number; a
new one gives `generate`. Decorate it with `@dataset` and it is in the window, on the command line and in
the tests. `given.py` holds the two whose points come from a person or a file.
"""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from playground.engine.points import Points
from playground.engine.random import Draws as Draws
from playground.engine.random import normal, uniform
from playground.engine.registry import datasets, register_kind
from playground.engine.schema import Spec, SpecError, param

Floats = NDArray[np.float64]
Range = tuple[float, float]
Task = Literal["regression", "classification"]

LETTERS = "ABCDEFGHIJ"
MAX_CLASSES = len(LETTERS)


def dataset(cls: type | None = None, *, rank: int = 100) -> Any:
    """Class decorator: register a data set under its `kind`; a low rank comes first in the window."""
    if cls is None:
        return register_kind(datasets, rank)
    return register_kind(datasets, rank)(cls)


def classes_in(points: Points) -> int:
    """The number of classes that these points speak of: the largest index and one."""
    return int(points.t.max()) + 1 if len(points) else 0


def complete_names(names: tuple[str, ...], n: int) -> tuple[str, ...]:
    """`names`, and free letters of the alphabet after them until there are n."""
    free = (letter for letter in LETTERS if letter not in names)
    return names + tuple(next(free) for _ in range(n - len(names)))


def complete_colors(colors: tuple[int, ...], n: int) -> tuple[int, ...]:
    """`colors` of the first n classes, and free ones of the palette after them until there are n."""
    free = (k for k in range(MAX_CLASSES) if k not in colors)
    return (colors + tuple(next(free) for _ in range(n - len(colors))))[:n]


def class_colors() -> Any:
    """The field `class_colors` of data with classes: for each class its place in the palette."""
    return param(
        (), label="Colours of the classes", low=0, high=MAX_CLASSES, item_low=0, item_high=MAX_CLASSES - 1, hidden=True,
        help="For each class its place in the palette, from 0: all different.",
    )  # fmt: skip


class DataSpec(Spec):
    """Common to all data sets. `points`, when not None, are what a person made of the generated ones."""

    kind: str
    points: Points | None = param(None, label="Points", live=True, hidden=True)

    label: ClassVar[str] = ""
    about: ClassVar[str] = ""
    task: ClassVar[Task] = "regression"
    n_inputs: ClassVar[int] = 1
    has_source: ClassVar[bool] = False
    """A known source, from which further test points can be drawn."""
    generated: ClassVar[bool] = True
    """False where the points are the data themselves (drawn, file)."""
    measured: ClassVar[bool] = False
    """True where it is a table of measurements that comes with the program: no seed and no size changes its points."""

    @model_validator(mode="after")
    def _check_points(self) -> "DataSpec":
        points = self.points
        if points is None:
            return self
        if points.n_inputs != self.n_inputs:
            raise SpecError(
                f"data.points must have {self.n_inputs} inputs, not {points.n_inputs}.", "data.points"
            )
        if self.task == "classification" and not np.isin(points.t, range(MAX_CLASSES)).all():
            raise SpecError(f"The classes in data.points must be whole numbers from 0 to {MAX_CLASSES - 1}.",
                            "data.points")  # fmt: skip
        return self

    @classmethod
    def fits(cls, n_inputs: int) -> bool:
        """Whether this data set can be had with so many inputs: 1 for a curve, 2 for the plane."""
        return cls.n_inputs == n_inputs

    @classmethod
    def for_inputs(cls, n_inputs: int) -> "DataSpec":
        """The data set with its defaults, for so many inputs."""
        return cls.model_validate({})

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        """X [n, n_inputs] and t [n]: the target, or the class index."""
        raise NotImplementedError

    def n_generated_classes(self) -> int:
        """How many classes `generate` tells apart; 0 for a numeric target."""
        return 0

    def size(self) -> int:
        """How many points `generate` is asked for."""
        return 0

    def make(self, seed: int) -> Points:
        """The points of this data set: those that were edited by hand, else the generated ones."""
        if self.points is not None:
            return self.points
        X, t = self.generate(Draws(seed, self.size()))
        return Points(np.asarray(X, dtype=np.float64).reshape(-1, self.n_inputs), t)

    def truth(self, x: Floats) -> Floats | None:
        """The true function at x, or None where nobody knows it."""
        return None

    def test_points(self, seed: int) -> Points | None:
        """Further points from the source, with ids of their own, or None."""
        return None

    def extent(self) -> tuple[Range, ...]:
        """(low, high) of each input that the canvas shows at first."""
        return ((0.0, 1.0),)

    def names_of_inputs(self) -> tuple[str, ...]:
        """What the axes measure, with its unit; empty where they are just x, or x1 and x2."""
        return ()

    def name_of_target(self) -> str:
        """What the target of a curve is, with its unit; empty where it is just t."""
        return ""

    def names_of_classes(self) -> tuple[str, ...]:
        """At least two names for classification, none for regression."""
        return ()

    def colors_of_classes(self) -> tuple[int, ...]:
        """For each class its place in the palette, 0 to 9, all different."""
        return complete_colors(getattr(self, "class_colors", ()), len(self.names_of_classes()))

    @model_validator(mode="after")
    def _check_colors(self) -> "DataSpec":
        colors = getattr(self, "class_colors", ())
        if len(set(colors)) < len(colors):
            raise SpecError("data.class_colors must be different for each class, not "
                            f"{','.join(map(str, colors))}.", "data.class_colors")  # fmt: skip
        return self


LONGEST_FORMULA = 24
"""Characters that a legend has room for."""
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FARTHEST = 1e6
"""Ends of a range lie within this: the powers that a polynomial is made of stay numbers."""
NARROWEST = 1e-6
"""The least width of a range, also as a share of its larger end: finer steps are lost to rounding."""


def range_low(default: float) -> Any:
    """The field `low` of a curve data set with this as the begin of its own range."""
    return param(
        default, label="Least", symbol="x", low=-FARTHEST, high=FARTHEST, step=0.5, typed=True,
        help="Where the range of x begins. Smaller: the same points cover more of the function.",
    )  # fmt: skip


def range_high(default: float) -> Any:
    """The field `high` with this as the end of the data set's own range."""
    return param(
        default, label="Greatest", symbol="x", low=-FARTHEST, high=FARTHEST, step=0.5, typed=True,
        help="Where the range of x ends. Larger: the same points cover more of the function.",
    )  # fmt: skip


def curve_noise(default: float) -> Any:
    """The field `noise` of a curve data set, for one with small values."""
    return param(
        default, label="Noise", symbol="σ", low=0.0, high=1.0, step=0.01,
        help="Standard deviation of the target. Larger: points scatter further from the curve.",
    )  # fmt: skip


class CurveData(DataSpec):
    """Points (x, t) with t = truth(x) + noise. A subclass gives `kind`, `label`, `truth` and the range of x.

    The true function takes x in its own units; the range says which part of it is seen, and stretches nothing.
    """

    n: int = param(10, label="Points", low=1, high=1000, scale="log", help="More points: the fit calms down.")
    noise: float = curve_noise(0.3)
    spacing: Literal["even", "uniform"] = param(
        "even", label="Spacing", names={"even": "Even", "uniform": "Random"},
        help="Even: x on a grid. Random: x drawn uniformly, which leaves gaps.",
    )  # fmt: skip
    low: float = range_low(0.0)
    high: float = range_high(1.0)
    n_test: int = param(
        100, label="Test points", low=0, high=1000,
        help="Further points from the same source, never trained on: they judge the fit.",
    )  # fmt: skip

    has_source: ClassVar[bool] = True
    formula: ClassVar[str] = ""
    """The true function as the legend writes it; empty where that would be too long."""

    @model_validator(mode="after")
    def _check_range(self) -> "CurveData":
        if self.low >= self.high:
            raise SpecError(f"data.low must be less than data.high: {self.low:.10g} is not less than "
                            f"{self.high:.10g}.", "data.low")  # fmt: skip
        least = NARROWEST * max(1.0, abs(self.low), abs(self.high))
        if self.high - self.low < least:
            raise SpecError(f"data.high must be at least {least:.3g} more than data.low ({self.low:.10g}), "
                            f"not {self.high - self.low:.3g} more.", "data.high")  # fmt: skip
        return self

    @property
    def x_range(self) -> Range:
        return (self.low, self.high)

    def size(self) -> int:
        return self.n

    def _x(self, draw: Draws, spacing: str) -> Floats:
        low, high = self.x_range
        if spacing == "uniform":
            return draw.uniform("x", low, high)
        return np.linspace(low, high, draw.n) if draw.n > 1 else np.array([(low + high) / 2])

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        x = self._x(draw, self.spacing)
        return x[:, None], self.truth(x) + self.noise * draw.normal("noise")

    def test_points(self, seed: int) -> Points | None:
        """`n_test` points with x uniform over the range; ids are negative, apart from all others."""
        if not self.n_test:
            return None
        draw = Draws(seed, self.n_test, purpose="test")
        x = self._x(draw, "uniform")
        return Points(x[:, None], self.truth(x) + self.noise * draw.normal("noise"), -1 - draw.ids)

    def truth(self, x: Floats) -> Floats:
        raise NotImplementedError

    def with_one_more(self, points: Points, seed: int) -> Points:
        """`points` and one further from the source, at a random x: what a set with random spacing has at its id."""
        i = np.array([points.next_id])
        x = uniform(seed, "data.x", i, *self.x_range)
        return points.add(x[:, None], self.truth(x) + self.noise * normal(seed, "data.noise", i))

    def extent(self) -> tuple[Range, ...]:
        return (self.x_range,)


class PlaneData(DataSpec):
    """Points (x1, x2) with a number each. A subclass gives `kind`, `label` and `generate`.

    `noise` is that of TensorFlow Playground divided by 100.
    """

    n: int = param(
        320, label="Points", low=10, high=5000, scale="log", help="More points: what is learned settles."
    )
    noise: float = param(
        0.1, label="Noise", low=0.0, high=0.5, step=0.01, help="Larger: points stray from where they belong."
    )

    n_inputs: ClassVar[int] = 2
    half_width: ClassVar[float] = 6.0

    def size(self) -> int:
        return self.n

    def extent(self) -> tuple[Range, ...]:
        return ((-self.half_width, self.half_width),) * 2

    def scattered(self, draw: Draws) -> tuple[Floats, Floats]:
        """X [n, 2], uniform over the plane, and the same points displaced by the noise: a target is computed
        where a point seems to be."""
        w = self.half_width
        X = np.column_stack([draw.uniform("x1", -w, w), draw.uniform("x2", -w, w)])
        shift = np.column_stack([draw.uniform("shift1", -w, w), draw.uniform("shift2", -w, w)])
        return X, X + self.noise * shift


class LabelledData(DataSpec):
    """Points (x1, x2) with a class each, of which a share gets a wrong one: `flip`."""

    flip: float = param(
        0.0, label="Flipped labels", low=0.0, high=0.5, step=0.01,
        help="Share of points that get a wrong class. Larger: no boundary can be right everywhere.",
    )  # fmt: skip
    class_names: tuple[str, ...] = param((), label="Classes", low=0, high=MAX_CLASSES, hidden=True)
    class_colors: tuple[int, ...] = class_colors()

    task: ClassVar[Task] = "classification"
    n_inputs: ClassVar[int] = 2

    def n_generated_classes(self) -> int:
        return 2

    def names_of_classes(self) -> tuple[str, ...]:
        painted = 0 if self.points is None else classes_in(self.points)
        return complete_names(self.class_names, max(2, self.n_generated_classes(), painted))

    def make(self, seed: int) -> Points:
        points = super().make(seed)
        if self.points is not None or self.flip == 0:
            return points
        k = self.n_generated_classes()
        wrong = uniform(seed, "flip", points.ids) < self.flip
        shift = 1 + np.floor(uniform(seed, "flip.to", points.ids) * (k - 1))
        return Points(points.X, np.where(wrong, (points.t + shift) % k, points.t), points.ids, points.part)

    def side(self, X: Floats, seed: int) -> Floats:
        """The class [n] that belongs to each place of X [n, 2], noise and flips apart."""
        raise NotImplementedError

    def share_on_wrong_side(self, seed: int) -> float | None:
        """Of the generated points, those whose class is another one than `side` says; None where a hand was at them."""
        if self.points is not None:
            return None
        points = self.make(seed)
        return float(np.mean(self.side(points.X, seed) != points.t)) if len(points) else None


REFERENCE = 1000
"""Points without noise that say on which side a place lies."""


class ClassData(LabelledData, PlaneData):
    """Points (x1, x2) with a class each. A subclass gives `kind`, `label` and `generate`.

    Class 1 is the positive one of TensorFlow Playground, class 0 the negative one.
    """

    def side(self, X: Floats, seed: int) -> Floats:
        """That of the nearest of many points that were made without noise."""
        quiet = self.model_copy(update={"n": REFERENCE, "noise": 0.0, "flip": 0.0, "points": None}).make(seed)
        (x, y), (a, b) = X.T.astype(np.float32), quiet.X.T.astype(np.float32)
        near = np.square(x[:, None] - a)  # a matrix product of so narrow matrices wakes all threads of BLAS for nothing
        near += np.square(y[:, None] - b)
        return quiet.t[near.argmin(axis=1)]
