"""The view of `Network` under the hands of a person: layers, units, inputs, weights and residual connections.

It changes nothing itself: each gesture becomes a change of the document, which the window makes. The picture is in
`network_picture.py`. Run it alone for a look: `python -m playground.gui.views.network`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine import links
from playground.engine.links import MOST, Link, Skip
from playground.gui import network_changes as changes
from playground.gui.network_changes import MOST_LAYERS, MOST_UNITS
from playground.gui.numbers import fmt
from playground.gui.theme import px
from playground.gui.views.link_editor import LinkEditor
from playground.gui.views.network_keys import NetworkKeys
from playground.gui.views.network_layout import Target, bias_or_link, input_order
from playground.gui.views.network_menus import layer_menu, width_menu
from playground.gui.widgets.text import plain

REPEAT_FIRST_MS, REPEAT_MS = 400, 90
"""A button that is held down repeats."""
DRAG_FROM = 4
"""Pixels that the mouse goes before a press becomes a drag."""
PER_PIXEL, PER_PIXEL_FINE = 0.02, 0.002
"""How much a link that is dragged upwards gains with each pixel; with Shift."""


class NetworkView(NetworkKeys):
    """wanted(changes, text, merge): a change of the document; settled: the gesture is over.
    unit_pointed(unit): the unit (layer, unit) whose response is to be shown large, or None."""

    wanted = Signal(object, str, str)
    settled = Signal()
    unit_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointed: tuple[int, int] | None = None
        self._pressed: Target | None = None
        self._from = QPointF()
        self._drag: tuple[Link, float, tuple[str, ...]] | None = None
        """The link that is being dragged, its value and the edits before."""
        self._counter = itertools.count(1)
        self._key = ""
        self._repeat = QTimer(self, interval=REPEAT_MS)
        self._repeat.timeout.connect(self._again)
        self.editor = LinkEditor(self)
        self.editor.value_given.connect(self._typed)
        self.editor.dragged.connect(self._slid)
        self.editor.settled.connect(self._end_drag)
        self.editor.freeze_asked.connect(lambda: self.toggle_frozen(self.editor.link))
        self.editor.cut_asked.connect(lambda: self.toggle_cut(self.editor.link))
        self.editor.closed.connect(self.close_editor)
        self.menu: QMenu | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # ---- what is shown
    def _changed(self) -> None:
        super()._changed()
        if hasattr(self, "editor") and self.editor.isVisible():
            self._follow_editor()

    def _stale(self) -> None:
        super()._stale()
        if hasattr(self, "editor") and self.editor.isVisible() and self.editor.link is not None:
            self.editor.show_state(self.held().get(self.editor.link))

    def _follow_editor(self) -> None:
        value = None if self.editor.link is None or self.summary is None else self.value(self.editor.link)
        if value is None:
            self.close_editor()
        else:
            self.editor.follow(value)

    def says(self, target: Target) -> list[str]:
        link = target.link
        if link is not None:
            value, held = self.value(link), self.held()
            state = "" if link not in held else self.tr("cut") if held[link] == 0 else self.tr("frozen")
            how = self.tr("Click to type, drag up and down to change.")
            return [f"{self.link_name(target)}: {fmt(None if value is None else float(f'{value:.4g}'))}"
                    + (f", {state}" if state else ""), how]  # fmt: skip
        if target.kind == "unit":
            return self._says_unit(target)
        if target.kind == "input":
            return [self.tr("An input that is off"), self.tr("Click to switch it on.")]
        if target.kind == "skip":
            skip = links.skip(target.name)
            how = self.tr("by a learned projection") if skip.projection else self.tr("unit by unit")
            words = self.tr("Added to the sums of {to}, {how}. Click to remove.")
            return [self.tr("Residual connection from {a} to {b}").format(
                a=self.layer_name(skip.source), b=self.layer_name(skip.target)),
                words.format(to=self.layer_name(skip.target), how=how)]  # fmt: skip
        if target.kind == "port":
            return self._says_port(target.layer)
        return [self.button_name(target)]

    def _says_unit(self, target: Target) -> list[str]:
        if self.condensed and 0 < target.layer < len(self.summary.units) - 1:
            return [self.tr("All units of layer {n}").format(n=target.layer), self.tr("Click to see them one by one.")]
        name = self.unit_name(target.layer, target.a)
        how = self.tr("Click for its formula.") if target.layer else self.tr("Click to switch it off.")
        return [name[:1].upper() + name[1:], how]

    def _says_port(self, layer: int) -> list[str]:
        if self.rubber is not None and layer != self.rubber[0]:
            return [self.fitting(self.rubber[0], layer) or self._widths(self.rubber[0], layer)
                    or self.tr("Let go for a residual connection.")]  # fmt: skip
        return [self.tr("Drag to another layer"), self.tr("A residual connection adds this layer to its sums.")]

    def button_name(self, target: Target) -> str:
        names = {
            "add": self.tr("Add a layer"), "more": self.tr("One more unit in layer {n}"),
            "less": self.tr("One unit less in layer {n}"), "remove": self.tr("Remove layer {n}"),
            "kind": self.tr("Activation and dropout of layer {n}"),
        }  # fmt: skip
        return names.get(target.kind, "").format(n=target.layer)

    # ---- what lies under the mouse
    def target_at(self, at: QPointF) -> Target | None:
        """At a point of the widget."""
        if not self.has_data():
            return None
        places, inside = self.places, self.inside(at)
        if self._editable():
            here = places.layer_at(inside)
            own = [Target(kind, here) for kind in ("less", "more", "remove")] if here else []
            for button in (*self.buttons_shown(), *own):
                if places.button(button).contains(inside):
                    return button
            for layer in range(places.n_layers):
                if places.button(Target("port", layer)).adjusted(-2, -2, 2, 2).contains(inside):
                    return Target("port", layer)
            for layer in range(1, places.n_layers - 1):
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
        return e is not None and not e.model.linear and len(e.model.hidden) == len(self.summary.units) - 2

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
        self.cursor = None
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
            self.scroll(-round((turn.y() or turn.x()) / 120 * px(48)))
            event.accept()
        else:
            event.ignore()

    def point_at(self, target: Target | None) -> None:
        """This is under the mouse now."""
        if target != self.hovered:
            self.hovered = target
            shape = Qt.CursorShape.PointingHandCursor if target and target.kind != "head" else Qt.CursorShape.ArrowCursor
            if target is not None and target.kind == "port":
                shape = Qt.CursorShape.CrossCursor
            self.setCursor(shape)
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
        elif target.kind == "kind":
            self.open_menu(layer_menu(self, target.layer), target)

    def open_menu(self, menu: QMenu, target: Target) -> None:
        self.menu = menu
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, menu.deleteLater))
        corner = self.outside(self.places.button(target)).bottomLeft()
        menu.popup(self.mapToGlobal(corner.toPoint()))

    def _want(self, make: Callable[[], changes.Changes], text: str, merge: str = "") -> None:
        """Ask the window for a change; while the picture is behind the document some have no meaning any more."""
        if self.experiment is not None and not self.experiment.model.linear:
            self.wanted.emit(make(), text, merge)

    # ---- shape
    def toggle_input(self, name: str) -> None:
        e = self.experiment
        if e is None or e.data.n_inputs == 1:
            return
        try:
            found = changes.toggle_input(e, name, input_order((*self.summary.inputs, *self.summary.others)))
        except ValueError:
            self.refuse(self.tr("A network needs at least one input: switch another one on first."))
            return
        self._want(lambda: found, self.tr("Inputs"))

    def add_layer(self, at: int) -> None:
        e = self.experiment
        if e is not None and len(e.model.hidden) >= MOST_LAYERS:
            self.refuse(self.tr("A network has at most {n} hidden layers.").format(n=MOST_LAYERS))
        elif e is not None:
            self.select(None)
            self._want(lambda: changes.insert_layer(e, at), self.tr("Add a layer"))

    def remove_layer(self, layer: int) -> None:
        e = self.experiment
        if e is not None and 0 < layer <= len(e.model.hidden):
            self.select(None)
            self._want(lambda: changes.remove_layer(e, layer), self.tr("Remove layer {n}").format(n=layer))

    def change_units(self, layer: int, by: int, merge: str = "") -> None:
        e = self.experiment
        if e is None or not 0 < layer <= len(e.model.hidden):
            return
        units = e.model.hidden[layer - 1] + by
        if units < 1:
            self.refuse(self.tr("A layer has at least one unit. The cross beside its activation removes it."))
        elif units > max(MOST_UNITS, e.model.hidden[layer - 1]):
            self.refuse(self.tr("A layer has at most {n} units here.").format(n=MOST_UNITS))
        else:
            text = self.tr("Units of layer {n}").format(n=layer)
            self._want(lambda: changes.resize_layer(e, layer, units), text, merge)

    def _again(self) -> None:
        self._repeat.setInterval(REPEAT_MS)
        if self._pressed is not None:
            self.change_units(self._pressed.layer, 1 if self._pressed.kind == "more" else -1, self._key)

    def set_activation(self, layer: int, name: str) -> None:
        e = self.experiment
        if e is not None:
            text = self.tr("Activation of layer {n}").format(n=layer)
            self._want(lambda: changes.set_activation(e, layer, name), text)

    def set_dropout(self, layer: int, share: float) -> None:
        e = self.experiment
        if e is not None:
            self._want(lambda: changes.set_dropout(e, layer, share), self.tr("Dropout of layer {n}").format(n=layer))

    # ---- residual connections
    def fitting(self, source: int, target: int) -> str:
        source, target = sorted((source, target))
        if target - source < 2:
            return self.tr("A residual connection passes over one layer at least.")
        if any((skip.source, skip.target) == (source, target) for skip in self.skips()):
            return self.tr("These two layers are connected already.")
        return ""

    def _width(self, layer: int) -> int:
        return len(self.summary.units[layer])

    def _widths(self, source: int, target: int) -> str:
        """The sentence for two layers of different width; empty for the same."""
        source, target = sorted((source, target))
        a, b = self._width(source), self._width(target)
        if a == b:
            return ""
        words = self.tr("Different widths, {a} and {b}: it takes a learned projection.")
        return words.format(a=a, b=b)

    def connect_layers(self, source: int, target: int) -> None:
        """A residual connection from the earlier of two layers to the later one; asks where their widths differ."""
        source, target = sorted((source, target))
        why = self.fitting(source, target)
        if why:
            self.refuse(why)
        elif self._widths(source, target):
            self.open_menu(width_menu(self, source, target), Target("port", target))
        else:
            self.add_skip(Skip(source, target))

    def add_skip(self, skip: Skip, units: int = 0) -> None:
        """With `units` the hidden layer at one of its ends gets as many first."""
        e = self.experiment
        if e is None:
            return
        found = changes.add_skip(e, skip)
        if units:
            layer = skip.target if skip.target <= len(e.model.hidden) else skip.source
            found = changes.resize_layer(e, layer, units)
            found["model.skips"] = (*found["model.skips"], str(skip))
        self._want(lambda: found, self.tr("Residual connection"))

    def remove_skip(self, skip: Skip) -> None:
        e = self.experiment
        if e is not None:
            self.point_at(None)
            self._want(lambda: changes.remove_skip(e, skip), self.tr("Remove residual connection"))

    # ---- single numbers
    def edit_link(self, target: Target) -> None:
        """Open the editor beside a link or a bias."""
        link = target.link
        value = self.value(link) if link is not None else None
        if link is None or value is None:
            return
        self._key = f"network:{next(self._counter)}"
        box = self.outside(self.box_of(target))
        if target.kind == "link" and self.hovered == target:
            box = box.translated(self._mouse - box.center())
        self.editor.show_state(self.held().get(link))
        self.editor.open(link, self.short_name(target), value, box.toRect())
        self.editor.setAccessibleName(plain(self.link_name(target)))

    def close_editor(self) -> None:
        if self.editor.isVisible():
            self.editor.hide()
            self._end_drag()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _text(self, link: Link) -> str:
        return plain(self.link_name(bias_or_link(link)))

    def set_value(self, link: Link, value: float, merge: str = "") -> None:
        e, now = self.experiment, self.value(link)
        if e is not None and now is not None and value != now:
            self._want(lambda: changes.set_weight(e, link, now, value), self._text(link), merge)

    def _typed(self, value: float) -> None:
        if self.editor.link is not None:
            self.set_value(self.editor.link, value)

    def toggle_frozen(self, link: Link | None) -> None:
        e = self.experiment
        now = self.value(link) if link is not None else None
        if e is None or link is None or now is None:
            return
        held = changes.held_values(e).get(link)
        if held is None:
            self._want(lambda: changes.freeze(e, link, now), self.tr("Freeze {link}").format(link=self._text(link)))
        elif held != 0:
            self._want(lambda: changes.unfreeze(e, link), self.tr("Unfreeze {link}").format(link=self._text(link)))

    def toggle_cut(self, link: Link | None) -> None:
        e = self.experiment
        now = self.value(link) if link is not None else None
        if e is None or link is None or now is None:
            return
        if changes.held_values(e).get(link) == 0.0:
            self._want(lambda: changes.restore(e, link), self.tr("Restore {link}").format(link=self._text(link)))
        else:
            self._want(lambda: changes.cut(e, link, now), self.tr("Cut {link}").format(link=self._text(link)))

    # ---- a number that is dragged
    def _begin_drag(self, link: Link) -> None:
        e, now = self.experiment, self.value(link)
        if e is not None and now is not None:
            self._key = f"network:{next(self._counter)}"
            self._drag = link, now, e.model.edits

    def _drag_to(self, at: QPointF, fine: bool) -> None:
        if self._drag is not None:
            by = (self._from.y() - at.y()) * (PER_PIXEL_FINE if fine else PER_PIXEL) / px(100) * 100
            value = min(max(self._drag[1] + by, -MOST), MOST)
            self._move_to(float(f"{value:.4g}"))

    def _slid(self, value: float) -> None:
        if self._drag is None and self.editor.link is not None:
            self._begin_drag(self.editor.link)
        self._move_to(value)

    def _move_to(self, value: float) -> None:
        """All of a drag is one edit, from the value at its beginning."""
        e = self.experiment
        if e is not None and self._drag is not None:
            link, before, edits = self._drag
            self._want(lambda: changes.set_weight(e, link, before, value, edits), self._text(link), self._key)

    def _end_drag(self) -> None:
        if self._drag is not None:
            self._drag = None
            self.settled.emit()


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("network")
