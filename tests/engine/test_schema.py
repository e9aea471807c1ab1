"""Kinds of parameters: read, shown, refused in one sentence."""

from typing import Literal

import pytest

from playground.engine import schema
from playground.engine.schema import Spec, SpecError, param, parse, show


class Sample(Spec):
    n: int = param(3, label="Number", low=1, high=9)
    rate: float | None = param(None, label="Rate", low=0.0, high=1.0, off_value=0.5)
    on: bool = param(True, label="On")
    shape: Literal["a", "b"] = param("a", label="Shape", only_if={"on": (True,)})
    sizes: tuple[int, ...] = param((8, 8), label="Sizes", low=0, high=3, item_low=1, item_high=64)
    some: tuple[Literal["p", "q"], ...] = param(("p",), label="Some", low=1, high=2)
    weights: tuple[float, ...] = param((1.0,), label="Weights", low=1, high=3, item_low=-9.0, item_high=9.0)
    names: tuple[str, ...] = param((), label="Names", low=0, high=2)
    title: str = param("", label="Title", hidden=True)


KNOWN = {p.path: p for p in schema.parameters_of(Sample)}


def test_fields_become_parameters_with_kinds_and_ranges():
    kinds = {path: p.kind for path, p in KNOWN.items()}
    assert kinds == {"n": "int", "rate": "float", "on": "bool", "shape": "choice", "sizes": "ints",
                     "some": "subset", "weights": "floats", "names": "names", "title": "text"}  # fmt: skip
    assert (KNOWN["n"].low, KNOWN["n"].high, KNOWN["n"].default) == (1, 9, 3)
    assert KNOWN["rate"].optional and not KNOWN["n"].optional
    assert KNOWN["shape"].choices == ("a", "b")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("n", " 4 ", 4), ("rate", "1e-3", 0.001), ("rate", "off", None), ("rate", "none", None), ("on", "off", False),
        ("on", "TRUE", True), ("shape", "b", "b"), ("sizes", "8, 4", (8, 4)), ("sizes", "", ()),
        ("weights", "1, -2.5,\u22120.5", (1.0, -2.5, -0.5)), ("weights", "1,5", (1.0, 5.0)),
        ("weights", "1; -2,5", (1.0, -2.5)),
        ("some", "q,p", ("q", "p")), ("names", "cat, dog", ("cat", "dog")), ("title", "a b", "a b"),
    ],
)  # fmt: skip
def test_what_a_person_types_is_read(path, text, value):
    assert parse(KNOWN[path], text) == value


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("n", "x", "n must be a whole number from 1 to 9, not x."),
        ("n", "2.5", "n must be a whole number from 1 to 9, not 2.5."),
        ("n", "", "n must be a whole number from 1 to 9, not ''."),
        ("n", "off", "n must be a whole number from 1 to 9, not off."),
        ("rate", "1,5", "rate must be a number from 0 to 1, or off, not 1,5."),
        ("on", "maybe", "on must be on or off, not maybe."),
        (
            "sizes",
            "8,x",
            "sizes must be 0 to 3 whole numbers from 1 to 64, with commas between them, not 8,x.",
        ),
        ("weights", "1,,2", "weights must be 1 to 3 numbers from -9 to 9, with commas between them, not 1,,2."),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(path, text, sentence):
    with pytest.raises(SpecError) as error:
        parse(KNOWN[path], text)
    assert str(error.value) == sentence
    assert error.value.path == path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "off"),
        (True, "on"),
        (0.1, "0.1"),
        ((8, 8), "8,8"),
        ("a b", "'a b'"),
        ("", "''"),
        ("a\nb", "'a\\nb'"),
    ],
)
def test_values_are_shown_as_the_command_line_writes_them(value, text):
    assert show(value) == text


def test_long_values_are_cut_in_sentences():
    sentence = str(KNOWN["n"].complain("y" * 500))
    assert len(sentence) < 130
    assert len(str(KNOWN["sizes"].complain((1,) * 500))) < 200


@pytest.mark.parametrize(
    "values", [{"n": 0}, {"n": 10}, {"rate": -0.1}, {"rate": float("nan")}, {"shape": "c"}, {"sizes": (0,)},
               {"sizes": (1, 2, 3, 4)}, {"some": ()}, {"some": ("p", "p")}, {"names": ("a", "a")},
               {"names": ("a ",)}, {"names": ("",)}, {"unknown": 1}, {"weights": ()},
               {"weights": (9.5,)}, {"weights": (float("nan"),)}, {"weights": (1.0,) * 4}]
)  # fmt: skip
def test_an_illegal_spec_cannot_exist(values):
    with pytest.raises(ValueError):
        Sample(**values)


def test_a_spec_cannot_be_changed():
    with pytest.raises(ValueError):
        Sample().n = 4  # type: ignore[misc]


def test_a_parameter_is_shown_only_where_it_has_meaning():
    assert schema.shown(Sample(), KNOWN["shape"])
    assert not schema.shown(Sample(on=False), KNOWN["shape"])
    assert not schema.shown(Sample(), KNOWN["title"])
