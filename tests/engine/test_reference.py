"""What `playground describe` tells, and the page in assets that is made of it."""

import json

from playground.assets import asset
from playground.engine.experiment import default, known_parameters, set_text
from playground.engine.presets import presets
from playground.engine.reference import COMES_WITH_POINTS, describe, page
from playground.engine.registry import datasets, exporters, labs, models, optimizers
from playground.engine.schema import show

TOLD = describe()


def test_everything_that_is_registered_is_told():
    for key, registry in (("labs", labs), ("presets", presets), ("datasets", datasets), ("models", models),
                          ("optimizers", optimizers), ("exports", exporters)):  # fmt: skip
        assert [entry["name"] for entry in TOLD[key]] == list(registry)
        assert len(TOLD[key])


def test_every_path_is_told_with_its_kind_default_range_and_whether_it_is_live():
    paths = {entry["path"] for entry in TOLD["parameters"]}
    assert paths == set(known_parameters()) - COMES_WITH_POINTS
    for entry in TOLD["parameters"]:
        assert {"path", "kind", "default", "label", "live", "allowed"} <= set(entry)
        if entry["kind"] in ("choice", "subset"):
            assert entry["choices"]
        if entry["kind"] in ("int", "float"):
            assert entry["low"] < entry["high"]


def test_every_visible_parameter_has_a_word_of_help():
    silent = {
        "lab",
        "data.kind",
        "model.kind",
        "optimizer.kind",
        "model.basis",
        "data.class_names",
        "training.executor",
    }
    for entry in TOLD["parameters"]:
        assert entry.get("help") or entry["path"] in silent, entry["path"]


def test_a_path_that_differs_between_kinds_is_told_for_each():
    found = {
        tuple(entry["when"]["data.kind"]): entry["high"]
        for entry in TOLD["parameters"]
        if entry["path"] == "data.n"
    }
    assert found[next(kinds for kinds in found if "sine" in kinds)] == 1000
    assert found[next(kinds for kinds in found if "spiral" in kinds)] == 5000


def test_the_defaults_told_are_those_of_the_labs():
    for lab in labs:
        for entry in TOLD["parameters"]:
            value = entry.get("default_by_lab", {lab: entry["default"]}).get(lab)
            if "when" not in entry and entry["path"] in (
                "loss",
                "model.kind",
                "split.train",
                "training.batch_size",
            ):
                assert set_text(default(lab), [(entry["path"], show(value))]) == default(lab)


def test_it_can_be_written_as_json():
    assert json.loads(json.dumps(TOLD, allow_nan=False)) == TOLD


def test_the_page_is_up_to_date():
    written = asset("PARAMETERS.md").read_text(encoding="utf-8")
    assert written == page(), "assets/PARAMETERS.md is stale: run `python -m playground.engine.reference`"
