"""Lines of one level through a grid, found by contourpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def contour(values: NDArray[np.floating], level: float = 0.0) -> Floats:
    """Points [n, 2] of the lines along which `values` [rows, columns] are at `level`; NaN between two lines.

    In units of cells: x along columns, y along rows, 0 at the middle of the first cell. Squares with a value
    that is not finite are left out.
    """
    found = _found(values, level, "ChunkCombinedNan")[0][0]
    return np.zeros((0, 2)) if found is None else found


def lines(values: NDArray[np.floating], level: float = 0.0) -> list[Floats]:
    """The same as one array [m, 2] for each line; a closed one ends where it began."""
    found: list[Floats] = _found(values, level, "Separate")
    return found


def _found(values: NDArray[np.floating], level: float, kind: str) -> Any:
    return contour_generator(z=values, name="serial", line_type=kind).lines(level)
