"""The small dialog for a few whole numbers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from playground.engine.schema import SpecError
from playground.gui.ask import ask_axes, ask_orders, whole_numbers
from playground.gui.ask_ranges import ask_ranges


def test_numbers_are_read_however_they_are_parted() -> None:
    assert whole_numbers(" 9; 0, 3  1", 4, 9, 20) == (0, 1, 3, 9)


@pytest.mark.parametrize("text", ["", "0,1,3", "0,1,3,3", "0,1,3,21", "0,1,3,-9", "0,1,3,x", "1.5,2,3,4"])
def test_what_does_not_fit_is_a_sentence(text: str) -> None:
    with pytest.raises(SpecError, match="Give 4 to 9 different whole numbers from 0 to 20, not "):
        whole_numbers(text, 4, 9, 20)


@pytest.mark.parametrize(("ask", "now", "bad", "good", "found"), [
    (ask_orders, (0, 1, 3, 9), "1, 2", "2 4 6 8", (2, 4, 6, 8)),
    (ask_axes, (0, 1), "3", "3, 1", (1, 3)),
])  # fmt: skip
def test_a_wrong_answer_stays_and_a_right_one_is_taken(qtbot, ask, now, bad, good, found) -> None:
    taken: list[tuple[int, ...]] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ask(now, taken.append, parent)
    dialog.field.setText(bad)
    dialog._take()
    assert dialog.isVisible() and dialog.error.isVisibleTo(dialog) and not taken
    dialog.field.setText(good)
    dialog._take()
    assert taken == [found] and not dialog.isVisible()


@pytest.mark.parametrize(("typed", "sentence"), [
    (("1", "x", "0", "1"), "Both ends of x1 must be numbers."),
    (("", "2", "0", "1"), "Both ends of x1 must be numbers."),
    (("0", "2", "3", "3"), "x2 must end above where it begins."),
    (("0", "2", "3", "1"), "x2 must end above where it begins."),
    (("0", "1e300", "0", "1"), "That is no range that x1 can show."),
    (("1", "1.00000000000001", "0", "1"), "That is no range that x1 can show."),
])  # fmt: skip
def test_ranges_of_the_axes_are_typed_in_their_units(qtbot, typed, sentence) -> None:
    taken: list[object] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ask_ranges(("*x*1", "*x*2"), ((-6.0, 6.0), (-6.0, 6.0)), lambda x, y: taken.append((x, y)), parent)
    assert [field.text() for field in dialog.fields] == ["−6", "6", "−6", "6"]
    for field, text in zip(dialog.fields, typed, strict=True):
        field.setText(text)
    dialog._take()
    assert dialog.isVisible() and dialog.error.text() == sentence and not taken
    for field, text in zip(dialog.fields, ("−2,5", "3", "0.5", "1e2"), strict=True):
        field.setText(text)
    dialog._take()
    assert taken == [((-2.5, 3.0), (0.5, 100.0))] and not dialog.isVisible()
