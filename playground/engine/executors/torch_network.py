"""Dense networks as tensors and the calls that train them: one network, or K of one shape side by side.

The weights of all layers, their gradients and what the optimiser remembers are flat vectors; layers are views of
them. Each layer is one matrix [out, in + 1] whose last column is the bias, and activations are [units + 1, samples]
with a last row of ones, so that bias and weights are one product. Of K networks every tensor has a first dimension
more, and each call does the work for all of them. The backward pass is written out with buffers that are used again:
four times faster than autograd on small networks. Called by `torch.py` and `batched.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors import torch_formulas
from playground.engine.executors.base import Weights
from playground.engine.executors.torch_formulas import Call, Tensor
from playground.engine.formulas import UPDATES

Shapes = list[tuple[int, int]]


class Network:
    """The numbers of one network (lead ()) or of K (lead (K,)), all zero at first; make and use it in inference mode.

    params, grad, slots [*lead, n]     layers, grads [*lead, out, in + 1], views     mask [n] 0 for biases, else 1
    constants [8] or [8, K, 1]         k: those of the update rule, of which the last is [*lead, n] where weights
                                       decay by themselves; the eighth is 0 for a member that rests, else 1
    """

    def __init__(self, shapes: Shapes, kind: str, dtype: Any, device: Any, lead: tuple[int, ...] = ()) -> None:
        self.torch = torch_loading.load()
        self.shapes, self.kind, self.lead = shapes, kind, lead
        self.new = partial(self.torch.empty, dtype=dtype, device=device)
        self.n = sum(out * (inner + 1) for out, inner in shapes)
        self.params, self.grad = self.new(*lead, self.n), self.new(*lead, self.n)
        self.slots = {name: self.new(*lead, self.n) for name in torch_formulas.SLOTS[kind]}
        self.layers, self.grads = self.views(self.params, shapes), self.views(self.grad, shapes)
        self.mask = self.new(self.n).zero_()
        for view in self.views(self.mask, shapes):
            view[:, :-1] = 1.0
        self.constants = self.new(8, *lead, *(1 for _ in lead)).fill_(1.0)
        self.k = [self.constants[i] for i in range(7)]
        self.decays = UPDATES[kind][1](1.0, 0.5, 0.5, 1.0, 1.0)[6] != 1.0
        if self.decays:
            self.k[6] = self.new(*lead, self.n)
        self.clear()

    def clear(self) -> None:
        """Weights zero, and nothing remembered."""
        for flat in (self.params, self.grad, *self.slots.values()):
            flat.zero_()

    def views(self, flat: Tensor, shapes: Shapes) -> list[Tensor]:
        """[..., out, in + 1] of each layer, views of flat vectors; the last column is the bias."""
        pieces = self.torch.split(flat, [out * (inner + 1) for out, inner in shapes], -1)
        lead = flat.shape[:-1]
        return [piece.view(*lead, out, inner + 1) for piece, (out, inner) in zip(pieces, shapes, strict=True)]

    # ---- one update ----
    def penalties(self, l1: Any, l2: Any, of_biases: Any) -> list[Call]:
        """What adds the derivatives of the penalties to the gradient.

        l1, l2 of the weights, l2 of the biases (`layout.penalties`): numbers, or tensors [K, 1]
        """
        p, g, mask = self.params, self.grad, self.mask
        return torch_formulas.penalised().on([p, g, l1 * mask, l2 * mask + of_biases * (1.0 - mask)], [g])

    def rest(self) -> list[Call]:
        """What takes the gradient from the members that rest."""
        return [partial(self.grad.mul_, self.constants[7])]

    def update(self) -> list[Call]:
        """What carries out one step of the optimiser on the flat vectors with the constants in `k`."""
        first, second = (self.slots.get(name) for name in ("first_moment", "second_moment"))
        formula = torch_formulas.update(self.kind)
        return formula.on([self.params, self.grad, first, second, *self.k], [self.params, first, second])

    def spread_decay(self) -> list[Call]:
        """What writes the decays of the members to their weights; biases do not decay."""
        if not self.decays:
            return []
        whole, each = self.k[6], self.new(*self.constants[6].shape)
        one = self.torch.ones_like(each[:1])
        return [partial(self.torch.sub, self.constants[6], one, out=each),
                partial(self.torch.mul, each, self.mask, out=whole), partial(whole.add_, one)]  # fmt: skip

    # ---- values ----
    def forward(self, x: Tensor, activations: Sequence[str]) -> list[Tensor]:
        """Inputs, activations of the hidden layers, and the last sums, each [..., units, n], of x [inputs + 1, n]."""
        found, h = [x[:-1]], x
        for layer, name in zip(self.layers, activations, strict=False):
            z = layer @ h
            h = self.new(*self.lead, layer.shape[-2] + 1, x.shape[-1]).fill_(1.0)
            for call in torch_formulas.activation(name).on([z], [h[..., :-1, :], None]):
                call()
            found.append(h[..., :-1, :])
        return [*found, self.layers[-1] @ h]

    def weights(self, member: tuple[int, ...] = ()) -> Weights:
        """Copies by name, of one member where there are several."""
        found: Weights = {}
        for i, layer in enumerate(self.layers):
            values = layer[member].cpu().numpy() if member else layer.cpu().numpy()
            found[f"{i}.weight"], found[f"{i}.bias"] = values[:, :-1].copy(), values[:, -1].copy()
        return found

    def fill(self, numbers: NDArray[Any]) -> None:
        """Take over weights [*lead, n], as `flat` lays them out."""
        self.params.copy_(self.torch.from_numpy(numbers).to(self.params.dtype))


def flat(weights: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """[n] of weights by name: for each layer [out, in + 1] with the biases last."""
    pairs = [(weights[f"{i}.weight"], weights[f"{i}.bias"]) for i in range(len(weights) // 2)]
    return np.concatenate([np.column_stack(pair).ravel() for pair in pairs])


class Pass:
    """Forward and backward over a mini-batch of a given size, as calls on tensors that are made once.

    `calls` write the gradient of the mean loss into `grads` of the network.
    shared   the points of a mini-batch are weighed one by one, as members do that have fewer than others: 1 / size of
             the member's own mini-batch, 0 for a place without a point
    """

    def __init__(
        self, net: Network, activations: tuple[str, ...], rule: str, size: int, dropout: bool, shared: bool = False
    ) -> None:
        torch, layers, lead = net.torch, net.layers, net.lead
        product, into = (torch.bmm, torch.baddbmm) if lead else (torch.mm, torch.addmm)
        new = partial(net.new, *lead)
        widths = [out for out, _ in net.shapes]
        self._x, self._y = new(net.shapes[0][1] + 1, size), new(widths[-1], size)
        self._kept = [new(width, size) for width in widths[:-1]] if dropout else []
        """What each unit is multiplied by for each point."""
        self._share = [new(1, size)] if shared else []
        self._size = size
        inner = [self._x]
        slopes = []
        calls: list[Call] = []
        for i, name in enumerate(activations):
            z, slope, h = new(widths[i], size), new(widths[i], size), new(widths[i] + 1, size).fill_(1.0)
            units = h[..., :-1, :]
            calls.append(partial(product, layers[i], inner[-1], out=z))
            calls += torch_formulas.activation(name).on([z], [units, slope])
            for kept in self._kept[i : i + 1]:
                calls += [partial(units.mul_, kept), partial(slope.mul_, kept)]
            inner.append(h)
            slopes.append(slope)
        z, delta = new(widths[-1], size), new(widths[-1], size)
        calls.append(partial(product, layers[-1], inner[-1], out=z))
        calls += torch_formulas.delta(rule).on([z, self._y], [delta])
        calls += [partial(delta.mul_, share) for share in self._share]
        weight = 1.0 if shared else 1 / size
        for i in reversed(range(len(layers))):
            grad = net.grads[i]
            calls.append(partial(into, grad, delta, inner[i].mT, beta=0, alpha=weight, out=grad))
            if i:
                below = new(widths[i - 1], size)
                calls.append(partial(product, layers[i][..., :-1].mT, delta, out=below))
                calls.append(partial(below.mul_, slopes[i - 1]))
                delta = below
        self.calls = calls

    def take(self, arranged: list[Tensor], offset: int) -> None:
        """The points from `offset` on; `arranged` are X, Y, what dropout keeps, and the shares."""
        size = self._size
        for mine, whole in zip((self._x, self._y, *self._kept, *self._share), arranged, strict=True):
            mine.copy_(whole.narrow(-1, offset, size))
