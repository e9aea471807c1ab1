"""The formulas of `formulas.py` carried out by torch on tensors [..., units, samples], without new memory.

A formula is taken down once, as a list of operations. `Formula.on` makes of the list the calls of torch that
carry it out on given tensors, each with the tensor it writes to. In large networks a new tensor for every sum
takes longer than the sums, and nothing is computed here that nobody wants (slopes, where only values are shown).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from playground.engine import formulas, torch_loading

Tensor = Any
Call = Callable[[], Any]

SOFTPLUS_IS_IDENTITY = 40.0
"""Above this the difference is lost in rounding. Torch would begin at 20: wrong in the ninth digit."""


class _Noted:
    """A value while a formula is taken down: arithmetic with it is written into the notes."""

    def __init__(self, notes: _Notes, place: int) -> None:
        self._notes, self.place = notes, place

    def __add__(self, other: Any) -> _Noted:
        return self._notes.add("add", self, other)

    def __radd__(self, other: Any) -> _Noted:
        return self._notes.add("add", other, self)

    def __sub__(self, other: Any) -> _Noted:
        return self._notes.add("sub", self, other)

    def __rsub__(self, other: Any) -> _Noted:
        return self._notes.add("sub", other, self)

    def __mul__(self, other: Any) -> _Noted:
        return self._notes.add("mul", self, other)

    def __rmul__(self, other: Any) -> _Noted:
        return self._notes.add("mul", other, self)

    def __truediv__(self, other: Any) -> _Noted:
        return self._notes.add("div", self, other)


class _Notes:
    """Values are known by their place: first the inputs, then what each operation gives."""

    def __init__(self, n_inputs: int) -> None:
        self.n_inputs = n_inputs
        self.steps: list[tuple[str, tuple[int | float, ...]]] = []

    def add(self, operation: str, *values: _Noted | float) -> _Noted:
        self.steps.append((operation, tuple(v.place if isinstance(v, _Noted) else float(v) for v in values)))
        return _Noted(self, self.n_inputs + len(self.steps) - 1)


class Formula:
    """One of the functions of `formulas.py`: f(inputs), or f(inputs, k) with a tuple of constants k."""

    def __init__(self, function: Callable[..., Any], n_inputs: int, n_constants: int = 0) -> None:
        self._notes = _Notes(n_inputs + n_constants)
        operations = {name: partial(self._notes.add, name) for name in formulas.OPERATIONS}
        values = [_Noted(self._notes, i) for i in range(n_inputs + n_constants)]
        rest = (tuple(values[n_inputs:]),) if n_constants else ()
        found = formulas.bind(function, operations)(*values[:n_inputs], *rest)
        self._results = tuple(v.place for v in (found if isinstance(found, tuple) else (found,)))

    def on(self, inputs: Sequence[Tensor | None], into: Sequence[Tensor | None]) -> list[Call]:
        """The calls that compute the results from `inputs` and write them to `into`.

        inputs   tensors of one precision and of shapes that broadcast; None where nothing is remembered
        into     one for each result: a tensor of its shape, which may be one of the inputs, or None: not wanted
        """
        return _Plan(self._notes, inputs, dict(zip(self._results, into, strict=True))).calls


class _Plan:
    """Which tensor each operation writes to. Tensors for what is needed in between are used again."""

    def __init__(self, notes: _Notes, inputs: Sequence[Tensor | None], wanted: dict[int, Tensor | None]) -> None:
        self._torch = torch_loading.load()
        self._like = next(tensor for tensor in inputs if tensor is not None)
        self._spare: list[Tensor] = []
        self.calls: list[Call] = []
        targets = {place: tensor for place, tensor in wanted.items() if tensor is not None}
        last = self._last_uses(notes, set(targets))
        at: dict[int, Tensor] = dict(enumerate(inputs))
        late: list[Call] = []
        for i, (operation, places) in enumerate(notes.steps):
            place = notes.n_inputs + i
            if place not in last:
                continue
            arguments = [self._number(p) if isinstance(p, float) else at[p] for p in places]
            target = targets.get(place)
            overwrites = next((j for j in range(notes.n_inputs) if at[j] is target), None)
            if target is None or (overwrites is not None and last.get(overwrites, -1) > i):
                at[place] = self._between(operation, arguments)
                if target is not None:
                    late.append(partial(target.copy_, at[place]))
            else:
                at[place] = target
            self.calls.append(self._call(operation, arguments, at[place]))
            for p in {p for p in places if isinstance(p, int)}:
                if last[p] == i and p >= notes.n_inputs and p not in targets:
                    self._spare.append(at[p])
        for place, target in targets.items():
            if place < notes.n_inputs and at[place] is not target:
                late.append(partial(target.copy_, at[place]))
        self.calls += late

    @staticmethod
    def _last_uses(notes: _Notes, wanted: set[int]) -> dict[int, int]:
        """{place: the last operation that reads it}, of all that are needed for what is wanted."""
        last = dict.fromkeys(wanted, len(notes.steps))
        for i in reversed(range(len(notes.steps))):
            if notes.n_inputs + i in last:
                for p in notes.steps[i][1]:
                    if isinstance(p, int):
                        last.setdefault(p, i)
        return last

    def _number(self, value: float) -> Tensor:
        """On the device, for a graph to read it there; half the time of a Python number."""
        return self._torch.tensor(value, dtype=self._like.dtype, device=self._like.device)

    def _between(self, operation: str, arguments: list[Tensor]) -> Tensor:
        """A tensor for a result that is only needed on the way."""
        shape = self._torch.broadcast_shapes(*(a.shape for a in arguments))
        if operation in ("total", "logsumexp"):
            shape = self._torch.Size([*shape[:-2], 1, shape[-1]])
        for i, tensor in enumerate(self._spare):
            if tensor.shape == shape:
                return self._spare.pop(i)
        return self._torch.empty(shape, dtype=self._like.dtype, device=self._like.device)

    def _call(self, operation: str, arguments: list[Tensor], out: Tensor) -> Call:
        torch = self._torch
        if operation in ("zeros", "ones"):
            return partial(out.fill_, float(operation == "ones"))
        if operation == "step":
            return partial(torch.gt, *arguments, self._number(0.0), out=out)
        if operation == "softplus":
            return partial(torch.ops.aten.softplus.out, *arguments, 1, SOFTPLUS_IS_IDENTITY, out=out)
        if operation == "softmax":
            return partial(torch.softmax, *arguments, -2, out=out)
        if operation in ("total", "logsumexp"):
            function = {"total": torch.sum, "logsumexp": torch.logsumexp}[operation]
            return partial(function, *arguments, -2, keepdim=True, out=out)
        return partial(getattr(torch, operation), *arguments, out=out)


@cache
def activation(name: str) -> Formula:
    """f(z) -> (value, slope)."""
    return Formula(formulas.ACTIVATIONS[name], 1)


@cache
def delta(rule: str) -> Formula:
    """f(z, y) -> the derivative of the loss of each point by the last sums z; `rule` as in `formulas.OUTPUTS`."""
    return Formula(formulas.OUTPUTS[rule][1], 2)


@cache
def penalised() -> Formula:
    """f(w, g, l1, l2) -> the gradient with the derivative of the penalties."""
    return Formula(formulas.penalised, 4)


@cache
def update(kind: str) -> Formula:
    """f(w, g, first, second, *k) -> (w, first, second)."""
    return Formula(formulas.UPDATES[kind][0], 4, 7)
