"""The menus of the picture of a network: what a layer is, and two layers of different width that are to be joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from playground.engine.links import Skip
from playground.engine.models.mlp import NAMES
from playground.gui.network_changes import MOST_LAYERS, MOST_UNITS
from playground.gui.numbers import fmt
from playground.gui.widgets.menu_tips import MenuTips

if TYPE_CHECKING:
    from playground.gui.views.network_edits import NetworkEdits

DROPOUTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST_POWERS = 10
TR = QCoreApplication.translate


def layer_menu(view: NetworkEdits, layer: int) -> QMenu:
    """Activation, dropout, residual connections, and layers to add and remove."""
    menu = QMenu(view)
    menu.setAccessibleName(TR("NetworkView", "Layer {n}").format(n=layer))
    MenuTips(menu)
    group = QActionGroup(menu)
    for name, words in NAMES.items():
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(name == view.activation(layer))
        action.triggered.connect(lambda _=False, name=name: view.set_activation(layer, name))
        group.addAction(action)
        if name == "step":
            action.setToolTip(TR("NetworkView", "Its slope is zero everywhere, so the gradient that reaches the "
                                                "weights before it is zero: they learn nothing."))  # fmt: skip
    menu.addSeparator()
    dropout = menu.addMenu(TR("NetworkView", "Dropout"))
    for share in DROPOUTS:
        action = dropout.addAction(fmt(share) if share else TR("NetworkView", "None"))
        action.setCheckable(True)
        action.setChecked(abs(view.dropout(layer) - share) < 1e-9)
        action.triggered.connect(lambda _=False, share=share: view.set_dropout(layer, share))
    _add_connections(view, menu, layer)
    menu.addSeparator()
    n = len(view.summary.units) - 2
    places = (TR("NetworkView", "Add a layer before"), layer), (TR("NetworkView", "Add a layer after"), layer + 1)
    for text, at in places:
        menu.addAction(text, lambda at=at: view.add_layer(at)).setEnabled(n < MOST_LAYERS)
    menu.addAction(TR("NetworkView", "Remove layer {n}").format(n=layer), lambda: view.remove_layer(layer))
    return menu


def _add_connections(view: NetworkEdits, menu: QMenu, layer: int) -> None:
    """The same as dragging from port to port; existing ones are ticked and go."""
    submenu = menu.addMenu(TR("NetworkView", "Residual connection"))
    skips = {(skip.source, skip.target): skip for skip in view.skips()}
    for other in range(len(view.summary.units)):
        ends = min(layer, other), max(layer, other)
        if ends[1] - ends[0] < 2:
            continue
        words = TR("NetworkView", "to {layer}") if other > layer else TR("NetworkView", "from {layer}")
        action = submenu.addAction(words.format(layer=view.layer_name(other)))
        action.setCheckable(True)
        action.setChecked(ends in skips)
        if ends in skips:
            action.triggered.connect(lambda _=False, skip=skips[ends]: view.remove_skip(skip))
        else:
            action.triggered.connect(lambda _=False, ends=ends: view.connect_layers(*ends))
    submenu.setEnabled(bool(submenu.actions()))


def inputs_menu(view: NetworkEdits) -> QMenu:
    """Powers of the coordinates up to an order, and a formula."""
    menu = QMenu(view)
    menu.setAccessibleName(TR("NetworkView", "Inputs"))
    order = getattr(view.experiment, "feature_order", None)
    powers = menu.addMenu(TR("NetworkView", "All powers up to order M"))
    for most in (None, *range(1, MOST_POWERS + 1)):
        action = powers.addAction(TR("NetworkView", "None") if most is None else str(most))
        action.setCheckable(True)
        action.setChecked(order == most)
        action.triggered.connect(lambda _=False, most=most: view.set_powers(most))
    menu.addAction(TR("NetworkView", "A formula as input…"), view.edit_formula)
    return menu


def width_menu(view: NetworkEdits, source: int, target: int) -> QMenu:
    """Two layers of different width cannot be added unit by unit: by a projection, or after making them alike."""
    menu = QMenu(view)
    a, b = len(view.summary.units[source]), len(view.summary.units[target])
    words = TR("NetworkView", "{first} has {a}, {second} has {b} units")
    title = menu.addAction(words.format(first=view.layer_name(source), a=a, second=view.layer_name(target), b=b))
    title.setEnabled(False)
    menu.addSeparator()
    menu.addAction(TR("NetworkView", "With a learned projection"), lambda: view.add_skip(Skip(source, target, True)))
    last = len(view.summary.units) - 1
    layer, units = (target, a) if target < last else (source, b)
    if 0 < layer < last and units <= MOST_UNITS:
        words = TR("NetworkView", "Give {layer} {n} units")
        text = words.format(layer=view.layer_name(layer), n=units)
        menu.addAction(text, lambda: view.add_skip(Skip(source, target), units))
    return menu
