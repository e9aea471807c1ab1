"""What the program remembers of itself from one time to the next: layout, theme, recent files.

One file in the user's configuration folder, or in PLAYGROUND_SETTINGS_DIR. Whatever is odd in it is passed
over: a damaged file never keeps the window from opening.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from playground.gui.theme import CHOICES

MOST_RECENT = 8
LAYOUT_VERSION = 1


class Settings:
    """Typed access to the QSettings of the program."""

    def __init__(self) -> None:
        folder = os.environ.get("PLAYGROUND_SETTINGS_DIR")
        if folder:
            self._store = QSettings(str(Path(folder) / "playground.ini"), QSettings.Format.IniFormat)
        else:
            self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Playground", "Playground")

    @property
    def folder(self) -> Path:
        """Where the file lies; rescued sessions are put beside it."""
        return Path(self._store.fileName()).parent

    # ---- recent files
    def recent(self) -> list[Path]:
        found = self._store.value("recent", [])
        names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return [Path(name) for name in names if isinstance(name, str) and name]

    def add_recent(self, path: Path) -> None:
        path = path.absolute()
        names = [str(path)] + [str(p) for p in self.recent() if p != path]
        self._store.setValue("recent", names[:MOST_RECENT])

    def clear_recent(self) -> None:
        self._store.setValue("recent", [])

    # ---- look
    @property
    def theme(self) -> str:
        choice = self._store.value("theme", "system")
        return choice if choice in CHOICES else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._store.setValue("theme", choice)

    @property
    def zoom(self) -> float:
        try:
            return float(str(self._store.value("zoom", 1.0)))
        except (TypeError, ValueError):
            return 1.0

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._store.setValue("zoom", zoom)

    @property
    def hints(self) -> bool:
        return self._store.value("hints", "true") in (True, "true")

    @hints.setter
    def hints(self, on: bool) -> None:
        self._store.setValue("hints", "true" if on else "false")

    @property
    def folds(self) -> dict[str, bool]:
        """Titles of panels and sections, and whether each is open."""
        found = self._store.value("folds", [])
        names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return {str(name)[1:]: str(name)[0] == "+" for name in names if str(name)}

    @folds.setter
    def folds(self, folds: dict[str, bool]) -> None:
        self._store.setValue("folds", [("+" if is_open else "-") + title for title, is_open in folds.items()])

    @property
    def network_width(self) -> int:
        """Of the picture of the network, in design pixels; 0: as it comes."""
        try:
            return int(str(self._store.value("network_width", 0)))
        except (TypeError, ValueError):
            return 0

    @network_width.setter
    def network_width(self, wide: int) -> None:
        self._store.setValue("network_width", wide)

    # ---- layout
    def layout(self, name: str) -> QByteArray | None:
        """The state that `set_layout` kept under this name, or None."""
        found = self._store.value(f"layout{LAYOUT_VERSION}/{name}")
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"layout{LAYOUT_VERSION}/{name}", state)

    def forget_layout(self) -> None:
        self._store.remove(f"layout{LAYOUT_VERSION}")

    def sync(self) -> None:
        self._store.sync()
