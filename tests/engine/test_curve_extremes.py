"""Every chart of the curve lab at the edges of what can be set up: no chart fails, and where there is nothing to show,
a sentence says so.

The charts are those that the lab names for the experiment, so a new one is tried here by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine import compiled
from playground.engine import experiment as ex
from playground.engine.executors import sweep
from playground.engine.experiment import Experiment
from playground.engine.export import available, export, figures
from playground.engine.export.pictures import pictures
from playground.engine.labs.curve import CurveLab
from playground.engine.points import EMPTY_1D, Points
from playground.engine.schema import SpecError
from playground.engine.snapshot import (
    Choice,
    Folds,
    Gallery,
    GridMap,
    Lines,
    Summary,
    Surface,
    View,
    freeze,
)
from playground.engine.trainer import Run

AGAIN = 400
"""Pictures at most until a chart that comes in slices is complete."""


def drawn(x: Any, t: Any, **more: Any) -> dict[str, Any]:
    """Points of a person's own, all of them learned from unless the split says otherwise."""
    points = Points(np.array(x, dtype=float)[:, None], np.array(t, dtype=float))
    return {"data.kind": "drawn", "data.points": points, "split.train": 1.0} | more


def wave(n: int) -> np.ndarray:
    return np.sin(2.3 * np.arange(n)) * 0.5


CASES: dict[str, dict[str, Any]] = {
    "no points": {"data.points": EMPTY_1D},
    "an empty canvas": {"data.kind": "drawn"},
    "one point": {"data.n": 1},
    "two points": {"data.n": 2},
    "three points": {"data.n": 3},
    "three points, the highest order": {"data.n": 3, "model.order": 20},
    "three points, the highest order, descent": {
        "data.n": 3, "model.order": 20, "optimizer.kind": "sgd", "optimizer.learning_rate": 0.01},
    "all x equal": drawn([0.5] * 6, wave(6)),
    "all x equal, high order": drawn([0.5] * 6, wave(6), **{"model.order": 9}),
    "all x equal, a penalty": drawn([0.5] * 6, wave(6), **{"model.order": 9, "model.ln_lambda": -5.0}),
    "all x zero": drawn([0.0] * 5, wave(5), **{"model.order": 4}),
    "all x equal and far out": drawn([1e6] * 5, wave(5), **{"model.order": 4}),
    "all x equal, bumps": drawn([0.5] * 6, wave(6), **{"model.kind": "gaussian"}),
    "all x equal, waves": drawn([0.5] * 6, wave(6), **{"model.kind": "fourier"}),
    "all x equal, Legendre": drawn([0.5] * 6, wave(6), **{"model.basis": "legendre"}),
    "all x equal, descent": drawn([0.5] * 6, wave(6), **{"optimizer.kind": "sgd"}),
    "all points equal": drawn([0.3] * 7, [0.2] * 7),
    "all targets zero": drawn(np.linspace(0, 1, 8), [0.0] * 8),
    "all targets equal": drawn(np.linspace(0, 1, 8), [3.0] * 8, **{"model.ln_lambda": 0.0}),
    "every point twice": drawn(np.repeat(np.linspace(0, 1, 5), 2), wave(10), **{"model.order": 9}),
    "x up to 1e6": drawn(np.linspace(-1e6, 1e6, 9), wave(9), **{"model.order": 9}),
    "x up to 1e12": drawn(np.linspace(-1e12, 1e12, 9), wave(9), **{"model.order": 9}),
    "x up to 1e12, a penalty": drawn(np.linspace(0, 1e12, 9), wave(9), **{"model.order": 20, "model.ln_lambda": 5.0}),
    "x up to 1e12, bumps": drawn(np.linspace(-1e12, 1e12, 9), wave(9), **{"model.kind": "gaussian"}),
    "x up to 1e15, Legendre": drawn(np.linspace(-1e15, 1e15, 9), wave(9), **{
        "model.basis": "legendre", "model.order": 20}),
    "t up to 1e12": drawn(np.linspace(0, 1, 9), 1e12 * wave(9), **{"model.order": 9}),
    "x and t up to 1e15": drawn(1e15 * wave(9), 1e15 * wave(9), **{"model.order": 3, "model.ln_lambda": -50.0}),
    "x far out and close together": drawn(1e6 + np.arange(8) * 1e-3, wave(8), **{"model.order": 5}),
    "neighbouring numbers": drawn(0.5 + np.arange(8) * 2.0**-53, wave(8), **{"model.order": 5}),
    "neighbouring numbers and others": drawn(
        [0.1, *(0.5 + np.arange(5) * 2.0**-53), 0.8], wave(7), **{"model.order": 6}),
    "a clump of a hundred": drawn([0.0, *np.linspace(0.7, 0.7001, 98), 1.0], wave(100), **{"model.order": 9}),
    "one point far away": drawn([*np.linspace(0, 1, 7), 1e12], wave(8), **{"model.order": 7}),
    "one point far away, bumps": drawn([*np.linspace(0, 1, 7), 1e12], wave(8), **{"model.kind": "gaussian"}),
    "one point far away, descent": drawn(
        [*np.linspace(0, 1, 7), 1e12], wave(8), **{"optimizer.kind": "adam", "model.basis": "legendre"}),
    "x tiny, a penalty": drawn(np.arange(8) * 1e-300, wave(8), **{"model.order": 5, "model.ln_lambda": -18.0}),
    "x tiny, bumps": drawn(np.arange(8) * 1e-300, wave(8), **{"model.kind": "gaussian"}),
    "x tiny, descent": drawn(np.arange(8) * 1e-300, wave(8), **{"optimizer.kind": "sgd"}),
    "x subnormal": drawn(np.arange(8) * 5e-324, wave(8), **{"model.order": 5}),
    "t tiny": drawn(np.linspace(0, 1, 8), 1e-300 * wave(8), **{"model.order": 5}),
    "t subnormal": drawn(np.linspace(0, 1, 8), 5e-324 * np.arange(8), **{"model.order": 5}),
    "x tiny": drawn(np.arange(8) * 1e-300, wave(8), **{"model.order": 5}),
    "least penalty": {"model.ln_lambda": -50.0, "model.order": 9},
    "greatest penalty": {"model.ln_lambda": 5.0, "model.order": 9},
    "greatest penalty, w0 too": {"model.ln_lambda": 5.0, "model.order": 20, "model.penalise_bias": True},
    "no noise": {"data.noise": 0.0, "model.order": 9},
    "no test points": {"data.n_test": 0, "model.order": 9},
    "as many folds as can be": {"selection.folds": 1000},
    "two folds": {"selection.folds": 2, "model.order": 9},
    "validation, no training": {"split.train": 0.0, "split.validation": 1.0, "split.test": 0.0},
    "test, no training": {"split.train": 0.0, "split.validation": 0.0, "split.test": 1.0, "data.n_test": 0},
    "one training point": drawn([0.1, 0.4, 0.9], wave(3), **{"split.train": 0.3, "split.validation": 0.7}),
    "the widest range": {"data.low": -1e6, "data.high": 1e6, "model.order": 9},
    "the narrowest range": {"data.low": 999_999.0, "data.high": 1e6, "model.order": 9},
    "a range far from zero": {"data.low": 5e5, "data.high": 5e5 + 1, "model.order": 20, "model.ln_lambda": -18.0},
    "a thousand points": {"data.n": 1000},
    "descent that diverges": {
        "optimizer.kind": "sgd", "optimizer.learning_rate": 10.0, "model.order": 9, "data.high": 3.0},
    "descent, bumps": {"optimizer.kind": "adam", "model.kind": "gaussian"},
    "a network on one point": {"model.kind": "mlp", "data.n": 1},
    "a network, all x equal": drawn([0.5] * 6, wave(6), **{"model.kind": "mlp"}),
    "a network, x up to 1e12": drawn(np.linspace(0, 1e12, 9), wave(9), **{"model.kind": "mlp"}),
}  # fmt: skip


def experiment(case: str) -> Experiment:
    return ex.change(ex.default("curve"), CASES[case])


TINY = {case for case in CASES if case.startswith(("x tiny", "x subnormal", "neighbouring numbers"))}
"""Where float64 cannot hold what is asked for: weights of 1e400, points that no polynomial of z tells apart."""


def started(case: str) -> Run:
    run = Run(experiment(case))
    run.run_epochs(3)
    return run


def names_of(run: Run) -> list[str]:
    docks = CurveLab().docks(run.experiment)
    return [slot.name for slots in docks for slot in slots] + [*CurveLab().canvas, "fan"]


def view_of(run: Run) -> View:
    return View(run.experiment.data.extent()[0], (-2.0, 2.0), 100, fan=5)


def complete(run: Run, name: str) -> Summary | None:
    """The chart as it stands when nothing more is on its way."""
    for _ in range(AGAIN):
        summary = run.summarize(name, view_of(run))
        if not getattr(summary, "behind", False):
            frozen: Summary | None = freeze(summary)
            return frozen
    raise AssertionError(f"{name} never ends")


def parts(value: Any) -> Iterator[Any]:
    """All arrays, numbers and texts in it."""
    if is_dataclass(value):
        for f in fields(value):
            yield from parts(getattr(value, f.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    else:
        yield value


def is_sentence(text: str) -> bool:
    words = text.split()
    return text[:1] == text[:1].upper() and text.endswith(".") and not {"nan", "inf", "-inf", "None"} & set(words)


def shows_something(s: Summary) -> bool:
    """Whether there is anything to be seen but words."""
    if isinstance(s, Lines):
        return any(np.isfinite(line.y).any() for line in s.series)
    if isinstance(s, GridMap | Surface):
        return bool(np.isfinite(s.value).any())
    if isinstance(s, Folds):
        return bool(np.isfinite(s.held_out).any())
    if isinstance(s, Gallery):
        return any(np.isfinite(panel.y).any() for panel in s.panels)
    return True


@pytest.mark.parametrize("case", CASES)
def test_every_chart_shows_something_or_says_why_not(case: str) -> None:
    run = started(case)
    assert run.message == "" or is_sentence(run.message), run.message
    for name in names_of(run):
        summary = complete(run, name)
        if summary is None:
            assert not run.n_train or name == "fan" or not run.experiment.model.linear, name
            continue
        assert summary.title or name == "fan", name
        note = getattr(summary, "note", "")
        assert note == "" or is_sentence(note), (name, note)
        assert shows_something(summary) or note, f"{name} is empty and says nothing"
        for part in parts(summary):
            if isinstance(part, np.ndarray):
                assert not part.flags.writeable, name
                assert case in TINY or part.dtype.kind != "f" or np.isfinite(part).all(), name
            elif isinstance(part, float):
                # The deviation of a single fold is not a number, and is not shown.
                assert case in TINY or np.isfinite(part) or isinstance(summary, Folds), name
        follow(run, summary)


def follow(run: Run, summary: Summary) -> None:
    """What a chart recommends can be done."""
    for choice in summary.choices:
        assert isinstance(choice, Choice) and choice.label and "nan" not in choice.label
        changed = ex.change(run.experiment, choice.changes)
        assert all(getattr(changed.model, path.split(".")[1]) == value for path, value in choice.changes.items())


WITHOUT = ("all x equal", "every point twice", "x up to 1e12", "x and t up to 1e15", "x tiny, a penalty", "x subnormal",
           "three points, the highest order", "one training point")  # fmt: skip


@pytest.mark.parametrize("case", WITHOUT)
def test_no_chart_fails_before_the_kernels_are_compiled(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the first minute on a new machine."""

    def unavailable(*_: Any, **__: Any) -> Any:
        raise compiled.Unavailable("not yet")

    for name in ("ridge_sweep", "ridge_fits"):
        monkeypatch.setattr(sweep, name, unavailable)
    # What was computed with kernels is remembered for the same points and split, so here is another split.
    run = Run(ex.change(experiment(case), {"seed.split": 7}))
    for name in names_of(run):
        summary = complete(run, name)
        assert summary is None or shows_something(summary) or is_sentence(getattr(summary, "note", "")), name


THROUGH = ("no noise", "x up to 1e6", "x up to 1e12", "x up to 1e15, Legendre", "the widest range", "t up to 1e12",
           "the narrowest range", "neighbouring numbers and others", "one point far away")  # fmt: skip


@pytest.mark.parametrize("case", THROUGH)
def test_a_curve_that_is_said_to_pass_through_the_points_does(case: str) -> None:
    run = started(case)
    size = float(np.abs(run.problem.train.t).max())
    assert "through" in run.message
    assert run.scores()["train"].rms < 1e-9 * size
    line = complete(run, "rms_by_order")
    assert isinstance(line, Lines) and line.series[0].y[run.experiment.model.order] < 1e-9 * size


EXPORTED = ("one point", "all x equal", "all targets zero", "x up to 1e12", "x tiny", "x subnormal", "no points",
            "validation, no training", "three points, the highest order, descent", "as many folds as can be",
            "descent, bumps")  # fmt: skip


@pytest.mark.parametrize("case", EXPORTED)
def test_everything_can_be_taken_home_or_a_sentence_says_why_not(case: str, tmp_path: Path) -> None:
    run = started(case)
    for kind, *_ in available(run.experiment):
        if kind == "plots":
            continue
        folder = tmp_path / kind
        try:
            files = export([kind], run, folder)
        except SpecError as error:
            assert is_sentence(str(error)) and not folder.exists()
            assert not run.n_train or not run.executor.finite(), kind
            continue
        assert files and all(file.stat().st_size for file in files), kind


def test_every_chart_can_be_drawn_where_numbers_are_missing(tmp_path: Path) -> None:
    for _, picture in pictures(started("x tiny, a penalty")):
        with figures.style():
            figures.save(figures.figure_of(picture), tmp_path / "chart.svg", "svg")
        assert (tmp_path / "chart.svg").read_text().rstrip().endswith("</svg>"), picture.name
