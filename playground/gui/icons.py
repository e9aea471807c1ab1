"""Lucide icons, drawn in the colours of the theme.

`icon()` makes a QIcon for the theme of this moment; `bind()` keeps a button or an action in step with it;
`pixmap()` serves the widgets that paint themselves.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QMenu

from playground.assets import asset
from playground.gui.theme import host, theme

Target = QAbstractButton | QAction | QMenu


@cache
def _source(name: str) -> str:
    return asset(f"icons/{name}.svg").read_text(encoding="utf-8")


def _stroke(size: float) -> float:
    """The stroke on the 24 grid for an icon of `size` design pixels; small ones need more to stay about 1.4 px."""
    return 1.6 if size >= 24 else max(1.75, 1.4 * 24 / size)


def pixmap(name: str, size: int, color: str, ratio: float = 1.0, filled: bool = False) -> QPixmap:
    """The icon in one colour. `size` is in real logical pixels (zoom included), `ratio` the device's."""
    return _drawn(name, size, color, ratio, filled, round(_stroke(size / host().zoom), 2))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, color: str, ratio: float, filled: bool, stroke: float) -> QPixmap:
    text = (
        _source(name).replace('stroke-width="2"', f'stroke-width="{stroke}"').replace("currentColor", color)
    )
    if filled:
        text = text.replace('fill="none"', f'fill="{color}"', 1)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    result = QPixmap(round(size * ratio), round(size * ratio))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter, QRectF(result.rect()))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def icon(name: str, size: int = 20, role: str = "text", filled: bool = False) -> QIcon:
    """A QIcon of `size` design pixels: `role` at rest, accent when checked, faint when disabled."""
    colors = theme()
    scaled = host().px(size)
    rest = QColor(getattr(colors, role)).name()
    on = rest if role in ("on_accent", "danger", "hint_icon") else colors.accent
    result = QIcon()
    for ratio in (1.0, 2.0):
        result.addPixmap(pixmap(name, scaled, rest, ratio, filled), QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(pixmap(name, scaled, on, ratio, filled), QIcon.Mode.Normal, QIcon.State.On)
        faint = pixmap(name, scaled, colors.faint, ratio, filled)
        result.addPixmap(faint, QIcon.Mode.Disabled, QIcon.State.Off)
        result.addPixmap(faint, QIcon.Mode.Disabled, QIcon.State.On)
    return result


class _Link(QObject):
    """Lives as a child of its target, so the link dies with the target."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._target = target
        self.setObjectName("icon-link")
        self.request: tuple[str, int, str, bool] = ("x", 20, "text", False)
        host().changed.connect(self.refresh)

    def refresh(self) -> None:
        name, size, role, filled = self.request
        target = self._target
        target.setIcon(icon(name, size, role, filled))
        if isinstance(target, QAbstractButton):
            target.setIconSize(QSize(host().px(size), host().px(size)))


def bind(
    target: Target,
    name: str,
    size: int = 20,
    role: str = "text",
    filled: bool = False,
) -> None:
    """Give a button or an action this icon, now and after each change of theme or zoom."""
    link = target.findChild(_Link, "icon-link", Qt.FindChildOption.FindDirectChildrenOnly) or _Link(target)
    link.request = (name, size, role, filled)
    link.refresh()
