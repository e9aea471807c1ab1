"""The floating palette at the edge of the canvas: the tools, and a chip for each class."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from playground.gui.heat import numeric_colors
from playground.gui.markers import draw_class, draw_symbol
from playground.gui.theme import host, px, theme
from playground.gui.widgets.base import FocusRing, Themed, draw_ring, rounded
from playground.gui.widgets.buttons import ToolButton
from playground.gui.widgets.tooltip import set_rich_tip

BUTTON, PAD = 32, 4
ICONS = {
    "put": "circle-plus",
    "brush": "spray-can",
    "pen": "pen-line",
    "eraser": "eraser",
    "jitter": "vibrate",
    "magnet": "magnet",
    "select": "square-dashed-mouse-pointer",
    "lasso": "lasso",
}

CHOOSING = ("select", "lasso")


class Shape(NamedTuple):
    """Columns of tools, columns of chips, and the side of a chip."""

    tools: int
    chips: int
    chip: int


SHAPES = (Shape(1, 1, BUTTON), Shape(1, 2, 20), Shape(2, 2, BUTTON), Shape(2, 3, 20))
"""The first one that fits the height is taken."""


class ClassChip(FocusRing, Themed, QAbstractButton):
    """The marker of a class; the chosen one is what the tools draw."""

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.index, self.numeric, self.box = index, False, BUTTON
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.follow_theme()

    def name_it(self, name: str, numeric: bool) -> None:
        self.numeric = numeric
        text = self.tr("Target {name}") if numeric else self.tr("Class {name}")
        self.setAccessibleName(text.format(name=name))
        key = str((self.index + 1) % 10)
        effect = self.tr("What put, brush and pen draw, and the class that chosen points get.")
        set_rich_tip(self, self.accessibleName(), key, effect)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self.box), px(self.box))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        if self.isChecked():
            small = self.box < BUTTON
            rounded(painter, box, px(6), theme().accent_soft, theme().accent if small else None)
        elif self.underMouse():
            rounded(painter, box, px(6), theme().hover)
        if self.numeric:
            fill, outline = numeric_colors(2)[self.index]
            draw_symbol(painter, box.center(), "o", px(14), fill, outline)
        else:
            draw_class(painter, box.center(), theme().classes[self.index], px(12))
        if self.ring_on:
            draw_ring(painter, box, px(6))


class Palette(Themed, QWidget):
    """A raised column with its shadow painted into its own margin (an effect would cost every frame)."""

    class_chosen = Signal(int)
    class_wanted = Signal()
    """One class more."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more = ToolButton(
            "plus", self.tr("One class more"), size=28, icon_size=16, role="muted", parent=self
        )
        self._more.clicked.connect(self.class_wanted)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._buttons = [ToolButton(ICONS[a.data()], size=BUTTON, action=a, parent=self) for a in actions]
        self._chips: list[ClassChip] = []
        self._shown: object = None
        self._lines: list[float] = []
        self._room = 10_000
        self.follow_theme()

    # ---- classes
    def set_classes(self, names: tuple[str, ...], numeric: bool, current: int) -> None:
        """A chip for each name; none in the curve lab."""
        if (names, numeric, current) == self._shown:
            return
        while len(self._chips) > len(names):
            gone = self._chips.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._chips) < len(names):
            chip = ClassChip(len(self._chips), self)
            chip.clicked.connect(lambda _=False, i=chip.index: self.class_chosen.emit(i))
            chip.show()
            self._chips.append(chip)
        for chip, name in zip(self._chips, names, strict=True):
            chip.name_it(name, numeric)
        self._more.setVisible(0 < len(names) < len(theme().classes) and not numeric)
        self.set_current(current)
        self._shown = names, numeric, current
        self._arrange()

    def set_current(self, current: int) -> None:
        self._shown = None
        for chip in self._chips:
            chip.setChecked(chip.index == current)

    def chips(self) -> list[ClassChip]:
        return list(self._chips)

    def buttons(self) -> list[ToolButton]:
        return list(self._buttons)

    # ---- shape
    @staticmethod
    def margin() -> int:
        """Around the raised box, for its shadow."""
        return px(8)

    def button(self, name: str) -> ToolButton:
        """The button of a tool."""
        return self._buttons[list(ICONS).index(name)]

    def set_room(self, height: int) -> None:
        """The height there is; chips, and then tools, stand side by side when they would not fit."""
        if height != self._room:
            self._room = height
            self._arrange()

    def restyle(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        for shape in SHAPES:
            height = self._lay_out(shape)
            if height <= self._room:
                break
        self.resize(shape.tools * px(BUTTON) + 2 * (px(PAD) + self.margin()), height)
        self.update()

    def _lay_out(self, shape: Shape) -> int:
        """Put all in its place, and say how high that is."""
        edge, side, gap = self.margin() + px(PAD), px(BUTTON), px(9)
        chosen = [self.button(name) for name in CHOOSING]
        groups = [[button for button in self._buttons if button not in chosen], chosen]
        y, self._lines = edge, []
        for group in groups:
            if group is chosen:  # these stand apart from the tools that draw
                self._lines.append(y + gap / 2 - 1)
                y += gap
            for i, button in enumerate(group):
                button.move(edge + i % shape.tools * side, y + i // shape.tools * side)
            y += math.ceil(len(group) / shape.tools) * side
        if self._chips:
            self._lines.append(y + gap / 2 - 1)
            y += gap
            chip_side, wide = px(shape.chip), shape.tools * side
            left = edge + (wide - shape.chips * chip_side) // 2
            for i, chip in enumerate(self._chips):
                row, column = divmod(i, shape.chips)
                chip.box = shape.chip
                chip.setGeometry(left + column * chip_side, y + row * chip_side, chip_side, chip_side)
            y += math.ceil(len(self._chips) / shape.chips) * chip_side
            if not self._more.isHidden():
                self._more.move(edge + (wide - self._more.width()) // 2, y)
                y += self._more.height()
        return y + edge

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = draw_raised(painter, QRectF(self.rect()), self.devicePixelRatioF())
        for y in self._lines:
            line = QRectF(box.left() + px(8), round(y), box.width() - 2 * px(8), 1)
            painter.fillRect(line, theme().color("border"))
        painter.end()


def draw_raised(painter: QPainter, area: QRectF, ratio: float) -> QRectF:
    """A raised box with its shadow inside `area`; the box itself lies 8 design pixels further in."""
    t, m = theme(), px(8)
    size = round(area.width()), round(area.height())
    painter.drawPixmap(area.topLeft(), _shadow(*size, m, t.shadow, t.shadow_opacity, host().zoom, ratio))
    box = area.adjusted(m, m, -m, -m)
    rounded(painter, box, px(8), t.raised, t.border if t.is_dark else None)
    return box


@lru_cache(maxsize=8)
def _shadow(
    width: int, height: int, margin: int, color: str, opacity: float, zoom: float, ratio: float
) -> QPixmap:
    """A soft shadow 2 px below a rounded box that lies `margin` inside."""
    picture = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    steps = margin
    ink = QColor(color)
    ink.setAlphaF(min(0.7 * opacity / max(steps, 1), 1.0))
    painter.translate(QPointF(0, px(2)))
    for i in range(steps):
        inset = px(2) + i * (margin - px(2)) / steps
        box = QRectF(inset, inset, width - 2 * inset, height - 2 * inset)
        rounded(painter, box, px(8) + margin - inset, ink)
    painter.end()
    return QPixmap.fromImage(picture)
