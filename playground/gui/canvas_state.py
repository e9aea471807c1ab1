"""What a session file remembers of the canvas: ranges, layers, the tool in hand. Called by `canvas.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.engine.models.mlp import MAX_LAYERS

if TYPE_CHECKING:
    from playground.gui.canvas import Canvas

FAN_SIZES = (10, 20, 50, 100, 200)
HIGHEST = 40
"""No order and no weight of the error surface is numbered higher."""
MOST_ITEM, MOST_ID = 255, 2**53


def save(canvas: Canvas) -> dict[str, Any]:
    """As plain values."""
    return {
        "pictures": {kind: picture.state() for kind, picture in canvas.stage.pictures.items()},
        "tool": canvas.tool, "class": canvas.current_class, "radius": canvas.brush_radius,
        "density": canvas.brush_density, "spacing": canvas.pen_spacing, "network": canvas.network_on,
        "fan": canvas.fan_size, "orders": list(canvas.orders), "axes": list(canvas.axes),
        "inside": dict(canvas.inside),
    }  # fmt: skip


def restore(canvas: Canvas, state: dict[str, Any]) -> None:
    """Take a state of `save`; whatever is missing or odd stays as it is."""
    pictures = state.get("pictures")
    for kind, picture in canvas.stage.pictures.items():
        if isinstance(pictures, dict) and isinstance(pictures.get(kind), dict):
            picture.restore(pictures[kind])
    if state.get("tool") in canvas.stage.tools:
        canvas.set_tool(state["tool"])
    if isinstance(state.get("class"), int) and 0 <= state["class"] < max(canvas.n_classes, 1):
        canvas.current_class = state["class"]
    if isinstance(state.get("radius"), int | float):
        canvas.brush_radius = float(state["radius"])
    if isinstance(state.get("spacing"), int | float):
        canvas.pen_spacing = float(state["spacing"])
    if isinstance(state.get("density"), int):
        canvas.brush_density = state["density"]
    canvas.network_on = bool(state.get("network", canvas.network_on))
    if state.get("fan") in FAN_SIZES:
        canvas.fan_size = state["fan"]
    for name, counts in (("orders", range(4, 10)), ("axes", (2,))):
        found = state.get(name)
        if isinstance(found, list) and len(found) in counts and all(_is_number(n) for n in found):
            setattr(canvas, name, tuple(found))
    inside = state.get("inside")
    if isinstance(inside, dict):
        canvas.inside = _inside(inside)


def _inside(state: dict[str, Any]) -> dict[str, Any]:
    """Layer, pair of units and example; what a network or the data lack now is passed over when it is computed."""
    layer, pair, example = state.get("layer"), state.get("pair"), state.get("example")
    whole = isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_number(unit, MOST_ITEM) for unit in pair)
    return {
        "layer": layer if _is_number(layer, MAX_LAYERS) else 0,
        "pair": tuple(pair) if whole else None,
        "example": example if _is_number(example, MOST_ID) else None,
    }


def _is_number(value: object, highest: int = HIGHEST) -> bool:
    return type(value) is int and 0 <= value <= highest
