"""Models side by side in the real window: kept, swapped, put away, undone; and the numbers are the command line's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine import experiment as experiments
from playground.engine.comparison import Contender, SideBySide
from playground.engine.snapshot import View
from playground.engine.trainer import Run
from playground.gui.main_window import MainWindow
from playground.gui.theme import host
from playground.gui.views.side_by_side import SideBySideView, seconds_text
from tests.gui import comparing
from tests.gui.test_main_window import Make, classify, make  # noqa: F401  a fixture


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:  # noqa: F811
    window = make()
    classify(qtbot, window)
    return window


def view_of(window: MainWindow) -> SideBySideView:
    view = window.charts.docks[0].front.view
    assert isinstance(view, SideBySideView)
    return view


def press(view: SideBySideView, at: QPointF) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at.toPoint())


@pytest.mark.timeout(240)
def test_a_network_beside_a_support_vector_machine_as_the_command_line_says(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    comparing.train(qtbot, window, 60)
    epoch = window.bridge.snapshot.epoch
    comparing.keep_beside(qtbot, window)
    assert window.charts.docks[0].large and window.document.undo_text == "Keep beside"
    comparing.choose_kind(qtbot, window, "SVM")
    qtbot.waitUntil(lambda: len(comparing.contenders(window)) == 2, timeout=comparing.PATIENCE_MS)
    comparing.train(qtbot, window, epoch + 20)  # play trains the network beside the machine
    qtbot.waitUntil(lambda: shown(window)[1].epochs == window.bridge.snapshot.epoch, timeout=comparing.PATIENCE_MS)
    svm, network = shown(window)
    assert (svm.title, svm.epochs, network.title) == ("SVM, RBF", None, "Network 8-8")
    assert network.epochs >= epoch + 20 and view_of(window).count() == 3
    path = comparing.save(qtbot, window, tmp_path / "both.playground")
    comparing.assert_as_printed(comparing.shown(window), comparing.printed(path))

    # A click on the network's map makes it the main one, as far as it has come; undo brings the machine back.
    press(view_of(window), view_of(window)._box(1).center() + QPointF(0, view_of(window)._box(1).height() * 0.48))
    qtbot.waitUntil(lambda: window.bridge.snapshot.executor == "fused", timeout=comparing.PATIENCE_MS)
    assert window.document.experiment.beside == ("svm",)
    assert window.bridge.snapshot.epoch == network.epochs
    assert window.bridge.snapshot.scores == network.scores
    window.acts["undo"].trigger()
    qtbot.waitUntil(lambda: window.bridge.snapshot.executor == "sklearn", timeout=comparing.PATIENCE_MS)
    qtbot.waitUntil(lambda: [one.epochs for one in shown(window)] == [None, network.epochs],
                    timeout=comparing.PATIENCE_MS)  # fmt: skip
    assert window.charts.docks[0].front.name == "beside", "the chart stays in front whatever the model"


def shown(window: MainWindow) -> tuple[Contender, ...]:
    return comparing.shown(window).contenders


def test_rivals_are_added_and_put_away(qtbot: QtBot, window: MainWindow) -> None:
    window.charts.bring("beside")
    qtbot.waitUntil(lambda: window.charts.docks[0].front.view is not None, timeout=comparing.PATIENCE_MS)
    view = view_of(window)
    assert view.count() == 1 and view.summary.note.startswith("Add a model")
    menu = view.menu()
    next(action for action in menu.actions() if action.text() == "Decision tree" or "Tree" in action.text()).trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: view.count() == 3, timeout=comparing.PATIENCE_MS)
    assert "Where they disagree" in view.say(2) and "Tree, depth 3" in view.say(1)
    window.charts.docks[0].set_large(True)
    qtbot.waitUntil(lambda: not window.charts.docks[1].isVisible(), timeout=5000)
    press(view, view._cross(1).center())
    assert window.document.experiment.beside == ()
    qtbot.waitUntil(lambda: view.count() == 1, timeout=comparing.PATIENCE_MS)
    view.large.trigger()
    assert window.charts.docks[1].isVisible() and not window.charts.docks[0].large


def summary(*texts: str, **changes: object) -> SideBySide:
    points = {} if changes.get("data.kind") == "drawn" else {"data.n": 60}
    run = Run(experiments.change(experiments.default("classify"), {**points, "beside": texts, **changes}))
    run.run_epochs(3)
    run.companions.bring_up()
    found = run.summarize("beside", View((-6.0, 6.0), (-6.0, 6.0), 200))
    assert isinstance(found, SideBySide)
    return found


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[SideBySideView]:
    view = SideBySideView()
    qtbot.addWidget(view)
    view.resize(900, 300)
    yield view


def test_the_mouse_reads_out_what_each_says_and_a_click_chooses_the_points(view: SideBySideView) -> None:
    found = summary("svm:model.kernel=linear", "tree")
    view.show()
    view.show_summary(found)
    x, y = view._maps.places(found, view._box(1))
    QTest.mouseMove(view, QPoint(round(x[7]), round(y[7])))
    assert view._point is not None and np.hypot(x[view._point] - x[7], y[view._point] - y[7]) < 2
    chosen: list[np.ndarray] = []
    view.points_chosen.connect(chosen.append)
    view.take(3)
    said = np.stack([one.said for one in found.contenders])
    assert set(chosen[0]) == set(found.ids[(said != said[0]).any(axis=0)])
    labels = np.stack([(one.map.edge[0] > 0 if one.map.edge.size else one.map.values[..., 1] > 0.5)
                       for one in found.contenders])  # fmt: skip
    assert found.share == pytest.approx((labels != labels[0]).any(axis=0).mean(), abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(60, 40), (160, 96), (479, 139), (1375, 413)])
def test_it_draws_whatever_it_is_given(view: SideBySideView, theme: str, size: tuple[int, int]) -> None:
    host().set_choice(theme)
    view.resize(*size)
    good = summary("knn", "naive_bayes", **{"data.kind": "blobs"})
    numbers = summary("svm", "mlp:model.hidden=2", **{"data.kind": "reg-plane"})
    nothing = summary("svm", **{"data.kind": "drawn"})
    lost = replace(good.contenders[0], note="The loss is no longer finite.", said=np.full(60, np.nan))
    broken = replace(good, contenders=(lost, *good.contenders[1:]))
    for found in (good, numbers, nothing, broken, summary()):
        view.show_summary(found)
        assert not view.grab().isNull()
        assert view.describe() and all(view.say(i) for i in range(view.count()))


def test_times_are_short() -> None:
    assert [seconds_text(s) for s in (0.0, 2e-5, 0.0021, 0.21, 3.04, 250.0)] == [
        "0 s", "20 µs", "2.1 ms", "210 ms", "3.0 s", "250.0 s",
    ]  # fmt: skip
