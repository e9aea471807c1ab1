"""The worker when the GPU fails: it plays on, the snapshot says what happened, and no epoch is lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import fallback
from playground.engine.commands import Collect, Load, LoadRecord, Pause, Play, Seek, Step, Watch
from playground.engine.experiment import Experiment
from playground.engine.snapshot import Snapshot, View
from playground.engine.trainer import Run
from playground.engine.worker import Worker
from tests.engine.pretending import LOST, MEMORY, Gpu
from tests.engine.test_worker import loaded, until

ERRORS = {"memory": MEMORY, "lost": LOST}
PLANE = View((-6.0, 6.0), (-6.0, 6.0), 50)


def network(**changes: object) -> Experiment:
    values = {"data.n": 60, "model.hidden": (4,), "training.precision": "float64", "training.max_epochs": 40}
    return ex.change(ex.default("classify"), values | changes)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    made.start()
    yield made
    assert made.close(10.0)


def weights_of(worker: Worker) -> dict[str, np.ndarray]:
    worker.send(Collect(1))
    until(worker, lambda s: bool(worker.outbox))
    return dict(worker.outbox.popleft().record.weights)


def agree(found: dict[str, np.ndarray], run: Run) -> None:
    for name, values in run.weights().items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("method", ["steps", "outputs", "save"])
def test_it_plays_on_to_the_same_end(monkeypatch, worker, kind, method):
    gpu, seen = Gpu(monkeypatch), []

    def noted(wanted):
        return lambda s: seen.append(s) or wanted(s)

    worker.send(Watch(frozenset({"map", "loss"}), PLANE))
    assert loaded(worker, network()).device == "cuda"
    worker.send(Step("epoch"))
    until(worker, noted(lambda s: s.epoch == 1))
    gpu.fail(ERRORS[kind], method, calls=12)
    worker.send(Play())
    end: Snapshot = until(worker, noted(lambda s: s.status == "finished"))
    assert {s.status for s in seen} <= {"ready", "paused", "running", "finished"}, "it never failed"
    assert (end.epoch, end.device, end.notice) == (40, "cpu", fallback.sentence(ERRORS[kind], network()))
    assert end.why == end.notice and end.message != end.notice
    assert all(a.epoch <= b.epoch for a, b in zip(seen, seen[1:], strict=False)), "no epoch is taken back"
    undisturbed = Run(network(**{"training.device": "cpu"}))
    undisturbed.run_epochs(40)
    agree(weights_of(worker), undisturbed)
    loss = end.summaries["loss"].series[0]
    np.testing.assert_array_equal(loss.x, np.arange(41))
    np.testing.assert_allclose(loss.y, undisturbed.history.column("train_loss"), atol=1e-9)


@pytest.mark.parametrize("kind", ERRORS)
def test_a_run_that_the_gpu_cannot_take_begins_on_the_cpu(monkeypatch, worker, kind):
    gpu = Gpu(monkeypatch)
    gpu.fail(ERRORS[kind], "init")
    first = loaded(worker, network())
    assert (first.status, first.device, first.notice) == ("ready", "cpu", fallback.sentence(ERRORS[kind], network()))
    next_one = loaded(worker, network(**{"data.n": 50}), generation=2)
    assert (next_one.status, next_one.notice) == ("ready", "")
    assert next_one.device == ("cuda" if kind == "memory" else "cpu"), "a device that is gone stays away"
    run = Run(network(**{"training.device": "cpu"}))
    run.run_epochs(3)
    record = Run.from_record(run.record(), device="auto" if kind == "memory" else "cpu").record()
    gpu.fail(ERRORS[kind], "init")
    worker.send(LoadRecord(3, record))
    opened = until(worker, lambda s: s.generation == 3 and s.status != "loading")
    assert (opened.epoch, opened.status, opened.device) == (3, "paused", "cpu")
    agree(weights_of(worker), run)


@pytest.mark.parametrize("kind", ERRORS)
def test_while_nothing_is_trained(monkeypatch, worker, kind):
    """A picture, or a step back, may be what fails."""
    gpu = Gpu(monkeypatch)
    loaded(worker, network())
    for epoch in (1, 2):
        worker.send(Step("epoch"))
        until(worker, lambda s, epoch=epoch: s.epoch == epoch)
    gpu.fail(ERRORS[kind], "outputs")
    worker.send(Watch(frozenset({"map"}), PLANE))
    shown = until(worker, lambda s: "map" in s.summaries)
    assert (shown.status, shown.epoch, shown.device) == ("paused", 2, "cpu") and shown.notice
    loaded(worker, network(**{"seed.init": 7}), generation=2)
    worker.send(Play())
    until(worker, lambda s: s.epoch >= 4)
    worker.send(Pause())
    until(worker, lambda s: s.status in ("paused", "finished"))
    gpu.fail(ERRORS[kind], "restore")
    worker.send(Seek(2))
    back = until(worker, lambda s: s.epoch == 2)
    assert back.device == "cpu" and back.status in ("paused", "finished")
    plain = Run(network(**{"seed.init": 7, "training.device": "cpu"}))
    plain.run_epochs(2)
    agree(weights_of(worker), plain)


@pytest.mark.parametrize("kind", ERRORS)
def test_a_step_back_and_an_answer_are_what_they_would_have_been(monkeypatch, worker, kind):
    """Where a step back fails half-way, it is not taken twice; an answer is given once."""
    gpu = Gpu(monkeypatch)
    loaded(worker, network())
    for epoch in (1, 2, 3):
        worker.send(Step("epoch"))
        until(worker, lambda s, epoch=epoch: s.epoch == epoch)
    gpu.fail(ERRORS[kind], "outputs", calls=2)  # the first is in the past already
    worker.send(Step(back=True))
    back = until(worker, lambda s: s.device == "cpu" or s.epoch == 2)
    assert (back.epoch, back.reach) == (2, (0, 3))
    loaded(worker, network(**{"seed.init": 7}), generation=2)
    gpu.fail(ERRORS[kind], "weights")
    worker.send(Collect(5))
    until(worker, lambda s: s.device == "cpu")
    assert [(answer.token, answer.record is None) for answer in worker.outbox] == [(5, False)]


def test_weights_that_are_kept_come_back_from_a_device_that_is_gone(monkeypatch, worker):
    """A new layer keeps the weights of the others, although the run before can be asked for nothing any more."""
    gpu = Gpu(monkeypatch)
    loaded(worker, network())
    worker.send(Step("epoch"))
    until(worker, lambda s: s.epoch == 1)
    gpu.fail(LOST, "weights")
    worker.send(Load(2, network(**{"model.hidden": (4, 3)}), keep_weights=True))
    snapshot = until(worker, lambda s: s.generation == 2 and s.status != "loading")
    assert (snapshot.status, snapshot.device) == ("ready", "cpu") and snapshot.notice
    plain = Run(network(**{"training.device": "cpu"}))
    plain.run_epochs(1)
    np.testing.assert_allclose(weights_of(worker)["0.weight"], plain.weights()["0.weight"], atol=1e-9)


def test_other_errors_still_fail(monkeypatch, worker):
    gpu = Gpu(monkeypatch)
    loaded(worker, network())
    gpu.fail(RuntimeError("the disk is made of cheese"), "steps")
    worker.send(Play())
    snapshot = until(worker, lambda s: s.status == "failed")
    assert (snapshot.message, snapshot.notice) == (
        "The run has failed with RuntimeError: the disk is made of cheese.", "",
    )  # fmt: skip
