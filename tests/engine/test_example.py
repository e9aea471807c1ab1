"""One example step by step agrees with autograd at every link and unit, and says what happens."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine import experiment as ex
from playground.engine.inside import ExamplePass
from playground.engine.points import EMPTY_2D
from playground.engine.snapshot import View, freeze
from playground.engine.trainer import Run


def trained(**changes) -> Run:
    base = {"data.n": 60, "model.hidden": (4, 3), "training.precision": "float64"}
    run = Run(ex.change(ex.default("classify"), base | changes))
    run.run_epochs(4)
    return run


def passed(run: Run, example: int | None = None) -> ExamplePass:
    found = run.summarize("example", View((-6, 6), (-6, 6), 10, example=example))
    assert isinstance(found, ExamplePass)
    return freeze(found)


def by_autograd(run: Run, shown: ExamplePass) -> dict[str, list[np.ndarray]]:
    w = run.weights()
    n = len(w) // 2
    leaves = {name: torch.tensor(np.asarray(v, dtype=np.float64), requires_grad=True) for name, v in w.items()}
    a, sums = torch.tensor(shown.values[0]), []
    for i in range(n):
        z = leaves[f"{i}.weight"] @ a + leaves[f"{i}.bias"]
        z.retain_grad()
        sums.append(z)
        a = torch.tanh(z)
    t = torch.tensor(shown.target)
    if run.output_kind == "softmax":
        loss = -(t * torch.log_softmax(sums[-1], 0)).sum()
    else:
        loss = 0.5 * (torch.tanh(sums[-1]) - t).square().sum()
    loss.backward()
    return {
        "sums": [z.detach().numpy() for z in sums], "deltas": [z.grad.numpy() for z in sums],
        "gradients": [leaves[f"{i}.weight"].grad.numpy() for i in range(n)],
        "bias_gradients": [leaves[f"{i}.bias"].grad.numpy() for i in range(n)], "loss": [loss.detach().numpy()],
    }  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"model.output": "tanh", "loss": "squared_error"}, {"model.hidden": ()}])
def test_every_link_and_unit_agrees_with_autograd(changes: dict) -> None:
    run = trained(**changes)
    for example in run.problem.train.ids[:5]:
        shown = passed(run, int(example))
        truth = by_autograd(run, shown)
        assert shown.example == example
        for name in ("sums", "deltas", "gradients", "bias_gradients"):
            for mine, its in zip(getattr(shown, name), truth[name], strict=True):
                np.testing.assert_allclose(mine, its, rtol=1e-6, atol=1e-12, err_msg=name)
        assert shown.loss == pytest.approx(float(truth["loss"][0]), rel=1e-9)
        for update, gradient in zip(shown.updates, shown.gradients, strict=True):
            np.testing.assert_allclose(update, -shown.rate * gradient)


def test_the_steps_go_forward_and_back_through_every_layer() -> None:
    run = trained()
    steps = passed(run).steps
    assert [(s.kind, s.layer) for s in steps] == [
        ("input", 0), ("sum", 1), ("activation", 1), ("sum", 2), ("activation", 2), ("sum", 3), ("output", 3),
        ("error", 3), ("delta", 3), ("gradient", 3), ("delta", 2), ("gradient", 2), ("delta", 1), ("gradient", 1),
        ("update", 0),
    ]  # fmt: skip
    assert all(s.caption.endswith(".") and s.formula.latex and s.formula.plain for s in steps)


def test_the_first_training_point_is_shown_until_another_is_chosen() -> None:
    run = trained()
    ids = run.problem.train.ids
    first = passed(run)
    assert (first.example, first.place, first.n) == (ids[0], 0, len(ids))
    assert (first.before, first.after) == (ids[-1], ids[1])
    assert passed(run, 10**9).example == ids[0], "a point that is gone"
    assert first.truth in run.problem.classes and "%" in first.said


def test_penalties_count_and_a_held_link_stays() -> None:
    run = trained(**{"training.l2": 0.1, "model.held": ("w2.1.1=0.5", "b1.2=0")})
    shown = passed(run)
    assert shown.updates[1][0, 0] == 0.0 and shown.bias_updates[0][1] == 0.0
    np.testing.assert_allclose(shown.updates[0], -shown.rate * (shown.gradients[0] + 0.1 * shown.weights[0]))


def test_without_points_or_with_another_model_there_is_a_sentence_or_nothing() -> None:
    none = Run(ex.change(ex.default("classify"), {"data.points": EMPTY_2D}))
    assert passed(none).note == "There is no training point to follow."
    assert Run(ex.default("curve")).summarize("example", View()) is None
    curve = Run(ex.change(ex.default("curve"), {"model.kind": "mlp", "model.hidden": (3,)}))
    assert passed(curve).inputs == ("x",)
