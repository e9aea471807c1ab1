"""In which encoding a text file is written: UTF-8 (also with a mark), UTF-16, or Windows-1252 where it is neither.

The whole file is looked at once, in pieces, so that nothing is found out half-way through it.
"""

import codecs
from collections.abc import Callable
from pathlib import Path

PIECE = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1a")
"""Bytes that no text in an encoding of one byte holds; Ctrl-Z ends files of old programs."""


def encoding_of(path: Path, look: Callable[[int], None] = lambda size: None) -> str | None:
    """The name of a codec for `open`, or None where the file is no text. `look(bytes so far)` is told of each piece.

    Windows-1252 stands for Latin-1 too: it has the same letters, and more where Latin-1 has none. Raises OSError.
    """
    with open(path, "rb") as file:
        first = file.read(PIECE)
        for mark, name in MARKS:
            if first.startswith(mark):
                return name
        if b"\0" in first:
            return _without_mark(first)
        if CONTROLS & set(first):
            return None
        decode, size = codecs.getincrementaldecoder("utf-8")().decode, 0
        piece = first
        try:
            while piece:
                size += len(piece)
                look(size)
                decode(piece)
                piece = file.read(PIECE)
            decode(b"", True)
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"


def _without_mark(first: bytes) -> str | None:
    """UTF-16 as programs write it that leave the mark out: every other byte of Latin text is zero."""
    even, odd = first[0::2].count(0), first[1::2].count(0)
    most = 0.4 * (len(first) // 2)
    name = "utf-16-le" if odd > most and not even else "utf-16-be" if even > most and not odd else None
    if name is None or CONTROLS & set(map(ord, first.decode(name, errors="replace"))):
        return None
    return name
