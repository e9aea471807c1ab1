"""One example step by step: what the chart `example` shows. Called by the labs.

The numbers are those of `dense_pass.py` for one point. Dropout is left out: it would throw other units out each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.engine import charts, features, formulas, links, standardization, structure
from playground.engine import dense_pass as dp
from playground.engine.executors import layout
from playground.engine.executors.base import Floats
from playground.engine.inside import ExamplePass, ExampleSkip, PassStep
from playground.engine.optimizers import rate_at
from playground.engine.snapshot import Formula, View

if TYPE_CHECKING:
    from playground.engine.trainer import Run

FUNCTIONS = {
    "tanh": r"\tanh", "sigmoid": r"\sigma", "relu": r"\mathrm{ReLU}", "leaky_relu": r"\mathrm{LReLU}",
    "elu": r"\mathrm{ELU}", "gelu": r"\mathrm{GELU}", "silu": r"\mathrm{SiLU}", "softplus": r"\mathrm{softplus}",
    "sine": r"\sin", "linear": r"\mathrm{id}", "step": r"\mathrm{step}",
}  # fmt: skip
"""How activations are called in formulas."""
_SAID = {"relu": "ReLU", "leaky_relu": "the leaky ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU",
         "sine": "the sine", "linear": "the identity", "step": "the step"}  # fmt: skip
_OUTPUTS = {
    "identity": (r"y = z^{{({L})}}", "y = z", "The output gives its sum as it is."),
    "softmax": (r"y_k = \frac{{e^{{z_k}}}}{{\sum_j e^{{z_j}}}}", "y_k = exp(z_k) / sum of exp(z_j)",
                "The softmax turns the sums of the output into probabilities that add up to 1."),
    "tanh": (r"y = \tanh z^{{({L})}}", "y = tanh z",
             "The output unit takes the tanh of its sum: −1 is one class, +1 the other."),
    "logit": (r"y = \sigma\left(z^{{({L})}}\right)", "y = sigmoid(z)",
              "The sigmoid turns the sum of the output into the probability of the second class."),
}  # fmt: skip
_ERRORS = {
    "identity": (r"E = \frac{1}{2}\left(y - t\right)^2 =", "E = (y - t)^2 / 2 ="),
    "softmax": (r"E = -\sum_k t_k \ln y_k =", "E = - sum of t_k ln y_k ="),
    "softmax_squared": (r"E = \frac{1}{2}\sum_k \left(y_k - t_k\right)^2 =", "E = sum of (y_k - t_k)^2 / 2 ="),
    "tanh": (r"E = \frac{1}{2}\left(y - t\right)^2 =", "E = (y - t)^2 / 2 ="),
    "logit": (r"E = -t \ln y - (1 - t) \ln(1 - y) =", "E = - t ln y - (1 - t) ln(1 - y) ="),
}
_DELTAS = {
    "identity": ("y - t", "y - t"), "softmax": ("y_k - t_k", "y_k - t_k"), "logit": ("y - t", "y - t"),
    "tanh": (r"(y - t)\,(1 - y^2)", "(y - t)(1 - y^2)"),
    "softmax_squared": (r"y_k\left(y_k - t_k - \sum_j y_j (y_j - t_j)\right)",
                        "y_k (y_k - t_k - sum of y_j (y_j - t_j))"),
}  # fmt: skip


def example(run: Run, view: View) -> ExamplePass | None:
    """The training point `view.example`, or the first; None for a model that is not a network."""
    if not run.experiment.model.dense:
        return None
    part = run.problem.train
    if not len(part.ids):
        return ExamplePass(title="One example", note="There is no training point to follow.")
    if not structure.n_inputs(run.experiment):
        return ExamplePass(title="One example", note="Nothing enters this network: switch an input on.")
    found = np.flatnonzero(part.ids == view.example)
    at = int(found[0]) if len(found) else 0
    net = dp.dense(run)
    if not all(np.isfinite(w).all() for w in (*net.weights, *net.biases)):
        return ExamplePass(title="One example", note="The weights are no finite numbers any more.")
    y = dp.targets(run, part.t[at : at + 1])
    passed = dp.forward(net, dp.inputs(run, part.X[at : at + 1]))
    returned = dp.backward(net, passed, y)
    slope = dp.gradients(net, passed, returned)
    rate = rate_at(run.experiment.optimizer, run.epoch)
    updates, bias_updates, skips = _updates(run, net, slope, rate)
    said = dp.output_values(net, passed.sums[-1])
    loss = float(dp.losses(net, passed.sums[-1], y)[0])
    n = len(part.ids)
    return ExamplePass(
        title="One example", example=int(part.ids[at]), place=at, n=n, before=int(part.ids[(at - 1) % n]),
        after=int(part.ids[(at + 1) % n]), X=_own(part.X[at]), truth=_truth(run, float(part.t[at])),
        said=_said(run, said[0]), inputs=_names(run), outputs=_outputs(run), activations=net.activations,
        values=tuple(_own(v[0]) for v in (*passed.values[:-1], said)), sums=tuple(_own(z[0]) for z in passed.sums),
        slopes=tuple(_own(s[0]) for s in passed.slopes[:-1]), back=tuple(_own(e[0]) for e in returned.back[1:-1]),
        deltas=tuple(_own(d[0]) for d in returned.deltas), weights=tuple(map(_own, net.weights)),
        biases=tuple(map(_own, net.biases)), gradients=tuple(map(_own, slope.weights)),
        bias_gradients=tuple(map(_own, slope.biases)), updates=tuple(map(_own, updates)),
        bias_updates=tuple(map(_own, bias_updates)), skips=skips, target=_own(y[0]), loss=loss, rate=rate,
        steps=_steps(run, net, loss, rate), note=_note(run),
    )  # fmt: skip


def _own(values: Floats) -> Floats:
    return charts.own(np.array(values, dtype=np.float64))


def _names(run: Run) -> tuple[str, ...]:
    return ("x",) if run.problem.n_inputs == 1 else tuple(features.names(run.experiment))


def _outputs(run: Run) -> tuple[str, ...]:
    return run.problem.short_names if run.output_kind == "softmax" else run.problem.short_names[1:] or ("y",)


def _truth(run: Run, t: float) -> str:
    return run.problem.short_names[int(t)] if run.n_classes else f"{t:.3g}"


def _said(run: Run, y: Floats) -> str:
    if not run.n_classes:
        return f"{y[0]:.3g}"
    if run.output_kind == "softmax":
        k = int(y.argmax())
        return f"{run.problem.short_names[k]} ({100 * y[k]:.0f} %)"
    second = float(0.5 * (1 + y[0]) if run.output_kind == "tanh" else y[0])
    k = int(second > 0.5)
    return f"{run.problem.short_names[k]} ({100 * (second if k else 1 - second):.0f} %)"


def _note(run: Run) -> str:
    model = run.experiment.model
    if any(model.layer_dropouts()):
        return "Without dropout, which leaves out other units each time."
    return ""


def _updates(
    run: Run, net: dp.Dense, slope: dp.Gradients, rate: float
) -> tuple[list[Floats], list[Floats], tuple[ExampleSkip, ...]]:
    """- rate times the gradient, the penalties' among it; nothing for a link that is held."""
    l1, l2, _ = layout.penalties(run.experiment, run.n_train)
    penalised = dp.bound(formulas.penalised)

    def step(w: Floats, g: Floats) -> Floats:
        found: Floats = -rate * penalised(w, g, l1, l2)
        return found

    weights = [step(w, g) for w, g in zip(net.weights, slope.weights, strict=True)]
    biases = [-rate * g for g in slope.biases]
    matrices = [None if P is None or g is None else step(P, g)
                for (_, P), g in zip(net.skips, slope.skips, strict=True)]  # fmt: skip
    for text in run.experiment.model.held:
        link, _ = links.held(text)
        if link.source >= 0:
            for (skip, _), matrix in zip(net.skips, matrices, strict=True):
                if matrix is not None and (skip.source, skip.target) == (link.source, link.layer):
                    matrix[link.unit - 1, link.before - 1] = 0.0
        elif link.before:
            weights[link.layer - 1][link.unit - 1, link.before - 1] = 0.0
        else:
            biases[link.layer - 1][link.unit - 1] = 0.0
    skips = []
    for (skip, P), g, matrix in zip(net.skips, slope.skips, matrices, strict=True):
        more = {} if P is None or g is None or matrix is None else {
            "weights": _own(P), "gradients": _own(g), "updates": _own(matrix)}  # fmt: skip
        skips.append(ExampleSkip(skip.source, skip.target, **more))
    return weights, biases, tuple(skips)


# ---- the steps in words ----
def _steps(run: Run, net: dp.Dense, loss: float, rate: float) -> tuple[PassStep, ...]:
    last = net.n_layers
    found = [_input(run)]
    for layer in range(1, last + 1):
        found.append(_sum(net, layer))
        found.append(_activation(net, layer) if layer < last else _output(run, last))
    found.append(_error(net, loss))
    for layer in range(last, 0, -1):
        found.append(_delta(net, layer))
        found.append(_gradient(net, layer))
    found.append(_update(run, rate))
    return tuple(found)


def _where(net: dp.Dense, layer: int) -> str:
    return "the output layer" if layer == net.n_layers else f"hidden layer {layer}"


def _input(run: Run) -> PassStep:
    names = _names(run)
    plain = all(name in ("x", "x1", "x2") for name in names)
    formula = Formula(r"\mathbf{a}^{(0)} = \mathbf{x}", "a(0) = x")
    if not plain:
        formula = Formula(r"\mathbf{a}^{(0)} = \boldsymbol{\phi}(\mathbf{x})", "a(0) = phi(x)")
    what = "Its coordinates are" if plain else "What the inputs make of its coordinates is"
    if standardization.of(run.experiment, run.problem) is not None:
        raw, said = (r"\mathbf{x}", "x") if plain else (r"\boldsymbol{\phi}(\mathbf{x})", "phi(x)")
        formula = Formula(rf"\mathbf{{a}}^{{(0)}} = ({raw} - \boldsymbol{{\mu}}) / \boldsymbol{{\sigma}}",
                          f"a(0) = ({said} - mean) / standard deviation")  # fmt: skip
        what = "Each input minus its mean, divided by its standard deviation over the training points, is"
        return PassStep("input", 0, f"The example enters the network. {what} the value of an input unit.", formula)
    return PassStep("input", 0, f"The example enters the network. {what} the values of the input units.", formula)


def _sum(net: dp.Dense, layer: int) -> PassStep:
    latex = rf"\mathbf{{z}}^{{({layer})}} = W^{{({layer})}} \mathbf{{a}}^{{({layer - 1})}} + \mathbf{{b}}^{{({layer})}}"
    plain = f"z({layer}) = W({layer}) a({layer - 1}) + b({layer})"
    more = ""
    for skip, P in net.into(layer):
        matrix = "" if P is None else "P "
        latex += rf" + {matrix}\mathbf{{a}}^{{({skip.source})}}"
        plain += f" + {matrix}a({skip.source})"
        more = " The residual connection adds to it."
    caption = f"Each unit of {_where(net, layer)} adds up what comes in, times the weights, and its bias.{more}"
    return PassStep("sum", layer, caption, Formula(latex, plain))


def _activation(net: dp.Dense, layer: int) -> PassStep:
    name = net.activations[layer - 1]
    said = _SAID.get(name, f"the {name}")
    latex = rf"\mathbf{{a}}^{{({layer})}} = {FUNCTIONS[name]}\left(\mathbf{{z}}^{{({layer})}}\right)"
    caption = f"Each unit of hidden layer {layer} sends its sum through {said}: that is its value."
    return PassStep("activation", layer, caption, Formula(latex, f"a({layer}) = {name}(z({layer}))"))


def _output(run: Run, last: int) -> PassStep:
    latex, plain, caption = _OUTPUTS[run.output_kind]
    return PassStep("output", last, caption, Formula(latex.format(L=last), plain))


def _error(net: dp.Dense, loss: float) -> PassStep:
    latex, plain = _ERRORS[net.rule]
    caption = "The error compares what the network says, y, with what is true, t."
    return PassStep("error", net.n_layers, caption, Formula(latex, plain, loss))


def _delta(net: dp.Dense, layer: int) -> PassStep:
    if layer == net.n_layers:
        latex, plain = _DELTAS[net.rule]
        end = "_k" if "_k" in plain else ""
        formula = Formula(rf"\delta{end}^{{({layer})}} = \frac{{\partial E}}{{\partial z{end}}} = {latex}",
                          f"delta({layer}) = dE/dz = {plain}")  # fmt: skip
        caption = "Backwards now: how the error changes when a sum of the output grows a little."
        return PassStep("delta", layer, caption, formula)
    inner = rf"W^{{({layer + 1})\mathsf{{T}}}} \boldsymbol{{\delta}}^{{({layer + 1})}}"
    plain = f"W({layer + 1})^T delta({layer + 1})"
    for skip, P in net.out_of(layer):
        matrix = "" if P is None else r"P^{\mathsf{T}} "
        inner += rf" + {matrix}\boldsymbol{{\delta}}^{{({skip.target})}}"
        plain += f" + {'' if P is None else 'P^T '}delta({skip.target})"
    slope = rf"f'\left(\mathbf{{z}}^{{({layer})}}\right)"
    latex = rf"\boldsymbol{{\delta}}^{{({layer})}} = {slope} \odot \left({inner}\right)"
    caption = (f"The chain rule: the error comes back through the weights to hidden layer {layer}, "
               "times the slope of each unit's activation.")  # fmt: skip
    if net.activations[layer - 1] == "step":
        caption = f"The step of hidden layer {layer} has slope 0 everywhere: nothing comes back through it."
    return PassStep("delta", layer, caption, Formula(latex, f"delta({layer}) = f'(z({layer})) * ({plain})"))


def _gradient(net: dp.Dense, layer: int) -> PassStep:
    latex = (rf"\frac{{\partial E}}{{\partial W^{{({layer})}}}} = "
             rf"\boldsymbol{{\delta}}^{{({layer})}} \mathbf{{a}}^{{({layer - 1})\mathsf{{T}}}}")  # fmt: skip
    caption = (f"The gradient of each weight into {_where(net, layer)}: the value at its start times the delta at its "
               "end.")  # fmt: skip
    plain = f"dE/dW({layer}) = delta({layer}) a({layer - 1})^T"
    return PassStep("gradient", layer, caption, Formula(latex, plain))


def _update(run: Run, rate: float) -> PassStep:
    training = run.experiment.training
    what = "its gradient and its penalty" if training.l1 or training.l2 else "its gradient"
    caption = f"Each weight takes a small step against {what}: this one example alone would change them so."
    if run.experiment.model.held:
        caption += " Held links stay."
    formula = Formula(r"\Delta w = -\eta\,\frac{\partial E}{\partial w},\quad \eta =",
                      "change of w = - eta dE/dw, eta =", rate)  # fmt: skip
    return PassStep("update", 0, caption, formula)
