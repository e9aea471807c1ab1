"""The direction of imports: pyproject.toml states it, import-linter and the running program answer here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "numba", "sklearn", "scipy", "matplotlib", "onnx", "onnxruntime")


def run_python(code: str) -> str:
    """Run code in a Python of its own, in the root of the checkout; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_imports_point_one_way() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("module", ["playground.gui.main_window", "playground.app", "playground.cli"])
def test_the_window_appears_before_any_heavy_library(module: str) -> None:
    loaded = run_python(f"import sys, {module}; print(*{set(HEAVY)!r} & set(sys.modules))")
    assert loaded.split() == []


def test_the_engine_works_where_qt_is_not_installed() -> None:
    """Every module of the engine can be imported, and the command line fits the default curve."""
    printed = run_python(
        "from tests.no_qt import block_qt; block_qt()\n"
        "import importlib, pkgutil, sys, playground.engine\n"
        "from playground.engine import compiled\n"
        "compiled.load()  # names the place where the kernels lie compiled, before they are imported below\n"
        "for module in pkgutil.walk_packages(playground.engine.__path__, 'playground.engine.'):\n"
        "    importlib.import_module(module.name)\n"
        "from playground.cli import main\n"
        "sys.argv = ['playground', 'run', '--lab', 'curve', '--json']\n"
        "main()"
    )
    assert '"finished"' in printed
