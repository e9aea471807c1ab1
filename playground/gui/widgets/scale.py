"""How the values of a slider lie along its track: linear or logarithmic, whole or real, with rounding. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = 1000


@dataclass(frozen=True)
class Scale:
    """From `minimum` to `maximum`. A logarithmic scale that starts at 0 keeps its first notch for 0 and begins at
    `smallest` (one millionth of the maximum) after it."""

    minimum: float
    maximum: float
    log: bool = False
    integer: bool = False
    step: float | None = None
    smallest: float | None = None

    @property
    def notches(self) -> int:
        """The number of intervals between positions."""
        if self.integer and not self.log:
            return max(int(self.maximum - self.minimum), 1)
        return _STEPS

    @property
    def stride(self) -> int:
        """Positions of one arrow key."""
        return 1 if self.integer and not self.log else _STEPS // 100

    def grain(self) -> float:
        """The rounding of dragged values on a linear scale: a power of ten near a hundredth of the range."""
        if self.step is not None:
            return self.step
        if self.integer:
            return 1
        return 10.0 ** math.floor(math.log10(max(self.maximum - self.minimum, 1e-300) / 50))

    def _floor(self) -> float:
        if self.minimum > 0:
            return self.minimum
        return self.smallest or self.maximum * 1e-6

    def value(self, position: int) -> float:
        """The value at a position from 0 to `notches`; rounded to what a person would write."""
        share = min(max(position / self.notches, 0.0), 1.0)
        if share == 0:
            raw: float = self.minimum
        elif share == 1:
            raw = self.maximum
        elif self.log:
            low = math.log(self._floor())
            raw = float(f"{math.exp(low + share * (math.log(self.maximum) - low)):.2g}")
        else:
            grain = self.grain()
            raw = float(
                f"{round((self.minimum + share * (self.maximum - self.minimum)) / grain) * grain:.10g}"
            )
        raw = min(max(raw, self.minimum), self.maximum)
        return round(raw) if self.integer else raw

    def share(self, value: float) -> float:
        """Where `value` lies, from 0 to 1; clamped."""
        if self.maximum <= self.minimum:
            return 0.0
        if self.log:
            if value <= 0 or value < self._floor():
                return 0.0
            low = math.log(self._floor())
            share = (math.log(value) - low) / (math.log(self.maximum) - low)
        else:
            share = (value - self.minimum) / (self.maximum - self.minimum)
        return min(max(share, 0.0), 1.0)

    def position(self, value: float) -> int:
        return round(self.share(value) * self.notches)

    def stepped(self, value: float, steps: int) -> float:
        """`value` after arrow steps in a number field: the grain, or about a tenth of a log value."""
        if not self.log:
            return value + steps * self.grain()
        if value <= 0:
            return self._floor() if steps > 0 else self.minimum
        if self.integer:
            return value + steps
        unit = 10.0 ** math.floor(math.log10(value) + 1e-9)
        if steps < 0 and math.isclose(value, unit):
            unit /= 10
        result = value + steps * unit
        return result if result >= self._floor() * 0.999 else self.minimum

    def decimals(self) -> int | None:
        """Fixed decimals of the number field on short linear scales, so that figures do not jump."""
        if self.log or self.integer:
            return None
        grain = self.grain()
        return round(-math.log10(grain)) if grain < 0.1 else None
