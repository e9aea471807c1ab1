"""A ramp from -1 to 1 that falls back half-way between whole numbers, so that both ends of its range are calm."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import CurveData, Floats, dataset, range_high


@dataset(rank=2)
class Sawtooth(CurveData):
    kind: Literal["sawtooth"] = "sawtooth"
    high: float = range_high(2.0)
    label: ClassVar[str] = "Saw-tooth"
    about: ClassVar[str] = "A ramp that falls back twice: smooth curves ring at both jumps."
    formula: ClassVar[str] = "2((*x* + ½) mod 1) − 1"

    def truth(self, x: Floats) -> Floats:
        return 2.0 * (x - np.floor(x + 0.5))
