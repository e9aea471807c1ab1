"""The dialog that asks which columns of a table become points: its first rows, the choice, and what results."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.engine import columns
from playground.engine.columns import Choice
from playground.engine.schema import elided
from playground.engine.sheet import Sheet, number
from playground.gui.import_base import ImportDialog, Latest
from playground.gui.theme import px, theme
from playground.gui.widgets import CheckRow, ChoiceRow, Note, TextButton, TextField
from playground.gui.widgets.fields import Choice as ChoiceField
from playground.gui.widgets.rows import Row

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole
FEW = 6
"""Columns that have room side by side."""
LONG = 32
"""Characters of a name in the head of a column and in a list; the tooltip has all of them."""


class FirstRows(QAbstractTableModel):
    """The first rows as they stand. What is chosen is tinted, what is missing is a dash, what is no number is red."""

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._marks: dict[int, str] = {}
        self._numeric: set[int] = set()

    def mark(self, marks: dict[int, str], numeric: set[int]) -> None:
        """Which columns are used, and as what; which of them must hold numbers."""
        self._marks, self._numeric = marks, numeric
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = ROOT) -> int:
        return len(self._sheet.first)

    def columnCount(self, parent: Index = ROOT) -> int:
        return len(self._sheet.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Role.DisplayRole else None
        column, mark = self._sheet.columns[section], self._marks.get(section, "")
        if role == Role.DisplayRole:
            name = elided(column.name, LONG)
            return f"{mark}  {name}" if mark else name
        if role == Role.ToolTipRole:
            return column.name
        if role == Role.ForegroundRole and mark:
            return theme().color("accent")
        if role == Role.TextAlignmentRole:
            return int((Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft)
                       | Qt.AlignmentFlag.AlignVCenter)  # fmt: skip
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        text, i = self._sheet.first[index.row()][index.column()], index.column()
        if role == Role.DisplayRole:
            return elided(text, LONG) or "–"
        if role == Role.ToolTipRole:
            return text if len(text) > LONG else None
        if role == Role.TextAlignmentRole:
            return self.headerData(i, Qt.Orientation.Horizontal, role)
        if role == Role.BackgroundRole and i in self._marks:
            return theme().color("accent_soft")
        if role == Role.ForegroundRole:
            if not text:
                return theme().color("faint")
            if i in self._numeric and not self._is_number(text):
                return theme().color("danger")
        return None

    def _is_number(self, text: str) -> bool:
        value = number(text, self._sheet.decimal)
        return value == value


class _Tinted(QStyledItemDelegate):
    """The ground of a cell as the model has it: the style sheet leaves it out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = index.data(Role.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)


class ColumnRow(Row):
    """A label and a list of columns in which one can search by typing any part of a name. `changed(column | None)`."""

    def __init__(self, label: str, names: list[str], *, symbol: str = "", none: str = "") -> None:
        super().__init__(label, symbol=symbol)
        self._none = bool(none)
        self.combo = _Searched(([none] if none else []) + names, self.name)
        self._line.addWidget(self.combo, 1)
        self.combo.activated.connect(lambda _: self.changed.emit(self.value()))
        self.follow_theme()

    def value(self) -> int | None:
        index = self.combo.currentIndex() - self._none
        return index if index >= 0 else None

    def setValue(self, value: int | None) -> None:
        self.combo.setCurrentIndex(-1 + self._none if value is None else value + self._none)


class _Searched(ChoiceField):
    """A combo box over up to thousands of names: typing finds those that contain the text."""

    def __init__(self, names: list[str], name: str) -> None:
        super().__init__(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setModel(QStringListModel([elided(text, 60) for text in names], self))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.lineEdit().setAccessibleName(name)
        self.lineEdit().editingFinished.connect(self._settle)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.width())
        QComboBox.showPopup(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.lineEdit().selectAll()

    def _settle(self) -> None:
        """A text that is no name gives way to the column that is chosen."""
        found = self.findText(self.lineEdit().text(), Qt.MatchFlag.MatchFixedString)
        if found >= 0 and found != self.currentIndex():
            self.setCurrentIndex(found)
            self.activated.emit(found)
        self.lineEdit().setText(self.itemText(self.currentIndex()))
        self.lineEdit().setCursorPosition(0)


class _Checked(QAbstractListModel):
    """Columns with a check box each."""

    changed = Signal()

    def __init__(self, names: list[tuple[int, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self.on = names, {i for i, _ in names}

    def rowCount(self, parent: Index = ROOT) -> int:
        return len(self._names)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        i, name = self._names[index.row()]
        if role == Role.DisplayRole:
            return elided(name, 60)
        if role == Role.ToolTipRole:
            return name
        if role == Role.SizeHintRole:
            return QSize(px(80), px(24))
        if role == Role.CheckStateRole:
            return Qt.CheckState.Checked if i in self.on else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.CheckStateRole:
            return False
        i = self._names[index.row()][0]
        self.on = self.on | {i} if Qt.CheckState(value) == Qt.CheckState.Checked else self.on - {i}
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True

    def set_all(self, which: set[int], on: bool) -> None:
        self.on = self.on | which if on else self.on - which
        if self._names:
            self.dataChanged.emit(self.index(0), self.index(len(self._names) - 1))
        self.changed.emit()

    def column(self, row: int) -> int:
        return self._names[row][0]


class ColumnChecks(QWidget):
    """Which columns the principal components are made of: a list with a search, "All" and "None" for what it shows."""

    changed = Signal()

    def __init__(self, names: list[tuple[int, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _Checked(names, self)
        self._found = QSortFilterProxyModel(self, filterCaseSensitivity=Qt.CaseSensitivity.CaseInsensitive)
        self._found.setSourceModel(self.model)
        self.search = TextField(name=self.tr("Search the columns"))
        self.search.setPlaceholderText(self.tr("Search the columns"))
        self.search.setClearButtonEnabled(False)
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Columns"))
        self.list.setUniformItemSizes(True)
        self.list.setModel(self._found)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setMinimumHeight(px(76))
        self.model.changed.connect(self.changed)
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        self.all, self.none = TextButton(self.tr("All")), TextButton(self.tr("None"))
        self.all.clicked.connect(lambda: self.model.set_all(self._shown(), True))
        self.none.clicked.connect(lambda: self.model.set_all(self._shown(), False))
        line.addWidget(self.all)
        line.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(4), 0, px(4))
        column.setSpacing(px(4))
        column.addLayout(line)
        column.addWidget(self.list, 1)

    def _shown(self) -> set[int]:
        rows = (self._found.mapToSource(self._found.index(k, 0)).row() for k in range(self._found.rowCount()))
        return {self.model.column(row) for row in rows}

    def value(self) -> tuple[int, ...]:
        return tuple(sorted(self.model.on))


class ImportTable(ImportDialog):
    """Which columns are x1, x2 and class, or x and t; or the first two principal components of many."""

    def __init__(self, sheet: Sheet, proposed: Choice, latest: Latest, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, title="", latest=latest)
        self.setWindowTitle(self.tr("Import {name}").format(name=elided(sheet.name, 60)))
        self.sheet = sheet
        names = [column.name for column in sheet.columns]
        self._build_table()
        self.kind = ChoiceRow(self.tr("Points as"), [("classify", self.tr("Classes in the plane")),
                                                     ("curve", self.tr("A curve"))], proposed.lab)  # fmt: skip
        self.axes = ChoiceRow(self.tr("Axes"), [(False, self.tr("Two columns")),
                                                (True, self.tr("First two principal components"))], False)  # fmt: skip
        self.first = ColumnRow(self.tr("Across"), names, symbol="x₁")
        self.second = ColumnRow(self.tr("Upwards"), names, symbol="x₂")
        self.target = ColumnRow(self.tr("Class"), names, none=self.tr("None: one class"))
        self.input = ColumnRow(self.tr("Input"), names, symbol="x")
        self.output = ColumnRow(self.tr("Target"), names, symbol="t")
        numeric = sheet.numeric()
        self.checks = ColumnChecks([(i, names[i]) for i in numeric if i != proposed.target or proposed.lab == "curve"])
        self.standardise = CheckRow(self.tr("Standardise each column first"), True)
        self.about = Note(self.tr("Standardised, each column counts as much as any other. Without, those with large "
                                  "numbers decide."))  # fmt: skip
        for row in (self.kind, self.axes, self.first, self.second, self.input, self.output, self.target):
            self.left.addWidget(row)
            row.changed.connect(self._changed)
        self.left.addWidget(self.checks, 1)
        self.left.addWidget(self.standardise)
        self.left.addWidget(self.about)
        self.fill = QWidget()
        self.left.addWidget(self.fill, 1)
        self.checks.changed.connect(self._changed)
        self.standardise.changed.connect(self._changed)
        self.finish_layout(360)
        self._start_with(proposed)
        self.kind.combo.setFocus()
        self.resize(px(920), px(640))
        self._changed()

    def _build_table(self) -> None:
        n, k = self.sheet.n_rows, len(self.sheet.columns)
        about = self.tr("{n} rows, {k} columns. A click on a head says what the column is for.")
        self.outer.addWidget(Note(about.format(n=f"{n:,}", k=f"{k:,}")))
        self.table = QTableView()
        self.table.setAccessibleName(self.tr("First rows"))
        self.model = FirstRows(self.sheet, self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(_Tinted(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFixedHeight(px(164))
        self.table.verticalHeader().setDefaultSectionSize(px(24))
        self.table.verticalHeader().setVisible(False)
        head = self.table.horizontalHeader()
        head.setDefaultSectionSize(px(160))
        few = k <= FEW
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch if few else QHeaderView.ResizeMode.Interactive)
        head.setSectionsClickable(True)
        head.setTextElideMode(Qt.TextElideMode.ElideRight)
        head.sectionClicked.connect(self._ask_role)
        self.outer.addWidget(self.table)

    def _start_with(self, proposed: Choice) -> None:
        numeric = self.sheet.numeric()
        first, second = (*proposed.inputs, *numeric)[:2] if proposed.lab == "classify" else numeric[:2]
        self.first.setValue(first)
        self.second.setValue(second)
        self.input.setValue(proposed.inputs[0])
        self.output.setValue(proposed.target if proposed.lab == "curve" else next(i for i in numeric if i != first))
        self.target.setValue(proposed.target if proposed.lab == "classify" else None)

    # ---- what is chosen
    def choice(self) -> Choice:
        if self.kind.value() == "curve":
            return Choice("curve", (self.input.value() or 0,), self.output.value())
        if self.axes.value():
            return Choice("classify", self.checks.value(), self.target.value(), True, self.standardise.value())
        return Choice("classify", (self.first.value() or 0, self.second.value() or 0), self.target.value())

    def _changed(self) -> None:
        choice, sheet = self.choice(), self.sheet
        curve, components = choice.lab == "curve", choice.components
        self.axes.setVisible(not curve)
        plane = not curve and not components
        for row, shown in ((self.first, plane), (self.second, plane), (self.target, not curve), (self.input, curve),
                           (self.output, curve), (self.checks, components), (self.standardise, components),
                           (self.about, components), (self.fill, not components)):  # fmt: skip
            row.setVisible(shown)
        signs = ("x",) if curve else ("x₁", "x₂")
        marks = dict.fromkeys(choice.inputs, "PC") if components else dict(zip(choice.inputs, signs, strict=True))
        if choice.target is not None:
            marks[choice.target] = "t" if curve else self.tr("class")
        numeric = {*choice.inputs, *((choice.target,) if curve and choice.target is not None else ())}
        self.model.mark(marks, numeric)
        self.ask(lambda: columns.take(sheet, choice))

    def _ask_role(self, column: int) -> None:
        """What a click on the head of a column offers."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, row in self._roles():
            menu.addAction(text, lambda row=row: self.use(row, column))
        head = self.table.horizontalHeader()
        at = head.mapToGlobal(head.rect().bottomLeft())
        at.setX(at.x() + head.sectionViewportPosition(column))
        menu.popup(at)

    def _roles(self) -> list[tuple[str, ColumnRow]]:
        if self.kind.value() == "curve":
            return [(self.tr("Input x"), self.input), (self.tr("Target t"), self.output)]
        return [(self.tr("Across, x₁"), self.first), (self.tr("Upwards, x₂"), self.second),
                (self.tr("Class"), self.target)]  # fmt: skip

    def use(self, row: ColumnRow, column: int) -> None:
        """Put a column in a place; what was there takes the place that the column had."""
        rows = [other for _, other in self._roles() if other is not row and other.value() == column]
        before = row.value()
        row.setValue(column)
        for other in rows:
            other.setValue(before)
        if row in (self.first, self.second) and self.axes.value():
            self.axes.setValue(False)
        self._changed()
