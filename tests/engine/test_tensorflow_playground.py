"""The rules of TensorFlow Playground, against a re-implementation from their description; and its URLs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine import addresses
from playground.engine import experiment as ex
from playground.engine.datasets.base import Floats
from playground.engine.presets import presets
from playground.engine.problem import build
from playground.engine.schema import SpecError
from playground.engine.tensorflow_playground import DATA, KNOWN, NUMERIC, from_url, is_url
from playground.engine.trainer import Run
from tests.engine.asking import Ask

HOME = "https://playground.tensorflow.org/"
COPIED = (
    HOME + "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0"
    "&noise=0&networkShape=4,2&seed=0.52381&showTestData=false&discretize=false&percTrainData=50&x=true&y=true"
    "&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)
"""As the address line of that program has it."""
PRESET = presets["tensorflow"]


# ---- the rules ----


class Theirs:
    """That program's network: half the squared error of each point, its gradient summed up point after point, an
    update by the mean after each `batch` points. Hidden units tanh; the output tanh for classes, else linear."""

    def __init__(self, weights: dict[str, Any], tanh_output: bool) -> None:
        n_layers = len(weights) // 2
        self.w = [[[float(v) for v in row] for row in weights[f"{i}.weight"]] for i in range(n_layers)]
        self.b = [[float(v) for v in weights[f"{i}.bias"]] for i in range(n_layers)]
        self.tanh_output, self.count = tanh_output, 0
        self.forget()

    def forget(self) -> None:
        self.dw = [[[0.0] * len(row) for row in layer] for layer in self.w]
        self.db = [[0.0] * len(layer) for layer in self.b]

    def add(self, x: Floats, target: float) -> None:
        outputs = [[float(v) for v in x]]
        for i, (rows, biases) in enumerate(zip(self.w, self.b, strict=True)):
            sums = [bias + sum(w * a for w, a in zip(row, outputs[-1], strict=True))
                    for row, bias in zip(rows, biases, strict=True)]  # fmt: skip
            bends = self.tanh_output or i < len(self.w) - 1
            outputs.append([math.tanh(z) if bends else z for z in sums])
        errors = [y - target for y in outputs[-1]]
        for i in reversed(range(len(self.w))):
            bends = self.tanh_output or i < len(self.w) - 1
            deltas = [e * (1 - a * a) if bends else e for e, a in zip(errors, outputs[i + 1], strict=True)]
            errors = [sum(d * row[k] for d, row in zip(deltas, self.w[i], strict=True)) for k in range(len(outputs[i]))]
            for j, delta in enumerate(deltas):
                self.db[i][j] += delta
                for k, a in enumerate(outputs[i]):
                    self.dw[i][j][k] += delta * a
        self.count += 1

    def update(self, rate: float) -> None:
        for i, layer in enumerate(self.w):
            for j, row in enumerate(layer):
                self.b[i][j] -= rate * self.db[i][j] / self.count
                for k in range(len(row)):
                    row[k] -= rate * self.dw[i][j][k] / self.count
        self.count = 0
        self.forget()

    def train(self, X: Floats, targets: Floats, n_updates: int, batch: int = 10, rate: float = 0.03) -> None:
        """Always in the order given: what is left over at the end of an epoch waits for the next one."""
        seen = 0
        while n_updates:
            self.add(X[seen % len(X)], float(targets[seen % len(X)]))
            seen += 1
            if seen % len(X) % batch == 0:
                self.update(rate)
                n_updates -= 1


def distance(run: Run, theirs: Theirs) -> float:
    weights = run.weights()
    pairs = [(weights[f"{i}.weight"], w) for i, w in enumerate(theirs.w)]
    pairs += [(weights[f"{i}.bias"], b) for i, b in enumerate(theirs.b)]
    return max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs)


@pytest.mark.parametrize("how", ["steps", "epochs"])
@pytest.mark.parametrize("executor", ["fused", "torch"])
@pytest.mark.parametrize("data", DATA)
def test_a_hundred_updates_as_there(data: str, executor: str, how: str) -> None:
    changes = {"training.precision": "float64", "training.executor": executor, "training.device": "cpu"}
    run = Run(ex.change(PRESET.experiment(data), changes))
    assert (run.executor.name, run.experiment.data.kind) == (executor, data)
    begin, order, train = run.weights(), run.order(), run.problem.train
    assert all(np.all(np.abs(begin[f"{i}.weight"]) < 0.5) and np.all(begin[f"{i}.bias"] == 0.1) for i in range(3))
    assert len(train.t) == DATA[data] / 2
    n_updates = 100 if how == "steps" else -(-100 // (len(order) // 10)) * (len(order) // 10)
    theirs = Theirs(begin, tanh_output=data not in NUMERIC)
    targets = train.t if data in NUMERIC else 2.0 * train.t - 1.0
    theirs.train(train.X[order], targets[order], n_updates)
    if how == "steps":
        for _ in range(n_updates):
            run.step_batch()
    else:
        run.run_epochs(n_updates // (len(order) // 10))
    assert run.step == n_updates
    assert distance(run, theirs) < 1e-9
    assert max(float(np.abs(run.weights()[name] - begin[name]).max()) for name in begin) > 1e-3


# ---- URLs ----


def test_a_url_as_that_program_writes_it_is_the_preset() -> None:
    e, lost = from_url(COPIED)
    seeds = {f"seed.{name}": getattr(PRESET.experiment().seed, name) for name in ("data", "split", "init", "batches")}
    assert ex.change(e, seeds) == PRESET.experiment()
    assert len(build(e).train.ids) == 250
    assert len(lost) == 2 and "seed=0.52381" in lost[0] and "showTestData" in lost[1]


@pytest.mark.parametrize("url", [
    HOME, HOME + "#", "http://playground.tensorflow.org", "https://www.playground.tensorflow.org/#",
    "playground.tensorflow.org/#x=true&y=true", "HTTPS://Playground.TensorFlow.org/?utm=1#activation=tanh&&",
    f"  {HOME}#networkShape=4%2C2&problem=&seed=\n",
])  # fmt: skip
def test_what_is_missing_has_its_default(url: str) -> None:
    assert is_url(url) and from_url(url) == (PRESET.experiment(), ())


KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "activation": ("activation=relu", {"model.activation": "relu"}),
    "sigmoid": ("activation=sigmoid", {"model.activation": "sigmoid"}),
    "linear": ("activation=linear", {"model.activation": "linear"}),
    "batch": ("batchSize=25", {"training.batch_size": 25}),
    "data": ("dataset=spiral", {"data.kind": "spiral"}),
    "the data of the other problem": ("regDataset=reg-gauss", {}),
    "rate": ("learningRate=1e-3", {"optimizer.learning_rate": 0.001}),
    "rate without a penalty": ("regularizationRate=0.1", {}),
    "noise": ("noise=35", {"data.noise": 0.35}),
    "share": ("percTrainData=70", {"split.train": 0.7, "split.test": 0.3, "seed.split": 34}),
    "no hidden layer": ("networkShape=", {"model.hidden": ()}),
    "deep": ("networkShape=8,8,8,8,8,8", {"model.hidden": (8,) * 6}),
    "zeros": ("initZero=true", {"model.init": "zeros"}),
    "inputs": ("x=false&xTimesY=true&sinY=true", {"features": ("x2", "x1*x2", "sin(x2)")}),
    "all inputs": ("xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true",
                   {"features": ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")}),
}  # fmt: skip


@pytest.mark.parametrize("case", KEYS)
def test_each_key_is_carried_over_and_nothing_is_lost(case: str) -> None:
    text, changes = KEYS[case]
    e, lost = from_url(f"{HOME}#{text}")
    assert lost == ()
    if "split.train" in changes:
        assert len(build(e).train.ids) == 350
        changes = {**changes, "seed.split": e.seed.split}
    expected = PRESET.experiment(changes.get("data.kind", ""))
    assert e == ex.change(expected, {path: v for path, v in changes.items() if path != "data.kind"})


def test_a_problem_of_regression_has_its_own_data_and_a_linear_output() -> None:
    e, lost = from_url(f"{HOME}#problem=regression&dataset=spiral&regDataset=reg-gauss")
    assert lost == () and e == PRESET.experiment("reg-gauss")
    assert (e.data.n, e.model.output_kind(0), e.loss) == (1200, "identity", "squared_error")


LOST: dict[str, tuple[str, tuple[str, ...]]] = {
    "seed": ("seed=0.1", ("seed=0.1 ",)),
    "a seed in words": ("seed=ABC", ("seed=ABC ",)),
    "discrete map": ("discretize=true", ("discretize",)),
    "test points": ("showTestData=false", ("showTestData",)),
    "hidden controls": ("playButton_hide=true&x_hide=true&y_hide=false", ("controls (playButton_hide, x_hide)",)),
    "tutorial": ("tutorial=one", ("tutorial=one",)),
    "page": ("hideText=true&collectStats=true", ("hideText", "collectStats")),
    "L1": ("regularization=L1&regularizationRate=0.01", ("penalty's own step", "weights that L1 has put to zero")),
    "L2": ("regularization=L2&regularizationRate=0.01", ("penalty's own step",)),
    "a strong penalty": ("regularization=L2&regularizationRate=10", ("10 (here from 0 to 1: 1", "penalty's own step")),
    "left-over gradients": ("batchSize=30", ("left over",)),
    "no update": ("batchSize=600", ("no update at all",)),
    "dead keys": ("cosX=true&cosY=true", ("cosX", "cosY")),
    "noise": ("noise=80", ("noise=80 (here from 0 to 50: 50",)),
    "share": ("percTrainData=120", ("percTrainData=120 (here from 1 to 100: 100",)),
    "rate": ("learningRate=30", ("learningRate=30 (here from 1e-05 to 10: 10",)),
    "size": ("networkShape=4,0,1000", ("networkShape=4,0,1000 (here up to 8 layers of 1 to 256",)),
    "depth": ("networkShape=1,1,1,1,1,1,1,1,1", ("networkShape=1,1,1,1,1,1,1,1,1 (here up to 8 layers",)),
    "unknown names": ("activation=swish&dataset=moons", ("dataset=moons", "activation=swish")),
    "unknown keys": ("foo=1&bar=2", ("unknown: foo, bar",)),
}  # fmt: skip


@pytest.mark.parametrize("case", LOST)
def test_what_cannot_be_carried_over_is_said(case: str) -> None:
    text, words = LOST[case]
    e, lost = from_url(f"{HOME}#{text}")
    assert len(lost) == len(words)
    assert all(word in phrase for word, phrase in zip(words, lost, strict=True)), lost
    assert e.lab == "classify"


def test_another_seed_is_another_experiment_and_the_same_seed_the_same() -> None:
    first, again, other = (from_url(f"{HOME}#seed={seed}")[0] for seed in ("0.52381", "0.52381", "0.10000"))
    assert first == again != other
    assert not np.array_equal(build(first).points.X, build(other).points.X)


BAD = {
    "no number": ("learningRate=fast", ("learningRate", "a number", "fast")),
    "not a number": ("noise=NaN", ("noise", "a number", "NaN")),
    "infinite": ("learningRate=1e999", ("learningRate", "1e999")),
    "no whole number": ("batchSize=2.5", ("batchSize", "a whole number", "2.5")),
    "no shape": ("networkShape=4,,2", ("networkShape", "whole numbers with commas", "4,,2")),
    "no inputs": ("x=false&y=false", ("no input", "xTimesY")),
    "no pair": ("activation", ("KEY=VALUE", "activation")),
    "no key": ("=tanh", ("KEY=VALUE",)),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_malformed_url_is_one_sentence(case: str) -> None:
    text, words = BAD[case]
    with pytest.raises(SpecError) as raised:
        from_url(f"{HOME}#{text}")
    said = str(raised.value)
    assert "\n" not in said and said.endswith(".") and all(word in said for word in words), said


@pytest.mark.parametrize("text", ["", "https://example.org/#x=true", "https://playground.tensorflow.org.evil.org/#",
                                  "playground:v1?lab=curve", "notplayground.tensorflow.org"])  # fmt: skip
def test_other_addresses_are_none_of_that_program(text: str) -> None:
    assert not is_url(text)
    with pytest.raises(SpecError, match="begins with"):
        from_url(text)


VALUES = st.one_of(
    st.text(max_size=12), st.floats().map(str), st.integers().map(str),
    st.sampled_from(["true", "false", "", "L1", "4,2", "regression"]),
    st.lists(st.integers(-5, 300), max_size=12).map(lambda items: ",".join(map(str, items))),
)  # fmt: skip


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(KNOWN)), st.text(max_size=8)), VALUES, max_size=8))
def test_any_url_is_an_experiment_or_one_sentence(parts: dict[str, str]) -> None:
    url = f"{HOME}#" + "&".join(f"{key}={text}" for key, text in parts.items())
    try:
        e, lost = from_url(url)
    except SpecError as error:
        assert "\n" not in str(error)
        return
    assert ex.from_link(ex.to_link(e)) == e
    assert all("\n" not in phrase for phrase in lost)


@given(st.text(max_size=80))
def test_any_text_at_all(text: str) -> None:
    for address in (text, HOME + text, HOME + "#" + text, "preset:" + text, "playground:" + text):
        try:
            assert addresses.read(address).experiment
        except SpecError as error:
            assert str(error)


# ---- on the command line ----


def test_a_url_is_run_and_what_is_lost_is_told(ask: Ask) -> None:
    said = ask("run", COPIED, "--epochs", "2", "--json")
    told = said.json
    assert (told["n_train"], told["n_test"], told["steps"]) == (250, 250, 50)
    assert all(line.startswith("Not carried over: ") for line in said.err.splitlines())
    assert len(said.err.splitlines()) == 2


def test_a_malformed_url_is_refused_with_one_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground import cli

    opened: list[str] = []
    monkeypatch.setattr(cli, "_open_window", lambda target: opened.append(target) or 0)
    for command in ("run", "open"):
        said = ask(command, f"{HOME}#batchSize=many")
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert "batchSize" in said.err and "many" in said.err
    assert ask("open", COPIED).code == 0 and opened == [COPIED]


