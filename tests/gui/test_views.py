"""Each chart view draws what it is given, however odd, and answers the mouse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.engine.comparison import SideBySide
from playground.engine.inside import ExamplePass, HiddenSpace, Histogram, Histograms, LayerHistograms
from playground.engine.snapshot import (
    Bars,
    Confusion,
    Folds,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Mark,
    Network,
    Roc,
    Series,
    Summary,
    Surface,
    Table,
)
from playground.gui import demo
from playground.gui.views import VIEWS, scaling
from playground.gui.views.bars import short_text, value_text
from playground.gui.views.table import cell_text

X = np.arange(5.0)


def line(y: Any, x: Any = None, role: str = "training", **more: Any) -> Series:
    y = np.asarray(y, dtype=float)
    return Series(
        role, role, np.arange(len(y), dtype=float) if x is None else np.asarray(x, dtype=float), y, **more
    )


ODD: dict[str, Summary] = {
    "no series": Lines(),
    "an empty series": Lines(series=(line([]),)),
    "all NaN": Lines(series=(line([np.nan] * 3),)),
    "NaN and infinity": Lines(series=(line([1, np.nan, np.inf, 2, -np.inf]),), can_log=True),
    "one point": Lines(series=(line([0.5]),), marks=(Mark(0, "here"),), band=(0, 0)),
    "one value": Lines(series=(line([3.0] * 9),), can_log=True, log_first=True),
    "zeros on a log axis": Lines(series=(line([0, 0, 0]),), can_log=True, log_first=True),
    "negative on a log axis": Lines(series=(line([-1, -2, 5]),), can_log=True, log_first=True),
    "huge": Lines(series=(line([1e300, -1e300, 1.7e308]),), can_log=True),
    "huge on a log axis": Lines(series=(line([1e-300, 1e300]),), can_log=True, log_first=True),
    "tiny": Lines(series=(line([1e-320, 2e-320]),), can_log=True, log_first=True),
    "x of great size": Lines(series=(line([1, 2], [1e300, 1.1e300]),)),
    "x all the same": Lines(series=(line([1, 2], [7, 7]),)),
    "ghost alone": Lines(series=(line([1, 2], role="ghost"),)),
    "many points": Lines(series=(line(np.sin(np.arange(5000.0))),), percent=True),
    "outside its range": Lines(series=(line([5, 6, 7]),), y_range=(0, 1)),
    "no bars": Bars(),
    "one bar": Bars(labels=("w₀",), value=np.array([0.0])),
    "bars of any size": Bars(labels=("a", "b", "c", "d"), value=np.array([1e300, -1e-300, np.nan, np.inf])),
    "twenty-one bars": Bars(labels=tuple(f"w{i}" for i in range(21)), value=(-10.0) ** np.arange(21)),
    "no rows": Table(columns=("a",)),
    "ragged rows": Table(columns=("", "x"), roles=(None, "test"), rows=(("a", 1), ("b", None, 3.5), (), ("c", np.nan))),
    "a long table": Table(columns=("", "M = 1"), rows=tuple((f"w{i}", 10.0**i) for i in range(21))),
    "no counts": Confusion(),
    "counts of nothing": Confusion(counts=np.zeros((2, 2), dtype=int), names=("A", "B")),
    "ten classes": Confusion(counts=np.arange(100).reshape(10, 10), names=tuple("ABCDEFGHIJ")),
    "names that are long": Confusion(counts=np.eye(3, dtype=int), names=("a very long name indeed", "B", "")),
    "no network": Network(),
    "no hidden layer": demo.network((2, 1)),
    "a large network": demo.network((2, 64, 64, 64, 64, 64, 64, 10)),
    "no hidden space": HiddenSpace(note="This network has no hidden layer."),
    "one point in one place": HiddenSpace(ids=np.arange(1), at=np.zeros((1, 2)), target=np.zeros(1), guess=np.zeros(1),
                                          test=np.zeros(1, dtype=bool), n_units=1, n_layers=1, layer=1, pair=(0, 0)),
    "no histograms": Histograms(),
    "histograms of nothing": Histograms("", (LayerHistograms("output", "", 1, Histogram(), Histogram(), Histogram()),)),
    "no example": ExamplePass(note="There is no training point to follow."),
    "an example without hidden layers": demo.demo_inside.example((1, 1)),
    "weights of NaN": Network(inputs=("x1",), units=(np.zeros((1, 4, 4)), np.full((1, 4, 4), np.nan)),
                              weights=(np.array([[np.nan]]),), biases=(np.array([np.inf]),)),
}  # fmt: skip


def make(qtbot: Any, summary: Summary, size: tuple[int, int] = (420, 172)) -> Any:
    view = VIEWS[type(summary)]()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show(summary)
    return view


def picture(view: QWidget) -> QImage:
    return view.grab().toImage()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("size", [(420, 172), (120, 60)])
def test_odd_summaries_are_drawn(qtbot, name, size):
    picture(make(qtbot, ODD[name], size))


@pytest.mark.parametrize("name", demo.samples())
def test_a_summary_changes_the_picture_and_has_words(qtbot, name):
    view = VIEWS[type(demo.samples()[name])]()
    qtbot.addWidget(view)
    view.resize(420, 300)
    empty = picture(view)
    view.show(demo.samples()[name])
    assert picture(view) != empty
    assert view.accessibleName() and view.accessibleDescription()


def test_every_summary_of_a_chart_has_a_view():
    shown = {Bars, Confusion, ExamplePass, Folds, Formulas, Gallery, GridMap, HiddenSpace, Histograms, Lines, Network,
             Roc, SideBySide, Surface, Table}  # fmt: skip
    assert {view.shows for view in VIEWS.values()} == shown


def test_hover_reads_all_curves_out(qtbot):
    view = make(qtbot, demo.loss(), (560, 172))
    before = picture(view)
    with qtbot.waitExposed(view):
        QWidget.show(view)
    qtbot.mouseMove(view, QPoint(200, 80))
    qtbot.waitUntil(lambda: view._hover is not None)
    assert picture(view) != before


def test_a_click_on_the_chart_of_a_parameter_picks_its_value(qtbot):
    view = make(qtbot, demo.by_order(3), (560, 172))
    frame = view._layout()[0]
    at = QPoint(round(float(frame.px(7))), round(float(frame.py(0.2))))
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert picked.args == [{"model.order": 7}]


def test_log_is_offered_where_it_has_meaning(qtbot):
    view = make(qtbot, demo.loss())
    (action,) = view.actions_()
    assert view.log and action.isVisible() and action.isChecked()
    log = picture(view)
    action.trigger()
    assert not view.log and picture(view) != log
    view.show(demo.accuracy())
    assert not action.isVisible()


def test_the_empty_chart_says_its_own_sentence(qtbot):
    plain = make(qtbot, Lines())
    noted = make(qtbot, Lines(note="There are no test points."))
    assert plain.note() == "Press Space to train." and noted.note() == "There are no test points."


def test_labels_at_the_ends_keep_apart_and_inside():
    places = scaling.spread([50, 51, 52, 10], [16, 16, 16, 16], 0, 100)
    ordered = sorted(places)
    assert all(b - a >= 15.999 for a, b in zip(ordered, ordered[1:], strict=False))
    assert ordered[0] >= 8 and ordered[-1] <= 92
    assert places[0] < places[1] < places[2]


def test_labels_that_do_not_meet_across_need_not_keep_apart():
    assert scaling.spread([50, 51], [16, 16], 0, 100, [(0, 40), (60, 100)]) == [50, 51]


def test_a_long_run_before_leaves_room_for_the_present_one():
    ghost, own = line([1.0, 0.8, 9.0], [0, 300, 10_000], role="ghost"), line([1.0, 0.5], [0, 150])
    both = Lines(series=(ghost, own))
    assert scaling.x_range(both)[1] == 300 and scaling.y_range(both, False, 5)[1] <= 1
    assert scaling.x_range(Lines(series=(ghost, line([1.0]))))[1] == 10_000


def test_a_thinned_line_keeps_its_extremes():
    x = np.linspace(0, 100, 5000)
    y = np.random.default_rng(0).normal(size=5000)
    xs, ys = scaling.thin(x, y, 0, 100)
    assert len(xs) <= 410 and ys.max() == y.max() and ys.min() == y.min()
    assert (np.diff(xs) >= 0).all()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (-0.19, "−0.19"), (114.8, "115"), (-2345.6, "−2,346"), (1e9, "1e9"), (np.nan, "–")],
)
def test_numbers_over_bars(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(253_638, "254k"), (-2346, "−2.3k"), (999_800, "1.0M"), (12.34, "12.3"), (np.inf, "∞")],
)
def test_short_numbers_over_bars(value, text):
    assert short_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("Points", "Points"),
        (1200, "1,200"),
        (0.789, "0.789"),
        (-0.5, "−0.500"),
        (1e-9, "1e−9"),
        (5.4e-16, "0.000"),
        (float("nan"), "–"),
    ],
)
def test_cells_of_a_table(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize("wide", [264, 272, 300, 420])
def test_the_measures_of_three_classes_fit_the_narrow_dock(qtbot, wide):
    rows = tuple((name, "100.0 %", "100.0 %", "100.0 %", 33) for name in "ABC")
    columns = ("", "Precision", "Recall", "F_1", "Points")
    view = make(qtbot, Table(title="Classes", columns=columns, rows=rows, names=True), (wide, 172))
    picture(view)
    assert view._across.maximum() == 0


def test_a_long_table_scrolls(qtbot):
    view = make(qtbot, ODD["a long table"])
    top = picture(view)
    view.setFocus()
    for _ in range(4):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert picture(view) != top
