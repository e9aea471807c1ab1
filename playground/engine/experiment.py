"""The Experiment: one frozen tree of values that is the only truth of the program.

Changed with `change` (or `set_text` for what a person typed), compared with `diff`, written with
`to_json` (only what differs from the lab's default), shared with `to_link`. Its parts are in `tree.py`.
"""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from playground.engine import following, schema
from playground.engine.optimizers import LABELS
from playground.engine.points import Points
from playground.engine.registry import datasets, labs, models, optimizers
from playground.engine.schema import Parameter, SpecError
from playground.engine.tree import TAGGED, Experiment, Seeds, Split, Training, executors_of, known_parameters

__all__ = [
    "Experiment", "Seeds", "Split", "Training", "change", "default", "diff", "from_json", "from_link", "is_live",
    "known_parameters", "parameters", "set_text", "to_json", "to_link",
]  # fmt: skip

VERSION = 1
LINK = "playground:"
TAGS = ("lab", "data.kind", "model.kind", "optimizer.kind")
"""Applied before the fields that belong to them, in this order."""


def default(lab: str = "curve") -> Experiment:
    """The Experiment that a lab opens with."""
    return change(lab_default("curve"), {"lab": lab})


@cache
def lab_default(lab: str) -> Experiment:
    wanted = {
        "data.kind": "sine",
        "model.kind": "polynomial",
        "optimizer.kind": "closed_form",
        **labs[lab].default(),
    }
    data = datasets[wanted.pop("data.kind")]()
    tree = {
        "lab": lab, "data": data, "split": Split(**_natural_split(data)),
        "model": models[wanted.pop("model.kind")](), "optimizer": optimizers[wanted.pop("optimizer.kind")](),
        "loss": wanted.pop("loss", "squared_error"),
    }  # fmt: skip
    e = construct(tree)
    return _build(e, wanted) if wanted else e


def parameters(e: Experiment) -> dict[str, Parameter]:
    """Every parameter of this tree by its path, tags with the choices that the lab and the model allow."""
    found = {}
    lab = labs[e.lab]
    allowed = {
        "data.kind": tuple(k for k, cls in datasets.items() if cls.fits(lab.n_inputs)),
        "model.kind": tuple(k for k in lab.models if e.data.task in models[k].tasks),
        "optimizer.kind": e.model.optimizers,
        "loss": tuple(n for n in e.model.losses if n != "cross_entropy" or e.data.task == "classification"),
    }
    names = {
        "data.kind": {k: cls.label for k, cls in datasets.items()},
        "model.kind": {k: cls.label for k, cls in models.items()},
        "optimizer.kind": LABELS,
    }
    labels = {"data.kind": "Data set", "model.kind": "Kind", "optimizer.kind": "Optimizer"}
    base = lab_default(e.lab)
    for p in schema.walk(e):
        extra: dict[str, Any] = {}
        if p.path in allowed:
            extra = {"kind": "choice", "choices": allowed[p.path]}
        if p.path in names:
            extra |= {"names": names[p.path], "label": labels[p.path]}
        if p.path in _KINDS:
            extra["help"] = _KINDS[p.path]
        if p.path == "model.kind" and e.model.about:
            extra["help"] = e.model.about
        extra["default"] = _default_of(base, e, p)
        if p.path in allowed and extra["default"] not in allowed[p.path]:
            extra["default"] = allowed[p.path][0]
        found[p.path] = Parameter(**{**p.__dict__, **extra})
    return found


_KINDS = {
    "data.kind": "Where the points come from.",
    "model.kind": "What is fitted to the points. Another kind: curves and boundaries of another shape.",
    "optimizer.kind": "How the weights are found. Closed form: the best ones at once. All others: step by step, down "
                      "the gradient.",
}  # fmt: skip
"""Help of the choices whose fields have none of their own."""


def _default_of(base: Experiment, e: Experiment, p: Parameter) -> Any:
    """The lab's default where it has the same tags above the path, else the field's own."""
    head = p.path.split(".")[0]
    if head in TAGGED:
        if getattr(base, head).kind != getattr(e, head).kind and not p.path.endswith(".kind"):
            return p.default
    elif head == "split":
        return _natural_split(e.data)[p.path.split(".")[1]]
    return schema.get(base, p.path)


def _natural_split(data: Any) -> dict[str, float]:
    if data.has_source:
        return {"train": 1.0, "validation": 0.0, "test": 0.0}
    return {"train": 0.7, "validation": 0.0, "test": 0.3}


def change(e: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """`e` with these paths set to these values: tags first, and what hangs on a tag adapted to it.

    Raises SpecError. A change of what generates the points drops points that were edited by hand. One of the network's
    shape keeps the links (`links.py`) of the layers that stayed, and forgets edits.
    """
    changes = dict(changes)
    for path in changes:
        if path not in known_parameters():
            raise _unknown(path)
    if not changes.keys() <= _KEEP_SHAPE and any(getattr(e.model, name, ()) for name in following.LINKS):
        given = {path: changes.pop(path) for path in following.PATHS if path in changes}
        new = _changed(_adapted(e, dict.fromkeys(following.PATHS, ())), changes)
        links = following.links(e, new, given)
        return _adapted(new, links) if new.model.kind == e.model.kind else _adapted(new, given)
    return _changed(e, changes)


def _changed(e: Experiment, changes: dict[str, Any]) -> Experiment:
    for tag in TAGS:
        if tag in changes:
            e = retag(e, tag, changes.pop(tag))
    changes = _complete_split(e, changes)
    if e.data.generated and any(_generates(path, value) for path, value in changes.items()):
        return _regenerated(e, changes)
    return _adapted(e, changes)


def _generates(path: str, value: Any) -> bool:
    if path == "data.points":
        return value is None
    return path == "seed.data" or path.startswith("data.") and path not in _NOT_GENERATING


def _regenerated(e: Experiment, changes: dict[str, Any]) -> Experiment:
    """With new points, without what a person had made of the old ones: edits, classes added to them."""
    new = _adapted(e, {"data.points": None, **changes})
    names = getattr(new.data, "class_names", ())
    if "data.class_names" in changes or len(names) <= new.data.n_generated_classes():
        return new
    return _adapted(new, {"data.class_names": names[: new.data.n_generated_classes()]})


def _adapted(e: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """With the changes; loss and output, which depend on each other and on the classes, follow them."""
    if not changes:
        return e
    changes = {**_layers_followed(e, changes), **changes}
    try:
        return _build(e, changes)
    except SpecError as error:
        follows = {"model.output": "auto"}
        if error.path == "loss" and "loss" not in changes and "model.output" in changes:
            follows = {"loss": "squared_error" if changes["model.output"] == "tanh" else "cross_entropy"}
        elif error.path not in ("loss", "model.output") or "model.output" in changes or e.model.kind != "mlp":
            raise
        return _build(e, {**changes, **follows})


def _layers_followed(e: Experiment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Activations and dropout of single layers give way to one for all, and new layers get that one."""
    hidden, found = changes.get("model.hidden", ()), {}
    for one, each in (("activation", "activations"), ("dropout", "dropouts")):
        own = getattr(e.model, each, ())
        if not own or not isinstance(hidden, tuple):
            continue
        if f"model.{one}" in changes:
            found[f"model.{each}"] = ()
        elif "model.hidden" in changes:
            found[f"model.{each}"] = (own + (getattr(e.model, one),) * len(hidden))[: len(hidden)]
    return found


_KEEP_SHAPE = {"model.held", "model.edits", "model.dropout", "model.dropouts", "model.activations", "model.init",
               "beside"}  # fmt: skip
_NOT_GENERATING = {"data.class_names", "data.class_colors", "data.n_test"}


def set_text(e: Experiment, assignments: Iterable[tuple[str, str]]) -> Experiment:
    """`e` with what a person typed: (path, text) pairs, as in `--set PATH=VALUE`. Raises SpecError."""
    return assign(e, list(assignments), schema.parse)


def assign(e: Experiment, pairs: list[tuple[str, str]], read: Callable[[Parameter, str], Any]) -> Experiment:
    """Tags first, then each text read as the kind that its parameter has under these tags."""
    for path, _ in pairs:
        if path not in known_parameters():
            raise _unknown(path)
    tags = {path: text.strip() for path, text in pairs if path in TAGS}
    e = change(e, tags)
    if e.lab != tags.get("lab", e.lab):  # a data set brings its lab along, unless one was asked for
        fits = ", ".join(kind for kind, cls in datasets.items() if cls.fits(labs[tags["lab"]].n_inputs))
        raise SpecError(
            f"data.kind must be one of {fits} in the {tags['lab']} lab, not {e.data.kind}.", "data.kind"
        )
    here = {p.path: p for p in schema.walk(e)}
    values = {}
    for path, text in pairs:
        if path in TAGS:
            continue
        if path not in here:
            raise SpecError(f"{path} has no meaning here: {_why_absent(e, path)}.", path)
        values[path] = read(here[path], text)
    return change(e, values)


def _why_absent(e: Experiment, path: str) -> str:
    head = path.split(".")[0]
    return f"{head}.kind is {getattr(e, head).kind}" if head in TAGGED else "it is not a value"


def _unknown(path: str) -> SpecError:
    near = difflib.get_close_matches(path, known_parameters(), n=1)
    return SpecError(f"There is no parameter {schema.show(path)}" + (f"; did you mean {near[0]}?" if near else
                     "; 'playground describe' lists them all."), path)  # fmt: skip


def _complete_split(e: Experiment, changes: dict[str, Any]) -> dict[str, Any]:
    """What is left of the shares: test is what train and validation leave."""
    given = {p.split(".")[1]: v for p, v in changes.items() if p.startswith("split.")}
    legal = all(isinstance(v, int | float) and 0 <= v <= 1 for v in given.values())
    if not given or len(given) == 3 or not legal:
        return changes
    train, validation = given.get("train", e.split.train), given.get("validation", e.split.validation)
    if "test" in given and "train" not in given:
        train = round(1.0 - validation - given["test"], 12)
    elif "test" in given:
        validation = round(1.0 - train - given["test"], 12)
    elif "train" not in given and train + validation > 1:
        train = round(1.0 - validation, 12)
    elif "validation" not in given and train + validation > 1:
        validation = round(max(0.0, 1.0 - train), 12)
    test = given.get("test", round(1.0 - train - validation, 12))
    if min(train, validation, test) < 0:
        raise SpecError("split.train, split.validation and split.test must add up to 1, "
                        f"not {sum(given.values()):.6g}.", "split")  # fmt: skip
    shares = {"split.train": train, "split.validation": validation, "split.test": test}
    return {**shares, **changes}


def retag(e: Experiment, tag: str, kind: Any) -> Experiment:
    if tag == "lab":
        if not isinstance(kind, str) or kind not in labs:
            raise SpecError(f"lab must be one of {', '.join(labs)}, not {schema.show(kind)}.", "lab")
        return e if kind == e.lab else lab_default(kind)
    head = tag.split(".")[0]
    registry = TAGGED[head]
    if not isinstance(kind, str) or kind not in registry:
        raise SpecError(f"{tag} must be one of {', '.join(registry)}, not {schema.show(kind)}.", tag)
    if kind == getattr(e, head).kind:
        return e
    tree = dict(e.__dict__)
    if head == "data":
        cls = registry[kind]
        if not cls.fits(labs[e.lab].n_inputs):
            tree = dict(
                lab_default(next(name for name, lab in labs.items() if cls.fits(lab.n_inputs))).__dict__
            )
        tree["data"] = cls.for_inputs(labs[tree["lab"]].n_inputs)
        tree["split"] = Split(**_natural_split(tree["data"]))
    else:
        tree[head] = registry[kind]()
    model, data = tree["model"], tree["data"]
    if data.task not in model.tasks and head != "model":
        tree["model"] = model = models[
            next(k for k in labs[tree["lab"]].models if data.task in models[k].tasks)
        ]()
    anew = head == "model" and model.linear != e.model.linear  # each sort of model opens with the optimizer it likes
    if anew or tree["optimizer"].kind not in model.optimizers and head != "optimizer":
        tree["optimizer"] = optimizers[model.optimizers[0]]()
    if tree["training"].executor not in executors_of(tree["optimizer"]):
        tree["training"] = tree["training"].model_copy(update={"executor": "auto"})
    if data.task != "classification" or "cross_entropy" not in model.losses:
        tree["loss"] = "squared_error"
    elif getattr(model, "output", "auto") != "tanh" and (
        e.data.task != "classification" if head == "data" else "cross_entropy" not in e.model.losses
    ):
        tree["loss"] = "cross_entropy"
    if getattr(model, "output", "auto") != "auto" and len(data.names_of_classes()) != 2:
        tree["model"] = model.model_copy(update={"output": "auto"})
    return construct(tree)


def _build(e: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """Set leaves; nested dictionaries of the untouched nodes keep their instances."""
    tree: dict[str, Any] = dict(e.__dict__)
    nested: dict[str, dict[str, Any]] = {}
    for path, value in changes.items():
        head, _, leaf = path.partition(".")
        if not leaf:
            tree[head] = value
            continue
        node = nested.setdefault(head, dict(getattr(e, head).__dict__))
        if leaf not in node:
            raise SpecError(f"{path} has no meaning here: {_why_absent(e, path)}.", path)
        node[leaf] = value
    return construct({**tree, **nested})


def construct(tree: dict[str, Any]) -> Experiment:
    try:
        return Experiment(**tree)
    except ValidationError as error:
        raise schema.sentence(error, {**known_parameters(), **_parameters_here(tree)}) from None


def _parameters_here(tree: Mapping[str, Any]) -> dict[str, Parameter]:
    """Those of the chosen kinds: the same path may have another range under another kind."""
    here = {}
    for head, registry in TAGGED.items():
        node = tree[head]
        cls: type[schema.Spec] = registry[node["kind"]] if isinstance(node, dict) else type(node)
        here.update(
            {p.path: p for p in schema.parameters_of(cls, f"{head}.") if not p.path.endswith(".kind")}
        )
    return here


_last_diff: tuple[Experiment, Experiment, frozenset[str]] | None = None


def diff(a: Experiment, b: Experiment) -> frozenset[str]:
    """Paths whose values differ, including those that only one of the two has.

    The last answer is kept: each change is asked about by several who hear of it.
    """
    global _last_diff
    last = _last_diff
    if last is None or last[0] is not a or last[1] is not b:
        _last_diff = last = a, b, _diff(a, b)
    return last[2]


def _diff(a: Experiment, b: Experiment) -> frozenset[str]:
    differing: set[str] = set()
    for name in type(a).model_fields:
        mine, other = getattr(a, name), getattr(b, name)
        if mine is other:  # `change` keeps what it does not touch, so this is the rule
            continue
        if not isinstance(mine, schema.Spec):
            differing |= {name} if mine != other else set()
            continue
        left, right = ({p.path: schema.get(e, p.path) for p in schema.walk(node, f"{name}.")}
                       for e, node in ((a, mine), (b, other)))  # fmt: skip
        differing |= {p for p in left.keys() | right.keys()
                      if p not in left or p not in right or left[p] != right[p]}  # fmt: skip
    return frozenset(differing)


def is_live(a: Experiment, b: Experiment) -> bool:
    """Whether a run under `a` can go on under `b` without a reset."""
    live = {p.path for p in schema.walk(b) if p.live} | {"data.class_names", "data.class_colors"}
    return diff(a, b) <= live


def to_json(e: Experiment) -> dict[str, Any]:
    """{"version", "lab", "changes": {path: value}}: only what differs from the lab's default."""
    values = {
        path: value.pack() if isinstance(value, Points) else value for path, value in _changes(e).items()
    }
    return {"version": VERSION, "lab": e.lab, "changes": json.loads(json.dumps(values))}


def _changes(e: Experiment) -> dict[str, Any]:
    """What makes `e` of its lab's default: the tags, then what differs from the defaults under these tags."""
    base, tags = lab_default(e.lab), {}
    for tag in TAGS:
        if schema.get(base, tag) != schema.get(e, tag):
            tags[tag] = schema.get(e, tag)
            base = retag(base, tag, tags[tag])
    differing = diff(base, e)
    if base.split != e.split:
        differing |= {"split.train", "split.validation", "split.test"}
    return {**tags, **{path: schema.get(e, path) for path in sorted(differing)}}


def from_json(data: Any) -> Experiment:
    """The inverse of `to_json`. Raises SpecError for anything else, and for a newer version."""
    if not isinstance(data, dict) or not isinstance(data.get("changes", {}), dict):
        raise SpecError("An experiment must be a JSON object with version, lab and changes.")
    version = data.get("version")
    if not isinstance(version, int) or version < 1:
        raise SpecError(f"The version of an experiment must be a whole number from 1 to {VERSION}, "
                        f"not {schema.show(version)}.", "version")  # fmt: skip
    if version > VERSION:
        raise SpecError(f"This experiment has version {version} and comes from a newer Playground; "
                        f"this one reads versions up to {VERSION}.", "version")  # fmt: skip
    e = change(lab_default("curve"), {"lab": data.get("lab", "curve")})
    changes = {path: tuple(v) if isinstance(v, list) else v for path, v in data.get("changes", {}).items()}
    return change(e, {path: value for path, value in changes.items() if path != "lab"})


def to_link(e: Experiment) -> str:
    """A text that anybody can paste: `playground:v1?lab=curve&model.order=9`; drawn points are packed."""
    pairs = [f"lab={e.lab}", *(f"{path}={_write_link(value)}" for path, value in _changes(e).items())]
    return f"{LINK}v{VERSION}?" + "&".join(pairs)


def _write_link(value: Any) -> str:
    """Exact, and without blanks: floats in full, each name of a list quoted by itself."""
    if isinstance(value, tuple):
        return ",".join(_write_link(item) for item in value)
    if isinstance(value, Points):
        return value.pack()
    plain = (
        value if isinstance(value, str) else repr(value) if isinstance(value, float) else schema.show(value)
    )
    return quote(plain, safe="*^()")


def _read_link(parameter: Parameter, text: str) -> Any:
    if parameter.kind in ("names", "items"):
        return tuple(unquote(item) for item in text.split(",")) if text else ()
    text = unquote(text)
    if parameter.kind == "text":
        return text
    if parameter.kind != "opaque":
        return schema.parse(parameter, text)
    try:
        return None if text == "off" else Points.unpack(text)
    except ValueError as error:
        raise SpecError(f"{parameter.path} in the link is damaged: {error}.", parameter.path) from None


def from_link(link: str) -> Experiment:
    """The inverse of `to_link`. Raises SpecError."""
    head, found, query = link.strip().partition("?")
    version = head.removeprefix(LINK).removeprefix("v")
    if not head.startswith(LINK) or not found or not (version.isascii() and version.isdigit()):
        raise SpecError(
            f"A link must look like {LINK}v{VERSION}?lab=curve&model.order=9, not {schema.show(link)}."
        )
    if version.lstrip("0") != str(VERSION):
        raise SpecError(f"This link has version {schema.show(version)} and comes from a newer Playground; "
                        f"this one reads versions up to {VERSION}.", "version")  # fmt: skip
    pairs = []
    for piece in query.split("&"):
        path, equals, text = piece.partition("=")
        if not equals:
            raise SpecError(f"Each part of a link must be PATH=VALUE, not {schema.show(piece)}.")
        pairs.append((unquote(path), unquote(text) if path in TAGS else text))
    return assign(lab_default("curve"), pairs, _read_link)
