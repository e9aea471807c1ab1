"""Histories stay bounded, keep their peaks, and survive being written down."""

from __future__ import annotations

import numpy as np

from playground.engine.history import Checkpoints, History, thin
from playground.engine.snapshot import Score


def filled(n: int, max_rows: int = 100_000) -> History:
    history = History(max_rows)
    for epoch in range(n):
        test = abs(epoch - 0.3 * n) / n + 0.1
        history.append(epoch, 10 * epoch, {"train": Score(5, 1 / (epoch + 1)), "test": Score(5, test, accuracy=0.5)})
    return history


def test_rows_are_what_was_appended():
    history = filled(300)
    np.testing.assert_array_equal(history.column("epoch"), np.arange(300))
    assert history.column("train_loss")[99] == 0.01
    assert history.best_epoch == 90
    assert history.has("test_accuracy") and not history.has("train_rms") and not history.has("validation_loss")


def test_an_epoch_that_comes_again_replaces_its_row():
    history = filled(3)
    history.append(2, 99, {})
    assert list(history.column("epoch")) == [0, 1, 2] and history.column("step")[-1] == 99


def test_thinned_rows_stay_even_bounded_and_end_with_the_newest():
    history = filled(1001, max_rows=100)
    epochs = history.column("epoch")
    assert len(history) < 100 and epochs[-1] == 1000
    assert set(np.diff(epochs[:-1])) == {history.spacing}
    assert history.best_epoch == 300
    again = History.from_columns(history.columns())
    assert again.spacing == history.spacing
    again.append(1001, 0, {})
    assert again.column("epoch")[-1] == 1001 and set(np.diff(again.column("epoch")[:-1])) == {again.spacing}


def test_truncate_forgets_the_future_and_its_best_epoch():
    history = filled(200)
    history.truncate(20)
    assert history.column("epoch")[-1] == 20 and history.best_epoch == 20


def test_columns_round_trip():
    history = filled(50)
    again = History.from_columns(history.columns())
    for name, column in history.columns().items():
        np.testing.assert_array_equal(again.column(name), column)
    assert again.best_epoch == history.best_epoch
    assert len(History.from_columns({})) == 0


def test_thinned_lines_keep_every_peak():
    y = np.sin(np.arange(50_000) / 3000)
    y[[12_345, 40_001]] = 9.0, -9.0
    x, shown = thin(np.arange(50_000.0), y)
    assert len(x) <= 2000 and (np.diff(x) > 0).all()
    assert (shown.max(), shown.min(), x[-1]) == (9.0, -9.0, 49_999)
    assert {12_345, 40_001} <= set(x)


def test_thinned_lines_pass_over_gaps():
    y = np.full(10_000, np.nan)
    y[7000:] = 1.0
    _, shown = thin(np.arange(10_000.0), y)
    assert np.nanmax(shown) == 1.0


def test_checkpoints_are_bounded_and_reach_back_to_the_first():
    kept = Checkpoints(most=10)
    for epoch in range(1000):
        kept.offer(epoch, lambda epoch=epoch: f"state {epoch}")
    assert len(kept) <= 10 and kept.first == 0
    at, state = kept.nearest(700)
    assert 700 - kept.spacing < at <= 700 and state == f"state {at}"
    kept.truncate(500)
    assert kept.nearest(999)[0] <= 500
    kept.forget_before(300)
    assert kept.first >= 300
