"""Runge's function (1901): polynomials through evenly spaced points swing ever wilder near the ends."""

from typing import ClassVar, Literal

from playground.engine.datasets.base import CurveData, Floats, curve_noise, dataset, range_low


@dataset(rank=4)
class Runge(CurveData):
    kind: Literal["runge"] = "runge"
    noise: float = curve_noise(0.1)
    low: float = range_low(-1.0)
    label: ClassVar[str] = "Runge"
    about: ClassVar[str] = "A smooth bump that polynomials of high order miss near the ends."
    formula: ClassVar[str] = "1/(1 + 25*x*²)"

    def truth(self, x: Floats) -> Floats:
        return 1.0 / (1.0 + 25.0 * x * x)
