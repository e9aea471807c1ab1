"""scikit-learn's networks, trained on request in a process of their own.

scikit-learn brings a second OpenMP runtime, which ends the process beside torch on some systems. The parent
(`contestants.py`) sends a Workload and its points (X, t), then numbers of epochs, each answered with the seconds
they took; then perhaps another Workload; None ends it.
"""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.bench.workloads import Workload

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def serve(pipe: Connection) -> None:
    """Answer until None comes."""
    import sklearn.neural_network
    from threadpoolctl import threadpool_limits

    workload, X, t = Workload(()), np.empty(0), np.empty(0)
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", sklearn.exceptions.ConvergenceWarning)
        while (asked := pipe.recv()) is not None:
            if isinstance(asked, Workload):
                workload = asked
                X, t = (array.astype(np.float32) for array in pipe.recv())
            else:
                model = _network(sklearn.neural_network, workload, asked)
                begun = time.perf_counter()
                model.fit(X, t)
                pipe.send(time.perf_counter() - begun)


def _network(library: Any, workload: Workload, epochs: int) -> Any:
    """The same network and optimiser, not fitted, that stops after so many epochs and never before."""
    classes = workload.loss == "cross_entropy"
    return (library.MLPClassifier if classes else library.MLPRegressor)(
        hidden_layer_sizes=workload.sizes[1:-1],
        activation=workload.activation,
        solver=workload.optimizer,
        learning_rate_init=workload.learning_rate,
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=workload.batch_size,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        random_state=1,
    )
