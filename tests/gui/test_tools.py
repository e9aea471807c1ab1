"""The drawing tools under a real mouse: what a gesture adds, moves and takes away, and that it is one gesture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.points import EMPTY_1D, EMPTY_2D, Points
from playground.gui.canvas import Canvas
from playground.gui.tools import base as tools

LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A canvas with a document's answer to its edits, and a log of them."""

    def __init__(self, qtbot: Any, lab: str, points: Points, **changes: Any) -> None:
        self.bot, self.edits = qtbot, []
        self.canvas = Canvas()
        qtbot.addWidget(self.canvas)
        self.canvas.resize(900, 500)
        self.experiment = experiments.change(experiments.default(lab), {"data.points": points, **changes})
        self.canvas.set_experiment(self.experiment, problems.build(self.experiment))
        self.canvas.edit.connect(self._edited)
        self.canvas.stage.rng = np.random.default_rng(0)
        with qtbot.waitExposed(self.canvas):
            QWidget.show(self.canvas)

    def _edited(self, points: Points, text: str, key: str) -> None:
        self.edits.append((points, text, key))
        self.experiment = experiments.change(self.experiment, {"data.points": points})
        self.canvas.set_experiment(self.experiment, problems.build(self.experiment))

    @property
    def points(self) -> Points:
        return self.experiment.data.points

    @property
    def keys(self) -> set[str]:
        return {key for *_, key in self.edits}

    def at(self, x: float, y: float) -> QPoint:
        return self.canvas.pixel_of(x, y)

    def press(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.mousePress(self.canvas.viewport(), LEFT, keys, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        self.bot.mouseMove(self.canvas.viewport(), self.at(x, y))

    def release(self, x: float, y: float) -> None:
        self.bot.mouseRelease(self.canvas.viewport(), LEFT, pos=self.at(x, y))

    def click(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(x, y, keys)
        self.release(x, y)

    def drag(self, *path: tuple[float, float]) -> None:
        self.press(*path[0])
        for place in path[1:]:
            self.move(*place)
        self.release(*path[-1])


@pytest.fixture
def desk(qtbot: Any) -> Any:
    return lambda lab="curve", points=EMPTY_1D, **changes: Desk(qtbot, lab, points, **changes)


FOUR = Points([[-3, -3], [-3, 3], [3, -3], [3, 3]], [0, 0, 1, 1])


def test_put_adds_a_point_where_it_was_clicked(desk):
    d = desk()
    d.click(0.4, 0.5)
    assert len(d.points) == 1
    assert d.points.X[0, 0] == pytest.approx(0.4, abs=0.002)
    assert d.points.t[0] == pytest.approx(0.5, abs=0.01)


def test_put_draws_the_chosen_class(desk):
    d = desk("classify", EMPTY_2D)
    d.canvas.choose_class(1)
    d.click(2, -2)
    assert d.points.t.tolist() == [1.0]
    assert d.points.X[0] == pytest.approx([2, -2], abs=0.03)


def test_two_clicks_are_two_gestures_and_a_double_click_two_points(desk):
    d = desk()
    d.click(0.2, 0.0)
    d.click(0.6, 0.0)
    assert len(d.keys) == 2
    d.bot.mouseDClick(d.canvas.viewport(), LEFT, pos=d.at(0.8, 1.0))
    assert len(d.points) == 3


def test_outside_the_axes_nothing_is_drawn(desk):
    d = desk()
    d.bot.mouseClick(d.canvas.viewport(), LEFT, pos=QPoint(d.canvas.viewport().width() - 2, 2))
    assert not d.edits


def test_dragging_a_point_moves_that_one_only_as_one_gesture(desk):
    d = desk(points=Points([[0.2], [0.5]], [0.0, 0.5]))
    d.drag((0.5, 0.5), (0.55, 0.7), (0.6, 0.9), (0.7, 1.0))
    assert len(d.points) == 2
    assert d.points.X[:, 0] == pytest.approx([0.2, 0.7], abs=0.003)
    assert d.points.t == pytest.approx([0.0, 1.0], abs=0.01)
    assert d.points.ids.tolist() == [0, 1]
    assert 1 < len(d.edits) <= 3 and len(d.keys) == 1  # one move in each frame is enough


def test_the_axes_wait_for_the_end_of_a_drag_out_of_the_picture(desk):
    d = desk(points=Points([[0.2], [0.5]], [0.0, 0.5]))
    before, end = d.canvas.view(), d.at(0.5, 0.5) - QPoint(0, 400)
    d.press(0.5, 0.5)
    d.bot.mouseMove(d.canvas.viewport(), end)
    assert d.canvas.view() == before
    d.bot.mouseRelease(d.canvas.viewport(), LEFT, pos=end)
    assert d.canvas.view().y[1] > d.points.t.max() > before.y[1]


def test_a_click_on_a_point_changes_nothing(desk):
    d = desk(points=Points([[0.5]], [0.5]))
    d.click(0.5, 0.5)
    assert not d.edits


def test_the_brush_sprays_while_the_button_is_down_and_stops_with_it(desk):
    d = desk("classify", EMPTY_2D)
    d.canvas.set_tool("brush")
    d.press(1, 1)
    assert len(d.points) == d.canvas.brush_density  # at once, not after the first tick
    d.bot.waitUntil(lambda: len(d.edits) >= 3)
    d.release(1, 1)
    count = len(d.points)
    assert len(d.keys) == 1
    assert not d.canvas.stage._timer.isActive()
    d.bot.wait(2 * 50 + 20)
    assert len(d.points) == count
    radius = d.canvas.brush_radius * 12 / d.canvas.stage.frame.rect.width()
    assert np.hypot(*(d.points.X - 1).T).max() <= radius + 0.05


@pytest.mark.parametrize("how", ["focus", "move", "hide", "deactivate", "tool"])
def test_the_brush_stops_when_the_release_got_lost(desk, how):
    d = desk()
    d.canvas.set_tool("brush")
    d.press(0.5, 0)
    stage = d.canvas.stage
    if how == "focus":
        QApplication.sendEvent(stage, QFocusEvent(QEvent.Type.FocusOut))
    elif how == "move":
        d.bot.mouseRelease(d.canvas, LEFT)  # somebody else gets the release
        d.move(0.6, 0)
    elif how == "hide":
        stage.hide()
    elif how == "deactivate":
        QApplication.sendEvent(stage, QEvent(QEvent.Type.WindowDeactivate))
    else:
        d.canvas.set_tool("put")
    assert not stage._timer.isActive() and not stage.tools["brush"].held


def test_the_brush_follows_the_hand(desk):
    d = desk()
    d.canvas.set_tool("brush")
    d.press(0.2, 0)
    d.move(0.8, 0)
    d.canvas.stage._tick()
    d.canvas.stage._tick()
    d.release(0.8, 0)
    assert d.points.X.max() > 0.7


def test_a_spray_ends_at_the_most_points_there_may_be(desk, monkeypatch):
    monkeypatch.setattr(tools, "MAX_POINTS", 6)
    d = desk()
    notes: list[str] = []
    d.canvas.note.connect(notes.append)
    d.canvas.set_tool("brush")
    d.press(0.5, 0)
    d.canvas.stage._tick()
    d.canvas.stage._tick()
    d.release(0.5, 0)
    assert len(d.points) == 6 and "at most 6 points" in notes[-1]


def test_the_eraser_takes_what_it_passes_over_in_one_gesture(desk):
    x = np.linspace(0.1, 0.9, 9)
    d = desk(points=Points(x[:, None], np.zeros(9)))
    d.canvas.set_tool("eraser")
    d.canvas.brush_radius = 10
    d.drag((0.05, 0), (0.52, 0))  # one long move: what lies between is erased too
    assert d.points.X[:, 0] == pytest.approx([0.6, 0.7, 0.8, 0.9])
    assert len(d.keys) == 1
    d.drag((0.65, 1.0), (0.65, 0.8))
    assert len(d.points) == 4


def test_a_rectangle_selects_and_delete_removes(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.drag((-4, -4), (-2, 0), (-1, 4))
    assert d.canvas.stage.selected.tolist() == [0, 1]
    d.bot.keyClick(d.canvas.viewport(), Qt.Key.Key_Delete)
    assert d.points.ids.tolist() == [2, 3]
    assert not d.canvas.has_selection()
    assert d.edits[-1][1] == "Delete points"


def test_selected_points_move_together(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.drag((-4, -4), (-1, 4))
    d.drag((-3, 3), (-2, 3), (-1, 3))
    assert d.points.X[:, 0] == pytest.approx([-1, -1, 3, 3], abs=0.05)
    assert d.points.X[:, 1] == pytest.approx([-3, 3, -3, 3], abs=0.05)
    assert len(d.keys) == 1


def test_shift_adds_a_click_in_the_empty_clears_and_so_does_escape(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.click(-3, -3)
    d.click(3, 3, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(d.canvas.stage.selected) == [0, 3]
    d.click(3, 3, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(d.canvas.stage.selected) == [0]
    d.click(0, 0)
    assert not d.canvas.has_selection()
    d.canvas.select_all()
    assert len(d.canvas.stage.selected) == 4
    d.bot.keyClick(d.canvas.viewport(), Qt.Key.Key_Escape)
    assert not d.canvas.has_selection()
    assert not d.edits


def test_a_digit_changes_the_class_of_selected_points(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.click(-3, -3)
    d.canvas.choose_class(1)
    assert d.points.t.tolist() == [1, 0, 1, 1]
    assert d.canvas.current_class == 1


def test_a_class_that_is_not_there_is_refused_in_words(desk):
    d = desk("classify", FOUR)
    notes: list[str] = []
    d.canvas.note.connect(notes.append)
    d.canvas.choose_class(4)
    assert d.canvas.current_class == 0 and "only 2 classes" in notes[0]


def test_chips_follow_the_classes(desk):
    d = desk("classify", FOUR, **{"data.class_names": ("A", "B", "C")})
    chips = d.canvas._palette.chips()
    assert [chip.accessibleName() for chip in chips] == ["Class A", "Class B", "Class C"]
    d.bot.mouseClick(chips[2], LEFT)
    assert d.canvas.current_class == 2 and chips[2].isChecked() and not chips[0].isChecked()


def test_the_keys_of_the_tools(desk):
    d = desk("classify", FOUR)
    actions = {action.shortcut().toString(): action for action in d.canvas.tool_actions()}
    assert {"P", "B", "N", "E", "S", "L", "J", "M", "[", "]", "1", "0"} <= set(actions)
    with d.bot.waitSignal(d.canvas.tool_changed):
        actions["E"].trigger()
    assert d.canvas.tool == "eraser" and actions["E"].isChecked() and not actions["P"].isChecked()
    radius = d.canvas.brush_radius
    actions["]"].trigger()
    assert d.canvas.brush_radius > radius
    actions["2"].trigger()
    assert d.canvas.current_class == 1
    actions["N"].trigger()
    actions["]"].trigger()
    assert d.canvas.pen_spacing == pytest.approx(22.5)


def test_points_with_numbers_take_plus_or_minus_one(desk):
    kinds = [kind for kind, cls in experiments.datasets.items() if cls.n_inputs == 2 and cls.task == "regression"
             and kind != "file"]  # fmt: skip
    d = desk("classify", EMPTY_2D, **{"data.kind": kinds[0]})
    assert len(d.canvas._palette.chips()) == 2
    d.canvas.choose_class(1)
    d.click(0, 0)
    assert d.points.t.tolist() == [1.0]


def test_a_second_press_on_the_brush_offers_radius_and_density(desk):
    d = desk()
    button = d.canvas._palette.button("brush")
    d.bot.mouseClick(button, LEFT)
    assert d.canvas.tool == "brush" and not d.canvas.brush_panel.isVisible()
    d.bot.mouseClick(button, LEFT)
    assert d.canvas.brush_panel.isVisible()
    d.canvas.brush_panel.rows["radius"].changed.emit(40)
    d.canvas.brush_panel.rows["density"].changed.emit(9)
    assert (d.canvas.brush_radius, d.canvas.brush_density) == (40, 9)
    d.click(0.9, -0.5)
    assert not d.canvas.brush_panel.isVisible()


def test_all_tools_work_from_the_keyboard(desk):
    d = desk("classify", EMPTY_2D)
    view, hand = d.canvas.viewport(), d.canvas.stage
    view.setFocus()
    for _ in range(6):
        d.bot.keyClick(view, Qt.Key.Key_Right)
    d.bot.keyClick(view, Qt.Key.Key_Return)
    assert len(d.points) == 1 and d.points.X[0, 0] > 0.5
    assert d.points.X[0, 1] == pytest.approx(0, abs=0.05)
    d.bot.keyPress(view, Qt.Key.Key_Return)  # held: the arrows drag the point
    for _ in range(4):
        d.bot.keyClick(view, Qt.Key.Key_Up)
    d.bot.keyRelease(view, Qt.Key.Key_Return)
    assert len(d.points) == 1 and d.points.X[0, 1] > 0.5
    d.canvas.set_tool("eraser")
    d.bot.keyClick(view, Qt.Key.Key_Return)
    assert len(d.points) == 0 and not hand.tool.held


def test_the_pen_puts_points_along_the_stroke_at_its_spacing(desk):
    d = desk("classify", EMPTY_2D)
    d.canvas.set_tool("pen")
    d.canvas.choose_class(1)
    d.canvas.pen_spacing = 20
    d.drag((-4, 0), (-1, 0), (2, 0), (2, 3))
    places = np.column_stack([d.canvas.stage.frame.px(d.points.X[:, 0]), d.canvas.stage.frame.py(d.points.X[:, 1])])
    way = np.abs(np.diff(places, axis=0)).sum(axis=1)  # the stroke runs along the axes
    assert way == pytest.approx(20, abs=0.01) and len(way) >= 10
    assert set(d.points.t) == {1.0} and len(d.keys) == 1 and d.edits[-1][1] == "Draw points"
    d.click(-4, -4)
    assert len(d.keys) == 2 and d.points.X[-1] == pytest.approx([-4, -4], abs=0.03)


def test_the_lasso_takes_what_its_outline_encloses_and_drags_it(desk):
    d = desk("classify", Points([[0, 0], [2, 2], [-2, -2], [2, -2]], [0, 0, 1, 1]))
    d.canvas.set_tool("lasso")
    corner = ((-3.5, -3.5), (-3.5, 1), (1, 1), (1, 3.5), (3.5, 3.5), (3.5, 0.8), (0.8, 0.8), (0.8, -1), (-1, -3.5))
    d.drag(*corner)
    assert d.canvas.stage.selected.tolist() == [0, 1, 2] and not d.edits
    d.drag((0, 0), (0, 1))
    assert d.points.X[:, 1] == pytest.approx([1, 3, -1, -2], abs=0.05)
    assert len(d.keys) == 1
    d.canvas.set_tool("select")
    assert d.canvas.has_selection(), "the other tool that chooses keeps what is chosen"
    d.canvas.set_tool("brush")
    assert not d.canvas.has_selection()


@pytest.mark.parametrize("lab", ["curve", "classify"])
@pytest.mark.parametrize("tool", ["jitter", "magnet"])
def test_jitter_and_magnet_shift_what_is_under_the_footprint_while_held(desk, lab, tool):
    x = np.linspace(-0.3, 0.3, 5)
    near = [[a, b] for a in x for b in x]
    points = Points([*near, [4, 4]], [0.0] * 26) if lab == "classify" else Points([[0.5], [0.505], [0.51], [0.9]],
                                                                                 [0.0, 0.01, 0.0, 0.5])  # fmt: skip
    d = desk(lab, points)
    d.canvas.set_tool(tool)
    hand = (0.1, 0.1) if lab == "classify" else (0.503, 0.003)
    before = np.column_stack(d.canvas.stage.picture.places())
    d.press(*hand)
    for _ in range(8):
        d.canvas.stage._tick()
    d.release(*hand)
    after = np.column_stack(d.canvas.stage.picture.places())
    assert after[-1].tolist() == before[-1].tolist(), "what lies outside of the footprint stays"
    moved = (after != before).any(axis=1)
    assert moved[:-1].all() and len(d.keys) == 1
    def spread(places):
        return places[:-1].std(axis=0).sum()

    assert (spread(after) > spread(before)) if tool == "jitter" else (spread(after) < spread(before))
    count = len(d.edits)
    d.bot.wait(2 * 50 + 20)
    assert len(d.edits) == count, "it stops with the button"


def test_the_arrows_nudge_what_is_chosen_and_move_the_hand_otherwise(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.click(-3, -3)
    view = d.canvas.viewport()
    one = 12 / d.canvas.stage.frame.rect.width()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        d.bot.keyClick(view, key)
    d.bot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert d.points.X[0] == pytest.approx([-3 + 15 * one, -3 + 8 * one])
    assert len(d.keys) == 1 and d.edits[-1][1] == "Nudge points"
    assert d.points.X[1:].tolist() == FOUR.X[1:].tolist()
    d.click(3, 3)
    d.bot.keyClick(view, Qt.Key.Key_Down)
    assert len(d.keys) == 2, "other points are another gesture"
    d.bot.keyClick(view, Qt.Key.Key_Escape)
    edits = len(d.edits)
    d.bot.keyClick(view, Qt.Key.Key_Down)
    assert len(d.edits) == edits and d.canvas.stage._by_keys


def test_a_duplicate_lies_beside_and_is_chosen(desk):
    d = desk("classify", FOUR)
    d.canvas.set_tool("select")
    d.drag((-4, -4), (-1, 4))
    d.canvas.duplicate_selection()
    assert len(d.points) == 6 and d.edits[-1][1] == "Duplicate points"
    assert d.canvas.stage.selected.tolist() == [4, 5] and d.points.t[4:].tolist() == [0, 0]
    shift = d.points.X[4:] - FOUR.X[:2]
    assert shift[0] == pytest.approx(shift[1]) and shift[0, 0] > 0 > shift[0, 1]


def test_the_wheel_and_the_other_buttons_leave_a_gesture_alone(desk):
    d = desk("classify", FOUR)
    ranges = d.canvas.view().x
    d.press(-3, -3)
    d.move(-2, -2)
    turn = QWheelEvent(QPointF(d.at(-2, -2)), QPointF(d.at(-2, -2)), QPoint(), QPoint(0, 120), LEFT,
                       Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(d.canvas.viewport(), turn)
    d.bot.mousePress(d.canvas.viewport(), Qt.MouseButton.MiddleButton, pos=d.at(-2, -2))
    assert d.canvas.view().x == ranges and d.canvas.stage.tool.held
    d.move(0, 0)
    d.bot.mouseRelease(d.canvas.viewport(), Qt.MouseButton.MiddleButton, pos=d.at(0, 0))
    d.release(0, 0)
    assert d.points.X[0] == pytest.approx([0, 0], abs=0.05) and len(d.keys) == 1
    QApplication.sendEvent(d.canvas.viewport(), turn)
    assert d.canvas.view().x != ranges, "the hand is free again"


def test_a_point_that_was_put_and_dragged_was_added(desk):
    d = desk("classify", EMPTY_2D)
    d.drag((1, 1), (2, 2), (3, 3))
    assert {text for _, text, _ in d.edits} == {"Add a point"} and len(d.points) == 1


def test_typed_ranges_stay_while_points_are_drawn(desk):
    d = desk("classify", FOUR)
    d.canvas.set_ranges((-2.0, 3.0), (0.0, 4.0))
    assert (d.canvas.view().x, d.canvas.view().y) == ((-2.0, 3.0), (0.0, 4.0))
    d.click(1, 1)
    assert d.points.X[-1] == pytest.approx([1, 1], abs=0.02) and d.canvas.view().x == (-2.0, 3.0)
    d.canvas.fit_view()
    assert d.canvas.view().x == (-6.0, 6.0)


@pytest.mark.parametrize("tool", ["brush", "pen"])
def test_nothing_is_painted_beyond_the_axes(desk, tool):
    d = desk("classify", EMPTY_2D)
    d.canvas.set_tool(tool)
    d.press(5, 0)
    for x in (7, 12, 15):
        d.move(x, 0)
        d.canvas.stage._tick()
    count = len(d.points)
    d.canvas.stage._tick()
    d.release(15, 0)
    assert len(d.points) == count > 0 and d.points.X.max() <= 6.01
    assert d.canvas.view().x == (-6.0, 6.0)
