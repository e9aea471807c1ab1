"""Text with mathematics in it: "Order *M*" draws the M in STIX Two Text Italic.

Markup: `*x*` is a variable; a subscript is a Unicode subscript digit (w₀) or `_{RMS}`; everything else is upright.
Labels, chart titles, legends and tooltips all draw through here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGlyphRun,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui import fonts
from playground.gui.theme import host, theme
from playground.gui.widgets.base import Themed

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+\u2212")
SHAPED_AFTER = 3
"""Times that a line is drawn as it comes before its glyphs are kept."""
_UPRIGHT = {"ln", "log", "sin", "cos", "tan", "tanh", "exp", "max", "min", "off", "RMS", "Re"}
_PIECES = re.compile(
    r"\*(?P<math>[^*]+)\*|_\{(?P<sub>[^}]*)\}|(?P<digits>[₀-₉₊₋]+)|(?P<plain>[^*_₀-₉₊₋]+|[*_])"
)


@dataclass(frozen=True)
class Run:
    """A piece of a line in one face: "plain", "math", or below the line "sub" (figures) and "word"."""

    text: str
    face: str


@lru_cache(maxsize=1024)
def runs(text: str) -> tuple[Run, ...]:
    """The pieces of a marked-up line."""
    result: list[Run] = []
    for found in _PIECES.finditer(text):
        if found["math"] is not None:
            for part in re.finditer(r"[₀-₉₊₋]+|[^₀-₉₊₋]+", found["math"]):
                digits = part[0].translate(_SUBSCRIPTS)
                result.append(Run(digits, "sub") if digits != part[0] else Run(part[0], "math"))
        elif found["sub"] is not None:
            result.append(Run(found["sub"], "word" if found["sub"].isalpha() else "sub"))
        elif found["digits"] is not None:
            result.append(Run(found["digits"].translate(_SUBSCRIPTS), "sub"))
        else:
            result.append(Run(found["plain"], "plain"))
    return tuple(result)


def symbol(text: str) -> str:
    """A bare formula such as "ln λ", "w₀" or "sin 2πx" with its variables marked up."""
    if "*" in text:
        return text

    def mark(found: re.Match[str]) -> str:
        word = found[0]
        return word if word in _UPRIGHT or word == "π" else f"*{word}*"

    return re.sub(r"ln|log|sin|cos|tanh|tan|exp|max|min|off|RMS|[A-Za-zα-ωΑ-Ω]", mark, text)


def plain(text: str) -> str:
    """The line without markup, for accessible names."""
    return "".join(run.text for run in runs(text))


def ui_face(size: float, weight: int = 400) -> tuple[QFont, QFontMetricsF]:
    """The interface font and its metrics, kept between frames."""
    return _face("plain", size, weight)


def _face(face: str, size: float, weight: int) -> tuple[QFont, QFontMetricsF]:
    return _made(face, size, weight, host().zoom)


@lru_cache(maxsize=256)
def _made(face: str, size: float, weight: int, zoom: float) -> tuple[QFont, QFontMetricsF]:
    """Font and metrics, kept: labels are measured and painted in every frame. `zoom` is here as part of the key."""
    font = _font(face, size, weight)
    return font, QFontMetricsF(font)


def _font(face: str, size: float, weight: int) -> QFont:
    if face == "plain":
        return fonts.ui(size, weight)
    if face == "word":
        return fonts.ui(size * 0.75, weight)
    return fonts.math(size + 3) if face == "math" else fonts.math(size * 0.85, italic=False)


def text_width(text: str, size: float = 13, weight: int = 400) -> float:
    """The width of a marked-up line in logical pixels."""
    return _laid(text, size, weight, host().zoom).width


def plain_width(text: str, size: float = 13, weight: int = 400) -> float:
    """The width of a line without markup in logical pixels."""
    return _plain_width(text, size, weight, host().zoom)


@lru_cache(maxsize=4096)
def _plain_width(text: str, size: float, weight: int, zoom: float) -> float:
    return _made("plain", size, weight, zoom)[1].horizontalAdvance(text)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    *,
    size: float = 13,
    weight: int = 400,
    color: QColor | str | None = None,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    """Draw a marked-up line into `rect`; what does not fit ends in an ellipsis."""
    line = _laid(text, size, weight, host().zoom)
    if line.width > rect.width() + 0.5 and all(run.face == "plain" for run in runs(text)):
        line = _cut_off(text, size, weight, host().zoom, rect.width())
    across, down = _shares(align)
    x = rect.left() + across * (rect.width() - line.width)
    y = rect.top() + line.ascent + down * (rect.height() - line.ascent - line.descent)
    painter.setPen(QColor(color) if color is not None else theme().color("text"))
    shaped = line.shaped()
    for i, (font, right, below, piece) in enumerate(line.pieces):
        if shaped:
            base, glyphs = shaped[i]
            for run in glyphs:
                painter.drawGlyphRun(QPointF(x + right, y + below - base), run)
        else:
            painter.setFont(font)
            painter.drawText(QPointF(x + right, y + below), piece)


@lru_cache(maxsize=32)
def _shares(align: Qt.AlignmentFlag) -> tuple[float, float]:
    """Which shares of the free width and height are left of and above a line. Kept: to ask flags is slow."""
    across = 1.0 if align & Qt.AlignmentFlag.AlignRight else 0.5 if align & Qt.AlignmentFlag.AlignHCenter else 0.0
    return across, 0.0 if align & Qt.AlignmentFlag.AlignTop else 1.0 if align & Qt.AlignmentFlag.AlignBottom else 0.5


@dataclass(eq=False)
class _Line:
    """A line ready to be drawn: (font, right of the start, below the base line, text) of each piece."""

    pieces: tuple[tuple[QFont, float, float, str], ...]
    width: float
    ascent: float
    descent: float
    drawn: int = 0
    glyphs: tuple[tuple[float, list[QGlyphRun]], ...] = ()

    def shaped(self) -> tuple[tuple[float, list[QGlyphRun]], ...]:
        """The glyphs of each piece, in place: drawn in half the time of a text. Not for numbers that are soon others:
        to shape one takes longer than to draw it."""
        self.drawn += 1
        if self.drawn == SHAPED_AFTER:
            self.glyphs = tuple(_shaped(font, text) for font, _, _, text in self.pieces)
        return self.glyphs


def _shaped(font: QFont, text: str) -> tuple[float, list[QGlyphRun]]:
    """The glyphs of a text, one run for each font that it takes, and how far below their origin its base line is."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.ascent(), layout.glyphRuns()


@lru_cache(maxsize=4096)
def _laid(text: str, size: float, weight: int, zoom: float) -> _Line:
    """Kept: to measure takes as long as to paint, and most lines are the same in the next frame."""
    base, x, pieces = _made("plain", size, weight, zoom)[1], 0.0, []
    for run in runs(text):
        font, metrics = _made(run.face, size, weight, zoom)
        pieces.append((font, x, base.descent() * 0.8 if run.face in ("sub", "word") else 0.0, run.text))
        x += metrics.horizontalAdvance(run.text)
    return _Line(tuple(pieces), x, base.ascent(), base.descent())


@lru_cache(maxsize=1024)
def _cut_off(text: str, size: float, weight: int, zoom: float, room: float) -> _Line:
    """An upright line that is too long for its room, with an ellipsis."""
    font, metrics = _made("plain", size, weight, zoom)
    short = metrics.elidedText("".join(run.text for run in runs(text)), Qt.TextElideMode.ElideRight, room)
    return _Line(((font, 0.0, 0.0, short),), room, metrics.ascent(), metrics.descent())


class MathLabel(Themed, QWidget):
    """A one-line label with italic variables. `role` is a token of the theme; `faint` when disabled.

    ground   token of the area that it lies on: a label that changes often and knows it leaves the area alone
    """

    doubleClicked = Signal()

    def __init__(
        self,
        text: str = "",
        *,
        size: float = 13,
        weight: int = 400,
        role: str = "text",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        ground: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(ground))
        self._text, self._size, self._weight, self._role, self._align = text, size, weight, role, align
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(plain(text))
        self.follow_theme()

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        if text != self._text:
            room = self._room()
            self._text = text
            self.setAccessibleName(plain(text))
            if self._room() != room:  # a new layout repaints the whole window
                self.updateGeometry()
            self.update()

    def _room(self) -> int:
        if self.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
            return 0
        return min(max(self.sizeHint().width(), self.minimumWidth()), self.maximumWidth())

    def sizeHint(self) -> QSize:
        height = _face("plain", self._size, 400)[1].height()
        return QSize(int(text_width(self._text, self._size, self._weight) + 1.5), int(height + 0.99))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 24), self.sizeHint().height())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.doubleClicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._ground:
            painter.fillRect(self.rect(), theme().color(self._ground))
        color = theme().color(self._role if self.isEnabled() else "faint")
        align = self._align | Qt.AlignmentFlag.AlignVCenter
        draw_text(
            painter,
            QRectF(self.rect()),
            self._text,
            size=self._size,
            weight=self._weight,
            color=color,
            align=align,
        )
