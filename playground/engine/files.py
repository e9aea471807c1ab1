"""Files are written whole or not at all: the session, the exporters and the command line write through here.

What is written goes to a temporary name in the same folder first and takes its real name in one step, after
it has reached the disk. Whatever goes wrong on the way, the file that was there before is still there.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from playground.engine.schema import SpecError

_REASONS = {
    errno.EACCES: "you may not write there; choose another folder or change its permissions",
    errno.EPERM: "you may not write there; choose another folder or change its permissions",
    errno.EROFS: "it is read-only; choose another folder",
    errno.ENOSPC: "the disk is full; free some space or choose another disk",
    errno.ENOTDIR: "a file is in the way; choose another folder",
    errno.EEXIST: "a file of that name is in the way; choose another folder",
    errno.ENOENT: "there is no such folder; make it or choose another one",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def cannot_write(folder: Path, error: OSError) -> SpecError:
    """One sentence for a folder in which a file could not be written: what is wrong, and what to do."""
    other = f"{error.strerror or error}; choose another folder"
    return SpecError(
        f"Nothing can be written in the folder {folder}: {_REASONS.get(error.errno or 0, other)}."
    )


def out_dir(path: str | os.PathLike[str]) -> Path:
    """The folder of that name, made if it is missing. Raises SpecError when nothing can be written in it."""
    folder = check_out_dir(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def check_out_dir(path: str | os.PathLike[str]) -> Path:
    """Raises the same SpecError as `out_dir` would, but makes nothing: for a look before long work."""
    folder = Path(path)
    try:
        place = next((place for place in (folder, *folder.parents) if place.exists()), Path.cwd())
    except OSError as error:  # a name that is too long, for example
        raise cannot_write(folder, error) from error
    if not place.is_dir():
        raise cannot_write(folder, NotADirectoryError(errno.ENOTDIR, "Not a directory"))
    if not os.access(place, os.W_OK | os.X_OK):
        raise cannot_write(folder, PermissionError(errno.EACCES, "Permission denied"))
    return folder


def check_out_file(path: str | os.PathLike[str]) -> None:
    """Raises the SpecError of `write_whole` for a file that cannot be written: for a look before long work."""
    if Path(path).is_dir():
        raise SpecError(f"{path} is a folder: name a file in it.")
    folder = check_out_dir(Path(path).parent)
    if not folder.exists():
        raise cannot_write(folder, FileNotFoundError(errno.ENOENT, "No such folder"))


@contextmanager
def write_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path in the same folder; on success it becomes `path`, otherwise nothing changes.

    Raises SpecError for what the operating system refuses; any other exception of the body passes through.
    """
    target = Path(os.path.realpath(path))
    folder = target.parent
    if target.is_dir():
        raise SpecError(f"{path} is a folder: name a file in it.")
    temporary = folder / f".{target.name[:80]}.{uuid4().hex[:8]}.part"
    try:
        try:
            yield temporary
            _to_disk(temporary, target)
        except OSError as error:
            raise cannot_write(folder, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def write_all(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields an empty folder; the files that are put there go to `folder` together, or none of them does.

    Made for exports of many files: `folder` is made if it is missing, and removed again if that was in vain.
    """
    wanted = Path(folder)
    missing = [place for place in (wanted, *wanted.parents) if not place.exists()]
    staging = wanted / f".export-{uuid4().hex[:8]}.part"
    done = False
    try:
        target = out_dir(wanted)
        try:
            staging.mkdir()
            yield staging
            ready = sorted(staging.iterdir())
            for file in ready:
                if (target / file.name).is_dir():
                    raise SpecError(
                        f"{target / file.name} is a folder: move it away or choose another folder."
                    )
            for file in ready:
                _to_disk(file, target / file.name)
            done = True
        except OSError as error:
            raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not done:
            for place in missing:
                with suppress(OSError):
                    place.rmdir()


def _to_disk(temporary: Path, target: Path) -> None:
    """Bytes first, name second: after a power cut there is the old file or the new one, never half of one."""
    with temporary.open("r+b") as file:
        os.fsync(file.fileno())
    if target.exists():
        shutil.copymode(target, temporary)
    os.replace(temporary, target)
    if os.name == "posix":
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
