"""What every data set is: a Spec with a `kind`, a generator, and (perhaps) hand-edited points.

Two bases cover nearly everything. `CurveData` makes points (x, t) around a known function; a new one
gives `truth` and a label. `PlaneData` makes points (x1, x2) with a class or a number; a new one gives
`generate`. Decorate it with `@dataset` and it is in the window, on the command line and in the tests.
"""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.engine.points import Points
from playground.engine.random import Draws, uniform
from playground.engine.registry import datasets, register_kind
from playground.engine.schema import Spec, param

Floats = NDArray[np.float64]
Task = Literal["regression", "classification"]

LETTERS = "ABCDEFGHIJ"


def dataset(cls: type | None = None, *, rank: int = 100) -> Any:
    """Class decorator: register a data set under its `kind`; a low rank comes first in the window."""
    if cls is None:
        return register_kind(datasets, rank)
    return register_kind(datasets, rank)(cls)


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

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        """X [n, n_inputs] and t [n]: the target, or the class index."""
        raise NotImplementedError

    def size(self) -> int:
        """How many points `generate` is asked for."""
        return 0

    def make(self, seed: int) -> Points:
        """The points of this data set: those that were edited by hand, else the generated ones."""
        if self.points is not None:
            return self.points
        if not self.generated:
            return Points(np.zeros((0, self.n_inputs)), [])
        X, t = self.generate(Draws(seed, self.size()))
        return Points(np.asarray(X, dtype=np.float64).reshape(-1, self.n_inputs), t)

    def truth(self, x: Floats) -> Floats | None:
        """The true function at x, or None where nobody knows it."""
        return None

    def test_points(self, seed: int) -> Points | None:
        """Further points from the source, with ids of their own, or None."""
        return None

    def extent(self) -> tuple[tuple[float, float], ...]:
        """(low, high) of each input that the canvas shows at first."""
        return ((0.0, 1.0),)

    def names_of_classes(self) -> tuple[str, ...]:
        """At least two names for classification, none for regression."""
        return ()


class CurveData(DataSpec):
    """Points (x, t) with t = truth(x) + noise. A subclass gives `kind`, `label` and `truth`."""

    n: int = param(
        10, label="Points", low=1, high=1000, scale="log", help="More points: the fit calms down."
    )
    noise: float = param(
        0.3, label="Noise", symbol="σ", low=0.0, high=1.0, step=0.01,
        help="Standard deviation of the target. Larger: points scatter further from the curve.",
    )  # fmt: skip
    spacing: Literal["even", "uniform"] = param(
        "even", label="Spacing", names={"even": "Even", "uniform": "Random"},
        help="Even: x on a grid. Random: x drawn uniformly, which leaves gaps.",
    )  # fmt: skip
    n_test: int = param(
        100, label="Test points", low=0, high=1000,
        help="Further points from the same source, never trained on: they judge the fit.",
    )  # fmt: skip

    has_source: ClassVar[bool] = True
    x_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    formula: ClassVar[str] = ""

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

    def extent(self) -> tuple[tuple[float, float], ...]:
        return (self.x_range,)


class PlaneData(DataSpec):
    """Points (x1, x2) with a class (or a number). A subclass gives `kind`, `label` and `generate`."""

    n: int = param(
        320, label="Points", low=10, high=5000, scale="log", help="More points: the boundary settles."
    )
    noise: float = param(
        0.1, label="Noise", low=0.0, high=0.5, step=0.01, help="Larger: the classes run into each other."
    )
    flip: float = param(
        0.0, label="Flipped labels", low=0.0, high=0.5, step=0.01,
        help="Share of points that get a wrong class. Larger: no boundary can be right everywhere.",
        only_if={"data.task": ("classification",)},
    )  # fmt: skip
    class_names: tuple[str, ...] = param((), label="Classes", low=0, high=10, hidden=True)

    task: ClassVar[Task] = "classification"
    n_inputs: ClassVar[int] = 2
    half_width: ClassVar[float] = 6.0

    def size(self) -> int:
        return self.n

    def extent(self) -> tuple[tuple[float, float], ...]:
        return ((-self.half_width, self.half_width),) * 2

    def n_generated_classes(self) -> int:
        return 2

    def names_of_classes(self) -> tuple[str, ...]:
        if self.task != "classification":
            return ()
        return self.class_names or tuple(LETTERS[: self.n_generated_classes()])

    def make(self, seed: int) -> Points:
        points = super().make(seed)
        if self.points is not None or self.flip == 0 or self.task != "classification":
            return points
        k = self.n_generated_classes()
        wrong = uniform(seed, "flip", points.ids) < self.flip
        shift = 1 + np.floor(uniform(seed, "flip.to", points.ids) * (k - 1))
        return Points(points.X, np.where(wrong, (points.t + shift) % k, points.t), points.ids, points.part)
