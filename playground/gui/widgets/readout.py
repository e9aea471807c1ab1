"""Read-outs of the transport, and the empty state of an area."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from playground.gui import icons
from playground.gui.theme import px, theme
from playground.gui.widgets.base import Paragraph, Surface, Themed
from playground.gui.widgets.text import draw_text, plain, text_width


def leading_zeros(text: str) -> tuple[str, str]:
    """ "000,412" as ("000,", "412"); a text without leading zeros, "0" and "0.5" come back whole."""
    body = text.lstrip("0,")
    if not body or not body[0].isdigit():
        body = "0" + body
    cut = len(text) - len(body)
    return (text[:cut], text[cut:]) if cut > 0 and text[:cut].strip("0,") == "" else ("", text)


class ReadOut(Themed, QWidget):
    """A caption of 11 px over a number of 20 px, right-aligned.

    `marker` is the token of a dot before the caption ("train", "test"), `hollow` for test. Figures lie in `widest`
    so that the transport does not move while they change.
    """

    def __init__(
        self,
        caption: str,
        *,
        marker: str = "",
        hollow: bool = False,
        widest: str = "00.000",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._caption, self._marker, self._hollow, self._widest, self._text = (
            caption,
            marker,
            hollow,
            widest,
            "–",
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or what lies below is painted with each number
        self._announce()
        self.follow_theme()

    def setCaption(self, caption: str) -> None:
        if caption != self._caption:
            self._caption = caption
            self._announce()
            self.updateGeometry()
            self.update()

    def setText(self, text: str) -> None:
        """The number, formatted by `numbers.fmt`; leading zeros are drawn faint."""
        if text != self._text:
            self._text = text
            self._announce()
            if len(text) > len(self._widest):
                self._widest = "0" * len(text)
                self.updateGeometry()
            self.update()

    def text(self) -> str:
        return self._text

    def _announce(self) -> None:
        self.setAccessibleName(plain(f"{self._caption} {self._text}"))

    def sizeHint(self) -> QSize:
        dot = px(8) + px(6) if self._marker else 0
        width = max(text_width(self._caption, 11) + dot, text_width(self._widest, 20, 600))
        return QSize(int(width + 1), px(40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.fillRect(self.rect(), t.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        top = QRectF(0, 0, self.width(), px(16))
        draw_text(painter, top, self._caption, size=11, color=t.muted, align=right)
        if self._marker:
            x = self.width() - text_width(self._caption, 11) - px(6) - px(4)
            draw_marker(painter, QPointF(x, top.center().y()), self._marker, self._hollow)
        zeros, number = leading_zeros(self._text)
        line = QRectF(0, px(16), self.width(), px(24))
        draw_text(painter, line, number, size=20, weight=600, color=t.text, align=right)
        if zeros:
            line.setRight(line.right() - text_width(number, 20, 600))
            draw_text(painter, line, zeros, size=20, weight=500, color=t.faint, align=right)


def draw_marker(
    painter: QPainter, center: QPointF, token: str, hollow: bool = False, size: float = 8
) -> None:
    """The dot of a series: filled for training, hollow for test."""
    color = theme().color(token)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = px(2) if hollow else 0
    painter.setPen(QPen(color, width) if hollow else Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("canvas") if hollow else color)
    radius = px(size) / 2 - width / 2
    painter.drawEllipse(center, radius, radius)


class _Picture(Themed, QWidget):
    """A 24 px muted icon."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        size = px(24)
        picture = icons.pixmap(self._icon, size, theme().muted, self.devicePixelRatioF())
        QPainter(self).drawPixmap((self.width() - size) // 2, 0, picture)


class EmptyState(Surface):
    """What an area shows while it has nothing: an icon, one sentence, at most one button."""

    activated = Signal()

    def __init__(
        self,
        icon: str,
        sentence: str,
        button: str = "",
        *,
        token: str = "canvas",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(token, parent)
        box = QVBoxLayout(self)
        self.setAccessibleName(sentence)
        self.sentence = Paragraph(sentence, size=13)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        box.addWidget(_Picture(icon))
        box.addWidget(self.sentence)
        if button:
            push = QPushButton(button, accessibleName=button)
            push.clicked.connect(self.activated)
            box.addWidget(push, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def say(self, sentence: str) -> None:
        """Another sentence."""
        self.setAccessibleName(sentence)
        self.sentence.setText(sentence)
