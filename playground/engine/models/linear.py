"""What models that are linear in their weights have in common: y(x, w) = sum_j w_j phi_j(x), with phi_0 = 1.

Least squares have one best solution, found in one step (`executors/closed_form.py`) or by gradient descent: to the
executors that iterate, such a model is a network without hidden layers whose inputs are phi_1, phi_2, ... and whose
bias is w_0 (`executors/layout.py`). How many weights there are is said by `order` in all of them, so that sliders,
sweeps and charts need no other name. Weights are those of the basis that is chosen, the constant first.
"""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.models.single_layer import SingleLayer
from playground.engine.schema import param

Floats = NDArray[np.float64]
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class LinearSpec(SingleLayer):
    """A subclass gives `kind`, `label`, `order` and `design`."""

    order: int
    ln_lambda: float | None = param(
        None, label="Penalty", symbol="ln λ", low=-50.0, high=5.0, step=0.5, off_value=-18.0, live=True,
        help="Larger: smaller weights, a smoother curve; too large: a flat one.",
    )  # fmt: skip
    penalise_bias: bool = param(
        False, label="Penalise w₀", live=True,
        help="On: the penalty pulls the constant to zero too, so the fit depends on where zero lies.",
    )  # fmt: skip

    linear: ClassVar[bool] = True
    n_inputs: ClassVar[tuple[int, ...]] = (1,)
    tasks: ClassVar[tuple[str, ...]] = ("regression",)
    optimizers: ClassVar[tuple[str, ...]] = (
        "closed_form", "sgd", "momentum", "nesterov", "adam", "rmsprop", "adamw",
    )  # fmt: skip

    def n_weights(self) -> int:
        """With w_0."""
        return self.order + 1

    def design(self, x: Floats, x_range: tuple[float, float]) -> Floats:
        """[n, n_weights]: phi_j(x_n), the constant first. x_range: what the canvas shows at first of the data."""
        raise NotImplementedError

    def penalised(self) -> NDArray[np.bool_]:
        """[n_weights]: which weights the penalty is on."""
        found = np.ones(self.n_weights(), dtype=bool)
        found[0] = self.penalise_bias
        return found

    def strength(self) -> float:
        """lambda; 0 without a penalty."""
        return 0.0 if self.ln_lambda is None else math.exp(self.ln_lambda)

    def weight_names(self) -> tuple[str, ...]:
        """w₀, w₁ and so on, in the order of the columns of `design`."""
        return tuple("w" + str(j).translate(SUBSCRIPTS) for j in range(self.n_weights()))


def unit(x: Floats, x_range: tuple[float, float]) -> Floats:
    """x as a share of the range: 0 at its begin, 1 at its end."""
    low, high = x_range
    return (np.asarray(x, dtype=np.float64) - low) / ((high - low) or 1.0)
