"""The network under the mouse: every gesture is a change of the document, and undo brings back what was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from playground.engine import experiment as experiments
from playground.engine.features import FEATURES, names
from playground.engine.links import Link
from playground.engine.problem import build
from playground.engine.schema import SpecError
from playground.engine.snapshot import Network, Snapshot
from playground.gui import demo
from playground.gui.canvas import Canvas
from playground.gui.document import Document
from playground.gui.views import typeset
from playground.gui.views.network import NetworkView
from playground.gui.views.network_layout import Target
from playground.gui.views.unit_formula import signed, terms

opens_a_menu = pytest.mark.qt_log_ignore("^This plugin does not support")


def network(e: experiments.Experiment, seed: int = 3) -> Network:
    """A summary of the shape of this Experiment, with random weights."""
    rng = np.random.default_rng(seed)
    inputs = names(e)
    sizes = [len(inputs), *e.model.hidden, 2]
    others = tuple(name for name in FEATURES if name not in inputs)
    return Network(
        inputs=inputs, outputs=("A", "B"), activations=e.model.layer_activations(),
        units=tuple(rng.uniform(-1, 1, (n, 8, 8)) for n in sizes),
        weights=tuple(rng.normal(0, 1, (a, b)) for a, b in zip(sizes, sizes[1:], strict=False)),
        biases=tuple(rng.normal(0, 1, n) for n in sizes[1:]), others=others, other_units=np.zeros((len(others), 8, 8)),
    )  # fmt: skip


class Bench:
    """A canvas with its network, a document, and a stand-in for the engine that answers at once."""

    def __init__(self, qtbot: QtBot) -> None:
        self.document = Document(experiments.change(experiments.default("classify"), {"model.hidden": (4, 4)}))
        self.start = self.document.experiment
        self.canvas = Canvas()
        qtbot.addWidget(self.canvas)
        self.canvas.resize(1000, 520)
        self.view: NetworkView = self.canvas.network
        self.view.wanted.connect(self._change)
        self.view.settled.connect(self.document.settle)
        self.document.changed.connect(lambda _: self.answer())
        self.answer()
        self.canvas.show()
        self.view.grab()

    def _change(self, changes: dict[str, Any], text: str, merge: str) -> None:
        try:
            self.document.change(changes, merge, text)
        except SpecError as error:
            self.view.refuse(str(error))

    def answer(self) -> None:
        e = self.document.experiment
        self.canvas.set_experiment(e, build(e))
        self.summary = network(e)
        self.view.show_summary(self.summary)
        self.canvas.show(Snapshot(summaries={"network": self.summary}))

    @property
    def model(self) -> Any:
        return self.document.experiment.model

    def spot(self, target: Target) -> QPoint:
        return self.view.outside(self.view.box_of(target)).center().toPoint()

    def hover(self, target: Target) -> QPoint:
        at = self.spot(target)
        QTest.mouseMove(self.view, QPoint(1, 1))
        QTest.mouseMove(self.view, at)
        return at

    def click(self, target: Target) -> None:
        QTest.mouseClick(self.view, Qt.MouseButton.LeftButton, pos=self.hover(target))

    def drag(self, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(self.view, Qt.MouseButton.LeftButton, pos=start)
        for i in range(1, 5):
            QTest.mouseMove(self.view, start + (end - start) * i / 4)
        QTest.mouseRelease(self.view, Qt.MouseButton.LeftButton, pos=end)

    def undo_all(self) -> None:
        while self.document.undo_text:
            self.document.undo()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    typeset.finish()
    made.undo_all()
    assert made.document.experiment == made.start
    made.canvas.hide()


def choose(menu: QMenu | None, *path: str) -> None:
    """Trigger an entry of a menu by its words."""
    assert menu is not None
    for words in path[:-1]:
        menu = next(action for action in menu.actions() if action.text() == words).menu()
    action: QAction = next(action for action in menu.actions() if action.text() == path[-1])
    assert action.isEnabled()
    action.trigger()


def close(menu: QMenu | None) -> None:
    assert menu is not None
    menu.close()


# ---- inputs, layers, units


def test_inputs_are_switched_by_a_click_and_the_last_one_stays(bench: Bench) -> None:
    bench.click(Target("input", name="x1*x2"))
    assert bench.document.experiment.features == ("x1", "x2", "x1*x2")
    assert bench.document.undo_text == "Inputs"
    bench.click(Target("unit", 0, 0))
    bench.click(Target("unit", 0, 0))
    assert bench.document.experiment.features == ("x1*x2",)
    bench.click(Target("unit", 0, 0))
    assert bench.document.experiment.features == ("x1*x2",)
    assert bench.view.message == "A network needs at least one input: switch another one on first."


def test_layers_come_and_go_where_the_buttons_stand(bench: Bench) -> None:
    bench.click(Target("add", 2))
    assert bench.model.hidden == (4, 4, 4)
    for _ in range(2):
        bench.click(Target("more", 2))
    assert bench.model.hidden == (4, 6, 4)
    bench.hover(Target("kind", 2))
    bench.click(Target("remove", 2))
    assert bench.model.hidden == (4, 4)
    for _ in range(8):
        bench.click(Target("add", 1))
    assert len(bench.model.hidden) == 8
    bench.view.add_layer(1)
    assert len(bench.model.hidden) == 8
    assert bench.view.message == "A network has at most 8 hidden layers."


def test_units_repeat_while_the_button_is_held_as_one_undo_step(bench: Bench, qtbot: QtBot) -> None:
    at = bench.hover(Target("more", 1))
    QTest.mousePress(bench.view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bench.model.hidden[0] >= 7)
    QTest.mouseRelease(bench.view, Qt.MouseButton.LeftButton, pos=at)
    bench.document.undo()
    assert bench.model.hidden == (4, 4)


def test_a_layer_keeps_one_unit_and_takes_64(bench: Bench) -> None:
    for _ in range(5):
        bench.view.change_units(1, -1)
    assert bench.model.hidden == (1, 4)
    assert "at least one unit" in bench.view.message
    bench.view.change_units(1, 63)
    bench.view.change_units(1, 1)
    assert bench.model.hidden == (64, 4)
    assert "at most 64" in bench.view.message


@opens_a_menu
def test_each_layer_has_its_activation_and_dropout(bench: Bench) -> None:
    bench.click(Target("kind", 1))
    menu = bench.view.menu
    assert menu is not None
    step = next(action for action in menu.actions() if action.text() == "Step")
    assert "slope is zero" in step.toolTip()
    choose(menu, "ReLU")
    assert bench.model.layer_activations() == ("relu", "tanh")
    choose(menu, "Dropout", "0.2")
    assert bench.model.layer_dropouts() == (0.2, 0.0)
    close(menu)
    bench.view.set_activation(2, "relu")
    assert (bench.model.activation, bench.model.activations) == ("relu", ())


# ---- residual connections


def test_a_residual_connection_is_dragged_from_port_to_port(bench: Bench) -> None:
    bench.click(Target("add", 3))
    first, last = bench.spot(Target("port", 1)), bench.spot(Target("port", 3))
    bench.drag(first, last)
    assert bench.model.skips == ("1-3",)
    bench.drag(first, last)
    assert bench.view.message == "These two layers are connected already."
    bench.drag(first, bench.spot(Target("port", 2)))
    assert bench.view.message == "A residual connection passes over one layer at least."
    arc = bench.view.places.arc(bench.view.skips()[0]).pointAtPercent(0.5)
    spot = bench.view.target_at(bench.view.outside(bench.view.box_of(Target("port", 2))).center())
    assert spot == Target("port", 2)
    QTest.mouseClick(bench.view, Qt.MouseButton.LeftButton, pos=arc.toPoint())
    assert bench.model.skips == ()


@opens_a_menu
def test_between_layers_of_different_width_a_projection_is_offered(bench: Bench) -> None:
    bench.drag(bench.spot(Target("port", 0)), bench.spot(Target("port", 2)))
    assert bench.model.skips == ()
    menu = bench.view.menu
    assert menu is not None and menu.actions()[0].text() == "the inputs has 2, layer 2 has 4 units"
    choose(menu, "With a learned projection")
    close(menu)
    assert bench.model.skips == ("0-2p",)
    bench.document.undo()
    bench.view.connect_layers(0, 2)
    choose(bench.view.menu, "Give layer 2 2 units")
    close(bench.view.menu)
    assert (bench.model.hidden, bench.model.skips) == ((4, 2), ("0-2",))


def test_connections_and_held_weights_follow_a_change_of_the_shape(bench: Bench) -> None:
    bench.document.change({"model.hidden": (4, 4, 4)})
    bench.document.change({"model.skips": ("1-3",), "model.held": ("w1.2.1=0.5", "w3.1.4=0.0", "b3.2=1.0")})
    bench.view.add_layer(2)
    assert bench.model.skips == ("1-4",)
    assert bench.model.held == ("w1.2.1=0.5", "w4.1.4=0.0", "b4.2=1.0")
    bench.view.change_units(4, 1)
    assert bench.model.skips == ("1-4p",)
    bench.view.toggle_input("x1")
    assert bench.model.held == ("w4.1.4=0.0", "b4.2=1.0")
    bench.view.remove_layer(3)
    assert bench.model.skips == ("1-3p",)
    assert bench.model.held == ("b3.2=1.0",)


# ---- single numbers


def opened(bench: Bench, target: Target | None = None) -> Any:
    """The editor on a link."""
    bench.view.edit_link(target or Target("link", 2, 0, 1))
    assert bench.view.editor.isVisible()
    return bench.view.editor


def type_in(editor: Any, text: str) -> None:
    editor.field.lineEdit().selectAll()
    QTest.keyClicks(editor.field.lineEdit(), text)
    QTest.keyClick(editor.field.lineEdit(), Qt.Key.Key_Return)


def test_a_click_on_a_link_opens_its_number_and_a_typed_one_is_an_edit(bench: Bench) -> None:
    link = Target("link", 2, 3, 3)
    at = bench.view.places.path(2, 3, 3).pointAtPercent(0.5).toPoint()
    QTest.mouseMove(bench.view, at)
    found = bench.view.hovered
    assert found is not None and found.kind == "link"
    link = found
    QTest.mouseClick(bench.view, Qt.MouseButton.LeftButton, pos=at)
    editor = bench.view.editor
    assert editor.isVisible() and editor.link == link.link
    now = bench.view.value(editor.link)
    type_in(editor, "0,5")
    assert bench.model.edits == (f"{editor.link}:{now!r}>0.5",)
    assert "Weight from unit" in bench.document.undo_text
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("abc", "“abc” is not a number."), ("nan", "“nan” is not a number."), ("1e308", "A weight lies between"),
     ("-2000000", "A weight lies between")],
)  # fmt: skip
def test_bad_numbers_are_refused_under_the_field(bench: Bench, text: str, sentence: str) -> None:
    editor = opened(bench)
    type_in(editor, text)
    assert editor.error.text().startswith(sentence)
    assert bench.model.edits == ()
    type_in(editor, "1")
    assert len(bench.model.edits) == 1 and not editor.error.isVisible()


def test_a_bias_is_edited_too(bench: Bench) -> None:
    editor = opened(bench, Target("bias", 1, 2))
    type_in(editor, "-1")
    assert bench.model.edits[0].startswith("b1.3:") and bench.model.edits[0].endswith(">-1.0")


def test_a_link_is_frozen_cut_and_restored(bench: Bench) -> None:
    editor = opened(bench)
    now = bench.view.value(Link(2, 2, 1))
    editor.freeze_button.click()
    assert bench.model.held == (f"w2.2.1={now!r}",)
    assert editor.freeze_button.text() == "Unfreeze"
    type_in(editor, "2")
    assert bench.model.held == ("w2.2.1=2.0",) and bench.model.edits == ()
    editor.freeze_button.click()
    assert bench.model.held == ()
    editor.cut_button.click()
    assert bench.model.held == ("w2.2.1=0.0",)
    assert bench.model.edits == (f"w2.2.1:{now!r}>0.0",)
    assert (2, 0, 1) in bench.view.marks().cut
    bench.view.grab()
    editor.cut_button.click()
    assert bench.model.held == () and bench.model.edits[-1] == f"w2.2.1:0.0>{now!r}"


def test_a_press_on_an_editor_does_nothing_to_the_network_under_it(bench: Bench) -> None:
    editor = opened(bench)
    QTest.mouseClick(editor, Qt.MouseButton.LeftButton, pos=QPoint(3, editor.height() - 3))
    assert editor.isVisible()
    bench.view.close_editor()
    bench.view.edit_formula()
    formula = bench.view.formula_editor
    for x in range(3, formula.width(), 20):
        QTest.mouseClick(formula, Qt.MouseButton.LeftButton, pos=QPoint(x, formula.height() - 3))
    assert formula.isVisible() and bench.document.experiment == bench.start
    bench.view.close_formula()


def test_a_number_lives_on_in_the_editor_until_a_person_types(bench: Bench) -> None:
    editor = opened(bench)
    bench.view.show_summary(network(bench.document.experiment, seed=4))
    now = bench.view.value(Link(2, 2, 1))
    assert now is not None and editor.field.value() == pytest.approx(now, rel=1e-3)
    editor.field.lineEdit().selectAll()
    QTest.keyClicks(editor.field.lineEdit(), "0.7")
    bench.view.show_summary(network(bench.document.experiment, seed=5))
    assert editor.field.lineEdit().text() == "0.7"
    QTest.keyClick(editor.field.lineEdit(), Qt.Key.Key_Escape)


def test_dragging_a_link_is_one_edit_and_one_undo_step(bench: Bench) -> None:
    start = bench.spot(Target("link", 2, 0, 1))
    QTest.mouseMove(bench.view, start)
    link = bench.view.hovered.link if bench.view.hovered else None
    assert link is not None
    now = bench.view.value(link)
    assert now is not None
    bench.drag(start, start - QPoint(0, 40))
    assert len(bench.model.edits) == 1
    before, after = bench.model.edits[0].split(":")[1].split(">")
    assert float(before) == now and float(after) == pytest.approx(now + 0.8, abs=1e-3)
    bench.document.undo()
    assert bench.model.edits == ()


def test_the_slider_of_the_editor_is_one_edit(bench: Bench) -> None:
    editor = opened(bench)
    track = editor.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() // 4, track.height() // 2))
    for x in (0.5, 0.6, 0.9):
        QTest.mouseMove(track, QPoint(int(track.width() * x), track.height() // 2))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert len(bench.model.edits) == 1
    bench.document.undo()
    assert bench.model.edits == ()


# ---- one unit


def test_the_canvas_is_asked_for_the_response_of_the_unit_under_the_mouse(bench: Bench) -> None:
    bench.hover(Target("unit", 1, 2))
    assert bench.canvas.view().unit == (1, 2)
    QTest.mouseMove(bench.view, QPoint(3, 3))
    assert bench.canvas.view().unit is None


def test_a_click_on_a_unit_shows_its_formula_and_fades_the_rest(bench: Bench, qtbot: QtBot) -> None:
    bench.click(Target("unit", 1, 0))
    assert bench.view.selected == (1, 0) and bench.view.formula.isVisible()
    text = bench.view.formula.text()
    w = bench.summary.weights[0][0, 0]
    assert f"{abs(w):.3g}" in text and r"\tanh" in text and "x_2" in text
    bench.view.grab()
    QTest.keyClick(bench.view, Qt.Key.Key_Escape)
    assert bench.view.selected is None and not bench.view.formula.isVisible()
    bench.click(Target("unit", 2, 1))
    QTest.mouseClick(bench.view, Qt.MouseButton.LeftButton, pos=QPoint(2, bench.view.height() // 2))
    assert bench.view.selected is None


def test_hovering_says_what_a_link_is_worth(bench: Bench) -> None:
    bench.document.change({"model.held": ("w1.1.1=0.25",)})
    target = Target("link", 1, 0, 0)
    said = bench.view.says(target)
    assert said[0].startswith("Weight from *x*₁ to unit 1 of layer 1: ") and said[0].endswith("frozen")


# ---- large and small


def test_the_summary_shows_each_layer_as_one_block(bench: Bench) -> None:
    bench.document.change({"model.hidden": (32,) * 6})
    assert bench.view._bar.maximum() > 0
    bench.view.summary_button.click()
    assert [len(u) for u in bench.view.network.units] == [2, 1, 1, 1, 1, 1, 1, 2]
    assert bench.view.places.size[0] <= bench.view.width()
    bench.view.grab()
    bench.click(Target("unit", 2, 0))
    assert not bench.view.condensed and not bench.view.summary_button.isChecked()


@pytest.mark.parametrize("sizes", [(), (1,), (64,), (64,) * 8, (1,) * 8, (256, 3)])
def test_every_shape_finds_its_place(bench: Bench, sizes: tuple[int, ...]) -> None:
    bench.document.change({"model.hidden": sizes})
    for size in ((1000, 520), (480, 300), (1700, 1100)):
        bench.canvas.resize(*size)
        bench.canvas.set_layer("network", True)
        bench.view.grab()
        places = bench.view.places
        for layer, centres in enumerate(places.units):
            assert (centres[:, 1] > places.ports).all()
            assert (centres[:, 1] + places.thumbs[layer] / 2 <= bench.view.height()).all()
        assert all(b > a for a, b in zip(places.x, places.x[1:], strict=False))


def test_in_a_small_window_a_button_brings_the_network(bench: Bench) -> None:
    bench.canvas.resize(500, 400)
    assert bench.canvas.stage.isVisible() and not bench.view.isVisible()
    bench.canvas.network_button.click()
    assert bench.view.isVisible() and not bench.canvas.stage.isVisible()
    bench.view.close_button.click()
    assert bench.canvas.stage.isVisible() and not bench.view.isVisible()
    bench.canvas.resize(1000, 520)
    assert bench.canvas.stage.isVisible() and bench.view.isVisible()


def test_the_line_beside_the_network_makes_it_wider(bench: Bench) -> None:
    grip = bench.canvas._grip
    QTest.mousePress(grip, Qt.MouseButton.LeftButton)
    QTest.mouseMove(grip, QPoint(100, 10))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton)
    assert bench.view.width() > 420
    bench.canvas.set_network_width(5000)
    assert bench.canvas.stage.width() >= 375


# ---- the keyboard


def test_the_keyboard_reaches_everything(bench: Bench) -> None:
    view = bench.view

    def key(*keys: Qt.Key, shift: bool = False) -> None:
        for each in keys:
            QTest.keyClick(view, each, Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier)

    view.setFocus(Qt.FocusReason.TabFocusReason)
    key(Qt.Key.Key_Down)
    assert view.caret == Target("unit", 1, 0)
    key(Qt.Key.Key_Down, Qt.Key.Key_Plus)
    assert bench.model.hidden == (5, 4)
    key(Qt.Key.Key_Right)
    assert view.caret == Target("link", 2, 1, 1)
    assert view.accessibleDescription().startswith("Weight from unit 2 of layer 1 to unit 2 of layer 2")
    key(Qt.Key.Key_Delete)
    assert bench.model.held == ("w2.2.2=0.0",)
    key(Qt.Key.Key_Delete, Qt.Key.Key_F)
    assert bench.model.held[0].startswith("w2.2.2=")
    key(Qt.Key.Key_Return)
    assert view.editor.isVisible()
    QTest.keyClick(view.editor, Qt.Key.Key_Escape)
    key(Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert view.selected == (2, 1)
    key(Qt.Key.Key_Escape)
    key(Qt.Key.Key_Left, shift=True)
    assert view.caret == Target("bias", 2, 1)
    key(Qt.Key.Key_Left, *[Qt.Key.Key_Left] * 4)
    assert view.caret is not None and view.caret.layer == 0


def test_what_cannot_be_is_said_and_nothing_is_lost(bench: Bench) -> None:
    bench.view.refuse("No.")
    bench.view.grab()
    QTest.mouseClick(bench.view, Qt.MouseButton.LeftButton, pos=QPointF(2, 200).toPoint())
    assert bench.view.message == ""


def test_powers_and_a_formula_become_inputs(bench: Bench) -> None:
    bench.view.set_powers(3)
    assert bench.document.experiment.feature_order == 3
    bench.view.edit_formula()
    editor = bench.view.formula_editor
    QTest.keyClicks(editor.field, "sin(x1 x3)")
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert editor.isVisible() and "x3" in editor.error.text()
    assert bench.document.experiment.feature_formula == ""
    editor.field.selectAll()
    QTest.keyClicks(editor.field, "sin(x1 x2)")
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert bench.document.experiment.feature_formula == "sin(x1 x2)" and not editor.isVisible()
    bench.view.toggle_input("x1^3")
    assert "powers up to order 3" in bench.view.message


def test_the_formula_of_a_unit_contains_what_standardises_its_inputs() -> None:
    plain = demo.network((2, 3, 1))
    weight, bias = float(plain.weights[0][0, 1]), float(plain.biases[0][1])
    scaled = replace(plain, scaling=((3.652, 1.738), (-1.25, 0.5)))
    numbers = [number for number, _ in terms(scaled, 1, 1, [])]
    assert numbers[1:4] == [signed(weight, first=True), signed(-3.652), "1.74"]
    assert numbers[5:7] == ["+ 1.25", "0.5"] and numbers[7] == signed(bias)
    assert terms(scaled, 2, 0, []) == terms(plain, 2, 0, []), "only inputs are standardised"
    assert "3.65" in "".join(number for number, _ in terms(scaled, 0, 0, []))
