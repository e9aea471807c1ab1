"""The models of scikit-learn as nodes of an ONNX graph, of operations that every runtime has, in float64.

skl2onnx writes operators of their own kind, most of them in float32 only. Called by `onnx.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = dict[str, NDArray[Any]]


def library_nodes(graph: Any, model: Any, numbers: Numbers, n_classes: int, x: str) -> str:
    """[n, outputs], as `SklearnExecutor.outputs` gives them, of the inputs `x` [n, 2]; `graph` is that of `onnx.py`."""
    classes = numbers["classes"].astype(np.int64)
    if len(classes) == 1:
        only = [[2.0 * classes[0] - 1.0]] if model.n_outputs(n_classes) == 1 else [np.eye(n_classes)[classes[0]]]
        nothing = graph.add("Mul", _column(graph, x, 0), graph.constant("zero", 0.0))
        return str(graph.add("Add", nothing, graph.constant("only", only)))
    columns = np.eye(n_classes)[classes]
    if model.kind == "svm":
        return _support_vectors(graph, model, numbers, columns, n_classes, x)
    nodes = {"tree": _tree, "knn": _neighbours, "naive_bayes": _bells}[model.kind](graph, model, numbers, x)
    return str(graph.add("MatMul", nodes, graph.constant("classes", columns)))


def _column(graph: Any, x: str, i: int) -> str:
    return str(graph.add("Gather", x, graph.constant(f"column{i}", [i], np.int64), axis=1))


def _squares(graph: Any, x: str, places: NDArray[Any]) -> str:
    """[n, k] squared distances of the points from k places, difference by difference: no digit is lost."""
    found = []
    for i in range(2):
        miss = graph.add("Sub", _column(graph, x, i), graph.constant(f"places{i}", places[None, :, i]))
        found.append(graph.add("Mul", miss, miss))
    return str(graph.add("Add", *found))


def _tree(graph: Any, model: Any, numbers: Numbers, x: str) -> str:
    """[n, known classes]: which questions are answered how leads to one leaf. Coordinates are rounded to float32, as
    scikit-learn does."""
    from onnx import TensorProto

    left, right = numbers["left"].astype(int), numbers["right"].astype(int)
    inner, leaves = np.flatnonzero(left >= 0), np.flatnonzero(left < 0)
    # +1 where the way to a leaf goes left at a question, -1 where right: only the leaf reached agrees with all.
    ways = np.zeros((len(inner), len(leaves)))
    for at, question in enumerate(inner):
        for sign, below in ((1.0, left[question]), (-1.0, right[question])):
            ways[at, np.isin(leaves, _under(below, left, right))] = sign
    share = numbers["value"][leaves] / numbers["value"][leaves].sum(axis=1, keepdims=True)
    if not len(inner):
        return str(graph.add("Add", graph.add("Mul", _column(graph, x, 0), graph.constant("zero", 0.0)),
                             graph.constant("share", share)))  # fmt: skip
    narrow = graph.add("Cast", graph.add("Cast", x, to=TensorProto.FLOAT), to=graph.number)
    asked = graph.add("Gather", narrow, graph.constant("asked", numbers["feature"][inner], np.int64), axis=1)
    goes_left = graph.add("LessOrEqual", asked, graph.constant("threshold", numbers["threshold"][inner]))
    one = graph.constant("one", 1.0)
    answers = graph.add("Where", goes_left, one, graph.constant("minus_one", -1.0))
    agreed = graph.add("MatMul", answers, graph.constant("ways", ways))
    reached = graph.add("Greater", agreed, graph.constant("depth", np.abs(ways).sum(axis=0) - 0.5))
    leaf = graph.add("Where", reached, one, graph.constant("none", 0.0))
    return str(graph.add("MatMul", leaf, graph.constant("share", share)))


def _under(node: int, left: NDArray[Any], right: NDArray[Any]) -> list[int]:
    """The leaves below a node."""
    return [node] if left[node] < 0 else [*_under(left[node], left, right), *_under(right[node], left, right)]


def _neighbours(graph: Any, model: Any, numbers: Numbers, x: str) -> str:
    """[n, known classes]: the shares of the classes among the k nearest points."""
    k, label = min(model.k, len(numbers["t"])), np.searchsorted(numbers["classes"], numbers["t"])
    far, at = _squares(graph, x, numbers["X"]), f"nearest_{len(graph.nodes)}"
    graph.two("TopK", [far, graph.constant("k", [k], np.int64)], [f"{at}_far", at], axis=1, largest=0)
    vote = np.eye(len(numbers["classes"]))[label] / k  # onnxruntime would divide by k in float32
    votes = graph.add("Gather", graph.constant("votes", vote), at, axis=0)
    return str(graph.add("ReduceSum", votes, graph.columns(), keepdims=0))


def _bells(graph: Any, model: Any, numbers: Numbers, x: str) -> str:
    """[n, known classes]: softmax of log prior - sum_i (log(2 pi s_i^2) + (x_i - m_i)^2 / s_i^2) / 2."""
    mean, variance = numbers["mean"], numbers["variance"]
    if not variance.any():  # all points in one place: see `library_process.py`
        nothing = graph.add("Mul", _column(graph, x, 0), graph.constant("zero", 0.0))
        return str(graph.add("Add", nothing, graph.constant("prior", numbers["prior"][None])))
    total = graph.constant("constant", np.log(numbers["prior"]) - 0.5 * np.log(2.0 * np.pi * variance).sum(axis=1))
    for i in range(2):
        miss = graph.add("Sub", _column(graph, x, i), graph.constant(f"mean{i}", mean[None, :, i]))
        term = graph.add("Mul", graph.add("Mul", miss, miss), graph.constant(f"half{i}", -0.5 / variance[None, :, i]))
        total = graph.add("Add", term, total)
    return str(graph.add("Softmax", total, axis=1))


def _support_vectors(
    graph: Any, model: Any, numbers: Numbers, columns: NDArray[Any], n_classes: int, x: str
) -> str:
    """[n, 1] the decision of two classes; else [n, classes] votes: 1 for the winner of all pairs."""
    pairs, weights = _pairs(numbers, len(columns))
    kernel = _kernel(graph, model, numbers, x)
    decisions = graph.add("Add", graph.add("MatMul", kernel, graph.constant("pairs", weights)),
                          graph.constant("intercept", numbers["intercept"][None]))  # fmt: skip
    if n_classes == 2:
        return str(decisions)
    if len(columns) == 2:  # of three classes only two have points: scikit-learn turns the sign, libsvm does not
        decisions = graph.add("Neg", decisions)
    one, none = graph.constant("one", 1.0), graph.constant("none", 0.0)
    wins = graph.add("Where", graph.add("Greater", decisions, none), one, none)
    # A pair i, j votes for i where its decision is positive, else for j; of equals the first class wins.
    to_first, to_second = np.zeros((len(pairs), len(columns))), np.zeros((len(pairs), len(columns)))
    for row, (i, j) in enumerate(pairs):
        to_first[row, i], to_second[row, j] = 1.0, 1.0
    lost = graph.add("Sub", one, wins)
    votes = graph.add("Add", graph.add("MatMul", wins, graph.constant("to_first", to_first)),
                      graph.add("MatMul", lost, graph.constant("to_second", to_second)))  # fmt: skip
    winner = graph.add("ArgMax", votes, axis=1, keepdims=0)
    return str(graph.add("Gather", graph.constant("rows", columns), winner, axis=0))


def _pairs(numbers: Numbers, k: int) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """The pairs of classes, and [support vectors, pairs] what each vector weighs in the decision of each pair."""
    begin = np.concatenate([[0], np.cumsum(numbers["n_support"].astype(int))])
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    weights = np.zeros((int(begin[-1]), len(pairs)))
    for column, (i, j) in enumerate(pairs):
        mine, other = slice(begin[i], begin[i + 1]), slice(begin[j], begin[j + 1])
        weights[mine, column] = numbers["dual_coef"][j - 1, mine]
        weights[other, column] = numbers["dual_coef"][i, other]
    return pairs, weights


def _kernel(graph: Any, model: Any, numbers: Numbers, x: str) -> str:
    """[n, support vectors]"""
    vectors, gamma = numbers["support_vectors"], float(numbers["gamma"][0])
    if model.kernel == "rbf":
        minus = graph.constant("minus_gamma", -gamma)
        return str(graph.add("Exp", graph.add("Mul", _squares(graph, x, vectors), minus)))
    product = graph.add("MatMul", x, graph.constant("vectors", vectors.T))
    if model.kernel == "linear":
        return str(product)
    scaled = now = graph.add("Mul", product, graph.constant("gamma", gamma))
    for _ in range(model.degree - 1):
        now = graph.add("Mul", now, scaled)
    return str(now)
