"""The rules of TensorFlow Playground, and its URLs: what one of them sets up, as an Experiment.

That program (https://playground.tensorflow.org) keeps its whole state in the part of the URL behind the #, as
KEY=VALUE with & between them. What is missing there has its default; a name that it does not know, too.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import numpy as np

from playground.engine import experiment as experiments
from playground.engine.experiment import Experiment
from playground.engine.features import FEATURES
from playground.engine.models.mlp import MAX_LAYERS
from playground.engine.random import uniform
from playground.engine.schema import SpecError, show

DATA = {"circle": 500, "xor": 500, "gauss": 500, "spiral": 500, "reg-plane": 1200, "reg-gauss": 1200}
"""Its data sets, and how many points each has."""
NUMERIC = ("reg-plane", "reg-gauss")
RULES: Mapping[str, Any] = {
    "model.kind": "mlp", "model.hidden": (4, 2), "model.activation": "tanh", "model.init": "uniform",
    "optimizer.kind": "sgd", "optimizer.learning_rate": 0.03, "loss": "squared_error", "training.batch_size": 10,
    "training.shuffle": False, "data.noise": 0.0,
}  # fmt: skip
N_SEEDS = 100_000


def rules(data: str = "circle") -> dict[str, Any]:
    """Its defaults on one of its data sets, as changes from the default of the lab `classify`."""
    return {
        "data.kind": data, **RULES, "data.n": DATA[data], "model.output": "auto" if data in NUMERIC else "tanh",
        **shares(DATA[data], 0.5),
    }  # fmt: skip


def shares(n: int, train: float, first: int = 1) -> dict[str, Any]:
    """A split of n points into training and test, and the first seed from `first` on by which exactly floor(n * train)
    of them go to training, as there: then its batches divide them as they do there."""
    return {
        "split.train": train, "split.validation": 0.0, "split.test": round(1.0 - train, 12),
        "seed.split": _exact_seed(n, train, first),
    }  # fmt: skip


@lru_cache(maxsize=64)
def _exact_seed(n: int, train: float, first: int) -> int:
    ids, wanted = np.arange(n, dtype=np.int64), int(n * train + 1e-9)
    for seed in range(first, first + N_SEEDS):
        if np.count_nonzero(uniform(seed % N_SEEDS, "split", ids) < train) == wanted:
            return seed % N_SEEDS
    return first


# ---- URLs ----

_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?playground\.tensorflow\.org(?::\d+)?(?:[/?#].*)?", re.I | re.S)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.I | re.A)
INPUTS = {"x": "x1", "y": "x2", "xSquared": "x1^2", "ySquared": "x2^2", "xTimesY": "x1*x2", "sinX": "sin(x1)",
          "sinY": "sin(x2)"}  # fmt: skip
CHOICES = {
    "problem": ("classification", "regression"), "dataset": ("circle", "xor", "gauss", "spiral"),
    "regDataset": NUMERIC, "activation": ("tanh", "relu", "sigmoid", "linear"), "regularization": ("none", "L1", "L2"),
}  # fmt: skip
"""The first of each is its default."""
NUMBERS = {
    "learningRate": (0.03, 1e-5, 10.0), "regularizationRate": (0.0, 0.0, 1.0), "noise": (0.0, 0.0, 50.0),
    "percTrainData": (50, 1, 100), "batchSize": (10, 1, 20_000),
}  # fmt: skip
"""Its default, and the range that it can have here."""
WHOLE = ("percTrainData", "batchSize")
WIDEST = 256
SWITCHES = ("initZero", "showTestData", "discretize", "hideText", "collectStats", "cosX", "cosY")
OTHERS = ("networkShape", "seed", "tutorial")
KNOWN = {*INPUTS, *CHOICES, *NUMBERS, *SWITCHES, *OTHERS}


def is_url(text: str) -> bool:
    """Whether this is an address of that program, whatever it says there."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def from_url(url: str) -> tuple[Experiment, tuple[str, ...]]:
    """The same experiment here, and a phrase for each thing of it that is not the same. Raises SpecError."""
    found = _Url(url)
    changes = found.changes()
    return experiments.change(experiments.default("classify"), changes), tuple(found.lost)


class _Url:
    """The values of a URL by key. `lost` gathers, as they are read, the phrases on what cannot be carried over."""

    def __init__(self, url: str) -> None:
        if not is_url(url):
            raise SpecError("The address of an experiment of TensorFlow Playground begins with "
                            f"https://playground.tensorflow.org/#, not {show(url.strip())}.")  # fmt: skip
        self.lost: list[str] = []
        self._given: dict[str, str] = {}
        for piece in filter(None, url.strip().partition("#")[2].split("&")):
            key, equals, text = unquote(piece).partition("=")
            if not equals or not key.isidentifier():
                raise SpecError(f"Each part of the URL behind its # must be KEY=VALUE, not {show(piece)}.")
            self._given[key] = text.strip()

    def changes(self) -> dict[str, Any]:
        """By the paths of an Experiment. To be asked for once."""
        numeric = self._choice("problem") == "regression"
        data = self._choice("regDataset" if numeric else "dataset")
        n, first = DATA[data], self._first_seed()
        train, batch = self._number("percTrainData") / 100, int(self._number("batchSize"))
        changes = {
            **rules(data), **shares(n, train, first),
            "features": self._features(), "data.noise": self._number("noise") / 100,
            "model.hidden": self._hidden(), "model.activation": self._choice("activation"),
            "model.init": "zeros" if self._on("initZero") else "uniform",
            "optimizer.learning_rate": self._number("learningRate"), "training.batch_size": batch,
            **self._penalty(),
        }  # fmt: skip
        if self._given.get("seed"):
            changes |= {"seed.data": first, "seed.init": first, "seed.batches": first}
        self._compare_batches(int(n * train + 1e-9), batch)
        self._rest()
        return changes

    # ---- values ----
    def _on(self, key: str, default: bool = False) -> bool:
        """As that program reads it: what is not "false" is on."""
        text = self._given.get(key, "")
        return text != "false" if text else default

    def _choice(self, key: str) -> str:
        allowed, text = CHOICES[key], self._given.get(key, "")
        if text and text not in allowed:
            self.lost.append(f"{key}={show(text)}, which that program does not know either ({allowed[0]} instead)")
        return text if text in allowed else allowed[0]

    def _number(self, key: str) -> float:
        default, low, high = NUMBERS[key]
        text = self._given.get(key, "")
        value = _number(key, text, key in WHOLE, text) if text else default
        bounded = min(max(value, low), high)
        if bounded != value:
            self.lost.append(f"{key}={show(text)} (here from {low:g} to {high:g}: {bounded:g} instead)")
        return bounded

    def _features(self) -> tuple[str, ...]:
        on = [here for key, here in INPUTS.items() if self._on(key, default=key in ("x", "y"))]
        if not on:
            raise SpecError(f"The URL switches no input on: one of {', '.join(INPUTS)} must be true.", "features")
        return tuple(name for name in FEATURES if name in on)

    def _hidden(self) -> tuple[int, ...]:
        text = self._given.get("networkShape", "4,2")
        given = [_number("networkShape", item, True, text) for item in text.split(",")] if text else []
        hidden = tuple(int(min(max(units, 1), WIDEST)) for units in given[:MAX_LAYERS])
        if list(hidden) != given:
            self.lost.append(f"networkShape={show(text)} (here up to {MAX_LAYERS} layers of 1 to {WIDEST} units)")
        return hidden

    def _penalty(self) -> dict[str, float]:
        kind, rate = self._choice("regularization"), self._number("regularizationRate")
        if kind == "none" or not rate:
            return {}
        self.lost.append("the penalty's own step after that of the loss (here one step for both)")
        if kind == "L1":
            self.lost.append("weights that L1 has put to zero and that stay there (here they may move on)")
        return {f"training.{kind.lower()}": rate}

    def _first_seed(self) -> int:
        """A number of our own for each of its seeds."""
        text = self._given.get("seed", "")
        if not text:
            return 1
        self.lost.append(f"seed={show(text)} (the points and the initial weights are others, by the same rules)")
        if _NUMBER.fullmatch(text) and 0.0 <= float(text) < 1.0:
            return round(float(text) * N_SEEDS) % N_SEEDS
        return sum(ord(letter) * 31**i for i, letter in enumerate(text[:1000])) % N_SEEDS

    # ---- what has no place here ----
    def _compare_batches(self, n_train: int, batch: int) -> None:
        if batch > n_train:
            self.lost.append(f"no update at all with batchSize={batch} and {n_train} training points "
                             "(here one an epoch)")  # fmt: skip
        elif n_train % batch:
            self.lost.append("the gradients that are left over at the end of an epoch and wait for the next "
                             "(here the last batch is a short one)")  # fmt: skip

    def _rest(self) -> None:
        """Keys that say how the page looks, and unknown ones."""
        if self._given.get("showTestData") == "false":
            self.lost.append("showTestData=false (here the legend hides the test points)")
        if self._on("discretize"):
            self.lost.append("discretize")
        for key in ("cosX", "cosY"):
            if self._on(key):
                self.lost.append(f"{key}, which does nothing there either")
        if self._given.get("tutorial"):
            self.lost.append(f"tutorial={show(self._given['tutorial'])}")
        self.lost += [f"{key}, which concerns its page" for key in ("hideText", "collectStats") if self._on(key)]
        hides = [key for key, text in self._given.items() if key.endswith("_hide") and text == "true"]
        if hides:
            self.lost.append(f"hidden controls ({', '.join(map(show, hides))})")
        unknown = [key for key in self._given if key not in KNOWN and not key.endswith("_hide")]
        if unknown:
            self.lost.append(f"unknown: {', '.join(map(show, unknown))}")


def _number(key: str, text: str, whole: bool, given: str) -> float:
    """The number in `text`, which is `given` or one of those in it. Raises SpecError."""
    value = float(text) if _NUMBER.fullmatch(text.strip()) else float("nan")
    if not np.isfinite(value) or whole and value != int(value):
        kind = "a whole number" if whole else "a number"
        kind = "whole numbers with commas between them" if key == "networkShape" else kind
        raise SpecError(f"{key} in the URL must be {kind}, not {show(given)}.", key)
    return value
