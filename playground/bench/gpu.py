"""The same on a GPU of NVIDIA, where one is present: the torch executor beside the plain loop there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playground.bench import contestants
from playground.bench.plain import PlainTorch
from playground.bench.workloads import Workload
from playground.engine import torch_loading


def measure(
    workloads: Sequence[Workload], seconds: float, rounds: int, tell: Callable[[str], None]
) -> dict[str, Any] | None:
    """None without a GPU; else its name, the workloads in the form of those on the CPU, and the population."""
    torch = torch_loading.load()
    if not torch.cuda.is_available():
        return None
    told: dict[str, Any] = {"name": torch.cuda.get_device_name(), "workloads": [], "population": None}
    for workload in workloads:
        tell(f"{workload.name} on the GPU")
        told["workloads"].append(measure_workload(workload, "cuda", seconds, rounds))
    return told


def measure_workload(workload: Workload, device: str, seconds: float, rounds: int) -> dict[str, Any]:
    found = {
        "torch": contestants.ours(workload, "torch", device),
        "plain_torch": PlainTorch(workload, *contestants.points(workload), device),
    }
    return contestants.figures(workload, found, seconds, rounds)
