"""Forms: rows made from the schema alone, by the kind of each parameter.

`Rows` keeps the rows of one section in step with the document: which are shown, their values, ranges and
defaults. Nothing here knows what a parameter means; the panels say only which go where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine import experiment as experiments
from playground.engine import schema
from playground.engine.experiment import Experiment
from playground.engine.schema import Parameter, SpecError
from playground.gui.document import Document
from playground.gui.numbers import MINUS, fmt
from playground.gui.sweep import Sweeper
from playground.gui.theme import px
from playground.gui.widgets import (
    CheckRow,
    Chip,
    ChipsRow,
    ChoiceRow,
    NumberRow,
    SeedField,
    SliderRow,
    TextRow,
    set_rich_tip,
)
from playground.gui.widgets.flow import FlowLayout
from playground.gui.widgets.rows import Row
from playground.gui.widgets.scale import Scale
from playground.gui.widgets.text import plain, symbol

SWEEP_STEPS = 100
_FORMULAS = {"x1": "*x*₁", "x2": "*x*₂", "x1^2": "*x*₁²", "x2^2": "*x*₂²", "x1*x2": "*x*₁*x*₂",
             "sin(x1)": "sin *x*₁", "sin(x2)": "sin *x*₂"}  # fmt: skip


@dataclass
class Controls:
    """What all rows of the window share."""

    document: Document
    sweeper: Sweeper
    locked: set[str] = field(default_factory=set)
    """Paths of the seeds that no die may roll."""
    rate: float = 2.0
    """Steps a second of a sweep through whole numbers: the transport's speed."""


class SubsetRow(Row):
    """Some of several choices, each a chip that is on or off."""

    def __init__(self, label: str, choices: Iterable[str], default: object) -> None:
        super().__init__(label, default=default)
        self._box = QWidget()
        self._flow = FlowLayout(self._box)
        self._chips: dict[str, Chip] = {}
        for key in choices:
            chip = Chip(_FORMULAS.get(key, key), checkable=True)
            chip.setAccessibleName(plain(_FORMULAS.get(key, key)))
            chip.clicked.connect(self._clicked)
            self._chips[key] = chip
            self._flow.addWidget(chip)
        self._column.insertWidget(1, self._box)
        self._line.addStretch(1)
        self.follow_theme()

    def restyle(self) -> None:
        super().restyle()
        self._flow.setSpacing(px(4))
        self._line.setContentsMargins(0, px(2), 0, 0)
        self._box.setContentsMargins(0, 0, 0, px(6))

    def value(self) -> tuple[str, ...]:
        return tuple(key for key, chip in self._chips.items() if chip.isChecked())

    def setValue(self, value: object) -> None:
        for key, chip in self._chips.items():
            chip.setChecked(key in tuple(value))  # type: ignore[arg-type]
        self.setError(None)

    def _clicked(self) -> None:
        self.changed.emit(self.value())


def make_row(p: Parameter, e: Experiment, controls: Controls, field_width: int = 72) -> Any:
    """The row for one parameter, wired to the document. Kinds without a row give None."""
    value = schema.get(e, p.path)
    row: Any = None
    if p.path.startswith("seed."):
        row = SeedField(p.label, value, locked=p.path in controls.locked, default=p.default)
        row.lockToggled.connect(
            lambda on: controls.locked.add(p.path) if on else controls.locked.discard(p.path)
        )
    elif p.typed:
        row = NumberRow(p.label, value, symbol=p.symbol, minimum=p.low, maximum=p.high, step=p.step or 1.0,
                        integer=p.kind == "int", default=p.default)  # fmt: skip
    elif p.kind in ("int", "float"):
        row = _slider_row(p, value, controls, field_width)
    elif p.kind == "choice":
        row = ChoiceRow(p.label, [(key, p.names.get(key, key)) for key in p.choices], value, symbol=p.symbol,
                        default=p.default)  # fmt: skip
    elif p.kind == "bool":
        row = CheckRow(p.label, value, symbol=p.symbol, default=p.default)
    elif p.kind == "ints":
        row = ChipsRow(p.label, value, minimum=int(p.item_low or 1), maximum=int(p.item_high or 64),
                       most=int(p.high or 6), default=p.default)  # fmt: skip
    elif p.kind == "subset":
        row = SubsetRow(p.label, p.choices, p.default)
        row.setValue(value)
    elif p.kind == "text":
        row = TextRow(p.label, value, symbol=p.symbol, below=True, default=p.default)
    elif p.kind == "floats":
        row = TextRow(p.label, value, symbol=p.symbol, below=True, default=p.default, write=_list_text,
                      read=lambda text: _read_list(p, text))  # fmt: skip
    if row is not None:
        if hasattr(row, "check"):
            row.check.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the space bar to the transport
        row.changed.connect(lambda new: commit(controls.document, row, p.path, new))
    return row


def _list_text(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.10g}".replace("-", MINUS) for value in values)


def _read_list(p: Parameter, text: str) -> tuple[float, ...]:
    try:
        return tuple(schema.parse(p, text))
    except SpecError as error:
        raise ValueError(named(str(error), {p.path: p})) from None


def _slider_row(p: Parameter, value: Any, controls: Controls, field_width: int) -> SliderRow:
    off = p.off_value if p.off_value is not None else p.low
    row = SliderRow(p.label, p.low, p.high, value if value is not None else off, symbol=p.symbol,
                    default=p.default if p.default is not None else off, integer=p.kind == "int",
                    log=p.scale == "log", optional=p.optional, unit=p.unit, step=p.step,
                    field_width=field_width)  # fmt: skip
    if p.optional:
        row.setDefault(p.default)
        row.setValue(value)
    row.changing.connect(lambda new: change(controls.document, row, p.path, new))
    row.sweepToggled.connect(lambda on: _sweep(row, p, controls) if on else controls.sweeper.stop())
    return row


def change(document: Document, row: Any, path: str, new: Any) -> None:
    """During a drag: all of it is one undo step. What is refused is said under the row."""
    try:
        document.change({path: new}, merge=path)
    except SpecError as error:
        row.setError(named(str(error), experiments.parameters(document.experiment)))


def named(sentence: str, known: Mapping[str, Parameter]) -> str:
    """The sentence, with the names that the rows show in the place of the paths that scripts use."""

    def name(found: re.Match[str]) -> str:
        p = known.get(found[0])
        if p is None or p.path.endswith(".kind"):
            return found[0]
        return f"{p.label} {plain(symbol(p.symbol))}".strip()

    return re.sub(r"^[a-z_0-9]+(?= )|[a-z_]+\.[a-z_0-9]+(?!\w*=)", name, sentence)


def commit(document: Document, row: Any, path: str, new: Any) -> None:
    change(document, row, path, new)
    document.settle()


def sweep_values(scale: Scale) -> list[float]:
    """The stations of a sweep from one end of a slider to the other: every whole number, or about a hundred."""
    steps = min(scale.notches, SWEEP_STEPS)
    values = [scale.value(round(i * scale.notches / steps)) for i in range(steps + 1)]
    return list(dict.fromkeys(values))


def _sweep(row: SliderRow, p: Parameter, controls: Controls) -> None:
    scale = row.track.scale()
    values = sweep_values(scale)
    whole = scale.integer and not scale.log
    controls.sweeper.start(p.path, values, controls.rate if whole else min(10 * controls.rate, 60.0))


def describe(row: QWidget, p: Parameter, e: Experiment) -> None:
    """The tooltip: name, range and default, cause and effect, what a change costs."""
    tr = QCoreApplication.translate
    parts = []
    if p.kind in ("int", "float") and p.low is not None and p.high is not None:
        parts.append(tr("Forms", "{low} to {high}").format(low=fmt(p.low), high=fmt(p.high, group=True)))
    if p.kind in ("int", "float", "choice", "bool") and not p.path.endswith("kind"):
        parts.append(tr("Forms", "default {value}").format(value=_default_text(p)))
    notes = []
    if not p.live and not e.optimizer.solves:
        notes.append(tr("Forms", "Resets the run."))
    if p.kind in ("int", "float"):
        notes.append(tr("Forms", "Double-click the name to reset."))
    name = f"{p.label} {symbol(p.symbol)}".strip()
    set_rich_tip(row, name, ", ".join(parts), p.help, " ".join(notes))


def _default_text(p: Parameter) -> str:
    if p.default is None:
        return QCoreApplication.translate("Forms", "off")
    if p.kind == "choice":
        return str(p.names.get(p.default, p.default))
    if p.kind == "bool":
        return QCoreApplication.translate("Forms", "on" if p.default else "off")
    return fmt(p.default)


class Rows(QObject):
    """The rows of some parameters in one layout, rebuilt only where they must be."""

    def __init__(self, layout: QVBoxLayout, controls: Controls, parent: QObject, *, field_width: int = 72,
                 first: int = 0) -> None:
        super().__init__(parent)
        self._layout, self._controls, self._width, self._first = layout, controls, field_width, first
        self._rows: dict[str, Any] = {}
        self._kinds: dict[str, Parameter] = {}
        self._spare: list[tuple[Parameter, Any]] = []
        controls.sweeper.changed.connect(self._show_sweep)

    def row(self, path: str) -> Any:
        return self._rows[path]

    def __contains__(self, path: str) -> bool:
        return path in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def changes(self, wanted: Iterable[Parameter]) -> int:
        """How many rows would come or go."""
        kinds = _kinds(wanted)
        return sum(kinds.get(path) != self._kinds.get(path) for path in kinds.keys() | self._kinds.keys())

    def show(self, wanted: Iterable[Parameter], e: Experiment) -> None:
        """Let the rows be those of `wanted`, in this order, with the values of `e`."""
        kinds = _kinds(wanted)
        parameters = [p for p in wanted if p.path in kinds]
        for path in [path for path, kind in self._kinds.items() if kinds.get(path) != kind]:
            row = self._rows.pop(path)
            self._spare.append((self._kinds.pop(path), row))
            self._layout.removeWidget(row)
            row.hide()
        position = self._first
        for p in parameters:
            row = self._rows.get(p.path)
            if row is None:
                row = self._spare_row(kinds[p.path]) or make_row(p, e, self._controls, self._width)
                if row is None:
                    continue
                self._layout.insertWidget(position, row)
                row.show()
                describe(row, p, e)
                self._rows[p.path], self._kinds[p.path] = row, kinds[p.path]
            self._show_value(row, p, e)
            position += 1

    def prepare(self, p: Parameter, e: Experiment) -> None:
        """Make the row of a parameter that may be shown later: a window that makes twenty at once stutters."""
        kind = replace(p, default=None)
        if self._kinds.get(p.path) == kind or any(spare == kind for spare, _ in self._spare):
            return
        if p.kind != "choice" or len(p.choices) > 1:
            row = make_row(p, e, self._controls, self._width)
            if row is not None:
                row.hide()
                row.setParent(self._layout.parentWidget())
                self._spare.append((kind, row))

    def _spare_row(self, kind: Parameter) -> Any:
        for i, (spare, row) in enumerate(self._spare):
            if spare == kind:
                del self._spare[i]
                return row
        return None

    def _show_value(self, row: Any, p: Parameter, e: Experiment) -> None:
        off = p.default is None and not p.optional
        row.setDefault(p.off_value if off else p.default)
        value = schema.get(e, p.path)
        if row.value() != value or row.errorText():
            row.setValue(value)

    def _show_sweep(self) -> None:
        for path, row in self._rows.items():
            if isinstance(row, SliderRow):
                row.setSweeping(path == self._controls.sweeper.path)


def _kinds(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """By path, without the defaults, which differ between models; where there is nothing to choose, no row."""
    return {p.path: replace(p, default=None) for p in parameters if p.kind != "choice" or len(p.choices) > 1}


def shown_parameters(e: Experiment) -> list[Parameter]:
    """The parameters that have meaning for `e` and a place in the forms."""
    return [p for p in experiments.parameters(e).values() if schema.shown(e, p)]
