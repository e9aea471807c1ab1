"""Hand-made samples for the views that look into a network."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from playground.engine.inside import (
    ExamplePass,
    ExampleSkip,
    HiddenSpace,
    Histogram,
    Histograms,
    LayerHistograms,
    PassStep,
)
from playground.engine.snapshot import Formula, Summary


def hidden(pair: bool = False) -> HiddenSpace:
    """Two arms of a spiral, half unrolled."""
    rng = np.random.default_rng(2)
    t = np.linspace(0.1, 1.0, 80)
    arm = np.stack([t, 0.6 * np.sin(3 * t)], 1)
    at = np.concatenate([arm, -arm]) + rng.normal(0, 0.04, (160, 2))
    line = np.linspace(-1, 1, 41)
    lines = np.stack([np.stack([np.tanh(line + c), np.tanh(c - 0.5 * line**2)], 1) for c in np.linspace(-1, 1, 13)])
    target = np.repeat([0.0, 1.0], 80)
    x = (np.arange(48) + 0.5) / 48 * 2.24 - 1.12
    p = 1 / (1 + np.exp(6 * (x[None, :] + 0.3 * x[:, None])))
    note = "The plane of the first two principal components of 8 units: 91 % of the variance."
    more: dict[str, Any] = {"x_label": "component 1 (71 %)", "y_label": "component 2 (20 %)", "note": note}
    if pair:
        more = {"regions": np.stack([1 - p, p], axis=2), "pair": (0, 1), "x_label": "unit 1", "y_label": "unit 2"}
    return HiddenSpace(
        title="Hidden space", ids=np.arange(160), at=at, target=target, guess=np.where(at[:, 0] > 0, 0.0, 1.0),
        test=np.arange(160) % 3 == 0, lines=lines, n_classes=2, layer=2, n_layers=2, n_units=2 if pair else 8,
        x=(-1.12, 1.12), y=(-1.12, 1.12), **more,
    )  # fmt: skip


def histograms(n: int = 3) -> Histograms:
    rng = np.random.default_rng(1)

    def one(values: np.ndarray, top: float) -> Histogram:
        counts, edges = np.histogram(values, 24, (-top, top))
        return Histogram(edges, counts)

    rows = tuple(
        LayerHistograms(f"layer {i + 1}" if i < n - 1 else "output", "tanh" * (i < n - 1), 8 if i < n - 1 else 2,
                        one(np.tanh(rng.normal(0, 1.5, 900)), 1.0), one(rng.normal(0, 0.8, 64), 2.0),
                        one(rng.normal(0, 0.01, 64), 0.03125), saturated=3 if i == 1 else 0)
        for i in range(n)
    )  # fmt: skip
    return Histograms(title="Histograms", layers=rows)


@lru_cache
def example(sizes: tuple[int, ...] = (2, 8, 8, 2), skip: bool = False) -> ExamplePass:
    """A network of tanh units with random weights; the numbers belong together but for the output's rule."""
    rng = np.random.default_rng(5)
    last = len(sizes) - 1
    W = [rng.normal(0, 0.7, (b, a)) for a, b in zip(sizes, sizes[1:], strict=False)]
    b = [rng.normal(0, 0.3, n) for n in sizes[1:]]
    values, sums = [rng.normal(size=sizes[0])], []
    for w, bias in zip(W, b, strict=True):
        sums.append(w @ values[-1] + bias)
        values.append(np.tanh(sums[-1]))
    values[-1] = np.exp(sums[-1]) / np.exp(sums[-1]).sum()
    target = np.eye(sizes[-1])[0]
    deltas: list[np.ndarray] = [values[-1] - target]
    back: list[np.ndarray] = []
    for k in range(last - 1, 0, -1):
        back.insert(0, W[k].T @ deltas[0])
        deltas.insert(0, back[0] * (1 - values[k] ** 2))
    gradients = [np.outer(d, a) for d, a in zip(deltas, values, strict=False)]
    steps = [PassStep("input", 0, "The example enters the network.",
                      Formula(r"\mathbf{a}^{(0)} = \mathbf{x}", "a = x"))]  # fmt: skip
    steps += [PassStep("sum", k, f"Each unit of layer {k} adds up what comes in, times the weights, and its bias.",
                       Formula(rf"\mathbf{{z}}^{{({k})}} = W^{{({k})}} \mathbf{{a}}^{{({k - 1})}}", "z = W a"))
              for k in range(1, last + 1)]  # fmt: skip
    steps.append(PassStep("error", last, "The error compares what the network says, y, with what is true, t.",
                          Formula(r"E = -\sum_k t_k \ln y_k =", "E =", 0.693)))  # fmt: skip
    steps += [PassStep("delta", k, f"The chain rule: the error comes back through the weights to hidden layer {k}.",
                       Formula(r"\boldsymbol{\delta}^{(1)} = W^{(2)\mathsf{T}} \boldsymbol{\delta}^{(2)}", "delta ="))
              for k in reversed(range(1, last))]  # fmt: skip
    steps += [PassStep("gradient", 1, "The value at the start of each link times the delta at its end.",
                       Formula(r"\frac{\partial E}{\partial w} = \delta a", "dE/dw = delta a")),
              PassStep("update", 0, "Each weight takes a small step against its gradient.",
                       Formula(r"\Delta w = -\eta\,\frac{\partial E}{\partial w},\quad \eta =", "eta =", 0.03)),
              ]  # fmt: skip
    return ExamplePass(
        title="One example", example=7, place=6, n=224, before=6, after=9, X=values[0], truth="A", said="A (57 %)",
        inputs=("x1", "x2"), outputs=("A", "B"), activations=("tanh",) * (last - 1), values=tuple(values),
        sums=tuple(sums), slopes=tuple(1 - v**2 for v in values[1:-1]), back=tuple(back), deltas=tuple(deltas),
        weights=tuple(W), biases=tuple(b), gradients=tuple(gradients), bias_gradients=tuple(deltas),
        updates=tuple(-0.03 * g for g in gradients), bias_updates=tuple(-0.03 * d for d in deltas),
        skips=(ExampleSkip(1, 2),) if skip else (), target=target, loss=0.693, rate=0.03, steps=tuple(steps),
    )  # fmt: skip


def samples() -> dict[str, Summary]:
    return {
        "hidden": hidden(), "hidden-pair": hidden(True), "histograms": histograms(), "histograms-deep": histograms(7),
        "example": example(), "example-large": example((2, 32, 32, 32, 32, 32, 32, 2)),
        "example-skip": example((2, 4, 4, 2), True),
    }  # fmt: skip
