"""Experiments that are ready to be opened, each of which shows one thing: in the menu Lab, and as `preset:NAME`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.engine import experiment as experiments
from playground.engine import tensorflow_playground
from playground.engine.experiment import Experiment
from playground.engine.registry import Registry
from playground.engine.schema import SpecError, show

PREFIX = "preset:"


@dataclass(frozen=True)
class Preset:
    """changes   from the default of the lab, given the data set that is on screen now (empty: none is)
    about     one sentence: what to do or to look at, and what it shows
    """

    name: str
    title: str
    about: str
    changes: Callable[[str], Mapping[str, Any]]
    lab: str = "classify"

    def experiment(self, on_screen: str = "") -> Experiment:
        """The Experiment; of the one that it takes the place of, only the kind of its data can matter."""
        return experiments.change(experiments.default(self.lab), self.changes(on_screen))


presets: Registry[Preset] = Registry("presets")


def named(text: str) -> Preset:
    """The preset of `preset:NAME`. Raises SpecError."""
    name = text.strip().removeprefix(PREFIX)
    if name not in presets:
        raise SpecError(f"A preset must be one of {', '.join(presets)}, not {show(name)}.", "preset")
    return presets[name]


def _add(name: str, title: str, about: str, changes: Mapping[str, Any]) -> None:
    presets.register(name, Preset(name, title, about, lambda _: changes))


def _as_tensorflow(on_screen: str) -> Mapping[str, Any]:
    """A data set that both programs have stays on screen."""
    known = on_screen in tensorflow_playground.DATA
    return tensorflow_playground.rules(on_screen) if known else tensorflow_playground.rules()


presets.register("tensorflow", Preset(
    "tensorflow", "As TensorFlow Playground does it",
    "Its initial weights, output, loss, batches and learning rate, and one order of the points that is kept.",
    _as_tensorflow,
))  # fmt: skip
_add("spiral", "The spiral from x1 and x2 alone",
     "Sine units and Adam tell the arms apart within a few dozen epochs, without squares or sines as inputs.",
     {"data.kind": "spiral", "data.noise": 0.0, "model.hidden": (16, 16), "model.activation": "sine",
      "optimizer.learning_rate": 0.01, "training.max_epochs": 100})  # fmt: skip
_add("xor", "XOR needs a hidden layer",
     "Without a hidden layer there is one straight line, and XOR stays at chance; add four units, and it is learned.",
     {"data.kind": "xor", "data.noise": 0.0, "model.hidden": ()})  # fmt: skip
_add("features", "The right inputs instead of a layer",
     "Given the squares of x1 and x2, one straight line in them is a circle: no hidden layer is needed.",
     {"data.kind": "circle", "features": ("x1^2", "x2^2"), "model.hidden": ()})  # fmt: skip
_add("linear", "Depth without bending",
     "Three layers of linear units are still one straight line; choose tanh as the activation, and it closes.",
     {"data.kind": "circle", "model.hidden": (8, 8, 8), "model.activation": "linear"})  # fmt: skip
_add("zeros", "Zeros learn nothing",
     "Units that begin as zeros pass nothing on, forwards or backwards: only the biases of the output move.",
     {"data.kind": "circle", "model.init": "zeros"})  # fmt: skip
_add("large-rate", "Too large a learning rate",
     "The loss jumps about and settles nowhere; turn the learning rate down to 0.1 while it runs.",
     {"data.kind": "circle", "optimizer.kind": "sgd", "optimizer.learning_rate": 3.0})  # fmt: skip
_add("dead-relus", "Dead ReLUs",
     "One step that is too large pushes every ReLU below zero, where its slope is zero: it never comes back.",
     {"data.kind": "circle", "model.activation": "relu", "model.init": "he", "optimizer.kind": "sgd",
      "optimizer.learning_rate": 3.0})  # fmt: skip
_add("vanishing", "Deep and vanishing",
     "Through eight layers of sigmoids the gradient fades away; with ReLU and He's initial weights it arrives.",
     {"data.kind": "circle", "model.hidden": (8,) * 8, "model.activation": "sigmoid", "optimizer.kind": "sgd",
      "optimizer.learning_rate": 0.1})  # fmt: skip
_add("overfitting", "More weights than data",
     "Forty points, some with a wrong label, and a thousand weights: the test loss turns up while the other falls.",
     {"data.kind": "gauss", "data.n": 80, "data.noise": 0.2, "data.flip": 0.15, "split.train": 0.5,
      "model.hidden": (32, 32)})  # fmt: skip
