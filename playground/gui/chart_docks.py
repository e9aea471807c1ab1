"""The chart docks at the foot: each a row of tabs, each tab the view of one summary.

A tab is named by the lab before anything was computed; its view is made when the first summary comes, by
the summary's type. Only what is in front is watched, so only that is computed. The menu of a dock lists all its
charts, and what the one in front recommends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QMenu, QStackedLayout, QWidget

from playground.engine.labs.base import ChartSlot
from playground.engine.snapshot import Snapshot, Summary
from playground.gui.chart_tabs import ChartTabs
from playground.gui.theme import host, px, theme
from playground.gui.widgets import EmptyState, Surface, TextToggle, ToolButton, rearranging, set_rich_tip

Slots = tuple[ChartSlot, ...]


class Page(QWidget):
    """One tab: a sentence until the first summary comes, then the view of its type."""

    picked = Signal(object)
    dragged = Signal(object)
    settled = Signal()
    points_chosen = Signal(object)
    looked = Signal(object)
    chosen = Signal(int)
    enlarged = Signal(bool)
    view_made = Signal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.name, self.title = name, title
        self.view: Any = None
        self.summary: Summary | None = None
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyState("chart-spline", QCoreApplication.translate("Page", "One moment…"))
        self._stack.addWidget(self._empty)

    def show_summary(self, summary: Summary | None) -> None:
        """None: the run has nothing to say here."""
        self.summary = summary
        self._stack.setCurrentIndex(0 if summary is None else self._stack.count() - 1)
        if summary is None:
            self._empty.say(QCoreApplication.translate("Page", "Nothing to show yet."))
            return
        if self.view is None or type(summary) is not getattr(self, "_type", None):
            self._make(type(summary))
        self.view.show(summary)

    def _make(self, kind: type) -> None:
        from playground.gui.views import VIEWS

        if self.view is not None:
            self._stack.removeWidget(self.view)
            self.view.deleteLater()
        self.view, self._type = VIEWS[kind](), kind
        if hasattr(self.view, "picked"):
            self.view.picked.connect(self.picked)
            self.view.dragged.connect(self.dragged)
            self.view.settled.connect(self.settled)
        if hasattr(self.view, "points_chosen"):
            self.view.points_chosen.connect(self.points_chosen)
        if hasattr(self.view, "looked"):
            self.view.looked.connect(self.looked)
        if hasattr(self.view, "chosen"):
            self.view.chosen.connect(self.chosen)
        if hasattr(self.view, "enlarged"):
            self.view.enlarged.connect(self.enlarged)
        self._stack.addWidget(self.view)
        self._stack.setCurrentWidget(self.view)
        self.view.restyle(theme())
        self.view_made.emit()

    def restyle(self) -> None:
        if self.view is not None:
            self.view.restyle(theme())


class ChartDock(QDockWidget):
    """One dock of tabs. visible_changed: other summaries are in front now. wanted: nobody closed it."""

    visible_changed = Signal()
    picked = Signal(object)
    dragged = Signal(object)
    settled = Signal()
    points_chosen = Signal(object)
    """Ids of points that are to be seen on the canvas."""
    looked = Signal(object)
    """Fields of `View` that the person chose in a chart, with their values."""
    chosen = Signal(str, int)
    """Name of the summary, and which of its parts is pointed at: -1 is none."""
    enlarged = Signal(bool)
    """It is to be seen large, or as before."""
    save_requested = Signal(object, str)
    """The page in front, and "picture" or "numbers"."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"charts{number}")
        self.setWindowTitle(self.tr("Charts {number}").format(number=number))
        self.tabs = ChartTabs()
        self.tabs.setAccessibleName(self.windowTitle())
        self.tabs.tabBar().setAccessibleName(self.windowTitle())
        self._bound: list[tuple[TextToggle, QAction]] = []
        self.tabs.setCornerWidget(self._corner())
        self.setWidget(self.tabs)
        self._slots: Slots = ()
        self._spare: dict[str, Page] = {}
        """Pages that no tab shows now."""
        self._fronts: dict[Slots, str] = {}
        self._troubles: Mapping[str, str] = {}
        self.wanted, self.large = True, False
        self._bare = QWidget()
        self.setTitleBarWidget(self._bare)
        self.topLevelChanged.connect(self._float)
        self.toggleViewAction().triggered.connect(lambda on: setattr(self, "wanted", on))
        self.visibilityChanged.connect(lambda _: self.visible_changed.emit())
        self.tabs.currentChanged.connect(self._turned)

    def _corner(self) -> QWidget:
        corner = Surface("panel", underline=True)
        line = QHBoxLayout(corner)
        line.setContentsMargins(0, px(4), px(8), px(4))
        line.setSpacing(px(4))
        self._toggles = line
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        button = ToolButton("ellipsis-vertical", self.tr("Menu of the chart"), size=28, icon_size=18)
        button.setMenu(self.menu)
        line.addWidget(button)
        return corner

    # ---- what it holds
    def set_slots(self, slots: Slots) -> None:
        """Hold these tabs; one that stays keeps its view, and the one that was in front of them comes back."""
        if slots == self._slots:
            return
        if self.front is not None:
            self._fronts[self._slots] = self.front.name
        stays = {slot.name for slot in self._slots if slot.stays} & {slot.name for slot in slots}
        front = self.front.name if self.front and self.front.name in stays else self._fronts.get(slots, "")
        self._spare |= {page.name: page for page in self.pages()}
        self._slots = slots
        blocked = self.tabs.blockSignals(True)
        with rearranging(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for slot in slots:
                self.tabs.addTab(self._spare.pop(slot.name, None) or self._page(slot), slot.title)
            names = [slot.name for slot in slots]
            self.tabs.setCurrentIndex(names.index(front) if front in names else 0)
        self.tabs.blockSignals(blocked)
        self.mark(self._troubles)
        self.setWindowTitle(", ".join(slot.title for slot in slots))
        self.toggleViewAction().setText(self.windowTitle())
        self.toggleViewAction().setVisible(bool(slots))
        self._turned()

    def prepare(self, slot: ChartSlot) -> None:
        """Make the page of a tab that may be shown later."""
        if slot.name not in self._spare and slot.name not in (page.name for page in self.pages()):
            self._spare[slot.name] = self._page(slot)

    def _page(self, slot: ChartSlot) -> Page:
        page = Page(slot.name, slot.title)
        page.picked.connect(self.picked)
        page.dragged.connect(self.dragged)
        page.settled.connect(self.settled)
        page.points_chosen.connect(self.points_chosen)
        page.looked.connect(self.looked)
        page.enlarged.connect(self.set_large)
        page.chosen.connect(lambda part: self.chosen.emit(slot.name, part))
        page.view_made.connect(self._view_made)
        return page

    def pages(self) -> list[Page]:
        return [self.tabs.widget(i) for i in range(self.tabs.count())]

    def mark(self, troubles: Mapping[str, str]) -> None:
        """Put a dot on the tabs of these charts, with a sentence for each."""
        self._troubles = troubles
        self.tabs.mark({i: troubles[page.name] for i, page in enumerate(self.pages()) if page.name in troubles})

    @property
    def front(self) -> Page | None:
        page = self.tabs.currentWidget()
        return page if isinstance(page, Page) else None

    def turn_to(self, name: str) -> None:
        for i, page in enumerate(self.pages()):
            if page.name == name:
                self.tabs.turn(i)
                self._fit()

    def step(self, by: int) -> None:
        """Turn to the tab so many further on; after the last comes the first."""
        pages = self.pages()
        if pages:
            self.turn_to(pages[(self.tabs.currentIndex() + by) % len(pages)].name)

    @property
    def watched(self) -> frozenset[str]:
        """Names of the summaries that are on screen."""
        return frozenset({self.front.name}) if self.front and not self.isHidden() else frozenset()

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """Show the summary of the tab in front, if it came; whether it is another one than before."""
        if self.front is None or self.isHidden():
            return False
        summary, before = snapshot.summaries.get(self.front.name), self.front.summary
        if summary is not None or snapshot.status not in ("running", "loading"):
            self.front.show_summary(summary)
        self._sync_toggles()
        return self.front.summary is not before

    def restyle(self) -> None:
        for page in self.pages():
            page.restyle()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _view_made(self) -> None:
        self._mark_large()
        self._show_toggles()

    def set_large(self, on: bool) -> None:
        """Take most of the window, or be as before."""
        if on == self.large:
            return
        self.large = on
        self._mark_large()
        self._sync_toggles()
        self.enlarged.emit(on)

    def _mark_large(self) -> None:
        for page in self.pages():
            if page.view is not None and hasattr(page.view, "large"):
                page.view.large.setChecked(self.large)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by a person: it stays away in every lab until it is asked for."""
        self.wanted = False
        self.set_large(False)
        super().closeEvent(event)

    # ---- corner
    def _turned(self) -> None:
        self._show_toggles()
        self.visible_changed.emit()

    def _view_actions(self) -> list[QAction]:
        view = self.front.view if self.front else None
        return list(view.actions_()) if view is not None and hasattr(view, "actions_") else []

    def _show_toggles(self) -> None:
        """The switches of the view in front, such as "log", stand beside the menu."""
        for toggle, _ in self._bound:
            self._drop(toggle)
        self._bound = []
        for action in self._view_actions():
            if action.isCheckable() and action.text():
                toggle = TextToggle(action.text())
                toggle.setAccessibleName(action.toolTip() or action.text())
                set_rich_tip(toggle, toggle.accessibleName(), "", action.whatsThis())
                toggle.setChecked(action.isChecked())
                toggle.clicked.connect(action.trigger)
                self._toggles.insertWidget(self._toggles.count() - 1, toggle)
                self._bound.append((toggle, action))
        self._sync_toggles()
        self._fit()

    def _drop(self, widget: QWidget) -> None:
        self._toggles.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def _sync_toggles(self) -> None:
        stale = False
        for toggle, action in self._bound:
            stale |= toggle.isHidden() is action.isVisible()
            toggle.setVisible(action.isVisible())
            toggle.setChecked(action.isChecked())
        if stale:
            self._fit()

    def _fit(self) -> None:
        """The switches and the menu take what they need, the tabs the rest."""
        corner = px(8) + px(28) + sum(
            toggle.width() + px(4) for toggle, action in self._bound if action.isVisible()
        )
        self.tabs.fit(self.width() - corner - px(8))

    def _fill_menu(self) -> None:
        self.menu.clear()
        if self.tabs.count() > 1:
            for page in self.pages():
                action = self.menu.addAction(page.title, lambda name=page.name: self.turn_to(name))
                action.setCheckable(True)
                action.setChecked(page is self.front)
            self.menu.addSeparator()
        view = self.front.view if self.front is not None else None
        choices = view.choices() if view is not None and hasattr(view, "choices") else ()
        for choice in choices:
            self.menu.addAction(choice.label, lambda choice=choice: self.picked.emit(dict(choice.changes)))
        if choices:
            self.menu.addSeparator()
        if self.front is not None and self.front.view is not None:
            page = self.front
            self.menu.addAction(self.tr("Save picture…"), lambda: self.save_requested.emit(page, "picture"))
            self.menu.addAction(self.tr("Save numbers…"), lambda: self.save_requested.emit(page, "numbers"))
            self.menu.addSeparator()
        if not self.isFloating():
            large = self.menu.addAction(self.tr("Large"), lambda: self.set_large(not self.large))
            large.setCheckable(True)
            large.setChecked(self.large)
        text = self.tr("Dock") if self.isFloating() else self.tr("Float")
        self.menu.addAction(text, lambda: self.setFloating(not self.isFloating()))
        self.menu.addAction(self.tr("Close"), self.close)

    def _float(self, floating: bool) -> None:
        """Docked, the tabs are the title; afloat, the window system's own bar moves it."""
        self.setTitleBarWidget(None if floating else self._bare)
        if floating:
            self.set_large(False)
        if floating:
            self.resize(max(self.width(), px(480)), max(self.height(), px(320)))
            room = self.screen().availableGeometry()
            place = self.frameGeometry()
            place.moveRight(min(place.right(), room.right()))
            place.moveBottom(min(place.bottom(), room.bottom()))
            self.move(place.topLeft())


class ChartDocks(QObject):
    """The three docks of the window as one thing: which tabs, which are watched, showing a snapshot."""

    chosen = Signal(str, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.docks = [ChartDock(number, parent) for number in (1, 2, 3)]
        for dock in self.docks:
            dock.chosen.connect(self.chosen)
            dock.tabs.tabBarClicked.connect(lambda _, dock=dock: setattr(self, "_last", dock))
        self._last = self.docks[0]
        self._slots: tuple[Slots, ...] = ()
        self._few = False
        host().changed.connect(self.restyle)

    def set_slots(self, slots: tuple[Slots, ...]) -> None:
        self._slots = slots
        self._deal()

    def preparations(self, slots: tuple[Slots, ...]) -> Iterator[Callable[[], None]]:
        """What can be made beforehand for these tabs, in small pieces."""
        for dock, mine in zip(self.docks, self._dealt(slots), strict=True):
            for slot in mine:
                yield partial(dock.prepare, slot)

    def set_few(self, few: bool) -> None:
        """In a small window the third dock's tabs go into the second."""
        if few != self._few:
            self._few = few
            self._deal()

    @property
    def few(self) -> bool:
        return self._few

    def _deal(self) -> None:
        for dock, mine in zip(self.docks, self._dealt(self._slots), strict=True):
            dock.set_slots(mine)

    def _dealt(self, all_slots: tuple[Slots, ...]) -> list[Slots]:
        """The tabs of each dock."""
        slots = list(all_slots) + [()] * (len(self.docks) - len(all_slots))
        if self._few:
            slots = [slots[0], tuple(slot for some in slots[1:] for slot in some), *[()] * (len(self.docks) - 2)]
        return slots

    def bring(self, name: str) -> None:
        """Put the chart of this summary in front, in a dock that was closed too."""
        for dock in self.docks:
            if any(page.name == name for page in dock.pages()):
                dock.wanted, self._last = True, dock
                dock.show()
                dock.turn_to(name)
                dock.raise_()

    def step(self, by: int) -> None:
        """Turn the tabs of the dock that has the focus; else of the one that was used last, or of the first."""
        focus = QApplication.focusWidget()
        shown = [dock for dock in self.docks if dock.tabs.count() and not dock.isHidden()]
        found = [dock for dock in shown if focus is not None and dock.isAncestorOf(focus)]
        found += [dock for dock in shown if dock is self._last] + shown
        if found:
            self._last = found[0]
            found[0].step(by)

    def mark(self, troubles: Mapping[str, str]) -> None:
        """Put a dot on the tabs of these charts, with a sentence for each."""
        for dock in self.docks:
            dock.mark(troubles)

    def watched(self) -> frozenset[str]:
        return frozenset().union(*(dock.watched for dock in self.docks))

    def restyle(self) -> None:
        for dock in self.docks:
            dock.restyle()
