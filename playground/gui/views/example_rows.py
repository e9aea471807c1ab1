"""What a step of one example says in numbers: at every unit, on every link, and line by line for one unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from playground.engine.inside import ExamplePass, PassStep
from playground.gui.views.network_layout import input_name
from playground.gui.views.readout import reading

Floats = NDArray[np.float64]
TR = QCoreApplication.translate


@dataclass(frozen=True)
class Line:
    """One line of the list: what it is (in a narrow list only its number), and its numbers as a small calculation."""

    name: str
    text: str
    total: bool = False
    short: str = ""


def short(value: float) -> str:
    """A number in a small box: one digit where it is small."""
    if not 1e-12 <= abs(value) < 0.005:
        return reading(value)
    digits, exponent = f"{value:.0e}".split("e")
    return f"{digits}e{int(exponent)}".replace("-", "\u2212")


def unit_numbers(s: ExamplePass, step: PassStep) -> list[tuple[str, Floats] | None]:
    """For each layer what its units show at this step: ("a" | "z" | "delta", numbers), or None before it is known."""
    last, forward = len(s.values) - 1, step.kind in ("input", "sum", "activation", "output")
    found: list[tuple[str, Floats] | None] = []
    for layer in range(last + 1):
        if forward:
            if layer > step.layer:
                found.append(None)
            elif layer == step.layer and step.kind == "sum":
                found.append(("z", s.sums[layer - 1]))
            else:
                found.append(("a", s.values[layer]))
        elif layer and (step.kind == "update" or step.kind in ("delta", "gradient") and layer >= step.layer):
            found.append(("delta", s.deltas[layer - 1]))
        else:
            found.append(("a", s.values[layer]))
    return found


def link_numbers(s: ExamplePass, step: PassStep, layer: int) -> Floats | None:
    """What the links into a layer show, [units, units before]; None where the step says nothing of them."""
    if step.kind == "sum" and layer == step.layer or step.kind == "delta" and layer == step.layer + 1:
        return s.weights[layer - 1]
    if step.kind == "gradient" and layer == step.layer:
        return s.gradients[layer - 1]
    return s.updates[layer - 1] if step.kind == "update" else None


def lines(s: ExamplePass, step: PassStep, layer: int, unit: int) -> list[Line]:
    """The calculation at one unit of a layer, or at all units of it where each is computed from itself alone."""
    if step.kind == "input":
        return [Line(input_name(name), reading(v)) for name, v in zip(s.inputs, s.values[0], strict=False)]
    if step.kind == "sum":
        return _sum(s, layer, unit)
    if step.kind in ("activation", "output"):
        pairs = zip(s.sums[layer - 1], s.values[layer], strict=True)
        return [Line(_unit(s, layer, i), f"{reading(z)} → {reading(a)}") for i, (z, a) in enumerate(pairs)]
    if step.kind == "error":
        pairs = zip(s.values[-1], s.target, strict=True)
        found = [Line(_unit(s, layer, i), f"*y* {reading(y)}, *t* {reading(t)}") for i, (y, t) in enumerate(pairs)]
        return [*found, Line("*E*", reading(s.loss), True)]
    if step.kind == "delta":
        return _delta(s, layer, unit)
    return _gradient(s, layer, unit) if step.kind == "gradient" else _update(s, layer, unit)


def _unit(s: ExamplePass, layer: int, i: int) -> str:
    if layer == 0:
        return input_name(s.inputs[i]) if i < len(s.inputs) else str(i + 1)
    if layer == len(s.values) - 1 and i < len(s.outputs) and len(s.values[-1]) > 1:
        return s.outputs[i]
    return TR("ExampleRows", "unit {i}").format(i=i + 1)


def unit_name(s: ExamplePass, layer: int, i: int) -> str:
    """With the layer that it belongs to."""
    if layer in (0, len(s.values) - 1):
        return _unit(s, layer, i)
    return TR("ExampleRows", "unit {i} of layer {layer}").format(i=i + 1, layer=layer)


def _times(a: float, b: float) -> str:
    return f"{short(a)} × {short(b)} = {short(a * b)}"


def _sum(s: ExamplePass, layer: int, unit: int) -> list[Line]:
    before = s.values[layer - 1]
    found = [Line(_unit(s, layer - 1, j), _times(float(w), float(a)), short=str(j + 1))
             for j, (w, a) in enumerate(zip(s.weights[layer - 1][unit], before, strict=True))]  # fmt: skip
    for skip in s.skips:
        if skip.target == layer:
            a = s.values[skip.source]
            more = float(skip.weights[unit] @ a) if skip.weights.size else float(a[unit])
            found.append(Line(TR("ExampleRows", "residual, layer {l}").format(l=skip.source), reading(more)))
    found.append(Line(TR("ExampleRows", "bias"), reading(float(s.biases[layer - 1][unit]))))
    return [*found, Line(TR("ExampleRows", "sum"), reading(float(s.sums[layer - 1][unit])), True)]


def _delta(s: ExamplePass, layer: int, unit: int) -> list[Line]:
    if layer == len(s.values) - 1:
        pairs = zip(s.values[-1], s.target, s.deltas[-1], strict=True)
        return [Line(_unit(s, layer, i), f"*y* {reading(y)}, *t* {reading(t)}, *δ* {reading(d)}")
                for i, (y, t, d) in enumerate(pairs)]  # fmt: skip
    ahead = s.deltas[layer]
    found = [Line(_unit(s, layer + 1, k), _times(float(s.weights[layer][k, unit]), float(d)), short=str(k + 1))
             for k, d in enumerate(ahead)]  # fmt: skip
    for skip in s.skips:
        if skip.source == layer:
            d = s.deltas[skip.target - 1]
            more = float(skip.weights[:, unit] @ d) if skip.weights.size else float(d[unit])
            found.append(Line(TR("ExampleRows", "residual, layer {l}").format(l=skip.target), reading(more)))
    slope, back = float(s.slopes[layer - 1][unit]), float(s.back[layer - 1][unit])
    found.append(Line(TR("ExampleRows", "comes back"), reading(back)))
    found.append(Line(TR("ExampleRows", "slope f ′"), reading(slope)))
    return [*found, Line("δ", _times(back, slope), True)]


def _gradient(s: ExamplePass, layer: int, unit: int) -> list[Line]:
    delta = float(s.deltas[layer - 1][unit])
    found = [Line(_unit(s, layer - 1, j), _times(delta, float(a)), short=str(j + 1))
             for j, a in enumerate(s.values[layer - 1])]  # fmt: skip
    for skip in s.skips:
        if skip.target == layer and skip.weights.size:
            found += [Line(f"P, {_unit(s, skip.source, j)}", reading(float(g)))
                      for j, g in enumerate(skip.gradients[unit])]  # fmt: skip
    return [*found, Line(TR("ExampleRows", "bias"), reading(float(s.bias_gradients[layer - 1][unit])))]


def _update(s: ExamplePass, layer: int, unit: int) -> list[Line]:
    def change(w: float, step: float) -> str:
        return f"{short(w)} {'+' if step >= 0 else '−'} {short(abs(step))} = {short(w + step)}"

    found = [Line(_unit(s, layer - 1, j), change(float(w), float(step)), short=str(j + 1)) for j, (w, step) in
             enumerate(zip(s.weights[layer - 1][unit], s.updates[layer - 1][unit], strict=True))]  # fmt: skip
    for skip in s.skips:
        if skip.target == layer and skip.weights.size:
            pairs = zip(skip.weights[unit], skip.updates[unit], strict=True)
            found += [Line(f"P, {_unit(s, skip.source, j)}", change(float(w), float(step)))
                      for j, (w, step) in enumerate(pairs)]  # fmt: skip
    bias, step = float(s.biases[layer - 1][unit]), float(s.bias_updates[layer - 1][unit])
    return [*found, Line(TR("ExampleRows", "bias"), change(bias, step))]
