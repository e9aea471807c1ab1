"""Many networks at once: each is what it would be alone."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine.executors.population import Population
from playground.engine.experiment import Experiment
from playground.engine.problem import build
from playground.engine.trainer import Run


def network(**changes: object) -> Experiment:
    values = {"data.kind": "xor", "data.n": 60, "model.hidden": (8, 5), "training.executor": "fused"}
    return ex.change(ex.default("classify"), values | changes)


def alone(e: Experiment, n_epochs: int) -> dict[str, np.ndarray]:
    run = Run(e)
    run.run_epochs(n_epochs)
    return run.weights()


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return all((a[name] == b[name]).all() for name in a)


@pytest.mark.parametrize("grid", [
    [{"seed.init": k, "seed.batches": 9 - k} for k in range(7)],
    [{"optimizer.learning_rate": 0.01 * k, "training.l2": 0.001 * k} for k in range(1, 6)],
    [{"seed.split": k} for k in range(5)],  # parts of different sizes
    [{"seed.dropout": k, "model.dropout": 0.3} for k in range(3)],
])  # fmt: skip
def test_a_member_is_the_run_that_it_would_be_alone(grid: list[dict[str, object]]) -> None:
    members = [ex.change(network(), changes) for changes in grid]
    population = Population(members)
    assert population.train(30) and population.epoch == 30
    for k, e in enumerate(members):
        assert same(population.weights(k), alone(e, 30))
    X = np.random.default_rng(1).normal(size=(50, 2))
    found = population.outputs(population.prepare(X))
    run = Run(members[-1])
    run.run_epochs(30)
    np.testing.assert_array_equal(found[-1], run.raw(X))


def test_training_in_pieces_changes_nothing() -> None:
    members = [network(**{"seed.init": k, "optimizer.kind": "adam"}) for k in range(120)]
    whole, pieces = Population(members), Population(members)
    whole.train(55)
    n_calls = 1
    while not pieces.train(55, deadline=0.0):
        n_calls += 1
    assert n_calls == 9  # three groups of members, three groups of epochs
    assert all(same(whole.weights(k), pieces.weights(k)) for k in range(0, 120, 17))


def test_replicas_learn_from_the_points_that_were_drawn() -> None:
    """With all points in each step, a point that is drawn twice counts twice."""
    e = network(**{"training.shuffle": False, "training.batch_size": 60, "split.train": 1.0,
                   "training.precision": "float64"})  # fmt: skip
    every_other = np.arange(0, 60, 2)
    population = Population([e, e], np.stack([np.arange(60), np.repeat(every_other, 2)]))
    population.train(20)
    assert same(population.weights(0), alone(e, 20))
    points = build(e).points.take(np.isin(np.arange(60), every_other))
    fewer = ex.change(e, {"data.kind": "drawn", "data.points": points.pack(), "split.train": 1.0,
                          "training.batch_size": 30})  # fmt: skip
    for name, values in alone(fewer, 20).items():
        np.testing.assert_allclose(population.weights(1)[name], values, atol=1e-12)


def test_members_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"same model\.hidden"):
        Population([network(), network(**{"model.hidden": (3,)})])
    with pytest.raises(ValueError, match="at least one"):
        Population([])
