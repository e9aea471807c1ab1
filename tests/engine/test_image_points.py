"""Pictures become points: colours become classes, the background is left out, the same seed gives the same points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.experiment import change, default
from playground.engine.image_points import NONE, regions, sample
from playground.engine.schema import SpecError

WHITE, RED, BLUE, GREEN = (255, 255, 255, 255), (220, 30, 30, 255), (30, 80, 200, 255), (20, 150, 70, 255)


def picture(height=60, width=90, ground=WHITE, **boxes):
    """A ground with boxes (top, left, bottom, right) of colours."""
    image = np.empty((height, width, 4), dtype=np.uint8)
    image[:] = ground
    for color, (top, left, bottom, right) in boxes.values():
        image[top:bottom, left:right] = color
    return image


def two():
    return picture(a=(RED, (0, 0, 30, 30)), b=(BLUE, (30, 60, 60, 90)))


def test_each_colour_is_a_class_and_the_most_common_one_the_background():
    found = regions(two())
    assert found.names() == ("red", "blue") or found.names() == ("blue", "red")
    assert found.background == (255, 255, 255) and found.n_colors == 3 and not found.transparent
    assert (found.labels[:30, :30] >= 0).all() and (found.labels[:30, 30:] == NONE).all()


def test_the_background_may_stay():
    found = regions(two(), leave_out=False)
    assert found.background is None and set(found.names()) == {"white", "red", "blue"}
    assert (found.labels >= 0).all()


def test_what_is_transparent_is_the_background():
    image = picture(ground=(7, 7, 7, 0), a=(RED, (0, 0, 60, 50)), b=(BLUE, (0, 50, 20, 90)))
    found = regions(image)
    assert found.transparent and found.background is None and found.names() == ("red", "blue")
    assert "transparent" in sample(found, "logo.png", 10).note


def test_near_colours_are_one_and_soft_edges_are_none():
    rng = np.random.default_rng(0)
    image = two()
    image[..., :3] = np.clip(image[..., :3].astype(int) + rng.integers(-8, 9, image[..., :3].shape), 0, 255)
    image[0:30, 30] = (237, 142, 142, 255)  # half-way between red and white
    found = regions(image)
    assert len(found.colors) == 2 and found.n_colors > 1000
    assert f"{found.n_colors - 1:,} colours, joined to 2" in sample(found, "noisy.png", 10).note


def test_ten_thousand_colours_are_joined_to_as_many_as_are_asked_for():
    x, y = np.meshgrid(np.arange(200), np.arange(150))
    image = np.stack([x + 20, y + 40, (x + y) // 2, np.full_like(x, 255)], axis=2).astype(np.uint8)
    for most in (1, 2, 5, 10):
        found = regions(image, most, leave_out=False)
        assert found.n_colors == 30_000 and 1 <= len(found.colors) <= most
        assert found.sizes.sum() == 30_000 and (found.sizes > 0).all()
    assert len(regions(image, 4, leave_out=False).colors) == 4


def test_points_lie_where_their_colour_is():
    image = two()
    found = regions(image)
    got = sample(found, "two.png", 500, seed=4)
    assert len(got.points) == 500 and got.lab == "classify" and got.name == "two.png"
    column = np.floor(got.points.X[:, 0] * 9 + 45).astype(int)
    row = np.floor(30 - got.points.X[:, 1] * 9).astype(int)
    assert (found.labels[row, column] == got.points.t).all(), "x to the right, y upwards, 10 units the longer side"
    assert np.abs(got.points.X).max() <= 5


def test_the_same_seed_gives_the_same_points_and_areas_share_them():
    image = picture(a=(RED, (0, 0, 30, 30)), b=(BLUE, (30, 60, 40, 70)))
    found = regions(image)
    assert sample(found, "a", 300, 1).points == sample(found, "a", 300, 1).points
    assert sample(found, "a", 300, 1).points != sample(found, "a", 300, 2).points
    by_area = np.bincount(sample(found, "a", 300).points.t.astype(int))
    assert by_area.tolist() == [270, 30]
    even = np.bincount(sample(found, "a", 300, even=True).points.t.astype(int))
    assert even.tolist() == [150, 150]
    assert np.bincount(sample(found, "a", 2).points.t.astype(int)).tolist() == [1, 1]
    assert len(np.unique(sample(found, "a", 300).points.X, axis=0)) == 300


def test_more_points_than_pixels():
    tiny = picture(3, 3, a=(RED, (0, 0, 1, 1)))
    got = sample(regions(tiny), "tiny.png", 200)
    assert len(got.points) == 200 and len(np.unique(got.points.X, axis=0)) == 200


def test_classes_wear_the_colours_that_are_most_like_theirs():
    image = picture(a=(GREEN, (0, 0, 30, 30)), b=(BLUE, (30, 60, 40, 70)), c=((25, 25, 30, 255), (50, 0, 56, 40)))
    found = regions(image)
    at = dict(zip(found.names(), found.places(), strict=True))
    assert at == {"green": 2, "blue": 1, "black": 7}


def test_what_is_made_of_a_picture_is_an_experiment():
    got = sample(regions(two()), "two.png", 120)
    e = change(default("curve"), got.changes())
    assert (e.lab, e.data.kind, len(e.data.points)) == ("classify", "file", 120)
    assert set(e.data.names_of_classes()) == {"red", "blue"} and e.data.names_of_inputs() == ()
    assert len(e.data.colors_of_classes()) == 2
    one = sample(regions(picture(a=(RED, (0, 0, 9, 9)))), "one.png", 30)
    assert len(change(default("curve"), one.changes()).data.names_of_classes()) == 2, "one class alone is no error"


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (picture(), "The picture has one colour only: there is nothing beside its background."),
        (picture(ground=(1, 2, 3, 0)), "The picture is transparent everywhere: there is nothing to make points of."),
        (np.zeros((0, 0, 4), dtype=np.uint8), "The picture has no pixels."),
    ],
)  # fmt: skip
def test_pictures_without_anything_are_refused_in_one_sentence(image, sentence):
    with pytest.raises(SpecError) as error:
        regions(image)
    assert str(error.value) == sentence


colors = st.tuples(*[st.integers(0, 255)] * 3, st.sampled_from([0, 127, 128, 255]))


@given(st.lists(colors, min_size=1, max_size=40), st.integers(1, 10), st.booleans(), st.integers(1, 200), st.booleans())
@settings(max_examples=120)
def test_any_picture_becomes_points_or_one_sentence(cells, most, leave_out, n, even):
    image = np.array(cells, dtype=np.uint8)[None]
    try:
        found = regions(image, most, leave_out)
    except SpecError as error:
        assert "\n" not in str(error)
        return
    got = sample(found, "any.png", n, 3, even)
    assert len(got.points) == max(n, len(found.colors)) and 1 <= len(found.colors) <= most
    assert set(np.unique(got.points.t)) == set(range(len(found.colors)))
    assert len(set(got.class_names)) == len(got.class_names) and len(set(got.class_colors)) == len(got.class_colors)
    assert (found.labels[image[..., 3] < 128] == NONE).all()
    change(default("curve"), got.changes())
