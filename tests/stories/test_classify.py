"""The classification lab as a student uses it, to the files that are taken home."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stories.driver import Player, Screen, screen

PATCHES = {"1": (-3.0, 2.5), "2": (3.0, 2.5), "3": (0.0, -3.0)}
"""Where each of three classes is painted."""


@pytest.fixture
def server() -> Iterator[Screen]:
    with screen() as server:
        yield server


@pytest.fixture
def player(server: Screen, tmp_path: Path) -> Iterator[Player]:
    player = Player(server, tmp_path / "home")
    try:
        yield player
    finally:
        player.kill()


def paint(player: Player, key: str, middle: tuple[float, float]) -> None:
    """A zig-zag of the brush in one class."""
    player.key(key)
    x, y = middle
    path = [player.pixel(x + dx, y + dy) for dx, dy in ((-1, -0.8), (1, -0.4), (-1, 0.2), (1, 0.6), (-1, 0.9))]
    player.drag(path[0], *path[1:])


def save_as(player: Player, path: Path) -> None:
    player.key("ctrl+s")
    player.focus("Save")
    player.wait(lambda: player.ask("focus").startswith("QLineEdit"), "the name of the file")
    player.key("ctrl+a")
    player.type(path.stem)  # the dialog shows the home folder; the ending is added
    player.key("Return")
    player.wait(path.exists, "the file")
    player.focus(".*Playground")


@pytest.mark.timeout(400)
def test_paint_train_save_and_take_home(player: Player, server: Screen, tmp_path: Path) -> None:
    # To the classification lab: a spiral. Clear it, add a third class and paint three patches.
    player.click("Classify")
    player.wait(lambda: player.state()["executor"] == "fused", "the network")
    assert player.state()["n_points"] == 320
    player.menu("Edit", "Clear points")
    player.wait(lambda: player.state()["n_points"] == 0, "an empty canvas")
    player.click("One class more")
    player.key("b")
    for key, middle in PATCHES.items():
        paint(player, key, middle)
    labels = [label for _, _, label in player.ask("points")]
    assert set(labels) == {0.0, 1.0, 2.0} and len(labels) > 30

    # Space: it learns; paint on while it runs: the run goes on, with the new points in it.
    first = player.wait(lambda: player.state()["scores"].get("train", {}).get("loss"), "the loss before training")
    player.key("space")
    player.wait(lambda: player.state()["scores"]["train"]["accuracy"] > 0.97, "the network to learn")
    epoch, before = player.state()["epoch"], player.state()["n_points"]
    paint(player, "1", (-1.5, 0.0))
    after = player.state()
    assert after["playing"] and after["epoch"] > epoch and after["n_points"] > before
    player.wait(lambda: sum(s["n"] for s in player.state()["scores"].values()) == player.state()["n_points"],
                "the run to hold the new points")  # fmt: skip

    # The learning rate changes while it runs, without a reset.
    rate = player.ask("value", path="optimizer.learning_rate")
    r = player.rectangle("Learning rate  η", "Track")
    y = r["y"] + r["h"] / 2
    player.drag((r["x"] + 0.5 * r["w"], y), (r["x"] + 0.4 * r["w"], y))
    player.wait(lambda: player.ask("value", path="optimizer.learning_rate") < rate, "the learning rate")
    assert player.state()["playing"] and player.state()["epoch"] >= after["epoch"]

    # Pause, step, rewind to the same initial weights.
    player.key("space")
    player.wait(lambda: not player.state()["playing"] and player.state()["status"] == "paused", "pause")
    epoch = player.state()["epoch"]
    player.click("One step forward")
    player.wait(lambda: player.state()["epoch"] == epoch + 1, "one epoch more")
    player.click("Rewind")
    player.wait(lambda: player.state()["epoch"] == 0, "the start")
    start = player.state()["scores"]["train"]["loss"]
    assert start > 0.3 and first > 0.3
    for _ in range(2):
        player.click("One step forward")
        player.wait(lambda: player.state()["epoch"] == 1, "the first epoch")
        player.click("Rewind")
        player.wait(lambda: player.state()["epoch"] == 0, "the start")
        assert player.state()["scores"]["train"]["loss"] == start

    # Train again, save, export; what the files say is what the window shows.
    player.key("space")
    player.wait(lambda: player.state()["epoch"] >= 60, "sixty epochs")
    player.key("space")
    player.wait(lambda: player.state()["status"] == "paused", "pause")
    session = tmp_path / "home" / "patches.playground"
    save_as(player, session)
    shown, world = player.state(), player.ask("summary", name="map")
    export(player)
    taken = tmp_path / "home" / "results"
    check_onnx(taken / "model.onnx", world)
    check_script(taken, shown["scores"]["test"]["loss"])
    assert {"canvas.png", "canvas.svg", "loss.pdf", "accuracy.png", "data.csv"} <= {f.name for f in taken.iterdir()}
    assert player.close() == 0
    assert player.errors() == ""

    # Open it again exactly as it was, and train on.
    again = Player(server, tmp_path / "home", str(session))
    try:
        again.wait(lambda: again.state()["epoch"] == shown["epoch"], "the saved run")
        reopened = again.state()
        assert {k: reopened[k] for k in ("link", "scores", "step", "lab")} == {
            k: shown[k] for k in ("link", "scores", "step", "lab")
        }
        assert np.allclose(again.wait(lambda: again.ask("summary", name="map"), "the map")["values"], world["values"])
        again.click("One step forward")
        again.wait(lambda: again.state()["epoch"] == shown["epoch"] + 1, "one epoch more")
        assert again.state()["scores"]["train"]["loss"] != shown["scores"]["train"]["loss"]
        again.key("ctrl+s")
        assert again.close() == 0
    finally:
        again.kill()


def export(player: Player) -> None:
    """Model, script and data through the dialog, into the folder that it offers."""
    player.key("ctrl+e")
    player.focus("Export")
    for title, wanted in (("Plots", True), ("ONNX model", True), ("Python script", True), ("Data", True)):
        if player.ask("checked", name=title) != wanted:
            player.click(title, "QCheckBox", at=(0.1, 0.5))
        assert player.ask("checked", name=title) == wanted
    player.click("Export", "QPushButton")
    player.wait(lambda: player.ask("find", name="Open folder"), "the files", patience=90)
    player.click("Close", "QPushButton")
    player.focus(".*Playground")


def check_onnx(path: Path, world: dict[str, Any]) -> None:
    """onnxruntime says at each cell of the decision map what the window shows there."""
    import onnxruntime

    values = np.array(world["values"])
    rows, columns = values.shape[:2]
    (x0, x1), (y0, y1) = world["x"], world["y"]
    xs = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    ys = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (said,) = session.run(["probabilities"], {"x": grid})
    assert np.abs(said.reshape(rows, columns, -1) - values).max() < 1e-5


def check_script(folder: Path, test_loss: float) -> None:
    """The stand-alone script, without this package in reach, prints the window's test loss."""
    done = subprocess.run([sys.executable, "-I", "model.py", "data.csv"], cwd=folder, capture_output=True, text=True,
                          timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "playground" not in (folder / "model.py").read_text().lower().split("import ")[1]
    printed = [float(word) for word in done.stdout.replace(",", " ").split() if _is_number(word)]
    assert any(abs(value - test_loss) < 1e-6 for value in printed), (test_loss, done.stdout)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


@pytest.mark.timeout(120)
def test_the_same_without_a_window(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "playground", "run", "--lab", "classify", "--dataset", "spiral", "--set",
         "model.hidden=8,8", "--epochs", "300", "--export", "onnx,plots", "--out", str(tmp_path / "results"), "--json"],
        capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["epochs"] == 300 and said["test"]["accuracy"] > 0.9
    assert all(Path(file).exists() for file in said["files"])
    assert {Path(file).name for file in said["files"]} >= {"model.onnx", "canvas.png", "loss.svg", "accuracy.pdf"}
