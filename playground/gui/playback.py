"""Playback: what play, step and rewind mean for the model at hand. Transport, timeline and menus share it.

A network trains in epochs and the worker does the work. A model that is solved in one step has nothing to
train: there, play sweeps the order M from fit to fit.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from playground.engine.experiment import Experiment
from playground.gui.bridge import Bridge
from playground.gui.document import Document, value
from playground.gui.forms import Controls

ORDER = "model.order"
USUAL_LAST_ORDER = 9
FASTEST_EPOCHS, FASTEST_FITS = 1000.0, 60.0
"""From the first on training goes as fast as the machine does; the second is the right end of the slider."""
INSTANT = 2500.0
"""Right end of the slider for training: the finished run at once, and again after each change."""


class Playback(QObject):
    """changed: whether it plays, how fast, or what it would play has changed."""

    changed = Signal()

    def __init__(self, document: Document, bridge: Bridge, controls: Controls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._controls = document, bridge, controls
        self._speeds: dict[bool, float] = {True: 2.0, False: 60.0}
        self._last_order = USUAL_LAST_ORDER
        self.grain = "epoch"
        bridge.playing_changed.connect(lambda _: self.changed.emit())
        controls.sweeper.changed.connect(self.changed)
        document.changed.connect(self._document_changed)
        bridge.set_speed(self._speeds[False])

    @property
    def sweeps(self) -> bool:
        """Whether play sweeps the order: the model is solved in one step."""
        return self._experiment.optimizer.kind == "closed_form"

    @property
    def solves(self) -> bool:
        """Whether the model is found at once, so that no way leads to it."""
        return self._experiment.optimizer.solves

    @property
    def playing(self) -> bool:
        return self._controls.sweeper.path == ORDER if self.sweeps else self._bridge.playing

    @property
    def order(self) -> int:
        return int(value(self._experiment, ORDER) or 0)

    @property
    def last_order(self) -> int:
        """The right end of the sweep."""
        return self._last_order

    @property
    def _experiment(self) -> Experiment:
        return self._document.experiment

    # ---- speed
    @property
    def speed(self) -> float:
        """Epochs or fits a second."""
        return self._speeds[self.sweeps]

    @property
    def fastest(self) -> float:
        return FASTEST_FITS if self.sweeps else INSTANT

    def set_speed(self, per_second: float) -> None:
        """Near the right end training goes as fast as the machine does, at the end it is over at once."""
        if not self.sweeps and per_second > FASTEST_EPOCHS:
            per_second = INSTANT if per_second > (FASTEST_EPOCHS * INSTANT) ** 0.5 else FASTEST_EPOCHS
        self._speeds[self.sweeps] = per_second
        self._controls.rate = self._speeds[True]
        if self.sweeps:
            if self._controls.sweeper.path:
                self._controls.sweeper.set_speed(per_second)
        else:
            self._bridge.set_speed(None if per_second >= FASTEST_EPOCHS else per_second, per_second >= INSTANT)
        self.changed.emit()

    # ---- transport
    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        if self.sweeps:
            first = 0 if self.order >= self.last_order else self.order + 1
            self._controls.sweeper.start(ORDER, range(first, self.last_order + 1), self.speed)
        else:
            self._bridge.play()

    def pause(self) -> None:
        if self.sweeps:
            self._controls.sweeper.stop()
        else:
            self._bridge.pause()

    def forward(self) -> None:
        if self.sweeps:
            self.go_to(min(self.order + 1, 20))
        else:
            self._bridge.step(self.grain)

    def back(self) -> None:
        if self.sweeps:
            self.go_to(max(self.order - 1, 0))
        else:
            self._bridge.step(back=True)

    def rewind(self) -> None:
        """Back to the first fit, or to the same initial weights."""
        if self.sweeps:
            self.go_to(0)
        else:
            self._bridge.rewind()

    def go_to(self, place: int, *, dragging: bool = False) -> None:
        """To this order, or to this epoch of the training so far."""
        if not self.sweeps:
            self._bridge.seek(place)
            return
        if place != self.order:
            self._document.change({ORDER: place}, merge="timeline" if dragging else "")
        if not dragging:
            self._document.settle()

    def new_weights(self) -> None:
        """Other initial weights: another seed, unless it is locked. Only networks have any that are not zero."""
        if not self.sweeps and self._experiment.model.kind == "mlp" and "seed.init" not in self._controls.locked:
            self._document.change({"seed.init": (self._experiment.seed.init + 1) % 100000})

    def _document_changed(self, paths: frozenset[str]) -> None:
        if ORDER in paths or "lab" in paths or "model.kind" in paths:
            sweeping = self._controls.sweeper.path == ORDER
            self._last_order = max(USUAL_LAST_ORDER, self.order, self._last_order if sweeping else 0)
            self.changed.emit()
        elif any(path.startswith("optimizer") for path in paths):
            self.changed.emit()
