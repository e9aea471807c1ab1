"""Points: immutable, compared by value, edited by pure functions, packed exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.points import LIMIT, TEST, Points
from tests.engine.strategies import points


@pytest.fixture
def three() -> Points:
    return Points([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], [0, 1, 0], ids=[10, 3, 7])


def test_equal_values_are_equal_and_hash_alike(three):
    same = Points(three.X, three.t, three.ids, three.part)
    assert same == three and hash(same) == hash(three)
    assert three.replace([3], t=[0]) != three
    assert three != "points"


def test_arrays_cannot_be_written_to(three):
    for array in (three.X, three.t, three.ids, three.part):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_arrays_given_are_copied():
    X = np.zeros((2, 1))
    p = Points(X, [0, 0])
    X[0] = 9
    assert p.X[0] == 0


def test_an_added_point_gets_a_new_id_and_the_others_keep_theirs(three):
    more = three.add([[6.0, 7.0]], [1])
    assert more.ids.tolist() == [10, 3, 7, 11]
    assert len(three) == 3


def test_points_are_removed_and_moved_by_id(three):
    assert three.remove([3]).ids.tolist() == [10, 7]
    moved = three.replace([7, 10], X=[[1, 1], [2, 2]])
    assert moved.X.tolist() == [[2, 2], [2, 3], [1, 1]]
    assert moved.t.tolist() == three.t.tolist()


def test_an_id_that_is_not_there_is_refused(three):
    with pytest.raises(ValueError, match="no point has the id 99"):
        three.replace([99], t=[0])
    assert three.index([]).tolist() == []


def test_no_points_at_all():
    none = Points(np.zeros((0, 2)), [])
    assert len(none) == 0 and none.n_inputs == 2 and none.next_id == 0
    assert none.add([[1, 2]], [0]).X.tolist() == [[1, 2]]
    assert Points.unpack(none.pack()) == none


@pytest.mark.parametrize("bad", [np.nan, np.inf, 2 * LIMIT])
def test_numbers_that_are_no_coordinates_are_refused(bad):
    with pytest.raises(ValueError, match="must be numbers from"):
        Points([[bad]], [0])
    with pytest.raises(ValueError, match="must be numbers from"):
        Points([[0]], [bad])


def test_ids_and_parts_are_checked():
    with pytest.raises(ValueError, match="an id of its own"):
        Points([[1], [2]], [0, 0], ids=[4, 4])
    with pytest.raises(ValueError, match="parts of the split"):
        Points([[1]], [0], part=[TEST + 1])


@given(points(1) | points(2, 3))
def test_packing_is_exact(p):
    assert Points.unpack(p.pack()) == p


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_only_packed_points_are_unpacked(text):
    with pytest.raises(ValueError, match="damaged"):
        Points.unpack(text)
