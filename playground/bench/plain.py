"""A network trained the way a tutorial for torch does it: what our executors are compared with."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from playground.bench.workloads import Workload
from playground.engine import torch_loading
from playground.engine.features import Floats


class PlainTorch:
    """nn.Sequential, a loss of torch.nn, autograd, torch.optim; batches by torch.randperm."""

    def __init__(self, workload: Workload, X: Floats, t: Floats, device: str = "cpu") -> None:
        torch = self._torch = torch_loading.load()
        self._workload, self._device = workload, device
        self._X = torch.tensor(X, dtype=torch.float32, device=device)
        classes = workload.loss == "cross_entropy"
        self._y = torch.tensor(t, dtype=torch.int64 if classes else torch.float32, device=device)
        if not classes:
            self._y = self._y[:, None]
        self._loss_fn = torch.nn.CrossEntropyLoss() if classes else torch.nn.MSELoss()

    def begin(self) -> None:
        torch, workload = self._torch, self._workload
        torch.manual_seed(1)
        activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[workload.activation]
        layers: list[Any] = []
        for n_inputs, n_outputs in pairwise(workload.sizes):
            layers += [torch.nn.Linear(n_inputs, n_outputs), activation()]
        self._model = torch.nn.Sequential(*layers[:-1]).to(self._device)
        optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[workload.optimizer]
        self._optimizer = optimizer(self._model.parameters(), lr=workload.learning_rate)

    def epochs(self, n: int) -> float:
        self._synchronize()
        begun = time.perf_counter()
        for _ in range(n):
            self._epoch()
        self._synchronize()
        return time.perf_counter() - begun

    def _epoch(self) -> None:
        X, y, model, optimizer = self._X, self._y, self._model, self._optimizer
        size = self._workload.batch_size
        order = self._torch.randperm(len(X), device=self._device)
        for offset in range(0, len(X), size):
            batch = order[offset : offset + size]
            optimizer.zero_grad()
            loss = self._loss_fn(model(X[batch]), y[batch])
            loss.backward()
            optimizer.step()

    def loss(self) -> float:
        """The mean over all points."""
        with self._torch.inference_mode():
            return float(self._loss_fn(self._model(self._X), self._y))

    def _synchronize(self) -> None:
        if self._device == "cuda":
            self._torch.cuda.synchronize()
