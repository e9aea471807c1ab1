"""The fan: the same model fitted to many resampled sets of the training points, and how far the fits agree.

Each replica draws as many points as there are, with replacement (Efron 1979), by the counter-based numbers of
`seed.data`; initial weights and settings are those of the run. Where the model is solved in one step, so
are all replicas; networks are trained alongside the run, all of them together (`executors.population_for`), a few
milliseconds at a time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import charts, compiled, measures
from playground.engine.executors.base import Floats
from playground.engine.features import cells
from playground.engine.random import uniform
from playground.engine.snapshot import Fan, FanMap, View

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.fan_beside import OwnReplicas
    from playground.engine.trainer import Run

MOST = 200
CURVE_POINTS = 200
CELLS = 64
"""Along one side of the map of a fan."""
SHARE_S = 0.008
"""Training of replicas for one picture: more comes with the next one."""


def resampled(seed: int, n: int, n_replicas: int) -> NDArray[np.int64]:
    """Indices [replicas, n] into n points, drawn with replacement."""
    u = uniform(seed, "bootstrap", np.arange(n), lane=np.arange(n_replicas)[:, None])
    return np.minimum((u * n).astype(np.int64), n - 1)


class Replicas:
    """The networks of a fan, as far as they are trained."""

    def __init__(self, experiment: Experiment, n_train: int, n: int, device: str = "cpu") -> None:
        from playground.engine.executors import population_for

        self.experiment, self.n = experiment, n
        self.population = population_for([experiment] * n, resampled(experiment.seed.data, n_train, n), device)

    def follow(self, epoch: int) -> bool:
        """Train on towards an epoch for a moment; whether they are there. Back from a later one, they begin anew."""
        if self.population.furthest > epoch:
            self.population.reset()
        return self.population.train(epoch, time.perf_counter() + SHARE_S)


def replicas_of(run: Run, n: int) -> Replicas:
    """Those of the run, made anew when its Experiment has changed."""
    found = run.replicas
    if not isinstance(found, Replicas) or found.n != n or found.experiment != run.experiment:
        found = run.replicas = Replicas(run.experiment, run.n_train, n, run.executor.device)
    return found


def curves(run: Run, view: View) -> Fan | None:
    """The fan over the part of x that is on screen."""
    n = min(view.fan, MOST)
    if not n or not run.n_train:
        return None
    x = np.linspace(*view.x, CURVE_POINTS)
    behind = False
    if run.executor.solves:
        from playground.engine.executors.sweep import resampled_fits

        train = run.problem.train
        rows = resampled(run.experiment.seed.data, run.n_train, n)
        try:
            y = resampled_fits(run.experiment.model, run.problem.x_range, train.X[:, 0], train.t, rows, x)
        except compiled.Unavailable as error:
            return Fan(title="Fan", note=str(error))
        epoch = run.epoch
    else:
        found = replicas_of(run, n)
        behind, epoch = not found.follow(run.epoch), found.population.epoch
        y = found.population.outputs(found.population.prepare(x[:, None]))[:, :, 0]
    with np.errstate(all="ignore"):
        mean, spread = y.mean(axis=0), y.std(axis=0)
    return Fan(
        title="Fan", x=charts.own(x), curves=charts.own(y), mean=charts.own(mean), spread=charts.own(spread),
        epoch=epoch, behind=behind,
    )  # fmt: skip


def plane(run: Run, view: View) -> FanMap | None:
    """The fan over the part of the plane that is on screen."""
    n = min(view.fan, MOST)
    if not n or not run.n_train:
        return None
    X = cells(view.x, view.y, CELLS)
    if run.experiment.optimizer.executor:
        own = _own_replicas(run, n)
        raw, complete = own.outputs((view.x, view.y), X, run.epoch, SHARE_S)
        behind, epoch = not complete, own.epoch
    else:
        found = replicas_of(run, n)
        behind = not found.follow(run.epoch)
        raw, epoch = found.population.outputs(found.population.prepare(X)), found.population.epoch
    spread, edges = agreement(raw, run)
    return FanMap(
        title="Fan", spread=charts.own(spread.reshape(CELLS, CELLS)), edges=charts.own(edges), x=view.x, y=view.y,
        n=len(raw), epoch=epoch, behind=behind,
    )  # fmt: skip


def _own_replicas(run: Run, n: int) -> OwnReplicas:
    """Those of a model that is no network, made anew when its Experiment has changed."""
    from playground.engine.fan_beside import OwnReplicas

    found = run.replicas
    if not isinstance(found, OwnReplicas) or found.n != n or found.experiment != run.experiment:
        found = run.replicas = OwnReplicas(run, resampled(run.experiment.seed.data, run.n_train, n))
    return found


def agreement(raw: Floats, run: Run) -> tuple[Floats, Floats]:
    """Of raw outputs [K, cells, outputs]: the standard deviation of the prediction [cells] (of the probability of
    the class that is most probable on average), and the share of replicas whose boundary passes each cell
    [CELLS, CELLS]."""
    n, cells, n_outputs = raw.shape
    kind = run.output_kind
    if kind == "identity":
        return raw[:, :, 0].std(axis=0), np.zeros((CELLS, CELLS))
    p = measures.probabilities(raw.reshape(n * cells, n_outputs), kind).reshape(n, cells, -1)
    best = p.mean(axis=0).argmax(axis=1)
    spread = p[:, np.arange(cells), best].std(axis=0)
    label = p.argmax(axis=2).reshape(n, CELLS, CELLS)
    edge = np.zeros((n, CELLS, CELLS), dtype=bool)
    edge[:, :, :-1] |= label[:, :, :-1] != label[:, :, 1:]
    edge[:, :-1] |= label[:, :-1] != label[:, 1:]
    return spread, edge.mean(axis=0)
