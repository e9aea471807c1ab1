"""The classes of the data panel: added, named, recoloured, moved, removed, each as one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.engine import experiment as experiments
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.gui.main_window import MainWindow
from playground.gui.theme import host, theme

THREE = Points([[-3, -3], [-3, 3], [3, -3], [3, 3]], [0, 1, 1, 2])


@pytest.fixture
def painted(opened: Callable[..., MainWindow]) -> Iterator[MainWindow]:
    """The window with points of three classes."""
    drawn = {"data.kind": "drawn", "data.points": THREE, "data.class_names": ("cat", "dog", "fish")}
    yield opened(experiments.change(experiments.default("classify"), drawn))
    host().set_class_colors(())


def colors(window: MainWindow) -> list[str]:
    return [theme().classes[k].name for k in range(len(window.document.problem.classes))]


def test_every_step_can_be_undone_up_to_ten_classes_and_down_to_two(painted: MainWindow) -> None:
    document, classes = painted.document, painted.data_panel.classes
    start = document.experiment
    while classes.add_button.isVisibleTo(classes):
        classes.add_class()
    assert len(document.problem.classes) == 10 and document.undo_text == "Add class"
    assert len(set(colors(painted))) == 10
    while len(document.problem.classes) > 2:
        assert classes._rows[0].removable
        classes.remove(0)
    assert not classes._rows[0].removable and document.undo_text == "Remove class"
    while document.undo_text:
        document.undo()
    assert document.experiment == start


def test_a_class_takes_a_colour_and_gives_its_own_to_the_one_that_had_it(painted: MainWindow) -> None:
    document, classes = painted.document, painted.data_panel.classes
    assert colors(painted) == ["orange", "blue", "green"]
    before = painted.canvas.grab().toImage()
    classes._rows[0].colors_menu(classes._rows[0]).actions()[8].trigger()
    assert colors(painted) == ["brown", "blue", "green"] and document.undo_text == "Recolour class"
    assert painted.canvas.grab().toImage() != before
    classes.recolor(0, 2)
    assert colors(painted) == ["green", "blue", "brown"]
    link = experiments.to_link(document.experiment)
    assert experiments.from_link(link).data.colors_of_classes() == (2, 1, 8)
    document.undo()
    document.undo()
    assert colors(painted) == ["orange", "blue", "green"] and not document.undo_text
    painted.lab_acts["curve"].trigger()
    document.redo()
    assert colors(painted) == ["brown", "blue", "green"]


def test_a_class_moves_with_its_name_colour_and_points(painted: MainWindow) -> None:
    document, classes = painted.document, painted.data_panel.classes
    classes.recolor(2, 5)
    classes._rows[2].setFocus()
    QTest.keyClick(classes._rows[2], Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert document.problem.classes == ("cat", "fish", "dog") and document.undo_text == "Move class"
    assert document.problem.points.t.tolist() == [0, 2, 2, 1]
    assert colors(painted) == ["orange", "vermillion", "blue"]
    assert painted.canvas.current_class == 1
    classes.remove(0)
    assert document.problem.classes == ("fish", "dog") and colors(painted) == ["vermillion", "blue"]
    document.undo()
    document.undo()
    assert document.problem.classes == ("cat", "dog", "fish") and document.problem.points == THREE


def test_two_classes_cannot_have_one_colour() -> None:
    with pytest.raises(SpecError, match=r"data\.class_colors must be different for each class, not 1,1\."):
        experiments.change(experiments.default("classify"), {"data.class_colors": (1, 1)})
