"""The window's actions and menus, from one table: text, keys, icon, one line about it, what it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from playground.gui import icons

Keys = QKeySequence.StandardKey


@dataclass(frozen=True)
class Entry:
    """One action. `group` makes it one of several of which one is on; `checkable` a switch."""

    name: str
    text: str
    keys: str | QKeySequence.StandardKey | tuple[str, ...] = ""
    icon: str = ""
    about: str = ""
    group: str = ""
    checkable: bool = False


TABLE: tuple[Entry, ...] = (
    Entry("new", "&New", Keys.New, "file-plus", "Start again with this lab's first picture."),
    Entry("open", "&Open…", Keys.Open, "folder-open", "A session that was saved, a CSV file or a picture."),
    Entry("save", "&Save", Keys.Save, "save", "The run as it stands, in one file."),
    Entry("save_as", "Save &as…", "Ctrl+Shift+S"),
    Entry("import", "&Import…", "Ctrl+I", "table", "Points from a table or from the colours of a picture."),
    Entry("export", "&Export…", "Ctrl+E", "download", "The model, the pictures, the data."),
    Entry("quit", "&Quit", "Ctrl+Q"),
    Entry("undo", "Undo", Keys.Undo, "undo-2"),
    Entry("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo-2"),
    Entry("one_more", "&One more point", "+", "circle-plus", "Another point from the source; the others stay."),
    Entry("cut", "Cu&t", Keys.Cut, "scissors", "The chosen points go to the clipboard, as rows for a spreadsheet."),
    Entry("copy", "&Copy", Keys.Copy, "copy", "The chosen points, as rows for a spreadsheet."),
    Entry("paste", "&Paste", Keys.Paste, "clipboard-paste",
          "Points from a spreadsheet, a picture, a link, or a URL of TensorFlow Playground."),
    Entry("duplicate", "D&uplicate", "Ctrl+D", "copy-plus", "A copy of the chosen points beside them."),
    Entry("select_all", "Select &all points", Keys.SelectAll),
    Entry("delete", "&Delete selected points", Keys.Delete, "trash-2"),
    Entry("clear", "&Clear points", "Ctrl+Shift+Backspace", "", "An empty canvas to draw on."),
    Entry("copy_link", "Copy &link", "Ctrl+Shift+C", "", "A text that opens this experiment anywhere."),
    Entry("theme_system", "As the &system", group="theme"),
    Entry("theme_light", "&Light", group="theme"),
    Entry("theme_dark", "&Dark", group="theme"),
    Entry("theme_contrast", "&High contrast", group="theme"),
    Entry("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "zoom-in"),
    Entry("zoom_out", "Zoom &out", "Ctrl+-", "zoom-out"),
    Entry("zoom_reset", "&Actual size", "Ctrl+0"),
    Entry("fit_view", "&Fit the view", "F", "maximize", "Show all the points."),
    Entry("ranges", "&Axis ranges…", "", "", "Type from where to where the axes of the canvas go."),
    Entry("save_picture", "Save the &picture…", "Ctrl+P", "image-down", "What the canvas shows, as a file."),
    Entry("next_chart", "&Next chart", ("Ctrl+PgDown", "Ctrl+Tab"), "", "The next tab of the charts used last."),
    Entry("previous_chart", "Pre&vious chart", ("Ctrl+PgUp", "Ctrl+Shift+Tab")),
    Entry("hint", "&Hints", checkable=True),
    Entry("reset_layout", "&Reset layout"),
    Entry("full_screen", "F&ull screen", "F11", checkable=True),
    Entry("play", "Play", "Space", "play"),
    Entry("forward", "One step forward", "Ctrl+Right", "step-forward"),
    Entry("back", "One step back", "Ctrl+Left", "step-back"),
    Entry("rewind", "Rewind", "Ctrl+Home", "skip-back"),
    Entry("new_weights", "New weights", "Ctrl+R", "dices", "Start from other initial weights."),
    Entry("fan", "&Fan of resampled fits", "Shift+F", "", "How far fits to other draws of the points would differ.",
          checkable=True),
    Entry("orders", "&Orders side by side…", "", "", "Which orders M the gallery and the table of coefficients show."),
    Entry("axes", "Weights of the &error surface…", "", "", "Which two weights span the contour picture of E."),
    Entry("keys", "&Keyboard shortcuts", "F1"),
    Entry("about", "&About Playground"),
)

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("&File", ("new", "open", ">recent", "", "save", "save_as", "", "import", "export", "", "quit")),
    ("&Edit", ("undo", "redo", "", "cut", "copy", "paste", "duplicate", "", "one_more", "select_all", "delete", "clear",
               "", "copy_link")),  # fmt: skip
    ("&Lab", (">labs", "", ">presets", "", "play", "forward", "back", "rewind", "new_weights", "", "fan", "orders",
              "axes", "", ">executor")),
    ("&View", (">panels", ">charts", ">layers", "hint", "fit_view", "ranges", "", ">theme", "zoom_in", "zoom_out",
               "zoom_reset", "", "save_picture", "", "reset_layout", "full_screen")),  # fmt: skip
    ("&Help", ("keys", "about")),
)


def translate(text: str) -> str:
    return QCoreApplication.translate("Actions", text)


def make_actions(parent: QWidget, slots: dict[str, Callable[[], object]]) -> dict[str, QAction]:
    """Every action of the table, wired to the slot of its name, and active in the whole window."""
    made: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for entry in TABLE:
        action = QAction(translate(entry.text), parent)
        action.setObjectName(entry.name)
        keys = entry.keys
        if isinstance(keys, tuple):
            action.setShortcuts([QKeySequence(key) for key in keys])
        elif keys:
            action.setShortcut(QKeySequence(keys))
        if entry.about:
            action.setStatusTip(translate(entry.about))
        action.setCheckable(entry.checkable or bool(entry.group))
        if entry.group:
            group = groups.setdefault(entry.group, QActionGroup(parent))
            group.addAction(action)
        if entry.icon:
            icons.bind(action, entry.icon, 16, "muted")
        slot = slots[entry.name]
        action.triggered.connect(lambda _=False, slot=slot: slot())
        parent.addAction(action)
        made[entry.name] = action
    return made


def fill_menus(bar: QMenuBar, actions: dict[str, QAction], submenus: dict[str, QMenu | list[QAction]]) -> None:
    """The menus of the table. ">name" stands for a submenu, or for a list of actions put in its place."""
    for title, names in MENUS:
        menu = bar.addMenu(translate(title))
        for name in names:
            if not name:
                menu.addSeparator()
            elif name.startswith(">"):
                inner = submenus[name[1:]]
                if isinstance(inner, QMenu):
                    menu.addMenu(inner)
                else:
                    menu.addActions(inner)
            else:
                menu.addAction(actions[name])


def shortcuts_text(actions: list[QAction]) -> list[tuple[str, str]]:
    """(keys, what they do) of every action that has keys."""
    return [
        (", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()),
         action.text().replace("&", "").rstrip("…"))
        for action in actions if not action.shortcut().isEmpty() and action.text()
    ]  # fmt: skip
