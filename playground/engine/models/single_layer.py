"""What models without hidden layers are to those who train and show networks: one layer of weights."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.engine.links import Skip
from playground.engine.models.base import ModelSpec
from playground.engine.structure import Structure


class SingleLayer(ModelSpec):
    hidden: ClassVar[tuple[int, ...]] = ()
    held: ClassVar[tuple[str, ...]] = ()

    def layer_activations(self) -> tuple[str, ...]:
        """Of the hidden layers, of which there are none."""
        return ()

    def layer_dropouts(self) -> tuple[float, ...]:
        """Of the hidden layers."""
        return ()

    def connections(self) -> tuple[Skip, ...]:
        """Residual ones."""
        return ()

    def structure(self, n_inputs: int, n_outputs: int) -> Structure:
        """Of the only layer; the constant is its bias."""
        return Structure(((n_outputs, n_inputs),))

    def initial_weights(self, n_inputs: int, n_outputs: int, seed: int) -> dict[str, NDArray[np.float64]]:
        """Training starts from zero, whatever the seed: the bowl has one bottom, and from zero plain descent ends at
        the smallest weights where several are best, which is what the closed form takes too."""
        return {"0.weight": np.zeros((n_outputs, n_inputs)), "0.bias": np.zeros(n_outputs)}
