"""The middle of the window: the canvas under its strip, with the buttons that belong to both."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout

from playground.gui.canvas import Canvas
from playground.gui.canvas_state import FAN_SIZES
from playground.gui.notify import Strips
from playground.gui.theme import px
from playground.gui.widgets import Surface, ToolButton

LEAST, SMALL = 480, 640
"""The canvas is never narrower than the first; under the second its strip keeps only the eye."""


class Centre(Surface):
    """changed: other layers are shown, or it has another width."""

    changed = Signal()

    def __init__(self, canvas: Canvas, strips: Strips, actions: dict[str, QAction]) -> None:
        super().__init__("canvas")
        self._canvas, self._actions = canvas, actions
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strips)
        column.addWidget(canvas, 1)
        self.layers_menu = QMenu(self.tr("&Show"), self)
        self.layers_menu.aboutToShow.connect(self._fill_layers)
        self.strip_buttons: list[ToolButton] = []
        for strip in (strips.hint, strips.trouble, strips.quiet):
            eye = ToolButton("eye", self.tr("Show and hide"), size=28, role="muted")
            eye.setMenu(self.layers_menu)
            strip.addButton(eye)
            for icon, name in (("maximize", "fit_view"), ("image-down", "save_picture")):
                self.strip_buttons.append(ToolButton(icon, size=28, role="muted", action=actions[name]))
                strip.addButton(self.strip_buttons[-1])
        self.restyle()

    def restyle(self) -> None:
        self.setMinimumWidth(px(LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self.strip_buttons:
            button.setVisible(self.width() >= px(SMALL))
        self.changed.emit()

    def _fill_layers(self) -> None:
        self.layers_menu.clear()
        for key, title, on in self._canvas.layers():
            action = self.layers_menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(on)
            action.toggled.connect(lambda on, key=key: self._show_layer(key, on))
        sizes = self.layers_menu.addMenu(self.tr("Fits in the fan"))
        for n in FAN_SIZES:
            size = sizes.addAction(str(n))
            size.setCheckable(True)
            size.setChecked(n == self._canvas.fan_size)
            size.triggered.connect(lambda _=False, n=n: self._canvas.set_fan_size(n))
        if self.strip_buttons[0].isHidden():
            self.layers_menu.addSeparator()
            self.layers_menu.addActions([self._actions["fit_view"], self._actions["save_picture"]])

    def _show_layer(self, key: str, on: bool) -> None:
        self._canvas.set_layer(key, on)
        self.changed.emit()
