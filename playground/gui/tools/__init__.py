"""The drawing tools. Pure gestures: places of the hand in, new `Points` out.

`stage.py` hands each tool the mouse in pixels and carries out what it commits. One gesture, from press to
release, is one step of undo: the stage gives it one merge key.
"""

from playground.gui.tools.base import REACH as REACH
from playground.gui.tools.base import Tool as Tool
from playground.gui.tools.base import nearest as nearest
from playground.gui.tools.base import paint_cross as paint_cross
from playground.gui.tools.base import paint_footprint as paint_footprint
from playground.gui.tools.choose import Lasso, Select
from playground.gui.tools.draw import Brush, Eraser, Pen, Put
from playground.gui.tools.fields import Jitter, Magnet

TOOLS: tuple[type[Tool], ...] = (Put, Brush, Pen, Eraser, Jitter, Magnet, Select, Lasso)
