"""What the executors that iterate take a model for: a dense network.

A model that is linear in its weights (`models/linear.py`) is one without hidden layers: its inputs are
phi_1(x), phi_2(x), ..., its bias is w_0. It is computed in 64 bits always, because basis functions may be nearly
parallel. So that descent ends where the closed form does, the minimiser of E(w), the gradient of the mean loss gets
lambda/N w, N the number of training points.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import links, standardization
from playground.engine.executors.base import Floats, Weights
from playground.engine.links import Link
from playground.engine.schema import SpecError
from playground.engine.structure import Structure, of

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem


def inputs_of(experiment: Experiment, problem: Problem, X: Floats) -> Floats:
    """[n, inputs] of the first layer, for raw X [n, d]."""
    if experiment.model.linear:
        found: Floats = experiment.model.design(X[:, 0], problem.x_range)[:, 1:]
        return found
    return standardization.inputs(experiment, problem, X)


def structure(experiment: Experiment) -> Structure:
    """The blocks of its weights."""
    return of(experiment)


def initial(experiment: Experiment) -> Weights:
    """Those of seed.init, by name; see `MLP.initial_weights`."""
    sizes = structure(experiment).sizes
    found: Weights = experiment.model.initial_weights(sizes[0], sizes[-1], experiment.seed.init)
    return found


def fitting(experiment: Experiment, weights: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
    """Weights by name as the layers have them. Raises SpecError for those of another network."""
    weights = layered(experiment, weights)
    for name, shape in structure(experiment).shapes().items():
        if name not in weights or np.shape(weights[name]) != shape:
            found = np.shape(weights[name]) if name in weights else "nothing"
            raise SpecError(f"The weights {name} must have the shape {shape} of this network, not {found}.")
    return weights


def held(experiment: Experiment) -> tuple[tuple[Link, float], ...]:
    """The numbers that training leaves where they are, and their values."""
    return tuple(links.held(text) for text in experiment.model.held)


def precision(experiment: Experiment) -> str:
    """float32 or float64."""
    return "float64" if experiment.model.linear else str(experiment.training.precision)


def penalties(experiment: Experiment, n_train: int) -> tuple[float, float, float]:
    """(l1, l2 of the weights, l2 of the biases): what is added to the mean loss."""
    model, training = experiment.model, experiment.training
    if not model.linear:
        return training.l1, training.l2, 0.0
    share = model.strength() / max(1, n_train)
    return 0.0, share, share if model.penalise_bias else 0.0


def penalty(experiment: Experiment, weights: Mapping[str, NDArray[Any]]) -> float | None:
    """What the objective of a run adds for these weights, None without a penalty: lambda/2 sum w_j^2 to E(w) for
    models linear in their weights, else l2/2 ||W||^2 + l1 ||W||_1 to the mean loss."""
    model, training = experiment.model, experiment.training
    if model.linear:
        w = np.asarray(weights["w"], dtype=np.float64)[model.penalised()]
        return 0.5 * float(model.strength()) * float(w @ w) if model.strength() else None
    if not (training.l1 or training.l2):
        return None
    layers = [np.asarray(w, np.float64).ravel() for name, w in weights.items() if name.endswith("weight")]
    squares, sizes = sum(float(w @ w) for w in layers), sum(float(np.abs(w).sum()) for w in layers)
    return float(0.5 * training.l2 * squares + training.l1 * sizes)


def named(experiment: Experiment, layers: Weights) -> Weights:
    """{"0.weight": [out, in], "0.bias": [out], ...} as a run shows it: {"w": [n_weights]} for linear models."""
    if not experiment.model.linear:
        return layers
    return {"w": np.concatenate([layers["0.bias"], layers["0.weight"][0]])}


def layered(experiment: Experiment, weights: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
    """The inverse of `named`."""
    if not experiment.model.linear or "w" not in weights:
        return weights
    w = np.atleast_1d(np.asarray(weights["w"]))
    return {"0.weight": w[None, 1:], "0.bias": w[:1]}
