"""The inputs of a network (`features.py`) as other programs compute them: nodes of a graph, and a line of PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import features, formula_text, standardization

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment
    from playground.engine.trainer import Run

SIX = features.HALF_WIDTH
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
_NODES = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "neg": "Neg", "exp": "Exp",
          "log": "Log", "ln": "Log", "sqrt": "Sqrt", "abs": "Abs", "sign": "Sign", "floor": "Floor",
          "tanh": "Tanh", "sin": "Sin", "min": "Min", "max": "Max"}  # fmt: skip
_TORCH = {"ln": "torch.log", "min": "torch.minimum", "max": "torch.maximum"}


# ---- ONNX ----


def onnx_columns(graph: Any, e: Experiment) -> str:
    """[n, inputs]; `graph` is that of `onnx.py`, whose input is `x` [n, 2]."""
    column = {
        "x1": graph.add("Gather", "x", graph.constant("first", [0], np.int64), axis=1),
        "x2": graph.add("Gather", "x", graph.constant("second", [1], np.int64), axis=1),
    }

    def one(name: str) -> str:
        if name.startswith("sin("):
            return str(graph.add("Sin", column[name[4:-1]]))
        if name.endswith("^2"):
            return str(graph.add("Mul", column[name[:-2]], column[name[:-2]]))
        left, star, right = name.partition("*")
        return str(graph.add("Mul", column[left], column[right])) if star else column[name]

    found = [one(name) for name in e.features]
    if powers := features.powers(e):
        found += _powers(graph, column, powers)
    if e.feature_formula.strip():
        found.append(_formula(graph, column, e))
    return str(graph.add("Concat", *found, axis=1))


def _powers(graph: Any, column: dict[str, str], pairs: Sequence[tuple[int, int]]) -> list[str]:
    """x1^i x2^j of coordinates divided by 6, each power made of the one before."""
    six = graph.constant("six", SIX)
    raised: list[list[str]] = []
    for name in features.VARIABLES:
        first = graph.add("Div", column[name], six)
        powers = ["", first]
        while len(powers) <= max(max(pair) for pair in pairs):
            powers.append(graph.add("Mul", powers[-1], first))
        raised.append(powers)
    return [graph.add("Mul", raised[0][i], raised[1][j]) if i and j else raised[0][i] or raised[1][j] for i, j in pairs]


def _formula(graph: Any, column: dict[str, str], e: Experiment) -> str:
    def constant(value: float) -> str:
        return str(graph.constant(f"formula_{value!r}", value))

    def apply(name: str, *arguments: str) -> str:
        z = arguments[0]
        if name == "pos":
            return z
        if name in ("cos", "tan"):  # onnxruntime has no cosine in 64 bits: it is a sine a quarter later
            cosine = str(graph.add("Sin", graph.add("Add", z, constant(float(np.pi / 2)))))
            return cosine if name == "cos" else str(graph.add("Div", graph.add("Sin", z), cosine))
        if name == "step":
            return str(graph.add("Where", graph.add("Less", z, constant(0.0)), constant(0.0), constant(1.0)))
        if name == "sinc":
            at_zero = graph.add("Equal", z, constant(0.0))
            safe = graph.add("Where", at_zero, constant(1.0), z)
            return str(graph.add("Where", at_zero, constant(1.0), graph.add("Div", graph.add("Sin", safe), safe)))
        return str(graph.add(_NODES[name], *arguments))

    def leaf(value: float | str) -> str:
        return column[value] if isinstance(value, str) else constant(value)

    raw = formula_text.fold(features.formula_of(e), leaf, apply)
    nothing = graph.add("Mul", column["x1"], constant(0.0))  # a formula without x1 and x2 has one value for all points
    return str(graph.add("Add", nothing, raw))


def onnx_standardised(graph: Any, columns: str, run: Run) -> str:
    """Inputs [n, inputs] as the model is given them: the same, or standardised."""
    scaling = standardization.of(run.experiment, run.problem)
    if scaling is None:
        return columns
    centred = graph.add("Sub", columns, graph.constant("inputs.mean", scaling.mean))
    return str(graph.add("Div", centred, graph.constant("inputs.scale", scaling.scale)))


# ---- PyTorch ----


def torch_columns(e: Experiment) -> str:
    """An expression in x [n, 2], a tensor, that is [n, inputs]."""
    found = [_spelled(name) for name in e.features]
    found += [_power(i, j) for i, j in features.powers(e)]
    if e.feature_formula.strip():
        found.append(f"({formula_text.fold(features.formula_of(e), _leaf, _call)}).expand(len(x))")
    line = f"torch.stack([{', '.join(found)}], dim=1)"
    if len(line) <= 100:
        return line
    inside = "".join(f"        {column},\n" for column in found)
    return f"torch.stack([\n{inside}    ], dim=1)"


def _spelled(name: str) -> str:
    spelled = name.replace("x1", "x[:, 0]").replace("x2", "x[:, 1]").replace("^", " ** ")
    return spelled.replace("*x", " * x").replace("sin(", "torch.sin(")


def _power(i: int, j: int) -> str:
    factors = [f"(x[:, {k}] / {SIX:g})" + f" ** {power}" * (power > 1) for k, power in enumerate((i, j)) if power]
    return " * ".join(factors)


def _leaf(value: float | str) -> str:
    if isinstance(value, str):
        return f"x[:, {features.VARIABLES.index(value)}]"
    return f"x.new_tensor({value!r})"


def _call(name: str, *arguments: str) -> str:
    if name in _INFIX:
        return f"({arguments[0]} {_INFIX[name]} {arguments[1]})"
    if name in ("neg", "pos"):
        return f"({'-' if name == 'neg' else ''}{arguments[0]})"
    if name == "step":
        return f"torch.heaviside({arguments[0]}, x.new_tensor(1.0))"
    if name == "sinc":
        return f"torch.sinc({arguments[0]} / torch.pi)"
    function, found = _TORCH.get(name, f"torch.{name}"), arguments[0]
    for more in arguments[1:]:
        found = f"{function}({found}, {more})"
    return found if len(arguments) > 1 else f"{function}({found})"
