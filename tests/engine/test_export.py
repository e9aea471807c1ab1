"""What is taken away is what the program shows: ONNX, script, weights, plots, numbers, data."""

from __future__ import annotations

import csv
import json
import math
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.engine import experiment as experiments
from playground.engine import session, tables
from playground.engine.export import Cancelled, available, check, export, plots
from playground.engine.export.pictures import pictures
from playground.engine.formulas import ACTIVATIONS
from playground.engine.registry import datasets, exporters
from playground.engine.schema import SpecError
from playground.engine.trainer import Run


def made(*pairs: str, lab: str = "classify", epochs: int = 5) -> Run:
    run = Run(experiments.set_text(experiments.default(lab), [tuple(pair.split("=", 1)) for pair in pairs]))  # type: ignore[misc]
    run.run_epochs(epochs)
    return run


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def onnx_says(path: Path, X: np.ndarray) -> np.ndarray:
    import onnxruntime

    told = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (x,), (out,) = told.get_inputs(), told.get_outputs()
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[x.type]
    assert (x.name, out.name) in (("x", "y"), ("x", "probabilities"))
    found: np.ndarray = told.run(None, {"x": X.astype(kind)})[0]
    return found


NETWORKS = {
    "two classes": ("data.n=60",),
    "all features": ("data.n=60", "features=x2,x1^2,x2^2,x1*x2,sin(x1),sin(x2),x1"),
    "six classes": ("data.kind=blobs", "data.classes=6", "data.n=60", "model.activation=relu"),
    "one tanh unit": ("data.n=60", "loss=squared_error", "model.output=tanh", "model.activation=sigmoid"),
    "one logit": ("data.n=60", "model.output=logit", "model.activation=leaky_relu"),
    "squared error": ("data.n=60", "loss=squared_error", "model.activation=linear"),
    "no hidden layer": ("data.n=60", "model.hidden="),
    "float64": ("data.n=60", "training.precision=float64", "model.activation=leaky_relu"),
    "a number": ("data.kind=reg-plane", "data.n=60"),
    "one for each layer": ("data.n=60", "model.hidden=5,4,3", "model.activations=relu,sine,gelu", "model.dropout=0.3"),
    "residual": ("data.n=60", "model.hidden=5,4,5", "model.skips=1-3,0-2p,2-4p,0-4p",
                 "model.activations=relu,step,tanh"),
    "residual into a number": ("data.kind=reg-plane", "data.n=60", "model.hidden=5,4,1", "model.skips=0-4p,1-3p"),
    "powers": ("data.n=60", "features=x1,x1^2", "feature_order=4"),
    "a formula": ("data.n=60", "features=", "feature_formula=sin(x1 x2) + 0.1 min(x1, x2^3, 2) - cos(x2)/e"),
    "a constant": ("data.n=60", "feature_formula=-2.5"),
    "standardised": ("data.n=60", "standardize=on", "feature_order=2", "model.skips=0-2p", "model.hidden=4,4"),
    "every function": ("data.n=60", "training.precision=float64",
                       "feature_formula=tan(x1/9) + exp(-abs(x1)) + ln(x2^2 + 1) + log(2)"
                       " + sqrt(abs(x2)) + sign(x1) + floor(x2) + tanh(x1) + step(x2) + sinc(x1) + max(x1, 0)"),
}  # fmt: skip


def network(case: str) -> Run:
    pairs = NETWORKS[case]
    if case == "one tanh unit":  # the output fits the loss only after the loss has changed
        e = experiments.set_text(
            experiments.default("classify"), [("data.n", "60"), ("loss", "squared_error")]
        )
        run = Run(experiments.set_text(e, [("model.output", "tanh"), ("model.activation", "sigmoid")]))
        run.run_epochs(5)
        return run
    return made(*pairs)


@pytest.mark.parametrize("case", NETWORKS)
def test_onnx_predicts_what_the_program_predicts(case: str, tmp_path: Path) -> None:
    import onnx

    run = network(case)
    export(["onnx"], run, tmp_path)
    model = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 10 and model.opset_import[0].version == 20
    X = np.random.default_rng(1).uniform(-6, 6, (50, 2))
    said, wanted = onnx_says(tmp_path / "model.onnx", X), run.predict(X)
    about = {entry.key: entry.value for entry in model.metadata_props}
    if run.problem.classes:
        assert said.shape == (50, run.n_classes) and json.loads(about["classes"]) == list(run.problem.classes)
        np.testing.assert_allclose(said, wanted, atol=1e-5)
    else:
        assert said.shape == (50, 1)
        np.testing.assert_allclose(said[:, 0], wanted, atol=1e-5)
    assert said.dtype == np.dtype(run.experiment.training.precision)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_the_same_elsewhere(
    activation: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In ONNX and in the script, far away from the points too, where exponentials overflow."""
    run = made("data.n=60", f"model.activation={activation}", f"training.precision={precision}", epochs=2)
    export(["onnx", "script"], run, tmp_path)
    X = np.vstack([np.random.default_rng(1).uniform(-6, 6, (50, 2)), [[0, 0], [1e3, 1e3], [-2e3, 1e3]]])
    monkeypatch.setattr(sys, "argv", ["model.py"])
    script = runpy.run_path(str(tmp_path / "model.py"))
    close = 1e-5 if precision == "float32" else 1e-12
    of_onnx = max(close, 1e-6) if activation == "gelu" else close  # onnxruntime's error function is float32
    np.testing.assert_allclose(onnx_says(tmp_path / "model.onnx", X), run.predict(X), atol=of_onnx)
    np.testing.assert_allclose(script["predict"](X).numpy(), run.predict(X), atol=close)


@pytest.mark.parametrize("order", [0, 1, 9, 20])
def test_onnx_of_a_polynomial_is_exact_to_nine_digits(order: int, tmp_path: Path) -> None:
    run = made(f"model.order={order}", "data.n=40", lab="curve")
    export(["onnx"], run, tmp_path)
    x = np.linspace(0, 1, 201)[:, None]
    said = onnx_says(tmp_path / "model.onnx", x)
    assert said.shape == (201, 1) and said.dtype == np.float64
    np.testing.assert_allclose(said[:, 0], run.predict(x), rtol=1e-9, atol=1e-12)


def losses_of_script(folder: Path) -> dict[str, float]:
    """What the script prints in a Python that cannot see this package."""
    done = subprocess.run(
        [sys.executable, "-I", "model.py", "data.csv"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: float(line.split()[2]) for line in done.stdout.splitlines()}


def test_the_script_alone_gives_the_test_loss(tmp_path: Path) -> None:
    """Run as a program of its own, and the package is not even mentioned but for its name."""
    run = network("six classes")
    export(["script", "data"], run, tmp_path)
    assert "import playground" not in (tmp_path / "model.py").read_text()
    told = losses_of_script(tmp_path)
    assert told["test"] == pytest.approx(run.scores()["test"].loss, abs=1e-6)
    assert told["train"] == pytest.approx(run.scores()["train"].loss, abs=1e-6)


SCRIPTS = {
    **{case: lambda case=case: network(case) for case in NETWORKS},
    "polynomial": lambda: made("model.order=9", lab="curve"),
    "order 20": lambda: made("model.order=20", "data.n=100", lab="curve"),
    "order 0": lambda: made("model.order=0", lab="curve"),
    "network for a curve": lambda: made("model.kind=mlp", lab="curve"),
    **{
        " ".join(pairs): lambda pairs=pairs: made(*pairs, lab="curve")
        for model in (("model.order=9", "model.basis=legendre"), ("model.order=3",), ("model.order=0",),
                      ("model.kind=gaussian",), ("model.kind=gaussian", "model.order=1"),
                      ("model.kind=gaussian", "model.order=0"), ("model.kind=fourier", "model.order=3"))
        for pairs in (model, (*model, "optimizer.kind=sgd"))
    },
}  # fmt: skip
LINEAR = [case for case in SCRIPTS if case.startswith("model.")]


@pytest.mark.parametrize("case", LINEAR)
def test_linear_models_are_the_same_elsewhere_to_nine_digits(case: str, tmp_path: Path) -> None:
    run = SCRIPTS[case]()
    export(["onnx", "weights"], run, tmp_path)
    x = np.linspace(-0.1, 1.1, 201)[:, None]
    said, wanted = onnx_says(tmp_path / "model.onnx", x), run.predict(x)
    assert said.shape == (201, 1) and said.dtype == np.float64
    np.testing.assert_allclose(said[:, 0], wanted, rtol=1e-9, atol=1e-9 * max(1.0, np.abs(wanted).max()))
    from safetensors.numpy import load_file

    stored = load_file(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(stored["w"], run.weights()["w"])
    assert stored["x_range"].tolist() == [0.0, 1.0]


def test_coefficients_are_those_of_powers_whatever_the_basis(tmp_path: Path) -> None:
    for optimizer in ("closed_form", "sgd"):
        run = made("model.order=5", "model.basis=legendre", f"optimizer.kind={optimizer}", lab="curve")
        export(["coefficients"], run, tmp_path / optimizer)
        found = [float(row["coefficient"]) for row in read(tmp_path / optimizer / "coefficients.csv")]
        x = np.linspace(0, 1, 50)
        np.testing.assert_allclose(np.polyval(found[::-1], x), run.predict(x[:, None]), atol=1e-10)
    plain = made("model.order=5", lab="curve")
    solved = [float(row["coefficient"]) for row in read(tmp_path / "closed_form" / "coefficients.csv")]
    np.testing.assert_allclose(solved, plain.weights()["w"], rtol=1e-9)


@pytest.mark.parametrize("case", SCRIPTS)
def test_the_script_agrees_with_the_program(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = SCRIPTS[case]()
    export(["script", "data"], run, tmp_path)
    monkeypatch.setattr(sys, "argv", ["model.py", str(tmp_path / "data.csv")])
    script = runpy.run_path(str(tmp_path / "model.py"), run_name="__main__")
    printed = {line.split()[0]: float(line.split()[2]) for line in capsys.readouterr().out.splitlines()}
    for part, score in run.scores().items():
        assert printed[part] == pytest.approx(score.loss, abs=1e-6), part
    X = run.problem.parts["test"].X
    said, wanted = script["predict"](X).numpy(), run.predict(X)
    np.testing.assert_allclose(said, wanted.reshape(said.shape), atol=1e-6)
    if not run.problem.classes:
        assert said.shape == (len(X), 1)


def test_the_script_says_what_it_is(tmp_path: Path) -> None:
    export(["script"], made("model.order=3", lab="curve"), tmp_path)
    text = (tmp_path / "model.py").read_text()
    assert "A polynomial, made with Playground" in text and "weights.safetensors" in text
    compile(text, "model.py", "exec")


def test_weights_come_with_their_experiment(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    run = made("data.n=60", "model.hidden=5")
    export(["weights"], run, tmp_path)
    stored = load_file(tmp_path / "weights.safetensors")
    assert {name: a.tobytes() for name, a in stored.items()} == {
        n: a.tobytes() for n, a in run.weights().items()
    }
    assert experiments.from_json(json.loads((tmp_path / "experiment.json").read_text())) == run.experiment


def test_coefficients_keep_every_digit(tmp_path: Path) -> None:
    run = made("model.order=9", lab="curve")
    export(["coefficients"], run, tmp_path)
    rows = read(tmp_path / "coefficients.csv")
    assert [int(row["power"]) for row in rows] == list(range(10))
    assert [float(row["coefficient"]) for row in rows] == run.weights()["w"].tolist()


@pytest.mark.parametrize("kind", sorted(datasets))
def test_data_read_back_give_the_same_fit(kind: str, tmp_path: Path) -> None:
    """Every data set that has points: the same points in the same parts, test points from the source too."""
    e = experiments.change(experiments.default(), {"data.kind": kind})
    run = Run(e)
    if not len(run.problem.points):
        return
    if e.data.n_inputs == 2 and not run.problem.classes:
        return  # numbers in the plane have no file of their own to be read from
    export(["data"], run, tmp_path)
    again = tables.read_csv(tmp_path / "data.csv")
    read_back = Run(experiments.change(experiments.default(again.lab), again.changes()))
    for name, part in run.problem.parts.items():
        other = read_back.problem.parts[name]
        np.testing.assert_array_equal(part.X, other.X)
        np.testing.assert_array_equal(part.t, other.t)
    assert read_back.problem.classes == run.problem.classes


def test_a_session_can_be_exported(tmp_path: Path) -> None:
    run = made("data.n=60")
    export(["session"], run, tmp_path)
    assert session.read(tmp_path / "session.playground")[0].experiment == run.experiment


# ---- plots and numbers ----

PICTURED = {
    "polynomial": lambda: made("model.order=9", lab="curve"),
    "network for a curve": lambda: made("model.kind=mlp", lab="curve"),
    "two classes": lambda: network("two classes"),
    "six classes": lambda: network("six classes"),
    "a number": lambda: network("a number"),
}
INSIDE = {"gradients", "example", "hidden", "histograms"}
CHARTS = {
    "polynomial": {
        "canvas", "rms_by_order", "rms_by_ln_lambda", "cv_by_order", "cv_by_ln_lambda", "cv_map",
        "bias_variance_by_order", "bias_variance_by_ln_lambda", "double_descent", "coefficient_bars",
        "coefficient_table", "coefficient_table_by_lambda", "gallery", "folds", "surface", "scores", "error",
    },
    "network for a curve": {"canvas", "network", "loss", "rms", "scores", "error", *INSIDE},
    "two classes": {"canvas", "network", "loss", "accuracy", "confusion", "classes", "roc", "scores", *INSIDE},
    "six classes": {"canvas", "network", "loss", "accuracy", "confusion", "classes", "scores", *INSIDE},
    "a number": {"canvas", "network", "loss", "rms", "scores", *INSIDE},
}  # fmt: skip


@pytest.mark.parametrize("case", PICTURED)
def test_every_chart_becomes_a_picture_and_a_table(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = plots.KINDS if case == "two classes" else ("svg",)  # a figure that is drawn can be written in each of them
    monkeypatch.setattr(plots, "KINDS", kinds)
    run = PICTURED[case]()
    listed = export(["plots", "numbers"], run, tmp_path)
    wanted = {f"{name}.{kind}" for name in CHARTS[case] for kind in (*kinds, "csv")}
    wanted.discard("network.csv")  # a network has no table
    assert {path.name for path in listed} == wanted == {path.name for path in tmp_path.iterdir()}
    for path in listed:
        start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "csv": b""}[path.suffix[1:]]
        assert path.read_bytes().startswith(start) and path.stat().st_size > 20


def test_equal_runs_give_equal_pictures_in_the_colours_of_the_textbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_of_each_type(*arguments: Any, **more: Any) -> Iterator[Any]:
        seen: set[type] = set()
        for share, picture in pictures(*arguments, **more):
            if type(picture.summary) not in seen:
                seen.add(type(picture.summary))
                yield share, picture

    monkeypatch.setattr(plots, "pictures", one_of_each_type)
    for name in ("a", "b"):
        export(["plots"], made("model.kind=mlp", lab="curve"), tmp_path / name)  # few charts, in every kind of file
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    drawing = (tmp_path / "a" / "canvas.svg").read_text().lower()
    assert "#cc3311" in drawing and "#009e73" in drawing and "#0072b2" in drawing


def test_names_of_classes_are_not_read_as_formulas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made("data.n=60")
    names = ("$x^", "50 % & <b>")
    run.change(experiments.change(run.experiment, {"data.class_names": names}))
    monkeypatch.setattr(plots, "KINDS", ("svg",))
    export(["plots", "numbers", "onnx", "script", "data"], run, tmp_path)
    assert set(read(tmp_path / "confusion.csv")[0]) == {"true \\ predicted", *names}


def test_a_run_without_points_still_has_pictures(tmp_path: Path) -> None:
    for lab in ("curve", "classify"):
        run = Run(experiments.set_text(experiments.default(lab), [("data.kind", "drawn")]))
        listed = export(["plots", "numbers", "data", "session"], run, tmp_path / lab)
        assert "data.csv" in {path.name for path in listed}


def test_numbers_of_the_loss_chart_are_the_history(tmp_path: Path) -> None:
    run = made("data.n=60", epochs=7)
    export(["numbers"], run, tmp_path)
    rows = read(tmp_path / "loss.csv")
    assert [float(row["epoch"]) for row in rows] == list(range(8))
    assert [float(row["training"]) for row in rows] == run.history.column("train_loss").tolist()


# ---- what is refused ----


def test_every_exporter_is_offered_where_it_has_a_meaning() -> None:
    network_kinds = [kind for kind, _, _ in available(experiments.default("classify"))]
    assert network_kinds == ["session", "data", "onnx", "weights", "script", "plots", "numbers"]
    assert [kind for kind, _, _ in available(experiments.default())] == [*network_kinds, "coefficients"]
    assert all(title and about for _, title, about in available(experiments.default()))


def test_coefficients_of_a_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SpecError, match="Coefficients can be exported for model.kind=polynomial, not for mlp"
    ):
        export(["coefficients"], made("data.n=60"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(SpecError, match="must be one of session, data, onnx, .*, not gif"):
        check(["gif"], experiments.default())


@pytest.mark.parametrize("kind", ["onnx", "weights", "script", "coefficients"])
def test_there_must_be_a_model(kind: str, tmp_path: Path) -> None:
    run = Run(experiments.set_text(experiments.default(), [("data.kind", "drawn")]))
    with pytest.raises(SpecError, match="There is no model to export"):
        export([kind], run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    run = made("data.n=60", "optimizer.kind=sgd")
    weights = run.weights()
    weights["0.bias"][0] = math.nan
    run.executor.load(weights, run.executor.optimizer_state())
    with pytest.raises(SpecError, match="not finite"):
        export(["onnx"], run, tmp_path)


def test_an_export_that_is_called_off_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("old")
    seen: list[tuple[float, str]] = []

    def progress(share: float, sentence: str) -> bool:
        seen.append((share, sentence))
        return len(seen) < 4

    with pytest.raises(Cancelled):
        export(["data", "plots"], made("data.n=60"), tmp_path, progress=progress)
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]
    assert (tmp_path / "data.csv").read_text() == "old"
    assert [share for share, _ in seen] == sorted(share for share, _ in seen) and seen[0][1] == "Data"


def test_progress_ends_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "KINDS", ("svg",))
    seen: list[float] = []
    export(list(exporters), made(lab="curve"), tmp_path, progress=lambda share, _: seen.append(share) is None)
    assert seen == sorted(seen) and seen[-1] == 1.0


def test_an_export_that_fails_half_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.engine.export import figures

    monkeypatch.setattr(
        figures, "save", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(SpecError, match="the disk is full"):
        export(["data", "plots"], made("data.n=60"), tmp_path)
    assert list(tmp_path.iterdir()) == []
