"""The network as a student takes it apart while it learns: shape, single weights, a residual connection, the inside.

Real window, real mouse, real keys. All of it is undone again, and what is saved is what the command line says.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.engine.links import edit
from tests.stories.driver import Player, screen

SMALL = "playground:v1?lab=classify&data.kind=circle&model.hidden=4"


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    with screen() as server:
        player = Player(server, tmp_path / "home", SMALL)
        try:
            yield player
        finally:
            player.kill()


class Hands:
    """A person at the picture of the network."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def spot(self, kind: str, **where: Any) -> tuple[float, float]:
        x, y = self.player.ask("network", kind=kind, **where)
        return x, y

    def click(self, kind: str, **where: Any) -> None:
        self.player.click_at(*self.spot(kind, **where))

    def model(self, name: str) -> Any:
        return self.player.ask("value", path=f"model.{name}")

    def units(self, layer: int, kind: str, *, then: int) -> None:
        """Press + or - of a layer once."""
        self.click(kind, layer=layer)
        self.player.wait(lambda: self.model("hidden")[layer - 1] == then, f"{then} units in layer {layer}")
        self.drawn()

    def drawn(self) -> None:
        """Wait until the picture shows the shape of the document."""
        sizes = self.model("hidden")
        self.player.wait(lambda: self.player.ask("shape")[1:-1] == sizes, "the picture of the new shape")

    def open_link(self, layer: int, a: int, b: int) -> str:
        """Click a link; returns which it was: others may cross it."""
        self.click("link", layer=layer, a=a, b=b)
        return str(self.player.wait(lambda: self.player.ask("link_editor"), "the editor of the link"))

    def close_link(self) -> None:
        self.player.key("Escape")
        self.player.wait(lambda: not self.player.ask("link_editor"), "the editor to close")

    def weight(self, link: str) -> float:
        return float(self.player.ask("weight", link=link))

    def let_it_train(self, epochs: int = 3) -> None:
        """Until the run and the picture of the network are so many epochs further."""
        begin = self.player.state()["epoch"]
        self.player.wait(lambda: self.player.state()["epoch"] >= begin + epochs, f"{epochs} epochs more")


def build_8_8(hands: Hands) -> int:
    """From one layer of four to 8-8, by clicks; returns how many."""
    clicks = 1
    hands.click("add", layer=2)
    hands.player.wait(lambda: hands.model("hidden") == [4, 4], "a second layer")
    hands.drawn()
    for layer, last in ((1, 8), (2, 9)):
        for units in range(5, last + 1):
            hands.units(layer, "more", then=units)
            clicks += 1
    hands.units(2, "less", then=8)
    assert hands.model("hidden") == [8, 8]
    return clicks + 1


@pytest.mark.timeout(150)
def test_a_network_is_built_taken_apart_and_put_back(player: Player, tmp_path: Path) -> None:
    hands, links = Hands(player), [player.state()["link"]]

    def done(what: str) -> None:
        """One more step that undo will take back."""
        player.wait(lambda: player.state()["link"] != links[-1], what)
        links.append(player.state()["link"])

    # 8-8, by clicking where + and - stand.
    hands.drawn()
    clicks = build_8_8(hands)
    built = player.state()["link"]

    # Space: it learns. A weight is typed, another frozen, a third cut, while it runs.
    player.key("space")
    hands.let_it_train(5)
    links = [built]
    typed = hands.open_link(1, 0, 0)
    player.key("ctrl+a")
    player.type("1.5")
    player.key("Return")
    done("the weight that was typed")
    (made,) = hands.model("edits")
    assert made.startswith(f"{typed}:") and made.endswith(">1.5")
    hands.close_link()

    frozen = hands.open_link(1, 1, 7)
    player.click("Freeze", "TextButton")
    done("the link to be frozen")
    (held,) = hands.model("held")
    hands.close_link()

    cut = hands.open_link(3, 0, 0)
    assert len({typed, frozen, cut}) == 3
    player.click("Cut", "TextButton")
    done("the link to be cut")
    hands.close_link()
    assert hands.model("held") == [held, f"{cut}=0.0"]
    was = {str(made.link): made.before for made in map(edit, hands.model("edits"))}
    assert set(was) == {typed, cut}

    # A residual connection, from port to port; the widths differ, so a projection is offered.
    player.drag(hands.spot("port", layer=1), hands.spot("port", layer=3))
    player.menu("With a learned projection")
    done("the residual connection")
    assert hands.model("skips") == ["1-3p"]
    hands.let_it_train(5)
    state = player.state()
    assert state["playing"] and state["status"] == "running"
    assert hands.weight(frozen) == float(held.split("=")[1])
    assert hands.weight(cut) == 0.0
    assert hands.weight(typed) != 1.5, "it was typed and learns on"

    # Into the hidden space: how the first layer sees the plane, then the second.
    player.chart("hidden")
    shown = player.wait(lambda: player.ask("summary", name="hidden"), "the hidden space")
    assert shown["layer"] == 2 and shown["n_units"] == 8 and len(shown["at"]) == player.state()["n_points"]
    player.wait(lambda: player.ask("find", name="Layer", kind="Choice"), "the picture with its lists")
    player.choose("Layer", "Layer 1")
    player.wait(lambda: player.ask("summary", name="hidden")["layer"] == 1, "the first layer")
    player.key("space")
    player.wait(lambda: player.state()["status"] == "paused", "pause")
    assert player.state()["scores"]["train"]["accuracy"] > 0.9

    # Back, one step at a time; what was done to single weights is taken back at once, in the run that stands still.
    end = links[-1]
    for link, weight in zip(reversed(links[:-1]), ("", cut, "", typed), strict=True):
        player.key("ctrl+z")
        player.wait(lambda link=link: player.state()["link"] == link, "one step back")
        if weight:
            player.wait(lambda weight=weight: hands.weight(weight) == was[weight], f"{weight} as it was")
    for _ in range(clicks):
        player.key("ctrl+z")
    player.wait(lambda: not player.ask("history")[0], "the beginning")
    assert player.state()["link"] == SMALL

    # And forwards again.
    for _ in range(clicks + len(links) - 1):
        player.key("ctrl+shift+z")
    player.wait(lambda: not player.ask("history")[1], "the end")
    assert player.state()["link"] == end
    hands.drawn()
    player.wait(lambda: hands.weight(typed) == 1.5, "the weight that was typed")

    # Train on, save; the command line says the same of the file.
    player.key("space")
    hands.let_it_train(10)
    player.key("space")
    player.wait(lambda: player.state()["status"] == "paused", "pause")
    player.key("ctrl+s")
    session = tmp_path / "home" / "taken apart.playground"
    player.save_path("Save", session)
    shown, n = player.state(), player.ask("parameters")
    said = run(session)
    assert said["epochs"] == shown["epoch"] and said["n_parameters"] == n
    for part in ("train", "test"):
        for name in ("loss", "accuracy"):
            assert said[part][name] == pytest.approx(shown["scores"][part][name], rel=1e-12), (part, name)
    assert player.close() == 0
    assert player.errors() == ""


def run(session: Path) -> dict[str, Any]:
    """What `playground run SESSION --json` says."""
    done = subprocess.run([sys.executable, "-m", "playground", "run", str(session), "--json"],
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
