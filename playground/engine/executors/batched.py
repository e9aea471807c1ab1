"""Many networks of one shape at once as tensors [K, units, samples]: one launch of each call for all K.

The same interface as `population.Population`, and the same numbers to rounding: each member is what a run of its own
would be. Meant for a GPU, on which it is untried (none was at hand); on the CPU it serves where the compiled kernels
are not there. Orders and what is dropped out are drawn on the device. Members whose training sets are smaller than
others stand still while these end their epoch.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine import torch_loading
from playground.engine.executors import graphs, layout, torch_random
from playground.engine.executors.base import Floats, Weights
from playground.engine.executors.population import check
from playground.engine.executors.torch import TorchExecutor
from playground.engine.executors.torch_formulas import Tensor
from playground.engine.executors.torch_network import Network, Pass
from playground.engine.experiment import Experiment
from playground.engine.formulas import UPDATES, output_rule
from playground.engine.optimizers import rate_at
from playground.engine.problem import build
from playground.engine.random import key_of

RESTING = (0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0)
"""Constants with which every update rule leaves a weight without a gradient, and what is remembered, as they are."""


class BatchedPopulation:
    """See the module and `population.Population`, whose arguments and errors are the same."""

    def __init__(
        self, experiments: Sequence[Experiment], rows: NDArray[np.int64] | None = None, device: str = "cpu"
    ) -> None:
        check(experiments)
        self._torch = torch_loading.load()
        self.experiments, first = list(experiments), experiments[0]
        self._template = TorchExecutor(first, build(first), device)
        self._on = self._torch.device(device)
        self._recorder, self._flight = graphs.recorder_for(self._on), graphs.flight_for(self._on)
        with self._torch.inference_mode():
            net = self._template.net
            self._net = Network(net.structure, net.kind, net.params.dtype, self._on, (len(self),))
            self._fill(rows)
            self._group()
        self._passes: dict[int, tuple[Pass, graphs.Recorded]] = {}
        self.reset()

    def __len__(self) -> int:
        return len(self.experiments)

    # ---- what the members learn from ----
    def _fill(self, rows: NDArray[np.int64] | None) -> None:
        """Points [1 or K, ..., n], their ids [1 or K, n] and the number of each member's [1 or K]."""
        t, torch = self._template, self._torch
        problems = [build(e) for e in self.experiments]
        if rows is not None:
            index = torch.from_numpy(np.ascontiguousarray(rows)).to(self._on)
            train = problems[0].train
            self._X, self._Y = (whole[:, index].transpose(0, 1).contiguous()
                                for whole in (t.prepare(train.X), t.targets(train.t)))  # fmt: skip
            self._sizes = np.array([rows.shape[1]])
            ids = np.arange(rows.shape[1])[None]  # a point that is drawn twice is two points
        else:
            parts = [p.train for p in (problems[:1] if all(p is problems[0] for p in problems) else problems)]
            self._sizes = np.array([len(part.ids) for part in parts])
            most = int(self._sizes.max())
            pad = torch.nn.functional.pad
            self._X, self._Y = (torch.stack([pad(points, (0, most - points.shape[-1])) for points in found])
                                for found in ([t.prepare(part.X) for part in parts],
                                              [t.targets(part.t) for part in parts]))  # fmt: skip
            ids = np.stack([np.pad(part.ids, (0, most - len(part.ids))) for part in parts])
        self._ids = torch.tensor(ids, device=self._on)
        self._there = torch.arange(ids.shape[1], device=self._on) < self._tensor(self._sizes[:, None])
        self._ragged = bool((self._sizes != self._sizes[0]).any())

    def _tensor(self, numbers: Any) -> Tensor:
        return self._torch.tensor(np.asarray(numbers), device=self._on)

    def _group(self) -> None:
        """What is the same in every epoch. Members with one optimiser and as many steps have the same constants."""
        first, batch = self.experiments[0], self.experiments[0].training.batch_size
        n_steps = np.broadcast_to(-(-self._sizes // batch), len(self))
        groups: dict[Any, int] = {}
        pairs = [(e.optimizer, int(n)) for e, n in zip(self.experiments, n_steps, strict=True)]
        self._member = self._tensor([groups.setdefault(pair, len(groups)) for pair in pairs])
        self._groups, self._n_steps = list(groups), int(n_steps.max())
        self._numbers = np.array([optimizer.numbers() for optimizer, _ in self._groups]).T
        self._batch_keys = self._keys("batches")
        self._unit_keys = [self._keys(f"dropout.{i}") for i in range(len(first.model.hidden))]
        place = np.arange(self._ids.shape[1])
        ends = np.minimum(place // batch * batch + batch, self._sizes[:, None])
        shares = np.where(place < self._sizes[:, None], 1.0 / np.maximum(ends - place // batch * batch, 1), 0.0)
        self._shares = self._tensor(shares[:, None]).to(self._net.params.dtype)

    def _keys(self, purpose: str) -> Tensor:
        """[1 or K, 1] of the random numbers of a purpose: one where all members have the same seed."""
        seeds = [e.seed.batches if purpose == "batches" else e.seed.dropout for e in self.experiments]
        seeds = seeds[:1] if len(set(seeds)) == 1 else seeds
        return self._tensor([[torch_random.signed(key_of(seed, purpose))] for seed in seeds])

    def reset(self) -> None:
        """All members back to their initial weights."""
        begun: dict[Any, NDArray[Any]] = {}
        for e in self.experiments:
            if self._start(e) not in begun:
                begun[self._start(e)] = self._net.structure.flat(layout.initial(e))
        with self._torch.inference_mode():
            self._net.clear()
            self._net.fill(np.stack([begun[self._start(e)] for e in self.experiments]))
            for call in self._net.hold(layout.held(self.experiments[0])):
                call()
        self._counts = np.zeros(len(self._groups), np.int64)
        self.epoch, self._done = 0, 0
        self._arranged: list[Tensor] | None = None

    def _start(self, e: Experiment) -> Any:
        """What the initial weights are a function of, besides the shape."""
        return e.seed.init, getattr(e.model, "init", "")

    @property
    def furthest(self) -> int:
        """The epoch that they are in, or have just ended."""
        return self.epoch + bool(self._done)

    # ---- training ----
    def train(self, epoch: int, deadline: float = float("inf")) -> bool:
        """To the end of an epoch; whether all are there.

        deadline: time.perf_counter() after which no further step begins; one is always done.
        """
        batch = self.experiments[0].training.batch_size
        with self._torch.inference_mode():
            while self.epoch < epoch:
                if self._arranged is None:
                    self._arranged = self._arrange()
                while self._done < self._n_steps:
                    at = self._done * batch
                    gradient, step = self._step_for(min(batch, self._ids.shape[1] - at))
                    gradient.take(self._arranged, at)
                    self._net.constants.copy_(self._constants[self._done])
                    step()
                    if self._flight is not None:
                        self._flight.step()
                    self._done += 1
                    if time.perf_counter() >= deadline:
                        break
                if self._done < self._n_steps:
                    break
                self._counts += [n for _, n in self._groups]
                self.epoch, self._done, self._arranged = self.epoch + 1, 0, None
                if time.perf_counter() >= deadline:
                    break
        return self.epoch >= epoch

    def _arrange(self) -> list[Tensor]:
        """Points, targets, what dropout keeps and shares in the order of this epoch, each [1 or K, ..., n]; and the
        constants of its steps."""
        e, torch = self.experiments[0], self._torch
        epoch = self.epoch if e.training.shuffle else 0
        order = torch_random.permutations(self._batch_keys, epoch, self._ids, self._there)
        found = [_in_order(points, order) for points in (self._X, self._Y)]
        ids = _in_order(self._ids[:, None], order)[:, 0]
        for keys, units, share in zip(self._unit_keys, e.model.hidden, e.model.layer_dropouts(), strict=True):
            if share:
                lanes = torch.arange(units, device=self._on)[:, None]
                kept = torch_random.uniform(keys[:, None], self.epoch, ids[:, None], lanes) >= share
                found.append(kept.to(self._net.params.dtype) / (1.0 - share))
        if self._ragged:
            found.append(self._shares)
        self._constants = self._constants_of_epoch()
        return found

    def _constants_of_epoch(self) -> Tensor:
        """[steps, 8, 1 or K, 1], as `Network.constants` holds those of one step."""
        rates = np.array([rate_at(optimizer, self.epoch) for optimizer, _ in self._groups])
        step = np.arange(self._n_steps)[:, None]
        count = (self._counts + 1 + step).astype(np.float64)
        table = np.empty((self._n_steps, 8, len(self._groups)))
        for i, k in enumerate((*UPDATES[self._net.kind][1](rates, *self._numbers, count), 1.0)):
            table[:, i] = k
        resting = step >= np.array([n for _, n in self._groups])
        table = np.where(resting[:, None], np.array(RESTING)[:, None], table)
        found = self._tensor(table).to(self._net.params.dtype)
        return (found if len(self._groups) == 1 else found.index_select(2, self._member))[..., None]

    def _step_for(self, size: int) -> tuple[Pass, graphs.Recorded]:
        found = self._passes.get(size)
        if found is None:
            e, net = self.experiments[0], self._net
            rule = output_rule(e.model.output_kind(build(e).n_classes), e.loss)
            dropped = [share > 0.0 for share in e.model.layer_dropouts()]
            gradient = Pass(net, e.model.layer_activations(), rule, size, dropped, self._ragged)
            calls = [*gradient.calls]
            sizes = np.broadcast_to(self._sizes, len(self))
            factors = np.array([layout.penalties(e, int(n)) for e, n in zip(self.experiments, sizes, strict=True)])
            if factors.any():
                calls += net.penalties(*(self._tensor(x).to(net.params.dtype)[:, None] for x in factors.T))
            if self._ragged:
                calls += net.rest()
            calls += [*net.spread_decay(), *net.update(), *net.hold(layout.held(e))]
            found = self._passes[size] = gradient, graphs.Recorded(calls, self._recorder)
        return found

    # ---- values ----
    def prepare(self, X: Floats) -> Any:
        """Raw inputs X [n, d] in the form that `outputs` reads fastest."""
        return self._template.prepare(X)

    def outputs(self, prepared: Any) -> Floats:
        """[K, n, outputs]: what the last layers put out, before softmax, tanh or sigmoid."""
        with self._torch.inference_mode():
            last = self._net.forward(prepared, self.experiments[0].model.layer_activations())[-1]
            return np.asarray(last.cpu().numpy(), dtype=np.float64).transpose(0, 2, 1)

    def weights(self, k: int) -> Weights:
        """Copies of the weights of one member by name, as `Executor.weights` gives them."""
        return layout.named(self.experiments[k], self._net.weights((k,)))


def _in_order(points: Tensor, order: Tensor) -> Tensor:
    """[K, rows, n] of points [1 or K, rows, n] in the orders [1 or K, n]; [1, rows, n] where one serves all."""
    k, rows = max(len(points), len(order)), points.shape[1]
    index = order[:, None].expand(k, rows, order.shape[1])
    return points.expand(k, *points.shape[1:]).gather(2, index)
