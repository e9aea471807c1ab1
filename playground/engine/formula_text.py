"""Formulas that a person types: `sin(2 pi x) + x²` is read once and evaluated on arrays.

Reading goes through three hands. A scanner of our own lets only numbers, known names and operators pass,
says at which character something is wrong, and writes the rest as plain Python arithmetic (`2x` becomes
`2.0*x`). Python's parser gives that its tree, and simpleeval walks it with nothing but the operators and
functions below; there is no eval. Formulas are kept, so that each is read once.
"""

import ast
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from simpleeval import SimpleEval

from playground.engine.schema import SpecError, show, show_number

Floats = NDArray[np.float64]
T = TypeVar("T")

MOST_CHARACTERS = 200
DEEPEST = 20
"""Parentheses within parentheses."""
DEEPEST_TREE = 120
"""Terms, signs and powers in a row, each of which holds the one before."""
LARGEST_EXPONENT = 100.0
LARGEST = 1e9
"""A formula with larger values than this is taken for infinite: no data are made of it."""
CHECKED = 2001
"""Places in a range at which a formula must have a value, besides those where it is steepest."""

CONSTANTS = {"pi": np.pi, "e": np.e}


def _least(*values: Any) -> Any:
    return reduce(np.minimum, values)


def _greatest(*values: Any) -> Any:
    return reduce(np.maximum, values)


FUNCTIONS: Mapping[str, Any] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "log": np.log, "ln": np.log, "sqrt": np.sqrt,
    "abs": np.abs, "sign": np.sign, "floor": np.floor, "tanh": np.tanh,
    "step": lambda x: np.heaviside(x, 1.0), "sinc": lambda x: np.sinc(np.asarray(x) / np.pi),
    "min": _least, "max": _greatest,
}  # fmt: skip
"""log is the natural one, step is 0 below zero and 1 from zero on, sinc(x) is sin(x)/x."""
SEVERAL = ("min", "max")
"""Functions of two or more arguments; the others have one."""

_SPELLINGS = str.maketrans({"\u2212": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "\u00a0": " ", "\u202f": " "})
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_EXPONENT = r"(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(
    rf"(?P<comma_number>\d+,\d+{_EXPONENT})|(?P<number>(?:\d+\.?\d*|\.\d+){_EXPONENT})|(?P<name>[A-Za-z_]\w*|π)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>\*\*|[-+*/^(),])|(?P<blank>\s+)",
    re.ASCII,
)


class _Scanner:
    """Checks a text from left to right and writes it as Python: `python()`, or SpecError."""

    def __init__(self, text: str, names: tuple[str, ...], path: str) -> None:
        self.text, self.names, self.path = text, names, path
        self._out: list[str] = []
        self._open: list[tuple[str, int, int]] = []  # function or "", character, arguments before this one
        self._wanted = True
        """A number, a name or a parenthesis must follow, not an operator."""
        self._function, self._function_at = "", 0
        """The name of a function whose parenthesis must follow."""

    def python(self) -> str:
        text, at = self.text.translate(_SPELLINGS), 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                self._refuse(f"{show(self.text[at])} has no place in it", at, "it may have numbers, names, "
                             "+ - * / ^ and parentheses")  # fmt: skip
            kind, token = str(found.lastgroup), found[0]
            if kind == "comma_number":
                if self._open and self._open[-1][0] in SEVERAL:  # there a comma parts two arguments
                    kind, token = "number", token.partition(",")[0]
                else:
                    kind = "number"
            if kind != "blank":
                self._take(kind, token, at)
            at += len(token)
        self._end()
        return "".join(self._out)

    def _take(self, kind: str, token: str, at: int) -> None:
        if self._function and token != "(":
            self._alone()
        if kind == "number":
            self._number(token.replace(",", "."), at)
        elif kind == "name":
            self._name("pi" if token == "π" else token, at)
        elif kind == "raised":
            self._operator(f"**{float(token.translate(_RAISED))!r}", token, at, ends=True)
        elif token == "(":
            self._multiply()
            self._open.append((self._function, at, 0))
            if len(self._open) > DEEPEST:
                self._refuse(f"more than {DEEPEST} parentheses lie in each other", at, "shorten it")
            self._out.append(f"{self._function}(")
            self._function = ""
        elif token == ")":
            self._close(at)
        elif token == ",":
            self._comma(at)
        elif self._wanted and token in "+-":
            self._out.append(token)
        else:
            self._operator("**" if token == "^" else token, token, at)

    def _multiply(self) -> None:
        """A name or a parenthesis that follows something complete is multiplied with it."""
        if not self._wanted:
            self._out.append("*")
        self._wanted = True

    def _number(self, token: str, at: int) -> None:
        if not self._wanted:
            self._refuse(f"an operator is missing before {token}", at, "write + - * / or ^")
        value = float(token)
        if not np.isfinite(value):
            self._refuse(f"{show(token)} is too large", at, "numbers go up to 1e308")
        self._out.append(repr(value))
        self._wanted = False

    def _name(self, name: str, at: int) -> None:
        if name in FUNCTIONS:
            self._multiply()
            self._function, self._function_at = name, at
            return
        if name not in self.names and name not in CONSTANTS:
            known = ", ".join((*self.names, *CONSTANTS, *FUNCTIONS))
            self._refuse(f"{show(name)} is unknown", at, f"names are {known}")
        self._multiply()
        self._out.append(name)
        self._wanted = False

    def _operator(self, python: str, token: str, at: int, ends: bool = False) -> None:
        if self._wanted:
            self._refuse(f"something is missing before {token}", at, "a number, a name or a parenthesis comes there")
        self._out.append(python)
        self._wanted = not ends

    def _comma(self, at: int) -> None:
        if not self._open or self._open[-1][0] not in SEVERAL:
            self._refuse("a comma has no meaning here", at, "only min and max have several arguments")
        self._operator(",", ",", at)
        name, start, count = self._open[-1]
        self._open[-1] = (name, start, count + 1)

    def _close(self, at: int) -> None:
        if not self._open:
            self._refuse("a parenthesis is closed that was never opened", at, "they come in pairs")
        if self._wanted:
            self._refuse("something is missing before )", at, "a number, a name or a parenthesis comes there")
        name, _, count = self._open.pop()
        if name in SEVERAL and not count:
            self._refuse(f"{name} has one argument", at, f"it takes two or more, as in {name}({self.names[0]}, 0)")
        self._out.append(")")

    def _alone(self) -> NoReturn:
        name = self._function
        self._refuse(f"{name} stands alone", self._function_at, f"write {name}({self.names[0]})")

    def _end(self) -> None:
        last = len(self.text) - 1
        if self._function:
            self._alone()
        if self._open:
            self._refuse("a parenthesis is never closed", self._open[-1][1], "they come in pairs")
        if self._wanted:
            self._refuse("it ends too early", last, "a number, a name or a parenthesis must follow")

    def _refuse(self, wrong: str, at: int, allowed: str) -> NoReturn:
        raise SpecError(f"{self.path} cannot be read: {wrong} (character {at + 1}); {allowed}.", self.path)


class _Names:
    """What the names of a formula stand for just now, in each thread for itself."""

    def __init__(self) -> None:
        self._here = threading.local()

    def set(self, values: Mapping[str, Any]) -> None:
        self._here.values = values

    def __getitem__(self, name: str) -> Any:
        return self._here.values[name]


_NAMES = _Names()
# One for all: making another changes the interpreter's warning filters for a moment, in every thread. With
# NumPy's operations 1/0 is infinite and (-8)^0.5 is no number; Python's raise an error or go complex.
_EVALUATOR = SimpleEval(
    operators={
        ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
        ast.USub: np.negative, ast.UAdd: np.positive,
    },
    functions=dict(FUNCTIONS), names=_NAMES,
)  # fmt: skip
_EVALUATOR.nodes = {
    kind: walk for kind, walk in _EVALUATOR.nodes.items()
    if kind in (ast.Expr, ast.Name, ast.UnaryOp, ast.BinOp, ast.Call, ast.Constant)
}  # fmt: skip


def _evaluate(tree: ast.AST, values: Mapping[str, Any]) -> Any:
    _NAMES.set({**CONSTANTS, **values})
    with np.errstate(all="ignore"):
        return _EVALUATOR.eval("", previously_parsed=tree)


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula that was read. Call it with an array for each of its names; thread safe."""

    text: str
    names: tuple[str, ...]
    tree: ast.AST

    def __call__(self, *values: ArrayLike) -> Floats:
        """The values, one array for each name, broadcast together; NaN and infinities where there are none."""
        arrays = [np.asarray(value, dtype=np.float64) for value in values]
        result = _evaluate(self.tree, dict(zip(self.names, arrays, strict=True)))
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        return np.array(np.broadcast_to(np.asarray(result, dtype=np.float64), shape))


_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.USub: "neg",
              ast.UAdd: "pos"}  # fmt: skip


def fold(formula: Formula, leaf: Callable[[float | str], T], apply: Callable[..., T]) -> T:
    """What a formula becomes in another notation: `leaf` of each number or name, `apply` of what is done to them.

    apply   gets add, sub, mul, div, pow, neg, pos or a key of FUNCTIONS, then the arguments
    """

    def walk(node: Any) -> T:
        if isinstance(node, ast.Expr):
            return walk(node.value)
        if isinstance(node, ast.Constant):
            return leaf(float(node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return leaf(CONSTANTS.get(node.id, node.id))
        if isinstance(node, ast.UnaryOp):
            return apply(_OPERATORS[type(node.op)], walk(node.operand))
        if isinstance(node, ast.BinOp):
            return apply(_OPERATORS[type(node.op)], walk(node.left), walk(node.right))
        return apply(node.func.id, *map(walk, node.args))

    return walk(formula.tree)


@lru_cache(maxsize=256)
def read(text: str, names: tuple[str, ...] = ("x",), path: str = "formula") -> Formula:
    """The formula of a text. Raises SpecError, which begins with `path`."""
    if not text.strip():
        raise SpecError(f"{path} must be a formula in {' and '.join(names)}, such as sin(2 pi {names[0]}), "
                        "not nothing.", path)  # fmt: skip
    if len(text) > MOST_CHARACTERS:
        raise SpecError(f"{path} must have at most {MOST_CHARACTERS} characters, not {len(text)}.", path)
    tree = SimpleEval.parse(_Scanner(text, names, path).python())
    _check_tree(tree, path)
    return Formula(text, names, tree)


def _check_tree(tree: ast.AST, path: str) -> None:
    """Not too deep to be walked, and no power that is certainly absurd."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST_TREE:
            raise SpecError(f"{path} must have at most {DEEPEST_TREE} steps within each other, not more.", path)
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Pow):
            continue
        if all(inner.id in CONSTANTS or inner.id in FUNCTIONS
               for inner in ast.walk(node.right) if isinstance(inner, ast.Name)):  # fmt: skip
            exponent = float(_evaluate(node.right, {}))
            if not abs(exponent) <= LARGEST_EXPONENT:  # NaN too
                raise SpecError(f"{path} must have exponents from {-LARGEST_EXPONENT:g} to {LARGEST_EXPONENT:g}, "
                                f"not {show_number(exponent)}.", path)  # fmt: skip


def sampled(f: Formula, low: float, high: float) -> tuple[Floats, Floats]:
    """x [m] and f(x) [m], dense over the range. Raises ValueError that says where f has no value.

    Between these places a pole may hide: where |f| is largest the search goes on in ever smaller steps.
    """
    x = np.linspace(low, high, CHECKED)
    inner = np.round(x[1:-1], int(np.ceil(6 - np.log10(high - low))))  # 0 and 0.3 themselves, not 1e-17 beside
    x[1:-1] = np.clip(inner, low, high)
    y = f(x)
    bad = np.flatnonzero(~(np.abs(y) <= LARGEST))
    poles = _poles(f, x, y) if not len(bad) else x[bad[:1]]
    if len(poles):
        at = float(poles.min())
        what = "has no value" if np.isnan(f(at)) else "is infinite or larger than 1e9"
        raise ValueError(f"it {what} at x = {at:.6g}")
    return x, y


def _poles(f: Formula, x: Floats, y: Floats) -> Floats:
    """Where |f| grows beyond all bounds between the places x."""
    size = np.abs(y)
    peaks = np.flatnonzero((size[1:-1] >= size[:-2]) & (size[1:-1] >= size[2:])) + 1
    peaks = peaks[np.argsort(-size[peaks], kind="stable")][:32]
    centre, half = x[peaks], float(np.diff(x).max())
    found = np.zeros(len(peaks), dtype=bool)
    for _ in range(24):  # each step is four times as fine: down to the distance of two floats
        near = np.clip(centre[:, None] + half * np.linspace(-1.0, 1.0, 9), x[0], x[-1])
        size = np.nan_to_num(np.abs(f(near)), nan=np.inf)
        best = size.argmax(axis=1)
        centre, half = near[np.arange(len(best)), best], half / 4
        found |= size.max(axis=1, initial=0.0) > LARGEST
    return centre[found]
