"""The picture of a network under the keyboard: arrows go from unit to unit and from link to link."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent

from playground.engine import links
from playground.gui.views.network_edits import NetworkEdits
from playground.gui.views.network_layout import Target
from playground.gui.views.network_words import spoken
from playground.gui.widgets.base import FocusRing

ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class NetworkKeys(FocusRing, NetworkEdits):
    """Left and right go from a unit over one of its links to a unit of the next layer, up and down within a layer and
    among the links of a unit; Shift with left goes to the bias. Return: formula or editor; Delete cuts or switches
    off; plus and minus change the units of the layer, F freezes, Shift with Return opens the menu of the layer,
    Escape goes back."""

    def ring_shown(self) -> bool:
        return self.ring_on

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_at_unit(None)

    def event(self, event: QEvent) -> bool:
        """Delete cuts a link here and does not delete points."""
        if event.type() == QEvent.Type.ShortcutOverride and self.caret is not None:
            if cast(QKeyEvent, event).key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.has_data():
            super().keyPressEvent(event)
            return
        key, here = Qt.Key(event.key()), self.caret
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if shift and here is not None and here.layer and self._shifted(key, here):
            return
        if key in ARROWS:
            self._go(*ARROWS[key])
        elif key == Qt.Key.Key_Escape and (self.selected or self.message or here):
            self._back()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus) and here is not None and here.layer:
            self.change_units(here.layer, -1 if key == Qt.Key.Key_Minus else 1)
        elif here is None or not self._on_target(key, here):
            super().keyPressEvent(event)

    def _on_target(self, key: Qt.Key, here: Target) -> bool:
        """Keys for the thing under the keyboard; whether it has a use for this one."""
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.act(here)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete(here)
        elif key == Qt.Key.Key_F and here.link is not None:
            self.toggle_frozen(here.link)
        else:
            return False
        return True

    def _shifted(self, key: Qt.Key, here: Target) -> bool:
        """With Shift: to the bias of a unit, to the menu of its layer."""
        if key == Qt.Key.Key_Left and here.kind == "unit" and not self.condensed:
            self._arrive(Target("bias", here.layer, here.a))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here.layer < len(self.summary.units) - 1:
            self.act(Target("kind", here.layer))
        else:
            return False
        return True

    def _delete(self, here: Target) -> None:
        if here.link is not None:
            self.toggle_cut(here.link)
        elif here.kind == "skip":
            self.remove_skip(links.skip(here.name))
        elif here.kind == "unit" and here.layer == 0:
            self.toggle_input(self.summary.inputs[here.a])

    def _back(self) -> None:
        self.message = ""
        if self.selected is not None:
            self.select(None)
        else:
            self.caret = None
            self.point_at_unit(None)
        self.update()

    def _go(self, dx: int, dy: int) -> None:
        """One step with an arrow key."""
        self.ring_on = True
        self.message = ""
        here = self.caret
        if here is None or here.kind not in ("unit", "link", "bias", "input"):
            layer, unit = self.selected or (min(1, self.places.n_layers - 1), 0)
            self._arrive(Target("unit", layer, unit))
        elif here.kind == "link":
            self._go_from_link(here, dx, dy)
        elif here.kind == "input":
            self._arrive(self._among_inputs(here, dy) if dy else Target("unit", 0, 0))
        elif here.kind == "bias":
            self._arrive(Target("unit", here.layer, here.a))
        elif dy:
            self._arrive(self._among_units(here, dy))
        else:
            self._arrive(self._over_link(here, dx))

    def _count(self, layer: int) -> int:
        return len(self.places.units[layer])

    def _among_units(self, here: Target, dy: int) -> Target:
        if here.layer == 0:
            return self._among_inputs(here, dy)
        return Target("unit", here.layer, min(max(here.a + dy, 0), self._count(here.layer) - 1))

    def _among_inputs(self, here: Target, dy: int) -> Target:
        """Those that are on and those that are off stand under each other."""
        network, places = self.network, self.places
        rows = [(places.units[0][i][1], Target("unit", 0, i)) for i in range(len(network.inputs))]
        rows += [(places.others[name].y(), Target("input", name=name)) for name in network.others]
        column = [target for _, target in sorted(rows, key=lambda row: row[0])]
        return column[min(max(column.index(here) + dy, 0), len(column) - 1)]

    def _over_link(self, here: Target, dx: int) -> Target:
        """From a unit to the link that leads on to the unit beside it; in the summary straight to the next layer."""
        layer = here.layer + dx
        if not 0 <= layer < self.places.n_layers:
            return here
        beside = min(here.a, self._count(layer) - 1)
        if self.condensed:
            return Target("unit", layer, beside)
        return Target("link", layer, here.a, beside) if dx > 0 else Target("link", here.layer, beside, here.a)

    def _go_from_link(self, here: Target, dx: int, dy: int) -> None:
        if dx:
            self._arrive(Target("unit", here.layer, here.b) if dx > 0 else Target("unit", here.layer - 1, here.a))
            return
        a, b, width = here.a, here.b + dy, self._count(here.layer)
        if b < 0 or b >= width:
            a, b = a + dy, b % width
        if 0 <= a < self._count(here.layer - 1):
            self._arrive(Target("link", here.layer, a, b))

    def _arrive(self, target: Target) -> None:
        self.caret, self.hovered = target, None
        self.point_at_unit(target)
        left = self.outside(self.box_of(target))
        if left.left() < 0 or left.right() > self.width():
            self.scroll_by(round(left.center().x() - self.width() / 2))
        self.setAccessibleDescription(spoken(self.says(target)))
        self.update()

    # ---- what `NetworkView` does
    def act(self, target: Target) -> None:
        raise NotImplementedError

    def point_at_unit(self, target: Target | None) -> None:
        raise NotImplementedError
