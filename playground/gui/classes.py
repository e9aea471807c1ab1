"""The section "Classes": marker, name, count and key of each; added, renamed, recoloured, moved and removed here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from playground.engine.datasets.base import LETTERS
from playground.engine.points import Points
from playground.engine.schema import MAX_NAME, SpecError
from playground.gui.document import Document
from playground.gui.markers import draw_class
from playground.gui.numbers import fmt
from playground.gui.theme import ClassStyle, px, theme
from playground.gui.widgets import (
    ErrorLine,
    FocusRing,
    LinkButton,
    Themed,
    ToolButton,
    draw_text,
    set_rich_tip,
)
from playground.gui.widgets.base import draw_ring, rounded

LEAST, MOST = 2, 10
MARKER = 20
"""Design pixels at the left of a row that belong to its marker."""


class ClassRow(FocusRing, Themed, QWidget):
    """One class: a click chooses it for drawing, a double click (or F2) edits its name in place.

    A click on its marker, or the menu, offers the colours; Alt with an arrow key moves it.
    """

    chosen = Signal()
    renamed = Signal(str)
    removed = Signal()
    recolored = Signal(int)
    """To this place of the palette."""
    moved = Signal(int)
    """By so many places: -1 is up."""

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index, self._name, self._count, self._on = index, "", 0, False
        self._editor: QLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.addStretch(1)
        self.remove_button = ToolButton("x", self.tr("Remove the class"), size=22, icon_size=14, role="muted")
        self.remove_button.clicked.connect(self.removed)
        line.addWidget(self.remove_button)
        self.remove_button.hide()
        self.removable = self._last = False
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(32))
        self.layout().setContentsMargins(0, 0, px(28), 0)

    def show_class(self, name: str, count: int, on: bool, removable: bool, last: bool) -> None:
        now = (name, count, on, removable, last)
        if now != (self._name, self._count, self._on, self.removable, self._last):
            self._name, self._count, self._on, self.removable, self._last = now
            self.setAccessibleName(self.tr("Class {name}, {count} points").format(name=name, count=count))
            self._tip()
            self.update()

    def _tip(self) -> None:
        key = (self._index + 1) % 10
        set_rich_tip(self, self.tr("Class {name}").format(name=self._name),
                     self.tr("key {key}").format(key=key),
                     self.tr("New points get this class. Double-click to rename it, click its marker to recolour it; "
                             "Alt with an arrow key moves it."))  # fmt: skip

    def enterEvent(self, event: QEnterEvent) -> None:
        self.remove_button.setVisible(self.removable)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.remove_button.hide()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if event.position().x() < px(MARKER):
                self.colors_menu(self).popup(self.mapToGlobal(QPoint(0, self.height())))
            else:
                self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= px(MARKER):
            self.edit_name()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """All that can be done with the class."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Rename"), self.edit_name)
        menu.addMenu(self.colors_menu(menu))
        menu.addAction(self.tr("Move up"), lambda: self.moved.emit(-1)).setEnabled(self._index > 0)
        menu.addAction(self.tr("Move down"), lambda: self.moved.emit(1)).setEnabled(not self._last)
        menu.addAction(self.tr("Remove"), self.removed.emit).setEnabled(self.removable)
        return menu

    def colors_menu(self, parent: QWidget) -> QMenu:
        """The palette; the colour of another class is exchanged with it."""
        menu = QMenu(self.tr("Colour"), parent)
        if parent is self:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for k, style in enumerate(theme().hues):
            present = style == theme().classes[self._index]
            action = menu.addAction(_swatch(style, present), self.tr(style.name.capitalize()))
            action.setCheckable(True)
            action.setChecked(present)
            action.triggered.connect(lambda _=False, k=k: self.recolored.emit(k))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_name()
        elif event.key() == Qt.Key.Key_Space:
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Delete and self.removable:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def edit_name(self) -> None:
        editor = QLineEdit(self._name, self, accessibleName=self.tr("Name of the class"), maxLength=MAX_NAME)
        editor.setGeometry(px(24), px(2), max(self.width() - px(24), px(60)), px(28))
        editor.selectAll()
        editor.show()
        editor.setFocus()
        self._editor = editor
        editor.editingFinished.connect(self._edited)

    def _edited(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            text = editor.text().strip()
            editor.hide()
            editor.deleteLater()
            if text and text != self._name:
                self.renamed.emit(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._on:
            rounded(painter, box.adjusted(-0.0, px(1), 0, -px(1)), px(4), t.accent_soft)
        draw_class(painter, QPointF(px(8), self.height() / 2), t.classes[self._index], px(11))
        right = self.width() - px(26)
        name = QRectF(px(24), 0, right - px(24) - px(44), self.height())
        draw_text(painter, name, self._name if len(self._name) > 1 else self.tr("Class {name}").format(name=self._name))
        if not self.remove_button.isVisible():
            count = QRectF(right - px(60), 0, px(54), self.height())
            draw_text(painter, count, fmt(self._count, group=True), size=12, color=t.muted,
                      align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        key = QRectF(self.width() - px(22), (self.height() - px(18)) / 2, px(18), px(18))
        rounded(painter, key, px(3), t.panel, t.border, 1)
        draw_text(painter, key, str((self._index + 1) % 10), size=11, color=t.muted,
                  align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        if self.ring_on:
            draw_ring(painter, box, px(4))


def _swatch(style: ClassStyle, framed: bool) -> QIcon:
    """The marker of a class as an icon for a menu, where a tick has no room beside it: hence the frame."""
    side = px(16)
    picture = QPixmap(side * 2, side * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    if framed:
        rounded(painter, QRectF(0, 0, side, side), px(4), theme().accent_soft, theme().accent, 1.5)
    draw_class(painter, QPointF(side / 2, side / 2), style, px(9 if framed else 11))
    painter.end()
    return QIcon(picture)


class Classes(QWidget):
    """The rows, "Add class", and the line that says what was refused. `chosen(index)`: draw with this class."""

    chosen = Signal(int)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rows: list[ClassRow] = []
        self._current = 0
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.add_button = LinkButton(self.tr("Add class"))
        self.add_button.clicked.connect(self.add_class)
        self.error = ErrorLine()
        self._box.addWidget(self.add_button)
        self._box.addWidget(self.error)

    def set_current(self, index: int) -> None:
        """Which class is drawn now."""
        self._current = index
        self.follow()

    def follow(self) -> None:
        """Show the classes of the document."""
        problem = self._document.problem
        names = problem.classes
        while len(self._rows) > len(names):
            row = self._rows.pop()
            self._box.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(names):
            self._rows.append(self._make_row(len(self._rows)))
        counts = np.bincount(problem.points.t.astype(int), minlength=len(names)) if names else np.zeros(0, int)
        for i, row in enumerate(self._rows):
            row.show_class(names[i], int(counts[i]), i == self._current, len(names) > LEAST, i == len(names) - 1)
        self.add_button.setVisible(len(names) < MOST)

    def _make_row(self, index: int) -> ClassRow:
        row = ClassRow(index)
        row.chosen.connect(lambda: self.chosen.emit(index))
        row.renamed.connect(lambda name: self.rename(index, name))
        row.removed.connect(lambda: self.remove(index))
        row.recolored.connect(lambda k: self.recolor(index, k))
        row.moved.connect(lambda step: self.exchange(index, index + step))
        self._box.insertWidget(index, row)
        return row

    def add_class(self) -> None:
        names = self._document.problem.classes
        new = next(letter for letter in LETTERS + "".join(map(str, range(10))) if letter not in names)
        changes: dict[str, object] = {"data.class_names": (*names, new), "data.points": self._document.problem.points}
        if self._change(changes, self.tr("Add class")):
            self.chosen.emit(len(names))

    def rename(self, index: int, name: str) -> None:
        names = list(self._document.problem.classes)
        names[index] = name
        self._change({"data.class_names": tuple(names)}, self.tr("Rename class"))

    def recolor(self, index: int, color: int) -> None:
        """Give a class this place of the palette; a class that has it gets the other one's."""
        colors = list(self._document.problem.colors)
        if color in colors:
            colors[colors.index(color)] = colors[index]
        colors[index] = color
        self._change({"data.class_colors": _short(colors)}, self.tr("Recolour class"))

    def exchange(self, index: int, to: int) -> None:
        """Let two classes change places, with their names, colours and points."""
        problem = self._document.problem
        if not 0 <= to < len(problem.classes):
            return
        order = list(range(len(problem.classes)))
        order[index], order[to] = to, index
        points = problem.points
        t = np.array(order, dtype=np.float64)[points.t.astype(int)]
        changes = {
            "data.class_names": tuple(problem.classes[k] for k in order),
            "data.class_colors": _short([problem.colors[k] for k in order]),
            "data.points": Points(points.X, t, points.ids, points.part),
        }
        if self._change(changes, self.tr("Move class")):
            self.chosen.emit(to)
            self._rows[to].setFocus()

    def remove(self, index: int) -> None:
        problem = self._document.problem
        points = problem.points.take(problem.points.t != index)
        t = np.where(points.t > index, points.t - 1, points.t)
        names = problem.classes[:index] + problem.classes[index + 1 :]
        colors = problem.colors[:index] + problem.colors[index + 1 :]
        kept = Points(points.X, t, points.ids, points.part)
        changes = {"data.class_names": names, "data.class_colors": _short(colors), "data.points": kept}
        self._change(changes, self.tr("Remove class"))

    def _change(self, changes: dict[str, object], text: str) -> bool:
        names = changes.get("data.class_names", ())
        e = self._document.experiment
        if isinstance(names, tuple) and len(names) != len(self._document.problem.classes) and names:
            if len(names) != 2 and getattr(e.model, "output", "auto") != "auto":
                changes["model.output"] = "auto"
        try:
            self._document.change(changes, text=text)
        except SpecError as error:
            self.error.setError(str(error))
            return False
        self.error.setError(None)
        return True


def _short(colors: Sequence[int]) -> tuple[int, ...]:
    """The palette's own order needs no words."""
    return () if tuple(colors) == tuple(range(len(colors))) else tuple(colors)
