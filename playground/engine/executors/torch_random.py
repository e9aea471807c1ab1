"""The numbers of `engine/random.py` on tensors, where they are needed on the device that trains.

Torch has no unsigned shifts of 64 bits: the same bits are held in int64, which wraps around in sums and products.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.engine import random, torch_loading

Tensor = Any

LARGEST = (1 << 63) - 1


def signed(word: int) -> int:
    """The int64 with the bits of a uint64."""
    return int(np.array(word, np.uint64).view(np.int64))


GOLDEN, M1, M2 = (signed(int(word)) for word in (random.GOLDEN, random.M1, random.M2))


def _shift(z: Tensor, n: int) -> Tensor:
    return (z >> n) & ((1 << (64 - n)) - 1)


def _mix(z: Tensor) -> Tensor:
    z = z + GOLDEN
    z = (z ^ _shift(z, 30)) * M1
    z = (z ^ _shift(z, 27)) * M2
    return z ^ _shift(z, 31)


def bits(keys: Tensor, epoch: int, ids: Tensor, lanes: Tensor | int = 0) -> Tensor:
    """int64 with the bits of `random.bits`; keys as `random.key_of` gives them. Shapes broadcast."""
    return _mix(_mix(_mix(keys ^ epoch) ^ lanes) ^ ids)


def uniform(keys: Tensor, epoch: int, ids: Tensor, lanes: Tensor | int = 0) -> Tensor:
    """On (0, 1), float64: `random.uniform`."""
    torch = torch_loading.load()
    return (_shift(bits(keys, epoch, ids, lanes), 11).to(torch.float64) + 0.5) * 2.0**-53


def permutations(keys: Tensor, epoch: int, ids: Tensor, there: Tensor) -> Tensor:
    """[K, n] int64, each row `random.permutation` of the ids [K or 1, n] that are `there`; the other places last."""
    torch = torch_loading.load()
    raw = bits(keys, epoch, ids) ^ ~LARGEST  # as int64 in the order of uint64
    order: Tensor = torch.argsort(torch.where(there, raw, LARGEST), dim=-1, stable=True)
    return order
