"""How the numbers of a dense network are divided into blocks: one for each layer, then one for each projection.

The executors lay blocks out in arrays of their own, in this order; sessions, exports and links (`links.py`) name
them. A network of another shape takes over the blocks of the layers that stayed (`Structure.kept`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import features
from playground.engine.links import Link, Skip

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment


@dataclass(frozen=True)
class Block:
    """The weights [out, inner] that lead from layer `source` to layer `target`, and [out] biases where `bias` says."""

    name: str
    out: int
    inner: int
    bias: bool
    source: int
    target: int

    @property
    def columns(self) -> int:
        return self.inner + self.bias

    @property
    def size(self) -> int:
        """Of the numbers in it."""
        return self.out * self.columns


@dataclass(frozen=True)
class Structure:
    """layers (out, in) of each; skips in the order of `MLP.connections`. Layers count from 0, the inputs."""

    layers: tuple[tuple[int, int], ...]
    skips: tuple[Skip, ...] = ()

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first."""
        return (self.layers[0][1], *(out for out, _ in self.layers)) if self.layers else ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        dense = [Block(str(i), out, inner, True, i, i + 1) for i, (out, inner) in enumerate(self.layers)]
        return (*dense, *(
            Block(f"skip.{s.source}-{s.target}", self.sizes[s.target], self.sizes[s.source], False, s.source, s.target)
            for s in self.skips if s.projection
        ))  # fmt: skip

    @cached_property
    def projections(self) -> dict[tuple[int, int], int]:
        """{(source, target): index of the block}"""
        return {(b.source, b.target): i for i, b in enumerate(self.blocks) if not b.bias}

    @property
    def n(self) -> int:
        """Of all numbers."""
        return sum(block.size for block in self.blocks)

    def find(self, link: Link) -> tuple[int, int, int] | None:
        """(block, row, column) of a number in [out, inner + 1], biases last; None where there is no such link."""
        if link.source >= 0:
            index = self.projections.get((link.source, link.layer), -1)
        else:
            index = link.layer - 1 if 1 <= link.layer <= len(self.layers) else -1
        if index < 0:
            return None
        block = self.blocks[index]
        inside = link.unit <= block.out and link.before <= block.inner and (block.bias or link.before)
        return (index, link.unit - 1, link.before - 1 if link.before else block.inner) if inside else None

    def kept(self, old: Structure) -> dict[int, int]:
        """{block: the block of `old` that it takes over}"""
        stayed = layers_kept(old.layers, self.layers)
        ends = units_kept(old.sizes, self.sizes)
        for (source, target), i in self.projections.items():
            j = old.projections.get((ends.get(source, -1), ends.get(target, -1)), -1)
            if j >= 0 and (old.blocks[j].out, old.blocks[j].inner) == (self.blocks[i].out, self.blocks[i].inner):
                stayed[i] = j
        return stayed

    def flat(self, weights: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """[n] of weights by name: for each block [out, inner + 1] with the biases last."""
        found = []
        for block in self.blocks:
            weight = weights[f"{block.name}.weight"]
            found.append(np.column_stack([weight, weights[f"{block.name}.bias"]]) if block.bias else weight)
        return np.concatenate([values.ravel() for values in found])

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """{"0.weight": (out, in), "0.bias": (out,), ..., "skip.0-2.weight": (out, in)}"""
        found: dict[str, tuple[int, ...]] = {}
        for block in self.blocks:
            found[f"{block.name}.weight"] = (block.out, block.inner)
            if block.bias:
                found[f"{block.name}.bias"] = (block.out,)
        return found


def n_inputs(e: Experiment) -> int:
    """The number of inputs of the first layer."""
    return int(e.model.n_weights()) - 1 if e.model.linear else len(features.names(e))


def of(e: Experiment) -> Structure:
    """The blocks of the weights of its model."""
    found: Structure = e.model.structure(n_inputs(e), e.model.n_outputs(len(e.data.names_of_classes())))
    return found


def layers_kept(old: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]]) -> dict[int, int]:
    """{new layer: old layer} of those that stayed when the shape changed: from the front, then from the back."""
    kept = {}
    front = 0
    while front < min(len(old), len(new)) and old[front] == new[front]:
        kept[front] = front
        front += 1
    back = 1
    while back <= min(len(old), len(new)) - front and old[-back] == new[-back]:
        kept[len(new) - back] = len(old) - back
        back += 1
    return kept


def units_kept(old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
    """{new: old} of the layers of units that are still there, whose widths are `old` and `new`, inputs first.

    As many layers: all, whatever their widths. Else those of equal widths from the front, then from the back; inputs
    and outputs always.
    """
    if len(old) == len(new):
        return {layer: layer for layer in range(len(new))}
    kept = layers_kept([(n, 0) for n in old[1:-1]], [(n, 0) for n in new[1:-1]])
    return {0: 0, **{i + 1: j + 1 for i, j in kept.items()}, len(new) - 1: len(old) - 1}
