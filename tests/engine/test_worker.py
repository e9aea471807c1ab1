"""The worker in its thread: obeys at once, never falls behind, survives what goes wrong, ends when told to."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import worker as worker_module
from playground.engine.commands import (
    Collect,
    Load,
    LoadRecord,
    Pause,
    Play,
    Restore,
    Rewind,
    Seek,
    Set,
    Step,
    Watch,
    coalesce,
)
from playground.engine.snapshot import Snapshot, View
from playground.engine.trainer import Run
from playground.engine.worker import Worker, sentence

PLANE = View((-6.0, 6.0), (-6.0, 6.0), 200)
EVERYTHING = frozenset({"map", "predictions", "network", "loss", "accuracy", "confusion", "scores"})


def network(**changes):
    return ex.change(ex.default("classify"), {"data.n": 60, "model.hidden": (4,)} | changes)


def curve(**changes):
    return ex.change(ex.default("curve"), changes)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    made.start()
    yield made
    assert made.close(10.0)


def until(worker: Worker, wanted: Callable[[Snapshot], bool], seconds: float = 20.0) -> Snapshot:
    """The first snapshot that is wanted."""
    beat, end = threading.Event(), time.monotonic() + seconds
    last = None
    while time.monotonic() < end:
        snapshot = worker.take()
        if snapshot is not None:
            last = snapshot
            if wanted(snapshot):
                return snapshot
        beat.wait(0.002)
    raise AssertionError(f"no such snapshot; the last one was {last}")


def loaded(worker: Worker, e, generation: int = 1) -> Snapshot:
    worker.send(Load(generation, e))
    return until(worker, lambda s: s.generation == generation and s.status != "loading")


def test_a_polynomial_comes_back_solved(worker):
    snapshot = loaded(worker, curve())
    assert (snapshot.status, snapshot.epoch, snapshot.executor) == ("finished", 1, "closed_form")
    assert snapshot.seconds_per_fit > 0 and snapshot.scores["test"].n == 100


def test_play_pause_step_and_back(worker):
    assert loaded(worker, network()).status == "ready"
    worker.send(Play())
    running = until(worker, lambda s: s.epoch > 5)
    assert running.status == "running" and running.steps_per_second >= 0
    begun = time.perf_counter()
    worker.send(Pause())
    paused = until(worker, lambda s: s.status == "paused")
    assert time.perf_counter() - begun < 0.1
    worker.send(Step("epoch"))
    stepped = until(worker, lambda s: s.epoch == paused.epoch + 1)
    assert (stepped.position, stepped.status) == (0, "paused")
    worker.send(Step("batch"))
    assert until(worker, lambda s: s.position == 16).step == stepped.step + 1
    worker.send(Step(back=True))
    assert until(worker, lambda s: s.position == 0).epoch == stepped.epoch
    worker.send(Step(back=True))
    assert until(worker, lambda s: s.epoch == stepped.epoch - 1).reach == (0, stepped.epoch)
    worker.send(Rewind())
    assert until(worker, lambda s: s.step == 0).status == "ready"


def test_the_state_after_pause_is_the_last_picture(worker):
    worker.send(Watch(frozenset({"map"}), PLANE))
    loaded(worker, network())
    worker.send(Play())
    assert until(worker, lambda s: s.status == "running").summaries["map"].values.shape[0] == 128
    worker.send(Pause())
    paused = until(worker, lambda s: s.status == "paused")
    assert paused.summaries["map"].values.shape[0] == 200
    worker.send(Collect(7))
    until(worker, lambda s: bool(worker.outbox))
    answer = worker.outbox.popleft()
    assert answer.token == 7 and answer.record.step == paused.step


def test_only_what_is_watched_is_computed_and_the_same_is_the_same_object(worker):
    assert loaded(worker, network()).summaries == {}
    worker.send(Watch(EVERYTHING, PLANE))
    first = until(worker, lambda s: bool(s.summaries))
    assert set(first.summaries) == EVERYTHING
    worker.send(Pause())
    again = until(worker, lambda s: True)
    assert all(again.summaries[name] is summary for name, summary in first.summaries.items())
    worker.send(Step("batch"))
    assert until(worker, lambda s: s.step == 1).summaries["map"] is not first.summaries["map"]


def test_snapshots_own_their_arrays(worker):
    worker.send(Watch(EVERYTHING, PLANE))
    loaded(worker, network())
    worker.send(Step("epoch"))
    snapshot = until(worker, lambda s: s.epoch == 1)
    kept = snapshot.summaries["network"].weights[0]
    before = kept.copy()
    assert not kept.flags.writeable and kept.base is None
    worker.send(Step("epoch"))
    until(worker, lambda s: s.epoch == 2)
    np.testing.assert_array_equal(kept, before)


def test_a_flood_of_changes_ends_with_the_last_one(worker):
    e = curve(**{"model.order": 9, "model.ln_lambda": -40.0})
    loaded(worker, e)
    begun = time.perf_counter()
    for i in range(2000):
        last = ex.change(e, {"model.ln_lambda": -40.0 + i / 100}) if i % 100 == 99 else e
        worker.send(Set(last))
    want = Run(last).scores()["train"].rms
    until(worker, lambda s: s.scores["train"].rms == want)
    assert time.perf_counter() - begun < 5


def test_of_commands_in_a_row_only_the_last_counts():
    a, b, c = curve(), curve(**{"model.ln_lambda": -5.0}), curve(**{"model.order": 9})
    assert coalesce([Set(a), Set(b), Play(), Set(a)]) == [Set(b), Play(), Set(a)]
    assert coalesce([Set(a), Load(1, b, True), Set(a), Load(2, c, True)]) == [Load(2, c, True)]
    assert coalesce([Load(1, b), Load(2, c, True)]) == [Load(2, c, False)], "weights from before 1 must not come back"
    assert coalesce([Seek(1), Seek(2), Pause(), Seek(3)]) == [Seek(2), Pause(), Seek(3)]


def test_points_painted_while_it_trains_join_the_run(worker):
    e = network()
    loaded(worker, e)
    worker.send(Play())
    until(worker, lambda s: s.epoch > 2)
    points = Run(e).problem.points
    worker.send(Set(ex.change(e, {"data.points": points.add([[1.0, 1.0]] * 50, [1] * 50)})))
    grown = until(worker, lambda s: s.scores["train"].n + s.scores["test"].n == 110)
    assert grown.status == "running" and grown.epoch > 2


def test_a_set_that_is_not_live_is_a_new_run_that_plays_on(worker):
    loaded(worker, network())
    worker.send(Play())
    until(worker, lambda s: s.epoch > 2)
    worker.send(Set(network(**{"model.hidden": (3, 3)})))
    until(worker, lambda s: s.n_parameters == 29 and s.status == "running" and s.epoch > 2)


def test_the_chosen_speed_is_kept(worker):
    loaded(worker, network())
    begun = time.perf_counter()
    worker.send(Play(50.0))
    until(worker, lambda s: s.epoch >= 10)
    took = time.perf_counter() - begun
    assert 0.15 < took < 2.0, "ten epochs, the first at once"
    worker.send(Play(0.01))
    slow = until(worker, lambda s: s.status == "running")
    worker.send(Pause())
    assert until(worker, lambda s: s.status == "paused").epoch <= slow.epoch + 2


def test_it_stops_by_itself_at_the_last_epoch(worker):
    loaded(worker, network(**{"training.max_epochs": 3}))
    worker.send(Play())
    assert until(worker, lambda s: s.status == "finished").epoch == 3


def test_divergence_and_restore(worker):
    e = network(**{"data.kind": "reg-plane", "model.activation": "linear", "optimizer.kind": "sgd"})
    loaded(worker, ex.change(e, {"optimizer.learning_rate": 10.0}))
    worker.send(Play())
    snapshot = until(worker, lambda s: s.status == "diverged")
    assert snapshot.can_restore and "learning rate 10 is too large" in snapshot.message
    worker.send(Restore())
    assert until(worker, lambda s: s.status != "diverged").status in ("ready", "paused")


def test_failures_are_sentences_and_the_thread_lives(worker, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the disk is made of cheese\nand so on")

    loaded(worker, network())
    with monkeypatch.context() as patch:
        patch.setattr(worker_module.Run, "advance", broken)
        worker.send(Play())
        snapshot = until(worker, lambda s: s.status == "failed")
    assert snapshot.message == "The run has failed with RuntimeError: the disk is made of cheese."
    assert "Traceback" in snapshot.details
    assert loaded(worker, network(), generation=2).status == "ready"
    with monkeypatch.context() as patch:
        patch.setattr(worker_module.Run, "summarize", broken)
        worker.send(Watch(EVERYTHING, PLANE))
        assert until(worker, lambda s: s.status == "failed").generation == 2
    assert loaded(worker, curve(), generation=3).status == "finished"


def test_a_device_that_is_absent_fails_with_one_sentence(worker):
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU is present")
    snapshot = loaded(worker, network(**{"training.device": "cuda"}))
    assert snapshot.status == "failed" and snapshot.details == ""
    assert snapshot.message.startswith("training.device cuda is not there on this machine")


def test_too_little_memory_is_a_sentence():
    assert "not enough memory" in sentence(MemoryError())


def test_another_lab_and_back_finds_the_run_as_it_was_left(worker):
    e = network()
    loaded(worker, e)
    worker.send(Step("epoch"))
    left = until(worker, lambda s: s.epoch == 1)
    loaded(worker, curve(), generation=2)
    back = loaded(worker, e, generation=3)
    assert (back.epoch, back.step, back.status) == (left.epoch, left.step, "paused")
    assert loaded(worker, network(**{"seed.init": 9}), generation=4).epoch == 0


def test_the_run_before_stays_as_a_ghost(worker):
    worker.send(Watch(frozenset({"loss"}), PLANE))
    loaded(worker, network())
    for epoch in (1, 2):
        worker.send(Step("epoch"))
        until(worker, lambda s, epoch=epoch: s.epoch == epoch)
    snapshot = loaded(worker, network(**{"optimizer.kind": "sgd"}), generation=2)
    assert [s.role for s in snapshot.summaries["loss"].series] == ["ghost", "ghost", "training", "test"]


def test_a_saved_run_goes_on(worker):
    run = Run(network())
    run.run_epochs(4)
    worker.send(LoadRecord(5, run.record()))
    snapshot = until(worker, lambda s: s.generation == 5 and s.status != "loading")
    assert (snapshot.epoch, snapshot.status) == (4, "paused")
    assert snapshot.scores == run.scores()
    worker.send(Seek(2))
    assert until(worker, lambda s: s.epoch == 2).reach == (0, 4)


def test_nothing_is_published_while_nobody_looks_and_nothing_burns_while_idle(worker):
    loaded(worker, network())
    worker.send(Pause())
    until(worker, lambda s: True)
    before = time.process_time()
    threading.Event().wait(0.3)
    assert time.process_time() - before < 0.1
    assert worker.take() is None


def test_closing_while_training_is_quick_ten_times_over():
    for _ in range(10):
        worker = Worker()
        worker.start()
        assert not gc.isenabled()
        loaded(worker, network())
        worker.send(Play())
        until(worker, lambda s: s.status == "running")
        begun = time.perf_counter()
        assert worker.close()
        assert time.perf_counter() - begun < 0.1
        assert gc.isenabled()
    assert worker.close(), "closing twice is no fault"


def test_instant_shows_the_finished_result_after_each_change(worker):
    e = network(**{"training.max_epochs": 40})
    loaded(worker, e)
    worker.send(Play(instant=True))
    assert until(worker, lambda s: s.epoch == 40).status == "finished"
    other = ex.change(e, {"optimizer.learning_rate": 0.02})
    worker.send(Set(other))
    again = until(worker, lambda s: s.status == "finished" and s.step > 0)
    alone = Run(other)
    alone.run_epochs(40)
    assert again.scores["train"].loss == pytest.approx(alone.scores()["train"].loss, rel=1e-9)  # from its start on
    moved = ex.change(other, {"data.n": 70})
    worker.send(Load(2, moved))
    worker.send(Play(instant=True))
    assert until(worker, lambda s: s.generation == 2 and s.epoch == 40).scores["train"].n == Run(moved).n_train
    worker.send(Pause())
    until(worker, lambda s: s.status == "finished")
    worker.send(Set(ex.change(moved, {"optimizer.learning_rate": 0.03})))
    assert until(worker, lambda s: True).epoch == 40  # no longer armed: nothing is trained again


def test_a_long_instant_run_shows_its_way_and_can_be_ended(worker):
    loaded(worker, network(**{"training.max_epochs": 1_000_000}))
    worker.send(Play(instant=True))
    assert until(worker, lambda s: s.epoch > 0).status == "running"
    worker.send(Pause())
    assert until(worker, lambda s: s.status == "paused").epoch < 1_000_000


def test_a_newer_change_starts_an_instant_run_over():
    plays = [Load(1, network()), Play(instant=True), Load(2, network(**{"data.n": 50})), Play(instant=True)]
    assert [type(c).__name__ for c in coalesce(plays)] == ["Load", "Play"]
    assert coalesce(plays)[0].generation == 2


@pytest.mark.parametrize("lab", ["curve", "classify"])
def test_the_fan_follows_the_run_until_it_is_there(worker, lab):
    e = network() if lab == "classify" else ex.change(ex.default("curve"), {"model.kind": "mlp"})
    view = View((0.0, 1.0), (-2.0, 2.0), 20, fan=12) if lab == "curve" else View((-6.0, 6.0), (-6.0, 6.0), 20, fan=12)
    worker.send(Watch(frozenset({"fan"}), view))
    loaded(worker, e)
    worker.send(Play())
    until(worker, lambda s: s.epoch > 30)
    worker.send(Pause())
    there = until(worker, lambda s: s.status == "paused" and s.summaries["fan"].epoch >= s.epoch)
    assert not there.summaries["fan"].behind
    assert there.summaries["fan"].spread.max() > 0


def test_looks_at_the_test_set_are_counted_by_model_and_forgotten_with_the_data(worker):
    def note(order: int, **more: object) -> str:
        e = curve(**{"model.order": order, **more})
        worker.send(Set(e))
        return until(worker, lambda s: s.n_parameters == order + 1 and "scores" in s.summaries).summaries["scores"].note

    worker.send(Watch(frozenset({"scores"}), View()))
    assert loaded(worker, curve(**{"model.order": 1})).summaries["scores"].note == ""
    assert note(2) == "2 models judged by the test set."
    assert note(1) == "2 models judged by the test set.", "the same model again is no new look"
    assert note(3).startswith("3 models") and "better than it is" in note(3)
    assert note(4, **{"seed.data": 7}) == "", "other data, another test set"


def test_a_worker_that_never_started_can_be_closed() -> None:
    interval = sys.getswitchinterval()
    assert Worker().close() and sys.getswitchinterval() == interval
