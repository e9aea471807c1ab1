"""The other rows of a form, the split bar and the presets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.gui import widgets as w
from playground.gui.theme import host


def test_a_choice_says_its_key_once(shown, heard) -> None:
    row = shown(w.ChoiceRow("Optimizer", [("sgd", "SGD"), ("adam", "Adam")], "sgd", default="sgd"))
    changed = heard(row.changed)
    row.combo.setFocus()
    QTest.keyClick(row.combo, Qt.Key.Key_Down)
    assert changed == ["adam"]
    row.setOptions([("adam", "Adam"), ("momentum", "Momentum")])
    assert row.value() == "adam"
    with pytest.raises(ValueError, match="no option"):
        row.setValue("sgd")
    row.setError("Choose another.")
    assert row.combo.property("invalid")


def test_check_text_and_number_rows(shown, heard, type_into) -> None:
    check = shown(w.CheckRow("Shuffle", True, default=True))
    changed = heard(check.changed)
    QTest.mouseClick(check, Qt.MouseButton.LeftButton, pos=check.label.geometry().center())
    assert changed == [False]
    text = shown(w.TextRow("Name", "A"))
    changed = heard(text.changed)
    text.edit.selectAll()
    QTest.keyClicks(text.edit, "Class B")
    QTest.keyClick(text.edit, Qt.Key.Key_Return)
    assert changed == ["Class B"]
    number = shown(w.NumberRow("Test points", 100, integer=True, default=100))
    changed = heard(number.changed)
    type_into(number.field, "50")
    QTest.mouseDClick(number.label, Qt.MouseButton.LeftButton)
    assert changed == [50, 100]


def test_a_text_may_stand_for_another_value(shown, heard) -> None:
    def read(text: str) -> int:
        if not text.isdigit():
            raise ValueError("Digits only.")
        return int(text)

    row = shown(w.TextRow("Count", 7, below=True, read=read, write=lambda n: f"{n:03}", default=1))
    changed = heard(row.changed)
    assert (row.value(), row.edit.text()) == (7, "007")
    assert row.edit.geometry().top() >= row.label.geometry().bottom()
    for text in ("x", "12"):
        row.edit.selectAll()
        QTest.keyClicks(row.edit, text)
        QTest.keyClick(row.edit, Qt.Key.Key_Return)
        assert row.errorText() == ("Digits only." if text == "x" else "")
        assert row.edit.text() == text
    assert changed == [12] and row.value() == 12
    QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert changed == [12, 1] and row.edit.text() == "001"


def test_a_locked_seed_is_not_rolled(shown, heard) -> None:
    seed = shown(w.SeedField("Weights", 3))
    changed, locks = heard(seed.changed), heard(seed.lockToggled)
    seed.die.click()
    assert len(changed) == 1
    assert changed[0] != 3
    seed.lock.click()
    seed.roll()
    assert not seed.die.isEnabled()
    assert (len(changed), locks) == (1, [True])


def test_layers_are_added_edited_and_removed(shown, heard) -> None:
    row = shown(w.ChipsRow("Hidden layers", (8, 8), most=3))
    changed = heard(row.changed)
    row.chips()[-1].click()
    assert changed[-1] == (8, 8, 8)
    assert len(row.chips()) == 3  # full: no "+"
    QTest.mouseClick(row.chips()[0], Qt.MouseButton.RightButton)
    assert changed[-1] == (8, 8)
    QTest.keyClick(row.chips()[1], Qt.Key.Key_Delete)
    assert changed[-1] == (8,)
    row.chips()[0].click()
    QTest.keyClicks(row._editor, "16")
    QTest.keyClick(row._editor, Qt.Key.Key_Return)
    assert changed[-1] == (16,)
    row.chips()[0].click()
    QTest.keyClicks(row._editor, "65")
    QTest.keyClick(row._editor, Qt.Key.Key_Return)
    assert row.errorText() == "A layer has 1 to 64 units, not 65."
    row.chips()[0].click()
    QTest.keyClicks(row._editor, "0")
    QTest.keyClick(row._editor, Qt.Key.Key_Return)
    assert changed[-1] == ()
    assert [c.accessibleName() for c in row.chips()] == ["Add a layer"]


def test_many_layers_wrap_and_are_all_in_sight(shown) -> None:
    panel = w.Panel("Model", width=216)
    row = panel.add(w.ChipsRow("Hidden layers", (64,) * 6))
    shown(panel, 216)
    panel.resize(216, 400)
    QApplication.processEvents()
    last = row.chips()[-1]
    assert row.rect().contains(last.mapTo(row, last.rect().bottomRight()))


def test_the_split_is_dragged_and_typed_by_keys(shown, heard, drag) -> None:
    split = shown(w.SplitBar((0.7, 0.0, 0.3), default=(0.7, 0.0, 0.3)), 200)
    changing, changed = heard(split.changing), heard(split.changed)
    drag(split.bar, QPoint(140, 12), QPoint(100, 12))
    assert changing
    assert changed[-1] == (0.5, 0.0, 0.5)
    split.bar.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(split.bar, Qt.Key.Key_Right)
    assert changed[-1] == pytest.approx((0.51, 0, 0.49))
    QTest.mouseDClick(split.label, Qt.MouseButton.LeftButton)
    assert changed[-1] == (0.7, 0.0, 0.3)
    split.setCounts((192, 0, 128))
    assert split.caption.text() == "192 training  128 test"


def test_two_handles_never_pass_each_other(shown, drag) -> None:
    split = shown(w.SplitBar((0.5, 0.2, 0.3)), 400)
    drag(split.bar, QPoint(200, 12), QPoint(390, 12))
    train, validation, test = split.value()
    assert (train, validation) == (0.7, 0.0)
    assert train + validation + test == pytest.approx(1)
    split.bar.at = 1
    QTest.keyClick(split.bar, Qt.Key.Key_Home)
    assert split.value()[1] == 0.0
    assert split.value()[0] == 0.7


def test_one_preset_at_a_time_also_by_keys(shown, heard) -> None:
    painted: list[str] = []

    def picture(painter: QPainter, box: QRectF, t: object) -> None:
        painted.append(t.name)

    grid = w.ThumbnailGrid(2, "Data set")
    grid.add("a", "A", picture)
    grid.add("b", "B", QPixmap(8, 8))
    grid.add("c", "C", "pencil")
    shown(grid)
    chosen = heard(grid.chosen)
    grid.setValue("a")
    assert chosen == []
    grid.box("a").setFocus()
    QTest.keyClick(grid.box("a"), Qt.Key.Key_Down)
    assert (chosen, grid.value()) == (["c"], "c")
    grid.box("c").click()
    assert chosen == ["c", "c"]
    host().set_choice("dark")
    grid.grab()
    assert painted == ["light", "dark"]
    grid.setValue(None)
    assert grid.value() is None


def test_the_keyboard_stays_with_the_chips_when_they_change(shown) -> None:
    row = shown(w.ChipsRow("Hidden layers", (8, 8)))
    row.chips()[-1].setFocus()
    row.chips()[-1].click()
    assert row.value() == (8, 8, 8)
    row.setValue((8, 8))  # as undo does
    QTest.qWait(0)
    assert QApplication.focusWidget() in row.chips()
