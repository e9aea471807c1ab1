"""Leaving out one point at a time, by the hat matrix, is what as many trainings without that point say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine.linear_algebra import leverages
from playground.engine.points import Points
from playground.engine.trainer import Run

N = 14
X = np.append(np.linspace(0, 1, N - 1), 0.4)
T = np.sin(2 * np.pi * X) + 0.3 * np.cos(1000 * X**2) + 2.0
MODELS: list[dict[str, Any]] = [
    {"model.order": 0}, {"model.order": 4}, {"model.order": 9}, {"model.order": 6, "model.basis": "legendre"},
    {"model.kind": "gaussian", "model.order": 5}, {"model.kind": "fourier", "model.order": 3},
]  # fmt: skip


@pytest.mark.parametrize("penalty", [
    {}, {"model.ln_lambda": -9.0}, {"model.ln_lambda": -2.0, "model.penalise_bias": True},
])  # fmt: skip
@pytest.mark.parametrize("model", MODELS)
def test_leaving_one_out_by_the_hat_matrix_is_as_many_trainings(model, penalty) -> None:
    e = ex.change(ex.default(), {"data.kind": "drawn", "split.train": 1.0, "data.points": Points(X[:, None], T),
                                 **model, **penalty})  # fmt: skip
    run = Run(e)
    assert run.problem.x_range == (0.0, 1.0)
    h = leverages(e.model, X, run.problem.x_range)
    by_hat = (T - run.predict(X[:, None])) / (1.0 - h)
    for i in range(N):
        rest = np.arange(N) != i
        one_less = Run(ex.change(e, {"data.points": Points(X[rest, None], T[rest])}))
        assert one_less.problem.x_range == (0.0, 1.0)
        missed = T[i] - float(one_less.predict(X[i : i + 1, None])[0])
        assert by_hat[i] == pytest.approx(missed, rel=1e-5, abs=1e-9), i
