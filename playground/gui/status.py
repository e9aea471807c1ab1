"""The status line: what computes and where, how fast, how many frames and parameters, and the last message."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from playground.engine.snapshot import Snapshot
from playground.gui.numbers import fmt
from playground.gui.theme import px
from playground.gui.widgets import Hairline, MathLabel, Surface, set_rich_tip
from playground.gui.widgets.icon import IconLabel

EXECUTORS = {"closed_form": "closed form", "fused": "fused kernels", "torch": "PyTorch",
             "perceptron": "one example at a time", "sklearn": "scikit-learn"}  # fmt: skip
OWN_MESSAGE_S = 4.0
DEVICES = {"cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}


def rate(value: float) -> str:
    """720, 12.4 k, 1.2 M."""
    for limit, letter in ((1e6, " M"), (1e4, " k")):
        if value >= limit:
            return fmt(value / (1e6 if letter == " M" else 1e3), 1) + letter
    return fmt(value, 0, group=True)


class StatusLine(Surface):
    """24 px high. `show_snapshot` with each tick costs nothing where no text changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("window", parent)
        row = QHBoxLayout(self)
        self.where, self.speed, self.frames, self.parameters = (
            MathLabel("", size=12, role="muted", ground="window") for _ in range(4)
        )
        self.message = MathLabel("", size=12, role="muted", ground="window", align=Qt.AlignmentFlag.AlignRight)
        row.addWidget(IconLabel("cpu", 16, 16))
        ignored, preferred = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        self.message.setSizePolicy(ignored, preferred)  # it has what the others leave, and moves none of them
        self._lines = []
        for i, label in enumerate((self.where, self.speed, self.frames, self.parameters)):
            if i:
                line = Hairline(vertical=True, length=12)
                self._lines.append(line)
                row.addWidget(line)
            row.addWidget(label)
        row.addWidget(self.message, 1)
        self._own_until = 0.0
        self.setAccessibleName(self.tr("Status"))
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(px(24))
        if self.layout() is not None:
            self.layout().setContentsMargins(px(20), 0, px(16), 0)
            self.layout().setSpacing(px(10))
            for label, width in ((self.speed, 96), (self.frames, 76)):
                label.setMinimumWidth(px(width))

    def say(self, sentence: str) -> None:
        """A message of the window's own: for some seconds before those of the run."""
        self._own_until = time.monotonic() + OWN_MESSAGE_S
        self.message.setText(sentence)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        device = DEVICES.get(snapshot.device.split(":")[0], snapshot.device)
        executor = EXECUTORS.get(snapshot.executor, snapshot.executor)
        self._put(self.where, ", ".join(part for part in (device, executor) if part))
        set_rich_tip(self.where, self.where.text() or self.tr("Nothing loaded"), "", snapshot.why)
        if snapshot.solved:
            self._put(self.speed, self.tr("{ms} ms a fit").format(ms=_milliseconds(snapshot.seconds_per_fit)))
        else:
            running = snapshot.steps_per_second > 0
            self._put(self.speed, self.tr("{n} steps/s").format(n=rate(snapshot.steps_per_second)) if running else "")
        count = snapshot.n_parameters
        words = self.tr("{n} parameter") if count == 1 else self.tr("{n} parameters")
        self._put(self.parameters, words.format(n=fmt(count, group=True)) if count else "")
        failed = snapshot.status in ("failed", "diverged")  # the banner says it
        if time.monotonic() > self._own_until:
            self.message.setText("" if failed else snapshot.message)

    def show_frames(self, per_second: float) -> None:
        self._put(self.frames, self.tr("{n} frames/s").format(n=fmt(round(per_second))) if per_second else "")

    def _put(self, label: MathLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
            wide = label.sizeHint().width()
            if label in (self.speed, self.frames) and wide > label.minimumWidth():
                # A number that changes must not move its neighbours, for that paints the whole window: room is
                # taken in steps, and kept.
                label.setMinimumWidth(math.ceil(wide / px(16)) * px(16))
            shown = [bool(part.text()) for part in (self.where, self.speed, self.frames, self.parameters)]
            for part, on in zip((self.where, self.speed, self.frames, self.parameters), shown, strict=True):
                part.setVisible(on)
            for i, line in enumerate(self._lines):
                line.setVisible(shown[i + 1] and any(shown[: i + 1]))


def _milliseconds(seconds: float) -> str:
    ms = 1000 * seconds
    return fmt(ms, 1) if ms < 100 else fmt(ms, 0)
