"""Buttons: square tool buttons, the one filled play button, the rail's, small inline ones.

They paint themselves: hover, pressed, checked, disabled and the keyboard's ring come from the tokens.
A button made with `action=` follows a QAction: its text, shortcut, enabled and checked state.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from playground.gui import fonts, icons
from playground.gui.theme import mix, px, theme
from playground.gui.widgets.base import FocusRing, Themed, draw_ring, rounded
from playground.gui.widgets.text import draw_text
from playground.gui.widgets.tooltip import set_rich_tip


def draw_icon(
    widget: QWidget, painter: QPainter, name: str, size: int, color: str, box: QRectF, filled: bool = False
) -> None:
    """The icon in the middle of `box`; `size` in real logical pixels."""
    picture = icons.pixmap(name, size, QColor(color).name(), widget.devicePixelRatioF(), filled)
    painter.drawPixmap(
        QRectF(box.center().x() - size / 2, box.center().y() - size / 2, size, size).topLeft(), picture
    )


class _ActionFollower(QAbstractButton):
    """A button that can stand for a QAction."""

    _action: QAction | None = None

    def setAction(self, action: QAction) -> None:
        """Follow `action`: text, tip, enabled, checked, visible; a click triggers it."""
        self._action = action
        self.setCheckable(action.isCheckable())
        action.changed.connect(self._sync)
        if action.isCheckable():
            action.toggled.connect(self.setChecked)
        self.clicked.connect(lambda: action.trigger())
        self._sync()

    def nextCheckState(self) -> None:
        """With an action, the action decides whether we are checked."""
        if self._action is None:
            super().nextCheckState()

    def _sync(self) -> None:
        action = self._action
        name = action.text().replace("&", "")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(name)
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())
        tip = action.statusTip()
        set_rich_tip(self, name, keys, tip)


class ToolButton(FocusRing, Themed, _ActionFollower):
    """A square icon button of 36 (transport), 32 (palette) or 28 px (strip); 20 to 24 px inline.

    A `quiet` one tells its checked state by its icon alone.
    """

    def __init__(
        self,
        icon: str,
        name: str = "",
        *,
        size: int = 32,
        icon_size: int | None = None,
        role: str = "text",
        checkable: bool = False,
        filled: bool = False,
        quiet: bool = False,
        action: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._box, self._role, self._filled = icon, size, role, filled
        self._quiet = quiet
        self._icon_px = icon_size or {36: 20, 32: 20, 28: 18, 24: 16}.get(size, 14)
        self._menu: QMenu | None = None
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        if name:
            set_rich_tip(self, name)
        if action is not None:
            self.setAction(action)
        self.follow_theme()

    def setIconName(self, icon: str, *, filled: bool | None = None) -> None:
        self._icon_name = icon
        self._filled = self._filled if filled is None else filled
        self.update()

    def setMenu(self, menu: QMenu) -> None:
        """Pop `menu` up under the button on a click."""
        self._menu = menu
        self.clicked.connect(self._pop)

    def _pop(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def restyle(self) -> None:
        self.setFixedSize(px(self._box), px(self._box))

    def sizeHint(self) -> QSize:
        return QSize(px(self._box), px(self._box))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        box = QRectF(self.rect())
        radius = px(6 if self._box >= 28 else 4)
        color = getattr(t, self._role)
        if not self.isEnabled():
            color = t.faint
        elif self.isDown() or (self.isChecked() and not self._quiet):
            rounded(painter, box, radius, t.accent_soft)
            color = t.accent
        elif self.underMouse():
            rounded(painter, box, radius, t.hover)
            color = t.text if self._role == "muted" else color
        draw_icon(self, painter, self._icon_name, px(self._icon_px), color, box, self._filled)
        if self.ring_on:
            draw_ring(painter, box, radius)


class PlayButton(FocusRing, Themed, _ActionFollower):
    """The only filled button of the window, 48x40: play, or pause while running."""

    def __init__(self, parent: QWidget | None = None, action: QAction | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(self.tr("Play"))
        if action is not None:
            self.setAction(action)
        self.follow_theme()

    def setRunning(self, running: bool) -> None:
        self._running = running
        if self._action is None:
            self.setAccessibleName(self.tr("Pause") if running else self.tr("Play"))
        self.update()

    def isRunning(self) -> bool:
        return self._running

    def restyle(self) -> None:
        self.setFixedSize(px(48), px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        box = QRectF(self.rect())
        fill = t.accent
        if not self.isEnabled():
            fill = t.track
        elif self.isDown():
            fill = mix(t.accent, t.on_accent, 0.2)
        elif self.underMouse():
            fill = mix(t.accent, t.on_accent, 0.1)
        rounded(painter, box, px(8), fill)
        ink = t.on_accent if self.isEnabled() else t.faint
        draw_icon(self, painter, "pause" if self._running else "play", px(20), ink, box, True)
        if self.ring_on:
            gap = t.focus_width + 1
            rounded(painter, box, px(8), line=t.focus, width=t.focus_width)
            rounded(painter, box.adjusted(gap, gap, -gap, -gap), px(8) - gap, line=t.on_accent, width=1.5)


class RailButton(FocusRing, Themed, _ActionFollower):
    """A lab in the rail: 64 px wide, icon over its name, 3 px mark at the left when chosen."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        checkable: bool = True,
        action: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._name = icon, name
        self.setCheckable(checkable)
        self.setAutoExclusive(checkable and action is None)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        if action is not None:
            self.setAction(action)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedSize(px(64), px(64))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        box = QRectF(self.rect())
        color = t.muted
        if self.isChecked():
            painter.fillRect(box, QColor(t.accent_soft))
            painter.fillRect(QRectF(0, 0, px(3), box.height()), QColor(t.accent))
            color = t.accent
        elif self.underMouse():
            painter.fillRect(box, QColor(t.hover))
            color = t.text
        icon_box = QRectF(0, px(10), box.width(), px(24))
        draw_icon(self, painter, self._icon_name, px(24), color, icon_box)
        weight = 600 if self.isChecked() else 400
        name_box = QRectF(px(4), px(38), box.width() - px(8), px(16))
        draw_text(
            painter,
            name_box,
            self._name,
            size=11,
            weight=weight,
            color=color,
            align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
        )
        if self.ring_on:
            draw_ring(painter, box.adjusted(2, 2, -2, -2), px(4))


class LinkButton(FocusRing, Themed, QAbstractButton):
    """A flat accent line with an icon before it, such as "+ Add class"."""

    def __init__(
        self,
        text: str,
        icon: str = "plus",
        *,
        role: str = "accent",
        weight: int = 400,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._role, self._weight = icon, role, weight
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFont(fonts.ui(13, self._weight))

    def sizeHint(self) -> QSize:
        icon = px(16) + px(8) if self._icon_name else 0
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + icon + px(8), px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        color = getattr(t, self._role) if self.isEnabled() else t.faint
        left = 0
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            rounded(painter, QRectF(self.rect()), px(4), t.accent_soft if self.isDown() else t.hover)
        if self._icon_name:
            draw_icon(self, painter, self._icon_name, px(14), color, QRectF(0, 0, px(16), self.height()))
            left = px(16) + px(6)
        draw_text(
            painter,
            QRectF(left, 0, self.width() - left, self.height()),
            self.text(),
            weight=self._weight,
            color=color,
        )
        if self.ring_on:
            draw_ring(painter, QRectF(self.rect()), px(4))


class TextToggle(FocusRing, Themed, QAbstractButton):
    """A small checkable word, such as "log" in a chart's corner: accent soft and accent text when on."""

    def __init__(self, text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFont(fonts.ui(12))
        self.setFixedSize(self.fontMetrics().horizontalAdvance(self.text()) + px(16), px(24))

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        box = QRectF(self.rect())
        color = t.muted
        if self.isChecked():
            rounded(painter, box, px(4), t.accent_soft)
            color = t.accent
        elif self.underMouse():
            rounded(painter, box, px(4), t.hover)
        draw_text(
            painter,
            box,
            self.text(),
            size=12,
            color=color if self.isEnabled() else t.faint,
            align=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
        )
        if self.ring_on:
            draw_ring(painter, box, px(4))


class TextButton(TextToggle):
    """The same as a push button: something that a chart recommends, in the accent's colour."""

    def __init__(self, text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(text, parent=parent)
        self.setCheckable(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_words(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.restyle()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        box = QRectF(self.rect())
        active = self.isEnabled() and (self.isDown() or self.underMouse())
        ground = t.canvas if not active else t.accent_soft if self.isDown() else t.hover
        rounded(painter, box, px(4), ground, t.control)
        color = t.accent if self.isEnabled() else t.faint
        center = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        draw_text(painter, box, self.text(), size=12, color=color, align=center)
        if self.ring_on:
            draw_ring(painter, box, px(4))
