"""What becomes of the links of a network (`links.py`) when its shape changes: those of the layers that stayed stay."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.engine import links as names
from playground.engine import structure
from playground.engine.links import Link, Skip
from playground.engine.structure import Structure, units_kept

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment

LINKS = ("skips", "held", "edits")
PATHS = tuple(f"model.{name}" for name in LINKS)


def links(old: Experiment, new: Experiment, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the paths PATHS of `new`, a network without links, are set to: those that are given, else those of `old`
    that still have a meaning. Edits are of another network once the shape has changed."""
    if new.model.kind != old.model.kind:
        return dict(given)
    before, after = structure.of(old), structure.of(new)
    found = dict(given)
    if "model.skips" not in found:
        found["model.skips"] = _skips(old, before, after)
    if "model.held" not in found:
        kept = Structure(after.layers, _readable(found["model.skips"], len(after.layers)))
        back = {at: now for now, at in kept.kept(before).items()}
        pairs = ((_moved(names.held(text)[0], before, kept, back), text) for text in old.model.held)
        found["model.held"] = tuple(f"{link}={text.partition('=')[2]}" for link, text in pairs if link is not None)
    if "model.edits" not in found:
        found["model.edits"] = old.model.edits if before.layers == after.layers else ()
    return found


def _readable(skips: Any, last: int) -> tuple[Skip, ...]:
    """Those that are connections of this network; of others the Experiment will complain."""
    found = []
    for text in skips if isinstance(skips, tuple | list) else ():
        with suppress(ValueError, TypeError):
            found.append(names.skip(text))
    return tuple(skip for skip in found if skip.target <= last)


def _skips(old: Experiment, before: Structure, after: Structure) -> tuple[str, ...]:
    """Of which both layers still exist, and are of one width where the connection has no projection."""
    now = {at: layer for layer, at in units_kept(before.sizes, after.sizes).items()}
    found = []
    for skip in map(names.skip, old.model.skips):
        moved = Skip(now.get(skip.source, 0), now.get(skip.target, 0), skip.projection)
        there = skip.source in now and skip.target in now and moved.source + 2 <= moved.target
        if there and (moved.projection or after.sizes[moved.source] == after.sizes[moved.target]):
            found.append(str(moved))
    return tuple(found)


def _moved(link: Link, before: Structure, after: Structure, back: Mapping[int, int]) -> Link | None:
    """The same number of the new network, None where its layer has gone."""
    at = before.find(link)
    if at is None or at[0] not in back:
        return None
    block = after.blocks[back[at[0]]]
    return replace(link, layer=block.target, source=link.source if link.source < 0 else block.source)
