"""Bad input on the command line: one sentence on standard error, exit code 2, nothing half-written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.engine import experiment as experiments
from playground.engine import session
from playground.engine.export import plots
from playground.engine.trainer import Run
from tests.engine.asking import Answer, Ask


def assert_refused(said: Answer, *words: str) -> None:
    """One line that has these words in it, and no trace of what was asked for."""
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.count("\n") == 1 and said.err.endswith("\n") and "Traceback" not in said.err
    for word in words:
        assert word in said.err, said.err
    assert not Path("results").exists()


# ---- tables ----

TABLES = {
    "missing columns": ("a,b\n1,2\n", (), ("bad.csv", "no column x", "its columns are a, b")),
    "one column": ("x\n1\n", (), ("no column t",)),
    "no header": ("1,2\n3,4\n", (), ("no column x",)),
    "text in numbers": ("x,t\n1,2\n2,abc\n", (), ("row 3", "column t", "abc", "a number")),
    "an empty cell": ("x,t\n1,2\n2,\n", (), ("row 3", "column t", "an empty cell")),
    "NaN": ("x,t\n1,nan\n", (), ("row 2", "nan")),
    "infinity": ("x,t\n1,2\ninf,3\n", (), ("row 3", "column x", "inf")),
    "minus infinity": ("x,t\n1,-Infinity\n", (), ("row 2", "-Infinity")),
    "far too large": ("x,t\n1,1e300\n", (), ("row 2", "1e300")),
    "mixed decimals": ("x;t\n1,5;2\n2.5;3\n", (), ("row 3", "decimal point", "decimal comma", "row 2")),
    "decimal commas between commas": ("x,t\n1,5,2\n", (), ("row 2", "3 cells")),
    "too few cells": ("x;t\n1,2\n", (), ("row 2", "there is 1 cell", "the header has 2")),
    "one class": ("x1,x2,label\n1,2,A\n3,4,A\n", (), ("column label", "A", "2 to 10 classes")),
    "eleven classes": (
        "x1,x2,label\n" + "".join(f"{k},{k},c{k}\n" for k in range(11)), (), ("c10", "2 to 10"),
    ),
    "three features": ("a,b,c,label\n1,2,3,A\n", (), ("two columns beside label",)),
    "an unknown part": ("x,t,split\n1,2,train\n2,3,exam\n", (), ("row 3", "exam", "train, validation or test")),
    "empty": ("", (), ("is empty", "x,t")),
    "only a header": ("x,t\n", (), ("no rows",)),
    "two columns of one name": ("x,x,t\n1,2,3\n", (), ("2 columns called x",)),
    "not that column": ("x,t\n1,2\n", ("--columns", "x,y"), ("no column y",)),
    "too many names": ("x,t\n1,2\n", ("--lab", "curve", "--columns", "x,t,u"), ("two names",)),
    "columns of another lab": ("x,t\n1,2\n", ("--lab", "classify"), ("no column",)),
    "an image": ("\x89PNG\r\n\x1a\n\x00\x00", (), ("bad.csv",)),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLES)
def test_a_bad_table(case: str, ask: Ask) -> None:
    text, more, words = TABLES[case]
    Path("bad.csv").write_bytes(text.encode("latin-1"))
    assert_refused(ask("run", "--data", "bad.csv", *more, "--export", "data", "--json"), *words)


def test_a_million_rows_are_sampled_and_that_is_said(ask: Ask) -> None:
    rows = "".join(f"{i % 997 / 997},{i % 13}\n" for i in range(1_000_000))
    Path("large.csv").write_text("x,t\n" + rows)
    said = ask("run", "--data", "large.csv", "--json")
    told = json.loads(said.out)
    assert said.code == 0 and told["n_train"] + told["n_test"] == 20_000
    assert said.err.count("\n") == 1 and "1,000,000 rows" in said.err and "20,000" in said.err


ODD = {
    "one row": ("x,t\n0.5,2\n", 3),
    "fewer points than coefficients": ("x,t\n0,1\n1,2\n2,0\n", 9),
    "two points with the same x": ("x,t\n0,1\n1,2\n1,4\n", 1),
    "all points in one place": ("x,t\n1,2\n1,2\n1,2\n", 3),
    "all x equal": ("x,t\n1,2\n1,3\n1,7\n", 20),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_data_have_an_answer(case: str, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    text, order = ODD[case]
    monkeypatch.setattr(plots, "KINDS", ("png",))  # what is drawn is the same in every kind of file
    pictures = "plots," if case in ("one row", "all x equal") else ""  # test_curve_extremes.py draws all others
    Path("odd.csv").write_text(text)
    said = ask("run", "--data", "odd.csv", "--set", "split.train=1", "--set", f"model.order={order}",
               "--export", f"onnx,script,{pictures}numbers,session", "--json")  # fmt: skip
    told = json.loads(said.out)
    assert said.code == 0 and told["status"] == "finished"
    assert len(told["coefficients"]) == order + 1 and None not in told["coefficients"]
    assert told["train"]["rms"] is not None and len(told["files"]) > 5
    assert said.err.count("\n") == (0 if order == 1 else 1)
    assert case == "one row" or "distinct x value" in said.err or order == 1


def test_all_points_in_one_place_in_the_plane(ask: Ask) -> None:
    Path("one.csv").write_text("x1,x2,label\n" + "1,1,A\n1,1,B\n" * 5)
    said = ask("run", "--data", "one.csv", "--epochs", 3, "--export", "plots,numbers,onnx", "--json")
    assert said.code == 0 and json.loads(said.out)["train"]["accuracy"] is not None
    assert "in one place (1, 1): no boundary can part them" in said.err and said.err.count("\n") == 1


# ---- sessions and links ----


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "a.playground"
    session.write(path, Run(experiments.default()).record())
    return path.read_bytes()


def newer(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), "version": 99}).encode()
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], ("is damaged or incomplete",)),
        (lambda data: data[:-1], ("is damaged or incomplete",)),
        (lambda data: b"", ("is no Playground session",)),
        (lambda data: b"x,t\n1,2\n", ("is no Playground session",)),
        (newer, ("newer Playground", "99", "versions up to 1")),
    ],
    ids=["half of it", "one byte short", "empty", "not a zip", "newer"],
)
@pytest.mark.parametrize("command", ["run", "predict", "screenshot"])
def test_a_bad_session(
    command: str, damage: Callable[[bytes], bytes], words: tuple[str, ...], good: bytes, ask: Ask
) -> None:
    Path("bad.playground").write_bytes(damage(good))
    Path("in.csv").write_text("x\n1\n")
    more = {
        "run": ("--json",),
        "predict": ("--data", "in.csv", "--out", "out.csv"),
        "screenshot": ("--out", "a.png"),
    }
    assert_refused(ask(command, "bad.playground", *more[command]), "bad.playground", *words)
    assert sorted(path.name for path in Path().iterdir()) == ["bad.playground", "in.csv"]


@pytest.mark.parametrize("command", ["run", "open"])
def test_a_file_that_is_not_there(command: str, ask: Ask) -> None:
    assert_refused(ask(command, "none.playground"), "There is no file none.playground")


@pytest.mark.parametrize("command", ["run", "open"])
@pytest.mark.parametrize(
    ("link", "word"),
    [
        ("playground:", "must look like playground:v1"),
        ("playground:v9?lab=curve", "newer Playground"),
        ("playground:v1?lab=curve&model.depth=3", "no parameter model.depth"),
        ("playground:v1?lab=curve&model.order=99", "from 0 to 20"),
        ("playground:v1?lab", "PATH=VALUE"),
        ("playground:v1?lab=curve&data.points=zzz", "damaged"),
    ],
)
def test_a_bad_link(command: str, link: str, word: str, ask: Ask) -> None:
    assert_refused(ask(command, link), word)


# ---- options ----

OPTIONS = {
    "unknown path": (("--set", "model.ordr=3"), ("no parameter model.ordr", "model.order")),
    "unknown path far from all": (("--set", "zzzzz=3"), ("no parameter zzzzz", "playground describe")),
    "out of range": (("--set", "model.order=21"), ("model.order", "from 0 to 20", "21")),
    "not a number": (("--set", "model.order=many"), ("model.order", "a whole number", "many")),
    "a number that is none": (("--set", "data.noise=nan"), ("data.noise", "from 0 to 1")),
    "unknown choice": (("--set", "model.kind=forest"), ("model.kind", "polynomial", "forest")),
    "model of another lab": (("--lab", "classify", "--set", "model.kind=polynomial"), ("model.kind", "polynomial")),
    "no meaning here": (("--set", "model.hidden=8,8"), ("model.hidden", "model.kind is polynomial")),
    "no equals sign": (("--set", "model.order"), ("PATH=VALUE", "model.order")),
    "no path": (("--set", "=3"), ("PATH=VALUE",)),
    "shares of more than 1": (("--set", "split.train=0.9", "--set", "split.test=0.9"), ("add up to 1",)),
    "unknown lab": (("--lab", "cruve"), ("lab", "curve, classify", "cruve")),
    "unknown data set": (("--dataset", "swirl"), ("data.kind", "spiral", "swirl")),
    "data set of another lab": (("--lab", "curve", "--dataset", "spiral"), ("--lab must be classify", "curve")),
    "data set and lab": (("--set", "lab=curve", "--set", "data.kind=xor"), ("curve lab", "sine, step", "xor")),
    "a formula with an unknown name": (
        ("--dataset", "formula", "--set", "data.expression=x + y"), ("data.expression", "y is unknown", "character 5"),
    ),
    "a formula without a value": (
        ("--dataset", "formula", "--set", "data.expression=1/x"), ("data.expression", "infinite", "x = 0"),
    ),
    "a range of no width": (("--set", "data.low=1"), ("data.low must be less than data.high", "1 is not less than 1")),
    "too many coefficients": (
        ("--dataset", "polynomial", "--set", "data.coefficients=1,2,3,4,5,6,7,8,9,10,11"), ("1 to 10 numbers",),
    ),
    "no inputs": (("--lab", "classify", "--set", "features="), ("features", "x1*x2", "not nothing")),
    "no name": (("--data", ""), ("'' cannot be read",)),
    "two sources": (("--data", "a.csv", "--dataset", "sine"), ("one place only", "--data, --dataset")),
    "a link and a data set": (("playground:v1?lab=curve", "--dataset", "sine"), ("one place only",)),
    "a file and another kind": (("--data", "a.csv", "--set", "data.kind=sine"), ("one place only", "data.kind")),
    "columns of nothing": (("--columns", "a,b"), ("--columns", "--data FILE.csv")),
    "restart of nothing": (("--restart",), ("--restart", "session file")),
    "unknown export": (("--export", "gif"), ("session, data, onnx", "gif")),
    "empty export": (("--export", ""), ("must be one of",)),
    "coefficients of a network": (("--lab", "classify", "--export", "coefficients"), ("polynomial", "mlp")),
    "unknown device": (("--device", "tpu"), ("training.device", "auto, cpu, cuda, mps", "tpu")),
    "no points at all": (("--set", "data.kind=drawn"), ("no points",)),
    "no points for training": (
        ("--set", "split.train=0", "--export", "onnx"), ("training", "larger share"),
    ),
    "unknown option": (("--frobnicate",), ("--frobnicate",)),
    "missing value": (("--lab",), ("--lab",)),
    "epochs no number": (("--epochs", "many"), ("--epochs", "many")),
    "negative epochs": (("--epochs", "-1"), ("--epochs",)),
    "one argument too many": (("playground:v1?lab=curve", "b"), ("b",)),
}  # fmt: skip


@pytest.mark.parametrize("case", OPTIONS)
def test_bad_options_of_run(case: str, ask: Ask) -> None:
    options, words = OPTIONS[case]
    Path("a.csv").write_text("x,t\n0,1\n1,2\n")
    assert_refused(ask("run", "--json", *options), *words)


@pytest.mark.parametrize("model", ["polynomial", "mlp"])
def test_a_device_that_is_not_there(model: str, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert_refused(ask("run", "--set", f"model.kind={model}", "--device", "mps", "--json"), "mps")


def test_an_unknown_command(ask: Ask) -> None:
    assert_refused(ask("fly"), "fly")


SCREENSHOTS = {
    "no file": ((), ("--out",)),
    "not a picture": (("--out", "a.gif"), (".png", "a.gif")),
    "size": (("--out", "a.png", "--size", "big"), ("--size", "640x480", "big")),
    "too small": (("--out", "a.png", "--size", "100x100"), ("--size", "640x480")),
    "scale": (("--out", "a.png", "--scale", "9"), ("--scale", "from 1 to 4", "9")),
    "scale no number": (("--out", "a.png", "--scale", "nan"), ("--scale", "from 1 to 4", "nan")),
    "epochs": (("--out", "a.png", "--epochs", "1e3"), ("--epochs", "whole number", "1e3")),
    "theme": (("--out", "a.png", "--theme", "pink"), ("--theme", "light, dark, contrast", "pink")),
    "language": (("--out", "a.png", "--language", "tlh"), ("--language", "en", "tlh")),
    "a language to come": (("--out", "a.png", "--language", "zh_CN"), ("zh_CN is not there yet", "en")),
    "unknown path": (("--out", "a.png", "--set", "a=b"), ("no parameter a",)),
    "a folder that cannot be": (("--out", "a.csv/b.png"), ("a file is in the way",)),
    "a folder that is not there": (("--out", "nowhere/b.png"), ("nowhere", "there is no such folder")),
}


@pytest.mark.parametrize("case", SCREENSHOTS)
def test_bad_options_of_screenshot(case: str, ask: Ask) -> None:
    options, words = SCREENSHOTS[case]
    Path("a.csv").write_text("x,t\n0,1\n")
    assert_refused(ask("screenshot", *options), *words)


def test_what_cannot_be_opened(ask: Ask) -> None:
    Path("a.docx").write_text("")
    assert_refused(ask("open", "a.docx"), "must end in .playground")
    assert_refused(ask("open"), "PATH|LINK")
    Path("a.png").write_bytes(b"")
    assert_refused(ask("run", "a.png"), "a.png is a picture", "playground open")


# ---- folders ----


def test_a_folder_below_a_file(ask: Ask) -> None:
    Path("file").write_text("")
    assert_refused(
        ask("run", "--export", "data", "--out", "file/results"), "file/results", "choose another folder"
    )
    assert Path("file").read_text() == ""
    assert_refused(ask("run", "--export", "data", "--out", "n" * 300), "the name is too long")


def test_an_unwritable_folder_is_found_before_training(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    monkeypatch.setattr(Run, "run_epochs", lambda *_: pytest.fail("it trained for nothing"))
    said = ask("run", "--lab", "classify", "--export", "data")
    assert_refused(said, "results", "you may not write there")


# ---- predict ----

PREDICTIONS = {
    "missing input": ("a,b\n1,2\n", ("no column x", "a, b")),
    "text in numbers": ("x\n1\nabc\n", ("row 3", "abc")),
    "no rows": ("x\n", ("no rows",)),
    "a column of that name": ("x,y\n1,2\n", ("column y already",)),
}


@pytest.mark.parametrize("case", PREDICTIONS)
def test_bad_tables_for_predict(case: str, good: bytes, ask: Ask) -> None:
    text, words = PREDICTIONS[case]
    Path("a.playground").write_bytes(good)
    Path("in.csv").write_text(text)
    Path("out.csv").write_text("old")
    assert_refused(ask("predict", "a.playground", "--data", "in.csv", "--out", "out.csv"), *words)
    assert Path("out.csv").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["a.playground", "in.csv", "out.csv"]


def test_predict_without_a_model(ask: Ask, tmp_path: Path) -> None:
    empty = Run(experiments.set_text(experiments.default(), [("data.kind", "drawn")]))
    session.write(tmp_path / "a.playground", empty.record())
    Path("in.csv").write_text("x\n1\n")
    assert_refused(
        ask("predict", "a.playground", "--data", "in.csv", "--out", "out.csv"), "no model yet", "no points"
    )


def test_predict_into_a_folder_that_cannot_be(good: bytes, ask: Ask) -> None:
    Path("a.playground").write_bytes(good)
    Path("in.csv").write_text("x\n1\n")
    said = ask("predict", "a.playground", "--data", "in.csv", "--out", "in.csv/out.csv")
    assert_refused(said, "choose another folder")
    said = ask("predict", "a.playground", "--data", "in.csv", "--out", "nowhere/out.csv")
    assert_refused(said, "nowhere", "there is no such folder")
