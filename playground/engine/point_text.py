"""Points as the text that a spreadsheet takes and gives: a row a point, tabs between the cells.

What is read may have commas or semicolons instead, a decimal comma where commas do not part the cells, and no
header; then the columns are the inputs and the target, in this order.
"""

import csv
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.csvfile import is_number
from playground.engine.datasets.base import MAX_CLASSES, complete_names
from playground.engine.points import Points
from playground.engine.schema import MAX_NAME, SpecError, is_name, show

Floats = NDArray[np.float64]

ASK = "points are rows such as {row}, with tabs, semicolons or commas between the cells"


class Pasted(NamedTuple):
    """X [n, n_inputs]; t [n], or None where the text has no target; names of all classes, new ones at the end."""

    X: Floats
    t: Floats | None
    class_names: tuple[str, ...]


def columns_of(n_inputs: int, classes: bool) -> tuple[str, ...]:
    """The header: inputs and target."""
    return ("x", "t") if n_inputs == 1 else ("x1", "x2", "label" if classes else "t")


def write(points: Points, class_names: Sequence[str] = ()) -> str:
    """A header and a row a point, every digit of every number."""
    header = columns_of(points.n_inputs, bool(class_names))
    names = complete_names(tuple(class_names), int(points.t.max(initial=0)) + 1) if class_names else ()
    target = [names[int(t)] if names else repr(float(t)) for t in points.t]
    rows = [[*(repr(float(v)) for v in x), last] for x, last in zip(points.X, target, strict=True)]
    return "".join("\t".join(row) + "\n" for row in (header, *rows))


def read(text: str, n_inputs: int, class_names: Sequence[str] = ()) -> Pasted:
    """The points in a text. Without `class_names` the target is a number. Raises SpecError: one sentence."""
    header = columns_of(n_inputs, bool(class_names))
    example = {2: "0.5, 1.2", 3: "0.5, 1.2, A" if class_names else "0.5, 1.2, 0.3"}[len(header)]
    rows, delimiter = _rows(text)
    needed = 2  # a curve needs its target; in the plane the class that is drawn now stands for a missing one
    if rows and not is_number(rows[0][0], delimiter) or rows and len(rows[0]) < needed:
        place, rows, first = _places(rows[0], header), rows[1:], 2
    else:
        place, first = tuple(range(len(header))), 1
    if not rows or len(rows[0]) < needed:
        found = show(text.strip()) if text.strip() else "nothing"
        raise SpecError(f"The clipboard must hold points or a link, not {found}: {ASK.format(row=example)}.")
    numbers = _numbers(rows, place, header, delimiter, first, len(header) - 1 if class_names else len(header))
    has_target = len(rows[0]) > place[-1]
    if n_inputs == 1 or not has_target:
        return Pasted(numbers[:, :n_inputs], numbers[:, 1] if n_inputs == 1 else None, tuple(class_names))
    if not class_names:
        return Pasted(numbers[:, :2], numbers[:, 2], ())
    t, names = _labels(rows, place[-1], tuple(class_names), first)
    return Pasted(numbers, t, names)


def _rows(text: str) -> tuple[list[list[str]], str]:
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")]
    if not lines:
        return [], "\t"
    delimiter = max("\t;,", key=lambda mark: lines[0].count(mark))
    cells = csv.reader(lines, delimiter=delimiter)
    return [[cell.strip() for cell in row] for row in cells], delimiter


def _places(first: list[str], header: tuple[str, ...]) -> tuple[int, ...]:
    """Where the columns stand: by their names, else in order."""
    known = [name.casefold() for name in first]
    if all(name in known for name in header):
        return tuple(known.index(name) for name in header)
    return tuple(range(len(header)))


def _numbers(
    rows: list[list[str]], place: tuple[int, ...], header: tuple[str, ...], delimiter: str, first: int, count: int
) -> Floats:
    """float64 [n, columns]: the columns that hold numbers; one that the first row does not have is left out."""
    wanted = [k for k in range(count) if place[k] < len(rows[0]) or k < 2]
    found = np.empty((len(rows), len(wanted)))
    for i, row in enumerate(rows):
        for j, k in enumerate(wanted):
            cell = row[place[k]] if place[k] < len(row) else ""
            if not is_number(cell, delimiter):
                what = show(cell) if cell else "an empty cell"
                raise SpecError(f"Row {i + first} of the clipboard: {header[k]} must be a number from -1e15 to 1e15, "
                                f"not {what}.")  # fmt: skip
            found[i, j] = float(cell if delimiter == "," else cell.replace(",", "."))
    return found


def _labels(
    rows: list[list[str]], column: int, names: tuple[str, ...], first: int
) -> tuple[Floats, tuple[str, ...]]:
    t = np.empty(len(rows))
    for i, row in enumerate(rows):
        label = row[column] if column < len(row) else ""
        if label not in names:
            if not is_name(label):
                raise SpecError(f"Row {i + first} of the clipboard: label must be the name of a class, 1 to {MAX_NAME} "
                                f"printable characters, not {show(label) if label else 'an empty cell'}.")  # fmt: skip
            if len(names) == MAX_CLASSES:
                raise SpecError(f"Row {i + first} of the clipboard: {show(label)} would be an eleventh class; "
                                f"2 to {MAX_CLASSES} are allowed.")  # fmt: skip
            names = (*names, label)
        t[i] = names.index(label)
    return t, names
