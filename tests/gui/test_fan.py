"""The fan of resampled fits on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from playground.engine.snapshot import Fan
from playground.gui.fan import curves_image
from playground.gui.plot import Frame


def ink(y: np.ndarray) -> np.ndarray:
    """Alpha [rows, columns], row 0 at the top, of curves y [K, 5] over a frame of 100 x 50 pixels."""
    fan = Fan(title="Fan", x=np.linspace(0, 1, 5), curves=np.atleast_2d(y).astype(float))
    picture = curves_image(Frame(QRectF(10, 20, 100, 50), (0, 1), (0, 1)), fan)
    return np.frombuffer(picture.constBits(), np.uint8).reshape(50, 100, 4)[:, :, 3].copy()


@pytest.mark.usefixtures("qapp")
def test_a_curve_is_drawn_where_it_runs() -> None:
    found = ink(np.full(5, 0.755))
    assert (found[12] > 0).all() and not found[:12].any() and not found[13:].any()
    ramp = ink(np.linspace(0, 1, 5))
    rows, columns = np.nonzero(ramp)
    assert np.abs(rows - (49.5 - columns / 2)).max() <= 1


@pytest.mark.usefixtures("qapp")
def test_more_curves_are_more_ink_and_a_steep_one_has_no_gaps() -> None:
    many, one = ink(np.full((9, 5), 0.5)), ink(np.full((1, 5), 0.5))
    assert many.max() >= one.max() > 0 and (many > 0).sum() == (one > 0).sum() == 100
    steep = ink(np.array([0.0, 0.0, 1.0, 1.0, 1.0]))
    assert (steep > 0).any(axis=1).all(), "from the bottom to the top every row is passed"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("away", [np.nan, np.inf, -np.inf, 1e300, -7.0])
def test_what_is_not_on_the_screen_is_not_drawn(away: float) -> None:
    assert not ink(np.full(5, away)).any()
    half = ink(np.array([0.5, 0.5, 0.5, away, away]))
    assert (half[:, :49] > 0).sum() == 49
