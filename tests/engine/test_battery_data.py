"""What every data set must do, found through the registry: a new one is tested without another line."""

import numpy as np
import pytest

from playground.engine.datasets.base import MAX_CLASSES
from playground.engine.experiment import change, default, from_json, from_link, parameters, to_json, to_link
from playground.engine.problem import build
from playground.engine.registry import datasets, labs

PLACES = [(lab, kind) for lab in labs for kind, cls in datasets.items() if cls.fits(labs[lab].n_inputs)]
every = pytest.mark.parametrize(("lab", "kind"), PLACES, ids=[f"{lab}-{kind}" for lab, kind in PLACES])
DRAWN = [p for p in PLACES if datasets[p[1]].generated and not datasets[p[1]].measured]
generated = pytest.mark.parametrize(("lab", "kind"), DRAWN, ids=str)


def experiment(lab, kind, **fields):
    return change(
        default(lab), {"data.kind": kind, **{f"data.{name}": value for name, value in fields.items()}}
    )


@every
def test_it_can_be_chosen_and_has_a_name_and_a_place(lab, kind):
    e = experiment(lab, kind)
    assert e.lab == lab and e.data.kind == kind and e.data.n_inputs == labs[lab].n_inputs
    choice = parameters(e)["data.kind"]
    assert kind in choice.choices and choice.names[kind] == e.data.label != ""
    assert len(e.data.extent()) == e.data.n_inputs
    assert all(np.isfinite([low, high]).all() and low < high for low, high in e.data.extent())
    assert from_json(to_json(e)) == e == from_link(to_link(e))


@every
def test_it_makes_sound_points(lab, kind):
    e = experiment(lab, kind)
    points = e.data.make(e.seed.data)
    assert points.X.shape == (len(points), e.data.n_inputs) and points.t.shape == (len(points),)
    assert np.isfinite(points.X).all() and np.isfinite(points.t).all()
    assert not any(array.flags.writeable for array in (points.X, points.t, points.ids, points.part))
    if e.data.generated:
        assert points.ids.tolist() == list(range(e.data.size()))
        for (low, high), column in zip(e.data.extent(), points.X.T, strict=True):
            assert np.mean((low <= column) & (column <= high)) > 0.95, "most points are in the first picture"
    names = e.data.names_of_classes()
    if e.data.task == "classification":
        assert 2 <= len(names) <= MAX_CLASSES and len(set(names)) == len(names)
        assert np.isin(points.t, range(len(names))).all()
    else:
        assert names == ()


@generated
def test_the_seed_decides_and_nothing_else(lab, kind):
    e = experiment(lab, kind)
    assert e.data.make(5) == e.data.make(5)
    assert e.data.make(5) != e.data.make(6)


@generated
def test_it_has_as_many_points_as_asked_for(lab, kind):
    low, high = (
        parameters(experiment(lab, kind))["data.n"].low,
        parameters(experiment(lab, kind))["data.n"].high,
    )
    for n in (int(low), 17, int(high)):
        assert len(experiment(lab, kind, n=n).data.make(1)) == n


@generated
def test_noise_matters_and_every_amount_of_it_is_finite(lab, kind):
    p = parameters(experiment(lab, kind))["data.noise"]
    quiet, loud = (experiment(lab, kind, noise=value).data.make(1) for value in (p.low, p.high))
    assert quiet != loud and np.isfinite(loud.X).all() and np.isfinite(loud.t).all()


@every
def test_the_known_function_fits_the_points_without_noise(lab, kind):
    e = experiment(lab, kind)
    x = np.linspace(0, 1, 5)
    truth = e.data.truth(x)
    if e.data.has_source:
        quiet = experiment(lab, kind, noise=0.0).data.make(1)
        assert e.data.truth(quiet.X[:, 0]) == pytest.approx(quiet.t)
    else:
        assert truth is None and e.data.test_points(1) is None


@every
def test_it_becomes_a_problem_with_parts(lab, kind):
    e = experiment(lab, kind)
    problem = build(e)
    assert set(problem.parts) == {"train", "validation", "test"}
    own = len(problem.points)
    assert sum(len(part.ids) for part in problem.parts.values()) == own + (
        e.data.n_test if e.data.has_source else 0
    )
    assert build(change(e, {"model.kind": e.model.kind})) is problem
    assert not any(array.flags.writeable for part in problem.parts.values() for array in part)
