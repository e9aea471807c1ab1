"""Where the numbers of a network lie in the one array that the compiled kernels work on (see `kernels/dense.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.links import Link
from playground.engine.structure import Structure

CHUNK = 128
"""Samples that are worked on together: their activations stay in the cache."""


def padded(n: int) -> int:
    """To a whole number of vectors."""
    return -(-n // 8) * 8


class Arrangement:
    """The tables for one structure, and views of its blocks.

    n         weights and biases, padded: the first quarter of the array; gradients and what is remembered follow
    length    of the whole array              layers, skips, info    as the kernels read them
    padding   where the numbers begin that are added to the last sums
    """

    def __init__(
        self, structure: Structure, activations: Sequence[int], output: int, update: int, kernels: Any
    ) -> None:
        """activations, output, update: their codes. kernels: the module `kernels/dense.py`."""
        self.structure = structure
        self.starts = np.cumsum([0, *(block.columns * padded(block.out) for block in structure.blocks)])
        self.n = int(self.starts[-1])
        free = 4 * self.n
        self.layers = np.zeros((len(structure.layers), len(kernels.LAYER_FIELDS)), np.int64)
        codes = zip(structure.layers, self.starts, activations, strict=False)
        for row, ((out, inner), start, code) in zip(self.layers, codes, strict=True):
            ld_in, ld = padded(inner), padded(out)
            values = free + ld * ld_in
            row[:] = (inner, out, ld_in, ld, start, free, values, values + CHUNK * ld, values + 2 * CHUNK * ld, code)
            free = values + 3 * CHUNK * ld
        inputs = free
        targets = inputs + CHUNK * padded(structure.sizes[0])
        self.padding = targets + CHUNK * padded(structure.sizes[-1])
        constants = self.padding + 16
        self.length = constants + 16
        self.info = np.array([self.n, inputs, targets, self.padding, constants, output, update, CHUNK], np.int64)
        self.skips = np.zeros((len(structure.skips), len(kernels.SKIP_FIELDS)), np.int64)
        for row, skip in zip(self.skips, structure.skips, strict=True):
            units = structure.sizes[skip.source]
            begin = self.layers[skip.source - 1, kernels.VALUES] if skip.source else inputs
            row[:] = (skip.source, skip.target, units, padded(units), begin, -1, -1)
            if skip.projection:
                row[-2:] = self.starts[structure.projections[skip.source, skip.target]], self.length
                self.length += structure.sizes[skip.target] * padded(units)

    def blocks(self, place: int, numbers: NDArray[Any]) -> list[NDArray[Any]]:
        """[inputs + 1, units] of each block, views: weights (place 0) or what the optimiser remembers (2, 3)."""
        found = []
        for block, start in zip(self.structure.blocks, self.starts, strict=False):
            at, ld = place * self.n + int(start), padded(block.out)
            found.append(numbers[at : at + block.columns * ld].reshape(block.columns, ld)[:, : block.out])
        return found

    def index(self, values: Iterable[tuple[Link, float]]) -> dict[int, float]:
        """{place among the weights: value} of links and their values; those that are not there are passed over."""
        found = {}
        for link, value in values:
            if (at := self.structure.find(link)) is not None:
                i, row, column = at
                found[int(self.starts[i]) + column * padded(self.structure.blocks[i].out) + row] = value
        return found
