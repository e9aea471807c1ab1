"""Any function that a person can type: t = f(x) + noise."""

import re
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from playground.engine import formula_text
from playground.engine.datasets.base import (
    LONGEST_FORMULA,
    RAISED,
    CurveData,
    Floats,
    dataset,
    range_high,
    range_low,
)
from playground.engine.schema import SpecError, param

PATH = "data.expression"


@lru_cache(maxsize=64)
def _sampled(expression: str, low: float, high: float) -> tuple[Floats, Floats]:
    """x and f(x), dense over the range. Raises SpecError where the formula has no value."""
    try:
        return formula_text.sampled(formula_text.read(expression, ("x",), PATH), low, high)
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(f"{PATH} must have a finite value everywhere from x = {low:.6g} to {high:.6g}; {error}.",
                        PATH) from None  # fmt: skip


@dataset(rank=7)
class Formula(CurveData):
    kind: Literal["formula"] = "formula"
    low: float = range_low(-2.0)
    high: float = range_high(2.0)
    expression: str = param(
        "exp(-x^2) sin(5x)", label="Formula", symbol="f(x)", allowed="a formula in x such as sin(2 pi x) + x^2/2",
        help="Any function of x, of numbers, + - * / ^, parentheses, pi, e, " + ", ".join(formula_text.FUNCTIONS) + ". "
        "2x means 2*x.",
    )  # fmt: skip
    label: ClassVar[str] = "Formula"
    about: ClassVar[str] = "A function of x that you type."

    @model_validator(mode="after")
    def _check_expression(self) -> "Formula":
        _sampled(self.expression, self.low, self.high)
        return self

    def truth(self, x: Floats) -> Floats:
        """f(x). A place without a value that lies between those that were checked gets that of its neighbours."""
        t = formula_text.read(self.expression, ("x",), PATH)(x)
        lost = ~(np.abs(t) <= formula_text.LARGEST) & (x >= self.low) & (x <= self.high)
        if lost.any():
            t[lost] = np.interp(x[lost], *_sampled(self.expression, self.low, self.high))
        return t

    @property
    def formula(self) -> str:  # type: ignore[override]
        text = " ".join(self.expression.split())
        if len(text) > LONGEST_FORMULA:
            return ""
        text = re.sub(r"\s*(\*\*|\^)\s*", "^", text).replace("*", "·").replace("-", "−")
        text = re.sub(r"\^(\d)(?![\d.,eE])", lambda found: found[1].translate(RAISED), text)
        text = re.sub(r"\bpi\b", "π", text)
        return re.sub(r"(?<![A-Za-z_])[xe](?![A-Za-z0-9_])", r"*\g<0>*", text)
