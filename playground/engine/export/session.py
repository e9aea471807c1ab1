"""The run as a session file."""

from pathlib import Path

from playground.engine import session
from playground.engine.export.base import Tick, exporter
from playground.engine.trainer import Run


@exporter(
    "session",
    title="Session",
    description="One file to go on with: everything, as it stands (session.playground).",
    rank=0,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """session.playground"""
    tick(0.0, "Session")
    session.write(folder / f"session{session.SUFFIX}", run.record())
