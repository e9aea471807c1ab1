"""The figures as a table, for the terminal and for the README."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: python -m playground.bench renews them -->", "<!-- end of the figures -->"
HEAD = ("network", "fused", "torch", "plain torch", "scikit-learn", "fused / plain", "torch / plain",
        "fused / sklearn", "share of peak")  # fmt: skip
GPU_HEAD = ("network on the GPU", "torch", "plain torch", "torch / plain")


def table(told: dict[str, Any]) -> str:
    """For a terminal: columns of one width."""
    return "\n\n".join(["\n".join(_aligned(rows)) for rows in _tables(told)] + ["\n".join(_sentences(told))])


def markdown(told: dict[str, Any]) -> str:
    """For the README."""
    blocks = []
    for head, *rows in _tables(told):
        lines = [head, ("---", *("---:",) * (len(head) - 1)), *rows]
        blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join([*blocks, "\n".join(f"- {sentence}" for sentence in _sentences(told))])


def renew(readme: Path, told: dict[str, Any]) -> None:
    """Write the figures between the two marks of the README. Raises ValueError where these are missing."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{readme} lacks the marks {BEGIN} and {END}.")
    readme.write_text(f"{before}{begin}\n\n{markdown(told)}\n\n{end}{after}", encoding="utf-8")


def _tables(told: dict[str, Any]) -> list[list[tuple[str, ...]]]:
    """Each a head and rows; times are microseconds a step."""
    tables = []
    if told["workloads"]:
        rows = []
        for w in told["workloads"]:
            us, plain = w["us_per_step"], w["ratio_to_plain_torch"]
            rows.append((
                w["name"], *(number(us[name]) for name in ("fused", "torch", "plain_torch", "sklearn")),
                times(plain["fused"]), times(plain["torch"]), times(w["ratio_to_sklearn"]["fused"]),
                percent(w["share_of_peak"]["fused"]),
            ))  # fmt: skip
        tables.append([HEAD, *rows])
    gpu = told["gpu"]
    if gpu is not None and gpu["workloads"]:
        rows = [(w["name"], number(w["us_per_step"]["torch"]), number(w["us_per_step"]["plain_torch"]),
                 times(w["ratio_to_plain_torch"]["torch"])) for w in gpu["workloads"]]  # fmt: skip
        tables.append([GPU_HEAD, *rows])
    return tables


def _sentences(told: dict[str, Any]) -> list[str]:
    machine, population, sweep, gpu = (
        told[key] for key in ("machine", "population", "closed_form_sweep_ms", "gpu")
    )
    said = []
    if told["workloads"]:
        said.append("Times are microseconds a step, on one thread.")
    if population is not None:
        said.append(
            f"{population['members']} networks {population['name']} at once: {number(population['ms_per_epoch'])} ms "
            f"an epoch, {times(population['ratio_to_single_runs'])} the speed of plain torch one by one."
        )
    if gpu is not None and gpu["population"] is not None:
        there = gpu["population"]
        said.append(
            f"The same on the GPU: {number(there['ms_per_epoch'])} ms, {times(there['ratio_to_cpu'])} the speed."
        )
    if sweep is not None:
        said.append(f"All polynomials of order 0 to 20, with 41 penalties, in 10 folds of 100 points: "
                    f"{number(sweep)} ms.")  # fmt: skip
    said.append(f"Peak of one core: {number(told['peak_gflops'])} Gflop/s in float32.")
    versions = ", ".join(f"{name} {machine[name]}" for name in VERSIONS if machine[name])
    here = f"{machine['cpu']}, {machine['cores']} cores, {machine['os']}"
    said.append(f"{here}; {versions}; {machine['date']}.")
    if gpu is not None:
        said.append(f"GPU: {gpu['name']}.")
    return said


VERSIONS = ("python", "torch", "numba", "numpy", "scikit-learn")


def number(value: float | None) -> str:
    """Three digits; a dash for nobody."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(value: float | None) -> str:
    return "-" if value is None else f"{number(value)} x"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{number(100 * value)} %"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The first column to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
