"""Dense networks as tensors and the calls that train them: one network, or K of one shape side by side.

The weights of all layers, their gradients and what the optimiser remembers are flat vectors; layers are views of
them. Each layer is one matrix [out, in + 1] whose last column is the bias, and activations are [units + 1, samples]
with a last row of ones, so that bias and weights are one product. Of K networks every tensor has a first dimension
more, and each call does the work for all of them. The backward pass is written out with buffers that are used again:
four times faster than autograd on small networks. Called by `torch.py` and `batched.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors import torch_formulas
from playground.engine.executors.base import Weights
from playground.engine.executors.torch_formulas import Call, Tensor
from playground.engine.formulas import SLOTS, UPDATES
from playground.engine.links import Link, Skip
from playground.engine.structure import Structure


class Network:
    """The numbers of one network (lead ()) or of K (lead (K,)), all zero at first; make and use it in inference mode.

    params, grad, slots [*lead, n]     mask [n] 0 for biases, else 1
    layers, grads [*lead, out, in + 1], views, of all blocks: the layers, then projections [*lead, out, in]
    constants [8] or [8, K, 1]         k: those of the update rule, of which the last is [*lead, n] where weights
                                       decay by themselves; the eighth is 0 for a member that rests, else 1
    """

    def __init__(self, structure: Structure, kind: str, dtype: Any, device: Any, lead: tuple[int, ...] = ()) -> None:
        self.torch = torch_loading.load()
        self.structure, self.kind, self.lead = structure, kind, lead
        self.new = partial(self.torch.empty, dtype=dtype, device=device)
        self.n = structure.n
        self.params, self.grad = self.new(*lead, self.n), self.new(*lead, self.n)
        self.slots = {name: self.new(*lead, self.n) for name in SLOTS[kind]}
        self.layers, self.grads = self.views(self.params, structure), self.views(self.grad, structure)
        self.mask = self.new(self.n).zero_()
        for block, view in zip(structure.blocks, self.views(self.mask, structure), strict=True):
            view[:, : block.inner] = 1.0
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

    def views(self, flat: Tensor, structure: Structure) -> list[Tensor]:
        """[..., out, in + 1] of each block, views of flat vectors; the last column is the bias."""
        pieces = self.torch.split(flat, [block.size for block in structure.blocks], -1)
        return [piece.view(*flat.shape[:-1], block.out, block.columns)
                for piece, block in zip(pieces, structure.blocks, strict=True)]  # fmt: skip

    def index(self, values: Iterable[tuple[Link, float]]) -> dict[int, float]:
        """{place in the flat vectors: value} of links and their values; those that are not there are passed over."""
        starts = np.cumsum([0, *(block.size for block in self.structure.blocks)])
        found = {}
        for link, value in values:
            if (at := self.structure.find(link)) is not None:
                i, row, column = at
                found[int(starts[i]) + row * self.structure.blocks[i].columns + column] = value
        return found

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

    def hold(self, values: Iterable[tuple[Link, float]]) -> list[Call]:
        """What puts held numbers back to their values, and keeps the optimiser from remembering anything of them."""
        places = self.index(values)
        if not places:
            return []
        torch, fixed = self.torch, self.new(self.n).zero_()
        held = torch.zeros(self.n, dtype=torch.bool, device=fixed.device)
        for i, value in places.items():
            held[i], fixed[i] = True, value
        return [partial(torch.where, held, fixed, self.params, out=self.params),
                *(partial(slot.masked_fill_, held, 0.0) for slot in self.slots.values())]  # fmt: skip

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
        for i, (out, _) in enumerate(self.structure.layers):
            z = self.layers[i] @ h
            for skip, projection in self.into(i + 1):
                z = z + (found[skip.source] if projection < 0 else self.layers[projection] @ found[skip.source])
            if i == len(activations):
                found.append(z)
                break
            h = self.new(*self.lead, out + 1, x.shape[-1]).fill_(1.0)
            for call in torch_formulas.activation(activations[i]).on([z], [h[..., :-1, :], None]):
                call()
            found.append(h[..., :-1, :])
        return found

    def into(self, target: int) -> list[tuple[Skip, int]]:
        """The residual connections into a layer, each with the place of its projection in `layers`, or -1."""
        s = self.structure
        return [(skip, s.projections.get((skip.source, target), -1)) for skip in s.skips if skip.target == target]

    def weights(self, member: tuple[int, ...] = ()) -> Weights:
        """Copies by name, of one member where there are several."""
        found: Weights = {}
        for block, layer in zip(self.structure.blocks, self.layers, strict=True):
            values = layer[member].cpu().numpy() if member else layer.cpu().numpy()
            found[f"{block.name}.weight"] = values[:, : block.inner].copy()
            if block.bias:
                found[f"{block.name}.bias"] = values[:, -1].copy()
        return found

    def fill(self, numbers: NDArray[Any]) -> None:
        """Take over weights [*lead, n], as `Structure.flat` lays them out."""
        self.params.copy_(self.torch.from_numpy(numbers).to(self.params.dtype))


class Pass:
    """Forward and backward over a mini-batch of a given size, as calls on tensors that are made once.

    `calls` write the gradient of the mean loss into `grads` of the network.
    dropped  which of the hidden layers have dropout
    shared   the points of a mini-batch are weighed one by one, as members do that have fewer than others: 1 / size of
             the member's own mini-batch, 0 for a place without a point
    """

    def __init__(
        self, net: Network, activations: tuple[str, ...], rule: str, size: int, dropped: Sequence[bool],
        shared: bool = False,
    ) -> None:  # fmt: skip
        self._net, self._product = net, (net.torch.bmm if net.lead else net.torch.mm)
        self._into = net.torch.baddbmm if net.lead else net.torch.addmm
        self._new = new = partial(net.new, *net.lead)
        self._widths = net.structure.sizes
        self._x, self._y = new(self._widths[0] + 1, size), new(self._widths[-1], size)
        self._kept = {i: new(self._widths[i + 1], size) for i, drops in enumerate(dropped) if drops}
        """By layer: what each unit is multiplied by for each point."""
        self._share = [new(1, size)] if shared else []
        self._size = size
        self._inner = [self._x]
        self._slopes: list[Tensor] = []
        self.calls: list[Call] = []
        for i, name in enumerate(activations):
            self._hidden_layer(i, name)
        last = len(activations)
        self._deltas = {last + 1: new(self._widths[-1], size)}
        self.calls += torch_formulas.delta(rule).on([self._sums(last), self._y], [self._deltas[last + 1]])
        self.calls += [partial(self._deltas[last + 1].mul_, share) for share in self._share]
        for i in reversed(range(last + 1)):
            self._gradients(i, 1.0 if shared else 1 / size)
            if i:
                self._deltas_below(i)

    def _units(self, layer: int) -> Tensor:
        """What the units of a layer put out: [..., units, size]."""
        return self._inner[layer][..., :-1, :]

    def _sums(self, i: int) -> Tensor:
        """Of the layer that weights i lead to."""
        layers, z = self._net.layers, self._new(self._widths[i + 1], self._size)
        self.calls.append(partial(self._product, layers[i], self._inner[i], out=z))
        for skip, projection in self._net.into(i + 1):
            units = self._units(skip.source)
            self.calls.append(partial(z.add_, units) if projection < 0
                              else partial(self._into, z, layers[projection], units, out=z))  # fmt: skip
        return z

    def _hidden_layer(self, i: int, name: str) -> None:
        z, width = self._sums(i), self._widths[i + 1]
        slope, h = self._new(width, self._size), self._new(width + 1, self._size).fill_(1.0)
        units = h[..., :-1, :]
        self.calls += torch_formulas.activation(name).on([z], [units, slope])
        if i in self._kept:
            self.calls += [partial(units.mul_, self._kept[i]), partial(slope.mul_, self._kept[i])]
        self._inner.append(h)
        self._slopes.append(slope)

    def _gradients(self, i: int, weight: float) -> None:
        """Of the weights i, and of the projections into the same layer."""
        grads, delta = self._net.grads, self._deltas[i + 1]
        sources = [(grads[i], self._inner[i])]
        sources += [(grads[p], self._units(skip.source)) for skip, p in self._net.into(i + 1) if p >= 0]
        self.calls += [partial(self._into, grad, delta, units.mT, beta=0, alpha=weight, out=grad)
                       for grad, units in sources]  # fmt: skip

    def _deltas_below(self, i: int) -> None:
        """Of the layer i: from the weights i, and from all connections that begin there."""
        layers, structure = self._net.layers, self._net.structure
        below = self._deltas[i] = self._new(self._widths[i], self._size)
        self.calls.append(partial(self._product, layers[i][..., :-1].mT, self._deltas[i + 1], out=below))
        for skip in structure.skips:
            if skip.source == i:
                p, delta = structure.projections.get((i, skip.target), -1), self._deltas[skip.target]
                self.calls.append(partial(below.add_, delta) if p < 0
                                  else partial(self._into, below, layers[p].mT, delta, out=below))  # fmt: skip
        self.calls.append(partial(below.mul_, self._slopes[i - 1]))

    def take(self, arranged: list[Tensor], offset: int) -> None:
        """The points from `offset` on; `arranged` are X, Y, what dropout keeps of the layers that have it, and the
        shares."""
        for mine, whole in zip((self._x, self._y, *self._kept.values(), *self._share), arranged, strict=True):
            mine.copy_(whole.narrow(-1, offset, self._size))
