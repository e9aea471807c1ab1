"""The lines between docks are one pixel thin; here is enough to grab them by.

`DockGrips(window)` lays a clear strip of five pixels beside each line of a QMainWindow and hands what the
mouse does there on to the window, as if it had hit the line.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QToolBar, QWidget

from playground.gui.theme import theme
from playground.gui.widgets.base import Themed

REACH = 4  # px beside the line
_CHANGES = {
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
    QEvent.Type.ChildAdded,
    QEvent.Type.ChildRemoved,
}


class _Grip(QWidget):
    """One strip. `line` is the separator inside it, in the window's coordinates."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window, self.line = window, QRect()
        self._shift = QPoint()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def lay(self, strip: QRect, line: QRect) -> None:
        if self.line != line or self.geometry() != strip:
            self.line = line
            upright = line.width() < line.height()
            self.setCursor(Qt.CursorShape.SplitHCursor if upright else Qt.CursorShape.SplitVCursor)
            self.setGeometry(strip)
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.mapToParent(event.position().toPoint())
        upright = self.line.width() < self.line.height()
        self._shift = QPoint(self.line.x() - at.x(), 0) if upright else QPoint(0, self.line.y() - at.y())
        self._pass_on(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pass_on(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pass_on(event)
        self.update()

    def _pass_on(self, event: QMouseEvent) -> None:
        at = QPointF(self.mapToParent(event.position().toPoint()) + self._shift)
        copy = QMouseEvent(
            event.type(), at, event.globalPosition(), event.button(), event.buttons(), event.modifiers()
        )
        QApplication.sendEvent(self._window, copy)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse():
            QPainter(self).fillRect(self.line.translated(-self.pos()), theme().color("accent"))


class DockGrips(QObject):
    """Keeps the strips of `window` in place while docks come, go and move."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._grips: list[_Grip] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.place)
        self._watched: set[QDockWidget] = set()
        window.installEventFilter(self)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES and not self._soon.isActive():
            self._soon.start()
        return False

    def place(self) -> None:
        """Lay a strip beside each line that is there now."""
        strips = self._strips()
        while len(self._grips) < len(strips):
            self._grips.append(_Grip(self._window))
        for grip, (strip, line) in zip(self._grips, strips, strict=False):
            grip.lay(strip, line)
        for grip in self._grips[len(strips) :]:
            grip.hide()

    def _strips(self) -> list[tuple[QRect, QRect]]:
        """(strip, line) for each side of a dock at which a line runs."""
        docks = self._window.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for dock in docks:
            if dock not in self._watched:
                dock.installEventFilter(self)
                self._watched.add(dock)
        shown = [dock for dock in docks if dock.isVisible() and not dock.isFloating()]
        bars = self._window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        centre = self._window.centralWidget()
        filled = [w.geometry() for w in (*shown, *bars, centre) if w is not None and w.isVisible()]
        result = []
        for dock in shown:
            box = dock.geometry()
            sides = (
                (QRect(box.right() + 1, box.top(), 1, box.height()), (0, 0, REACH, 0)),
                (QRect(box.left() - 1, box.top(), 1, box.height()), (-REACH, 0, 0, 0)),
                (QRect(box.left(), box.top() - 1, box.width(), 1), (0, -REACH, 0, 0)),
                (QRect(box.left(), box.bottom() + 1, box.width(), 1), (0, 0, 0, REACH)),
            )
            for line, reach in sides:
                middle = line.center()
                if self._window.rect().contains(middle) and not any(f.contains(middle) for f in filled):
                    result.append((line.adjusted(*reach), line))
        return result


class Grip(Themed, QWidget):
    """The line right of a panel, with enough beside it to grab it by; dragged(x): to there, in the parent's pixels."""

    dragged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(self.tr("Line between the network and the plane"))
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedWidth(REACH + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self.mapToParent(event.position()).x())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, hot = QPainter(self), self.underMouse()
        painter.fillRect(self.rect(), theme().color("panel"))
        line = QRect(self.width() - (2 if hot else 1), 0, 2 if hot else 1, self.height())
        painter.fillRect(line, theme().color("accent" if hot else "border"))
