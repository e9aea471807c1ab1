"""Rosenblatt's perceptron: his rule, the bound on its mistakes, and why it ends or never does.

Rosenblatt 1958; the bound: Novikoff 1962. The bias is a weight of an input that is always 1: what stands below on an
example x is of (1, x), and the targets t are -1 and +1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_CANCELLING = 1e-9
"""A weighted mean of the examples t (1, x), scaled to length 1 at most, that is shorter counts as zero."""


@dataclass
class Perceptron:
    """w [1 + d], the bias first; zero at the beginning, so the rate only sets their scale."""

    w: list[float]
    rate: float = 1.0
    mistakes: int = 0

    @classmethod
    def of(cls, n_inputs: int, rate: float = 1.0) -> Perceptron:
        return cls([0.0] * (1 + n_inputs), rate)

    def output(self, x: Floats) -> int:
        """+1 or -1: the step of the sum; exactly zero is neither, and counts as wrong for both: 0."""
        total = self.w[0]
        for weight, value in zip(self.w[1:], x.tolist(), strict=True):
            total += weight * value
        return (total > 0.0) - (total < 0.0)

    def see(self, x: Floats, t: int) -> bool:
        """One example: where the output is not t, w moves by rate * t * (1, x). Whether it was a mistake."""
        if self.output(x) == t:
            return False
        step = self.rate * t
        self.w = [self.w[0] + step, *(w + step * v for w, v in zip(self.w[1:], x.tolist(), strict=True))]
        self.mistakes += 1
        return True

    def epoch(self, X: Floats, t: NDArray[np.int64], order: NDArray[np.int64]) -> list[int]:
        """All examples X [n, d], one at a time, in an order; the indices of those that it was wrong about."""
        return [i for i in order.tolist() if self.see(X[i], int(t[i]))]


@dataclass(frozen=True)
class Separation:
    """How far two classes lie apart, in (1, x).

    radius   R: the length of the longest example
    margin   gamma: the least t (1, x) w over the examples, for the w of length 1 for which it is largest; None where
             no w puts all on their side
    """

    radius: float
    margin: float | None

    @property
    def most_mistakes(self) -> float | None:
        """(R / gamma)^2: Novikoff's bound, from zero weights, in whatever order the examples come."""
        return None if self.margin is None else (self.radius / self.margin) ** 2

    def sentence(self, mistakes: int) -> str:
        """What is to be expected after so many mistakes."""
        if self.most_mistakes is None:
            return (f"{mistakes:,} mistakes so far. It will never converge: no straight line has each class on a side "
                    "of its own, so there is always an example that moves the weights again.")  # fmt: skip
        bound = f"{int(self.most_mistakes):,} at most: (R/γ)² with R = {self.radius:.3g} and γ = {self.margin:.3g}"
        return f"{mistakes:,} mistakes so far; it will converge after {bound}."


def finding(parts: Sequence[Separation], names: Sequence[str], mistakes: int, converged: bool, from_zero: bool) -> str:
    """A sentence on where the rule stands; `parts` for each of its units, which for more than two classes part the
    class of that name from all others. `from_zero`: all mistakes were made on these points, from zero weights on, at
    one rate, as the bound has it."""
    said = f"{mistakes:,} mistake" + "s" * (mistakes != 1)
    if converged:
        bound = _bound(parts)
        limit = f"; Novikoff's bound (R/γ)² allows {int(bound):,}" if from_zero and bound is not None else ""
        return f"Converged: the last epoch went by without a mistake. It took {said}{limit}."
    if len(parts) == 1 and from_zero:
        return parts[0].sentence(mistakes)
    inside = [name for part, name in zip(parts, names, strict=False) if part.margin is None]
    if inside and len(parts) > 1:
        return (f"{said} so far. It will never converge: no straight line has the class {inside[0]} on one side and "
                "all others on the other, so there is always an example that moves the weights again.")  # fmt: skip
    if inside:
        return parts[0].sentence(mistakes)
    bound = _bound(parts)
    limit = f" after {int(bound):,} at most, the sum of (R/γ)² over the classes" if from_zero and bound else ""
    return f"{said} so far; it will converge{limit}."


def _bound(parts: Sequence[Separation]) -> float | None:
    """On the mistakes of all units together."""
    bounds = [part.most_mistakes for part in parts]
    return None if None in bounds else float(sum(b for b in bounds if b is not None))


def separation(X: Floats, t: NDArray[np.int64]) -> Separation:
    """Of examples X [n, d], n > 0, with targets t [n] of -1 and +1.

    The widest margin is that of the shortest v with t (1, x) v >= 1 for all examples: least distance programming by
    non-negative least squares (Lawson & Hanson 1974, chapter 23). The margin is then measured on the examples, so it
    is one that w really has, and the bound that it gives holds.
    """
    from scipy.optimize import nnls

    A = t[:, None] * np.column_stack([np.ones(len(X)), X])
    radius = float(np.linalg.norm(A, axis=1).max())
    E = np.vstack([A.T / radius, np.ones(len(A))])
    f = np.append(np.zeros(len(A.T)), 1.0)
    weights, _ = nnls(E, f, maxiter=30 * len(A))
    v = (f - E @ weights)[:-1]
    length = float(np.linalg.norm(v))
    if length < MOST_CANCELLING:
        return Separation(radius, None)
    margin = float((A @ (-v / length)).min())
    return Separation(radius, margin if margin > 0.0 else None)
