"""The inputs that are switched on."""

import numpy as np
import pytest

from playground.engine.experiment import change, default, parameters
from playground.engine.features import FEATURES, expand, inputs, names
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.engine.snapshot import View
from playground.engine.trainer import Run

X = np.array([[2.0, 3.0], [-1.0, 0.5]])


def test_each_feature_is_what_its_name_says():
    columns = expand(X, tuple(FEATURES))
    x1, x2 = X.T
    expected = [x1, x2, x1 * x1, x2 * x2, x1 * x2, np.sin(x1), np.sin(x2)]
    assert columns == pytest.approx(np.array(expected).T)


def test_columns_come_in_the_order_asked_for():
    assert expand(X, ("x2", "x1^2")).tolist() == [[3, 4], [0.5, 1]]
    assert expand(np.zeros((0, 2)), ("x1", "x2", "x1*x2")).shape == (0, 3)


def test_the_input_of_a_curve_stays_as_it_is():
    assert expand(np.array([[1.0], [2.0]]), ("x1", "x2")).tolist() == [[1], [2]]


def test_every_feature_that_can_be_chosen_is_computed():
    assert parameters(default("classify"))["features"].choices == tuple(FEATURES)


def with_inputs(**changes):
    return change(default("classify"), changes)


def test_powers_up_to_an_order_are_those_of_the_coordinates_over_six():
    e = with_inputs(features=("x1", "x1*x2"), feature_order=3)
    assert names(e) == ("x1", "x1*x2", "x2", "x1^2", "x2^2", "x1^3", "x1^2*x2", "x1*x2^2", "x2^3")
    x1, x2 = X.T / 6
    expected = [X[:, 0], X[:, 0] * X[:, 1], x2, x1**2, x2**2, x1**3, x1**2 * x2, x1 * x2**2, x2**3]
    assert inputs(e, X) == pytest.approx(np.array(expected).T)


def test_a_formula_is_a_further_input_and_may_be_the_only_one():
    e = with_inputs(features=(), feature_formula=" x1^2 - sin(x2) ")
    assert names(e) == ("x1^2 - sin(x2)",)
    assert inputs(e, X) == pytest.approx((X[:, 0] ** 2 - np.sin(X[:, 1]))[:, None])
    run = Run(e)
    run.run_epochs(2)
    assert run.weights()["0.weight"].shape == (8, 1)
    assert run.summarize("network", View()).inputs == names(e)


def test_a_network_without_inputs_is_refused_in_one_sentence():
    with pytest.raises(SpecError, match=r"^features must be some of x1, x2, .*, not nothing\.$"):
        with_inputs(features=())


def test_a_formula_must_have_a_value_in_the_plane_and_at_the_points():
    with pytest.raises(SpecError, match="feature_formula must have a finite value everywhere .* x1 = -6"):
        with_inputs(feature_formula="sqrt(x1)")
    far = Points(np.array([[90.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0]))
    e = change(default("classify"), {"data.kind": "drawn", "data.points": far})
    e = change(e, {"feature_formula": "exp(x1)"})
    with pytest.raises(SpecError, match="a finite value at every point; it is infinite .* at x1 = 90, x2 = 0"):
        Run(e)


def test_another_input_keeps_the_weights_of_the_layers_that_stayed():
    run = Run(with_inputs())
    run.run_epochs(3)
    more = Run(change(run.experiment, {"feature_order": 2}), keep=run)
    np.testing.assert_array_equal(more.weights()["1.weight"], run.weights()["1.weight"])
    assert more.weights()["0.weight"].shape == (8, 5)
