"""What the keys do on the stage: a hand of their own, and what moves or deletes chosen points. Base of `stage.py`."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from playground.engine.points import Points
from playground.gui.picture import NO_IDS, Ids, Picture, place_index
from playground.gui.plot import Frame
from playground.gui.theme import px
from playground.gui.tools import Tool
from playground.gui.widgets.base import FocusRing, Themed

STEP = 8
"""Pixels that an arrow key moves the keyboard's hand, or the chosen points; with Shift one."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class KeyboardHand(FocusRing, Themed, QWidget):
    """The arrows move the hand, Return is its button; with points chosen they nudge these instead."""

    moved = Signal()
    tool: Tool
    selected: Ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: QPointF | None = None
        self._by_keys = False
        self._nudging = False
        """The last gesture was a nudge, and the next one goes on with it."""

    # ---- what the stage has
    @property
    def picture(self) -> Picture:
        raise NotImplementedError

    @property
    def frame(self) -> Frame:
        raise NotImplementedError

    def new_key(self) -> str:
        raise NotImplementedError

    def commit(self, points: Points, text: str) -> None:
        raise NotImplementedError

    def select(self, ids: Ids) -> None:
        raise NotImplementedError

    def end_gesture(self) -> None:
        raise NotImplementedError

    def _begin(self, at: QPointF, add: bool) -> None:
        raise NotImplementedError

    def _move(self, at: QPointF) -> None:
        raise NotImplementedError

    def _can_draw(self, at: QPointF) -> bool:
        raise NotImplementedError

    def _point_at(self, at: QPointF | None) -> None:
        raise NotImplementedError

    # ---- keys
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (len(self.selected) or self.tool.held):
            self.end_gesture()
            self.select(NO_IDS)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and len(self.selected):
            self.delete_selected()
        elif event.key() in ARROWS and self.picture.experiment is not None:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            dx, dy = (steps * (1 if fine else px(STEP)) for steps in ARROWS[Qt.Key(event.key())])
            if len(self.selected) and not self.tool.held:
                self.nudge(dx, dy)
            else:
                self._walk(dx, dy)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._by_keys and self._at is not None:
            if not event.isAutoRepeat() and self._can_draw(self._at):
                self._begin(self._at, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Return is the button of the keyboard's hand: held while the arrows move, it drags and paints."""
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.isAutoRepeat()
            and self._by_keys
        ):
            self.end_gesture()
            self._point_at(self._at)
        else:
            super().keyReleaseEvent(event)

    def _walk(self, dx: float, dy: float) -> None:
        """The keyboard's hand goes a step; it starts where the mouse was, or in the middle."""
        box = self.frame.rect
        at = self._at if self._at is not None and box.contains(self._at) else box.center()
        to = QPointF(
            min(max(at.x() + dx, box.left()), box.right()), min(max(at.y() + dy, box.top()), box.bottom())
        )
        self._by_keys = True
        if self.tool.held:
            self._move(to)
        self._point_at(to)

    def delete_selected(self, text: str = "") -> None:
        """Take the chosen points away; undo calls it `text`."""
        points = self.picture.points
        ids, self.selected = self.selected, NO_IDS
        if np.isin(ids, points.ids).any():
            self.new_key()
            self.commit(points.remove(ids), text or self.tr("Delete points"))

    def nudge(self, dx: float, dy: float) -> None:
        """Move the chosen points by pixels; steps in a row are one gesture."""
        if not self._nudging:
            self.new_key()
            self._nudging = True
        moved = self.shifted(self.selected, dx, dy)
        if moved is not None:
            self.commit(moved, self.tr("Nudge points"))
            if self.picture.settle():
                self.moved.emit()

    def shifted(self, ids: Ids, dx: float, dy: float) -> Points | None:
        """The points with those of `ids` so many pixels away; None where there are none of them."""
        picture, at = self.picture, place_index(self.picture.points, ids)
        if not len(at):
            return None
        (x, y), (way_x, way_y) = picture.places(), self.as_data(dx, dy)
        return picture.moved(picture.points.ids[at], x[at] + way_x, y[at] + way_y)

    def as_data(self, dx: float, dy: float) -> tuple[float, float]:
        """A way in pixels, to the right and down, in the units of the axes."""
        (x0, y0), (x1, y1) = self.frame.data(QPointF(0, 0)), self.frame.data(QPointF(dx, dy))
        return x1 - x0, y1 - y0
