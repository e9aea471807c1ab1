"""The point on the ROC curve is dragged, and moves the threshold: one drag is one step of undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from playground.engine import experiment as experiments
from playground.gui import demo
from playground.gui.document import Document
from playground.gui.views.roc import THRESHOLD, RocView


@pytest.fixture
def view(qtbot: Any) -> RocView:
    made = RocView()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show_summary(demo.roc())
    with qtbot.waitExposed(made):
        QWidget.show(made)
    return made


@pytest.fixture
def document(view: RocView) -> Document:
    made = Document(experiments.default("classify"))
    view.dragged.connect(lambda changes: made.change(changes, "chart"))
    view.settled.connect(made.settle)
    return made


def spot(view: RocView, place: int) -> QPoint:
    return view._spot(view._layout()[0], place).toPoint()


def test_a_drag_moves_the_threshold_and_is_one_undo(qtbot: Any, view: RocView, document: Document) -> None:
    start = document.experiment
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=spot(view, 5))
    seen = []
    for place in (4, 3, 1):
        qtbot.mouseMove(view, spot(view, place))
        view.grab()
        seen.append(document.experiment.decision.threshold)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=spot(view, 1))
    assert seen == pytest.approx([0.6, 0.7, 0.9]), "the threshold follows while the button is held"
    assert "threshold 0.9" in view.describe() and "true positive rate 30.0 %" in view.describe()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot(view, 8))
    document.undo()
    assert document.experiment.decision.threshold == pytest.approx(0.9)
    document.undo()
    assert document.experiment == start and not document.undo_text


def test_far_from_the_curve_nothing_is_taken(qtbot: Any, view: RocView, document: Document) -> None:
    box = view._layout()[0].rect
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(box.right()) - 20, round(box.bottom()) - 20))
    assert document.experiment.decision.threshold is None


def test_the_arrow_keys_go_from_point_to_point(qtbot: Any, view: RocView, document: Document) -> None:
    view.setFocus()
    for key, wanted in ((Qt.Key.Key_Right, 0.4), (Qt.Key.Key_Left, 0.5), (Qt.Key.Key_End, 0.0), (Qt.Key.Key_Up, 0.0),
                        (Qt.Key.Key_Home, 1.0)):  # fmt: skip
        qtbot.keyClick(view, key)
        assert document.experiment.decision.threshold == pytest.approx(wanted), key
    document.undo()
    assert document.experiment.decision.threshold == pytest.approx(0.0)


def test_hovering_reads_the_curve_out_and_a_model_without_probabilities_has_no_point(qtbot: Any, view: RocView) -> None:
    plain = view.grab().toImage()
    qtbot.mouseMove(view, spot(view, 7))
    assert view.grab().toImage() != plain
    heard: list[Any] = []
    view.dragged.connect(heard.append)
    view.show_summary(replace(demo.roc(), threshold=None, here=None, note="No threshold."))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view._layout()[0].rect.center().toPoint())
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert not heard and THRESHOLD == "decision.threshold"
