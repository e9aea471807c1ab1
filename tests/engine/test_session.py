"""A session comes back exactly as it was saved, and a bad file is refused with one sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import archive, session
from playground.engine import experiment as experiments
from playground.engine.experiment import Experiment
from playground.engine.schema import SpecError
from playground.engine.trainer import Run, RunRecord

VIEW = {"zoom": 1.25, "tool": "brush", "names": ["é", "颜色"], "dock": {"open": True, "at": None}}


def painted() -> Run:
    """A network on a spiral, trained, with points painted and a rate changed on the way."""
    e = experiments.set_text(experiments.default("classify"), [("data.n", "40"), ("model.hidden", "4,3")])
    run = Run(e)
    run.run_epochs(3)
    points = run.problem.points.add([[1.0, 2.0], [-0.0, 3.0]], [0, 1])
    run.change(experiments.change(run.experiment, {"data.points": points}))
    run.step_batch()
    moved = points.replace([3], X=[[0.1 + 0.2, -1.0]]).remove([5])
    run.change(experiments.change(run.experiment, {"data.points": moved, "optimizer.learning_rate": 0.003}))
    run.run_epochs(2)
    run.step_batch()
    return run


def curve() -> Run:
    return Run(
        experiments.set_text(experiments.default(), [("model.order", "9"), ("model.ln_lambda", "-18")])
    )


def drawn() -> Run:
    """Nothing in it yet."""
    return Run(experiments.set_text(experiments.default(), [("data.kind", "drawn")]))


RUNS: list[Callable[[], Run]] = [painted, curve, drawn]


def assert_same(a: RunRecord, b: RunRecord) -> None:
    assert a.experiment == b.experiment
    assert [e.__dict__ for e in a.events] == [e.__dict__ for e in b.events]
    for name in ("step", "epoch", "position", "executor", "device", "status", "message"):
        assert getattr(a, name) == getattr(b, name), name
    for name in ("weights", "optimizer_state", "history"):
        left, right = getattr(a, name), getattr(b, name)
        assert set(left) == set(right)
        for key in left:
            assert left[key].dtype == right[key].dtype and left[key].shape == right[key].shape
            assert left[key].tobytes() == right[key].tobytes(), (name, key)


@pytest.mark.parametrize("make", RUNS)
def test_a_session_comes_back_bit_for_bit(make: Callable[[], Run], tmp_path: Path) -> None:
    record = make().record()
    session.write(tmp_path / "a.playground", record, VIEW)
    read, view = session.read(tmp_path / "a.playground")
    assert_same(record, read)
    assert view == VIEW


def test_equal_runs_give_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        session.write(tmp_path / name, painted().record(), VIEW)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_training_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    run = painted()
    session.write(tmp_path / "a.playground", run.record())
    again = Run.from_record(session.read(tmp_path / "a.playground")[0])
    for each in (run, again):
        each.run_epochs(4)
    assert run.scores() == again.scores() and run.epoch == again.epoch
    for name, array in run.weights().items():
        assert array.tobytes() == again.weights()[name].tobytes()


REPLAY = """
import sys, numpy as np
from pathlib import Path
from playground.engine import session
from playground.engine.trainer import Run
run = Run.from_record(session.read(Path(sys.argv[1]))[0])
run.seek(0)
run.seek(60)
np.savez(sys.argv[2], **run.weights())
print(run.executor.name)
"""


@pytest.mark.parametrize("executor", ["fused", "torch"])
def test_a_session_replays_to_the_last_bit_in_a_new_process(executor: str, tmp_path: Path) -> None:
    e = experiments.change(experiments.default("classify"), {"training.executor": executor})
    run = Run(e)
    run.run_epochs(25)
    run.change(experiments.change(e, {"optimizer.learning_rate": 0.003, "training.l2": 0.001}))
    run.step_batch()
    run.change(experiments.change(run.experiment, {"training.batch_size": 7}))
    run.run_epochs(35)
    assert run.epoch == 60
    session.write(tmp_path / "run.playground", run.record())
    command = [sys.executable, "-c", REPLAY, str(tmp_path / "run.playground"), str(tmp_path / "weights.npz")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.stdout.split() == [executor], done.stderr
    with np.load(tmp_path / "weights.npz") as replayed:
        for name, values in run.weights().items():
            np.testing.assert_array_equal(replayed[name], values)


def test_a_minute_of_painting_makes_a_small_file(tmp_path: Path) -> None:
    """Each event holds all points there were; the file holds each point once."""
    run = Run(experiments.set_text(experiments.default("classify"), [("data.kind", "drawn")]))
    record, events = run.record(), []
    points = run.experiment.data.points
    for k in range(200):
        points = points.add(np.random.default_rng(k).normal(size=(20, 2)), np.arange(20) % 2)
        e = experiments.change(run.experiment, {"data.points": points})
        events.append(type(record.events[0])(k, k, 0, e))
    record = RunRecord(**{**record.__dict__, "experiment": events[-1].experiment, "events": tuple(events)})
    session.write(tmp_path / "a.playground", record)
    assert (tmp_path / "a.playground").stat().st_size < 250_000
    assert session.read(tmp_path / "a.playground")[0].events[57] == events[57]


def test_a_session_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.playground"
    session.write(path, curve().record())
    before = path.read_bytes()
    with pytest.raises(ValueError, match="not JSON compliant"):
        session.write(path, curve().record(), {"zoom": float("nan")})
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.playground"]


# ---- files that are no session ----


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "a.playground"
    session.write(path, painted().record(), VIEW)
    return path.read_bytes()


def changed(data: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """The same zip with other members."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def manifest(**values: Any) -> Callable[[dict[str, bytes]], None]:
    """Other values in the manifest."""

    def change(members: dict[str, bytes]) -> None:
        told = json.loads(members["manifest.json"])
        told.update(values)
        members["manifest.json"] = json.dumps(told).encode()

    return change


def put(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({name: content})


def weights(**arrays: np.ndarray) -> bytes:
    from safetensors.numpy import save

    return save(arrays)


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return file.getvalue()


BAD = {
    "missing manifest": (lambda m: m.pop("manifest.json"), "it lacks manifest.json"),
    "missing weights": (lambda m: m.pop("weights.safetensors"), "it lacks weights.safetensors"),
    "missing points": (lambda m: m.pop("arrays/points-X.npy"), "it lacks arrays/points-X.npy"),
    "missing history": (lambda m: m.pop("arrays/history-0.npy"), "it lacks arrays/history-0.npy"),
    "newer": (manifest(version=2), "comes from a newer Playground"),
    "other format": (manifest(format="zip of something"), "is no Playground session"),
    "version is a text": (manifest(version="1"), "no whole number"),
    "no events": (manifest(events=[]), "its events do not lead to its experiment"),
    "events no list": (manifest(events=3), "no list"),
    "event no table": (manifest(events=[3]), "no table"),
    "negative step": (manifest(step=-1), "no whole number"),
    "status": (manifest(status="exploded"), "exploded"),
    "executor": (manifest(executor=["rm", "-rf"]), "no text"),
    "unknown parameter": (
        manifest(experiment={"version": 1, "lab": "classify", "changes": {"model.depth": 3}}),
        "There is no parameter model.depth",
    ),
    "newer experiment": (
        manifest(experiment={"version": 9, "lab": "classify", "changes": {}}),
        "comes from a newer Playground",
    ),
    "lab is a list": (manifest(experiment={"version": 1, "lab": [], "changes": {}}), "no table of paths"),
    "tag is a table": (
        manifest(experiment={"version": 1, "lab": "curve", "changes": {"model.kind": {}}}),
        "no table of paths",
    ),
    "points out of range": (
        manifest(experiment={"version": 1, "lab": "classify", "changes": {}, "points": 99}),
        "no points number 99",
    ),
    "manifest no JSON": (put("manifest.json", b"{'a': 1}"), "is damaged"),
    "manifest nested too deeply": (put("manifest.json", b"[" * 100_000), "is damaged"),
    "manifest with NaN": (put("manifest.json", b'{"format": NaN}'), "NaN"),
    "manifest no text": (put("manifest.json", b"\xff\xfe"), "is damaged"),
    "pickled array": (put("arrays/points-X.npy", pickled()), "no array of numbers"),
    "truncated array": (
        put("arrays/points-t.npy", archive.to_npy(np.zeros(9))[:-5]),
        "the array is incomplete",
    ),
    "array no array": (put("arrays/history-1.npy", b"hello"), "no array of numbers"),
    "wrong shape of points": (put("arrays/points-ids.npy", archive.to_npy(np.arange(3))), "wrong shape"),
    "wrong shape of the index": (put("arrays/points-index.npy", archive.to_npy(np.arange(3))), "wrong shape"),
    "wrong shape of history": (put("arrays/history-1.npy", archive.to_npy(np.zeros(2))), "different lengths"),
    "wrong shape of weights": (put("weights.safetensors", weights(w=np.zeros(3))), "weights do not fit"),
    "whole numbers for weights": (put("weights.safetensors", weights(w=np.arange(3))), "are not numbers"),
    "weights no safetensors": (put("weights.safetensors", b"\0" * 100), "its weights cannot be read"),
    "state of the optimizer": (
        put("arrays/optimizer-1.npy", archive.to_npy(np.zeros(2))),
        "optimizer does not fit",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_session_is_refused_with_one_sentence(case: str, good: bytes, tmp_path: Path) -> None:
    change, said = BAD[case]
    path = tmp_path / "bad.playground"
    path.write_bytes(changed(good, change))
    with pytest.raises(SpecError) as caught:
        session.read(path)
    sentence = str(caught.value)
    assert said in sentence and str(path) in sentence and "\n" not in sentence


def test_unchanged_members_still_read(good: bytes, tmp_path: Path) -> None:
    """The cases above fail for what was changed, not for having been packed again."""
    (tmp_path / "a").write_bytes(changed(good, lambda members: None))
    assert_same(session.read(tmp_path / "a")[0], painted().record())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no Playground session"),
        (b"x1,x2,label\n1,2,A\n", "is no Playground session"),
        (b"PK\x03\x04 and then nothing", "is damaged or incomplete"),
    ],
)
def test_other_files(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.playground"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=said):
        session.read(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="There is no file"):
        session.read(tmp_path / "none.playground")
    with pytest.raises(SpecError, match="is a folder"):
        session.read(tmp_path)


def test_a_zip_bomb_is_not_unpacked(good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.playground"
    path.write_bytes(changed(good, put("arrays/more.npy", bytes(20_000_000))))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(archive, "MAX_BYTES", 10_000_000)
    with pytest.raises(SpecError, match="would unpack to more than"):
        session.read(path)


def test_a_header_that_promises_a_terabyte_takes_no_memory() -> None:
    array = archive.to_npy(np.zeros(3))
    promise = array.replace(b"(3,)", b"(999999999999,)").replace(b"            \n", b" \n")
    size = len(promise) - 10 - 24
    with pytest.raises(ValueError, match="incomplete"):
        archive.from_npy(promise[:8] + size.to_bytes(2, "little") + promise[10:])


@given(st.data())
def test_random_damage_is_a_sentence_or_no_damage(data: st.DataObject) -> None:
    """Bytes flipped or cut off at random: never another exception, never a different session."""
    whole = _small()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))]
    path = _SCRATCH / "a.playground"
    path.write_bytes(bytes(damaged))
    try:
        record, _ = session.read(path)
    except SpecError:
        return
    assert_same(record, curve_with_points())


_SCRATCH = Path()


@pytest.fixture(autouse=True, scope="module")
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _SCRATCH
    _SCRATCH = tmp_path_factory.mktemp("damaged")


_CACHE: dict[str, Any] = {}


def curve_with_points() -> RunRecord:
    if "record" not in _CACHE:
        e: Experiment = experiments.default()
        points = Run(e).problem.points.add([[0.5]], [1.0])
        _CACHE["record"] = Run(experiments.change(e, {"data.points": points})).record()
    record: RunRecord = _CACHE["record"]
    return record


def _small() -> bytes:
    if "bytes" not in _CACHE:
        session.write(_SCRATCH / "good.playground", curve_with_points())
        _CACHE["bytes"] = (_SCRATCH / "good.playground").read_bytes()
    found: bytes = _CACHE["bytes"]
    return found
