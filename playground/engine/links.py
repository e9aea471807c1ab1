"""Names of the parameters of a dense network, and what a person does to them: held values, edits, skip connections.

Layers are counted from 0, the inputs; 1 is the first hidden layer, the output comes last. Units count from 1.

w2.3.1   the weight from unit 1 of layer 1 to unit 3 of layer 2        b2.3   the bias of unit 3 of layer 2
p0-2.3.1 the weight from unit 1 of layer 0 to unit 3 of layer 2 in the projection of the skip connection 0-2

A held value is written `w2.3.1=0.5`, an edit `w2.3.1:0.12>0.5` (from, to), a skip connection `0-2`, or `0-2p`
where a projection, a matrix that is learned, leads from one layer to the other (He et al. 2016): the sums of layer 2
become W a1 + b + a0, or W a1 + b + P a0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

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
    if not found or int(found[1]) >= int(found[2]):
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


def fits(found: Link, sizes: Sequence[int], skips: Sequence[Skip]) -> bool:
    """Whether a network with these units in its layers, inputs first, has this link."""
    if found.layer >= len(sizes) or found.unit > sizes[found.layer]:
        return False
    if found.source < 0:
        return found.before <= sizes[found.layer - 1]
    return any(s.projection and (s.source, s.target) == (found.source, found.layer) for s in skips) and (
        found.before <= sizes[found.source]
    )


def complaint(name: str, text: object, allowed: str) -> SpecError:
    return SpecError(f"{name} must be {allowed}, not {str(text)[:60] or 'nothing'}.", name)
