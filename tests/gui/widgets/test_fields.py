"""The number field and the slider row: typed, dragged, stepped, refused, switched off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.gui import widgets as w
from playground.gui.theme import px


def test_a_number_is_taken_on_enter_with_comma_or_point(shown, heard, type_into) -> None:
    field = shown(w.NumberField(0.3, name="Noise"))
    values = heard(field.edited)
    type_into(field, "0,25")
    type_into(field, "1e-2")
    type_into(field, "−4")
    assert values == [0.25, 0.01, -4]
    assert field.lineEdit().text() == "−4"


def test_text_that_is_no_number_stays_and_is_told(shown, heard, type_into) -> None:
    field = shown(w.NumberField(3, integer=True))
    values, refusals = heard(field.edited), heard(field.invalid)
    type_into(field, "3x")
    assert field.lineEdit().text() == "3x"
    assert field.isInvalid()
    assert refusals == ["“3x” is not a number."]
    assert values == []
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.lineEdit().text(), field.isInvalid()) == ("3", False)


def test_arrows_stay_in_the_range_and_typing_does_not(shown, heard, type_into) -> None:
    field = shown(w.NumberField(19, minimum=0, maximum=20, integer=True))
    values = heard(field.edited)
    field.setFocus()
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Up)
    assert values == [20]
    type_into(field, "33")
    assert values == [20, 33]


def test_leaving_without_a_change_says_nothing(shown, heard) -> None:
    field = shown(w.NumberField(1 / 3, decimals=2))
    values = heard(field.edited)
    field.setFocus()
    field.clearFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert values == []
    assert field.value() == 1 / 3


def test_a_refresh_with_the_same_value_leaves_the_typing_alone(shown) -> None:
    field = shown(w.NumberField(5))
    field.activateWindow()
    field.setFocus()
    assert field.hasFocus()
    field.lineEdit().selectAll()
    QTest.keyClicks(field.lineEdit(), "12")
    field.setValue(5)
    assert field.lineEdit().text() == "12"
    field.setValue(7)
    assert field.lineEdit().text() == "7"


def order_row(shown, **more) -> w.SliderRow:
    row = w.SliderRow("Order", 0, 20, 3, symbol="M", default=3, integer=True, **more)
    return shown(row)


def test_a_drag_says_changing_and_ends_with_changed(shown, heard, drag) -> None:
    row = order_row(shown)
    changing, changed = heard(row.changing), heard(row.changed)
    track = row.track
    start = QPoint(round(track._x(track._share())), px(12))
    drag(track, start, QPoint(track.width(), px(12)))
    assert changing[-1] == 20
    assert changed == [20]
    assert row.value() == 20
    assert row.field.lineEdit().text() == "20"
    assert all(type(v) is int for v in changing)


def test_setting_a_value_is_silent(shown, heard) -> None:
    row = order_row(shown)
    changing, changed = heard(row.changing), heard(row.changed)
    row.setValue(9)
    assert row.value() == 9
    assert row.track.current() == 9
    assert (changing, changed) == ([], [])


def test_the_keyboard_moves_the_slider(shown, heard) -> None:
    row = order_row(shown)
    changed = heard(row.changed)
    row.track.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Left,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_End,
        Qt.Key.Key_Home,
    ):
        QTest.keyClick(row.track, key)
    assert changed == [4, 5, 4, 6, 20, 0]


def test_reset_by_arrow_and_by_double_click(shown, heard) -> None:
    row = order_row(shown)
    changed, reset = heard(row.changed), heard(row.reset)
    assert not row.reset_button.isVisible()
    row.setValue(9)
    assert row.reset_button.isVisible()
    QTest.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert (row.value(), row.reset_button.isVisible()) == (3, False)
    row.setValue(9)
    QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert changed == [3, 3]
    assert len(reset) == 2


def test_a_typed_number_out_of_range_is_passed_on_and_the_refusal_shown(shown, heard, type_into) -> None:
    row = order_row(shown)
    changed = heard(row.changed)
    height = row.sizeHint().height()
    type_into(row.field, "25")
    assert changed == [25]
    row.setError("The order lies between 0 and 20, not 25.")
    QApplication.processEvents()
    assert row.errorText().startswith("The order")
    assert row.field.isInvalid()
    assert row.field.lineEdit().text() == "25"
    assert row.sizeHint().height() > height
    row.setValue(9)
    assert (row.errorText(), row.field.isInvalid()) == ("", False)
    type_into(row.field, "nine")
    assert row.errorText() == "“nine” is not a number."


def test_an_optional_parameter_goes_off_and_keeps_its_value(shown, heard) -> None:
    row = shown(w.SliderRow("Penalty", -50, 5, None, symbol="ln λ", rest=-18, optional=True))
    changed = heard(row.changed)
    assert row.value() is None
    assert row.field.lineEdit().text() == "−18"
    assert not row.track.isEnabled()
    row.check.click()
    assert row.track.isEnabled()
    row.check.click()
    assert changed == [-18, None]
    assert "λ" in row.check.accessibleName()
    with pytest.raises(ValueError, match="cannot be off"):
        w.SliderRow("Order", 0, 20, 3).setValue(None)


def test_the_sweep_button_asks_and_shows(shown, heard) -> None:
    row = order_row(shown)
    asked = heard(row.sweepToggled)
    row.sweep.click()
    assert asked == [True]
    row.setSweeping(False)
    assert asked == [True]
    assert not row.sweep.isChecked()


def test_a_slider_at_the_exact_value_does_not_round_it(shown) -> None:
    row = shown(w.SliderRow("Noise", 0, 1, 0.123456))
    assert row.value() == 0.123456
    assert row.field.lineEdit().text() == "0.123456"


def test_a_small_number_fits_its_field(shown, heard, type_into) -> None:
    field = shown(w.NumberField(0.01))
    values = heard(field.edited)
    field.setValue(0.00095)
    assert field.lineEdit().text() == "9.5e−4"
    type_into(field, "9.5e−4")
    type_into(field, "0.0003")
    assert values == [0.0003] and field.lineEdit().text() == "0.0003"


def test_undo_is_the_windows_unless_something_is_being_typed(shown) -> None:
    field = shown(w.NumberField(3, minimum=0, maximum=20))
    field.setFocus()

    def claimed() -> bool:
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        asked.ignore()
        QApplication.sendEvent(field, asked)
        return asked.isAccepted()

    assert not claimed()
    QTest.keyClicks(field, "7")
    assert claimed()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not claimed()
