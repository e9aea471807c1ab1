"""The compiled kernels against torch: the same Experiment, the same steps, the same weights."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine import experiment as ex
from playground.engine.executors import layout
from playground.engine.executors.fused import FusedExecutor
from playground.engine.executors.torch import TorchExecutor
from playground.engine.experiment import Experiment
from playground.engine.formulas import ACTIVATIONS, UPDATES
from playground.engine.links import Link
from playground.engine.problem import build
from playground.engine.random import key_of, permutation
from playground.engine.trainer import Run
from tests.engine.strategies import legal

FOREVER = float("inf")


@st.composite
def networks(draw: st.DrawFn) -> dict[str, object]:
    """Changes to the classification lab's default: any architecture, loss, rule, penalty and batch size."""
    hidden = draw(st.lists(st.integers(1, 20), max_size=8) | st.lists(st.integers(1, 128), max_size=2))
    data = draw(st.sampled_from(["xor", "blobs", "reg-gauss"]))
    outputs = ["auto"] if data != "xor" else ["auto", "tanh", "logit"]
    output = draw(st.sampled_from(outputs))
    losses = {"tanh": ["squared_error"], "logit": ["cross_entropy"]}.get(
        output, ["squared_error", "cross_entropy"]
    )
    loss = "squared_error" if data == "reg-gauss" else draw(st.sampled_from(losses))
    kind = draw(st.sampled_from(list(UPDATES)))
    changes = {
        "data.kind": data, "data.n": 60, "loss": loss, "model.output": output, "model.hidden": hidden,
        "model.activations": draw(st.lists(st.sampled_from(list(ACTIVATIONS)), min_size=len(hidden),
                                           max_size=len(hidden))),
        "model.dropout": draw(st.sampled_from([0.0, 0.3])), "model.init": draw(st.sampled_from(["xavier", "he"])),
        "optimizer.kind": kind, "optimizer.learning_rate": 0.003,
        "optimizer.schedule": draw(st.sampled_from(["constant", "cosine", "step"])),
        "training.l1": draw(st.sampled_from([0.0, 0.01])), "training.l2": draw(st.sampled_from([0.0, 0.02])),
        "training.batch_size": draw(st.integers(1, 60)), "seed.init": draw(st.integers(0, 99)),
    }  # fmt: skip
    return changes | draw(by_hand(experiment(changes, "float64")))


@st.composite
def by_hand(draw: st.DrawFn, e: Experiment) -> dict[str, object]:
    """What a person does to a network: residual connections, held weights, the dropout of single layers."""
    found: dict[str, object] = {}
    for path in ("model.skips", "model.dropouts"):
        if draw(st.booleans()):
            found[path] = draw(legal(ex.parameters(e)[path], e))
    structure = layout.structure(ex.change(e, found))
    held = {}
    for _ in range(draw(st.integers(0, 5))):
        block = draw(st.sampled_from(structure.blocks))
        source = -1 if block.bias else block.source
        before = draw(st.integers(0 if block.bias else 1, block.inner))
        link = Link(block.target, draw(st.integers(1, block.out)), before, source)
        held[link] = draw(st.sampled_from([0.0, 0.25, -1.5]))
    return found | {"model.held": tuple(f"{link}={value}" for link, value in held.items())}


def experiment(changes: dict[str, object], precision: str) -> Experiment:
    return ex.change(ex.default("classify"), {**changes, "training.precision": precision})


def flat(executor: FusedExecutor | TorchExecutor) -> np.ndarray:
    weights = executor.weights()
    return np.concatenate([weights[name].ravel().astype(np.float64) for name in sorted(weights)])


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(b), 1e-30))


def trained(executor: FusedExecutor | TorchExecutor, e: Experiment, n_epochs: int, most: int) -> int:
    """Steps done: at most so many, in epochs from 0 on."""
    done, ids = 0, executor.problem.train.ids
    for epoch in range(n_epochs):
        order = permutation(e.seed.batches, "batches", ids, epoch)
        done += executor.steps(epoch, order, 0, e.training.batch_size, most - done, FOREVER)
        if done >= most:
            break
    return done


@settings(max_examples=40)
@given(networks())
def test_a_step_and_a_hundred_agree_with_torch_in_64_bits(changes: dict[str, object]) -> None:
    e = experiment(changes, "float64")
    problem = build(e)
    for steps, bound in ((1, 1e-10), (100, 1e-8)):
        fused, torch = FusedExecutor(e, problem), TorchExecutor(e, problem)
        assert trained(fused, e, 100, steps) == trained(torch, e, 100, steps) == steps
        assert distance(flat(fused), flat(torch)) < bound
    X = problem.points.X
    np.testing.assert_allclose(fused.outputs(fused.prepare(X)), torch.outputs(torch.prepare(X)), atol=1e-7)


@settings(max_examples=40)
@given(networks())
def test_a_step_from_equal_states_agrees_with_torch_in_32_bits(changes: dict[str, object]) -> None:
    e = experiment(changes, "float32")
    problem = build(e)
    fused, torch = FusedExecutor(e, problem), TorchExecutor(e, problem)
    order = permutation(e.seed.batches, "batches", problem.train.ids, 0)
    for before in (0, 5):  # what Adam remembers of no step at all would make a sign of a rounding error
        if before == 0 and e.optimizer.kind in ("rmsprop", "adam", "adamw"):
            continue
        torch.reset()
        if before:
            trained(torch, e, 10, before)
        fused.load(torch.weights(), torch.optimizer_state())
        np.testing.assert_array_equal(flat(fused), flat(torch))
        for executor in (fused, torch):
            executor.steps(9, order, 0, e.training.batch_size, 1, FOREVER)
        assert distance(flat(fused), flat(torch)) < 1e-5


@pytest.mark.parametrize("hidden", [(), (8, 8), (20, 3, 17)])
def test_a_run_repeats_to_the_last_bit_and_in_pieces(hidden: tuple[int, ...]) -> None:
    e = experiment({"model.hidden": hidden, "training.executor": "fused"}, "float32")
    whole, again = Run(e), Run(e)
    whole.run_epochs(5)
    while again.epoch < 5:
        again.step_batch()
    assert whole.executor.name == "fused"
    for name, values in whole.weights().items():
        np.testing.assert_array_equal(values, again.weights()[name])


def test_going_back_and_on_again_gives_the_same_weights() -> None:
    run = Run(experiment({"training.executor": "fused"}, "float32"))
    run.run_epochs(8)
    end = flat(run.executor)
    run.seek(3)
    run.seek(8)
    np.testing.assert_array_equal(flat(run.executor), end)


def test_a_record_goes_on_as_the_run_would_have() -> None:
    run = Run(experiment({"training.executor": "fused"}, "float32"))
    run.run_epochs(3)
    copy = Run.from_record(run.record())
    run.run_epochs(3)
    copy.run_epochs(3)
    np.testing.assert_array_equal(flat(copy.executor), flat(run.executor))


def test_responses_of_every_unit_agree_with_torch() -> None:
    e = experiment({"model.hidden": (9, 4), "data.n": 400}, "float64")
    problem = build(e)
    fused, torch = FusedExecutor(e, problem), TorchExecutor(e, problem)
    X = problem.points.X
    for mine, theirs in zip(
        fused.responses(fused.prepare(X)), torch.responses(torch.prepare(X)), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


@given(st.lists(st.integers(0, 10**6), max_size=300, unique=True), st.integers(0, 99), st.integers(0, 10**5))
def test_kernels_draw_the_same_order_of_points(ids: list[int], seed: int, epoch: int) -> None:
    from playground.engine.kernels import dense

    n = len(ids)
    numbers = np.array(ids, np.int64)
    order, bits, counts = np.arange(n), np.empty(n, np.uint64), np.empty(2 * n + 2, np.int64)
    dense.permute(np.uint64(key_of(seed, "batches")), epoch, numbers, order, bits, counts)
    np.testing.assert_array_equal(order, permutation(seed, "batches", numbers, epoch))


def rows(run: Run) -> np.ndarray:
    return np.column_stack(list(run.history.columns().values()))


@pytest.mark.parametrize("data", ["xor", "reg-gauss"])
def test_epochs_in_calls_leave_the_run_that_single_steps_leave(data: str) -> None:
    e = experiment({"data.kind": data, "training.executor": "fused", "training.max_epochs": 60}, "float32")
    whole, single = Run(e), Run(e)
    whole.run_epochs(1000)
    while single.can_train:
        single.step_batch()
    assert whole.status == single.status == "finished" and whole.epoch == 60 and whole.step == single.step
    np.testing.assert_array_equal(flat(whole.executor), flat(single.executor))
    np.testing.assert_allclose(rows(whole), rows(single), rtol=1e-6)
    assert whole.history.best_epoch == single.history.best_epoch
    whole.seek(37)
    single.seek(37)
    np.testing.assert_array_equal(flat(whole.executor), flat(single.executor))


def test_an_epoch_that_once_took_long_does_not_end_training_by_epochs() -> None:
    run = Run(experiment({"training.executor": "fused"}, "float32"))
    run.run_epochs(3)
    run.executor._seconds_per_epoch = 100.0  # as if the machine had stood still in the midst of it
    refused = 0
    while run.executor.epochs(run.epoch, 1, time.perf_counter() + 0.05) is None:
        refused += 1
    assert 0 < refused < 20


def test_a_run_that_diverges_within_a_call_goes_back_to_its_last_finite_epoch() -> None:
    # a rate a little too large for a linear model: the weights grow by and by, until they overflow
    e = experiment({"data.kind": "reg-gauss", "training.executor": "fused", "model.hidden": (),
                    "optimizer.kind": "sgd", "optimizer.learning_rate": 0.25,
                    "training.batch_size": 60}, "float32")  # fmt: skip
    whole, single = Run(e), Run(e)
    whole.run_epochs(10_000)
    while single.can_train:
        single.step_batch()
    assert whole.status == single.status == "diverged" and whole.epoch == single.epoch > 20
    np.testing.assert_allclose(rows(whole), rows(single), rtol=1e-6)
    for run in (whole, single):
        run.restore()
    assert whole.epoch == single.epoch and whole.executor.finite()
    np.testing.assert_array_equal(flat(whole.executor), flat(single.executor))


def test_a_change_on_the_way_is_replayed_where_it_was_made() -> None:
    run = Run(experiment({"training.executor": "fused"}, "float32"))
    run.run_epochs(30)
    run.change(ex.change(run.experiment, {"optimizer.learning_rate": 0.001, "training.batch_size": 7}))
    run.run_epochs(30)
    end = flat(run.executor)
    run.seek(3)
    run.seek(60)
    assert run.step == run.history.column("step")[-1]
    np.testing.assert_array_equal(flat(run.executor), end)
