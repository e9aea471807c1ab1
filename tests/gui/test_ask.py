"""The small dialog for a few whole numbers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from playground.engine.schema import SpecError
from playground.gui.ask import ask_axes, ask_orders, whole_numbers


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
