"""Numbers as people read and type them: a real minus sign, powers of ten, decimal comma or point.

The one place where the window turns numbers into text and text into numbers. No Qt here.
"""

from __future__ import annotations

import math
import re

MINUS = "\u2212"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def fmt(value: float | int | None, digits: int | None = None, *, group: bool = False) -> str:
    """`value` as text with U+2212 as its minus.

    `digits` = decimals after the point; None = the shortest text that keeps six significant digits,
    with an exponent ("1e−5") beyond 1e7 and below 1e-4. `group` puts commas between thousands.
    Missing and NaN are an en dash, infinities "∞".
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if digits is not None:
        text = f"{value:,.{digits}f}" if group else f"{value:.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
    elif isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e7):
        text = f"{int(value):,}" if group else str(int(value))
    else:
        text = _shortest(float(value))
    return text.replace("-", MINUS)


def _shortest(value: float) -> str:
    text = f"{value:.6g}"
    if 1e-4 <= abs(value) < 1e7:
        return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text
    text = f"{value:.5e}"
    mantissa, exponent = text.split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def fmt_end(value: float) -> str:
    """The end of a range: powers of ten as 10⁻⁴ when that is shorter, thousands grouped."""
    if value > 0 and value not in (1, 10, 100, 1000):
        exponent = round(math.log10(value))
        if math.isclose(value, 10.0**exponent, rel_tol=1e-9) and not -2 < exponent < 4:
            return power(exponent)
    return fmt(value, group=True)


def power(exponent: int) -> str:
    """10 to the `exponent`, set with superscript digits."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def parse(text: str, *, integer: bool = False) -> float:
    """The number a person typed: "0,3", "−18", "1e-4", "5,000" (whole numbers). ValueError names the text."""
    cleaned = (
        re.sub(r"[\s\u00a0\u202f']", "", text).replace(MINUS, "-").replace("–", "-").replace("×10^", "e")
    )
    if "," in cleaned and "." in cleaned:  # the last of the two is the decimal mark
        grouping = "," if cleaned.rfind(",") < cleaned.rfind(".") else "."
        cleaned = cleaned.replace(grouping, "")
    elif integer and re.fullmatch(r"[-+]?\d{1,3}([.,]\d{3})+", cleaned):
        cleaned = re.sub(r"[.,]", "", cleaned)
    cleaned = cleaned.replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", cleaned):
        raise ValueError(f"“{text.strip()}” is not a number." if text.strip() else "A number is needed here.")
    value = float(cleaned)
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is too large.")
    if integer and not value.is_integer():
        raise ValueError(f"“{text.strip()}” is not a whole number.")
    return value
