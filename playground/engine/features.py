"""The inputs of a model: raw coordinates, or the products and sines that `features` switches on.

Called by the executors and by everything that asks a model for values: raw X goes in, columns come out.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

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


def expand(X: Floats, features: Sequence[str]) -> Floats:
    """[n, k]: the columns named by `features` of X [n, 2], in the order given; X [n, 1] stays as it is."""
    X = np.asarray(X, dtype=np.float64)
    if X.shape[1] == 1:
        return X
    return np.column_stack([FEATURES[name](X[:, 0], X[:, 1]) for name in features])


def cells(x: tuple[float, float], y: tuple[float, float], size: int) -> Floats:
    """[size * size, 2]: the middles of the cells of the plane, lowest row first."""
    middle = (np.arange(size) + 0.5) / size
    x1, x2 = np.meshgrid(x[0] + (x[1] - x[0]) * middle, y[0] + (y[1] - y[0]) * middle)
    return np.column_stack([x1.ravel(), x2.ravel()])
