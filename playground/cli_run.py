"""What `playground run` and `playground predict` do, without the reading of their options (see `cli.py`)."""

import math
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from playground.engine import addresses, beside, compiled, export, fallback, measures, session, tables
from playground.engine import experiment as experiments
from playground.engine.companions import Companion
from playground.engine.csvfile import Table, write_rows
from playground.engine.experiment import Experiment
from playground.engine.export.coefficients import coefficients_of
from playground.engine.files import check_out_dir, check_out_file
from playground.engine.points import PART_NAMES
from playground.engine.schema import SpecError, show
from playground.engine.snapshot import Score
from playground.engine.trainer import Run, RunRecord

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
EPOCHS = 300  # of iterative training when nobody says how many


@dataclass(frozen=True)
class Source:
    """What a run starts from, as the options have it; `target` is a file or an address (`addresses.py`)."""

    target: str | None = None
    lab: str | None = None
    data: str | None = None
    dataset: str | None = None
    columns: str | None = None
    assignments: Sequence[str] = ()
    device: str | None = None


@dataclass(frozen=True)
class Start:
    """Either an Experiment to begin with or a record to go on with; `note`: a sentence about the data, or ""."""

    experiment: Experiment
    record: RunRecord | None = None
    note: str = ""


def resolve(source: Source) -> Start:
    """Read the target and apply the options. Raises SpecError for what is wrong or does not go together."""
    start = read(source)
    return replace(start, experiment=apply(source, start.experiment))


def read(source: Source) -> Start:
    """What the target, the data and the lab say, without --set and --device. Raises SpecError."""
    given = [f"--{name}" for name in ("data", "dataset") if getattr(source, name) is not None]
    if source.target is not None:
        given.insert(0, show(source.target))
    if len(given) > 1:
        raise SpecError(
            f"The data can come from one place only: leave out all but one of {', '.join(given)}."
        )
    file = _file(source)
    if source.columns is not None and file is None:
        raise SpecError(
            "--columns names the columns of a CSV file: give one with --data FILE.csv.", "columns"
        )
    if file is not None:
        found = tables.read_csv(file, source.lab, source.columns)
        return Start(experiments.change(experiments.default(found.lab), found.changes()), note=found.note)
    if source.target is None:
        e = experiments.set_text(experiments.default("curve"), [("lab", source.lab)] if source.lab else [])
        return Start(experiments.set_text(e, [("data.kind", source.dataset)]) if source.dataset is not None else e)
    if addresses.is_address(source.target):
        opened = addresses.read(source.target)
        for phrase in opened.lost:
            compiled.say_on_stderr(f"Not carried over: {phrase}.")
        return Start(opened.experiment)
    if source.target.lower().endswith(PICTURE_SUFFIXES):
        raise SpecError(f"{show(source.target)} is a picture: make points of it with 'playground open', and save them.")
    record, _ = session.read(source.target)
    return Start(record.experiment, record)


def _file(source: Source) -> str | None:
    """The CSV file that the points come from."""
    if source.target is not None and source.target.lower().endswith(TABLE_SUFFIXES):
        return source.target
    return source.data


def assigned(source: Source) -> list[tuple[str, str]]:
    """(path, text) of what --set and --device ask for. Raises SpecError."""
    pairs = []
    for text in source.assignments:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise SpecError(f"--set must be followed by PATH=VALUE, not {show(text)}.", "set")
        pairs.append((path.strip(), value))
    if source.device is not None:
        pairs.append(("training.device", source.device))
    return pairs


def apply(source: Source, e: Experiment, more: Sequence[tuple[str, str]] = ()) -> Experiment:
    """`e`, as `read` gave it, with --set, --device and `more`, all of them together: tags first. Raises SpecError."""
    pairs = [*assigned(source), *more]
    e = experiments.set_text(e, pairs) if pairs else e
    if source.lab is not None and e.lab != source.lab:
        what = source.target or source.data or f"data.kind={e.data.kind}"
        raise SpecError(f"--lab must be {e.lab} for {show(what)}, not {show(source.lab)}.", "lab")
    file = _file(source)
    if file is not None and e.data.kind != "file":
        raise SpecError(f"The data can come from one place only: leave out {show(file)} or data.kind={e.data.kind}.",
                        "data.kind")  # fmt: skip
    return e


def begin(start: Start, restart: bool) -> Run:
    """The run, trained no further than it was saved. Raises SpecError."""
    record = start.record
    prepare(start.experiment)
    for text in start.experiment.beside:
        with suppress(SpecError):  # one that does not go with the data says so in the report
            prepare(beside.companion(start.experiment, text))
    if record is None or restart:
        return Run(start.experiment)
    changed = experiments.diff(record.experiment, start.experiment)
    if not changed:
        return Run.from_record(record)
    if "training.device" in changed:
        record = on_device(record, start.experiment.training.device)
    run = Run.from_record(record)
    if not experiments.is_live(run.experiment, start.experiment):
        tags, parameters = experiments.TAGS, experiments.known_parameters()
        paths = [*tags, *(p for p in parameters if p not in tags)]  # what follows from a tag comes after it
        path = next((p for p in paths if p in changed and not parameters[p].live), min(changed))
        raise SpecError(f"{path} cannot change in a run that has begun: add --restart to train again from the start.",
                        path)  # fmt: skip
    run.change(start.experiment)
    return run


def on_device(record: RunRecord, device: str) -> RunRecord:
    """The record as if it had been made there, from its first event on; another device needs no restart."""

    def moved(e: Experiment) -> Experiment:
        return experiments.change(e, {"training.device": device})

    events = tuple(replace(event, experiment=moved(event.experiment)) for event in record.events)
    return replace(record, experiment=moved(record.experiment), events=events, device="")


def prepare(e: Experiment) -> None:
    """See that what training needs is there. Raises SpecError for a device that is not.

    The device must be there also where the model would not use it. Kernels that cannot be kept are compiled only
    if they were asked for by name.
    """
    if e.optimizer.executor and e.training.device in ("cuda", "mps"):
        from playground.engine.executors.torch import find_device

        find_device(e.training.device)
    asked = {"fused": True, "auto": not compiled.is_temporary()}.get(e.training.executor, False)
    if not e.optimizer.executor and asked:
        compiled.ensure(compiled.say_on_stderr)


def train(run: Run, start: Start, epochs: int | None, restart: bool) -> str:
    """Train as long as asked. Returns the status for the report: finished, stopped or diverged."""
    if run.status == "empty":
        raise SpecError(run.message)
    as_saved = start.record is not None and not restart and epochs is None
    main, run = run, run.companions.leader
    if run.can_train and not as_saved:
        last = run.epoch + (EPOCHS if epochs is None else epochs)
        with Progress() as progress:
            try:
                run.run_epochs(last - run.epoch, progress)
            except RuntimeError as error:
                if run.executor.device == "cpu" or not (why := fallback.sentence(error, run.experiment)):
                    raise
                run.onto_cpu(error)
                compiled.say_on_stderr(why)
                run.run_epochs(last - run.epoch, progress)
    main.companions.bring_up()
    if main.status == "diverged":
        return "diverged"
    if run.status == "diverged":
        return "diverged"
    return "stopped" if run.stopped or (as_saved and run.can_train) else "finished"


class Progress:
    """One line on standard error that renews itself, if a person is looking at it."""

    def __enter__(self) -> Callable[[float, str], bool]:
        self._shown = sys.stderr.isatty()
        return self._show

    def _show(self, share: float, sentence: str) -> bool:
        if self._shown:
            sys.stderr.write(f"\r{share:4.0%}  {sentence}\x1b[K")
            sys.stderr.flush()
        return True

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")


def run(
    source: Source, *, epochs: int | None, restart: bool, exports: Sequence[str], out: str
) -> tuple[dict[str, Any], str]:
    """Train and export; the report (see DESIGN, "Command line") and a sentence, which may be empty."""
    start = resolve(source)
    if restart and start.record is None:
        raise SpecError("--restart trains a session again from the start: name a session file.", "restart")
    if exports:
        export.check(exports, start.experiment)
        check_out_dir(out)
    begun = time.perf_counter()
    the_run = begin(start, restart)
    status = train(the_run, start, epochs, restart)
    seconds = time.perf_counter() - begun
    files: list[Path] = []
    if status != "diverged" and exports:
        with Progress() as progress:
            files = export.export(exports, the_run, out, progress=progress)
    if status != "diverged":
        note = start.note or the_run.stopped or the_run.caution
    elif start.record is not None and start.record.status == "diverged" and not restart:
        note = "The run had diverged when it was saved: add --restart to train it again from the start."
    else:
        note = the_run.message
    return report(the_run, status, seconds, files), note


def report(run: Run, status: str, seconds: float, files: Sequence[Path]) -> dict[str, Any]:
    """What `--json` prints: NaN and infinities become None."""
    scores = run.scores()
    weights = run.weights()
    polynomial = run.experiment.model.kind == "polynomial" and "w" in weights
    value = {
        "lab": run.experiment.lab,
        "status": status,
        **{f"n_{part}": len(run.problem.parts[part].ids) for part in PART_NAMES},
        "steps": run.step,
        "epochs": run.epoch,
        **{part: _measures(scores.get(part)) for part in PART_NAMES},
        "coefficients": coefficients_of(run).tolist() if polynomial else None,
        "n_parameters": run.n_parameters,
        "executor": run.executor.name,
        "device": run.executor.device,
        "seconds": seconds,
        "seed": run.experiment.seed.model_dump(),
        "training_seconds": run.training_seconds,
        "beside": [_companion(member) for member in run.companions.members],
        "files": [str(file) for file in files],
    }
    return finite(value)


def _companion(member: Companion) -> dict[str, Any]:
    """A model beside the run: its entry, and the same of it as of the run; `note`: why there is nothing to say."""
    run = member.run
    if run is None:
        return {"model": member.text, "note": member.note}
    scores = run.scores()
    return {
        "model": member.text,
        "name": run.experiment.model.title(),
        "status": run.status,
        "steps": run.step,
        "epochs": run.epoch,
        **{part: _measures(scores.get(part)) for part in PART_NAMES},
        "n_parameters": run.n_parameters,
        "executor": run.executor.name,
        "device": run.executor.device,
        "training_seconds": run.training_seconds,
        "note": "",
    }


def _measures(score: Score | None) -> dict[str, Any] | None:
    if score is None:
        return None
    if score.accuracy is None:
        return {"loss": score.loss, "rms": score.rms}
    return {
        "loss": score.loss,
        "accuracy": score.accuracy,
        "balanced_accuracy": score.balanced_accuracy,
        "confusion": [list(row) for row in score.confusion or ()],
        **_by_class(score),
    }


def _by_class(score: Score) -> dict[str, list[float]]:
    """Precision, recall and F1, one for each class."""
    found = measures.by_class(np.array(score.confusion))
    return {name: values.tolist() for name, values in zip(("precision", "recall", "f1"), found, strict=True)}


def finite(value: Any) -> Any:
    """The same for JSON: NaN and infinities become None."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def summary(report: dict[str, Any]) -> str:
    """The report for a person."""
    lines = [f"{report['lab']}: {report['status']} after {report['epochs']} epochs, {report['steps']} steps, "
             f"{report['seconds']:.2f} s ({report['executor']} on {report['device']}, "
             f"{report['n_parameters']} parameters)"]  # fmt: skip
    for part, name in _PARTS:
        if report[part] is not None:
            lines.append(f"  {name:<10} {report[f'n_{part}']:>6} points  {_shown(report[part])}")
    for other in report["beside"]:
        lines.append(f"beside: {other['model']}" + (f": {other['note']}" if other["note"] else
                     f": {other['status']} after {other['epochs']} epochs, {other['training_seconds'] or 0:.2g} s "
                     f"({other['executor']} on {other['device']}, {other['n_parameters']} parameters)"))  # fmt: skip
        for part, name in _PARTS:
            if other.get(part) is not None:
                lines.append(f"  {name:<10} {report[f'n_{part}']:>6} points  {_shown(other[part])}")
    if report["coefficients"] is not None:
        lines += [f"  w{j:<3} {w!r}" for j, w in enumerate(report["coefficients"])]
    return "\n".join(lines + [f"  {file}" for file in report["files"]])


_PARTS = tuple(zip(PART_NAMES, ("training", "validation", "test"), strict=True))


def _shown(found: dict[str, Any]) -> str:
    """Those measures that are one number."""
    return "  ".join(f"{key} {short(value)}" for key, value in found.items() if not isinstance(value, list))


def short(value: float | None) -> str:
    """A measure for a person."""
    return "not finite" if value is None else f"{value:.6g}"


def predict(target: str, data: str, out: str) -> int:
    """Add the predictions of a session to a CSV file; the number of rows. Raises SpecError."""
    record, _ = session.read(target)
    check_out_file(out)
    the_run = Run.from_record(on_device(record, "auto"))  # whatever it was trained on
    if not the_run.weights():
        raise SpecError(f"The session {show(target)} has no model yet: {the_run.message}")
    if not the_run.executor.finite():
        raise SpecError(f"The session {show(target)} has no finite weights to predict with: {the_run.message}")
    problem = the_run.problem
    given = tables.read_inputs(data, problem.n_inputs, _columns(record.experiment, data))
    values = the_run.predict(given.X)

    def cells(numbers: Sequence[float]) -> list[str]:
        """As the file writes its own numbers, or it could not be read again."""
        return [repr(number).replace(".", given.decimal) for number in numbers]

    if problem.classes:
        new = ["predicted", *(f"p_{name}" for name in problem.classes)]
        added = [
            [problem.classes[k], *cells(p)] for k, p in zip(values.argmax(axis=1), values.tolist(), strict=True)
        ]
    else:
        new, added = ["y"], [cells([y]) for y in values.tolist()]
    taken = [name for name in new if name in given.header]
    if taken:
        raise SpecError(
            f"{show(data)} has a column {show(taken[0])} already: rename it, then the predictions fit in."
        )
    both = ([*row, *more] for row, more in zip(given.rows, added, strict=True))
    write_rows(out, (*given.header, *new), both, given.delimiter)
    return len(given.rows)


def _columns(e: Experiment, data: str) -> tuple[str, ...] | None:
    """The names of the inputs in the file that the session was trained on, where this file has them too."""
    names = tuple(getattr(e.data, "columns", ()))[: e.data.n_inputs]
    with Table(data) as table:
        known = {name.casefold() for name in table.header}
    return names if names and all(name.casefold() in known for name in names) else None


def for_window(start: Start) -> tuple[Experiment | None, RunRecord | None]:
    """What the window is to begin with: a record as it was saved, or an Experiment. Raises SpecError."""
    if start.record is None:
        return start.experiment, None
    if start.record.experiment == start.experiment:
        return None, start.record
    return None, begin(start, restart=False).record()
