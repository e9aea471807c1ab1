"""Parameter kinds: the one table from which forms, flags, files, links and help pages are derived.

A specification is a frozen pydantic model (`Spec`) whose fields are made with `param(...)`, which adds
what a person needs to know: label, help, unit, range, scale, whether the value is live. `walk` turns an
instance into a flat list of `Parameter`, each with its dotted path, and `parse` and `show` turn values
into text and back. `gui/forms.py` draws the list, `cli.py` reads `--set PATH=VALUE` with it.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticUndefined


class SpecError(ValueError):
    """Wrong input from a person. `str()` is one sentence: what is wrong, where, and what is allowed."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class Spec(BaseModel):
    """A frozen node of the tree of values. Checked on construction: an illegal one cannot exist."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check_items(self) -> "Spec":
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if not isinstance(value, tuple):
                continue
            p = _leaf(name, info)
            if p.kind in ("subset", "names", "items") and len(set(value)) != len(value):
                raise ItemError(name, value)
            if p.kind == "names" and not all(is_name(item) for item in value):
                raise ItemError(name, value)
            low, high = p.item_low, p.item_high
            if any((low is not None and v < low) or (high is not None and v > high) for v in value):
                raise ItemError(name, value)
        return self


def param(
    default: Any,
    *,
    label: str,
    help: str = "",
    symbol: str = "",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    scale: Literal["linear", "log"] = "linear",
    live: bool = False,
    only_if: Mapping[str, tuple[Any, ...]] | None = None,
    off_value: float | None = None,
    item_low: float | None = None,
    item_high: float | None = None,
    names: Mapping[str, str] | None = None,
    repeated: bool = False,
    typed: bool = False,
    allowed: str = "",
    hidden: bool = False,
) -> Any:
    """A field of a Spec.

    label     what the form calls it; `symbol` is the italic variable that follows ("Order", "M")
    help      cause and effect in one line: "Larger: fits closer, wiggles more."
    low, high the legal range, both ends included (for a tuple: its length); item_low, item_high: of its items
    scale     "log" for quantities that span decades
    live      can change while training, without a reset
    only_if   {path: values}: shown only where every path has one of its values
    off_value the value a switched-off optional parameter starts from when it is switched on
    names     how each choice is called on screen, where its own name is not enough
    typed     a number that is typed: its range is too wide for a slider to be of use
    allowed   what a text, or each of several, must be, for the end of a sentence: "a formula in x"
    repeated  of several choices one may be taken more than once, and their order counts
    hidden    kept out of forms and of the command line (points, for example)
    """
    extra: dict[str, Any] = {
        "label": label, "help": help, "symbol": symbol, "unit": unit, "step": step, "scale": scale,
        "live": live, "only_if": dict(only_if or {}), "off_value": off_value, "item_low": item_low,
        "item_high": item_high, "names": dict(names or {}), "repeated": repeated, "typed": typed, "allowed": allowed,
        "hidden": hidden, "low": low, "high": high,
    }  # fmt: skip
    bounds: dict[str, Any] = {}
    if isinstance(default, tuple):
        bounds = {"min_length": low, "max_length": high}
    elif low is not None or high is not None:
        bounds = {"ge": low, "le": high}
    bounds = {name: bound for name, bound in bounds.items() if bound is not None}
    return Field(default, json_schema_extra={"param": extra}, **bounds)


MAX_NAME = 200
"""Characters of a name; where there is room for fewer it is shown `elided`."""


def is_name(text: str) -> bool:
    """Whether it can stand for a class or a column: 1 to 200 printable characters, no blanks at its ends."""
    return 1 <= len(text) <= MAX_NAME and text.isprintable() and text == text.strip()


def elided(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class ItemError(ValueError):
    """An item of a tuple is not allowed; `sentence` says it in the schema's words."""

    def __init__(self, name: str, value: Any) -> None:
        super().__init__(name)
        self.name, self.value = name, value


Kind = Literal[
    "int", "float", "bool", "choice", "text", "ints", "floats", "subset", "sequence", "names", "items", "opaque"
]


@dataclass(frozen=True)
class Parameter:
    """One leaf of a Spec: where it stands, what it may be, and what to tell a person about it."""

    path: str
    kind: Kind
    default: Any
    label: str
    help: str = ""
    symbol: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    scale: str = "linear"
    live: bool = False
    optional: bool = False
    """None is legal and means "off"."""
    off_value: float | None = None
    choices: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    item_low: float | None = None
    item_high: float | None = None
    only_if: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    typed: bool = False
    allowed: str = ""
    hidden: bool = False

    def legal(self) -> str:
        """What is allowed, for the end of a sentence: "a whole number from 0 to 20, or off"."""
        text = {
            "int": "a whole number", "float": "a number", "bool": "on or off", "text": self.allowed or "a text",
            "ints": "whole numbers", "floats": "numbers",
            "names": f"up to {show_number(self.high)} different names of 1 to {MAX_NAME} printable characters",
            "choice": "one of " + ", ".join(self.choices),
            "subset": "some of " + ", ".join(self.choices) + ", each once, with commas between them",
            "sequence": f"up to {show_number(self.high)} of " + ", ".join(self.choices) + ", with commas between them",
            "items": self.allowed,
            "opaque": "a set of points",
        }[self.kind]  # fmt: skip
        if self.kind in ("int", "float") and self.low is not None and self.high is not None:
            text += f" from {show_number(self.low)} to {show_number(self.high)}"
        if self.kind in ("ints", "floats"):
            text = f"{show_number(self.low)} to {show_number(self.high)} {text}"
            text += f" from {show_number(self.item_low)} to {show_number(self.item_high)}, with commas between them"
        return text + (", or off" if self.optional else "")

    def complain(self, value: Any) -> SpecError:
        text = show(value) or "nothing"
        text = text if len(text) <= 80 else text[:77] + "..."
        return SpecError(f"{self.path} must be {self.legal()}, not {text}.", self.path)


def show_number(value: float | None) -> str:
    return "any" if value is None else f"{value:.10g}"


def show(value: Any) -> str:
    """A value as the command line and an error sentence write it."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple | list):
        return ",".join(show(item) for item in value)
    text = str(value)
    plain = text and " " not in text and text.isprintable()
    return text if plain and len(text) <= 60 else repr(text if len(text) <= 60 else text[:57] + "...")


def _unwrap(annotation: Any) -> tuple[Any, bool]:
    """The annotation without `| None`, and whether None was legal."""
    if get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        if len(inner) == 1 and len(inner) < len(get_args(annotation)):
            return inner[0], True
    return annotation, False


def _leaf(path: str, info: Any) -> Parameter:
    extra = (info.json_schema_extra or {}).get("param", {})
    annotation, optional = _unwrap(info.annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    choices: tuple[str, ...] = ()
    kind: Kind
    if origin is Literal:
        kind, choices = "choice", tuple(str(a) for a in args)
    elif annotation is bool:
        kind = "bool"
    elif annotation is int:
        kind = "int"
    elif annotation is float:
        kind = "float"
    elif annotation is str:
        kind = "text"
    elif origin is tuple and args[0] is int:
        kind = "ints"
    elif origin is tuple and args[0] is float:
        kind = "floats"
    elif origin is tuple and args[0] is str:
        kind = "items" if extra.get("allowed") else "names"
    elif origin is tuple and get_origin(args[0]) is Literal:
        kind = "sequence" if extra.get("repeated") else "subset"
        choices = tuple(str(a) for a in get_args(args[0]))
    else:
        kind = "opaque"
    default = None if info.default is PydanticUndefined else info.default
    known = {key: value for key, value in extra.items() if key in Parameter.__dataclass_fields__}
    known.setdefault("label", path.rsplit(".", 1)[-1])
    if kind == "opaque":
        known["hidden"] = True
    return Parameter(path=path, kind=kind, default=default, optional=optional, choices=choices, **known)


@cache
def parameters_of(cls: type[Spec], prefix: str = "") -> tuple[Parameter, ...]:
    """The leaves of one Spec class, without those of nested Specs. Tags (`kind`) are leaves too."""
    leaves = (name for name, info in cls.model_fields.items() if not _is_spec(_unwrap(info.annotation)[0]))
    return tuple(_leaf_of(cls, name, prefix) for name in leaves)


def _is_spec(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, Spec)
    return get_origin(annotation) in (Union, types.UnionType) and all(
        _is_spec(a) for a in get_args(annotation)
    )


def walk(spec: Spec, prefix: str = "") -> Iterator[Parameter]:
    """Every leaf of an instance, depth first, following the tags that are chosen now."""
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if isinstance(value, Spec):
            yield from walk(value, f"{prefix}{name}.")
        else:
            yield _leaf_of(type(spec), name, prefix)


@cache
def _leaf_of(cls: type[Spec], name: str, prefix: str) -> Parameter:
    return _leaf(f"{prefix}{name}", cls.model_fields[name])


def get(spec: Spec, path: str) -> Any:
    """The value at a dotted path."""
    value: Any = spec
    for name in path.split("."):
        value = getattr(value, name)
    return value


def shown(spec: Spec, parameter: Parameter) -> bool:
    """Whether the parameter has meaning for this tree (its `only_if`)."""
    for path, values in parameter.only_if.items():
        try:
            if get(spec, path) not in values:
                return False
        except AttributeError:
            return False
    return not parameter.hidden


_ON, _OFF = {"on", "true", "yes", "1"}, {"off", "false", "no", "0"}


def parse(parameter: Parameter, text: str) -> Any:
    """Read what a person typed. Raises SpecError; range is checked when the Spec is built."""
    text = text.strip()
    low = text.lower()
    try:
        if parameter.optional and low in ("off", "none"):
            return None
        if parameter.kind == "bool":
            if low not in _ON | _OFF:
                raise ValueError
            return low in _ON
        if parameter.kind == "int":
            return int(text)
        if parameter.kind == "float":
            return float(text)
        if parameter.kind == "floats":
            return parse_floats(text)
        items = tuple(item.strip() for item in text.split(",")) if text else ()
        if parameter.kind == "ints":
            return tuple(int(item) for item in items)
        if parameter.kind in ("names", "items", "subset", "sequence"):
            return items
    except ValueError:
        raise parameter.complain(text) from None
    return text


def parse_floats(text: str) -> tuple[float, ...]:
    """Numbers with commas between them, or with semicolons: then a comma is a decimal one. May raise ValueError."""
    text = text.replace("\u2212", "-")
    text = text.replace(",", ".").replace(";", ",") if ";" in text else text
    return tuple(float(item) for item in text.split(",")) if text.strip() else ()


def sentence(error: ValidationError, known: Mapping[str, Parameter], prefix: str = "") -> SpecError:
    """The first complaint of pydantic, in the schema's own words."""
    first = error.errors()[0]
    custom = first.get("ctx", {}).get("error")
    if isinstance(custom, SpecError):
        return custom
    parts, value = [str(p) for p in first["loc"]], first["input"]
    if isinstance(custom, ItemError):
        parts, value = [*parts, custom.name], custom.value
    for size in range(len(parts), 0, -1):
        for path in _spellings(parts[:size]):
            if prefix + path in known:
                return known[prefix + path].complain(value)
    where = prefix + ".".join(parts)
    if first["type"] == "extra_forbidden":
        return SpecError(f"There is no parameter {where}.", where)
    return SpecError(f"{where}: {first['msg'].removeprefix('Value error, ')}.", where)


def _spellings(parts: list[str]) -> Iterator[str]:
    """A pydantic location with and without the tag that a tagged union puts in it."""
    yield ".".join(parts)
    for i in range(1, len(parts)):
        yield ".".join(parts[:i] + parts[i + 1 :])
