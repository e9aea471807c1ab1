"""Legal and illegal values, drawn from what each parameter says about itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from playground.engine.experiment import Experiment, change, default, parameters
from playground.engine.points import LIMIT, Points
from playground.engine.registry import labs
from playground.engine.schema import Parameter, is_name

names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=40
).filter(is_name)
formulas = st.sampled_from(["x", "3", "sin(2 pi x)", "min(x, 1) - 0.5 tanh(x)^2", "x³/(1 + x²)"])
"""Defined everywhere."""
TOGETHER = ("data.low", "data.high", "data.expression")
"""Paths whose legal values depend on each other."""
coordinates = st.floats(-LIMIT, LIMIT, allow_subnormal=True)


def legal(p: Parameter) -> st.SearchStrategy[Any]:
    """Any value that the parameter allows."""
    some: st.SearchStrategy[Any] = {
        "int": lambda: st.integers(int(p.low or 0), int(p.high or 0)),
        "float": lambda: st.floats(p.low, p.high),
        "bool": st.booleans,
        "choice": lambda: st.sampled_from(p.choices),
        "text": lambda: st.text(st.characters(codec="utf-8"), max_size=80),
        "ints": lambda: st.lists(st.integers(p.item_low, p.item_high), max_size=int(p.high or 0)),
        "subset": lambda: st.lists(st.sampled_from(p.choices), min_size=int(p.low or 0), unique=True),
        "sequence": lambda: st.lists(st.sampled_from(p.choices), min_size=int(p.low or 0), max_size=int(p.high or 0)),
        "floats": lambda: st.lists(st.floats(p.item_low, p.item_high), min_size=1, max_size=int(p.high or 1)),
        "names": lambda: st.lists(names, max_size=int(p.high or 0), unique=True),
    }[p.kind]()  # fmt: skip
    if p.kind in ("ints", "floats", "subset", "sequence", "names"):
        some = some.map(tuple)
    return st.none() | some if p.optional else some


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
        bad += [(p.item_low - 1,), (p.item_high + 1,), (1.0,) * (int(p.high) + 1), ("a",), 3, (), (math.nan,)]
    if p.kind == "subset":
        bad += [(), (p.choices[0], p.choices[0]), (*p.choices, "y")]
    if p.kind == "sequence":
        bad += [(*p.choices[:1], "y"), p.choices[:1] * (int(p.high) + 1)]
    if p.kind == "names":
        bad += [("a", "a"), ("",), (" a",), ("a\nb",), ("x" * 41,), tuple("abcdefghijk")]
    if p.kind == "text":
        bad = [3, {"a": 1}, ("a",)]
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
    if hasattr(e.data, "expression") and draw(st.booleans()):
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
        if draw(st.booleans()):
            if path == "model.activations":
                n = len(values.get("model.hidden", e.model.hidden))
                p = replace(p, low=n, high=n)
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
    return e
