"""The cells of a CSV file, read in blocks, and rows written as one.

`tables.py` makes points of them, `playground predict` reads inputs with it. A million rows need little
memory, and every row is checked. Whatever is wrong becomes one sentence with the file, the row, the
column, the value and what is allowed. Rows are counted as a spreadsheet counts them: the header is row 1.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from playground.engine.encodings import encoding_of
from playground.engine.files import write_whole
from playground.engine.points import LIMIT
from playground.engine.progress import Cancelled, Progress
from playground.engine.schema import SpecError, show

LINE = 1_000_000
"""Characters; no sensible line is longer, and a file without line ends must not fill the memory."""
MAX_BYTES = 500_000_000
BLOCK, CELLS = 20_000, 400_000
"""Rows that are read at once, fewer where they would hold more cells than that."""
SAMPLE = 20
"""Lines that tell what stands between the cells."""

Floats = NDArray[np.float64]


class Block(NamedTuple):
    """Some rows of a table: their numbers, and the texts of each column."""

    rows: list[int]
    columns: list[tuple[str, ...]]


class Table:
    """An open CSV file: its header, and its rows in blocks. Use it in a `with` statement.

    `progress` is told how far the file is read; when it answers False, Cancelled is raised.
    """

    def __init__(self, path: str | os.PathLike[str], progress: Progress | None = None) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self._progress = progress
        self._decimal: tuple[str, int] | None = None
        """The decimal mark of the numbers so far, and the row that has the first one."""
        self._above = 0
        try:
            self.size = os.stat(self.path).st_size
            if self.size > MAX_BYTES:
                raise self.complain(f" has {self.size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB can be read.")
            encoding = encoding_of(self.path, lambda size: self._tell(0.2 * size / max(self.size, 1)))
            if encoding is None:
                raise self.complain(" is no table of text; save it as 'CSV UTF-8'.")
            self.encoding = encoding
            self._file: TextIO = open(self.path, encoding=self.encoding, newline="")
        except (OSError, ValueError) as error:
            if isinstance(error, SpecError):
                raise
            raise SpecError(f"{quoted(path)} cannot be read: {_reason(error)}.") from None
        try:
            self._reader, self.delimiter, self.header = self._open()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def complain(self, text: str) -> SpecError:
        return SpecError(f"{quoted(self.name)}{text}")

    def _tell(self, share: float) -> None:
        if self._progress is not None and not self._progress(share, ""):
            raise Cancelled(f"Reading {quoted(self.name)} was called off.")

    # ---- rows ----
    def _lines(self) -> Iterator[str]:
        try:
            while line := self._file.readline(LINE):
                if len(line) == LINE:
                    raise self.complain(f" is no table: a line is longer than {LINE} characters.")
                yield line
        except UnicodeDecodeError:
            raise self.complain(f" is not text in {_spoken(self.encoding)}; save it as 'CSV UTF-8'.") from None
        except OSError as error:
            raise self.complain(f" cannot be read: {_reason(error)}.") from None

    def _open(self) -> tuple[Any, str, tuple[str, ...]]:
        lines, first = self._lines(), ""
        for self._above, first in enumerate(lines, 1):
            if first.strip(" ,;\t\r\n"):
                break
        if not first.strip(" ,;\t\r\n"):
            raise self.complain(
                " is empty; a header such as x,t or x1,x2,label is needed, and rows below it."
            )
        next_lines = list(islice(lines, SAMPLE))
        delimiter = _delimiter([first, *next_lines])
        header = tuple(cell.strip() for cell in _cells(first, delimiter))
        return csv.reader(chain(next_lines, lines), delimiter=delimiter, strict=True), delimiter, header

    def blocks(self) -> Iterator[Block]:
        """The rows below the header that hold anything."""
        number, width = self._above, len(self.header)
        while True:
            try:
                block = list(islice(self._reader, max(1, min(BLOCK, CELLS // max(width, 1)))))
            except csv.Error as error:
                line = self._above + self._reader.line_num
                raise self.complain(f", line {line}: this is not proper CSV ({error}).") from None
            if not block:
                return
            self._tell(0.2 + 0.8 * min(self._file.buffer.tell() / max(self.size, 1), 1.0))
            rows = [number + i for i, cells in enumerate(block, 1) if any(cells)]
            number += len(block)
            filled = [cells for cells in block if any(cells)]
            for row, cells in zip(rows, filled, strict=True):
                if len(cells) != width:
                    hint = (
                        " (decimal commas need semicolons between the cells)" if self.delimiter == "," else ""
                    )
                    n = "is 1 cell" if len(cells) == 1 else f"are {len(cells)} cells"
                    raise self.complain(f", row {row}: there {n}, but the header has {width}"
                                        f"{hint if len(cells) > width else ''}.")  # fmt: skip
            if filled:
                yield Block(rows, list(zip(*filled, strict=True)))

    # ---- columns ----
    def index(self, name: str) -> int:
        """Where the column of that name stands. Raises SpecError."""
        found = [i for i, column in enumerate(self.header) if column == name]
        if not found:
            found = [i for i, column in enumerate(self.header) if column.casefold() == name.casefold()]
        if len(found) == 1:
            return found[0]
        if found:
            raise self.complain(
                f" has {len(found)} columns called {show(name)}; each needs a name of its own."
            )
        raise self.complain(f" has no column {show(name)}; its columns are {self.listed()}.")

    @property
    def decimal(self) -> str:
        """The decimal mark of the numbers that were read so far: a comma only where one was met."""
        return "." if self._decimal is None else self._decimal[0]

    def listed(self) -> str:
        names = [show(name) for name in self.header[:12]]
        return ", ".join(names) + (", ..." if len(self.header) > 12 else "")

    def numbers(self, block: Block, name: str) -> Floats:
        """The numbers of one column of a block. Raises SpecError with the first cell that holds none.

        With semicolons or tabs between the cells numbers may have a decimal comma: all of them, or none.
        """
        texts: Sequence[str] = block.columns[self.index(name)]
        together = "\n".join(texts)
        marks = {mark for mark in ",." if mark in together}
        if self.delimiter != "," and marks:
            if self._decimal is None or marks != {self._decimal[0]}:
                self._check_decimals(block, name, texts)
            texts = [text.replace(",", ".") for text in texts]
        try:
            values = np.array([float(text) for text in texts])
            if "_" in together or not (np.abs(values) <= LIMIT).all():
                raise ValueError
        except ValueError:
            row, text = next((r, t) for r, t in zip(block.rows, block.columns[self.index(name)], strict=True)
                             if not is_number(t, self.delimiter))  # fmt: skip
            mark = "point" if self.delimiter == "," else "point or comma"
            allowed = f"a number from -1e15 to 1e15, with a decimal {mark}"
            raise self.wrong(row, name, text, allowed) from None
        return values

    def _check_decimals(self, block: Block, name: str, texts: Sequence[str]) -> None:
        for row, text in zip(block.rows, texts, strict=True):
            for mark, other in ((",", "."), (".", ",")):
                if mark not in text or not is_number(text, self.delimiter):
                    continue
                if self._decimal is None:
                    self._decimal = (mark, row)
                if self._decimal[0] != mark:
                    names = {",": "comma", ".": "point"}
                    raise self.complain(f", row {row}, column {show(name)}: {show(text)} has a decimal "
                                        f"{names[mark]}, but there is a decimal {names[other]} in row "
                                        f"{self._decimal[1]}; all numbers must have the same.")  # fmt: skip

    def wrong(self, row: int, name: str, text: str, allowed: str) -> SpecError:
        what = show(text) if text.strip() else "an empty cell"
        return self.complain(f", row {row}, column {show(name)}: must be {allowed}, not {what}.")


def quoted(name: str | os.PathLike[str]) -> str:
    """A file name for a sentence: in full, quoted only where it would break the line."""
    text = str(name)
    return text if text and text.isprintable() else repr(text)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(lines: Sequence[str]) -> str:
    """What stands between the cells: the mark that parts all lines into the same number of cells, a tab before a
    semicolon before a comma (which may be a decimal mark); else what parts the header into most, the comma if none
    does."""
    filled = [line for line in lines if line.strip(" ,;\t\r\n")]
    for mark in "\t;,":
        counts = {len(_cells(line, mark)) for line in filled}
        if len(counts) == 1 and counts.pop() > 1:
            return mark
    return max(",;\t", key=lambda mark: len(_cells(filled[0], mark)))


def _spoken(encoding: str) -> str:
    return {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, "UTF-16")


def _reason(error: Exception) -> str:
    return error.strerror or "error" if isinstance(error, OSError) else str(error)


def is_number(text: str, delimiter: str) -> bool:
    """Whether a cell holds a number, with a decimal comma too where the cells are not parted by commas."""
    try:
        value = float(text.replace(",", ".") if delimiter != "," else text)
    except ValueError:
        return False
    return abs(value) <= LIMIT and "_" not in text


def write_rows(
    path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ","
) -> None:
    """A CSV file of rows of numbers (written so that they read back exactly) and texts. Raises SpecError."""
    with write_whole(path) as temporary, open(temporary, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
