"""What a command answered: shared by the tests of the command line."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        assert self.code in (0, 3), self.err
        lines = self.out.splitlines()
        assert len(lines) == 1
        value: dict[str, Any] = json.loads(lines[0])
        return value


Ask = Callable[..., Answer]
