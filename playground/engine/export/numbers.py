"""The numbers behind the charts, one CSV file for each chart and one for the canvas."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from playground.engine.export.base import Tick, exporter
from playground.engine.export.pictures import COARSE, Picture, pictures
from playground.engine.snapshot import Bars, Confusion, DecisionMap, Fit, Lines, Summary, Table
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
    """One column for each line; x values that several lines share stand in one row."""
    series = [line for line in s.series if len(line.x)]
    names = [line.label for line in series]
    columns = [
        name if names.count(name) == 1 else f"{name} ({line.role})"
        for name, line in zip(names, series, strict=True)
    ]
    at: dict[float, list[Any]] = {}
    for k, line in enumerate(series):
        for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True):
            at.setdefault(x, [None] * len(series))[k] = y
    return (s.x_label or "x", *columns), ([x, *at[x]] for x in sorted(at))


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


# Without a picture around it a chart is written all the same: the window does so for a single one.
TABLES: dict[type[Summary], Callable[[Any, Picture | None], tuple[Sequence[str], Rows]]] = {
    Lines: _lines, Bars: _bars, Table: _table, Confusion: _confusion, Fit: _fit, DecisionMap: _map,
}  # fmt: skip


@exporter(
    "numbers",
    title="Numbers of the charts",
    description="Each chart and the canvas as a table (one .csv for each).",
    rank=60,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """canvas.csv and one file for each chart that can be written as a table"""
    for done, picture in pictures(run, COARSE):
        tick(done, f"Numbers of {picture.title}")
        to_table = TABLES.get(type(picture.summary))
        if to_table is not None:
            write_table(folder / f"{picture.name}.csv", *to_table(picture.summary, picture))
