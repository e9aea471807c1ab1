"""The rich tooltip: bold name with range and default, one line of cause and effect, a muted note.

`set_rich_tip()` is all that others call. The tip is a child of the window, beside the panel it speaks of and
not over it, so that rounded corners and the shadow need no help from a compositor.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QGraphicsDropShadowEffect, QWidget

from playground.gui import fonts
from playground.gui.theme import px, theme
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, plain, text_width

_WIDTH = 236
_HIDE_ANYWHERE = {QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress}
_HIDE_ON = {QEvent.Type.Leave, QEvent.Type.Hide, QEvent.Type.WindowDeactivate, QEvent.Type.Close}


@dataclass(frozen=True)
class Tip:
    """What a tip says."""

    name: str
    range_text: str = ""
    effect: str = ""
    note: str = ""


class RichTip(QWidget):
    """The painted tip. One exists for each window, made when first needed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("rich-tip")
        self._tip = Tip("")
        self._shadow = QGraphicsDropShadowEffect(self)
        self.setGraphicsEffect(self._shadow)
        self.hide()

    def tip(self) -> Tip:
        return self._tip

    def show_beside(self, tip: Tip, widget: QWidget) -> None:
        """Show `tip` beside the panel that holds `widget`, or under the widget where there is no panel."""
        self._tip = tip
        self.setAccessibleName(plain(" ".join((tip.name, tip.range_text, tip.effect, tip.note))))
        self._shadow.setColor(theme().color("shadow", theme().shadow_opacity))
        self._shadow.setBlurRadius(px(8))
        self._shadow.setOffset(0, px(2))
        self.resize(self._measure())
        self.move(self._place(widget))
        self.show()
        self.raise_()

    def showEvent(self, event: QShowEvent) -> None:
        QApplication.instance().installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        QApplication.instance().removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While it is up: the first press, wheel turn or key anywhere takes it away."""
        if event.type() in _HIDE_ANYWHERE:
            self.hide()
        return False

    def _place(self, widget: QWidget) -> QPoint:
        window, gap = self.parentWidget(), px(16)
        spot = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        panel = widget
        while panel is not None and panel is not window and not panel.property("tipPanel"):
            panel = panel.parentWidget()
        if panel is not None and panel is not window and panel.property("tipPanel"):
            side = QRect(panel.mapTo(window, QPoint(0, 0)), panel.size())
            right_free = window.width() - side.right()
            x = side.right() + gap if right_free >= side.left() else side.left() - self.width() - gap
            if 0 <= x <= window.width() - self.width():
                y = spot.center().y() - self.height() // 2
                return QPoint(x, max(px(4), min(y, window.height() - self.height() - px(4))))
        x = max(px(4), min(spot.left(), window.width() - self.width() - px(4)))
        below = spot.bottom() + px(8)
        fits = below + self.height() < window.height()
        return QPoint(x, below if fits else spot.top() - self.height() - px(8))

    def _lines(self) -> list[tuple[str, int, str]]:
        """(text, weight, token) of the wrapped lines under the first one."""
        result = [(line, 400, "tooltip_text") for line in _wrap(self._tip.effect, self._inner())]
        return result + [(line, 400, "tooltip_second") for line in _wrap(self._tip.note, self._inner())]

    def _inner(self) -> int:
        return px(_WIDTH) - 2 * px(12)

    def _measure(self) -> QSize:
        head = text_width(self._tip.name, 12, 600)
        aside = text_width(self._tip.range_text, 12)
        rest = self._lines()
        width = px(_WIDTH) if rest else int(head + (px(6) + aside if aside else 0) + 2 * px(12) + 1)
        width = min(width, px(_WIDTH))
        rows = 1 + len(rest) + (1 if aside and head + px(6) + aside > width - 2 * px(12) + 1 else 0)
        return QSize(width, rows * px(16) + 2 * px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        rounded(painter, QRectF(self.rect()), px(6), t.tooltip)
        left, top, line, inner = px(12), px(8), px(16), self.width() - 2 * px(12)
        head = text_width(self._tip.name, 12, 600)
        aside = text_width(self._tip.range_text, 12)
        draw_text(
            painter, QRectF(left, top, inner, line), self._tip.name, size=12, weight=600, color=t.tooltip_text
        )
        if aside:
            x = head + px(6)
            if x + aside > inner + 1:
                x, top = 0, top + line
            draw_text(
                painter,
                QRectF(left + x, top, inner - x + 2, line),
                self._tip.range_text,
                size=12,
                color=t.tooltip_second,
            )
        for text, weight, token in self._lines():
            top += line
            draw_text(
                painter,
                QRectF(left, top, inner + 2, line),
                text,
                size=12,
                weight=weight,
                color=getattr(t, token),
            )


def _wrap(text: str, width: float) -> list[str]:
    """Greedy line breaking, also inside CJK text, which has no blanks."""
    if not text:
        return []
    metrics = QFontMetricsF(fonts.ui(12))
    lines, current = [], ""
    words = text.split(" ")
    for word in words:
        candidate = f"{current} {word}".strip()
        if text_width(candidate, 12) <= width:
            current = candidate
            continue
        if current:
            lines.append(current)
        while metrics.horizontalAdvance(word) > width:
            cut = next(
                n for n in range(len(word), 0, -1) if metrics.horizontalAdvance(word[:n]) <= width or n == 1
            )
            lines.append(word[:cut])
            word = word[cut:]
        current = word
    return lines + [current] if current else lines


class _TipFilter(QObject):
    """Child of the widget it watches; turns Qt's wake-up into our tip."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setObjectName("rich-tip-filter")
        self.tip = Tip("")
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if not isinstance(watched, QWidget):
            return False
        if kind == QEvent.Type.ToolTip:
            show_tip(watched)
            return True
        if kind in _HIDE_ON:
            hide_tip(watched)
        return False


def show_tip(widget: QWidget) -> RichTip | None:
    """Show the tip of `widget` now; None when it has none."""
    filter_ = widget.findChild(_TipFilter, "rich-tip-filter", Qt.FindChildOption.FindDirectChildrenOnly)
    if filter_ is None or not filter_.tip.name or not widget.isVisible():
        return None
    window = widget.window()
    box = window.findChild(RichTip, "rich-tip", Qt.FindChildOption.FindDirectChildrenOnly) or RichTip(window)
    box.show_beside(filter_.tip, widget)
    return box


def hide_tip(widget: QWidget) -> None:
    """Hide the tip of the widget's window."""
    box = widget.window().findChild(RichTip, "rich-tip", Qt.FindChildOption.FindDirectChildrenOnly)
    if box is not None:
        box.hide()


def set_rich_tip(widget: QWidget, name: str, range_text: str = "", effect: str = "", note: str = "") -> None:
    """Give `widget` a tip: bold `name`, muted `range_text` ("0 to 20, default 3") beside it, then the line of cause
    and effect and a muted `note` ("Resets the run."). The same words become the accessible description."""
    found = widget.findChild(_TipFilter, "rich-tip-filter", Qt.FindChildOption.FindDirectChildrenOnly)
    filter_ = found or _TipFilter(widget)
    filter_.tip = Tip(name, range_text, effect, note)
    widget.setAccessibleDescription(plain(" ".join(part for part in (range_text, effect, note) if part)))
