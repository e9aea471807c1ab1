"""Shows the canvas or a chart view alone, with hand-made summaries in place of an engine.

`python -m playground.gui.canvas --lab classify --theme dark` and `python -m playground.gui.views.lines` come
here; with `--out picture.png` nothing is opened, the widget is drawn into a file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.comparison import Contender, SideBySide
from playground.engine.experiment import Experiment
from playground.engine.problem import Problem
from playground.engine.snapshot import (
    Bars,
    Confusion,
    DecisionMap,
    Fit,
    Lines,
    Mark,
    Network,
    Predictions,
    Roc,
    Series,
    Snapshot,
    Summary,
    Table,
)  # fmt: skip
from playground.gui import demo_inside, demo_selection
from playground.gui.theme import CHOICES, host
from playground.gui.views import typeset


def _options(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--theme", choices=CHOICES, default="light")
    parser.add_argument("--zoom", type=float, default=1.0)
    parser.add_argument("--size", default="")
    parser.add_argument("--out", help="write a picture instead of opening a window")
    return parser


def _run(options: argparse.Namespace, make: Callable[[], QWidget], size: tuple[int, int]) -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    host().set_choice(options.theme)
    host().apply(app)
    host().set_zoom(options.zoom)
    widget = make()
    widget.resize(*(int(v) for v in options.size.split("x")) if options.size else size)
    QWidget.show(widget)
    app.processEvents()
    if options.out:
        widget.grab()  # asks for formulas, where there are any
        typeset.finish()
        widget.grab().save(options.out)
    else:
        app.exec()


# ------------------------------------------------------------------------------------------------ canvas


def show_canvas(canvas_class: Any) -> None:
    parser = _options("Show the canvas with a lab's first data set.")
    parser.add_argument("--lab", choices=("curve", "classify"), default="curve")
    parser.add_argument("--order", type=int, default=9)
    options = parser.parse_args()
    changes = {"model.order": options.order} if options.lab == "curve" else {}
    experiment = experiments.change(experiments.default(options.lab), changes)

    def make() -> QWidget:
        canvas = canvas_class()
        _wire(canvas, experiment)
        return canvas

    _run(options, make, (894, 504))


def _wire(canvas: Any, experiment: Experiment) -> None:
    """Answer the canvas's edits as the window would, with the stand-in for a model."""
    state = {"experiment": experiment}

    def show() -> None:
        problem = problems.build(state["experiment"])
        canvas.set_experiment(state["experiment"], problem)
        canvas.show(Snapshot(summaries=stand_in(state["experiment"], problem)))

    def edited(points: Any, text: str, key: str) -> None:
        state["experiment"] = experiments.change(state["experiment"], {"data.points": points})
        show()

    canvas.edit.connect(edited)
    show()


def stand_in(experiment: Experiment, problem: Problem) -> dict[str, Summary]:
    """Summaries that look like those of a trained model."""
    X, t = problem.train.X, problem.train.t
    if problem.n_inputs == 1:
        x = np.linspace(-0.03, 1.03, 400)
        order = getattr(experiment.model, "order", 3)
        if not len(t):
            return {}
        powers = np.vander(X[:, 0], order + 1, increasing=True)
        w = np.linalg.lstsq(powers, t, rcond=1e-15)[0]
        return {"fit": Fit(x=x, y=np.vander(x, order + 1, increasing=True) @ w)}
    grid = np.linspace(-6, 6, 201)[1::2]
    cells = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    return {
        "map": DecisionMap(values=_vote(cells, X, t, problem.n_classes).reshape(100, 100, -1)),
        "predictions": Predictions(ids=problem.points.ids,
                                   value=_vote(problem.points.X, X, t, problem.n_classes).argmax(axis=1)),
        "network": network((2, 8, 8, 1)),
    }  # fmt: skip


def _vote(at: np.ndarray, X: np.ndarray, t: np.ndarray, k: int) -> np.ndarray:
    """Probabilities [n, k] by the distances to the training points."""
    near = np.exp(-((at[:, None, :] - X[None]) ** 2).sum(axis=2) / 0.5) + 1e-12
    votes = np.stack([near[:, t == c].sum(axis=1) for c in range(k)], axis=1)
    share = votes / votes.sum(axis=1, keepdims=True)
    sharp = share**3
    return sharp / sharp.sum(axis=1, keepdims=True)


# ------------------------------------------------------------------------------------------------ views


def network(sizes: tuple[int, ...]) -> Network:
    """A network with random weights and the pictures that its units would show."""
    rng = np.random.default_rng(3)
    grid = np.linspace(-3, 3, 24)
    x1, x2 = np.meshgrid(grid, grid)
    weights, biases, units = [], [], [np.stack([x1 / 3, x2 / 3])[: sizes[0]]]
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        weights.append(rng.normal(0, 1, (n_in, n_out)))
        biases.append(rng.normal(0, 0.5, n_out))
        units.append(np.tanh(np.tensordot(weights[-1].T, units[-1], 1) + biases[-1][:, None, None]))
    return Network(inputs=("x1", "x2"), outputs=("y",), activations=("tanh",) * (len(sizes) - 2),
                   units=tuple(units), weights=tuple(weights), biases=tuple(biases))  # fmt: skip


def loss() -> Lines:
    rng = np.random.default_rng(0)
    x = np.arange(413.0)
    noise = np.exp(rng.normal(0, 0.03, 413))
    train = 0.67 * np.exp(-np.maximum(x - 30, 0) / 75) + 0.029
    test = 0.55 * np.exp(-np.maximum(x - 30, 0) / 55) + 0.13 + x * 1e-4
    ghost = 0.35 + 0.32 * np.exp(-x / 250)
    series = (
        Series("previous run", "ghost", x, ghost),
        Series("previous run", "ghost", x, ghost * 1.05),
        Series("training", "training", x, train * noise),
        Series("test", "test", x, test * noise),
    )
    best = (Mark(314, "best test, epoch 314"),)
    return Lines(
        title="Loss", x_label="epoch", can_log=True, log_first=True, integer_x=True, marks=best, series=series
    )


def accuracy() -> Lines:
    rng = np.random.default_rng(1)
    x = np.arange(413.0)
    rise = 1 - np.exp(-np.maximum(x - 40, 0) / 40)
    series = (
        Series("training", "training", x, np.minimum(0.63 + 0.37 * rise + rng.normal(0, 0.006, 413), 1)),
        Series("test", "test", x, np.minimum(0.62 + 0.31 * rise + rng.normal(0, 0.008, 413), 1)),
    )
    return Lines(title="Accuracy", x_label="epoch", percent=True, integer_x=True, series=series)


def by_order(order: int = 9) -> Lines:
    m = np.arange(10.0)
    test = np.array([0.73, 0.54, 0.55, 0.22, 0.21, 0.22, 0.235, 0.29, 0.285, 0.789])
    train = np.array([0.72, 0.58, 0.58, 0.09, 0.085, 0.08, 0.08, 0.06, 0.06, 0.0])
    series = (
        Series("training", "training", m, train, markers=True),
        Series("test", "test", m, test, markers=True),
    )
    return Lines(
        title="RMS against M",
        x_label="M",
        y_label="E_RMS",
        math_labels=True,
        integer_x=True,
        path="model.order",
        band=(order - 0.25, order + 0.25),
        y_range=(0.0, 1.0),
        series=series,
    )


def scores() -> Table:
    rows = (("RMS error", 0.0, 0.789), ("Largest miss", 0.0, 1.996), ("R²", 1.0, -0.246), ("Points", 10, 20))
    return Table(
        title="Scores", columns=("", "training", "test"), roles=(None, "training", "test"), rows=rows
    )


def roc() -> Roc:
    x = np.array([0.0, 0.0, 0.02, 0.02, 0.06, 0.1, 0.1, 0.2, 0.34, 0.6, 1.0])
    y = np.array([0.0, 0.3, 0.3, 0.52, 0.7, 0.7, 0.86, 0.92, 0.98, 1.0, 1.0])
    series = (Series("training 0.953", "training", np.sqrt(x) * x, y), Series("test 0.929", "test", x, y))
    at = np.linspace(1, 0, len(x))
    return Roc(title="ROC", x_label="false positive rate", y_label="true positive rate", percent=True,
               y_range=(0.0, 1.0), series=series, thresholds=(at, at), judged=1, threshold=0.5,
               here=(float(x[5]), float(y[5])))  # fmt: skip


def side_by_side() -> SideBySide:
    """Two straight boundaries that cross, and points around them."""
    middles = np.linspace(-5.9, 5.9, 64)
    x, y = np.meshgrid(middles, middles)
    X = np.random.default_rng(1).uniform(-5, 5, (80, 2))
    truth = (X.sum(axis=1) > 0).astype(float)
    contenders: list[Contender] = []
    sides = []
    for name, slope in (("Network 8-8", 1.0), ("SVM, RBF", 0.3)):
        second = 1 / (1 + np.exp(-(x * slope + y)))
        sides.append(second > 0.5)
        values = DecisionMap(values=np.stack([1 - second, second], axis=-1))
        said = (X[:, 0] * slope + X[:, 1] > 0).astype(float)
        entry = "svm" if contenders else ""
        contenders.append(Contender(entry, name, map=values, said=said, n_parameters=114, seconds=0.2))
    common = np.where(sides[0] == sides[1], sides[0], -1)
    return SideBySide(
        contenders=tuple(contenders), ids=np.arange(80), X=X, truth=truth, test=np.arange(80) % 3 == 0, common=common,
        apart=contenders[0].said != contenders[1].said, share=float((common < 0).mean()), names=("A", "B"),
    )  # fmt: skip


def samples() -> dict[str, Summary]:
    """One summary for each view, by the name of the view's module; more of them after a hyphen."""
    w = np.array([-0.19, 115.2, -2346, 20421, -94248, 253638, -411921, 397619, -209923, 46646])
    names = tuple(f"w{c}" for c in "₀₁₂₃₄₅₆₇₈₉")
    rows = tuple(
        (name, 0.19 if i == 0 else None, 5.4 - 3 * i if i < 4 else None, w[i]) for i, name in enumerate(names)
    )
    return {
        "lines": loss(),
        "lines-accuracy": accuracy(),
        "lines-order": by_order(),
        "roc": roc(),
        "bars": Bars(labels=names, value=w),
        "table": scores(),
        "table-coefficients": Table(columns=("", "M = 0", "M = 3", "M = 9"), rows=rows),
        "confusion": Confusion(counts=np.array([[57, 5], [3, 63]]), names=("A", "B")),
        "side_by_side": side_by_side(),
        "network": network((2, 8, 8, 1)),
        **demo_selection.samples(),
        **demo_inside.samples(),
    }


def show_views(name: str) -> None:
    """Show the view of `name` (a module of `gui/views`), or "all"."""
    options = _options(f"Show the {name} view.").parse_args()

    def make() -> QWidget:
        from playground.gui import views

        summary = samples()[name]
        view: Any = views.VIEWS[type(summary)]()
        view.show_summary(summary)
        return view

    _run(options, make, (344, 504) if name == "network" else (560, 172))
