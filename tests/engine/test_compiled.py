"""The kernels are compiled once and kept; whatever has become of them, the program works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playground.engine import compiled

RUN = ["-m", "playground", "run", "--lab", "classify", "--epochs", "3", "--json"]


def python(*arguments: str, cache: Path | str, **more: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own with that cache."""
    surroundings = {**os.environ, "PLAYGROUND_CACHE": str(cache), **more}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=surroundings, timeout=240)


def trained(cache: Path | str, **more: str) -> dict[str, object]:
    """What a short run on the command line reports."""
    done = python(*RUN, cache=cache, **more)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def status(cache: Path | str, **more: str) -> list[object]:
    """[usable, temporary, why] in a program that has just been started."""
    code = (
        "import json; from playground.engine import compiled as c; "
        "s = c.status(); print(json.dumps([s.usable, c.is_temporary(), s.why]))"
    )
    done = python("-c", code, cache=cache, **more)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A cache with the kernels of this machine, to be damaged."""
    place = tmp_path / "cache"
    shutil.copytree(compiled.folder(), place / compiled.folder().name)
    return place


def kernels(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.suffix in (".nbi", ".nbc")]


@pytest.mark.parametrize("ending", [".nbi", ".nbc", "speeds.json"])
def test_a_damaged_file_is_noticed_before_it_is_read(copy: Path, ending: str) -> None:
    victim = next(path for path in sorted(copy.rglob("*")) if path.name.endswith(ending))
    victim.write_bytes(b"\x80\x04garbage" + victim.read_bytes()[:100])
    assert status(copy)[0] is False
    assert not kernels(copy)  # thrown away, to be compiled anew
    code = "from playground.engine import experiment as ex; from playground.engine.trainer import Run\n"
    code += "run = Run(ex.default('classify')); run.run_epochs(2); print(run.status, run.executor.name)"
    done = python("-c", code, cache=copy)
    assert done.stdout.split() == ["paused", "torch"], done.stderr


def test_a_cache_that_cannot_be_written_is_used_all_the_same(tmp_path: Path, copy: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file where the cache should be")
    usable, temporary, why = status(in_the_way / "cache")
    assert (usable, temporary) == (False, True)
    assert trained(in_the_way / "cache")["executor"] == "torch"  # nobody waits for what cannot be kept
    if os.geteuid() == 0:
        return  # to whom every folder can be written
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    usable, temporary, why = status(copy)
    assert (usable, temporary) == (True, True) and "cannot be written" in str(why)
    assert trained(copy)["executor"] == "fused"


@pytest.mark.parametrize("numba", ["raise ImportError('llvmlite is too old')", "import no_such_thing"])
def test_with_a_broken_numba_torch_takes_over(tmp_path: Path, numba: str) -> None:
    broken = tmp_path / "modules"
    (broken / "numba").mkdir(parents=True)
    (broken / "numba" / "__init__.py").write_text(numba)
    report = trained(tmp_path / "cache", PYTHONPATH=str(broken))
    assert report["executor"] == "torch" and report["status"] == "finished"
    done = python("-m", "playground", "doctor", cache=tmp_path / "cache", PYTHONPATH=str(broken))
    line = next(line for line in done.stdout.splitlines() if "Kernels" in line)
    assert "PyTorch takes over" in line and done.returncode == 1


def test_a_broken_numba_beside_good_kernels_is_said_in_the_run(copy: Path, tmp_path: Path) -> None:
    broken = tmp_path / "modules"
    (broken / "numba").mkdir(parents=True)
    (broken / "numba" / "__init__.py").write_text("raise ImportError('llvmlite is too old')")
    code = (
        "from playground.engine import experiment as ex; from playground.engine.trainer import Run\n"
        "run = Run(ex.default('classify')); run.run_epochs(2); print(run.executor.name, run.executor.why)"
    )
    done = python("-c", code, cache=copy, PYTHONPATH=str(broken))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("torch ") and "llvmlite is too old" in done.stdout


def test_without_numba_torch_takes_over(tmp_path: Path) -> None:
    code = (
        "import importlib.util as u, json\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'numba' else find(name, *rest)\n"
        "from playground.engine import compiled, experiment as ex\n"
        "from playground.engine.trainer import Run\n"
        "compiled.start()\n"
        "assert not compiled.ensure()\n"
        "print(Run(ex.default('classify')).executor.why)"
    )
    done = python("-c", code, cache=tmp_path / "cache")
    assert done.returncode == 0 and "numba, which is not installed" in done.stdout, done.stderr


def test_old_kernels_are_removed_and_others_left_alone(tmp_path: Path) -> None:
    for name, days in (("kernels-old", 40), ("kernels-new", 3), ("settings", 400)):
        (tmp_path / name).mkdir()
        stamp = (tmp_path / name).stat().st_mtime - days * 86_400
        os.utime(tmp_path / name, (stamp, stamp))
    compiled._tidy(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-new", "settings"]


def test_nobody_gets_kernels_that_another_thread_is_still_loading() -> None:
    code = (
        "import sys, threading, time\n"
        "from playground.engine import compiled\n"
        "thread = threading.Thread(target=compiled.load, args=('ridge',))\n"
        "thread.start()\n"
        "while 'playground.engine.kernels.ridge' not in sys.modules and thread.is_alive():\n"
        "    time.sleep(0.0005)\n"
        "print(hasattr(compiled.load('ridge'), 'fits'), compiled.is_loaded('ridge'))\n"
        "thread.join()"
    )
    done = python("-c", code, cache=compiled.folder().parent)
    assert done.stdout.split() == ["True", "True"], done.stderr
