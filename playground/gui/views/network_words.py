"""What a picture of a network shows, in words: names of layers, units and links, and what is said beside the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from playground.engine import links
from playground.engine.experiment import Experiment
from playground.engine.links import Link, Skip
from playground.engine.models.mlp import NAMES
from playground.engine.snapshot import Network
from playground.gui import network_changes
from playground.gui.numbers import fmt
from playground.gui.views.base import ChartView
from playground.gui.views.network_layout import Target, input_name
from playground.gui.widgets.text import plain


class NetworkWords(ChartView):
    """The newest summary and the document that it answers, which may be a step ahead."""

    shows = Network

    def __init__(self, parent: QWidget | None = None) -> None:
        self.experiment: Experiment | None = None
        self.condensed = False
        """Whether each hidden layer is shown as one block."""
        self.rubber: tuple[int, QPointF] | None = None
        """A residual connection that is being dragged: the layer it comes from, where its end is."""
        self.troubles: dict[int, str] = {}
        """What is wrong with which layers, in a sentence each."""
        self._whole: Network | None = None
        self._condensed: Network | None = None
        super().__init__(parent)

    @property
    def network(self) -> Network:
        """What is drawn: the network, or its layers as blocks."""
        assert self.summary is not None
        if not self.condensed:
            return self.summary
        if self._condensed is None or self._whole is not self.summary:
            self._whole, self._condensed = self.summary, condensed(self.summary)
        return self._condensed

    @property
    def n_parameters(self) -> int:
        s = self.summary
        return sum(array.size for arrays in (s.weights, s.biases, s.projections) for array in arrays)

    def value(self, link: Link) -> float | None:
        """The number that stands there now; None where the network has no such link."""
        try:
            if link.before:
                return float(self.summary.weights[link.layer - 1][link.before - 1, link.unit - 1])
            return float(self.summary.biases[link.layer - 1][link.unit - 1])
        except IndexError:
            return None

    def skips(self) -> list[Skip]:
        """The residual connections of the document that this network has the layers for."""
        if self.experiment is None or self.summary is None or not self.experiment.model.editable:
            return []
        n = len(self.summary.units)
        return [skip for skip in map(links.skip, self.experiment.model.skips) if skip.target < n]

    def held(self) -> dict[Link, float]:
        if self.experiment is None or not self.experiment.model.editable:
            return {}
        return network_changes.held_values(self.experiment)

    # ---- names
    def layer_name(self, layer: int) -> str:
        if layer == 0:
            return self.tr("the inputs")
        return self.tr("the output") if layer == len(self.summary.units) - 1 else self.tr("layer {n}").format(n=layer)

    def unit_name(self, layer: int, unit: int) -> str:
        network = self.summary
        if layer == 0:
            return input_name(network.inputs[unit])
        if layer == len(network.units) - 1:
            if len(network.units[layer]) == 1:
                return self.tr("the output")
            name = network.outputs[unit] if unit < len(network.outputs) else str(unit + 1)
            return self.tr("output {name}").format(name=name)
        return self.tr("unit {unit} of layer {layer}").format(unit=unit + 1, layer=layer)

    def link_name(self, target: Target) -> str:
        if target.kind == "bias":
            return self.tr("Bias of {unit}").format(unit=self.unit_name(target.layer, target.a))
        return self.tr("Weight from {a} to {b}").format(
            a=self.unit_name(target.layer - 1, target.a), b=self.unit_name(target.layer, target.b)
        )

    def short_name(self, target: Target) -> str:
        """For a narrow heading."""

        def unit(layer: int, i: int) -> str:
            return self.unit_name(layer, i) if layer in (0, len(self.summary.units) - 1) else f"{layer}.{i + 1}"

        if target.kind == "bias":
            return self.tr("Bias of {unit}").format(unit=unit(target.layer, target.a))
        words = self.tr("Weight {a} → {b}")
        return words.format(a=unit(target.layer - 1, target.a), b=unit(target.layer, target.b))

    def activation(self, layer: int) -> str:
        """Of a hidden layer, as the document has it or, until the document is known, as the network has it."""
        names = self.summary.activations
        if self.experiment is not None and len(self.experiment.model.hidden) == len(names):
            names = self.experiment.model.layer_activations()
        return names[layer - 1] if layer - 1 < len(names) else ""

    def dropout(self, layer: int) -> float:
        if self.experiment is None or layer > len(self.experiment.model.hidden):
            return 0.0
        return float(self.experiment.model.layer_dropouts()[layer - 1])

    def _units(self, layer: int) -> int:
        hidden = self.experiment.model.hidden if self.experiment is not None else ()
        same = self.summary is not None and len(hidden) == len(self.summary.units) - 2
        return hidden[layer - 1] if same else len(self.summary.units[layer])

    def _head(self, layer: int) -> str:
        if layer == 0:
            return self.tr("inputs")
        n = len(self.summary.units[layer])
        if layer == len(self.summary.units) - 1:
            return self.tr("output") if n == 1 else self.tr("outputs")
        return f"{self._units(layer)} {activation_name(self.activation(layer))}".strip()

    # ---- what is said beside the mouse
    def says(self, target: Target) -> list[str]:
        link = target.link
        if link is not None:
            value, held = self.value(link), self.held()
            state = "" if link not in held else self.tr("cut") if held[link] == 0 else self.tr("frozen")
            how = self.tr("Click to type, drag up and down to change.")
            return [f"{self.link_name(target)}: {fmt(None if value is None else float(f'{value:.4g}'))}"
                    + (f", {state}" if state else ""), how]  # fmt: skip
        if target.kind == "unit":
            return self._says_unit(target)
        if target.kind == "input":
            return [self.tr("An input that is off"), self.tr("Click to switch it on.")]
        if target.kind == "skip":
            skip = links.skip(target.name)
            how = self.tr("by a learned projection") if skip.projection else self.tr("unit by unit")
            words = self.tr("Added to the sums of {to}, {how}. Click to remove.")
            return [self.tr("Residual connection from {a} to {b}").format(
                a=self.layer_name(skip.source), b=self.layer_name(skip.target)),
                words.format(to=self.layer_name(skip.target), how=how)]  # fmt: skip
        if target.kind == "port":
            return self._says_port(target.layer)
        said = [self.button_name(target)]
        if target.kind in ("kind", "head") and target.layer in self.troubles:
            said.append(self.troubles[target.layer])
        return [line for line in said if line]

    def _says_unit(self, target: Target) -> list[str]:
        if self.condensed and 0 < target.layer < len(self.summary.units) - 1:
            return [self.tr("All units of layer {n}").format(n=target.layer), self.tr("Click to see them one by one.")]
        name = self.unit_name(target.layer, target.a)
        how = self.tr("Click for its formula.") if target.layer else self.tr("Click to switch it off.")
        head = name[:1].upper() + name[1:]
        if not target.layer and target.a < len(self.summary.scaling):
            mean, scale = (fmt(float(f"{number:.3g}")) for number in self.summary.scaling[target.a])
            words = self.tr("{input}, standardised: minus {mean}, divided by {scale}")
            head = words.format(input=head, mean=mean, scale=scale)
        return [head, how]

    def _says_port(self, layer: int) -> list[str]:
        if self.rubber is not None and layer != self.rubber[0]:
            return [self.fitting(self.rubber[0], layer) or self._widths(self.rubber[0], layer)
                    or self.tr("Let go for a residual connection.")]  # fmt: skip
        return [self.tr("Drag to another layer"), self.tr("A residual connection adds this layer to its sums.")]

    def button_name(self, target: Target) -> str:
        names = {
            "add": self.tr("Add a layer"), "more": self.tr("One more unit in layer {n}"),
            "less": self.tr("One unit less in layer {n}"), "remove": self.tr("Remove layer {n}"),
            "kind": self.tr("Activation and dropout of layer {n}") if target.layer else self.tr("Powers and a formula"),
        }  # fmt: skip
        return names.get(target.kind, "").format(n=target.layer)

    # ---- residual connections
    def fitting(self, source: int, target: int) -> str:
        source, target = sorted((source, target))
        if target - source < 2:
            return self.tr("A residual connection passes over one layer at least.")
        if any((skip.source, skip.target) == (source, target) for skip in self.skips()):
            return self.tr("These two layers are connected already.")
        return ""

    def _width(self, layer: int) -> int:
        return len(self.summary.units[layer])

    def _widths(self, source: int, target: int) -> str:
        """The sentence for two layers of different width; empty for the same."""
        source, target = sorted((source, target))
        a, b = self._width(source), self._width(target)
        if a == b:
            return ""
        words = self.tr("Different widths, {a} and {b}: it takes a learned projection.")
        return words.format(a=a, b=b)


def condensed(network: Network) -> Network:
    """Each hidden layer as one unit: the mean of its pictures; mean size and prevailing sign of its weights."""
    last = len(network.units) - 1
    units = [u if i in (0, last) else u.mean(axis=0, keepdims=True) for i, u in enumerate(network.units)]
    weights = []
    for i, w in enumerate(network.weights):
        size, sign = np.abs(w), np.asarray(w, dtype=np.float64)
        for axis, whole in ((0, i > 0), (1, i + 1 < last)):
            if whole:
                size, sign = size.mean(axis=axis, keepdims=True), sign.mean(axis=axis, keepdims=True)
        weights.append(np.where(sign >= 0, size, -size))
    biases = [b if i + 1 == last else b.mean(keepdims=True) for i, b in enumerate(network.biases)]
    return Network(
        inputs=network.inputs, outputs=network.outputs, activations=network.activations, units=tuple(units),
        weights=tuple(weights), biases=tuple(biases), others=network.others, other_units=network.other_units,
        scaling=network.scaling,
    )  # fmt: skip


def activation_name(name: str) -> str:
    short = NAMES.get(name, name)
    return short if name in ("relu", "leaky_relu", "elu", "gelu", "silu") else short.lower()


def spoken(lines: list[str]) -> str:
    """The same for a screen reader."""
    return ". ".join(plain(line).rstrip(".") for line in lines if line)
