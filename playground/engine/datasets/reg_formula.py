"""Any function of x1 and x2 that a person can type: t = f(x1, x2) + noise."""

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from playground.engine import formula_text
from playground.engine.datasets.base import Floats, PlaneData, dataset
from playground.engine.random import Draws
from playground.engine.schema import SpecError, param

PATH = "data.expression"
NAMES = ("x1", "x2")
CHECKED = 201
"""Places along each side of the square at which a formula must have a value."""


@lru_cache(maxsize=64)
def _check(expression: str, half_width: float) -> None:
    """Raises SpecError where the formula has no value in the square."""
    f = formula_text.read(expression, NAMES, PATH)
    side = np.linspace(-half_width, half_width, CHECKED)
    x1, x2 = (a.ravel() for a in np.meshgrid(side, side))
    bad = np.flatnonzero(~(np.abs(f(x1, x2)) <= formula_text.LARGEST))
    if len(bad):
        raise SpecError(f"{PATH} must have a finite value everywhere from -{half_width:g} to {half_width:g}; it has "
                        f"none at x1 = {x1[bad[0]]:.6g}, x2 = {x2[bad[0]]:.6g}.", PATH)  # fmt: skip


@dataset(rank=25)
class RegFormula(PlaneData):
    kind: Literal["reg-formula"] = "reg-formula"
    noise: float = param(
        0.1, label="Noise", symbol="σ", low=0.0, high=0.5, step=0.01,
        help="Standard deviation of the target. Larger: points stray further from the formula.",
    )  # fmt: skip
    expression: str = param(
        "sin(x1) cos(x2/2)", label="Formula", symbol="f(x₁, x₂)",
        allowed="a formula in x1 and x2 such as sin(x1) + x2/4",
        help="Any function of x1, x2, of numbers, + - * / ^, parentheses, pi, e, " + ", ".join(formula_text.FUNCTIONS)
        + ". 2x1 means 2*x1. Colours are strongest at -1 and 1.",
    )  # fmt: skip
    label: ClassVar[str] = "Formula"
    about: ClassVar[str] = "A number that is a function of x1 and x2 that you type."

    @model_validator(mode="after")
    def _check_expression(self) -> "RegFormula":
        _check(self.expression, self.half_width)
        return self

    def generate(self, draw: Draws) -> tuple[Floats, Floats]:
        w = self.half_width
        X = np.column_stack([draw.uniform("x1", -w, w), draw.uniform("x2", -w, w)])
        t = formula_text.read(self.expression, NAMES, PATH)(X[:, 0], X[:, 1])
        t = np.clip(np.nan_to_num(t), -formula_text.LARGEST, formula_text.LARGEST)  # a pole between checked places
        return X, t + self.noise * draw.normal("noise")
