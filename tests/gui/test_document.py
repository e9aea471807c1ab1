"""The document: one gesture is one undo step, wrong input changes nothing, labs remember themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine import experiment as experiments
from playground.engine.schema import SpecError
from playground.gui.document import Document


def test_one_drag_is_one_undo_step() -> None:
    document = Document()
    for order in (4, 5, 7, 9):
        document.change({"model.order": order}, merge="model.order")
    document.settle()
    document.change({"model.order": 2}, merge="model.order")
    document.undo()
    assert document.experiment.model.order == 9
    document.undo()
    assert document.experiment.model.order == 3
    assert document.undo_text == ""
    document.redo()
    assert document.experiment.model.order == 9


def test_undo_is_called_by_the_parameter() -> None:
    document = Document()
    document.change({"model.order": 9})
    assert document.undo_text == "Order M"
    document.undo()
    assert document.redo_text == "Order M"


def test_a_drag_that_comes_back_leaves_nothing_to_undo() -> None:
    document = Document()
    for order in (4, 5, 3):
        document.change({"model.order": order}, merge="drag")
    assert document.undo_text == ""


def test_wrong_input_changes_nothing() -> None:
    document = Document()
    heard: list[object] = []
    document.changed.connect(heard.append)
    with pytest.raises(SpecError, match=r"model\.order must be a whole number from 0 to 20, not 99"):
        document.change({"model.order": 99})
    assert not heard
    assert document.experiment.model.order == 3


def test_a_new_change_forgets_what_could_be_redone() -> None:
    document = Document()
    document.change({"model.order": 5})
    document.undo()
    document.change({"model.order": 6})
    document.redo()
    assert document.experiment.model.order == 6


def test_each_lab_keeps_its_settings() -> None:
    document = Document()
    document.change({"model.order": 9})
    document.switch_lab("classify")
    assert document.experiment.lab == "classify"
    document.change({"model.hidden": (4,)})
    document.switch_lab("curve")
    assert document.experiment.model.order == 9
    document.switch_lab("classify")
    assert document.experiment.model.hidden == (4,)


def test_undo_goes_to_the_lab_where_it_undoes() -> None:
    document = Document()
    document.change({"model.order": 9})
    document.switch_lab("classify")
    document.change({"model.hidden": (4,)})
    document.undo()
    assert document.experiment.lab == "classify"
    assert document.experiment.model.hidden == (8, 8)
    document.undo()
    assert (document.experiment.lab, document.experiment.model.order) == ("curve", 3)
    document.redo()
    assert (document.experiment.lab, document.experiment.model.order) == ("curve", 9)
    document.redo()
    assert document.experiment.model.hidden == (4,)


def test_drawn_points_are_undone_and_told_as_one_path() -> None:
    document = Document()
    heard: list[frozenset[str]] = []
    document.changed.connect(heard.append)
    points = document.problem.points
    document.set_points(points.replace([0], t=[2.0]), "Move point", "drag 1")
    document.set_points(points.replace([0], t=[3.0]), "Move point", "drag 1")
    assert heard == [frozenset({"data.points"})] * 2
    assert document.undo_text == "Move point"
    document.undo()
    assert document.problem.points == points


def test_dirty_follows_the_file(tmp_path: Path) -> None:
    document = Document()
    assert not document.dirty
    document.change({"model.order": 9})
    assert document.dirty
    assert not document.worth_asking  # a slider is quickly found again
    document.set_points(document.problem.points.remove([0]), "Erase points")
    assert document.worth_asking
    document.saved(tmp_path / "nine.playground")
    assert not document.dirty
    assert document.title == "nine"
    document.undo()
    assert document.dirty and document.worth_asking
    document.redo()
    assert not document.dirty
    document.trained()
    assert document.dirty


def test_looking_at_another_lab_is_no_change() -> None:
    document = Document()
    document.switch_lab("classify")
    assert not document.dirty


def test_opening_starts_afresh() -> None:
    document = Document()
    document.change({"model.order": 9})
    document.open(experiments.default("classify"))
    assert document.undo_text == ""
    assert not document.dirty
    document.undo()
    assert document.experiment.lab == "classify"
