"""Loading PyTorch without stalling the window. Called by the torch executor at the first need.

`import torch` takes a second or more, and holds the GIL while the system's loader brings in its libraries.
These are opened first, by calling the loader as a foreign function: that lets go of the GIL, which the
import and `ctypes.CDLL` do not (measured: a stall of 130 ms, and of none with the call). Then the import
finds them in place. Python's cycle collector is off during the import and passes over what came with it
afterwards: a full collection with torch loaded takes 0.2 s.
"""

import ctypes
import gc
import importlib.util
import os
import sys
import threading
from pathlib import Path
from typing import Any

_lock = threading.Lock()
_ready = False


def is_loaded() -> bool:
    return _ready


def load() -> Any:
    """The torch module, set to one thread: two on small networks are many times slower than one."""
    global _ready
    with _lock:
        if not _ready:
            collecting = gc.isenabled()
            gc.disable()
            try:
                if "torch" not in sys.modules:
                    _load_libraries()
                import torch

                torch.set_num_threads(1)
            finally:
                gc.freeze()
                if collecting:
                    gc.enable()
            _ready = True
    import torch

    return torch


def _load_libraries() -> None:
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return  # the import that follows says so
    ending = {"linux": ".so", "darwin": ".dylib"}.get(sys.platform, ".dll")
    for name in ("libtorch_cpu", "libtorch_cuda", "libtorch_python"):
        open_library(Path(spec.submodule_search_locations[0]) / "lib" / (name + ending))


def open_library(path: Path) -> None:
    """Bring a library in, if it is there, without holding the GIL. Not on Windows, where torch and llvmlite set
    the search paths of their libraries themselves while they are imported."""
    if sys.platform in ("linux", "darwin") and path.exists():
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
        dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)  # a failure will come up in the import
