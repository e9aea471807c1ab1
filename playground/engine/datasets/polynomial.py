"""A polynomial with typed coefficients: is the order that fits best the one that made the data?"""

from typing import ClassVar, Literal

import numpy as np
from numpy.polynomial import polynomial
from pydantic import model_validator

from playground.engine.datasets.base import LONGEST_FORMULA, RAISED, CurveData, Floats, dataset, range_low
from playground.engine.formula_text import CHECKED, LARGEST
from playground.engine.schema import SpecError, param


@dataset(rank=5)
class Polynomial(CurveData):
    kind: Literal["polynomial"] = "polynomial"
    low: float = range_low(-1.0)
    coefficients: tuple[float, ...] = param(
        (0.0, -3.0, 0.0, 4.0), label="Coefficients", low=1, high=10, item_low=-1e6, item_high=1e6,
        help="Of 1, x, x² and so on, with commas between them: 0, -3, 0, 4 is 4x³ - 3x. With semicolons between "
        "them a comma is a decimal one: 0; 1,5.",
    )  # fmt: skip
    label: ClassVar[str] = "Polynomial"
    about: ClassVar[str] = "The coefficients are yours; see which order finds them again."

    @model_validator(mode="after")
    def _check_values(self) -> "Polynomial":
        x = np.linspace(*self.x_range, CHECKED)
        most = float(np.abs(self.truth(x)).max())
        if not most <= LARGEST:
            raise SpecError(f"data.coefficients must keep the polynomial between -1e9 and 1e9 from x = {self.low:.6g} "
                            f"to {self.high:.6g}; it comes to {most:.3g}.", "data.coefficients")  # fmt: skip
        return self

    def truth(self, x: Floats) -> Floats:
        return np.asarray(polynomial.polyval(x, np.array(self.coefficients)), dtype=np.float64)

    @property
    def formula(self) -> str:  # type: ignore[override]
        """Highest power first: "4x³ − 3x"."""
        text = ""
        for power in range(len(self.coefficients) - 1, -1, -1):
            value = self.coefficients[power]
            if value == 0:
                continue
            sign = "−" if value < 0 else "+" if text else ""
            size = "" if abs(value) == 1 and power else f"{abs(value):.4g}"
            variable = "" if power == 0 else "*x*" if power == 1 else "*x*" + str(power).translate(RAISED)
            text += f" {sign} {size}{variable}" if text else f"{sign}{size}{variable}"
        return (text or "0") if len(text.replace("*", "")) <= LONGEST_FORMULA else ""
