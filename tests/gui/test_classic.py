"""What older models show on the canvas, and cells of the confusion that light up their points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.snapshot import Confusion, PlaneMarks, Predictions, Snapshot
from playground.gui.canvas import Canvas
from playground.gui.theme import px
from playground.gui.views.confusion import ConfusionView


@pytest.fixture
def canvas(qtbot: Any) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(700, 500)
    e = experiments.change(experiments.default("classify"), {"data.kind": "gauss", "model.kind": "svm"})
    made.set_experiment(e, problems.build(e))
    with qtbot.waitExposed(made):
        QWidget.show(made)
    return made


def picture(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage()


def say(canvas: Canvas, **summaries: Any) -> QImage:
    canvas.show(Snapshot(summaries=summaries))
    return picture(canvas)


RINGED = PlaneMarks(ringed=np.arange(5))
CUTS = PlaneMarks(cuts=np.array([[0.0, -5.0, 0.0, 5.0]]))
MARGINS = PlaneMarks(values=np.outer(np.ones(8), np.linspace(-3, 3, 8))[None], levels=(-1.0, 1.0))
ELLIPSES = PlaneMarks(curves=(np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]]),), classes=(1,))


@pytest.mark.parametrize("marks", [RINGED, CUTS, MARGINS, ELLIPSES], ids=["ringed", "cuts", "margins", "ellipses"])
def test_what_a_model_stands_on_is_drawn_and_goes_with_it(canvas: Canvas, marks: PlaneMarks) -> None:
    bare = say(canvas)
    assert say(canvas, marks=marks) != bare
    canvas.set_layer("marks", False)
    assert picture(canvas) == bare
    canvas.set_layer("marks", True)
    assert say(canvas) == bare, "another model has none"


def test_the_mistake_that_is_learned_from_lights_up(canvas: Canvas) -> None:
    points = canvas.stage.picture.points
    dark = say(canvas, predictions=Predictions(ids=points.ids, value=points.t))
    lit = say(canvas, predictions=Predictions(ids=points.ids, value=points.t, lit=int(points.ids[3])))
    assert lit != dark
    at = canvas.pixel_of(*points.X[3]) * lit.devicePixelRatio()
    edge = round(at.x()) + round(px(13) * lit.devicePixelRatio())
    assert lit.pixelColor(edge, round(at.y())) != dark.pixelColor(edge, round(at.y()))


def test_a_cell_of_the_confusion_gives_its_points(qtbot: Any) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(420, 260)
    truth, guess = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 1, 1])
    counts = np.array([[1, 2], [0, 2]])
    view.show(Confusion(counts=counts, names=("A", "B"), ids=np.arange(10, 15), truth=truth, guess=guess))
    view.grab()
    heard: list[list[int]] = []
    view.points_chosen.connect(lambda ids: heard.append(ids.tolist()))
    for row, column in ((0, 1), (1, 0), (1, 1)):
        box = view._grid
        x = box.left() + (column + 0.5) * box.width() / 2
        y = box.top() + (row + 0.5) * box.height() / 2
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert heard == [[11, 12], [], [13, 14]]
    assert view.say(1) == "2 of class A were taken for B"
