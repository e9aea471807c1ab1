"""Fisher's iris flowers: two of their four measurements, in centimetres.

Anderson (1935) measured them, Fisher (1936) used them; the rows are those of scikit-learn's copy.
"""

import csv
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from playground.assets import asset
from playground.engine.datasets.base import MAX_CLASSES, Floats, LabelledData, Range, dataset
from playground.engine.random import Draws
from playground.engine.schema import param

SPECIES = ("setosa", "versicolor", "virginica")
MEASUREMENTS = {
    "sepal_length": "Sepal length",
    "sepal_width": "Sepal width",
    "petal_length": "Petal length",
    "petal_width": "Petal width",
}
Measurement = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]


@lru_cache(maxsize=1)
def table() -> tuple[Floats, Floats]:
    """X [150, 4] in cm, and the species [150], 0 to 2."""
    with open(asset("data/iris.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    X, t = np.array([row[:4] for row in rows], dtype=np.float64), np.array([SPECIES.index(row[4]) for row in rows])
    return X, t.astype(np.float64)


def _measurement(default: str, symbol: str) -> Measurement:
    return param(
        default, label="Axis", symbol=symbol, names=MEASUREMENTS, help="In centimetres, as it was measured.",
    )  # fmt: skip


@dataset(rank=26)
class Iris(LabelledData):
    kind: Literal["iris"] = "iris"
    x1: Measurement = _measurement("petal_length", "x₁")
    x2: Measurement = _measurement("petal_width", "x₂")
    class_names: tuple[str, ...] = param(SPECIES, label="Classes", low=0, high=MAX_CLASSES, hidden=True)
    label: ClassVar[str] = "Iris"
    about: ClassVar[str] = "150 flowers of three species, measured in cm: petals tell them apart better than sepals."
    measured: ClassVar[bool] = True

    def n_generated_classes(self) -> int:
        return len(SPECIES)

    def size(self) -> int:
        return len(table()[1])

    def _columns(self) -> list[int]:
        return [list(MEASUREMENTS).index(name) for name in (self.x1, self.x2)]

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        X, t = table()
        return X[:, self._columns()], t

    def share_on_wrong_side(self, seed: int) -> float | None:
        """Those whose label was flipped: the species itself is what was observed."""
        return float(np.mean(self.make(seed).t != table()[1])) if self.points is None else None

    def extent(self) -> tuple[Range, ...]:
        """What the flowers cover, and a twentieth more on each side."""
        X = table()[0][:, self._columns()]
        low, high = X.min(axis=0), X.max(axis=0)
        margin = (high - low) / 20
        return tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))

    def names_of_inputs(self) -> tuple[str, ...]:
        return tuple(f"{MEASUREMENTS[name]} (cm)" for name in (self.x1, self.x2))
