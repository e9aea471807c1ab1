"""What `playground sweep` does, without the reading of its options (see `cli.py`)."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playground import cli_run
from playground.cli_run import Source
from playground.engine import executors, sweeps
from playground.engine.experiment import Experiment
from playground.engine.files import check_out_dir, write_all
from playground.engine.points import PART_NAMES
from playground.engine.schema import SpecError, show
from playground.engine.sweeps import Axis, Result, Sweep

TABLE, FIGURE = "sweep.csv", "sweep.svg"


def sweep(
    source: Source, over: Sequence[str], *, folds: str | None, epochs: int | None, out: str
) -> tuple[dict[str, Any], str]:
    """Train all combinations and write the table and the figure; the report (what `--json` prints) and a sentence,
    which may be empty. Raises SpecError, before anything is trained, for what is wrong in any combination."""
    axes, n_folds = read_axes(over, source), read_folds(folds)
    check_out_dir(out)
    start = cli_run.read(source)
    begun = time.perf_counter()
    with cli_run.Progress() as progress:
        plan = sweeps.plan(axes, n_folds, lambda pairs: cli_run.apply(source, start.experiment, pairs), progress)
        _prepare(plan)
        result = sweeps.run(plan, cli_run.EPOCHS if epochs is None else epochs, progress)
        files = _write(result, out)
    note = start.note or _note(result)
    return report(result, time.perf_counter() - begun, files), note


def read_axes(over: Sequence[str], source: Source) -> list[Axis]:
    """The parameters of --over, each of them in one place only. Raises SpecError."""
    if not over:
        raise SpecError("A sweep needs --over PATH=VALUES, for example --over model.order=0..9.", "over")
    elsewhere = {path: "--set" for path, _ in cli_run.assigned(source)}
    elsewhere |= {"training.device": "--device"} if source.device is not None else {}
    from_file = source.data is not None or source.columns is not None
    elsewhere |= {"data.kind": "--data" if from_file else "--dataset"} if from_file or source.dataset else {}
    axes: list[Axis] = []
    for text in over:
        path, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not path:
            raise SpecError(f"--over must be followed by PATH=VALUES, not {show(text)}.", "over")
        if any(axis.path == path for axis in axes):
            raise SpecError(f"{path} is swept twice: put all of its values into one --over.", path)
        if path in elsewhere:
            raise SpecError(f"{path} is swept and given by {elsewhere[path]} too: leave one of them out.", path)
        axes.append(sweeps.axis(path, values))
    return axes


def read_folds(text: str | None) -> int:
    """The number of folds; 0 for none. Raises SpecError."""
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or not 2 <= int(text[:10]) <= 20_000:
        raise SpecError(f"--folds must be a whole number from 2 to the number of training points, not {show(text)}.",
                        "folds")  # fmt: skip
    return int(text)


def _prepare(plan: Sweep) -> None:
    """Kernels and devices of all that is to be trained: a device that is missing is found before training."""
    different: dict[Any, Experiment] = {}
    for e in plan.experiments:
        own = e.optimizer.executor
        different.setdefault((own, e.training.executor, e.training.device, e.training.precision), e)
    for e in different.values():
        cli_run.prepare(e)
        executors.choose(e)


def _write(result: Result, out: str) -> list[Path]:
    """Both files, or neither. Raises SpecError."""
    from playground.engine.export import sweep_figure
    from playground.engine.export.numbers import write_table

    with write_all(out) as folder:
        write_table(folder / TABLE, *result.table())
        sweep_figure.save(result, folder / FIGURE)
    return [Path(out) / TABLE, Path(out) / FIGURE]


def _note(result: Result) -> str:
    n = sum(row.diverged for row in result.rows)
    if not n:
        return ""
    if n == len(result.rows):
        return "All trainings diverged: try a smaller learning rate."
    return f"{n} of {len(result.rows)} trainings diverged: their numbers are missing from the table."


def report(result: Result, seconds: float, files: Sequence[Path]) -> dict[str, Any]:
    """What `--json` prints. `best`: the combination with the least mean of what `chosen_by` names, its
    values and the means over the folds of all that was measured; None where all trainings diverged."""
    plan = result.sweep
    value = {
        "lab": plan.experiments[0].lab,
        "over": {axis.path: [sweeps.cell(v) for v in axis.values] for axis in plan.axes},
        "folds": plan.n_folds or None,
        "n_rows": len(result.rows),
        "n_trainings": plan.n_trainings,
        "n_diverged": sum(row.diverged for row in result.rows),
        "best": None if result.best is None else _combination(result, result.best),
        "chosen_by": f"{result.chosen_by}_{result.criterion}",
        "seconds": seconds,
        "files": [str(file) for file in files],
    }
    return dict(cli_run.finite(value))


def _combination(result: Result, k: int) -> dict[str, Any]:
    values = zip(result.sweep.axes, result.sweep.values(k), strict=True)
    found = {axis.path: sweeps.cell(value) for axis, value in values}
    for metric in result.metrics():
        found |= {f"{part}_{metric}": float(result.mean(part, metric)[k]) for part in PART_NAMES}
    return found


def summary(told: dict[str, Any]) -> str:
    """The report for a person."""
    n = math.prod(len(values) for values in told["over"].values())
    cost = f"{n:,} combinations" + (f" with {told['folds']} folds each" if told["folds"] else "")
    lines = [f"{told['lab']}: {cost}, {told['n_trainings']:,} trainings in {told['seconds']:.2f} s"]
    best = told["best"]
    if best is not None:
        part, criterion = told["chosen_by"].split("_")
        name, what = "training" if part == "train" else part, "RMS error" if criterion == "rms" else criterion
        lines.append(f"  the least {name} {what}" + (", mean over the folds:" if told["folds"] else ":"))
        wide = max(len(key) for key in best)
        for key, value in best.items():
            if value is not None:
                shown = cli_run.short(value) if isinstance(value, int | float) else value or "(empty)"
                lines.append(f"    {key:<{wide}}  {shown}")
    return "\n".join(lines + [f"  {file}" for file in told["files"]])
