"""How long work says how far it is, and how it is called off: exports and sweeps."""

from collections.abc import Callable

from playground.engine.schema import SpecError

Progress = Callable[[float, str], bool]
"""Told the share that is done (0 to 1) and what comes next; answers False to cancel."""


class Cancelled(SpecError):
    """The person who asked for the work has called it off."""
