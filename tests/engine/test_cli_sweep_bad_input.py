"""Bad sweeps: one sentence on standard error, exit code 2, nothing trained and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine import sweeps
from tests.engine.asking import Ask
from tests.engine.test_cli_bad_input import assert_refused

REFUSED = {
    "nothing to sweep": ((), ("--over PATH=VALUES",)),
    "no equals sign": (("--over", "model.order"), ("--over", "PATH=VALUES", "model.order")),
    "no values": (("--over", "model.order="), ("model.order needs values",)),
    "unknown path": (("--over", "model.ordr=0..3"), ("no parameter model.ordr", "model.order")),
    "empty range": (("--over", "model.order=0..-1"), ("0..-1", "empty")),
    "step of nothing": (("--over", "model.ln_lambda=-4:0:0"), ("-4:0:0", "step must not be 0")),
    "step of the wrong sign": (("--over", "model.ln_lambda=-4:0:-1"), ("-4:0:-1", "leads away from 0")),
    "logarithm of zero": (("--over", "data.noise=0..1:log:3"), ("0..1:log:3", "above 0")),
    "one logarithmic value": (("--over", "data.noise=0.1..1:log:1"), ("whole number from 2",)),
    "half a range": (("--over", "model.order=1:2"), ("1:2", "is not a range", "0..9")),
    "fractions in a range": (("--over", "data.noise=0.1..0.9"), ("0.1..0.9", "is not a range")),
    "not a number": (("--over", "model.order=1,many"), ("model.order", "whole number", "many")),
    "a step of NaN": (("--over", "model.ln_lambda=0:1:nan"), ("nan is not a number",)),
    "out of range": (("--over", "model.order=19..21"), ("model.order", "from 0 to 20", "21")),
    "unknown choice": (("--over", "model.kind=polynomial,forest"), ("model.kind", "forest")),
    "a value twice": (("--over", "model.order=3,1,3"), ("model.order", "3 twice")),
    "a path twice": (("--over", "model.order=1,2", "--over", "model.order=3,4"), ("model.order is swept twice",)),
    "swept and set": (("--over", "model.order=1,2", "--set", "model.order=3"), ("model.order", "--set too")),
    "swept and chosen": (
        ("--over", "data.kind=xor,circle", "--dataset", "xor"), ("data.kind", "--dataset too"),
    ),
    "swept device": (
        ("--over", "training.device=cpu,auto", "--device", "cpu"), ("training.device", "--device too"),
    ),
    "too many": (("--over", "seed.data=1..200", "--over", "seed.split=0..200"), ("20000", "40200 combinations")),
    "too many with folds": (("--over", "seed.data=1..2001", "--folds", "10"), ("20000", "2001", "10 folds")),
    "too many of one": (("--over", "seed.data=0..99999"), ("at most 20000",)),
    "far too many": (("--over", "model.ln_lambda=-1e300:1e300:1e-300"), ("at most 20000",)),
    "no meaning in one": (
        ("--over", "model.kind=polynomial,mlp", "--over", "model.order=1,2"), ("model.order has no meaning", "mlp"),
    ),
    "labs": (("--over", "lab=curve,classify"), ("lab cannot be swept",)),
    "points": (("--over", "data.points=a,b"), ("data.points cannot be swept",)),
    "two labs": (("--over", "data.kind=sine,circle"), ("same kind of target", "sine", "circle")),
    "two kinds of target": (
        ("--over", "data.kind=circle,reg-plane", "--lab", "classify"), ("same kind of target", "reg-plane"),
    ),
    "a lab and another": (("--lab", "curve", "--over", "data.kind=circle,xor"), ("--lab must be classify",)),
    "lists with commas": (
        ("--set", "model.kind=mlp", "--over", "model.hidden=8,16"), ("model.hidden", "semicolons", "8;8,8;16,16"),
    ),
    "more folds than points": (("--over", "model.order=1,2", "--folds", "11"), ("--folds", "10", "11")),
    "folds of a smaller split": (
        ("--over", "split.train=1,0.5", "--set", "split.validation=0", "--folds", "10"), ("--folds", "not 10"),
    ),
    "one fold": (("--over", "model.order=1,2", "--folds", "1"), ("--folds", "from 2", "1")),
    "folds no number": (("--over", "model.order=1,2", "--folds", "ten"), ("--folds", "ten")),
    "no points": (("--over", "model.order=1,2", "--set", "data.kind=drawn"), ("no points",)),
    "no training points": (("--over", "split.train=0.5,0"), ("training", "larger share")),
    "epochs": (("--over", "model.order=1,2", "--epochs", "-1"), ("--epochs",)),
    "two sources": (("--over", "model.order=1,2", "--data", "a.csv", "--dataset", "sine"), ("one place only",)),
    "a file and another kind": (("--over", "data.kind=sine,drawn", "--data", "a.csv"), ("data.kind", "--data too")),
    "no such file": (("--over", "model.order=1,2", "--data", "b.csv"), ("b.csv", "cannot be read")),
    "a folder that cannot be": (("--over", "model.order=1,2", "--out", "a.csv/b"), ("choose another folder",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_sweeps_are_refused_before_anything_is_trained(
    case: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, words = REFUSED[case]
    Path("a.csv").write_text("x,t\n0,1\n1,2\n")
    monkeypatch.setattr(sweeps, "run", lambda *_: pytest.fail("it trained for nothing"))
    assert_refused(ask("sweep", "--json", *options), *words)
    assert [path.name for path in Path().iterdir()] == ["a.csv"]


def test_a_device_that_is_not_there(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(sweeps, "run", lambda *_: pytest.fail("it trained for nothing"))
    for model in ("polynomial", "mlp"):
        said = ask("sweep", "--set", f"model.kind={model}", "--over", "training.device=cpu,mps", "--json")
        assert_refused(said, "mps")
