"""Pieces of contours joined to whole lines."""

from __future__ import annotations

import numpy as np
import pytest

from playground.gui.contours import chained, contour


def test_circles_become_closed_lines_and_a_slope_one_open_line() -> None:
    x, y = np.meshgrid(np.arange(40.0), np.arange(30.0))
    rings = np.minimum(np.hypot(x - 10, y - 14), np.hypot(x - 28.3, y - 12.1)) - 6.2
    pieces = contour(rings)
    lines = chained(pieces)
    assert len(lines) == 2 and sum(len(line) - 1 for line in lines) == len(pieces)
    for line in lines:
        assert line[0] == pytest.approx(line[-1])
    (slope,) = chained(contour(x + 0.3 * y - 17.23))
    assert {round(float(v), 6) for v in slope[[0, -1], 1]} == {0.0, 29.0}
    assert chained(contour(np.ones((5, 5)))) == []


def test_a_gap_parts_a_line() -> None:
    x, _ = np.meshgrid(np.arange(9.0), np.arange(9.0))
    field = x - 4.2
    field[4] = np.nan
    assert len(chained(contour(field))) == 2
