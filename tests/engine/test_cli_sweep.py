"""`playground sweep`: what VALUES mean, the table and the figure, folds, how it ends."""

from __future__ import annotations

import csv
import json
import math
import signal
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from playground.engine import experiment as experiments
from playground.engine import folds, session, sweeps
from playground.engine.export import Cancelled, sweep_figure
from playground.engine.problem import build
from playground.engine.snapshot import GridMap, View
from playground.engine.trainer import Run
from tests.engine.asking import Answer, Ask

SMALL = ("--lab", "classify", "--set", "data.n=60", "--set", "model.hidden=3")


def rows(folder: str = "results") -> list[dict[str, str]]:
    with open(Path(folder) / "sweep.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(row: dict[str, str], *names: str) -> list[float]:
    return [float(row[name]) for name in names]


# ---- the table ----


def test_a_sweep_of_orders_is_ten_runs(ask: Ask) -> None:
    told = ask("sweep", "--over", "model.order=0..9", "--set", "model.ln_lambda=-18", "--json").json
    assert list(told) == ["lab", "over", "folds", "n_rows", "n_trainings", "n_diverged", "best", "chosen_by",
                          "seconds", "files"]  # fmt: skip
    assert told["lab"] == "curve" and told["over"] == {"model.order": list(range(10))} and told["folds"] is None
    assert told["n_rows"] == told["n_trainings"] == 10 and told["n_diverged"] == 0
    assert told["files"] == ["results/sweep.csv", "results/sweep.svg"]
    table = rows()
    assert list(table[0]) == ["model.order", "train_loss", "validation_loss", "test_loss", "train_rms",
                              "validation_rms", "test_rms"]  # fmt: skip
    for order, row in enumerate(table):
        alone = ask("run", "--set", f"model.order={order}", "--set", "model.ln_lambda=-18", "--json").json
        assert row["model.order"] == str(order) and row["validation_loss"] == ""
        assert cells(row, "train_loss", "train_rms") == [alone["train"]["loss"], alone["train"]["rms"]]
        assert cells(row, "test_loss", "test_rms") == [alone["test"]["loss"], alone["test"]["rms"]]
    losses = [float(row["test_loss"]) for row in table]
    assert told["chosen_by"] == "test_rms" and told["best"]["model.order"] == losses.index(min(losses))
    assert told["best"]["test_loss"] == min(losses) and told["best"]["validation_loss"] is None


def test_networks_are_runs_too_and_the_first_parameter_varies_slowest(ask: Ask) -> None:
    told = ask("sweep", *SMALL, "--set", "split.validation=0.2", "--over", "model.activation=tanh,relu", "--over",
               "optimizer.learning_rate=0.01,0.1", "--epochs", 7, "--json").json  # fmt: skip
    table = rows()
    assert [tuple(row.values())[:2] for row in table] == [
        ("tanh", "0.01"), ("tanh", "0.1"), ("relu", "0.01"), ("relu", "0.1"),
    ]  # fmt: skip
    alone = ask("run", *SMALL, "--set", "split.validation=0.2", "--set", "model.activation=relu", "--set",
                "optimizer.learning_rate=0.01", "--epochs", 7, "--json").json  # fmt: skip
    for part in ("train", "validation", "test"):
        assert cells(table[2], f"{part}_loss", f"{part}_accuracy") == [alone[part]["loss"], alone[part]["accuracy"]]
    assert told["chosen_by"] == "validation_loss"


def test_iterative_training_stops_at_300_epochs_or_its_rule(ask: Ask) -> None:
    ask("sweep", *SMALL, "--over", "training.max_epochs=5,off", "--json")
    for row, epochs in zip(rows(), (5, 300), strict=True):
        assert float(row["train_loss"]) == ask("run", *SMALL, "--epochs", epochs, "--json").json["train"]["loss"]


def test_tags_come_before_what_belongs_to_them(ask: Ask) -> None:
    """In any order; and values that are lists have semicolons between them."""
    told = ask("sweep", "--over", "model.hidden=;2;2,2", "--over", "optimizer.kind=sgd,adam", "--set",
               "model.kind=mlp", "--epochs", 2, "--json").json  # fmt: skip
    assert told["over"] == {"model.hidden": ["", "2", "2,2"], "optimizer.kind": ["sgd", "adam"]}
    assert [row["model.hidden"] for row in rows()] == ["", "", "2", "2", "2,2", "2,2"]
    assert [row["optimizer.kind"] for row in rows()] == ["sgd", "adam"] * 3
    alone = ask("run", "--set", "model.kind=mlp", "--set", "model.hidden=2,2", "--set", "optimizer.kind=adam",
                "--epochs", 2, "--json").json  # fmt: skip
    assert float(rows()[-1]["train_loss"]) == alone["train"]["loss"]


def test_off_and_switches_are_written_as_set_takes_them(ask: Ask) -> None:
    assert ask("sweep", "--over", "model.ln_lambda=off,-18", "--over", "model.penalise_bias=on,off").code == 0
    assert [row["model.ln_lambda"] for row in rows()] == ["off", "off", "-18.0", "-18.0"]
    assert [row["model.penalise_bias"] for row in rows()] == ["on", "off"] * 2


def test_points_of_a_file_and_a_session_can_be_swept(ask: Ask, tmp_path: Path) -> None:
    lines = [f"{k},{k * k},{'train' if k < 6 else 'test'}" for k in range(8)]
    Path("a.csv").write_text("\n".join(["day,deg,split", *lines]) + "\n")
    said = ask("sweep", "--data", "a.csv", "--columns", "day,deg", "--over", "model.order=1..3", "--folds", 3, "--json")
    assert said.json["best"]["model.order"] == 2 and len(rows()) == 9
    session.write("a.playground", Run(experiments.default()).record())
    assert ask("sweep", "a.playground", "--over", "model.order=1,2", "--out", "b", "--json").json["n_rows"] == 2
    link = experiments.to_link(experiments.default("classify"))
    said = ask("sweep", link, "--over", "data.noise=0,0.1", "--epochs", 1, "--out", "c", "--json")
    assert said.json["lab"] == "classify"


# ---- folds ----


def folds_of(e: Any, n_folds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    train = build(e).train
    return train.X, train.t, folds.folds_of(train.ids, n_folds, e.seed.split)


def test_folds_agree_with_scikit_learn(ask: Ask) -> None:
    """Least squares on powers of x, with the same points held out."""
    e = experiments.set_text(experiments.default(), [("data.n", "30")])
    told = ask("sweep", "--set", "data.n=30", "--over", "model.order=0..5", "--folds", 7, "--json").json
    X, t, fold = folds_of(e, 7)
    table = rows()
    assert told["n_rows"] == len(table) == 42 and list(table[0])[:2] == ["model.order", "fold"]
    assert [row["fold"] for row in table[:7]] == ["1", "2", "3", "4", "5", "6", "7"]
    means = []
    for order in range(6):
        model = make_pipeline(PolynomialFeatures(order), LinearRegression())
        theirs = -cross_val_score(model, X, t, cv=PredefinedSplit(fold), scoring="neg_mean_squared_error")
        ours = np.array([float(row["validation_rms"]) for row in table[7 * order : 7 * order + 7]])
        np.testing.assert_allclose(ours**2, theirs, rtol=1e-8)
        means.append(np.sqrt(theirs).mean())
    assert told["chosen_by"] == "validation_rms" and told["best"]["model.order"] == int(np.argmin(means))
    assert told["best"]["validation_rms"] == pytest.approx(min(means))


def test_the_best_is_what_the_map_in_the_window_recommends(ask: Ask) -> None:
    told = ask("sweep", "--over", "model.order=0..9", "--over", "model.ln_lambda=off,-48:5:3", "--folds", 10,
               "--json").json  # fmt: skip
    shown = GridMap(behind=True)
    while shown.behind:
        shown = Run(experiments.default()).summarize("cv_map", View())
    assert shown.best is not None and shown.choices[0].changes == {
        "model.order": told["best"]["model.order"], "model.ln_lambda": told["best"]["model.ln_lambda"],
    }  # fmt: skip
    column, row = shown.best
    assert told["best"]["validation_rms"] == pytest.approx(shown.value[row, column], rel=1e-6)


def test_a_fold_is_a_run_on_the_other_points(ask: Ask) -> None:
    """For a network: what comes out is what a file says that holds the same points out."""
    e = experiments.set_text(experiments.default("classify"), [("data.n", "60"), ("model.hidden", "3")])
    ask("sweep", *SMALL, "--over", "training.l2=0,0.01", "--folds", 4, "--epochs", 9, "--json")
    problem = build(e)
    ids = problem.train.ids
    fold = dict(zip(ids.tolist(), folds.folds_of(ids, 4, e.seed.split).tolist(), strict=True))
    parts = {0: "train", 1: "validation", 2: "test"}
    held = 2
    lines = ["x1,x2,label,split"]
    for k, point in enumerate(problem.points.ids.tolist()):
        part = "validation" if fold.get(point) == held else parts[int(problem.part[k])]
        x1, x2 = problem.points.X[k].tolist()
        lines.append(f"{x1!r},{x2!r},{'AB'[int(problem.points.t[k])]},{part}")
    Path("held.csv").write_text("\n".join(lines) + "\n")
    alone = ask("run", "--data", "held.csv", "--set", "model.hidden=3", "--set", "training.l2=0.01", "--epochs", 9,
                "--json").json  # fmt: skip
    row = rows()[4 + held]
    assert (row["training.l2"], row["fold"]) == ("0.01", "3")
    for part in ("train", "validation", "test"):
        wanted = [alone[part]["loss"], alone[part]["accuracy"]]
        assert cells(row, f"{part}_loss", f"{part}_accuracy") == pytest.approx(wanted, rel=1e-5)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=200, unique=True), st.integers(0, 99999), st.data())
def test_folds_are_balanced_and_go_by_the_point(ids: list[int], seed: int, data: st.DataObject) -> None:
    n_folds = data.draw(st.integers(2, len(ids)))
    fold = folds.folds_of(np.array(ids), n_folds, seed)
    sizes = np.bincount(fold, minlength=n_folds)
    assert len(sizes) == n_folds and sizes.max() - sizes.min() <= 1 and sizes.min() >= 1
    turned = folds.folds_of(np.array(ids[::-1]), n_folds, seed)
    assert fold.tolist() == turned[::-1].tolist()


def test_the_validation_part_sits_out_and_each_point_is_held_out_once() -> None:
    e = experiments.set_text(experiments.default("classify"), [("split.validation", "0.3"), ("data.n", "50")])
    problem = build(e)
    seen = []
    for changes in sweeps._held_out(e, 5):
        held = build(experiments.change(e, changes))
        assert held.parts["test"].ids.tolist() == problem.parts["test"].ids.tolist()
        assert not set(held.points.ids.tolist()) & set(problem.parts["validation"].ids.tolist())
        seen += held.parts["validation"].ids.tolist()
        assert set(held.train.ids) | set(held.parts["validation"].ids) == set(problem.train.ids)
    assert sorted(seen) == problem.train.ids.tolist()


def test_leaving_one_out_of_all_points(ask: Ask) -> None:
    told = ask("sweep", "--over", "model.order=1,3", "--folds", 10, "--json").json
    assert told["n_trainings"] == 20 and told["folds"] == 10


def test_the_example_of_the_help(ask: Ask) -> None:
    told = ask("sweep", "--over", "model.order=0..9", "--over", "model.ln_lambda=-40:0:1", "--folds", 10, "--json").json
    assert told["n_rows"] == 4100 and told["seconds"] > 0
    table = rows()
    errors = np.array([float(row["validation_rms"]) for row in table]).reshape(410, 10).mean(axis=1)
    best = table[10 * int(errors.argmin())]
    assert told["best"]["model.order"] == int(best["model.order"])
    assert told["best"]["model.ln_lambda"] == float(best["model.ln_lambda"])
    picked = table[10 * 200 + 3]
    e = experiments.set_text(experiments.default(), [(p, picked[p]) for p in ("model.order", "model.ln_lambda")])
    X, t, fold = folds_of(e, 10)
    run = Run(experiments.change(e, list(sweeps._held_out(e, 10))[int(picked["fold"]) - 1]))
    wanted = 0.5 * np.square(run.predict(X[fold == 3]) - t[fold == 3]).mean()
    assert float(picked["validation_loss"]) == pytest.approx(wanted, rel=1e-12)


# ---- the figure ----

FIGURES = {
    "one number": ("--over", "model.order=0..9"),
    "one number with folds": ("--over", "model.order=0..9", "--folds", 3),
    "off among numbers": ("--over", "model.ln_lambda=off,-30:0:10"),
    "one value": ("--over", "model.order=3"),
    "decades": ("--over", "data.noise=0.001..1:log:5"),
    "two numbers": ("--over", "model.order=3,1", "--over", "model.ln_lambda=off,-30:0:10"),
    "one cell": ("--over", "model.order=3", "--over", "data.n=12"),
    "three numbers": ("--over", "model.order=1..6", "--over", "seed.data=1..4", "--over", "data.n=11,12"),
    "a choice": ("--over", "data.spacing=even,uniform", "--folds", 4),
    "a choice and a number": ("--over", "data.spacing=even,uniform", "--over", "model.order=0..4"),
}


@pytest.mark.parametrize("case", FIGURES)
def test_the_figure_is_whole_and_the_same_each_time(case: str, ask: Ask) -> None:
    for folder in ("a", "b"):
        assert ask("sweep", *FIGURES[case], "--out", folder, "--json").code == 0
    figure = (Path("a") / "sweep.svg").read_bytes()
    assert figure == (Path("b") / "sweep.svg").read_bytes()
    assert (Path("a") / "sweep.csv").read_bytes() == (Path("b") / "sweep.csv").read_bytes()
    assert ElementTree.fromstring(figure).tag == "{http://www.w3.org/2000/svg}svg"


def swept(*over: str, n_folds: int = 0, **more: str) -> sweeps.Result:
    base = experiments.set_text(experiments.default(), [(k.replace("__", "."), v) for k, v in more.items()])
    axes = [sweeps.axis(*text.split("=")) for text in over]
    return sweeps.run(sweeps.plan(axes, n_folds, lambda pairs: experiments.set_text(base, pairs)), 5)


def test_lines_show_root_mean_squares_in_the_order_of_the_values() -> None:
    result = swept("model.order=3,1,9", n_folds=5)
    chart = sweep_figure.lines(result, result.sweep.axes[0], {})
    assert [line.role for line in chart.series] == ["training", "validation", "test"]
    validation = chart.series[1]
    assert validation.x.tolist() == [1.0, 3.0, 9.0]
    rms = np.sqrt(2 * result.column("validation", "loss"))
    np.testing.assert_allclose(validation.y, rms.mean(axis=1)[[1, 0, 2]])
    error = rms.std(axis=1, ddof=1) / math.sqrt(5)
    assert validation.error is not None
    np.testing.assert_allclose(validation.error, error[[1, 0, 2]])
    assert [mark.label for mark in chart.marks] == [f"best: {result.sweep.values(result.best or 0)[0]}"]


def test_the_map_marks_the_best_cell() -> None:
    result = swept("model.order=9,1,3", "model.ln_lambda=-10,off,-20")
    grid = sweep_figure.grid(result)
    assert grid.x == (None, -20.0, -10.0) and grid.y == (1, 3, 9)
    assert grid.best is not None and grid.value[grid.best[::-1]] == np.nanmin(grid.value)
    k = result.best
    assert k is not None and (grid.y[grid.best[1]], grid.x[grid.best[0]]) == result.sweep.values(k)
    assert (grid.x_path, grid.y_path) == ("model.ln_lambda", "model.order")


# ---- divergence, interruption ----

WILD = ("--set", "data.kind=reg-plane", "--set", "data.n=60", "--set", "model.kind=mlp", "--set", "model.hidden=3",
        "--set", "optimizer.kind=sgd", "--set", "model.activation=linear")  # fmt: skip


def test_what_diverges_is_recorded_and_the_rest_goes_on(ask: Ask) -> None:
    said = ask("sweep", *WILD, "--over", "optimizer.learning_rate=0.001,10", "--epochs", 100, "--json")
    assert said.code == 0 and said.json["n_diverged"] == 1 and said.json["best"]["optimizer.learning_rate"] == 0.001
    assert said.err.count("\n") == 1 and "1 of 2 trainings diverged" in said.err
    table = rows()
    assert [row["status"] for row in table] == ["finished", "diverged"] and table[1]["train_loss"] == ""


@pytest.mark.parametrize("more", [(), ("--over", "data.noise=0,0.1"), ("--over", "model.init=xavier,he")])
def test_if_all_diverge_that_is_exit_code_3(ask: Ask, more: tuple[str, ...]) -> None:
    said = ask("sweep", *WILD, "--over", "optimizer.learning_rate=9,10", *more, "--epochs", 100, "--json")
    assert said.code == 3 and said.json["best"] is None and said.err.count("\n") == 1
    assert {row["status"] for row in rows()} == {"diverged"} and Path("results/sweep.svg").exists()


def test_a_sweep_can_be_called_off() -> None:
    e = experiments.default()
    plan = sweeps.plan([sweeps.axis("model.order", "0..9")], 5, lambda pairs: experiments.set_text(e, pairs))
    shares: list[float] = []

    def progress(share: float, sentence: str) -> bool:
        shares.append(share)
        return share < 0.5

    with pytest.raises(Cancelled):
        sweeps.run(plan, 5, progress)
    assert shares == sorted(shares) and shares[-1] == 0.5


@pytest.mark.parametrize("end", ["interrupt", "terminate"])
def test_an_end_on_the_way_leaves_nothing(ask: Ask, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    def interrupt(*_: object) -> None:
        if end == "interrupt":
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(sweep_figure, "save", interrupt)
    said = ask("sweep", "--over", "model.order=0..3", "--json")
    assert said == Answer({"interrupt": 130, "terminate": 143}[end], "", "") and list(Path().iterdir()) == []


def test_one_line_of_progress_where_a_person_looks(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    said = ask("sweep", "--over", "model.order=0..3", "--json")
    assert "\n" not in said.err and "Training 3 of 4" in said.err and json.loads(said.out)["n_rows"] == 4


def test_a_person_gets_a_summary(ask: Ask) -> None:
    said = ask("sweep", "--over", "model.order=0..3", "--folds", 5)
    assert said.code == 0 and said.err == ""
    assert "4 combinations with 5 folds each, 20 trainings" in said.out and "results/sweep.svg" in said.out
    assert "least validation RMS error, mean over the folds" in said.out and "model.order" in said.out
