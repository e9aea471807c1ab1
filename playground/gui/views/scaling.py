"""Ranges, ticks and labels of line charts: plain numbers in, plain numbers out. Used by `lines.py`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.engine.snapshot import Lines, Series
from playground.gui.plot import Floats, Range, log_ticks, tick_step, ticks
from playground.gui.widgets.text import symbol

GHOST = "ghost"


def horizon(lines: Lines) -> float:
    """How far along x the run before is shown: twice as far as the present run, once there is one.

    A run that has just begun would otherwise be a speck at the left of a long one.
    """
    own = [float(finite(s, False)[0].max(initial=0.0)) for s in lines.series if s.role != GHOST]
    reached = max(own, default=0.0)
    return max(2 * reached, 100.0) if reached > 0 else math.inf


def finite(series: Series, log: bool, horizon: float = math.inf) -> tuple[Floats, Floats]:
    """x and y of the points that can be drawn; of a ghost those up to the horizon."""
    x, y = np.asarray(series.x, dtype=np.float64), np.asarray(series.y, dtype=np.float64)
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    good = np.isfinite(x) & np.isfinite(y)
    if series.role == GHOST:
        good &= x <= horizon
    if log:
        good &= y > 0
    return x[good], y[good]


def error_ends(series: Series, log: bool) -> Floats:
    """x, y - error, y + error [n, 3] of the points that have a standard error."""
    if series.error is None:
        return np.zeros((0, 3))
    x, y, e = (np.asarray(v, dtype=np.float64) for v in (series.x, series.y, series.error))
    n = min(len(x), len(y), len(e))
    x, y, e = x[:n], y[:n], np.abs(e[:n])
    good = np.isfinite(x) & np.isfinite(y) & np.isfinite(e) & (e > 0)
    if log:
        good &= y > 0
    with np.errstate(all="ignore"):
        return np.column_stack([x, y - e, y + e])[good]


def x_range(lines: Lines) -> Range:
    """From the first x to a round number at or after the last; markers get room at the sides. Over a parameter from
    its first value to its last."""
    far = horizon(lines)
    xs = np.concatenate([finite(s, False, far)[0] for s in lines.series] or [np.zeros(0)])
    if not len(xs):
        return 0.0, 1.0
    low, high = float(xs.min()), float(xs.max())
    if any(s.markers for s in lines.series):
        pad = 0.35 if lines.integer_x else max((high - low) * 0.04, 1e-12)
        return low - pad, high + pad
    if high <= low:
        return low, low + (1.0 if abs(low) < 1e6 else abs(low) * 0.1)
    if lines.path:
        return low, high
    step = tick_step(high - low, 5, lines.integer_x)
    top = math.ceil(high / step - 1e-9) * step
    return low, top if math.isfinite(top) and top > low else high


def y_range(lines: Lines, log: bool, most: int) -> Range:
    """Round limits around all values; from zero where that wastes little; as the summary says if it does."""
    far = horizon(lines)
    values = np.concatenate([_heights(s, log, far) for s in lines.series] or [np.zeros(0)])
    if log:
        seen = values[values >= lines.log_floor]
        return _log_range(seen if len(seen) else values)
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


def _heights(series: Series, log: bool, far: float) -> Floats:
    """What the axis must hold of a series: its values, and the bars as far as they stay in proportion to them.

    A single fold gone wild would otherwise flatten all the rest.
    """
    values = finite(series, log, far)[1]
    ends = error_ends(series, log)
    if not len(values) or not len(ends):
        return values
    bars = ends[:, 1:].ravel()
    low, high = float(values.min()), float(values.max())
    span = max(high - low, 0.25 * high)
    kept = bars[np.isfinite(bars) & (bars <= high + span) & (bars >= (low / 3 if log else low - span))]
    return np.concatenate([values, kept])


def _log_range(values: Floats) -> Range:
    """Outwards to 1, 2, 5 x 10^k; at least a factor of five, so that two ticks are inside."""
    if not len(values):
        return 0.1, 1.0
    low = min(max(float(values.min()), 1e-290), 1e290)
    high = min(max(float(values.max()), low), 1e290)
    low, high = _round_log(low, math.floor), _round_log(high, math.ceil)
    while high / low < 4.9:
        high = _round_log(high * 1.5, math.ceil)
        low = low if high / low >= 4.9 else _round_log(low / 1.5, math.floor)
    return low, high


def _round_log(value: float, toward: Callable[[float], int]) -> float:
    """The nearest of 1, 2, 5 x 10^k at or beyond `value`."""
    exponent = math.floor(math.log10(value) + 1e-9)
    steps = [d * 10.0**k for k in (exponent - 1, exponent, exponent + 1) for d in (1, 2, 5)]
    if toward is math.floor:
        return max(s for s in steps if s <= value * (1 + 1e-9))
    return min(s for s in steps if s >= value * (1 - 1e-9))


def y_ticks(limits: Range, log: bool, most: int) -> list[float]:
    return log_ticks(*limits, most) if log else ticks(*limits, most)


def axis_label(text: str, mathematics: bool) -> str:
    """Marked-up: "M" becomes an italic M, "E_RMS" an italic E with a subscript."""
    if not mathematics or "*" in text:
        return text
    found = re.fullmatch(r"(\w)_\{?(\w+)\}?", text)
    return f"*{found[1]}*_{{{found[2]}}}" if found else symbol(text)


def spread(
    wanted: list[float], heights: list[float], low: float, high: float, spans: list[Range] | None = None
) -> list[float]:
    """Centres of labels near `wanted`, in its order of height, apart by their heights, inside [low, high].

    spans: from where to where each label reaches across; those that do not meet there need not keep apart.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    result = list(wanted)

    def beside(i: int, j: int) -> bool:
        return spans is None or (spans[i][0] < spans[j][1] and spans[j][0] < spans[i][1])

    for k, i in enumerate(order):  # downwards: none higher than the ends of those before
        edges = [result[j] + heights[j] / 2 for j in order[:k] if beside(i, j)]
        result[i] = max([result[i], *(edge + heights[i] / 2 for edge in [low, *edges])])
    for k, i in reversed(list(enumerate(order))):
        edges = [result[j] - heights[j] / 2 for j in order[k + 1 :] if beside(i, j)]
        result[i] = min([result[i], *(edge - heights[i] / 2 for edge in [high, *edges])])
    return result


def spaced(at: Floats, least: float, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of these pixels [n], growing, are at least so far from the one before; the last and the `kept` always."""
    found = np.ones(len(at), dtype=np.bool_)
    if len(at) < 2 or np.diff(at).min() >= least:  # as a rule
        return found
    last = -math.inf
    for i, here in enumerate(at.tolist()):
        found[i] = here - last >= least or kept[i] or i == len(at) - 1
        last = here if found[i] else last
    return found


def thin(x: Floats, y: Floats, left: float, right: float) -> tuple[Floats, Floats]:
    """A line in pixels with two points for every two columns of pixels, the least and the greatest."""
    n, columns = len(x), max(int((right - left) / 2), 1)
    if n <= 2 * columns:
        return x, y
    bucket = np.clip((x - left) / (right - left) * columns, -1, columns).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, bucket[1:] != bucket[:-1]])
    least, most = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    rising = y[starts] <= y[np.r_[starts[1:], n] - 1]
    pairs = np.where(rising[:, None], np.column_stack([least, most]), np.column_stack([most, least]))
    return np.r_[np.repeat(x[starts], 2), x[-1]], np.r_[pairs.ravel(), y[-1]]
