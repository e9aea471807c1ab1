"""The model as an ONNX graph, written node by node; it takes raw coordinates and scales them itself.

One input `x` [n, inputs], one output: `y` [n, 1] for a numeric target, `probabilities` [n, classes] for
classes (two columns for two classes, whatever the output unit). Networks keep the precision they were
trained in; polynomials are float64 and are evaluated in Chebyshev polynomials of the scaled x, because
powers of x lose every digit at high orders.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import playground
from playground.engine.export.base import Tick, exporter
from playground.engine.export.weights import curve_of
from playground.engine.formulas import INV_SQRT_2, LEAK
from playground.engine.trainer import Run

IR_VERSION, OPSET = 10, 20
"""What onnxruntime has been able to read since early 2024; onnx itself would write a newer one."""


class _Graph:
    """Nodes and constants under construction. `add` returns the name of the result."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: Any, dtype: Any = None) -> str:
        from onnx import numpy_helper

        if all(known.name != name for known in self.constants):
            self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype or self.dtype), name))
        return name


def model_of(run: Run) -> Any:
    """The `onnx.ModelProto` of the run's model as it stands."""
    import onnx
    from onnx import helper

    e, classes = run.experiment, run.problem.classes
    weights = run.weights()
    is_polynomial = e.model.kind == "polynomial"
    graph = _Graph(np.float64 if is_polynomial else weights["0.weight"].dtype)
    raw = _polynomial(graph, run) if is_polynomial else _network(graph, weights, e)
    result = _output(graph, raw, e.model.output_kind(len(classes)))
    name, width = ("probabilities", len(classes)) if classes else ("y", 1)
    graph.nodes.append(helper.make_node("Identity", [result], [name], name="output"))
    number = helper.np_dtype_to_tensor_dtype(graph.dtype)
    proto = helper.make_graph(
        graph.nodes, "playground",
        [helper.make_tensor_value_info("x", number, ["n", run.problem.n_inputs])],
        [helper.make_tensor_value_info(name, number, ["n", width])],
        graph.constants,
    )  # fmt: skip
    model = helper.make_model(
        proto, ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="playground", producer_version=playground.__version__,
    )  # fmt: skip
    inputs = ["x"] if run.problem.n_inputs == 1 else ["x1", "x2"]
    about = {"inputs": json.dumps(inputs), "lab": e.lab, "model": e.model.kind}
    if classes:
        about["classes"] = json.dumps(list(classes), ensure_ascii=False)
    helper.set_model_props(model, about)
    onnx.checker.check_model(model, full_check=True)
    return model


def _polynomial(graph: _Graph, run: Run) -> str:
    """[n, 1]: Clenshaw's recurrence for sum_k c_k T_k(z), z = (x - centre) / half_width."""
    curve = curve_of(run)
    scaled = graph.add("Sub", "x", graph.constant("centre", curve.centre))
    z = graph.add("Div", scaled, graph.constant("half_width", curve.half_width))
    twice = graph.add("Add", z, z)
    c = [graph.constant(f"c{k}", value) for k, value in enumerate(curve.chebyshev)]
    # b_k = c_k + 2 z b_{k+1} - b_{k+2}; the sum is c_0 + z b_1 - b_2.
    zero = graph.add("Mul", z, graph.constant("zero", 0.0))
    after, now = zero, zero
    for k in range(len(c) - 1, 0, -1):
        product = graph.add("Mul", twice, now)
        after, now = now, graph.add("Sub", graph.add("Add", product, c[k]), after)
    return graph.add("Sub", graph.add("Add", graph.add("Mul", z, now), c[0]), after)


def _network(graph: _Graph, weights: dict[str, NDArray[Any]], e: Any) -> str:
    """[n, outputs]: dense layers, weights [out, in] as torch keeps them."""
    now = _features(graph, e.features) if e.data.n_inputs == 2 else "x"
    layers = len(weights) // 2
    for k in range(layers):
        weight = graph.constant(f"{k}.weight", weights[f"{k}.weight"])
        bias = graph.constant(f"{k}.bias", weights[f"{k}.bias"])
        now = graph.add("Gemm", now, weight, bias, transB=1)
        if k < layers - 1:
            now = _activation(graph, now, e.model.layer_activations()[k])
    return now


def _activation(graph: _Graph, z: str, name: str) -> str:
    """Of operations that onnxruntime has in float64 too: of its own activations most are float32 only."""
    if name == "linear":
        return z
    if name == "leaky_relu":
        return graph.add("Max", z, graph.add("Mul", z, graph.constant("leak", LEAK)))
    if name == "elu":
        below = graph.add("Exp", graph.add("Min", z, graph.constant("none", 0.0)))
        return graph.add("Max", z, graph.add("Sub", below, graph.constant("one", 1.0)))
    if name == "gelu":
        return _gelu(graph, z)
    if name == "silu":
        return graph.add("Mul", z, graph.add("Sigmoid", z))
    if name == "softplus":
        # max(z, 0) + log(1 + exp(-|z|)): no exponential is too large.
        small = graph.add("Exp", graph.add("Neg", graph.add("Abs", z)))
        log = graph.add("Log", graph.add("Add", small, graph.constant("one", 1.0)))
        return graph.add("Add", graph.add("Relu", z), log)
    if name == "step":
        above = graph.add("Greater", z, graph.constant("none", 0.0))
        return graph.add("Where", above, graph.constant("one", 1.0), graph.constant("none", 0.0))
    return graph.add({"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "sine": "Sin"}[name], z)


def _gelu(graph: _Graph, z: str) -> str:
    """z Phi(z) by the error function, which onnxruntime has in float32 only: seven digits, whatever the network's."""
    from onnx import helper

    half = graph.constant("half", 0.5)
    narrow, own = (helper.np_dtype_to_tensor_dtype(np.dtype(d)) for d in (np.float32, graph.dtype))
    scaled = graph.add("Cast", graph.add("Mul", z, graph.constant("inv_sqrt_2", INV_SQRT_2)), to=narrow)
    erf = graph.add("Cast", graph.add("Erf", scaled), to=own)
    return graph.add("Mul", z, graph.add("Add", graph.add("Mul", erf, half), half))


def _features(graph: _Graph, features: Sequence[str]) -> str:
    """[n, k]: the inputs that are switched on, in the order of `engine/features.py`."""
    column = {
        "x1": graph.add("Gather", "x", graph.constant("first", [0], np.int64), axis=1),
        "x2": graph.add("Gather", "x", graph.constant("second", [1], np.int64), axis=1),
    }

    def one(name: str) -> str:
        if name.startswith("sin("):
            return graph.add("Sin", column[name[4:-1]])
        if name.endswith("^2"):
            return graph.add("Mul", column[name[:-2]], column[name[:-2]])
        left, star, right = name.partition("*")
        return graph.add("Mul", column[left], column[right]) if star else column[name]

    return graph.add("Concat", *[one(name) for name in features], axis=1)


def _output(graph: _Graph, raw: str, kind: str) -> str:
    if kind == "identity":
        return raw
    if kind == "softmax":
        return graph.add("Softmax", raw, axis=1)
    # One unit for two classes: sigmoid(z), or (1 + tanh z) / 2 = sigmoid(2 z), is the second's probability.
    z = graph.add("Add", raw, raw) if kind == "tanh" else raw
    first, second = graph.add("Sigmoid", graph.add("Neg", z)), graph.add("Sigmoid", z)
    return graph.add("Concat", first, second, axis=1)


@exporter(
    "onnx",
    title="ONNX model",
    description="The model for other programs: raw coordinates in, predictions out (model.onnx).",
    rank=20,
    needs_model=True,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """model.onnx"""
    tick(0.0, "ONNX model")
    (folder / "model.onnx").write_bytes(model_of(run).SerializeToString(deterministic=True))
