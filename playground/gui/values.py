"""The section "Values": the points as a table of coordinates that can be typed."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.gui.document import Document
from playground.gui.numbers import fmt, parse
from playground.gui.theme import px, theme
from playground.gui.widgets import ErrorLine, Note, Themed, draw_text

MOST = 200
"""A longer table would be no use, and following a drag with it would cost too much."""
Index = QModelIndex | QPersistentModelIndex


def _short(value: float, n_inputs: int) -> str:
    """As many digits as the column has room for: 0.123, 12.34, 1234; one less where there are three columns."""
    before, most = len(str(int(abs(value)))), 5 - n_inputs
    return fmt(value, max(min(most - 1, most - before), 0)) if before <= 6 else fmt(float(f"{value:.1e}"))


class PointsModel(QAbstractTableModel):
    """One row for each point and an empty one at the end, in which a new point can be typed."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._points: Points | None = None
        self._classes: tuple[str, ...] = ()
        self._new: dict[int, float] = {}
        self.complain: Any = lambda sentence: None

    def follow(self) -> None:
        """Show the points of the document."""
        problem = self._document.problem
        points = problem.points
        same = self._points is not None and len(self._points) == len(points)
        same = same and self._points.n_inputs == points.n_inputs and self._classes == problem.classes
        if same:
            self._points = points
            if len(points):
                self.dataChanged.emit(self.index(0, 0), self.index(len(points) - 1, self.columnCount() - 1))
        else:
            self.beginResetModel()
            self._points, self._classes, self._new = points, problem.classes, {}
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if self._points is None else len(self._points) + 1

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if self._points is None else self._points.n_inputs + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            blank = section >= self.rowCount() - 1
            return ("+" if blank else str(section + 1)) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            last = self.columnCount() - 1
            if section == last:
                return self.tr("class") if self._classes else "*t*"
            return "*x*" if last == 1 else f"*x*{'₁₂'[section]}"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:  # the column may be too narrow for it
            return self.data(index, Qt.ItemDataRole.EditRole) if index.row() < len(self._points) else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        row, column = index.row(), index.column()
        if row >= len(self._points):
            typed = self._new.get(column)
            return "" if typed is None else fmt(typed)
        value = float(self._points.t[row] if column == self._points.n_inputs else self._points.X[row, column])
        if self._classes and column == self._points.n_inputs:
            return self._classes[int(value)]
        return _short(value, self._points.n_inputs) if role == Qt.ItemDataRole.DisplayRole else f"{value:.10g}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        text = str(value).strip()
        if not text or text == self.data(index, role):
            return False
        try:
            self._write(index.row(), index.column(), self._read(text, index.column()))
        except (ValueError, SpecError) as error:
            self.complain(str(error))
            return False
        self.complain(None)
        return True

    def _read(self, text: str, column: int) -> float:
        if self._classes and column == self._points.n_inputs:
            if text in self._classes:
                return float(self._classes.index(text))
            names = ", ".join(self._classes)
            raise ValueError(self.tr("The class is one of {names}, not {text}.").format(names=names, text=text))
        number = parse(text)
        if abs(number) > 1e9 or not math.isfinite(number):
            raise ValueError(self.tr("A coordinate lies between −10⁹ and 10⁹."))
        return number

    def _write(self, row: int, column: int, number: float) -> None:
        points, target = self._points, column == self._points.n_inputs
        if row < len(points):
            ids = [points.ids[row]]
            if target:
                changed = points.replace(ids, t=[number])
            else:
                X = points.X[row].copy()
                X[column] = number
                changed = points.replace(ids, X=X)
            self._document.set_points(changed, self.tr("Type a value"))
            return
        self._new[column] = number
        if len(self._new) == self.columnCount():
            new, self._new = self._new, {}
            X = [new[i] for i in range(points.n_inputs)]
            self._document.set_points(points.add([X], [new[points.n_inputs]]), self.tr("Type a point"))
        else:
            self.dataChanged.emit(self.index(row, column), self.index(row, column))

    def remove(self, rows: list[int]) -> None:
        rows = [row for row in rows if row < len(self._points)]
        if rows:
            self._document.set_points(self._points.remove(self._points.ids[rows]), self.tr("Delete points"))


class _Header(QHeaderView):
    """Names of the columns, variables in italics: a style sheet would set them upright."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.padding = px(8)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        painter.save()
        painter.fillRect(rect, theme().color("panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme().color("border"))
        name = self.model().headerData(index, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or ""
        draw_text(painter, QRectF(rect.adjusted(0, 0, -self.padding, 0)), name, size=12, color=theme().muted,
                  align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)  # fmt: skip
        painter.restore()


class _Table(Themed, QTableView):
    def __init__(self, model: PointsModel) -> None:
        super().__init__()
        self._names = _Header(self)
        self._padding = 0
        self.setHorizontalHeader(self._names)
        self.setModel(model)
        self.setAccessibleName(self.tr("Values of the points"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionsClickable(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.follow_theme()

    def restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(px(24))
        self.horizontalHeader().setFixedHeight(px(26))
        self.fit()

    def fit(self) -> None:
        """As high as its rows, up to eight of them."""
        self._narrow(self.model().columnCount() > 2)
        rows = min(max(self.model().rowCount(), 2), 8)
        self.setFixedHeight(px(26) + rows * px(24) + 2)

    def _narrow(self, narrow: bool) -> None:
        """Three columns leave less room for each."""
        padding = px(2 if narrow else 8)
        if padding != self._padding:
            self._padding = padding
            self._names.padding = padding + px(3)
            self.verticalHeader().setFixedWidth(px(28 if narrow else 40))
            self.setStyleSheet(f"QTableView::item {{ padding: 0 {padding}px; }}")
            for column in range(2 if narrow else 0):  # the names of classes get what numbers do not need
                self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                self.horizontalHeader().resizeSection(column, px(48))
            if not narrow:
                self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.model().remove(sorted({index.row() for index in self.selectedIndexes()}))
            return
        super().keyPressEvent(event)


class Values(QWidget):
    """The table with the line under it that says what was wrong with a typed value."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._document = document
        self.model = PointsModel(document, self)
        self.table = _Table(self.model)
        self.error = ErrorLine()
        self.too_many = Note()
        self.model.complain = self.error.setError
        for part in (self.table, self.error, self.too_many):
            box.addWidget(part)
        self.follow()

    def follow(self) -> None:
        """Show the points of the document, or say why not."""
        n = len(self._document.problem.points)
        self.table.setVisible(n <= MOST)
        self.too_many.setVisible(n > MOST)
        if n > MOST:
            # No count in it: a text that changes with each stroke of the brush lays the window out anew.
            self.too_many.setText(self.tr("The table is shown for up to {most} points.").format(most=MOST))
        elif self.isVisibleTo(self.parentWidget() or self):
            self.model.follow()
            self.table.fit()
