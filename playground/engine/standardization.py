"""Standardised inputs: each minus its mean, divided by its standard deviation, both over the training points.

Optional (`Experiment.standardize`) and only in the plane. What is standardised is what the model is given: the inputs
that are switched on (`features.py`), or x1 and x2 for a model of scikit-learn. The numbers follow the training points;
an input that is the same at all of them is divided by 1. Points, maps and exported models keep the raw units.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine import features

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem

Floats = NDArray[np.float64]


class Scaling(NamedTuple):
    """mean [inputs], and scale [inputs]: standard deviations, with 1 for an input that does not vary."""

    mean: Floats
    scale: Floats

    def apply(self, columns: Floats) -> Floats:
        """Of inputs [n, inputs]."""
        return (columns - self.mean) / self.scale

    def undo(self, columns: Floats) -> Floats:
        """The inverse: back in raw units."""
        return columns * self.scale + self.mean


def names(e: Experiment) -> tuple[str, ...]:
    """What the inputs of the model are called, in their order."""
    return features.names(e) if e.model.layered or e.data.n_inputs == 1 else features.VARIABLES


def raw_inputs(e: Experiment, X: Floats) -> Floats:
    """[n, len(names)] of X [n, d], not standardised."""
    return features.inputs(e, X) if e.model.layered else np.asarray(X, dtype=np.float64)


def inputs(e: Experiment, problem: Problem, X: Floats) -> Floats:
    """[n, len(names)] of X [n, d], as the model is given them."""
    columns, scaling = raw_inputs(e, X), of(e, problem)
    return columns if scaling is None else scaling.apply(columns)


def of(e: Experiment, problem: Problem) -> Scaling | None:
    """The numbers for these training points; None where nothing is standardised."""
    if not e.standardize or e.data.n_inputs != 2 or not len(problem.train.ids):
        return None
    key = (e.features, features.powers(e), e.feature_formula.strip()) if e.model.layered else ()
    return _cached(_Columns(e, problem, key))


def of_columns(columns: Floats) -> Scaling:
    """Of inputs [n, inputs], n > 0. What differs by rounding alone does not vary (the bound of scikit-learn's
    StandardScaler on the variance of a constant)."""
    n, mean, variance = len(columns), columns.mean(axis=0), columns.var(axis=0)
    eps = np.finfo(np.float64).eps
    same = variance <= n * eps * variance + np.square(n * mean * eps)
    scale = np.where(same, 1.0, np.sqrt(variance))
    for array in (mean, scale):
        array.setflags(write=False)
    return Scaling(mean, scale)


class _Columns:
    """Equal for the same points and the same inputs, whatever else an Experiment says."""

    def __init__(self, e: Experiment, problem: Problem, key: tuple[object, ...]) -> None:
        self.e, self.problem, self.key = e, problem, key

    def __hash__(self) -> int:
        return hash((id(self.problem), self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Columns) and self.problem is other.problem and self.key == other.key


@lru_cache(maxsize=8)
def _cached(columns: _Columns) -> Scaling:
    return of_columns(raw_inputs(columns.e, columns.problem.train.X))
