"""Data that a person drew or that came from a file: the points are the data, nothing is generated.

Both exist for a curve and for the plane. Which of the two an instance is follows from its points, so
that nothing can contradict them: points (x, t) make a regression, points (x1, x2) a classification.
"""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import (
    MAX_CLASSES,
    DataSpec,
    Range,
    Task,
    class_colors,
    classes_in,
    complete_names,
    dataset,
)
from playground.engine.points import EMPTY_1D, EMPTY_2D, Points
from playground.engine.schema import param


class GivenData(DataSpec):
    """Points without a generator. `class_names` may hold more classes than there are points of."""

    points: Points = param(EMPTY_2D, label="Points", live=True, hidden=True)
    class_names: tuple[str, ...] = param((), label="Classes", low=0, high=MAX_CLASSES, hidden=True)
    class_colors: tuple[int, ...] = class_colors()

    generated: ClassVar[bool] = False

    @property
    def n_inputs(self) -> int:  # type: ignore[override]
        return self.points.n_inputs

    @property
    def task(self) -> Task:  # type: ignore[override]
        return "regression" if self.n_inputs == 1 else "classification"

    @classmethod
    def fits(cls, n_inputs: int) -> bool:
        return n_inputs in (1, 2)

    @classmethod
    def for_inputs(cls, n_inputs: int) -> "GivenData":
        return cls.model_validate({"points": EMPTY_1D if n_inputs == 1 else EMPTY_2D})

    def names_of_classes(self) -> tuple[str, ...]:
        if self.task == "regression":
            return ()
        return complete_names(self.class_names, max(2, classes_in(self.points)))


@dataset(rank=90)
class Drawn(GivenData):
    kind: Literal["drawn"] = "drawn"
    label: ClassVar[str] = "Drawn"
    about: ClassVar[str] = "An empty canvas for points of your own."

    def extent(self) -> tuple[Range, ...]:
        """A canvas of the usual size, larger where points lie beyond it."""
        usual = (0.0, 1.0) if self.n_inputs == 1 else (-6.0, 6.0)
        X = np.vstack([self.points.X, np.repeat([usual], self.n_inputs, axis=0).T])
        return tuple((float(x.min()), float(x.max())) for x in X.T)


@dataset(rank=91)
class File(GivenData):
    kind: Literal["file"] = "file"
    name: str = param("", label="File", hidden=True)
    columns: tuple[str, ...] = param((), label="Columns", low=0, high=3, hidden=True)
    note: str = param("", label="Note", hidden=True)
    label: ClassVar[str] = "File"
    about: ClassVar[str] = "Points from a CSV file."

    def names_of_inputs(self) -> tuple[str, ...]:
        names = self.columns[:-1]
        return names if len(names) == self.n_inputs and names not in (("x",), ("x1", "x2")) else ()

    def name_of_target(self) -> str:
        return self.columns[-1] if self.n_inputs == 1 and self.columns[1:] not in ((), ("t",)) else ""

    def extent(self) -> tuple[Range, ...]:
        """What the points cover, and a twentieth more on each side."""
        if not len(self.points):
            return ((0.0, 1.0),) if self.n_inputs == 1 else ((-6.0, 6.0),) * 2
        low, high = self.points.X.min(axis=0), self.points.X.max(axis=0)
        margin = np.where(high > low, (high - low) / 20, np.maximum(np.abs(high) / 20, 0.5))
        return tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
