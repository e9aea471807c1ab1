"""What a person types for several values: `0..9`, `-40:0:1`, `1e-3..1:log:7`, lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import ranges
from playground.engine.schema import Parameter, SpecError

INT = Parameter("model.order", "int", 3, "Order")
FLOAT = Parameter("model.ln_lambda", "float", None, "Penalty", optional=True)
CHOICE = Parameter("model.activation", "choice", "tanh", "Activation", choices=("tanh", "relu"))
INTS = Parameter("model.hidden", "ints", (), "Hidden layers")
numbers = st.floats(-1e6, 1e6).filter(lambda v: v == 0 or abs(v) > 1e-6)

EXAMPLES = {
    "0..9": (INT, [str(k) for k in range(10)]),
    "-2..1": (INT, ["-2", "-1", "0", "1"]),
    "7..7": (INT, ["7"]),
    "-40:0:20": (FLOAT, ["-40", "-20", "0"]),
    "0:-1:-0.5": (FLOAT, ["0", "-0.5", "-1"]),
    "0:0.3:0.1": (FLOAT, ["0", "0.1", "0.2", "0.3"]),
    "0:1:0.3333333333": (FLOAT, ["0", "0.3333333333", "0.6666666666", "1"]),
    "0:1:0.4": (FLOAT, ["0", "0.4", "0.8"]),
    "1e-3..1:log:4": (FLOAT, ["0.001", "0.01", "0.1", "1"]),
    "0.1, 0.3 ,1": (FLOAT, ["0.1", "0.3", "1"]),
    "off,-2:0:1,3": (FLOAT, ["off", "-2", "-1", "0", "3"]),
    "tanh,relu": (CHOICE, ["tanh", "relu"]),
    "8;8,8;16,16": (INTS, ["8", "8,8", "16,16"]),
    ";4": (INTS, ["", "4"]),
    "1..3": (INTS, ["1", "2", "3"]),
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_values_mean(text: str) -> None:
    parameter, wanted = EXAMPLES[text]
    assert list(ranges.read(parameter, text)) == wanted


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_list_is_read_back(values: list[float]) -> None:
    assert [float(text) for text in ranges.read(FLOAT, ",".join(map(repr, values)))] == values


@given(st.integers(-500, 500), st.integers(0, 300), st.sampled_from([1, 2, 5, 10, 25]), st.integers(0, 4))
def test_steps_are_read_back_to_the_last_digit_and_reach_the_end(low: int, n: int, step: int, digits: int) -> None:
    """Decimal steps give the decimals a person would write, not what adding floats gives."""
    scale = 10**digits
    texts = ranges.read(FLOAT, f"{low / scale!r}:{(low + n * step) / scale!r}:{step / scale!r}")
    assert [float(text) for text in texts] == [(low + k * step) / scale for k in range(n + 1)]


@given(st.floats(1e-9, 1e3), st.floats(1.5, 1e6), st.integers(2, 50))
def test_logarithmic_values_have_equal_ratios(low: float, ratio: float, n: int) -> None:
    found = [float(text) for text in ranges.read(FLOAT, f"{low!r}..{low * ratio!r}:log:{n}")]
    np.testing.assert_allclose(found, np.geomspace(low, low * ratio, n), rtol=1e-10)


JUNK = st.text(alphabet="0123456789.:,;-+eloginfa \u0664\u00b2", max_size=25)


@given(JUNK, st.sampled_from([INT, FLOAT, CHOICE, INTS]))
def test_junk_is_refused_in_a_sentence_or_read(text: str, parameter: Parameter) -> None:
    try:
        found = ranges.read(parameter, text)
    except SpecError as error:
        assert str(error).endswith(".") and "\n" not in str(error) and error.path == parameter.path
    else:
        assert 1 <= len(found) <= ranges.MOST
