"""Every typed value that a lab can answer with has a figure and a table, whatever is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as experiments
from playground.engine.export import figures, plots
from playground.engine.export.figures import FIGURES, figure_of
from playground.engine.export.ink import ROLES
from playground.engine.export.numbers import TABLES, write_table
from playground.engine.export.pictures import Picture, is_empty, pictures, view_of
from playground.engine.inside import HiddenSpace
from playground.engine.registry import labs
from playground.engine.snapshot import (
    Fan,
    FanMap,
    Folds,
    Formula,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Network,
    Panel,
    PlaneMarks,
    Predictions,
    Role,
    Series,
    Summary,
    Surface,
)
from playground.engine.trainer import Run

ON_THE_CANVAS = {Fan, FanMap, PlaneMarks, Predictions}
"""Parts of the canvas, no pictures of their own."""
X = np.linspace(0.0, 1.0, 21)
NAN = float("nan")


def grid(value: Any, **more: Any) -> GridMap:
    value = np.array(value, dtype=float)
    rows, columns = value.shape
    return GridMap(x=(None, *map(float, range(1, columns))), y=tuple(map(float, range(rows))), value=value,
                   x_path="model.ln_lambda", y_path="model.order", value_label="E_RMS", **more)  # fmt: skip


def line(role: Role, y: Any, error: Any = None) -> Series:
    y = np.array(y, dtype=float)
    bars = None if error is None else np.array(error, dtype=float)
    return Series(role, role, np.arange(len(y), dtype=float), y, markers=True, error=bars)


def surface(value: Any, **more: Any) -> Surface:
    value = np.array(value, dtype=float)
    return Surface(x=np.linspace(-1, 1, value.shape[1]), y=np.linspace(0, 2, value.shape[0]), value=value,
                   x_label="w₀", y_label="w₁", **more)  # fmt: skip


FULL: dict[str, Summary] = {
    "map": grid([[1, 2, NAN], [0.5, 1e4, 3]], best=(0, 1), simplest=(1, 0), here=(2, 1), note="Best: order 1."),
    "map of one cell": grid([[2.0]], best=(0, 0), here=(0, 0)),
    "map with zeros": grid([[0.0, -1.0], [np.inf, 7.0]]),
    "gallery": Gallery("Fits", tuple(Panel(f"M = {m}", X**m, "0.3", m == 3) for m in range(5)), X, X, X[::4], X[::4]),
    "gallery of one": Gallery("Fits", (Panel("$", X * NAN),), X),
    "folds": Folds(ids=np.arange(6), fold=np.arange(6) % 3, train=np.array([0.1, 0.2, 0.3]),
                   held_out=np.array([1.0, NAN, 0.5]), x=X, curves=np.stack([X, X**2, X**3]), mean=0.75,
                   standard_error=0.1, n_trainings=3),
    "folds without fits": Folds("Folds", np.arange(2), np.arange(2), np.ones(2), np.ones(2),
                                 mean=NAN, standard_error=NAN),
    "surface": surface(np.add.outer(np.arange(5.0), np.arange(7.0)), path=np.array([[0.0, 0.0], [0.5, 1.0]]),
                       here=(0.5, 1.0), minimum=(-1.0, 0.0), note="Condition number 7."),
    "flat surface": surface(np.ones((2, 2))),
    "surface with gaps": surface([[1.0, NAN, 2.0], [3.0, 4.0, np.inf]]),
    "formulas": Formulas("E", (Formula(r"E(\mathbf{w}) = \frac{1}{2}\sum_n \{y_n - t_n\}^2 =", "E(w)", 0.5, "training"),
                          Formula(r"\begin{cases} a \\ b \end{cases} =", "a or b, $5", NAN, "variance"),
                          Formula(r"\lambda = e^{-18}", "lambda"))),
    "lines with errors": Lines(series=(line("bias", [1, 2, 3], [0.1, NAN, 0.3]), line("variance", [3, 2, 1]),
                                       line("noise", [1, 1, NAN]), line("sum", [5, 5, 5], [NAN, NAN, NAN]))),
}  # fmt: skip

EMPTY: dict[str, Summary] = {
    "map": GridMap(note="Nothing was swept."),
    "map without numbers": grid([[NAN, NAN]]),
    "gallery": Gallery(),
    "folds": Folds(note="One point cannot be held out."),
    "surface": Surface(),
    "surface without numbers": surface([[NAN, NAN], [NAN, NAN]]),
    "formulas": Formulas(),
    "lines": Lines(series=(line("sum", [NAN, NAN]),)),
}


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(experiments.default())


def picture(summary: Summary, run: Run) -> Picture:
    return Picture("chart", "Chart", summary, run.experiment, run.problem, view_of(run, 20))


def drawn(summary: Summary, run: Run, path: Path, kind: str = "svg") -> bytes:
    with figures.style():
        figures.save(figure_of(picture(summary, run)), path, kind)
    return path.read_bytes()


def all_types(base: type[Summary] = Summary) -> Iterator[type[Summary]]:
    for cls in base.__subclasses__():
        yield cls
        yield from all_types(cls)


def test_every_type_that_a_lab_answers_with_has_a_figure_and_a_table() -> None:
    modules = (Summary.__module__, HiddenSpace.__module__)
    types = {cls for cls in all_types() if cls.__module__ in modules} - ON_THE_CANVAS
    assert {GridMap, Gallery, Folds, Surface, Formulas} < types
    assert types - set(FIGURES) == set()
    assert types - set(TABLES) == {Network}  # its weights are an export of their own


@pytest.mark.parametrize("case", FULL)
def test_a_chart_is_drawn_the_same_each_time_and_written_as_a_table(case: str, run: Run, tmp_path: Path) -> None:
    summary = FULL[case]
    assert not is_empty(summary) or case == "gallery of one"
    for kind in ("svg", "pdf", "png"):
        first, again = (drawn(summary, run, tmp_path / f"{name}.{kind}", kind) for name in "ab")
        assert first == again and len(first) > 1000
    rows = table(summary, tmp_path)
    assert len(rows) > 0 and all(None not in row.values() for row in rows)


@pytest.mark.parametrize("case", EMPTY)
def test_an_empty_chart_is_passed_over_and_can_be_drawn_all_the_same(case: str, run: Run, tmp_path: Path) -> None:
    assert is_empty(EMPTY[case])
    assert drawn(EMPTY[case], run, tmp_path / "a.svg").startswith(b"<?xml")
    table(EMPTY[case], tmp_path)


def table(summary: Summary, folder: Path) -> list[dict[str, str]]:
    write_table(folder / "a.csv", *TABLES[type(summary)](summary, None))
    with (folder / "a.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_map_is_a_row_for_each_cell(tmp_path: Path) -> None:
    rows = table(FULL["map"], tmp_path)
    assert [tuple(row.values()) for row in rows[2:4]] == [("2.0", "0.0", ""), ("off", "1.0", "0.5")]
    assert list(rows[0]) == ["model.ln_lambda", "model.order", "E_RMS"] and len(rows) == 6


def test_folds_say_which_points_they_hold_out(tmp_path: Path) -> None:
    rows = table(FULL["folds"], tmp_path)
    assert rows[1] == {"fold": "2", "train_rms": "0.2", "held_out_rms": "", "n_held_out": "2", "ids_held_out": "1 4"}


def test_standard_errors_have_columns_of_their_own(tmp_path: Path) -> None:
    rows = table(FULL["lines with errors"], tmp_path)
    assert list(rows[0]) == ["x", "bias", "bias, standard error", "variance", "noise", "sum", "sum, standard error"]
    assert [row["bias, standard error"] for row in rows] == ["0.1", "", "0.3"]


def test_a_surface_and_a_gallery_are_written_in_full(tmp_path: Path) -> None:
    rows = table(FULL["surface"], tmp_path)
    assert len(rows) == 35 and [float(v) for v in rows[-1].values()] == [1.0, 2.0, 10.0]
    rows = table(FULL["gallery"], tmp_path)
    assert list(rows[0]) == ["x", "truth", "M = 0", "M = 1", "M = 2", "M = 3", "M = 4"]
    assert float(rows[-2]["M = 4"]) == X[-2] ** 4


def test_standard_errors_are_drawn(run: Run, tmp_path: Path) -> None:
    without = Lines(series=(line("bias", [1, 2, 3]),))
    with_bars = Lines(series=(line("bias", [1, 2, 3], [0.1, 0.2, 0.3]),))
    assert drawn(with_bars, run, tmp_path / "a.svg").count(b"LineCollection") == 1
    assert b"LineCollection" not in drawn(without, run, tmp_path / "b.svg")


def test_a_formula_that_cannot_be_typeset_stands_in_plain_text(run: Run) -> None:
    with figures.style():
        figure = figure_of(picture(FULL["formulas"], run))
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said[0].startswith(r"$E(\mathbf{w}) = \frac") and not said[0].endswith("=$") and said[1] == "= 0.500"
    assert said[2:] == [r"a or b, \$5", "= \N{EM DASH}", r"$\lambda = e^{-18}$"]


def test_roles_are_told_apart_by_everybody() -> None:
    """Also after the two common kinds of colour blindness (Machado, Oliveira & Fernandes 2009, severity 1)."""
    parts = [ROLES[role] for role in ("bias", "variance", "noise", "sum")]
    rgb = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in parts])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    for matrix in (np.eye(3), np.array(deutan), np.array(protan)):
        seen = np.clip(linear @ matrix.T, 0, 1) ** (1 / 2.2)
        apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)[np.triu_indices(len(parts), 1)]
        assert apart.min() > 0.25


def test_progress_comes_before_each_chart_is_computed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    lab = type(labs["curve"])
    computed = lab.summarize

    def summarize(self: Any, name: str, run: Run, view: Any) -> Summary | None:
        said.append(f"computed {name}")
        return computed(self, name, run, view)

    monkeypatch.setattr(lab, "summarize", summarize)
    monkeypatch.setattr(plots, "KINDS", ("svg",))
    shares: list[float] = []
    plots.write(run, tmp_path, lambda share, sentence: (shares.append(share), said.append(sentence))[0])
    assert said[:3] == ["Fit", "computed fit", "Canvas as SVG"]
    assert shares == sorted(shares) and shares[-1] < 1
    said.clear()
    assert [found.name for _, found in pictures(run, only="scores")] == ["scores"] and said == ["computed scores"]
    said.clear()
    assert [found.name for _, found in pictures(run, only="canvas")] == ["canvas"]
    assert said == ["computed fit", "computed network"]  # a polynomial has none


@pytest.mark.parametrize(("model", "changes"), [
    ("svm", {"data.kind": "gauss"}), ("svm", {"data.kind": "blobs"}), ("tree", {}), ("naive_bayes", {}),
])  # fmt: skip
def test_the_canvas_of_a_figure_has_the_marks_of_the_model(model: str, changes: dict[str, object]) -> None:
    run = Run(experiments.change(experiments.default("classify"), {"model.kind": model, "data.n": 60, **changes}))
    ((_, picture),) = pictures(run, only="map")
    assert picture.marks is not None
    with figures.style():
        drawn = figures.figure_of(picture).axes[0]
        bare = figures.figure_of(replace(picture, marks=None)).axes[0]
    assert len(drawn.lines) + len(drawn.collections) > len(bare.lines) + len(bare.collections)


def test_the_boundary_of_a_figure_stands_where_the_threshold_puts_it() -> None:
    changes = {"data.kind": "gauss", "data.n": 80, "model.kind": "logistic", "decision.threshold": 0.2}
    run = Run(experiments.change(experiments.default("classify"), changes))
    run.run_epochs(20)
    ((_, picture),) = pictures(run, only="map")
    assert (picture.predicted == (run.predict(run.problem.points.X)[:, 1] > 0.2)).all()
    with figures.style():
        (line,) = figures.figure_of(picture).axes[0].collections
    places = np.vstack([path.vertices for path in line.get_paths()])
    assert run.predict(places)[:, 1] == pytest.approx(0.2, abs=0.01)
