"""Principal components of a table (Pearson 1901): the directions in which its rows differ most."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.schema import SpecError

Floats = NDArray[np.float64]


WIDE = 100
"""Columns from which on the matrix of products is decomposed in place of the table: many times faster, and what that
costs in digits is lost in the small components, not in the two greatest."""


class Components(NamedTuple):
    """Z [n, 2]: the rows in the first two components; shares: what each explains of the variance, from 0 to 1;
    axes [2, columns]: their directions, each with its largest part positive."""

    Z: Floats
    shares: tuple[float, float]
    axes: Floats


def first_two(X: Floats, standardise: bool = False) -> Components:
    """The first two principal components of X [n, columns], from the singular values of the centred table.

    standardise   divide each column by its standard deviation first (by n), so that its unit does not matter;
                  a column that is constant stays as it is. Raises SpecError where no row differs from another.
    """
    centred = X - X.mean(axis=0)
    if standardise:
        spread = centred.std(axis=0)
        # What is left of a constant column is the rounding of its mean.
        constant = spread <= 1e-12 * np.abs(X).max(axis=0, initial=0.0)
        centred = np.where(constant, 0.0, centred / np.where(constant, 1.0, spread))
    s, axes = _directions(centred)
    total = float(np.square(centred).sum())
    if not len(s) or s[0] <= 1e-12 * np.abs(X).max(initial=0.0):
        raise SpecError("All rows have the same numbers in these columns: there is no direction in which they differ.")
    if len(s) == 1:
        s, axes = np.append(s, 0.0), np.vstack([axes, np.zeros_like(axes)])
    axes = axes[:2]
    signs = np.sign(axes[[0, 1], np.abs(axes).argmax(axis=1)])
    axes = axes * np.where(signs == 0, 1.0, signs)[:, None]
    return Components(centred @ axes.T, (float(s[0] ** 2) / total, float(s[1] ** 2) / total), axes)


def _directions(centred: Floats) -> tuple[Floats, Floats]:
    """Singular values in falling order, and the directions [k, columns] that belong to the first ones."""
    n, d = centred.shape
    if d < WIDE:
        _, s, axes = np.linalg.svd(centred, full_matrices=False)
        return s, axes
    if d <= n:
        squares, vectors = np.linalg.eigh(centred.T @ centred)
        return np.sqrt(np.maximum(squares[:-3:-1], 0.0)), vectors.T[:-3:-1]
    squares, vectors = np.linalg.eigh(centred @ centred.T)
    s = np.sqrt(np.maximum(squares[:-3:-1], 0.0))
    axes = vectors.T[:-3:-1] @ centred
    return s, axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-300)
