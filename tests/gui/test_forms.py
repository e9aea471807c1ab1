"""Forms: every parameter of the schema has its row, and what is refused is said under it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.registry import datasets
from playground.gui.document import Document
from playground.gui.forms import Controls, shown_parameters, sweep_values
from playground.gui.panels import DataPanel, ModelPanel
from playground.gui.sweep import Sweeper
from playground.gui.widgets.scale import Scale


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def controls(document: Document) -> Iterator[Controls]:
    controls = Controls(document, Sweeper(document))
    yield controls
    controls.sweeper.stop()


@pytest.fixture
def model(qtbot: QtBot, controls: Controls) -> ModelPanel:
    panel = ModelPanel(controls)
    qtbot.addWidget(panel)
    panel.resize(264, 900)
    panel.show()
    return panel


@pytest.fixture
def data(qtbot: QtBot, controls: Controls) -> DataPanel:
    panel = DataPanel(controls)
    qtbot.addWidget(panel)
    panel.resize(216, 1200)
    panel.show()
    return panel


def type_number(row, text: str) -> None:
    edit = row.field.lineEdit()
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("kind", list(datasets))
def test_every_shown_parameter_has_a_row(
    kind: str, qapp: QApplication, document: Document, model: ModelPanel, data: DataPanel
) -> None:
    document.switch_lab("classify" if datasets[kind].fits(2) else "curve")
    document.change({"data.kind": kind})
    qapp.processEvents()
    for p in shown_parameters(document.experiment):
        if p.kind == "choice" and len(p.choices) < 2 or p.path == "data.kind" or p.path.startswith("split."):
            continue
        row = data.rows.row(p.path) if p.path in data.rows else model.rows(p.path)
        assert row.isVisibleTo(row.parentWidget()), p.path


def test_typing_a_number_sets_it(document: Document, model: ModelPanel) -> None:
    type_number(model.rows("model.order"), "7")
    assert document.experiment.model.order == 7


def test_a_decimal_comma_is_read(document: Document, data: DataPanel) -> None:
    type_number(data.rows.row("data.noise"), "0,25")
    assert document.experiment.data.noise == 0.25


def test_a_number_out_of_range_is_refused_under_its_row(document: Document, model: ModelPanel) -> None:
    row = model.rows("model.order")
    type_number(row, "99")
    assert document.experiment.model.order == 3
    assert row.errorText() == "Order M must be a whole number from 0 to 20, not 99."
    assert row.error.isVisible()
    type_number(row, "4")
    assert row.errorText() == ""
    assert document.experiment.model.order == 4


def test_a_drag_of_the_slider_is_one_undo_step(document: Document, model: ModelPanel) -> None:
    track = model.rows("model.order").track
    y = track.height() // 2
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=track.rect().center())
    for share in (0.6, 0.7, 0.8):
        QTest.mouseMove(track, track.rect().topLeft().__class__(int(track.width() * share), y))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert document.experiment.model.order > 10
    document.undo()
    assert document.experiment.model.order == 3
    assert document.undo_text == ""
    assert model.rows("model.order").value() == 3


def test_a_double_click_on_the_label_resets(document: Document, model: ModelPanel) -> None:
    document.change({"model.order": 9})
    QTest.mouseDClick(model.rows("model.order").label, Qt.MouseButton.LeftButton)
    assert document.experiment.model.order == 3


def test_the_penalty_is_switched_on_and_off(document: Document, model: ModelPanel) -> None:
    row = model.rows("model.ln_lambda")
    row.check.click()
    assert document.experiment.model.ln_lambda == -18.0
    row.check.click()
    assert document.experiment.model.ln_lambda is None


def test_rows_come_and_go_with_the_model(document: Document, model: ModelPanel) -> None:
    combo = model.rows("model.kind").combo
    document.change({"model.kind": "mlp"})
    assert model.rows("model.kind").combo is combo  # the box that a person is in stays
    assert model.rows("optimizer.learning_rate").value() == document.experiment.optimizer.learning_rate
    with pytest.raises(StopIteration):
        model.rows("model.order")
    document.undo()
    assert model.rows("model.order").value() == 3


def test_a_choice_of_one_is_not_shown(model: ModelPanel) -> None:
    with pytest.raises(StopIteration):
        model.rows("loss")


def test_inputs_are_chips(document: Document, model: ModelPanel) -> None:
    document.switch_lab("classify")
    row = model.rows("features")
    row._chips["x1^2"].click()
    assert document.experiment.features == ("x1", "x2", "x1^2")
    for key in ("x1", "x2", "x1^2"):
        row._chips[key].click()
    assert document.experiment.features  # the last one cannot go
    assert row.errorText()


def test_a_sweep_runs_through_the_range_once_and_is_one_undo_step(
    qtbot: QtBot, document: Document, controls: Controls, model: ModelPanel
) -> None:
    controls.rate = 60.0
    seen: list[int] = []
    document.changed.connect(lambda _: seen.append(document.experiment.model.order))
    row = model.rows("model.order")
    row.sweep.click()
    qtbot.waitUntil(lambda: controls.sweeper.path == "")
    assert seen == list(range(21))
    assert not row.sweep.isChecked()
    document.undo()
    assert document.experiment.model.order == 3


def test_a_sweep_gives_way_to_a_hand(controls: Controls, document: Document, model: ModelPanel) -> None:
    model.rows("model.order").sweep.click()
    assert controls.sweeper.path == "model.order"
    document.change({"model.order": 11})
    assert controls.sweeper.path == ""
    assert document.experiment.model.order == 11


def test_stations_of_a_sweep() -> None:
    assert sweep_values(Scale(0, 20, integer=True)) == list(range(21))
    assert len(sweep_values(Scale(1e-4, 1, log=True))) == 101
    assert len(sweep_values(Scale(0, 1000, integer=True))) <= 101


def test_a_preset_is_chosen_and_chosen_again_to_get_its_points_back(document: Document, data: DataPanel) -> None:
    document.switch_lab("classify")
    data.grid.box("circle").click()
    assert document.experiment.data.kind == "circle"
    made = document.problem.points
    document.set_points(made.remove(made.ids[:10]), "Erase")
    data.grid.box("circle").click()
    assert document.problem.points == made


def test_drawn_points_come_back(document: Document, data: DataPanel) -> None:
    data.grid.box("drawn").click()
    assert len(document.problem.points) == 0
    document.set_points(document.problem.points.add([[0.5]], [1.0]), "Put")
    data.grid.box("sine").click()
    data.grid.box("drawn").click()
    assert document.problem.points.t.tolist() == [1.0]


def test_the_split_says_how_many_points_it_came_to(document: Document, data: DataPanel) -> None:
    document.switch_lab("classify")
    parts = document.problem.parts
    assert data.split.caption.text() == f"{len(parts['train'].t)} training  {len(parts['test'].t)} test"
    data.split.changing.emit((0.5, 0.0, 0.5))
    data.split.changed.emit((0.4, 0.0, 0.6))
    assert document.experiment.split.train == 0.4
    document.undo()
    assert document.experiment.split.train == 0.7


def test_what_inputs_are_standardised_by_is_said_under_the_switch(document: Document, data: DataPanel) -> None:
    document.switch_lab("classify")
    document.change({"data.kind": "iris"})
    row, start = data.rows.row("standardize"), document.experiment
    assert not data.scaling.isVisible() and row.isVisible()
    document.change({"standardize": True})
    X = document.problem.train.X
    said = data.scaling.text().splitlines()
    for line, name, mean, scale in zip(said, ("x1", "x2"), X.mean(axis=0), X.std(axis=0), strict=True):
        assert line == f"{name}: \N{MINUS SIGN} {mean:.3g}, ÷ {scale:.3g}"
    document.change({"split.train": 1.0, "split.test": 0.0})
    assert data.scaling.text().splitlines() != said, "of the training points that there are now"
    document.change({"features": ("x1", "x2", "x1*x2")})
    assert len(data.scaling.text().splitlines()) == 3
    document.change({"model.kind": "tree"})
    assert len(data.scaling.text().splitlines()) == 2, "a tree is given x1 and x2"
    for _ in range(4):
        document.undo()
    assert document.experiment == start and not data.scaling.isVisible()


def test_classes_are_added_renamed_and_removed(document: Document, data: DataPanel) -> None:
    document.switch_lab("classify")
    data.classes.add_button.click()
    assert document.problem.classes == ("A", "B", "C")
    data.classes.rename(2, "Gamma")
    assert document.problem.classes == ("A", "B", "Gamma")
    data.classes.rename(2, "A")
    assert "differ" in data.classes.error.text()
    data.classes.remove(0)
    assert document.problem.classes == ("B", "Gamma")
    assert set(document.problem.points.t) == {0.0}
    document.undo()
    assert len(document.problem.points) == 320


def test_a_value_is_typed_into_the_table(document: Document, data: DataPanel) -> None:
    table = data.values.model
    assert table.rowCount() == 11
    assert table.setData(table.index(2, 1), "−0,5")
    assert document.problem.points.t[2] == -0.5
    assert not table.setData(table.index(2, 1), "much")
    assert "much" in data.values.error.text()
    table.setData(table.index(10, 0), "0.55")
    table.setData(table.index(10, 1), "1.5")
    assert len(document.problem.points) == 11
    assert table.rowCount() == 12


def type_text(row, text: str) -> None:
    row.edit.setFocus()
    row.edit.selectAll()
    QTest.keyClicks(row.edit, text)
    QTest.keyClick(row.edit, Qt.Key.Key_Return)


def test_a_formula_is_typed_and_a_bad_one_is_refused_under_it(document: Document, data: DataPanel) -> None:
    data.grid.box("formula").click()
    row = data.rows.row("data.expression")
    type_text(row, "x + 0,5 sin(2 pi x)")
    assert document.experiment.data.expression == "x + 0,5 sin(2 pi x)"
    type_text(row, "1/x")
    assert row.errorText() == ("Formula f(x) must have a finite value everywhere from x = -2 to 2; it is infinite or "
                               "larger than 1e9 at x = 0.")  # fmt: skip
    assert row.error.isVisible() and row.edit.property("invalid") and row.edit.text() == "1/x"
    assert document.experiment.data.expression == "x + 0,5 sin(2 pi x)"
    type_text(row, "cos(x)")
    assert row.errorText() == "" and document.experiment.data.expression == "cos(x)"
    document.undo()
    assert row.edit.text() == "x + 0,5 sin(2 pi x)"


def test_coefficients_are_typed_as_a_list(document: Document, data: DataPanel) -> None:
    data.grid.box("polynomial").click()
    row = data.rows.row("data.coefficients")
    assert row.edit.text() == "0, −3, 0, 4"
    type_text(row, "1; -0,5")
    assert document.experiment.data.coefficients == (1.0, -0.5)
    type_text(row, "1, two")
    assert row.errorText().startswith("Coefficients must be 1 to 10 numbers") and row.edit.text() == "1, two"
    assert document.experiment.data.coefficients == (1.0, -0.5)
    QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert document.experiment.data.coefficients == (0.0, -3.0, 0.0, 4.0)


def test_the_ends_of_the_range_are_typed_and_keep_their_order(document: Document, data: DataPanel) -> None:
    low, high = data.rows.row("data.low"), data.rows.row("data.high")
    type_number(high, "2,5")
    assert document.experiment.data.extent() == ((0.0, 2.5),)
    type_number(low, "3")
    assert low.errorText() == "Least x must be less than Greatest x: 3 is not less than 2.5."
    assert document.experiment.data.extent() == ((0.0, 2.5),)
    type_number(high, "1e300")
    assert high.errorText() == "Greatest x must be a number from -1000000 to 1000000, not 1e+300."
    type_number(low, "-1")
    assert document.experiment.data.extent() == ((-1.0, 2.5),)


def test_one_more_point_is_one_undo_step(document: Document, data: DataPanel) -> None:
    before = document.problem.points
    data.more.click()
    assert len(document.problem.points) == 11 and document.undo_text == "One more point"
    assert document.problem.points.take(slice(0, 10)) == before
    document.undo()
    assert document.problem.points == before


def test_without_a_source_there_is_no_further_point_and_the_tip_says_why(document: Document, data: DataPanel) -> None:
    data.grid.box("drawn").click()
    assert data.more.isVisible() and not data.more.isEnabled()
    assert "no source" in data.more.accessibleDescription()
    data.grid.box("sine").click()
    assert data.more.isEnabled()
    column, row = data.more.parentWidget().layout(), data.rows.row("data.n")
    assert column.indexOf(data.more) == column.indexOf(row) + 1
    document.switch_lab("classify")
    assert not data.more.isVisible()


def test_a_long_table_is_not_shown(document: Document, data: DataPanel) -> None:
    document.change({"data.n": 1000})
    assert not data.values.table.isVisible()
    assert not data.values.too_many.isHidden() and "200 points" in data.values.too_many.text()
