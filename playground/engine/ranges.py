"""What a person types for several values of one parameter.

    0..9            whole numbers, both ends included
    -40:0:1         from, to, step; the end is included where the steps lead to it
    1e-3..1:log:7   seven values, evenly spaced on a logarithmic scale
    0.1,0.3,1       a list, of ranges too: off,-40:0:1 or tanh,relu
    8;8,8;16,16     the same for parameters that are lists themselves, such as model.hidden

`read` makes texts of it, each as `--set` takes it; whether a value is legal is for the schema to say.
"""

import math
import re
from decimal import ROUND_FLOOR, Decimal
from typing import NoReturn

from playground.engine.schema import Parameter, SpecError, show

MOST = 20_000
"""Values of one parameter, and trainings of one sweep."""
LISTS = ("ints", "names", "items", "subset", "sequence")
"""Kinds whose values have commas in them."""

_WHOLE = re.compile(r"([+-]?[0-9]{1,18})\.\.([+-]?[0-9]{1,18})")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ROUNDING = Decimal("1e-9")  # of a step: an end that is missed by less is meant


def read(parameter: Parameter, text: str) -> tuple[str, ...]:
    """The values as texts, in the order given; at least one. Raises SpecError: junk, nothing, too many."""
    path, lists = parameter.path, parameter.kind in LISTS
    if not text.strip():
        raise SpecError(f"{path} needs values to run through, such as 0..9 or 0.1,0.3,1.", path)
    if lists and "," in text and ";" not in text:
        raise SpecError(f"The values of {path} are lists: put semicolons between them, as in 8;8,8;16,16 "
                        f"({show(text)} is one value, for --set).", path)  # fmt: skip
    found: list[str] = []
    for item in text.split(";" if lists else ","):
        found += _item(parameter, item.strip())
        _check_number(path, len(found))
    return tuple(found)


def _item(parameter: Parameter, item: str) -> list[str]:
    if parameter.kind not in ("int", "float", "ints") or not (".." in item or ":" in item):
        return [item]
    whole = _WHOLE.fullmatch(item)
    if whole:
        return _whole_numbers(parameter.path, item, int(whole[1]), int(whole[2]))
    parts = item.split(":")
    if len(parts) == 3 and parts[1].strip() == "log" and parts[0].count("..") == 1:
        low, _, high = parts[0].partition("..")
        return _logarithmic(parameter.path, item, low, high, parts[2])
    if len(parts) == 3 and ".." not in item:
        return _steps(parameter.path, item, *parts)
    _refuse(parameter.path, item, "write 0..9 for whole numbers, -40:0:1 for steps or 1e-3..1:log:7")


def _whole_numbers(path: str, item: str, low: int, high: int) -> list[str]:
    if high < low:
        _refuse(path, item, "it is empty, because it ends below its begin")
    _check_number(path, high - low + 1)
    return [str(value) for value in range(low, high + 1)]


def _steps(path: str, item: str, *texts: str) -> list[str]:
    low, high, step = (_number(path, item, text) for text in texts)
    if step == 0:
        _refuse(path, item, "the step must not be 0")
    exact = (high - low) / step
    if exact < 0:
        _refuse(path, item, f"it is empty, because its step leads away from {texts[1].strip()}")
    if exact > MOST:
        _check_number(path, MOST + 1)
    last = int((exact + _ROUNDING).to_integral_value(ROUND_FLOOR))
    values = [low + k * step for k in range(last + 1)]
    if abs(exact - last) <= _ROUNDING:
        values[-1] = high
    return [_text(value) for value in values]


def _logarithmic(path: str, item: str, low_text: str, high_text: str, n_text: str) -> list[str]:
    low, high = (float(_number(path, item, text)) for text in (low_text, high_text))
    if not 0 < low < high:
        _refuse(path, item, "a logarithmic range begins above 0 and ends above its begin")
    n = int(n_text) if n_text.strip().isascii() and n_text.strip().isdigit() and len(n_text) < 9 else 0
    if n < 2:
        _refuse(path, item, "how many values there are must be a whole number from 2 on")
    _check_number(path, n)
    a, b = math.log(low), math.log(high)
    inner = [math.exp(a + (b - a) * k / (n - 1)) for k in range(1, n - 1)]
    # Twelve digits: 0.01 is to be called 0.01.
    return [_text(Decimal(f"{value:.12g}")) for value in (low, *inner, high)]


def _number(path: str, item: str, text: str) -> Decimal:
    text = text.strip()
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        _refuse(path, item, f"{show(text) if text else 'nothing'} is not a number")
    return Decimal(repr(float(text)))


def _text(value: Decimal) -> str:
    """As short as it reads back exactly; whole numbers without a point."""
    if abs(value) < 10**15 and value == value.to_integral_value():
        return str(int(value))
    return repr(float(value))


def _check_number(path: str, n: int) -> None:
    if n > MOST:
        raise SpecError(f"{path} must have at most {MOST} values in one sweep: take larger steps.", path)


def _refuse(path: str, item: str, reason: str) -> NoReturn:
    raise SpecError(f"{show(item)} is not a range for {path}: {reason}.", path)
