"""Points out of a picture: each colour a class, and so many points put where the colours are.

Colours are compared in OKLab (Ottosson 2020), in which equal distances look equally large. The picture comes as
numbers; who decodes the file is the window's business.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.datasets.base import MAX_CLASSES, complete_colors
from playground.engine.points import Points
from playground.engine.random import bits, uniform
from playground.engine.schema import SpecError, elided
from playground.engine.tables import Imported

NEAR = 0.09
"""Distance in OKLab within which two colours are one: black and white are 1 apart, neighbouring hues about 0.15."""
LEAST_SHARE = 0.004
"""Of the picture; a colour with less of it is the soft edge of another one, or noise."""
SPAN = 10.0
"""The longer side of the picture, in units of the axes: from -5 to 5."""
MAX_POINTS = 20_000
THIN, ALIKE = 0.2, 24
"""What a pixel counts for when the classes are chosen that has no neighbour of its own colour beside or none above and
below it: it is mostly a soft edge. Alike: no part of two colours differs by more, of 255."""
ROUNDS = 8
NONE = -1

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

NAMES = {
    "black": "#000000", "white": "#ffffff", "grey": "#888888", "red": "#dd2222", "orange": "#ee8800",
    "yellow": "#eedd22", "green": "#229944", "cyan": "#22bbcc", "blue": "#2255cc", "purple": "#8833aa",
    "pink": "#ee88bb", "brown": "#7a4a22",
}  # fmt: skip
PALETTE = ("#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#1B2026", "#734015", "#1F1FA3")
"""Of the ten places in the palette of the classes."""


@dataclass(frozen=True, eq=False)
class Regions:
    """A picture in which each pixel has a class.

    labels      int8 [height, width]: the class, or NONE where the background is
    colors      uint8 [classes, 3]: the mean colour of each class, the largest one first
    background  its colour, or None where it is transparent or nothing was left out
    transparent whether the background is what is transparent
    n_colors    how many different colours the picture has, background included
    """

    labels: NDArray[np.int8]
    colors: Pixels
    background: tuple[int, int, int] | None
    transparent: bool
    n_colors: int

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Pixels of each class."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.colors))

    def names(self) -> tuple[str, ...]:
        """What people call the colours, with a number where several have one name."""
        known = _oklab(np.array([_rgb(color) for color in NAMES.values()], dtype=np.uint8))
        words = list(NAMES)
        found: list[str] = []
        for color in _oklab(self.colors):
            word = words[int(np.square(known - color).sum(axis=1).argmin())]
            n = sum(name.split()[0] == word for name in found)
            found.append(f"{word} {n + 1}" if n else word)
        return tuple(found)

    def places(self) -> tuple[int, ...]:
        """For each class the place of the palette whose colour is most like its own; the nearest pairs first."""
        palette = _oklab(np.array([_rgb(color) for color in PALETTE], dtype=np.uint8))
        far = np.square(_oklab(self.colors)[:, None] - palette[None]).sum(axis=2)
        chosen = [0] * len(far)
        for _ in range(len(far)):
            k, place = divmod(int(far.argmin()), far.shape[1])
            chosen[k] = place
            far[k], far[:, place] = np.inf, np.inf
        return complete_colors(tuple(chosen), len(chosen))


def regions(rgba: Pixels, most: int = MAX_CLASSES, leave_out: bool = True) -> Regions:
    """The classes of a picture, uint8 [height, width, 4]. Raises SpecError where it has nothing but background.

    most       at most so many classes (1 to 10); a colour that is one too many joins the one it is most like
    leave_out  what is transparent is background, or else the most common colour, unless there is only one
    """
    flat = np.ascontiguousarray(rgba.reshape(-1, 4))
    if not len(flat):
        raise SpecError("The picture has no pixels.")
    seen = flat[:, 3] >= 128
    if not seen.any():
        raise SpecError("The picture is transparent everywhere: there is nothing to make points of.")
    packed = flat[:, :3].astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    codes, inverse = np.unique(packed[seen], return_inverse=True)
    counts = np.bincount(inverse, weights=np.where(_solid(rgba).ravel()[seen], 1.0, THIN))
    rgb = np.column_stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255]).astype(np.uint8)
    transparent = bool(leave_out and (~seen).mean() >= LEAST_SHARE)
    n_background = int(leave_out and not transparent)
    of_color, centres = _joined(rgb, counts, most + n_background)
    labels = np.full(len(flat), NONE, dtype=np.int8)
    labels[seen] = of_color[inverse]
    background = None
    if n_background and len(centres) > 1:
        background, centres = (int(centres[0, 0]), int(centres[0, 1]), int(centres[0, 2])), centres[1:]
        labels[seen] -= 1
    elif n_background:
        raise SpecError("The picture has one colour only: there is nothing beside its background.")
    return Regions(labels.reshape(rgba.shape[:2]), centres, background, transparent, len(codes))


def sample(found: Regions, name: str, n: int, seed: int = 0, even: bool = False) -> Imported:
    """n points (1 to 20,000), each at a random place of a pixel of its class; with fewer pixels several share one.

    even   as many points for each class as for any other; else by the area of its colour, but at least one
    The same seed gives the same points, whatever machine, and a larger n begins with other ones of the same classes.
    """
    height, width = found.labels.shape
    parts = []
    for k, count in enumerate(_counts(found.sizes, n, even)):
        pixels = np.flatnonzero(found.labels.ravel() == k)
        ids = np.arange(count, dtype=np.int64)
        lane = k + 1
        order = np.argsort(bits(seed, "pixel", pixels.astype(np.int64)), kind="stable")
        where = pixels[order[ids % len(pixels)]]
        x = where % width + uniform(seed, "pixel.x", ids, lane=lane)
        y = where // width + uniform(seed, "pixel.y", ids, lane=lane)
        parts.append(np.column_stack([x - width / 2, height / 2 - y, np.full(count, float(k))]))
    together = np.vstack(parts)
    X = together[:, :2] * (SPAN / max(height, width))
    names = found.names()
    points, said = Points(X, together[:, 2]), note(found, elided(name, 40))
    return Imported(name, "classify", points, names, (), said, found.places())


def _counts(sizes: NDArray[np.int64], n: int, even: bool) -> list[int]:
    """How many of n points each class gets: at least one, and by largest remainders n together."""
    n = max(n, len(sizes))
    shares = n / len(sizes) * np.ones(len(sizes)) if even else n * sizes / sizes.sum()
    counts = np.maximum(np.floor(shares), 1).astype(int)
    while counts.sum() != n:
        step = 1 if counts.sum() < n else -1
        counts[(step * (shares - counts)).argmax() if step > 0 else counts.argmax()] += step
    return counts.tolist()


def note(found: Regions, name: str) -> str:
    """A sentence on what became of the colours."""
    k, n = len(found.colors), found.n_colors - (found.background is not None)
    what = f"{name}: " + (f"{k} colour{'' if k == 1 else 's'}" if n <= k else f"{n:,} colours, joined to {k}")
    left = {True: "; what is transparent is left out", False: ""}[found.transparent]
    if found.background is not None:
        left = f"; the background, {_word(found.background)}, is left out"
    return f"{what}{left}."


def _word(color: tuple[int, int, int]) -> str:
    one = Regions(np.zeros((1, 1), dtype=np.int8), np.array([color], dtype=np.uint8), None, False, 1)
    return one.names()[0]


def _solid(rgba: Pixels) -> NDArray[np.bool_]:
    """[height, width]: whether a pixel has a neighbour of its colour both beside it and above or below it."""
    image = rgba[..., :3].astype(np.int16)
    ok = np.ones(rgba.shape[:2], dtype=bool)
    for axis in (0, 1):
        if image.shape[axis] > 1:
            same = (np.abs(np.diff(image, axis=axis)) <= ALIKE).all(axis=2)
            before, after = ((1, 0), (0, 0)), ((0, 1), (0, 0))
            if axis == 1:
                before, after = before[::-1], after[::-1]
            ok &= np.pad(same, before) | np.pad(same, after)
    return ok


def _joined(rgb: Pixels, counts: NDArray[Any], most: int) -> tuple[NDArray[np.int8], Pixels]:
    """For each colour its class, and the mean colour of each class, the largest first.

    The most common colours become classes, one after the other, each unlike those before it; then the classes are
    moved to the means of what joined them, as k-means does (Lloyd 1982).
    """
    bins = rgb.astype(np.int64) >> 3
    _, first, inverse = np.unique(bins @ np.array([1024, 32, 1]), return_index=True, return_inverse=True)
    weight = np.bincount(inverse, weights=counts)
    lab = _oklab(rgb)
    mean = np.column_stack([np.bincount(inverse, weights=counts * v) / weight for v in lab.T])
    centres = mean[_distinct(mean, weight, most)]
    for _ in range(ROUNDS):
        label = _nearest(mean, centres)
        total = np.bincount(label, weights=weight, minlength=len(centres))
        moved = np.column_stack([np.bincount(label, weights=weight * v, minlength=len(centres)) for v in mean.T])
        centres = np.where(total[:, None] > 0, moved / np.where(total > 0, total, 1.0)[:, None], centres)
    label = _nearest(lab, centres)
    total = np.bincount(label, weights=counts, minlength=len(centres))
    order = np.argsort(-total, kind="stable")
    order = order[total[order] > 0]
    place = np.full(len(centres), NONE, dtype=np.int8)
    place[order] = np.arange(len(order))
    sums = [np.bincount(label, weights=counts * v, minlength=len(centres)) for v in rgb.T.astype(float)]
    colors: Pixels = np.rint(np.column_stack(sums)[order] / total[order, None]).astype(np.uint8)
    return place[label], colors


def _distinct(lab: Floats, weight: NDArray[Any], most: int) -> list[int]:
    """Which colours begin a class: the most common ones that are unlike each other and have a share of the picture."""
    apart = np.full(len(lab), np.inf)
    left = weight.copy()
    chosen: list[int] = []
    while len(chosen) < most:
        k = int(np.where(apart > NEAR, left, 0.0).argmax())
        # What is near a candidate speaks for it too: noise spreads a colour over many shades.
        near = (np.square(lab - lab[k]).sum(axis=1) <= NEAR**2) & (apart > NEAR)
        share = float(left[near].sum() / weight.sum())
        if chosen and (apart[k] <= NEAR or left[k] == 0):
            break
        if not chosen or share >= LEAST_SHARE:
            chosen.append(k)
            apart = np.minimum(apart, np.sqrt(np.square(lab - lab[k]).sum(axis=1)))
        else:
            left[near] = 0.0
    return chosen


def _nearest(lab: Floats, centres: Floats) -> NDArray[np.int64]:
    far = np.stack([np.square(lab - centre).sum(axis=1) for centre in centres])
    return far.argmin(axis=0)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _oklab(rgb: Pixels) -> Floats:
    """OKLab of sRGB [n, 3] (Ottosson 2020, the matrices of his page)."""
    v = rgb / 255.0
    linear = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    to_lms = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                       [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
    to_lab = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                       [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
    found: Floats = np.cbrt(linear @ to_lms.T) @ to_lab.T
    return found
