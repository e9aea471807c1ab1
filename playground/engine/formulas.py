"""Activations, losses and update rules: each is written here once, and nowhere else.

The functions below name operations (exp, tanh, sqrt, softmax, ...) that are not defined in this file. Who
computes with them binds them first: `bind(function, operations)` gives the same function with those names
looked up in a mapping. The torch executor binds the operations of torch, the compiled kernels bind operations
on vectors of eight numbers, and `measures.py` binds those of numpy. So all of them carry out the same lines.

Operations on arrays, number by number: exp log tanh sigmoid softplus erf sin cos sqrt sign, `step` (1 above
zero, else 0), `minimum(x, scalar)`, `zeros(x)` and `ones(x)` of the shape of x. Across the outputs of one
point: `softmax(z)`, `logsumexp(z)` and `total(x)`, which keep their axis (so that they combine with z again).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any


def _unbound(*arguments: Any) -> Any:
    raise NotImplementedError("a formula is computed through `bind`")


cos: Any = _unbound
erf = exp = logsumexp = minimum = ones = sigmoid = sign = sin = softmax = softplus = sqrt = step = cos
tanh = total = zeros = cos

X = Any
"""An array of whatever kind the operations work on."""

OPERATIONS = (
    "cos", "erf", "exp", "logsumexp", "minimum", "ones", "sigmoid", "sign", "sin", "softmax", "softplus", "sqrt",
    "step", "tanh", "total", "zeros",
)  # fmt: skip
LEAK = 0.01
"""Slope of the leaky ReLU below zero."""
INV_SQRT_2 = 1.0 / math.sqrt(2.0)
INV_SQRT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)
EPSILON = 1e-8
"""Keeps Adam and RMSProp from dividing by zero."""


def bind(function: Callable[..., Any], operations: Mapping[str, Any]) -> Any:
    """The function with the names of OPERATIONS looked up in a mapping; constants come from this module."""
    assert isinstance(function, FunctionType)
    names = {**{name: value for name, value in globals().items() if name.isupper()}, **operations}
    return FunctionType(function.__code__, names, function.__name__)


# ---- activations: f(sum z) -> (value, slope), slope = the derivative of the value by z ----


def linear(z: X) -> tuple[X, X]:
    return z, ones(z)


def tanh_unit(z: X) -> tuple[X, X]:
    a = tanh(z)
    return a, 1.0 - a * a


def sigmoid_unit(z: X) -> tuple[X, X]:
    a = sigmoid(z)
    return a, a * (1.0 - a)


def relu(z: X) -> tuple[X, X]:
    on = step(z)
    return z * on, on


def leaky_relu(z: X) -> tuple[X, X]:
    slope = LEAK + (1.0 - LEAK) * step(z)
    return z * slope, slope


def elu(z: X) -> tuple[X, X]:
    """Clevert, Unterthiner & Hochreiter 2016, alpha = 1."""
    on, e = step(z), exp(minimum(z, 0.0))
    return z * on + (1.0 - on) * (e - 1.0), on + (1.0 - on) * e


def gelu(z: X) -> tuple[X, X]:
    """z Phi(z), Phi the normal distribution function, without approximation (Hendrycks & Gimpel 2016)."""
    phi = 0.5 + 0.5 * erf(z * INV_SQRT_2)
    return z * phi, phi + z * (INV_SQRT_2_PI * exp(-0.5 * (z * z)))


def silu(z: X) -> tuple[X, X]:
    """z sigmoid(z), also called swish (Elfwing, Uchibe & Doya 2018)."""
    p = sigmoid(z)
    return z * p, p * (1.0 + z * (1.0 - p))


def softplus_unit(z: X) -> tuple[X, X]:
    return softplus(z), sigmoid(z)


def sine(z: X) -> tuple[X, X]:
    return sin(z), cos(z)


def step_unit(z: X) -> tuple[X, X]:
    """Rosenblatt's threshold unit: its derivative is zero, so nothing reaches the layers before it."""
    return step(z), zeros(z)


ACTIVATIONS: dict[str, Callable[[X], tuple[X, X]]] = {
    "tanh": tanh_unit, "sigmoid": sigmoid_unit, "relu": relu, "leaky_relu": leaky_relu, "elu": elu, "gelu": gelu,
    "silu": silu, "softplus": softplus_unit, "sine": sine, "linear": linear, "step": step_unit,
}  # fmt: skip
"""By name. The place in this list is the code that kernels know an activation by: add new ones at the end."""


# ---- outputs: for each a loss of one point and its derivative by the last sums z, target y like z ----
# y is the number itself; for classes one-hot (softmax), -1 and +1 (tanh), 0 and 1 (logit).


def identity_loss(z: X, y: X) -> X:
    return total(0.5 * ((z - y) * (z - y)))


def identity_delta(z: X, y: X) -> X:
    return z - y


def logit_loss(z: X, y: X) -> X:
    return total(softplus(z) - y * z)


def logit_delta(z: X, y: X) -> X:
    return sigmoid(z) - y


def tanh_loss(z: X, y: X) -> X:
    miss = tanh(z) - y
    return total(0.5 * (miss * miss))


def tanh_delta(z: X, y: X) -> X:
    a = tanh(z)
    return (a - y) * (1.0 - a * a)


def softmax_loss(z: X, y: X) -> X:
    """Cross-entropy in nats."""
    return logsumexp(z) - total(y * z)


def softmax_delta(z: X, y: X) -> X:
    return softmax(z) - y


def brier_loss(z: X, y: X) -> X:
    """Half the squared distance of the probabilities from the truth (Brier 1950, without his factor)."""
    miss = softmax(z) - y
    return total(0.5 * (miss * miss))


def brier_delta(z: X, y: X) -> X:
    p = softmax(z)
    miss = p - y
    return p * (miss - total(p * miss))


OUTPUTS: dict[str, tuple[Callable[[X, X], X], Callable[[X, X], X]]] = {
    "identity": (identity_loss, identity_delta),
    "logit": (logit_loss, logit_delta),
    "tanh": (tanh_loss, tanh_delta),
    "softmax": (softmax_loss, softmax_delta),
    "softmax_squared": (brier_loss, brier_delta),
}
"""By output rule (`output_rule`). The place in this list is its code in the kernels."""


def output_rule(kind: str, loss: str) -> str:
    """The entry of OUTPUTS for a `models.base.OutputKind` and a loss of the Experiment."""
    return "softmax_squared" if kind == "softmax" and loss == "squared_error" else kind


# ---- update rules ----
# f(w, g, first, second, k) -> (w, first, second): weights w with the gradient g, and what is remembered.
# k is a tuple of seven scalars, the same for all weights of one step. The function of constants beside each rule,
# f(rate, a, b, decay, count) -> k, gives it; count is the number of this step, from 1 on, and a, b and decay are
# what the optimiser's `numbers()` says. Biases are updated with decay = 0.

Constants = tuple[float, float, float, float, float, float, float]


def penalised(w: X, g: X, l1: float, l2: float) -> X:
    """The gradient with the derivative of l2/2 ||w||^2 + l1 ||w||_1."""
    return g + l2 * w + l1 * sign(w)


def plain_constants(rate: float, a: float, b: float, decay: float, count: float) -> Constants:
    return rate, a, 1.0 - a, 0.0, 0.0, 0.0, 1.0


def sgd(w: X, g: X, first: X, second: X, k: Constants) -> tuple[X, X, X]:
    return w - k[0] * g, first, second


def momentum(w: X, g: X, first: X, second: X, k: Constants) -> tuple[X, X, X]:
    """Polyak 1964, in the form that torch uses: v <- mu v + g, w <- w - eta v."""
    v = k[1] * first + g
    return w - k[0] * v, v, second


def nesterov(w: X, g: X, first: X, second: X, k: Constants) -> tuple[X, X, X]:
    """Nesterov 1983 as in Sutskever et al. 2013, in the form that torch uses: w <- w - eta (g + mu v)."""
    v = k[1] * first + g
    return w - k[0] * (g + k[1] * v), v, second


def rmsprop(w: X, g: X, first: X, second: X, k: Constants) -> tuple[X, X, X]:
    """Tieleman & Hinton 2012: s <- a s + (1 - a) g^2, w <- w - eta g / (sqrt(s) + epsilon)."""
    s = k[1] * second + k[2] * (g * g)
    return w - k[0] * (g / (sqrt(s) + EPSILON)), first, s


def adam_constants(rate: float, a: float, b: float, decay: float, count: float) -> Constants:
    """eta / (1 - beta1^t); beta1 and its rest; beta2 and its rest; 1 / sqrt(1 - beta2^t); 1 - eta decay."""
    return rate / (1.0 - a**count), a, 1.0 - a, b, 1.0 - b, 1.0 / (1.0 - b**count) ** 0.5, 1.0 - rate * decay


def adam(w: X, g: X, first: X, second: X, k: Constants) -> tuple[X, X, X]:
    """Kingma & Ba 2015, algorithm 1; with a decay Loshchilov & Hutter 2019, algorithm 2."""
    m = k[1] * first + k[2] * g
    v = k[3] * second + k[4] * (g * g)
    return k[6] * w - k[0] * (m / (k[5] * sqrt(v) + EPSILON)), m, v


UPDATES: dict[str, tuple[Callable[..., Any], Callable[..., Constants]]] = {
    "sgd": (sgd, plain_constants),
    "momentum": (momentum, plain_constants),
    "nesterov": (nesterov, plain_constants),
    "rmsprop": (rmsprop, plain_constants),
    "adam": (adam, adam_constants),
    "adamw": (adam, adam_constants),
}
"""Rule and constants by `optimizer.kind`. The place in this list is its code in the kernels."""
SLOTS: dict[str, tuple[str, ...]] = {
    "sgd": (), "momentum": ("first_moment",), "nesterov": ("first_moment",), "rmsprop": ("second_moment",),
    "adam": ("first_moment", "second_moment"), "adamw": ("first_moment", "second_moment"),
}  # fmt: skip
"""What the rule of an `optimizer.kind` remembers of each weight."""
