"""Points as text for a spreadsheet: what is written reads back, what a spreadsheet gives is read, the rest refused."""

import pytest

from playground.engine import point_text
from playground.engine.points import Points
from playground.engine.schema import SpecError

AB = ("A", "B")


def test_what_is_copied_reads_back_exactly():
    points = Points([[0.1, 1 / 3], [-2e-9, 5]], [1, 0])
    text = point_text.write(points, AB)
    assert text.splitlines()[0] == "x1\tx2\tlabel"
    found = point_text.read(text, 2, AB)
    assert found.X.tolist() == points.X.tolist() and found.t.tolist() == [1, 0] and found.class_names == AB
    curve = Points([[0.1], [0.2]], [1 / 3, 4])
    found = point_text.read(point_text.write(curve), 1)
    assert found.X.tolist() == curve.X.tolist() and found.t.tolist() == curve.t.tolist()


@pytest.mark.parametrize(
    ("text", "X", "t"),
    [
        ("1,5\t2\tB\n3\t4,25\tA", [[1.5, 2], [3, 4.25]], [1, 0]),  # a spreadsheet with a decimal comma
        ("1.5,2,B\r\n\r\n3,4.25,A\r\n", [[1.5, 2], [3, 4.25]], [1, 0]),
        ("label;x2;x1\nB;2;1,5\n", [[1.5, 2]], [1]),
        ("width\theight\tkind\n1\t2\tA\n", [[1, 2]], [0]),
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]], None),
    ],
)
def test_what_a_spreadsheet_gives_is_read(text, X, t):
    found = point_text.read(text, 2, AB)
    assert found.X.tolist() == X and (found.t if found.t is None else found.t.tolist()) == t


def test_a_class_that_is_not_there_yet_is_added():
    found = point_text.read("1\t2\tC\n3\t4\tA\n5\t6\tC\n", 2, AB)
    assert found.class_names == ("A", "B", "C") and found.t.tolist() == [2, 0, 2]


def test_the_target_may_be_a_number():
    assert point_text.read("1\t2\t0,5", 2).t.tolist() == [0.5]
    assert point_text.read("1;0,5\n2;1", 1).t.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("text", "n", "said"),
    [
        ("hello", 2, "The clipboard must hold points or a link, not hello: points are rows such as 0.5, 1.2, A"),
        ("", 2, "must hold points or a link"),
        ("x1\tx2\tlabel\n", 2, "must hold points or a link"),
        ("hello", 1, "rows such as 0.5, 1.2,"),
        ("1\t2\tA\n3\tx\tA", 2, "Row 2 of the clipboard: x2 must be a number from -1e15 to 1e15, not x."),
        ("x1,x2,label\n3,,A", 2, "Row 2 of the clipboard: x2 must be a number from -1e15 to 1e15, not an empty cell."),
        ("1\t2\tA\n3\t4\t", 2, "Row 2 of the clipboard: label must be the name of a class"),
        ("1\t2\t" + "z" * 201, 2, "1 to 200 printable characters"),
        ("\n".join(f"1\t2\tc{i}" for i in range(9)), 2, "would be an eleventh class; 2 to 10 are allowed"),
    ],
)
def test_what_is_no_point_is_refused_in_one_sentence(text, n, said):
    with pytest.raises(SpecError) as caught:
        point_text.read(text, n, AB if n == 2 else ())
    assert said in str(caught.value) and "\n" not in str(caught.value)
