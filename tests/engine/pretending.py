"""What pretends to be a GPU, on the CPU."""

from __future__ import annotations

from collections.abc import Callable


class Tape:
    """Records on the CPU: what is replayed are the calls as they stood, so all else has to be in fixed tensors."""

    def __init__(self, fails: str = "") -> None:
        self.log: list[str] = []
        self.fails = fails

    def warm_up(self, run: Callable[[], None]) -> None:
        self.log.append("warm")
        run()

    def record(self, run: Callable[[], None]) -> Callable[[], None]:
        self.log.append("record")
        if self.fails:
            raise RuntimeError(self.fails)

        def replay() -> None:
            self.log.append("replay")
            run()

        return replay
