"""The Experiment: changed, refused, compared, written and read."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.experiment import (
    change,
    default,
    diff,
    from_json,
    from_link,
    is_live,
    known_parameters,
    parameters,
    set_text,
    to_json,
    to_link,
)
from playground.engine.points import Points
from playground.engine.registry import datasets, labs, models
from playground.engine.schema import SpecError, show
from tests.engine.strategies import TOGETHER, experiments, illegal, legal


def every_kind_of_experiment():
    """Each data set with each model, and each model with each optimiser, in each lab that has them."""
    for lab in labs:
        seen = set()
        for kind in parameters(default(lab))["data.kind"].choices:
            e = change(default(lab), {"data.kind": kind})
            for model in parameters(e)["model.kind"].choices:
                f = change(e, {"model.kind": model})
                for optimizer in parameters(f)["optimizer.kind"].choices[: 1 if model in seen else None]:
                    yield change(f, {"optimizer.kind": optimizer})
                seen.add(model)


EVERY = {f"{e.lab}-{e.data.kind}-{e.model.kind}-{e.optimizer.kind}": e for e in every_kind_of_experiment()}
every = pytest.mark.parametrize("e", EVERY.values(), ids=EVERY.keys())


# ---- what the labs open with ----


def test_the_curve_lab_opens_with_the_textbooks_example():
    e = default("curve")
    assert (e.data.kind, e.data.n, e.model.kind, e.model.order, e.model.ln_lambda) == (
        "sine",
        10,
        "polynomial",
        3,
        None,
    )
    assert (e.optimizer.kind, e.loss, e.split.train, e.data.n_test) == (
        "closed_form",
        "squared_error",
        1.0,
        100,
    )


def test_the_classification_lab_opens_with_a_network():
    e = default("classify")
    assert (e.data.kind, e.model.kind, e.loss) == ("spiral", "mlp", "cross_entropy")
    assert (e.split.train, e.split.validation, e.split.test) == (0.7, 0.0, 0.3)


def test_the_paths_that_scripts_rely_on_exist():
    paths = """lab data.kind data.n data.noise split.train split.validation split.test features model.kind model.order
        model.basis model.ln_lambda model.hidden model.activation model.init loss optimizer.kind optimizer.learning_rate
        training.batch_size training.l1 training.l2 training.device seed.data seed.split seed.init seed.batches
        seed.dropout data.n_test data.flip"""
    assert set(paths.split()) <= set(known_parameters())


def test_every_data_set_and_model_is_offered_somewhere():
    offered = {lab: parameters(default(lab)) for lab in labs}
    assert {k for p in offered.values() for k in p["data.kind"].choices} == set(datasets)
    assert {k for p in offered.values() for k in p["model.kind"].choices} == set(models)


# ---- legal and illegal values, from the schema itself ----


@every
def test_illegal_values_are_refused_by_name(e):
    for path, p in parameters(e).items():
        if p.kind == "opaque" or path == "lab":
            continue
        for value in illegal(p):
            with pytest.raises(SpecError) as error:
                change(e, {path: value})
            sentence = str(error.value)
            assert sentence.startswith(path) and sentence.endswith(".") and "\n" not in sentence, sentence
            assert error.value.path == path
            assert len(sentence) < 320


@given(st.sampled_from(list(EVERY.values())), st.data())
def test_legal_values_are_taken_and_can_be_typed(e, data):
    free = {"data.kind", "model.kind", "optimizer.kind", "lab", "loss", "model.output", "training.executor",
            *TOGETHER}  # fmt: skip
    for path, p in parameters(e).items():
        if p.kind == "opaque" or path in free or path.startswith("split."):
            continue
        value = data.draw(legal(p, e), label=path)
        changed = change(e, {path: value})
        assert diff(e, changed) <= {path, "data.points", "data.class_names"}
        if p.kind not in ("float", "floats", "text", "names"):
            text = "" if value == () else show(value)
            assert set_text(e, [(path, text)]) == changed


@every
def test_the_default_of_every_parameter_is_legal_and_restores_it(e):
    for path, p in parameters(e).items():
        if not path.startswith("split.") and p.kind != "opaque" and path != "lab":
            change(e, {path: p.default})


def test_an_unknown_path_is_answered_with_the_nearest():
    with pytest.raises(SpecError, match=r"There is no parameter model.ordr; did you mean model.order\?"):
        set_text(default(), [("model.ordr", "3")])
    with pytest.raises(SpecError, match="'playground describe' lists them all"):
        set_text(default(), [("zzzz", "3")])


def test_a_path_of_another_kind_has_no_meaning():
    with pytest.raises(SpecError, match="data.classes has no meaning here: data.kind is sine"):
        set_text(default(), [("data.classes", "3")])
    with pytest.raises(SpecError, match="data.flip has no meaning here: data.kind is reg-plane"):
        set_text(default("classify"), [("data.kind", "reg-plane"), ("data.flip", "0.1")])


def test_the_range_is_that_of_the_chosen_kind():
    with pytest.raises(SpecError, match="data.n must be a whole number from 10 to 5000, not 6000"):
        set_text(default("classify"), [("data.n", "6000")])
    with pytest.raises(SpecError, match="data.n must be a whole number from 1 to 1000, not 6000"):
        set_text(default("curve"), [("data.n", "6000")])


# ---- tags, and what follows them ----


def test_a_tag_is_applied_before_the_fields_that_belong_to_it():
    e = set_text(default(), [("model.hidden", "4,2"), ("model.kind", "mlp")])
    assert e.model.hidden == (4, 2) and e.optimizer.kind == "adam"


def test_data_of_another_lab_bring_their_lab():
    e = change(default("curve"), {"data.kind": "xor"})
    assert (e.lab, e.model.kind, e.loss) == ("classify", "mlp", "cross_entropy")


@pytest.mark.parametrize(
    ("lab", "inputs", "task"), [("curve", 1, "regression"), ("classify", 2, "classification")]
)
@pytest.mark.parametrize("kind", ["drawn", "file"])
def test_drawn_and_file_exist_in_both_labs(lab, inputs, task, kind):
    e = set_text(default(lab), [("data.kind", kind)])
    assert (e.lab, e.data.kind, e.data.n_inputs, e.data.task) == (lab, kind, inputs, task)
    assert len(e.data.make(1)) == 0
    assert (e.split.train, e.split.test) == (0.7, 0.3)


def test_points_with_the_wrong_number_of_inputs_are_refused():
    plane = Points([[0.0, 1.0]], [0])
    with pytest.raises(SpecError, match="data.points must have 1 input in the curve lab, not 2"):
        change(default("curve"), {"data.kind": "drawn", "data.points": plane})
    with pytest.raises(SpecError, match="data.points must have 1 input"):
        change(default("curve"), {"data.points": plane})


def test_a_class_index_beyond_ten_is_refused():
    for t in (10, -1, 0.5):
        with pytest.raises(SpecError, match="classes in data.points must be whole numbers from 0 to 9"):
            change(default("classify"), {"data.kind": "drawn", "data.points": Points([[0, 0]], [t])})


def test_numeric_targets_have_a_squared_error_and_classes_a_cross_entropy():
    e = change(default("classify"), {"data.kind": "reg-plane"})
    assert e.loss == "squared_error" and e.data.names_of_classes() == ()
    assert parameters(e)["loss"].choices == ("squared_error",)
    assert change(e, {"data.kind": "circle"}).loss == "cross_entropy"


def test_the_loss_follows_the_output_unless_it_is_given():
    e = change(default("classify"), {"model.output": "tanh"})
    assert e.loss == "squared_error"
    assert change(e, {"model.output": "logit"}).loss == "cross_entropy"
    assert change(e, {"loss": "cross_entropy"}).model.output == "auto"
    with pytest.raises(SpecError, match="loss must be squared_error with model.output=tanh"):
        change(e, {"model.output": "tanh", "loss": "cross_entropy"})


def test_a_third_class_makes_the_output_automatic():
    e = change(default("classify"), {"model.output": "logit"})
    points = e.data.make(e.seed.data).add([[0, 0]], [2])
    assert change(e, {"data.points": points}).model.output == "auto"
    with pytest.raises(SpecError, match="model.output must be auto unless there are two classes"):
        change(default("classify"), {"data.kind": "blobs", "model.output": "tanh"})


def test_a_model_or_optimizer_that_does_not_fit_is_refused():
    with pytest.raises(SpecError, match="model.kind must be one of mlp, .* in the classify lab, not polynomial"):
        change(default("classify"), {"model.kind": "polynomial"})
    with pytest.raises(SpecError, match="must be one of adam, sgd, .* for the model mlp, not closed_form"):
        change(default("classify"), {"optimizer.kind": "closed_form"})


# ---- shares ----


@pytest.mark.parametrize(
    ("lab", "given", "shares"),
    [
        ("classify", {"train": 1.0}, (1, 0, 0)),
        ("classify", {"train": 0.5}, (0.5, 0, 0.5)),
        ("classify", {"validation": 0.1}, (0.7, 0.1, 0.2)),
        ("classify", {"validation": 0.9}, (0.1, 0.9, 0)),
        ("classify", {"train": 0.6, "validation": 0.2}, (0.6, 0.2, 0.2)),
        ("classify", {"test": 0.5}, (0.5, 0, 0.5)),
        ("classify", {"train": 0.6, "test": 0.1}, (0.6, 0.3, 0.1)),
        ("curve", {"validation": 0.3}, (0.7, 0.3, 0)),
        ("curve", {"train": 0.5, "validation": 0.25, "test": 0.25}, (0.5, 0.25, 0.25)),
    ],
)
def test_test_is_what_training_and_validation_leave(lab, given, shares):
    e = set_text(default(lab), [(f"split.{name}", str(value)) for name, value in given.items()])
    assert (e.split.train, e.split.validation, e.split.test) == pytest.approx(shares)


@pytest.mark.parametrize(
    "given",
    [
        {"train": 0.7, "validation": 0.7},
        {"train": 0.5, "validation": 0.1, "test": 0.1},
        {"train": 0.9, "test": 0.5},
    ],
)
def test_shares_that_do_not_add_up_are_refused(given):
    with pytest.raises(
        SpecError, match=r"split.train, split.validation and split.test must add up to 1, not \d\.\d+"
    ):
        change(default("classify"), {f"split.{name}": value for name, value in given.items()})


# ---- edits by hand ----


def test_edited_points_stay_while_other_settings_change_and_go_when_new_ones_are_made():
    e = default("classify")
    edited = change(e, {"data.points": e.data.make(e.seed.data).remove([0, 1])})
    assert change(edited, {"model.hidden": (4,), "seed.split": 5, "split.train": 0.5}).data.points is not None
    for path, value in (("data.n", 100), ("data.noise", 0.2), ("seed.data", 5), ("data.flip", 0.1)):
        assert change(edited, {path: value}).data.points is None


def test_drawn_points_do_not_depend_on_the_seed():
    e = change(default(), {"data.kind": "drawn", "data.points": Points([[0.5]], [1])})
    assert len(change(e, {"seed.data": 5}).data.points) == 1


def test_classes_added_by_hand_go_with_the_points():
    e = change(default("classify"), {"data.class_names": ("cat", "dog", "fish")})
    assert e.data.names_of_classes() == ("cat", "dog", "fish")
    for path, value in (("data.noise", 0.3), ("seed.data", 9), ("data.points", None)):
        assert change(e, {path: value}).data.names_of_classes() == ("cat", "dog")


# ---- live or not ----


@pytest.mark.parametrize(
    ("changes", "live"),
    [
        ({"optimizer.learning_rate": 0.1}, True), ({"training.l2": 0.1, "training.batch_size": 8}, True),
        ({"data.points": Points([[0, 0]], [1])}, True), ({"data.class_names": ("a", "b")}, True),
        ({"model.hidden": (4,)}, False), ({"seed.init": 99}, False), ({"data.noise": 0.2}, False), ({}, True),
    ],
)  # fmt: skip
def test_what_can_change_while_training(changes, live):
    e = default("classify")
    assert is_live(e, change(e, changes)) is live


def test_diff_names_the_paths_that_differ():
    e = default("curve")
    assert diff(e, e) == frozenset()
    assert diff(e, change(e, {"model.order": 9, "seed.data": 3})) == {"model.order", "seed.data"}
    assert {"model.order", "model.hidden", "optimizer.beta1"} <= diff(e, change(e, {"model.kind": "mlp"}))


# ---- written and read ----


@given(experiments())
def test_json_and_links_are_exact(e):
    assert from_json(json.loads(json.dumps(to_json(e)))) == e
    link = to_link(e)
    assert re.fullmatch(r"[!-~]+", link)
    assert from_link(link) == e


@every
def test_only_what_differs_is_written(e):
    assert set(to_json(e)["changes"]) <= {"data.kind", "data.points", "model.kind", "optimizer.kind", "loss"}


def test_a_default_that_a_kind_has_to_itself_survives():
    """sgd starts from another rate than adam does; a rate of adam's default must not be taken for sgd's."""
    e = change(default("classify"), {"optimizer.kind": "sgd", "optimizer.learning_rate": 0.01})
    assert from_json(to_json(e)).optimizer.learning_rate == 0.01
    assert from_link(to_link(e)).optimizer.learning_rate == 0.01


def test_a_link_reads_as_text():
    e = set_text(default(), [("model.order", "9"), ("model.ln_lambda", "-18"), ("seed.data", "3")])
    assert to_link(e) == "playground:v1?lab=curve&model.ln_lambda=-18.0&model.order=9&seed.data=3"
    assert from_link("playground:v1?lab=curve&model.order=9").model.order == 9


@pytest.mark.parametrize(
    "link",
    [
        "", "http://x", "playground:", "playground:v1", "playground:v2?lab=curve", "playground:vx?lab=curve",
        "playground:v0?lab=curve", "playground:v1?lab", "playground:v1?lab=moon",
        "playground:v1?model.order=99", "playground:v1?nothing=1",
        "playground:v1?lab=curve&data.points=AAAA", "playground:v1?lab=curve&data.points=%FF",
        "playground:v²?lab=curve",
    ],
)  # fmt: skip
def test_a_damaged_link_is_refused_in_one_sentence(link):
    with pytest.raises(SpecError) as error:
        from_link(link)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


@given(st.text(max_size=80).map(lambda s: "playground:v1?" + s) | st.text(max_size=40))
def test_any_text_given_as_a_link_is_read_or_refused(text):
    try:
        from_link(text)
    except SpecError:
        pass


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "version": st.just(1) | anything, "lab": st.sampled_from(tuple(labs)) | anything,
            "changes": st.dictionaries(st.sampled_from(tuple(known_parameters())), anything, max_size=3) | anything,
        },
    ) | anything
)  # fmt: skip
def test_any_json_is_read_or_refused(data):
    try:
        from_json(data)
    except SpecError as error:
        assert "\n" not in str(error)


def test_an_experiment_from_a_newer_program_is_refused():
    with pytest.raises(SpecError, match="version 2 and comes from a newer Playground"):
        from_json({"version": 2, "lab": "curve", "changes": {}})


# ---- an activation for each layer ----


def test_each_hidden_layer_can_have_its_own_activation():
    e = set_text(default("classify"), [("model.hidden", "5,4,3"), ("model.activations", "relu, sine,relu")])
    assert e.model.layer_activations() == ("relu", "sine", "relu")
    assert change(default("classify"), {"model.activation": "gelu"}).model.layer_activations() == ("gelu", "gelu")
    assert from_json(to_json(e)) == e and from_link(to_link(e)) == e


@pytest.mark.parametrize("names", [("relu",), ("relu", "tanh", "tanh")])
def test_activations_must_be_as_many_as_layers(names):
    with pytest.raises(SpecError) as error:
        change(default("classify"), {"model.activations": names})
    assert str(error.value) == (
        f"model.activations must be empty or as many as there are hidden layers (2), not {len(names)}."
    )


def test_activations_follow_the_layers_and_give_way_to_one_for_all():
    e = change(default("classify"), {"model.activations": ("relu", "sine")})
    assert change(e, {"model.hidden": (8, 8, 4)}).model.activations == ("relu", "sine", "tanh")
    assert change(e, {"model.hidden": (3,)}).model.activations == ("relu",)
    assert change(e, {"model.hidden": ()}).model.activations == ()
    assert change(e, {"model.activation": "gelu"}).model.layer_activations() == ("gelu", "gelu")
    with pytest.raises(SpecError, match=r"model\.hidden must be"):
        change(e, {"model.hidden": (8,) * 9})
