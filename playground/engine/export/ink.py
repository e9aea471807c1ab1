"""Colours, sizes and small marks that the exported figures share: the light column of the design's table."""

import re
from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

CANVAS, TEXT, MUTED = "#FFFFFF", "#1B2026", "#59616C"
AXIS, GRID, BAND = "#A6ADB7", "#ECEEF1", "#E6E9F7"
TRAIN, TEST, FIT, TRUTH, GHOST, VALIDATION = "#0072B2", "#CC3311", "#CC3311", "#009E73", "#A6ADB7", "#CC79A7"
BIAS, VARIANCE = "#1F1FA3", "#E69F00"
POSITIVE, NEGATIVE = "#0072B2", "#E69F00"
MAP_NEGATIVE, MAP_PAPER, MAP_POSITIVE = "#F3CA7C", "#F7F5F0", "#8ABDDF"
UNIT_NEGATIVE, UNIT_POSITIVE = "#EDB54C", "#5BA5D3"
BOUNDARY, BOUNDARY_OPACITY = "#1B2026", 0.7

ROLES = {
    "training": TRAIN,
    "validation": VALIDATION,
    "test": TEST,
    "fit": FIT,
    "truth": TRUTH,
    "ghost": GHOST,
    # Indigo and orange: apart from each other, from red and from grey for all kinds of colour blindness.
    "bias": BIAS,
    "variance": VARIANCE,
    "noise": MUTED,
    "sum": TEXT,
    **{f"layer {i}": color for i, color in enumerate(
        ("#0072B2", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#734015", "#1F1FA3", "#E69F00"), 1)},
    "output": TEXT,
}  # fmt: skip
WIDTHS = {"ghost": 1.25, "noise": 1.5, "sum": 3.0}
"""Of lines, where it is not 2."""
HOLLOW = ("test", "validation", "bias", "variance", "noise")
"""Roles whose dots are rings or open shapes: training and the sum are filled."""
MARKERS = {"bias": "s", "variance": "^", "noise": "D"}
"""Shapes of dots (matplotlib's names), where they are not circles."""

CLASSES = (
    ("#E69F00", "o"), ("#0072B2", "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#56B4E9", "v"),
    ("#D55E00", "p"), ("#F0E442", "*"), ("#1B2026", "P"), ("#734015", "X"), ("#1F1FA3", "h"),
)  # fmt: skip
"""Fill and marker (matplotlib's name) of each place in the palette."""


def class_inks(colors: Sequence[int]) -> list[tuple[str, str]]:
    """Fill and marker of each class, by its place in the palette."""
    return [CLASSES[k] for k in colors]


def px(length: float) -> float:
    """Design pixels in points."""
    return length * 0.75


def mix(color: str, other: str, share: float) -> str:
    """`color` with a share (0 to 1) of `other`, channel by channel."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#{:02X}{:02X}{:02X}".format(*(round(a * (1 - share) + b * share) for a, b in pairs))


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def ramp(share: NDArray[Any], low: str, middle: str, high: str) -> NDArray[np.float64]:
    """RGB [..., 3] of shares from 0 to 1 on a scale through three colours."""
    stops = np.array([_channels(color) for color in (low, middle, high)]) / 255
    return np.stack([np.interp(share, (0, 0.5, 1), stops[:, k]) for k in range(3)], axis=-1)


def role_text(role: str) -> str:
    """The colour of words: on white the orange is too pale to be read and gives way to its dark outline."""
    return outline(VARIANCE) if role == "variance" else ROLES[role]


def outline(color: str) -> str:
    """The edge that tells the true class."""
    return mix(color, "#000000", 0.45)


def plain(text: str) -> str:
    """Text as it stands: matplotlib would read formulas between dollar signs."""
    return text.replace("$", r"\$")


def variable(text: str) -> str:
    """A variable in italics, with its index: M, E_RMS, w₀, x1."""
    digits = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
    name, _, index = text.partition("_")
    if not index:
        name = text.rstrip("₀₁₂₃₄₅₆₇₈₉0123456789")
        index = text[len(name) :].translate(digits)
    shown = index if len(index) < 2 or index.isdigit() else rf"\mathrm{{{index}}}"
    return f"${name}_{{{shown}}}$" if index else f"${name}$"


def feature(text: str) -> str:
    """An input of a network: x1, x1^2, x1*x2, sin(x1); a formula that a person has typed stays as it is."""
    if not re.fullmatch(r"x[12]?(\^\d+)?(\*x2(\^\d+)?)?|sin\(x[12]\)", text):
        return plain(text[:24])
    indexed = re.sub(r"\^(\d+)", r"^{\1}", re.sub(r"x([12])", r"x_{\1}", text)).replace("*", r"\,")
    return "$" + indexed.replace("sin(", r"\mathrm{sin}(") + "$"


def legend(axes: Any, handles: list[Any], labels: list[str], columns: int = 8) -> None:
    """One strip above the axes; it never covers data."""
    axes.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.3,
        handlelength=1.8, columnspacing=1.6, handletextpad=0.6,
    )  # fmt: skip


def nothing(axes: Any, note: str) -> None:
    """A sentence in the place of a chart."""
    text = fill(plain(note or "Nothing to show yet."), 70)
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED)


def footnote(figure: Any, note: str) -> None:
    """A muted sentence under a chart."""
    if note:
        figure.supxlabel(fill(plain(note), 95), fontsize=px(12), color=MUTED)
