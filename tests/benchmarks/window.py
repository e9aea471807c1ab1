"""How smooth the real window is: `python -m tests.benchmarks.window [--json]`, with Xvfb and xdotool.

Prints the time to the first paint, the intervals between frames while a 2-8-8-1 network trains (the seconds
in which torch is loaded are in it) and while larger ones do at full speed beside their picture, how soon pausing
and closing answer, the exit codes of closing while training, and the frames while painting into 10,000 points.
Figures of one machine; no test fails by them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from playground.engine import compiled
from tests.stories.driver import Player, Screen, screen

NETWORK = "playground:v1?lab=classify&model.hidden=8,8&model.output=logit"
NETWORKS = {"default": "playground:v1?lab=classify",
            "6 layers of 32": "playground:v1?lab=classify&model.hidden=32,32,32,32,32,32"}  # fmt: skip


SETTLED_S = 5.0
"""By then a window has made in idle moments what it may need later: none of it belongs to the frames of a gesture."""


def spread(intervals: list[float]) -> dict[str, float]:
    """Milliseconds: median, 95th percentile, worst; and how many."""
    ms = 1000 * np.asarray(intervals)
    return {"n": len(ms), "median": round(float(np.median(ms)), 1), "p95": round(float(np.percentile(ms, 95)), 1),
            "p99": round(float(np.percentile(ms, 99)), 1), "worst": round(float(ms.max()), 1)}  # fmt: skip


def first_paint(server: Screen, home: Path) -> dict[str, Any]:
    times = []
    for i in range(5):
        player = Player(server, home / f"start{i}")
        try:
            times.append(player.ask("times")["first_paint"])
            player.close()
        finally:
            player.kill()
    return {"first_paint_s": [round(t, 3) for t in times]}


def training(server: Screen, home: Path, seconds: float) -> dict[str, Any]:
    """From the press of Space on: torch is loaded, then training at the usual speed and at full speed."""
    player = Player(server, home / "training")
    try:
        player.click("Classify")
        player.ask("frames", clear=True)
        player.wait(lambda: player.state()["executor"] == "fused", "the run")
        loading = player.ask("frames", clear=True)
        player.kill()
        player = Player(server, home / "training2", NETWORK)
        player.wait(lambda: player.state()["executor"], "the run")
        player.key("space")
        player.wait(lambda: player.state()["playing"], "play")
        player.ask("frames", clear=True)
        time.sleep(seconds)
        usual, slow_state = player.ask("frames", clear=True), player.state()
        player.click("Speed", at=(0.85, 0.5))  # further to the right it is instant
        player.ask("frames", clear=True)
        before = player.state()["epoch"]
        time.sleep(seconds)
        fastest, state = player.ask("frames", clear=True), player.state()
        player.key("space")
        player.wait(lambda: player.state()["status"] == "paused", "pause")
        pause = player.ask("times")["paused"]
        player.close()
        return {"loading_ms": spread(loading), "at_60_epochs_ms": spread(usual), "at_full_speed_ms": spread(fastest),
                "epochs_per_s_full": round((state["epoch"] - before) / seconds, 1),
                "pause_ms": round(1000 * pause, 1), "epoch": slow_state["epoch"]}  # fmt: skip
    finally:
        player.kill()


def network(server: Screen, home: Path, seconds: float) -> dict[str, Any]:
    """Training at full speed beside the picture of the network, with what each unit responds to."""
    found = {}
    for name, link in NETWORKS.items():
        player = Player(server, home / f"network{len(found)}", link)
        try:
            player.wait(lambda player=player: player.state()["executor"], "the run")
            player.wait(lambda player=player: player.ask("shape"), "the picture of the network")
            player.click("Speed", at=(0.85, 0.5))  # further to the right it is instant
            player.key("space")
            player.wait(lambda player=player: player.state()["epoch"] > 3, "training")
            before = player.state()["epoch"]
            player.ask("frames", clear=True)
            time.sleep(seconds)
            work, frames, state = player.ask("work"), player.ask("frames"), player.state()
            assert state["playing"] and player.ask("shape")
            found[name] = {"frames_ms": spread(frames), "window_ms_a_frame": round(1000 * work, 1),
                           "epochs_per_s": round((state["epoch"] - before) / seconds, 1)}  # fmt: skip
        finally:
            player.kill()
    return found


def closing(server: Screen, home: Path, times: int) -> dict[str, Any]:
    codes, seconds, hidden = [], [], []
    for i in range(times):
        player = Player(server, home / f"close{i}", NETWORK)
        try:
            player.key("space")
            player.wait(lambda player=player: player.state()["epoch"] > 3, "training")
            begin = time.perf_counter()
            codes.append(player.close())
            seconds.append(round(time.perf_counter() - begin, 2))
            hidden += [float(line.split()[1]) for line in player.process.stdout or [] if line.startswith("#hidden")]
        finally:
            player.kill()
    return {"exit_codes": codes, "closed_after_s": seconds, "hidden_after_ms": [round(1000 * h, 1) for h in hidden]}


def painting(server: Screen, home: Path) -> dict[str, Any]:
    """Into 10,000 points in both labs: strokes of the brush, and all points dragged at once.

    frames_ms: from one heartbeat to the next. window_ms_a_frame: of the processor, however busy the machine is.
    """
    rng, found = np.random.default_rng(0), {}
    plane = rng.uniform(-5, 5, (10_000, 2))
    curve = np.column_stack([rng.uniform(0, 1, 10_000), rng.normal(0, 0.5, 10_000)])
    home.mkdir(parents=True, exist_ok=True)
    tables = {"classify": ["x1,x2,label", *(f"{a:.4f},{b:.4f},{'AB'[int(a * b > 0)]}" for a, b in plane)],
              "curve": ["x,t", *(f"{a:.5f},{b:.4f}" for a, b in curve)]}  # fmt: skip
    for lab, rows in tables.items():
        (home / f"{lab}.csv").write_text("\n".join(rows))
        player = Player(server, home / f"paint {lab}", str(home / f"{lab}.csv"))
        try:
            player.wait(lambda player=player: player.state()["n_points"] == 10_000, "the points")
            player.wait(lambda player=player: player.state()["executor"], "the run")
            time.sleep(SETTLED_S)
            x, y = ((-5, 5), (-5, 5)) if lab == "classify" else ((0, 1), (-1.5, 1.5))
            way = [(0.1, 0.1), (0.9, 0.2), (0.2, 0.8), (0.9, 0.9), (0.1, 0.5), (0.8, 0.3), (0.5, 0.9)] * 4
            corners = [player.pixel(x[0] + a * (x[1] - x[0]), y[0] + b * (y[1] - y[0])) for a, b in way]
            player.key("b")
            found[f"{lab}, brush"] = stroke(player, corners)
            player.key("s", "ctrl+a")
            first = player.ask("points")[0]
            corners = [player.pixel(*first[:2])] + [(a / 4 + 400, b / 4 + 300) for a, b in corners]
            found[f"{lab}, all points dragged"] = stroke(player, corners)
        finally:
            player.kill()
    return found


def stroke(player: Player, corners: list[tuple[float, float]]) -> dict[str, Any]:
    player.ask("frames", clear=True)
    player.drag(corners[0], *corners[1:])
    work, frames = player.ask("work"), player.ask("frames")
    return {"points": player.state()["n_points"], "frames_ms": spread(frames),
            "frames_per_s": round(1 / float(np.median(frames)), 1),
            "window_ms_a_frame": round(1000 * work, 1)}  # fmt: skip


def dragging(server: Screen, home: Path) -> dict[str, Any]:
    """A point of a hundred goes round in circles: order 9, in front RMS against M or cross-validation, and ten folds.

    lag_beats: until the curve belongs to the point; two beats are a frame (DESIGN.md, "The screen").
    """
    found = {}
    for chart in ("rms_by_order", "cv_by_order"):
        for model in ("", "&model.kind=gaussian"):
            player = Player(server, home / f"drag{len(found)}", f"playground:v1?data.n=100&model.order=9{model}")
            try:
                player.wait(lambda player=player: player.state()["executor"], "the fit")
                for name in (chart, "folds"):
                    player.tab(name)
                    player.wait(lambda player=player, name=name: player.ask("summary", name=name), name)
                player.key("p")
                x, t = player.ask("points")[40]
                player.ask("frames", clear=True)
                around = [(x + 0.1 * np.sin(a), t + 0.5 * (1 - np.cos(a))) for a in np.linspace(0.1, 6 * np.pi, 48)]
                player.drag(player.pixel(x, t), *(player.pixel(*place) for place in around))
                work, frames, lags = player.ask("work"), player.ask("frames"), player.ask("lags")
                found[chart + model] = {"frames_ms": spread(frames), "window_ms_a_frame": round(1000 * work, 1),
                                        "lag_beats": counts(lags)}  # fmt: skip
            finally:
                player.kill()
    return found


def counts(values: list[int]) -> dict[int, int]:
    """How often each of them came."""
    return {value: values.count(value) for value in sorted(set(values))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--closes", type=int, default=10)
    parser.add_argument("--only", choices=("start", "training", "network", "closing", "painting", "dragging"))
    options = parser.parse_args()
    parts = {
        "start": lambda server, home: first_paint(server, home),
        "training": lambda server, home: training(server, home, options.seconds),
        "network": lambda server, home: network(server, home, options.seconds),
        "closing": lambda server, home: closing(server, home, options.closes),
        "painting": painting,
        "dragging": dragging,
    }
    compiled.ensure(compiled.say_on_stderr)
    os.environ["PLAYGROUND_CACHE"] = str(compiled.folder().parent)  # the windows below have a home of their own
    with tempfile.TemporaryDirectory() as folder, screen() as server:
        for name, measure in parts.items():
            if options.only in (None, name):
                print(name, json.dumps(measure(server, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
