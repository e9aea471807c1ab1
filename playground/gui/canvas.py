"""The canvas: data and model in one picture, with the drawing tools at its edge.

The main window gives it the document's Experiment (echoed at once) and each new snapshot, and takes edited
points from its `edit` signal. `python -m playground.gui.canvas --lab classify` shows it alone.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.engine.experiment import Experiment
from playground.engine.problem import Problem
from playground.engine.registry import labs
from playground.engine.snapshot import Network, Snapshot, View
from playground.gui import canvas_state, tool_actions
from playground.gui.brush_panel import BrushPanel
from playground.gui.canvas_curve import CurvePicture
from playground.gui.canvas_plane import PlanePicture
from playground.gui.canvas_tools import CanvasTools
from playground.gui.curve_marks import draw_mark
from playground.gui.legend import Legend
from playground.gui.palette import Palette
from playground.gui.picture import NO_IDS
from playground.gui.plot import Range
from playground.gui.stage import Stage
from playground.gui.theme import Theme, px
from playground.gui.views.network import NetworkView
from playground.gui.views.network_picture import LEAST, WIDTH
from playground.gui.widgets import TextButton, set_rich_tip
from playground.gui.widgets.grips import Grip

MAP_CELLS = 100
"""Cells along one side of a decision map."""
FAN_SIZE = 50
NETWORK_ROOM = 760
"""The canvas must be this wide (design pixels) before the network may stand beside the plane."""
SHARE, MOST_UNASKED = 0.3, 560
"""Of the canvas that the network takes until a person drags the line beside it, and its most design pixels then."""
STAGE_LEAST = 380
"""The plane beside the network is never narrower."""
NETWORK_MS = 100
"""The network beside the plane is shown ten times a second at most."""
_ABSENT: Any = object()


class Canvas(CanvasTools):
    """One canvas for all labs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Canvas"))
        self._newest_network: Network | None = None
        self._network_at = 0.0
        self._network_rest = QTimer(self, interval=2 * NETWORK_MS, singleShot=True)
        self._network_rest.timeout.connect(self._rested)
        self.stage = Stage(self)
        self.network = NetworkView(self)
        self._grip = Grip(self)
        self._grip.dragged.connect(self.set_network_width)
        self.network_on = True
        """Whether it is wanted beside the plane."""
        self.network_over = False
        """Whether it is wanted in the place of the plane, where there is no room for both."""
        self.network_width = 0
        """In design pixels, where there is room; 0: as it suits the canvas."""
        self.fan_size = FAN_SIZE
        """Resampled fits in the fan."""
        self.orders, self.axes = View().orders, View().axes
        """Orders that stand side by side in charts, and the weights that span the error surface."""
        self.inside: dict[str, Any] = {"layer": 0, "pair": None, "example": None}
        """What the charts that look into the network show: fields of `View`."""
        self._has_network = False
        self._snapshot: Snapshot | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.network)
        row.addWidget(self._grip)
        row.addWidget(self.stage, 1)
        self.network_button = TextButton(self.tr("Network"), parent=self.stage)
        self.network_button.clicked.connect(lambda: self.set_layer("network", True))
        where = self.tr("In the place of the plane, as there is no room for both.")
        set_rich_tip(self.network_button, self.tr("Show the network"), "", where)
        self.network.close_button.clicked.connect(lambda: self.set_layer("network", False))
        self.network.unit_pointed.connect(lambda _: self.view_changed.emit())
        self.setFocusProxy(self.stage)
        self._actions = tool_actions.make(self)
        self._palette = Palette([a for a in self._actions if isinstance(a.data(), str)], self.stage)
        self._palette.class_chosen.connect(self.choose_class)
        self._palette.class_wanted.connect(self.class_wanted)
        self.brush_panel = BrushPanel(self.stage)
        self.brush_panel.chosen.connect(self.adjust_tool)
        self.stage.pressed.connect(self.brush_panel.hide)
        self.legend = Legend(draw_mark, self.stage)
        self.legend.toggled.connect(self.set_layer)
        self.stage.edited.connect(self.edit)
        self.stage.moved.connect(self._moved)
        self.stage.said.connect(self.note)
        self._place_network()
        self.follow_theme()

    # ---- what it shows
    def set_theme(self, theme: Theme | None = None) -> None:
        """Dress in the program's theme of this moment."""
        self.restyle()
        self.update()

    def set_experiment(self, experiment: Experiment, problem: Problem) -> None:
        """Echo the document: points, split, true function, classes. Cheap for each tick of a brush."""
        stage = self.stage
        kind = "curve" if problem.n_inputs == 1 else "plane"
        before, kind_stays = stage.picture.experiment, kind == stage.kind
        if not kind_stays:
            stage.end_gesture()
            stage.kind = kind
            stage.select(NO_IDS)
            self._clear_model()
        ranges = stage.picture.x, stage.picture.y
        stage.picture.set_experiment(experiment, problem, still=stage.tool.held)  # under the hand
        if len(stage.selected):
            stage.selected = stage.selected[np.isin(stage.selected, problem.points.ids)]
        if before is None or before is not experiment:
            self._show_classes(problem)
            moved = not kind_stays or ranges != (stage.picture.x, stage.picture.y)
            if moved or stage.picture.legend() != self.legend.shown:
                self._show_legend()
            self.network.set_experiment(experiment)
            self._place_network()
        if ranges != (stage.picture.x, stage.picture.y):
            self._moved()
        elif kind_stays and before is not None and before.data.kind == experiment.data.kind:
            stage.refresh()
        else:
            stage.update()

    def show(self, snapshot: Snapshot | None = _ABSENT) -> None:
        """Take what the model says in `snapshot`; None forgets it. Without an argument: QWidget.show()."""
        if snapshot is _ABSENT:
            super().show()
        else:
            self.show_snapshot(snapshot)
            if snapshot is not None:
                self.show_network(snapshot)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Fit, map and predictions of `snapshot`; those that are the same objects as before cost nothing."""
        self._snapshot = snapshot
        if snapshot is None:
            self._clear_model()
            return
        changed = snapshot.status in ("empty", "loading") and not snapshot.summaries.keys() & {"fit", "map"}
        if changed:
            # Without points a closed form has no fit, and while another model loads there is none yet: the one
            # before must not stay under points that it has never seen.
            self.stage.picture.clear()
        network = None
        for summary in snapshot.summaries.values():
            if isinstance(summary, Network):
                network = summary
            else:
                changed |= self.stage.picture.show(summary)
        self.stage.follow(getattr(snapshot.summaries.get("example"), "example", -1))
        if "folds" not in snapshot.summaries and isinstance(self.stage.picture, CurvePicture):
            changed |= self.stage.picture.drop_folds()
        if "marks" not in snapshot.summaries and isinstance(self.stage.picture, PlanePicture):
            changed |= self.stage.picture.drop_marks()
        if (network is not None) != self._has_network:
            self._has_network = network is not None
            self._place_network()
        if changed:
            self.stage.refresh_now()
            if self.stage.picture.legend() != self.legend.shown:
                self._show_legend()

    def show_network(self, snapshot: Snapshot) -> bool:
        """The network beside the plane, which costs more than the plane itself, and so is not shown in every beat;
        whether it will be painted anew."""
        network = snapshot.summaries.get("network")
        if not isinstance(network, Network) or not self.network.isVisibleTo(self):
            return False
        self._newest_network = network
        if network is self.network.summary:
            return False
        if 1000 * (time.perf_counter() - self._network_at) < NETWORK_MS:
            self._network_rest.start()  # should nothing else come
            return False
        self._rested()
        return True

    def show_links(self, _: Snapshot) -> bool:
        """The links follow the units of the network in a beat of their own; whether they will be painted anew."""
        return self.network.show_links()

    def _rested(self) -> None:
        """Show what came while the network rested."""
        self._network_rest.stop()
        if self._newest_network is not None and self._newest_network is not self.network.summary:
            self._network_at = time.perf_counter()
            self.network.show_summary(self._newest_network)

    def _clear_model(self) -> None:
        self._newest_network = None
        for picture in self.stage.pictures.values():
            picture.clear()
        self.stage.update()

    def view(self) -> View:
        """The ranges on screen, for `Watch`."""
        picture = self.stage.picture
        fan = self.fan_size if picture.shown["fan"] else 0
        unit = self.network.pointed if self.network.isVisibleTo(self) else None
        return View(picture.x, picture.y, MAP_CELLS, fan, self.orders, self.axes, unit, **self.inside)

    def set_orders(self, orders: tuple[int, ...]) -> None:
        self.orders = orders
        self.view_changed.emit()

    def look(self, fields: dict[str, Any]) -> None:
        """Look at another layer, other units of it, or another example: {field of `View`: value}."""
        if self.inside != (wanted := self.inside | fields):
            self.inside = wanted
            self.view_changed.emit()

    def set_axes(self, axes: tuple[int, ...]) -> None:
        self.axes = axes[0], axes[1]
        self.view_changed.emit()

    def show_fold(self, fold: int) -> None:
        """Let one run of the cross-validation stand out; -1: none."""
        picture = self.stage.picture
        if isinstance(picture, CurvePicture) and fold != picture.fold:
            picture.fold = fold
            self.stage.refresh_now()

    def fit_view(self) -> None:
        """Show all the data again."""
        self.stage.fit_view()

    def set_ranges(self, x: Range, y: Range) -> None:
        """Let the axes go from here to there, in the units of the data; they stay there until a person moves them."""
        self.stage.picture.set_ranges(x, y)
        self._moved()

    # ---- layers
    def layers(self) -> list[tuple[str, str, bool]]:
        """(key, title, shown) of each layer, for the eye menu."""
        picture = self.stage.picture
        result = [(key, title, picture.shown[key]) for key, title, _ in picture.titles()]
        if self.network_possible:
            result.append(("network", self.tr("Network"), self.network_wanted))
        return result

    def set_layer(self, name: str, on: bool) -> None:
        """Show or hide a layer."""
        picture = self.stage.picture
        if name == "network":
            if self._has_room:
                self.network_on = on
            else:
                self.network_over = on
            self._place_network()
            self.view_changed.emit()
        elif name in picture.shown:
            picture.shown[name] = on
        moved = picture.layers_changed()
        self._show_legend()
        self.stage.update()
        if moved or name == "fan":
            self.view_changed.emit()

    def set_fan_size(self, n: int) -> None:
        """How many resampled fits the fan holds; shows it."""
        self.fan_size = n
        self.set_layer("fan", True)

    # ---- for the session file
    def save_state(self) -> dict[str, Any]:
        """Ranges, layers and tool, as plain values."""
        return canvas_state.save(self)

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take a state of `save_state`; whatever is missing or odd stays as it is."""
        canvas_state.restore(self, state)
        self._show_legend()
        self._place_network()
        self._moved()

    # ---- arrangement
    def viewport(self) -> QWidget:
        """The widget that takes the mouse."""
        return self.stage

    def pixel_of(self, x: float, y: float) -> QPoint:
        """The pixel of `viewport()` at data coordinates."""
        return self.stage.pixel_of(x, y)

    def _moved(self) -> None:
        self.stage.update()
        self.view_changed.emit()

    def _show_classes(self, problem: Problem) -> None:
        numeric = problem.n_inputs > 1 and problem.n_classes == 0
        names = ("−1", "+1") if numeric else problem.classes if problem.n_inputs > 1 else ()
        if names and self.stage.label >= len(names):
            self.stage.label = len(names) - 1
        self._palette.set_classes(names, numeric, self.stage.label)
        self.network.set_classes(names, numeric)

    def _show_legend(self) -> None:
        self.legend.show_entries(self.stage.picture.legend(), self.stage.picture.shown)
        self._arrange()

    @property
    def _has_room(self) -> bool:
        """Whether network and plane can stand side by side."""
        return self.width() >= px(NETWORK_ROOM)

    @property
    def network_possible(self) -> bool:
        """Whether the model is a network that has a picture here."""
        e = self.stage.picture.experiment
        return e is not None and e.model.layered and "network" in labs[e.lab].beside

    @property
    def network_wanted(self) -> bool:
        """Whether the picture of the network is to be on screen."""
        return self.network_possible and (self.network_on if self._has_room else self.network_over)

    def set_network_width(self, wide: float) -> None:
        """In pixels; both keep room to be read."""
        wide = min(max(wide, px(LEAST)), self.width() - px(STAGE_LEAST))
        self.network_width = round(wide / px(1000) * 1000)
        self._place_network()

    def _place_network(self) -> None:
        """The network stands beside the plane where there is room for it, else in its place while it is wanted."""
        room, wanted = self._has_room, self.network_wanted
        on = wanted and self._has_network
        usual = min(max(px(WIDTH), SHARE * self.width()), px(MOST_UNASKED))
        asked = px(self.network_width) if self.network_width else round(usual)
        wide = min(asked, self.width() - px(STAGE_LEAST)) if room else self.width()
        if self.network.width() != wide or self.network.minimumWidth() != wide:
            self.network.setFixedWidth(wide)
        focused = self.window().focusWidget()
        self.stage.setVisible(room or not on)
        if not on and focused is not None and (focused is self.network or self.network.isAncestorOf(focused)):
            self.stage.setFocus()  # Qt would pass it on to some button, for Space to press
        self.network.setVisible(on)
        self._grip.setVisible(on and room)
        self.network_button.setVisible(self.network_possible and not wanted)
        if on and self._snapshot is not None:
            self.show_network(self._snapshot)

    def minimumSizeHint(self) -> QSize:
        """The network gives way, however wide it was made."""
        return QSize(px(320), px(200))

    def _arrange(self) -> None:
        self._palette.move(px(8) - self._palette.margin(), px(12) - self._palette.margin())
        self._palette.set_room(self.stage.height() - px(12))
        self.stage.left_margin = self._palette.geometry().right() + 1
        left = round(self.stage.frame.rect.left()) - px(4)
        left = max(self.stage.left_margin, min(left, self.stage.width() - self.legend.least_width()))
        self.legend.setGeometry(left, px(8), self.stage.width() - left, px(24))
        self.network_button.move(px(8), self.stage.height() - self.network_button.height() - px(8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_network()
        self.layout().activate()
        self._arrange()

    def restyle(self) -> None:
        self.legend.restyle()
        self._arrange()


def main() -> None:
    """Show the canvas with a lab's first data set."""
    from playground.gui.demo import show_canvas

    show_canvas(Canvas)


if __name__ == "__main__":
    main()
