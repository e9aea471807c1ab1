"""A GPU that runs out of memory or vanishes: the run goes on on the CPU, at the same place, and nothing is lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine import fallback
from playground.engine.experiment import Experiment
from playground.engine.schema import SpecError
from playground.engine.trainer import Run
from tests.engine.pretending import LOST, MEMORY, Gpu

ERRORS = {"memory": MEMORY, "lost": LOST}


def network(**changes: object) -> Experiment:
    values = {"data.kind": "spiral", "data.n": 60, "model.hidden": (6, 4), "training.precision": "float64",
              "training.batch_size": 8, "model.dropout": 0.1, "optimizer.kind": "adam"}  # fmt: skip
    return ex.change(ex.default("classify"), values | changes)


def whatever_happens(run: Run, act: Callable[[], object]) -> None:
    """As the worker does it."""
    try:
        act()
    except RuntimeError as error:
        assert fallback.what_failed(error) and run.executor.device == "cuda"
        run.onto_cpu(error)
        act()


def live(run: Run, changes: dict[str, object]) -> None:
    whatever_happens(run, lambda: run.change(ex.change(run.experiment, changes)))


def to(run: Run, epoch: int) -> None:
    whatever_happens(run, lambda: run.run_epochs(epoch - run.epoch))


def first_part(run: Run) -> None:
    """A run with a past: changes at the end and in the middle of an epoch, points of a new class (a new shape)."""
    to(run, 3)
    live(run, {"optimizer.learning_rate": 0.03})
    to(run, 4)
    run.step_batch()
    live(run, {"training.l2": 0.002})
    run.step_batch()
    live(run, {"data.points": run.problem.points.add([[0.5, 0.5]] * 9, [1] * 9)})
    to(run, 6)
    live(run, {"data.points": run.problem.points.add([[-0.5, 3.0]] * 9, [2] * 9)})
    run.step_batch()


def second_part(run: Run) -> None:
    live(run, {"optimizer.learning_rate": 0.02})
    to(run, 9)


def same(found: Run, wanted: Run) -> None:
    assert (found.epoch, found.position, found.step) == (wanted.epoch, wanted.position, wanted.step)
    assert found.experiment == wanted.experiment and found.events == wanted.events
    assert found.status == wanted.status and found.reach[1] == wanted.reach[1]
    for name, values in wanted.weights().items():
        np.testing.assert_allclose(found.weights()[name], values, rtol=0, atol=1e-9, err_msg=name)
    for name, values in wanted.executor.optimizer_state().items():
        np.testing.assert_allclose(found.executor.optimizer_state()[name], values, rtol=0, atol=1e-9)
    theirs = wanted.history.columns()
    for name, column in found.history.columns().items():
        np.testing.assert_allclose(column, theirs[name], atol=1e-9)


@pytest.fixture
def undisturbed() -> list[Run]:
    """A run of both parts on the CPU, made before a GPU is pretended."""
    runs = [Run(network(**{"training.device": "cpu", "training.executor": "torch"})) for _ in range(2)]
    first_part(runs[0])
    first_part(runs[1])
    second_part(runs[1])
    return runs


@pytest.mark.parametrize(("kind", "then"), list(itertools.product(ERRORS, ["torch", "fused"])))
@pytest.mark.parametrize("method", ["steps", "outputs", "update", "save", "finite"])
def test_the_run_goes_on_where_it_was(monkeypatch, undisturbed, kind, then, method):
    gpu = Gpu(monkeypatch, then)
    run = Run(network())
    assert run.executor.device == "cuda"
    first_part(run)
    assert (run.executor.device, run.notice) == ("cuda", "")
    gpu.fail(ERRORS[kind], method)
    second_part(run)
    assert (run.executor.device, run.executor.name) == ("cpu", then)
    assert run.notice == fallback.sentence(ERRORS[kind], run.experiment) == run.executor.why
    wanted = undisturbed[1]
    assert run.experiment.training.device == "auto"
    run.experiment, run.events = wanted.experiment, wanted.events  # but for training.device
    same(run, wanted)


@pytest.mark.parametrize("kind", ERRORS)
def test_in_the_middle_of_an_epoch_and_then_back_in_time(monkeypatch, undisturbed, kind):
    gpu = Gpu(monkeypatch)
    run = Run(network())
    first_part(run)
    assert run.position
    gpu.fail(ERRORS[kind], "outputs")
    with pytest.raises(RuntimeError):
        run.predict(np.zeros((1, 2)))
    run.onto_cpu(ERRORS[kind])
    wanted = undisturbed[0]
    place = run.epoch, run.position
    assert place == (wanted.epoch, wanted.position)
    for name, values in wanted.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)
    for epoch in (2, 5, 6):
        run.seek(epoch)
        wanted.seek(epoch)
        for name, values in wanted.weights().items():
            np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ERRORS)
def test_while_it_goes_back_in_time(monkeypatch, kind):
    gpu = Gpu(monkeypatch)
    run, plain = Run(network()), Run(network(**{"training.device": "cpu"}))
    for each in (run, plain):
        to(each, 7)
    losses = run.history.column("train_loss").copy()
    gpu.fail(ERRORS[kind], "restore")
    whatever_happens(run, lambda: run.seek(3))
    plain.seek(3)
    assert run.executor.device == "cpu" and (run.epoch, run.reach) == (3, (0, 7))
    np.testing.assert_allclose(run.history.column("train_loss"), losses)
    for each in (run, plain):
        to(each, 5)
    for name, values in plain.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("n_batches", [0, 2])
def test_a_saved_run_that_went_on_on_the_gpu(monkeypatch, kind, n_batches):
    """From a state in the middle of an epoch too."""
    plain = Run(network(**{"training.device": "cpu"}))
    to(plain, 4)
    for _ in range(n_batches):
        plain.step_batch()
    record = plain.record()
    to(plain, 5)
    gpu = Gpu(monkeypatch)
    run = Run.from_record(record, device="auto")
    assert run.executor.device == "cuda"
    gpu.fail(ERRORS[kind], "steps")
    to(run, 5)
    assert run.executor.device == "cpu" and run.step == plain.step
    for name, values in plain.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)


def test_another_future_is_not_mistaken_for_the_one_that_was_left(monkeypatch):
    """A state that was loaded lies in a future that was left behind: the way there is no way any more."""
    first = Run(network(**{"training.device": "cpu"}))
    to(first, 6)
    gpu = Gpu(monkeypatch)
    plain = Run.from_record(first.record())
    run = Run.from_record(first.record(), device="auto")
    assert (plain.executor.device, run.executor.device) == ("cpu", "cuda")
    for each in (plain, run):
        each.seek(2)
        live(each, {"optimizer.learning_rate": 0.001})
        to(each, 8)
    gpu.fail(LOST, "outputs")
    to(run, 9)
    to(plain, 9)
    assert run.executor.device == "cpu"
    for name, values in plain.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)


def test_out_of_memory_with_a_device_that_cannot_be_read_is_a_device_that_is_lost(monkeypatch):
    gpu = Gpu(monkeypatch)
    run, plain = Run(network()), Run(network(**{"training.device": "cpu"}))
    for each in (run, plain):
        to(each, 4)
    gpu.fail(LOST, "plain", calls=2)
    run.onto_cpu(MEMORY)
    for name, values in plain.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)


def test_a_gpu_that_was_asked_for_is_named(monkeypatch):
    gpu = Gpu(monkeypatch)
    run = Run(network(**{"training.device": "cuda"}))
    gpu.fail(MEMORY, "steps")
    to(run, 2)
    assert (run.executor.device, run.experiment.training.device) == ("cpu", "cuda")
    assert run.notice == ("The GPU ran out of memory: training goes on on the CPU. "
                          "The device cuda stays chosen for the next run.")  # fmt: skip


@pytest.mark.parametrize(("error", "what"), [
    (torch.OutOfMemoryError("CUDA out of memory."), "memory"),
    (torch.AcceleratorError("CUDA error: an illegal memory access was encountered"), "lost"),
    (RuntimeError("CUDA error: out of memory"), "memory"),
    (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), "memory"),
    (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), "memory"),
    (RuntimeError("CUDA error: unspecified launch failure"), "lost"),
    (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ""),
    (MemoryError(), ""), (ValueError("CUDA"), ""), (SpecError("training.device cuda is not there."), ""),
])  # fmt: skip
def test_what_is_a_fault_of_the_device(error, what):
    assert fallback.what_failed(error) == what


@pytest.mark.parametrize("error", [MEMORY, LOST])
def test_the_command_line_goes_on_too_and_says_so(monkeypatch, capsys, error):
    from playground import cli_run

    gpu = Gpu(monkeypatch)
    run = Run(network())
    gpu.fail(error, "steps", calls=3)
    assert cli_run.train(run, cli_run.Start(run.experiment), 5, restart=False) == "finished"
    assert (run.epoch, run.executor.device) == (5, "cpu")
    assert capsys.readouterr().err == fallback.sentence(error, run.experiment) + "\n"
    alone = Run(network(**{"training.device": "cpu"}))
    alone.run_epochs(5)
    for name, values in alone.weights().items():
        np.testing.assert_allclose(run.weights()[name], values, rtol=0, atol=1e-9)
