"""A table as a whole, before anybody has said which columns are wanted: what each column holds, and what is missing.

`columns.py` makes points of it; `tables.py` reads files whose columns are known. A cell that holds no number is no
error here: it is counted, and its row is left out where its column is used.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.csvfile import Block, Table, quoted
from playground.engine.points import LIMIT
from playground.engine.progress import Progress
from playground.engine.random import bits
from playground.engine.schema import MAX_NAME, SpecError, elided

MAX_ROWS = 20_000
MAX_CELLS = 5_000_000
"""Of more rows so many are taken, the same ones each time."""
MAX_COLUMNS = 10_000
FIRST = 100
"""Rows of which the cells are kept as they stand, to be shown."""
MAX_TEXTS = 100
"""Different texts of a column that are told apart: far more than there can be classes."""
ENOUGH = 1000
"""Numbers with a decimal mark that settle which one it is."""
MISSING, OTHER = -1, -2
NOTHING = frozenset(("", "na", "n/a", "nan", "null", "?"))
"""What programs write where there is no value."""

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Column:
    """values [n], NaN where the cell holds no number; codes [n]: place in `texts`, MISSING, or OTHER when there are
    more than `MAX_TEXTS` different ones; bad: row and text of the first cell that holds something but no number."""

    name: str
    values: Floats
    codes: Codes
    texts: tuple[str, ...]
    bad: tuple[int, str] | None

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """[n], true where the cell holds nothing."""
        return self.codes == MISSING

    @cached_property
    def n_missing(self) -> int:
        return int(self.missing.sum())

    @cached_property
    def numeric(self) -> bool:
        """Whether at least half of the cells that hold something hold numbers."""
        filled = len(self.values) - self.n_missing
        return 0 < filled <= 2 * int(np.isfinite(self.values).sum())

    @cached_property
    def many(self) -> bool:
        """Whether there are more different texts than are told apart."""
        return bool((self.codes == OTHER).any())

    @cached_property
    def n_texts(self) -> int:
        """How many different texts the rows hold that are kept; one more than are told apart stands for more."""
        return MAX_TEXTS + 1 if self.many else len(np.unique(self.codes[~self.missing]))


@dataclass(frozen=True, eq=False)
class Sheet:
    """n_rows: all of the file; rows [n]: the numbers of those that are kept, the header being row 1; first: the cells
    of the first rows as they stand; notes: sentences on how it was read."""

    name: str
    columns: tuple[Column, ...]
    n_rows: int
    rows: NDArray[np.int64]
    first: tuple[tuple[str, ...], ...]
    decimal: str
    notes: tuple[str, ...] = field(default=())

    @property
    def n(self) -> int:
        return len(self.rows)

    def numeric(self) -> tuple[int, ...]:
        """Which columns hold numbers."""
        return tuple(i for i, column in enumerate(self.columns) if column.numeric)


def read(path: str | os.PathLike[str], progress: Progress | None = None) -> Sheet:
    """The whole table, or as many of its rows as there is room for. Raises SpecError, and Cancelled.

    A first row of numbers is no header: the columns are numbered then.
    """
    with Table(path, progress) as table:
        width = len(table.header)
        if width < 2:
            raise table.complain(" has one column; at least two are needed, with commas, semicolons or tabs between.")
        if width > MAX_COLUMNS:
            raise table.complain(f" has {width:,} columns; at most {MAX_COLUMNS:,} can be read.")
        return _Reader(table).read()


def plain(path: str | os.PathLike[str]) -> bool:
    """Whether the header alone says what is meant: x and t, x1 and x2 and label, or label and two others, each with
    or without `split`."""
    with Table(path) as table:
        names = sorted(name.casefold() for name in table.header if name.casefold() != "split")
        if {"x", "t"} <= set(names):
            return len(names) == 2
        return len(names) == 3 == len(set(names)) and "label" in names


def number(text: str, decimal: str) -> float:
    """The number in a cell; NaN where there is none that is a coordinate."""
    if decimal == ",":
        if "." in text:
            return np.nan
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if abs(value) <= LIMIT and "_" not in text else np.nan


class _Reader:
    """Reads a table through and keeps rows of the least rank, a random function of the number of the row."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.width = len(table.header)
        self.most = max(1, min(MAX_ROWS, MAX_CELLS // self.width))
        self.texts: list[dict[str, int]] = [{} for _ in range(self.width)]
        self.over: set[int] = set()
        """Columns of more texts than are told apart."""
        self.bad: list[tuple[int, str] | None] = [None] * self.width
        self.headless = all(not np.isnan([number(name, "."), number(name, ",")]).all() for name in table.header if name)
        self.decimal = ""
        self.first: list[tuple[str, ...]] = []
        self.n = 0

    def read(self) -> Sheet:
        kept: list[NDArray[Any]] = []
        for block in self._blocks():
            new = self._block(block)
            kept = [np.concatenate(pair) for pair in zip(kept, new, strict=True)] if kept else new
            if len(kept[0]) > self.most:
                chosen = np.sort(np.argpartition(kept[0], self.most)[: self.most])
                kept = [part[chosen] for part in kept]
        if not kept:
            raise self.table.complain(" has a header but no rows; at least one is needed.")
        _, rows, values, codes = kept
        columns = tuple(
            Column(name, values[:, i], codes[:, i], tuple(self.texts[i]), self.bad[i])
            for i, name in enumerate(self._names())
        )
        return Sheet(self.table.name, columns, self.n, rows, tuple(self.first), self.decimal or ".", self._notes())

    def _blocks(self) -> Iterator[Block]:
        if self.headless:
            yield Block([1], [(name,) for name in self.table.header])
        yield from self.table.blocks()

    def _block(self, block: Block) -> list[NDArray[Any]]:
        """Ranks, numbers of the rows, values and codes, of each row of a block."""
        rows = np.array(block.rows, dtype=np.int64)
        self.n += len(rows)
        columns = [_stripped(column) for column in block.columns]
        if len(self.first) < FIRST:
            self.first += list(zip(*(column[: FIRST - len(self.first)] for column in columns), strict=True))
        self._find_decimal(columns)
        values, codes = np.empty((len(rows), self.width)), np.empty((len(rows), self.width), dtype=np.int8)
        for i, texts in enumerate(columns):
            values[:, i] = self._values(texts)
            codes[:, i] = self._codes(i, texts, values[:, i])
            if self.bad[i] is None:
                wrong = np.flatnonzero(np.isnan(values[:, i]) & (codes[:, i] != MISSING))
                self.bad[i] = (block.rows[wrong[0]], texts[wrong[0]]) if len(wrong) else None
        return [bits(0, "sample", rows), rows, values, codes]

    def _find_decimal(self, columns: Sequence[tuple[str, ...]]) -> None:
        """The mark that most of the first numbers have: a comma or a point."""
        if self.decimal:
            return
        found = dict.fromkeys(".,", 0)
        for texts in columns:
            together = "\n".join(texts)
            for mark in found:
                if mark in together:
                    found[mark] += sum(text.count(mark) == 1 and not np.isnan(number(text, mark)) for text in texts)
            if sum(found.values()) > ENOUGH:
                break
        if any(found.values()):
            self.decimal = "," if found[","] > found["."] else "."

    def _values(self, texts: tuple[str, ...]) -> Floats:
        together = "\n".join(texts)
        if self.decimal != "," and "_" not in together:
            try:
                values = np.array([*map(float, texts)])
                return np.where(np.abs(values) <= LIMIT, values, np.nan)
            except ValueError:
                pass
        return np.array([number(text, self.decimal) for text in texts])

    def _codes(self, i: int, texts: tuple[str, ...], values: Floats) -> Codes:
        known = self.texts[i]
        codes = np.full(len(texts), OTHER, dtype=np.int8)
        for k, text in enumerate(texts if i not in self.over else ()):
            code = known.get(text)
            if code is None:
                if text.casefold() in NOTHING:
                    code = MISSING
                elif len(known) < MAX_TEXTS:
                    code = known[text] = len(known)
                else:
                    self.over.add(i)  # no classes: from here on it matters only whether there is something
                    break
            codes[k] = code
        if i in self.over:
            nothing = [k for k in np.flatnonzero(np.isnan(values)) if texts[k].casefold() in NOTHING]
            codes[nothing] = MISSING
        return codes

    def _names(self) -> list[str]:
        """Of the columns: printable, all different, none empty, none longer than names may be."""
        if self.headless:
            return [f"column {i}" for i in range(1, self.width + 1)]
        names: dict[str, None] = {}
        for i, given in enumerate(self.table.header, 1):
            name = " ".join("".join(c if c.isprintable() else " " for c in given).split()) or f"column {i}"
            name, k, base = elided(name, MAX_NAME), 2, elided(name, MAX_NAME - 8)
            while name in names:
                name, k = f"{base} ({k})", k + 1
            names[name] = None
        return list(names)

    def _notes(self) -> tuple[str, ...]:
        name, notes = quoted(self.table.name), []
        if self.n > self.most:
            notes.append(f"{name} has {self.n:,} rows; {self.most:,} of them, taken evenly at random, are used.")
        if self.headless:
            notes.append("The first row holds numbers, so the columns are numbered.")
        if self.decimal == ",":
            notes.append("Numbers have a decimal comma.")
        if self.table.encoding == "cp1252":
            notes.append("The text is not UTF-8 and is read as Latin-1.")
        return tuple(notes)


def _stripped(texts: tuple[str, ...]) -> tuple[str, ...]:
    together = "".join(texts)
    return texts if " " not in together and together.isprintable() else tuple(text.strip() for text in texts)


def check_columns(sheet: Sheet) -> None:
    """Raises SpecError where no points can be made, whichever columns are chosen."""
    numeric = sheet.numeric()
    if not numeric:
        raise SpecError(f"{quoted(sheet.name)} has no column of numbers; two are needed, and its columns are "
                        f"{', '.join(elided(column.name, 40) for column in sheet.columns[:12])}"
                        f"{', …' if len(sheet.columns) > 12 else ''}.")  # fmt: skip
    if len(numeric) == 1:
        raise SpecError(f"{quoted(sheet.name)} has one column of numbers, "
                        f"{elided(sheet.columns[numeric[0]].name, 40)}; two are needed.")  # fmt: skip
