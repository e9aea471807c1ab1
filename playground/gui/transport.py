"""The transport: undo, redo, new weights, rewind, back, play, forward, grain, speed, and the read-outs."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.engine.snapshot import Score, Snapshot
from playground.gui.document import Document
from playground.gui.numbers import fmt
from playground.gui.playback import FASTEST_EPOCHS, INSTANT, Playback
from playground.gui.theme import px, theme
from playground.gui.widgets import (
    Choice,
    Hairline,
    MathLabel,
    PlayButton,
    ReadOut,
    Surface,
    ToolButton,
    Track,
    set_rich_tip,
)
from playground.gui.widgets.icon import IconLabel
from playground.gui.widgets.scale import Scale

WIDE = 1100
"""From this width on the speed is said in words too."""
SPEED_WORDS, SLIDER, SLIDER_NARROW = 88, 128, 88


def figure(value: float | None) -> str:
    """An error measure in at most six signs: 0.789, 123, 1.2e5."""
    if value is None or math.isnan(value) or math.isinf(value):
        return fmt(value)
    if abs(value) < 100:
        return fmt(value, 3)
    return fmt(value, 0) if abs(value) < 1e5 else fmt(float(f"{value:.1e}"))[:7] if abs(value) < 1e7 else _power(value)


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return fmt(float(mantissa), 1) + f"e{int(exponent)}"


class Transport(Surface):
    """56 px high. Buttons stand for the window's actions; the rest speaks to Playback."""

    def __init__(self, document: Document, playback: Playback, actions: dict[str, QAction],
                 parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._document, self._playback = document, playback
        self.setAccessibleName(self.tr("Transport"))
        self._row = QHBoxLayout(self)
        self._buttons(actions)
        self._speed()
        self._row.addStretch(1)
        self.counter = ReadOut(self.tr("Epoch"), widest="000,000")
        self.train = ReadOut(self.tr("training loss"), marker="train")
        self.test = ReadOut(self.tr("test loss"), marker="test", hollow=True)
        for read in (self.counter, self.train, self.test):
            self._row.addSpacing(px(18))
            self._row.addWidget(read)
        playback.changed.connect(self.follow)
        self.restyle()
        self.follow()

    def _buttons(self, actions: dict[str, QAction]) -> None:
        def button(icon: str, name: str, filled: bool = False) -> ToolButton:
            made = ToolButton(icon, size=36, action=actions[name], filled=filled)
            self._row.addWidget(made)
            return made

        button("undo-2", "undo")
        button("redo-2", "redo")
        self._row.addWidget(Hairline(vertical=True, length=24))
        self.die = button("dices", "new_weights")
        button("skip-back", "rewind")
        button("step-back", "back")
        self.play = PlayButton(action=actions["play"])
        self._row.addWidget(self.play)
        button("step-forward", "forward")

    def _speed(self) -> None:
        self.grain = Choice(self.tr("Step size"))
        self.grain.addItem(self.tr("One epoch"), "epoch")
        self.grain.addItem(self.tr("One mini-batch"), "batch")
        self.grain.activated.connect(lambda _: setattr(self._playback, "grain", self.grain.currentData()))
        set_rich_tip(self.grain, self.tr("Step size"), "", self.tr("How far one step forward goes."))
        self._row.addWidget(self.grain)
        self._divider = Hairline(vertical=True, length=24)
        self._row.addWidget(self._divider)
        self._row.addWidget(IconLabel("turtle"))
        self.speed = Track(Scale(1, INSTANT, log=True), name=self.tr("Speed"))
        for signal in (self.speed.dragging, self.speed.settled):
            signal.connect(self._playback.set_speed)
        words = self.tr("Epochs or fits a second. Near the right end: as fast as the machine goes. At the end, "
                        "instant: the finished run at once, and again after each change.")  # fmt: skip
        set_rich_tip(self.speed, self.tr("Speed"), "", words)
        self._row.addWidget(self.speed)
        self._row.addWidget(IconLabel("rabbit"))
        self.speed_text = MathLabel("", role="muted")
        self._row.addWidget(self.speed_text)

    def restyle(self) -> None:
        self.setFixedHeight(px(56))
        if self.layout() is None or not hasattr(self, "test"):
            return
        self._row.setContentsMargins(px(12), 0, px(16), 0)
        self._row.setSpacing(px(6))
        self.grain.setFixedWidth(px(132))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, theme().color("border"))

    def minimumSizeHint(self) -> QSize:
        """Of the narrow form, also while it is wide: or a wide window could not become a small one at once."""
        least = super().minimumSizeHint()
        if self.speed_text.isVisibleTo(self):
            least.setWidth(least.width() - px(SPEED_WORDS + SLIDER - SLIDER_NARROW) - self._row.spacing())
        return least

    def _fit(self) -> None:
        """Where it gets narrow the words of the speed go first, then the slider shrinks."""
        if hasattr(self, "speed_text"):
            wide = self.width() >= px(WIDE)
            self.speed_text.setVisible(wide)
            self.speed_text.setFixedWidth(px(SPEED_WORDS))
            self.speed.setFixedWidth(px(SLIDER if wide else SLIDER_NARROW))

    # ---- following
    def follow(self) -> None:
        """What plays and how fast has changed."""
        playback = self._playback
        self.play.setRunning(playback.playing)
        self.grain.setVisible(not playback.sweeps)
        self._divider.setVisible(not playback.sweeps)
        scale = Scale(1, playback.fastest, log=True)
        if self.speed.scale() != scale:
            self.speed.setScale(scale)
        self.speed.showValue(playback.speed)
        text = self._speed_words()
        self.speed_text.setText(text)
        self.speed.setAccessibleDescription(text)
        self._captions()

    def _speed_words(self) -> str:
        if self._playback.sweeps:
            return self.tr("{n} fits/s").format(n=fmt(round(self._playback.speed)))
        if self._playback.speed >= INSTANT:
            return self.tr("instant")
        if self._playback.speed >= FASTEST_EPOCHS:
            return self.tr("max")
        return self.tr("{n} epochs/s").format(n=fmt(round(self._playback.speed)))

    def _captions(self) -> None:
        regression = self._document.problem.task == "regression"
        self.counter.setCaption(self.tr("Fit") if self._playback.sweeps else self.tr("Epoch"))
        self.train.setCaption(self.tr("training RMS") if regression else self.tr("training loss"))
        self.test.setCaption(self.tr("test RMS") if regression else self.tr("test loss"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        count = self._playback.order + 1 if self._playback.sweeps else snapshot.epoch
        self.counter.setText(f"{count:07,}")
        self.train.setText(figure(self._measure(snapshot.scores.get("train"))))
        self.test.setText(figure(self._measure(snapshot.scores.get("test"))))

    def _measure(self, score: Score | None) -> float | None:
        if score is None:
            return None
        return score.rms if self._document.problem.task == "regression" else score.loss
