"""How weights are found: the same Experiment, run in different ways. `choose` says by whom and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import calibration, compiled
from playground.engine.executors import layout
from playground.engine.executors.base import Executor
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.executors.batched import BatchedPopulation
    from playground.engine.executors.population import Population
    from playground.engine.experiment import Experiment

MOST_UNITS = 256
"""The widest layer that the kernels take."""


def choose(
    experiment: Experiment, device: str = "", executor: str = "", lost: str = ""
) -> tuple[type[Executor], str, str]:
    """Executor, device, and a sentence that says why. Raises SpecError for what is not there.

    device, executor   what a run was begun with: `auto` takes them again where they are there, so that a session
                       goes on as it was
    lost               why no GPU can be had, a sentence: the CPU is taken, whatever was asked for
    """
    if lost:
        from playground.engine.experiment import change

        cls, device, why = choose(change(experiment, {"training.device": "cpu"}))
        return cls, device, why if cls.solves else lost
    name, why = wanted(experiment, executor)
    if name == "fused":
        try:
            compiled.load()
        except compiled.Unavailable as error:
            name, why = "torch", str(error)
    if name == "closed_form":
        from playground.engine.executors.closed_form import ClosedFormExecutor

        return ClosedFormExecutor, "cpu", why
    if name == "sklearn":
        from playground.engine.executors.sklearn import SklearnExecutor

        return SklearnExecutor, "cpu", why
    if name == "perceptron":
        from playground.engine.executors.perceptron import PerceptronExecutor

        return PerceptronExecutor, "cpu", why
    if name == "fused":
        from playground.engine.executors.fused import FusedExecutor

        return FusedExecutor, "cpu", why
    from playground.engine.executors.torch import TorchExecutor, find_device

    if experiment.model.linear and experiment.training.device == "mps":
        raise SpecError(f"training.device must be auto, cpu or cuda for the model {experiment.model.kind}, which is "
                        "computed in 64 bits, not mps.", "training.device")  # fmt: skip
    device, which = find_device(experiment.training.device, device, layout.precision(experiment))
    return TorchExecutor, device, " ".join(part for part in (why, which) if part)


def wanted(experiment: Experiment, executor: str = "") -> tuple[str, str]:
    """closed_form, perceptron, sklearn, fused or torch, and a sentence that says why; nothing is loaded for it.

    See `choose`.
    """
    if experiment.optimizer.kind == "closed_form":
        return "closed_form", "The weights enter linearly: the best ones are computed in one step."
    if experiment.optimizer.kind == "scikit_learn":
        return "sklearn", "scikit-learn fits it in one step, in a process of its own."
    if experiment.optimizer.kind == "perceptron":
        return "perceptron", "Rosenblatt's rule takes one example after the other, in 64 bits."
    asked, complaint = experiment.training.executor, refusal(experiment)
    if asked == "fused":
        if complaint:
            raise SpecError(f"training.executor must be auto or torch {complaint}, not fused.", "training.executor")
        if not compiled.is_ready():
            return "torch", compiled.status().why
        return "fused", f"The fused kernels were chosen. {compiled.status().why}".strip()
    if asked == "torch":
        return "torch", ""
    if complaint or executor == "torch":
        return "torch", ""
    if not compiled.is_ready():
        return "torch", compiled.status().why
    if executor == "fused":
        return "fused", "The run was begun with the fused kernels."
    return _faster(experiment)


def refusal(experiment: Experiment) -> str:
    """Where the kernels cannot train this Experiment ("with ..."), else empty."""
    if experiment.training.device not in ("auto", "cpu"):
        return f"with training.device={experiment.training.device}"
    if max(experiment.model.hidden, default=0) > MOST_UNITS:
        return f"with layers wider than {MOST_UNITS} units"
    return ""


def kernels_cover(experiment: Experiment) -> bool:
    """Whether the compiled kernels are there and can train this Experiment, whoever does it now."""
    return not experiment.optimizer.executor and not refusal(experiment) and compiled.is_ready()


def population_for(
    experiments: Sequence[Experiment], rows: NDArray[np.int64] | None = None, device: str = "cpu"
) -> Population | BatchedPopulation:
    """Those who train many networks beside a run on `device`: all at once on an NVIDIA GPU, and where the compiled
    kernels are not there; else the kernels, one after the other. Arguments and errors as those of `Population`."""
    from playground.engine.executors.batched import BatchedPopulation
    from playground.engine.executors.population import Population

    if device != "cuda" and experiments and kernels_cover(experiments[0]):
        try:
            return Population(experiments, rows)
        except compiled.Unavailable:  # they do not load after all; the status bar says why
            pass
    return BatchedPopulation(experiments, rows, "cuda" if device == "cuda" else "cpu")


def _faster(experiment: Experiment) -> tuple[str, str]:
    """By what was measured here; against torch on the fastest device that it may take."""
    e, told = experiment, compiled.speeds()
    sizes = tuple(max(1, units) for units in layout.structure(e).sizes)
    step = calibration.operations(sizes, e.training.batch_size)
    took = {name: calibration.seconds(pairs, step) for name, pairs in told.items() if len(pairs) > 1}
    gpu = next((d for d in ("cuda", "mps") if f"torch {d}" in took), "cpu")
    device = gpu if e.training.device == "auto" and layout.precision(e) == "float32" else "cpu"
    if "fused" not in took or f"torch {device}" not in took:
        return "fused", "The fused kernels are there; nothing was measured."
    ours, theirs = took["fused"], took[f"torch {device}"]
    where = {"cpu": "the CPU", "cuda": "the GPU", "mps": "the GPU"}[device]
    said = f"Measured here for a network of this size: {_short(ours)} a step, PyTorch on {where} {_short(theirs)}."
    return ("fused" if ours <= theirs else "torch"), said


def _short(seconds: float) -> str:
    us = 1e6 * seconds
    return f"{us:.2g} µs" if us < 100 else f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.2g} ms"
