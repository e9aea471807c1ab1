"""The views that look into a network answer the hand; troubles stand in the strip, one at a time, and stay put."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Choice, Snapshot, Summary, Trouble
from playground.gui import demo_inside
from playground.gui.notify import Strips
from playground.gui.views import VIEWS, typeset
from playground.gui.views import example_rows as rows


def make(qtbot: Any, summary: Summary, size: tuple[int, int] = (600, 240)) -> Any:
    view = VIEWS[type(summary)]()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show(summary)
    QWidget.show(view)
    return view


# ---- one example ----
def test_the_arrow_keys_and_the_buttons_go_through_the_steps(qtbot):
    view = make(qtbot, demo_inside.example())
    n = len(view.summary.steps)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.step == 0
    for _ in range(n + 3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.step == n - 1 and not view._tools["forward"].isEnabled()
    assert view.accessibleDescription().startswith(f"step {n} of {n}")
    qtbot.mouseClick(view._tools["back"], Qt.MouseButton.LeftButton)
    assert view.step == n - 2
    view.show(demo_inside.example((2, 4, 2)))
    assert view.step == len(view.summary.steps) - 1, "a smaller network has fewer steps"
    view.hide()
    typeset.finish()


def test_every_step_of_every_unit_can_be_drawn(qtbot):
    for sizes in ((1, 1), (2, 3, 2), (2, 12, 12, 3)):
        view = make(qtbot, demo_inside.example(sizes), (420, 180))
        for step in range(len(view.summary.steps)):
            view.go(step)
            for layer in range(1, len(sizes)):
                view._choose(layer, 2)
                view.grab()
        view.hide()
    typeset.finish()


def test_the_calculation_adds_up_to_the_number_at_the_unit():
    s = demo_inside.example()
    (step,) = [step for step in s.steps if (step.kind, step.layer) == ("sum", 2)]
    lines = rows.lines(s, step, 2, 3)
    assert len(lines) == 8 + 2 and lines[-1].total
    assert lines[-1].text == rows.reading(float(s.sums[1][3]))
    assert lines[0].text.startswith(f"{rows.reading(float(s.weights[1][3, 0]))} × ")
    (step,) = [step for step in s.steps if (step.kind, step.layer) == ("delta", 1)]
    assert rows.lines(s, step, 1, 0)[-1].text.endswith(f"= {rows.short(float(s.deltas[0][0]))}")


def test_a_click_on_a_unit_writes_out_its_calculation(qtbot):
    view = make(qtbot, demo_inside.example(), (900, 400))
    view.go(2)
    at = view._places()[2][5]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert view._focus() == (2, 5)
    view.hide()
    typeset.finish()


def test_the_next_point_is_asked_for(qtbot):
    view = make(qtbot, demo_inside.example())
    with qtbot.waitSignal(view.looked) as asked:
        qtbot.mouseClick(view._tools["after"], Qt.MouseButton.LeftButton)
    assert asked.args == [{"example": 9}]
    view.hide()
    typeset.finish()


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0.000"), (-0.35, "\u22120.350"), (4.1e-4, "4e\u22124"), (-2e-7, "\u22122e\u22127"), (1e-15, "0.000"),
])  # fmt: skip
def test_small_numbers_stay_short(value, text):
    assert rows.short(value) == text


# ---- hidden space ----
def test_layer_and_units_are_chosen_at_the_edge(qtbot):
    view = make(qtbot, demo_inside.hidden())
    asked: list[dict[str, Any]] = []
    view.looked.connect(asked.append)
    assert [view.layer.itemText(i) for i in range(view.layer.count())] == ["Layer 1", "Layer 2"]
    view.layer.activated.emit(0)
    view.across.setCurrentIndex(4)
    view.across.activated.emit(4)
    view.up.setCurrentIndex(0)
    view.up.activated.emit(0)
    assert asked == [{"layer": 1, "pair": None}, {"pair": (3, 0)}, {"pair": None}]


def test_two_units_leave_nothing_to_choose_and_a_point_can_be_followed(qtbot):
    view = make(qtbot, demo_inside.hidden(True))
    assert not view.across.isEnabled() and view.across.currentText() == "Unit 1"
    frame, s = view._frame(), view.summary
    at = QPointF(float(frame.px(s.at[0, 0])), float(frame.py(s.at[0, 1])))
    with qtbot.waitSignal(view.looked) as asked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
    near = np.hypot(*(s.at[asked.args[0]["example"]] - s.at[0]))
    assert near < 0.1


def test_histograms_say_which_units_are_saturated(qtbot):
    view = make(qtbot, demo_inside.histograms())
    assert "3/8 saturated" in view.accessibleDescription()
    qtbot.mouseMove(view, QPoint(300, 60))
    view.grab()


# ---- troubles ----
DEAD = Trouble("dead", "All units give 0.", "layer 1", Choice("Leaky ReLU", {"model.activation": "x"}))
MORE = Trouble("more weights", "402 weights for 219 training points: the network can learn them by heart.")


@pytest.fixture
def strips(qtbot):
    strips = Strips()
    qtbot.addWidget(strips)
    strips.resize(900, 40)
    strips.show()
    strips.set_hint("Try something.", "Try.")
    return strips


def tell(strips: Strips, *troubles: Trouble, status: str = "running") -> None:
    strips.show_run(Snapshot(status=status, troubles=troubles))  # type: ignore[arg-type]


def test_the_most_serious_trouble_stands_in_the_place_of_the_hint(strips):
    before = strips.sizeHint().height()
    tell(strips, DEAD, MORE)
    assert strips.trouble.isVisible() and not strips.hint.isVisible()
    assert strips.trouble.accessibleName() == DEAD.sentence and strips.trouble.button.text() == "Leaky ReLU"
    assert strips.sizeHint().height() == before, "nothing moves"
    tell(strips)
    assert strips.hint.isVisible() and not strips.trouble.isVisible()


def test_where_a_trouble_may_come_its_place_is_kept_when_the_hint_is_closed(strips, qtbot):
    strips.keep_place(True)
    before = strips.sizeHint().height()
    qtbot.mouseClick(strips.hint.close_button, Qt.MouseButton.LeftButton)
    assert strips.quiet.isVisible() and strips.sizeHint().height() == before
    tell(strips, DEAD)
    assert strips.trouble.isVisible() and not strips.quiet.isVisible() and strips.sizeHint().height() == before
    strips.keep_place(False)
    tell(strips)
    assert strips.sizeHint().height() == 0


def test_the_button_changes_the_document(strips, qtbot):
    tell(strips, DEAD)
    with qtbot.waitSignal(strips.picked) as picked:
        qtbot.mouseClick(strips.trouble.button, Qt.MouseButton.LeftButton)
    assert picked.args == [{"model.activation": "x"}]


def test_one_that_is_closed_stays_away_until_there_is_another_lab(strips, qtbot):
    tell(strips, DEAD, MORE)
    qtbot.mouseClick(strips.trouble.close_button, Qt.MouseButton.LeftButton)
    tell(strips, DEAD, MORE)
    assert strips.trouble.accessibleName() == MORE.sentence and not strips.trouble.button.isVisible()
    strips.forget_troubles()
    tell(strips, DEAD, MORE)
    assert strips.trouble.accessibleName() == DEAD.sentence


def test_a_run_that_diverged_offers_what_to_try_beside_restore(strips, qtbot):
    trouble = Trouble("diverged", "Too large.", "loss", Choice("Learning rate 0.01", {"optimizer.learning_rate": 0.01}))
    strips.show_run(Snapshot(status="diverged", message="It diverged.", can_restore=True, troubles=(trouble,)))
    assert strips.banner.isVisible() and not strips.trouble.isVisible()
    (button,) = [b for b in strips.banner._buttons if b.text() == "Learning rate 0.01"]
    with qtbot.waitSignal(strips.picked) as picked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert picked.args == [{"optimizer.learning_rate": 0.01}]
