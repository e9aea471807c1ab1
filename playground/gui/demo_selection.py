"""Hand-made summaries of model selection for looking at their views; `demo.py` shows them."""

from __future__ import annotations

import numpy as np

from playground.engine.snapshot import (
    Choice,
    Folds,
    Formula,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Mark,
    Panel,
    Series,
    Summary,
    Surface,
)  # fmt: skip


def cross_validation() -> Lines:
    m = np.arange(10.0)
    held = np.array([0.74, 0.58, 0.61, 0.27, 0.28, 0.33, 0.36, 0.55, 0.9, 3.4])
    error = np.array([0.06, 0.07, 0.09, 0.04, 0.05, 0.08, 0.09, 0.2, 0.45, 2.1])
    train = np.array([0.72, 0.55, 0.55, 0.2, 0.19, 0.17, 0.16, 0.12, 0.09, 0.01])
    series = (
        Series("training", "training", m, train, markers=True),
        Series("held out", "validation", m, held, markers=True, error=error),
    )
    marks = (Mark(3, "least"), Mark(3, "one standard error"), Mark(4, "now"))
    choices = (Choice("Use M = 3", {"model.order": 3}), Choice("Use M = 3, one s.e.", {"model.order": 3}))
    return Lines(title="Cross-validation", x_label="M", y_label="E_RMS", math_labels=True, integer_x=True,
                 path="model.order", band=(3.75, 4.25), series=series, marks=marks, can_log=True,
                 note="10 folds of 10 points: 100 trainings.", choices=choices)  # fmt: skip


def bias_variance() -> Lines:
    x = np.linspace(-12, 4, 33)
    bias = 0.008 + 0.25 / (1 + np.exp(-(x - 0.6) * 1.1))
    variance = 0.004 + 0.11 / (1 + np.exp((x + 2) * 0.8))
    noise = np.full(33, 0.09)
    test = bias + variance + noise + np.random.default_rng(0).normal(0, 0.006, 33)
    series = (
        Series("test", "test", x, test), Series("noise", "noise", x, noise), Series("bias²", "bias", x, bias),
        Series("variance", "variance", x, variance), Series("sum", "sum", x, bias + variance + noise),
    )  # fmt: skip
    return Lines(title="Bias and variance", x_label="ln λ", y_label="", math_labels=True, path="model.ln_lambda",
                 series=series, marks=(Mark(-1.5, "least sum"), Mark(-1.0, "least test error")))  # fmt: skip


def grid_map(columns: int = 10, rows: int = 42) -> GridMap:
    m, k = np.meshgrid(np.arange(columns), np.linspace(-41, 0, rows))
    flexible = 0.09 * np.maximum(m - 3, 0) * (1 + np.tanh((-k - 24) / 6))
    log = 1.0 * np.exp(-m * 0.5) + flexible + 0.7 * np.exp((k - 1) / 4) + 0.0004 * (k + 15) ** 2
    value = 0.26 * np.exp(log + 0.02 * np.sin(5 * m * k))
    value[0, 9] = 1e6
    best = np.unravel_index(np.nanargmin(value), value.shape)
    y = (None, *np.linspace(-40, 0, rows - 1).tolist())
    return GridMap(title="Map", x=tuple(float(i) for i in range(columns)), y=y, value=value, x_label="M",
                   y_label="ln λ", value_label="held-out RMS", x_path="model.order", y_path="model.ln_lambda",
                   here=(9, 0), best=(int(best[1]), int(best[0])), simplest=(3, rows - 12),
                   choices=(Choice("Use the least", {"model.order": 3, "model.ln_lambda": -18.0}),))  # fmt: skip


def gallery(orders: tuple[int, ...] = (0, 1, 3, 9), n: int = 10) -> Gallery:
    rng = np.random.default_rng(5)
    points = np.linspace(0, 1, n)
    t = np.sin(2 * np.pi * points) + rng.normal(0, 0.25, n)
    x = np.linspace(0, 1, 200)
    panels = []
    for order in orders:
        w = np.linalg.lstsq(np.vander(points, order + 1), t, rcond=1e-14)[0]
        off = np.sqrt(np.mean((np.vander(x, order + 1) @ w - np.sin(2 * np.pi * x)) ** 2))
        panels.append(Panel(f"M = {order}", np.vander(x, order + 1) @ w, f"test RMS {off:.2f}", order == 3,
                            {"model.order": order}))  # fmt: skip
    return Gallery(title="Gallery", panels=tuple(panels), x=x, truth=np.sin(2 * np.pi * x), points_x=points,
                   points_t=t, y_range=(-1.5, 1.5))  # fmt: skip


def folds(s: int = 5) -> Folds:
    rng = np.random.default_rng(2)
    held = np.exp(rng.normal(-1.1, 0.4, s))
    return Folds(title="Folds", ids=np.arange(2 * s), fold=np.arange(2 * s) % s, train=held * 0.4 + 0.05,
                 held_out=held, x=np.linspace(0, 1, 50), curves=np.zeros((s, 50)), mean=float(held.mean()),
                 standard_error=float(held.std(ddof=1) / np.sqrt(s)) if s > 1 else float("nan"),
                 n_trainings=s)  # fmt: skip


def surface(size: int = 60) -> Surface:
    a, b = np.linspace(-2.5, 2.5, size), np.linspace(-2, 2, size)
    u, v = np.meshgrid(a, b)
    value = 0.5 * (1.6 * (u - 0.4) ** 2 + 2 * 1.3 * (u - 0.4) * (v + 0.3) + 1.4 * (v + 0.3) ** 2) + 0.12
    place, path = np.array([-2.0, -1.5]), []
    for _ in range(40):
        path.append(place.copy())
        d = place - np.array([0.4, -0.3])
        place = place - 0.6 * np.array([1.6 * d[0] + 1.3 * d[1], 1.3 * d[0] + 1.4 * d[1]])
    return Surface(title="Error surface", x=a, y=b, value=value, x_label="w₀", y_label="w₁", path=np.array(path),
                   here=(float(path[-1][0]), float(path[-1][1])), minimum=(0.4, -0.3),
                   note="Condition number 14: the bowl is long and narrow, so the descent zigzags.")  # fmt: skip


def formulas() -> Formulas:
    rows = (
        Formula(r"E(\mathbf{w}) = \frac{1}{2}\sum_{n=1}^{N}\{y(x_n,\mathbf{w})-t_n\}^2",
                "E(w), half the sum of squared errors =", 0.1234, "training"),
        Formula(r"E_{\mathrm{RMS}} = \sqrt{\frac{1}{N}\sum_{n=1}^{N}\{y(x_n,\mathbf{w})-t_n\}^2}",
                "training RMS error =", 0.157, "training"),
        Formula(r"\widetilde{E}(\mathbf{w}) = E(\mathbf{w}) + \frac{\lambda}{2}\|\mathbf{w}\|^2", "penalised error =",
                232.5, None),
        Formula(r"\mathbf{w}^\star = (\boldsymbol{\Phi}^{\mathrm{T}}\boldsymbol{\Phi} + \lambda\mathbf{I})^{-1}"
                r"\boldsymbol{\Phi}^{\mathrm{T}}\mathbf{t}",
                "the weights of the least error"),
    )  # fmt: skip
    return Formulas(title="Formulas", rows=rows)


def samples() -> dict[str, Summary]:
    """By the name of the view's module; more of them after a hyphen."""
    return {
        "lines-folds": cross_validation(),
        "lines-bias": bias_variance(),
        "gridmap": grid_map(),
        "gallery": gallery(),
        "gallery-nine": gallery(tuple(range(9))),
        "folds": folds(),
        "folds-ten": folds(10),
        "folds-hundred": folds(100),
        "surface": surface(),
        "formulas": formulas(),
    }
