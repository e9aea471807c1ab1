"""What the labs show: every summary has the right type, owns its numbers, and says what is true."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine import experiment as ex
from playground.engine import measures
from playground.engine.charts import rising_since
from playground.engine.formulas import ACTIVATIONS
from playground.engine.history import History
from playground.engine.labs.curve import round_up
from playground.engine.linear_algebra import effective_parameters
from playground.engine.points import EMPTY_1D, EMPTY_2D, Points
from playground.engine.snapshot import (
    Bars,
    Confusion,
    DecisionMap,
    Fit,
    Lines,
    Network,
    Predictions,
    Score,
    Table,
    View,
    freeze,
)
from playground.engine.trainer import Run

PLANE = View((-6.0, 6.0), (-6.0, 6.0), 20)
CURVE = View((0.0, 1.0), (-1.5, 1.5), 100)


def curve(**changes):
    return Run(ex.change(ex.default("curve"), changes))


def plane(**changes):
    run = Run(ex.change(ex.default("classify"), {"data.n": 60, "model.hidden": (4, 3)} | changes))
    run.run_epochs(3)
    return run


def arrays(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from arrays(getattr(value, name))


@pytest.mark.parametrize(("make", "view", "types"), [
    (curve, CURVE, {"fit": Fit, "rms_by_order": Lines, "coefficient_bars": Bars, "coefficient_table": Table,
                    "scores": Table, "loss": Lines, "rms": Lines}),
    (lambda: curve(**{"model.kind": "mlp", "model.hidden": (3,)}), CURVE,
     {"fit": Fit, "scores": Table, "loss": Lines, "rms": Lines, "rms_by_order": type(None)}),
    (plane, PLANE, {"map": DecisionMap, "predictions": Predictions, "network": Network, "loss": Lines,
                    "accuracy": Lines, "confusion": Confusion, "scores": Table, "rms": type(None)}),
    (lambda: plane(**{"data.kind": "reg-gauss"}), PLANE,
     {"map": DecisionMap, "predictions": Predictions, "network": Network, "loss": Lines, "rms": Lines,
      "accuracy": type(None), "confusion": type(None), "scores": Table}),
])  # fmt: skip
def test_every_summary_has_its_type_and_owns_its_arrays(make, view, types):
    run = make()
    for name, expected in types.items():
        summary = freeze(run.summarize(name, view))
        assert type(summary) is expected, name
        assert all(not a.flags.writeable and a.base is None for a in arrays(summary)), name
    assert run.summarize("no such thing", view) is None


@pytest.mark.parametrize("e", [
    ex.change(ex.default("curve"), {"data.points": EMPTY_1D}),
    ex.change(ex.default("curve"), {"data.points": Points([[0.5]], [1.0]), "model.order": 20}),
    ex.change(ex.default("curve"), {"data.points": Points([[0.5]] * 3, [1.0, 2.0, 3.0])}),
    ex.change(ex.default("classify"), {"data.points": EMPTY_2D}),
    ex.change(ex.default("classify"), {"data.points": Points([[0.5, 0.5]], [0.0])}),
    ex.change(ex.default("classify"), {"data.points": Points([[0.5, 0.5]] * 9, [1.0] * 9)}),
])  # fmt: skip
def test_too_few_points_make_no_summary_fail(e):
    run = Run(e)
    run.run_epochs(2)
    view = CURVE if e.lab == "curve" else PLANE
    for name in "fit rms_by_order coefficient_bars coefficient_table scores loss rms".split():
        run.summarize(name, view)
    for name in "map predictions network accuracy confusion".split():
        run.summarize(name, view)
    assert isinstance(run.message, str)


# ---- the curve lab ----
def test_rms_against_order_is_what_a_run_of_each_order_has():
    run = curve(**{"model.order": 12})
    lines = run.summarize("rms_by_order", CURVE)
    assert [series.role for series in lines.series] == ["training", "test"]
    assert list(lines.series[0].x) == list(range(13)) and lines.band == (11.6, 12.4)
    for order in (0, 3, 9):
        scores = curve(**{"model.order": order}).scores()
        for part, series in zip(("train", "test"), lines.series, strict=True):
            assert series.y[order] == pytest.approx(scores[part].rms, abs=1e-12)


def test_rms_against_order_uses_the_penalty_and_does_without_test_points():
    free = curve(**{"data.n_test": 0}).summarize("rms_by_order", CURVE)
    held = curve(**{"data.n_test": 0, "model.ln_lambda": 0.0}).summarize("rms_by_order", CURVE)
    assert [series.role for series in free.series] == ["training"]
    assert held.series[0].y[9] > free.series[0].y[9] + 0.1


def test_no_curve_of_errors_lies_above_its_axis_as_a_whole():
    points = Points(np.array([[0.31], [0.56], [0.81]]), np.array([0.5, -0.43, 0.04]))
    lines = curve(**{"data.points": points}).summarize("rms_by_order", CURVE)
    assert all(min(series.y) < lines.y_range[1] for series in lines.series)


def test_the_first_picture_is_the_books():
    training, test = (series.y for series in curve().summarize("rms_by_order", CURVE).series)
    assert min(training[0], test[0]) > 0.5 and training[9] < 1e-9
    assert test[3:9].max() < 0.5 < test[9]


def test_coefficients_are_those_of_the_run():
    run = curve(**{"model.order": 4})
    bars = run.summarize("coefficient_bars", CURVE)
    table = run.summarize("coefficient_table", CURVE)
    assert bars.labels == ("w₀", "w₁", "w₂", "w₃", "w₄")
    np.testing.assert_array_equal(bars.value, run.weights()["w"])
    assert table.columns == ("", "M = 0", "M = 1", "M = 3", "M = 4", "M = 9")
    column = [row[4] for row in table.rows]
    assert column[:5] == pytest.approx(list(bars.value)) and column[5:] == [None] * 5


@pytest.mark.parametrize("kind", ["polynomial", "gaussian", "fourier"])
def test_the_table_has_the_orders_that_were_chosen_and_the_one_in_force(kind):
    run = curve(**{"model.kind": kind, "model.order": 5, "model.ln_lambda": -4.0})
    table = run.summarize("coefficient_table", View((0.0, 1.0), orders=(0, 2, 11, 20)))
    assert table.columns == ("", "M = 0", "M = 2", "M = 5", "M = 11", "M = 20")
    column = [row[3] for row in table.rows if row[3] is not None]
    assert column == pytest.approx(list(run.weights()["w"]))


def test_the_error_tells_how_many_weights_the_points_decide():
    names = [row.plain for row in curve().summarize("error", CURVE).rows]
    assert "effective number of parameters" not in names and "condition number" not in names
    run = curve(**{"model.order": 9, "model.ln_lambda": -18.0})
    (row,) = [row for row in run.summarize("error", CURVE).rows if row.plain == "effective number of parameters"]
    found = effective_parameters(run.experiment.model, run.problem.train.X[:, 0], run.problem.x_range)
    assert row.value == found and 1 < found < 10 and row.latex == r"\gamma = \mathrm{tr}\, \mathbf{H}"
    run = curve(**{"model.basis": "legendre", "optimizer.kind": "sgd"})
    (row,) = [row for row in run.summarize("error", CURVE).rows if row.plain == "condition number"]
    assert f"{row.value:.3g}" in run.summarize("surface", CURVE).note


@pytest.mark.parametrize("name", ["rms_by_order", "rms_by_ln_lambda"])
def test_charts_say_what_the_test_error_is_measured_on(name):
    def note(**changes):
        return curve(**{"model.ln_lambda": -9.0, **changes}).summarize(name, CURVE).note

    points = Points(np.linspace(0, 1, 30)[:, None], np.linspace(0, 1, 30) ** 2)
    halves = {"split.train": 0.5, "split.test": 0.5}
    assert note() == ""
    assert "no test points" in note(**{"data.n_test": 0})
    drawn = note(**{"data.kind": "drawn", "data.points": points, **halves})
    assert "set aside" in drawn and "Nobody knows" in drawn
    generated = note(**{"data.n_test": 0, "data.n": 30, **halves})
    assert "set aside" in generated and "Nobody knows" not in generated
    assert "not those of this epoch" in note(**{"model.basis": "legendre", "optimizer.kind": "sgd"})


def test_the_fit_is_the_prediction_over_the_view():
    run = curve()
    fit = run.summarize("fit", View((-1.0, 2.0), (0, 1), 10))
    assert (fit.x[0], fit.x[-1]) == (-1.0, 2.0)
    np.testing.assert_array_equal(fit.y, run.predict(fit.x[:, None]))


@pytest.mark.parametrize(("changes", "message"), [
    ({"model.order": 9}, "Ten points, ten weights: the curve passes through every point."),
    ({"model.order": 10}, "Eleven weights, ten distinct x values: of all curves through the points, "
                          "the one with the smallest weights."),
    ({"data.points": Points([[0.0], [0.0], [1.0]], [0.0, 1.0, 2.0])},
     "Four weights, two distinct x values: of all best curves, the one with the smallest weights."),
    ({"model.order": 9, "model.ln_lambda": -5.0}, ""),
    ({"model.order": 0, "data.points": Points([[0.0]], [1.0]), "data.n_test": 0},
     "One point, one weight: the curve passes through every point."),
])  # fmt: skip
def test_the_message_says_what_is_seen(changes, message):
    assert curve(**changes).message == message


def test_axes_end_at_round_numbers():
    assert [round_up(v) for v in (0.93, 1.0, 1.2, 73, 0.0, np.inf)] == [1.0, 1.0, 2.0, 100.0, 1.0, 1.0]


# ---- the classification lab ----
def test_the_map_says_what_the_network_predicts_in_the_middle_of_each_cell():
    run = plane()
    decision = run.summarize("map", View((-6.0, 6.0), (0.0, 6.0), 6))
    assert decision.values.shape == (6, 6, 2)
    np.testing.assert_allclose(decision.values[0, 5], run.predict(np.array([[5.0, 0.5]]))[0], rtol=1e-6)
    np.testing.assert_allclose(decision.values.sum(axis=2), 1, rtol=1e-6)


def test_predictions_and_confusion_agree_with_the_scores():
    run = plane()
    told = run.summarize("predictions", PLANE)
    truth = run.problem.points.t[run.problem.part == 2]
    value = told.value[run.problem.part == 2]
    confusion = run.summarize("confusion", PLANE)
    assert confusion.part == "test" and confusion.names == ("A", "B")
    np.testing.assert_array_equal(confusion.counts, measures.confusion(truth.astype(int), value, 2))
    assert run.scores()["test"].accuracy == np.mean(truth == value)
    whole = plane(**{"split.train": 1.0})
    assert whole.summarize("confusion", PLANE).part == "training"


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", ["auto", "logit"])
def test_the_network_shows_every_unit_between_minus_one_and_one(activation, output):
    run = plane(**{"model.activation": activation, "model.output": output, "features": ("x1", "x2", "x1^2")})
    network = run.summarize("network", PLANE)
    last = 2 if output == "auto" else 1
    assert [len(u) for u in network.units] == [3, 4, 3, last]
    assert [w.shape for w in network.weights] == [(3, 4), (4, 3), (3, last)]
    assert len(network.outputs) == last and network.inputs == ("x1", "x2", "x1^2")
    assert all(np.abs(u).max() <= 1 + 1e-6 for u in network.units)
    x1 = network.units[0][0]
    assert x1[0, 0] < 0 < x1[0, -1] and x1[0, 0] == x1[-1, 0], "columns are x1"


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_the_map_shows_the_response_of_one_unit(activation):
    run = plane(**{"model.activation": activation})
    view = View((-6.0, 6.0), (0.0, 6.0), 6, unit=(1, 2))
    shown = run.summarize("map", view)
    assert shown.unit == (1, 2) and shown.values.shape == (6, 6) and np.abs(shown.values).max() <= 1 + 1e-6
    told = run.executor.responses(run.executor.prepare(np.array([[5.0, 0.5], [-3.0, 4.5]])))[1][:, 2]
    here = np.array([shown.values[0, 5], shown.values[4, 1]])
    value = (here + 1) / 2 if activation == "sigmoid" else here * shown.scale
    np.testing.assert_allclose(value, told, atol=1e-5)
    assert run.summarize("map", View((-6.0, 6.0), (0.0, 6.0), 6, unit=(1, 99))).unit is None


def test_the_network_knows_the_inputs_that_are_off():
    told = plane(features=("x1", "x1*x2")).summarize("network", PLANE)
    assert told.others == ("x2", "x1^2", "x2^2", "sin(x1)", "sin(x2)") and len(told.other_units) == 5
    assert told.other_units[0][0, 0] < 0 < told.other_units[0][-1, 0], "rows are x2"


def test_the_network_names_the_activation_of_each_layer():
    told = plane(**{"model.activations": ("sine", "sigmoid")}).summarize("network", PLANE)
    assert told.activations == ("sine", "sigmoid")
    assert plane(**{"model.activation": "elu"}).summarize("network", PLANE).activations == ("elu", "elu")


def test_charts_show_the_run_before_as_a_ghost():
    run = plane()
    before = plane()
    run.previous = before.history
    series = run.summarize("loss", PLANE).series
    assert [s.role for s in series] == ["ghost", "ghost", "training", "test"]
    assert [s.label for s in series[:2]] == ["previous run", ""]
    accuracy = run.summarize("accuracy", PLANE)
    assert accuracy.percent and accuracy.y_range[1] == 1.0 and not accuracy.can_log


def test_a_rising_test_loss_is_noticed():
    history = History()
    for epoch in range(100):
        history.append(epoch, epoch, {"test": Score(9, 1 + 0.01 * abs(epoch - 40))})
    assert rising_since(history) == 40
    history.truncate(45)
    assert rising_since(history) is None
    run = plane()
    run.history = History()
    for epoch in range(100):
        run.history.append(epoch, epoch, {"test": Score(9, 1 + 0.01 * abs(epoch - 40))})
    assert run.message == "Test loss has been rising since epoch 40."
    assert run.summarize("loss", PLANE).marks[0].label == "best test, epoch 40"


def test_scores_are_a_table_of_the_parts_that_have_points():
    table = plane().summarize("scores", PLANE)
    assert table.columns == ("", "training", "test") and table.roles == (None, "training", "test")
    assert [row[0] for row in table.rows] == ["Loss", "Accuracy", "Balanced accuracy", "Points"]
    assert [row[0] for row in curve().summarize("scores", CURVE).rows] == ["RMS error", "Largest miss", "R²", "Points"]


def test_the_limit_of_epochs_is_called_as_on_the_screen() -> None:
    run = Run(ex.change(ex.default("classify"), {"data.kind": "gauss", "training.max_epochs": 12}))
    run.run_epochs(20)
    label = ex.parameters(run.experiment)["training.max_epochs"].label
    assert run.status == "finished" and label in run.message and "max_epochs" not in run.message
