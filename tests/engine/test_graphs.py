"""Steps recorded as one launch, by a recorder that pretends; by the real one where CUDA is present."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine.executors import graphs
from playground.engine.executors.torch import TorchExecutor
from playground.engine.experiment import Experiment
from playground.engine.problem import build
from tests.engine.pretending import Tape


def experiment(**changes: object) -> Experiment:
    fixed = {"data.kind": "spiral", "data.n": 40, "model.hidden": (5, 4), "training.precision": "float64",
             "optimizer.kind": "adamw", "optimizer.schedule": "exponential", "optimizer.decay_epochs": 3,
             "training.l1": 0.001, "model.activation": "elu"}  # fmt: skip
    return ex.change(ex.default("classify"), fixed | changes)


def trained(executor: TorchExecutor, n_epochs: int, batch_size: int = 8) -> dict[str, np.ndarray]:
    order = np.arange(len(executor.problem.train.ids))
    for epoch in range(n_epochs):
        executor.steps(epoch, order, 0, batch_size, 100, float("inf"))
    return executor.weights()


def taped(monkeypatch: pytest.MonkeyPatch, tape: Tape, e: Experiment) -> TorchExecutor:
    monkeypatch.setattr(graphs, "recorder_for", lambda device: tape)
    return TorchExecutor(e, build(e))


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_each_size_of_a_mini_batch_is_recorded_once_and_the_numbers_stay(monkeypatch, dropout):
    e, tape = experiment(**{"model.dropout": dropout}), Tape()
    n = len(build(e).train.ids)
    assert n % 8, "the last mini-batch of an epoch is a short one"
    plain = trained(TorchExecutor(e, build(e)), 6)
    executor = taped(monkeypatch, tape, e)
    recorded = trained(executor, 6)
    for name, values in plain.items():
        np.testing.assert_array_equal(recorded[name], values)
    steps = 6 * -(-n // 8)
    assert tape.log.count("record") == 2 and tape.log.count("warm") == 2 * graphs.WARM_UPS
    assert tape.log.count("replay") == steps - 2 * graphs.WARM_UPS
    executor.reset()
    trained(executor, 6)
    assert tape.log.count("record") == 2, "the same tensors serve after a reset"


def test_after_a_live_change_the_recording_is_made_anew(monkeypatch):
    e, tape = experiment(), Tape()
    other = ex.change(e, {"training.l2": 0.02, "model.dropout": 0.2, "optimizer.learning_rate": 0.03})
    executor, plain = taped(monkeypatch, tape, e), None
    trained(executor, 3)
    executor.update(other, build(other))
    found = trained(executor, 5)
    monkeypatch.undo()
    plain = TorchExecutor(e, build(e))
    trained(plain, 3)
    plain.update(other, build(other))
    for name, values in trained(plain, 5).items():
        np.testing.assert_array_equal(found[name], values)
    assert tape.log.count("record") == 3  # both sizes; of the first three short batches none was left to record


def test_where_nothing_can_be_recorded_training_goes_on_call_by_call(monkeypatch):
    e, tape = experiment(), Tape(fails="operation not permitted when stream is capturing\nand so on")
    executor = taped(monkeypatch, tape, e)
    found = trained(executor, 6)
    monkeypatch.undo()
    for name, values in trained(TorchExecutor(e, build(e)), 6).items():
        np.testing.assert_array_equal(found[name], values)
    assert "replay" not in tape.log
    assert "operation not permitted when stream is capturing" in executor.why and "and so on" not in executor.why


def test_the_cpu_is_never_far_ahead_of_the_gpu():
    launched, done, most_ahead = 0, 0, 0

    class Event:
        def record(self) -> None:
            self.at = launched

        def synchronize(self) -> None:
            nonlocal done
            waits.append(launched)
            done = max(done, self.at)

    waits: list[int] = []
    flight = graphs.Flight(Event)
    for _ in range(200):
        launched += 1
        flight.step()
        most_ahead = max(most_ahead, launched - done)
    assert most_ahead == (graphs.MOST_EVENTS + 1) * graphs.EVENT_STEPS - 1
    assert len(waits) <= 200 / graphs.EVENT_STEPS, "it does not wait after each step"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize(
    "changes",
    [
        {}, {"model.dropout": 0.4}, {"optimizer.kind": "momentum", "loss": "squared_error"},
        {"model.skips": ("0-2p", "1-3p"), "model.held": ("w1.2.1=0.5", "b2.1=0.0"), "model.dropouts": (0.2, 0.0)},
    ],
)  # fmt: skip
def test_on_a_gpu_graphs_and_single_calls_agree(monkeypatch, changes):
    e = experiment(**changes)
    graph = TorchExecutor(e, build(e), "cuda")
    found = trained(graph, 10)
    assert all(step._replay is not None for _, step in graph._steps.values()), graph.why
    monkeypatch.setattr(graphs, "recorder_for", lambda device: None)
    for name, values in trained(TorchExecutor(e, build(e), "cuda"), 10).items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-12)
