"""What pretends to be a GPU, on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from playground.engine import executors
from playground.engine.executors import torch as torch_module
from playground.engine.executors.torch import TorchExecutor

MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
LOST = RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later.")
READS = ("weights", "optimizer_state", "save", "plain", "outputs", "responses", "finite", "penalty")
WRITES = ("steps", "update", "load", "restore", "reset", "prepare")


class Tape:
    """Records on the CPU: what is replayed are the calls as they stood, so all else has to be in fixed tensors."""

    def __init__(self, fails: str = "") -> None:
        self.log: list[str] = []
        self.fails = fails

    def warm_up(self, run: Callable[[], None]) -> None:
        self.log.append("warm")
        run()

    def record(self, run: Callable[[], None]) -> Callable[[], None]:
        self.log.append("record")
        if self.fails:
            raise RuntimeError(self.fails)

        def replay() -> None:
            self.log.append("replay")
            run()

        return replay


class Gpu:
    """A GPU that every run trains on which may, and what happens to it: `fail` at the next call of a method."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, then: str = "torch") -> None:
        """then: the executor of runs on the CPU"""
        self.error: RuntimeError | None = None
        self.method, self.calls, self.gone = "", 0, False
        gpu = self

        class Pretender(TorchExecutor):
            def __init__(self, experiment: Any, problem: Any, device: str = "cpu", why: str = "") -> None:
                self.device = device
                gpu.touched(self, "init")
                super().__init__(experiment, problem, "cpu", why)
                self.device = device

        for method in (*READS, *WRITES):
            setattr(Pretender, method, self._wrapped(method))

        def find_device(wanted: str, preferred: str = "", precision: str = "float32") -> tuple[str, str]:
            return ("cpu", "No.") if "cpu" in (wanted, preferred) else ("cuda", "A GPU is present.")

        really_wanted = executors.wanted

        def wanted(experiment: Any, executor: str = "") -> tuple[str, str]:
            if experiment.optimizer.kind == "closed_form":
                return really_wanted(experiment, executor)
            return (then if experiment.training.device == "cpu" else "torch"), ""

        monkeypatch.setattr(torch_module, "TorchExecutor", Pretender)
        monkeypatch.setattr(torch_module, "find_device", find_device)
        monkeypatch.setattr(executors, "wanted", wanted)

    def _wrapped(self, method: str) -> Callable[..., Any]:
        plain = getattr(TorchExecutor, method)

        def call(executor: TorchExecutor, *arguments: Any, **more: Any) -> Any:
            fails = self.error is not None and self.method == method and self.calls == 1
            if fails and method == "steps" and executor.device == "cuda":
                plain(executor, *arguments[:4], min(2, arguments[4]), arguments[5])  # some of them were done
            self.touched(executor, method)
            return plain(executor, *arguments, **more)

        return call

    def fail(self, error: RuntimeError, method: str, calls: int = 1) -> None:
        """At so many calls of the method from now on; a device that is lost fails at all from then on."""
        self.error, self.method, self.calls = error, method, calls

    def touched(self, executor: TorchExecutor, method: str) -> None:
        if executor.device != "cuda":
            return
        if self.gone:
            raise LOST
        if self.error is not None and method == self.method:
            self.calls -= 1
            if self.calls <= 0:
                error, self.error = self.error, None
                self.gone = error is LOST
                raise error
