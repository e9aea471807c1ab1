"""The picture of a network: what each unit responds to, the weights between the layers, what is special about them.

`NetworkPicture` holds what is shown and pointed at and paints it; `network.py` adds the hands. All that changes with
the network only is painted once into a picture of its own; what follows the mouse is painted over it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from playground.engine import links
from playground.engine.experiment import Experiment, diff
from playground.gui import network_changes
from playground.gui.numbers import fmt
from playground.gui.theme import Theme, px, theme
from playground.gui.views import network_paint
from playground.gui.views.network_layout import (
    KIND_ROW,
    UNITS_ROW,
    Places,
    Target,
    arc,
    arrange,
    bias_or_link,
)
from playground.gui.views.network_paint import CENTER, FOOT, RIGHT, Marks, Strengths
from playground.gui.views.network_words import NetworkWords, activation_name
from playground.gui.views.unit_formula import UnitFormula
from playground.gui.widgets import TextToggle, ToolButton
from playground.gui.widgets.base import draw_ring, rounded
from playground.gui.widgets.text import draw_text, text_width

WIDTH, LEAST = 344, 240
DENSE_S = 0.3
LINKS_MS = 120
"""From the units to the links, at most."""


class NetworkPicture(NetworkWords):
    ground = "panel"
    icon = "network"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._numeric = False
        self.hovered: Target | None = None
        self.caret: Target | None = None
        """Where the keyboard is."""
        self.selected: tuple[int, int] | None = None
        """The unit (layer, unit) that is looked at alone."""
        self.message = ""
        """Why something cannot be done, until the next press or the next change."""
        self._mouse = QPointF()
        self._shape: object = None
        self._places: tuple[object, Places] | None = None
        self._strengths = Strengths()
        self._marks: tuple[object, Marks] | None = None
        self._layers: dict[str, QPixmap] = {}
        """Painted already: "below" and "above" change with the document, "links" and "units" with the numbers."""
        self._look: object = None
        self._changed_at = 0.0
        super().__init__(parent)
        self._links_rest = QTimer(self, interval=LINKS_MS, singleShot=True)
        self._links_rest.timeout.connect(self._links_due)
        self.formula = UnitFormula(self)
        self._bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self._bar.setAccessibleName(self.tr("Layers"))
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.valueChanged.connect(lambda _: self._stale())
        self._bar.hide()
        self.summary_button = TextToggle(self.tr("Summary"), parent=self)
        self.summary_button.setToolTip(self.tr("Each layer as one block"))
        self.summary_button.toggled.connect(self.set_condensed)
        self.close_button = ToolButton("x", self.tr("Hide the network"), size=24, role="muted", parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    # ---- what is shown
    def set_classes(self, names: tuple[str, ...], numeric: bool = False) -> None:
        """Names for the ends of the colour scale; whether the points hold numbers, which cannot be missed."""
        if (names, numeric) != (self._names, self._numeric):
            self._names, self._numeric = names, numeric
            self._stale()

    def set_experiment(self, experiment: Experiment) -> None:
        """Echo the document: activations, residual connections, what is held."""
        if experiment is self.experiment:
            return
        before, self.experiment = self.experiment, experiment
        if before is None or self.message or diff(before, experiment) != {"data.points"}:  # a hand that draws points
            self._marks = None
            self.message = ""
            self._stale()

    def mark_troubles(self, troubles: Mapping[str, str]) -> None:
        """Put a dot at the layers among these places ("layer 2"), with a sentence for each."""
        found = {int(where.removeprefix("layer ")): sentence for where, sentence in troubles.items()
                 if where.startswith("layer ")}  # fmt: skip
        if found != self.troubles:
            self.troubles = found
            self._stale()

    def set_condensed(self, on: bool) -> None:
        if on != self.condensed:
            self.condensed = on
            self.summary_button.setChecked(on)
            self.select(None)
            self._changed()
            if self.has_data():
                self._forget_what_went()
            self._stale()

    def select(self, unit: tuple[int, int] | None) -> None:
        """Look at one unit alone: its formula stands at the foot and all else fades."""
        if unit != self.selected:
            self.selected = unit
            self._show_formula()
            self._measure()
            self._stale()

    def refuse(self, sentence: str) -> None:
        """Say why something cannot be done."""
        self.message = sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def has_data(self) -> bool:
        return self.summary is not None and len(self.summary.units) > 1

    def describe(self) -> str:
        return ", ".join(self._head(i) for i in range(len(self.summary.units)))

    def note(self) -> str:
        return self.tr("The network appears with the first answer.")

    def sizeHint(self) -> QSize:
        return QSize(px(WIDTH), px(480))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(LEAST), px(200))

    def marks(self) -> Marks:
        key = (self.selected, self.condensed)
        if self._marks is None or self._marks[0] != key:
            held = {} if self.condensed else self.held()
            places = {bias_or_link(link): value for link, value in held.items() if link.source < 0}
            ways = {(t.layer, t.a, t.b): value for t, value in places.items() if t.kind == "link"}
            self._marks = key, Marks(
                frozenset(way for way, value in ways.items() if value), frozenset(w for w, v in ways.items() if not v),
                frozenset((t.layer, t.a) for t in places if t.kind == "bias"), self.selected,
            )  # fmt: skip
        return self._marks[1]

    def _changed(self) -> None:
        """While numbers come in a row the links follow in a paint of their own: both in one would cost a frame."""
        now, before = time.perf_counter(), self._changed_at
        self._layers.pop("units", None)
        self._changed_at = now
        if now - before > DENSE_S:
            self._layers.pop("links", None)
        if self.has_data():
            shape = (tuple(len(u) for u in self.summary.units), self.summary.inputs, self.summary.activations)
            if shape != self._shape:
                self._shape = shape
                self._layers.clear()
                self._forget_what_went()
            if self.selected is not None:
                self._show_formula()
        self.update()

    def show_links(self) -> bool:
        """Paint the links as well, if they are still those of earlier numbers; whether they are."""
        due = self._links_rest.isActive()
        if due:
            self._links_rest.stop()
            self._links_due()
        return due

    def _links_due(self) -> None:
        self._layers.pop("links", None)
        self.update()

    def _forget_what_went(self) -> None:
        """Nothing points at what the network has no longer."""
        places = self.places
        self.hovered = self.hovered if self.hovered is not None and places.has(self.hovered) else None
        self.caret = self.caret if self.caret is not None and places.has(self.caret) else None

    def _stale(self) -> None:
        """Something besides the numbers is different."""
        self._layers.clear()
        self.update()

    def _show_formula(self) -> None:
        if self.selected is not None and self.summary is not None:
            layer, unit = self.selected
            if layer >= len(self.summary.units) or unit >= len(self.summary.units[layer]):
                self.selected = None
        self.formula.show_unit(self.summary, self.selected, self.skips())
        self._place_formula()

    # ---- geometry
    @property
    def places(self) -> Places:
        network, skips = self.network, self.skips()
        key = (tuple(len(u) for u in network.units), self.width(), self.height(), px(100), network.inputs,
               network.others, tuple(map(str, skips)), self.condensed)  # fmt: skip
        if self._places is None or self._places[0] != key:
            self._places = key, arrange(network, self.width(), 0, self.height() - px(FOOT + 4), skips, self.condensed)
            over = max(0, round(self._places[1].size[0] - self.width()))
            self._bar.setRange(0, over)
            self._bar.setPageStep(self.width())
            self._bar.setVisible(over > 0)
        return self._places[1]

    def inside(self, at: QPointF) -> QPointF:
        """A point of the widget in the coordinates of `places`."""
        return at + QPointF(self._bar.value(), 0)

    def outside(self, box: QRectF) -> QRectF:
        return box.translated(-self._bar.value(), 0)

    def scroll_by(self, by: int) -> None:
        self._bar.setValue(self._bar.value() + by)

    def restyle(self, theme: Theme | None = None) -> None:
        super().restyle(theme)
        self._layers.clear()
        if hasattr(self, "close_button"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layers.clear()
        self._measure()

    def _measure(self) -> None:
        """Put the buttons, the scroll bar and the formula where they belong."""
        right = self.width() - px(8)
        for button in (self.close_button, self.summary_button):
            if not button.isHidden():
                button.move(round(right - button.width()), px(6) + (px(24) - button.height()) // 2)
                right -= button.width() + px(4)
        self._bar.setGeometry(0, self.height() - px(FOOT) - px(6), self.width(), px(6))
        self._place_formula()

    def _place_formula(self) -> None:
        if self.formula.isHidden():
            return
        high = self.formula.high_for(self.width())
        self.formula.setGeometry(0, self.height() - high, self.width(), high)

    # ---- painting
    def buttons_shown(self) -> list[Target]:
        """The round buttons of the head: all where there is room, else those of the layer under the mouse."""
        if self.experiment is None or not self.experiment.model.editable:
            return []
        places, here = self.places, self._layer_in_hand()
        last = places.n_layers - 1
        found = [Target("add", layer) for layer in range(1, last + 1)] if last <= network_changes.MOST_LAYERS else []
        for layer in range(1, last):
            if not places.tight or layer == here:
                found += [Target("less", layer), Target("more", layer)]
            if layer == here and places.room_to_remove:
                found.append(Target("remove", layer))
        return found

    def _layer_in_hand(self) -> int:
        """The hidden layer under the mouse or the keyboard; 0: none."""
        if self.hovered is not None and self.hovered.kind != "add":
            return self.hovered.layer if 0 < self.hovered.layer < self.places.n_layers - 1 else 0
        if self.hasFocus() and self.caret is not None:
            return self.caret.layer if 0 < self.caret.layer < self.places.n_layers - 1 else 0
        return 0

    def paint(self, painter: QPainter) -> None:
        ratio = self.devicePixelRatioF()
        if "units" not in self._layers:
            self._strengths = network_paint.strengths(self.network, self.marks())
            if "links" in self._layers and self._look != self._strengths.look() and not self._links_rest.isActive():
                self._links_rest.start()
        for name in ("links", "units", "above"):
            painter.drawPixmap(0, 0, self._layer(name, ratio))
        self._paint_over(painter, ratio)

    def _layer(self, name: str, ratio: float) -> QPixmap:
        """What was painted for this size, or is painted now."""
        found = self._layers.get(name)
        if found is None or found.size() != self.size() * ratio or found.devicePixelRatio() != ratio:
            found = QPixmap(self.size() * ratio)
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent if name in ("units", "above") else theme().color("panel"))
            painter = QPainter(found)
            try:
                getattr(self, f"_paint_{name}")(painter, ratio)
            finally:
                painter.end()
            self._layers[name] = found
        return found

    def _paint_units(self, painter: QPainter, ratio: float) -> None:
        """What each unit responds to, and the biases."""
        places, network, marks = self.places, self.network, self.marks()
        painter.translate(-self._bar.value(), 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer in range(places.n_layers):
            if self.condensed and 0 < layer < places.n_layers - 1:
                network_paint.paint_stack(painter, places.box(layer, 0))
            network_paint.paint_units(painter, places, network, layer, marks, ratio)

    def _paint_links(self, painter: QPainter, ratio: float) -> None:
        """The links, and what lies below them."""
        self._look = self._strengths.look()
        painter.drawPixmap(0, 0, self._layer("below", ratio))
        painter.translate(-self._bar.value(), 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        network_paint.paint_links(painter, self.places, self._strengths, self.marks())

    def _paint_below(self, painter: QPainter, ratio: float) -> None:
        places, network = self.places, self.network
        self._paint_title(painter)
        if self.selected is None:
            network_paint.paint_legend(painter, self.width(), self.height(), self._names, self._numeric)
        painter.translate(-self._bar.value(), 0)
        self._paint_heads(painter, places)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for skip in self.skips():
            network_paint.paint_arc(painter, places, skip, theme().muted, px(15) / 10)
        network_paint.paint_others(painter, places, network, ratio)
        network_paint.paint_names(painter, places, network)

    def _paint_above(self, painter: QPainter, ratio: float) -> None:
        places, marks = self.places, self.marks()
        painter.translate(-self._bar.value(), 0)
        network_paint.paint_frames(painter, places, marks)
        network_paint.paint_locks(painter, places, marks, ratio)

    def _paint_title(self, painter: QPainter) -> None:
        line = QRectF(px(16), px(8), self.width() - 2 * px(16), px(20))
        title = self.tr("Network")
        draw_text(painter, line, title, weight=600)
        count = self.tr("{n} parameters").format(n=fmt(self.n_parameters, group=True))
        free = [b.x() for b in (self.summary_button, self.close_button) if not b.isHidden()]
        line.setRight(min([*free, line.right()]) - px(8))
        if line.width() - text_width(title, 13, 600) > text_width(count, 12) + px(12):
            draw_text(painter, line, count, size=12, color=theme().muted, align=RIGHT)

    def _paint_heads(self, painter: QPainter, places: Places) -> None:
        t = theme()
        for layer in range(places.n_layers):
            x, wide = places.x[layer], places.kind_width(layer)
            if 0 < layer < places.n_layers - 1:
                row = QRectF(x - px(16), px(UNITS_ROW) - px(9), px(32), px(18))
                draw_text(painter, row, str(self._units(layer)), size=12, weight=600, align=CENTER)
                name, share = activation_name(self.activation(layer)), self.dropout(layer)
                texts = [f"{name}, *p* {fmt(share)} ▾", f"{name}, *p* {fmt(share)}"] if share else [f"{name} ▾"]
                text = next((text for text in texts if text_width(text, 11) <= wide), name)
                row = QRectF(x - wide / 2, px(KIND_ROW) - px(8), wide, px(16))
                draw_text(painter, row, text, size=11, color=t.muted, align=CENTER)
                if layer in self.troubles:
                    network_paint.paint_dot(painter, QPointF(x + px(10), px(UNITS_ROW) - px(7)))
            else:
                text, more = self._head(layer), " ▾" if layer == 0 and self.n_inputs_free else ""
                text += more if text_width(text + more, 11) <= max(wide, px(48)) else ""
                wide = text_width(text, 11) + 2
                left = min(max(x - wide / 2, px(8)), max(places.size[0], self.width()) - wide - px(8))
                draw_text(painter, QRectF(left, px(KIND_ROW) - px(8), wide, px(16)), text, size=11, color=t.muted)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(t.color("control"), 1))
            painter.setBrush(t.color("panel"))
            painter.drawEllipse(places.port(layer), px(3), px(3))

    @property
    def n_inputs_free(self) -> bool:
        """Whether a person chooses the inputs."""
        return self.experiment is not None and self.experiment.data.n_inputs == 2

    # ---- what follows the mouse
    def _paint_over(self, painter: QPainter, ratio: float) -> None:
        places = self.places
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self._bar.value(), 0)
        for target in self.buttons_shown():
            box = places.button(target)
            network_paint.paint_button(painter, target, box, ratio, target == self.hovered, places.tight)
        spotted = self.hovered or (self.caret if self.ring_shown() else None)
        if spotted is not None:
            self._paint_spotted(painter, places, spotted)
        if self.rubber is not None:
            self._paint_rubber(painter, places)
        painter.restore()
        if self.message:
            network_paint.paint_message(painter, self.message, QRectF(self.rect()))
        elif spotted is not None and self.pill_shown(spotted) and (lines := self.says(spotted)):
            at = self._mouse if self.hovered is not None else self.outside(self.box_of(spotted)).bottomLeft()
            network_paint.paint_pill(painter, at, lines, QRectF(self.rect()))
        if self.ring_shown() and self.caret is None:
            draw_ring(painter, QRectF(self.rect()), 0)

    def ring_shown(self) -> bool:
        return False

    def pill_shown(self, target: Target) -> bool:
        """Whether what is said of it may stand beside the mouse."""
        return True

    def box_of(self, target: Target) -> QRectF:
        """Where a target stands, in the coordinates of `places`."""
        places = self.places
        if target.kind == "unit":
            return places.box(target.layer, target.a)
        if target.kind == "bias":
            return places.bias_box(target.layer, target.a)
        if target.kind == "link":
            middle = places.middle(target.layer, target.a, target.b)
            return QRectF(middle - QPointF(px(4), px(4)), middle + QPointF(px(4), px(4)))
        if target.kind == "input":
            centre, half = places.others[target.name], places.thumbs[0] / 2
            return QRectF(centre - QPointF(half, half), centre + QPointF(half, half))
        if target.kind == "skip":
            return places.arc(links.skip(target.name)).boundingRect()
        return places.button(target)

    def _paint_spotted(self, painter: QPainter, places: Places, target: Target) -> None:
        t = theme()
        line = QPen(t.color("accent"), px(2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line)
        if target.kind == "link":
            painter.drawPath(places.path(target.layer, target.a, target.b))
        elif target.kind == "skip":
            network_paint.paint_arc(painter, places, links.skip(target.name), t.accent, px(2))
        elif target.kind == "port":
            painter.setBrush(t.color("accent"))
            painter.drawEllipse(places.port(target.layer), px(4), px(4))
        elif target.kind in ("unit", "input", "bias"):
            rounded(painter, self.box_of(target).adjusted(-2, -2, 2, 2), px(4), line=t.accent, width=px(2))
        elif target.kind == "kind":
            rounded(painter, places.button(target), px(4), line=t.control)

    def _paint_rubber(self, painter: QPainter, places: Places) -> None:
        assert self.rubber is not None
        t, (source, end) = theme(), self.rubber
        for layer in range(places.n_layers):
            legal = layer != source and not self.fitting(source, layer)
            painter.setPen(QPen(t.color("accent" if legal else "faint"), px(15) / 10))
            painter.setBrush(t.color("accent_soft" if legal else "panel"))
            painter.drawEllipse(places.port(layer), px(6 if legal else 3), px(6 if legal else 3))
        start = places.port(source)
        path: QPainterPath = arc(start, end, px(12) + abs(end.x() - start.x()) / 8)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        over = self.hovered.layer if self.hovered is not None and self.hovered.kind == "port" else source
        refused = over != source and bool(self.fitting(source, over))
        painter.setPen(QPen(t.color("danger" if refused else "accent"), px(2), Qt.PenStyle.DashLine))
        painter.drawPath(path)
