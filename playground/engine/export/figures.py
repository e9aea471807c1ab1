"""Typed summaries as matplotlib figures: one function for each type, in the colours of the light theme.

`figure_of` is called by `plots.py`. Never `pyplot`: it keeps figures alive and wants a window system.
Lengths are in the design's pixels, of which 96 make an inch.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from playground.assets import asset
from playground.engine.comparison import SideBySide
from playground.engine.export.charts import draw_bars, draw_confusion, draw_lines, draw_roc, draw_table
from playground.engine.export.charts_selection import (
    draw_folds,
    draw_formulas,
    draw_gallery,
    draw_grid,
    draw_surface,
)
from playground.engine.export.curve import draw_fit
from playground.engine.export.ink import AXIS, CANVAS, GRID, MUTED, TEXT, px
from playground.engine.export.inside import draw_example, draw_hidden, draw_histograms
from playground.engine.export.network import draw_network
from playground.engine.export.pictures import Picture
from playground.engine.export.plane import draw_map
from playground.engine.export.side_by_side import draw_side_by_side
from playground.engine.inside import ExamplePass, HiddenSpace, Histograms
from playground.engine.snapshot import (
    Bars,
    Confusion,
    DecisionMap,
    Fit,
    Folds,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Network,
    Roc,
    Summary,
    Surface,
    Table,
)

Draw = Callable[[Any, Any, Picture], None]

FIGURES: dict[type[Summary], tuple[tuple[float, float], Draw]] = {
    Fit: ((860, 520), draw_fit),
    DecisionMap: ((640, 620), draw_map),
    Lines: ((640, 340), draw_lines),
    Roc: ((480, 400), draw_roc),
    Bars: ((640, 340), draw_bars),
    Table: ((640, 300), draw_table),
    Confusion: ((420, 360), draw_confusion),
    Network: ((640, 480), draw_network),
    GridMap: ((640, 460), draw_grid),
    Gallery: ((860, 520), draw_gallery),
    Folds: ((760, 380), draw_folds),
    Surface: ((560, 500), draw_surface),
    Formulas: ((640, 300), draw_formulas),
    HiddenSpace: ((600, 560), draw_hidden),
    Histograms: ((760, 420), draw_histograms),
    ExamplePass: ((760, 480), draw_example),
    SideBySide: ((1180, 300), draw_side_by_side),
}
"""Type of summary -> (width, height) in pixels, function that draws it into axes."""

PADDING = 16


def figure_of(picture: Picture) -> Any:
    """The `matplotlib.figure.Figure` of a picture. Call it, and save it, inside `style()`."""
    (width, height), draw = FIGURES[type(picture.summary)]
    figure = empty_figure(width, height)
    draw(figure.add_subplot(), picture.summary, picture)
    return figure


def empty_figure(width: float, height: float) -> Any:
    """A figure of so many pixels without axes, with the padding that all have."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=PADDING / 96, h_pad=PADDING / 96)
    return Figure(figsize=(width / 96, height / 96), layout=layout, facecolor=CANVAS)


@contextmanager
def style() -> Iterator[None]:
    """matplotlib set to the program's type and colours, and to files that are the same byte for byte."""
    import warnings

    import matplotlib

    settings = {
        "font.family": _families(), "font.size": px(13), "mathtext.fontset": "custom",
        "mathtext.it": "STIX Two Text:italic", "mathtext.rm": "Inter", "mathtext.bf": "Inter:semibold",
        "mathtext.cal": "Inter", "mathtext.sf": "Inter", "mathtext.tt": "Inter", "mathtext.fallback": "stix",
        "axes.unicode_minus": True, "axes.edgecolor": AXIS, "axes.linewidth": px(1), "axes.labelcolor": TEXT,
        "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "axes.facecolor": CANVAS,
        "axes.labelsize": px(13), "text.color": TEXT, "grid.color": GRID, "grid.linewidth": px(1),
        "xtick.color": AXIS, "ytick.color": AXIS, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
        "xtick.labelsize": px(12), "ytick.labelsize": px(12), "xtick.major.size": px(4), "ytick.major.size": 0,
        "xtick.major.width": px(1), "xtick.minor.size": 0, "ytick.minor.size": 0,
        "legend.fontsize": px(12), "legend.frameon": False, "lines.solid_capstyle": "round",
        "svg.hashsalt": "playground", "svg.fonttype": "path", "pdf.fonttype": 42, "savefig.facecolor": CANVAS,
    }  # fmt: skip
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    fonts.setLevel(logging.ERROR)  # it reports every weight that a family does not have
    with matplotlib.rc_context(settings), _fonts_without_layout(), warnings.catch_warnings():
        # A class may have a name in letters for which this machine has no font: a box is drawn for them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        try:
            yield
        finally:
            fonts.setLevel(level)


@contextmanager
def _fonts_without_layout() -> Iterator[None]:
    """A PDF holds the glyphs that it shows, each in its place already. Cutting the font down to them takes its
    time, much of it for the tables that say how glyphs are placed and exchanged: these are left out of the copy."""
    from fontTools import subset

    module: Any = subset
    load = module.load_font

    def bare(*args: Any, **named: Any) -> Any:
        font = load(*args, **named)
        for table in ("GSUB", "GPOS", "GDEF"):
            if table in font:
                del font[table]
        return font

    module.load_font = bare
    try:
        yield
    finally:
        module.load_font = load


@lru_cache(maxsize=1)
def _families() -> list[str]:
    """The shipped fonts and those of this machine that can follow them, in the order of the design."""
    from matplotlib.font_manager import fontManager

    for name in ("Inter-Regular", "Inter-Medium", "Inter-SemiBold", "STIXTwoText-Italic"):
        try:
            fontManager.addfont(asset(f"fonts/{name}.ttf"))
        except (FileNotFoundError, RuntimeError):
            logging.getLogger(__name__).info("no font %s", name)
    present = {font.name for font in fontManager.ttflist}
    wanted = ("Inter", "Noto Sans CJK SC", "Noto Sans", "DejaVu Sans")
    return [name for name in wanted if name in present]


def save(figure: Any, path: Any, kind: str) -> None:
    """Write the figure as png, svg or pdf; equal figures give equal bytes."""
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    figure.savefig(path, format=kind, dpi=192, metadata=metadata[kind])
