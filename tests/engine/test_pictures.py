"""Which summaries are computed when: the canvas at once, a slow chart beside it never in its way."""

from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import pictures as pictures_module
from playground.engine.commands import Load, Set, Watch
from playground.engine.pictures import CHART_INTERVAL_S, LONG_S, Pictures
from playground.engine.points import Points
from playground.engine.snapshot import Lines, View
from playground.engine.trainer import Run
from playground.engine.worker import Worker

VIEW = View((0.0, 1.0))
CHARTS = {"rms_by_order": 3 * LONG_S, "scores": 0.0}
"""What stands beside the canvas in these tests, and the seconds that each takes."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Its charts take as long as CHARTS says; each names the version that it shows."""
    summarize = Run.summarize

    def slowly(self: Run, name: str, view: View) -> Any:
        if name not in CHARTS:
            return summarize(self, name, view)
        time.sleep(CHARTS[name])
        return Lines(title=f"{name} {self.version}")

    monkeypatch.setattr(Run, "summarize", slowly)
    monkeypatch.setattr(pictures_module, "DENSE_S", 0.0)  # here no hand moves, and charts take no turns
    return Run(ex.default("curve"))


def watching() -> Pictures:
    found = Pictures()
    found.watch = Watch(frozenset({"fit", "predictions", *CHARTS}), VIEW)
    return found


def moved(e: ex.Experiment, by: float) -> ex.Experiment:
    points = e.data.make(e.seed.data)
    return ex.change(e, {"data.points": Points(points.X, points.t + by, points.ids, points.part)})


def test_a_slow_chart_is_put_off_once_where_the_run_has_moved(run: Run) -> None:
    pictures = watching()
    first = pictures.of(run, busy=False)
    assert not pictures.owing and all(summary is not None for summary in first.values())
    run.change(moved(run.experiment, 1.0))
    second = pictures.of(run, busy=False)
    assert pictures.owing and second["rms_by_order"] is first["rms_by_order"]
    assert second["scores"].title == f"scores {run.version}"  # quick ones come at once
    assert second["fit"].y.mean() == pytest.approx(first["fit"].y.mean() + 1.0)
    third = pictures.of(run, busy=False)
    assert not pictures.owing and third["rms_by_order"].title == f"rms_by_order {run.version}"
    assert third["fit"] is second["fit"]


def test_while_a_hand_moves_charts_take_turns_and_the_one_in_front_has_every_second(run: Run, monkeypatch) -> None:
    monkeypatch.setattr(pictures_module, "DENSE_S", 60.0)
    for name in CHARTS:
        monkeypatch.setitem(CHARTS, name, 0.0)
    pictures = watching()
    pictures.watch = Watch(frozenset({"fit", *CHARTS}), VIEW, "scores")
    before, fresh = pictures.of(run, busy=False), []
    for i in range(8):
        run.change(moved(run.experiment, 0.1 * i + 0.1))
        after = pictures.of(run, busy=False)
        assert after["fit"] is not before["fit"], "the canvas waits for nothing"
        fresh.append({name for name in CHARTS if after[name] is not before[name]})
        assert pictures.owing and not pictures.rested
        before = after
    assert all(len(names) == 1 for names in fresh)
    assert sum("scores" in names for names in fresh) == 4
    assert all("scores" in a | b for a, b in itertools.pairwise(fresh))
    last = pictures.of(run, busy=False)
    assert not pictures.owing and all(last[name].title == f"{name} {run.version}" for name in CHARTS)


def test_a_run_that_never_rests_is_late_after_a_while(run: Run) -> None:
    pictures = watching()
    pictures.of(run, busy=False)
    begun = time.perf_counter()
    run.change(moved(run.experiment, 0.1))
    pictures.of(run, busy=False)
    assert pictures.late == (time.perf_counter() - begun >= CHART_INTERVAL_S)
    time.sleep(CHART_INTERVAL_S)
    run.change(moved(run.experiment, 0.2))
    pictures.of(run, busy=False)
    assert pictures.owing and pictures.late
    pictures.of(run, busy=False)
    assert not pictures.owing and not pictures.late


def test_another_run_and_another_view_wait_for_nothing(run: Run) -> None:
    pictures = watching()
    pictures.of(run, busy=False)
    other = Run(moved(run.experiment, 1.0))
    assert pictures.of(other, busy=False)["rms_by_order"].title == f"rms_by_order {other.version}"
    pictures.watch = Watch(pictures.watch.names, View((0.0, 2.0)))
    assert pictures.of(other, busy=False)["fit"].x[-1] == 2.0 and not pictures.owing


def test_a_chart_that_has_become_quick_is_not_put_off_for_ever(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = watching()
    pictures.of(run, busy=False)
    monkeypatch.setitem(CHARTS, "rms_by_order", 0.0)
    put_off = 0
    for i in range(8):
        run.change(moved(run.experiment, 0.1 * i))
        pictures.of(run, busy=False)
        put_off += pictures.owing
        pictures.of(run, busy=False)
    assert 1 <= put_off < 8


def test_the_worker_sends_the_canvas_first_and_the_chart_after_it(run: Run) -> None:
    worker, seen = Worker(), []
    worker.start()
    try:
        worker.send(Load(1, run.experiment))
        worker.send(Watch(frozenset({"fit", *CHARTS}), VIEW))
        last, deadline = None, time.monotonic() + 20
        while last is None or "rms_by_order" not in last.summaries:
            last = worker.take() or last
            assert time.monotonic() < deadline
        changed = moved(run.experiment, 1.0)
        level = last.summaries["fit"].y.mean() + 0.5
        worker.send(Set(changed))
        while not seen or seen[-1].summaries["rms_by_order"] is last.summaries["rms_by_order"]:
            snapshot = worker.take()
            if snapshot is not None:
                seen.append(snapshot)
            assert time.monotonic() < deadline
        news = next(s for s in seen if s.summaries["fit"].y.mean() > level)
        assert news.summaries["rms_by_order"] is last.summaries["rms_by_order"]  # out before the chart was made
        assert np.array_equal(seen[-1].summaries["fit"].y, news.summaries["fit"].y)
    finally:
        assert worker.close()
