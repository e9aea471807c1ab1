"""The words over the canvas while it shows what one unit of the network responds to."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter

from playground.engine import features
from playground.engine.experiment import Experiment
from playground.gui.plot import Frame
from playground.gui.theme import px, theme
from playground.gui.views.network_layout import input_name
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

TR = QCoreApplication.translate


def paint_unit_caption(painter: QPainter, frame: Frame, e: Experiment, unit: tuple[int, int], more: str = "") -> None:
    """Which unit (layer, unit) it is, and `more` in muted type behind it."""
    layer, i = unit
    hidden, names = getattr(e.model, "hidden", ()), features.names(e)
    if layer == 0:
        words = TR("Canvas", "Input {name}").format(name=input_name(names[i]) if i < len(names) else i + 1)
    elif layer > len(hidden):
        words = TR("Canvas", "Output {n}").format(n=i + 1)
    else:
        words = TR("Canvas", "Unit {unit} of layer {layer}").format(unit=i + 1, layer=layer)
    t = theme()
    wide = text_width(words, 12, 600) + px(20) + (text_width(more, 12) + px(16) if more else 0)
    box = QRectF(frame.rect.left() + px(8), frame.rect.top() + px(8), wide, px(24))
    rounded(painter, box, px(6), t.color("raised", 0.92), t.control)
    draw_text(painter, box.adjusted(px(10), 0, 0, 0), words, size=12, weight=600)
    if more:
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, box.adjusted(0, 0, -px(10), 0), more, size=12, color=t.muted, align=align)
