"""Each preset shows what its sentence says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine import addresses
from playground.engine import experiment as ex
from playground.engine.executors.base import Floats
from playground.engine.presets import presets
from playground.engine.schema import SpecError
from playground.engine.snapshot import Score
from playground.engine.trainer import Run
from tests.engine.asking import Ask


def trained(name: str, epochs: int, **changes: Any) -> Run:
    fixed = {"training.device": "cpu", **{path.replace("__", "."): value for path, value in changes.items()}}
    run = Run(ex.change(presets[name].experiment(), fixed))
    run.run_epochs(epochs)
    return run


def on(run: Run, part: str = "test") -> Score:
    return run.scores()[part]


def accuracy(run: Run) -> float:
    return on(run).accuracy or 0.0


def responses(run: Run) -> list[Floats]:
    return run.executor.responses(run.executor.prepare(run.problem.train.X))


@pytest.mark.parametrize("name", presets)
def test_each_can_be_shared_named_and_told(name: str) -> None:
    preset, e = presets[name], presets[name].experiment()
    assert ex.from_link(ex.to_link(e)) == e == addresses.read(f"preset:{name}").experiment
    assert preset.title and preset.about.endswith(".") and len(preset.about) <= 120
    assert addresses.read(f" preset:{name}\n").about == preset.about


def test_the_spiral_is_learned_from_its_coordinates_alone() -> None:
    e = presets["spiral"].experiment()
    assert (e.features, e.data.noise) == (("x1", "x2"), 0.0)
    reached = [accuracy(trained("spiral", 100, seed__init=seed)) for seed in range(1, 6)]
    assert min(reached) >= 0.99


def test_xor_needs_a_hidden_layer() -> None:
    assert accuracy(trained("xor", 200)) < 0.6
    assert accuracy(trained("xor", 200, model__hidden=(4,))) > 0.9


def test_the_squares_as_inputs_do_without_a_layer() -> None:
    assert accuracy(trained("features", 100)) > 0.95
    assert accuracy(trained("features", 100, features=("x1", "x2"))) < 0.7


def test_linear_units_stay_a_line_however_many_layers() -> None:
    assert accuracy(trained("linear", 100)) < 0.7
    assert accuracy(trained("linear", 100, model__activation="tanh")) > 0.9


def test_zeros_move_nothing_but_the_biases_of_the_output() -> None:
    run = trained("zeros", 50)
    moved = {name for name, values in run.weights().items() if np.any(values)}
    assert moved == {"2.bias"}


def test_too_large_a_rate_jumps_about_and_a_smaller_one_settles() -> None:
    run = trained("large-rate", 40)
    losses = run.history.column("train_loss")[10:]
    assert losses.max() > 2 * losses.min() and np.median(losses) > 0.6
    run.change(ex.change(run.experiment, {"optimizer.learning_rate": 0.1}))
    run.run_epochs(100)
    settled = run.history.column("train_loss")[-20:]
    assert settled.max() < 0.5 and settled.max() < 1.5 * settled.min()


def test_a_whole_layer_of_relus_dies_and_stays_dead() -> None:
    run = trained("dead-relus", 20)
    assert not np.any(responses(run)[2])
    run.run_epochs(100)
    assert not np.any(responses(run)[2]) and accuracy(run) < 0.6
    assert accuracy(trained("dead-relus", 100, optimizer__learning_rate=0.03)) > 0.9


def test_through_eight_layers_of_sigmoids_nothing_arrives() -> None:
    begin, run = trained("vanishing", 0).weights(), trained("vanishing", 100)
    change = [float(np.abs(run.weights()[f"{i}.weight"] - begin[f"{i}.weight"]).max()) for i in range(9)]
    assert change[0] < 0.01 * change[-1] and accuracy(run) < 0.6
    assert accuracy(trained("vanishing", 100, model__activation="relu", model__init="he")) > 0.9


def test_the_test_loss_turns_up_while_the_other_falls() -> None:
    run = trained("overfitting", 300)
    train, test = (run.history.column(f"{part}_loss") for part in ("train", "test"))
    assert on(run, "train").n < 50 < 1000 < run.n_parameters
    assert train[-1] < 0.3 * train[20] and test[-1] > 1.5 * test.min() and np.argmin(test) < 100


def test_as_tensorflow_playground_does_it_keeps_a_data_set_that_it_knows() -> None:
    preset = presets["tensorflow"]
    assert [preset.experiment(kind).data.kind for kind in ("", "moons", "sine", "gauss", "reg-plane")] == [
        "circle", "circle", "circle", "gauss", "reg-plane"]  # fmt: skip


def test_a_preset_is_run_by_its_name(ask: Ask) -> None:
    told = ask("run", "preset:zeros", "--epochs", "3", "--json").json
    assert (told["lab"], told["epochs"]) == ("classify", 3)
    said = ask("run", "preset:ones")
    assert (said.code, said.err.count("\n")) == (2, 1) and "tensorflow, spiral, xor" in said.err
    with pytest.raises(SpecError, match="one of tensorflow, .*not ''"):
        addresses.read("preset:")
    assert "## Presets" in ask("describe").out
