"""How weights are found: the same Experiment, run in different ways. `choose` says by whom and why."""

from playground.engine.executors.base import Executor
from playground.engine.experiment import Experiment


def choose(experiment: Experiment) -> tuple[type[Executor], str, str]:
    """Executor, device, and a sentence that says why. Raises SpecError for a device that is not there."""
    if experiment.optimizer.kind == "closed_form":
        from playground.engine.executors.closed_form import ClosedFormExecutor

        return ClosedFormExecutor, "cpu", "The weights enter linearly: the best ones are computed in one step."
    from playground.engine.executors.torch import TorchExecutor, find_device

    device, why = find_device(experiment.training.device)
    return TorchExecutor, device, why
