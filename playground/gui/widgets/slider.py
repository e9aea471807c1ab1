"""The slider with its number field: the row that most parameters have."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from playground.gui import fonts
from playground.gui.numbers import fmt_end
from playground.gui.theme import px
from playground.gui.widgets.base import Paragraph, Themed, column
from playground.gui.widgets.buttons import ToolButton
from playground.gui.widgets.fields import NumberField
from playground.gui.widgets.scale import Scale
from playground.gui.widgets.text import MathLabel, plain, symbol
from playground.gui.widgets.track import Track


class ErrorLine(Paragraph):
    """The 12 px danger sentence under a row; hidden while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "danger", parent=parent)
        self.hide()

    def restyle(self) -> None:
        self.setContentsMargins(0, 0, 0, px(4))
        super().restyle()

    def setError(self, text: str | None) -> None:
        self.setText(text or "")
        self.setVisible(bool(text))


class SliderRow(Themed, QWidget):
    """Label, reset arrow, number field, sweep button; least, track, greatest under them.

    `changing(value)` during a drag, `changed(value)` at the end of a drag, for keys, typed numbers, the check
    box and the reset (then `reset()` comes first, for information). With `optional=True` the value None is
    "off": the check box is empty and the last value stays in sight, `rest` before there was one. Values typed
    outside the range are passed on; whoever owns the range answers with `setError`.
    """

    changing = Signal(object)
    changed = Signal(object)
    reset = Signal()
    sweepToggled = Signal(bool)

    def __init__(
        self,
        label: str,
        minimum: float,
        maximum: float,
        value: float | None = None,
        *,
        symbol: str = "",
        default: float | None = None,
        rest: float | None = None,
        integer: bool = False,
        log: bool = False,
        optional: bool = False,
        sweep: bool = True,
        from_zero: bool = False,
        unit: str = "",
        step: float | None = None,
        decimals: int | None = None,
        field_width: int = 72,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scale = Scale(minimum, maximum, log, integer, step)
        self._optional, self._default = optional, default
        known = [v for v in (value, default, rest) if v is not None]
        self._last: float = known[0] if known else minimum
        self._label_text = label_text(label, symbol, unit)
        self._build(plain(self._label_text), integer, sweep, from_zero, decimals, field_width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.follow_theme()
        self.setValue(value if value is not None or optional else self._last)

    def _build(
        self, name: str, integer: bool, sweep: bool, from_zero: bool, decimals: int | None, field_width: int
    ) -> None:
        self.check = QCheckBox(accessibleName=name, visible=self._optional)
        self.label = MathLabel(self._label_text)
        self.reset_button = ToolButton(
            "rotate-ccw", self.tr("Reset {name}").format(name=name), size=20, role="accent", icon_size=14
        )
        decimals = self._scale.decimals() if decimals is None else decimals
        self.field = NumberField(
            None,
            minimum=self._scale.minimum,
            maximum=self._scale.maximum,
            integer=integer,
            stepper=self._scale.stepped,
            decimals=decimals,
            width=field_width,
            name=name,
        )
        self.sweep = ToolButton(
            "play",
            self.tr("Sweep {name}").format(name=name),
            size=18,
            role="muted",
            icon_size=14,
            checkable=True,
        )
        self.sweep.setVisible(sweep)
        self.least, self.greatest = _end(Qt.AlignmentFlag.AlignLeft), _end(Qt.AlignmentFlag.AlignRight)
        self.track = Track(self._scale, from_zero=from_zero, name=name)
        self.error = ErrorLine()
        self._line1, self._line2 = QHBoxLayout(), QHBoxLayout()
        for item in (self.check, self.label, self.reset_button):
            self._line1.addWidget(item)
        self._line1.addStretch(1)
        self._line1.addWidget(self.field)
        self._line1.addWidget(self.sweep)
        for item in (self.least, self.track, self.greatest):
            self._line2.addWidget(item)
        self._line2.setStretch(1, 1)
        self._column = column(self)
        self._column.addLayout(self._line1)
        self._column.addLayout(self._line2)
        self._column.addWidget(self.error)
        self.reset_button.clicked.connect(self._reset)
        self.label.doubleClicked.connect(self._reset)
        self.check.toggled.connect(self._checked)
        self.field.edited.connect(self._typed)
        self.field.invalid.connect(self.setError)
        self.track.dragging.connect(self._dragging)
        self.track.settled.connect(self._settled)
        self.sweep.toggled.connect(self._sweeping)
        self._show_ends()

    def restyle(self) -> None:
        self._line1.setContentsMargins(0, px(1), 0, px(1))
        self._line1.setSpacing(px(2))
        self.check.setFixedSize(px(20), px(20))
        self._line2.setSpacing(0)
        self._line2.setContentsMargins(0, 0, 0, px(2))
        for end in (self.least, self.greatest):
            end.setFixedHeight(px(24))
        if not hasattr(self, "_ends"):
            self.setEnds(*self.naturalEnds())

    # values

    def value(self) -> float | None:
        return None if self._optional and not self.check.isChecked() else self._last

    def setValue(self, value: float | None) -> None:
        """Show `value` without a signal; None switches an optional parameter off."""
        if value is None and not self._optional:
            raise ValueError(f"{plain(self._label_text)} cannot be off.")
        if value is not None:
            self._last = value
            self.field.setValue(value)
            self.track.showValue(value)
            self.setError(None)
        elif self.field.value() is None:
            self.field.setValue(self._last)
            self.track.showValue(self._last)
        self._set_on(value is not None)
        self._show_reset()

    def setRange(self, minimum: float, maximum: float) -> None:
        """Change the ends, for example when a maximum follows the number of points."""
        if (minimum, maximum) == (self._scale.minimum, self._scale.maximum):
            return
        old = self._scale
        self._scale = Scale(minimum, maximum, old.log, old.integer, old.step)
        self.track.setScale(self._scale)
        self.field.setRange(minimum, maximum)
        self.field._stepper = self._scale.stepped
        self.track.showValue(self._last)
        self._show_ends()

    def setDefault(self, default: float | None) -> None:
        self._default = default
        self._show_reset()

    def setSweeping(self, on: bool) -> None:
        """Show the sweep as running or not, without a signal."""
        blocked = self.sweep.blockSignals(True)
        self.sweep.setChecked(on)
        self.sweep.setIconName("pause" if on else "play", filled=False)
        self.sweep.blockSignals(blocked)

    def setError(self, text: str | None) -> None:
        """One sentence under the row and a danger outline; None takes them away."""
        self.error.setError(text)
        self.field.setInvalid(bool(text))

    def errorText(self) -> str:
        return self.error.text()

    # the ends of the track

    def naturalEnds(self) -> tuple[int, int]:
        """The widths that the end captions need, in pixels."""
        metrics = QFontMetricsF(fonts.ui(11))
        left, right = (
            max(px(18), int(metrics.horizontalAdvance(end.text()) + px(4)))
            for end in (self.least, self.greatest)
        )
        return left, right

    def setEnds(self, left: int, right: int) -> None:
        self._ends = (left, right)
        self.least.setFixedWidth(left)
        self.greatest.setFixedWidth(right)

    def _show_ends(self) -> None:
        room = self.naturalEnds()
        self.least.setText(fmt_end(self._scale.minimum))
        self.greatest.setText(fmt_end(self._scale.maximum))
        if self.naturalEnds() != room:
            self.updateGeometry()

    # inside

    def _set_on(self, on: bool) -> None:
        blocked = self.check.blockSignals(True)
        self.check.setChecked(on)
        self.check.blockSignals(blocked)
        for part in (self.label, self.field, self.track, self.sweep, self.least, self.greatest):
            part.setEnabled(on)

    def _show_reset(self) -> None:
        value, default = self.value(), self._default
        same = value == default or (
            value is not None
            and default is not None
            and abs(value - default) <= 1e-9 * max(abs(default), 1e-9)
        )
        known = default is not None or self._optional
        self.reset_button.setVisible(known and not same)

    def _take(self, value: float | None) -> None:
        self.setValue(value)
        self.changed.emit(value)

    def _reset(self) -> None:
        if self.isEnabled() and (self._default is not None or self._optional):
            self.reset.emit()
            self._take(self._default)

    def _checked(self, on: bool) -> None:
        self._take(self._last if on else None)

    def _typed(self, value: float) -> None:
        self._take(int(value) if self._scale.integer else value)

    def _dragging(self, value: float) -> None:
        self._show_dragged(value)
        self.changing.emit(value)

    def _settled(self, value: float) -> None:
        self._show_dragged(value)
        self.changed.emit(value)

    def _show_dragged(self, value: float) -> None:
        self._last = value
        self.setError(None)
        self.field.setValue(value)
        self._show_reset()

    def _sweeping(self, on: bool) -> None:
        self.setSweeping(on)
        self.sweepToggled.emit(on)


def label_text(label: str, sign: str = "", unit: str = "") -> str:
    """A row's label: words, then the sign with its variables in italics, then the unit in brackets."""
    text = f"{label}  {symbol(sign)}" if sign and label else label or symbol(sign)
    return f"{text} ({unit})" if unit else text


def _end(align: Qt.AlignmentFlag) -> MathLabel:
    return MathLabel("", size=11, role="muted", align=align)
