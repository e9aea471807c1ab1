"""Random numbers that are a function of their counter."""

import numpy as np
import pytest

from playground.engine.random import Draws, _mix, bits, normal, permutation, uniform

IDS = np.arange(20_000)


def test_the_bits_are_those_of_splitmix64():
    """The first outputs of the published generator for seed 0: it mixes 0, golden, 2 golden, ..."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        counter = np.arange(3, dtype=np.uint64) * golden
    assert [hex(v) for v in _mix(counter)] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]


def test_the_same_numbers_on_every_machine_and_in_every_version():
    assert bits(1, "data", np.arange(2)).tolist() == [15506208481528481068, 11739668908188577854]
    assert normal(775, "data.noise", np.arange(2)).tolist() == pytest.approx(
        [-1.1864243097212692, 0.7405634976115917], rel=1e-14
    )


def test_uniform_numbers_are_uniform_and_never_reach_the_ends():
    u = uniform(3, "x", IDS)
    assert 0 < u.min() and u.max() < 1
    assert abs(u.mean() - 0.5) < 0.01 and abs(u.var() - 1 / 12) < 0.002
    assert np.histogram(u, bins=20, range=(0, 1))[0].std() < 60
    low, high = uniform(3, "x", IDS, -5, 5).min(), uniform(3, "x", IDS, -5, 5).max()
    assert -5 < low < -4.99 and 4.99 < high < 5


def test_normal_numbers_have_the_moments_of_a_normal():
    z = normal(3, "x", IDS)
    assert abs(z.mean()) < 0.02 and abs(z.std() - 1) < 0.02
    assert abs((z**3).mean()) < 0.06 and abs((z**4).mean() - 3) < 0.15


def test_neighbours_purposes_seeds_and_epochs_are_unrelated():
    z = normal(1, "a", IDS)
    for other in (
        normal(1, "b", IDS),
        normal(2, "a", IDS),
        normal(1, "a", IDS, epoch=1),
        normal(1, "a", IDS + 1),
    ):
        assert abs(np.corrcoef(z, other)[0, 1]) < 0.03


def test_a_point_keeps_its_number_whatever_else_there_is():
    ids = np.array([5, 900, 7])
    assert np.array_equal(uniform(1, "x", ids), uniform(1, "x", np.arange(1000))[ids])


def test_a_larger_data_set_begins_with_the_smaller_one():
    assert np.array_equal(Draws(1, 100).normal("x")[:10], Draws(1, 10).normal("x"))


def test_a_permutation_holds_every_index_once_and_differs_between_epochs():
    ids = np.arange(50)
    first, second = permutation(1, "batches", ids, 0), permutation(1, "batches", ids, 1)
    assert sorted(first) == list(range(50)) == sorted(second)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, permutation(1, "batches", ids, 0))


def test_a_point_more_leaves_the_order_of_the_others():
    few, many = permutation(1, "b", np.arange(20), 3), permutation(1, "b", np.arange(21), 3)
    assert [i for i in many if i != 20] == few.tolist()


def test_lanes_are_apart_and_several_are_drawn_at_once():
    ids, lanes = np.array([7, 0, 3]), np.arange(5)
    one_by_one = np.array([uniform(4, "x", ids, epoch=2, lane=lane) for lane in range(5)])
    np.testing.assert_array_equal(uniform(4, "x", ids, epoch=2, lane=lanes[:, None]), one_by_one)
    assert len(np.unique(one_by_one)) == 15
    np.testing.assert_array_equal(one_by_one[0], uniform(4, "x", ids, epoch=2))
