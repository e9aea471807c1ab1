"""The absolute value: continuous, with a corner at zero."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import CurveData, Floats, curve_noise, dataset, range_low


@dataset(rank=3)
class Absolute(CurveData):
    kind: Literal["abs"] = "abs"
    noise: float = curve_noise(0.1)
    low: float = range_low(-1.0)
    label: ClassVar[str] = "|x|"
    about: ClassVar[str] = "A corner at zero: polynomials round it off."
    formula: ClassVar[str] = "|*x*|"

    def truth(self, x: Floats) -> Floats:
        return np.abs(x)
