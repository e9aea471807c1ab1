"""What all our painted widgets share: following the theme, and a focus ring that only the keyboard shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.gui import fonts
from playground.gui.theme import host, px, theme

KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def told(handler: Callable[..., None]) -> Callable[..., None]:
    """An event handler whose mistakes go to `sys.excepthook` and never back into Qt.

    PySide 6.11 kills the process when a handler raises that was called, by way of C++, from an `event`
    written in Python.
    """

    @wraps(handler)
    def guarded(*arguments: Any) -> None:
        try:
            handler(*arguments)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return guarded


@contextmanager
def rearranging(widget: QWidget, many: bool = True) -> Iterator[None]:
    """Children come and go; where they are many the widget is hidden meanwhile, or Qt lays the whole window out for
    each of them. Not where the keyboard is in it: a list that is closing does not survive that."""
    focused = QApplication.focusWidget()
    hides = many and not widget.isHidden() and not (focused is not None and widget.isAncestorOf(focused))
    if hides:
        widget.hide()
    try:
        yield
    finally:
        if hides:
            widget.show()


class Themed:
    """Mixin: call `follow_theme()` at the end of `__init__`; override `restyle()` to set sizes and fonts.

    The handlers of a subclass (`paintEvent`, `mousePressEvent`, ...) are `told`.
    """

    def __init_subclass__(cls, **details: Any) -> None:
        super().__init_subclass__(**details)
        for name, handler in list(vars(cls).items()):
            if name.endswith("Event") and isinstance(handler, FunctionType):
                setattr(cls, name, told(handler))

    def follow_theme(self) -> None:
        host().changed.connect(self._theme_changed)
        self.restyle()

    def _theme_changed(self) -> None:
        self.restyle()
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Set whatever depends on theme or zoom."""


class FocusRing:
    """Mixin before a QWidget: `ring_on` is true while the focus came from the keyboard."""

    ring_on = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring_on = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring_on = False
        super().focusOutEvent(event)
        self.update()


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: str | QColor | None = None,
    line: str | QColor | None = None,
    width: float = 1.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """A rounded box whose outline lies wholly inside `rect`, crisp at every width."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(QColor(line), width, style)
        if style == Qt.PenStyle.CustomDashLine or style == Qt.PenStyle.DashLine:
            pen.setDashPattern([3, 2.5])
        painter.setPen(pen)
        rect = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = max(radius - width / 2, 0)
    painter.drawRoundedRect(rect, radius, radius)


def draw_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """The keyboard's focus ring, inside `rect`."""
    rounded(painter, rect, radius, line=theme().focus, width=theme().focus_width)


class Hairline(Themed, QFrame):
    """A one-pixel line between areas; `token` names its colour."""

    def __init__(
        self,
        vertical: bool = False,
        token: str = "border",
        length: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._vertical, self._token, self._length = vertical, token, length
        self.follow_theme()

    def restyle(self) -> None:
        length = px(self._length) if self._length else None
        if self._vertical:
            self.setFixedWidth(1)
            if length:
                self.setFixedHeight(length)
        else:
            self.setFixedHeight(1)
            if length:
                self.setFixedWidth(length)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().color(self._token))


class Surface(Themed, QWidget):
    """A plain area in the colour of a token, e.g. `Surface("window")`; `underline` gives it a hairline below."""

    def __init__(
        self, token: str = "panel", parent: QWidget | None = None, *, underline: bool = False
    ) -> None:
        super().__init__(parent)
        self._token, self._underline = token, underline
        self.follow_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color(self._token))
        if self._underline:
            painter.fillRect(0, self.height() - 1, self.width(), 1, theme().color("border"))


class Paragraph(Themed, QLabel):
    """Wrapped text that is always as high as its lines."""

    def __init__(
        self, text: str = "", role: str = "muted", size: int = 12, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._role, self._size = role, size
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFont(fonts.ui(self._size))
        palette = self.palette()
        palette.setColor(self.foregroundRole(), theme().color(self._role))
        self.setPalette(palette)
        self._fit()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A layout asks a nested label for its height before it knows its width; so the height is set here."""
        margins = self.contentsMargins()
        room = QRect(0, 0, max(self.width() - margins.left() - margins.right(), 1), 10_000)
        lines = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self.text()).height()
        height = lines + margins.top() + margins.bottom()
        if height != self.minimumHeight():
            self.setFixedHeight(height)


def column(parent: QWidget, spacing: int = 0) -> QVBoxLayout:
    """A vertical layout without margins."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout
