"""The primitive widgets of the window; see `python -m playground.gui.widgets.gallery`.

Forms, docks, canvas and charts are put together from these. They follow theme and zoom by themselves.
"""

from playground.gui.widgets.base import FocusRing, Hairline, Surface, Themed, rearranging
from playground.gui.widgets.buttons import (
    LinkButton,
    PlayButton,
    RailButton,
    TextButton,
    TextToggle,
    ToolButton,
)
from playground.gui.widgets.chips import Chip, ChipsRow
from playground.gui.widgets.fields import Choice, NumberField, TextField
from playground.gui.widgets.grips import DockGrips
from playground.gui.widgets.panel import Note, Panel, Section
from playground.gui.widgets.readout import EmptyState, ReadOut
from playground.gui.widgets.rows import CheckRow, ChoiceRow, NumberRow, SeedField, TextRow
from playground.gui.widgets.slider import ErrorLine, SliderRow
from playground.gui.widgets.split import SplitBar
from playground.gui.widgets.strips import Banner, HintStrip
from playground.gui.widgets.text import MathLabel, draw_text, text_width
from playground.gui.widgets.thumbnails import ThumbnailGrid, drawn
from playground.gui.widgets.tooltip import set_rich_tip
from playground.gui.widgets.track import Track

__all__ = [
    "Banner",
    "CheckRow",
    "Chip",
    "ChipsRow",
    "Choice",
    "ChoiceRow",
    "DockGrips",
    "EmptyState",
    "ErrorLine",
    "FocusRing",
    "Hairline",
    "HintStrip",
    "LinkButton",
    "MathLabel",
    "Note",
    "NumberField",
    "NumberRow",
    "Panel",
    "PlayButton",
    "RailButton",
    "ReadOut",
    "Section",
    "SeedField",
    "SliderRow",
    "SplitBar",
    "Surface",
    "TextButton",
    "TextField",
    "TextRow",
    "TextToggle",
    "Themed",
    "ThumbnailGrid",
    "ToolButton",
    "Track",
    "draw_text",
    "drawn",
    "rearranging",
    "set_rich_tip",
    "text_width",
]
