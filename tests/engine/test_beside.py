"""Models side by side: each has the numbers that it has alone, keeps step, and comes back with session and undo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from sklearn.svm import SVC

from playground.engine import beside, session
from playground.engine import experiment as ex
from playground.engine.commands import Collect, Load, LoadRecord, Play, Rewind, Seek, Set, Step
from playground.engine.schema import SpecError
from playground.engine.trainer import Run
from tests.engine.asking import Ask
from tests.engine.strategies import experiments
from tests.engine.test_session import assert_same
from tests.engine.test_worker import loaded, until, worker  # noqa: F401  a fixture

SMALL = {"data.n": 60, "model.hidden": (4,)}
RIVAL = "mlp:model.hidden=3:optimizer.kind=sgd:training.batch_size=7"


def small(*texts: str, **changes: object) -> ex.Experiment:
    return ex.change(ex.default("classify"), {**SMALL, "beside": texts, **changes})


def trained(e: ex.Experiment, epochs: int) -> Run:
    run = Run(e)
    run.run_epochs(epochs)
    run.companions.bring_up()
    return run


def weights_of(run: Run) -> list[bytes]:
    return [array.tobytes() for array in run.weights().values()]


@given(experiments().filter(lambda e: e.lab == "classify"))
def test_an_entry_says_all_of_a_model(e: ex.Experiment) -> None:
    assert beside.companion(e, beside.text_of(e)) == beside.alone(e)


def test_entries_survive_file_and_link() -> None:
    texts = ("svm:model.C=10.0", "mlp:feature_formula=sin(x1%20x2):features=x1+x1*x2:model.hidden=4+4")
    e = small(*texts)
    assert ex.from_json(ex.to_json(e)) == e and ex.from_link(ex.to_link(e)) == e
    own = beside.companion(e, texts[1])
    assert (own.features, own.feature_formula, own.model.hidden) == (("x1", "x1*x2"), "sin(x1 x2)", (4, 4))
    assert beside.text_of(own) == texts[1]
    typed = ex.set_text(ex.default("classify"), [("beside", "svm, mlp:model.hidden=2+2")])
    assert typed.beside == ("svm", "mlp:model.hidden=2+2")


@pytest.mark.parametrize(("texts", "words"), [
    (("svm", "tree", "knn", "mlp"), "beside must be up to three models"),
    (("svm", "svm"), "beside must be up to three models, each once"),
    (("dinosaur",), "beside must begin each model with one of mlp, perceptron, .*, not dinosaur"),
    (("polynomial",), "beside must begin each model with one of"),
    (("svm:data.n=3",), "beside must have settings of the model after its kind, .* not data.n=3"),
    (("svm:model.C=0",), "beside: model.C must be a number from 0.001 to 10000, not 0"),
    (("svm:model.hidden=3",), "beside: model.hidden has no meaning here"),
])  # fmt: skip
def test_wrong_entries_are_one_sentence(texts: tuple[str, ...], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        small(*texts)
    with pytest.raises(SpecError, match="beside must be empty in the curve lab"):
        ex.change(ex.default(), {"beside": ("svm",)})


def test_numbers_are_those_of_the_same_model_alone() -> None:
    run = trained(small("svm:model.C=3.0", RIVAL), 12)
    svm, rival = (member.run for member in run.companions.members)
    assert svm is not None and rival is not None and rival.epoch == run.epoch == 12
    alone = Run(ex.change(ex.default("classify"), {
        "data.n": 60, "model.hidden": (3,), "optimizer.kind": "sgd", "training.batch_size": 7,
    }))  # fmt: skip
    alone.run_epochs(12)
    assert weights_of(alone) == weights_of(rival) and alone.scores() == rival.scores()
    train, test = run.problem.parts["train"], run.problem.parts["test"]
    direct = SVC(C=3.0).fit(train.X, train.t)
    assert svm.scores()["test"].accuracy == direct.score(test.X, test.t)
    assert (svm.raw(test.X)[:, 0] == direct.decision_function(test.X)).all()
    assert svm.n_parameters == sum(a.size for a in (direct.support_vectors_, direct.dual_coef_, direct.intercept_))
    assert weights_of(run) == weights_of(trained(small(), 12)), "the main one does not notice"


def test_changes_on_the_way_come_to_all_at_the_same_epoch() -> None:
    run = trained(small(RIVAL, "knn"), 4)
    more = run.problem.points.add([[1.0, 2.0]], [0])
    run.change(ex.change(run.experiment, {"data.points": more}))
    run.run_epochs(3)
    run.companions.bring_up()
    alone = Run(beside.companion(small(), RIVAL))
    alone.run_epochs(4)
    alone.change(ex.change(alone.experiment, {"data.points": more}))
    alone.run_epochs(3)
    rival, knn = (member.run for member in run.companions.members)
    assert weights_of(rival) == weights_of(alone) and knn.n_train + len(knn.problem.parts["test"].ids) == 61


def test_kept_beside_it_goes_on_from_where_it_stands(worker) -> None:  # noqa: F811
    e = small()
    loaded(worker, e)
    for _ in range(3):
        worker.send(Step())
    until(worker, lambda s: s.epoch == 3 and s.status == "paused")
    both = ex.change(e, {"beside": (beside.text_of(e),)})
    worker.send(Set(both))
    svm = ex.change(both, {"model.kind": "svm"})
    worker.send(Load(2, svm))
    until(worker, lambda s: s.generation == 2 and s.executor == "sklearn" and s.epoch == 3)
    worker.send(Step())
    until(worker, lambda s: s.epoch == 4 and s.status == "finished")
    back = ex.change(e, {"beside": (beside.text_of(svm),)})  # they change places
    worker.send(Load(3, back))
    snapshot = until(worker, lambda s: s.generation == 3 and s.status == "paused")
    assert (snapshot.epoch, snapshot.executor) == (4, "fused")
    alone = trained(e, 4)
    assert snapshot.scores["train"] == alone.scores()["train"]


def collected(worker) -> Run:  # noqa: F811
    worker.send(Collect(1))
    until(worker, lambda s: bool(worker.outbox))
    return Run.from_record(worker.outbox.popleft().record)


def test_transport_moves_all_and_who_comes_late_catches_up(worker) -> None:  # noqa: F811
    e = small(RIVAL)
    loaded(worker, e)
    worker.send(Play(epochs_per_second=2000.0))
    until(worker, lambda s: s.epoch >= 40)
    worker.send(Seek(20))
    until(worker, lambda s: s.epoch == 20 and s.status == "paused")
    worker.send(Set(ex.change(e, {"beside": (RIVAL, "logistic", "tree")})))
    run = collected(worker)
    assert [member.run.epoch for member in run.companions.members] == [20, 20, 1]
    assert weights_of(run.companions.members[0].run) == weights_of(trained(beside.companion(e, RIVAL), 20))
    worker.send(Rewind())
    worker.send(Step("batch"))
    run = collected(worker)
    assert [m.run.step for m in run.companions.members] == [1, 1, 1]


def test_a_model_that_does_not_go_with_the_data_waits_for_others() -> None:
    e = small("svm", RIVAL, **{"data.kind": "reg-plane"})
    run = trained(e, 2)
    svm, rival = run.companions.members
    assert svm.run is None and svm.note.startswith("SVM, RBF tells classes apart")
    assert rival.run.experiment.loss == "squared_error" and rival.run.scores()["test"].rms > 0
    run = Run(ex.change(e, {"data.kind": "circle"}))
    assert run.companions.members[0].run.status == "finished"


def test_a_session_brings_all_of_them_back(tmp_path: Path, worker, ask: Ask) -> None:  # noqa: F811
    run = trained(small("svm", RIVAL, "knn:model.k=3"), 5)
    record = run.record()
    session.write(tmp_path / "a.playground", record)
    read, _ = session.read(tmp_path / "a.playground")
    assert_same(record, read)
    for one, other in zip(record.beside, read.beside, strict=True):
        assert_same(one, other)
        assert one.seconds == other.seconds
    worker.send(LoadRecord(1, read))
    until(worker, lambda s: s.generation == 1 and s.epoch == 5)
    again = collected(worker)
    assert [m.run.scores() for m in again.companions.members] == [m.run.scores() for m in run.companions.members]
    told = ask("run", str(tmp_path / "a.playground"), "--json").json
    assert [one["model"] for one in told["beside"]] == list(run.experiment.beside)
    for one, member in zip(told["beside"], run.companions.members, strict=True):
        score = member.run.scores()["test"]
        assert (one["test"]["loss"], one["test"]["accuracy"]) == (score.loss, score.accuracy)
        assert (one["n_parameters"], one["epochs"]) == (member.run.n_parameters, member.run.epoch)
    further = ask("run", str(tmp_path / "a.playground"), "--epochs", 2, "--json").json
    assert further["beside"][1]["epochs"] == further["epochs"] == 7


def test_the_command_line_trains_those_beside_a_solved_model(ask: Ask) -> None:
    told = ask("run", "--lab", "classify", "--set", "model.kind=svm", "--set", "data.n=60", "--set",
               f"beside={RIVAL},naive_bayes", "--epochs", 6, "--json").json  # fmt: skip
    rival, bayes = told["beside"]
    assert (told["executor"], rival["epochs"], bayes["epochs"]) == ("sklearn", 6, 1)
    assert np.isclose(np.mean(told["test"]["recall"]), told["test"]["balanced_accuracy"])
    assert rival["name"] == "Network 3" and bayes["training_seconds"] > 0
