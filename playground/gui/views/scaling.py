"""Ranges, ticks and labels of line charts: plain numbers in, plain numbers out. Used by `lines.py`."""

from __future__ import annotations

import math
import re

import numpy as np

from playground.engine.snapshot import Lines, Series
from playground.gui.plot import Floats, Range, log_ticks, tick_step, ticks
from playground.gui.widgets.text import symbol

GHOST = "ghost"


def finite(series: Series, log: bool) -> tuple[Floats, Floats]:
    """x and y of the points that can be drawn."""
    x, y = np.asarray(series.x, dtype=np.float64), np.asarray(series.y, dtype=np.float64)
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    good = np.isfinite(x) & np.isfinite(y)
    if log:
        good &= y > 0
    return x[good], y[good]


def x_range(lines: Lines) -> Range:
    """From the first x to a round number at or after the last; markers get room at the sides."""
    xs = np.concatenate([finite(s, False)[0] for s in lines.series] or [np.zeros(0)])
    if not len(xs):
        return 0.0, 1.0
    low, high = float(xs.min()), float(xs.max())
    if any(s.markers for s in lines.series):
        pad = 0.35 if lines.integer_x else max((high - low) * 0.04, 1e-12)
        return low - pad, high + pad
    if high <= low:
        return low, low + (1.0 if abs(low) < 1e6 else abs(low) * 0.1)
    step = tick_step(high - low, 5, lines.integer_x)
    top = math.ceil(high / step - 1e-9) * step
    return low, top if math.isfinite(top) and top > low else high


def y_range(lines: Lines, log: bool, most: int) -> Range:
    """Round limits around all values; from zero where that wastes little; as the summary says if it does."""
    values = np.concatenate([finite(s, log)[1] for s in lines.series] or [np.zeros(0)])
    if log:
        return _log_range(values)
    given = lines.y_range
    if given is not None and given[1] > given[0] and (not len(values) or values.min() <= given[1]):
        return given
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if lines.percent:
        low, high = min(low, 0.95), max(high, 1.0)
    elif 0 <= low < 0.6 * high:
        low = 0.0
    if high - low <= 1e-9 * max(abs(high), abs(low)):
        low, high = (0.0, 2 * high) if high > 0 else (low - 1, high + 1)
    if not math.isfinite(high - low):
        return low / 2, high / 2
    step = tick_step(high - low, most)
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return (bottom, top) if math.isfinite(top - bottom) and top > bottom else (low, high)


def _log_range(values: Floats) -> Range:
    if not len(values):
        return 0.1, 1.0
    low, high = max(float(values.min()), 1e-290), min(float(values.max()), 1e290)
    low = min(low, 1e290)
    high = max(high, low)
    edge = max(0.04 * math.log10(high / low), 0.02)
    while math.log10(high / low) + 2 * edge < 0.5:  # so that at least two ticks are inside
        edge += 0.05
    return low / 10**edge, high * 10**edge


def y_ticks(limits: Range, log: bool, most: int) -> list[float]:
    return log_ticks(*limits, most) if log else ticks(*limits, most)


def axis_label(text: str, mathematics: bool) -> str:
    """Marked-up: "M" becomes an italic M, "E_RMS" an italic E with a subscript."""
    if not mathematics or "*" in text:
        return text
    found = re.fullmatch(r"(\w)_\{?(\w+)\}?", text)
    return f"*{found[1]}*_{{{found[2]}}}" if found else symbol(text)


def spread(wanted: list[float], heights: list[float], low: float, high: float) -> list[float]:
    """Centres of labels near `wanted`, in its order of height, apart by their heights, inside [low, high]."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    result = list(wanted)
    edge = low
    for i in order:  # downwards: none higher than the end of the one before
        result[i] = max(result[i], edge + heights[i] / 2)
        edge = result[i] + heights[i] / 2
    edge = high
    for i in reversed(order):
        result[i] = min(result[i], edge - heights[i] / 2)
        edge = result[i] - heights[i] / 2
    return result


def thin(x: Floats, y: Floats, left: float, right: float) -> tuple[Floats, Floats]:
    """A line in pixels with at most four points a column of pixels: first, least, greatest, last."""
    n = len(x)
    columns = max(int(right - left), 1)
    if n <= 3 * columns:
        return x, y
    bucket = np.clip(((x - left) / (right - left) * columns).astype(np.int64), -1, columns)
    starts = np.flatnonzero(np.r_[True, bucket[1:] != bucket[:-1]])
    ends = np.r_[starts[1:], n] - 1
    least = starts + np.array([np.argmin(y[a : b + 1]) for a, b in zip(starts, ends, strict=True)])
    most = starts + np.array([np.argmax(y[a : b + 1]) for a, b in zip(starts, ends, strict=True)])
    keep = np.unique(np.concatenate([starts, least, most, ends]))
    return x[keep], y[keep]
