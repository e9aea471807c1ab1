"""A machine on which nobody has compiled the kernels yet: a minute or two, so not among the quick tests."""

from __future__ import annotations

import json
from pathlib import Path

from playground.engine import compiled
from tests.engine.test_compiled import RUN, kernels, python, status


def test_a_cold_cache_is_filled_once(tmp_path: Path) -> None:
    cold = tmp_path / "cold"
    assert status(cold) == [False, False, "The kernels are not compiled yet; until then PyTorch takes over."]
    done = python(*RUN, cache=cold)
    assert done.returncode == 0 and "Compiling the kernels, once" in done.stderr
    assert json.loads(done.stdout)["executor"] == "fused"
    assert status(cold) == [True, False, ""]
    assert [path.name for path in cold.iterdir()] == [compiled.folder().name]  # nothing half done beside it
    before = {path: path.stat().st_mtime_ns for path in kernels(cold)}
    done = python(*RUN, cache=cold)
    assert done.returncode == 0 and not done.stderr and len(before) > 4
    assert {path: path.stat().st_mtime_ns for path in kernels(cold)} == before  # taken, not made again
