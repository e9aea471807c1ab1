"""Tables whose columns are chosen, and pictures that become points: the dialogs, and every way to them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.assets import asset
from playground.engine import session
from playground.engine.schema import SpecError
from playground.gui import import_picture, jobs
from playground.gui.import_base import ImportDialog
from playground.gui.import_picture import ImportPicture, pixels, read_picture
from playground.gui.import_table import ImportTable
from playground.gui.main_window import MainWindow

Open = Callable[[Path], ImportDialog]


@pytest.fixture
def window(opened: Callable[..., MainWindow]) -> MainWindow:
    return opened()


@pytest.fixture
def ask(qtbot: QtBot, window: MainWindow) -> Open:
    """Open a file that asks; the dialog, when its preview is there."""

    def open_(path: Path) -> ImportDialog:
        window.files.open(path)
        qtbot.waitUntil(lambda: window.files.imports.dialog is not None, timeout=10000)
        dialog = window.files.imports.dialog
        assert dialog is not None
        settled(qtbot, dialog)
        return dialog

    return open_


def settled(qtbot: QtBot, dialog: ImportDialog) -> None:
    qtbot.waitUntil(lambda: not dialog._latest.busy, timeout=10000)


def choose(qtbot: QtBot, dialog: ImportDialog, row: str, value: object) -> None:
    """As a person does in the list of the row."""
    widget = getattr(dialog, row)
    widget.setValue(value)
    widget.changed.emit(widget.value())
    settled(qtbot, dialog)


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    """Flowers with three petals that were not measured, and one cell of rubbish."""
    with open(asset("data/iris.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[0] = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)", "species"]
    for k in (6, 71, 121):
        rows[k][3] = ""
    rows[31][2] = "4.x"
    path = tmp_path / "iris.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    image = QImage(120, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for left, color in ((5, "#d62728"), (60, "#1f77b4")):
        for x in range(left, left + 40):
            for y in range(20, 60):
                image.setPixelColor(x, y, QColor(color))
    image.save(str(tmp_path / "shapes.png"))
    return tmp_path / "shapes.png"


# ---- tables ----


def test_the_columns_of_a_table_are_chosen_and_become_the_axes(
    qtbot: QtBot, window: MainWindow, ask: Open, iris: Path
) -> None:
    before = window.document.experiment
    dialog = ask(iris)
    assert isinstance(dialog, ImportTable) and dialog.isVisible() and window.document.experiment == before
    assert dialog.summary.text() == "150 points of 3 classes from iris.csv."
    choose(qtbot, dialog, "first", 2)
    choose(qtbot, dialog, "second", 3)
    assert dialog.summary.text() == "146 points of 3 classes from iris.csv."
    assert dialog.notes.text() == (
        "3 of 150 rows have no value in column petal width (cm) and are left out. 1 of 150 rows has no number in "
        "column petal length (cm) (row 32: 4.x) and is left out.")  # fmt: skip
    assert [line.name for line in dialog.classes.lines] == ["setosa", "versicolor", "virginica"]
    dialog.import_button.click()
    e = window.document.experiment
    assert (e.lab, e.data.kind, len(e.data.points)) == ("classify", "file", 146)
    assert e.data.names_of_inputs() == ("petal length (cm)", "petal width (cm)")
    assert "3 of 150 rows" in window.data_panel.source.text() and "3 of 150 rows" in window.strips.notice.text()
    assert window.settings.recent()[0] == iris and window.files.imports.dialog is None
    window.document.undo()
    assert window.document.experiment == before, "one step"
    assert not window.document.undo_text


def test_cancel_leaves_everything_as_it_was(window: MainWindow, ask: Open, iris: Path) -> None:
    before = window.document.experiment
    ask(iris).cancel_button.click()
    assert window.document.experiment == before and not window.document.undo_text and not window.settings.recent()


def test_principal_components_say_what_they_are(qtbot: QtBot, window: MainWindow, ask: Open, iris: Path) -> None:
    dialog = ask(iris)
    choose(qtbot, dialog, "axes", True)
    assert dialog.found is not None and dialog.checks.isVisible() and not dialog.first.isVisible()
    assert dialog.found.columns[0] == "PC1 (72.9 % of the variance)"
    assert "each divided by its standard deviation" in dialog.notes.text() and "4 columns" in dialog.notes.text()
    choose(qtbot, dialog, "standardise", False)
    assert dialog.found.columns[0].startswith("PC1 (92.") and "as they are" in dialog.notes.text()
    dialog.checks.model.set_all({0, 1, 2}, False)
    settled(qtbot, dialog)
    assert dialog.error.text() == "Principal components need at least two columns of numbers."
    assert not dialog.import_button.isEnabled()
    dialog.checks.model.set_all({0, 1, 2, 3}, True)
    settled(qtbot, dialog)
    dialog.import_button.click()
    assert window.document.experiment.data.names_of_inputs()[0].startswith("PC1 (92.")
    assert "principal components" in window.data_panel.source.text()


def test_a_session_keeps_the_points_and_not_the_file(
    qtbot: QtBot, window: MainWindow, ask: Open, iris: Path, tmp_path: Path
) -> None:
    from playground.engine.trainer import Run

    ask(iris).import_button.click()
    e = window.document.experiment
    iris.unlink()
    session.write(tmp_path / "a.playground", Run(e).record(), {})
    assert session.read(tmp_path / "a.playground")[0].experiment == e


def test_a_table_without_classes_becomes_a_curve(qtbot: QtBot, window: MainWindow, ask: Open, tmp_path: Path) -> None:
    path = tmp_path / "sun.csv"
    rows = (f"{i};{i / 2:.1f};{i % 3},5\n".replace(".", ",") for i in range(9))
    path.write_text("Tag;Sonne (h);Regen (mm)\n" + "".join(rows))
    dialog = ask(path)
    assert isinstance(dialog, ImportTable) and dialog.kind.value() == "curve"
    assert "Numbers have a decimal comma." in dialog.notes.text()
    choose(qtbot, dialog, "output", 2)
    dialog.import_button.click()
    e = window.document.experiment
    assert (e.lab, e.data.names_of_inputs(), e.data.name_of_target()) == ("curve", ("Tag",), "Regen (mm)")
    assert e.data.points.t.tolist() == [0.5, 1.5, 2.5] * 3


def test_a_click_on_a_head_gives_the_column_a_place(qtbot: QtBot, ask: Open, iris: Path) -> None:
    dialog = ask(iris)
    assert isinstance(dialog, ImportTable)
    dialog.use(dialog.first, 1)  # it was the other axis: they change places
    settled(qtbot, dialog)
    assert dialog.choice().inputs == (1, 0)
    head = [dialog.model.headerData(i, Qt.Orientation.Horizontal) for i in range(5)]
    assert head[:2] == ["x₂  sepal length (cm)", "x₁  sepal width (cm)"] and head[4] == "class  species"


def test_a_wrong_choice_is_said_and_cannot_be_imported(qtbot: QtBot, ask: Open, iris: Path) -> None:
    dialog = ask(iris)
    choose(qtbot, dialog, "target", 0)
    assert dialog.error.text() == "sepal length (cm) is chosen twice; each column has one place."
    choose(qtbot, dialog, "first", 1)
    choose(qtbot, dialog, "second", 2)
    assert dialog.error.text() == "sepal length (cm) has 35 different values; at most 10 can be classes."
    assert not dialog.import_button.isEnabled() and dialog.found is None
    choose(qtbot, dialog, "target", None)
    assert dialog.summary.text() == "149 points of 1 class from iris.csv." and dialog.import_button.isEnabled()


def test_a_thousand_columns_are_found_by_typing(qtbot: QtBot, ask: Open, tmp_path: Path) -> None:
    path = tmp_path / "genes.csv"
    rows = np.random.default_rng(0).normal(size=(30, 1000))
    body = "".join(",".join(f"{v:.3f}" for v in row) + f",t{i % 3}\n" for i, row in enumerate(rows))
    path.write_text(",".join(f"gene {k}" for k in range(1000)) + ",tissue\n" + body)
    dialog = ask(path)
    assert isinstance(dialog, ImportTable) and dialog.summary.text() == "30 points of 3 classes from genes.csv."
    line = dialog.second.combo.lineEdit()
    line.selectAll()
    QTest.keyClicks(line, "gene 777")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settled(qtbot, dialog)
    assert dialog.choice().inputs == (0, 777)
    choose(qtbot, dialog, "axes", True)
    dialog.checks.search.setText("gene 99")
    dialog.checks.none.click()
    settled(qtbot, dialog)
    assert len(dialog.choice().inputs) == 1000 - 11 and "989 columns" in dialog.notes.text()


def test_a_name_of_200_characters_is_cut_on_screen_and_whole_in_the_tip(
    window: MainWindow, ask: Open, tmp_path: Path
) -> None:
    path, long = tmp_path / "long.csv", "a very long name " * 11 + "two hundred"
    path.write_text(f"{long},b,c\n1,2,{long}\n3,4,short\n")
    dialog = ask(path)
    assert isinstance(dialog, ImportTable) and len(dialog.model.headerData(0, Qt.Orientation.Horizontal)) < 50
    assert dialog.model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == long
    assert dialog.classes.lines[0].name == long and dialog.width() < 1000
    dialog.import_button.click()
    assert window.document.problem.classes == (long, "short")
    assert len(window.document.problem.short_names[0]) <= 24
    window.grab()


def test_a_header_that_says_it_all_is_not_asked_about(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,t\n1,2\n3,4\n")
    window.files.open(path)
    qtbot.waitUntil(lambda: window.document.experiment.data.kind == "file", timeout=10000)
    assert window.files.imports.dialog is None


def test_where_a_value_is_missing_the_dialog_says_how_many(ask: Open, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,t\n1,2\n3,\n4,5\n")
    assert ask(path).notes.text() == "1 of 3 rows has no value in column t and is left out."


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("a.csv", b"", "a.csv is empty"), ("a.csv", b"a\n1\n", "a.csv has one column"),
        ("a.csv", b"a,b\n1,2\n3\n", "row 3: there is 1 cell"), ("a.csv", b"\x00\x01\x02", "is no table of text"),
        ("a.csv", b"a,b\nu,v\n", "has no column of numbers"), ("a.png", b"rubbish", "is no picture that can be read"),
        ("a.jpg", b"", "is no picture that can be read"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_made_is_one_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, body: bytes, sentence: str
) -> None:
    before = window.document.experiment
    (tmp_path / name).write_bytes(body)
    window.files.open(tmp_path / name)
    qtbot.waitUntil(window.strips.banner.isVisible, timeout=10000)
    assert sentence in window.strips.banner.text() and window.document.experiment == before
    assert window.files.imports.dialog is None


def test_what_does_not_fit_the_model_changes_it_or_is_refused(
    qtbot: QtBot, window: MainWindow, ask: Open, iris: Path
) -> None:
    window.document.switch_lab("classify")
    window.document.change({"model.output": "tanh"})
    ask(iris).import_button.click()
    e = window.document.experiment
    assert len(e.data.names_of_classes()) == 3 and e.model.output == "auto"
    window.document.undo()
    assert window.document.experiment.model.output == "tanh"


def test_long_reading_can_be_cancelled(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.engine import sheet

    before = window.document.experiment

    def endless(path: Path, progress: jobs.Progress) -> None:
        while progress(0.5, ""):
            pass
        raise SpecError("called off")

    monkeypatch.setattr(sheet, "read", endless)
    (tmp_path / "long.csv").write_text("a,b,c\n1,2,3\n")
    window.files.open(tmp_path / "long.csv")
    strip = window.strips.progress
    qtbot.waitUntil(lambda: strip.isVisible() and strip.bar.value() == 500, timeout=10000)
    strip.cancel_button.click()
    qtbot.waitUntil(lambda: not window.files._jobs, timeout=10000)
    assert not window.strips.progress.isVisible() and not window.strips.banner.isVisible()
    assert window.document.experiment == before and window.files.imports.dialog is None


# ---- pictures ----


def test_a_picture_becomes_points_of_its_colours(qtbot: QtBot, window: MainWindow, ask: Open, shapes: Path) -> None:
    before = window.document.experiment
    dialog = ask(shapes)
    assert isinstance(dialog, ImportPicture) and dialog.summary.text() == "500 points of 2 classes from shapes.png."
    assert dialog.notes.text() == "shapes.png: 2 colours; the background, white, is left out."
    choose(qtbot, dialog, "points", 200)
    assert dialog.summary.text() == "200 points of 2 classes from shapes.png."
    choose(qtbot, dialog, "background", False)
    assert dialog.summary.text() == "200 points of 3 classes from shapes.png."
    choose(qtbot, dialog, "most", 2)
    assert "3 colours, joined to 2" in dialog.notes.text()
    choose(qtbot, dialog, "background", True)
    dialog.import_button.click()
    e, problem = window.document.experiment, window.document.problem
    assert (e.lab, e.data.kind, len(problem.points)) == ("classify", "file", 200)
    assert set(problem.classes) == {"red", "blue"} and sorted(problem.colors) == [1, 5]
    left = problem.points.X[problem.points.t == problem.classes.index("red"), 0]
    assert left.max() < 0 and np.abs(problem.points.X).max() <= 5
    window.document.undo()
    assert window.document.experiment == before


def test_a_picture_of_one_colour_is_one_sentence(qtbot: QtBot, ask: Open, tmp_path: Path) -> None:
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    image.save(str(tmp_path / "teal.png"))
    dialog = ask(tmp_path / "teal.png")
    assert dialog.error.text() == "The picture has one colour only: there is nothing beside its background."
    assert not dialog.import_button.isEnabled()
    choose(qtbot, dialog, "background", False)
    assert dialog.import_button.isEnabled() and not dialog.error.text()


def test_a_picture_is_pasted_and_dropped(qtbot: QtBot, window: MainWindow, shapes: Path) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(shapes)))
    window.acts["paste"].trigger()
    dialog = window.files.imports.dialog
    assert isinstance(dialog, ImportPicture)
    settled(qtbot, dialog)
    assert "from picture" in dialog.summary.text()
    dialog.reject()
    for mime in (_urls(shapes), _image(shapes)):
        event = QDropEvent(QPointF(700, 400), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                           Qt.KeyboardModifier.NoModifier)  # fmt: skip
        window.dropEvent(event)
        qtbot.waitUntil(lambda: window.files.imports.dialog is not None, timeout=10000)
        dialog = window.files.imports.dialog
        assert isinstance(dialog, ImportPicture)
        settled(qtbot, dialog)
        dialog.reject()
    QGuiApplication.clipboard().clear()


def _urls(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def _image(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setImageData(QImage(str(path)))
    return mime


def test_cells_of_a_spreadsheet_are_points_though_a_picture_comes_with_them(window: MainWindow, shapes: Path) -> None:
    mime = _image(shapes)
    mime.setText("0.5\t1.2\n0.7\t1.1\n")
    n = len(window.document.problem.points)
    QGuiApplication.clipboard().setMimeData(mime)
    window.acts["paste"].trigger()
    assert window.files.imports.dialog is None and len(window.document.problem.points) == n + 2
    QGuiApplication.clipboard().clear()


def test_pixels_are_those_of_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = QImage(7, 3, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 20, 30, 40))
    image.setPixelColor(6, 2, QColor(1, 2, 3))
    found = pixels(image)
    assert found.shape == (3, 7, 4) and found[0, 0].tolist() == [10, 20, 30, 40]
    assert found[2, 6].tolist() == [1, 2, 3, 255]
    assert pixels(image.scaled(3000, 1000)).shape[1] == import_picture.SIDE
    image.save(str(tmp_path / "a.png"))
    monkeypatch.setattr(import_picture, "LARGEST", 20)
    with pytest.raises(SpecError, match="has 7 × 3 pixels; at most 0 million can be read"):
        read_picture(tmp_path / "a.png")
    with pytest.raises(SpecError, match="no such file"):
        read_picture(tmp_path / "none.png")
