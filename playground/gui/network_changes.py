"""What a gesture on the picture of the network makes of the Experiment: {path: value}, for `Document.change`.

Layers are counted from 0, the inputs; 1 is the first hidden layer, H + 1 the output. A change of the shape takes the
residual connections and the held weights of the layers that stay along, under their new numbers; the list of edits
ends with it, because a new run begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from playground.engine import features, links
from playground.engine.experiment import Experiment
from playground.engine.links import Edit, Link, Skip

Changes = dict[str, Any]
MOST_LAYERS, MOST_UNITS, FIRST_UNITS = 8, 64, 8
"""A click goes so far; a new network begins with so many units."""


def sizes(e: Experiment) -> tuple[int, ...]:
    """Units of the inputs and the hidden layers. What the output has depends on the data."""
    return (n_inputs(e), *e.model.hidden)


def n_inputs(e: Experiment) -> int:
    return len(features.names(e))


def held_values(e: Experiment) -> dict[Link, float]:
    """The values at which links are held."""
    return dict(links.held(text) for text in e.model.held)


# ---- the shape


def insert_layer(e: Experiment, at: int) -> Changes:
    """A hidden layer that becomes number `at`, like the one before it."""
    hidden = e.model.hidden
    units = hidden[max(at - 2, 0)] if hidden else FIRST_UNITS

    def moved(layer: int) -> int:
        return layer + (layer >= at)

    return {
        "model.hidden": (*hidden[: at - 1], units, *hidden[at - 1 :]),
        "model.activations": _repeated(e.model.activations, at - 1),
        "model.dropouts": _repeated(e.model.dropouts, at - 1),
        "model.skips": _skips(e, lambda s: Skip(moved(s.source), moved(s.target), s.projection)),
        **_held(e, lambda link: None if link.layer == at and link.before else _moved(link, moved)),
    }  # fmt: skip


def remove_layer(e: Experiment, layer: int) -> Changes:
    """Without this hidden layer."""

    def moved(other: int) -> int:
        return other - (other > layer)

    def skip(s: Skip) -> Skip | None:
        if layer in (s.source, s.target) or moved(s.target) - moved(s.source) < 2:
            return None
        return Skip(moved(s.source), moved(s.target), s.projection)

    def link(found: Link) -> Link | None:
        gone = found.layer == layer or found.source == layer or found.layer == layer + 1 and found.before
        return None if gone and found.source < 0 or found.layer == layer else _moved(found, moved)

    return {
        "model.hidden": _without(e.model.hidden, layer - 1),
        "model.activations": _without(e.model.activations, layer - 1),
        "model.dropouts": _without(e.model.dropouts, layer - 1), "model.skips": _skips(e, skip), **_held(e, link),
    }  # fmt: skip


def resize_layer(e: Experiment, layer: int, units: int) -> Changes:
    """This hidden layer with so many units; identities from or to it become projections where widths part."""
    hidden = list(e.model.hidden)
    hidden[layer - 1] = units
    wide = (n_inputs(e), *hidden)

    def skip(s: Skip) -> Skip:
        parted = layer in (s.source, s.target) and s.target < len(wide) and wide[s.source] != wide[s.target]
        return Skip(s.source, s.target, s.projection or parted or layer == s.source and s.target == len(wide))

    def link(found: Link) -> Link | None:
        over = found.layer == layer and found.unit > units
        source = found.source if found.source >= 0 else found.layer - 1
        return None if over or source == layer and found.before > units else found

    return {"model.hidden": tuple(hidden), "model.skips": _skips(e, skip), **_held(e, link)}


def toggle_input(e: Experiment, name: str, order: Iterable[str]) -> Changes:
    """Switch an input on or off; those that are on stand in `order`. Raises ValueError for the last one."""
    on = set(e.features) ^ {name}
    chosen = tuple(feature for feature in order if feature in on)
    before, after = features.names(e), features.names(e.model_copy(update={"features": chosen}))
    if not after:
        raise ValueError(name)

    def link(found: Link) -> Link | None:
        if not found.before or (found.layer != 1 if found.source < 0 else found.source != 0):
            return found
        if before[found.before - 1] not in after:
            return None
        return Link(found.layer, found.unit, after.index(before[found.before - 1]) + 1, found.source)

    def skip(s: Skip) -> Skip:
        return Skip(s.source, s.target, s.projection or s.source == 0)

    return {"features": chosen, "model.skips": _skips(e, skip), **_held(e, link)}


def set_activation(e: Experiment, layer: int, name: str) -> Changes:
    own = list(e.model.layer_activations())
    own[layer - 1] = name
    if len(set(own)) == 1:
        return {"model.activation": name, "model.activations": ()}
    return {"model.activations": tuple(own)}


def set_dropout(e: Experiment, layer: int, share: float) -> Changes:
    own = list(e.model.layer_dropouts())
    own[layer - 1] = share
    if len(set(own)) == 1:
        return {"model.dropout": share, "model.dropouts": ()}
    return {"model.dropouts": tuple(own)}


# ---- residual connections


def add_skip(e: Experiment, skip: Skip) -> Changes:
    return {"model.skips": (*e.model.skips, str(skip))}


def remove_skip(e: Experiment, skip: Skip) -> Changes:
    return {
        "model.skips": tuple(text for text in e.model.skips if text != str(skip)),
        **_held(e, lambda link: None if (link.source, link.layer) == (skip.source, skip.target) else link, shape=False),
    }


# ---- single numbers


def set_weight(e: Experiment, link: Link, now: float, value: float, edits: tuple[str, ...] | None = None) -> Changes:
    """This number is `value` from now on. One that is held is held there.

    edits   the edits before the gesture that this one belongs to, if it has made some already
    """
    held = held_values(e)
    if link in held:
        return {"model.held": _written({**held, link: value})}
    before = e.model.edits if edits is None else edits
    return {"model.edits": (*before, str(Edit(link, now, value)))}


def freeze(e: Experiment, link: Link, now: float) -> Changes:
    return {"model.held": _written({**held_values(e), link: now})}


def unfreeze(e: Experiment, link: Link) -> Changes:
    return {"model.held": _written({k: v for k, v in held_values(e).items() if k != link})}


def cut(e: Experiment, link: Link, now: float) -> Changes:
    changes: Changes = {"model.held": _written({**held_values(e), link: 0.0})}
    return changes | ({"model.edits": (*e.model.edits, str(Edit(link, now, 0.0)))} if now else {})


def restore(e: Experiment, link: Link) -> Changes:
    """A link that was cut gets the weight back that it had then, where that is known."""
    changes = unfreeze(e, link)
    mine = [edit for edit in map(links.edit, e.model.edits) if edit.link == link]
    if mine and mine[-1].after == 0.0 and mine[-1].before:
        changes["model.edits"] = (*e.model.edits, str(Edit(link, 0.0, mine[-1].before)))
    return changes


# ---- what follows a change of the shape


def _repeated(values: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """With one more at this place, like the one before it."""
    return (*values[:at], values[max(at - 1, 0)], *values[at:]) if values else ()


def _without(values: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*values[:at], *values[at + 1 :])


def _moved(link: Link, number: Callable[[int], int]) -> Link:
    return Link(number(link.layer), link.unit, link.before, number(link.source) if link.source >= 0 else -1)


def _skips(e: Experiment, change: Callable[[Skip], Skip | None]) -> tuple[str, ...]:
    found = [change(links.skip(text)) for text in e.model.skips]
    return tuple(str(skip) for skip in found if skip is not None)


def _held(e: Experiment, change: Callable[[Link], Link | None], shape: bool = True) -> Changes:
    found = {new: value for link, value in held_values(e).items() if (new := change(link)) is not None}
    return {"model.held": _written(found), **({"model.edits": ()} if shape else {})}


def _written(held: dict[Link, float]) -> tuple[str, ...]:
    return tuple(f"{link}={value!r}" for link, value in held.items())
