"""LaTeX to pictures: typeset once by ziamath in a thread of its own, drawn in any colour and size from then on.

Typesetting a formula takes 15 to 60 ms and loading ziamath a third of a second, so the window never waits for
it: `formula()` answers None until it is done. The thread ends with its last formula and touches no Qt object.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZE = 20.0
"""Formulas are typeset for this size of type and scaled from it."""
_INK = "black"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Typeset:
    """A formula as SVG: its width, and how far it reaches above and below its baseline, at `SIZE`."""

    svg: str
    left: float
    width: float
    above: float
    below: float


class _Press:
    """The formulas that are done, and the thread that works through the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: dict[str, Typeset | None] = {}
        self._waiting: list[str] = []
        self._thread: threading.Thread | None = None

    def formula(self, latex: str) -> Typeset | None:
        with self._lock:
            if latex not in self._done and latex not in self._waiting:
                self._waiting.append(latex)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="typesetting")
                    self._thread.start()
            return self._done.get(latex)

    def missing(self, latex: str) -> bool:
        """Whether it may still come; one that ziamath cannot read never does."""
        with self._lock:
            return latex not in self._done

    def finish(self, timeout: float) -> None:
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                latex = self._waiting[0]
            try:
                made = _typeset(latex)
            except Exception:
                _log.exception("No formula could be made of %r; its plain text stays.", latex)
                made = None
            with self._lock:
                self._done[latex] = made
                self._waiting.remove(latex)


_press = _Press()


def formula(latex: str) -> Typeset | None:
    """The formula, or None while it is not ready; asking is what starts the work."""
    return _press.formula(latex)


def missing(latex: str) -> bool:
    """Whether the formula may still come."""
    return _press.missing(latex)


def finish(timeout: float = 10.0) -> None:
    """Wait for all formulas that were asked for: for pictures that are drawn once, without a window."""
    _press.finish(timeout)


def _typeset(latex: str) -> Typeset:
    import ziamath

    ziamath.config.svg2 = False  # Qt knows no SVG 2 and would draw fragments
    svg = ziamath.Latex(latex, size=SIZE, color=_INK).svg()
    found = re.search(r'viewBox="([-\d.e ]+)"', svg)
    if found is None:
        raise ValueError("The picture has no viewBox.")
    left, top, width, height = (float(v) for v in found[1].split())
    return Typeset(svg, left, width, -top, height + top)


@lru_cache(maxsize=256)
def pixmap(made: Typeset, color: str, scale: float, ratio: float) -> QPixmap:
    """The formula in a colour, `scale` times as large as it was set."""
    renderer = QSvgRenderer(QByteArray(made.svg.replace(f'"{_INK}"', f'"{color}"').encode()))
    wide, high = made.width * scale, (made.above + made.below) * scale
    result = QPixmap(max(round(wide * ratio), 1), max(round(high * ratio), 1))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter, QRectF(0, 0, wide * ratio, high * ratio))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
