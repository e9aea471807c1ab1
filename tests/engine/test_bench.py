"""`playground bench`: who is measured, the medians, the table; with turns as short as they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground import bench
from playground.bench import contestants, gpu, report, timing
from playground.bench.plain import PlainTorch
from playground.bench.workloads import WORKLOADS, Workload
from tests.engine.asking import Ask

NAMES = (
    "2-4-2-1", "2-8-8-8-1", "7-8-8-8-8-8-8-1", "2-64-64-1", "2-128-128-3", "2-256-256-3", "population",
    "closed_form_sweep",
)  # fmt: skip
EVERYBODY = {"fused", "torch", "plain_torch", "sklearn"}


class Pretender:
    """Takes the times it is given for one epoch, round by round; the first ones are for finding its pace."""

    def __init__(self, name: str, times: list[float], log: list[str]) -> None:
        self.name, self.times, self.log = name, times, log

    def begin(self) -> None:
        self.log.append(self.name)

    def epochs(self, n: int) -> float:
        return n * (self.times.pop(0) if self.times else 1.0)


def test_each_round_asks_everybody_once_and_turns_the_order() -> None:
    log: list[str] = []
    slow = Pretender("slow", [9.0, 9.0, 8.0, 6.0, 4.0], log)
    fast = Pretender("fast", [9.0, 9.0, 1.0, 2.0, 1.0], log)
    taken = timing.alternate({"slow": slow, "fast": fast}, seconds=0.1, rounds=3)
    assert log[2:] == ["slow", "fast", "fast", "slow", "slow", "fast"]
    assert taken == {"slow": [8.0, 6.0, 4.0], "fast": [1.0, 2.0, 1.0]}
    assert timing.ratio(taken["slow"], taken["fast"]) == 4.0  # of 8, 3 and 4


def test_a_turn_has_as_many_epochs_as_fill_its_time() -> None:
    asked: list[int] = []

    class Quick(Pretender):
        def epochs(self, n: int) -> float:
            asked.append(n)
            return 0.001 * n

    timing.alternate({"quick": Quick("quick", [], [])}, seconds=0.2, rounds=2)
    assert 100 <= asked[-1] <= 250 and asked[-1] == asked[-2]


def test_the_share_of_the_peak_counts_what_a_step_has_to_compute() -> None:
    tiny = Workload((2, 3, 1), n=25, batch_size=10)
    assert tiny.steps == 3
    forward, gradient, delta = 2 * 10 * (2 * 3 + 3), 2 * 10 * (2 * 3 + 3), 2 * 10 * 3
    assert tiny.flops == forward + gradient + delta


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_workload_is_the_network_it_is_named_after(workload: Workload) -> None:
    experiment = workload.experiment("torch")
    X, t = contestants.points(workload)
    assert X.shape == (workload.n, workload.sizes[0]) and len(t) == workload.n
    mine = contestants.ours(workload, "torch")
    assert mine is not None
    shapes = [w.shape for name, w in mine.run.weights().items() if name.endswith("weight")]
    assert [shape[::-1] for shape in shapes] == list(zip(workload.sizes, workload.sizes[1:], strict=False))
    assert experiment.training.batch_size == workload.batch_size
    assert experiment.optimizer.kind == workload.optimizer and experiment.loss == workload.loss


def test_the_plain_loop_learns() -> None:
    workload = WORKLOADS[1]
    plain = PlainTorch(workload, *contestants.points(workload))
    plain.begin()
    before = plain.loss()
    assert plain.epochs(30) > 0
    assert plain.loss() < 0.8 * before


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """The smallest network, measured in the shortest turns."""
    return bench.measure("2-4-2-1", seconds=0.002, rounds=5)


def test_the_figures_of_a_workload(small: dict[str, Any]) -> None:
    (told,) = small["workloads"]
    assert told["name"] == "2-4-2-1"
    for key in ("us_per_step", "ms_per_epoch"):
        assert set(told[key]) == EVERYBODY
        assert all(told[key][name] > 0 for name in ("torch", "plain_torch", "sklearn"))
    for name, us in told["us_per_step"].items():
        if us is not None:
            assert told["ms_per_epoch"][name] == pytest.approx(us * 25 / 1000)
    assert set(told["ratio_to_plain_torch"]) == set(told["share_of_peak"]) == {"fused", "torch"}
    assert told["ratio_to_plain_torch"]["torch"] > 1.5
    assert 0 < told["share_of_peak"]["torch"] < 0.1


def test_what_was_not_asked_for_is_not_measured(small: dict[str, Any]) -> None:
    assert len(small["workloads"]) == 1
    assert small["population"] is None and small["closed_form_sweep_ms"] is None
    assert small["peak_gflops"] > 1
    assert {"cpu", "cores", "os", "python", "torch", "numba", "numpy", "date"} <= set(small["machine"])


def test_the_command_line(ask: Ask, small: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def measure(only: str | None, **options: Any) -> dict[str, Any]:
        asked.append((only, options["quick"]))
        return small

    monkeypatch.setattr(bench, "measure", measure)
    assert ask("bench", "--json", "--only", "2-4-2-1", "--quick").json == small
    said = ask("bench").out
    assert asked == [("2-4-2-1", True), (None, False)]
    assert "2-4-2-1" in said and "plain torch" in said and small["machine"]["cpu"] in said


def test_a_name_that_is_none(ask: Ask) -> None:
    answer = ask("bench", "--only", "2-5-1")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert all(name in answer.err for name in (*NAMES, "2-5-1"))


def test_the_readme_gets_the_table(small: dict[str, Any], tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    report.renew(readme, small)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert "| 2-4-2-1 |" in text and small["machine"]["cpu"] in text
    report.renew(readme, small)
    assert readme.read_text(encoding="utf-8") == text
    readme.write_text("nothing to replace", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks"):
        report.renew(readme, small)


def test_a_population_in_batches_is_measured_beside_the_kernels_on_the_cpu() -> None:
    told = gpu.measure_population("cpu", 4, seconds=0.002, rounds=3)
    assert (told["name"], told["members"]) == ("2-8-8-1", 4)
    assert told["ms_per_epoch"] > 0
    assert told["ratio_to_cpu"] is None or 0 < told["ratio_to_cpu"] < 1, "without a GPU the kernels are faster"
