"""The view of `Network` under the hands of a person: layers, units, inputs, weights and residual connections.

It changes nothing itself: each gesture becomes a change of the document, which the window makes. The picture is in
`network_picture.py`. Run it alone for a look: `python -m playground.gui.views.network`.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from playground.engine import links
from playground.engine.links import MOST
from playground.gui.theme import px
from playground.gui.views.network_keys import NetworkKeys
from playground.gui.views.network_layout import Target
from playground.gui.views.network_menus import inputs_menu, layer_menu

REPEAT_FIRST_MS, REPEAT_MS = 400, 90
"""A button that is held down repeats."""
DRAG_FROM = 4
"""Pixels that the mouse goes before a press becomes a drag."""
PER_PIXEL, PER_PIXEL_FINE = 0.02, 0.002
"""How much a link that is dragged upwards gains with each pixel; with Shift."""

CURSORS = {"head": Qt.CursorShape.ArrowCursor, "port": Qt.CursorShape.CrossCursor}


class NetworkView(NetworkKeys):
    """unit_pointed(unit): the unit (layer, unit) whose response is to be shown large, or None."""

    unit_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointed: tuple[int, int] | None = None
        self._pressed: Target | None = None
        self._from = QPointF()
        self._repeat = QTimer(self, interval=REPEAT_MS)
        self._repeat.timeout.connect(self._again)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # ---- what lies under the mouse
    def target_at(self, at: QPointF) -> Target | None:
        """At a point of the widget."""
        if not self.has_data():
            return None
        places, inside = self.places, self.inside(at)
        if self._editable():
            here = places.layer_at(inside)
            kinds = ("less", "more", "remove") if places.room_to_remove else ("less", "more")
            own = [Target(kind, here) for kind in kinds] if here else []
            for button in (*self.buttons_shown(), *own):
                if places.button(button).contains(inside):
                    return button
            for layer in range(places.n_layers):
                if places.button(Target("port", layer)).adjusted(-2, -2, 2, 2).contains(inside):
                    return Target("port", layer)
            for layer in range(places.n_layers - 1):
                if places.button(Target("kind", layer)).contains(inside):
                    return Target("kind", layer)
        skip = places.skip_at(inside, self.skips())
        if skip is not None or inside.y() < places.ports:
            layer = places.layer_at(inside)
            return skip or (Target("head", layer) if layer else None)
        single = not self.condensed and self._editable()
        return ((places.bias_at(inside) if single else None) or places.unit_at(inside)
                or (places.link_at(inside, self._strengths_and_cut()) if single else None))  # fmt: skip

    def _editable(self) -> bool:
        e = self.experiment
        return e is not None and e.model.editable and len(e.model.hidden) == len(self.summary.units) - 2

    def _strengths_and_cut(self) -> Any:
        import numpy as np

        cut = np.array(sorted(self.marks().cut), dtype=np.int64).reshape(-1, 3)
        sizes = [len(u) for u in self.summary.units]
        fits = [layer < len(sizes) and a < sizes[layer - 1] and b < sizes[layer] for layer, a, b in cut.tolist()]
        return np.vstack([self._strengths.links, cut[np.array(fits, dtype=bool)]])

    # ---- the mouse
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._mouse = at
        if self.rubber is not None:
            self.rubber = self.rubber[0], self.inside(at)
            self.point_at(self._port_near(at))
            self.update()
        elif self._drag is not None:
            self._drag_to(at, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self._pressed is not None and self._pressed.link and abs(at.y() - self._from.y()) > px(DRAG_FROM):
            self._begin_drag(self._pressed.link)
            self._drag_to(at, False)
        elif not event.buttons():
            self.point_at(self.target_at(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.has_data():
            return
        self.message = ""
        self.caret = None
        at = event.position()
        target = self.target_at(at)
        self._pressed, self._from = target, at
        if self.editor.isVisible():
            self.close_editor()
        self.point_at(target)
        if target is None or target.kind == "head":
            self.select(None)
        elif target.kind == "port":
            self.rubber = target.layer, self.inside(at)
        elif target.kind in ("more", "less"):
            self._key = f"network:{next(self._counter)}"
            self.change_units(target.layer, 1 if target.kind == "more" else -1, self._key)
            self._repeat.start(REPEAT_FIRST_MS)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        target, self._pressed = self._pressed, None
        at = event.position()
        if self._repeat.isActive():
            self._repeat.stop()
            self.settled.emit()
        elif self.rubber is not None:
            source, self.rubber = self.rubber[0], None
            near = self._port_near(at)
            if near is not None and near.layer != source:
                self.connect_layers(source, near.layer)
            self.point_at(self.target_at(at))
            self.update()
        elif self._drag is not None:
            self._end_drag()
        elif target is not None and self.target_at(at) == target:
            self.act(target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._drag is None and self.rubber is None:
            self.point_at(None)

    def hideEvent(self, event: QHideEvent) -> None:
        self._repeat.stop()
        self._pressed, self._drag, self.rubber = None, None, None
        self.close_editor()
        self.point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._bar.maximum():
            turn = event.angleDelta()
            self.scroll_by(-round((turn.y() or turn.x()) / 120 * px(48)))
            event.accept()
        else:
            event.ignore()

    def point_at(self, target: Target | None) -> None:
        """This is under the mouse now."""
        if target != self.hovered:
            self.hovered = target
            kind = target.kind if target is not None else "head"
            self.setCursor(CURSORS.get(kind, Qt.CursorShape.PointingHandCursor))
        self.point_at_unit(target)
        self.update()

    def point_at_unit(self, target: Target | None) -> None:
        """The canvas shows the response of the unit under the mouse or the keyboard."""
        unit = (target.layer, target.a) if target is not None and target.kind == "unit" and not self.condensed else None
        if unit != self.pointed:
            self.pointed = unit
            self.unit_pointed.emit(unit)

    def _port_near(self, at: QPointF) -> Target | None:
        """The port to which a connection that is let go here would lead: of the column under the mouse."""
        places, x = self.places, self.inside(at).x()
        layer = min(range(places.n_layers), key=lambda i: abs(places.x[i] - x))
        near = abs(places.x[layer] - x) <= max(places.wide[layer] / 2 + px(8), px(16))
        return Target("port", layer) if near else None

    # ---- what a click does
    def act(self, target: Target) -> None:
        """What a click on it, or Return, does."""
        if target.kind == "unit" and target.layer == 0 and self._editable():
            self.toggle_input(self.summary.inputs[target.a])
        elif target.kind == "unit" and self.condensed:
            self.set_condensed(False)
        elif target.kind == "unit":
            unit = (target.layer, target.a)
            self.select(None if self.selected == unit else unit)
        elif target.kind == "input":
            self.toggle_input(target.name)
        elif target.kind == "skip":
            self.remove_skip(links.skip(target.name))
        elif target.link is not None:
            self.edit_link(target)
        elif target.kind == "add":
            self.add_layer(target.layer)
        elif target.kind == "remove":
            self.remove_layer(target.layer)
        elif target.kind == "kind" and target.layer == 0:
            if self.experiment is not None and self.experiment.data.n_inputs == 2:
                self.open_menu(inputs_menu(self), target)
        elif target.kind == "kind":
            self.open_menu(layer_menu(self, target.layer), target)

    def _again(self) -> None:
        self._repeat.setInterval(REPEAT_MS)
        if self._pressed is not None:
            self.change_units(self._pressed.layer, 1 if self._pressed.kind == "more" else -1, self._key)

    def _drag_to(self, at: QPointF, fine: bool) -> None:
        if self._drag is not None:
            by = (self._from.y() - at.y()) * (PER_PIXEL_FINE if fine else PER_PIXEL) / px(100) * 100
            value = min(max(self._drag[1] + by, -MOST), MOST)
            self._move_to(float(f"{value:.4g}"))


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("network")
