"""How steep the bowl of a linear model is, and so which learning rates gradient descent bears.

Descent minimises E(w)/N = 1/2N ||Phi w - t||^2 + lambda/2N sum w_j^2. Along an eigenvector of its second derivative
H = (Phi' Phi + lambda P)/N with eigenvalue h a step of plain descent multiplies the distance from the minimum by
1 - eta h, so that it grows where eta > 2/h (Bishop & Bishop 2024, section 7.3; Goh 2017 for momentum).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.engine.models.linear import LinearSpec

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.problem import Problem


@lru_cache(maxsize=16)
def steepest(model: LinearSpec, problem: Problem, batch_size: int) -> float:
    """The largest eigenvalue of H for the training points (at least one). With mini-batches, which may hold any of
    the points, the bound that even a batch of the one steepest point keeps: max ||phi(x_n)||^2 + lambda/N."""
    A = model.design(problem.train.X[:, 0], problem.x_range)
    n = len(A)
    if batch_size < n:
        return float(np.square(A).sum(axis=1).max()) + model.strength() / n
    rows = model.strength() ** 0.5 * np.eye(A.shape[1])[model.penalised()]
    return float(np.linalg.norm(np.vstack([A, rows]), 2) ** 2 / n)


def largest_rate(experiment: Experiment, problem: Problem) -> float | None:
    """The learning rate beyond which descent diverges (with mini-batches: may diverge); None for optimisers that
    set the length of their steps themselves.

    sgd 2/h, momentum 2 (1 + mu)/h, nesterov 2 (1 + mu)/((1 + 2 mu) h), h the largest eigenvalue of H.
    """
    optimizer = experiment.optimizer
    if optimizer.kind not in ("sgd", "momentum", "nesterov") or not len(problem.train.ids):
        return None
    with np.errstate(over="ignore"):
        h = steepest(experiment.model, problem, experiment.training.batch_size)
    mu = getattr(optimizer, "momentum", 0.0)
    factor = {"sgd": 1.0, "momentum": 1.0 + mu, "nesterov": (1.0 + mu) / (1.0 + 2.0 * mu)}[optimizer.kind]
    return 2.0 * factor / h if np.isfinite(h) and h > 0 else None


def caution(experiment: Experiment, problem: Problem) -> str:
    """A sentence where the learning rate is too large for descent over all points at once; else empty."""
    if experiment.training.batch_size < len(problem.train.ids):
        return ""
    most, rate = largest_rate(experiment, problem), experiment.optimizer.learning_rate
    if most is None or rate <= most:
        return ""
    return (
        f"The learning rate {rate:.6g} is too large for this basis and these points: "
        f"beyond {_down(most)} descent climbs out of its valley."
    )


def divergence(experiment: Experiment, problem: Problem, epoch: int) -> str:
    """Two sentences on a run that is no longer finite: why, and which rate to try."""
    most, rate = largest_rate(experiment, problem), experiment.optimizer.learning_rate
    if most is None or rate < most / 2:
        return (
            f"The loss is no longer finite after epoch {epoch}: the learning rate {rate:.6g} is too large. "
            f"Try {_down(rate / 10)}, or restore the last finite weights."
        )
    return (
        f"The loss is no longer finite after epoch {epoch}: the learning rate {rate:.6g} is too large for this basis "
        f"and these points, which bear {_down(most)} (two over the largest curvature). Try {_down(most / 2)}, or "
        "restore the last finite weights."
    )


def _down(value: float) -> str:
    """Two digits, rounded down: a bound stays one."""
    scale = 10.0 ** (np.floor(np.log10(value)) - 1.0)
    return f"{np.floor(value / scale + 1e-9) * scale:.6g}"
