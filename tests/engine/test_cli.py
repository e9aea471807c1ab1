"""The command line as a script sees it: what is printed, the exit codes, the files."""

from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground import cli, cli_run
from playground.engine import experiment as experiments
from playground.engine import session
from playground.engine.trainer import Run
from tests.engine.asking import Answer, Ask

ROOT = Path(__file__).parents[2]


KEYS = [
    "lab", "status", "n_train", "n_validation", "n_test", "steps", "epochs", "train", "validation", "test",
    "coefficients", "n_parameters", "executor", "device", "seconds", "seed",
    "training_seconds", "beside", "files",
]  # fmt: skip

SMALL = ("--lab", "classify", "--set", "data.n=60", "--set", "model.hidden=4")


# ---- run ----


def test_the_first_picture_in_numbers(ask: Ask) -> None:
    told = ask("run", "--json").json
    assert list(told) == KEYS
    assert told["lab"] == "curve" and told["status"] == "finished" and told["executor"] == "closed_form"
    assert (told["n_train"], told["n_validation"], told["n_test"]) == (10, 0, 100)
    assert set(told["train"]) == set(told["test"]) == {"loss", "rms"} and told["validation"] is None
    assert told["train"]["rms"] == pytest.approx(math.sqrt(2 * told["train"]["loss"]))
    assert len(told["coefficients"]) == told["n_parameters"] == 4 and told["files"] == []
    assert set(told["seed"]) == {"data", "split", "init", "batches", "dropout"}
    assert (told["steps"], told["epochs"], told["device"]) == (1, 1, "cpu")


def test_a_classifier_reports_accuracy_and_confusion(ask: Ask) -> None:
    told = ask("run", *SMALL, "--set", "split.validation=0.2", "--epochs", 3, "--json").json
    assert list(told) == KEYS and told["coefficients"] is None
    for part in ("train", "validation", "test"):
        counts = np.array(told[part]["confusion"])
        assert set(told[part]) == {"loss", "accuracy", "balanced_accuracy", "confusion", "precision", "recall", "f1"}
        assert counts.shape == (2, 2) and counts.sum() == told[f"n_{part}"]
        assert np.trace(counts) / counts.sum() == pytest.approx(told[part]["accuracy"])
    assert told["epochs"] == 3 and told["status"] == "finished"


def exact_coefficients(x: Sequence[float], t: Sequence[float], order: int) -> list[Fraction]:
    """The least-squares polynomial of the file's own values, by rational arithmetic."""
    rows = [[Fraction(v) ** j for j in range(order + 1)] for v in x]
    targets = [Fraction(v) for v in t]
    n = order + 1
    a = [[sum(row[i] * row[j] for row in rows) for j in range(n)] for i in range(n)]
    b = [sum(row[i] * target for row, target in zip(rows, targets, strict=True)) for i in range(n)]
    for i in range(n):
        pivot = next(r for r in range(i, n) if a[r][i] != 0)
        a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
        for r in range(i + 1, n):
            factor = a[r][i] / a[i][i]
            a[r] = [p - factor * q for p, q in zip(a[r], a[i], strict=True)]
            b[r] -= factor * b[i]
    w = [Fraction(0)] * n
    for i in reversed(range(n)):
        w[i] = (b[i] - sum(a[i][j] * w[j] for j in range(i + 1, n))) / a[i][i]
    return w


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (5.0, 6.0), (-1000.0, 1000.0)])
def test_coefficients_are_those_of_exact_arithmetic(ask: Ask, low: float, high: float) -> None:
    """Also on [5, 6], where the condition of the powers of x is beyond 1e14."""
    x = [low + (high - low) * i / 9 for i in range(10)]
    t = [round(math.sin(7 * i) + i / 10, 6) for i in range(10)]
    lines = [f"{a!r},{b!r}" for a, b in zip(x, t, strict=True)]
    Path("ten_points.csv").write_text("\n".join(["x,t", *lines]) + "\n")
    told = ask("run", "--lab", "curve", "--data", "ten_points.csv", "--set", "split.train=1", "--set", "model.order=9",
               "--json").json  # fmt: skip
    wanted = exact_coefficients(x, t, 9)
    distance = math.sqrt(
        sum((Fraction(w) - v) ** 2 for w, v in zip(told["coefficients"], wanted, strict=True))
    )
    assert distance <= 1e-8 * math.sqrt(sum(v**2 for v in wanted))
    assert (told["n_train"], told["n_test"], told["test"]) == (10, 0, None)


def test_the_example_of_the_handbook(ask: Ask) -> None:
    told = ask("run", "--lab", "classify", "--dataset", "spiral", "--set", "model.hidden=8,8", "--epochs", "300",
               "--export", "onnx,plots", "--out", "results", "--json").json  # fmt: skip
    assert told["epochs"] == 300 and told["executor"] == "fused" and told["train"]["accuracy"] > 0.9
    assert "results/model.onnx" in told["files"] and "results/canvas.png" in told["files"]
    assert sorted(told["files"]) == sorted(str(path) for path in Path("results").iterdir())


def test_iterative_training_stops_at_300_epochs(ask: Ask) -> None:
    assert ask("run", *SMALL, "--json").json["epochs"] == 300


def test_the_stop_rule_comes_first(ask: Ask) -> None:
    told = ask("run", *SMALL, "--set", "training.max_epochs=7", "--json").json
    assert told["epochs"] == 7 and told["status"] == "finished"


def test_no_epochs_reports_the_initial_weights(ask: Ask) -> None:
    told = ask("run", *SMALL, "--epochs", 0, "--json").json
    assert told["epochs"] == told["steps"] == 0 and told["train"]["loss"] > 0


def test_equal_commands_give_equal_numbers(ask: Ask) -> None:
    first, second = (ask("run", *SMALL, "--epochs", 5, "--json").json for _ in range(2))
    for told in (first, second):
        told.pop("seconds"), told.pop("training_seconds")
    assert first == second


def test_a_data_set_brings_its_lab_along(ask: Ask) -> None:
    assert ask("run", "--dataset", "circle", "--epochs", 1, "--json").json["lab"] == "classify"


def test_device_is_the_parameter_of_that_name(ask: Ask) -> None:
    assert ask("run", *SMALL, "--device", "cpu", "--epochs", 1, "--json").json["device"] == "cpu"


def test_a_link_is_an_experiment(ask: Ask) -> None:
    e = experiments.set_text(experiments.default(), [("model.order", "5"), ("data.n", "20")])
    told = ask("run", experiments.to_link(e), "--json").json
    assert told["n_parameters"] == 6 and told["n_train"] == 20


def test_a_table_may_stand_in_the_place_of_a_session(ask: Ask) -> None:
    Path("points.csv").write_text("x,t\n0,1\n1,3\n")
    told = ask("run", "points.csv", "--set", "split.train=1", "--set", "model.order=1", "--json").json
    assert told["coefficients"] == pytest.approx([1.0, 2.0])


def test_other_names_of_columns(ask: Ask) -> None:
    Path("weather.csv").write_text("day,rain,degrees\n0,5,1\n1,6,3\n2,7,5\n")
    told = ask("run", "--data", "weather.csv", "--columns", "day,degrees", "--set", "split.train=1", "--set",
               "model.order=1", "--json").json  # fmt: skip
    assert told["coefficients"] == pytest.approx([1.0, 2.0])


def test_the_column_split_wins_over_the_shares(ask: Ask) -> None:
    Path("a.csv").write_text("x,t,split\n0,0,train\n1,1,train\n2,2,validation\n3,4,test\n4,5,test\n")
    told = ask("run", "--data", "a.csv", "--set", "model.order=1", "--json").json
    assert (told["n_train"], told["n_validation"], told["n_test"]) == (2, 1, 2)


def test_a_person_gets_a_summary(ask: Ask) -> None:
    said = ask("run", "--set", "model.order=1")
    assert said.code == 0 and said.err == ""
    assert "curve: finished" in said.out and "training" in said.out and "100 points" in said.out


def test_divergence_is_exit_code_3_and_the_json_is_printed(ask: Ask) -> None:
    said = ask("run", *SMALL, "--set", "data.kind=reg-plane", "--set", "optimizer.kind=sgd", "--set",
               "model.activation=linear", "--set", "optimizer.learning_rate=10", "--epochs", 200, "--export", "onnx",
               "--json")  # fmt: skip
    assert said.code == 3 and said.json["status"] == "diverged"
    assert said.json["train"]["loss"] is None and said.json["files"] == [] and not Path("results").exists()
    assert said.err.count("\n") == 1 and "learning rate" in said.err


def test_files_are_listed_in_the_folder_that_was_named(ask: Ask) -> None:
    told = ask("run", "--export", "data, coefficients", "--export", "weights", "--out", "a/b", "--json").json
    assert told["files"] == [
        "a/b/data.csv", "a/b/coefficients.csv", "a/b/experiment.json", "a/b/weights.safetensors",
    ]  # fmt: skip


# ---- sessions ----


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A session that stands at epoch 4 of no particular end."""
    e = experiments.set_text(experiments.default("classify"), [("data.n", "60"), ("model.hidden", "4")])
    run = Run(e)
    run.run_epochs(4)
    session.write(tmp_path / "a.playground", run.record())
    return tmp_path / "a.playground"


def test_a_session_is_reported_as_it_was_saved(ask: Ask, saved: Path) -> None:
    told = ask("run", saved, "--json").json
    assert told["epochs"] == 4 and told["status"] == "stopped"
    assert told["train"]["loss"] == Run.from_record(session.read(saved)[0]).scores()["train"].loss


def test_a_session_trains_on(ask: Ask, saved: Path) -> None:
    went_on = ask("run", saved, "--epochs", 3, "--json").json
    at_once = ask("run", *SMALL, "--epochs", 7, "--json").json
    assert went_on["epochs"] == 7 and went_on["status"] == "finished"
    assert went_on["train"] == at_once["train"] and went_on["test"] == at_once["test"]


def test_a_session_trains_again_from_the_start(ask: Ask, saved: Path) -> None:
    again = ask("run", saved, "--restart", "--epochs", 2, "--json").json
    assert again["epochs"] == 2
    assert again["train"] == ask("run", *SMALL, "--epochs", 2, "--json").json["train"]


def test_a_live_parameter_changes_on_the_way(ask: Ask, saved: Path) -> None:
    told = ask("run", saved, "--set", "optimizer.learning_rate=0.1", "--epochs", 2, "--json").json
    assert told["epochs"] == 6
    assert told["train"] != ask("run", saved, "--epochs", 2, "--json").json["train"]


def test_any_other_needs_a_restart(ask: Ask, saved: Path) -> None:
    said = ask("run", saved, "--set", "model.hidden=3", "--epochs", 1)
    assert said.code == 2 and "model.hidden" in said.err and "--restart" in said.err
    for assignment, path in (("split.train=0.9", "split.train"), ("data.kind=xor", "data.kind"), ("lab=curve", "lab")):
        said = ask("run", saved, "--set", assignment)
        assert said.code == 2 and said.err.startswith(f"{path} cannot change"), said.err
    told = ask("run", saved, "--set", "model.hidden=3", "--restart", "--epochs", 1, "--json").json
    assert told["n_parameters"] == 2 * 3 + 3 + 3 * 2 + 2


def test_a_session_of_another_machine(ask: Ask, saved: Path) -> None:
    """Trained on a GPU that is not here: it can be asked for predictions and moved, but not trained on there."""
    record = session.read(saved)[0]
    session.write(saved, cli_run.on_device(record, "mps"))
    said = ask("run", saved, "--epochs", 1)
    assert said.code == 2 and "mps" in said.err
    assert ask("run", saved, "--device", "cpu", "--epochs", 1, "--json").json["epochs"] == 5
    Path("in.csv").write_text("x1,x2\n1,2\n")
    assert ask("predict", saved, "--data", "in.csv", "--out", "out.csv").code == 0


def test_a_session_that_was_exported_goes_on(ask: Ask) -> None:
    ask("run", *SMALL, "--epochs", 2, "--export", "session")
    assert ask("run", "results/session.playground", "--epochs", 1, "--json").json["epochs"] == 3


# ---- predict ----


def test_predict_adds_classes_and_probabilities(ask: Ask, saved: Path) -> None:
    Path("in.csv").write_text("id,x2,note,x1\na,1,hello,2\nb,-3,,4.5\n")
    said = ask("predict", saved, "--data", "in.csv", "--out", "out.csv")
    assert said.code == 0, said.err
    with open("out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "x2", "note", "x1", "predicted", "p_A", "p_B"]
    assert [row["note"] for row in rows] == ["hello", ""]
    wanted = Run.from_record(session.read(saved)[0]).predict(np.array([[2.0, 1.0], [4.5, -3.0]]))
    said_p = [[float(row["p_A"]), float(row["p_B"])] for row in rows]
    assert said_p == wanted.tolist()
    assert [row["predicted"] for row in rows] == ["AB"[k] for k in wanted.argmax(axis=1)]


def test_predict_adds_y_for_a_curve(ask: Ask, tmp_path: Path) -> None:
    run = Run(experiments.default())
    session.write(tmp_path / "a.playground", run.record())
    Path("in.csv").write_text("x\n0\n0.25\n0.5\n")
    assert ask("predict", "a.playground", "--data", "in.csv", "--out", "out.csv").code == 0
    with open("out.csv", newline="") as file:
        said = [float(row["y"]) for row in csv.DictReader(file)]
    assert said == run.predict(np.array([[0.0], [0.25], [0.5]])).tolist()


def test_predict_knows_the_columns_of_the_training_file(ask: Ask) -> None:
    Path("a.csv").write_text("day,degrees\n0,1\n1,3\n2,5\n")
    ask("run", "--data", "a.csv", "--columns", "day,degrees", "--set", "split.train=1", "--set", "model.order=1",
        "--export", "session")  # fmt: skip
    said = ask("predict", "results/session.playground", "--data", "a.csv", "--out", "a.csv")
    assert said.code == 0, said.err
    with open("a.csv", newline="") as file:
        assert [float(row["y"]) for row in csv.DictReader(file)] == pytest.approx([1, 3, 5])


def test_predict_writes_numbers_as_the_file_does(ask: Ask, saved: Path) -> None:
    Path("in.csv").write_text('X1;x2;note\n0,5;1;a\n1,5;2;"b;c"\n')
    assert ask("predict", saved, "--data", "in.csv", "--out", "out.csv").code == 0
    with open("out.csv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["X1"], row["note"]) for row in rows] == [("0,5", "a"), ("1,5", "b;c")]
    wanted = Run.from_record(session.read(saved)[0]).predict(np.array([[0.5, 1.0], [1.5, 2.0]]))
    assert [float(row["p_A"].replace(",", ".")) for row in rows] == wanted[:, 0].tolist()
    assert ask("run", "--data", "out.csv", "--columns", "p_A,p_B", "--set", "split.train=1").code == 0


# ---- the other commands ----


def test_describe_lists_every_path(ask: Ask) -> None:
    told = ask("describe", "--json").json
    paths = {entry["path"]: entry for entry in told["parameters"]}
    for path in ("data.n", "data.noise", "split.train", "features", "model.order", "model.hidden", "loss",
                 "optimizer.learning_rate", "training.device", "seed.init"):  # fmt: skip
        assert {"kind", "default", "live"} <= set(paths[path]), path
    assert paths["optimizer.learning_rate"]["live"] is True
    orders = {kind: entry["high"] for entry in told["parameters"] if entry["path"] == "model.order"
              for kind in entry["when"]["model.kind"]}  # fmt: skip
    assert (orders["polynomial"], orders["logistic"]) == (20, 10)
    assert {lab["name"] for lab in told["labs"]} == {"curve", "classify"}
    assert "model.order" in ask("describe").out


def test_help_names_every_command_and_only_those(ask: Ask) -> None:
    said = ask("--help")
    assert said.code == 0
    listed = [line.split()[0] for line in said.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == ["open", "run", "sweep", "predict", "screenshot", "describe", "bench", "doctor"]


def test_the_window_is_asked_for_what_was_named(
    ask: Ask, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Qt: the commands hand over to `playground.app`, which stands in here."""
    import types

    calls: list[Any] = []
    window = types.ModuleType("playground.app")
    window.open_window = lambda target: calls.append(target) or 0  # type: ignore[attr-defined]
    window.screenshot = lambda *args, **kwargs: calls.append((args, kwargs))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "playground.app", window)
    monkeypatch.setattr("playground.app", window, raising=False)
    monkeypatch.setattr(cli, "has_display", lambda: True)
    assert ask().code == ask("open", saved).code == 0
    said = ask("screenshot", "--lab", "classify", "--set", "data.kind=moons", "--epochs", 5, "--size", "1024x700",
               "--scale", 2, "--theme", "dark", "--out", "a.png")  # fmt: skip
    assert said.code == 0, said.err
    assert ask("screenshot", saved, "--out", "b.png").code == 0
    assert calls[:2] == [None, str(saved)]
    (target, e, record), options = calls[2]
    assert target is None and record is None and e.data.kind == "moons"
    assert options == {"epochs": 5, "size": (1024, 700), "scale": 2.0, "theme": "dark", "language": "en",
                       "out": Path("a.png")}  # fmt: skip
    (target, e, record), options = calls[3]
    assert target == str(saved) and e is None and record.epoch == 4 and options["size"] == (1440, 900)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
@pytest.mark.parametrize("arguments", [(), ("open", "a.csv")])
def test_without_a_display_there_is_one_sentence(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    Path("a.csv").write_text("x,t\n0,1\n")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    said = ask(*arguments)
    assert said.code == 2 and said.err.count("\n") == 1 and said.out == ""
    assert "playground run" in said.err and "playground screenshot" in said.err


def test_our_own_failure_is_exit_code_1_and_one_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "run_epochs", lambda *_: 1 / 0)
    said = ask("run", *SMALL, "--json")
    assert said.code == 1 and said.out == "" and said.err.count("\n") == 1 and "ZeroDivisionError" in said.err


def test_ctrl_c_ends_with_130_and_leaves_nothing(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "run_epochs", interrupt)
    said = ask("run", *SMALL, "--export", "session", "--json")
    assert (
        said.code == 130 and said.out == "" and "Traceback" not in said.err and list(Path().iterdir()) == []
    )


def test_a_request_to_end_leaves_nothing_half_exported(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.engine.registry import exporters

    def export(run: Run, folder: Path, tick: object) -> None:
        (folder / "half").write_text("written")
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setitem(exporters._entries, "data", replace(exporters["data"], write=export))
    said = ask("run", *SMALL, "--export", "data", "--json")
    assert said == Answer(143, "", "") and list(Path().iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_diverged_session_says_how_to_go_on(ask: Ask) -> None:
    e = experiments.set_text(experiments.default(), [
        ("data.kind", "reg-plane"), ("model.activation", "relu"), ("optimizer.kind", "sgd"),
        ("optimizer.learning_rate", "10"),
    ])  # fmt: skip
    run = Run(e)
    run.run_epochs(3)
    session.write("bad.playground", run.record())
    said = ask("run", "bad.playground", "--set", "optimizer.learning_rate=0.01", "--epochs", 2)
    assert said.code == 3 and "--restart" in said.err and "0.01" not in said.err
    Path("in.csv").write_text("x1,x2\n1,2\n")
    said = ask("predict", "bad.playground", "--data", "in.csv", "--out", "out.csv")
    assert said.code == 2 and "no finite weights" in said.err and not Path("out.csv").exists()


# ---- in a process of its own ----


def playground(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "playground", *arguments], cwd=cwd, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_as_a_program(tmp_path: Path) -> None:
    done = playground("run", "--lab", "classify", "--epochs", "2", "--export", "onnx", "--json", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "" and done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["files"] == ["results/model.onnx"]
    done = playground("run", "--set", "model.order=21", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1


def test_help_needs_no_library_but_that_of_the_command_line(tmp_path: Path) -> None:
    code = (
        "import sys; from playground.cli import main; main(['--help']); "
        "print(*sorted({'numpy', 'pydantic', 'torch', 'PySide6', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == ""
