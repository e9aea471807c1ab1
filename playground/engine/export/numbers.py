"""The numbers behind the charts, one CSV file for each chart and one for the canvas."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.comparison import SideBySide
from playground.engine.export.base import Tick, exporter
from playground.engine.export.pictures import COARSE, Picture, pictures
from playground.engine.export.side_by_side import table_of
from playground.engine.inside import ExamplePass, HiddenSpace, Histograms
from playground.engine.snapshot import (
    Bars,
    Confusion,
    DecisionMap,
    Fit,
    Folds,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Roc,
    Summary,
    Surface,
    Table,
)
from playground.engine.tables import write_rows
from playground.engine.trainer import Run

Rows = Iterable[Sequence[Any]]


def write_table(path: Path, header: Sequence[str], rows: Rows) -> None:
    """A CSV file at full precision; None and NaN are empty cells."""
    write_rows(path, header, ([_cell(value) for value in row] for row in rows))


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, float | np.floating) and math.isnan(value):
        return ""
    return float(value) if isinstance(value, np.floating) else value


def _lines(s: Lines, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One column for each line and one for its standard errors; x values that several lines share stand in one row."""
    series = [line for line in s.series if len(line.x)]
    names = [line.label for line in series]
    columns: list[str] = []
    values: list[tuple[NDArray[Any], NDArray[Any]]] = []
    for name, line in zip(names, series, strict=True):
        columns.append(name if names.count(name) == 1 else f"{name} ({line.role})")
        values.append((line.x, line.y))
        if line.error is not None:
            columns.append(f"{columns[-1]}, standard error")
            values.append((line.x, line.error))
    at: dict[float, list[Any]] = {}
    for k, (xs, ys) in enumerate(values):
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            at.setdefault(x, [None] * len(values))[k] = y
    return (s.x_label or "x", *columns), ([x, *at[x]] for x in sorted(at))


def _roc(s: Roc, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One row for each point of each curve."""
    rows = ((line.role, *row) for line, at in zip(s.series, s.thresholds, strict=True)
            for row in zip(line.x.tolist(), line.y.tolist(), at.tolist(), strict=True))  # fmt: skip
    return ("part", "false positive rate", "true positive rate", "threshold"), rows


def _bars(s: Bars, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    return ("name", s.y_label or "value"), zip(s.labels, s.value.tolist(), strict=True)


def _table(s: Table, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    return s.columns, s.rows


def _confusion(s: Confusion, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    rows = ([name, *counts] for name, counts in zip(s.names, s.counts.tolist(), strict=True))
    return ("true \\ predicted", *s.names), rows


def _fit(s: Fit, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    columns = [s.x, s.y] + ([picture.truth] if picture is not None and picture.truth is not None else [])
    return ("x", "y", "truth")[: len(columns)], np.column_stack(columns).tolist()


def _map(s: DecisionMap, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """Centres of the cells and what the model says there."""
    rows, columns = s.values.shape[:2]
    x1 = s.x[0] + (np.arange(columns) + 0.5) * (s.x[1] - s.x[0]) / columns
    x2 = s.y[0] + (np.arange(rows) + 0.5) * (s.y[1] - s.y[0]) / rows
    values = s.values.reshape(rows * columns, -1)
    names = ["y"]
    if s.values.ndim == 3:
        classes = picture.problem.classes if picture is not None else range(1, s.values.shape[2] + 1)
        names = [f"p_{name}" for name in classes]
    where = np.column_stack([np.tile(x1, rows), np.repeat(x2, columns)])
    return ("x1", "x2", *names), np.column_stack([where, values]).tolist()


def _grid(s: GridMap, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One row for each cell, as `playground sweep` writes them: columns are named by the paths."""
    rows = ([_off(x), _off(y), s.value[j, i].item()] for j, y in enumerate(s.y) for i, x in enumerate(s.x))
    names = (s.x_path or s.x_label or "x", s.y_path or s.y_label or "y", s.value_label or "value")
    return names, rows


def _off(value: float | None) -> Any:
    return "off" if value is None else value


def _gallery(s: Gallery, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One column for each curve."""
    truth = [s.truth] if len(s.truth) == len(s.x) and len(s.x) else []
    columns = np.column_stack([s.x, *truth, *(panel.y for panel in s.panels)])
    return ("x", *["truth"] * len(truth), *(panel.label for panel in s.panels)), columns.tolist()


def _folds(s: Folds, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One row for each fold, from 1 on, with the points that it holds out."""
    held = [s.ids[s.fold == k].tolist() for k in range(len(s.held_out))]
    errors = zip(s.train.tolist(), s.held_out.tolist(), strict=True)
    rows = ([k + 1, train, out, len(held[k]), " ".join(map(str, held[k]))] for k, (train, out) in enumerate(errors))
    return ("fold", "train_rms", "held_out_rms", "n_held_out", "ids_held_out"), rows


def _surface(s: Surface, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    rows = ([x, y, s.value[j, i].item()] for j, y in enumerate(s.y.tolist()) for i, x in enumerate(s.x.tolist()))
    return (s.x_label or "x", s.y_label or "y", s.value_label), rows


def _formulas(s: Formulas, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    return ("formula", "value"), ([row.plain, row.value] for row in s.rows)


def _hidden(s: HiddenSpace, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """The points, then the lines of the grid, each line with a number."""
    points = ([int(i), "", x, y, t, "test" if test else "training"]
              for i, (x, y), t, test in zip(s.ids, s.at.tolist(), s.target.tolist(), s.test, strict=True))  # fmt: skip
    lines = (["", k + 1, x, y, "", ""] for k, line in enumerate(s.lines.tolist()) for x, y in line)
    return ("id", "line", s.x_label or "x", s.y_label or "y", "target", "part"), [*points, *lines]


def _histograms(s: Histograms, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    rows: list[Sequence[Any]] = []
    for layer in s.layers:
        for what in ("activations", "weights", "gradients"):
            found = getattr(layer, what)
            bins = zip(found.edges[:-1].tolist(), found.edges[1:].tolist(), found.counts.tolist(), strict=True)
            rows += [[layer.name, what, low, high, n] for low, high, n in bins]
    return ("layer", "numbers", "from", "to", "count"), rows


def _example(s: ExamplePass, picture: Picture | None) -> tuple[Sequence[str], Rows]:
    """One row for each unit and each link, with what stands there going forward, coming back, and in the update."""
    rows: list[Sequence[Any]] = [[f"a0.{i + 1}", None, v, None, None, None] for i, v in
                                 enumerate(s.values[0].tolist() if s.values else [])]  # fmt: skip
    for layer in range(1, len(s.values)):
        units = zip(s.sums[layer - 1], s.values[layer], s.deltas[layer - 1], s.bias_gradients[layer - 1],
                    s.bias_updates[layer - 1], s.biases[layer - 1], strict=True)  # fmt: skip
        for i, (z, a, delta, g, step, bias) in enumerate(units, 1):
            rows.append([f"a{layer}.{i}", z, a, delta, None, None])
            rows.append([f"b{layer}.{i}", None, bias, None, g, step])
        links = zip(s.weights[layer - 1], s.gradients[layer - 1], s.updates[layer - 1], strict=True)
        for i, (w, g, step) in enumerate(links, 1):
            rows += [[f"w{layer}.{i}.{j}", None, *numbers] for j, numbers in enumerate(
                zip(w, [None] * len(w), g, step, strict=True), 1)]  # fmt: skip
    for skip in s.skips:
        for i, j in np.ndindex(skip.weights.shape):
            name = f"p{skip.source}-{skip.target}.{i + 1}.{j + 1}"
            rows.append([name, None, skip.weights[i, j], None, skip.gradients[i, j], skip.updates[i, j]])
    return ("name", "sum", "value", "delta", "gradient", "update"), rows


# Without a picture around it a chart is written all the same: the window does so for a single one.
TABLES: dict[type[Summary], Callable[[Any, Picture | None], tuple[Sequence[str], Rows]]] = {
    Lines: _lines, Roc: _roc, Bars: _bars, Table: _table, Confusion: _confusion, Fit: _fit, DecisionMap: _map,
    GridMap: _grid, Gallery: _gallery, Folds: _folds, Surface: _surface, Formulas: _formulas,
    HiddenSpace: _hidden, Histograms: _histograms, ExamplePass: _example, SideBySide: table_of,
}  # fmt: skip


@exporter(
    "numbers",
    title="Numbers of the charts",
    description="Each chart and the canvas as a table (one .csv for each).",
    rank=60,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """canvas.csv and one file for each chart that can be written as a table"""
    for _, picture in pictures(run, COARSE, tick=lambda share, title: tick(share, f"Numbers of {title}")):
        to_table = TABLES.get(type(picture.summary))
        if to_table is not None:
            write_table(folder / f"{picture.name}.csv", *to_table(picture.summary, picture))
