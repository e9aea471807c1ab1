"""The views of model selection draw what they are given, however odd, and answer mouse and keys alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QMainWindow, QWidget

from playground.engine.labs.base import ChartSlot
from playground.engine.snapshot import (
    Choice,
    Folds,
    Formula,
    Formulas,
    Gallery,
    GridMap,
    Lines,
    Mark,
    Panel,
    Series,
    Snapshot,
    Summary,
    Surface,
)
from playground.gui import demo_selection as demo
from playground.gui.chart_docks import ChartDocks
from playground.gui.theme import host
from playground.gui.views import VIEWS, base, captions, gridmap, scaling, surface, typeset
from playground.gui.views.formulas import pieces
from playground.gui.views.readout import plus_minus, reading
from playground.gui.views.roles import role_color
from playground.gui.widgets import text as texts

SAMPLES = demo.samples()
SIZES = [(400, 172), (640, 208), (900, 600), (160, 96), (60, 40)]


def grid(value: Any, **more: Any) -> GridMap:
    value = np.asarray(value, dtype=float)
    x = tuple(float(i) for i in range(value.shape[1]))
    y = (None, *(float(-i) for i in range(value.shape[0] - 1)))
    return GridMap(x=x, y=y, value=value, x_label="M", y_label="ln λ", value_label="E", x_path="model.order",
                   y_path="model.ln_lambda", **more)  # fmt: skip


def panels(*heights: Any) -> Gallery:
    x = np.linspace(0, 1, 50)
    made = tuple(Panel(f"M = {i}", np.broadcast_to(np.asarray(y, dtype=float), 50).copy(), f"test RMS {i}",
                       changes={"model.order": i}) for i, y in enumerate(heights))  # fmt: skip
    return Gallery(panels=made, x=x, truth=np.sin(x), points_x=np.linspace(0, 1, 9), points_t=np.linspace(-1, 9, 9))


def bowl(value: Any, **more: Any) -> Surface:
    value = np.asarray(value, dtype=float)
    x, y = np.linspace(-1, 1, max(value.shape[1], 1)), np.linspace(-1, 1, max(value.shape[0], 1))
    return Surface(x=x, y=y, value=value, x_label="w_0", y_label="w_1", **more)


WILD = np.array([0.2, 1e12, np.nan, np.inf, -np.inf])
ODD: dict[str, Summary] = {
    "no map": GridMap(note="There are no folds."),
    "a map of NaN": grid(np.full((3, 3), np.nan)),
    "a wild map": grid([WILD, WILD[::-1]], here=(4, 0), best=(0, 0), simplest=(0, 0)),
    "one cell": grid([[0.3]], here=(0, 0)),
    "one column": grid(np.linspace(0.1, 0.2, 40)[:, None], best=(0, 3)),
    "a negative map": grid([[-5.0, 0.0], [2.0, 3.0]]),
    "zeros": grid(np.zeros((2, 2))),
    "marks outside": grid(np.ones((2, 2)), here=(9, 9), best=(-1, 0)),
    "a large map": grid(np.random.default_rng(0).random((1000, 1000))),
    "no panels": Gallery(note="No order is chosen."),
    "one panel": panels(0.0),
    "panels without numbers": Gallery(panels=(Panel("M = 0", np.zeros(0)),)),
    "wild panels": panels(1e12, np.nan, np.inf, np.linspace(-1e12, 1e12, 50), 0.5),
    "many points": replace(demo.gallery(), points_x=np.linspace(0, 1, 1000), points_t=np.zeros(1000)),
    "no folds": Folds(note="Folds are off."),
    "one fold": replace(demo.folds(1), standard_error=float("nan")),
    "a thousand folds": demo.folds(1000),
    "wild folds": replace(demo.folds(5), held_out=WILD, mean=float("nan"), standard_error=float("inf")),
    "folds all zero": replace(demo.folds(5), held_out=np.zeros(5), mean=0.0),
    "no training errors": replace(demo.folds(3), train=np.zeros(0)),
    "no surface": Surface(),
    "a surface of NaN": bowl(np.full((4, 4), np.nan)),
    "a flat surface": bowl(np.ones((4, 4)), here=(0.0, 0.0), minimum=(0.0, 0.0)),
    "one row": bowl(np.ones((1, 4))),
    "a wild surface": bowl(np.array([WILD, WILD[::-1], WILD]), path=np.array([[0, 0], [1e12, -1e12], [np.nan, 0]]),
                           here=(1e12, np.nan), minimum=(5.0, 5.0)),
    "a huge surface": bowl([[1.7e308, -1.7e308], [0.0, 1.0]]),
    "a long path": replace(demo.surface(), path=np.random.default_rng(0).normal(0, 1, (5000, 2))),
    "no formulas": Formulas(note="This model has no formula."),
    "formulas of any number": Formulas(rows=tuple(Formula("E", "E =", v, "test") for v in WILD)),
    "error bars": Lines(series=(Series("a", "validation", np.arange(5.0), np.ones(5), True, WILD),), can_log=True),
    "error bars on a log axis": Lines(series=(Series("a", "test", np.arange(3.0), np.ones(3), True, np.full(3, 2.0)),),
                                      can_log=True, log_first=True),
    "errors too few": Lines(series=(Series("a", "sum", np.arange(3.0), np.ones(3), True, np.ones(1)),)),
    "every role": Lines(series=tuple(Series(r, r, np.arange(3.0), np.full(3, i), True) for i, r in enumerate(
                            ("training", "validation", "test", "bias", "variance", "noise", "sum")))),
}  # fmt: skip


@pytest.fixture(autouse=True)
def formulas_are_finished() -> Iterator[None]:
    """On a busy machine typesetting may last longer than a test that looks at something else."""
    yield
    typeset.finish()


def make(qtbot: Any, summary: Summary, size: tuple[int, int] = (400, 172), shown: bool = False) -> Any:
    view = VIEWS[type(summary)]()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show_summary(summary)
    if shown:
        with qtbot.waitExposed(view):
            QWidget.show(view)
    return view


def picture(view: QWidget) -> QImage:
    return view.grab().toImage()


def click(qtbot: Any, view: QWidget, at: QPointF) -> None:
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(at.x()), round(at.y())))


def keys(qtbot: Any, view: QWidget, *names: str) -> None:
    for name in names:
        qtbot.keyClick(view, getattr(Qt.Key, f"Key_{name}"))


def tab_into(view: QWidget) -> None:
    """A window that has just been opened gives its focus to the only one who wants it, but for another reason."""
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("size", SIZES)
def test_odd_summaries_are_drawn(qtbot, name, size):
    view = make(qtbot, ODD[name], size)
    picture(view)
    assert view.accessibleName() and view.accessibleDescription()


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_drawn_in_every_theme_and_say_what_they_show(qtbot, name, theme):
    view = make(qtbot, SAMPLES[name])
    before = picture(view)
    host().set_choice(theme)
    assert (picture(view) == before) == (theme == "light")
    assert view.accessibleDescription()


@pytest.mark.parametrize("size", SIZES[:3])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_is_cut_off(qtbot, name, size, monkeypatch):
    """Whatever is written with `draw_text` lies inside the view, and none of it ends in an ellipsis."""
    view = make(qtbot, SAMPLES[name], size)
    outside: list[str] = []
    plain = QPainter.drawText

    def draw(painter: QPainter, at: QPointF, text: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(text)
        box = painter.transform().mapRect(QRectF(at.x(), at.y() - 8, width, 8))
        if not QRectF(view.rect()).adjusted(-1, -1, 1, 1).contains(box) or "…" in text:
            outside.append(text)
        plain(painter, at, text)

    monkeypatch.setattr(texts.QPainter, "drawText", draw)
    picture(view)
    assert not outside


@pytest.mark.parametrize("kind", [GridMap, Gallery, Folds, Surface, Formulas])
def test_an_empty_chart_says_its_note(qtbot, kind):
    view = make(qtbot, kind(note="Ask for folds first."))
    assert view.note() == view.accessibleDescription() == "Ask for folds first."
    assert make(qtbot, kind()).note()


# ---- lines


def test_a_click_takes_the_value_of_the_nearest_series(qtbot):
    sparse = Series("a", "training", np.array([-20.0, -10.0]), np.array([1.0, 1.0]), markers=True)
    dense = Series("b", "test", np.linspace(-20, -10, 21), np.zeros(21), markers=True)
    view = make(qtbot, Lines(series=(sparse, dense), path="model.ln_lambda", x_label="ln λ"))
    frame = view._layout()[0]
    for x, y, value in ((-13.6, 0.02, -13.5), (-12.0, 0.98, -10.0)):
        with qtbot.waitSignal(view.picked) as picked:
            click(qtbot, view, QPointF(float(frame.px(x)), float(frame.py(y))))
        assert picked.args == [{"model.ln_lambda": value}]


def test_error_bars_widen_the_axis_but_a_wild_one_does_not():
    bars = Series("a", "validation", np.arange(3.0), np.ones(3), error=np.array([0.2, 0.2, 50.0]))
    low, high = scaling.y_range(Lines(series=(bars,)), False, 5)
    assert low <= 0.8 and 1.2 <= high < 10


def test_error_bars_are_drawn(qtbot):
    without = Series("a", "validation", np.arange(3.0), np.ones(3), markers=True)
    view = make(qtbot, Lines(series=(without,), y_range=(0, 2)))
    plain = picture(view)
    view.show_summary(Lines(series=(replace(without, error=np.full(3, 0.5)),), y_range=(0, 2)))
    assert picture(view) != plain


def test_captions_of_coinciding_marks_lie_apart(qtbot):
    room = QRectF(40, 10, 300, 120)
    places = captions.places([100.5, 100.5, 104.5], ["least", "one standard error", "now"], [], room)
    for i, place in enumerate(places):
        assert place is not None and room.contains(place)
        assert not any(place.intersects(other) for other in places[:i])
    assert captions.places([100.5], ["wider than the room" * 9], [], room) == [None]
    marks = tuple(Mark(3, word) for word in ("least", "one standard error", "now"))
    picture(make(qtbot, replace(demo.cross_validation(), marks=marks)))


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_parts_of_the_error_have_colours_of_their_own(theme):
    host().set_choice(theme)
    names = [role_color(role).name() for role in ("bias", "variance", "noise", "sum", "test")]
    assert len(set(names)) == (4 if theme == "contrast" else 5)  # in contrast grey is white; the noise is dashed


# ---- the map


def test_a_click_on_the_map_sets_both_parameters(qtbot):
    view = make(qtbot, grid(np.arange(12.0).reshape(3, 4)))
    box = view._box()
    lowest = QPointF(box.left() + box.width() * 0.9, box.bottom() - 3)
    with qtbot.waitSignal(view.picked) as picked:
        click(qtbot, view, lowest)
    assert picked.args == [{"model.order": 3.0, "model.ln_lambda": None}]


def test_keys_walk_over_the_map_and_enter_takes_the_cell(qtbot):
    view = make(qtbot, grid(np.arange(12.0).reshape(3, 4), here=(1, 1)), shown=True)
    tab_into(view)
    keys(qtbot, view, "Up", "Right", "Up", "Right", "Right")
    assert view.accessibleDescription() == "M = 3, ln λ = −1: 11.0"
    with qtbot.waitSignal(view.picked) as picked:
        keys(qtbot, view, "Return")
    assert picked.args == [{"model.order": 3.0, "model.ln_lambda": -1.0}]
    keys(qtbot, view, "Escape")
    assert view.focused is None


def test_hovering_reads_the_map_out(qtbot):
    view = make(qtbot, grid([[0.31, 2.0], [1.0, 3.0]]), shown=True)
    before = picture(view)
    qtbot.mouseMove(view, view._box().center().toPoint() - QPoint(20, -20))
    qtbot.waitUntil(lambda: view.hovered == 2)
    assert view.say(2) == "M = 0, ln λ = off: 0.310" and picture(view) != before


def test_the_colours_are_logarithmic_over_decades_and_end_before_wild_values():
    assert not gridmap.scale_of(np.array([0.2, 0.5])).log
    scale = gridmap.scale_of(np.array([0.2, 0.5, 1e12, np.nan]))
    assert scale.log and scale.high == pytest.approx(0.2 * gridmap.CAP)
    shares = scale.share(np.array([0.2, 0.4, 0.8, 1e12]))
    assert shares[0] == 0 and shares[3] > 1 and shares[2] - shares[1] == pytest.approx(shares[1])


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_colours_are_ordered_by_lightness(theme):
    host().set_choice(theme)
    light = gridmap._colors(host().theme)[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    steps = np.diff(light[::16])
    assert (steps < 0).all() if theme == "light" else (steps > 0).all()


def test_texts_at_the_rows_are_round_numbers_and_off():
    values = (None, *np.linspace(-40, 0, 41).tolist())
    shown = [gridmap._text(values, i) for i in gridmap.kept(values, 5.0)]
    assert shown == ["−35", "−30", "−25", "−20", "−15", "−10", "−5", "0", "off"]


# ---- the gallery


@pytest.mark.parametrize("size", SIZES[:3])
@pytest.mark.parametrize("n", range(1, 10))
def test_pictures_of_the_gallery_lie_inside_and_apart(qtbot, n, size):
    view = make(qtbot, panels(*np.zeros(n)), size)
    places = [view._place(i) for i in range(n)]
    assert all(QRectF(view.rect()).contains(place) for place in places)
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])


def test_the_grid_follows_the_shape_of_the_dock(qtbot):
    assert make(qtbot, panels(0, 0, 0, 0), (640, 208))._grid() == (4, 1)
    assert make(qtbot, panels(0, 0, 0, 0), (600, 600))._grid() == (2, 2)
    assert make(qtbot, panels(0, 0, 0, 0), (200, 900))._grid() == (1, 4)


def test_a_picture_of_the_gallery_is_picked_by_mouse_and_keys(qtbot):
    view = make(qtbot, panels(0, 0, 0, 0), (600, 500), shown=True)
    with qtbot.waitSignal(view.picked) as picked:
        click(qtbot, view, view._place(3).center())
    assert picked.args == [{"model.order": 3}]
    tab_into(view)
    keys(qtbot, view, "Down", "Down", "Right")
    assert view.focused == 3 and view.accessibleDescription() == "M = 3, test RMS 3"
    with qtbot.waitSignal(view.picked) as picked:
        keys(qtbot, view, "Enter")
    assert picked.args == [{"model.order": 3}]


# ---- folds


def test_a_run_is_chosen_by_pointing_and_kept_by_a_click(qtbot):
    view = make(qtbot, demo.folds(5), (640, 208), shown=True)
    said: list[int] = []
    view.chosen.connect(said.append)
    rows = view._rows()
    at = QPointF(200, rows.top() + rows.height() * 0.5)
    qtbot.mouseMove(view, at.toPoint())
    qtbot.waitUntil(lambda: said == [2])
    click(qtbot, view, at)
    view._hover(None)
    assert said == [2] and view.kept == 2
    click(qtbot, view, at)
    view._hover(None)
    assert said[-1] == -1 and view.kept is None


def test_keys_go_through_the_runs_and_what_is_hidden_chooses_none(qtbot):
    view = make(qtbot, demo.folds(5), (640, 208), shown=True)
    said: list[int] = []
    view.chosen.connect(said.append)
    tab_into(view)
    keys(qtbot, view, "Down", "Down", "Up", "Return")
    assert said == [0, 1, 2, 1] and view.kept == 1
    assert view.accessibleDescription().startswith("Run 2, 2 points held out")
    view.hide()
    assert said[-1] == -1
    view.show_summary(demo.folds(1))
    assert view.kept is None


# ---- the surface


def test_the_landscape_is_made_once_for_a_value(qtbot):
    first = demo.surface()
    view = make(qtbot, first)
    picture(view)
    kept = view._drawn
    view.show_summary(replace(first, path=first.path[:3], here=(0.0, 0.0)))
    picture(view)
    assert view._drawn is kept


def test_lines_of_equal_height_run_around_the_minimum():
    u, v = np.meshgrid(np.linspace(-1, 1, 61), np.linspace(-1, 1, 61))
    lines = surface.lines_of(surface.rise(u**2 + v**2)) / 30 - 1
    radius = np.hypot(lines[:, 0], lines[:, 1])
    radius = radius[np.isfinite(radius)]
    assert len(radius) > 200
    levels = 2 * 10 ** (-surface.DECADES * np.arange(1, surface.LEVELS + 1) / (surface.LEVELS + 0.5))
    assert np.abs(radius[:, None] ** 2 - levels).min(axis=1).max() < 0.01


def test_the_surface_is_read_out_under_the_cursor(qtbot):
    view = make(qtbot, demo.surface(), (640, 208), shown=True)
    before = picture(view)
    qtbot.mouseMove(view, QPoint(300, 80))
    qtbot.waitUntil(lambda: view._hover is not None)
    assert picture(view) != before


# ---- formulas


def test_formulas_are_typeset_beside_the_window_and_then_stay(qtbot):
    view = make(qtbot, demo.formulas(), shown=True)
    picture(view)
    parts = [part for row in view.summary.rows for part in pieces(row) if part]
    typeset.finish()
    assert not any(typeset.missing(part) for part in parts)
    qtbot.waitUntil(lambda: not view._wait.isActive())
    made = typeset.formula(parts[0])
    assert made is not None and made.width > 100 and made.above > made.below > 0
    assert typeset.pixmap(made, "#FF0000", 1.0, 2.0).width() == pytest.approx(2 * made.width, abs=1)


@pytest.mark.allow_log("No formula could be made")
def test_a_formula_that_cannot_be_read_keeps_its_plain_text(qtbot):
    view = make(qtbot, Formulas(rows=(Formula(r"\frac{1", "one half =", 0.5),)), shown=True)
    picture(view)
    typeset.finish()
    picture(view)
    assert typeset.formula(r"\frac{1 =") is None


@pytest.mark.parametrize(("size", "stacked"), [((240, 172), True), ((700, 172), False)])
def test_formulas_never_shrink_below_what_can_be_read(qtbot, size, stacked):
    view = make(qtbot, demo.formulas(), size, shown=True)
    picture(view)
    typeset.finish()
    picture(view)
    rows = view._rows()
    scale = view._scale(rows)
    assert view._stacked(rows) == stacked and scale * typeset.SIZE >= 12
    places = view._places(rows, scale)
    assert [place.baseline for place in places] == sorted(place.baseline for place in places)
    if stacked:
        assert view._bar.maximum() > 0
        assert all(place.number.y() >= place.baseline for place in places)


def test_formulas_are_split_at_their_last_equals_sign():
    assert pieces(Formula("E", "", 1.0)) == ("E =", "")
    assert pieces(Formula("E =", "", 1.0)) == ("E =", "")
    assert pieces(Formula("a = b = c", "")) == ("a = b =", "c")
    assert pieces(Formula(r"\sum_{n=1}^N x", "")) == (r"\sum_{n=1}^N x", "")


# ---- docks


def dock_of(qtbot: Any, summaries: dict[str, Summary], width: int = 512) -> tuple[QMainWindow, ChartDocks]:
    window = QMainWindow()
    qtbot.addWidget(window)
    docks = ChartDocks(window)
    docks.set_slots((tuple(ChartSlot(name, name) for name in summaries), (), ()))
    for dock in docks.docks:
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        dock.setVisible(dock.tabs.count() > 0)
    window.resize(width, 260)
    with qtbot.waitExposed(window):
        window.show()
    docks.docks[0].show_snapshot(Snapshot(summaries=summaries))
    return window, docks


MANY = ("RMS against M", "RMS against ln λ", "Cross-validation", "Folds", "Map", "Gallery", "Bias and variance",
        "Double descent")  # fmt: skip


@pytest.mark.parametrize("width", [320, 512, 720, 1400])
def test_whole_tabs_only_and_the_current_one_among_them(qtbot, width):
    window, docks = dock_of(qtbot, dict.fromkeys(MANY, demo.folds()), width)
    dock = docks.docks[0]
    bar = dock.tabs.tabBar()
    for name in MANY:
        dock.turn_to(name)
        dock._sync_toggles()
        qtbot.wait(1)
        assert dock.front.name == name and dock.tabs.isTabVisible(dock.tabs.currentIndex())
        shown = [bar.tabRect(i) for i in range(bar.count()) if bar.isTabVisible(i)]
        assert max(rect.right() for rect in shown) <= dock.tabs.width() - dock.tabs.cornerWidget().width()
    dock._fill_menu()
    assert [action.text() for action in dock.menu.actions()][: len(MANY)] == list(MANY)
    assert bool(dock.tabs.hidden()) == (width < 1400)
    dock.menu.actions()[6].trigger()
    assert dock.front.name == "Bias and variance"


def test_what_a_chart_recommends_is_a_button_at_its_foot(qtbot):
    offered = demo.cross_validation()
    _, docks = dock_of(qtbot, {"Cross-validation": offered}, 900)
    dock = docks.docks[0]
    view = dock.front.view
    assert [button.text() for button in view.buttons] == [choice.label for choice in offered.choices]
    assert all(button.isVisible() and button.accessibleName() for button in view.buttons)
    with qtbot.waitSignal(dock.picked) as picked:
        view.buttons[0].click()
    assert picked.args == [{"model.order": 3}]
    newer = replace(offered, choices=(Choice("Use M = 3", {"model.order": 5}),))
    dock.show_snapshot(Snapshot(summaries={"Cross-validation": newer}))
    assert len(view.buttons) == 1
    with qtbot.waitSignal(dock.picked) as picked:
        view.buttons[0].click()
    assert picked.args == [{"model.order": 5}]


def test_what_is_recommended_is_in_the_menu_too_and_only_there_without_room(qtbot):
    _, docks = dock_of(qtbot, {"Cross-validation": demo.cross_validation()}, 120)
    dock = docks.docks[0]
    dock.front.view.resize(100, 172)
    assert not any(button.isVisible() for button in dock.front.view.buttons)
    dock._fill_menu()
    (action,) = [action for action in dock.menu.actions() if action.text() == "Use M = 3"]
    with qtbot.waitSignal(dock.picked) as picked:
        action.trigger()
    assert picked.args == [{"model.order": 3}]


@pytest.mark.parametrize("size", [(400, 172), (560, 140), (900, 300)])
def test_note_and_buttons_do_not_meet(qtbot, size):
    lines = replace(demo.cross_validation(), note="A sentence about what one sees here. " * 6)
    view = make(qtbot, lines, size, shown=True)
    shown = [button for button in view.buttons if button.isVisible()]
    assert all(button.geometry().bottom() < view.height() for button in shown)
    left = min((button.x() for button in shown), default=view.width())
    assert 16 + view._note_width() <= left
    assert view._layout()[0].rect.bottom() + view.foot() < view.height()


def test_keys_turn_the_tabs_of_the_dock_that_was_used_last(qtbot):
    window, docks = dock_of(qtbot, dict.fromkeys(MANY, demo.folds()), 320)
    dock = docks.docks[0]
    seen = [dock.front.name]
    for _ in MANY:
        docks.step(1)
        seen.append(dock.front.name)
    assert seen == [*MANY, MANY[0]]
    docks.step(-1)
    assert dock.front.name == MANY[-1]
    dock.close()
    docks.bring("Map")
    assert window.isVisible() and not dock.isHidden() and dock.wanted and dock.front.name == "Map"
    bar = dock.tabs.tabBar()
    assert min(bar.tabRect(i).left() for i in range(bar.count()) if bar.isTabVisible(i)) >= 0, "whole tabs only"


def test_the_docks_say_which_fold_is_chosen(qtbot):
    _, docks = dock_of(qtbot, {"folds": demo.folds(5)})
    with qtbot.waitSignal(docks.chosen) as chosen:
        docks.docks[0].front.view._hover(3)
    assert chosen.args == ["folds", 3]


# ---- small things


def test_the_axis_of_a_parameter_ends_with_its_values():
    x = np.arange(-50.0, 6.0)
    lines = Lines(series=(Series("test", "test", x, np.ones(56)),), path="model.ln_lambda")
    assert scaling.x_range(lines) == (-50.0, 5.0)
    assert scaling.x_range(replace(lines, path="")) != (-50.0, 5.0)


def test_what_is_far_below_does_not_stretch_a_logarithmic_axis():
    lines = Lines(series=(Series("training", "training", np.arange(3.0), np.array([1.0, 0.3, 1e-6])),), can_log=True)
    assert scaling.y_range(lines, True, 4)[0] < 1e-5
    assert scaling.y_range(replace(lines, log_floor=0.1), True, 4)[0] >= 0.1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31, "0.310"), (27.3, "27.3"), (-2.0, "−2.000"), (0, "0.000"), (1234.5, "1230"), (54321, "54,300"),
     (1e12, "1e12"), (3e-5, "3e−5"), (float("nan"), "–")],
)  # fmt: skip
def test_numbers_of_a_read_out(value, text):
    assert reading(value) == text


def test_a_standard_error_has_the_decimals_of_its_mean():
    assert plus_minus(0.3591, 0.00493) == "0.359 ± 0.005" and plus_minus(0.3591, 1e-6) == "0.359 ± 1e−6"


def test_sentences_are_wrapped_between_words_and_chinese_anywhere(qapp):
    assert len(base.wrapped("one two three four", 60, 13, 2)) == 2
    assert " ".join(base.wrapped("one two three four", 60, 13, 9)) == "one two three four"
    lines = base.wrapped("没有测试点所以没有什么可以显示", 60, 13, 9)
    assert len(lines) > 2 and "".join(lines) == "没有测试点所以没有什么可以显示"
