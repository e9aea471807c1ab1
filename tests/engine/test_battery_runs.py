"""What every data set and every optimiser does under every model of every lab, found through the registries.

Each data set meets one of the optimisers, and each optimiser one data set: all with all would be several times as many
runs.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from playground.engine import experiment as experiments
from playground.engine import session
from playground.engine.export import available, export, plots
from playground.engine.export.pictures import pictures
from playground.engine.points import Points
from playground.engine.registry import datasets, exporters, labs, models, optimizers
from playground.engine.snapshot import View, freeze
from playground.engine.trainer import Run


def combinations() -> Iterator[tuple[str, str, str, str]]:
    for lab_name, lab in labs.items():
        for model in lab.models:
            fitting = {kind: cls.for_inputs(lab.n_inputs) for kind, cls in datasets.items() if cls.fits(lab.n_inputs)}
            kinds = [kind for kind, cls in fitting.items() if cls.task in models[model].tasks]
            rules = models[model].optimizers
            pairs = dict.fromkeys((kind, rules[i % len(rules)]) for i, kind in enumerate(kinds))
            pairs |= dict.fromkeys((kinds[0], rule) for rule in rules)
            for kind, optimizer in pairs:
                yield lab_name, kind, model, optimizer


ALL = list(combinations())
every = pytest.mark.parametrize(("lab", "kind", "model", "optimizer"), ALL, ids=["-".join(c) for c in ALL])
FIRST = list({(lab, model): (lab, kind, model, optimizer) for lab, kind, model, optimizer in ALL}.values())


def build(lab: str, kind: str, model: str, optimizer: str) -> experiments.Experiment:
    """The defaults of these four; sets without a generator get two clusters on the slope of a line."""
    e = experiments.change(
        experiments.default(lab), {"data.kind": kind, "model.kind": model, "optimizer.kind": optimizer}
    )
    if model == "polynomial" and optimizer != "closed_form":  # powers of x = 10 throw any descent out of its valley
        e = experiments.change(e, {"model.basis": "legendre"})
    if e.data.generated:
        return e
    u = np.linspace(-1, 1, 24)
    X = u[:, None] if labs[lab].n_inputs == 1 else np.column_stack([3 * u, 3 * np.sin(7 * u)])
    return experiments.change(e, {"data.points": Points(X, u if labs[lab].n_inputs == 1 else u > 0)})


def names(run: Run) -> list[str]:
    lab = labs[run.experiment.lab]
    return [*lab.canvas, *lab.beside, *(slot.name for dock in lab.docks(run.experiment) for slot in dock)]


def arrays(value: object) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)


def weights(run: Run) -> dict[str, bytes]:
    return {name: np.ascontiguousarray(w).tobytes() for name, w in run.weights().items()}


@every
def test_it_learns_repeats_itself_and_keeps_what_it_shows(lab, kind, model, optimizer, tmp_path: Path):
    e = build(lab, kind, model, optimizer)
    run, twin = Run(e), Run(e)
    before = run.scores()["train"].loss
    for r in (run, twin):
        r.run_epochs(15)
    after = run.scores()["train"].loss
    assert np.isfinite(after) and run.status in ("paused", "finished")
    for_good = optimizers[optimizer].solves or "never converge" in run.message
    assert after < before or for_good, "the training loss falls"
    assert weights(run) == weights(twin), "the same seed gives the same run"

    view = View((-1.0, 1.0), (-1.0, 1.0), 12)
    for name in names(run):
        shown = freeze(run.summarize(name, view))
        for array in arrays(shown):
            assert not array.flags.writeable and array.base is None, f"{name} owns what it shows"

    session.write(tmp_path / "a.playground", run.record(), {})
    record, _ = session.read(tmp_path / "a.playground")
    again = Run.from_record(record)
    assert again.experiment == run.experiment and weights(again) == weights(run)
    for r in (run, again):
        r.run_epochs(2)
    assert weights(again) == weights(run), "a saved run goes on as the one that was not saved"


@pytest.mark.parametrize(("lab", "kind", "model", "optimizer"), FIRST, ids=["-".join(c) for c in FIRST])
def test_every_exporter_that_is_offered_writes_its_files(lab, kind, model, optimizer, tmp_path: Path, monkeypatch):
    if model != labs[lab].models[0]:  # what is drawn is the same in every kind of file; writing them takes seconds
        monkeypatch.setattr(plots, "KINDS", ("png",))
    if models[model].linear:  # test_export_charts.py draws these charts, in every kind
        monkeypatch.setattr(plots, "pictures", lambda *a, **more: islice(pictures(*a, **more), 2))
    run = Run(build(lab, kind, model, optimizer))
    run.run_epochs(2)
    offered = [name for name, *_ in available(run.experiment)]
    assert set(offered) <= set(exporters) and {"session", "data", "onnx", "weights", "plots"} <= set(offered)
    for name in offered:
        files = export([name], run, tmp_path / name)
        assert files and all(file.stat().st_size > 0 for file in files), name
