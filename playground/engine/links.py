"""Names of the parameters of a dense network, and what a person does to them: held values, edits, skip connections.

Layers are counted from 0, the inputs; 1 is the first hidden layer, the output comes last. Units count from 1.

w2.3.1   the weight from unit 1 of layer 1 to unit 3 of layer 2        b2.3   the bias of unit 3 of layer 2
p0-2.3.1 the weight from unit 1 of layer 0 to unit 3 of layer 2 in the projection of the skip connection 0-2

A held value is written `w2.3.1=0.5`, an edit `w2.3.1:0.12>0.5` (from, to), a skip connection `0-2`, or `0-2p`
where a projection, a matrix that is learned, leads from one layer to the other (He et al. 2016): the sums of layer 2
become W a1 + b + a0, or W a1 + b + P a0. Each goes past one layer at least.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playground.engine.schema import SpecError

MOST = 1e6
"""The largest size of a weight that can be typed."""
_LINK = re.compile(r"(?:w(\d{1,2})|p(\d{1,2})-(\d{1,2}))\.(\d{1,3})\.(\d{1,3})|b(\d{1,2})\.(\d{1,3})")
_SKIP = re.compile(r"(\d{1,2})-(\d{1,2})(p?)")


@dataclass(frozen=True, order=True)
class Link:
    """One number of a network. `before` is 0 for a bias; `source` is the layer a projection starts from, else -1."""

    layer: int
    unit: int
    before: int = 0
    source: int = -1

    def __str__(self) -> str:
        if self.source >= 0:
            return f"p{self.source}-{self.layer}.{self.unit}.{self.before}"
        return f"w{self.layer}.{self.unit}.{self.before}" if self.before else f"b{self.layer}.{self.unit}"


@dataclass(frozen=True)
class Skip:
    """A connection past the layers between two layers, added to the sums of the later one."""

    source: int
    target: int
    projection: bool = False

    def __str__(self) -> str:
        return f"{self.source}-{self.target}" + "p" * self.projection


@dataclass(frozen=True)
class Edit:
    """A weight was given another value by hand."""

    link: Link
    before: float
    after: float

    def __str__(self) -> str:
        return f"{self.link}:{self.before!r}>{self.after!r}"


def link(text: str) -> Link:
    """Raises ValueError for what is not the name of a link."""
    found = _LINK.fullmatch(text)
    if not found:
        raise ValueError(text)
    w, source, target, unit, before, b, bias_unit = (None if g is None else int(g) for g in found.groups())
    if b is not None and bias_unit is not None:
        made = Link(b, bias_unit)
    elif source is not None and target is not None:
        made = Link(target, unit or 0, before or 0, source)
    else:
        made = Link(w or 0, unit or 0, before or 0)
    if made.layer < 1 or made.unit < 1 or (b is None and made.before < 1):
        raise ValueError(text)
    return made


def skip(text: str) -> Skip:
    """Raises ValueError."""
    found = _SKIP.fullmatch(text)
    if not found or int(found[1]) + 2 > int(found[2]):  # 1-2 would go past nothing
        raise ValueError(text)
    return Skip(int(found[1]), int(found[2]), bool(found[3]))


def number(text: str) -> float:
    """A value that a weight may be given. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value) or abs(value) > MOST:
        raise ValueError(text)
    return value


def held(text: str) -> tuple[Link, float]:
    """Raises ValueError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(text)
    return link(name), number(value)


def edit(text: str) -> Edit:
    """Raises ValueError. What a weight was before need not be a value that could be typed."""
    name, colon, values = text.partition(":")
    before, arrow, after = values.partition(">")
    if not colon or not arrow:
        raise ValueError(text)
    return Edit(link(name), float(before), number(after))


def assigned(text: str) -> tuple[Link, float]:
    """`w2.3.1=0.5`: a number and what it was set to, which may be any float. Raises ValueError."""
    name, _, value = text.partition("=")
    return link(name), float(value)


def edited(before: Sequence[str], after: Sequence[str], ignored: int = 0) -> list[tuple[Link, float]]:
    """What a change of `MLP.edits` sets: those that went from the end to their old values, the last first, then those
    that came to their new ones. The first `ignored` were made in another run: nothing is put back for them."""
    same = common(before, after)
    undone = [edit(text) for text in reversed(before[max(same, ignored) :])]
    return [*((e.link, e.before) for e in undone), *((e.link, e.after) for e in map(edit, after[same:]))]


def common(before: Sequence[str], after: Sequence[str]) -> int:
    """With how many equal entries both begin."""
    shorter = min(len(before), len(after))
    return next((i for i in range(shorter) if before[i] != after[i]), shorter)


def fits(found: Link, sizes: Sequence[int], skips: Iterable[Skip] | None) -> bool:
    """Whether a network with these units in its layers, inputs first, has this link. `skips` None: any may be there."""
    if found.layer >= len(sizes) or found.unit > sizes[found.layer]:
        return False
    if found.source < 0:
        return found.before <= sizes[found.layer - 1]
    if found.source + 2 > found.layer or found.before > sizes[found.source]:
        return False
    ends = (found.source, found.layer)
    return skips is None or any(s.projection and (s.source, s.target) == ends for s in skips)


def misfits(model: Any, sizes: Sequence[int]) -> Iterator[SpecError]:
    """Complaints about links that the network of a model (`MLP`) lacks; sizes: units of its layers, inputs first."""
    skips, last = model.connections(), len(sizes) - 1
    for i, s in enumerate(skips):
        if s.target > last:
            yield SpecError(f"model.skips must be connections between layers 0 to {last} of this network, not {s}.",
                            "model.skips")  # fmt: skip
        elif any((s.source, s.target) == (other.source, other.target) for other in skips[:i]):
            yield SpecError(f"model.skips must have one connection at most from layer {s.source} to layer {s.target}.",
                            "model.skips")  # fmt: skip
        elif not s.projection and sizes[s.source] != sizes[s.target]:
            one, other = sizes[s.source], sizes[s.target]
            yield SpecError(
                f"model.skips: layer {s.source} has {_units(one)} and layer {s.target} has {other}; write {s}p for a "
                "learned projection, or give both the same width.", "model.skips",
            )  # fmt: skip
    seen: set[Link] = set()
    for found, _ in map(held, model.held):
        if not fits(found, sizes, skips):
            yield _stranger("model.held", found, sizes)
        if found in seen:
            yield SpecError(f"model.held must name each link once, not {found} twice.", "model.held")
        seen.add(found)
    for made in map(edit, model.edits):
        if not fits(made.link, sizes, None):  # the projection may have gone since
            yield _stranger("model.edits", made.link, sizes)


def _units(n: int) -> str:
    return f"{n} unit" + "s" * (n > 1)


def _stranger(path: str, found: Link, sizes: Sequence[int]) -> SpecError:
    return SpecError(f"{path} must be links of this network, whose layers have {', '.join(map(str, sizes))} units, "
                     f"not {found}.", path)  # fmt: skip


def complaint(name: str, text: object, allowed: str) -> SpecError:
    return SpecError(f"{name} must be {allowed}, not {str(text)[:60] or 'nothing'}.", name)
