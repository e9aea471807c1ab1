"""What can be opened without being a file: a link of ours, a preset, a URL of TensorFlow Playground."""

from dataclasses import dataclass

from playground.engine import experiment as experiments
from playground.engine.experiment import LINK, Experiment
from playground.engine.presets import PREFIX, named
from playground.engine.schema import SpecError, show
from playground.engine.tensorflow_playground import from_url, is_url


@dataclass(frozen=True)
class Opened:
    """about    one sentence on what it shows; may be empty
    lost     a phrase for each thing that could not be carried over
    """

    experiment: Experiment
    about: str = ""
    lost: tuple[str, ...] = ()


def is_address(text: str) -> bool:
    """Whether `read` is to read it; what it says may still be wrong."""
    text = text.strip()
    return text.startswith((LINK, PREFIX)) or is_url(text)


def read(text: str) -> Opened:
    """The Experiment that an address stands for. Raises SpecError."""
    text = text.strip()
    if text.startswith(LINK):
        return Opened(experiments.from_link(text))
    if text.startswith(PREFIX):
        preset = named(text)
        return Opened(preset.experiment(), preset.about)
    if is_url(text):
        experiment, lost = from_url(text)
        return Opened(experiment, lost=lost)
    raise SpecError(f"A link must begin with {LINK}, {PREFIX} or https://playground.tensorflow.org, "
                    f"not {show(text)}.")  # fmt: skip
