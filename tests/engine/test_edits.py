"""Weights edited by hand while a run goes on: set at once, taken back, and replayed to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import session
from playground.engine.trainer import Run


@pytest.fixture(params=["fused", "torch"])
def run(request: pytest.FixtureRequest) -> Run:
    e = ex.change(ex.default("classify"), {"model.hidden": (6, 4, 6), "training.executor": request.param,
                                           "training.device": "cpu"})  # fmt: skip
    return Run(e)


def change(run: Run, **values: Any) -> None:
    run.change(ex.change(run.experiment, {f"model.{name}": value for name, value in values.items()}))


def now(run: Run, name: str = "1.weight", at: tuple[int, ...] = (2, 0)) -> float:
    return float(run.weights()[name][at])


def edit(run: Run, after: float) -> None:
    change(run, edits=(*run.experiment.model.edits, f"w2.3.1:{now(run)!r}>{after!r}"))


def numbers(run: Run) -> dict[str, np.ndarray]:
    return {**run.weights(), **run.executor.optimizer_state()}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    assert set(a) == set(b)
    for name, value in a.items():
        np.testing.assert_array_equal(value, b[name], err_msg=name)


def eventful(run: Run) -> dict[str, np.ndarray]:
    """A run in which much is done by hand, also in the midst of an epoch and twice at one place."""
    run.run_epochs(4)
    edit(run, 0.5)
    edit(run, 2.0)
    run.run_epochs(3)
    change(run, skips=("0-3p",))
    run.run_epochs(2)
    run.step_batch()
    change(run, held=("w1.2.1=0", "p0-3.1.1=1"), edits=(*run.experiment.model.edits, "w1.2.1:0.3>0.0"))
    run.run_epochs(3)
    change(run, skips=("0-3p", "1-3"), dropouts=(0.0, 0.2, 0.1))
    run.run_epochs(2)
    change(run, held=("p0-3.1.1=1",))
    change(run, skips=("1-3",))
    change(run, skips=("0-3p",))
    run.run_epochs(3)
    return numbers(run)


def test_an_edit_is_seen_at_once_and_undone_step_by_step(run):
    run.run_epochs(3)
    before = now(run)
    edit(run, 0.5)
    assert now(run) == 0.5
    edit(run, -3.0)
    assert now(run) == -3.0
    change(run, edits=run.experiment.model.edits[:1])
    assert now(run) == 0.5
    change(run, edits=())
    assert now(run) == before


def test_a_cut_weight_stays_at_zero_until_it_is_freed(run):
    run.run_epochs(2)
    value = now(run)
    change(run, edits=(f"w2.3.1:{value!r}>0",), held=("w2.3.1=0",))
    run.run_epochs(3)
    assert now(run) == 0.0
    change(run, edits=(), held=())
    assert now(run) == value
    run.run_epochs(1)
    assert now(run) not in (0.0, value)


def test_edits_of_another_run_are_neither_made_nor_taken_back(run):
    run.run_epochs(2)
    edit(run, 0.5)
    run.rewind()
    begun = now(run)
    assert begun != 0.5
    change(run, edits=())
    assert now(run) == begun
    edit(run, 0.25)
    change(run, edits=())
    assert now(run) == begun
    fresh = Run(ex.change(run.experiment, {"model.edits": ("w2.3.1:1.0>2.0",), "model.held": ("b2.1=3",)}))
    assert now(fresh) == begun and now(fresh, "1.bias", (0,)) == 3.0


def test_a_run_that_was_edited_is_replayed_to_the_last_bit(run):
    end, place = eventful(run), (run.epoch, run.position)
    for epoch in (0, 4, 5, 7, 9, 10, 2):
        run.seek(epoch)
        assert run.epoch == epoch
    run.seek(place[0])
    same(numbers(run), end)


def test_an_edit_before_the_next_step_outlives_a_look_at_the_past(run):
    run.run_epochs(5)
    edit(run, 9.0)
    run.seek(2)
    assert now(run) != 9.0
    run.seek(5)
    assert now(run) == 9.0


def test_an_edit_in_the_past_begins_another_future(run):
    run.run_epochs(6)
    run.seek(3)
    edit(run, 1.5)
    assert run.reach[1] == 3
    run.run_epochs(4)
    end = numbers(run)
    run.seek(1)
    run.seek(7)
    same(numbers(run), end)


def test_a_session_of_an_edited_run_goes_on_and_back_as_the_run_does(run, tmp_path: Path):
    eventful(run)
    session.write(tmp_path / "a.playground", run.record())
    again = Run.from_record(session.read(tmp_path / "a.playground")[0])
    same(numbers(again), numbers(run))
    for both in (run, again):
        both.seek(6)
        both.seek(15)
        both.run_epochs(3)
    same(numbers(again), numbers(run))
