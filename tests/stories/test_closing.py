"""Closing while a network trains: at once, with exit code 0 and nothing on standard error, ten times over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.driver import Player, screen


@pytest.mark.timeout(240)
def test_ten_closes_while_training(tmp_path: Path) -> None:
    with screen() as server:
        for i in range(10):
            player = Player(server, tmp_path / f"home{i}", "playground:v1?lab=classify&model.hidden=8,8")
            try:
                player.key("space")
                player.wait(lambda player=player: player.state()["epoch"] > 3, "training")
                assert player.close() == 0
                assert player.errors() == ""
            finally:
                player.kill()
