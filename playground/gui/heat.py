"""Values to colours: decision maps and unit thumbnails as RGBA pictures by lookup tables of the theme."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from playground.gui.theme import Theme, mix, theme

Pixels = NDArray[np.uint8]


def _rgb(color: str) -> tuple[int, int, int]:
    c = QColor(color)
    return c.red(), c.green(), c.blue()


@lru_cache(maxsize=32)
def ramp(low: str, middle: str, high: str) -> Pixels:
    """uint8 [256, 4]: from one colour over another to a third."""
    position = np.linspace(0, 1, 256)
    stops = np.array([_rgb(low), _rgb(middle), _rgb(high)], dtype=np.float64)
    channels = [np.interp(position, [0, 0.5, 1], stops[:, i]) for i in range(3)]
    table = np.full((256, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(np.column_stack(channels)).astype(np.uint8)
    return table


@lru_cache(maxsize=16)
def _class_ramps(name: str, count: int, t: Theme) -> Pixels:
    """uint8 [count, 256, 4]: for each class from paper to its tint."""
    ends = [class_tint(t, i) for i in range(count)]
    return np.stack([ramp(t.map_paper, mix(t.map_paper, end, 0.5), end) for end in ends])


def class_tint(t: Theme, i: int) -> str:
    """The colour of the map where class `i` is certain."""
    if i < 2:
        return (t.map_negative, t.map_positive)[i]
    return mix(t.classes[i].color, t.map_paper, 0.6 if t.is_dark else 0.5)


def map_image(values: NDArray[np.floating]) -> QImage:
    """The picture of a decision map: [rows, columns, classes] probabilities or [rows, columns] numbers.

    Row 0 of `values` is the lowest and becomes the last row of pixels. What is not finite is paper.
    """
    t = theme()
    if values.ndim == 3 and values.shape[2] > 2:
        count = values.shape[2]
        best = values.argmax(axis=2)
        with np.errstate(all="ignore"):
            strength = (np.nan_to_num(values.max(axis=2), nan=0.0) - 1 / count) / (1 - 1 / count)
        level = (np.clip(strength, 0, 1) * 255).astype(np.uint8)
        return image(_class_ramps(t.name, count, t)[best, level])
    if values.ndim == 3:
        share = values[..., -1]
    else:
        share = (np.clip(values, -1, 1) + 1) / 2
    return image(ramp(t.map_negative, t.map_paper, t.map_positive)[_levels(share)])


def unit_atlas(units: NDArray[np.floating], side: int) -> QImage:
    """The thumbnails [n, rows, columns] in -1 to 1 (row 0 lowest), `side` pixels wide and high, under each other."""
    t = theme()
    n, rows, columns = units.shape
    values = np.clip(np.nan_to_num(units), -1.0, 1.0)
    sized = _resampling(rows, side) @ values @ _resampling(columns, side).T
    level = np.clip((sized[:, ::-1] + 1.0) * 127.5, 0, 255).astype(np.intp)
    pixels = np.ascontiguousarray(_packed(t.unit_negative, t.map_paper, t.unit_positive)[level].reshape(n * side, side))
    return QImage(pixels.data, side, n * side, side * 4, QImage.Format.Format_RGB32).copy()


@lru_cache(maxsize=32)
def _resampling(before: int, after: int) -> NDArray[np.float64]:
    """[after, before]: values at the middles of so many cells, linearly between those of as many as before."""
    at = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    low = np.minimum(at.astype(int), max(before - 2, 0))
    weights = np.zeros((after, before))
    weights[np.arange(after), low] = 1.0 - (at - low)
    weights[np.arange(after), np.minimum(low + 1, before - 1)] += at - low
    return weights


@lru_cache(maxsize=8)
def _packed(low: str, middle: str, high: str) -> NDArray[np.uint32]:
    """The ramp as the words 0xffRRGGBB that Qt copies without looking at them."""
    red, green, blue, alpha = ramp(low, middle, high).astype(np.uint32).T
    packed: NDArray[np.uint32] = alpha << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue
    return packed


def _levels(share: NDArray[np.floating]) -> Pixels:
    return (np.clip(np.nan_to_num(share, nan=0.5), 0, 1) * 255).astype(np.uint8)


def image(pixels: Pixels) -> QImage:
    """A QImage of its own (the array may go) with row 0 of `pixels` at the bottom."""
    upright = np.ascontiguousarray(pixels[::-1])
    rows, columns = upright.shape[:2]
    return QImage(upright.data, columns, rows, columns * 4, QImage.Format.Format_RGBA8888).copy()


def numeric_colors(count: int) -> list[tuple[str, str]]:
    """(fill, outline) of `count` shades for numbers from -1 to 1."""
    t = theme()
    result = []
    for i in range(count):
        share = 2 * i / (count - 1) - 1
        end = t.positive if share >= 0 else t.negative
        fill = mix(t.map_paper, end, abs(share))
        result.append((fill, mix(fill, t.text, 0.55)))
    return result
