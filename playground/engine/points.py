"""Points: what a person draws, a generator makes or a file holds. Immutable, compared by value.

Each point has an id that never changes while it lives; which part of the split it belongs to is a
function of (seed.split, id), so that adding a point never moves another one.
"""

import base64
import hashlib
import zlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

AUTO, TRAIN, VALIDATION, TEST = -1, 0, 1, 2
PART_NAMES = ("train", "validation", "test")
LIMIT = 1e15
"""Larger numbers than this are no coordinates, and their squares soon leave the range of floats."""


class Points:
    """n points with d inputs.

    ids   int64 [n], unique           X     float64 [n, d], from -LIMIT to LIMIT
    t     float64 [n]: the target of a curve, or the class index of a point in the plane
    part  int8 [n]: AUTO (the split decides) or TRAIN, VALIDATION, TEST (a file said so)
    """

    def __init__(
        self, X: ArrayLike, t: ArrayLike, ids: ArrayLike | None = None, part: ArrayLike | None = None
    ):
        x = np.array(X, dtype=np.float64)
        self.X = x.reshape(len(x), -1) if x.size else x.reshape(0, x.shape[1] if x.ndim == 2 else 1)
        n = len(self.X)
        self.t = np.array(t, dtype=np.float64).reshape(n)
        self.ids = np.arange(n, dtype=np.int64) if ids is None else np.array(ids, dtype=np.int64).reshape(n)
        self.part = (
            np.full(n, AUTO, dtype=np.int8) if part is None else np.array(part, dtype=np.int8).reshape(n)
        )
        # A comparison with NaN is false, so it is refused too.
        if not ((np.abs(self.X) <= LIMIT).all() and (np.abs(self.t) <= LIMIT).all()):
            raise ValueError(f"points must be numbers from {-LIMIT:g} to {LIMIT:g}")
        ascending = bool((self.ids[1:] > self.ids[:-1]).all())  # as a rule, and a hundred times as fast as sorting
        if not ascending and len(np.unique(self.ids)) != n:
            raise ValueError("each point needs an id of its own")
        if n and not (AUTO <= self.part.min() and self.part.max() <= TEST):
            raise ValueError("each point belongs to one of the parts of the split")
        for array in self._arrays:
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_inputs(self) -> int:
        return self.X.shape[1]

    @cached_property
    def digest(self) -> str:
        h = hashlib.blake2b(digest_size=16)
        for array in self._arrays:
            h.update(str(array.shape).encode())
            h.update(np.ascontiguousarray(array).tobytes())
        return h.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Points) or other is self:
            return other is self
        if self.X.shape != other.X.shape:  # as a rule while a hand draws: no look at the numbers is needed
            return False
        return all(a.tobytes() == b.tobytes() for a, b in zip(self._arrays, other._arrays, strict=True))

    def __hash__(self) -> int:
        """Of some points only: equal ones have equal hashes, and 10,000 cost no more than 64."""
        some = slice(None, None, len(self) // 64 + 1)
        return hash((self.X.shape, self.X[some].tobytes(), self.t[some].tobytes()))

    @property
    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.X, self.t, self.ids, self.part

    def __repr__(self) -> str:
        return f"Points(n={len(self)}, inputs={self.n_inputs}, digest={self.digest[:8]})"

    # ---- pure edits: each returns new Points, the gesture that made them is one undo ----
    @property
    def next_id(self) -> int:
        return int(self.ids.max()) + 1 if len(self) else 0

    def add(self, X: ArrayLike, t: ArrayLike) -> "Points":
        X = np.asarray(X, dtype=np.float64).reshape(-1, self.n_inputs)
        new = np.arange(self.next_id, self.next_id + len(X))
        return Points(
            np.vstack([self.X, X]),
            np.concatenate([self.t, np.asarray(t, dtype=np.float64).reshape(-1)]),
            np.concatenate([self.ids, new]),
            np.concatenate([self.part, np.full(len(X), AUTO, dtype=np.int8)]),
        )

    def take(self, keep: NDArray[Any]) -> "Points":
        """The points at these indices, or where this mask is true."""
        return Points(self.X[keep], self.t[keep], self.ids[keep], self.part[keep])

    def remove(self, ids: Sequence[int] | NDArray[np.int64]) -> "Points":
        return self.take(~np.isin(self.ids, np.asarray(ids)))

    def replace(self, ids: ArrayLike, X: ArrayLike | None = None, t: ArrayLike | None = None) -> "Points":
        """New coordinates and/or targets for the points with these ids, in the order given."""
        index = self.index(ids)
        new_x, new_t = self.X.copy(), self.t.copy()
        if X is not None:
            new_x[index] = np.asarray(X, dtype=np.float64).reshape(len(index), -1)
        if t is not None:
            new_t[index] = t
        return Points(new_x, new_t, self.ids, self.part)

    def index(self, ids: ArrayLike) -> NDArray[np.int64]:
        """Where the points with these ids stand. Raises ValueError if one of them is not here."""
        wanted = np.asarray(ids, dtype=np.int64).reshape(-1)
        order = np.argsort(self.ids, kind="stable")  # of ids that ascend already it takes one look
        at = np.searchsorted(self.ids, wanted, sorter=order)
        found = order[np.minimum(at, max(len(order) - 1, 0))] if len(order) else np.zeros(0, dtype=np.int64)
        missing = wanted[self.ids[found] != wanted] if len(order) else wanted
        if len(missing):
            raise ValueError(f"no point has the id {missing[0]}")
        return found

    # ---- text form, for links and JSON ----
    def pack(self) -> str:
        """Compressed and base64-coded; exact."""
        head = np.array([len(self), self.n_inputs], dtype="<i8").tobytes()
        body = b"".join(
            np.ascontiguousarray(a, dtype=d).tobytes()
            for a, d in ((self.ids, "<i8"), (self.part, "<i1"), (self.X.T, "<f8"), (self.t, "<f8"))
        )
        return base64.urlsafe_b64encode(zlib.compress(head + body, 9)).decode().rstrip("=")

    @classmethod
    def unpack(cls, text: str) -> "Points":
        """Raises ValueError for anything that `pack` did not make."""
        try:
            unzip = zlib.decompressobj()
            raw = unzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), 64_000_000)
            n, d = (int(v) for v in np.frombuffer(raw[:16], dtype="<i8"))
            if n < 0 or not 1 <= d <= 16 or len(raw) != 16 + n * (8 + 1 + 8 * d + 8):
                raise ValueError
            ids = np.frombuffer(raw, "<i8", n, 16)
            part = np.frombuffer(raw, "<i1", n, 16 + 8 * n)
            X = np.frombuffer(raw, "<f8", n * d, 16 + 9 * n).reshape(d, n).T
            t = np.frombuffer(raw, "<f8", n, 16 + 9 * n + 8 * n * d)
            return cls(X if n else np.zeros((0, d)), t, ids, part)
        except (ValueError, zlib.error) as error:
            raise ValueError("the packed points are damaged") from error

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def check(value: Any) -> "Points":
            if isinstance(value, Points):
                return value
            if isinstance(value, str):
                return cls.unpack(value)
            raise ValueError("must be a set of points")

        return core_schema.no_info_plain_validator_function(
            check, serialization=core_schema.plain_serializer_function_ser_schema(lambda p: p.pack())
        )


EMPTY_1D = Points(np.zeros((0, 1)), [])
EMPTY_2D = Points(np.zeros((0, 2)), [])
