"""Models that stand beside the one in force, on the same data: how they are written, and as Experiments.

An entry of `Experiment.beside` is a kind of model and what is not as usual, with colons between them:
`mlp:model.hidden=8+8:optimizer.learning_rate=0.1`. Lists have `+` between their items; what would be in the way of
reading is quoted as in a link. The other settings are the lab's own; data, split, decisions and the seeds of both are
those of the Experiment.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from playground.engine import experiment as experiments
from playground.engine import following, schema
from playground.engine.registry import labs
from playground.engine.schema import Parameter, SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment

SHARED = ("data", "split", "selection", "decision")
SHARED_PATHS = ("lab", "beside", "seed.data", "seed.split")
MOST = 3
RIVALS = ("mlp", "mlp:model.hidden=2", "logistic", "svm", "svm:model.kernel=linear", "tree", "knn", "naive_bayes")
"""What people like to see beside a model."""
LISTS = ("ints", "floats", "names", "items", "subset", "sequence")


def alone(e: Experiment) -> Experiment:
    """The same with nothing beside it."""
    return e.model_copy(update={"beside": ()}) if e.beside else e


def text_of(e: Experiment) -> str:
    """The entry of the model of `e`."""
    base = _of_kind(e.lab, e.model.kind)
    tags = {}
    if e.optimizer.kind != base.optimizer.kind:
        tags = {"optimizer.kind": e.optimizer.kind}
        base = experiments.change(base, tags)
    values = tags | {path: schema.get(e, path) for path in experiments.diff(base, e) if _is_own(path)}
    if e.data.task != "classification":
        values.pop("loss", None)  # the only one that numbers have
    order = [*experiments.TAGS, *sorted(values)]
    paths = dict.fromkeys(path for path in order if path in values and path != "model.kind")
    return ":".join([e.model.kind, *(f"{path}={_write(values[path])}" for path in paths)])


def companion(e: Experiment, text: str) -> Experiment:
    """The Experiment of an entry beside `e`. Raises SpecError where it does not go with the data."""
    own, links = _read(e.lab, text)
    if e.data.task not in own.model.tasks:
        raise SpecError(f"{own.model.title()} tells classes apart, and these data have numbers.", "beside")
    seed = own.seed.model_copy(update={"data": e.seed.data, "split": e.seed.split})
    tree: dict[str, Any] = {**own.__dict__, **{name: getattr(e, name) for name in SHARED}, "seed": seed}
    if e.data.task != "classification":
        tree["loss"] = "squared_error"
    if getattr(own.model, "output", "auto") != "auto" and len(e.data.names_of_classes()) != 2:
        tree["model"] = own.model.model_copy(update={"output": "auto"})
    if links:
        tree["model"] = {**tree["model"].__dict__, **links}
    return experiments.construct(tree)


def misfits(lab: str, texts: tuple[str, ...]) -> Iterator[SpecError]:
    """What is wrong with entries, each a sentence."""
    if labs[lab].n_inputs != 2:
        yield SpecError(f"beside must be empty in the {lab} lab: models stand side by side in the classify lab.",
                        "beside")  # fmt: skip
        return
    for text in texts:
        try:
            _read(lab, text)
        except SpecError as error:
            yield error


def detail(e: Experiment) -> str:
    """What is not as usual of the model of `e`, for a caption: "C = 10, γ = 0.5"."""
    named, found = experiments.parameters(e), []
    for path in sorted(experiments.diff(_of_kind(e.lab, e.model.kind), e)):
        p = named.get(path)
        if p is None or not _is_own(path) or path.endswith(".kind") or not schema.shown(e, p) or path in IN_TITLES:
            continue
        value = schema.get(e, path)
        found.append(f"{p.symbol or p.label.lower()} = {p.names.get(str(value), schema.show(value))}")
    return ", ".join(found)


IN_TITLES = ("model.hidden", "model.kernel", "model.k", "model.max_depth")
"""What `ModelSpec.title` says already."""


@lru_cache(maxsize=64)
def _of_kind(lab: str, kind: str) -> Experiment:
    return experiments.change(experiments.lab_default(lab), {"model.kind": kind})


@lru_cache(maxsize=256)
def _read(lab: str, text: str) -> tuple[Experiment, dict[str, Any]]:
    """The entry on the data that the lab opens with; and apart from it its links, which may be of a network with
    another number of classes. Raises SpecError."""
    kind, *settings = text.split(":")
    if kind not in labs[lab].models:
        raise SpecError(f"beside must begin each model with one of {', '.join(labs[lab].models)}, "
                        f"not {schema.show(kind)}.", "beside")  # fmt: skip
    pairs, links = [], {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not _is_own(path) or path == "model.kind":
            raise SpecError("beside must have settings of the model after its kind, such as svm:model.C=10, not "
                            f"{schema.show(setting)}.", "beside")  # fmt: skip
        if path in following.PATHS and hasattr(_of_kind(lab, kind).model, path.removeprefix("model.")):
            links[path.removeprefix("model.")] = tuple(unquote(item) for item in value.split("+")) if value else ()
        else:
            pairs.append((path, unquote(value) if path in experiments.TAGS else value))
    try:
        own = experiments.assign(_of_kind(lab, kind), pairs, _read_value)
        type(own.model)(**{**own.model.__dict__, **links})
    except SpecError as error:
        raise SpecError(f"beside: {error}", "beside") from None
    except ValidationError as error:
        sentence = schema.sentence(error, experiments.known_parameters(), "model.")
        raise SpecError(f"beside: {sentence}", "beside") from None
    return own, links


def _is_own(path: str) -> bool:
    return path not in SHARED_PATHS and path.split(".")[0] not in SHARED


def _write(value: Any) -> str:
    if isinstance(value, tuple):
        return "+".join(_write(item) for item in value)
    plain = value if isinstance(value, str) else repr(value) if isinstance(value, float) else schema.show(value)
    return quote(plain, safe="*^()")


def _read_value(parameter: Parameter, text: str) -> Any:
    if parameter.kind in LISTS:
        items = tuple(unquote(item) for item in text.split("+")) if text else ()
        return items if parameter.kind in ("names", "items") else schema.parse(parameter, ",".join(items))
    return unquote(text) if parameter.kind == "text" else schema.parse(parameter, unquote(text))


# ---- changes, as `experiment.change` takes them
def adding(e: Experiment, text: str) -> dict[str, Any]:
    return {"beside": (*e.beside, text)}


def without(e: Experiment, text: str) -> dict[str, Any]:
    return {"beside": tuple(other for other in e.beside if other != text)}


def taking(e: Experiment, text: str) -> dict[str, Any]:
    """The entry becomes the model of `e`, which takes its place. Empty where it does not go with the data."""
    try:
        own = companion(e, text)
    except SpecError:
        return {}
    mine = text_of(e)
    places = (mine if other == text else other for other in e.beside if other != mine)
    values = {p.path: schema.get(own, p.path) for p in schema.walk(own) if _is_own(p.path)}
    return {"beside": tuple(places), **values}


def title(e: Experiment, text: str) -> str:
    """How the entry is called beside `e`; empty where it does not go with the data."""
    try:
        return companion(e, text).model.title()
    except SpecError:
        return ""
