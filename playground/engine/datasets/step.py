"""A jump from -1 to 1 at zero: no smooth curve follows it."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import CurveData, Floats, dataset, range_low


@dataset(rank=1)
class Step(CurveData):
    kind: Literal["step"] = "step"
    low: float = range_low(-1.0)
    label: ClassVar[str] = "Step"
    about: ClassVar[str] = "A jump at zero: smooth curves overshoot on both sides of it."
    formula: ClassVar[str] = "sign *x*"

    def truth(self, x: Floats) -> Floats:
        return np.where(x < 0, -1.0, 1.0)
