"""The process in which scikit-learn fits and predicts: it brings a second OpenMP along, which must not meet torch's.

`library.py` starts it and speaks to it over its standard input and output, in messages of one kind: eight bytes with a
length, then an npz of arrays, one of which holds the rest as JSON. Nothing is ever unpickled. It ends with its input.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections import OrderedDict
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
HEAD = "json"
MOST_KEPT = 64
"""Fitted models; one that is asked for later is fitted again."""


def write(stream: IO[bytes], head: dict[str, Any], arrays: Arrays) -> None:
    body = io.BytesIO()
    np.savez(body, **{HEAD: np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)}, **arrays)  # type: ignore[arg-type]
    stream.write(len(body.getbuffer()).to_bytes(8, "little"))
    stream.write(body.getbuffer())
    stream.flush()


def read(stream: IO[bytes]) -> tuple[dict[str, Any], Arrays]:
    """Raises EOFError at the end of the stream."""
    length = stream.read(8)
    body = stream.read(int.from_bytes(length, "little")) if len(length) == 8 else b""
    if not body:
        raise EOFError
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    return json.loads(arrays.pop(HEAD).tobytes()), arrays


class Library:
    """Fitted models by a key of the other side."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[str, Any]] = OrderedDict()

    def answer(self, head: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
        if head["do"] == "fit":
            return self._fit(head, arrays["X"], arrays["t"])
        if head["key"] not in self._kept:
            return {"unknown": True}, {}
        kind, model = self._kept[head["key"]]
        if head["do"] == "pairs":
            return {}, {"raw": np.asarray(model.decision_function(arrays["X"])).reshape(len(arrays["X"]), -1)}
        return {}, {"raw": _raw(kind, model, arrays["X"], head["n_classes"])}

    def _fit(self, head: dict[str, Any], X: NDArray[Any], t: NDArray[Any]) -> tuple[dict[str, Any], Arrays]:
        model = _class(head["kind"])(**head["settings"])
        begun = time.perf_counter()
        model.fit(X, t)
        seconds = time.perf_counter() - begun
        self._kept[head["key"]] = head["kind"], model
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return {"seconds": seconds}, _numbers(head["kind"], model, X, t)


def _class(kind: str) -> Any:
    if kind == "svm":
        from sklearn.svm import SVC

        return SVC
    if kind == "tree":
        from sklearn.tree import DecisionTreeClassifier

        return DecisionTreeClassifier
    if kind == "knn":
        from sklearn.neighbors import KNeighborsClassifier

        return KNeighborsClassifier
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB


def _raw(kind: str, model: Any, X: NDArray[Any], n_classes: int) -> NDArray[Any]:
    """[n, classes] probabilities; of a support vector machine [n, 1] its decision, or votes [n, classes]."""
    if kind == "svm" and n_classes == 2:
        return np.asarray(model.decision_function(X))[:, None]
    if kind == "svm":
        return (np.arange(n_classes) == model.predict(X)[:, None]).astype(np.float64)
    found = np.zeros((len(X), n_classes))
    with np.errstate(all="ignore"):
        known = model.predict_proba(X)
    if kind == "naive_bayes" and not model.var_.any():  # all in one place: equal Gaussians leave the prior as it was
        known = np.tile(model.class_prior_, (len(X), 1))
    found[:, model.classes_] = known
    return found


def _numbers(kind: str, model: Any, X: NDArray[Any], t: NDArray[Any]) -> Arrays:
    """What was learned, as arrays of float64."""
    found = {"classes": model.classes_}
    if kind == "svm":
        found |= {"support": model.support_, "n_support": model.n_support_, "support_vectors": model.support_vectors_,
                  "dual_coef": model.dual_coef_, "intercept": model.intercept_, "gamma": model._gamma}  # fmt: skip
    elif kind == "tree":
        tree = model.tree_
        found |= {"feature": tree.feature, "threshold": tree.threshold, "left": tree.children_left,
                  "right": tree.children_right, "value": tree.value[:, 0, :]}  # fmt: skip
    elif kind == "knn":
        found |= {"X": X, "t": t}
    else:
        found |= {"mean": model.theta_, "variance": model.var_, "prior": model.class_prior_}
    return {name: np.atleast_1d(np.asarray(array, dtype=np.float64)) for name, array in found.items()}


def main() -> None:
    """Answer until the other side is gone."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints must not get between the messages
    library = Library()
    while True:
        try:
            head, arrays = read(come)
        except EOFError:
            return
        try:
            answer, found = library.answer(head, arrays)
        except Exception as error:
            answer, found = {"failed": f"{type(error).__name__}: {error}".splitlines()[0]}, {}
        write(go, answer, found)


if __name__ == "__main__":
    main()
