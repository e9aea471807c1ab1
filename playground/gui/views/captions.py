"""Where the captions of vertical marks stand, so that they cover neither curves nor each other."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from playground.gui.plot import Floats
from playground.gui.theme import px
from playground.gui.widgets.text import text_width

_ON_ANOTHER, _ON_A_LINE = 10_000.0, 60.0


def places(
    at: list[float],
    labels: list[str],
    curves: list[tuple[Floats, Floats]],
    room: QRectF,
    before: list[QRectF | None] | None = None,
) -> list[QRectF | None]:
    """For the mark at each x (pixels) a place for its label beside its line, at the head or the foot of `room`.

    Of all places the emptiest is taken; a place on another caption only if none is left, and none at all
    where the label is wider than the room. The places of `before`, for the same marks in the same room, stay while
    no curve crosses them: captions shall not jump about.
    """
    dense = np.concatenate([_dense(x, y) for x, y in curves if len(x)] or [np.zeros((0, 2))])
    held = [place for place in before or [] if place is not None]
    if held and not _crossings(held, dense).any():
        return before or []
    taken: list[QRectF] = []
    result: list[QRectF | None] = []
    for x, label in zip(at, labels, strict=True):
        free = _candidates(x, text_width(label, 11), room)
        if not free:
            result.append(None)
            continue
        crowd = _crowd(free, dense, taken, [other for other in at if abs(other - x) > 1])
        taken.append(free[int(np.argmin(crowd))])
        result.append(taken[-1])
    return result


def _candidates(x: float, wide: float, room: QRectF) -> list[QRectF]:
    """Up to three lines at the foot and at the head, left and right of the mark."""
    high = px(16)
    rows = max(1, min(3, int(room.height() / 2 / high)))
    tops = [room.bottom() - (i + 1) * high - px(3) for i in range(rows)]
    tops += [room.top() + px(2) + i * high for i in range(rows)]
    lefts = [x - px(6) - wide, x + px(6)]
    return [
        QRectF(left, top, wide, high)
        for top in tops
        for left in lefts
        if left > room.left() and left + wide < room.right()
    ]


def _dense(x: Floats, y: Floats) -> Floats:
    """Points [n, 2] of a curve; of one with few points also those in between: its lines cross captions too."""
    if not 1 < len(x) < 200:
        return np.column_stack([x, y])
    steps, number = np.linspace(0, len(x) - 1, 300), np.arange(len(x))
    return np.column_stack([np.interp(steps, number, x), np.interp(steps, number, y)])


def _crowd(free: list[QRectF], dense: Floats, taken: list[QRectF], lines: list[float]) -> Floats:
    """How much each place would cover."""
    count = _crossings(free, dense)
    for i, place in enumerate(free):
        count[i] += _ON_ANOTHER * sum(place.intersects(other) for other in taken)
        count[i] += _ON_A_LINE * sum(place.left() - 2 < x < place.right() + 2 for x in lines)
    return count


def _crossings(places: list[QRectF], dense: Floats) -> Floats:
    """How many of the points [n, 2] of the curves lie in each place."""
    edges = np.array([(p.left() - 2, p.right() + 2, p.top() - 3, p.bottom() + 3) for p in places])
    left, right, top, bottom = (edges[:, i, None] for i in range(4))
    x, y = dense[:, 0], dense[:, 1]
    return ((x > left) & (x < right) & (y > top) & (y < bottom)).sum(axis=1).astype(np.float64)
