"""Where gradient descent has been: the weights of a model linear in them, at epochs that lie ever further apart.

Descent slows down like a sum of falling exponentials, so that a path with a point at each of the first epochs, and
then whenever a fortieth of all epochs so far has passed, looks whole at every scale: 266 points for 10,000 epochs,
450 for a million. The trainer fills it, `error_surface.py` shows it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHARE = 40


class WeightPath:
    def __init__(self) -> None:
        self._epochs: list[int] = []
        self._weights: list[Floats] = []

    @property
    def next(self) -> int:
        """The epoch at which the next point is due."""
        if not self._epochs:
            return 0
        return self._epochs[-1] + max(1, self._epochs[-1] // SHARE)

    def offer(self, epoch: int, weights: Callable[[], Floats]) -> None:
        """Keep `weights()`, [n_weights], if a point is due; epochs come in their order."""
        if epoch >= self.next:
            self._epochs.append(epoch)
            self._weights.append(weights())

    def truncate(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        kept = int(np.searchsorted(self._epochs, epoch, side="right"))
        del self._epochs[kept:], self._weights[kept:]

    def until(self, epoch: int) -> Floats:
        """[k, n_weights]: the points up to an epoch, oldest first."""
        kept = int(np.searchsorted(self._epochs, epoch, side="right"))
        return np.array(self._weights[:kept]) if kept else np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self._epochs)
