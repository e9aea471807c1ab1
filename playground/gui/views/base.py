"""What all chart views share: they show one type of summary, paint themselves and follow the theme.

`chart_docks.py` makes a view by the type of the summary (`views.VIEWS`) and hands it each new one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.snapshot import Summary
from playground.gui import icons
from playground.gui.theme import Theme, px, theme
from playground.gui.widgets.base import Themed
from playground.gui.widgets.text import draw_text

_ABSENT: Any = object()


class ChartView(Themed, QWidget):
    """A subclass says which summary it `shows`, whether that one is empty, and paints it.

    picked(changes): the person chose values of parameters in the chart, {path: value}.
    """

    shows: ClassVar[type[Summary]] = Summary
    icon = "chart-spline"
    ground = "canvas"

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary: Any = None
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
        self.setAccessibleDescription(self.describe() if self.has_data() else self.note())
        self._changed()
        self.update()

    def restyle(self, theme: Theme | None = None) -> None:
        """Dress in the program's theme of this moment."""
        self._changed()
        self.update()

    def actions_(self) -> list[QAction]:
        """What the dock's corner offers for this view."""
        return []

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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), theme().color(self.ground))
            if self.has_data():
                self.paint(painter)
            else:
                draw_empty(painter, QRectF(self.rect()), self.icon, self.note(), self.devicePixelRatioF())
        finally:
            painter.end()  # a painter left open by an exception would crash Qt

    def sizeHint(self) -> QSize:
        return QSize(px(400), px(172))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), px(96))


def draw_empty(painter: QPainter, box: QRectF, icon: str, sentence: str, ratio: float) -> None:
    """An icon and one sentence in the middle of an area."""
    size, middle = px(24), box.center()
    picture = icons.pixmap(icon, size, theme().muted, ratio)
    painter.drawPixmap(QPointF(round(middle.x() - size / 2), round(middle.y() - px(28))), picture)
    line = QRectF(box.left() + px(8), middle.y() + px(4), box.width() - px(16), px(20))
    draw_text(
        painter,
        line,
        sentence,
        color=theme().muted,
        align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
    )
