"""The model as an ONNX graph, written node by node; it takes raw coordinates and scales them itself.

One input `x` [n, inputs], one output: `y` [n, 1] for a numeric target, `probabilities` [n, classes] for
classes (two columns for two classes, whatever the output unit). Networks keep the precision they were
trained in; models linear in their weights are float64. Polynomials that were solved in one step are evaluated in
Chebyshev polynomials of the scaled x, because powers of x lose every digit at high orders.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import playground
from playground.engine.executors.closed_form import PolynomialFit
from playground.engine.export.base import Tick, exporter
from playground.engine.export.inputs import onnx_columns, onnx_standardised
from playground.engine.export.onnx_library import library_nodes
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

    def two(self, operation: str, inputs: list[str], names: list[str], **attributes: Any) -> None:
        """A node with more than one result, of these names."""
        from onnx import helper

        self.nodes.append(helper.make_node(operation, inputs, names, name=names[-1], **attributes))

    @property
    def number(self) -> int:
        """The code that ONNX has for its numbers."""
        from onnx import helper

        return int(helper.np_dtype_to_tensor_dtype(self.dtype))

    def columns(self) -> str:
        """The axis that reductions over outputs take."""
        return self.constant("columns", [1], np.int64)

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
    curve = curve_of(run)
    graph = _Graph(weights["0.weight"].dtype if e.model.layered and not e.model.linear else np.float64)
    if curve is not None:
        raw = _polynomial(graph, curve)
    elif e.model.linear:
        raw = _linear(graph, e.model, weights["w"], run.problem.x_range)
    elif not e.model.layered:
        raw = library_nodes(graph, e.model, weights, len(classes), onnx_standardised(graph, "x", run))
    else:
        raw = _network(graph, weights, run)
    name, width = ("probabilities", len(classes)) if classes else ("y", 1)
    result = _output(graph, raw, e.model.output_kind(len(classes)), width)
    graph.nodes.append(helper.make_node("Identity", [result], [name], name="output"))
    proto = helper.make_graph(
        graph.nodes, "playground",
        [helper.make_tensor_value_info("x", graph.number, ["n", run.problem.n_inputs])],
        [helper.make_tensor_value_info(name, graph.number, ["n", width])],
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


def _polynomial(graph: _Graph, curve: PolynomialFit) -> str:
    """[n, 1]: Clenshaw's recurrence for sum_k c_k T_k(z), z = (x - centre) / half_width."""
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


def _linear(graph: _Graph, model: Any, w: NDArray[Any], x_range: tuple[float, float]) -> str:
    """[n, 1]: the basis functions as `model.design` has them, and the sum with their weights."""
    if len(w) == 1:
        return graph.add("Add", graph.add("Mul", "x", graph.constant("zero", 0.0)), graph.constant("w", w[0]))
    low, high = x_range
    u = graph.add("Div", graph.add("Sub", "x", graph.constant("low", low)),
                  graph.constant("width", (high - low) or 1.0))  # fmt: skip
    if model.kind == "gaussian":
        centres = np.linspace(0.0, 1.0, model.order) if model.order > 1 else np.full(1, 0.5)
        z = graph.add("Div", graph.add("Sub", u, graph.constant("centres", centres)),
                      graph.constant("s", model.width))  # fmt: skip
        columns = graph.add("Exp", graph.add("Mul", graph.add("Mul", z, z), graph.constant("half", -0.5)))
    elif model.kind == "fourier":
        turns = graph.add("Mul", u, graph.constant("turns", 2.0 * np.pi * np.arange(1, model.order + 1)))
        # A cosine is a sine a quarter later: onnxruntime has no cosine in 64 bits.
        later = graph.add("Add", turns, graph.constant("quarter", np.pi / 2))
        columns = graph.add("Concat", graph.add("Sin", turns), graph.add("Sin", later), axis=1)
        w = np.concatenate([w[:1], w[1::2], w[2::2]])
    else:
        columns = graph.add("Concat", *_polynomials(graph, model, u), axis=1)
    weight, bias = graph.constant("w", w[None, 1:]), graph.constant("w0", w[:1])
    return graph.add("Gemm", columns, weight, bias, transB=1)


def _polynomials(graph: _Graph, model: Any, u: str) -> list[str]:
    """The powers of x, or the Legendre polynomials of 2 u - 1, from the first on."""
    if model.basis == "power":
        found = ["x"]
        while len(found) < model.order:
            found.append(graph.add("Mul", found[-1], "x"))
        return found
    v = graph.add("Sub", graph.add("Add", u, u), graph.constant("one", 1.0))
    found = [v]
    for n in range(1, model.order):  # (n + 1) P_{n+1} = (2n + 1) v P_n - n P_{n-1}
        a, b = (graph.constant(f"{name}{n}", value / (n + 1)) for name, value in (("a", 2 * n + 1), ("b", n)))
        first = graph.add("Mul", a, graph.add("Mul", v, found[-1]))
        before = graph.add("Mul", b, found[-2]) if n > 1 else b
        found.append(graph.add("Sub", first, before))
    return found


def _network(graph: _Graph, weights: dict[str, NDArray[Any]], run: Run) -> str:
    """[n, outputs]: dense layers, weights [out, in] as torch keeps them."""
    e = run.experiment
    units = [onnx_standardised(graph, onnx_columns(graph, e), run) if e.data.n_inputs == 2 else "x"]
    names = e.model.layer_activations()
    for k in range(len(names) + 1):
        weight = graph.constant(f"{k}.weight", weights[f"{k}.weight"])
        z = graph.add("Gemm", units[-1], weight, graph.constant(f"{k}.bias", weights[f"{k}.bias"]), transB=1)
        for skip in (skip for skip in e.model.connections() if skip.target == k + 1):
            more = units[skip.source]
            if skip.projection:
                name = f"skip.{skip.source}-{skip.target}.weight"
                more = graph.add("MatMul", more, graph.constant(name, weights[name].T))
            z = graph.add("Add", z, more)
        units.append(_activation(graph, z, names[k]) if k < len(names) else z)
    return units[-1]


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


def _output(graph: _Graph, raw: str, kind: str, width: int) -> str:
    if kind in ("identity", "probability"):
        return raw
    if kind == "softmax":
        return graph.add("Softmax", raw, axis=1)
    if kind == "step":
        return _step(graph, raw, width)
    # One unit for two classes: sigmoid(z), or (1 + tanh z) / 2 = sigmoid(2 z), is the second's probability.
    z = graph.add("Add", raw, raw) if kind == "tanh" else raw
    first, second = graph.add("Sigmoid", graph.add("Neg", z)), graph.add("Sigmoid", z)
    return graph.add("Concat", first, second, axis=1)


def _step(graph: _Graph, raw: str, n_classes: int) -> str:
    """1 for the class that wins, shared where several do; one unit for two classes."""
    if n_classes > 2:
        won = graph.add("Cast", graph.add("Equal", raw, graph.add("ReduceMax", raw, graph.columns())), to=graph.number)
        return graph.add("Div", won, graph.add("ReduceSum", won, graph.columns()))
    half = graph.constant("half", 0.5)
    above = graph.add("Mul", half, graph.add("Sign", raw))
    return graph.add("Concat", graph.add("Sub", half, above), graph.add("Add", half, above), axis=1)


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
