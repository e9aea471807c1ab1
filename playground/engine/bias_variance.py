"""Bias, variance and noise of a model, from many data sets of the known source.

Bishop & Bishop 2024, section 4.3: with y_l the fit to data set l of L, h the true function and y the mean fit,

    bias^2   = mean over x of (y(x) - h(x))^2            variance = mean over x and l of (y_l(x) - y(x))^2
    noise    = sigma^2                                    their sum is the expected squared error on a new point

The data sets have the x of the source's own training points and fresh noise: counter-based numbers of `seed.data`.
x is uniform over the range; the means are taken by Gauss's rule of two points in each of many cells. With L = 200
sets the variance of a fit with k weights is off by a share of sqrt(2 / (k L)), 10 % at most, as a rule (it is a mean
of k squared normal numbers), and the squared bias is too large by variance / L. The measured error is independent
of all that: other points, other noise. Its own share of error is sqrt(2 / 4000), or 2 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts
from playground.engine.cross_validation import LN_LAMBDAS
from playground.engine.executors.base import Floats
from playground.engine.executors.closed_form import CHART_ORDER
from playground.engine.linear_fits import Penalties, Range, at_order, family_of, fitted, times
from playground.engine.points import TRAIN
from playground.engine.random import normal, uniform
from playground.engine.selection import BY_LN_LAMBDA, BY_ORDER, band_of, show, top_of
from playground.engine.slices import Sliced, one_thread
from playground.engine.snapshot import Lines, Mark, Role, Series, View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

SETS = 200
CELLS = 50
FRESH = 20
"""Further points for each data set, on which the error is measured."""
NO_SOURCE = "Bias and variance need the true function: choose a data set whose source is known."
NO_POINTS = "The split leaves no point of the source for training."


@dataclass(frozen=True, eq=False)
class Parts:
    """Of the expected squared error, for each of k models: [k] each; `noise` is the same for all of them."""

    bias: Floats
    variance: Floats
    noise: float
    measured: Floats

    @property
    def sum(self) -> Floats:
        return np.asarray(self.bias + self.variance + self.noise)


def grid(x_range: Range) -> Floats:
    """[2 CELLS]: places with equal weights whose mean is an integral over the range, divided by its length."""
    low, high = x_range
    middle = (np.arange(CELLS)[:, None] + 0.5) / CELLS
    share = middle + np.array([-0.5, 0.5]) / np.sqrt(3.0) / CELLS
    return np.asarray(low + (high - low) * share.ravel())


class Source:
    """L data sets T [n, L] at x [n], and further points x [L, FRESH], t [L, FRESH] to measure on."""

    def __init__(self, data: Any, x: Floats, seed: int, edited: bool = False) -> None:
        self.data, self.x, self.noise, self.edited = data, x, float(data.noise), edited
        self.x_range: Range = data.extent()[0]
        sets = np.arange(SETS)
        noise = normal(seed, "bias_variance.noise", np.arange(len(x))[:, None] * SETS + sets)
        self.T = data.truth(x)[:, None] + self.noise * noise
        ids = np.arange(SETS * FRESH).reshape(SETS, FRESH)
        self.fresh_x = uniform(seed, "bias_variance.x", ids, *self.x_range)
        self.fresh_t = data.truth(self.fresh_x) + self.noise * normal(seed, "bias_variance.fresh", ids)

    def parts(self, model: Any, ln_lambdas: Penalties) -> Parts:
        """Of the model with each of the penalties: either all None, or none of them."""
        everyone = np.ones((1, len(self.x)), dtype=bool)
        with np.errstate(all="ignore"):
            design, found = fitted(model, self.x, self.T, ln_lambdas, self.x_range, everyone)
            W = found[0]
            at = grid(self.x_range)
            A, mean = design(at), W.mean(axis=2)
            bias = np.square(A @ mean - self.data.truth(at)[:, None]).mean(axis=0)
            # ||A w|| = ||R w|| for A = Q R: as many rows as weights instead of as many as places.
            R: Any = np.linalg.qr(A, mode="r") if np.isfinite(A).all() else A
            spread = times(R, (W - mean[..., None])[None])[0]
            variance = np.square(spread).sum(axis=(0, 2)) / (len(at) * SETS)
            fresh = design(self.fresh_x.ravel()).reshape(SETS, FRESH, -1)
            error = fresh @ W.transpose(2, 0, 1) - self.fresh_t[..., None]  # [L, FRESH, penalties]
            measured = np.square(error).mean(axis=(0, 1))
        return Parts(bias, variance, self.noise**2, measured)


def source_of(run: Run) -> Source | None:
    """That of the run's data set without what a person made of its points; None where nobody knows it."""
    e = run.experiment
    if not e.data.has_source or e.data.truth(np.zeros(1)) is None:
        return None
    data = e.data.model_copy(update={"points": None})
    return _source_of(data, e.data.points is not None, e.split, e.seed.data, e.seed.split)


@lru_cache(maxsize=4)
def _source_of(data: Any, edited: bool, split: Any, seed_data: int, seed_split: int) -> Source:
    from playground.engine.problem import part_of

    points = data.make(seed_data)
    return Source(data, points.X[part_of(points, split, seed_split) == TRAIN, 0], seed_data, edited)


class ByOrder(Sliced):
    """The parts for the orders 0, 1, ..., top, some at a time; NaN from `done` on."""

    def __init__(self, source: Source, family: Any, ln_lambda: float | None, top: int) -> None:
        super().__init__(top + 1)
        self.source, self.family, self.ln_lambda = source, family, ln_lambda
        self.bias, self.variance, self.measured = np.full((3, top + 1), np.nan)

    def compute(self, these: slice) -> None:
        for order in range(these.start, these.stop):
            parts = self.source.parts(at_order(self.family, order), (self.ln_lambda,))
            self.bias[order], self.variance[order] = parts.bias[0], parts.variance[0]
            self.measured[order] = parts.measured[0]

    def parts(self) -> Parts:
        return Parts(self.bias, self.variance, self.source.noise**2, self.measured)


_by_order = lru_cache(maxsize=8)(ByOrder)


@lru_cache(maxsize=8)
def _by_ln_lambda(source: Source, model: Any) -> Parts:
    with one_thread():
        return source.parts(model, LN_LAMBDAS)


def _chart(source: Source, x: Floats, parts: Parts, natural: float, what: str, common: Any, **more: Any) -> Lines:
    """natural: an error that sets the scale of the axis, beside the least one. what: caption of the least error."""
    known = np.isfinite(parts.sum)
    best = int(np.where(known, parts.sum, np.inf).argmin())
    rows: tuple[tuple[str, Role, Floats], ...] = (
        ("bias²", "bias", parts.bias), ("variance", "variance", parts.variance),
        ("noise", "noise", np.full(len(x), parts.noise)), ("sum", "sum", parts.sum),
        ("measured", "test", parts.measured),
    )  # fmt: skip
    edited = "Points were edited: these are the source's own. " if source.edited else ""
    points = charts.counted(len(source.x), "point")
    return Lines(
        y_label="squared error", can_log=True, y_range=(0.0, top_of(natural, float(parts.sum[best]), parts.noise)),
        series=tuple(
            Series(label, role, charts.own(x.copy()), charts.own(y.copy()), markers=label == "measured")
            for label, role, y in rows
        ),
        marks=(Mark(float(x[best]), f"least: {what.format(show(float(x[best])))}"),) if known.any() else (),
        note=f"{edited}What a new point costs: bias² + variance + noise = sum. From {SETS} data sets of {points}, "
             f"measured on {SETS * FRESH:,} others.",
        **common, **more,
    )  # fmt: skip


def bias_variance_by_order(run: Run, view: View) -> Lines | None:
    """The parts of the expected error against M, with the penalty in force."""
    model = run.experiment.model
    if not model.linear:
        return None
    title, source = "Bias and variance against M", source_of(run)
    if source is None or not len(source.x):
        return Lines(title=title, note=NO_SOURCE if source is None else NO_POINTS, **BY_ORDER)
    found = _by_order(source, family_of(model), model.ln_lambda, max(CHART_ORDER, model.order))
    behind, parts = not found.advance(), found.parts()
    x = np.arange(len(parts.bias), dtype=np.float64)
    band = (model.order - 0.4, model.order + 0.4)
    return _chart(source, x, parts, float(parts.sum[0]), "M = {}", BY_ORDER, title=title, band=band,
                  behind=behind)  # fmt: skip


def bias_variance_by_ln_lambda(run: Run, view: View) -> Lines | None:
    """The parts of the expected error against ln lambda, with the order in force."""
    model = run.experiment.model
    if not model.linear:
        return None
    title, source = "Bias and variance against ln λ", source_of(run)
    if source is None or not len(source.x):
        return Lines(title=title, note=NO_SOURCE if source is None else NO_POINTS, **BY_LN_LAMBDA)
    parts = _by_ln_lambda(source, at_order(family_of(model), model.order))
    band = band_of(model.ln_lambda)
    return _chart(source, np.array(LN_LAMBDAS), parts, float(parts.sum[-1]), "ln λ = {}", BY_LN_LAMBDA,
                  title=title, band=band)  # fmt: skip
