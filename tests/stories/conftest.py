"""What the stories have in common: a window on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.driver import Player, screen


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    with screen() as server:
        player = Player(server, tmp_path / "home")
        try:
            yield player
        finally:
            player.kill()
