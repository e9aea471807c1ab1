"""The session file: a run as it stands, in one `.playground` file. The window and the command line use it.

It is a zip of `manifest.json` (the Experiment, the event log, where the run stands, the window's view),
`arrays/*.npy` (points, history, state of the optimiser) and `weights.safetensors`. Nothing in it is ever
unpickled or evaluated; what is read is checked in full before anything is handed over, so a damaged file
gives one sentence and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

import playground
from playground.engine import experiment as experiments
from playground.engine import links
from playground.engine.archive import (
    from_json_bytes,
    from_npy,
    read_archive,
    to_json_bytes,
    to_npy,
    write_archive,
)
from playground.engine.executors import layout
from playground.engine.experiment import Experiment
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.engine.snapshot import Status
from playground.engine.trainer import Event, RunRecord

FORMAT, VERSION = "playground-session", 1
SUFFIX = ".playground"
MAX_ROWS = 20_000_000  # points of all events together

Arrays = dict[str, NDArray[Any]]


def write(path: str | Path, record: RunRecord, view: Mapping[str, Any] | None = None) -> None:
    """Save a run and what the window shows of it (JSON values only). Raises SpecError if it cannot be written."""
    store = _PointStore()
    manifest, members = _entry(record, store, "arrays/")
    manifest |= {"format": FORMAT, "version": VERSION, "app": playground.__version__, "view": dict(view or {})}
    if record.beside:
        manifest["beside"], manifest["seconds"] = [], record.seconds
    for i, companion in enumerate(record.beside):
        if companion is None:
            manifest["beside"].append(None)
            continue
        entry, arrays = _entry(companion, store, f"arrays/beside-{i}-")
        manifest["beside"].append({**entry, "seconds": companion.seconds})
        members |= arrays
        members[f"beside-{i}.safetensors"] = _packed(companion)
    if store.sizes:
        members |= {f"arrays/points-{name}.npy": to_npy(array) for name, array in store.arrays().items()}
    manifest["points"] = store.sizes
    write_archive(path, {"manifest.json": to_json_bytes(manifest), "weights.safetensors": _packed(record), **members})


def _packed(record: RunRecord) -> bytes:
    from safetensors.numpy import save

    return save({name: np.ascontiguousarray(array) for name, array in record.weights.items()})


def _entry(record: RunRecord, store: "_PointStore", head: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the manifest says of a run, and the files of its arrays, whose names begin with `head`."""
    manifest: dict[str, Any] = {
        "experiment": store.refer(record.experiment),
        "step": record.step, "epoch": record.epoch, "position": record.position,
        "executor": record.executor, "device": record.device,
        "status": record.status, "message": record.message,
        "events": [
            {"step": event.step, "epoch": event.epoch, "position": event.position,
             "experiment": store.refer(event.experiment),
             **({"assigned": [f"{link}={value!r}" for link, value in event.assigned]} if event.assigned else {})}
            for event in record.events
        ],
    }  # fmt: skip
    members: dict[str, bytes] = {}
    for group, arrays in (("history", record.history), ("optimizer", record.optimizer_state)):
        # Numbers for names: a column may be called what no file system likes.
        names = {name: f"{head}{group}-{i}.npy" for i, name in enumerate(arrays)}
        manifest[group] = names
        members |= {names[name]: to_npy(array) for name, array in arrays.items()}
    return manifest, members


def read(path: str | Path) -> tuple[RunRecord, dict[str, Any]]:
    """The run and the view that `write` saved. Raises SpecError, one sentence, for anything else."""
    members = read_archive(path, "Playground session")
    try:
        manifest = from_json_bytes(members["manifest.json"])
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise SpecError(f"{path} is no Playground session: it must be a file that Playground saved.")
        version = _count(manifest["version"])
        if version > VERSION:
            raise SpecError(f"{path} comes from a newer Playground: its session version is {version}, "
                            f"this one reads versions up to {VERSION}.", "version")  # fmt: skip
        return _record(manifest, members), _mapping(manifest["view"])
    except SpecError as error:
        if str(path) in str(error):
            raise
        raise SpecError(f"{path} cannot be opened: {error}", error.path) from error
    except KeyError as error:
        raise SpecError(f"{path} is damaged: it lacks {error.args[0]}.") from error
    except (ValueError, TypeError) as error:
        raise SpecError(f"{path} is damaged: {error}.") from error


def _record(manifest: dict[str, Any], members: Mapping[str, bytes]) -> RunRecord:
    versions = _read_points(manifest["points"], members)
    record = _one(manifest, members, versions, "weights.safetensors")
    beside = []
    for i, entry in enumerate(_list(manifest.get("beside", []))):
        name = f"beside-{i}.safetensors"
        beside.append(None if entry is None else _one(_mapping(entry), members, versions, name))
    labs = {str(run.experiment.lab) for run in beside if run is not None}
    if len(beside) != len(record.experiment.beside) or not labs <= {str(record.experiment.lab)}:
        raise ValueError("what stands beside its model is not what its experiment says")
    return replace(record, beside=tuple(beside))


def _one(manifest: dict[str, Any], members: Mapping[str, bytes], versions: list[Points], weights_in: str) -> RunRecord:
    events = []
    for entry in _list(manifest["events"]):
        entry = _mapping(entry)
        step, epoch, position = (_count(entry[name]) for name in ("step", "epoch", "position"))
        assigned = tuple(links.assigned(_text(text)) for text in _list(entry.get("assigned", [])))
        events.append(Event(step, epoch, position, _read_experiment(entry["experiment"], versions), assigned))
    e = _read_experiment(manifest["experiment"], versions)
    if not events or events[-1].experiment != e or {event.experiment.lab for event in events} != {e.lab}:
        raise ValueError("its events do not lead to its experiment")
    order = [(event.epoch, event.position, event.step) for event in events]
    if order != sorted(order):
        raise ValueError("its events are not in order")
    if manifest["status"] not in get_args(Status):
        raise ValueError(f"there is no status {manifest['status']!r}")
    weights = _read_weights(members[weights_in])
    state = _read_arrays(manifest["optimizer"], members)
    history = _read_arrays(manifest["history"], members)
    _check_shapes(e, weights, state, history)
    return RunRecord(
        experiment=e, events=tuple(events),
        step=_count(manifest["step"]), epoch=_count(manifest["epoch"]), position=_count(manifest["position"]),
        weights=weights,
        optimizer_state=state,
        history=history,
        executor=_text(manifest["executor"]), device=_text(manifest["device"]),
        status=manifest["status"], message=_text(manifest["message"]),
        seconds=_seconds(manifest.get("seconds", 0.0)),
    )  # fmt: skip


def _check_shapes(e: Experiment, weights: Arrays, state: Arrays, history: Arrays) -> None:
    """Arrays that do not belong to this Experiment are refused here, before anything is built from them."""
    if e.model.linear:
        wanted: dict[str, tuple[int, ...]] = {"w": (e.model.n_weights(),)}
    else:
        wanted = layout.structure(e).shapes()
    learned_anew = e.optimizer.solves and not e.model.linear
    if weights and not learned_anew and {name: array.shape for name, array in weights.items()} != wanted:
        raise ValueError("its weights do not fit its model")
    n = sum(array.size for array in weights.values())
    if any(array.size not in (1, n) for array in state.values()):
        raise ValueError("the state of its optimizer does not fit its model")
    if any(column.ndim != 1 for column in history.values()) or len({len(c) for c in history.values()}) > 1:
        raise ValueError("the columns of its history have different lengths")


def _read_weights(data: bytes) -> Arrays:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        weights = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ValueError("its weights cannot be read") from error
    if any(array.dtype.kind != "f" for array in weights.values()):
        raise ValueError("its weights are not numbers")
    return dict(weights)


def _read_arrays(names: Any, members: Mapping[str, bytes]) -> Arrays:
    return {name: from_npy(members[_text(member)]) for name, member in _mapping(names).items()}


def _read_experiment(data: Any, versions: list[Points]) -> Experiment:
    """An Experiment whose points are named by their place in `versions`."""
    data = dict(_mapping(data))
    number = data.pop("points", None)
    changes = _mapping(data.get("changes", {}))
    if not isinstance(data.get("lab"), str) or any(isinstance(value, dict) for value in changes.values()):
        raise ValueError("its experiment is no table of paths and values")
    e = experiments.from_json(data)
    if number is None:
        return e
    if _count(number) >= len(versions):
        raise ValueError(f"it has no points number {number}")
    return experiments.change(e, {"data.points": versions[number]})


class _PointStore:
    """Every version of the points in a run. Each row is stored once, and a version is a list of rows.

    A person who paints for a minute leaves a thousand events, each with all the points there were.
    """

    def __init__(self) -> None:
        self.versions: dict[Points, int] = {}
        self.sizes: list[int] = []
        self._rows: list[Points] = []
        self._index: list[NDArray[np.int64]] = []
        self._stored = 0

    def refer(self, e: Experiment) -> dict[str, Any]:
        """The JSON of an Experiment, with a number in the place of its points."""
        points = e.data.points
        if points is None:
            return experiments.to_json(e)
        bare = e.model_copy(update={"data": e.data.model_copy(update={"points": None})})
        if points not in self.versions:
            self._add(points)
        data = experiments.to_json(bare)
        data["changes"].pop("data.points", None)
        return {**data, "points": self.versions[points]}

    def _add(self, points: Points) -> None:
        index = np.full(len(points), -1, dtype=np.int64)
        if self.versions:
            last, last_index = next(reversed(self.versions)), self._index[-1]
            _, here, there = np.intersect1d(points.ids, last.ids, assume_unique=True, return_indices=True)
            same = (
                (points.X[here] == last.X[there]).all(axis=1)
                & (points.t[here] == last.t[there])
                & (points.part[here] == last.part[there])
                & (np.signbit(points.X[here]) == np.signbit(last.X[there])).all(axis=1)
            )
            index[here[same]] = last_index[there[same]]
        new = index < 0
        index[new] = self._stored + np.arange(int(new.sum()))
        self._stored += int(new.sum())
        self._rows.append(points.take(new))
        self._index.append(index)
        self.versions[points] = len(self.versions)
        self.sizes.append(len(points))

    def arrays(self) -> Arrays:
        """X [rows, inputs], t, ids, part [rows]; index: differences of the row numbers of all versions."""
        steps = [np.diff(index, prepend=0) for index in self._index]
        return {
            "X": np.vstack([rows.X for rows in self._rows]),
            **{name: np.concatenate([getattr(rows, name) for rows in self._rows]) for name in ("t", "ids", "part")},
            # Differences, because a run of ones packs to nearly nothing.
            "index": np.concatenate(steps),
        }  # fmt: skip


def _read_points(sizes: Any, members: Mapping[str, bytes]) -> list[Points]:
    counts = [_count(size) for size in _list(sizes)]
    if not counts:
        return []
    if sum(counts) > MAX_ROWS:
        raise ValueError(f"it has more than {MAX_ROWS} points")
    stored = {
        name: from_npy(members[f"arrays/points-{name}.npy"]) for name in ("X", "t", "ids", "part", "index")
    }
    X, t, ids, part, steps = stored.values()
    rows = len(t) if t.ndim == 1 else -1
    if X.ndim != 2 or len(X) != rows or ids.shape != (rows,) or part.shape != (rows,):
        raise ValueError("its points have a wrong shape")
    if steps.shape != (sum(counts),) or steps.dtype.kind != "i" or not np.isin(part, (-1, 0, 1, 2)).all():
        raise ValueError("its points have a wrong shape")
    versions, start = [], 0
    for count in counts:
        index = np.cumsum(steps[start : start + count])
        if count and not 0 <= index.min() <= index.max() < rows:
            raise ValueError("its points have a wrong shape")
        versions.append(Points(X[index], t[index], ids[index], part[index]))
        start += count
    return versions


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a part of it is no table")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("a part of it is no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a part of it is no text")
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e12:
        raise ValueError("a part of it is no time")
    return float(value)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError("a part of it is no whole number")
    return value
