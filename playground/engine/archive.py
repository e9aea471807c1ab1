"""Zip files of JSON and arrays, written reproducibly and read with suspicion. `session.py` builds on it.

What a person opens may be truncated, changed or made by somebody who means harm. So sizes are bounded
before anything is unpacked, only the two usual ways of compression are read, and arrays are plain numbers
in the format of numpy's `.npy`, whose header is matched against the one form that this module writes:
nothing is evaluated, nothing is unpickled.
"""

import errno
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.files import write_whole
from playground.engine.schema import SpecError

MAX_MEMBERS = 10_000
MAX_BYTES = 512 * 2**20  # unpacked, all members together

_BAD = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, ValueError,
        KeyError, IndexError, OverflowError)  # fmt: skip
_HEADER = re.compile(
    rb"\{'descr': '([<|][fiub][1248])', 'fortran_order': False, 'shape': \(((?:\d{1,12},? ?){0,4})\), \} *\n"
)


def write_archive(path: str | Path, members: Mapping[str, bytes]) -> None:
    """Write these members, in this order, whole or not at all; equal members give equal files."""
    with write_whole(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            # The date stands for nothing: with a fixed one, equal content gives equal bytes.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, data, compresslevel=6)


def read_archive(path: str | Path, what: str) -> dict[str, bytes]:
    """Name -> content of every member. Raises SpecError, `what` being the name of the kind of file."""
    source = Path(path)
    damaged = SpecError(f"{source} is damaged or incomplete: open an earlier copy of it.")
    try:
        with source.open("rb") as file:
            if not file.read(4).startswith(b"PK"):
                raise SpecError(f"{source} is no {what}: it must be a file that Playground saved.")
            with zipfile.ZipFile(file) as archive:
                return _members(archive, source)
    except OSError as error:
        raise cannot_read(source, error) from error
    except SpecError:
        raise
    except _BAD as error:
        raise damaged from error


def cannot_read(path: Path, error: OSError) -> SpecError:
    """One sentence for a file that the operating system does not hand over."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return SpecError(f"There is no file {path}.")
    if error.errno == errno.EISDIR or path.is_dir():
        return SpecError(f"{path} is a folder: name a file in it.")
    return SpecError(f"{path} cannot be read: {error.strerror or error}.")


def _members(archive: zipfile.ZipFile, source: Path) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_BYTES:
        raise SpecError(f"{source} would unpack to more than {MAX_BYTES // 2**20} MB or {MAX_MEMBERS} parts, "
                        "more than a session may hold.")  # fmt: skip
    found: dict[str, bytes] = {}
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.filename in found:
            raise zipfile.BadZipFile(info.filename)
        data = archive.read(info)
        if len(data) != info.file_size:
            raise zipfile.BadZipFile(info.filename)
        found[info.filename] = data
    return found


def to_npy(array: NDArray[Any]) -> bytes:
    """Numbers as a `.npy` file, little-endian and in C order. Raises ValueError for anything else."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"only numbers can be stored, not {array.dtype}")
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    file = io.BytesIO()
    np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def from_npy(data: bytes) -> NDArray[Any]:
    """The inverse of `to_npy`. Raises ValueError; pickled objects are refused like any other foreign header."""
    if len(data) < 10 or data[:8] != b"\x93NUMPY\x01\x00":
        raise ValueError("no array of numbers")
    start = 10 + int.from_bytes(data[8:10], "little")
    header = _HEADER.fullmatch(data[10:start])
    if header is None:
        raise ValueError("no array of numbers")
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(size) for size in re.findall(rb"\d+", header[2]))
    if prod(shape) * dtype.itemsize != len(data) - start:
        raise ValueError("the array is incomplete")
    return np.frombuffer(data, dtype, offset=start).reshape(shape).copy()


def to_json_bytes(value: Any) -> bytes:
    """JSON, indented for people; raises ValueError for NaN and infinities, which JSON does not have."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False).encode()


def from_json_bytes(data: bytes) -> Any:
    """The inverse of `to_json_bytes`. Raises ValueError."""

    def refuse(text: str) -> Any:
        raise ValueError(f"{text} is no JSON number")

    try:
        return json.loads(data.decode("utf-8"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
