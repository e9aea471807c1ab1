"""The network executor against autograd and torch.optim, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine.executors.torch import TorchExecutor, find_device
from playground.engine.experiment import Experiment
from playground.engine.formulas import ACTIVATIONS as ALL_ACTIVATIONS
from playground.engine.optimizers import rate_at
from playground.engine.problem import build
from playground.engine.random import uniform
from playground.engine.registry import optimizers
from playground.engine.schema import SpecError

F = torch.nn.functional
ACTIVATIONS = {
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": F.elu, "gelu": F.gelu, "silu": F.silu, "softplus": lambda z: F.softplus(z, threshold=100), "sine": torch.sin,
    "linear": lambda z: z, "step": lambda z: (z > 0).to(z.dtype) + 0.0 * z,  # with a gradient, of zero
}  # fmt: skip
OPTIMIZERS = {
    "sgd": ({}, lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": ({"momentum": 0.8}, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8)),
    "nesterov": ({"momentum": 0.8}, lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True)),
    "rmsprop": ({"alpha": 0.9}, lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9)),
    "adam": ({"beta1": 0.85, "beta2": 0.99}, lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.85, 0.99))),
    "adamw": ({"beta1": 0.85, "weight_decay": 0.3}, lambda p: torch.optim.AdamW(
        [{"params": p[::2], "weight_decay": 0.3}, {"params": p[1::2], "weight_decay": 0.0}], lr=0.05,
        betas=(0.85, 0.999))),
}  # fmt: skip
RULES = [
    ("spiral", "auto", "cross_entropy"), ("spiral", "auto", "squared_error"), ("spiral", "tanh", "squared_error"),
    ("spiral", "logit", "cross_entropy"), ("reg-gauss", "auto", "squared_error"),
]  # fmt: skip


def experiment(data="spiral", output="auto", loss="cross_entropy", **more):
    e = ex.change(ex.default("classify"), {"data.kind": data})
    fixed = {"model.hidden": (5, 4), "training.precision": "float64", "data.n": 40, "model.init": "uniform"}
    return ex.change(e, fixed | {"model.output": output, "loss": loss} | more)


def executor(e):
    return TorchExecutor(e, build(e))


def reference_loss(
    e: Experiment, weights: list[torch.Tensor], rows: np.ndarray, kept: list[torch.Tensor] | None = None
) -> torch.Tensor:
    """The mean loss with penalties, in the plainest torch; weights alternate W, b; kept [n, units] by layer."""
    problem = build(e)
    h = torch.tensor(problem.train.X[rows])
    t = torch.tensor(problem.train.t[rows])
    for i in range(0, len(weights), 2):
        h = h @ weights[i].T + weights[i + 1]
        if i + 2 < len(weights):
            h = ACTIVATIONS[e.model.layer_activations()[i // 2]](h)
            if kept is not None:
                h = h * kept[i // 2] / (1.0 - e.model.dropout)
    kind = e.model.output_kind(problem.n_classes)
    if kind == "identity":
        loss = 0.5 * (h[:, 0] - t) ** 2
    elif kind == "tanh":
        loss = 0.5 * (torch.tanh(h[:, 0]) - (2 * t - 1)) ** 2
    elif kind == "logit":
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h[:, 0], t, reduction="none")
    elif e.loss == "cross_entropy":
        loss = torch.nn.functional.cross_entropy(h, t.long(), reduction="none")
    else:
        loss = 0.5 * ((torch.softmax(h, 1) - torch.nn.functional.one_hot(t.long(), 2)) ** 2).sum(1)
    penalty = sum(0.5 * e.training.l2 * (w**2).sum() + e.training.l1 * w.abs().sum() for w in weights[::2])
    return loss.mean() + penalty


def leaves(ours: TorchExecutor) -> list[torch.Tensor]:
    return [torch.tensor(w, requires_grad=True) for w in ours.weights().values()]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("data", "output", "loss"), RULES)
def test_one_step_follows_the_gradient_of_autograd(activation, data, output, loss):
    e = experiment(data, output, loss, **{
        "optimizer.kind": "sgd", "optimizer.learning_rate": 1.0, "model.activation": activation,
        "training.l1": 0.01, "training.l2": 0.02,
    })  # fmt: skip
    ours = executor(e)
    theirs = leaves(ours)
    rows = np.arange(7, 18)
    reference_loss(e, theirs, rows).backward()
    ours.steps(0, rows, 0, 11, 1, float("inf"))
    for ours_now, w in zip(ours.weights().values(), theirs, strict=True):
        np.testing.assert_allclose(ours_now, (w - w.grad).detach().numpy(), rtol=0, atol=1e-12)


def test_there_is_a_reference_for_everything():
    assert set(ACTIVATIONS) == set(ALL_ACTIVATIONS)
    assert set(OPTIMIZERS) == set(optimizers) - {"closed_form", "perceptron", "scikit_learn"}


def tuned(e: Experiment, kind: str) -> Experiment:
    numbers = {f"optimizer.{name}": value for name, value in OPTIMIZERS[kind][0].items()}
    return ex.change(e, {"optimizer.kind": kind, "optimizer.learning_rate": 0.05} | numbers)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_some_steps_of_every_combination_agree_with_autograd_and_torch_optim(activation, kind):
    for rule in RULES:
        e = tuned(experiment(*rule, **{"model.activation": activation}), kind)
        ours = executor(e)
        theirs = leaves(ours)
        optimizer = OPTIMIZERS[kind][1](theirs)
        for _ in range(3):
            ours.steps(0, np.arange(6), 0, 6, 1, float("inf"))
            optimizer.zero_grad()
            reference_loss(e, theirs, np.arange(6)).backward()
            optimizer.step()
        for ours_now, w in zip(ours.weights().values(), theirs, strict=True):
            np.testing.assert_allclose(ours_now, w.detach().numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_many_steps_agree_with_torch_optim(kind):
    e, make = tuned(experiment(), kind), OPTIMIZERS[kind][1]
    ours = executor(e)
    theirs = leaves(ours)
    optimizer = make(theirs)
    order = np.arange(len(build(e).train.ids))[::-1].copy()
    for _ in range(10):
        assert ours.steps(0, order, 0, 8, 100, float("inf")) == -(-len(order) // 8)
        for begin in range(0, len(order), 8):
            optimizer.zero_grad()
            reference_loss(e, theirs, order[begin : begin + 8]).backward()
            optimizer.step()
    for ours_now, w in zip(ours.weights().values(), theirs, strict=True):
        np.testing.assert_allclose(ours_now, w.detach().numpy(), rtol=0, atol=1e-12)


def test_each_layer_has_its_own_activation():
    e = experiment(**{"model.activations": ("sine", "elu"), "optimizer.kind": "sgd", "optimizer.learning_rate": 1.0})
    ours = executor(e)
    theirs = leaves(ours)
    reference_loss(e, theirs, np.arange(9)).backward()
    ours.steps(0, np.arange(9), 0, 9, 1, float("inf"))
    for ours_now, w in zip(ours.weights().values(), theirs, strict=True):
        np.testing.assert_allclose(ours_now, (w - w.grad).detach().numpy(), rtol=0, atol=1e-12)


def test_dropout_follows_the_numbers_of_its_seed():
    """Unit u of hidden layer l of point `id` is kept in epoch e where uniform(seed, "dropout.l", id, e, u) >= p."""
    e = experiment(**{"model.dropout": 0.4, "optimizer.kind": "sgd", "optimizer.learning_rate": 1.0, "seed.dropout": 9})
    ours, order, ids = executor(e), np.arange(27)[::-1].copy(), build(e).train.ids
    for epoch in (0, 1):
        theirs = leaves(ours)
        rows = order[10:20]
        kept = [np.array([[uniform(9, f"dropout.{layer}", ids[r : r + 1], epoch=epoch, lane=u)[0] >= 0.4
                           for u in range(units)] for r in rows]) for layer, units in enumerate((5, 4))]  # fmt: skip
        assert 0 < kept[0].sum() < 50
        reference_loss(e, theirs, rows, [torch.tensor(k) for k in kept]).backward()
        ours.steps(epoch, order, 10, 10, 1, float("inf"))
        for ours_now, w in zip(ours.weights().values(), theirs, strict=True):
            np.testing.assert_allclose(ours_now, (w - w.grad).detach().numpy(), rtol=0, atol=1e-12)


def test_dropout_changes_while_training_and_never_touches_predictions():
    e = experiment(**{"model.dropout": 0.5})
    ours, plain, problem = executor(e), executor(experiment()), build(e)
    X = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_array_equal(ours.outputs(ours.prepare(X)), plain.outputs(plain.prepare(X)))
    order = np.arange(20)
    ours.steps(0, order, 0, 5, 100, float("inf"))
    ours.update(experiment(), problem)
    plain.load(ours.weights(), ours.optimizer_state())
    for each in (ours, plain):
        each.steps(1, order, 0, 5, 100, float("inf"))
    for a, b in zip(ours.weights().values(), plain.weights().values(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_rate_of_the_schedule_is_that_of_the_epoch():
    schedule = {"optimizer.schedule": "step", "optimizer.decay": 0.1, "optimizer.decay_epochs": 3}
    e = tuned(experiment(**{"optimizer.kind": "sgd"}), "sgd")
    scheduled = ex.change(e, schedule)
    for epoch in (0, 2, 3, 7):
        one, other = executor(scheduled), executor(
            ex.change(e, {"optimizer.learning_rate": rate_at(scheduled.optimizer, epoch)}))  # fmt: skip
        one.steps(epoch, np.arange(8), 0, 8, 1, float("inf"))
        other.steps(0, np.arange(8), 0, 8, 1, float("inf"))
        for a, b in zip(one.weights().values(), other.weights().values(), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_what_the_optimiser_remembers_can_be_carried_over(kind):
    """Saved and restored, or loaded into another executor, training goes on to the last bit."""
    e = tuned(experiment(), kind)
    first, order = executor(e), np.arange(24)
    first.steps(0, order, 0, 5, 100, float("inf"))
    second = executor(e)
    second.load(first.weights(), first.optimizer_state())
    saved = first.save()
    for each in (first, second):
        each.steps(1, order, 0, 5, 100, float("inf"))
    once = first.weights()
    first.restore(saved)
    first.steps(1, order, 0, 5, 100, float("inf"))
    for a, b, c in zip(once.values(), second.weights().values(), first.weights().values(), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


def test_single_steps_in_float32_are_those_of_float64_to_rounding():
    fine, coarse = executor(experiment()), executor(experiment(**{"training.precision": "float32"}))
    for each in (fine, coarse):
        each.steps(0, np.arange(16), 0, 16, 1, float("inf"))
    for a, b in zip(fine.weights().values(), coarse.weights().values(), strict=True):
        assert b.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_an_epoch_can_be_cut_anywhere():
    whole, cut = executor(experiment()), executor(experiment())
    order = np.arange(25)
    whole.steps(0, order, 0, 4, 100, float("inf"))
    for _ in range(3):
        cut.steps(0, order, 0, 4, 0, 0.0)
    done = cut.steps(0, order, 0, 4, 2, float("inf"))
    done += cut.steps(0, order, 4 * done, 4, 100, 0.0)  # the deadline is over: one step all the same
    assert done == 3
    assert cut.steps(0, order, 4 * done, 4, 100, float("inf")) == 4
    for a, b in zip(whole.weights().values(), cut.weights().values(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_raw_outputs_are_the_last_sums():
    e = experiment(features=("x1", "x1^2", "sin(x2)"))
    ours = executor(e)
    X = np.random.default_rng(0).normal(size=(5, 2))
    h = np.column_stack([X[:, 0], X[:, 0] ** 2, np.sin(X[:, 1])])
    w = ours.weights()
    for i in range(3):
        h = h @ w[f"{i}.weight"].T + w[f"{i}.bias"]
        h = np.tanh(h) if i < 2 else h
    np.testing.assert_allclose(ours.outputs(ours.prepare(X)), h, atol=1e-12)
    responses = ours.responses(ours.prepare(X))
    assert [r.shape for r in responses] == [(5, 3), (5, 5), (5, 4), (5, 2)]
    np.testing.assert_allclose(responses[-1], h, atol=1e-12)


def test_no_hidden_layer_and_no_points_are_fine():
    ours = executor(experiment(**{"model.hidden": ()}))
    assert ours.n_parameters == 2 * 2 + 2
    ours.steps(0, np.arange(9), 0, 4, 100, float("inf"))
    assert ours.outputs(ours.prepare(np.zeros((0, 2)))).shape == (0, 2)


def test_initial_weights_are_a_function_of_the_seed():
    def first(**changes):
        return executor(experiment(**changes)).weights()["0.weight"]

    np.testing.assert_array_equal(first(), first())
    assert not np.array_equal(first(), first(**{"seed.init": 2}))
    assert np.abs(first(**{"model.init": "xavier"})).max() <= (6 / 7) ** 0.5
    assert not first(**{"model.init": "zeros"}).any()
    uniform = executor(experiment(**{"model.init": "uniform"})).weights()
    assert set(uniform["1.bias"]) == {0.1} and np.abs(uniform["1.weight"]).max() <= 0.5
    he = executor(experiment(**{"model.init": "he", "model.hidden": (64, 64)})).weights()["1.weight"]
    assert he.std() == pytest.approx((2 / 64) ** 0.5, rel=0.05)


def test_a_device_that_is_absent_is_refused_in_one_sentence():
    assert find_device("cpu")[0] == "cpu"
    if torch.cuda.is_available():
        pytest.skip("a GPU is present")
    with pytest.raises(SpecError) as error:
        find_device("cuda")
    there = "auto, cpu, mps" if torch.backends.mps.is_available() else "auto, cpu"
    assert str(error.value) == f"training.device cuda is not there on this machine; allowed here: {there}."


def test_dynamo_is_not_loaded():
    """torch.optim's first optimiser pulls it in and takes a second more."""
    import subprocess
    import sys

    code = (
        "import sys; from playground.engine import experiment as ex; from playground.engine.trainer import Run;"
        "Run(ex.default('classify')).step_epoch(); assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_the_gpu_agrees_with_the_cpu():
    e = experiment()
    cpu, gpu = executor(e), TorchExecutor(e, build(e), "cuda")
    order = np.arange(len(build(e).train.ids))
    for each in (cpu, gpu):
        each.steps(0, order, 0, 8, 100, float("inf"))
    for a, b in zip(cpu.weights().values(), gpu.weights().values(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_loading_torch_never_holds_the_gil_for_long():
    """A thread that ticks every few milliseconds keeps ticking while torch is loaded beside it."""
    import subprocess
    import sys

    code = """
import threading, time
from playground.engine import torch_loading
worker = threading.Thread(target=lambda: (time.sleep(0.02), torch_loading.load()))
worst, last = 0.0, time.perf_counter()
worker.start()
while worker.is_alive():
    time.sleep(0.002)
    now = time.perf_counter()
    worst, last = max(worst, now - last), now
assert worst < 0.1, worst
"""
    for _attempt in range(3):  # a busy machine may stall any process: once without a stall is proof
        done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, text=True)
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


def test_an_apple_gpu_has_no_64_bits(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert find_device("auto")[0] == "mps"
    assert find_device("auto", precision="float64")[0] == "cpu"
    assert find_device("auto", preferred="cpu") == ("cpu", "The run was begun on cpu.")
    with pytest.raises(SpecError, match=r"training\.precision must be float32"):
        find_device("mps", precision="float64")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_on_a_gpu_a_network_is_edited_while_it_learns():
    from playground.engine.trainer import Run

    fixed = {"training.precision": "float64", "training.executor": "torch", "model.hidden": (6, 6)}
    start = ex.change(ex.default("classify"), fixed)
    edits = (
        {"model.edits": ("w1.2.1:0.0>0.75",)}, {"model.held": ("w2.1.1=0.5", "b1.3=0.0")},
        {"model.skips": ("0-2p",), "model.dropouts": (0.2, 0.0)}, {"model.edits": ()},
    )  # fmt: skip
    runs = [Run(ex.change(start, {"training.device": device})) for device in ("cpu", "cuda")]
    for run in runs:
        for changes in edits:
            run.run_epochs(3)
            run.change(ex.change(run.experiment, changes))
        run.run_epochs(3)
        assert run.executor.device == run.experiment.training.device
    cpu, gpu = (run.weights() for run in runs)
    assert cpu.keys() == gpu.keys() and "skip.0-2.weight" in cpu
    for name, values in cpu.items():
        np.testing.assert_allclose(gpu[name], values, rtol=0, atol=1e-9)
