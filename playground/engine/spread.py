"""How the numbers of each layer are spread: the charts `histograms` and `gradients`.

The gradients are those of the mean loss of the training points (at most MOST_POINTS of them), without penalty and
without dropout: of mini-batches they would jump about from one picture to the next.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.engine import charts, structure
from playground.engine import dense_pass as dp
from playground.engine.executors.base import Floats
from playground.engine.hidden_space import BOUNDED
from playground.engine.inside import Histogram, Histograms, LayerHistograms
from playground.engine.snapshot import Lines, Role, Series, View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

BINS = 24
MOST_POINTS = 250
DEAD_AT_ZERO = ("relu",)
"""Activations that give exactly zero, with slope zero, for half of all sums."""
ENDS = {"tanh": (-0.98, 0.98), "sigmoid": (0.01, 0.99)}
"""Beyond these a unit is as good as at the end of its activation: its slope is less than 4 % of the steepest."""
MOSTLY = 0.9
LEAST_S = 0.1
"""Between two points of the path of the gradients, while training."""
MOST_KEPT = 400
LAYER_ROLES: tuple[Role, ...] = (
    "layer 1", "layer 2", "layer 3", "layer 4", "layer 5", "layer 6", "layer 7", "layer 8",
)  # fmt: skip


def sample(run: Run) -> tuple[Floats, Floats]:
    """Inputs of the first layer and targets of the training points, every k-th of many."""
    part = run.problem.train
    every = slice(None, None, max(1, -(-len(part.ids) // MOST_POINTS)))
    return dp.inputs(run, part.X[every]), dp.targets(run, part.t[every])


def dead_units(values: Floats, activation: str) -> NDArray[np.bool_]:
    """[units]: whether a unit gives zero at every point, of values [n, units]."""
    if activation not in DEAD_AT_ZERO or not len(values):
        return np.zeros(values.shape[1], dtype=np.bool_)
    found: NDArray[np.bool_] = (values == 0.0).all(axis=0)
    return found


def saturated_units(values: Floats, activation: str) -> NDArray[np.bool_]:
    """[units]: whether a unit is at an end of its activation at nearly all points."""
    if activation not in ENDS or not len(values):
        return np.zeros(values.shape[1], dtype=np.bool_)
    low, high = ENDS[activation]
    found: NDArray[np.bool_] = ((values < low) | (values > high)).mean(axis=0) >= MOSTLY
    return found


# ---- histograms ----
def histograms(run: Run, view: View) -> Histograms | None:
    """One row for each layer; None for a model that is not a network."""
    if not run.experiment.model.dense:
        return None
    if not run.n_train or not structure.n_inputs(run.experiment):
        return Histograms(title="Histograms", note="There are no training points.")
    net, (x, y) = dp.dense(run), sample(run)
    passed = dp.forward(net, x)
    found = dp.gradients(net, passed, dp.backward(net, passed, y))
    rows = []
    for layer in range(1, net.n_layers + 1):
        last = layer == net.n_layers
        name = "" if last else net.activations[layer - 1]
        values = dp.output_values(net, passed.sums[-1]) if last else passed.values[layer]
        bound = BOUNDED.get(net.rule if last else name, (0.0, 1.0) if last and net.rule != "identity" else None)
        rows.append(LayerHistograms(
            "output" if last else f"layer {layer}", name, values.shape[1],
            histogram(values, bound), histogram(net.weights[layer - 1]), histogram(found.weights[layer - 1]),
            int(dead_units(values, name).sum()), int(saturated_units(values, name).sum()),
        ))  # fmt: skip
    return Histograms(title="Histograms", layers=tuple(rows))


def histogram(values: Floats, bound: tuple[float, float] | None = None) -> Histogram:
    """In BINS equal bins over `bound`, or over a round range that holds all but one in a hundred.

    The range is a power of two, so that bins stay where they are while the numbers grow a little.
    """
    flat = np.asarray(values, dtype=np.float64).ravel()
    good = flat[np.isfinite(flat)]
    if bound is None:
        size = float(np.quantile(np.abs(good), 0.99)) if len(good) else 0.0
        top = 2.0 ** np.ceil(np.log2(size)) if size > 1e-300 else 1.0
        bound = (0.0 if len(good) and good.min() >= 0 and size > 0 else -top, top)
    counts, edges = np.histogram(good, BINS, bound)
    return Histogram(charts.own(edges), charts.own(counts), len(flat) - int(counts.sum()))


# ---- the norm of the gradient over time ----
class GradientPath:
    """The norm of each layer's gradient, at epochs that were passed at the pace of the screen, thinned.

    `Run` fills it while it trains (`look`), the chart when it is on screen.
    """

    def __init__(self) -> None:
        self._epochs: list[float] = []
        self._norms: list[Floats] = []
        self._looked_at = 0.0

    def look(self, run: Run) -> None:
        """Keep the gradients of this moment, if the last ones are long enough ago."""
        now = time.perf_counter()
        if not self._epochs or now - self._looked_at >= LEAST_S:
            self.offer(run)
            self._looked_at = time.perf_counter()

    def offer(self, run: Run) -> None:
        """Keep the gradients of this moment, if it comes after all that are kept."""
        if not run.n_train or not structure.n_inputs(run.experiment):
            return
        epoch = run.epoch + run.position / run.n_train
        if self._epochs and epoch <= self._epochs[-1]:
            return
        net, (x, y) = dp.dense(run), sample(run)
        passed = dp.forward(net, x)
        self._epochs.append(epoch)
        self._norms.append(dp.norms(dp.gradients(net, passed, dp.backward(net, passed, y))))
        if len(self._epochs) > MOST_KEPT:
            self._epochs, self._norms = self._epochs[::2], self._norms[::2]

    def truncate(self, epoch: float) -> None:
        """Forget what came after an epoch."""
        kept = int(np.searchsorted(self._epochs, epoch, side="right"))
        del self._epochs[kept:], self._norms[kept:]

    def until(self, epoch: float) -> tuple[Floats, Floats]:
        """(epochs [k], norms [k, layers]) up to an epoch, oldest first."""
        kept = int(np.searchsorted(self._epochs, epoch, side="right"))
        if not kept:
            return np.zeros(0), np.zeros((0, 0))
        return np.array(self._epochs[:kept]), np.array(self._norms[:kept])


def gradients(run: Run, view: View) -> Lines | None:
    """The norm of each layer's gradient against the epochs; None for a model that is not a network."""
    path = run.gradient_path
    if path is None:
        return None
    path.offer(run)
    epochs, norms = path.until(run.epoch + run.position / max(run.n_train, 1))
    last = norms.shape[1]
    names = [f"layer {i + 1}" for i in range(last - 1)] + ["output"] * (last > 0)
    series = tuple(Series(name, layer_role(i, last), charts.own(epochs.copy()), charts.own(norms[:, i].copy()))
                   for i, name in enumerate(names))  # fmt: skip
    return Lines(
        title="Gradients", x_label="epoch", y_label="norm of the gradient", series=series, can_log=True,
        log_first=True, integer_x=True, note="" if len(epochs) > 1 else "Play, and the gradients are followed here.",
    )  # fmt: skip


def layer_role(i: int, n_layers: int) -> Role:
    """Of the i-th layer with weights, counted from 0, of so many."""
    return "output" if i == n_layers - 1 else LAYER_ROLES[i % len(LAYER_ROLES)]
