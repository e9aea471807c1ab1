"""Sessions and links that an earlier program wrote still open, and say what they said then.

The files in `saved` were written before there were folds, other bases and other curves: they name none of these.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from playground.engine import experiment as experiments
from playground.engine import session
from playground.engine.trainer import Run
from tests.engine.asking import Ask

SAVED = Path(__file__).parent / "saved"
SAID = {
    "polynomial": ("playground:v1?lab=curve&data.n=15&data.noise=0.1&model.ln_lambda=-18.0&model.order=9",
                   {"train": 0.0008152722623809969, "test": 0.005284655592965691}),
    "network": ("playground:v1?lab=curve&model.kind=mlp&model.hidden=4",
                {"train": 0.28340741534947334, "test": 0.37396575615461736}),
}  # fmt: skip
"""Link and losses, as they were written then."""


@pytest.mark.parametrize("name", SAID)
def test_a_session_from_before_folds_opens_with_its_numbers(name: str, ask: Ask) -> None:
    path = SAVED / f"{name}.playground"
    with zipfile.ZipFile(path) as archive:
        assert b"selection" not in archive.read("manifest.json")
    record, _ = session.read(path)
    link, losses = SAID[name]
    assert record.experiment == experiments.from_link(link)
    run = Run.from_record(record)
    assert {part: score.loss for part, score in run.scores().items()} == pytest.approx(losses, rel=1e-9)
    assert run.experiment.selection.folds == 10
    told = ask("run", path, "--json").json
    assert {part: told[part]["loss"] for part in losses} == pytest.approx(losses, rel=1e-9)


@pytest.mark.parametrize("name", SAID)
def test_it_can_be_trained_on_and_saved_again(name: str, tmp_path: Path) -> None:
    run = Run.from_record(session.read(SAVED / f"{name}.playground")[0])
    run.change(experiments.change(run.experiment, {"selection.folds": 4}))
    run.run_epochs(3)
    session.write(tmp_path / "again.playground", run.record())
    again, _ = session.read(tmp_path / "again.playground")
    assert again.experiment.selection.folds == 4 and again.epoch == run.epoch
    assert Run.from_record(again).scores() == run.scores()


LINEAR = [
    (model, optimizer, {"model.ln_lambda": -7.25, "model.penalise_bias": True, "selection.folds": 7, **more})
    for model, more in (("polynomial", {"model.basis": "legendre"}), ("polynomial", {}),
                        ("gaussian", {"model.width": 0.3}), ("fourier", {}))
    for optimizer in ("closed_form", "sgd")
]  # fmt: skip


@pytest.mark.parametrize(("model", "optimizer", "more"), LINEAR)
def test_models_and_data_of_today_go_through_links_and_files(model: str, optimizer: str, more, tmp_path: Path) -> None:
    e = experiments.change(experiments.default(), {
        "data.kind": "formula", "data.expression": "sin(3x) + 2^x", "data.low": -1.5, "model.kind": model,
        "optimizer.kind": optimizer, **more,
    })  # fmt: skip
    assert experiments.from_link(experiments.to_link(e)) == e
    assert experiments.from_json(json.loads(json.dumps(experiments.to_json(e)))) == e
    run = Run(e)
    run.run_epochs(5)
    session.write(tmp_path / "a.playground", run.record())
    again = Run.from_record(session.read(tmp_path / "a.playground")[0])
    assert again.experiment == e and (again.weights()["w"] == run.weights()["w"]).all()
    assert again.scores() == run.scores()
