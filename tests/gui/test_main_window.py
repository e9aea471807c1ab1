"""The window as a whole, with the real worker behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from playground.engine.snapshot import Snapshot, Trouble
from playground.gui import exporting
from playground.gui.commands import ChartsMenu
from playground.gui.main_window import MainWindow
from playground.gui.settings import Settings
from playground.gui.theme import host, theme
from playground.gui.views.network_layout import Target
from tests.engine.pretending import MEMORY, Gpu

Make = Callable[[], MainWindow]


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, opened: Make) -> Make:
    """Opens a window that has its first fit."""

    def build() -> MainWindow:
        window = opened()
        qtbot.waitUntil(lambda: "fit" in window.bridge.snapshot.summaries, timeout=10000)
        return window

    host().apply(qapp)
    return build


@pytest.fixture
def window(make: Make) -> MainWindow:
    return make()


def classify(qtbot: QtBot, window: MainWindow) -> None:
    window.lab_acts["classify"].trigger()
    qtbot.waitUntil(lambda: "map" in window.bridge.snapshot.summaries, timeout=30000)


def trained(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    window.acts["play"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch >= epochs, timeout=30000)


def test_the_first_picture_is_the_books(window: MainWindow) -> None:
    assert len(window.document.problem.train.t) == 10
    assert window.transport.counter.text() == "000,004"
    assert float(window.transport.train.text()) < float(window.transport.test.text())
    assert "closed form" in window.status.where.text()
    assert window.strips.hint.isVisible()


def test_the_order_slider_moves_fit_and_chart(qtbot: QtBot, window: MainWindow) -> None:
    track = window.model_panel.rows("model.order").track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=track.rect().center())
    QTest.mouseMove(track, QPoint(int(track.width() * 0.45), track.height() // 2))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert window.document.experiment.model.order == 9
    qtbot.waitUntil(lambda: float(window.transport.train.text()) < 0.001)
    assert window.acts["undo"].text() == "Undo Order M"
    window.acts["undo"].trigger()
    assert window.document.experiment.model.order == 3
    assert not window.acts["undo"].isEnabled()


def test_a_drag_on_the_canvas_is_followed_and_undone(qtbot: QtBot, window: MainWindow) -> None:
    points = window.document.problem.points
    place = window.canvas.pixel_of(float(points.X[4, 0]), float(points.t[4]))
    stage = window.canvas.viewport()
    QTest.mousePress(stage, Qt.MouseButton.LeftButton, pos=place)
    for dy in (10, 30, 60):
        QTest.mouseMove(stage, place + QPoint(0, dy))
    QTest.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=place + QPoint(0, 60))
    assert window.document.problem.points.t[4] < points.t[4] - 0.1
    window.acts["undo"].trigger()
    assert window.document.problem.points == points


def test_space_sweeps_the_order(qtbot: QtBot, window: MainWindow) -> None:
    window.playback.set_speed(60)
    window.acts["play"].trigger()
    assert window.playback.playing
    qtbot.waitUntil(lambda: not window.playback.playing)
    assert window.document.experiment.model.order == 9
    qtbot.waitUntil(lambda: window.transport.counter.text() == "000,010")
    window.acts["play"].trigger()  # at the end it begins again
    assert window.document.experiment.model.order == 0
    window.acts["play"].trigger()
    assert not window.playback.playing
    window.acts["forward"].trigger()
    window.acts["rewind"].trigger()
    assert window.document.experiment.model.order == 0


def test_space_plays_unless_a_button_was_reached_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    field = window.model_panel.rows("model.order").field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Space)
    assert window.playback.playing
    window.acts["play"].trigger()
    check = window.model_panel.rows("model.ln_lambda").check
    check.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(check, Qt.Key.Key_Space)
    assert check.isChecked()
    assert not window.playback.playing


def test_the_timeline_sets_the_order(window: MainWindow) -> None:
    window.timeline.scrubber.settled.emit(7)
    assert window.document.experiment.model.order == 7


def test_labs_are_switched_and_remember_themselves(qtbot: QtBot, window: MainWindow) -> None:
    window.document.change({"model.order": 8})
    classify(qtbot, window)
    assert not window.model_panel.note.isVisible()
    assert [dock.front.name for dock in window.charts.docks] == ["loss", "accuracy", "confusion"]
    window.lab_acts["curve"].trigger()
    assert window.document.experiment.model.order == 8
    assert window.charts.docks[0].front.name == "rms_by_order"


def test_a_network_plays_pauses_steps_and_rewinds(qtbot: QtBot, window: MainWindow) -> None:
    classify(qtbot, window)
    assert not window.timeline.scrubber.isVisible()
    trained(qtbot, window, 3)
    assert window.transport.play.isRunning()
    window.document.change({"optimizer.learning_rate": 0.02})  # live: goes on
    assert window.bridge.playing
    window.acts["play"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.status == "paused")
    epoch = window.bridge.snapshot.epoch
    window.acts["forward"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch == epoch + 1)
    window.timeline.scrubber.settled.emit(1)
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch == 1)
    window.acts["rewind"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.step == 0)


def test_painting_goes_on_while_training(qtbot: QtBot, window: MainWindow) -> None:
    classify(qtbot, window)
    trained(qtbot, window, 2)
    points = window.document.problem.points
    window.canvas.edit.emit(points.add([[0.0, 0.0]], [1.0]), "Paint", "stroke 1")
    epoch = window.bridge.snapshot.epoch
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch > epoch + 1, timeout=10000)
    assert window.bridge.playing
    assert len(window.document.problem.points) == 321


def test_a_diverged_run_is_said_in_the_banner_and_restored(qtbot: QtBot, window: MainWindow) -> None:
    classify(qtbot, window)
    window.document.change({"data.kind": "reg-plane"})
    window.document.change({"optimizer.kind": "sgd", "model.activation": "linear"})
    window.document.change({"optimizer.learning_rate": 10.0})
    window.acts["play"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.status == "diverged", timeout=30000)
    qtbot.waitUntil(window.strips.banner.isVisible)
    assert not window.strips.hint.isVisible()
    assert not window.playback.playing
    window.strips.restore.emit()
    qtbot.waitUntil(lambda: not window.strips.banner.isVisible())


def test_when_the_gpu_fails_the_window_says_so_and_training_goes_on(
    qtbot: QtBot, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Gpu(monkeypatch)
    window = make()
    classify(qtbot, window)
    assert window.bridge.snapshot.device == "cuda" and "GPU" in window.status.where.text()
    trained(qtbot, window, 2)
    gpu.fail(MEMORY, "steps")
    qtbot.waitUntil(window.strips.notice.isVisible, timeout=10000)
    assert "The GPU ran out of memory: training goes on on the CPU." in window.strips.notice.text()
    assert not window.strips.banner.isVisible() and window.bridge.playing
    window.strips.notice.close_button.click()
    epoch = window.bridge.snapshot.epoch
    qtbot.waitUntil(lambda: window.bridge.snapshot.epoch > epoch + 2, timeout=10000)
    assert window.bridge.playing and not window.strips.notice.isVisible(), "said once"
    assert "CPU" in window.status.where.text() and window.bridge.snapshot.why == window.bridge.snapshot.notice


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(700, 400), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dropEvent(event)


def test_a_dropped_table_becomes_the_data(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("x1,x2,label\n" + "".join(f"{i},{i * i},{'up' if i % 2 else 'down'}\n" for i in range(12)))
    drop(window, table)
    qtbot.waitUntil(lambda: window.document.experiment.data.kind == "file", timeout=10000)
    assert window.document.experiment.lab == "classify"
    assert window.document.problem.classes == ("down", "up")
    assert "mine.csv" in window.data_panel.source.text()
    assert window.settings.recent()[0] == table
    assert not window.document.worth_asking  # it can be read again


def test_a_bad_table_is_one_sentence_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    before = window.document.experiment
    table = tmp_path / "bad.csv"
    table.write_text("x,t\n1,2\n2,3,abc\n")
    drop(window, table)
    qtbot.waitUntil(window.strips.banner.isVisible, timeout=10000)
    assert "bad.csv, row 3: there are 3 cells" in window.strips.banner.text()
    assert window.document.experiment == before


def test_a_saved_run_opens_as_it_was_and_trains_on(
    qtbot: QtBot, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.playground"
    first = make()
    classify(qtbot, first)
    first.document.change({"model.hidden": (4, 3)})
    first.canvas.set_layer("test", False)
    trained(qtbot, first, 3)
    first.acts["play"].trigger()
    qtbot.waitUntil(lambda: first.bridge.snapshot.status == "paused")
    state = first.bridge.snapshot
    first.files._save_to(path, None)
    qtbot.waitUntil(lambda: first.document.path == path, timeout=10000)
    assert not first.document.dirty
    first.close()

    second = make()
    second.files.open(path)
    qtbot.waitUntil(lambda: second.document.path == path, timeout=10000)
    qtbot.waitUntil(lambda: second.bridge.snapshot.epoch == state.epoch, timeout=30000)
    assert second.document.experiment == first.document.experiment
    assert second.bridge.snapshot.scores["train"].loss == state.scores["train"].loss
    assert not second.document.dirty
    assert second.canvas.save_state() == first.canvas.save_state()
    trained(qtbot, second, state.epoch + 2)
    assert second.document.dirty


def test_a_damaged_session_is_one_sentence(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "broken.playground"
    path.write_bytes(b"PK\x03\x04 no")
    window.files.open(path)
    qtbot.waitUntil(window.strips.banner.isVisible, timeout=10000)
    assert "broken.playground" in window.strips.banner.text()
    assert window.document.path is None


def test_closing_asks_only_where_work_would_be_lost(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def stay(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(1)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", stay)
    points = window.document.problem.points
    window.document.set_points(points.remove(points.ids[:1]), "Erase")
    window.close()
    assert asked == [1] and window.isVisible()
    window.acts["undo"].trigger()
    window.document.change({"model.order": 9})
    window.close()
    assert asked == [1] and not window.isVisible()


def test_without_points_there_is_no_fit(make: Make, qtbot: QtBot) -> None:
    window = make()
    qtbot.waitUntil(lambda: window.canvas.stage.picture._fit is not None)
    window.acts["clear"].trigger()
    qtbot.waitUntil(lambda: window.canvas.stage.picture._fit is None)
    window.acts["undo"].trigger()
    qtbot.waitUntil(lambda: window.canvas.stage.picture._fit is not None)


def test_zoom_stops_before_the_window_outgrows_the_screen(make: Make) -> None:
    window = make()
    size = window.size()
    for _ in range(8):
        window.acts["zoom_in"].trigger()
        QTest.qWait(1)
    assert host().zoom == 1.25 and window.size() == size
    assert "close the Data" in window.strips.notice.text()
    window.data_dock.close()
    QTest.qWait(1)
    window.acts["zoom_in"].trigger()
    QTest.qWait(1)
    assert host().zoom == 1.5 and window.size() == size
    host().set_zoom(1.0)


def test_layout_theme_and_zoom_are_remembered(make: Make) -> None:
    first = make()
    first.data_dock.close()
    first.model_panel.seeds.setOpen(False)
    first.acts["theme_dark"].trigger()
    first.acts["zoom_in"].trigger()
    first.close()
    settings = Settings()
    assert (settings.theme, settings.zoom) == ("dark", 1.1)
    host().set_choice("system")
    host().set_zoom(1.0)
    second = make()
    assert second.data_dock.isHidden()
    assert not second.model_panel.seeds.isOpen() and second.model_panel.training.isOpen()
    second.acts["reset_layout"].trigger()
    assert second.data_dock.isVisible()


def test_a_closed_chart_stays_away_in_every_lab(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.charts.docks[2]
    dock.close()
    window.lab_acts["classify"].trigger()
    assert dock.isHidden()
    window.resize(1024, 700)
    window.resize(1440, 900)
    assert dock.isHidden()
    dock.toggleViewAction().trigger()
    assert not dock.isHidden()


def test_a_line_that_was_dragged_stays(qtbot: QtBot, make: Make) -> None:
    first = make()
    QTest.mouseRelease(first.inner, Qt.MouseButton.LeftButton)  # as after a drag of the line
    first.inner.resizeDocks([first.charts.docks[0]], [300], Qt.Orientation.Vertical)
    QApplication.processEvents()
    height = first.charts.docks[0].height()
    assert height > 250
    first.resize(1500, 1000)
    QApplication.processEvents()
    assert first.charts.docks[0].height() == pytest.approx(height, abs=2)
    first.close()
    second = make()
    second.resize(1500, 1000)
    QApplication.processEvents()
    assert second.charts.docks[0].height() == pytest.approx(height, abs=20)


def test_pictures_and_numbers_are_saved(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix, head in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        path = tmp_path / f"canvas{suffix}"
        monkeypatch.setattr(exporting, "ask_picture_path", lambda parent, name, path=path: path)
        window.acts["save_picture"].trigger()
        qtbot.waitUntil(path.exists, timeout=20000)
        assert path.read_bytes().startswith(head)
    path = tmp_path / "rms.csv"
    monkeypatch.setattr(exporting, "ask_numbers_path", lambda parent, name: path)
    window.charts.docks[0].save_requested.emit(window.charts.docks[0].front, "numbers")
    assert path.read_text().count("\n") == 11


def test_the_export_dialog_writes_what_is_chosen(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.acts["export"].trigger()
    dialog = window.findChild(exporting.ExportDialog)
    for kind, box in dialog._boxes.items():
        box.setChecked(kind in ("data", "coefficients"))
    dialog.folder.setValue(str(tmp_path / "out"))
    dialog.export()
    qtbot.waitUntil(dialog.open_button.isVisible, timeout=20000)
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".csv"}
    dialog.close()


def test_a_small_window_keeps_the_canvas_wide(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.charts.few)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1024, 700)
    assert window.centre.width() >= 480
    assert window.centre.strip_buttons[0].isHidden()
    names = [slot.name for dock in window.charts.docks for slot in dock.pages()]
    assert "scores" in names
    assert window.charts.docks[2].isHidden()


def test_only_what_is_in_front_is_computed(qtbot: QtBot, window: MainWindow) -> None:
    assert "coefficient_table" not in window.bridge.snapshot.summaries
    window.charts.docks[1].turn_to("coefficient_table")
    qtbot.waitUntil(lambda: "coefficient_table" in window.bridge.snapshot.summaries)


def test_every_chart_is_in_the_menu_and_comes_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    (menu,) = window.findChildren(ChartsMenu)
    menu.aboutToShow.emit()
    charts = {page.title: page.name for dock in window.charts.docks for page in dock.pages()}
    assert [action.text() for action in menu.actions() if action.text() in charts] == list(charts)
    window.charts.docks[1].close()
    next(action for action in menu.actions() if action.text() == "Gallery").trigger()
    assert window.charts.docks[1].isVisible() and window.charts.docks[1].front.name == "gallery"
    window.acts["next_chart"].trigger()
    assert window.charts.docks[1].front.name == "folds"


def test_a_trouble_is_marked_where_it_shows_until_it_is_put_aside(qtbot: QtBot, window: MainWindow) -> None:
    classify(qtbot, window)
    network, tabs = window.canvas.network, window.charts.docks[0].tabs

    def dots(widget: QWidget) -> int:
        image, red = widget.grab().toImage(), theme().color("danger").rgb()
        return sum(image.pixel(x, y) == red for x in range(image.width()) for y in range(min(image.height(), 90)))

    qtbot.waitUntil(network.isVisible)
    assert not dots(network) and not dots(tabs.tabBar())
    window.document.change({"model.activations": ("tanh", "step")})
    qtbot.waitUntil(lambda: 2 in network.troubles)
    assert network.says(Target("kind", 2))[-1] == window.strips.trouble.accessibleName()
    assert dots(network)
    window.document.undo()
    qtbot.waitUntil(lambda: not network.troubles)
    window.strips.show_run(Snapshot(status="paused", troubles=(Trouble("plateau", "Nothing moves.", "loss"),)))
    assert [tabs.tabToolTip(i) for i in range(2)] == ["Nothing moves.", ""] and dots(tabs.tabBar())
    window.strips.trouble.close_button.click()
    assert tabs.tabToolTip(0) == "" and not dots(tabs.tabBar())


def test_an_optimizer_that_steps_brings_its_charts(window: MainWindow) -> None:
    window.document.change({"model.basis": "legendre"})
    window.document.change({"optimizer.kind": "sgd"})
    assert [page.name for page in window.charts.docks[0].pages()][:2] == ["loss", "rms"]
    window.document.undo()
    assert window.charts.docks[0].pages()[0].name == "rms_by_order"


def test_everything_that_can_be_focused_has_a_name(window: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and not _name(widget)
    ]
    assert not nameless


def _name(widget: QWidget) -> str:
    interface: Any = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def test_a_damaged_settings_file_does_not_keep_the_window_from_opening(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / "playground.ini").write_bytes(
        b"[General]\ntheme=mauve\nzoom=large\nhints=@Invalid()\nrecent=@ByteArray(\\0)\nfolds=7\n"
        b"[layout1]\ngeometry=@ByteArray(no)\ndocks=12\nby_hand=\n\x00\xff garbage"
    )
    window = make()
    assert window.isVisible()
    assert window.settings.theme == "system"
