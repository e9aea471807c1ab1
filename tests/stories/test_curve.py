"""The curve lab as a teacher uses it: real window, real mouse, real keys."""

from __future__ import annotations

import pytest

from tests.stories.driver import Player, drag_slider

M, LN_LAMBDA = "Order  M", "Penalty  ln λ"


def rms(player: Player, part: str) -> float:
    return player.state()["scores"][part]["rms"]


def wild_curve(player: Player) -> float:
    """How far the fit swings between the points."""
    y = player.ask("summary", name="fit")["y"]
    return max(y) - min(y)


@pytest.mark.timeout(240)
def test_overfitting_and_its_cures(player: Player) -> None:
    state = player.state()
    assert (state["lab"], state["n_points"], state["executor"]) == ("curve", 10, "closed_form")
    cubic = rms(player, "test")

    # The order slider: at M = 9 the curve passes through every point and the test error shoots up.
    drag_slider(player, M, 9.3 / 20)
    player.wait(lambda: player.ask("value", path="model.order") == 9 and rms(player, "train") < 1e-6, "M = 9")
    assert rms(player, "test") > 1.5 * cubic
    wild = wild_curve(player)

    # A dragged point takes the curve with it.
    x, t = player.ask("points")[4]
    player.drag(player.pixel(x, t), player.pixel(x, t - 0.6))
    moved = player.wait(lambda: abs(player.ask("points")[4][1] - (t - 0.6)) < 0.05, "the point to move")
    assert moved and rms(player, "train") < 1e-6, "the curve still passes through every point"
    player.key("ctrl+z")
    player.wait(lambda: abs(player.ask("points")[4][1] - t) < 1e-12, "undo of the drag as one step")

    # More data: the brush along the true curve calms the fit.
    player.key("b")
    wave = [player.pixel(x / 10, y) for x, y in enumerate((0, 0.6, 0.95, 0.95, 0.6, 0, -0.6, -0.95, -0.95, -0.6, 0))]
    player.drag(wave[0], *wave[1:])
    painted = player.state()["n_points"]
    assert painted > 20
    assert player.ask("value", path="model.order") == 9
    player.wait(lambda: rms(player, "train") > 1e-3, "the fit to the sprayed points")

    # Erase, undo, redo.
    player.key("e")
    player.drag(wave[2], wave[3])
    player.wait(lambda: player.state()["n_points"] < painted, "the eraser")
    left = player.state()["n_points"]
    player.key("ctrl+z")
    player.wait(lambda: player.state()["n_points"] == painted, "undo")
    player.key("ctrl+shift+z")
    player.wait(lambda: player.state()["n_points"] == left, "redo")
    while player.state()["n_points"] != 10:
        player.key("ctrl+z")
    player.wait(lambda: rms(player, "train") < 1e-6, "the ten points again")

    # The penalty calms the wild curve too.
    player.click(LN_LAMBDA, "QCheckBox")
    player.wait(lambda: player.ask("value", path="model.ln_lambda") is not None, "the penalty")
    drag_slider(player, LN_LAMBDA, 0.62)
    player.wait(lambda: wild_curve(player) < 0.9 * wild, "a calmer curve")
    assert rms(player, "train") > 1e-3

    assert player.close() == 0
    assert player.errors() == ""


@pytest.mark.timeout(120)
def test_a_slider_plays_by_itself(player: Player) -> None:
    drag_slider(player, M, 0.02)
    player.wait(lambda: player.ask("value", path="model.order") == 0, "M = 0")
    player.click(f"Sweep {M}")
    seen: set[int] = set()

    def far() -> bool:
        seen.add(player.ask("value", path="model.order"))
        return player.ask("value", path="model.order") >= 9

    player.wait(far, "the order to sweep by itself", 60)
    assert len(seen) > 5
    player.click(f"Sweep {M}")
    player.key("ctrl+z")
    player.wait(lambda: player.ask("value", path="model.order") == 0, "undo of the whole sweep")
    assert player.close() == 0
