"""What the canvas can show of a decision map besides probabilities: decisions, uncertainty, contours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.snapshot import DecisionMap, Snapshot
from playground.gui import plane_layers
from playground.gui.canvas import Canvas

SLOPE = np.linspace(0.02, 0.98, 40)


def map_of(k: int = 2, **more: Any) -> DecisionMap:
    second = np.tile(SLOPE, (40, 1))
    rest = [(1 - second) / (k - 1)] * (k - 1)
    return DecisionMap(values=np.stack([*rest[:1], second, *rest[1:]], axis=2).astype(np.float32), **more)


@pytest.fixture
def canvas(qtbot: Any) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(600, 500)
    e = experiments.change(experiments.default("classify"), {"data.kind": "gauss", "data.n": 10})
    made.set_experiment(e, problems.build(e))
    with qtbot.waitExposed(made):
        QWidget.show(made)
    made.show(Snapshot(summaries={"map": map_of()}))
    return made


def picture(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage()


@pytest.mark.parametrize("layer", ["discrete", "uncertainty", "contours"])
def test_each_layer_can_be_switched_on_and_off(canvas: Canvas, layer: str) -> None:
    assert layer in {key for key, _, on in canvas.layers() if not on}, "offered, and off at first"
    before = picture(canvas)
    canvas.set_layer(layer, True)
    assert picture(canvas) != before
    canvas.set_layer(layer, False)
    assert picture(canvas) == before


@pytest.mark.parametrize("k", [2, 3, 10])
def test_entropy_is_one_where_all_classes_are_equally_probable(k: int) -> None:
    flat, sure = np.full((2, 2, k), 1 / k), np.zeros((2, 2, k))
    sure[..., 0] = 1
    assert plane_layers.uncertainty(flat) == pytest.approx(1)
    assert plane_layers.uncertainty(sure) == pytest.approx(0, abs=1e-9)


def test_decisions_follow_the_threshold_and_leave_out_what_is_rejected() -> None:
    threshold = map_of(edge=(np.tile(SLOPE, (40, 1)) - 0.8)[None])
    assert (plane_layers.decided(threshold)[0] == (SLOPE > 0.8)).all()
    values = map_of().values.copy()
    values[:, 15:25] = 0.5
    assert (plane_layers.decided(DecisionMap(values=values))[0] == np.where(
        (np.arange(40) >= 15) & (np.arange(40) < 25), -1, SLOPE > 0.5)).all()  # fmt: skip
    image = plane_layers.discrete_image(map_of())
    assert len({image.pixel(x, 5) for x in range(40)}) == 2, "two colours and nothing between"


def test_contours_stand_at_their_probability() -> None:
    for level, field in plane_layers.levels(map_of()):
        assert field[0, np.abs(SLOPE - level).argmin()] == pytest.approx(level, abs=0.02)
    assert [level for level, _ in plane_layers.levels(map_of(3))] == list(plane_layers.OF_MORE)
    assert plane_layers.levels(DecisionMap(values=map_of().values, unit=(1, 0))) == []
    assert len(plane_layers.levels(DecisionMap(values=np.tile(SLOPE, (40, 1))))) == len(plane_layers.OF_NUMBERS)
