"""Counter-based random numbers: a value is a function of (seed, purpose, epoch, sample id, lane).

There is no stream to be advanced, so a run can be rewound, stepped backwards and resumed anywhere, and
adding a point never changes the numbers of another one. The bits come from the finaliser of SplitMix64
(Steele, Lea & Flood 2014, with the constants of David Stafford's variant 13), chained over the words of
the counter. NumPy's own Generator is not used: its streams may change between versions.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
M1 = np.uint64(0xBF58476D1CE4E5B9)
M2 = np.uint64(0x94D049BB133111EB)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        z = z + GOLDEN
        z = (z ^ (z >> np.uint64(30))) * M1
        z = (z ^ (z >> np.uint64(27))) * M2
        return z ^ (z >> np.uint64(31))


@lru_cache(maxsize=256)
def _word(text: str) -> int:
    """FNV-1a, 64 bits: a number for the name of a purpose, the same on every machine."""
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


Lane = int | NDArray[np.int64]


def key_of(seed: int, purpose: str) -> int:
    """What `bits` has mixed before it comes to epoch, lane and id: where a compiled kernel goes on from."""
    return int(_mix(_mix(np.asarray(seed & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)) ^ np.uint64(_word(purpose))))


def bits(seed: int, purpose: str, ids: NDArray[np.int64], epoch: int = 0, lane: Lane = 0) -> NDArray[np.uint64]:
    """64 random bits for each id: array of uint64, the shape of `ids` (and of several lanes, broadcast)."""
    h = _mix(np.asarray(seed & 0xFFFFFFFFFFFFFFFF, dtype=np.uint64))
    for word in (_word(purpose), epoch & 0xFFFFFFFFFFFFFFFF, lane):
        h = _mix(h ^ np.asarray(word).astype(np.uint64))
    return _mix(h ^ np.asarray(ids).astype(np.uint64))


def _unit(raw: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Open interval (0, 1), 53 bits, never 0 and never 1."""
    return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def uniform(
    seed: int, purpose: str, ids: NDArray[np.int64], low: float = 0.0, high: float = 1.0, epoch: int = 0,
    lane: Lane = 0,
) -> NDArray[np.float64]:  # fmt: skip
    """Uniform on (low, high), one for each id (and lane: lanes [k, 1] with ids [n] give [k, n])."""
    return low + (high - low) * _unit(bits(seed, purpose, ids, epoch, lane))


def normal(seed: int, purpose: str, ids: NDArray[np.int64], epoch: int = 0) -> NDArray[np.float64]:
    """Standard normal by Box and Muller (1958), one for each id."""
    u = _unit(bits(seed, purpose, ids, epoch, lane=0))
    v = _unit(bits(seed, purpose, ids, epoch, lane=1))
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)


def permutation(seed: int, purpose: str, ids: NDArray[np.int64], epoch: int) -> NDArray[np.int64]:
    """A random order of range(len(ids)): indices sorted by the bits of each id in this epoch."""
    return np.argsort(bits(seed, purpose, ids, epoch), kind="stable").astype(np.int64)


class Draws:
    """The numbers of one data set: `draw.uniform("radius", 0, 1)` gives one for each of its n points.

    Names keep the numbers of one purpose apart from those of another; with the same seed a larger n
    begins with the same points.
    """

    def __init__(self, seed: int, n: int, purpose: str = "data") -> None:
        self.seed, self.n, self.purpose = seed, n, purpose
        self.ids = np.arange(n, dtype=np.int64)

    def uniform(self, name: str, low: float = 0.0, high: float = 1.0) -> NDArray[np.float64]:
        return uniform(self.seed, f"{self.purpose}.{name}", self.ids, low, high)

    def normal(self, name: str) -> NDArray[np.float64]:
        return normal(self.seed, f"{self.purpose}.{name}", self.ids)
