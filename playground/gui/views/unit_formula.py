"""The formula of one unit with the current numbers put in, at the foot of the picture of the network.

The symbols are typeset once and kept; the numbers between them are text, so that they live without new typesetting.
They follow the training four times a second at most, or nobody could read them.
"""

from __future__ import annotations

import re

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from playground.engine.links import Skip
from playground.engine.snapshot import Network
from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.views import typeset
from playground.gui.views.typeset import SIZE, Typeset
from playground.gui.widgets.base import Themed
from playground.gui.widgets.text import draw_text, text_width, ui_face

CALM_MS, LOOK_MS = 250, 40
TYPE, LINE, EDGE, LEAST = 15, 24, 3, 78
"""Design pixels: the size of the type, the height of a line, the room above and below, the least height."""
SHARE = 0.25
"""Of the height of the picture, at most."""
INPUTS = {"x1": "x_1", "x2": "x_2", "x1^2": "x_1^2", "x2^2": "x_2^2", "x1*x2": "x_1 x_2", "sin(x1)": r"\sin x_1",
          "sin(x2)": r"\sin x_2", "x": "x"}  # fmt: skip
AROUND = {
    "tanh": (r"\tanh(", ")"), "sigmoid": (r"\sigma(", ")"), "relu": (r"\max(0,\;", ")"), "linear": ("", ""),
    "leaky_relu": (r"\mathrm{LReLU}(", ")"), "elu": (r"\mathrm{ELU}(", ")"), "gelu": (r"\mathrm{GELU}(", ")"),
    "silu": (r"\mathrm{SiLU}(", ")"), "softplus": (r"\ln(1+\exp(", "))"), "sine": (r"\sin(", ")"),
    "step": (r"[\,", r"> 0\,]"),
}  # fmt: skip
"""What stands before and after the sum of a unit."""
NAMES = {"sigma": "σ"}
_RAISED, _LOWERED = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"), str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def terms(network: Network, layer: int, unit: int, skips: list[Skip]) -> list[tuple[str, str]]:
    """The formula in pieces, each a number ("" for none) and the LaTeX after it; an end of a line may follow each."""
    last = layer == len(network.units) - 1
    if layer == 0:
        return _entering(network, unit, f"a^{{(0)}}_{{{unit + 1}}} =")
    before, after = ("", "") if last else AROUND.get(network.activations[layer - 1], ("", ""))
    name = "z" if last else f"a^{{({layer})}}"
    found = [("", f"{name}_{{{unit + 1}}} = {before}" if len(network.units[layer]) > 1 or not last else f"{name} = ")]
    weights = np.asarray(network.weights[layer - 1], dtype=np.float64)[:, unit]
    for i, weight in enumerate(weights):
        found += _times(network, signed(weight, first=i == 0), layer - 1, i)
    found.append((signed(float(network.biases[layer - 1][unit])), ""))
    projections = iter(network.projections)
    for skip in sorted(skips, key=lambda s: (s.target, s.source)):
        matrix = next(projections, None) if skip.projection else None
        if skip.target == layer and matrix is not None:
            for i, p in enumerate(matrix[:, unit]):
                found += _times(network, signed(float(p)), skip.source, i)
        elif skip.target == layer and not skip.projection:
            found += _times(network, "+", skip.source, unit)
    if after:
        found.append(("", after))
    return found


def _times(network: Network, number: str, layer: int, unit: int) -> list[tuple[str, str]]:
    """The number times what a unit puts out; of an input, what standardises it, where that is done."""
    if layer == 0 and unit < len(network.scaling):
        mean, scale = network.scaling[unit]
        return [(number, rf"({_symbol(network, 0, unit)}"), (signed(-mean), r")\,/"), (signed(scale, first=True), "")]
    return [(number, _symbol(network, layer, unit))]


def _entering(network: Network, unit: int, name: str) -> list[tuple[str, str]]:
    first, *rest = _times(network, "", 0, unit)
    return [("", f"{name} {first[1]}"), *rest]


def _symbol(network: Network, layer: int, unit: int) -> str:
    if layer:
        return f"a^{{({layer})}}_{{{unit + 1}}}"
    name = network.inputs[unit] if unit < len(network.inputs) else str(unit + 1)
    if re.fullmatch(r"[x12^*\d]+", name):
        return re.sub(r"x([12])(?:\^(\d+))?", _power, name).replace("*", " ") if name not in INPUTS else INPUTS[name]
    return INPUTS.get(name, rf"f_{{{unit + 1}}}")


def _power(found: re.Match[str]) -> str:
    return f"x_{found[1]}" + (f"^{{{found[2]}}}" if found[2] else "")


def readable(latex: str) -> str:
    """The symbols as plain text, for the moment before they are typeset: a⁽¹⁾₂."""
    text = re.sub(r"\\(?:mathrm\{(\w+)\}|([a-z]+)|[,;])", lambda m: m[1] or NAMES.get(m[2], m[2] or " "), latex)
    text = re.sub(r"\^\{?([()\d]+)\}?", lambda m: m[1].translate(_RAISED), text)
    return re.sub(r"_\{?(\d+)\}?", lambda m: m[1].translate(_LOWERED), text)


def signed(value: float, first: bool = False) -> str:
    """Three significant digits, with its sign as an operation unless it comes first."""
    text = fmt(float(f"{abs(value):.3g}"))
    if first:
        return ("\u2212" if value < 0 else "") + text
    return ("\u2212 " if value < 0 else "+ ") + text


class UnitFormula(Themed, QWidget):
    """A strip that wraps the formula to its width; the wheel scrolls what does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._newest: tuple[Network, tuple[int, int], list[Skip]] | None = None
        self._shown: tuple[int, int] | None = None
        self._terms: list[tuple[str, str]] = []
        self._top = 0.0
        self._rest = QTimer(self, interval=CALM_MS, singleShot=True)
        self._rest.timeout.connect(self._take)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._looked)
        self.setAccessibleName(self.tr("Formula of the unit"))
        self.hide()
        self.follow_theme()

    def show_unit(self, network: Network | None, unit: tuple[int, int] | None, skips: list[Skip]) -> None:
        """The formula of this unit; None hides the strip."""
        if network is None or unit is None:
            self._newest, self._shown = None, None
            self.hide()
            return
        self._newest = (network, unit, skips)
        if unit != self._shown:
            self._top = 0.0
            self._rest.stop()
            self._take()
            self.show()
        elif not self._rest.isActive():
            self._rest.start()

    def _take(self) -> None:
        if self._newest is not None:
            network, self._shown, skips = self._newest
            self._terms = terms(network, *self._shown, skips)
            self.setAccessibleDescription(" ".join(f"{number} {latex}".strip() for number, latex in self._terms))
            self.update()

    def text(self) -> str:
        """The formula as it stands there, numbers and LaTeX."""
        return " ".join(f"{number} {latex}".strip() for number, latex in self._terms)

    # ---- layout
    def _lines(self, width: float) -> list[list[tuple[str, str]]]:
        lines: list[list[tuple[str, str]]] = [[]]
        x = 0.0
        for term in self._terms:
            wide = self._wide(term)
            closing = not term[0] and lines[-1]
            if lines[-1] and x + wide > width and not closing:
                lines.append([])
                x = 0.0
            lines[-1].append(term)
            x += wide
        return lines

    def _wide(self, term: tuple[str, str]) -> float:
        number, latex = term
        wide = text_width(number, TYPE - 2) if number else 0.0
        made = typeset.formula(latex) if latex else None
        part = made.width * _scale() if made else text_width(readable(latex), TYPE - 3) if latex else 0.0
        return wide + part + px(3) * bool(number) + px(6)

    def high_for(self, width: float) -> int:
        """The height for this width, within limits."""
        most = max(self.parentWidget().height() * SHARE, px(LEAST))
        lines = len(self._lines(width - 2 * px(16)))
        return round(min(max(lines * px(LINE) + 2 * px(EDGE), px(LEAST)), most))

    # ---- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.fillRect(self.rect(), t.color("raised"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), t.color("border"))
        lines = self._lines(self.width() - 2 * px(16))
        y = px(EDGE) - self._top
        for line in lines:
            self._paint_line(painter, line, y)
            y += px(LINE)
        if any(typeset.missing(latex) for _, latex in self._terms if latex):
            self._look.start()

    def _paint_line(self, painter: QPainter, line: list[tuple[str, str]], top: float) -> None:
        t, x, baseline = theme(), float(px(16)), top + px(17)
        metrics = ui_face(TYPE - 2)[1]
        for number, latex in line:
            if number:
                wide = text_width(number, TYPE - 2)
                row = QRectF(x, baseline - metrics.ascent(), wide + 1, metrics.height())
                draw_text(painter, row, number, size=TYPE - 2)
                x += wide + px(3)
            made = typeset.formula(latex) if latex else None
            if made is not None:
                self._place(painter, made, x, baseline)
                x += made.width * _scale()
            elif latex:
                text = readable(latex)
                wide = text_width(text, TYPE - 3)
                row = QRectF(x, baseline - metrics.ascent(), wide + 1, metrics.height())
                draw_text(painter, row, text, size=TYPE - 3, color=t.muted)
                x += wide
            x += px(6)

    def _place(self, painter: QPainter, part: Typeset, left: float, baseline: float) -> None:
        ratio, scale = self.devicePixelRatioF(), round(_scale(), 3)
        picture = typeset.pixmap(part, theme().text, scale, ratio)
        top = baseline - part.above * scale
        painter.drawPixmap(QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), picture)

    # ---- while symbols are on their way, and scrolling
    def _looked(self) -> None:
        if not self.isVisible() or not any(typeset.missing(latex) for _, latex in self._terms if latex):
            self._look.stop()
        parent = self.parentWidget()
        high = self.high_for(self.width())
        self.setGeometry(0, parent.height() - high, self.width(), high)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        self._rest.stop()

    def wheelEvent(self, event: QWheelEvent) -> None:
        over = max(0.0, len(self._lines(self.width() - 2 * px(16))) * px(LINE) + 2 * px(EDGE) - self.height())
        self._top = min(max(self._top - event.angleDelta().y() / 120 * px(LINE), 0.0), over)
        self.update()
        event.accept()


def _scale() -> float:
    return px(TYPE * 100) / 100 / SIZE
