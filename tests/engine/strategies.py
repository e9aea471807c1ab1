"""Legal and illegal values, drawn from what each parameter says about itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from playground.engine.beside import RIVALS
from playground.engine.executors import layout
from playground.engine.experiment import Experiment, change, default, parameters
from playground.engine.links import Link
from playground.engine.points import LIMIT, Points
from playground.engine.registry import labs
from playground.engine.schema import Parameter, is_name

names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=40
).filter(is_name)
formulas = st.sampled_from(["x", "3", "sin(2 pi x)", "min(x, 1) - 0.5 tanh(x)^2", "x³/(1 + x²)"])
"""Defined everywhere."""
inputs = st.sampled_from(["", "x1 - x2", "sin(x1 x2)", "2", "min(x1, x2)^2"])
TOGETHER = ("data.low", "data.high", "data.expression")
"""Paths whose legal values depend on each other."""
ONE_FOR_EACH_LAYER = ("model.activations", "model.dropouts")
coordinates = st.floats(-LIMIT, LIMIT, allow_subnormal=True)
typed = st.floats(-10, 10) | st.sampled_from([0.0, -1e6, 1e6])
"""Values that a weight may be given."""


def legal(p: Parameter, e: Experiment | None = None) -> st.SearchStrategy[Any]:
    """Any value that the parameter allows; `e` for those whose values depend on the shape of its network."""
    if p.path == "feature_formula":
        return inputs
    if p.path == "beside":
        some = st.lists(st.sampled_from(RIVALS), max_size=3, unique=True).map(tuple)
        return some if e is not None and labs[e.lab].n_inputs == 2 else st.just(())
    if p.kind == "items" or p.path in ONE_FOR_EACH_LAYER:
        assert e is not None
        return of_its_network(p, e)
    some: st.SearchStrategy[Any] = {
        "int": lambda: st.integers(int(p.low or 0), int(p.high or 0)),
        "float": lambda: st.floats(p.low, p.high),
        "bool": st.booleans,
        "choice": lambda: st.sampled_from(p.choices),
        "text": lambda: st.text(st.characters(codec="utf-8"), max_size=80),
        "ints": lambda: st.lists(st.integers(p.item_low, p.item_high), max_size=int(p.high or 0),
                                 unique=p.path == "data.class_colors"),
        "subset": lambda: st.lists(st.sampled_from(p.choices), min_size=1, unique=True),
        "sequence": lambda: st.lists(st.sampled_from(p.choices), min_size=int(p.low or 0), max_size=int(p.high or 0)),
        "floats": lambda: st.lists(
            st.floats(p.item_low, p.item_high), min_size=int(p.low or 0), max_size=int(p.high or 1)
        ),
        "names": lambda: st.lists(names, max_size=int(p.high or 0), unique=True),
    }[p.kind]()  # fmt: skip
    if p.kind in ("ints", "floats", "subset", "sequence", "names"):
        some = some.map(tuple)
    return st.none() | some if p.optional else some


def of_its_network(p: Parameter, e: Experiment) -> st.SearchStrategy[Any]:
    """Values that fit the layers of a network: none, or one for each hidden layer; connections; links."""
    sizes = layout.structure(e).sizes
    n_hidden = len(sizes) - 2
    if p.path == "model.skips":
        pairs = [(s, t) for t in range(2, n_hidden + 2) for s in range(t - 1)]
        if not pairs:
            return st.just(())
        some = st.sampled_from(pairs).flatmap(lambda pair: st.sampled_from(
            [f"{pair[0]}-{pair[1]}p"] + [f"{pair[0]}-{pair[1]}"] * (sizes[pair[0]] == sizes[pair[1]])
        ))  # fmt: skip
        return st.lists(some, max_size=int(p.high or 0), unique_by=lambda s: s.rstrip("p")).map(tuple)
    if p.path in ONE_FOR_EACH_LAYER:
        item = st.sampled_from(p.choices) if p.choices else st.floats(p.item_low, p.item_high)
        return st.just(()) | st.lists(item, min_size=n_hidden, max_size=n_hidden).map(tuple)
    link = st.integers(1, n_hidden + 1).flatmap(
        lambda t: st.builds(Link, st.just(t), st.integers(1, sizes[t]), st.integers(0, sizes[t - 1]))
    )
    if p.path == "model.held":
        texts = st.lists(st.tuples(link, typed), max_size=6, unique_by=lambda pair: pair[0])
        return texts.map(lambda pairs: tuple(f"{name}={value!r}" for name, value in pairs))
    texts = st.lists(st.tuples(link, typed, typed), max_size=6, unique=True)
    return texts.map(lambda edits: tuple(f"{name}:{a!r}>{b!r}" for name, a, b in edits))


def illegal(p: Parameter) -> list[Any]:
    """Values that the parameter must refuse."""
    bad: list[Any] = ["nonsense", {"a": 1}, math.nan]
    if p.kind in ("int", "float"):
        bad += [math.inf, -math.inf, p.low - 1, p.high + 1, "", (1,)]
    if p.kind == "int":
        bad += [p.low + 0.5]
    if p.kind == "ints":
        bad += [(p.item_low - 1,), (p.item_high + 1,), (1,) * (int(p.high) + 1), ("a",), 3]
    if p.kind == "floats":
        bad += [(p.item_low - 1,), (p.item_high + 1,), (1.0,) * (int(p.high) + 1), ("a",), 3, (math.nan,)]
        bad += [()] if p.low else []
    if p.kind == "subset":
        bad += [(), (p.choices[0], p.choices[0]), (*p.choices, "y")]
    if p.kind == "sequence":
        bad += [(*p.choices[:1], "y"), p.choices[:1] * (int(p.high) + 1)]
    if p.kind == "items":
        bad += [("nonsense",), (3,), ("w1.1.1",), ("w0.1.1=1", ""), ("b99.1=1",), ("w1.1.1:1>nan",), ("2-1",)]
    if p.kind == "names":
        bad += [("a", "a"), ("",), (" a",), ("a\nb",), ("x" * 201,), tuple("abcdefghijk")]
    if p.kind == "text":
        bad = [3, {"a": 1}, ("a",)]
    if p.path == "feature_formula":
        bad += ["x1 +", "x3", "__import__('os')", "1/x1", "log(x2)", "x1" * 201]
    if p.path == "data.expression":
        bad += ["", "x +", "__import__('os')", "1/x", "x" * 201]
    if not p.optional:
        bad += [None]
    return bad


@st.composite
def points(draw: st.DrawFn, n_inputs: int, n_classes: int = 0) -> Points:
    """Up to 12 points; t is a class index if there are classes. Ids may have gaps, parts may be set."""
    n = draw(st.integers(0, 12))
    X = draw(st.lists(coordinates, min_size=n * n_inputs, max_size=n * n_inputs))
    target = st.integers(0, n_classes - 1) if n_classes else coordinates
    t = draw(st.lists(target, min_size=n, max_size=n))
    ids = draw(st.lists(st.integers(0, 2**40), min_size=n, max_size=n, unique=True))
    part = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    return Points(np.array(X).reshape(n, n_inputs), t, ids, part)


@st.composite
def ranges(draw: st.DrawFn, e: Experiment) -> dict[str, Any]:
    """A range of x, and a formula where there is one to be typed."""
    values: dict[str, Any] = {}
    if hasattr(e.data, "low") and draw(st.booleans()):
        far = 1.5 if e.data.kind == "polynomial" else 1e6  # large coefficients and a large x are too much
        low = draw(st.floats(-far, far - 1))
        values = {"data.low": low, "data.high": draw(st.floats(low + 1, far))}
    if e.data.kind == "reg-formula":
        values["data.expression"] = draw(inputs.filter(bool))
    elif hasattr(e.data, "expression") and draw(st.booleans()):
        values["data.expression"] = draw(formulas) if "data.low" not in values else "3 + sin(x)"
    return values


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any Experiment that a person could set up, edited points included."""
    e = default(draw(st.sampled_from(tuple(labs))))
    for tag in ("data.kind", "model.kind", "optimizer.kind", "loss"):
        e = change(e, {tag: draw(st.sampled_from(parameters(e)[tag].choices))})
    values: dict[str, Any] = {}
    for path, p in parameters(e).items():
        if path.endswith(".kind") or path in ("lab", "loss", "training.executor", "model.output"):
            continue
        if path.startswith("split.") or p.kind == "opaque" or path in TOGETHER:
            continue
        if p.kind != "items" and path not in ONE_FOR_EACH_LAYER and draw(st.booleans()):
            values[path] = draw(legal(p))
    values |= draw(ranges(e))
    if draw(st.booleans()):
        train = draw(st.floats(0, 1))
        validation = draw(st.floats(0, 1 - train))
        values |= {"split.train": train, "split.validation": validation, "split.test": 1 - train - validation}
    if draw(st.booleans()):
        values["data.points"] = draw(points(e.data.n_inputs, 10 if e.data.task == "classification" else 0))
    if values:
        e = change(e, values)
    output = parameters(e).get("model.output")
    if output and len(e.data.names_of_classes()) == 2:
        e = change(e, {"model.output": draw(st.sampled_from(output.choices))})
    for path, p in parameters(e).items():
        if (p.kind == "items" or path in ONE_FOR_EACH_LAYER) and draw(st.booleans()):
            e = change(e, {path: draw(legal(p, e))})
    return e
