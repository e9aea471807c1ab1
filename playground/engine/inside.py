"""Typed values of what happens inside a dense network: how a layer sees the points, how its numbers are spread, and
one example on its way through. They belong to `snapshot.py`, whose rules they follow.

Layers are counted from 0, the inputs; 1 is the first hidden layer, the output comes last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from playground.engine.snapshot import Array, Formula, Summary


def _none() -> Array:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class HiddenSpace(Summary):
    """The points and the grid of the input plane as one hidden layer sees them, in two dimensions.

    ids [n], at [n, 2], target [n], test [n]   the points (every k-th of many) and where they lie;
               target is the class, or the number, test whether it is a test point
    guess [n]  class that the network gives it; for a numeric target the target itself
    lines [k, m, 2]   lines of the input plane through the layer
    layer, n_layers   which hidden layer, of how many        n_units    how many units it has
    pair       its two units that span the picture; None: the first two principal components
    explained  share of the variance of the layer's activations along either axis
    regions [rows, columns, classes] or [rows, columns]   what the output layer makes of each place, where the picture
               holds all that it sees; row 0 is the lowest; empty otherwise
    x, y       ranges of the axes
    """

    ids: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    at: Array = field(default_factory=lambda: np.zeros((0, 2)))
    target: Array = field(default_factory=_none)
    guess: Array = field(default_factory=_none)
    test: Array = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    lines: Array = field(default_factory=lambda: np.zeros((0, 0, 2)))
    n_classes: int = 0
    layer: int = 0
    n_layers: int = 0
    n_units: int = 0
    pair: tuple[int, int] | None = None
    explained: tuple[float, float] = (0.0, 0.0)
    regions: Array = field(default_factory=lambda: np.zeros((0, 0)))
    x: tuple[float, float] = (-1.0, 1.0)
    y: tuple[float, float] = (-1.0, 1.0)
    x_label: str = ""
    y_label: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often numbers fall into the bins between edges [k + 1]: counts [k]; `beyond` of them lie outside."""

    edges: Array = field(default_factory=_none)
    counts: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    beyond: int = 0


@dataclass(frozen=True, eq=False)
class LayerHistograms:
    """One layer: its activations at the training points, its weights, and the gradients of these.

    dead        units that give zero at every training point, with an activation that can
    saturated   units that are at an end of their activation at nine tenths of the training points or more
    """

    name: str
    activation: str
    n_units: int
    activations: Histogram
    weights: Histogram
    gradients: Histogram
    dead: int = 0
    saturated: int = 0


@dataclass(frozen=True, eq=False)
class Histograms(Summary):
    layers: tuple[LayerHistograms, ...] = ()
    note: str = ""


StepKind = Literal["input", "sum", "activation", "output", "error", "delta", "gradient", "update"]


@dataclass(frozen=True, eq=False)
class PassStep:
    """One step of an example through a network: the layer where it happens, in words, as a formula."""

    kind: StepKind
    layer: int
    caption: str
    formula: Formula


@dataclass(frozen=True, eq=False)
class ExampleSkip:
    """A connection past layers: its matrix [units of target, units of source], with gradient and update; empty for the
    identity."""

    source: int
    target: int
    weights: Array = field(default_factory=lambda: np.zeros((0, 0)))
    gradients: Array = field(default_factory=lambda: np.zeros((0, 0)))
    updates: Array = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True, eq=False)
class ExamplePass(Summary):
    """One training example: forward, error, backward, update, with the number at every link and unit.

    example, place, n   its id, its place among the n training points; before, after: the ids next to it
    truth, said         what is true of it and what the network says, in words; X [d] its raw coordinates
    values[l]           what each unit of layer l gives; of the output layer by its rule
    sums, deltas[l - 1], and for hidden layers slopes and back[l - 1]: sums of layer l, dE/dsum, f'(sum), dE/dvalue
    weights, gradients, updates[l - 1] [units, units before]; biases, bias_gradients, bias_updates[l - 1] [units]:
                        an update is what plain descent with this learning rate would add for this one example
    target [outputs]    what the output rule compares with          loss   of this example
    """

    example: int = -1
    place: int = 0
    n: int = 0
    before: int = -1
    after: int = -1
    X: Array = field(default_factory=_none)
    truth: str = ""
    said: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    values: tuple[Array, ...] = ()
    sums: tuple[Array, ...] = ()
    slopes: tuple[Array, ...] = ()
    back: tuple[Array, ...] = ()
    deltas: tuple[Array, ...] = ()
    weights: tuple[Array, ...] = ()
    biases: tuple[Array, ...] = ()
    gradients: tuple[Array, ...] = ()
    bias_gradients: tuple[Array, ...] = ()
    updates: tuple[Array, ...] = ()
    bias_updates: tuple[Array, ...] = ()
    skips: tuple[ExampleSkip, ...] = ()
    target: Array = field(default_factory=_none)
    loss: float = 0.0
    rate: float = 0.0
    steps: tuple[PassStep, ...] = ()
    note: str = ""
