"""Panels, strips, buttons and tips, and all widgets together in every theme and zoom."""

from __future__ import annotations

import gc
import math
import weakref

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QFocusEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from playground.gui import widgets as w
from playground.gui.theme import THEMES, host, theme
from playground.gui.widgets.gallery import gallery
from playground.gui.widgets.tooltip import RichTip, show_tip


def test_sections_fold_and_tracks_line_up(shown, heard) -> None:
    panel = w.Panel("Model")
    first = panel.add(w.SliderRow("Rate", 1e-4, 1, 0.1, log=True))
    section = panel.add(w.Section("More"))
    second = section.add(w.SliderRow("Points", 10, 5000, 100, integer=True))
    shown(panel, 264)
    panel.resize(264, 500)
    QApplication.processEvents()
    left = {row.track.mapTo(panel, QPoint()).x() for row in (first, second)}
    assert len(left) == 1
    assert first.track.width() == second.track.width()
    folds = heard(section.toggled)
    section.header.click()
    assert (folds, second.isVisible()) == ([False], False)
    panel.header.chevron.click()
    assert not panel.scroll_area.isVisible()
    panel.setOpen(True)
    assert panel.scroll_area.isVisible()


def test_a_panel_in_a_dock_floats_and_closes(shown) -> None:
    window = QMainWindow()
    dock = QDockWidget("Data", window)
    panel = w.Panel("Data", width=216)
    panel.attach(dock)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    shown(window, 600)
    panel.header.float_button.click()
    assert dock.isFloating()
    panel.header.float_button.click()
    assert not dock.isFloating()
    panel.header.close_button.click()
    assert not dock.isVisible()


def test_a_dock_is_widened_by_the_strip_beside_its_line(qtbot: QtBot, shown) -> None:
    window = QMainWindow()
    window.setCentralWidget(w.Surface("canvas"))
    dock, below = QDockWidget("Data", window), QDockWidget("Charts", window)
    w.Panel("Data", width=216).attach(dock)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, below)
    w.DockGrips(window)
    shown(window, 800, 400)
    assert dock.titleBarWidget().height() == 40
    start = QPoint(dock.geometry().right() + 3, 100)
    qtbot.waitUntil(lambda: type(window.childAt(start)).__name__ == "_Grip")
    grip, before = window.childAt(start), dock.width()
    at = grip.mapFrom(window, start)
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grip, at + QPoint(60, 0))
    qtbot.waitUntil(lambda: dock.width() == before + 60)
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)
    over = QPoint(400, below.geometry().top() - 3)
    assert window.childAt(over).cursor().shape() == Qt.CursorShape.SplitVCursor
    dock.hide()
    below.hide()
    qtbot.waitUntil(lambda: type(window.childAt(over)).__name__ == "Surface")


def test_the_hint_shortens_where_it_must(shown, heard) -> None:
    strip = w.HintStrip()
    strip.setHint("Drag a point up or down. Then lower the order to 3.", "Drag a point.")
    strip.addButton(w.ToolButton("eye", "Show", size=28))
    shown(strip, 700)
    assert strip.text().endswith("to 3.")
    strip.resize(320, 40)
    QApplication.processEvents()
    assert strip.text() == "Drag a point."
    closed = heard(strip.closed)
    strip.close_button.click()
    assert (len(closed), strip.isVisible()) == (1, False)


def test_a_banner_offers_what_can_be_done(shown) -> None:
    banner = shown(w.Banner(), 600)
    done: list[str] = []
    banner.show_message("The loss overflowed.", [("Restore", lambda: done.append("restore"))])
    banner.show_message("The loss overflowed again.", [("Restore", lambda: done.append("again"))])
    buttons = list(banner._buttons)
    assert [b.text() for b in buttons] == ["Restore"]
    buttons[0].click()
    assert done == ["again"]
    assert banner.accessibleName() == "The loss overflowed again."


def test_buttons_follow_their_action(shown, heard) -> None:
    action = QAction("&Undo", shortcut="Ctrl+Z", enabled=False)
    done = heard(action.triggered)
    button = shown(w.ToolButton("undo-2", size=36, action=action))
    assert not button.isEnabled()
    assert button.accessibleName() == "Undo"
    action.setEnabled(True)
    button.click()
    assert len(done) == 1
    tool = QAction("Brush", checkable=True)
    button = shown(w.ToolButton("spray-can", action=tool))
    button.click()
    assert tool.isChecked()
    assert button.isChecked()
    tool.setChecked(False)
    assert not button.isChecked()


def test_play_says_what_it_will_do(shown) -> None:
    play = shown(w.PlayButton())
    assert play.accessibleName() == "Play"
    play.setRunning(True)
    assert play.accessibleName() == "Pause"


def test_a_tip_stands_beside_its_panel(shown) -> None:
    window = w.Surface("canvas")
    panel = w.Panel("Model")
    panel.setParent(window)
    row = panel.add(w.SliderRow("Order", 0, 20, 3, symbol="M"))
    w.set_rich_tip(
        row, "Order M", "0 to 20, default 3", "Larger: fits closer, wiggles more.", "Resets the run."
    )
    window.resize(900, 500)
    panel.setGeometry(636, 0, 264, 500)
    shown(window, 900)
    window.resize(900, 500)
    event = QEvent(QEvent.Type.ToolTip)
    QApplication.sendEvent(row, event)
    tip = window.findChild(RichTip)
    assert tip.isVisible()
    assert tip.geometry().right() < panel.x()
    assert window.rect().contains(tip.geometry())
    assert "wiggles more" in tip.accessibleName()
    assert "wiggles more" in row.accessibleDescription()
    QTest.mousePress(row.field, Qt.MouseButton.LeftButton)
    assert not tip.isVisible()


def test_a_tip_stays_inside_a_small_window(shown) -> None:
    window = w.Surface("canvas")
    button = w.ToolButton("eye", "Show", parent=window)
    w.set_rich_tip(button, "Show", "V", "A long sentence that needs more than one line to be read in full.")
    shown(window, 260)
    window.resize(260, 200)
    button.move(220, 160)
    tip = show_tip(button)
    assert tip is not None
    assert window.rect().contains(tip.geometry())


def test_everything_that_takes_the_focus_has_a_name(qtbot: QtBot) -> None:
    window = gallery()
    qtbot.addWidget(window)
    nameless = []
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        if type(widget).__name__ in ("QTabWidget", "QTabBar", "QLineEdit"):  # parts of others
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name):
            nameless.append(type(widget).__name__)
    assert not nameless


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0])
def test_nothing_is_cut_off_in_any_theme_at_any_zoom(name: str, zoom: float, qtbot: QtBot) -> None:
    host().set_choice(name)
    host().set_zoom(zoom)
    window = gallery()
    qtbot.addWidget(window)
    window.resize(round(1440 * zoom), round(900 * zoom))
    window.show()
    QApplication.processEvents()
    cut = [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in window.findChildren(QAbstractButton)
        if widget.isVisible()
        and widget.text()  # check boxes of optional rows have none
        and (widget.width() < widget.minimumSizeHint().width() or widget.height() < 12)
    ]
    assert not cut
    image = window.grab().toImage()
    assert image.pixelColor(2, image.height() - 2).name().upper() == THEMES[name].window


def test_a_live_change_of_theme_repaints_the_widgets(shown) -> None:
    row = shown(w.SliderRow("Order", 0, 20, 10, integer=True))
    before = row.track.grab().toImage().pixelColor(8, 12).name().upper()
    host().set_choice("dark")
    after = row.track.grab().toImage().pixelColor(8, 12).name().upper()
    assert (before, after) == (THEMES["light"].accent, THEMES["dark"].accent)
    host().set_zoom(1.5)
    assert row.field.height() == 42
    assert row.field.lineEdit().font().pixelSize() == 20


def test_only_the_keyboard_shows_the_ring(shown) -> None:
    button = shown(w.ToolButton("eye", "Show", size=36))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    button.focusInEvent(_focus(Qt.FocusReason.TabFocusReason))
    assert _has(button.grab().toImage(), theme().focus)
    button.focusInEvent(_focus(Qt.FocusReason.MouseFocusReason))
    assert not _has(button.grab().toImage(), theme().focus)


def _focus(reason: Qt.FocusReason) -> QFocusEvent:
    return QFocusEvent(QEvent.Type.FocusIn, reason)


def _has(image: QImage, color: str) -> bool:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return any(image.pixelColor(x, y).name().upper() == color for x, y in points)


def test_widgets_that_are_gone_do_not_hear_the_theme() -> None:
    widgets = [w.SliderRow("Order", 0, 20, 3), w.ToolButton("eye", "Show"), w.Panel("Data")]
    gone = [weakref.ref(x) for x in widgets]
    for widget in widgets:
        widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    del widget
    widgets.clear()
    gc.collect()
    host().set_choice("dark")
    assert [ref() for ref in gone] == [None, None, None]


def test_the_marker_of_a_series_is_filled_or_hollow() -> None:
    from playground.gui.widgets.readout import draw_marker

    colors = []
    for hollow in (False, True):
        image = QImage(20, 20, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        draw_marker(painter, QPointF(10, 10), "train", hollow)
        painter.end()
        colors.append(image.pixelColor(10, 10).name().upper())
    assert colors == [theme().train, theme().canvas]


def test_text_width_grows_with_the_text() -> None:
    assert w.text_width("*M*", 13) < w.text_width("fit, *M* = 9", 13)
    assert math.isclose(w.text_width("", 13), 0)


def test_a_long_banner_takes_more_lines(shown) -> None:
    banner = shown(w.Banner(), 400)
    banner.show_message("Short.")
    low = banner.height()
    sentence = "The loss is no longer finite after epoch 81: the learning rate 10 is too large for this network."
    banner.show_message(sentence, [("Restore", lambda: None)])
    assert banner.height() > low and " ".join(banner._lines) == sentence
