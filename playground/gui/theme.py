"""The one table of colours, and the object that dresses the program in a column of it.

Every other module in `gui` asks `theme()` for its colours and `px()` for its sizes, and listens to
`host().changed`; no other module holds a colour. `app.py` calls `host().apply(app)` once at the start.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from playground.gui.style import PlaygroundStyle

CHOICES = ("system", "light", "dark", "contrast")
ZOOM_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


@dataclass(frozen=True)
class ClassStyle:
    """How one class of points looks: fill, symbol (`markers` draws it) and the outline that tells the truth."""

    name: str
    color: str
    outline: str
    symbol: str


@dataclass(frozen=True)
class Theme:
    """One column of the table. Every token is a "#RRGGBB" string; opacities and widths are numbers."""

    name: str
    is_dark: bool
    # areas
    window: str
    panel: str
    canvas: str
    field: str
    raised: str
    # text
    text: str
    muted: str
    faint: str
    # lines and states
    border: str
    control: str
    hover: str
    track: str
    thumb: str
    accent: str
    on_accent: str
    accent_soft: str
    focus: str
    focus_width: int
    shadow: str
    shadow_opacity: float
    # messages
    danger: str
    danger_ground: str
    hint: str
    hint_line: str
    hint_icon: str
    tooltip: str
    tooltip_text: str
    tooltip_second: str
    # charts
    train: str
    test: str
    fit: str
    truth: str
    ghost: str
    axis: str
    grid: str
    positive: str
    negative: str
    map_negative: str
    map_paper: str
    map_positive: str
    unit_negative: str
    unit_positive: str
    boundary: str
    boundary_opacity: float
    miss_ring: str
    classes: tuple[ClassStyle, ...]
    """Of the classes in their order, in the colours that the data give them."""
    hues: tuple[ClassStyle, ...]
    """The palette itself."""

    def color(self, token: str, opacity: float = 1.0) -> QColor:
        """The token as a QColor, e.g. `color("accent")` or `color("test", 0.16)`."""
        color = QColor(getattr(self, token))
        color.setAlphaF(opacity)
        return color


# token: (light, dark, contrast)
_TABLE: dict[str, tuple[object, object, object]] = {
    "window": ("#F3F4F6", "#16181C", "#000000"),
    "panel": ("#FAFBFC", "#1C1F24", "#000000"),
    "canvas": ("#FFFFFF", "#121418", "#000000"),
    "field": ("#FFFFFF", "#15171B", "#000000"),
    "raised": ("#FFFFFF", "#24282E", "#000000"),
    "text": ("#1B2026", "#E7E9EC", "#FFFFFF"),
    "muted": ("#59616C", "#A3AAB4", "#FFFFFF"),
    "faint": ("#9097A1", "#6E7681", "#A0A0A0"),
    "border": ("#DCDFE4", "#2D3138", "#FFFFFF"),
    "control": ("#8A929D", "#646C78", "#FFFFFF"),
    "hover": ("#E9EBEF", "#2A2E35", "#333333"),
    "track": ("#D5D9DF", "#3A4049", "#808080"),
    "thumb": ("#FFFFFF", "#E7E9EC", "#FFFFFF"),
    "accent": ("#4350B0", "#98A4FF", "#FFD400"),
    "on_accent": ("#FFFFFF", "#12142B", "#000000"),
    "accent_soft": ("#E6E9F7", "#282D48", "#3D3300"),
    "focus": ("#4350B0", "#98A4FF", "#00E5FF"),
    "focus_width": (2, 2, 3),
    "shadow": ("#000000", "#000000", "#000000"),
    "shadow_opacity": (0.16, 0.45, 0.0),
    "danger": ("#B3261E", "#FF8A80", "#FF9B8F"),
    "danger_ground": ("#FDECEA", "#3A1F1D", "#000000"),
    "hint": ("#FFFAED", "#262419", "#000000"),
    "hint_line": ("#EFE6CC", "#3D3820", "#FFD400"),
    "hint_icon": ("#8A6100", "#E6B84A", "#FFD400"),
    "tooltip": ("#22272E", "#E7E9EC", "#FFFFFF"),
    "tooltip_text": ("#F4F5F7", "#1B2026", "#000000"),
    "tooltip_second": ("#B4BBC5", "#565D68", "#000000"),
    "train": ("#0072B2", "#56B4E9", "#4DB8FF"),
    "test": ("#CC3311", "#FF7857", "#FF8A66"),
    "fit": ("#CC3311", "#FF7857", "#FF8A66"),
    "truth": ("#009E73", "#2DC79C", "#37E0AC"),
    "ghost": ("#A6ADB7", "#646B76", "#C0C0C0"),
    "axis": ("#A6ADB7", "#565D68", "#FFFFFF"),
    "grid": ("#ECEEF1", "#22262C", "#404040"),
    "positive": ("#0072B2", "#56B4E9", "#56B4E9"),
    "negative": ("#E69F00", "#F0AE2E", "#F0AE2E"),
    "map_negative": ("#F3CA7C", "#6C4A16", "#7A4A00"),
    "map_paper": ("#F7F5F0", "#23262B", "#000000"),
    "map_positive": ("#8ABDDF", "#184A6E", "#004C86"),
    "unit_negative": ("#EDB54C", "#B9801F", "#B9801F"),
    "unit_positive": ("#5BA5D3", "#2C7DB2", "#2C7DB2"),
    "boundary": ("#1B2026", "#E7E9EC", "#FFFFFF"),
    "boundary_opacity": (0.7, 0.7, 1.0),
    "miss_ring": ("#1B2026", "#FFFFFF", "#FFFFFF"),
}

# name, light, dark and contrast, symbol
_CLASSES: tuple[tuple[str, str, str, str], ...] = (
    ("orange", "#E69F00", "#F0AE2E", "o"),
    ("blue", "#0072B2", "#56B4E9", "s"),
    ("green", "#009E73", "#21A368", "t1"),
    ("purple", "#CC79A7", "#D88CBB", "d"),
    ("sky", "#56B4E9", "#BFE6FF", "t"),
    ("vermillion", "#D55E00", "#FF5A14", "p"),
    ("yellow", "#F0E442", "#FFE267", "star"),
    ("ink", "#1B2026", "#FFFFFF", "+"),
    ("brown", "#734015", "#9A4A1C", "x"),
    ("indigo", "#1F1FA3", "#5E6BE6", "h"),
)


def mix(color: str, other: str, share: float) -> str:
    """`color` mixed with `share` (0 to 1) of `other`, channel by channel in sRGB."""
    a, b = QColor(color), QColor(other)
    channels = ((getattr(a, c)() * (1 - share) + getattr(b, c)() * share) for c in ("red", "green", "blue"))
    return "#{:02X}{:02X}{:02X}".format(*(round(c) for c in channels))


def _column(name: str, index: int) -> Theme:
    dark = index > 0
    classes = tuple(
        ClassStyle(
            label,
            (light, night)[dark],
            mix(night, "#FFFFFF", 0.65) if dark else mix(light, "#000000", 0.45),
            symbol,
        )
        for label, light, night, symbol in _CLASSES
    )
    values: dict[str, Any] = {token: row[index] for token, row in _TABLE.items()}
    return Theme(name=name, is_dark=dark, classes=classes, hues=classes, **values)


def recolored(base: Theme, order: tuple[int, ...]) -> Theme:
    """`base` with the classes in these places of the palette; the map of two classes follows."""
    if order == tuple(range(len(order))):
        return base
    rest = tuple(k for k in range(len(base.hues)) if k not in order)
    classes = tuple(base.hues[k] for k in order + rest)
    negative, positive = (map_tint(base, k) for k in (order + rest)[:2])
    name = f"{base.name} {order}"  # what was painted in other colours is told apart by it
    return replace(base, name=name, classes=classes, map_negative=negative, map_positive=positive)


def map_tint(base: Theme, k: int) -> str:
    """The colour of the decision map where the class in place `k` of the palette is certain."""
    if k < 2:
        return (base.map_negative, base.map_positive)[k]
    return mix(base.hues[k].color, base.map_paper, 0.6 if base.is_dark else 0.5)


THEMES: dict[str, Theme] = {name: _column(name, i) for i, name in enumerate(("light", "dark", "contrast"))}
TOKENS: tuple[str, ...] = tuple(f.name for f in fields(Theme) if f.name in _TABLE)


def palette(theme: Theme) -> QPalette:
    """The QPalette that the standard widgets and the style sheet start from."""
    result = QPalette()
    roles = {
        QPalette.Window: theme.panel,
        QPalette.WindowText: theme.text,
        QPalette.Base: theme.field,
        QPalette.AlternateBase: theme.panel,
        QPalette.Button: theme.panel,
        QPalette.ButtonText: theme.text,
        QPalette.Text: theme.text,
        QPalette.BrightText: theme.danger,
        QPalette.Highlight: theme.accent,
        QPalette.HighlightedText: theme.on_accent,
        QPalette.Accent: theme.accent,
        QPalette.Link: theme.accent,
        QPalette.LinkVisited: theme.accent,
        QPalette.PlaceholderText: theme.faint,
        QPalette.ToolTipBase: theme.tooltip,
        QPalette.ToolTipText: theme.tooltip_text,
        QPalette.Light: theme.raised,
        QPalette.Midlight: theme.hover,
        QPalette.Mid: theme.border,
        QPalette.Dark: theme.control,
        QPalette.Shadow: theme.shadow,
    }
    for role, value in roles.items():
        result.setColor(role, QColor(value))
    for role in (QPalette.WindowText, QPalette.Text, QPalette.ButtonText):
        result.setColor(QPalette.Disabled, role, QColor(theme.faint))
    result.setColor(QPalette.Disabled, QPalette.Highlight, QColor(theme.track))
    result.setColor(QPalette.Disabled, QPalette.HighlightedText, QColor(theme.faint))
    return result


class ThemeHost(QObject):
    """Which theme is worn, how large, and the signal that says it changed.

    `choice` is what the person asked for ("system", "light", "dark", "contrast"), `theme` the column in use.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = "system"
        self._order: tuple[int, ...] = ()
        self._zoom = 1.0
        self._app: QApplication | None = None
        self._hints: QStyleHints | None = None  # styleHints() must be kept, or its signal is lost
        self._theme = THEMES["light"]
        self._style: PlaygroundStyle | None = None  # app.setStyle() takes it, but Python must not drop it

    @property
    def choice(self) -> str:
        return self._choice

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def zoom(self) -> float:
        return self._zoom

    def px(self, size: float) -> int:
        """A length of the design, in pixels at the present zoom."""
        return max(1, round(size * self._zoom)) if size > 0 else 0

    def apply(self, app: QApplication) -> None:
        """Dress the application and follow the system from now on."""
        from playground.gui import fonts
        from playground.gui.style import PlaygroundStyle

        self._app = app
        fonts.register()
        self._style = PlaygroundStyle()
        app.setStyle(self._style)
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._system_changed)
        self._wear()

    def set_choice(self, choice: str) -> None:
        """Wear "system", "light", "dark" or "contrast"."""
        if choice not in CHOICES:
            raise ValueError(f"The theme is one of {', '.join(CHOICES)}, not {choice!r}.")
        if choice != self._choice:
            self._choice = choice
            self._wear()

    def set_class_colors(self, order: tuple[int, ...]) -> None:
        """Let class k have the colour and the symbol in place `order[k]` of the palette."""
        if recolored(self._resolve(), order) != self._theme:
            self._order = order
            self._theme = recolored(self._resolve(), order)
            self.changed.emit()

    def set_zoom(self, zoom: float) -> None:
        """Scale all text and controls, 0.8 to 2."""
        zoom = min(max(zoom, ZOOM_STEPS[0]), ZOOM_STEPS[-1])
        if zoom != self._zoom:
            self._zoom = zoom
            self._wear()

    @property
    def next_zoom(self) -> float:
        """What `zoom_in` goes to."""
        return next((z for z in ZOOM_STEPS if z > self._zoom + 1e-6), self._zoom)

    def zoom_in(self) -> None:
        self.set_zoom(self.next_zoom)

    def zoom_out(self) -> None:
        self.set_zoom(next((z for z in reversed(ZOOM_STEPS) if z < self._zoom - 1e-6), self._zoom))

    def _system_changed(self) -> None:
        if self._choice == "system":
            self._wear()

    def _resolve(self) -> Theme:
        if self._choice != "system":
            return THEMES[self._choice]
        dark = self._hints is not None and self._hints.colorScheme() == Qt.ColorScheme.Dark
        return THEMES["dark" if dark else "light"]

    def _wear(self) -> None:
        self._theme = recolored(self._resolve(), self._order)
        if self._app is None:
            return
        from playground.gui import fonts
        from playground.gui.style import sheet

        self._app.setFont(fonts.ui(13))
        self._app.setPalette(palette(self._theme))
        self._app.setStyleSheet(sheet(self._theme, self.px))
        self.changed.emit()


_host: ThemeHost | None = None


def host() -> ThemeHost:
    """The one ThemeHost of the program."""
    global _host
    if _host is None:
        _host = ThemeHost()
    return _host


def theme() -> Theme:
    """The column in use now."""
    return host().theme


def px(size: float) -> int:
    """A length of the design, in pixels at the present zoom."""
    return (_host or host()).px(size)
