"""Numbers, scales and formulas: what the widgets are made of, before there is a widget."""

from __future__ import annotations

import pytest

from playground.gui.numbers import fmt, fmt_end, parse, power
from playground.gui.widgets.readout import leading_zeros
from playground.gui.widgets.scale import Scale
from playground.gui.widgets.text import plain, runs, symbol


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-18, None, "−18"),
        (0.789123, 3, "0.789"),
        (-0.0001, 3, "0.000"),
        (0.3, None, "0.3"),
        (1e-5, None, "1e−5"),
        (-2.5e-7, None, "−2.5e−7"),
        (123456789.0, None, "1.23457e8"),
        (float("nan"), None, "–"),
        (None, 2, "–"),
        (float("-inf"), None, "−∞"),
        (0, None, "0"),
    ],
)
def test_numbers_are_written_with_a_real_minus(value: float | None, digits: int | None, text: str) -> None:
    assert fmt(value, digits) == text


def test_ends_of_ranges() -> None:
    assert [fmt_end(v) for v in (1e-4, 0.01, 1, 100, 5000, 1e4, -40, 0)] == [
        "10⁻⁴",
        "10⁻²",
        "1",
        "100",
        "5,000",
        "10⁴",
        "−40",
        "0",
    ]
    assert power(-12) == "10⁻¹²"
    assert fmt(411921.4, 0, group=True) == "411,921"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,3", 0.3),
        ("0.3", 0.3),
        ("−18", -18),
        ("-18", -18),
        ("1e-4", 1e-4),
        ("1,5e−3", 1.5e-3),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        (" 7 ", 7),
        (".5", 0.5),
        ("1 000", 1000),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: float) -> None:
    assert parse(text) == pytest.approx(value)


def test_whole_numbers_know_thousands() -> None:
    assert parse("5,000", integer=True) == 5000
    with pytest.raises(ValueError, match="not a whole number"):
        parse("2.5", integer=True)


@pytest.mark.parametrize("text", ["abc", "", "1..2", "1e", "nan", "inf", "--3", "1e999"])
def test_what_is_no_number_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse(text)


def test_fmt_and_parse_agree() -> None:
    for value in (0.0, -1.5, 3e-9, 12345.0, -7e12, 0.1 + 0.2):
        assert parse(fmt(value)) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    "scale",
    [
        Scale(0, 20, integer=True),
        Scale(0, 1),
        Scale(-50, 5),
        Scale(1e-4, 1, log=True),
        Scale(1, 256, log=True, integer=True),
        Scale(0, 1, log=True),
        Scale(2, 100, integer=True),
    ],
)
def test_scales_reach_both_ends_and_never_run_backwards(scale: Scale) -> None:
    values = [scale.value(p) for p in range(scale.notches + 1)]
    assert (values[0], values[-1]) == (scale.minimum, scale.maximum)
    assert all(a <= b for a, b in zip(values, values[1:], strict=False))
    assert scale.share(scale.minimum) == 0
    assert scale.share(scale.maximum) == 1
    if scale.integer:
        assert all(isinstance(v, int) for v in values)


def test_a_logarithmic_scale_puts_decades_at_equal_distance() -> None:
    scale = Scale(1e-4, 1, log=True)
    assert [scale.share(10.0**k) for k in range(-4, 1)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert scale.stepped(0.1, -1) == pytest.approx(0.09)
    assert scale.stepped(0.03, 1) == pytest.approx(0.04)


def test_variables_are_italic_and_words_are_not() -> None:
    assert symbol("ln λ") == "ln *λ*"
    assert symbol("sin 2πx") == "sin 2π*x*"
    assert [(r.text, r.face) for r in runs("*w*₀")] == [("w", "math"), ("0", "sub")]
    assert [(r.text, r.face) for r in runs("*E*_{RMS}")] == [("E", "math"), ("RMS", "word")]
    assert plain("fit, *M* = 9") == "fit, M = 9"


def test_leading_zeros_are_told_apart() -> None:
    assert leading_zeros("000,412") == ("000,", "412")
    assert leading_zeros("000,000") == ("000,00", "0")
    assert leading_zeros("0.789") == ("", "0.789")
    assert leading_zeros("012,345") == ("0", "12,345")
    assert leading_zeros("–") == ("", "–")
