"""Residual connections and held weights in training, against autograd in the plainest torch, in 64 bits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine.executors.batched import BatchedPopulation
from playground.engine.executors.fused import FusedExecutor
from playground.engine.executors.population import Population
from playground.engine.executors.torch import TorchExecutor
from playground.engine.experiment import Experiment
from playground.engine.links import held, link, skip
from playground.engine.problem import build

SKIPS = [("1-3",), ("0-2p",), ("0-4p", "1-4p"), ("2-4p", "1-3", "0-3p"),
         ("0-2p", "0-3p", "0-4p", "1-3", "1-4p", "2-4p")]  # fmt: skip
HELD = ("w1.2.1=0.5", "b2.3=0", "w4.1.6=-1.25")
FOREVER = float("inf")


def experiment(**changes: object) -> Experiment:
    values = {"data.kind": "spiral", "data.n": 40, "model.hidden": (6, 5, 6), "training.precision": "float64",
              "model.activation": "sigmoid", "optimizer.kind": "sgd", "optimizer.learning_rate": 0.5}  # fmt: skip
    return ex.change(ex.default("classify"), values | changes)


def plain_sums(e: Experiment, w: dict[str, torch.Tensor], X: np.ndarray, kept: list[torch.Tensor] | None = None):
    """Of the last layer, [n, outputs], as the note on residual connections says it; kept [n, units] by layer."""
    a, skips, n = [torch.tensor(X)], [skip(text) for text in e.model.skips], len(e.model.hidden)
    for t in range(1, n + 2):
        z = a[-1] @ w[f"{t - 1}.weight"].T + w[f"{t - 1}.bias"]
        for s in (s for s in skips if s.target == t):
            z = z + (a[s.source] @ w[f"skip.{s.source}-{t}.weight"].T if s.projection else a[s.source])
        if t <= n:
            z = torch.sigmoid(z)
            if kept is not None:
                z = z * kept[t - 1] / (1.0 - e.model.layer_dropouts()[t - 1])
        a.append(z)
    return a[-1]


def by_autograd(e: Experiment, executor: TorchExecutor | FusedExecutor, rows: np.ndarray) -> dict[str, np.ndarray]:
    """The weights after one step of plain descent."""
    train = executor.problem.train
    w = {name: torch.tensor(value, requires_grad=True) for name, value in executor.weights().items()}
    kept = [torch.tensor(k.T) for k in e.model.kept(e.seed.dropout, train.ids[rows], 0)]
    loss = torch.nn.functional.cross_entropy(plain_sums(e, w, train.X[rows], kept), torch.tensor(train.t[rows]).long())
    penalty = sum((v**2).sum() * e.training.l2 / 2 for name, v in w.items() if name.endswith("weight"))
    (loss + penalty).backward()
    after = {name: (v - e.optimizer.learning_rate * v.grad).detach().numpy() for name, v in w.items()}
    for number, value in (held(text) for text in e.model.held):
        if number.before:
            name = f"skip.{number.source}-{number.layer}" if number.source >= 0 else str(number.layer - 1)
            after[f"{name}.weight"][number.unit - 1, number.before - 1] = value
        else:
            after[f"{number.layer - 1}.bias"][number.unit - 1] = value
    return after


@pytest.mark.parametrize("kind", [TorchExecutor, FusedExecutor])
@pytest.mark.parametrize("skips", SKIPS, ids=",".join)
@pytest.mark.parametrize("dropouts", [(), (0.0, 0.5, 0.25)])
def test_a_step_with_residual_connections_follows_autograd(kind, skips, dropouts):
    on_projection = tuple(f"p{text[0]}-{text[2]}.2.1=0.75" for text in skips[:1] if text.endswith("p"))
    e = experiment(**{"model.skips": skips, "model.held": HELD + on_projection, "training.l2": 0.01,
                      "model.dropouts": dropouts})  # fmt: skip
    executor = kind(e, build(e))
    wanted = by_autograd(e, executor, np.arange(3, 20))
    executor.steps(0, np.arange(3, 20), 0, 17, 1, FOREVER)
    assert list(executor.weights()) == list(wanted)
    for name, value in executor.weights().items():
        np.testing.assert_allclose(value, wanted[name], rtol=0, atol=1e-12, err_msg=name)
    X = executor.problem.points.X
    w = {name: torch.tensor(value) for name, value in executor.weights().items()}
    np.testing.assert_allclose(executor.outputs(executor.prepare(X)), plain_sums(e, w, X), rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [TorchExecutor, FusedExecutor])
@pytest.mark.parametrize("optimizer", ["momentum", "adam", "adamw"])
def test_a_held_weight_never_moves_and_is_forgotten_by_the_optimiser(kind, optimizer):
    e = experiment(**{"model.skips": ("1-3", "0-2p"), "model.held": (*HELD, "p0-2.1.2=3"), "optimizer.kind": optimizer,
                      "training.l1": 0.01, "training.l2": 0.1, "optimizer.learning_rate": 0.05})  # fmt: skip
    executor, order = kind(e, build(e)), np.arange(28)
    for epoch in range(5):
        executor.steps(epoch, order, 0, 5, 100, FOREVER)
    w = executor.weights()
    assert (w["0.weight"][1, 0], w["1.bias"][2], w["3.weight"][0, 5]) == (0.5, 0.0, -1.25)
    assert w["skip.0-2.weight"][0, 1] == 3.0
    first = executor.optimizer_state()["first_moment"]
    assert first.size == executor.n_parameters and np.count_nonzero(first == 0.0) == 4


@pytest.mark.parametrize("kind", [TorchExecutor, FusedExecutor])
def test_single_numbers_are_set(kind):
    e = experiment(**{"model.skips": ("0-2p",), "model.held": ("w1.1.1=2",)})
    executor = kind(e, build(e))
    before = executor.weights()
    executor.assign([(link("w2.3.1"), 7.0), (link("b4.2"), -7.0), (link("p0-2.5.2"), 9.0), (link("w1.1.1"), 1.0),
                     (link("p0-3.1.1"), 1.0), (link("w2.3.1"), 8.0), (link("w9.1.1"), 1.0)])  # fmt: skip
    after = executor.weights()
    assert after["1.weight"][2, 0] == 8.0 and after["3.bias"][1] == -7.0 and after["skip.0-2.weight"][4, 1] == 9.0
    assert after["0.weight"][0, 0] == 2.0, "a held number stays"
    assert sum(int((after[name] != before[name]).sum()) for name in before) == 3


@pytest.mark.parametrize("kind", [TorchExecutor, FusedExecutor])
def test_connections_come_and_go_while_all_other_numbers_stay(kind):
    e = experiment(**{"model.skips": ("0-2p",), "optimizer.kind": "adam"})
    executor, order = kind(e, build(e)), np.arange(28)
    executor.steps(0, order, 0, 5, 100, FOREVER)
    before, state = executor.weights(), executor.optimizer_state()
    more = ex.change(e, {"model.skips": ("1-4p", "0-2p", "1-3")})
    executor.update(more, executor.problem)
    for name, value in before.items():
        np.testing.assert_array_equal(executor.weights()[name], value)
    assert executor.weights()["skip.1-4.weight"].any()
    executor.update(e, executor.problem)
    for name, value in state.items():
        np.testing.assert_array_equal(executor.optimizer_state()[name], value)
    executor.load(before, state)
    saved = executor.save()
    executor.reset()
    executor.restore(saved)
    np.testing.assert_array_equal(executor.weights()["skip.0-2.weight"], before["skip.0-2.weight"])


@pytest.mark.parametrize("population", [Population, BatchedPopulation])
def test_members_of_a_population_are_the_runs_they_would_be_alone(population):
    e = experiment(**{"model.skips": ("0-2p", "1-3"), "model.held": (*HELD, "p0-2.1.1=2"),
                      "model.dropouts": (0.1, 0.0, 0.4), "optimizer.kind": "adamw", "training.l1": 0.001})  # fmt: skip
    members = [ex.change(e, {"seed.init": k}) for k in range(3)]
    many = population(members)
    many.train(4)
    for k, member in enumerate(members):
        alone = TorchExecutor(member, build(member))
        for epoch in range(4):
            order = np.argsort(_bits(member, epoch), kind="stable")
            alone.steps(epoch, order, 0, member.training.batch_size, 100, FOREVER)
        for name, value in alone.weights().items():
            np.testing.assert_allclose(many.weights(k)[name], value, rtol=0, atol=1e-9, err_msg=name)


def _bits(e: Experiment, epoch: int) -> np.ndarray:
    from playground.engine.random import bits

    return bits(e.seed.batches, "batches", build(e).train.ids, epoch)
