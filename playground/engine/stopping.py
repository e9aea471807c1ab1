"""When training ends by itself: at a loss, at an accuracy, or when the validation loss no longer gets better.

The rules are a function of the history at the end of an epoch, so a run that is replayed or sought back in meets them
where it met them first. Early stopping waits `patience` epochs for a better validation loss than the least so far
(Prechelt 1998, "Early stopping - but when?"); the weights stay those of the last epoch, the sentence names the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playground.engine.executors.base import Floats
from playground.engine.history import COLUMNS, History

if TYPE_CHECKING:
    from playground.engine.tree import Training

TRAIN_LOSS, TRAIN_ACCURACY, VALIDATION_LOSS = (
    COLUMNS.index(name) - 2 for name in ("train_loss", "train_accuracy", "validation_loss")
)


def has_rules(training: Training) -> bool:
    return (training.stop_loss, training.stop_accuracy, training.patience) != (None, None, None)


def first_met(training: Training, history: History, first: int, measures: Floats) -> int | None:
    """The first of the epochs after `first`, of measures [n, 9] (`Executor.epochs`), at whose end a rule is met.

    `history` up to epoch `first`. Returns an index, or None.
    """
    if not has_rules(training):
        return None
    met = np.zeros(len(measures), dtype=bool)
    with np.errstate(invalid="ignore"):
        if training.stop_loss is not None:
            met |= measures[:, TRAIN_LOSS] <= training.stop_loss
        if training.stop_accuracy is not None:
            met |= measures[:, TRAIN_ACCURACY] >= training.stop_accuracy
        if training.patience is not None:
            met |= _waited(history, first, measures[:, VALIDATION_LOSS]) >= training.patience
    return int(met.argmax()) if met.any() else None


def _waited(history: History, first: int, losses: Floats) -> Floats:
    """For each epoch, how many have passed since the least validation loss; 0 where there is none."""
    best, least = best_validation(history, first)
    before = np.minimum.accumulate(np.concatenate([[least], np.nan_to_num(losses, nan=np.inf)]))
    epochs = first + 1 + np.arange(len(losses))
    since = np.maximum.accumulate(np.where(before[1:] < before[:-1], epochs, best))
    return np.where(np.isfinite(before[1:]), epochs - since, 0)


def best_validation(history: History, epoch: int) -> tuple[int, float]:
    """(epoch, loss) of the least validation loss up to an epoch; (0, infinity) where there is none."""
    if history.best_validation is not None and history.best_validation[0] <= epoch:
        return history.best_validation
    epochs, losses = history.column("epoch"), history.column("validation_loss")
    losses = np.where(epochs <= epoch, np.nan_to_num(losses, nan=np.inf), np.inf)
    if not len(losses) or not np.isfinite(losses).any():
        return 0, np.inf
    at = int(losses.argmin())
    return int(epochs[at]), float(losses[at])


def why(training: Training, history: History, epoch: int) -> str:
    """Which rule is met at the end of an epoch after the first step, a sentence; else empty."""
    if not has_rules(training) or not epoch:
        return ""
    at = np.flatnonzero(history.column("epoch") == epoch)
    if not len(at):
        return ""
    loss, accuracy = (float(history.column(f"train_{name}")[at[0]]) for name in ("loss", "accuracy"))
    if training.stop_loss is not None and loss <= training.stop_loss:
        return f"Stopped at epoch {epoch}: the training loss {loss:.4g} has reached {training.stop_loss:.6g}."
    if training.stop_accuracy is not None and accuracy >= training.stop_accuracy:
        return (f"Stopped at epoch {epoch}: the training accuracy {100 * accuracy:.1f} % has reached "
                f"{100 * training.stop_accuracy:.6g} %.")  # fmt: skip
    best, least = best_validation(history, epoch)
    if training.patience is not None and np.isfinite(least) and epoch - best >= training.patience:
        epochs = f"{training.patience} epoch" + "s" * (training.patience > 1)
        return (f"Stopped at epoch {epoch}: the validation loss has not become better for {epochs}. It was least at "
                f"epoch {best}, with {least:.4g}.")  # fmt: skip
    return ""
