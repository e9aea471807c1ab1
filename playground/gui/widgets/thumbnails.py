"""The grid of presets: small pictures, one of them chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from playground.gui import icons
from playground.gui.theme import Theme, host, px, theme
from playground.gui.widgets.base import FocusRing, Themed, draw_ring, rounded
from playground.gui.widgets.text import draw_text, plain
from playground.gui.widgets.tooltip import set_rich_tip

Picture = QPixmap | str | Callable[[QPainter, QRectF, Theme], None]

_BOX = 56


def drawn(picture: Callable[[QPainter, QRectF, Theme], None], ratio: float) -> QPixmap:
    """What the callback paints now, kept: it draws hundreds of points."""
    return _drawn(picture, ratio, theme(), host().zoom)


@lru_cache(maxsize=128)
def _drawn(
    picture: Callable[[QPainter, QRectF, Theme], None], ratio: float, colors: Theme, zoom: float
) -> QPixmap:
    """`zoom` is part of the key."""
    inner = px(_BOX - 8)
    pixmap = QPixmap(round(inner * ratio), round(inner * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture(painter, QRectF(0, 0, inner, inner), colors)
    finally:
        painter.end()
    return pixmap


class Thumbnail(FocusRing, Themed, QAbstractButton):
    """One box of 56 px with its label 11 px below."""

    def __init__(self, name: str, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.setText(name)
        self.setCheckable(True)
        self.setAccessibleName(plain(name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedSize(px(_BOX), px(_BOX + 18))

    def sizeHint(self) -> QSize:
        return QSize(px(_BOX), px(_BOX + 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        side, on = px(_BOX), self.isChecked()
        box = QRectF((self.width() - side) / 2, 0, side, side)
        line = t.accent if on else t.control if self.underMouse() else t.border
        rounded(painter, box, px(4), t.field, line, 2 if on else 1)
        inner = box.adjusted(px(4), px(4), -px(4), -px(4))
        if not self.isEnabled():
            painter.setOpacity(0.38)
        self._paint_picture(painter, inner)
        painter.setOpacity(1)
        color = t.faint if not self.isEnabled() else t.accent if on else t.muted
        label = QRectF(-px(2), side + px(2), self.width() + 2 * px(2), px(16))
        draw_text(
            painter,
            label,
            self.text(),
            size=11,
            weight=600 if on else 400,
            color=color,
            align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
        )
        if self.ring_on:
            draw_ring(painter, box.adjusted(3, 3, -3, -3), px(3))

    def _paint_picture(self, painter: QPainter, inner: QRectF) -> None:
        if isinstance(self._picture, str):
            size = px(22)
            picture = icons.pixmap(self._picture, size, theme().muted, self.devicePixelRatioF())
            painter.drawPixmap(
                QRectF(inner.center().x() - size / 2, inner.center().y() - size / 2, size, size).topLeft(),
                picture,
            )
        elif isinstance(self._picture, QPixmap):
            source = self._picture.size().scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, source.width(), source.height())
            target.moveCenter(inner.center().toPoint())
            painter.drawPixmap(target, self._picture)
        else:
            painter.drawPixmap(inner.topLeft(), drawn(self._picture, self.devicePixelRatioF()))


class ThumbnailGrid(Themed, QWidget):
    """Boxes in rows of `columns`, one chosen at a time. `chosen(key)` when a person picks one, also the chosen one
    again; arrows move and pick.

    A picture is a callback `(QPainter, QRectF, Theme)`, a QPixmap or the name of an icon.
    """

    chosen = Signal(object)

    def __init__(self, columns: int = 3, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._keys: list[object] = []
        self._boxes: list[Thumbnail] = []
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, px(4))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(4))

    def add(self, key: object, name: str, picture: Picture, tip: str = "") -> Thumbnail:
        """Append a preset; `tip` is one line about it."""
        box = Thumbnail(name, picture)
        index = len(self._keys)
        self._keys.append(key)
        self._boxes.append(box)
        self._group.addButton(box)
        self._grid.addWidget(
            box,
            index // self._columns,
            index % self._columns,
            Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter,
        )
        box.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
        if tip:
            set_rich_tip(box, plain(name), "", tip)
        return box

    def keys(self) -> list[object]:
        return list(self._keys)

    def box(self, key: object) -> Thumbnail:
        return self._boxes[self._keys.index(key)]

    def clear(self) -> None:
        for box in self._boxes:
            self._group.removeButton(box)
            self._grid.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._keys, self._boxes = [], []

    def value(self) -> object | None:
        """The chosen key, None when none is."""
        return next((k for k, b in zip(self._keys, self._boxes, strict=True) if b.isChecked()), None)

    def setValue(self, key: object | None) -> None:
        """Choose without a signal; None or an unknown key chooses nothing."""
        self._group.setExclusive(False)
        for other, box in zip(self._keys, self._boxes, strict=True):
            box.setChecked(other == key)
        self._group.setExclusive(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        focused = next((i for i, box in enumerate(self._boxes) if box.hasFocus()), None)
        if event.key() not in steps or focused is None:
            super().keyPressEvent(event)
            return
        following = focused + steps[Qt.Key(event.key())]
        if 0 <= following < len(self._boxes) and self._boxes[following].isEnabled():
            self._boxes[following].setFocus(Qt.FocusReason.TabFocusReason)
            self._boxes[following].click()
