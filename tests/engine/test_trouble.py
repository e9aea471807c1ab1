"""Each trouble is recognised where it is, and only there; it comes and goes slowly; what it proposes is legal."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import trouble
from playground.engine.points import Points
from playground.engine.problem import build
from playground.engine.snapshot import Trouble
from playground.engine.trainer import Run


def plane(epochs: int = 0, **changes: Any) -> Run:
    run = Run(ex.change(ex.default("classify"), changes))
    run.run_epochs(epochs)
    return run


def with_weights(run: Run, **weights: Any) -> Run:
    run.executor.load(run.weights() | {name.replace("_", "."): w for name, w in weights.items()}, {})
    run._moved()
    return run


def dead() -> Run:
    run = plane(**{"model.activation": "relu", "model.hidden": (8, 8)})
    bias = np.zeros(8)
    bias[:6] = -100.0
    return with_weights(run, **{"0_bias": bias})


def saturated() -> Run:
    run = plane(**{"model.init": "normal", "model.hidden": (8, 8)})
    return with_weights(run, **{"0_bias": np.full(8, 50.0)})


def one_sided() -> Run:
    """Points of the second class are few, and the learning rate is nearly nothing."""
    X = np.column_stack([np.linspace(-3, 3, 60), np.cos(np.arange(60))])
    return plane(25, **{"data.points": Points(X, np.arange(60) % 6 == 0), "optimizer.learning_rate": 1e-5,
                        "split.train": 1.0, "model.init": "zeros"})  # fmt: skip


def swinging() -> Run:
    return plane(80, **{"data.kind": "circle", "optimizer.kind": "momentum", "optimizer.learning_rate": 1.0,
                        "training.batch_size": 8})  # fmt: skip


def turning_up() -> Run:
    return plane(400, **{"data.kind": "gauss", "data.noise": 0.5, "data.n": 60, "model.hidden": (32, 32),
                         "optimizer.learning_rate": 0.03, "data.flip": 0.2})  # fmt: skip


def no_points_of_one_class() -> Run:
    X = np.random.default_rng(0).normal(size=(40, 2))
    points = Points(X, np.arange(40) < 20, part=np.where(np.arange(40) < 20, 2, 0))
    return plane(**{"data.points": points})


ILL = {
    "diverged": lambda: plane(40, **{"optimizer.kind": "sgd", "optimizer.learning_rate": 10.0, "loss": "squared_error",
                                     "model.activation": "linear", "data.kind": "reg-plane"}),
    "class without points": no_points_of_one_class,
    "step": lambda: plane(**{"model.activations": ("tanh", "step")}),
    "alike": lambda: plane(5, **{"model.init": "zeros"}),
    "dead": dead,
    "vanishing": lambda: plane(3, **{"model.activation": "sigmoid", "model.hidden": (8,) * 8}),
    "saturated": saturated,
    "swinging": swinging,
    "never predicted": one_sided,
    "plateau": lambda: plane(120, **{"optimizer.learning_rate": 1e-5}),
    "turning up": turning_up,
    "more weights": lambda: plane(**{"model.hidden": (64, 64)}),
}  # fmt: skip


def kinds(run: Run) -> list[str]:
    return [found.kind for found in trouble.found(run)]


@pytest.mark.parametrize("kind", trouble.RECOGNISERS)
def test_each_is_recognised_and_proposes_what_can_be_done(kind: str) -> None:
    run = ILL[kind]()
    found = {t.kind: t for t in trouble.found(run)}
    assert kind in found, kinds(run)
    shown = found[kind]
    assert shown.sentence.endswith(".") and len(shown.sentence) < 160
    assert shown.choice is not None or kind == "class without points"
    if shown.choice is not None:
        changed = ex.change(run.experiment, shown.choice.changes)
        assert changed != run.experiment, "the button changes the document"


@pytest.mark.parametrize("changes", [
    {}, {"data.kind": "circle"}, {"data.kind": "gauss"}, {"model.activation": "relu", "model.init": "he"},
    {"optimizer.kind": "sgd", "data.kind": "xor"}, {"data.kind": "reg-plane"},
    {"model.output": "tanh", "loss": "squared_error", "data.kind": "circle"},
], ids=str)  # fmt: skip
def test_nothing_is_said_of_a_healthy_run(changes: dict) -> None:
    run = plane(**{"data.n": 400} | changes)
    for _ in range(20):
        assert kinds(run) == [], run.epoch
        run.run_epochs(10)
    assert run.scores()["train"].loss < 0.5 * trouble.Look(run).baseline


@pytest.mark.parametrize("pinned", [True, False])
def test_a_class_without_training_points_is_said_and_the_others_are_learnt(pinned: bool) -> None:
    points = no_points_of_one_class().problem.points
    if not pinned:  # one point of class B, and the seed of the split that puts it among those for testing
        points = Points(points.X[19:], points.t[19:])
    changes = {"data.points": points}
    seeds = (ex.change(ex.default("classify"), changes | {"seed.split": seed}) for seed in range(100))
    run = Run(next(e for e in seeds if not build(e).train.t.any()))
    run.run_epochs(30)
    (found,) = (t for t in trouble.found(run) if t.kind == "class without points")
    assert found.sentence == "Class B has no training point: the network cannot learn what it looks like."
    assert run.scores()["train"].accuracy == 1.0 and np.isfinite(run.scores()["test"].loss)
    assert run.problem.points == points
    if pinned:
        assert found.choice is None, "no share of the split moves them"
    else:
        assert found.choice is not None
        assert "class without points" not in kinds(Run(ex.change(run.experiment, found.choice.changes)))


def test_a_model_that_is_no_network_has_no_troubles() -> None:
    assert trouble.found(Run(ex.default("curve"))) == ()
    assert trouble.found(Run(ex.change(ex.default("curve"), {"optimizer.kind": "sgd"}))) == ()


def test_zeros_are_explained_and_other_weights_are_not_taken_for_them() -> None:
    assert "alike" not in kinds(plane(5, **{"model.init": "uniform"}))
    (first, *_) = trouble.found(ILL["alike"]())
    assert first.kind == "alike" and first.choice is not None and first.choice.changes == {"model.init": "xavier"}


def test_a_leaky_relu_does_not_die_and_a_linear_unit_does_not_saturate() -> None:
    assert "dead" not in kinds(with_weights(plane(**{"model.activation": "leaky_relu"}), **{"0_bias": np.full(8, -99)}))
    assert "saturated" not in kinds(with_weights(plane(**{"model.activation": "linear"}), **{"0_bias": np.full(8, 99)}))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_while_training_a_trouble_comes_and_goes_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, run, said = Clock(), plane(), [Trouble("dead", "A is so."), Trouble("dead", "B is so.")]
    monkeypatch.setattr(trouble.time, "perf_counter", clock)
    now: list[Trouble] = []
    monkeypatch.setattr(trouble, "found", lambda run: tuple(now))
    watch = trouble.Watch()

    def look(*troubles: Trouble) -> list[str]:
        now[:] = troubles
        clock.now += 0.3
        run._moved()
        return [t.sentence for t in watch.of(run, True)]

    assert look() == [] and look(said[0]) == [] and look() == [], "once is not enough"
    assert look(said[0]) == [] and look(said[0]) == ["A is so."]
    assert look(said[1]) == ["A is so."], "the words stay while it is up"
    before = watch.of(run, True)
    run._moved()
    clock.now += 0.1
    assert watch.of(run, True) is before, "not looked at more often than four times a second"
    assert [look(), look(), look(), look()] == [["A is so."]] * 3 + [[]]
    now[:] = said[:1]
    run._moved()
    assert [t.sentence for t in watch.of(run, False)] == ["A is so."], "at rest it is there at once"


def test_looking_is_cheap() -> None:
    run = plane(5, **{"data.n": 1000, "model.hidden": (32,) * 6, "model.activation": "relu"})
    took = []
    for _ in range(9):
        begun = time.perf_counter()
        trouble.found(run)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.004
    print(f"{1000 * np.median(took):.2f} ms")
