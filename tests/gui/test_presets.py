"""Presets and links in the window: chosen from the menu, pasted, dropped, named on the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from playground.engine.experiment import change, default, to_link
from playground.engine.presets import presets
from playground.gui.commands import PresetsMenu
from playground.gui.main_window import MainWindow

URL = "https://playground.tensorflow.org/#dataset=xor&networkShape=3&seed=0.5&discretize=true"


@pytest.fixture
def window(opened: Callable[..., MainWindow]) -> MainWindow:
    """With points in the classification lab that were edited by hand and must not get lost."""
    window = opened(default("classify"))
    window.document.set_points(window.document.problem.points.remove([0, 1, 2]), "Erase")
    return window


def menu_of(window: MainWindow) -> QMenu:
    menu = window.findChild(PresetsMenu)
    menu.aboutToShow.emit()
    return menu


def paste(window: MainWindow, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.canvas.viewport().setFocus()
    QTest.keyClick(window.canvas.viewport(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("name", presets)
def test_choosing_a_preset_is_one_undo_step(window: MainWindow, name: str) -> None:
    drawn = window.document.experiment
    preset = presets[name]
    next(a for a in menu_of(window).actions() if a.text() == preset.title).trigger()
    assert window.document.experiment == preset.experiment("spiral")
    assert window.document.undo_text == preset.title
    assert window.strips.notice.isVisible() and preset.about == window.strips.notice.accessibleName()
    window.document.undo()
    assert window.document.experiment == drawn and window.document.undo_text == "Erase"


def test_a_preset_of_another_lab_goes_there_and_back(window: MainWindow) -> None:
    window.document.switch_lab("curve")
    menu_of(window).actions()[0].trigger()
    assert window.document.experiment == presets["tensorflow"].experiment()
    window.document.undo()
    assert window.document.experiment == default("curve")


def test_a_pasted_url_is_the_experiment_and_tells_what_is_missing(window: MainWindow) -> None:
    drawn = window.document.experiment
    paste(window, f"  {URL}\n")
    e = window.document.experiment
    assert (e.data.kind, e.model.hidden, e.loss, e.training.shuffle) == ("xor", (3,), "squared_error", False)
    notice = window.strips.notice
    assert notice.isVisible() and notice.details_button.isVisible()
    assert "seed=0.5" in notice.accessibleName() and "discretize" in notice.accessibleName()
    notice.details_button.click()
    box = window.findChild(QMessageBox)
    assert box is not None and box.informativeText().splitlines()[-1] == "discretize"
    box.close()
    assert window.document.undo_text == "Paste link"
    window.document.undo()
    assert window.document.experiment == drawn


def test_a_link_of_ours_and_a_preset_are_pasted_too(window: MainWindow) -> None:
    e = change(default("classify"), {"data.kind": "moons", "data.n": 77})
    paste(window, to_link(e))
    assert window.document.experiment == e and not window.strips.notice.isVisible()
    paste(window, "preset:zeros")
    assert window.document.experiment == presets["zeros"].experiment()


@pytest.mark.parametrize("text, word", [
    (f"{URL}&batchSize=many", "batchSize"), ("hello", "hello"), ("", "link"),
    ("preset:nothing", "tensorflow, spiral"), ("playground:v1?x", "PATH=VALUE"),
])  # fmt: skip
def test_what_cannot_be_pasted_is_one_sentence_and_nothing_is_lost(window: MainWindow, text: str, word: str) -> None:
    drawn = window.document.experiment
    paste(window, text)
    assert window.document.experiment == drawn and window.document.undo_text == "Erase"
    assert window.strips.banner.isVisible() and word in window.strips.banner.text()


def test_a_text_field_keeps_what_is_pasted_for_itself(window: MainWindow) -> None:
    from playground.gui.widgets import TextField

    QGuiApplication.clipboard().setText(URL)
    field = TextField(window)
    field.show()
    field.setFocus()
    drawn = window.document.experiment
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == URL and window.document.experiment == drawn


def test_a_url_can_be_dropped_and_named_on_the_command_line(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(URL)])
    window.dropEvent(QDropEvent(QPointF(700, 400), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                                Qt.KeyboardModifier.NoModifier))  # fmt: skip
    assert window.document.experiment.data.kind == "xor" and window.document.undo_text == "Paste link"
    window.files.open_target(URL.replace("xor", "gauss"))
    assert window.document.experiment.data.kind == "gauss" and not window.document.undo_text
    assert "seed=0.5" in window.strips.notice.accessibleName()
    QApplication.processEvents()
