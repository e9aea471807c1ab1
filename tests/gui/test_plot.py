"""Curves on a picture: what a dashed pen leaves free."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.gui import plot


@pytest.mark.parametrize(("ratio", "leaves"), [([4.0, 3.0], 3 / 7), ([2.0, 6.0], 6 / 8)])
@pytest.mark.parametrize("high", [60.0, 130.0], ids=["within the axes", "beyond the axes"])
def test_dashes_run_on_over_the_corners_of_a_smooth_curve(qapp, ratio, leaves, high):
    image = QImage(400, 200, QImage.Format.Format_ARGB32)
    image.fill(0xFFFFFFFF)
    x = np.linspace(10, 390, 301)  # much finer than the dashes
    y = 100 + high * np.sin(x / 60)
    pen = QPen(QColor("black"), 2.0)
    pen.setDashPattern(ratio)
    painter = QPainter(image)
    plot.draw_curve(painter, x, y, pen, QRectF(0, 0, 400, 200))
    painter.end()
    inside = (y > 2) & (y < 198)
    at = zip(x[inside].round().astype(int), y[inside].round().astype(int), strict=True)
    free = np.mean([image.pixelColor(int(a), int(b)).lightness() > 128 for a, b in at])
    assert free == pytest.approx(leaves, abs=0.16)
