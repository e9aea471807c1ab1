"""The textbook's example: t = sin(2 pi x) + noise (Bishop & Bishop 2024, section 1.2)."""

from typing import ClassVar, Literal

import numpy as np

from playground.engine.datasets.base import CurveData, Floats, dataset


@dataset(rank=0)
class Sine(CurveData):
    kind: Literal["sine"] = "sine"
    label: ClassVar[str] = "Sine"
    about: ClassVar[str] = "The textbook's example: one period of a sine and noise."
    formula: ClassVar[str] = "sin 2πx"

    def truth(self, x: Floats) -> Floats:
        return np.sin(2 * np.pi * x)
