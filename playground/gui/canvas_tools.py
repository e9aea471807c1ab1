"""The tools of the canvas: which is in hand, its radius and density, the class that it draws. Base of `canvas.py`."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from playground.gui.brush_panel import BrushPanel
from playground.gui.canvas_plane import PlanePicture
from playground.gui.palette import Palette
from playground.gui.picture import place_index
from playground.gui.stage import Stage
from playground.gui.theme import px
from playground.gui.tools.base import room
from playground.gui.widgets.base import Themed

COPY_OFFSET = 12
"""Design pixels, to the right and down, from points to their copy."""
DENSITIES = (1, 2, 4, 8, 16, 32)
PANELS = {
    "brush": ("radius", "density"),
    "pen": ("spacing",),
    "eraser": ("radius",),
    "jitter": ("radius", "strength"),
    "magnet": ("radius", "strength"),
}
"""What the panel of each tool offers."""


class CanvasTools(Themed, QWidget):
    """The canvas makes the parts that are named here, and connects them.

    edit(points, text, merge key)  a tool made these Points; equal keys belong to one gesture, one undo
    view_changed()                 the ranges, and so `view()`, are other ones
    note(sentence)                 something to say in the status bar
    tool_changed(name)             the tool in hand, or the class that it draws, is another one
    """

    edit = Signal(object, str, str)
    view_changed = Signal()
    note = Signal(str)
    tool_changed = Signal(str)
    class_wanted = Signal()
    """The palette asks for one class more."""

    stage: Stage
    brush_panel: BrushPanel
    _palette: Palette
    _actions: list[QAction]

    @property
    def n_classes(self) -> int:
        """How many classes the palette offers."""
        return len(self._palette.chips())

    @property
    def tool(self) -> str:
        """The name of the tool in hand: "put", "brush", "pen", "eraser", "jitter", "magnet", "select" or "lasso"."""
        return self.stage.tool.name

    def set_tool(self, name: str) -> None:
        """Take this tool in hand."""
        if name != self.tool:
            self.brush_panel.hide()
            self.stage.set_tool(name)
            for action in self._actions:
                if isinstance(action.data(), str):
                    action.setChecked(action.data() == name)
            self.tool_changed.emit(name)

    @property
    def current_class(self) -> int:
        """The class that put, brush and pen draw, counted from 0."""
        return self.stage.label

    @current_class.setter
    def current_class(self, k: int) -> None:
        if k != self.stage.label:
            self.stage.label = k
            self.stage.update()
            self.tool_changed.emit(self.tool)
        self._palette.set_current(k)

    @property
    def brush_radius(self) -> float:
        """Of the footprint of brush, eraser, jitter and magnet, in design pixels."""
        return self.stage.radius

    @brush_radius.setter
    def brush_radius(self, radius: float) -> None:
        self.stage.set_radius(radius)

    @property
    def brush_density(self) -> int:
        """Points that the brush sprays at each of its 20 ticks a second; the strength of jitter and magnet."""
        return self.stage.density

    @brush_density.setter
    def brush_density(self, density: int) -> None:
        self.stage.density = min(max(int(density), DENSITIES[0]), DENSITIES[-1])

    @property
    def pen_spacing(self) -> float:
        """Design pixels from one point of a stroke to the next."""
        return self.stage.spacing

    @pen_spacing.setter
    def pen_spacing(self, spacing: float) -> None:
        self.stage.set_spacing(spacing)

    def select_all(self) -> None:
        """Choose every point, with a tool in hand that is for chosen ones."""
        if not self.stage.tool.chooses:
            self.set_tool("select")
        self.stage.select(self.stage.picture.points.ids)

    def delete_selection(self) -> None:
        """Take the chosen points away; nothing without a choice."""
        self.stage.delete_selected()

    def duplicate_selection(self) -> None:
        """A copy of the chosen points beside them, chosen in their place."""
        stage = self.stage
        points = stage.picture.points
        copies = stage.shifted(stage.selected, px(COPY_OFFSET), px(COPY_OFFSET))
        if copies is None:
            self.note.emit(self.tr("Choose points first, with Select or Lasso."))
            return
        at = place_index(points, stage.selected)
        at = at[: room(stage, len(at))]
        if len(at):
            stage.new_key()
            stage.commit(points.add(copies.X[at], copies.t[at]), self.tr("Duplicate points"))
            stage.select(stage.picture.points.ids[-len(at) :])

    def has_selection(self) -> bool:
        return len(self.stage.selected) > 0

    def change_class(self, k: int) -> None:
        """Give the chosen points class `k`."""
        stage = self.stage
        picture, points = stage.picture, stage.picture.points
        ids = points.ids[np.isin(points.ids, stage.selected)]
        if len(ids) and isinstance(picture, PlanePicture) and k < max(picture.n_classes, 2):
            value = (-1.0, 1.0)[k] if picture.numeric else float(k)
            stage.new_key()
            stage.commit(points.replace(ids, t=np.full(len(ids), value)), self.tr("Change class"))

    def choose_class(self, k: int) -> None:
        """A digit or a chip: what is drawn next, and the class of the points that are chosen."""
        n = self.n_classes
        if k >= n:
            if n:
                self.note.emit(self.tr("There are only {n} classes. Add one in the data panel.").format(n=n))
            return
        self.current_class = k
        self.change_class(k)

    def tool_actions(self) -> list[QAction]:
        """Every key of the tools, for the window to install."""
        return list(self._actions)

    def take(self, name: str) -> None:
        """A tool's button or key; once more: its radius, density or spacing, where it has them."""
        again = name == self.tool
        self.set_tool(name)
        if again and name in PANELS:
            if self.brush_panel.isVisible():
                self.brush_panel.hide()
                return
            button = self._palette.button(name)
            corner = QPoint(self._palette.geometry().right() - px(2), button.mapTo(self.stage, QPoint()).y())
            values = {"radius": self.brush_radius, "density": self.brush_density, "strength": self.brush_density,
                      "spacing": self.pen_spacing}  # fmt: skip
            self.brush_panel.open_at(corner.x(), corner.y(), {row: values[row] for row in PANELS[name]})

    def adjust_tool(self, name: str, value: float) -> None:
        """What a slider of the panel says."""
        if name == "radius":
            self.brush_radius = value
        elif name == "spacing":
            self.pen_spacing = value
        else:
            self.brush_density = round(value)

    def scale_radius(self, factor: float) -> None:
        """A larger or smaller footprint; with the pen in hand, points further apart or closer."""
        if self.tool == "pen":
            self.pen_spacing *= factor
            self.note.emit(self.tr("Pen: a point every {n} pixels").format(n=round(self.pen_spacing)))
        else:
            self.stage.set_radius(self.stage.radius * factor)

    def change_density(self, step: int) -> None:
        """The next denser (1) or sparser (-1) spray, or the next stronger or weaker pull."""
        now = min(range(len(DENSITIES)), key=lambda i: abs(DENSITIES[i] - self.brush_density))
        self.brush_density = DENSITIES[min(max(now + step, 0), len(DENSITIES) - 1)]
        if self.tool in ("jitter", "magnet"):
            self.note.emit(self.tr("Strength: {n}").format(n=self.brush_density))
        else:
            self.note.emit(self.tr("Brush: {n} points at a time").format(n=self.brush_density))
