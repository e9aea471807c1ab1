"""The inputs of a model: raw coordinates, or the products, sines, powers and the formula that are switched on.

`names` says which they are, `inputs` computes them: raw X goes in, columns come out. Executors, exports and pictures
ask here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import formula_text
from playground.engine.schema import SpecError

if TYPE_CHECKING:
    from playground.engine.experiment import Experiment

Floats = NDArray[np.float64]

FEATURES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1**2,
    "x2^2": lambda x1, x2: x2**2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}
"""Those of TensorFlow Playground, of the raw coordinates, without any scaling."""
HALF_WIDTH = 6.0
"""Of the plane: powers are those of x / 6, which lie between -1 and 1. Of raw coordinates the tenth power reaches
60 million: beside it no other input would count, and every rate would be too large."""
VARIABLES = ("x1", "x2")
PATH = "feature_formula"
CHECKED = 49
"""Places along each side of the plane at which a formula must have a value."""


def expand(X: Floats, features: Sequence[str]) -> Floats:
    """[n, k]: the columns named by `features` of X [n, 2], in the order given; X [n, 1] stays as it is."""
    X = np.asarray(X, dtype=np.float64)
    if X.shape[1] == 1:
        return X
    return np.array([FEATURES[name](X[:, 0], X[:, 1]) for name in features]).reshape(len(features), len(X)).T


def powers(e: Experiment) -> tuple[tuple[int, int], ...]:
    """(i, j) of the products x1^i x2^j up to the order of the model that are not switched on anyway: by i + j, then
    by j."""
    most = e.model.feature_order(e.feature_order)
    pairs = [(order - j, j) for order in range(1, most + 1) for j in range(order + 1)]
    return tuple(pair for pair in pairs if power_name(*pair) not in e.features)


def power_name(i: int, j: int) -> str:
    """x1^i*x2^j without what goes without saying: "x1", "x1^2*x2"."""
    factors = [(name, power) for name, power in zip(VARIABLES, (i, j), strict=True) if power]
    return "*".join(name if power == 1 else f"{name}^{power}" for name, power in factors)


def names(e: Experiment) -> tuple[str, ...]:
    """What the inputs of the network are called, in their order."""
    if e.data.n_inputs == 1:
        return ("x",)
    formula = (e.feature_formula.strip(),) if e.feature_formula.strip() else ()
    return (*e.features, *(power_name(i, j) for i, j in powers(e)), *formula)


def inputs(e: Experiment, X: Floats) -> Floats:
    """[n, len(names)] of raw X [n, d]."""
    columns = expand(X, e.features)
    if e.data.n_inputs == 1 or not (powers(e) or e.feature_formula.strip()):
        return columns
    z1, z2 = np.asarray(X, dtype=np.float64).T / HALF_WIDTH
    more = [z1**i * z2**j for i, j in powers(e)]
    if e.feature_formula.strip():
        more.append(formula_of(e)(*np.asarray(X, dtype=np.float64).T))
    return np.column_stack([columns, *more])


def formula_of(e: Experiment) -> formula_text.Formula:
    """Raises SpecError."""
    return formula_text.read(e.feature_formula.strip(), VARIABLES, PATH)


def check(e: Experiment) -> None:
    """Raises SpecError for a formula that cannot be read, or that has no value somewhere in the plane."""
    if e.feature_formula.strip():
        _check_in_plane(e.feature_formula.strip())


def check_at(e: Experiment, X: Floats) -> None:
    """Raises SpecError for a formula that has no value at one of the points X [n, 2]."""
    if e.data.n_inputs == 2 and e.feature_formula.strip():
        _refuse_infinite(e.feature_formula.strip(), X, "at every point")


@lru_cache(maxsize=64)
def _check_in_plane(text: str) -> None:
    side = np.linspace(-HALF_WIDTH, HALF_WIDTH, CHECKED)
    _refuse_infinite(text, np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2), "everywhere from -6 to 6")


def _refuse_infinite(text: str, X: Floats, where: str) -> None:
    values = formula_text.read(text, VARIABLES, PATH)(*X.T)
    bad = np.flatnonzero(~(np.abs(values) <= formula_text.LARGEST))
    if len(bad):
        x1, x2 = X[bad[0]]
        what = "has none" if np.isnan(values[bad[0]]) else "is infinite or larger than 1e9"
        raise SpecError(f"{PATH} must have a finite value {where}; it {what} at x1 = {x1:.6g}, x2 = {x2:.6g}.", PATH)


def cells(x: tuple[float, float], y: tuple[float, float], size: int) -> Floats:
    """[size * size, 2]: the middles of the cells of the plane, lowest row first."""
    middle = (np.arange(size) + 0.5) / size
    x1, x2 = np.meshgrid(x[0] + (x[1] - x[0]) * middle, y[0] + (y[1] - y[0]) * middle)
    return np.column_stack([x1.ravel(), x2.ravel()])
