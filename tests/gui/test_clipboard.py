"""Cut, copy and paste in the real window: points go out as a spreadsheet's rows and come back, each as one undo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from playground.engine import experiment as experiments
from playground.engine.points import Points
from playground.gui.main_window import MainWindow

FOUR = Points([[-3, -3], [-3, 3], [3, -3], [3, 3]], [0, 0, 1, 1])


@pytest.fixture
def painted(opened: Callable[..., MainWindow]) -> MainWindow:
    """The window with four points that were drawn."""
    drawn = {"data.kind": "drawn", "data.points": FOUR}
    return opened(experiments.change(experiments.default("classify"), drawn))


def points(window: MainWindow) -> Points:
    return window.document.problem.points


def test_a_copy_comes_back_beside_the_points_and_a_cut_in_its_place(painted: MainWindow) -> None:
    canvas = painted.canvas
    canvas.select_all()
    painted.acts["copy"].trigger()
    assert QGuiApplication.clipboard().text().splitlines()[:2] == ["x1\tx2\tlabel", "-3.0\t-3.0\tA"]
    painted.acts["paste"].trigger()
    assert len(points(painted)) == 8 and canvas.stage.selected.tolist() == [4, 5, 6, 7]
    shift = points(painted).X[4:] - FOUR.X
    assert np.ptp(shift, axis=0) == pytest.approx([0, 0]) and shift[0, 0] > 0
    assert painted.document.undo_text == "Paste points"
    painted.acts["cut"].trigger()
    assert points(painted) == FOUR and painted.document.undo_text == "Cut points"
    painted.acts["paste"].trigger()
    assert points(painted).X[4:] - FOUR.X == pytest.approx(shift)
    for _ in range(3):
        painted.document.undo()
    assert points(painted) == FOUR


def test_rows_of_a_spreadsheet_become_points_and_new_classes(painted: MainWindow) -> None:
    QGuiApplication.clipboard().setText("1,5\t2\tB\n-1\t0\trare\n")
    painted.acts["paste"].trigger()
    assert points(painted).X[4:].tolist() == [[1.5, 2], [-1, 0]]
    assert painted.document.problem.classes == ("A", "B", "rare")
    painted.document.undo()
    assert painted.document.problem.classes == ("A", "B") and len(points(painted)) == 4


def test_rows_without_a_class_get_the_one_that_is_drawn(painted: MainWindow) -> None:
    painted.canvas.choose_class(1)
    QGuiApplication.clipboard().setText("1\t2\n3\t4\n")
    painted.acts["paste"].trigger()
    assert points(painted).t[4:].tolist() == [1, 1]


def test_what_is_neither_points_nor_a_link_is_one_sentence_and_changes_nothing(painted: MainWindow) -> None:
    before = painted.document.experiment
    QGuiApplication.clipboard().setText("Dear Sir or Madam")
    painted.acts["paste"].trigger()
    assert painted.document.experiment is before
    assert "must hold points or a link, not 'Dear Sir" in painted.strips.banner.text()
    QGuiApplication.clipboard().setText("1\t2\tA\n" * 20_000)
    painted.acts["paste"].trigger()
    assert painted.document.experiment is before
    assert "at most 20,000 points" in painted.strips.banner.text()


def test_a_duplicate_and_its_class_are_two_undo_steps(painted: MainWindow) -> None:
    painted.canvas.select_all()
    painted.acts["duplicate"].trigger()
    assert len(points(painted)) == 8 and painted.document.undo_text == "Duplicate points"
    painted.canvas.choose_class(1)
    assert points(painted).t.tolist() == [0, 0, 1, 1, 1, 1, 1, 1] and painted.document.undo_text == "Change class"
    painted.document.undo()
    painted.document.undo()
    assert points(painted) == FOUR
