"""sin(x)/x, which is 1 at zero: a wave that dies away on both sides."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import CurveData, Floats, curve_noise, dataset, range_high, range_low


@dataset(rank=6)
class Sinc(CurveData):
    kind: Literal["sinc"] = "sinc"
    noise: float = curve_noise(0.1)
    low: float = range_low(-10.0)
    high: float = range_high(10.0)
    label: ClassVar[str] = "Sinc"
    about: ClassVar[str] = "A wave that dies away on both sides of zero."
    formula: ClassVar[str] = "sin *x* / *x*"

    def truth(self, x: Floats) -> Floats:
        return np.sinc(x / np.pi)
