"""Schedules of the learning rate, and what forms show of them."""

from __future__ import annotations

import math

import pytest

from playground.engine import experiment as ex
from playground.engine import schema
from playground.engine.formulas import UPDATES
from playground.engine.optimizers import COSINE_FLOOR, LABELS, rate_at
from playground.engine.registry import models, optimizers
from playground.engine.schema import SpecError


def scheduled(schedule, **more):
    values = {"learning_rate": 0.2, "schedule": schedule, "decay": 0.5, "decay_epochs": 10} | more
    return optimizers["sgd"](**values)


def rates(optimizer, *epochs):
    return [rate_at(optimizer, epoch) for epoch in epochs]


def test_the_rate_of_each_schedule():
    assert rates(scheduled("constant"), 0, 5, 100_000) == [0.2, 0.2, 0.2]
    assert rates(scheduled("step"), 0, 9, 10, 19, 30) == [0.2, 0.2, 0.1, 0.1, 0.025]
    assert rates(scheduled("exponential"), 0, 5, 10, 20) == pytest.approx([0.2, 0.2 * math.sqrt(0.5), 0.1, 0.05])
    low = COSINE_FLOOR * 0.2
    assert rates(scheduled("cosine"), 0, 5, 10, 500) == pytest.approx([0.2, (0.2 + low) / 2, low, low])
    assert all(rate > 0 for rate in rates(scheduled("cosine"), *range(30)))


def test_a_warm_up_grows_line_by_line_and_multiplies_the_schedule():
    assert rates(scheduled("constant", warmup=4), 0, 1, 3, 4, 9) == pytest.approx([0.04, 0.08, 0.16, 0.2, 0.2])
    assert rates(scheduled("step", decay_epochs=2, warmup=3), 0, 2, 4) == pytest.approx([0.05, 0.075, 0.05])


def test_a_rate_that_has_decayed_to_nothing_is_still_a_number():
    assert rate_at(scheduled("step", decay=0.01, decay_epochs=1), 1_000_000) == 0.0


OF_THEIR_OWN = {"closed_form", "perceptron", "scikit_learn"}
"""Each has an executor of its own, and no rule for updates."""


@pytest.mark.parametrize("kind", [kind for kind in optimizers if kind not in OF_THEIR_OWN])
def test_every_optimiser_has_a_rule_a_name_and_a_schedule(kind):
    e = ex.change(ex.default("classify"), {"optimizer.kind": kind})
    assert kind in UPDATES and kind in LABELS and kind in models["mlp"].optimizers
    k = UPDATES[kind][1](rate_at(e.optimizer, 0), *e.optimizer.numbers(), 1)
    assert len(k) == 7 and all(math.isfinite(value) for value in k)
    shown = {p.path for p in ex.parameters(e).values() if schema.shown(e, p)}
    assert "optimizer.schedule" in shown and not shown & {"optimizer.decay", "optimizer.decay_epochs"}
    for schedule, more in (("cosine", {"optimizer.decay_epochs"}),
                           ("step", {"optimizer.decay_epochs", "optimizer.decay"})):  # fmt: skip
        there = ex.change(e, {"optimizer.schedule": schedule})
        now = {p.path for p in ex.parameters(there).values() if schema.shown(there, p)}
        assert now - shown == more
        assert ex.is_live(e, there)


def test_the_executor_must_suit_the_optimiser():
    network, polynomial = ex.default("classify"), ex.default("curve")
    for executor in ("fused", "torch"):
        assert ex.change(network, {"training.executor": executor}).training.executor == executor
        with pytest.raises(SpecError, match=f"must be auto or closed_form with .*=closed_form, not {executor}"):
            ex.change(polynomial, {"training.executor": executor})
    with pytest.raises(SpecError, match="must be auto, fused or torch with optimizer.kind=adam, not closed_form"):
        ex.change(network, {"training.executor": "closed_form"})
    fused = ex.change(ex.change(polynomial, {"model.kind": "mlp"}), {"training.executor": "fused"})
    assert ex.change(fused, {"model.kind": "polynomial"}).training.executor == "auto"
