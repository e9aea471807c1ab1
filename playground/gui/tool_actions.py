"""The keys of the drawing tools as QActions: tools, radius, density, classes. Made once by the canvas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from playground.gui.canvas import Canvas

TR = QCoreApplication.translate


def make(canvas: Canvas) -> list[QAction]:
    """All actions, children of the canvas; those of the tools come first and carry the tool's name as data."""
    return [*_tools(canvas), *_brush(canvas), *_classes(canvas)]


def _tools(canvas: Canvas) -> list[QAction]:
    group = QActionGroup(canvas)
    result = []
    for name, text, key, tip in (
        ("put", TR("Tools", "Put"), "P", TR("Tools", "A click adds a point; drag a point to move it.")),
        ("brush", TR("Tools", "Brush"), "B",
         TR("Tools", "Sprays points while held. Press again for radius ([ and ]) and density ({ and }).")),
        ("pen", TR("Tools", "Pen"), "N",
         TR("Tools", "Points along a stroke. Press again for the spacing ([ and ]).")),
        ("eraser", TR("Tools", "Eraser"), "E", TR("Tools", "Takes points away. Press again for its radius ([ and ]).")),
        ("jitter", TR("Tools", "Jitter"), "J",
         TR("Tools", "Shakes points apart while held. Press again for radius ([ and ]) and strength ({ and }).")),
        ("magnet", TR("Tools", "Magnet"), "M",
         TR("Tools", "Draws points together while held. Press again for radius ([ and ]) and strength ({ and }).")),
        ("select", TR("Tools", "Select"), "S",
         TR("Tools", "Draw a rectangle; then drag, nudge with the arrows, delete or change class. Shift adds.")),
        ("lasso", TR("Tools", "Lasso"), "L",
         TR("Tools", "Draw an outline around points; then as with Select. Shift adds.")),
    ):  # fmt: skip
        action = QAction(text, canvas, checkable=True, checked=name == "put", shortcut=QKeySequence(key))
        action.setStatusTip(tip)
        action.setData(name)
        action.triggered.connect(partial(canvas.take, name))
        group.addAction(action)
        result.append(action)
    return result


def _brush(canvas: Canvas) -> list[QAction]:
    result = []
    for text, key, slot in (
        (TR("Tools", "Smaller brush, closer pen"), "[", partial(canvas.scale_radius, 1 / 1.25)),
        (TR("Tools", "Larger brush, wider pen"), "]", partial(canvas.scale_radius, 1.25)),
        (TR("Tools", "Sparser spray, weaker jitter and magnet"), "{", partial(canvas.change_density, -1)),
        (TR("Tools", "Denser spray, stronger jitter and magnet"), "}", partial(canvas.change_density, 1)),
    ):
        action = QAction(text, canvas, shortcut=QKeySequence(key))
        action.triggered.connect(slot)
        result.append(action)
    return result


def _classes(canvas: Canvas) -> list[QAction]:
    result = []
    for k in range(10):
        text = TR("Tools", "Class {n}").format(n=k + 1)
        action = QAction(text, canvas, shortcut=QKeySequence(str((k + 1) % 10)))
        action.triggered.connect(partial(canvas.choose_class, k))
        result.append(action)
    return result
