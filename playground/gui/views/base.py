"""What all chart views share: they show one type of summary, paint themselves and follow the theme.

`chart_docks.py` makes a view by the type of the summary (`views.VIEWS`) and hands it each new one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.snapshot import Choice, Summary
from playground.gui import fonts, icons
from playground.gui.theme import Theme, host, px, theme
from playground.gui.widgets.base import Themed
from playground.gui.widgets.buttons import TextButton
from playground.gui.widgets.text import draw_text

_ABSENT: Any = object()
BUTTONS_SHARE = 0.62
"""Of the width, at most, goes to the buttons at the foot; those that find no room are in the menu of the dock only."""


class ChartView(Themed, QWidget):
    """A subclass says which summary it `shows`, whether that one is empty, and paints it.

    picked(changes): the person chose values of parameters in the chart, {path: value}.
    dragged(changes): the same in the middle of a gesture, which is one step of undo; settled: it is over.
    looked(fields): the person chose what the chart looks at, {field of `View`: value}.
    """

    shows: ClassVar[type[Summary]] = Summary
    icon = "chart-spline"
    ground = "canvas"

    picked = Signal(object)
    dragged = Signal(object)
    settled = Signal()
    looked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary: Any = None
        self.buttons: list[TextButton] = []
        """What the chart recommends, at its foot."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.shows.__name__)
        self.follow_theme()

    def show(self, summary: Summary = _ABSENT) -> None:
        """Show this summary; the same object again costs nothing. Without an argument: QWidget.show()."""
        if summary is _ABSENT:
            super().show()
        else:
            self.show_summary(summary)

    def show_summary(self, summary: Summary | None) -> None:
        """Show this summary; None and empty ones leave a sentence."""
        if summary is self.summary:
            return
        self.summary = summary
        if summary is not None and summary.title:
            self.setAccessibleName(summary.title)
        said = self.describe() if self.has_data() else self.note()
        more = getattr(summary, "note", "") if self.has_data() else ""
        self.setAccessibleDescription(f"{said}; {more}" if more and more not in said else said)
        self._show_choices()
        self._changed()
        self.update()

    def restyle(self, theme: Theme | None = None) -> None:
        """Dress in the program's theme of this moment."""
        self._place_buttons()
        self._changed()
        self.update()

    def actions_(self) -> list[QAction]:
        """What the dock's corner offers for this view."""
        return []

    def choices(self) -> tuple[Choice, ...]:
        """What the chart recommends, offered as buttons at its foot and in the menu of the dock."""
        return self.summary.choices if self.summary is not None else ()

    def has_data(self) -> bool:
        """Whether there is something to draw."""
        return self.summary is not None

    def describe(self) -> str:
        """What a screen reader says of the chart."""
        return ""

    def _changed(self) -> None:
        """The summary, the theme or the zoom is another one: drop what was derived from it."""

    def paint(self, painter: QPainter) -> None:
        """Draw a summary that is not empty."""
        raise NotImplementedError

    def note(self) -> str:
        """The sentence in place of an empty chart."""
        sentence = QCoreApplication.translate("ChartView", "Press Space to train.")
        return getattr(self.summary, "note", "") or sentence

    # ---- the foot: a note, and buttons right of it
    def foot(self) -> float:
        """How much of the bottom the note and the buttons under the chart take."""
        lines, buttons = self._note_lines(), px(30) if self._buttons_width() else 0
        return max(len(lines) * px(14) + px(6) if lines else 0.0, buttons)

    def _show_choices(self) -> None:
        """A button for each thing that the chart recommends; made anew only when their number changes."""
        words = [choice.label for choice in self.choices()]
        while len(self.buttons) > len(words):
            button = self.buttons.pop()
            button.hide()
            button.deleteLater()
        for i, word in enumerate(words):
            if i == len(self.buttons):
                self.buttons.append(TextButton(word, parent=self))
                self.buttons[i].clicked.connect(lambda _=False, i=i: self._take(i))
            self.buttons[i].set_words(word)
        self._place_buttons()

    def _take(self, i: int) -> None:
        """The person follows the i-th recommendation, as it is at this moment."""
        choices = self.choices()
        if i < len(choices):
            self.picked.emit(dict(choices[i].changes))

    def _place_buttons(self) -> None:
        """From the right, as many as find room, the first ones first."""
        room = BUTTONS_SHARE * self.width() if self.height() >= px(120) else 0.0
        shown = []
        for button in self.buttons:
            room -= button.width() + px(8)
            shown += [button] if room >= 0 else []
            button.setVisible(room >= 0)
        x = self.width() - px(12)
        for button in reversed(shown):
            x -= button.width()
            button.move(x, self.height() - px(28))
            x -= px(8)

    def _buttons_width(self) -> float:
        return sum(button.width() + px(8) for button in self.buttons if not button.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def _note_width(self) -> float:
        return self.width() - 2 * px(16) - self._buttons_width()

    def _note_lines(self) -> list[str]:
        """The note under a chart in lines: two where the chart is high enough, else one that is cut."""
        note = getattr(self.summary, "note", "")
        if not note or self.height() < px(120):
            return []
        return wrapped(note, self._note_width(), 11, 2 if self.height() >= px(150) else 1)

    def paint_foot(self, painter: QPainter) -> None:
        """The muted sentence under the chart."""
        lines = self._note_lines()
        top = self.height() - len(lines) * px(14) - px(5)
        for i, line in enumerate(lines):
            row = QRectF(px(16), top + i * px(14), self._note_width(), px(14))
            draw_text(painter, row, line, size=11, color=theme().muted)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), theme().color(self.ground))
            if self.has_data():
                self.paint(painter)
                self.paint_foot(painter)
            else:
                draw_empty(painter, QRectF(self.rect()), self.icon, self.note(), self.devicePixelRatioF())
        finally:
            painter.end()  # a painter left open by an exception would crash Qt

    def sizeHint(self) -> QSize:
        return QSize(px(400), px(172))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), px(96))


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """The words of a sentence in at most `most` lines; the last one takes the rest and may be too long.

    Chinese has no spaces: a word that is longer than a line is broken anywhere.
    """
    return list(_wrapped(text, width, size, most, host().zoom))


@lru_cache(maxsize=256)
def _wrapped(text: str, width: float, size: float, most: int, zoom: float) -> tuple[str, ...]:
    """Kept: a chart asks for the lines of its note several times in each paint. `zoom` is part of the key."""
    metrics, lines = QFontMetricsF(fonts.ui(size)), [""]
    words = text.split(" ")
    while words:
        word = words.pop(0)
        longer = f"{lines[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) <= width or len(lines) == most:
            lines[-1] = longer
        elif lines[-1] and metrics.horizontalAdvance(word) <= width:
            lines.append(word)
        else:
            fits = len(longer)
            while fits > 1 and metrics.horizontalAdvance(longer[:fits]) > width:
                fits -= 1
            lines[-1], rest = longer[:fits], longer[fits:]
            lines.append("")
            words.insert(0, rest)
    return tuple(line for line in lines if line)


class HoverView(ChartView):
    """A chart that says something of the place under the mouse: `_hover` is that place, None outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._hover: QPointF | None = None
        super().__init__(parent)
        self.setMouseTracking(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()


def draw_empty(painter: QPainter, box: QRectF, icon: str, sentence: str, ratio: float) -> None:
    """An icon and one sentence, in several lines where it is long, in the middle of an area."""
    size, middle = px(24), box.center()
    lines = wrapped(sentence, max(box.width() - px(32), px(40)), 13, 3)
    top = middle.y() - (size + px(8) + len(lines) * px(20)) / 2
    picture = icons.pixmap(icon, size, theme().muted, ratio)
    painter.drawPixmap(QPointF(round(middle.x() - size / 2), round(top)), picture)
    for i, text in enumerate(lines):
        line = QRectF(box.left() + px(8), top + size + px(8) + i * px(20), box.width() - px(16), px(20))
        align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, line, text, color=theme().muted, align=align)
