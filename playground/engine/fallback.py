"""When the GPU fails: what has happened, and how it is said. `replay.py` brings a run back, the worker asks for it."""

from __future__ import annotations

from typing import Literal

from playground.engine.experiment import Experiment

Failure = Literal["", "memory", "lost"]
MARKS = ("cuda", "cublas", "cudnn", "nvrtc", "hip error", "mps backend", "metal")
"""Of these the messages of torch speak where a device fails and not the program."""
SAID = {"memory": "The GPU ran out of memory", "lost": "The GPU does not answer any more"}


def what_failed(error: BaseException) -> Failure:
    """memory: what is on the device can still be read; lost: it cannot; empty: no fault of a device.

    By names and messages, so that nobody who only asks has to load torch: `torch.OutOfMemoryError`,
    `torch.AcceleratorError` (what went wrong in an earlier call), and RuntimeError of older calls.
    """
    if not isinstance(error, RuntimeError):
        return ""
    names = {cls.__name__ for cls in type(error).__mro__}
    text = str(error).lower()
    if "OutOfMemoryError" in names:
        return "memory"
    if "AcceleratorError" not in names and not any(mark in text for mark in MARKS):
        return ""
    return "memory" if "out of memory" in text or "alloc_failed" in text else "lost"


def sentence(error: BaseException, experiment: Experiment) -> str:
    """For the banner and the status bar; empty where no device failed."""
    failure = what_failed(error)
    if not failure:
        return ""
    asked = experiment.training.device
    chosen = "" if asked in ("auto", "cpu") else f" The device {asked} stays chosen for the next run."
    return f"{SAID[failure]}: training goes on on the CPU.{chosen}"
