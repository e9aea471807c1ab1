"""What a run has been through: a row of measures for each epoch, and states to go back to.

Both are bounded: when a `History` or a `Checkpoints` is full, every second entry goes and from then on only
every second one is kept. The trainer fills them, the labs draw them, the session file holds the rows.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.points import PART_NAMES
from playground.engine.snapshot import Score

Floats = NDArray[np.float64]

MEASURES = ("loss", "rms", "accuracy")
COLUMNS = ("epoch", "step", *(f"{part}_{measure}" for part in PART_NAMES for measure in MEASURES))
MAX_ROWS = 100_000
MAX_POINTS = 2_000


class History:
    """Rows of COLUMNS, one for each epoch from 0 (the initial weights) on; NaN where a measure has no meaning."""

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._rows = np.empty((256, len(COLUMNS)))
        self._n = 0
        self._max_rows = max_rows
        self.spacing = 1
        """Epochs between two rows that are kept; the newest row is always there."""
        self.best_epoch: int | None = None
        """The epoch of the least test loss so far, exact however the rows are thinned."""
        self.best_loss = np.inf
        self.best_validation: tuple[int, float] | None = None
        """(epoch, loss) of the least validation loss so far, exact too."""

    def __len__(self) -> int:
        return self._n

    def column(self, name: str) -> Floats:
        """[rows] of one of COLUMNS; a view, valid until the next `append`."""
        return self._rows[: self._n, COLUMNS.index(name)]

    def append(self, epoch: int, step: int, scores: Mapping[str, Score]) -> None:
        """Add the measures at the end of an epoch, or replace the row of this same epoch."""
        row = []
        for part in PART_NAMES:
            score = scores.get(part)
            row += [np.nan if score is None or (v := getattr(score, m)) is None else v for m in MEASURES]
        self.extend(np.array([epoch]), np.array([step]), np.array([row]))

    def extend(self, epochs: NDArray[np.int64], steps: NDArray[np.int64], measures: Floats) -> None:
        """Add the measures [n, 9] at the ends of n > 0 consecutive epochs, in the order of COLUMNS."""
        last = self._n and self._rows[self._n - 1, 0]
        if self._n and (last >= epochs[0] or last % self.spacing):
            self._n -= 1
        rows = np.column_stack([epochs, steps, measures])
        self._better(rows)
        rows = rows[(epochs % self.spacing == 0) | (epochs == epochs[-1])]
        end = self._n + len(rows)
        if end > len(self._rows):
            more = np.empty((max(end, 2 * len(self._rows)) - len(self._rows), len(COLUMNS)))
            self._rows = np.concatenate([self._rows, more])
        self._rows[self._n : end], self._n = rows, end
        while self._n >= self._max_rows:
            self.spacing *= 2
            epoch = self._rows[: self._n, 0]
            self._keep((epoch % self.spacing == 0) | (epoch == epochs[-1]))

    def _better(self, rows: Floats) -> None:
        if (best := _least(rows, "test_loss")) is not None and best[1] < self.best_loss:
            self.best_epoch, self.best_loss = best
        best = _least(rows, "validation_loss")
        if best is not None and (self.best_validation is None or best[1] < self.best_validation[1]):
            self.best_validation = best

    def _keep(self, mask: NDArray[np.bool_]) -> None:
        kept = self._rows[: self._n][mask]
        self._n = len(kept)
        self._rows[: self._n] = kept

    def truncate(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        self._keep(self._rows[: self._n, 0] <= epoch)
        bests = (self.best_epoch, self.best_validation and self.best_validation[0])
        if any(best is not None and best > epoch for best in bests):
            self._find_best()

    def columns(self) -> dict[str, Floats]:
        """Copies of all columns by name: what a session file holds."""
        return {name: self.column(name).copy() for name in COLUMNS}

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[Any]]) -> "History":
        """The inverse of `columns`. Unknown names are passed over, missing ones become NaN."""
        history = cls()
        n = len(columns.get("epoch", ()))
        history._rows = np.full((max(256, n), len(COLUMNS)), np.nan)
        for i, name in enumerate(COLUMNS):
            if name in columns:
                history._rows[:n, i] = columns[name]
        history._n = n
        gaps = np.diff(history.column("epoch")[:-1])
        while len(gaps) and gaps.max() > history.spacing:
            history.spacing *= 2
        history._find_best()
        return history

    def _find_best(self) -> None:
        self.best_epoch, self.best_loss, self.best_validation = None, np.inf, None
        self._better(self._rows[: self._n])

    def line(self, name: str) -> tuple[Floats, Floats]:
        """(epoch, value) of one measure for a chart: at most MAX_POINTS points, all peaks among them."""
        return thin(self.column("epoch"), self.column(name))

    def has(self, name: str) -> bool:
        """Whether any row has this measure."""
        return bool(self._n) and not np.isnan(self.column(name)).all()


def _least(rows: Floats, column: str) -> tuple[int, float] | None:
    """(epoch, value) of the least of a column; None where it is empty."""
    values = rows[:, COLUMNS.index(column)]
    if np.isnan(values).all():
        return None
    at = int(np.nanargmin(values))
    return int(rows[at, 0]), float(values[at])


def thin(x: Floats, y: Floats, most: int = MAX_POINTS) -> tuple[Floats, Floats]:
    """Copies of x, y [k], k <= most: of each bucket the least and the largest y, and the last point of all."""
    n = len(x)
    if n <= most:
        return x.copy(), y.copy()
    n_buckets = most // 2 - 1
    size = -(-(n - 1) // n_buckets)
    n_buckets = -(-(n - 1) // size)
    padded = np.full(n_buckets * size, np.nan)
    padded[: n - 1] = y[:-1]
    buckets = padded.reshape(n_buckets, size)
    start = np.arange(n_buckets) * size
    low = start + np.where(np.isnan(buckets), np.inf, buckets).argmin(axis=1)
    high = start + np.where(np.isnan(buckets), -np.inf, buckets).argmax(axis=1)
    index = np.unique(np.concatenate([low, high, [0, n - 1]]))
    return x[index], y[index]


class Checkpoints:
    """States at the ends of epochs, thinned: to go back means to restore the nearest before and replay."""

    def __init__(self, most: int = 200) -> None:
        self.most = most
        self.spacing = 1
        """Epochs between two states that are kept, at least."""
        self._states: dict[int, Any] = {}

    def offer(self, epoch: int, save: Any) -> None:
        """Keep `save()` if this epoch is one to be kept; epochs come in their order."""
        if self._states and epoch < max(self._states) + self.spacing:
            return
        self._states[epoch] = save()
        while len(self._states) > self.most:
            self.spacing *= 2
            kept: list[int] = []
            for e in self._states:
                if not kept or e >= kept[-1] + self.spacing:
                    kept.append(e)
            self._states = {e: self._states[e] for e in kept}

    def items(self) -> list[tuple[int, Any]]:
        """(epoch, state) of all that are kept."""
        return list(self._states.items())

    def replace(self, states: Mapping[int, Any]) -> None:
        """The same states in another form, by epoch."""
        self._states = {epoch: states[epoch] for epoch in self._states}

    @property
    def first(self) -> int:
        return min(self._states)

    def nearest(self, epoch: int) -> tuple[int, Any]:
        """The last one at or before an epoch."""
        at = max(e for e in self._states if e <= epoch)
        return at, self._states[at]

    def truncate(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        self._states = {e: s for e, s in self._states.items() if e <= epoch}

    def forget_before(self, epoch: int) -> None:
        """Forget what cannot be replayed from any more."""
        self._states = {e: s for e, s in self._states.items() if e >= epoch}

    def __contains__(self, epoch: int) -> bool:
        return epoch in self._states

    def __len__(self) -> int:
        return len(self._states)
