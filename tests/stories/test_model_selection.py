"""Choosing a model as a lecturer does before the class: cross-validation finds M and ln λ, the map is taken home.

Real window, real mouse, real keys. What the window chose is computed here again, by scikit-learn.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.cross_validation import LN_LAMBDAS
from playground.engine.experiment import from_link
from playground.engine.folds import folds_of
from playground.engine.problem import build
from tests.stories.driver import Player, screen

M, N, LN_LAMBDA = "Order  M", "Points", "Penalty  ln λ"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    with screen() as server:
        player = Player(server, tmp_path / "home")
        try:
            yield player
        finally:
            player.kill()


def drag_slider(player: Player, name: str, share: float) -> None:
    """Take the thumb's track and go to this share of its length."""
    r = player.rectangle(name, "Track")
    y = r["y"] + r["h"] / 2
    player.drag((r["x"] + r["w"] * 0.3, y), (r["x"] + r["w"] * share, y))


def errors(link: str, order: int, ln_lambda: float | None) -> NDArray[np.float64]:
    """Held-out root mean square errors of each fold, by scikit-learn, for the experiment of this link."""
    from sklearn.linear_model import LinearRegression, Ridge
    from sklearn.model_selection import PredefinedSplit, cross_val_score

    e = from_link(link)
    train = build(e).train
    fold = folds_of(train.ids, e.selection.folds, e.seed.split)
    powers = train.X ** np.arange(1, order + 1) if order else np.ones_like(train.X)
    model = LinearRegression() if ln_lambda is None else Ridge(np.exp(ln_lambda), solver="svd")
    return -np.asarray(cross_val_score(model, powers, train.t, cv=PredefinedSplit(fold),
                                       scoring="neg_root_mean_squared_error"))  # fmt: skip


@pytest.mark.timeout(120)
def test_cross_validation_chooses_and_the_map_is_taken_home(player: Player, tmp_path: Path) -> None:
    start = player.state()["link"]

    # Far too wild a curve; the chart says which order to take.
    drag_slider(player, M, 9.3 / 20)
    player.wait(lambda: player.ask("value", path="model.order") == 9, "M = 9")
    wild = player.state()["link"]
    player.chart("cv_by_order")
    said = player.follow("cv_by_order", "Use M = ")
    order = player.wait(lambda: player.ask("value", path="model.order") != 9 and player.ask("value", path="model.order"),
                        "the order that was recommended")  # fmt: skip
    assert said == f"Use M = {order}"
    # Nine weights and nine points, one held out: beyond that, no order is determined, nor wins.
    assert order == np.argmin([errors(wild, m, None).mean() for m in range(9)])
    chosen = player.state()["link"]

    # Then the penalty, with this order.
    player.chart("cv_by_ln_lambda")
    said = player.follow("cv_by_ln_lambda", "Use ln λ = ")
    player.wait(lambda: player.ask("value", path="model.ln_lambda") is not None, "the penalty")
    penalty = player.ask("value", path="model.ln_lambda")
    assert said == f"Use ln λ = {penalty:g}".replace("-", "−")
    assert penalty == LN_LAMBDAS[int(np.argmin([errors(chosen, order, value).mean() for value in LN_LAMBDAS]))]
    end = player.state()["link"]
    assert from_link(end).model.order == order and from_link(end).model.ln_lambda == penalty

    # The map as a drawing, to a place that is typed.
    player.chart("cv_map")
    player.wait(lambda: (player.ask("summary", name="cv_map") or {"behind": True})["behind"] is False, "the map")
    picture = tmp_path / "map.svg"
    player.chart_menu("cv_map", "Save picture…")
    player.save_path("Save the picture", picture)
    tree = ElementTree.parse(picture).getroot()  # a part of a drawing would not parse
    assert tree.tag == f"{SVG}svg" and len(list(tree.iter(f"{SVG}path"))) > 10
    words = "".join(tree.itertext())
    assert "ln λ" in words and "M" in words and "RMS error held out" in words

    # Back, one step at a time, to the first picture.
    for link in (chosen, wild, start):
        player.key("ctrl+z")
        player.wait(lambda link=link: player.state()["link"] == link, "one step back")
    assert player.close() == 0
    assert player.errors() == ""
