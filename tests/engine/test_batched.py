"""Many networks as one batch of tensors: each is what it would be alone, to rounding."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine import random
from playground.engine.executors import graphs, torch_random
from playground.engine.executors.batched import BatchedPopulation
from playground.engine.experiment import Experiment
from playground.engine.problem import build
from playground.engine.trainer import Run
from tests.engine.pretending import Tape

EPOCHS = 12


def network(**changes: object) -> Experiment:
    values = {"data.kind": "spiral", "data.n": 60, "model.hidden": (8, 5), "training.executor": "torch",
              "training.precision": "float64", "training.batch_size": 7}  # fmt: skip
    return ex.change(ex.default("classify"), values | changes)


def alone(e: Experiment, n_epochs: int = EPOCHS) -> Run:
    run = Run(e)
    run.run_epochs(n_epochs)
    return run


def agree(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert set(found) == set(wanted)
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-9, err_msg=name)


SCHEDULES = [
    {"optimizer.schedule": "step", "optimizer.decay_epochs": 4},
    {"optimizer.schedule": "cosine", "optimizer.decay_epochs": 9, "optimizer.warmup": 3},
    {"optimizer.learning_rate": 0.003},
]
GRIDS = {
    "seeds": [{"seed.init": k, "seed.batches": 9 - k} for k in range(5)],
    "one order for all": [{"seed.init": k} for k in range(3)],
    "not shuffled": [{"seed.init": k, "training.shuffle": False} for k in range(3)],
    "rates": [{"optimizer.learning_rate": 0.01 * k, "optimizer.beta1": 0.1 * k} for k in range(1, 6)],
    "penalties": [{"training.l1": 0.001 * k, "training.l2": 0.002 * (3 - k)} for k in range(4)],
    "schedules": SCHEDULES,
    "dropout": [{"seed.dropout": k, "model.dropout": 0.3, "seed.batches": k} for k in range(3)],
    "one dropout for all": [{"seed.init": k, "model.dropout": 0.3} for k in range(3)],
    "residual connections": [{"seed.init": k, "model.skips": ("0-2p",)} for k in range(3)],
    "held weights": [{"seed.init": k, "model.held": ("w1.2.1=0.5", "b2.1=0.0")} for k in range(3)],
    "data": [{"seed.data": k} for k in range(3)],
    "parts of different sizes": [{"seed.split": k} for k in range(6)],
    "numbers": [{"data.kind": "reg-gauss", "seed.init": k, "loss": "squared_error"} for k in range(3)],
    "other losses": [{"loss": "squared_error", "seed.init": k, "model.activation": "elu"} for k in range(3)],
}


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_a_member_is_the_run_that_it_would_be_alone(grid):
    members = [ex.change(network(), changes) for changes in grid]
    population = BatchedPopulation(members)
    assert population.train(EPOCHS) and population.epoch == population.furthest == EPOCHS
    runs = [alone(e) for e in members]
    for k, run in enumerate(runs):
        agree(population.weights(k), run.weights())
    X = np.random.default_rng(1).normal(size=(50, 2))
    raw = population.outputs(population.prepare(X))
    assert raw.dtype == np.float64
    for found, run in zip(raw, runs, strict=True):
        np.testing.assert_allclose(found, run.raw(X), atol=1e-8)
    assert not np.allclose(raw[0], raw[1])


@pytest.mark.parametrize("kind", ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_members_of_other_sizes_rest_under_every_rule(kind):
    """With penalties, which would go on to pull at the weights, and what is remembered, which would go on to move."""
    grid = [{"seed.split": k, "training.l2": 0.01, "training.l1": 0.001, "model.dropout": 0.2} for k in range(6)]
    members = [ex.change(network(**{"optimizer.kind": kind, "optimizer.learning_rate": 0.02}), g) for g in grid]
    steps = {-(-len(build(e).train.ids) // 7) for e in members}
    assert len(steps) > 1, "some have more mini-batches in an epoch than others"
    population = BatchedPopulation(members)
    population.train(EPOCHS)
    for k, e in enumerate(members):
        agree(population.weights(k), alone(e).weights())


def test_the_kernels_and_the_batches_agree_on_resampled_points():
    from playground.engine import compiled
    from playground.engine.executors.population import Population

    rows = np.random.default_rng(2).integers(0, 25, size=(4, 30))
    members = [network(**{"seed.init": k, "model.dropout": 0.1, "training.executor": "auto"}) for k in range(4)]
    batched = BatchedPopulation(members, rows)
    batched.train(EPOCHS)
    try:
        fused = Population(members, rows)
    except compiled.Unavailable as error:
        pytest.skip(str(error))
    fused.train(EPOCHS)
    for k in range(4):
        agree(batched.weights(k), fused.weights(k))


def test_training_in_pieces_and_beginning_anew_change_nothing():
    members = [network(**{"seed.init": k}) for k in range(3)]
    whole, pieces = BatchedPopulation(members), BatchedPopulation(members)
    whole.train(5)
    n_calls = 1
    while not pieces.train(5, deadline=0.0):
        if n_calls == 2:
            assert (pieces.epoch, pieces.furthest) == (0, 1), "in the middle of the first"
        n_calls += 1
    assert n_calls == 5 * -(-len(build(members[0]).train.ids) // 7)
    first = [whole.weights(k) for k in range(3)]
    whole.reset()
    assert whole.epoch == whole.furthest == 0
    whole.train(5)
    for k in range(3):
        for name, values in first[k].items():
            np.testing.assert_array_equal(pieces.weights(k)[name], values)
            np.testing.assert_array_equal(whole.weights(k)[name], values)


def test_a_member_that_diverges_leaves_the_others_alone():
    members = [network(**{"data.kind": "reg-plane", "model.activation": "linear", "optimizer.kind": "sgd",
                          "loss": "squared_error", "optimizer.learning_rate": rate})
               for rate in (0.01, 10.0)]  # fmt: skip
    population = BatchedPopulation(members)
    population.train(40)
    assert not all(np.isfinite(w).all() for w in population.weights(1).values())
    agree(population.weights(0), alone(members[0], 40).weights())


def test_its_steps_can_be_recorded(monkeypatch):
    members = [network(**{"seed.split": k, "optimizer.kind": "adamw"}) for k in range(4)]
    plain, tape = BatchedPopulation(members), Tape()
    monkeypatch.setattr(graphs, "recorder_for", lambda device: tape)
    recorded = BatchedPopulation(members)
    for each in (plain, recorded):
        each.train(EPOCHS)
    assert tape.log.count("record") == 2 and tape.log.count("replay") > 40
    for k in range(4):
        for name, values in plain.weights(k).items():
            np.testing.assert_array_equal(recorded.weights(k)[name], values)


def test_members_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"same model\.hidden"):
        BatchedPopulation([network(), network(**{"model.hidden": (3,)})])
    with pytest.raises(ValueError, match="at least one"):
        BatchedPopulation([])


def test_random_numbers_on_tensors_are_those_of_numpy():
    ids, lanes = np.array([0, 1, 7, 12345678901, -3]), np.arange(4)[:, None]
    key = torch.tensor(torch_random.signed(random.key_of(5, "dropout.1")))
    wanted = random.uniform(5, "dropout.1", ids, epoch=9, lane=lanes)
    np.testing.assert_array_equal(torch_random.uniform(key, 9, torch.tensor(ids), torch.tensor(lanes)), wanted)
    many = np.arange(3, 503)
    keys = torch.tensor([[torch_random.signed(random.key_of(seed, "batches"))] for seed in (1, 2)])
    there = torch.tensor(np.stack([many > 0, many < 400]))
    orders = torch_random.permutations(keys, 6, torch.tensor(many)[None], there).numpy()
    np.testing.assert_array_equal(orders[0], random.permutation(1, "batches", many, 6))
    np.testing.assert_array_equal(orders[1][:397], random.permutation(2, "batches", many[:397], 6))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_on_a_gpu_each_member_is_what_it_is_on_the_cpu(grid):
    members = [ex.change(network(), changes) for changes in grid]
    cpu, gpu = BatchedPopulation(members), BatchedPopulation(members, device="cuda")
    for each in (cpu, gpu):
        each.train(EPOCHS)
    for k in range(len(members)):
        agree(gpu.weights(k), cpu.weights(k))


def test_who_trains_a_population(monkeypatch):
    from playground.engine import compiled
    from playground.engine.executors import batched, kernels_cover, population, population_for

    asked: list[str] = []
    monkeypatch.setattr(batched, "BatchedPopulation", lambda members, rows, device: asked.append(device))
    monkeypatch.setattr(population, "Population", lambda members, rows: asked.append("kernels"))
    members = [network(**{"training.device": "auto"})]
    monkeypatch.setattr(compiled, "is_ready", lambda: True)
    assert kernels_cover(members[0])
    for device in ("cuda", "cpu", "mps"):
        population_for(members, None, device)
    population_for([network(**{"training.device": "mps"})], None, "mps")  # no kernels where a GPU is asked for
    monkeypatch.setattr(compiled, "is_ready", lambda: False)
    population_for(members, None, "cpu")
    assert asked == ["cuda", "kernels", "kernels", "cpu", "cpu"]
