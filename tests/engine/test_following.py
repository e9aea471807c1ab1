"""What a person did to a network follows it when its shape changes; what it cannot have is refused."""

import pytest

from playground.engine import experiment as ex
from playground.engine.schema import SpecError

SKIPS, HELD = ("1-3", "0-2p"), ("w2.3.1=0.5", "p0-2.1.1=1", "b4.1=0")


def network(**changes):
    e = ex.change(ex.default("classify"), {"model.hidden": (8, 6, 8), "model.skips": SKIPS, "model.held": HELD,
                                           "model.edits": ("w1.1.1:0.0>1.0",), "model.dropouts": (0.1, 0.2, 0.3)})
    return ex.change(e, changes) if changes else e  # fmt: skip


@pytest.mark.parametrize(("changes", "skips", "held", "dropouts"), [
    ({"model.hidden": (8, 6, 8, 5)}, SKIPS, HELD[:2], (0.1, 0.2, 0.3, 0.0)),
    ({"model.hidden": (8, 6)}, ("0-2p",), HELD[:2], (0.1, 0.2)),
    ({"model.hidden": (9, 6, 8)}, ("0-2p",), HELD[1:], (0.1, 0.2, 0.3)),
    ({"model.hidden": (8, 6, 4, 8)}, ("1-4", "0-2p"), (*HELD[:2], "b5.1=0"), (0.1, 0.2, 0.3, 0.0)),
    ({"features": ("x1", "x2", "x1*x2")}, SKIPS, (HELD[0], HELD[2]), (0.1, 0.2, 0.3)),
    ({"data.kind": "blobs", "data.classes": 4}, SKIPS, HELD[:2], (0.1, 0.2, 0.3)),
])  # fmt: skip
def test_links_of_layers_that_stayed_stay_and_edits_go(changes, skips, held, dropouts):
    m = network(**changes).model
    assert (m.skips, m.held, m.edits, m.dropouts) == (skips, held, (), dropouts)


def test_what_keeps_the_shape_keeps_all():
    for changes in ({"model.activation": "relu"}, {"data.noise": 0.3}, {"loss": "squared_error"}, {"seed.init": 3}):
        m = network(**changes).model
        assert (m.skips, m.held, m.edits) == (SKIPS, HELD, ("w1.1.1:0.0>1.0",))
    assert network(**{"model.dropout": 0.4}).model.dropouts == ()


def test_numbers_of_a_projection_go_with_it():
    assert network(**{"model.skips": ("1-3",)}).model.held == (HELD[0], HELD[2])


@pytest.mark.parametrize(("path", "value", "sentence"), [
    ("model.skips", ("1-4",), "model.skips: layer 1 has 8 units and layer 4 has 2; write 1-4p for a learned "
                              "projection, or give both the same width."),
    ("model.skips", ("1-2",), "model.skips must be pairs of layers, not neighbours, like 1-3, or 0-2p with a "
                              "projection, with commas between them, not 1-2."),
    ("model.skips", ("1-9p",), "model.skips must be connections between layers 0 to 4 of this network, not 1-9p."),
    ("model.skips", ("1-3", "1-3p"), "model.skips must have one connection at most from layer 1 to layer 3."),
    ("model.held", ("w2.7.1=1",), "model.held must be links of this network, whose layers have 2, 8, 6, 8, 2 units, "
                                  "not w2.7.1."),
    ("model.held", ("b1.1=1", "b1.1=2"), "model.held must name each link once, not b1.1 twice."),
    ("model.held", ("b1.1=nan",), "model.held must be links with a value like w1.2.1=0.5 or b2.1=0, with commas "
                                  "between them, not b1.1=nan."),
    ("model.held", ("w1.1.1=1e308",), "model.held must be links with a value like w1.2.1=0.5 or b2.1=0, with commas "
                                      "between them, not w1.1.1=1e308."),
    ("model.held", ("w1.1.1=much",), "model.held must be links with a value like w1.2.1=0.5 or b2.1=0, with commas "
                                     "between them, not w1.1.1=much."),
    ("model.edits", ("w1.1.1:0.5>inf",), "model.edits must be links with two values like w1.2.1:0.1>0.5, with commas "
                                         "between them, not w1.1.1:0.5>inf."),
    ("model.edits", ("w1.1.1:0.5>much",), "model.edits must be links with two values like w1.2.1:0.1>0.5, with commas "
                                         "between them, not w1.1.1:0.5>much."),
    ("model.held", ("p1-3.1.1=2",), "model.held must be links of this network, whose layers have 2, 8, 6, 8, 2 units, "
                                    "not p1-3.1.1."),
])  # fmt: skip
def test_what_a_network_cannot_have_is_refused_in_one_sentence(path, value, sentence):
    with pytest.raises(SpecError) as error:
        network(**{path: value})
    assert str(error.value) == sentence and error.value.path == path
