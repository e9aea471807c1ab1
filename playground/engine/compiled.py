"""The only door to the compiled kernels (`engine/kernels/`), and to numba.

Compiling them takes a minute or two. It happens once, in a child process (`python -m playground.engine.compiled`)
that also measures how fast they and torch are here (`speeds`), and is kept in a folder of the user's cache:

    <user's cache>/playground/kernels-<key>/     numba's files, speeds.json, manifest.json (a checksum for each)

The key says what the kernels depend on: their source, numba, numpy, Python and the processor. The child writes
to a folder of its own and renames it, so a folder is whole or not there. What no longer fits its manifest is
thrown away and compiled anew: numba's files are pickles, so they are checked before numba reads them. Where the
cache cannot be written, a folder for this process alone takes its place. PLAYGROUND_CACHE names another cache.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import importlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MODULES = ("dense", "population", "ridge")
MANIFEST, SPEEDS = "manifest.json", "speeds.json"
KEPT_DAYS = 30
"""A folder of other kernels that nobody has used for so long is removed."""

_lock = threading.RLock()
_child: subprocess.Popen[bytes] | None = None
_failure = ""
_folder: Path | None = None
_verified = False
_loaded: dict[str, Any] = {}
"""Modules by name. (Those in `sys.modules` may be half imported, by another thread.)"""


class Unavailable(Exception):
    """The kernels cannot be used now; the one argument is a sentence that says why."""


@dataclass(frozen=True)
class Status:
    """usable: they can be called at once.     why: a sentence; empty where they are usable from the user's cache."""

    usable: bool
    folder: Path
    why: str


def load(module: str = "dense") -> Any:
    """A module of kernels. Raises Unavailable."""
    if not is_ready():
        raise Unavailable(status().why)
    found = _loaded.get(module)
    return found if found is not None else _import(module)


def is_ready() -> bool:
    """Whether `load` gives them without compiling anything."""
    global _verified
    if _failure:
        return False
    if not _verified:
        _verified = _is_whole(folder())
    return _verified


def is_loaded(module: str = "dense") -> bool:
    return module in _loaded


def start() -> None:
    """Begin to compile them in a child process, unless they are there or on their way."""
    global _child
    if is_ready() or not has_numba():
        return
    with _lock:
        if _child is None or (_child.poll() is not None and not _is_whole(folder()) and not _failed(_child)):
            _child = _begin(folder())


def ensure(tell: Callable[[str], None] = lambda sentence: None) -> bool:
    """Wait until they are compiled; whether they can be used. `tell` is called before a wait."""
    if not is_ready() and has_numba() and not _failure:
        start()
        if _child is not None:
            tell("Compiling the kernels, once: a minute or two.")
            _child.wait()
            _failed(_child)
    return is_ready()


def status() -> Status:
    """For `playground doctor` and the status bar."""
    here = folder()
    if not has_numba():
        return Status(False, here, "The compiled kernels need numba, which is not installed: PyTorch takes over.")
    if is_ready():
        why = "The user's cache cannot be written: the kernels are compiled anew with each start."
        return Status(True, here, why if is_temporary() else "")
    if _child is not None and _child.poll() is not None:
        _failed(_child)
    if _failure:
        return Status(False, here, f"The compiled kernels do not work here ({_failure}): PyTorch takes over.")
    how = "being compiled, once" if _child is not None else "not compiled yet"
    return Status(False, here, f"The kernels are {how}; until then PyTorch takes over.")


@cache
def has_numba() -> bool:
    return importlib.util.find_spec("numba") is not None


def speeds() -> dict[str, list[tuple[float, float]]]:
    """By executor and device ("fused", "torch cpu", "torch cuda"): (operations of a step, its seconds), measured
    here when the kernels were compiled; see `engine/calibration.py`. Empty where nobody has."""
    try:
        told = json.loads((folder() / SPEEDS).read_text(encoding="utf-8"))
        return {name: [(float(x), float(y)) for x, y in pairs] for name, pairs in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


# ---- the folder ----


def folder() -> Path:
    """Of the kernels for this source and this machine; a temporary one where the user's cache cannot be written."""
    global _folder
    with _lock:
        if _folder is None:
            wanted = _wanted()
            _folder = wanted if _can_write(wanted) else _copy(wanted)
        return _folder


def is_temporary() -> bool:
    """Whether the folder goes with this process."""
    return folder() != _wanted()


def _copy(wanted: Path) -> Path:
    """A folder for this process, with what is in the one that cannot be written: numba insists on writing."""
    found = Path(tempfile.mkdtemp(prefix="playground-")) / wanted.name
    atexit.register(shutil.rmtree, found.parent, ignore_errors=True)
    with suppress(OSError, shutil.Error):
        shutil.copytree(wanted, found, copy_function=shutil.copyfile)
        found.chmod(0o755)
    return found


@cache
def _wanted() -> Path:
    import platformdirs

    root = os.environ.get("PLAYGROUND_CACHE") or platformdirs.user_cache_dir("playground", appauthor=False)
    return Path(root) / f"kernels-{_key()}"


def _key() -> str:
    """Of all that compiled kernels depend on. Times are in it because numba compares them too."""
    told: list[object] = [platform.python_version(), platform.machine(), _processor()]
    told += [metadata.version(name) for name in ("numba", "llvmlite", "numpy") if _is_installed(name)]
    for path in [*sorted((HERE / "kernels").glob("*.py")), HERE / "formulas.py"]:
        stat = path.stat()
        told += [str(path), stat.st_mtime_ns, stat.st_size]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    """Its name and what it can do: code for one processor may not run on another."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return repr(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
    return platform.processor()


def _can_write(place: Path) -> bool:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place if place.exists() else place.parent):
            return True
    except OSError:
        return False


def _is_whole(place: Path) -> bool:
    """Whether all files are there as the child left them; if not, they are removed."""
    try:
        wanted = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if wanted == _checksums(place):
            with suppress(OSError):
                os.utime(place)  # used today
            return True
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        pass
    shutil.rmtree(place, ignore_errors=True)
    return False


def _checksums(place: Path) -> dict[str, str]:
    files = (path for path in sorted(place.rglob("*")) if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# ---- import, in the process that uses them ----


def _import(module: str) -> Any:
    global _failure
    with _lock:
        os.environ["NUMBA_CACHE_DIR"] = str(folder())
        collecting = gc.isenabled()
        gc.disable()
        try:
            _open_llvm()
            _loaded[module] = importlib.import_module(f"playground.engine.kernels.{module}")
            return _loaded[module]
        except Exception as error:  # a broken installation raises anything
            _failure = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Unavailable(status().why) from error
        finally:
            gc.freeze()
            if collecting:
                gc.enable()


def _open_llvm() -> None:
    """Bring in numba's large library by a call that lets go of the interpreter, unlike the import that follows."""
    from playground.engine.torch_loading import open_library

    spec = importlib.util.find_spec("llvmlite")
    if "numba" not in sys.modules and spec is not None and spec.submodule_search_locations:
        open_library(Path(spec.submodule_search_locations[0]) / "binding" / "libllvmlite.so")


# ---- compiling, in a child ----


def _begin(place: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "playground.engine.compiled", str(place)]
    nothing = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=subprocess.PIPE)
    atexit.register(_end, child)
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    """With the program ends what it began; the next start begins anew."""
    child.kill()
    child.communicate()


def _failed(child: subprocess.Popen[bytes]) -> bool:
    """Whether a child that has ended left no kernels, and why."""
    global _failure
    if child.returncode and not _failure and not _is_whole(folder()):
        said = (child.stderr.read() if child.stderr else b"").decode(errors="replace").strip().splitlines()
        _failure = said[-1] if said else f"compiling ended with code {child.returncode}"
    return bool(_failure)


def _compile(place: Path) -> None:
    """What the child does: all modules, then the speeds, then the name under which they are found."""
    global _folder, _verified
    with suppress(OSError, AttributeError):
        os.nice(10)
    place.parent.mkdir(parents=True, exist_ok=True)
    _tidy(place.parent)
    mine = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
    try:
        _folder, _verified = mine, True
        for module in MODULES:
            load(module)
        from playground.engine.calibration import measure

        (mine / SPEEDS).write_text(json.dumps(measure()), encoding="utf-8")
        (mine / MANIFEST).write_text(json.dumps(_checksums(mine)), encoding="utf-8")
        if not _is_whole(place):
            os.chmod(mine, 0o755)
            mine.rename(place)
    except OSError:
        if not _is_whole(place):  # else somebody else was quicker
            raise
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _tidy(root: Path) -> None:
    oldest = time.time() - KEPT_DAYS * 86_400
    for place in root.glob("kernels-*"):
        with suppress(OSError):
            if place.stat().st_mtime < oldest:
                shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    """In the child: compile into the folder that is named. Without one: see that they are compiled."""
    if sys.argv[1:]:
        _compile(Path(sys.argv[1]))
        return
    ensure(say_on_stderr)
    if why := status().why:
        say_on_stderr(why)


def say_on_stderr(sentence: str) -> None:
    """For `ensure`, in a program without a window."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    from playground.engine import compiled  # not this copy of the module: its state is asked for by others

    compiled.main()
