"""`playground doctor`: what this machine has, what it lacks, and the one line that mends each thing.

It starts no window and imports Qt in a process of its own, because a library that is missing may end the
process that asks for it.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

import playground

NEEDED = (
    "PySide6_Essentials",
    "numpy",
    "numba",
    "torch",
    "pydantic",
    "typer",
    "matplotlib",
    "onnx",
    "safetensors",
)

LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0", "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1", "libxkbcommon.so.0": "libxkbcommon0",
}  # fmt: skip
"""Library -> its package in Debian and Ubuntu: what Qt needs even without a display."""

LIBRARIES_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}  # fmt: skip
"""The same for a real window."""

FIRST_BAD_QT, FIRST_GOOD_PYTHON = (6, 12), (3, 12)


@dataclass(frozen=True)
class Finding:
    """One line of the report; `mend`: what to do about it, if anything is wrong."""

    what: str
    value: str
    fine: bool = True
    mend: str = ""


def examine() -> list[Finding]:
    """Everything that is worth knowing when something does not work."""
    return [*_versions(), *_libraries(), _qt(), _display(), *_torch(), _kernels()]


def report(findings: list[Finding]) -> str:
    """The findings as text, one to a line, what is wrong marked with an exclamation mark."""
    width = max(len(finding.what) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{' ' if finding.fine else '!'} {finding.what:<{width}}  {finding.value}")
        if finding.mend:
            lines.append(f"  {'':<{width}}  -> {finding.mend}")
    bad = sum(not finding.fine for finding in findings)
    ending = "Everything that is needed is there." if not bad else f"{bad} thing{'s' * (bad > 1)} to mend."
    return "\n".join([*lines, "", ending])


def _versions() -> Iterator[Finding]:
    yield Finding("Playground", playground.__version__)
    python = platform.python_version()
    old = sys.version_info < (3, 11)
    yield Finding(
        "Python", f"{python} ({sys.executable})", not old, "Install Python 3.11 or newer." if old else ""
    )
    yield Finding("System", platform.platform())
    for name in NEEDED:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(name, "missing", False, f"{sys.executable} -m pip install {name}")
            continue
        mend = qt_mend(version, sys.version_info[:2]) if name == "PySide6_Essentials" else ""
        yield Finding(name, version, not mend, mend)


def qt_mend(version: str, python: tuple[int, ...]) -> str:
    """What to do about this version of PySide6 on this Python: 6.12 ends the process on 3.10 and 3.11."""
    found = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if found >= FIRST_BAD_QT and python < FIRST_GOOD_PYTHON:
        return (
            "PySide6 6.12 kills the process on this Python: "
            f"{sys.executable} -m pip install 'PySide6-Essentials>=6.11.3,<6.12'"
        )
    return ""


def _libraries() -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        return
    wanted = LIBRARIES | (LIBRARIES_X11 if os.environ.get("DISPLAY") else {})
    missing = [package for library, package in wanted.items() if not _loads(library)]
    yield libraries_finding(missing)


def libraries_finding(missing: list[str]) -> Finding:
    """The one line that installs what is missing."""
    if not missing:
        return Finding("System libraries", "all there")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    line = f"{'' if root else 'sudo '}apt-get install -y {' '.join(missing)}"
    return Finding("System libraries", f"missing: {', '.join(missing)}", False, line)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _qt() -> Finding:
    """Whether Qt itself loads."""
    done = _python("from PySide6 import QtCore, QtGui, QtWidgets, QtSvg; print(QtCore.qVersion())")
    if done.returncode == 0:
        return Finding("Qt", done.stdout.strip())
    return Finding(
        "Qt", "does not load", False, _last_line(done.stderr) or f"it ended with code {done.returncode}"
    )


def _display() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("Display", "that of the system")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("Display", f"{name}={os.environ[name]}")
    around = "xvfb-run -a playground" if shutil.which("xvfb-run") else "playground run, playground screenshot"
    return Finding("Display", "none, so no window can open", True, f"Without a display: {around}.")


def _torch() -> Iterator[Finding]:
    """Devices, asked for in a process of its own: a broken installation of torch may end it."""
    done = _python(
        "import torch; print(torch.version.cuda or '-'); print(torch.cuda.is_available()); "
        "print(torch.backends.mps.is_available()); print(torch.cuda.get_device_name() if torch.cuda.is_available() "
        "else '')"
    )
    if done.returncode != 0:
        yield Finding("Devices", "torch does not load", False, torch_mend(done.stderr))
        return
    cuda, has_cuda, has_mps, *name = done.stdout.splitlines()
    devices = ["cpu"] + [f"cuda ({name[0]})"] * (has_cuda == "True") + ["mps"] * (has_mps == "True")
    yield Finding("Devices", ", ".join(devices) + f"; {os.cpu_count()} processors")
    if has_cuda != "True" and cuda == "-" and shutil.which("nvidia-smi"):
        yield Finding("NVIDIA GPU", "there, but this torch was built without CUDA", True,
                      f"{sys.executable} -m pip install --force-reinstall torch --index-url "
                      "https://download.pytorch.org/whl/cu128")  # fmt: skip


def _kernels() -> Finding:
    """The compiled kernels, tried in a process of their own."""
    done = _python(
        "from playground.engine import compiled as c\n"
        "print(c.folder())\n"
        "if c.is_ready():\n"
        "    try:\n"
        "        c.load()\n"
        "    except c.Unavailable:\n"
        "        pass\n"
        "else:\n"
        "    import numba\n"
        "print(c.is_ready()); print(c.status().why)"
    )
    if done.returncode != 0:
        return Finding(
            "Kernels", f"numba does not load ({_last_line(done.stderr)}): PyTorch takes over", False,
            f"{sys.executable} -m pip install --force-reinstall numba",
        )  # fmt: skip
    folder, ready, why = (*done.stdout.splitlines(), "", "", "")[:3]
    if ready == "True":
        return Finding("Kernels", f"compiled ({folder})", True, why)
    if "not compiled yet" in why:
        return Finding("Kernels", "not compiled yet: the first network does it", True,
                       f"{sys.executable} -m playground.engine.compiled")  # fmt: skip
    return Finding("Kernels", why, False, f"{sys.executable} -m pip install --force-reinstall numba")


def torch_mend(stderr: str) -> str:
    """What helps against the error that torch died with."""
    if "1114" in stderr or "WinError 126" in stderr:
        return (
            "Install the Microsoft Visual C++ Redistributable (x64) and start again; if another Qt is installed "
            "beside PySide6, remove it: torch must be loaded before it (pytorch issue 169429)."
        )
    return _last_line(stderr) or f"{sys.executable} -m pip install --force-reinstall torch"


def _python(code: str) -> "subprocess.CompletedProcess[str]":
    """Run code in a Python of its own, for at most a minute."""
    try:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([], 1, "", "it took more than a minute to load")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
