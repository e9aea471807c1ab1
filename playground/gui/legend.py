"""The legend strip above the axes of the curve lab: each entry shows or hides its layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from playground.gui.picture import Entry
from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Themed, draw_ring, rounded
from playground.gui.widgets.text import draw_text, plain, text_width
from playground.gui.widgets.tooltip import set_rich_tip

DrawMark = Callable[[QPainter, QRectF, str], None]


class _Entry(FocusRing, Themed, QAbstractButton):
    """One mark and its name; faded while the layer is hidden."""

    def __init__(self, entry: Entry, draw: DrawMark, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry, self._draw = entry, draw
        self.bare = False
        """Only the mark: there is no room for the name, which the tooltip says."""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.follow_theme()

    def set_entry(self, entry: Entry) -> None:
        self.entry = entry
        name = plain(entry.text)
        self.setAccessibleName(name)
        set_rich_tip(self, name, effect=self.tr("Click to show or hide."))
        self.update()

    def _mark_width(self) -> int:
        return px(24) if self.entry.mark in ("truth", "fit", "fan", "folds") else px(16)

    def sizeHint(self) -> QSize:
        return QSize(self.width_of(self.bare), px(24))

    def width_of(self, bare: bool) -> int:
        """With its name or without."""
        name = 0.0 if bare else px(6) + text_width(self.entry.text, 12)
        return int(px(4) + self._mark_width() + name + px(5))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        if self.underMouse():
            rounded(painter, box, px(4), theme().hover)
        if not self.isChecked():
            painter.setOpacity(0.38)
        self._draw(
            painter, QRectF(px(4), box.center().y() - px(8), self._mark_width(), px(16)), self.entry.mark
        )
        text = QRectF(px(4) + self._mark_width() + px(6), 0, box.width(), box.height())
        if not self.bare:
            draw_text(painter, text, self.entry.text, size=12, color=theme().text)
        painter.setOpacity(1)
        if self.ring_on:
            draw_ring(painter, box, px(4))


class Legend(QWidget):
    """A row of entries; where it is narrow the gaps shrink, then the last ones lose their names, then they go."""

    toggled = Signal(str, bool)

    def __init__(self, draw: DrawMark, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._entries: list[_Entry] = []
        self.shown: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...], on: Mapping[str, bool]) -> None:
        """These entries, checked where their layer is shown."""
        if entries != self.shown:
            self.shown = entries
            while len(self._entries) > len(entries):
                gone = self._entries.pop()
                gone.hide()
                gone.deleteLater()
            for i, entry in enumerate(entries):
                if i == len(self._entries):
                    button = _Entry(entry, self._draw, self)
                    button.clicked.connect(lambda checked, b=button: self.toggled.emit(b.entry.key, checked))
                    self._entries.append(button)
                self._entries[i].set_entry(entry)
            self._arrange()
        for button in self._entries:
            button.setChecked(on.get(button.entry.key, True))
        self.setVisible(bool(entries))

    def least_width(self) -> int:
        """What all entries need with their names, side by side."""
        return sum(button.width_of(False) + px(2) for button in self._entries)

    def entries(self) -> list[QAbstractButton]:
        return list(self._entries)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        over = self.least_width() - self.width()
        for button in reversed(self._entries):
            button.bare = over > 0
            over -= button.width_of(False) - button.width_of(True) if button.bare else 0
            button.update()
        widths = [button.sizeHint().width() for button in self._entries]
        spare = self.width() - sum(widths)
        gap = max(px(2), min(px(20), spare // max(len(widths) - 1, 1)))
        x = 0
        for button, width in zip(self._entries, widths, strict=True):
            button.setGeometry(x, 0, width, px(24))
            button.setVisible(x + width <= self.width())
            x += width + gap

    def restyle(self) -> None:
        self._arrange()
