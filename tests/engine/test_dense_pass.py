"""The pass with every value on the way is the one that torch differentiates."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import dense_pass as dp
from playground.engine import experiment as ex
from playground.engine.dense_pass import Dense
from playground.engine.formulas import ACTIVATIONS, OUTPUTS
from playground.engine.links import Skip
from playground.engine.trainer import Run

TORCH = {
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "elu": torch.nn.functional.elu,
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01), "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu, "softplus": torch.nn.functional.softplus, "sine": torch.sin,
    "linear": lambda z: z, "step": lambda z: (z > 0).double(),
}  # fmt: skip
LOSSES = {
    "identity": lambda z, y: 0.5 * ((z - y) ** 2).sum(dim=1),
    "logit": lambda z, y: torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(dim=1),
    "tanh": lambda z, y: 0.5 * ((torch.tanh(z) - y) ** 2).sum(dim=1),
    "softmax": lambda z, y: torch.nn.functional.cross_entropy(z, y.argmax(dim=1), reduction="none"),
    "softmax_squared": lambda z, y: 0.5 * ((torch.softmax(z, dim=1) - y) ** 2).sum(dim=1),
}


@st.composite
def networks(draw: st.DrawFn) -> tuple[Dense, np.ndarray, np.ndarray]:
    """A network, inputs and targets; with connections past layers, of any two layers."""
    rule = draw(st.sampled_from(sorted(OUTPUTS)))
    out = draw(st.integers(2, 4)) if rule.startswith("softmax") else 1
    sizes = [draw(st.integers(1, 4)), *draw(st.lists(st.integers(1, 5), max_size=3)), out]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n, last = draw(st.integers(1, 5)), len(sizes) - 1
    skips = []
    for source, target in draw(st.sets(st.tuples(st.integers(0, last), st.integers(0, last)), max_size=4)):
        if source < target:
            P = rng.normal(size=(sizes[target], sizes[source]))
            same = sizes[source] == sizes[target]
            skips.append((Skip(source, target, not same), None if same else P))
    net = Dense(
        tuple(rng.normal(size=(b, a)) for a, b in zip(sizes, sizes[1:], strict=False)),
        tuple(rng.normal(size=b) for b in sizes[1:]),
        tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in sizes[1:-1]), tuple(skips), rule,
    )  # fmt: skip
    x = rng.normal(size=(n, sizes[0]))
    if rule.startswith("softmax"):
        y = np.eye(out)[rng.integers(0, out, n)]
    else:
        y = rng.choice([-1.0, 1.0] if rule == "tanh" else [0.0, 1.0], size=(n, out))
    return net, x, y


def with_torch(net: Dense, x: np.ndarray, y: np.ndarray) -> dict[str, list[np.ndarray]]:
    """Everything that `dense_pass` gives, by autograd."""
    W, b = ([torch.tensor(v, requires_grad=True) for v in vs] for vs in (net.weights, net.biases))
    P = [None if p is None else torch.tensor(p, requires_grad=True) for _, p in net.skips]
    values, sums = [torch.tensor(x, requires_grad=True)], []
    for i in range(len(W)):
        z = values[-1] @ W[i].T + b[i]
        for (skip, _), p in zip(net.skips, P, strict=True):
            if skip.target == i + 1:
                z = z + (values[skip.source] if p is None else values[skip.source] @ p.T)
        z.retain_grad()
        sums.append(z)
        values.append(TORCH[net.activations[i]](z) if i < len(W) - 1 else z)
        if i < len(W) - 1 and values[-1].requires_grad:
            values[-1].retain_grad()
    loss = LOSSES[net.rule](sums[-1], torch.tensor(y))
    loss.sum().backward()

    def grads(tensors: list) -> list[np.ndarray]:
        return [np.zeros(t.shape) if t.grad is None else t.grad.numpy() for t in tensors]

    return {
        "values": [v.detach().numpy() for v in values], "sums": [z.detach().numpy() for z in sums],
        "loss": [loss.detach().numpy()], "deltas": grads(sums), "weights": grads(W), "biases": grads(b),
        "skips": grads([p for p in P if p is not None]),
    }  # fmt: skip


@given(networks())
def test_every_value_and_derivative_is_that_of_autograd(case: tuple[Dense, np.ndarray, np.ndarray]) -> None:
    net, x, y = case
    passed = dp.forward(net, x)
    returned = dp.backward(net, passed, y)
    found = dp.gradients(net, passed, returned)
    n = len(x)
    ours = {
        "values": passed.values, "sums": passed.sums, "loss": [dp.losses(net, passed.sums[-1], y)],
        "deltas": returned.deltas, "weights": [n * w for w in found.weights], "biases": [n * b for b in found.biases],
        "skips": [n * p for p in found.skips if p is not None],
    }  # fmt: skip
    theirs = with_torch(net, x, y)
    for name, values in ours.items():
        for mine, its in zip(values, theirs[name], strict=True):
            np.testing.assert_allclose(mine, its, rtol=1e-10, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("changes", [
    {}, {"loss": "squared_error", "model.output": "tanh"}, {"model.output": "logit"},
    {"model.activations": ("relu", "gelu"), "features": ("x1", "x2", "x1*x2")}, {"model.hidden": ()},
])  # fmt: skip
def test_it_agrees_with_the_run_that_it_looks_into(changes: dict) -> None:
    run = Run(ex.change(ex.default("classify"), {"data.n": 60} | changes))
    run.run_epochs(3)
    part = run.problem.train
    net = dp.dense(run)
    passed = dp.forward(net, dp.inputs(run, part.X))
    np.testing.assert_allclose(passed.sums[-1], run.raw(part.X), rtol=1e-4, atol=1e-5)
    loss = dp.losses(net, passed.sums[-1], dp.targets(run, part.t)).mean()
    assert loss == pytest.approx(run.scores()["train"].loss, rel=1e-4)
    responses = run.executor.responses(run.executor.prepare(part.X))
    for mine, its in zip(passed.values, responses, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("executor", ["fused", "torch"])
def test_the_executors_agree_past_layers_at_every_unit_and_in_every_derivative(executor: str) -> None:
    e = ex.change(ex.default("classify"), {
        "data.n": 60, "model.hidden": (5, 4, 5), "model.skips": ("0-2p", "1-3", "0-4", "2-4p"),
        "model.activations": ("tanh", "gelu", "sigmoid"), "training.precision": "float64", "optimizer.kind": "sgd",
        "optimizer.learning_rate": 0.5, "training.executor": executor, "training.device": "cpu",
    })  # fmt: skip
    run = Run(e)
    assert run.executor.name == executor
    part, net = run.problem.train, dp.dense(run)
    passed = dp.forward(net, dp.inputs(run, part.X))
    for mine, its in zip(passed.values, run.executor.responses(run.executor.prepare(part.X)), strict=True):
        np.testing.assert_allclose(mine, its, rtol=0, atol=1e-12)
    gradient = dp.gradients(net, passed, dp.backward(net, passed, dp.targets(run, part.t)))
    before = run.weights()
    n = len(part.t)
    run.executor.steps(0, np.arange(n), 0, n, 1, float("inf"))
    named = {f"{i}.weight": w for i, w in enumerate(gradient.weights)}
    named |= {f"{i}.bias": b for i, b in enumerate(gradient.biases)}
    named |= {f"skip.{s.source}-{s.target}.weight": P for (s, _), P in zip(net.skips, gradient.skips, strict=True)
              if P is not None}  # fmt: skip
    after = run.weights()
    assert set(named) == set(after)
    for name, value in named.items():
        np.testing.assert_allclose((before[name] - after[name]) / 0.5, value, rtol=0, atol=1e-12, err_msg=name)


def test_a_model_linear_in_its_weights_is_a_network_without_hidden_layers() -> None:
    run = Run(ex.change(ex.default("curve"), {"optimizer.kind": "sgd", "model.basis": "legendre", "model.order": 4}))
    run.run_epochs(5)
    X = run.problem.train.X
    found = dp.forward(dp.dense(run), dp.inputs(run, X)).sums[-1]
    np.testing.assert_allclose(found, run.raw(X), rtol=1e-10, atol=1e-12)
