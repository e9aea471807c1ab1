"""Small pictures of the data sets, painted from their own generators, for the grid of presets."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from playground.engine.problem import build  # noqa: F401  (the registries are filled when this is imported)
from playground.engine.registry import datasets
from playground.gui.markers import draw_symbol
from playground.gui.theme import Theme, px

SAMPLE, CURVE_SAMPLE = 52, 9
CURVE_STEPS = 193
"""Fine enough for a jump to stand upright."""
_SEED = 3


@cache
def picture(kind: str) -> Callable[[QPainter, QRectF, Theme], None] | str:
    """How the preset is drawn: a painter of its points, or the name of an icon where it has none of its own."""
    cls = datasets[kind]
    if not cls.generated:
        return "pencil" if kind == "drawn" else "table"
    return _curve(cls) if cls.n_inputs == 1 else _plane(cls)


def _sized(cls: Any, n: int) -> Any:
    """The data set with about `n` points and half its usual noise: a thumbnail shows the idea."""
    data = cls()
    wanted = {"n": n, "noise": data.noise / 2} if hasattr(data, "noise") else {"n": n}
    return cls(**{name: value for name, value in wanted.items() if name in cls.model_fields})


def _curve(cls: Any) -> Callable[[QPainter, QRectF, Theme], None]:
    def paint(painter: QPainter, box: QRectF, theme: Theme) -> None:
        data = _sized(cls, CURVE_SAMPLE)
        points = data.make(_SEED)
        x = np.linspace(*data.extent()[0], CURVE_STEPS)
        t = data.truth(x)
        low, high = float(min(t.min(), points.t.min())), float(max(t.max(), points.t.max()))
        place = _placer(box, (float(x[0]), float(x[-1])), (low, high))
        path = QPainterPath(place(x[0], t[0]))
        for a, b in zip(x[1:], t[1:], strict=True):
            path.lineTo(place(a, b))
        painter.setPen(QPen(theme.color("truth"), px(1.25)))
        painter.drawPath(path)
        painter.setPen(QPen(theme.color("train"), px(1.25)))
        painter.setBrush(theme.color("field"))
        for a, b in zip(points.X[:, 0], points.t, strict=True):
            painter.drawEllipse(place(a, b), px(2), px(2))

    return paint


def _plane(cls: Any) -> Callable[[QPainter, QRectF, Theme], None]:
    def paint(painter: QPainter, box: QRectF, theme: Theme) -> None:
        data = _sized(cls, SAMPLE)
        points = data.make(_SEED)
        (x_low, x_high), (y_low, y_high) = data.extent()
        spread = max(float(np.abs(points.X).max()), 1e-9) * 1.05
        place = _placer(box, (max(x_low, -spread), min(x_high, spread)), (max(y_low, -spread), min(y_high, spread)))
        for (a, b), t in zip(points.X, points.t, strict=True):
            if data.task == "classification":
                style = theme.hues[int(t)]
                draw_symbol(painter, place(a, b), style.symbol, px(4), style.color)
            else:
                token = "positive" if t > 0 else "negative"
                draw_symbol(painter, place(a, b), "o", px(4), theme.color(token, min(1.0, 0.2 + abs(t))))

    return paint


def _placer(
    box: QRectF, x: tuple[float, float], y: tuple[float, float]
) -> Callable[[float, float], QPointF]:
    inner = box.adjusted(px(3), px(4), -px(3), -px(4))

    def place(a: float, b: float) -> QPointF:
        share_x = (float(a) - x[0]) / max(x[1] - x[0], 1e-12)
        share_y = (float(b) - y[0]) / max(y[1] - y[0], 1e-12)
        return QPointF(inner.left() + share_x * inner.width(), inner.bottom() - share_y * inner.height())

    return place
