"""The canvas echoes the document at once, shows what the model says, and keeps its axes still."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.points import EMPTY_1D, EMPTY_2D, Points
from playground.engine.snapshot import DecisionMap, Fit, Network, Predictions, Snapshot
from playground.gui import demo, plot
from playground.gui.canvas import Canvas
from playground.gui.theme import host, theme


@pytest.fixture
def canvas(qtbot: Any) -> Callable[..., Canvas]:
    """A canvas of 900 x 500 that shows a lab; the edits that it emits are listed in `canvas.edits`."""

    def make(lab: str = "curve", points: Points | None = None, **changes: Any) -> Canvas:
        result = Canvas()
        qtbot.addWidget(result)
        result.resize(900, 500)
        given = {} if points is None else {"data.points": points}
        show(result, experiments.change(experiments.default(lab), {**given, **changes}))
        with qtbot.waitExposed(result):
            QWidget.show(result)
        return result

    return make


def show(canvas: Canvas, experiment: Any) -> None:
    canvas.set_experiment(experiment, problems.build(experiment))


def picture(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage()


def color_at(canvas: Canvas, x: float, y: float) -> str:
    image = picture(canvas)
    at = canvas.pixel_of(x, y) * image.devicePixelRatio()
    return QColor(image.pixel(at)).name().upper()


def same(a: str, b: str, by: int = 12) -> bool:
    one, other = QColor(a), QColor(b)
    return all(abs(getattr(one, c)() - getattr(other, c)()) <= by for c in ("red", "green", "blue"))


def test_the_true_function_is_green_and_the_fit_red(canvas):
    c = canvas(points=Points([[0.9]], [1.0]))
    assert same(color_at(c, 0.25, 1.0), theme().truth)
    c.show(Snapshot(summaries={"fit": Fit(x=np.linspace(0, 1, 50), y=np.full(50, -0.25))}))
    assert same(color_at(c, 0.3, -0.25), theme().fit)
    c.show(None)
    assert not same(color_at(c, 0.3, -0.25), theme().fit)


def test_a_wild_fit_does_not_move_the_axes(canvas):
    c = canvas()
    before = c.view()
    x = np.linspace(0, 1, 9)
    for wild in (1e6, 1e300, np.inf, np.nan):
        c.show(Snapshot(summaries={"fit": Fit(x=x, y=np.where(x < 0.5, 0.0, wild))}))
        picture(c)
        assert c.view() == before


def test_the_same_summary_again_paints_nothing(canvas, qtbot):
    c = canvas("classify")
    snapshot = Snapshot(summaries={"map": DecisionMap(values=np.zeros((4, 4, 2)))})
    c.show(snapshot)
    picture(c)
    painted = []
    c.stage.picture.paint, plain = (lambda *a: (painted.append(1), plain(*a))), c.stage.picture.paint
    QApplication.processEvents()
    painted.clear()
    c.show(Snapshot(summaries=snapshot.summaries))
    QApplication.processEvents()
    assert not painted


def test_the_map_has_the_colour_of_the_class_it_is_sure_of(canvas):
    c = canvas("classify", points=EMPTY_2D)
    values = np.zeros((10, 10, 2))
    values[:5, :, 0] = 1.0  # the lower half: class A
    values[5:, :, 1] = 1.0
    c.show(Snapshot(summaries={"map": DecisionMap(values=values)}))
    assert same(color_at(c, 4.0, -4.0), theme().map_negative)
    assert same(color_at(c, 4.0, 4.0), theme().map_positive)


@pytest.mark.parametrize("k", [3, 10])
def test_more_classes_have_a_hue_each(canvas, k):
    names = tuple("ABCDEFGHIJ"[:k])
    points = Points(np.random.default_rng(0).uniform(-5, 5, (40, 2)), np.arange(40) % k)
    c = canvas("classify", points=points, **{"data.class_names": names})
    values = np.full((20, 20, k), 0.0)
    values[..., k - 1] = 1.0
    c.show(
        Snapshot(
            summaries={
                "map": DecisionMap(values=values),
                "predictions": Predictions(ids=points.ids, value=points.t),
            }
        )
    )
    picture(c)
    assert len(c.stage.picture.guess()) == 40


def test_a_miss_wears_a_ring_and_the_colour_of_the_prediction(canvas):
    c = canvas("classify", points=Points([[0.0, 0.0], [3.0, 3.0]], [0, 1], part=[0, 0]))
    c.show(Snapshot(summaries={"predictions": Predictions(ids=np.array([0, 1]), value=np.array([1.0, 1.0]))}))
    assert same(color_at(c, 0.0, 0.0), theme().classes[1].color)
    image = picture(c)
    above = [QColor(image.pixel(c.pixel_of(0.0, 0.0) - QPoint(0, dy))).name() for dy in (7, 8, 9, 10)]
    assert any(same(color, theme().miss_ring, 60) for color in above)


def test_predictions_follow_their_points_through_edits(canvas):
    c = canvas("classify", points=Points([[0, 0], [1, 1], [2, 2]], [0, 0, 0], ids=[5, 6, 9]))
    c.show(
        Snapshot(
            summaries={"predictions": Predictions(ids=np.array([5, 6, 9]), value=np.array([0.0, 1.0, 1.0]))}
        )
    )
    edited = c.stage.picture.points.remove([5]).add([[4, 4]], [1])
    c.stage.picture.set_points(edited)
    assert c.stage.picture.guess().tolist() == [1.0, 1.0, 1.0]  # the new point counts as right


@pytest.mark.parametrize(("lab", "points"), [("curve", EMPTY_1D), ("classify", EMPTY_2D)])
def test_without_points_a_sentence_says_what_to_do(canvas, lab, points):
    c = canvas(lab, points=points)
    empty = picture(c)
    show(c, experiments.default(lab))
    assert picture(c) != empty


@pytest.mark.parametrize("lab", ["curve", "classify"])
@pytest.mark.parametrize("n", [1, 2500, 12000])
def test_any_number_of_points_is_drawn(canvas, lab, n):
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, (n, 1 if lab == "curve" else 2))
    c = canvas(lab, points=Points(X, rng.integers(0, 2, n)))
    assert picture(c).width() > 0


def test_points_in_one_place_still_have_a_range(canvas):
    c = canvas(points=Points([[1e9]] * 3, [5e8] * 3))
    view = c.view()
    assert view.x[0] <= 1e9 <= view.x[1] and view.y[0] < 5e8 < view.y[1]


def test_the_axes_stand_still_for_small_changes_and_follow_large_ones(canvas):
    c = canvas(points=Points([[0.1], [0.9]], [-1.0, 1.0]))
    home = c.view()
    e = c.stage.picture.experiment
    show(c, experiments.change(e, {"data.points": Points([[0.1], [0.9]], [-0.9, 0.8])}))
    assert c.view() == home
    show(c, experiments.change(e, {"data.points": Points([[0.1], [0.9]], [-1.0, 40.0])}))
    assert c.view().y[1] > 40


def wheel(widget: QWidget, at: QPoint, turn: int) -> None:
    places = QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, turn)
    state = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(*places, *state, False)
    QApplication.sendEvent(widget, event)


def test_the_wheel_zooms_around_the_cursor_and_fit_view_comes_back(canvas, qtbot):
    c = canvas()
    home, at = c.view(), c.pixel_of(0.25, 0.5)
    with qtbot.waitSignal(c.view_changed):
        wheel(c.viewport(), at, 120)
    assert c.view().x[1] - c.view().x[0] < home.x[1] - home.x[0]
    assert (c.pixel_of(0.25, 0.5) - at).manhattanLength() <= 2
    show(c, experiments.change(experiments.default("curve"), {"data.noise": 0.1}))
    assert c.view() != home  # a zoomed view stays where it is
    with qtbot.waitSignal(c.view_changed):
        c.fit_view()
    assert c.view().x == home.x


def test_the_middle_button_pans(canvas, qtbot):
    c = canvas("classify")
    home, view = c.view(), c.viewport()
    start = c.pixel_of(0, 0)
    qtbot.mousePress(view, Qt.MouseButton.MiddleButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(30, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=start + QPoint(30, 0))
    assert c.view().x[0] < home.x[0] and c.view().y == home.y


def test_the_legend_hides_and_shows_layers(canvas, qtbot):
    c = canvas()
    truth = next(b for b in c.legend.entries() if b.entry.key == "truth")
    qtbot.mouseClick(truth, Qt.MouseButton.LeftButton)
    assert ("truth", "True function", False) in c.layers()
    c.set_layer("truth", True)
    assert truth.isChecked()


def test_layers_and_tool_survive_in_the_state(canvas):
    first = canvas()
    first.set_tool("brush")
    first.brush_radius, first.brush_density = 50, 8
    first.set_layer("residuals", False)
    wheel(first.viewport(), first.pixel_of(0.5, 0), 240)
    second = canvas()
    second.restore_state(first.save_state())
    assert (second.tool, second.brush_radius, second.brush_density) == ("brush", 50, 8)
    assert second.view() == first.view()
    assert second.layers() == first.layers()
    second.restore_state({"tool": "hammer", "pictures": 3, "class": 99, "radius": "x"})
    assert second.tool == "brush"


def test_what_is_looked_at_inside_a_network_survives_in_the_state(canvas):
    first, second = canvas("classify"), canvas("classify")
    first.look({"layer": 2, "pair": (3, 1), "example": 17})
    second.restore_state(json.loads(json.dumps(first.save_state())))
    assert second.view() == first.view() and second.view().pair == (3, 1)
    second.restore_state({"inside": {"layer": -1, "pair": [1, "x"], "example": 0.5}})
    assert (second.view().layer, second.view().pair, second.view().example) == (0, None, None)


def test_the_network_stands_beside_the_plane_when_there_is_room(canvas, qapp):
    c = canvas("classify")
    c.show(Snapshot(summaries={"network": demo.network((2, 4, 1))}))
    assert c.network.isVisible() and isinstance(c.network.summary, Network)
    c.resize(640, 400)
    assert not c.network.isVisible()
    c.resize(900, 500)
    assert c.network.isVisible()
    c.set_layer("network", False)
    assert not c.network.isVisible()
    show(c, experiments.default("curve"))
    assert not c.network.isVisible()


def test_a_change_of_theme_and_zoom_redraws_all(canvas, qapp):
    c = canvas("classify")
    light = picture(c)
    host().set_choice("dark")
    dark = picture(c)
    host().set_zoom(1.5)
    assert light != dark != picture(c)


def test_what_takes_the_focus_has_a_name(canvas):
    for lab in ("curve", "classify"):
        c = canvas(lab)
        for child in c.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert child.accessibleName(), child


@pytest.mark.parametrize("n", [2, 9, 17, 200, 400, 601])
def test_a_curve_is_drawn_within_a_tenth_of_a_pixel_with_fewer_points(n):
    x, rng = np.linspace(0.0, 900.0, n), np.random.default_rng(n)
    for period in (3.0, 40.0, 300.0):
        y = 200 * np.sin(x / period + rng.random())
        kept = plot._needed(x, y)
        assert kept[0] and kept[-1]
        assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() < plot.FLAT
    assert n < 200 or kept.sum() < n / 2
    assert plot._needed(x[::-1], y).all()  # a curve that goes back is left as it is

def test_the_axes_of_measured_data_say_what_they_measure(qtbot):
    e = experiments.change(experiments.default("classify"), {"data.kind": "iris"})
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    canvas.set_experiment(e, problems.build(e))
    assert canvas.view().x == pytest.approx((0.705, 7.195)) and canvas.view().y == pytest.approx((-0.02, 2.62))
    named = canvas.grab().toImage()
    plain = experiments.change(e, {"data.kind": "file", "data.points": problems.build(e).points})
    canvas.set_experiment(plain, problems.build(plain))
    assert canvas.grab().toImage() != named
