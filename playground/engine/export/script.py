"""A Python script that is the model: it needs torch and the weights beside it, and nothing of this package.

The script is put together from the pieces below so that a reader finds only what this one model needs.
"""

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

import playground
from playground.engine import standardization, structure
from playground.engine.experiment import Experiment
from playground.engine.export.base import Tick, exporter
from playground.engine.export.inputs import torch_columns
from playground.engine.export.weights import NAME, curve_of, no_script, write_weights
from playground.engine.formulas import LEAK
from playground.engine.links import Skip
from playground.engine.trainer import Run

_HEAD = Template('''\
"""$title, made with Playground $version.

    python model.py                what this is
    python model.py data.csv       the loss on each part of a table with the columns $columns,split

From Python: `from model import predict`, then predict(x) with x of shape [n, $n_inputs].
It needs torch, and $weights beside it.
"""

import csv
import json
import sys
from pathlib import Path

import torch

INPUTS = $inputs
TARGET = "$target"
CLASSES = $classes


def read_weights(path=Path(__file__).with_name("$weights")):
    """Name -> tensor. A safetensors file is 8 bytes with the length of a JSON header, the header, numbers."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    kinds = {"F32": torch.float32, "F64": torch.float64}
    return {
        name: torch.frombuffer(
            bytearray(data[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]]),
            dtype=kinds[entry["dtype"]],
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }


''')

_POLYNOMIAL = '''\
class Model(torch.nn.Module):
    """y = sum_k c_k T_k(z), z = (x - centre) / half_width: the polynomial in a basis that loses no digits.

    The weights in the basis that was chosen are in the weights file too, as `w`.
    """

    def __init__(self, weights):
        super().__init__()
        self.register_buffer("c", weights["chebyshev"])
        self.register_buffer("domain", weights["domain"])

    def forward(self, x):
        z = (x - self.domain[0]) / self.domain[1]
        now = after = torch.zeros_like(z)
        for c in self.c.flip(0)[:-1]:
            now, after = c + 2 * z * now - after, now
        return self.c[0] + z * now - after
'''

_LINEAR = Template('''\
class Model(torch.nn.Module):
    """y = sum_j w_j phi_j(x): $what, laid out over x_range."""

    def __init__(self, weights):
        super().__init__()
        self.register_buffer("w", weights["w"])
        self.register_buffer("x_range", weights["x_range"])

    def forward(self, x):
        low, high = self.x_range
        u = (x - low) / ((high - low) or 1.0)
        phi = [torch.ones_like(x)]
$columns
        return torch.cat(phi, dim=1) @ self.w[:, None]
''')

_COLUMNS = {
    "power": ("powers of x", "        phi += [x**j for j in range(1, len(self.w))]"),
    "legendre": ("Legendre polynomials of v = 2 u - 1", """\
        v = 2 * u - 1
        for n in range(len(self.w) - 1):
            phi.append(((2 * n + 1) * v * phi[n] - n * phi[max(n - 1, 0)]) / (n + 1))"""),
    "gaussian": ("Gaussians of u", """\
        centres = torch.linspace(0, 1, $order, dtype=x.dtype) if $order > 1 else torch.tensor([0.5] * $order)
        phi.append(torch.exp(-(((u - centres) / $width) ** 2) / 2))"""),
    "fourier": ("sines and cosines of u", """\
        for k in range(1, $order + 1):
            phi += [torch.sin(2 * torch.pi * k * u), torch.cos(2 * torch.pi * k * u)]"""),
}  # fmt: skip
"""By kind of basis: what it is, and the lines that append its functions to `phi`."""

_NETWORK = Template('''\
class Model(torch.nn.Module):
    """Dense layers $sizes; forward gives the sums of the last layer."""

    def __init__(self, weights):
        super().__init__()
        shapes = [weights[f"{k}.weight"].shape for k in range($n_layers)]
        self.layers = torch.nn.ModuleList([torch.nn.Linear(n_in, n_out) for n_out, n_in in shapes])
        self.to(weights["0.weight"].dtype)
$scaling$load

    def forward(self, x):
$forward


def features(x):
    """The inputs of the network, from raw coordinates x [n, $n_inputs]."""
    return $features
''')

_TAIL = Template('''

MODEL = Model(read_weights())


def tensor(x):
    """Numbers, an array or a tensor as a tensor of float64."""
    return x.double() if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64)


@torch.no_grad()
def predict(x):
    """$predicts for x [n, $n_inputs]."""
    raw = MODEL(tensor(x)).double()
    return $predict


@torch.no_grad()
def loss(x, t):
    """Mean $loss_name over the points, without any penalty; t [n]."""
    raw = MODEL(tensor(x)).double()
    return float($loss)


def read_table(path):
    """x [n, $n_inputs], t [n] and the part of each row."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x = torch.tensor([[float(row[name]) for name in INPUTS] for row in rows], dtype=torch.float64)
    t = torch.tensor([$read_target for row in rows], dtype=torch.float64)
    return x, t, [row.get("split") or "all" for row in rows]


if __name__ == "__main__":
    if len(sys.argv) == 2:
        x, t, parts = read_table(sys.argv[1])
        for part in dict.fromkeys(parts):
            here = torch.tensor([p == part for p in parts])
            print(f"{part} loss {loss(x[here], t[here])!r} ({int(here.sum())} points)")
    else:
        print(__doc__)
''')

_STEPS = '''

def steps(raw):
    """1 for the class that wins, shared where several do; one unit: the second class above zero."""
    if raw.shape[1] == 1:
        second = (1 + torch.sign(raw)) / 2
        return torch.cat([1 - second, second], dim=1)
    won = (raw == raw.max(dim=1, keepdim=True).values).to(raw.dtype)
    return won / won.sum(dim=1, keepdim=True)
'''

_ACTIVATIONS = {
    "tanh": "torch.tanh($z)",
    "sigmoid": "torch.sigmoid($z)",
    "relu": "torch.relu($z)",
    "leaky_relu": f"torch.nn.functional.leaky_relu($z, {LEAK})",
    "elu": "torch.nn.functional.elu($z)",
    "gelu": "torch.nn.functional.gelu($z)",
    "silu": "torch.nn.functional.silu($z)",
    "softplus": "torch.nn.functional.softplus($z, threshold=40.0)",
    "sine": "torch.sin($z)",
    "linear": "$z",
    "step": "torch.heaviside($z, torch.zeros((), dtype=a.dtype))",
}

_PREDICTIONS = {
    "identity": "raw",
    "softmax": "torch.softmax(raw, dim=1)",
    "tanh": "torch.cat([(1 - torch.tanh(raw)) / 2, (1 + torch.tanh(raw)) / 2], dim=1)",
    "logit": "torch.sigmoid(torch.cat([-raw, raw], dim=1))",
    "step": "steps(raw)",
}

_LOSSES = {
    ("identity", "squared_error"): "(raw[:, 0] - t).square().mean() / 2",
    ("softmax", "squared_error"): (
        "(torch.softmax(raw, dim=1) - torch.nn.functional.one_hot(t.long(), len(CLASSES))).square().sum(1).mean() / 2"
    ),
    ("softmax", "cross_entropy"): "torch.nn.functional.cross_entropy(raw, t.long())",
    ("tanh", "squared_error"): "(torch.tanh(raw[:, 0]) - (2 * t - 1)).square().mean() / 2",
    ("step", "squared_error"): (
        "(steps(raw) - torch.nn.functional.one_hot(t.long(), len(CLASSES))).square().sum(1).mean() / 2"
    ),
    ("logit", "cross_entropy"): "torch.nn.functional.binary_cross_entropy_with_logits(raw[:, 0], t)",
}


_TITLES = {
    "polynomial": "A polynomial",
    "gaussian": "A sum of Gaussians",
    "fourier": "A sum of sines and cosines",
    "perceptron": "A perceptron",
    "logistic": "A logistic regression",
}


def script_of(run: Run) -> str:
    """The text of the script for the run's model as it stands."""
    e, classes, n_inputs = run.experiment, run.problem.classes, run.problem.n_inputs
    inputs = ("x",) if n_inputs == 1 else ("x1", "x2")
    target = "label" if classes else "t"
    kind = e.model.output_kind(len(classes))
    values: dict[str, object] = {
        "title": _TITLES.get(e.model.kind, "A neural network"),
        "version": playground.__version__, "weights": NAME, "n_inputs": n_inputs,
        "columns": ",".join((*inputs, target)), "inputs": repr(inputs), "target": target,
        "classes": repr(tuple(classes)), "predict": _PREDICTIONS[kind], "loss": _LOSSES[kind, e.loss],
        "predicts": "The probability of each class [n, classes]" if classes else "y [n, 1]",
        "loss_name": "cross-entropy in nats" if e.loss == "cross_entropy" else "half squared error",
        "read_target": "CLASSES.index(row[TARGET])" if classes else "float(row[TARGET])",
    }  # fmt: skip
    if curve_of(run) is not None:
        model = _POLYNOMIAL
    else:
        model = _linear(e.model) if e.model.linear else _network(e, run, values)
    steps = _STEPS if kind == "step" else ""
    return _HEAD.substitute(values) + model + steps + _TAIL.substitute(values)


def _linear(model: Any) -> str:
    what, columns = _COLUMNS[getattr(model, "basis", model.kind)]
    numbers = {"order": model.order, "width": repr(getattr(model, "width", None))}
    return _LINEAR.substitute(what=what, columns=Template(columns).substitute(numbers))


def _network(e: Experiment, run: Run, values: dict[str, object]) -> str:
    sizes, skips, names = structure.of(e).sizes, e.model.connections(), e.model.layer_activations()
    scaled = standardization.of(e, run.problem) is not None
    begin = _BEGIN_SCALED if scaled else _BEGIN
    forward = _forward_past(names, skips, begin) if skips else _forward(names, begin)
    return _NETWORK.substitute(
        values,
        sizes="-".join(str(width) for width in sizes),
        n_layers=len(sizes) - 1,
        scaling=_SCALING if scaled else "",
        load=_LOAD_PAST if skips else "        self.layers.load_state_dict(weights)",
        forward=forward,
        features=torch_columns(e) if e.data.n_inputs == 2 else "x",
    )


_LOAD_PAST = """\
        skips = {name: weights.pop(name) for name in list(weights) if name.startswith("skip.")}
        self.layers.load_state_dict(weights)
        self.projections = torch.nn.ParameterDict({name.split(".")[1]: w for name, w in skips.items()})"""
_SCALING = """\
        self.mean, self.scale = weights.pop("inputs.mean"), weights.pop("inputs.scale")
"""
_BEGIN = "features(x).to(self.layers[0].weight.dtype)"
_BEGIN_SCALED = "((features(x) - self.mean) / self.scale).to(self.layers[0].weight.dtype)"


def _forward(activations: tuple[str, ...], begin: str) -> str:
    """The lines that lead through the layers; a loop where all hidden ones have the same activation."""
    calls = [Template(_ACTIVATIONS[name]) for name in activations]
    if len(set(activations)) == 1:
        lines = ["for layer in self.layers[:-1]:", f"    a = {calls[0].substitute(z='layer(a)')}"]
    else:
        lines = [f"a = {call.substitute(z=f'self.layers[{k}](a)')}" for k, call in enumerate(calls)]
    return "\n".join(f"        {line}" for line in (f"a = {begin}", *lines, "return self.layers[-1](a)"))


def _forward_past(activations: tuple[str, ...], skips: Sequence[Skip], begin: str) -> str:
    """The lines of a network with residual connections: a0 are the inputs, a1 the units of the first layer."""
    lines = [f"a0 = {begin}"]
    for k in range(len(activations) + 1):
        z = f"self.layers[{k}](a{k})"
        for skip in (skip for skip in skips if skip.target == k + 1):
            ends = f"{skip.source}-{skip.target}"
            z += f" + a{skip.source}" + (f' @ self.projections["{ends}"].T' if skip.projection else "")
        if k == len(activations):
            lines.append(f"return {z}")
        else:
            call = Template(_ACTIVATIONS[activations[k]]).substitute(z="z").replace("a.dtype", "z.dtype")
            lines += [f"z = {z}", f"a{k + 1} = {call}"]
    return "\n".join(f"        {line}" for line in lines)


@exporter(
    "script",
    title="Python script",
    description="The model as a script that needs only torch (model.py, weights.safetensors).",
    rank=40,
    why_not=no_script,
    needs_model=True,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """model.py and weights.safetensors"""
    tick(0.0, "Python script")
    write_weights(run, folder)
    (folder / "model.py").write_text(script_of(run), encoding="utf-8")
