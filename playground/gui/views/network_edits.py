"""What is done to a network in its picture, each a change of the document that the window makes."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from playground.engine.links import Link, Skip
from playground.gui import network_changes as changes
from playground.gui.network_changes import MOST_LAYERS, MOST_UNITS
from playground.gui.views.formula_editor import FormulaEditor
from playground.gui.views.link_editor import LinkEditor
from playground.gui.views.network_layout import Target, bias_or_link, input_order
from playground.gui.views.network_menus import width_menu
from playground.gui.views.network_picture import NetworkPicture
from playground.gui.widgets.text import plain


class NetworkEdits(NetworkPicture):
    """wanted(changes, text, merge): a change of the document; settled: the gesture is over."""

    wanted = Signal(object, str, str)
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag: tuple[Link, float, tuple[str, ...]] | None = None
        """The link that is being dragged, its value and the edits before."""
        self._counter = itertools.count(1)
        self._key = ""
        self.editor = LinkEditor(self)
        self.editor.value_given.connect(self._typed)
        self.editor.dragged.connect(self._slid)
        self.editor.settled.connect(self._end_drag)
        self.editor.freeze_asked.connect(lambda: self.toggle_frozen(self.editor.link))
        self.editor.cut_asked.connect(lambda: self.toggle_cut(self.editor.link))
        self.editor.closed.connect(self.close_editor)
        self.formula_editor = FormulaEditor(self)
        self.formula_editor.formula_given.connect(self.set_formula)
        self.formula_editor.closed.connect(self.close_formula)
        self.menu: QMenu | None = None

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

    def open_menu(self, menu: QMenu, target: Target) -> None:
        self.menu = menu
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, menu.deleteLater))
        corner = self.outside(self.places.button(target)).bottomLeft()
        menu.popup(self.mapToGlobal(corner.toPoint()))

    def _want(self, make: Callable[[], changes.Changes], text: str, merge: str = "") -> None:
        """Ask the window for a change; while the picture is behind the document some have no meaning any more."""
        if self.experiment is not None and self.experiment.model.editable:
            self.wanted.emit(make(), text, merge)

    # ---- shape
    def toggle_input(self, name: str) -> None:
        e = self.experiment
        if e is None or e.data.n_inputs == 1:
            return
        if name == e.feature_formula.strip():
            self.edit_formula()
            return
        if name in self.summary.inputs and name not in e.features:
            words = self.tr("This input is one of the powers up to order {n}: change the order above the inputs.")
            self.refuse(words.format(n=e.feature_order))
            return
        try:
            found = changes.toggle_input(e, name, input_order((*self.summary.inputs, *self.summary.others)))
        except ValueError:
            self.refuse(self.tr("A network needs at least one input: switch another one on first."))
            return
        self._want(lambda: found, self.tr("Inputs"))

    def set_powers(self, most: int | None) -> None:
        if self.experiment is not None:
            self._want(lambda: {"feature_order": most}, self.tr("Powers as inputs"))

    def edit_formula(self) -> None:
        """Open the editor of the formula that is an input."""
        if self.experiment is not None:
            corner = self.outside(self.places.button(Target("kind", 0))).bottomLeft().toPoint()
            self.formula_editor.open(self.experiment.feature_formula, corner)

    def set_formula(self, text: str) -> None:
        self.formula_editor.error.setError(None)
        self._want(lambda: {"feature_formula": text.strip()}, self.tr("Formula as input"))
        if not self.formula_editor.error.text():
            self.close_formula()

    def close_formula(self) -> None:
        if self.formula_editor.isVisible():
            self.formula_editor.hide()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """Say it where the hand is."""
        if self.formula_editor.isVisible():
            self.formula_editor.refuse(sentence)
        elif self.editor.isVisible():
            self.editor.refuse(sentence)
        else:
            super().refuse(sentence)

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

    def pill_shown(self, target: Target) -> bool:
        """The editor of a link says it already."""
        return not (self.editor.isVisible() and target.link == self.editor.link)

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
