"""A pytest plugin that puts Qt out of reach, as if it were not installed.

    python -m pytest -p no:pytest-qt -p tests.no_qt tests/engine

`make test` and `make check` run the engine's tests in this way, so that they cannot come to need Qt
unnoticed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt", "qtpy"}


class QtBlocker(MetaPathFinder):
    """Answers every import of Qt, and of what is built on it, as Python does when it is not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse Qt; pass everything else on to the next finder."""
        if fullname.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"No module named {fullname!r} (kept out of reach)", name=fullname)
        return None


def block_qt() -> None:
    """From here on, importing Qt fails. Raises RuntimeError if it was imported before."""
    loaded = QT & set(sys.modules)
    if loaded:
        raise RuntimeError(f"too late to block {sorted(loaded)}: already imported")
    sys.meta_path.insert(0, QtBlocker())


def pytest_configure() -> None:
    """Called by pytest when the plugin is loaded with `-p`."""
    block_qt()
