"""Side panels: a header of 40 px, a scrolling body, and sections that fold."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.gui import icons
from playground.gui.theme import px, theme
from playground.gui.widgets.base import FocusRing, Hairline, Paragraph, Surface, Themed, column, draw_ring
from playground.gui.widgets.buttons import ToolButton
from playground.gui.widgets.text import MathLabel, draw_text

Item = TypeVar("Item", bound=QWidget)


class FoldHeader(FocusRing, Themed, QAbstractButton):
    """Chevron and title; checked means unfolded. Keyboard: Space, or Left and Right."""

    def __init__(self, title: str, height: int = 36, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(self._height))
        self.setMinimumWidth(px(80))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.setChecked(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        name = "chevron-down" if self.isChecked() else "chevron-right"
        size = px(16)
        picture = icons.pixmap(name, size, t.muted, self.devicePixelRatioF())
        painter.drawPixmap(px(10), (self.height() - size) // 2, picture)
        box = QRectF(px(32), 0, self.width() - px(32), self.height())
        draw_text(painter, box, self.text(), weight=600, color=t.text)
        if self.ring_on:
            draw_ring(painter, QRectF(self.rect()).adjusted(px(4), px(4), -px(4), -px(4)), px(4))


class Section(Themed, QWidget):
    """A part of a panel that folds: hairline, header of 36 px, rows. `add()` appends a row."""

    toggled = Signal(bool)

    def __init__(self, title: str, *, hairline: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = column(self)
        self.line = Hairline()
        self.line.setVisible(hairline)
        outer.addWidget(self.line)
        self.header = FoldHeader(title)
        outer.addWidget(self.header)
        self.content = QWidget()
        self._rows = column(self.content)
        outer.addWidget(self.content)
        self.header.toggled.connect(self._fold)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self._rows.setContentsMargins(px(16), 0, px(16), px(12))

    def _fold(self, open_: bool) -> None:
        self.content.setVisible(open_)
        self.toggled.emit(open_)

    def isOpen(self) -> bool:
        return self.header.isChecked()

    def setOpen(self, open_: bool) -> None:
        self.header.setChecked(open_)

    def add(self, row: Item) -> Item:
        """Append a row and return it."""
        self._rows.addWidget(row)
        return row

    def clear(self) -> None:
        """Take all rows out and delete them."""
        while self._rows.count():
            row = self._rows.takeAt(0).widget()
            row.setParent(None)
            row.deleteLater()


class PanelHeader(Surface):
    """Chevron, title, then float and close. Presses beside the buttons go through, so it serves as a dock's title."""

    def __init__(
        self, title: str, *, floatable: bool = True, closable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__("panel", parent)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        self.chevron = ToolButton(
            "chevron-down", self.tr("Fold {title}").format(title=title), size=24, role="muted"
        )
        self.title = MathLabel(title, weight=600)
        self.title.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.float_button = ToolButton(
            "picture-in-picture-2", self.tr("Float {title}").format(title=title), size=24, role="faint"
        )
        self.close_button = ToolButton(
            "x", self.tr("Close {title}").format(title=title), size=24, role="faint"
        )
        self.float_button.setVisible(floatable)
        self.close_button.setVisible(closable)
        row.addWidget(self.chevron)
        row.addWidget(self.title, 1)
        row.addWidget(self.float_button)
        row.addWidget(self.close_button)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(px(40))
        if self.layout() is not None:
            self.layout().setContentsMargins(px(6), 0, px(10), 0)
            self.layout().setSpacing(px(2))

    def sizeHint(self) -> QSize:
        """A dock asks its title bar for this, not for its fixed height."""
        return QSize(super().sizeHint().width(), px(40))


class Panel(Themed, QFrame):
    """The content of a side dock: header, and a body that scrolls. `add()` appends a row or a Section.

    Rows added directly get the 16 px margin; Sections bring their own. The tracks of all SliderRows begin and end at
    the same x. `attach(dock)` makes the header the dock's title bar and wires float and close.
    """

    floatRequested = Signal()
    closeRequested = Signal()
    folded = Signal(bool)

    def __init__(
        self,
        title: str,
        *,
        width: int = 264,
        floatable: bool = True,
        closable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._width, self._open = width, True
        self.setProperty("tipPanel", True)
        self.setAccessibleName(title)
        outer = column(self)
        self.header = PanelHeader(title, floatable=floatable, closable=closable)
        self.header.float_button.clicked.connect(self.floatRequested)
        self.header.close_button.clicked.connect(self.closeRequested)
        self.header.chevron.clicked.connect(lambda: self.setOpen(not self._open))
        outer.addWidget(self.header)
        self.scroll_area = QScrollArea(widgetResizable=True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = Surface("panel")
        self._items = column(self.body)
        self._items.addStretch(1)
        self.scroll_area.setWidget(self.body)
        outer.addWidget(self.scroll_area, 1)
        self._boxes: list[QVBoxLayout] = []  # of the rows that stand in no Section
        self._box: QVBoxLayout | None = None
        self.body.installEventFilter(self)
        self.follow_theme()

    def restyle(self) -> None:
        self.setMinimumWidth(px(self._width))
        for box in self._boxes:
            box.setContentsMargins(px(16), 0, px(16), px(12))
        self.alignTracks()

    def preferredWidth(self) -> int:
        return px(self._width)

    def isOpen(self) -> bool:
        return self._open

    def setOpen(self, open_: bool) -> None:
        """Fold the body away under its header, or bring it back."""
        self._open = open_
        self.scroll_area.setVisible(open_)
        self.header.chevron.setIconName("chevron-down" if open_ else "chevron-right")
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Preferred if open_ else QSizePolicy.Policy.Maximum,
        )
        self.setMaximumHeight(16777215 if open_ else px(40))
        self.folded.emit(not open_)

    def add(self, item: Item) -> Item:
        """Append a row or a Section and return it."""
        if isinstance(item, Section):
            self._items.insertWidget(self._items.count() - 1, item)
            self._box = None
        else:
            self._row_box().addWidget(item)
        return item

    def _row_box(self) -> QVBoxLayout:
        if self._box is None:
            holder = QWidget()
            self._box = column(holder)
            self._box.setContentsMargins(px(16), 0, px(16), px(12))
            self._boxes.append(self._box)
            self._items.insertWidget(self._items.count() - 1, holder)
        return self._box

    def attach(self, dock: QDockWidget) -> None:
        """Become the content of `dock`, with our header as its title bar."""
        dock.setTitleBarWidget(self.header)
        dock.setWidget(self)
        self.floatRequested.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.closeRequested.connect(dock.close)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.alignTracks()
        return False

    def alignTracks(self) -> None:
        """Let the tracks of all slider rows begin and end at the same x."""
        from playground.gui.widgets.slider import SliderRow

        rows = [row for row in self.body.findChildren(SliderRow) if row.isVisibleTo(self.body)]
        if rows:
            ends = [row.naturalEnds() for row in rows]
            left, right = max(e[0] for e in ends), max(e[1] for e in ends)
            for row in rows:
                row.setEnds(left, right)


class Note(Paragraph):
    """A paragraph of muted text in a panel."""

    def restyle(self) -> None:
        self.setContentsMargins(0, px(4), 0, px(4))
        super().restyle()
