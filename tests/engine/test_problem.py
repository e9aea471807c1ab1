"""The parts of the split: a function of the seed and of each point's id, unless a file says otherwise."""

import numpy as np
import pytest

from playground.engine.experiment import change, default
from playground.engine.points import AUTO, TEST, TRAIN, VALIDATION, Points
from playground.engine.problem import build, part_of
from playground.engine.tree import Split


def drawn(n, **parts):
    rng = np.random.default_rng(0)
    points = Points(rng.normal(size=(n, 2)), rng.integers(0, 2, n), **parts)
    return change(default("classify"), {"data.kind": "drawn", "data.points": points})


def test_a_known_source_gives_further_points_as_the_test_set():
    problem = build(default("curve"))
    assert len(problem.train.ids) == 10 and len(problem.parts["test"].ids) == 100
    assert problem.source_test is not None and (problem.parts["test"].ids < 0).all()
    assert not len(problem.parts["validation"].ids)


def test_points_held_back_join_those_of_the_source():
    problem = build(change(default("curve"), {"data.n": 100, "split.train": 0.6}))
    held = int((problem.part == TEST).sum())
    assert 25 < held < 55 and len(problem.parts["test"].ids) == held + 100


@pytest.mark.parametrize(
    "shares", [(0.7, 0.0, 0.3), (0.5, 0.25, 0.25), (1.0, 0.0, 0.0), (0.6, 0.4, 0.0), (0.0, 0.0, 1.0)]
)
def test_the_shares_are_kept(shares):
    train, validation, test = shares
    e = change(drawn(5000), {"split.train": train, "split.validation": validation, "split.test": test})
    counts = np.bincount(build(e).part, minlength=3) / 5000
    assert counts == pytest.approx(shares, abs=0.02)
    for share, count in zip(shares, counts, strict=True):
        if share in (0, 1):
            assert count == share


def test_adding_and_erasing_points_moves_no_other_from_part_to_part():
    e = drawn(200)
    before = dict(zip(build(e).points.ids.tolist(), build(e).part.tolist(), strict=True))
    edited = e.data.points.add([[0, 0], [1, 1]], [0, 1]).remove([0, 50, 199])
    problem = build(change(e, {"data.points": edited}))
    after = dict(zip(problem.points.ids.tolist(), problem.part.tolist(), strict=True))
    assert {i: after[i] for i in after if i in before} == {i: before[i] for i in after if i in before}


def test_the_seed_of_the_split_decides():
    e = drawn(200)
    assert not np.array_equal(build(e).part, build(change(e, {"seed.split": 2})).part)
    assert np.array_equal(build(e).part, build(change(e, {"seed.data": 2, "model.hidden": (3,)})).part)


def test_what_a_file_says_wins_over_the_shares():
    part = np.array([TRAIN, VALIDATION, TEST, AUTO], dtype=np.int8)
    points = Points(np.zeros((4, 1)), np.zeros(4), part=part)
    assert part_of(points, Split(train=1.0), seed=1).tolist() == [TRAIN, VALIDATION, TEST, TRAIN]


def test_no_points_make_a_problem_without_points():
    problem = build(change(default("curve"), {"data.kind": "drawn"}))
    assert len(problem.points) == 0 and problem.n_inputs == 1 and problem.train.X.shape == (0, 1)
    assert build(drawn(0)).classes == ("A", "B")


def test_one_problem_is_made_for_one_value():
    e = default("classify")
    assert build(e) is build(change(e, {"optimizer.learning_rate": 0.5}))
    assert build(e) is not build(change(e, {"data.noise": 0.3}))


def test_nobody_can_write_into_a_problem():
    problem = build(default("curve"))
    for part in problem.parts.values():
        for array in part:
            assert not array.flags.writeable
    assert not problem.part.flags.writeable
