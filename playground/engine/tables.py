"""Points out of a CSV file, and points back into one.

The window (drop a file), the command line (`--data`, `predict`) and the exporter of data come here.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.csvfile import Block, Table, is_number, quoted
from playground.engine.csvfile import write_rows as write_rows
from playground.engine.datasets.base import LETTERS, MAX_CLASSES, complete_names
from playground.engine.points import AUTO, PART_NAMES, Points
from playground.engine.progress import Progress
from playground.engine.random import bits
from playground.engine.schema import MAX_NAME, SpecError, is_name, show

MAX_ROWS = 20_000
LABS = {2: "curve", 3: "classify"}
"""Number of columns that are read, and the lab whose points they make."""

NO_ROWS = " has a header but no rows; at least one is needed."

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Imported:
    """What a file holds.

    lab      "curve" (points x, t) or "classify" (points x1, x2 and a class)
    columns  the names of the columns that were read, in the order of the inputs, the target last; none for a picture
    note     a sentence for the person, or ""
    """

    name: str
    lab: str
    points: Points
    class_names: tuple[str, ...]
    columns: tuple[str, ...]
    note: str
    class_colors: tuple[int, ...] = ()

    def changes(self) -> dict[str, Any]:
        """Paths and values for `experiment.change`."""
        fields = {"points": self.points, "class_names": self.class_names, "columns": self.columns,
                  "name": self.name, "note": self.note, "class_colors": self.class_colors}  # fmt: skip
        return {
            "lab": self.lab,
            "data.kind": "file",
            **{f"data.{key}": value for key, value in fields.items()},
        }


def read_csv(
    path: str | os.PathLike[str], lab: str | None = None, columns: str | Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Imported:  # fmt: skip
    """The points of a CSV file with a header.

    lab      "curve": columns x and t; "classify": two columns of numbers and `label`; None: as the file suggests
    columns  other names, as "a,b" for a curve or "a,b,c" for classes, the target or label last

    A column `split` (train, validation or test) says which part each point belongs to. Of more than
    20,000 rows as many are taken, the same ones each time. Raises SpecError, and Cancelled when `progress` says so.
    """
    with Table(path, progress) as table:
        chosen = _choose(table, lab, columns)
        lab = LABS[len(chosen)]
        rows = _Reader(table, chosen, "split" if _has_split(table, chosen) else None)
        kept = rows.take()
        notes = []
        if rows.n > MAX_ROWS:
            notes.append(
                f"{quoted(table.name)} has {rows.n:,} rows; {MAX_ROWS:,} of them, taken evenly at random, are used."
            )
        t = kept.t
        names: tuple[str, ...] = ()
        if lab == "classify":
            t, names = _in_order(kept.t, rows.labels)
            if len(names) < 2:
                raise table.complain(f", column {show(chosen[2])}: every row has the class {show(names[0])}; "
                                     f"2 to {MAX_CLASSES} classes are needed.")  # fmt: skip
        elif rows.n == 1:
            notes.append(f"{quoted(table.name)} has one row; a constant is all that one point can tell.")
        return Imported(table.name, lab, Points(kept.X, t, part=kept.part), names, chosen, " ".join(notes))


class Inputs(NamedTuple):
    """A whole file for `predict`: its cells as they stand, X [n, n_inputs], and how its numbers are written."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    X: Floats
    delimiter: str
    decimal: str


def read_inputs(
    path: str | os.PathLike[str], n_inputs: int, columns: str | Sequence[str] | None = None
) -> Inputs:
    """All rows of a file and the inputs in them. Raises SpecError.

    The inputs are the columns x, or x1 and x2, unless `columns` names others.
    """
    with Table(path) as table:
        names = _listed(columns) or (("x",) if n_inputs == 1 else ("x1", "x2"))[:n_inputs]
        if len(names) < n_inputs:
            raise SpecError(
                f"The columns must be {n_inputs} names with commas between them, not {show(names)}."
            )
        rows: list[tuple[str, ...]] = []
        parts = []
        for block in table.blocks():
            rows.extend(zip(*block.columns, strict=True))
            parts.append(np.column_stack([table.numbers(block, name) for name in names[:n_inputs]]))
        if not rows:
            raise table.complain(NO_ROWS)
        return Inputs(table.header, rows, np.concatenate(parts), table.delimiter, table.decimal)


def _listed(columns: str | Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(columns, str):
        columns = [name.strip() for name in columns.split(",")]
    return tuple(name for name in columns or () if name)


def _choose(table: Table, lab: str | None, columns: str | Sequence[str] | None) -> tuple[str, ...]:
    """The columns to read, as the header spells them: two for a curve, three for classes."""
    if lab not in (None, *LABS.values()):
        raise SpecError(f"lab must be one of {', '.join(LABS.values())}, not {show(lab)}.", "lab")
    header = {name.casefold() for name in table.header}
    names = _listed(columns)
    if names:
        _check_number(names, lab)
    elif lab == "curve" or (lab is None and "label" not in header):
        names = ("x", "t")
    else:
        names = _usual_for_classes(table, header)
    missing = [show(name) for name in names if name.casefold() not in header]
    if missing:
        needed = ",".join(map(show, names))
        if lab is None and not columns:
            needed = "x,t for a curve or x1,x2,label for classes"
        raise table.complain(f" has no column {' and no column '.join(missing)}; it needs {needed}, and its columns "
                             f"are {table.listed()}.")  # fmt: skip
    chosen = tuple(table.header[table.index(name)] for name in names)
    if len(set(chosen)) < len(chosen):
        raise SpecError(f"The columns must differ from one another, not {show(names)}.")
    for name in chosen:
        if not is_name(name):
            raise table.complain(f": the name of a column must be 1 to {MAX_NAME} printable characters, "
                                 f"not {show(name)}.")  # fmt: skip
    return chosen


def _check_number(names: tuple[str, ...], lab: str | None) -> None:
    if LABS.get(len(names)) not in LABS.values() or lab not in (None, LABS[len(names)]):
        wanted = {"curve": "two names such as x,t", "classify": "three names such as x1,x2,label"}
        needed = wanted[lab] if lab else " or ".join(wanted.values())
        raise SpecError(f"The columns must be {needed}, with commas between them, not {show(names)}.")


def _usual_for_classes(table: Table, header: set[str]) -> tuple[str, ...]:
    """x1, x2 and label, or label and the only two other columns."""
    others = [name for name in table.header if name.casefold() not in ("label", "split")]
    if "label" not in header or {"x1", "x2"} <= header:
        return ("x1", "x2", "label")
    if len(others) != 2:
        raise table.complain(f" must have two columns beside label, or columns x1 and x2; its columns are "
                             f"{table.listed()}.")  # fmt: skip
    return (*others, "label")


def _has_split(table: Table, chosen: tuple[str, ...]) -> bool:
    return any(name.casefold() == "split" for name in table.header if name not in chosen)


class _Kept(NamedTuple):
    """Rows so far: a random rank [n] that decides who stays, inputs, target or class, part."""

    rank: NDArray[np.uint64]
    X: Floats
    t: Floats
    part: NDArray[np.int8]

    def pick(self, index: NDArray[np.int64]) -> "_Kept":
        return _Kept(self.rank[index], self.X[index], self.t[index], self.part[index])

    def join(self, other: "_Kept") -> "_Kept":
        a, b = self, other
        return _Kept(np.concatenate([a.rank, b.rank]), np.concatenate([a.X, b.X]),
                     np.concatenate([a.t, b.t]), np.concatenate([a.part, b.part]))  # fmt: skip


class _Reader:
    """Reads a table through, keeping at most `MAX_ROWS` rows: those of the least rank, a function of the row."""

    def __init__(self, table: Table, chosen: tuple[str, ...], split: str | None) -> None:
        self.table, self.chosen, self.split = table, chosen, split
        self.n = 0
        self.labels: dict[str, int] = {}
        """Each label, with its number in order of appearance."""

    def take(self) -> _Kept:
        kept: _Kept | None = None
        for block in self.table.blocks():
            new = self._read(block)
            kept = new if kept is None else kept.join(new)
            if len(kept.t) > MAX_ROWS:
                kept = kept.pick(np.sort(np.argpartition(kept.rank, MAX_ROWS)[:MAX_ROWS]))
        if kept is None:
            raise self.table.complain(NO_ROWS)
        return kept

    def _read(self, block: Block) -> _Kept:
        rows = np.array(block.rows, dtype=np.int64)
        self.n += len(rows)
        inputs = [self.table.numbers(block, name) for name in self.chosen[:-1]]
        last = self.chosen[-1]
        t = self.table.numbers(block, last) if len(self.chosen) == 2 else self._labels(block, last)
        part = (
            np.full(len(rows), AUTO, dtype=np.int8) if self.split is None else self._parts(block, self.split)
        )
        return _Kept(bits(0, "sample", rows), np.column_stack(inputs), t, part)

    def _labels(self, block: Block, name: str) -> Floats:
        codes = []
        for row, text in zip(block.rows, block.columns[self.table.index(name)], strict=True):
            code = self.labels.get(text)
            codes.append(self._new_label(row, name, text) if code is None else code)
        return np.array(codes, dtype=np.float64)

    def _new_label(self, row: int, name: str, text: str) -> int:
        label = text.strip()
        if not is_name(label):
            raise self.table.wrong(
                row, name, text, f"the name of a class, 1 to {MAX_NAME} printable characters"
            )
        names = dict.fromkeys(key.strip() for key in self.labels)
        if label not in names and len(names) == MAX_CLASSES:
            raise self.table.complain(f", row {row}, column {show(name)}: {show(label)} is the name of an eleventh "
                                      f"class; 2 to {MAX_CLASSES} are allowed.")  # fmt: skip
        code = list(names).index(label) if label in names else len(names)
        self.labels[text] = code
        return code

    def _parts(self, block: Block, name: str) -> NDArray[np.int8]:
        known = {part: code for code, part in enumerate(PART_NAMES)}
        codes = []
        for row, text in zip(block.rows, block.columns[self.table.index(name)], strict=True):
            code = known.get(text)
            if code is None:
                code = known.get(text.strip().casefold())
                if code is None:
                    raise self.table.wrong(row, name, text, "train, validation or test")
                known[text] = code
            codes.append(code)
        return np.array(codes, dtype=np.int8)


def _in_order(codes: Floats, labels: dict[str, int]) -> tuple[Floats, tuple[str, ...]]:
    """Class indices and names: numbers by size, the program's own letters in their order (so that exported
    points keep their colours), all others as they first appear.
    """
    names = list(dict.fromkeys(label.strip() for label in labels))
    order = list(range(len(names)))
    if all(is_number(name, ",") for name in names):
        order.sort(key=lambda i: (float(names[i]), names[i]))
    elif set(names) <= set(LETTERS):
        order.sort(key=lambda i: names[i])
    index = np.empty(len(names))
    index[order] = np.arange(len(names))
    return index[codes.astype(np.int64)], tuple(names[i] for i in order)


def write_csv(
    path: str | os.PathLike[str], points: Points, part: NDArray[np.int8], class_names: Sequence[str] = ()
) -> None:
    """Columns x,t,split or x1,x2,label,split: every digit of every number, whole or not at all.

    part   int8 [n]: 0 train, 1 validation, 2 test, as in `Problem.part`
    With one input or without class names the last column before `split` is t, the target.
    """
    inputs = [f"x{i + 1}" for i in range(points.n_inputs)] if points.n_inputs > 1 else ["x"]
    target: list[Any] = points.t.tolist()
    if class_names:
        names = complete_names(tuple(class_names), int(points.t.max(initial=0)) + 1)
        target = [names[int(t)] for t in points.t]
    rows = zip(*points.X.T.tolist(), target, (PART_NAMES[p] for p in part), strict=True)
    write_rows(path, (*inputs, "label" if class_names else "t", "split"), rows)
