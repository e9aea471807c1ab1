"""Lines of one level: whole, parted where a value is missing, and joined with gaps for drawing."""

from __future__ import annotations

import numpy as np
import pytest

from playground.gui.contours import contour, lines


def test_circles_become_closed_lines_and_a_slope_one_open_line() -> None:
    x, y = np.meshgrid(np.arange(40.0), np.arange(30.0))
    rings = np.minimum(np.hypot(x - 10, y - 14), np.hypot(x - 28.3, y - 12.1))
    found = lines(rings, 6.2)
    assert len(found) == 2
    found.sort(key=lambda line: float(line[:, 0].min()))
    for line, centre in zip(found, ((10, 14), (28.3, 12.1)), strict=True):
        assert line[0] == pytest.approx(line[-1])
        assert np.hypot(*(line - centre).T) == pytest.approx(6.2, abs=0.05)
    (slope,) = lines(x + 0.3 * y - 17.23)
    assert {round(float(v), 6) for v in slope[[0, -1], 1]} == {0.0, 29.0}
    assert slope[:, 0] + 0.3 * slope[:, 1] == pytest.approx(17.23)
    assert lines(np.ones((5, 5))) == [] and contour(np.ones((5, 5))).shape == (0, 2)


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_a_gap_parts_a_line(hole: float) -> None:
    x, _ = np.meshgrid(np.arange(9.0), np.arange(9.0))
    field = x - 4.2
    field[4] = hole
    first, second = lines(field)
    assert {3.0, 5.0} == {float(part[:, 1].max()) if part[0, 1] < 4 else float(part[:, 1].min()) for part in
                          (first, second)}  # fmt: skip
    joined = contour(field)
    assert len(joined) == len(first) + len(second) + 1
    assert np.isnan(joined).all(axis=1).sum() == 1
