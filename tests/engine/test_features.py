"""The inputs that are switched on."""

import numpy as np
import pytest

from playground.engine.experiment import default, parameters
from playground.engine.features import FEATURES, expand

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
