"""Where the docks stand: the first arrangement, the small window, and the layout as it was left."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from playground.gui.chart_docks import ChartDocks
from playground.gui.settings import Settings
from playground.gui.theme import host, px
from playground.gui.widgets import Panel, Section

DATA, MODEL, MODEL_SMALL = 216, 264, 260
CHARTS, CHARTS_SMALL = 208, 176
CHARTS_SHARE = 0.23
"""Of the height of a large window."""
LARGE_SHARE = 0.5
"""The same of a chart that is enlarged."""
SHARES = (541, 532, 255)
"""Widths of the three chart docks, as parts of a whole."""
SMALL_WIDTH, SMALL_HEIGHT = 1200, 760
"""Below either, the window is small: lower charts, two chart docks, no icons in the strip but the eye."""


class PanelDock(QDockWidget):
    """A side panel as a dock; the panel's header is its title bar."""

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(panel.accessibleName())
        self.setObjectName(name)
        panel.attach(self)


class Layout(QObject):
    """Arranges the docks. Until a person drags a line between them, their sizes follow that of the window."""

    def __init__(self, outer: QMainWindow, inner: QMainWindow, data: QDockWidget, model: QDockWidget,
                 charts: ChartDocks, settings: Settings) -> None:
        super().__init__(outer)
        self._outer, self._inner, self._data, self._model = outer, inner, data, model
        self._charts, self._settings = charts, settings
        self._size = (0, 0, 0)
        self._by_hand = False
        self._large: QDockWidget | None = None
        self._before: QByteArray | None = None
        self._place()
        inner.installEventFilter(self)
        for dock in charts.docks:
            dock.enlarged.connect(lambda on, dock=dock: self.enlarge(dock if on else None))

    @property
    def small(self) -> bool:
        return self._outer.width() < px(SMALL_WIDTH) or self._outer.height() < px(SMALL_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The inner window gets mouse events of its own only on the lines between docks."""
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._by_hand = True
        return False

    def _place(self) -> None:
        inner, first = self._inner, self._charts.docks[0]
        inner.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._data)
        inner.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._model)
        inner.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, first)
        for left, right in zip(self._charts.docks, self._charts.docks[1:], strict=False):
            inner.splitDockWidget(left, right, Qt.Orientation.Horizontal)

    def reset(self) -> None:
        """The first arrangement again."""
        self.usual_size()
        self._settings.forget_layout()
        for dock in (self._data, self._model, *self._charts.docks):
            dock.setFloating(False)
            dock.show()
        for chart in self._charts.docks:
            chart.wanted = True
        self._place()
        self._by_hand = False
        self._size = (0, 0, 0)
        self.lab_changed()
        self.resized()

    def can_zoom_in(self) -> bool:
        """Whether the window would still fit the screen: what it needs grows with the zoom."""
        room = self._outer.screen().availableGeometry().size().expandedTo(self._outer.size())
        need = self._outer.minimumSizeHint() * (host().next_zoom / host().zoom)
        return bool(need.width() <= room.width() and need.height() <= room.height())

    def enlarge(self, dock: QDockWidget | None) -> None:
        """Give this chart dock the whole foot of the window and most of its height; None: as before."""
        if dock is self._large:
            return
        if dock is not None and self._large is None:
            self._before = self._inner.saveState()
        self._large = dock
        self.lab_changed()
        if dock is not None:
            self._inner.resizeDocks([dock], [round(LARGE_SHARE * self._inner.height())], Qt.Orientation.Vertical)
        elif self._before is not None:
            self._inner.restoreState(self._before)
            self.lab_changed()

    def usual_size(self) -> None:
        """No chart dock is enlarged."""
        for dock in self._charts.docks:
            dock.set_large(False)

    def lab_changed(self) -> None:
        """Docks without tabs go; those with tabs come, unless a person closed them."""
        for dock in self._charts.docks:
            dock.setVisible(dock.wanted and dock.tabs.count() > 0 and self._large in (None, dock))

    def resized(self) -> None:
        """Fit the docks to the size of the window."""
        size = (self._outer.width(), self._outer.height(), px(100))
        if size == self._size:
            return
        self._size = size
        if self._charts.few != self.small:
            self._charts.set_few(self.small)
            self.lab_changed()
        if not self._by_hand:
            self._fit()

    def _fit(self) -> None:
        inner, small = self._inner, self.small
        side = [self._data, self._model]
        inner.resizeDocks(side, [px(DATA), px(MODEL_SMALL if small else MODEL)], Qt.Orientation.Horizontal)
        shown = [dock for dock in self._charts.docks if not dock.isHidden() and not dock.isFloating()]
        if not shown:
            return
        if self._large is not None:
            inner.resizeDocks([self._large], [round(LARGE_SHARE * inner.height())], Qt.Orientation.Vertical)
            return
        high = px(CHARTS_SMALL) if small else max(px(CHARTS), round(CHARTS_SHARE * self._outer.height()))
        inner.resizeDocks([shown[0]], [high], Qt.Orientation.Vertical)
        shares = SHARES[: len(shown)] if len(shown) == 3 else (1,) * len(shown)
        inner.resizeDocks(shown, [inner.width() * share // sum(shares) for share in shares], Qt.Orientation.Horizontal)

    # ---- from one time to the next
    def restore(self) -> None:
        """As it was left; else the first arrangement in a window that fits the screen."""
        geometry, docks = self._settings.layout("geometry"), self._settings.layout("docks")
        if geometry is None or not self._outer.restoreGeometry(geometry):
            room = self._outer.screen().availableGeometry()
            self._outer.resize(min(1440, room.width()), min(900, room.height()))
        self.resized()
        if docks is not None and self._inner.restoreState(docks):
            self._by_hand = self._settings.layout("by_hand") is not None
            for dock in self._charts.docks:
                dock.wanted = not dock.isHidden() or not dock.tabs.count()
            self.lab_changed()

        folds = self._settings.folds
        for title, part in self._folding():
            part.setOpen(folds.get(title, part.isOpen()))

    def _folding(self) -> list[tuple[str, Panel | Section]]:
        panels = [panel for dock in (self._data, self._model) if isinstance(panel := dock.widget(), Panel)]
        sections = [section for panel in panels for section in panel.findChildren(Section)]
        return [(p.accessibleName(), p) for p in panels] + [(s.header.text(), s) for s in sections]

    def save(self) -> None:
        self.usual_size()
        self._settings.folds = {title: part.isOpen() for title, part in self._folding()}
        self._settings.forget_layout()
        self._settings.set_layout("geometry", self._outer.saveGeometry())
        self._settings.set_layout("docks", self._inner.saveState())
        if self._by_hand:
            self._settings.set_layout("by_hand", QByteArray(b"1"))
