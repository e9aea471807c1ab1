"""What goes wrong in a run of a network, and one thing to try: each kind is recognised by a function of its own.

`found` looks at the state of a run; it is cheap (a pass of some hundred points). `Watch` asks it a few times a second
and lets a trouble come and go slowly, so that nothing flickers on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.engine import charts, spread, standardization, structure
from playground.engine import dense_pass as dp
from playground.engine.executors.base import Floats
from playground.engine.features import HALF_WIDTH
from playground.engine.points import AUTO
from playground.engine.snapshot import Choice, Trouble

if TYPE_CHECKING:
    from playground.engine.trainer import Run

LOOK_S = 0.25
"""Between two looks, while training."""
COMES_AFTER, GOES_AFTER = 2, 4
"""Looks in a row that see it, or no longer do, while training."""
MOST_POINTS = 150
EARLY = 10
"""Epochs before which nothing is said of how training goes."""
UNSOLVED = 0.5
"""Of the loss of who only knows how frequent the classes are: below it a run goes well enough."""
RISEN = 0.1
"""Of the same loss: a test loss that has risen by less is not worth a word."""
VANISHED = 1e-3
"""Of the gradient of the last layer: the first one's is as good as nothing."""
STILL, WINDOW = 0.01, 40
"""A loss stands still that changes by less than this share over so many epochs, and a third of the run."""
SWINGS, SWING = 0.5, 0.25
"""A loss swings where so many of its changes turn back, and a change is this share of the loss on average."""

FAR = 3.0
"""Inputs are wide that lie further from zero than so many of their standard deviations, or half widths of the plane."""
STANDARDISE = Choice("Standardise the inputs", {"standardize": True})


class Look:
    """A run at this moment, each part of it computed when it is first asked for."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.model = run.experiment.model
        self.training = run.experiment.training
        self.rate: float = run.experiment.optimizer.learning_rate

    @cached_property
    def net(self) -> dp.Dense:
        return dp.dense(self.run)

    @cached_property
    def _sample(self) -> tuple[Floats, Floats]:
        x, y = spread.sample(self.run)
        every = slice(None, None, max(1, -(-len(x) // MOST_POINTS)))
        return x[every], y[every]

    @cached_property
    def passed(self) -> dp.Forward:
        return dp.forward(self.net, self._sample[0])

    @cached_property
    def norms(self) -> Floats:
        """Of the gradient of each layer."""
        return dp.norms(dp.gradients(self.net, self.passed, dp.backward(self.net, self.passed, self._sample[1])))

    def layers(self) -> list[tuple[int, str, Floats]]:
        """(number, activation, values [n, units]) of each hidden layer."""
        return [(i + 1, name, self.passed.values[i + 1]) for i, name in enumerate(self.net.activations)]

    @cached_property
    def loss(self) -> float:
        train = self.run.scores().get("train")
        return train.loss if train is not None else float("nan")

    @cached_property
    def baseline(self) -> float:
        """The loss of the best answer that does not look at the inputs."""
        t, kind = self.run.problem.train.t, self.run.output_kind
        if not self.run.n_classes:
            return float(0.5 * t.var())
        share = np.bincount(t.astype(np.int64), minlength=self.run.n_classes) / max(len(t), 1)
        if kind == "tanh":
            return float(2.0 * share[0] * share[1])
        if kind == "softmax" and self.run.experiment.loss == "squared_error":
            return float(0.5 * (1.0 - np.square(share).sum()))
        return float(-(share[share > 0] * np.log(share[share > 0])).sum())

    @property
    def unsolved(self) -> bool:
        return not self.loss <= UNSOLVED * self.baseline

    @cached_property
    def losses(self) -> tuple[Floats, Floats]:
        """(epochs, training losses) up to now."""
        history = self.run.history
        epochs, loss = history.column("epoch"), history.column("train_loss")
        return epochs[epochs <= self.run.epoch], loss[epochs <= self.run.epoch]

    @property
    def wide(self) -> bool:
        """Whether the inputs have units of their own: far from zero for how much they vary, or far beyond the plane
        of the presets; and are given to the network as they are."""
        e, X = self.run.experiment, self.run.problem.train.X
        if e.standardize or e.data.n_inputs != 2:
            return False
        mean, scale = standardization.of_columns(X)
        return bool((np.abs(mean) > FAR * scale).any() or np.abs(X).max() > FAR * HALF_WIDTH)

    def all_with(self, layer: int, activation: str) -> dict[str, Any]:
        """The change that gives this hidden layer another activation: all of them, where all have the same one."""
        names = self.model.layer_activations()
        if len(set(names)) == 1:
            return {"model.activation": activation} | ({"model.activations": ()} if self.model.activations else {})
        return {"model.activations": tuple(activation if i == layer - 1 else n for i, n in enumerate(names))}


# ---- one function for each kind ----
def diverged(look: Look) -> Trouble | None:
    if look.run.status != "diverged":
        return None
    usual = type(look.run.experiment.optimizer)().learning_rate
    rate = _round(min(usual, look.rate / 10) if look.rate <= usual * 10 else usual)
    sentence = f"The weights have grown beyond all numbers: steps of learning rate {look.rate:.6g} are too large."
    return Trouble("diverged", sentence, "loss", Choice(f"Learning rate {rate:.6g}", _rate(rate)))


def class_without_points(look: Look) -> Trouble | None:
    run = look.run
    if not run.n_classes or not run.n_train:
        return None
    counts = np.bincount(run.problem.train.t.astype(np.int64), minlength=run.n_classes)
    if counts.all():
        return None
    k = int(np.flatnonzero(counts == 0)[0])
    name = run.problem.short_names[k]
    sentence = f"Class {name} has no training point: the network cannot learn what it looks like."
    points = run.problem.points
    elsewhere = ((points.t == k) & (points.part == AUTO)).any()  # a table may say itself what is for testing
    everything = {"split.train": 1.0, "split.validation": 0.0, "split.test": 0.0}
    choice = Choice("Train on all points", everything) if elsewhere else None
    return Trouble("class without points", sentence, "", choice)


def step_activation(look: Look) -> Trouble | None:
    names = look.model.layer_activations()
    if "step" not in names:
        return None
    layer = len(names) - names[::-1].index("step")
    which = "the layers before it" if layer > 1 else "its weights"
    sentence = (f"The step of hidden layer {layer} has slope 0 everywhere: no gradient reaches {which}, which stay as "
                "they were drawn.")  # fmt: skip
    return Trouble("step", sentence, f"layer {layer}", Choice("Sigmoid instead", look.all_with(layer, "sigmoid")))


def all_units_alike(look: Look) -> Trouble | None:
    """Zeros, or any other start that is the same for all units of a layer."""
    weights = look.net.weights
    for layer in range(1, look.net.n_layers):
        W, b, ahead = weights[layer - 1], look.net.biases[layer - 1], weights[layer]
        if len(W) < 2:
            continue
        if (W == W[0]).all() and (b == b[0]).all() and (ahead == ahead[:, :1]).all():
            sentence = (f"All units of hidden layer {layer} have the same weights, get the same gradient and stay "
                        "alike: they count as one.")  # fmt: skip
            return Trouble("alike", sentence, f"layer {layer}", Choice("Xavier weights", {"model.init": "xavier"}))
    return None


def dead_relus(look: Look) -> Trouble | None:
    for layer, name, values in look.layers():
        dead, n = int(spread.dead_units(values, name).sum()), values.shape[1]
        if dead and 2 * dead >= n:
            which = "All" if dead == n else f"{dead} of {n}"
            which = "The only unit" if n == 1 else f"{which} units"
            sentence = (f"{which} of hidden layer {layer} give{'s' * (n == 1)} 0 at every training point: no gradient "
                        f"reaches {'it' if n == 1 else 'them'} any more.")  # fmt: skip
            choice = Choice("Leaky ReLU instead", look.all_with(layer, "leaky_relu"))
            return Trouble("dead", sentence, f"layer {layer}", choice)
    return None


def vanishing(look: Look) -> Trouble | None:
    norms, n_hidden = look.norms, len(look.net.activations)
    if n_hidden < 3 or not look.unsolved or not np.isfinite(norms).all() or not 0 < norms[0] < VANISHED * norms[-1]:
        return None
    share = norms[-1] / norms[0]
    sentence = (f"The gradient of layer 1 is {_times(share)} times smaller than that of the output: it vanishes on its "
                "way back.")  # fmt: skip
    better = {"model.activation": "relu", "model.activations": (), "model.init": "he"}
    if set(look.net.activations) <= {"relu", "leaky_relu"}:
        return Trouble("vanishing", sentence, "gradients", Choice("He weights", {"model.init": "he"}))
    return Trouble("vanishing", sentence, "gradients", Choice("ReLU and He weights", better))


def saturated(look: Look) -> Trouble | None:
    if not look.unsolved:
        return None
    for layer, name, values in look.layers():
        n = values.shape[1]
        count = int(spread.saturated_units(values, name).sum())
        if 2 * count >= n and count:
            which = "All" if count == n > 1 else f"{count} of {n}"
            sentence = (f"{which} units of hidden layer {layer} are saturated, at the flat ends of their {name}: they "
                        "hardly learn.")  # fmt: skip
            smaller = Choice("Xavier weights", {"model.init": "xavier"})
            if look.wide:
                return Trouble("saturated", sentence, f"layer {layer}", STANDARDISE)
            slower = Choice(f"Learning rate {_round(look.rate / 10):.6g}", _rate(_round(look.rate / 10)))
            return Trouble("saturated", sentence, f"layer {layer}", slower if look.model.init == "xavier" else smaller)
    return None


def swinging(look: Look) -> Trouble | None:
    """A learning rate that makes the loss jump to and fro without getting on."""
    epochs, loss = look.losses
    if look.run.epoch < 2 * EARLY or len(loss) < 24:
        return None
    recent = loss[-24:]
    if not np.isfinite(recent).all() or recent.mean() <= 0 or look.loss < 0.05 * look.baseline:
        return None
    change = np.diff(recent)
    turns = float((change[1:] * change[:-1] < 0).mean())
    swing = float(np.median(np.abs(change)) / recent.mean())
    gets_on = np.median(recent[12:]) < 0.75 * np.median(recent[:12])
    if turns < SWINGS or swing < SWING or gets_on:
        return None
    rate = _round(look.rate / 3)
    sentence = f"The loss jumps to and fro and gets no smaller: the learning rate {look.rate:.6g} is too large."
    return Trouble("swinging", sentence, "loss", Choice(f"Learning rate {rate:.6g}", _rate(rate)))


def never_predicted(look: Look) -> Trouble | None:
    run = look.run
    train = run.scores().get("train")
    if not run.n_classes or train is None or train.confusion is None or run.epoch < 2 * EARLY:
        return None
    counts = np.array(train.confusion)
    for k in np.flatnonzero((counts.sum(axis=0) == 0) & (counts.sum(axis=1) > 0)):
        name = run.problem.short_names[int(k)]
        sentence = f"Class {name} is never predicted, though {charts.counted(int(counts[k].sum()), 'training point')} "
        sentence += "belong to it." if counts[k].sum() > 1 else "belongs to it."
        return Trouble("never predicted", sentence, "confusion", _larger(look))
    return None


def plateau(look: Look) -> Trouble | None:
    epochs, loss = look.losses
    if look.run.epoch < WINDOW or not look.unsolved:
        return None
    begin = min(look.run.epoch - WINDOW, 2 * look.run.epoch // 3)
    recent = loss[epochs >= begin]
    if len(recent) < 8 or not np.isfinite(recent).all() or np.ptp(recent) > STILL * abs(recent.mean()):
        return None
    sentence = f"The loss has stood still at {recent[-1]:.3g} since epoch {begin}: the network learns nothing more."
    if look.wide:
        return Trouble("plateau", sentence, "loss", STANDARDISE)
    if look.rate < 1e-3:
        rate = _round(look.rate * 10)
        return Trouble("plateau", sentence, "loss", Choice(f"Learning rate {rate:.6g}", _rate(rate)))
    return Trouble("plateau", sentence, "loss", _larger(look))


def turning_up(look: Look) -> Trouble | None:
    since = charts.rising_since(look.run.history)
    if since is None:
        return None
    epochs, loss = look.losses
    if look.loss > loss[int(np.searchsorted(epochs, since, side="right")) - 1]:
        return None  # both losses rise: that is not what this is about
    risen = look.run.scores()["test"].loss - look.run.history.best_loss if "test" in look.run.scores() else 0.0
    if risen < RISEN * look.baseline:
        return None
    l2 = _round(3 * look.training.l2) if look.training.l2 else 0.003
    sentence = f"The test loss has been rising since epoch {since}: the network learns the noise by heart."
    return Trouble("turning up", sentence, "loss", Choice(f"L2 penalty {l2:.6g}", {"training.l2": min(l2, 1.0)}))


def more_weights_than_data(look: Look) -> Trouble | None:
    n, n_train = look.run.n_parameters, look.run.n_train
    if n <= n_train or look.training.l2 or look.training.l1:
        return None
    sentence = f"{n} weights for {charts.counted(n_train, 'training point')}: the network can learn them by heart."
    return Trouble("more weights", sentence, "", Choice("L2 penalty 0.003", {"training.l2": 0.003}))


RECOGNISERS: dict[str, Callable[[Look], Trouble | None]] = {
    "diverged": diverged, "class without points": class_without_points, "step": step_activation,
    "alike": all_units_alike, "dead": dead_relus, "vanishing": vanishing, "swinging": swinging,
    "saturated": saturated, "never predicted": never_predicted, "plateau": plateau, "turning up": turning_up,
    "more weights": more_weights_than_data,
}  # fmt: skip
"""By `Trouble.kind`, the most serious first."""


def found(run: Run) -> tuple[Trouble, ...]:
    """What goes wrong in this run, the most serious first; nothing for a model that is not a network."""
    if not run.experiment.model.dense or not run.n_train or not structure.n_inputs(run.experiment):
        return ()
    look = Look(run)
    if run.status == "diverged":
        trouble = diverged(look)
        return (trouble,) if trouble is not None else ()
    troubles = (recognise(look) for recognise in RECOGNISERS.values())
    return tuple(trouble for trouble in troubles if trouble is not None)


def _rate(rate: float) -> dict[str, Any]:
    return {"optimizer.learning_rate": min(max(rate, 1e-5), 10.0)}


def _round(value: float) -> float:
    """To one digit."""
    return float(f"{value:.0e}")


def _times(value: float) -> str:
    return f"{float(f'{value:.1g}'):,.0f}".replace(",", "\u202f") if value < 1e7 else f"{value:.0e}"


def _larger(look: Look) -> Choice:
    """What lets a network that is stuck do more."""
    hidden = look.model.hidden
    if look.run.n_classes and look.run.experiment.loss == "squared_error" and look.run.output_kind == "softmax":
        return Choice("Cross-entropy instead", {"loss": "cross_entropy"})
    if len(hidden) < 2 or max(hidden) < 8:
        return Choice("Two layers of 8 units", {"model.hidden": (8, 8), "model.activations": (), "model.skips": ()})
    rate = _round(min(3 * look.rate, 10.0))
    return Choice(f"Learning rate {rate:.6g}", _rate(rate))


# ---- slowly ----
@dataclass(eq=False)
class _Seen:
    trouble: Trouble
    looks: int = 0
    missed: int = 0
    up: bool = False


class Watch:
    """The troubles of the run that is shown, for the worker to ask before each snapshot."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._version = -1
        self._at = 0.0
        self._seen: dict[str, _Seen] = {}
        self._last: tuple[Trouble, ...] = ()

    def of(self, run: Run, busy: bool) -> tuple[Trouble, ...]:
        """At rest what is there now; while training what has been there for a while. The same objects while nothing
        changes."""
        now = time.perf_counter()
        if run is not self._run:
            self._run, self._seen, self._last, self._version, self._at = run, {}, (), -1, 0.0
        if run.version == self._version or (busy and now - self._at < LOOK_S):
            return self._last
        self._version, self._at = run.version, now
        seen = {trouble.kind: trouble for trouble in found(run)}
        for kind, trouble in seen.items():
            one = self._seen.setdefault(kind, _Seen(trouble))
            one.looks, one.missed = one.looks + 1, 0
            one.up = one.up or not busy or one.looks >= COMES_AFTER
            if not busy or not one.up or one.trouble.where != trouble.where:
                one.trouble = trouble
        for kind in list(self._seen.keys() - seen.keys()):
            one = self._seen[kind]
            one.looks, one.missed = 0, one.missed + 1
            if not busy or one.missed >= GOES_AFTER:
                del self._seen[kind]
        up = [self._seen[kind] for kind in RECOGNISERS if kind in self._seen]
        troubles = tuple(one.trouble for one in up if one.up)
        if troubles != self._last:
            self._last = troubles
        return self._last

