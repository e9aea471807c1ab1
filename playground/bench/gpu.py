"""The same on a GPU of NVIDIA, where one is present: the torch executor beside the plain loop there, and a
population of networks beside the compiled kernels on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from playground.bench import contestants
from playground.bench.plain import PlainTorch
from playground.bench.timing import Contestant, alternate, ratio
from playground.bench.workloads import MEMBER, MEMBERS, Workload
from playground.engine import compiled, torch_loading


def measure(
    workloads: Sequence[Workload], population: bool, seconds: float, rounds: int, tell: Callable[[str], None]
) -> dict[str, Any] | None:
    """None without a GPU; else its name, the workloads in the form of those on the CPU, and, where it is asked for,
    the population."""
    torch = torch_loading.load()
    if not torch.cuda.is_available():
        return None
    told: dict[str, Any] = {"name": torch.cuda.get_device_name(), "workloads": [], "population": None}
    for workload in workloads:
        tell(f"{workload.name} on the GPU")
        told["workloads"].append(measure_workload(workload, "cuda", seconds, rounds))
    if population:
        tell("population on the GPU")
        told["population"] = measure_population("cuda", MEMBERS, seconds, rounds)
    return told


def measure_workload(workload: Workload, device: str, seconds: float, rounds: int) -> dict[str, Any]:
    found = {
        "torch": contestants.ours(workload, "torch", device),
        "plain_torch": PlainTorch(workload, *contestants.points(workload), device),
    }
    return contestants.figures(workload, found, seconds, rounds)


def measure_population(device: str, n: int, seconds: float, rounds: int) -> dict[str, Any]:
    """All members in batches on the device, beside the compiled kernels on the CPU; they take turns."""
    found: dict[str, Contestant] = {"here": contestants.Members(contestants.batched(n, device))}
    try:
        found["cpu"] = contestants.Members(contestants.fused(n))
    except compiled.Unavailable:
        pass
    taken = alternate(found, seconds, rounds)
    return {
        "name": MEMBER.name,
        "members": n,
        "ms_per_epoch": median(taken["here"]) * 1e3,
        "ratio_to_cpu": ratio(taken["cpu"], taken["here"]) if "cpu" in taken else None,
    }
