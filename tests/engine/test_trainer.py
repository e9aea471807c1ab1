"""Runs: what training, changing, going back and saving do."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import replay, trainer
from playground.engine.points import EMPTY_1D, EMPTY_2D, Points
from playground.engine.schema import SpecError
from playground.engine.trainer import Run


def network(**changes):
    small = {"data.n": 60, "model.hidden": (4,), "training.batch_size": 16}
    return ex.change(ex.default("classify"), small | changes)


def curve(**changes):
    return ex.change(ex.default("curve"), changes)


def same(a: Run, b: Run) -> bool:
    """Equal to the last bit: weights and what the optimiser remembers."""
    pairs = [(a.weights(), b.weights()), (a.executor.optimizer_state(), b.executor.optimizer_state())]
    return all(x.keys() == y.keys() and all((x[k] == y[k]).all() for k in x) for x, y in pairs)


# ---- the closed form ----
def test_a_polynomial_is_solved_at_once():
    run = Run(curve(**{"model.order": 3}))
    assert (run.status, run.step, run.epoch, run.n_parameters) == ("finished", 1, 1, 4)
    assert run.weights()["w"].shape == (4,)
    assert not run.advance()
    score = run.scores()["train"]
    X, t = run.problem.train.X, run.problem.train.t
    assert score.rms == pytest.approx(np.sqrt(np.mean((run.predict(X) - t) ** 2)))
    assert score.loss == pytest.approx(0.5 * score.rms**2)
    assert run.objective() is None


def test_a_change_of_the_penalty_or_a_point_solves_again():
    run = Run(curve(**{"model.order": 9}))
    wild = np.linalg.norm(run.weights()["w"])
    run.change(ex.change(run.experiment, {"model.ln_lambda": -5.0}))
    w = run.weights()["w"]
    assert np.linalg.norm(w) < wild / 1000 and run.step == 1
    train = run.scores()["train"]
    penalty = 0.5 * np.exp(-5.0) * np.square(w[1:]).sum()
    assert run.objective() == pytest.approx(train.loss * train.n + penalty)
    points = run.problem.points
    run.change(ex.change(run.experiment, {"data.points": points.replace([points.ids[0]], t=[5.0])}))
    assert not np.allclose(run.weights()["w"], w)


def test_a_change_of_order_is_not_live():
    run = Run(curve())
    with pytest.raises(ValueError, match=r"model\.order"):
        run.change(ex.change(run.experiment, {"model.order": 5}))


@pytest.mark.parametrize("e", [
    ex.change(curve(), {"data.kind": "drawn", "data.points": EMPTY_1D}),
    ex.change(curve(), {"data.points": EMPTY_1D, "data.n_test": 0}),
    network(**{"data.points": EMPTY_2D}),
])  # fmt: skip
def test_no_points_at_all_is_a_state_and_no_crash(e):
    run = Run(e)
    assert run.status == "empty" and not run.advance()
    assert run.message == "There are no points to learn from: draw some, or choose a data set."
    assert "train" not in run.scores() and run.objective() is None
    run.step_batch()
    run.rewind()
    assert run.record().step == 0


def test_points_that_come_bring_an_empty_run_to_life():
    run = Run(network(**{"data.points": EMPTY_2D}))
    points = Points(np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2)
    run.change(ex.change(run.experiment, {"data.points": points}))
    assert run.status == "ready" and run.run_epochs(2) == 2
    run = Run(curve(**{"data.points": EMPTY_1D}))
    run.change(ex.change(run.experiment, {"data.points": Points([[0.0], [1.0]], [1.0, 2.0])}))
    assert run.status == "finished" and run.scores()["train"].n == 2


def test_points_without_any_for_training():
    e = network(**{"split.train": 0.0})
    run = Run(e)
    assert run.status == "empty" and "share of the split" in run.message


# ---- networks ----
def test_training_lowers_the_loss_and_fills_the_history():
    run = Run(network())
    assert (run.status, len(run.history)) == ("ready", 1)
    before = run.scores()["train"].loss
    assert run.run_epochs(50) == 50
    assert run.scores()["train"].loss < before
    assert run.epoch == 50 and run.step == 50 * -(-run.n_train // 16)
    np.testing.assert_array_equal(run.history.column("epoch"), np.arange(51))
    assert run.history.column("train_loss")[-1] == pytest.approx(run.scores()["train"].loss, rel=1e-12)


def test_the_same_experiment_gives_the_same_run():
    a, b = Run(network()), Run(network())
    a.run_epochs(5)
    while b.epoch < 5:
        b.step_batch()
    assert same(a, b)
    c = Run(network(**{"seed.batches": 2}))
    c.run_epochs(5)
    assert not same(a, c)


def test_an_epoch_sees_every_point_once_in_a_fresh_order():
    run = Run(network())
    first = run.order()
    run.step_epoch()
    assert sorted(first) == sorted(run.order()) == list(range(run.n_train))
    assert list(first) != list(run.order())


def test_without_shuffling_one_random_order_is_kept():
    run, shuffled = Run(network(**{"training.shuffle": False})), Run(network())
    first = list(run.order())
    assert first == list(shuffled.order()) != sorted(first)
    run.run_epochs(3)
    assert list(run.order()) == first


def test_a_slice_is_bounded_by_epochs():
    run = Run(network())
    assert run.advance(60.0, max_epochs=2)
    assert (run.epoch, run.position) == (2, 0)


def test_a_run_stops_at_its_last_epoch_and_goes_on_when_that_is_moved():
    run = Run(network(**{"training.max_epochs": 3}))
    assert run.run_epochs(10) == 3 and run.status == "finished"
    run.change(ex.change(run.experiment, {"training.max_epochs": 5}))
    assert run.status == "paused" and run.run_epochs(10) == 2


def test_progress_can_stop_a_run():
    run = Run(network())
    seen = []
    run.run_epochs(10**6, lambda share, text: seen.append(text) or False)
    assert len(seen) == 1 and 0 < run.epoch < 10**6


# ---- changes on the way ----
def test_live_changes_go_on_without_a_reset():
    run = Run(network())
    run.run_epochs(3)
    run.step_batch()
    points = run.problem.points.add([[0.1, 0.2]] * 30, [1] * 30)
    for changes in ({"data.points": points}, {"optimizer.learning_rate": 0.5}, {"training.batch_size": 7}):
        weights, step = run.weights(), run.step
        run.change(ex.change(run.experiment, changes))
        assert run.step == step and all((weights[k] == w).all() for k, w in run.weights().items())
    assert run.n_train > 60 * 0.7
    run.run_epochs(2)
    assert len(run.events) == 2, "changes made in one place are one event"
    assert (run.events[1].epoch, run.events[1].position) == (3, 16)


def test_points_that_vanish_end_the_epoch():
    run = Run(network())
    run.step_batch()
    run.step_batch()
    run.change(ex.change(run.experiment, {"data.points": run.problem.points.take(np.arange(20))}))
    run.step_batch()
    assert (run.epoch, run.position) == (1, 0)


def test_a_new_class_keeps_the_hidden_layers_and_the_run_goes_on():
    run = Run(ex.change(network(), {"data.kind": "blobs", "data.n": 60}))
    run.run_epochs(3)
    hidden, step, k = run.weights()["0.weight"], run.step, run.n_classes
    points = run.problem.points.add([[0.0, 0.0]], [k])
    names = tuple("ABCDEFGHIJ"[: k + 1])
    run.change(ex.change(run.experiment, {"data.points": points, "data.class_names": names}))
    assert run.weights()["1.weight"].shape == (k + 1, 4)
    assert (run.weights()["0.weight"] == hidden).all() and run.step == step
    assert run.predict(np.zeros((2, 2))).shape == (2, k + 1)
    run.run_epochs(2)
    run.seek(1)
    run.seek(5)
    assert run.weights()["1.weight"].shape == (k + 1, 4)


def test_a_new_shape_can_keep_the_layers_that_stayed():
    old = Run(network(**{"model.hidden": (4, 5)}))
    old.run_epochs(2)
    new = Run(network(**{"model.hidden": (4, 6, 5)}), keep=old)
    a, b = old.weights(), new.weights()
    assert (a["0.weight"] == b["0.weight"]).all() and (a["2.weight"] == b["3.weight"]).all()
    assert new.step == 0


def test_divergence_is_a_sentence_and_the_last_finite_weights_come_back():
    e = network(**{"data.kind": "reg-plane", "model.activation": "linear", "optimizer.kind": "sgd"})
    run = Run(ex.change(e, {"optimizer.learning_rate": 0.01}))
    run.run_epochs(4)
    finite = run.weights()
    run.change(ex.change(run.experiment, {"optimizer.learning_rate": 10.0}))
    run.run_epochs(500)
    assert run.status == "diverged" and not run.advance()
    assert run.message == (
        f"The loss is no longer finite after epoch {run.epoch}: the learning rate 10 is too large for this "
        "network. Try 0.03, or restore the last finite weights."
    )
    run.restore()
    assert run.status == "paused" and np.isfinite(run.scores()["train"].loss)
    assert all(np.isfinite(w).all() for w in run.weights().values())
    run.seek(4)
    assert all((finite[k] == w).all() for k, w in run.weights().items())


# ---- time travel ----
def test_rewind_goes_back_to_the_same_initial_weights():
    run, fresh = Run(network()), Run(network())
    run.run_epochs(5)
    run.rewind()
    assert same(run, fresh) and (run.step, run.epoch, run.status) == (0, 0, "ready")
    assert len(run.history) == 1 and len(run.previous) == 6
    run.run_epochs(5)
    fresh.run_epochs(5)
    assert same(run, fresh)


def test_the_last_finite_weights_come_back_in_a_session_that_had_diverged():
    run = Run(network(**{"optimizer.kind": "sgd", "model.activation": "relu", "optimizer.learning_rate": 0.01}))
    run.run_epochs(3)
    wanted = run.weights()
    run.change(ex.change(run.experiment, {"optimizer.learning_rate": 10.0}))
    run.run_epochs(50)
    assert run.status == "diverged"
    finite = int(run.history.column("epoch")[-1])
    again = Run.from_record(run.record())
    run.restore()
    again.restore()
    assert again.status == "paused" and again.epoch == run.epoch == finite >= 3
    assert all(np.array_equal(again.weights()[name], w) for name, w in run.weights().items())
    again.seek(3)
    assert all(np.array_equal(again.weights()[name], w) for name, w in wanted.items())


def test_any_epoch_of_the_past_comes_back_to_the_last_bit(monkeypatch):
    monkeypatch.setattr(trainer, "MAX_CHECKPOINT_BYTES", 0)  # as few as there may be: replay in earnest
    run = Run(network())
    states = {}
    e = run.experiment
    for epoch in range(60):
        if epoch == 11:
            run.step_batch()
            run.change(ex.change(e, {"data.points": run.problem.points.add([[1.0, 2.0]] * 9, [0] * 9)}))
        if epoch == 23:
            run.step_batch()
            run.change(ex.change(run.experiment, {"training.batch_size": 5, "optimizer.learning_rate": 0.1}))
        states[epoch] = (run.weights(), run.step)
        run.step_epoch()
    assert run.reach == (0, 60) and len(run.checkpoints) <= 17
    now = run.experiment
    for epoch in (59, 12, 24, 0, 37, 10, 25):
        run.seek(epoch)
        if epoch not in (11, 23):
            assert run.epoch == epoch and run.step == states[epoch][1]
            assert all((states[epoch][0][k] == w).all() for k, w in run.weights().items())
    assert run.experiment == now and len(run.history) == 61


def test_play_from_an_earlier_epoch_leaves_the_old_future_as_a_ghost():
    run, straight = Run(network()), Run(network())
    run.run_epochs(20)
    run.seek(5)
    assert run.history.column("epoch")[-1] == 20
    run.step_epoch()
    assert run.history.column("epoch")[-1] == 6 and run.previous.column("epoch")[-1] == 20
    straight.run_epochs(6)
    assert same(run, straight)
    run.seek(5)
    run.change(ex.change(run.experiment, {"optimizer.learning_rate": 0.3}))
    run.step_epoch()
    assert not same(run, straight)
    assert [(event.epoch, event.position) for event in run.events] == [(0, 0), (5, 0)]


def test_the_log_of_events_is_bounded(monkeypatch):
    monkeypatch.setattr(replay, "MAX_EVENT_BYTES", 20_000)
    run = Run(network())
    for _ in range(30):
        points = run.problem.points.add([[0.0, 0.0]], [1])
        run.change(ex.change(run.experiment, {"data.points": points}))
        run.step_epoch()
    assert len(run.events) < 15
    first, last = run.reach
    assert 0 < first < last == 30
    run.seek(first)
    assert run.epoch == first


# ---- plain values ----
@pytest.mark.parametrize("optimizer", ["adam", "momentum", "sgd"])
def test_a_record_goes_on_to_the_last_bit(optimizer):
    e = network(**{"optimizer.kind": optimizer})
    straight, run = Run(e), Run(e)
    run.run_epochs(7)
    run.step_batch()
    run.step_batch()
    record = run.record()
    run.run_epochs(3)  # the record must not notice
    again = Run.from_record(record)
    assert (again.epoch, again.position, again.status) == (7, 32, "paused")
    again.run_epochs(5)
    straight.run_epochs(12)
    assert same(again, straight)
    losses = [r.history.column("test_loss") for r in (again, straight)]
    np.testing.assert_allclose(*losses, rtol=1e-12)  # of the same weights, added up in another order
    again.seek(3)
    straight.seek(3)
    assert again.epoch == 3 and same(again, straight)


def test_a_record_of_a_polynomial():
    run = Run(curve(**{"model.order": 9, "model.ln_lambda": -18.0}))
    again = Run.from_record(run.record())
    assert (again.weights()["w"] == run.weights()["w"]).all() and again.status == "finished"


def test_a_record_made_while_looking_back_keeps_the_future():
    run = Run(network())
    run.run_epochs(9)
    run.seek(4)
    again = Run.from_record(run.record())
    assert again.epoch == 4 and again.reach == (0, 9)
    again.seek(9)
    run.seek(9)
    assert same(again, run)


def test_the_last_event_of_a_record_leads_to_its_experiment():
    run = Run(network())
    run.run_epochs(6)
    run.change(ex.change(run.experiment, {"training.l2": 0.1}))
    assert run.record().events[-1].experiment == run.experiment
    run.step_epoch()
    run.seek(2)
    run.change(ex.change(run.experiment, {"training.l2": 0.2}))
    record = run.record()
    assert record.events[-1].experiment == run.experiment and record.events[-1].epoch == 2
    assert record.history["epoch"][-1] == 2


def test_a_record_with_weights_of_another_shape_is_refused():
    from dataclasses import replace

    run = Run(network())
    with pytest.raises(SpecError, match=r"0\.weight must have the shape \(4, 2\)"):
        Run.from_record(replace(run.record(), weights=Run(network(**{"model.hidden": (3,)})).weights()))
    with pytest.raises(SpecError, match="9, not"):
        Run.from_record(replace(Run(curve()).record(), experiment=curve(**{"model.order": 9})))


def test_the_story_of_the_spiral():
    run = Run(ex.change(ex.default("classify"), {"model.hidden": (8, 8), "optimizer.learning_rate": 0.01,
                                                 "training.batch_size": 16}))  # fmt: skip
    run.run_epochs(400)
    assert run.scores()["test"].accuracy >= 0.95
    assert run.history.column("test_accuracy")[200:].max() >= 0.95
