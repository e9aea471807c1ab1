"""Tables whose columns a person chooses: what is read, counted, left out and refused."""

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from playground.assets import asset
from playground.engine import columns, csvfile, sheet
from playground.engine.columns import Choice
from playground.engine.experiment import change, default
from playground.engine.points import TEST, TRAIN
from playground.engine.progress import Cancelled
from playground.engine.schema import SpecError

IRIS = asset("data/iris.csv")


@pytest.fixture
def table(tmp_path):
    def write(text, name="flowers.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return sheet.read(path)

    return write


def refusal(action):
    with pytest.raises(SpecError) as error:
        action()
    sentence = str(error.value)
    assert "\n" not in sentence and sentence.endswith("."), sentence
    return sentence


# ---- what is read ----


def test_the_columns_of_a_table_and_what_they_hold(table):
    got = table("len,wid,kind,note\n1,2.5,a,x\n3,4,b,\n")
    assert [column.name for column in got.columns] == ["len", "wid", "kind", "note"]
    assert [column.numeric for column in got.columns] == [True, True, False, False]
    assert got.first == (("1", "2.5", "a", "x"), ("3", "4", "b", "")) and got.rows.tolist() == [2, 3]
    assert got.columns[3].n_missing == 1 and got.columns[2].texts == ("a", "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(table, encoding):
    got = table("größe;weite;art\n1,5;2;ä\n3,25;4;b\n".encode(encoding))
    assert [column.name for column in got.columns] == ["größe", "weite", "art"]
    assert got.columns[0].values.tolist() == [1.5, 3.25] and got.columns[2].texts == ("ä", "b")
    assert any("Latin-1" in note for note in got.notes) == (encoding == "latin-1")
    assert "Numbers have a decimal comma." in got.notes


@pytest.mark.parametrize(
    "text", ["1,5;2,25;0,5", "1,5\t2,25\t0,5", '"1,5","2,25","0,5"', "1.5,2.25,0.5", "1.5;2.25;0.5"]
)
def test_decimal_commas(table, text):
    got = table("a,b,c\n".replace(",", ";" if ";" in text else "\t" if "\t" in text else ",") + (text + "\n") * 3)
    assert [column.values.tolist() for column in got.columns] == [[1.5] * 3, [2.25] * 3, [0.5] * 3]


def test_without_a_header_the_columns_are_numbered(table):
    got = table("1,5;2,5\n3;4\n")
    assert [column.name for column in got.columns] == ["column 1", "column 2"] and got.n == 2
    assert got.columns[0].values.tolist() == [1.5, 3] and "numbered" in " ".join(got.notes)


def test_names_that_are_empty_double_or_long_become_names(table):
    got = table(f"a,,a,{'n' * 300},{'n' * 300},a\tb\n1,2,3,4,5,6\n")
    names = [column.name for column in got.columns]
    assert names[:3] == ["a", "column 2", "a (2)"] and len(set(names)) == 6 and max(map(len, names)) <= 200
    assert names[5] == "a b"


def test_cells_that_hold_no_number_are_told_from_empty_ones(table):
    got = table("a,b\n1,2\n,3\nNA,4\n1e400,5\nabc,6\nnan,7\n8,1_0\n9,inf\n")
    assert got.columns[0].n_missing == 3 and got.columns[0].bad == (5, "1e400")
    assert got.columns[1].bad == (8, "1_0") and got.columns[1].numeric
    assert np.isnan(got.columns[0].values).sum() == 5


def test_a_thousand_columns(table):
    n = 1000
    body = "".join(",".join(f"{i + j / 1000}" for j in range(n)) + f",k{i % 3}\n" for i in range(60))
    got = table(",".join(f"g{j}" for j in range(n)) + ",kind\n" + body)
    assert len(got.columns) == n + 1 and columns.propose(got, "curve") == Choice("classify", (0, 1), n)
    found = columns.take(got, Choice("classify", tuple(range(n)), n, components=True))
    assert len(found.points) == 60 and found.class_names == ("k0", "k1", "k2")
    assert "1,000 columns" in found.note and found.columns[0].startswith("PC1 (100.0 %")


def test_of_many_rows_some_are_taken_and_it_is_said(table, monkeypatch):
    monkeypatch.setattr(sheet, "MAX_ROWS", 500)
    monkeypatch.setattr(csvfile, "BLOCK", 300)
    got = table("a,b\n" + "".join(f"{i},{2 * i}\n" for i in range(3000)))
    assert got.n == 500 and got.n_rows == 3000 and (np.diff(got.columns[0].values) > 0).all()
    assert got.notes == ("flowers.csv has 3,000 rows; 500 of them, taken evenly at random, are used.",)


def test_reading_says_how_far_it_is_and_can_be_called_off(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n" * 50_000)
    shares = []
    sheet.read(path, lambda share, _: shares.append(share) or True)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0) and len(shares) >= 3
    with pytest.raises(Cancelled):
        sheet.read(path, lambda share, _: share < 0.5)


def test_which_files_need_no_question(tmp_path):
    for header, said in (("x,t", True), ("X;T;split", True), ("x1,x2,label", True), ("len,wid,label", True),
                         ("x1,x2,x3,label", False), ("a,b", False), ("x,t,label", False)):  # fmt: skip
        (tmp_path / "a.csv").write_text(header + "\n")
        assert sheet.plain(tmp_path / "a.csv") is said, header


# ---- what is proposed ----


@pytest.mark.parametrize(
    ("header", "rows", "lab", "choice"),
    [
        ("a,b,species", ["1,2,u", "3,4,v"], "curve", Choice("classify", (0, 1), 2)),
        ("class,a,b", ["0,2,1", "1,4,1", "0,2,1"], "classify", Choice("classify", (1, 2), 0)),
        ("x2,x1,z,label", ["1,2,3,u", "3,4,5,v"], "classify", Choice("classify", (1, 0), 3)),
        ("day,sun,rain", ["1,2.5,3.1", "2,4.5,1.2"], "curve", Choice("curve", (0,), 1)),
        ("day,sun,rain", ["1,2.5,3.1", "2,4.5,1.2"], "classify", Choice("classify", (0, 1), None)),
        ("t,x,label", ["1,2,u", "3,4,v"], "curve", Choice("curve", (1,), 0)),
        ("name,a,b,grade", [f"n{i},{i / 7},{i},{i % 3}" for i in range(30)], "curve", Choice("classify", (1, 2), 3)),
    ],
)  # fmt: skip
def test_what_is_proposed(table, header, rows, lab, choice):
    assert columns.propose(table("\n".join([header, *rows, ""])), lab) == choice


# ---- what becomes of it ----


def test_missing_values_are_counted_and_left_out(table):
    text = "len,wid,kind\n1,,a\n2,3,b\n4,5,\n6,7,a\n8,oops,b\n"
    found = columns.take(table(text), Choice("classify", (0, 1), 2))
    assert found.points.X.tolist() == [[2, 3], [6, 7]] and found.class_names == ("a", "b")
    assert found.note == ("2 of 5 rows have no value in column wid or kind and are left out. "
                          "1 of 5 rows has no number in column wid (row 6: oops) and is left out.")  # fmt: skip
    curve = columns.take(table("day,sun\n1,2\n2,\n3,4\n"), Choice("curve", (0,), 1))
    assert curve.note == "1 of 3 rows has no value in column sun and is left out."
    assert curve.columns == ("day", "sun") and curve.points.t.tolist() == [2, 4]


def test_the_first_two_principal_components_are_those_of_scikit_learn(table):
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    iris = sheet.read(IRIS)
    X = np.column_stack([column.values for column in iris.columns[:4]])
    for standardise in (False, True):
        found = columns.take(iris, Choice("classify", (0, 1, 2, 3), 4, components=True, standardise=standardise))
        reference = PCA(2).fit(StandardScaler().fit_transform(X) if standardise else X)
        Z = reference.transform(StandardScaler().fit_transform(X) if standardise else X)
        signs = np.sign((found.points.X * Z).sum(axis=0))
        assert found.points.X == pytest.approx(Z * signs, abs=1e-12)
        first, second = 100 * reference.explained_variance_ratio_
        assert found.columns == (f"PC1 ({first:.1f} % of the variance)", f"PC2 ({second:.1f} % of the variance)",
                                 "species")  # fmt: skip
        assert f"{first + second:.1f} % of the variance" in found.note and "4 columns" in found.note
        assert ("standard deviation" in found.note) == standardise


@pytest.mark.parametrize("shape", [(300, 150), (80, 150)])
def test_principal_components_of_wide_tables(shape):
    from sklearn.decomposition import PCA

    from playground.engine.principal import first_two

    X = np.random.default_rng(3).normal(size=shape) * np.linspace(5, 1, shape[1])
    found, reference = first_two(X), PCA(2, svd_solver="full").fit(X)
    assert found.shares == pytest.approx(reference.explained_variance_ratio_, rel=1e-9)
    assert np.abs(found.axes) == pytest.approx(np.abs(reference.components_), abs=1e-9)


def test_the_session_keeps_names_and_points(table):
    found = columns.take(table("len (cm),wid (cm),kind\n1,2,a\n3,4,b\n"), Choice("classify", (1, 0), 2))
    e = change(default("curve"), found.changes())
    assert e.data.names_of_inputs() == ("wid (cm)", "len (cm)") and e.data.names_of_classes() == ("a", "b")
    curve = columns.take(table("day,sun (h)\n1,2\n3,4\n"), Choice("curve", (0,), 1))
    e = change(e, curve.changes())
    assert (e.lab, e.data.names_of_inputs(), e.data.name_of_target()) == ("curve", ("day",), "sun (h)")
    usual = columns.take(table("x,t\n1,2\n3,4\n"), Choice("curve", (0,), 1))
    e = change(e, usual.changes())
    assert (e.data.names_of_inputs(), e.data.name_of_target()) == ((), "")


def test_a_column_split_is_kept(table):
    found = columns.take(table("a,b,c,split\n1,2,u,train\n3,4,v,Test\n"), Choice("classify", (0, 1), 2))
    assert found.points.part.tolist() == [TRAIN, TEST]


def test_classes_of_every_kind(table):
    long = "z" * 200
    got = table(f"a,b,c\n1,2,10\n3,4,9\n5,6,{long}\n")
    assert columns.take(got, Choice("classify", (0, 1), 2)).class_names == ("10", "9", long)
    numbers = table("a,b,c\n1,2,10\n3,4,9\n5,6,-1\n")
    assert columns.take(numbers, Choice("classify", (0, 1), 2)).class_names == ("-1", "9", "10")
    one = columns.take(table("a,b,c\n1,2,u\n3,4,u\n"), Choice("classify", (0, 1), 2))
    assert one.class_names == ("u",) and "All points have the class u" in one.note
    assert change(default("curve"), one.changes()).data.names_of_classes() == ("u", "A")
    nobody = columns.take(table("a,b\n1,2\n3,4\n"), Choice("classify", (0, 1), None))
    assert nobody.class_names == () and nobody.points.t.tolist() == [0, 0]


def test_ten_classes_in_ten_points_and_points_on_top_of_one_another(table):
    found = columns.take(table("a,b,c\n" + "".join(f"1,2,c{i}\n" for i in range(10))), Choice("classify", (0, 1), 2))
    assert len(found.class_names) == 10 and change(default("curve"), found.changes()).data.n_inputs == 2
    one = columns.take(table("a,b\n1,2\n"), Choice("curve", (0,), 1))
    assert len(one.points) == 1 and "One point" in one.note


# ---- what is refused ----


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "flowers.csv is empty; a header such as x,t or x1,x2,label is needed, and rows below it."),
        ("a,b\n", "flowers.csv has a header but no rows; at least one is needed."),
        ("a\n1\n2\n", "flowers.csv has one column; at least two are needed, with commas, semicolons or tabs between."),
        ("a,b\n1,2\n3,4,5\n", "flowers.csv, row 3: there are 3 cells, but the header has 2 (decimal commas need "
         "semicolons between the cells)."),
        ("a,b,c\n1,2\n", "flowers.csv, row 2: there are 2 cells, but the header has 3."),
        ("a,b\nu,v\nw,\n", "flowers.csv has no column of numbers; two are needed, and its columns are a, b."),
        ("a,b\n1,v\n2,w\n", "flowers.csv has one column of numbers, a; two are needed."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "flowers.csv is no table of text; save it as 'CSV UTF-8'."),
        (b"a,b\n\x07\x01\x02\n", "flowers.csv is no table of text; save it as 'CSV UTF-8'."),
        ('a,b\n1,"2\n', "flowers.csv, line 2: this is not proper CSV (unexpected end of data)."),
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_a_bad_file_gets_one_sentence(table, text, sentence):
    assert refusal(lambda: columns.propose(table(text), "curve")) == sentence


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.csv"
    with open(path, "wb") as file:
        file.truncate(csvfile.MAX_BYTES + 1_000_000)
    assert refusal(lambda: sheet.read(path)) == "huge.csv has 501 MB; at most 500 MB can be read."


def test_too_many_columns(table, monkeypatch):
    monkeypatch.setattr(sheet, "MAX_COLUMNS", 3)
    assert refusal(lambda: table("a,b,c,d\n1,2,3,4\n")) == "flowers.csv has 4 columns; at most 3 can be read."


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice("classify", (0, 1), 0), "a is chosen twice; each column has one place."),
        (Choice("curve", (0,), None), "A curve needs a column for t."),
        (Choice("curve", (0,), 2), "c is no column of numbers: row 2 has u0."),
        (Choice("classify", (0, 1), 2), "c has 12 different values; at most 10 can be classes."),
        (Choice("classify", (0, 3), None), "No row has a value in a and d."),
        (Choice("classify", (4, 4), None, True), "e is chosen twice; each column has one place."),
        (Choice("classify", (4, 5), None, True),
         "All rows have the same numbers in these columns: there is no direction in which they differ."),
        (Choice("classify", (4,), None, True), "Principal components need at least two columns of numbers."),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_one_sentence(table, choice, sentence):
    body = "".join(f"{i if i else ''},2,u{i},{'' if i else 5},0.1,7\n" for i in range(12))
    assert refusal(lambda: columns.take(table("a,b,c,d,e,f\n" + body), choice)) == sentence


def test_a_class_whose_name_is_too_long(table):
    text = f"a,b,c\n1,2,u\n3,4,{'z' * 201}\n"
    said = refusal(lambda: columns.take(table(text), Choice("classify", (0, 1), 2)))
    assert said.startswith("Row 3, c: the name of a class must be 1 to 200 printable characters, not 'zzz")


# ---- anything at all ----

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@example(b"")
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b'"",""\n1,2')
@given(st.binary(max_size=120) | st.text(st.sampled_from('ab12,.;\t\n"-e NA'), max_size=100).map(str.encode))
@SHARED
def test_any_bytes_become_points_or_one_sentence(tmp_path, body):
    path = tmp_path / "any.csv"
    for head in (b"", b"a,b\n", b"a;b;c\n1,5;2;u\n", b"\xff\xfe"):
        path.write_bytes(head + body)
        try:
            got = sheet.read(path)
            found = columns.take(got, columns.propose(got, "classify"))
        except SpecError as error:
            assert "\n" not in str(error)
        else:
            change(default("curve"), found.changes())


cells = st.one_of(st.floats(-1e6, 1e6).map(repr), st.sampled_from(["", "NA", "abc", "1e400"]))


@given(st.lists(st.tuples(cells, cells, st.sampled_from("uvw")), min_size=1, max_size=12), st.sampled_from(",;\t"))
@SHARED
def test_every_row_is_either_a_point_or_counted(tmp_path, rows, mark):
    path = tmp_path / "rows.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file, delimiter=mark).writerows([("first", "second", "third"), *rows])

    def value(text):
        try:
            return float(text) if abs(float(text)) <= 1e15 else None
        except ValueError:
            return None

    whole = [(value(a), value(b)) for a, b, _ in rows if value(a) is not None and value(b) is not None]
    got = sheet.read(path)
    try:
        found = columns.take(got, Choice("classify", (0, 1), 2))
    except SpecError:
        assert not whole or not all(column.numeric for column in got.columns[:2])
    else:
        assert found.points.X.tolist() == [list(row) for row in whole]
        assert ("left out" in found.note) == (len(whole) < len(rows))
