"""Typed formulas: what is read, what it means, what is refused and in which words."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.formula_text import CONSTANTS, FUNCTIONS, MOST_CHARACTERS, read, sampled
from playground.engine.schema import SpecError

X = np.array([-1.5, -0.25, 0.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("x", lambda x: x), ("3", lambda x: 3 + 0 * x), ("2x", lambda x: 2 * x), ("2 pi x", lambda x: 2 * np.pi * x),
        ("2πx", lambda x: 2 * np.pi * x), ("x²", lambda x: x**2), ("2^-x", lambda x: 2.0**-x),
        ("-x^2", lambda x: -(x**2)), ("2^3^2", lambda x: 512 + 0 * x), ("x**3", lambda x: x**3),
        ("1/2x", lambda x: x / 2), ("x(x+1)(x-1)", lambda x: x * (x + 1) * (x - 1)), ("2e", lambda x: 2 * np.e + 0 * x),
        ("1e-1x", lambda x: 0.1 * x), ("0,5x", lambda x: 0.5 * x), ("min(x,0,1)", lambda x: np.minimum(x, 0)),
        ("max(0.5, x) sin(x)", lambda x: np.maximum(0.5, x) * np.sin(x)), ("+--x", lambda x: x),
        ("x − 1 · x × 2", lambda x: x - 2 * x), ("step(x)", lambda x: (x >= 0) * 1.0),
        ("sinc(x)", lambda x: np.sinc(x / np.pi)), ("ln(exp(x))", lambda x: x), ("abs(x) + sign(x)floor(x)",
        lambda x: np.abs(x) + np.sign(x) * np.floor(x)), ("sqrt(x^2)", np.abs), ("\tx\u00a0+ 1 ", lambda x: x + 1),
    ],
)  # fmt: skip
def test_a_formula_means_what_a_book_would_mean(text, meaning):
    assert read(text)(X) == pytest.approx(meaning(X), abs=1e-12)


def test_a_formula_may_have_several_names_of_any_shape():
    f = read("x1 x2 + 1", ("x1", "x2"))
    assert f(X[:, None], X).shape == (5, 5)
    assert np.array_equal(f(X, X), X * X + 1)
    assert read("7")(np.zeros((2, 3))).tolist() == [[7.0] * 3] * 2


REFUSED = {
    "": "formula must be a formula in x, such as sin(2 pi x), not nothing.",
    "x +": "formula cannot be read: it ends too early (character 3); a number, a name or a parenthesis must follow.",
    "x * / 2": "formula cannot be read: something is missing before / (character 5); a number, a name or a "
    "parenthesis comes there.",
    "2 3": "formula cannot be read: an operator is missing before 3 (character 3); write + - * / or ^.",
    "(x": "formula cannot be read: a parenthesis is never closed (character 1); they come in pairs.",
    "x)": "formula cannot be read: a parenthesis is closed that was never opened (character 2); they come in pairs.",
    "1 + sin x": "formula cannot be read: sin stands alone (character 5); write sin(x).",
    "sin(x, 2)": "formula cannot be read: a comma has no meaning here (character 6); only min and max have several "
    "arguments.",
    "min(x)": "formula cannot be read: min has one argument (character 6); it takes two or more, as in min(x, 0).",
    "x @ 2": "formula cannot be read: @ has no place in it (character 3); it may have numbers, names, + - * / ^ and "
    "parentheses.",
    "9**9**9": "formula must have exponents from -100 to 100, not 387420489.",
    "x**1e9": "formula must have exponents from -100 to 100, not 1000000000.",
    "x^(0/0)": "formula must have exponents from -100 to 100, not nan.",
    "1e999 x": "formula cannot be read: 1e999 is too large (character 1); numbers go up to 1e308.",
    "x" * 201: "formula must have at most 200 characters, not 201.",
    "(" * 21 + "x" + ")" * 21: "formula cannot be read: more than 20 parentheses lie in each other (character 21); "
    "shorten it.",
    "-" * 190 + "x": "formula must have at most 120 steps within each other, not more.",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_is_said_in_one_sentence(text):
    with pytest.raises(SpecError) as error:
        read(text)
    assert str(error.value) == REFUSED[text]


@pytest.mark.parametrize(
    "text",
    ["y", "__import__('os')", "x.real", "().__class__", "lambda x: x", "[x]", "[x for x in x]", "{x}", "'x'", '"x"',
     "x[0]", "sin(x=1)", "sin(*x)", "x if x else 1", "x; x", "x == x", "x := 1", "import os", "eval(x)", "x % 2",
     "x // 2", "x << 9", "~x", "0x10", "1_000", "1j", "True", "None", "sin(sin)", "sin.real", "f'{x}'", "x\\", "#",
     "x\0"],
)  # fmt: skip
def test_nothing_but_arithmetic_is_let_through(text):
    with pytest.raises(SpecError, match=r"^data\.expression cannot be read: .* \(character \d+\); .*\.$") as error:
        read(text, ("x",), "data.expression")
    assert error.value.path == "data.expression" and "\n" not in str(error.value)


def test_an_unknown_name_is_answered_with_all_that_are_known():
    with pytest.raises(SpecError, match="y is unknown") as error:
        read("x + y")
    assert all(name in str(error.value) for name in ("x", *CONSTANTS, *FUNCTIONS))


# ---- where it has no value ----


@pytest.mark.parametrize(
    ("text", "low", "high", "where"),
    [
        ("1/x", -1, 1, "it is infinite or larger than 1e9 at x = 0"),
        ("1/(x - 1/3)", 0, 1, "it is infinite or larger than 1e9 at x = 0.333333"),
        ("1/(x - 1/3)^2", 0, 1, "it is infinite or larger than 1e9 at x = 0.333333"),
        ("tan(x)", -3, 3, "it is infinite or larger than 1e9 at x = -1.5708"),
        ("log(x)", 0, 1, "it is infinite or larger than 1e9 at x = 0"),
        ("sqrt(x - 2)", 0, 3, "it has no value at x = 0"),
        ("x^0.5", -1, 1, "it has no value at x = -1"),
        ("exp(x)", 0, 1000, "it is infinite or larger than 1e9 at x = 21"),
        ("0/0", 0, 1, "it has no value at x = 0"),
    ],
)
def test_a_formula_without_a_value_is_refused_with_the_place(text, low, high, where):
    with pytest.raises(ValueError) as error:
        sampled(read(text), low, high)
    assert str(error.value) == where


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("sin(1000x)", -10, 10), ("step(x)", -1, 1), ("floor(x)", -9, 9), ("1/(x - 1/3)", 0.4, 1), ("sqrt(x)", 0, 1),
     ("3", 0, 1e-6), ("x", 1e6 - 1, 1e6), ("sinc(x)", -1, 1), ("1/(1e-6 + x^2)", -1, 1)],
)  # fmt: skip
def test_a_steep_one_or_one_with_jumps_is_taken(text, low, high):
    x, y = sampled(read(text), low, high)
    assert x[0] == low and x[-1] == high and (np.diff(x) > 0).all() and np.isfinite(y).all()


# ---- any text, any tree ----


@given(st.one_of(st.text(max_size=260), st.text("x0123456789.,+-*/^() eπ²sincomexpa", max_size=220)))
def test_junk_is_refused_in_one_sentence_and_never_hangs(text):
    began = time.perf_counter()
    try:
        f = read(text)
    except SpecError as error:
        assert str(error).startswith("formula ") and str(error).endswith(".") and "\n" not in str(error)
    else:
        assert f(X).shape == X.shape and f(X).dtype == np.float64
    assert time.perf_counter() - began < 1


UNARY = {"sin": np.sin, "cos": np.cos, "exp": np.exp, "abs": np.abs, "tanh": np.tanh, "floor": np.floor,
         "sqrt": np.sqrt, "log": np.log, "sign": np.sign}  # fmt: skip
BINARY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
leaves = st.one_of(
    st.just(("x", X)),
    st.just(("pi", np.full(5, np.pi))),
    st.floats(0, 99).map(lambda v: (repr(v), np.full(5, v))),
)


def joined(inner):
    """(text, values) pairs put together, each text in parentheses of its own."""
    one = st.tuples(st.sampled_from(list(UNARY)), inner).map(lambda a: (f"{a[0]}({a[1][0]})", UNARY[a[0]](a[1][1])))
    two = st.tuples(st.sampled_from(list(BINARY)), inner, inner).map(
        lambda a: (f"({a[1][0]}) {a[0]} ({a[2][0]})", BINARY[a[0]](a[1][1], a[2][1]))
    )
    return st.one_of(one, two, inner.map(lambda a: (f"-({a[0]})", -a[1])))


@given(st.data())
def test_a_tree_has_the_values_that_numpy_gives_it(data):
    with np.errstate(all="ignore"):
        text, values = data.draw(st.recursive(leaves, joined, max_leaves=8))
    if len(text) <= MOST_CHARACTERS:
        assert np.array_equal(read(text)(X), values, equal_nan=True)


# ---- many at once, and quickly ----


def test_threads_do_not_mix_up_their_values():
    wrong: list[int] = []

    def work(k):
        f = read("x + x x - x x")
        for _ in range(300):
            if not (f(np.full(50, float(k))) == k).all():
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_formula_that_was_read_is_quick():
    f, x = read("exp(-x^2) sin(5x) + 0.3 x^3"), np.linspace(-2, 2, 601)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        assert read("exp(-x^2) sin(5x) + 0.3 x^3") is f
        f(x)
        times.append(time.perf_counter() - began)
    assert sorted(times)[25] < 1e-3
