"""Training that ends by itself: at the exact epoch, however the epochs are gone through."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from playground.cli import app
from playground.engine import experiment as ex
from playground.engine.trainer import Run

RULES = {
    "loss": {"training.stop_loss": 0.2},
    "accuracy": {"training.stop_accuracy": 0.9},
    "patience": {"training.patience": 3, "split.train": 0.5, "split.validation": 0.25},
    "any": {"training.patience": 50, "training.stop_loss": 0.1, "training.stop_accuracy": 0.95,
            "split.train": 0.5, "split.validation": 0.25},
}  # fmt: skip


def experiment(**values: Any) -> ex.Experiment:
    e = ex.change(ex.default("classify"), {"data.kind": "moons", "data.noise": 0.3, "optimizer.learning_rate": 0.02})
    return ex.change(e, {"training.device": "cpu", **values})


def expected(rows: dict[str, np.ndarray], rules: dict[str, Any]) -> int:
    """The epoch, by the words of the rules, from the history of a run without any."""
    best, at = np.inf, 0
    for epoch in range(1, len(rows["epoch"])):
        validation = rows["validation_loss"][epoch]
        if epoch == 1:
            best = rows["validation_loss"][0]
        if validation < best:
            best, at = validation, epoch
        if (rows["train_loss"][epoch] <= rules.get("training.stop_loss", -1)
                or rows["train_accuracy"][epoch] >= rules.get("training.stop_accuracy", 2)
                or epoch - at >= rules.get("training.patience", np.inf)):  # fmt: skip
            return epoch
    raise AssertionError("no rule was met")


@pytest.mark.parametrize("executor", ["fused", "torch"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_run_ends_at_the_first_epoch_that_meets_a_rule(rules, executor):
    split = {path: value for path, value in rules.items() if path.startswith("split")}
    free = Run(experiment(**split, **{"training.executor": executor}))
    free.run_epochs(200)
    epoch = expected(free.history.columns(), rules)
    run = Run(experiment(**rules, **{"training.executor": executor}))
    run.run_epochs(200)
    assert run.status == "finished" and run.epoch == epoch and not run.can_train
    assert run.message.startswith(f"Stopped at epoch {epoch}: the ")
    assert run.history.column("epoch")[-1] == epoch and run.step == run.history.column("step")[-1]
    free.seek(epoch)
    for name, value in free.weights().items():
        np.testing.assert_array_equal(run.weights()[name], value)


def test_early_stopping_names_the_best_epoch():
    run = Run(experiment(**RULES["patience"]))
    run.run_epochs(300)
    losses = run.history.column("validation_loss")
    assert f"It was least at epoch {losses.argmin()}, with {losses.min():.4g}." in run.message
    assert "has not become better for 3 epochs" in run.message


def test_rules_change_while_a_run_goes_on_and_hold_after_a_look_back():
    run = Run(experiment())
    run.run_epochs(20)
    run.change(ex.change(run.experiment, {"training.stop_loss": 100.0}))
    assert run.status == "finished" and "has reached 100" in run.message
    run.change(ex.change(run.experiment, {"training.stop_loss": 0.9 * run.scores()["train"].loss}))
    assert run.status == "paused"
    run.run_epochs(1000)
    end = run.epoch
    assert 20 < end < 1000
    run.seek(5)
    run.run_epochs(1000)
    assert run.epoch == end and run.status == "finished"
    again = Run.from_record(run.record())
    assert again.status == "finished" and again.message == run.message


def test_without_a_validation_part_early_stopping_says_what_it_waits_for():
    run = Run(experiment(**{"training.patience": 5}))
    run.run_epochs(10)
    assert run.status == "paused" and "validation part" in run.message


def test_the_command_line_says_that_a_rule_has_stopped_the_run():
    told = CliRunner().invoke(app, ["run", "--lab", "classify", "--set", "data.kind=gauss", "--set",
                                    "training.stop_accuracy=0.9", "--json"])  # fmt: skip
    report = json.loads(told.stdout)
    assert report["status"] == "stopped" and report["epochs"] < 300 and report["train"]["accuracy"] >= 0.9
