"""The exported figures wear the light column of the window's table of colours."""

from __future__ import annotations

from playground.engine.export import ink
from playground.gui.theme import THEMES, mix

NAMES = {
    "CANVAS": "canvas", "TEXT": "text", "MUTED": "muted", "AXIS": "axis", "GRID": "grid", "BAND": "accent_soft",
    "TRAIN": "train", "TEST": "test", "FIT": "fit", "TRUTH": "truth", "GHOST": "ghost", "POSITIVE": "positive",
    "NEGATIVE": "negative", "MAP_NEGATIVE": "map_negative", "MAP_PAPER": "map_paper",
    "MAP_POSITIVE": "map_positive", "UNIT_NEGATIVE": "unit_negative", "UNIT_POSITIVE": "unit_positive",
    "BOUNDARY": "boundary", "BOUNDARY_OPACITY": "boundary_opacity",
}  # fmt: skip


def test_figures_wear_the_light_theme() -> None:
    light = THEMES["light"]
    assert {name: getattr(ink, name) for name in NAMES} == {name: getattr(light, t) for name, t in NAMES.items()}
    assert [color for color, _ in ink.CLASSES] == [style.color for style in light.classes]
    assert [ink.outline(color) for color, _ in ink.CLASSES] == [style.outline for style in light.classes]
    assert ink.mix("#102030", "#FFFFFF", 0.65) == mix("#102030", "#FFFFFF", 0.65)
