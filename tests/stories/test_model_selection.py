"""Choosing a model as a lecturer does before the class: cross-validation finds M and ln λ, the map is taken home.

Real window, real mouse, real keys. What the window chose is computed here again, by scikit-learn.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.engine.cross_validation import LN_LAMBDAS
from playground.engine.experiment import change, default, from_link, to_link
from playground.engine.folds import folds_of
from playground.engine.points import Points
from playground.engine.problem import build
from playground.engine.registry import labs
from tests.stories.driver import Player, drag_slider, screen

M, N, LN_LAMBDA = "Order  M", "Points", "Penalty  ln λ"
SVG = "{http://www.w3.org/2000/svg}"


def complete(player: Player, name: str) -> bool:
    """Whether the chart in front has all of its numbers."""
    summary = player.ask("summary", name=name)
    return summary is not None and not summary["behind"]


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


def words_of(picture: Path) -> set[str]:
    """What a whole drawing says. Its letters are outlines, each text with its words in a comment before it."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.parse(picture, parser).getroot()  # a part of a drawing would not parse
    assert root.tag == f"{SVG}svg" and len(list(root.iter(f"{SVG}path"))) > 10
    return {str(comment.text).strip().strip("$") for comment in root.iter(ElementTree.Comment)}  # type: ignore[arg-type]


@pytest.mark.timeout(120)
def test_cross_validation_chooses_and_the_map_is_taken_home(player: Player, tmp_path: Path) -> None:
    start = player.state()["link"]

    # Far too wild a curve; the chart says which order to take.
    drag_slider(player, M, 9.3 / 20)
    player.wait(lambda: player.ask("value", path="model.order") == 9, "M = 9")
    wild = player.state()["link"]
    player.chart("cv_by_order")
    said = player.follow("cv_by_order", "Use M = ")
    player.wait(lambda: player.ask("value", path="model.order") != 9, "the order that was recommended")
    order = player.ask("value", path="model.order")
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
    player.wait(lambda: complete(player, "cv_map"), "the map")
    picture = tmp_path / "map.svg"
    player.chart_menu("cv_map", "Save picture…")
    player.save_path("Save the picture", picture)
    words = words_of(picture)
    assert {"M", "ln λ", "held-out error", "best"} <= words and {"0", "9", "off", "−18"} <= words

    # Back, one step at a time, to the first picture.
    for link in (chosen, wild, start):
        player.key("ctrl+z")
        player.wait(lambda link=link: player.state()["link"] == link, "one step back")
    assert player.close() == 0
    assert player.errors() == ""


def number(text: str) -> float:
    return float(text.replace("−", "-").removesuffix(" %"))


@pytest.mark.timeout(120)
def test_looking_closely_and_watching_weights_move(player: Player) -> None:
    # A point under the hand: its residual, and what it has to do with the error.
    points = np.array(player.ask("points"))
    x, t = points.T
    residuals = t - np.polynomial.Polynomial.fit(x, t, 3)(x)
    k = int(np.abs(residuals).argmax())
    player.do("mousemove", *player.pixel(x[k], t[k]))
    said = player.wait(lambda: player.ask("reading"), "the box beside the point")
    assert number(said["t − y"]) == pytest.approx(residuals[k], abs=6e-4)
    assert number(said["share of E"]) == pytest.approx(100 * residuals[k] ** 2 / (residuals @ residuals), abs=0.06)

    # One run of the cross-validation stands out on the canvas, and stays when the hand goes away.
    player.chart("folds")
    player.wait(lambda: complete(player, "folds"), "the folds")
    player.click("Cross-validation", "FoldsView", at=(0.3, 0.4))
    player.do("mousemove", *player.pixel(0.5, 1.2))
    chosen = player.wait(lambda: max(player.ask("fold"), 0), "the run that was chosen")
    assert chosen < len(player.ask("summary", name="folds")["held_out"]) == 10

    # More points by the slider: the same number of folds, each of them larger.
    drag_slider(player, N, 0.5)
    more = player.wait(lambda: max(player.state()["n_points"] - 15, 0), "more points") + 15
    player.wait(lambda: len((player.ask("summary", name="folds") or {"fold": ()})["fold"]) == more, "the larger folds")

    # Gradient descent in Legendre polynomials: Space, and the weights move.
    player.choose("Optimizer", "SGD")
    player.choose("Basis", "Legendre")
    player.chart("coefficient_bars")
    bars = player.wait(lambda: player.ask("summary", name="coefficient_bars"), "the weights")["value"]
    assert bars == [0.0] * 4
    player.key("space")
    player.wait(lambda: player.state()["playing"], "descent")
    seen: set[tuple[float, ...]] = set()

    def moving() -> bool:
        seen.add(tuple((player.ask("summary", name="coefficient_bars") or {"value": ()})["value"]))
        return len(seen) > 4

    player.wait(moving, "the weights to move")
    player.chart("surface")
    player.wait(lambda: len((player.ask("summary", name="surface") or {"path": ()})["path"]) > 2, "the path")
    short = len(player.ask("summary", name="surface")["path"])
    player.wait(lambda: len(player.ask("summary", name="surface")["path"]) > short, "a longer path")
    path = np.array(player.ask("summary", name="surface")["path"])
    assert np.abs(np.diff(path, axis=0)).max() > 0

    # Rewind: everything as it was before.
    player.key("space")
    player.wait(lambda: player.state()["status"] == "paused", "pause")
    player.click("Rewind")
    player.wait(lambda: player.state()["epoch"] == 0, "the start")
    player.wait(lambda: not np.any(player.ask("summary", name="surface")["path"]), "the path to begin anew")
    assert player.ask("summary", name="surface")["here"] == [0.0, 0.0]
    assert player.close() == 0
    assert player.errors() == ""


WAVE = np.sin(2.3 * np.arange(9)) / 2
EDGES = {
    "all points at one place": {"data.points": Points([[0.5]] * 6, WAVE[:6]), "model.order": 9},
    "far out": {"data.points": Points(np.linspace(-1e12, 1e12, 9)[:, None], 1e6 * WAVE), "model.order": 9},
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("case", EDGES)
def test_every_chart_survives_odd_points(case: str, tmp_path: Path) -> None:
    e = change(default(), {"data.kind": "drawn", "split.train": 1.0, **EDGES[case]})
    charts = [slot.name for slots in labs["curve"].docks(e) for slot in slots]
    with screen() as server:
        player = Player(server, tmp_path / "home", to_link(e))
        try:
            for name in charts:
                player.chart(name)
                player.wait(lambda name=name: player.ask("summary", name=name), f"the chart {name}")
            assert player.state()["link"] == to_link(e) and player.state()["status"] == "finished"
            assert player.close() == 0
            assert player.errors() == ""
        finally:
            player.kill()
