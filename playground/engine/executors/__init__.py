"""How weights are found: the same Experiment, run in different ways. `choose` says by whom and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.engine.executors.base import Executor
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment


def choose(experiment: Experiment, preferred: str = "") -> tuple[type[Executor], str, str]:
    """Executor, device, and a sentence that says why. Raises SpecError for a device that is not there.

    `preferred`: the device that training.device=auto takes where it is present, instead of the fastest.
    """
    if experiment.optimizer.kind == "closed_form":
        from playground.engine.executors.closed_form import ClosedFormExecutor

        return (
            ClosedFormExecutor,
            "cpu",
            "The weights enter linearly: the best ones are computed in one step.",
        )
    if experiment.training.executor == "fused":
        from playground.engine.executors.fused import FusedExecutor, refusal

        if complaint := refusal(experiment):
            raise SpecError(complaint, "training.executor")
        return FusedExecutor, "cpu", "Chosen: training.executor=fused."
    from playground.engine.executors.torch import TorchExecutor, find_device

    device, why = find_device(experiment.training.device, preferred, experiment.training.precision)
    return TorchExecutor, device, why
