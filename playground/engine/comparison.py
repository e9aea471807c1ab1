"""Typed values of models side by side on the same points. They belong to `snapshot.py`, whose rules they follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from playground.engine.snapshot import Array, Changes, Choice, DecisionMap, Score, Summary


@dataclass(frozen=True, eq=False)
class Contender:
    """One of the models. `text` is its entry (`beside.py`), empty of the main one.

    detail    what is not as usual of its settings        note    why there is nothing to show, or what went wrong
    said [n]  the class, or the number, that it gives each point of the summary; NaN where it decides nothing
    scores    by part of the split        seconds    of training        epochs    None where it is solved at once
    take, remove    the changes that make it the main one, and that put it away
    """

    text: str
    title: str
    detail: str = ""
    note: str = ""
    map: DecisionMap = field(default_factory=DecisionMap)
    said: Array = field(default_factory=lambda: np.zeros(0))
    scores: Mapping[str, Score] = field(default_factory=dict)
    n_parameters: int = 0
    seconds: float = 0.0
    epochs: int | None = None
    take: Changes = field(default_factory=dict)
    remove: Changes = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class SideBySide(Summary):
    """The main model and those beside it, and where they disagree.

    ids, truth [n], X [n, 2], test [n]   the points; truth is the class or the number
    common [rows, columns]   the class that all models give a cell of the maps, -1 where they disagree; for numbers 0
               where they differ by no more than `tolerance`, else -1
    apart [n]  whether they disagree on a point          share    of the cells, 0 to 1
    names      of the classes; empty for numbers         rivals   what may be added
    """

    contenders: tuple[Contender, ...] = ()
    ids: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    X: Array = field(default_factory=lambda: np.zeros((0, 2)))
    truth: Array = field(default_factory=lambda: np.zeros(0))
    test: Array = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    common: Array = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    apart: Array = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    share: float = 0.0
    tolerance: float = 0.0
    names: tuple[str, ...] = ()
    rivals: tuple[Choice, ...] = ()
    x: tuple[float, float] = (-6.0, 6.0)
    y: tuple[float, float] = (-6.0, 6.0)
    note: str = ""
