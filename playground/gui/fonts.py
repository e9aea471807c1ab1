"""The shipped type: Inter for words and figures, STIX Two Text Italic for variables.

Everything that sets a font asks `ui()` or `math()`, so that zoom and the tabular figures hold everywhere.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from playground.assets import asset
from playground.gui.theme import host

FAMILIES = ["Inter", "Noto Sans CJK SC", "Noto Sans", "DejaVu Sans"]
MATH_FAMILIES = ["STIX Two Text", "STIX Two Math", "DejaVu Serif"]

_registered: list[int] = []


def register() -> None:
    """Make the shipped fonts known to Qt; a second call does nothing."""
    if _registered:
        return
    # CJK last: Qt asks the families in order, and Latin must come from Inter.
    for path in sorted(asset("fonts").glob("*.?tf"), key=lambda p: ("CJK" in p.name, p.name)):
        _registered.append(QFontDatabase.addApplicationFont(str(path)))


def ui(size: float = 13, weight: int = 400) -> QFont:
    """The interface font at `size` design pixels (scaled by the zoom), with figures of equal width."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(host().px(size))
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    return font


def math(size: float = 16, *, italic: bool = True) -> QFont:
    """The italic of variables (x, t, M, w), three pixels more than the text around it; upright for their indices."""
    font = QFont()
    font.setFamilies(MATH_FAMILIES)
    font.setPixelSize(host().px(size))
    font.setItalic(italic)
    font.setStyleHint(QFont.StyleHint.Serif)
    return font
