"""CSV files: what is read, what is refused and in which words, and what is written."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from playground.engine import tables
from playground.engine.csvfile import LINE, write_rows
from playground.engine.experiment import change, default
from playground.engine.points import AUTO, TEST, TRAIN, VALIDATION
from playground.engine.schema import SpecError
from playground.engine.tables import MAX_ROWS, read_csv, read_inputs, write_csv
from tests.engine.strategies import names, points


@pytest.fixture
def csv(tmp_path):
    def write(text, name="points.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(*args, **kwargs):
    with pytest.raises(SpecError) as error:
        read_csv(*args, **kwargs)
    sentence = str(error.value)
    assert "\n" not in sentence and sentence.endswith("."), sentence
    return sentence


# ---- what is read ----


def test_a_curve(csv):
    got = read_csv(csv("x,t\n0,1\n0.5,-2.25\n1e-3,3\n"))
    assert (got.lab, got.name, got.columns, got.note, got.class_names) == (
        "curve",
        "points.csv",
        ("x", "t"),
        "",
        (),
    )
    assert got.points.X.tolist() == [[0.0], [0.5], [0.001]] and got.points.t.tolist() == [1.0, -2.25, 3.0]
    assert (got.points.part == AUTO).all()


def test_classes_are_named_as_they_appear(csv):
    got = read_csv(csv("x1,x2,label\n0,1,dog\n2,3,cat\n4,5, dog \n"))
    assert got.lab == "classify" and got.class_names == ("dog", "cat")
    assert got.points.t.tolist() == [0, 1, 0]


def test_classes_that_are_numbers_stand_in_order_of_size(csv):
    got = read_csv(csv("x1,x2,label\n0,1,10\n2,3,9\n4,5,-1\n"))
    assert got.class_names == ("-1", "9", "10") and got.points.t.tolist() == [2, 1, 0]


def test_the_two_columns_beside_label_are_the_features(csv):
    got = read_csv(csv("label,height,split,width\na,1,train,2\nb,3,test,4\n"))
    assert got.columns == ("height", "width", "label") and got.points.X.tolist() == [[1, 2], [3, 4]]


def test_other_columns_are_chosen_by_name(csv):
    path = csv("day,sun,rain,kind\n1,2,3,a\n4,5,6,b\n")
    assert read_csv(path, columns="day,rain").points.t.tolist() == [3, 6]
    got = read_csv(path, columns=["sun", "rain", "kind"])
    assert (got.lab, got.columns, got.points.X.tolist()) == (
        "classify",
        ("sun", "rain", "kind"),
        [[2, 3], [5, 6]],
    )


def test_the_lab_decides_where_a_file_fits_both(csv):
    path = csv("x,t,label\n1,2,a\n3,4,b\n")
    assert read_csv(path).lab == "classify"
    assert read_csv(path, "curve").points.t.tolist() == [2, 4]


def test_a_column_split_wins_over_the_shares(csv):
    got = read_csv(csv("x,t,split\n1,2,train\n3,4,Validation\n5,6, test\n"))
    assert got.points.part.tolist() == [TRAIN, VALIDATION, TEST]


@pytest.mark.parametrize(
    "text",
    [
        "x;t\n0,5;1\n1,25;-2,5\n", "x\tt\n0,5\t1\n1,25\t-2,5\n", "x;t\n0.5;1\n1.25;-2.5\n", "x,t\n0.5,1\n1.25,-2.5\n",
        "\ufeffx,t\r\n0.5,1\r\n1.25,-2.5\r\n", '"x","t"\n"0.5","1"\n"1.25","-2.5"',
        "\n\nX , T\n 0.5 , 1\n\n,\n1.25,-2.5\n\n",
        "t,note,x\n1,hi,.5\n-2.5,\"a,\nb\",1.25\n", "x,t\r0.5,1\r1.25,-2.5\r", "x;t\n5e-1;1\n1,25;-2,5\n",
    ],
)  # fmt: skip
def test_the_same_points_in_many_spellings(csv, text):
    got = read_csv(csv(text), "curve")
    assert got.points.X[:, 0].tolist() == [0.5, 1.25] and got.points.t.tolist() == [1, -2.5]


def test_one_row_of_a_curve_is_read_with_a_word(csv):
    got = read_csv(csv("x,t\n1,2\n"))
    assert len(got.points) == 1 and "has one row" in got.note


def test_what_is_read_becomes_an_experiment(csv):
    got = read_csv(csv("x1,x2,label\n0,1,dog\n2,3,cat\n4,5,cow\n"))
    e = change(default("curve"), got.changes())
    assert (e.lab, e.data.kind, e.data.name, e.data.columns) == (
        "classify",
        "file",
        "points.csv",
        ("x1", "x2", "label"),
    )
    assert e.data.names_of_classes() == ("dog", "cat", "cow") and e.data.make(1) == got.points
    again = change(e, read_csv(csv("x,t\n1,2\n", "other.csv")).changes())
    assert (again.lab, again.data.name, again.data.n_inputs) == ("curve", "other.csv", 1)


# ---- what is refused, and in which words ----


NUMBER = "must be a number from -1e15 to 1e15, with a decimal point"
CLASS = "must be the name of a class, 1 to 200 printable characters"
NEEDED = "it needs x,t for a curve or x1,x2,label for classes, and its columns are"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", " is empty; a header such as x,t or x1,x2,label is needed, and rows below it."),
        ("x,t\n", " has a header but no rows; at least one is needed."),
        ("a,b\n1,2\n", f" has no column x and no column t; {NEEDED} a, b."),
        ("x,y\n1,2\n", f" has no column t; {NEEDED} x, y."),
        ("x,t\n1,2\n\n2,abc\n", f", row 4, column t: {NUMBER}, not abc."),
        ("x,t\n1,2\nnan,3\n", f", row 3, column x: {NUMBER}, not nan."),
        ("x,t\n1,-inf\n", f", row 2, column t: {NUMBER}, not -inf."),
        ("x,t\n1,1e16\n", f", row 2, column t: {NUMBER}, not 1e16."),
        ("x,t\n1,1_0\n", f", row 2, column t: {NUMBER}, not 1_0."),
        ("x,t\n1,2\n3,\n", f", row 3, column t: {NUMBER}, not an empty cell."),
        ('x,t\n"1,5",2\n', f", row 2, column x: {NUMBER}, not 1,5."),
        ("x;t\n1.234,5;2\n", f", row 2, column x: {NUMBER} or comma, not 1.234,5."),
        ("x;t\n1,5;2\n2;3\n1.5;3\n", ", row 4, column x: 1.5 has a decimal point, but there is a decimal comma "
         "in row 2; all numbers must have the same."),
        ("x\tt\n1.5\t2\n2\t3,5\n", ", row 3, column t: 3,5 has a decimal comma, but there is a decimal point in row 2; "
         "all numbers must have the same."),
        ("x,t\n1,5,2,5\n", ", row 2: there are 4 cells, but the header has 2 (decimal commas need semicolons between "
         "the cells)."),
        ("x,t,c\n1,2,3\n1,2\n", ", row 3: there are 2 cells, but the header has 3."),
        ('x,t\n1,"2\n3,4\n', ", line 3: this is not proper CSV (unexpected end of data)."),
        ("x,t\n1,2é\n".encode("latin-1"), f", row 2, column t: {NUMBER}, not 2é."),
        (b"PK\x03\x04\xff\xfe", " is no table of text; save it as 'CSV UTF-8'."),
        ("x,t\n1,2\n".encode("utf-16") + b"x", " is not text in UTF-16; save it as 'CSV UTF-8'."),
        ("x,t,t\n1,2,3\n", " has 2 columns called t; each needs a name of its own."),
        ("x,t,split\n1,2,train\n1,2,held\n", ", row 3, column split: must be train, validation or test, not held."),
        ("x1,x2,label\n1,2,a\n2,3,a\n", ", column label: every row has the class a; 2 to 10 classes are needed."),
        ("x1,x2,label\n1,2,a\n2,3,\n", f", row 3, column label: {CLASS}, not an empty cell."),
        ("x1,x2,label\n1,2," + "q" * 201, f", row 2, column label: {CLASS}, not '" + "q" * 57 + "...'."),
        ("x1,x2,label\n" + "".join(f"1,2,c{i}\n" for i in range(12)),
         ", row 12, column label: c10 is the name of an eleventh class; 2 to 10 are allowed."),
        ("a,b,c,label\n1,2,3,a\n",
         " must have two columns beside label, or columns x1 and x2; its columns are a, b, c, label."),
        ("y" * LINE + "\n1\n", f" is no table: a line is longer than {LINE} characters."),
    ],
    ids=lambda value: repr(value)[:24] if isinstance(value, str | bytes) else None,
)  # fmt: skip
def test_a_bad_file_gets_one_sentence(csv, text, sentence):
    assert refusal(csv(text)) == "points.csv" + sentence


@pytest.mark.parametrize(
    ("lab", "columns", "sentence"),
    [
        ("classify", None, "points.csv has no column x1 and no column x2 and no column label; it needs x1,x2,label, "
                           "and its columns are x, t, u."),
        (None, "x", "The columns must be two names such as x,t or three names such as x1,x2,label, "
                    "with commas between them, not x."),
        ("curve", "x,t,u", "The columns must be two names such as x,t, with commas between them, not x,t,u."),
        ("classify", "x,t", "The columns must be three names such as x1,x2,label, with commas between them, not x,t."),
        (None, "x,x", "The columns must differ from one another, not x,x."),
        (None, "x,zz", "points.csv has no column zz; it needs x,zz, and its columns are x, t, u."),
        ("moon", None, "lab must be one of curve, classify, not moon."),
    ],
)  # fmt: skip
def test_columns_that_do_not_fit_are_refused(csv, lab, columns, sentence):
    assert refusal(csv("x,t,u\n1,2,3\n"), lab, columns) == sentence


def test_a_name_that_would_break_the_sentence_is_quoted(csv):
    assert refusal(csv("x,t\n", "my\npoints.csv")).startswith(r"'my\npoints.csv' has a header")
    assert refusal(csv("x,t\n", "my points.csv")).startswith("my points.csv has a header")


def test_a_path_that_cannot_be_read(tmp_path):
    assert refusal(tmp_path / "none.csv").endswith("none.csv cannot be read: No such file or directory.")
    assert "Is a directory" in refusal(tmp_path)
    assert "null byte" in refusal("a\0b")


@example(b"")
@example(b"x,t\n1,2")
@example(b"x1,x2,label\n\x00,\r,\n")
@example(b'x;t\n1,5;"2"\n')
@given(
    st.binary(max_size=120)
    | st.text(st.sampled_from('xt12,.;\t\n\r"-e label split'), max_size=80).map(str.encode)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_bytes_are_read_or_refused(tmp_path, body):
    path = tmp_path / "any.csv"
    for head in (b"", b"x,t\n", b"x;t\n", b"x1,x2,label,split\n"):
        path.write_bytes(head + body)
        try:
            got = read_csv(path)
        except SpecError as error:
            assert "\n" not in str(error)
        else:
            change(default(), got.changes())


# ---- many rows ----


def test_of_many_rows_some_are_taken_evenly_and_always_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2000)
    n = 100_000
    write_rows(tmp_path / "many.csv", ("x", "t"), ([i, i / 7] for i in range(n)))
    got, again = read_csv(tmp_path / "many.csv"), read_csv(tmp_path / "many.csv")
    assert got.points == again.points and len(got.points) == 2000
    x = got.points.X[:, 0]
    assert (np.diff(x) > 0).all(), "in the order of the file"
    assert np.histogram(x, bins=10, range=(0, n))[0] == pytest.approx([200] * 10, abs=60)
    assert np.array_equal(got.points.t, x / 7)
    assert got.note == "many.csv has 100,000 rows; 2,000 of them, taken evenly at random, are used."


def test_a_wrong_cell_far_down_is_found(tmp_path):
    write_rows(tmp_path / "far.csv", ("x", "t"), ([i, "?" if i == 45_000 else 1] for i in range(50_000)))
    assert refusal(tmp_path / "far.csv").startswith("far.csv, row 45002, column t:")


def test_a_million_rows_are_read_in_bounded_time_and_memory(tmp_path):
    path = tmp_path / "million.csv"
    path.write_text("x1,x2,label\n" + "0.123456,7.654321,a\n9.876543,1.234567,b\n" * 500_000)
    start = time.process_time()
    got = read_csv(path)
    assert len(got.points) == MAX_ROWS
    # About 1 s; the bound leaves room for a slow machine.
    assert time.process_time() - start < 20


# ---- inputs alone, for predictions ----


def test_inputs_are_read_with_everything_else_kept(csv):
    found = read_inputs(csv("name,x2,x1\nann,1,2\nbob,3,4\n"), 2)
    assert found.header == ("name", "x2", "x1") and found.rows == [("ann", "1", "2"), ("bob", "3", "4")]
    assert found.X.tolist() == [[2, 1], [4, 3]]
    assert read_inputs(csv("x\n1\n"), 1).X.tolist() == [[1]]
    assert read_inputs(csv("a,b\n1,2\n"), 2, "a,b").X.tolist() == [[1, 2]]
    with pytest.raises(SpecError, match="has no column x2; its columns are x1"):
        read_inputs(csv("x1\n1\n"), 2)
    with pytest.raises(SpecError, match="no rows"):
        read_inputs(csv("x\n"), 1)


# ---- written ----

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@shared
@given(points(1).filter(len))
def test_a_curve_written_and_read_is_exact(tmp_path, p):
    part = np.where(p.part == AUTO, TRAIN, p.part)
    write_csv(tmp_path / "curve.csv", p, part)
    got = read_csv(tmp_path / "curve.csv")
    assert np.array_equal(got.points.X, p.X) and np.array_equal(got.points.t, p.t)
    assert np.array_equal(got.points.part, part)


@shared
@given(points(2, 3).filter(lambda p: len(set(p.t)) > 1), st.lists(names, min_size=3, max_size=3, unique=True))
def test_classes_written_and_read_are_exact(tmp_path, p, labels):
    part = np.where(p.part == AUTO, TEST, p.part)
    write_csv(tmp_path / "classes.csv", p, part, labels)
    got = read_csv(tmp_path / "classes.csv")
    assert np.array_equal(got.points.X, p.X) and np.array_equal(got.points.part, part)
    assert [got.class_names[int(t)] for t in got.points.t] == [labels[int(t)] for t in p.t]


def test_the_columns_are_those_that_scripts_rely_on(tmp_path):
    for lab, header in (("curve", "x,t,split"), ("classify", "x1,x2,label,split")):
        e = default(lab)
        p = e.data.make(1)
        write_csv(tmp_path / "out.csv", p, np.zeros(len(p), dtype=np.int8), e.data.names_of_classes())
        lines = (tmp_path / "out.csv").read_text().splitlines()
        assert lines[0] == header and len(lines) == len(p) + 1
        assert lines[1].endswith(",train")


def test_a_folder_that_cannot_be_written_to_leaves_everything_as_it_was(tmp_path):
    p = default().data.make(1)
    part = np.zeros(len(p), dtype=np.int8)
    with pytest.raises(SpecError, match="no such folder"):
        write_csv(tmp_path / "none" / "out.csv", p, part)
    file: Path = tmp_path / "out.csv"
    file.write_text("before")
    with pytest.raises(IndexError):
        write_csv(file, p, part + 9)
    assert file.read_text() == "before" and os.listdir(tmp_path) == ["out.csv"]
