"""The weights as safetensors, which no reader has to trust, with the Experiment as JSON beside them.

`weight_arrays` says what is in the file; the stand-alone script reads the same one.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import playground
from playground.engine import experiment as experiments
from playground.engine import standardization
from playground.engine.executors.closed_form import ClosedFormExecutor, PolynomialFit
from playground.engine.experiment import Experiment
from playground.engine.export.base import Tick, exporter
from playground.engine.trainer import Run

NAME = "weights.safetensors"


def curve_of(run: Run) -> PolynomialFit | None:
    """The polynomial of a run that was solved for one: its weights may be so large that they lose the curve."""
    fitted = run.executor.fitted if isinstance(run.executor, ClosedFormExecutor) else None
    return fitted if isinstance(fitted, PolynomialFit) else None


def no_script(experiment: Experiment) -> str | None:
    """A sentence for models that are not written as a script; else None."""
    if experiment.model.layered or experiment.model.linear:
        return None
    return (f"Only networks and curves can be exported as a script of PyTorch, not model.kind={experiment.model.kind}: "
            "take the export onnx or weights.")  # fmt: skip


def weight_arrays(run: Run) -> dict[str, NDArray[Any]]:
    """Name -> array, as in the file.

    Linear models: w [n_weights], in the basis that is shown; x_range [2], over which that is laid out. Polynomials
    that were solved: chebyshev [M + 1] and domain [2] too, the same curve as
    sum_k chebyshev_k T_k((x - domain_0) / domain_1), which can be evaluated without loss of digits.
    Networks: "0.weight" [out, in], "0.bias" [out], "1.weight", ..., the layout of torch.nn.Linear; then, for each
    residual connection with a projection, "skip.0-2.weight" [out, in] (to layer 2 from layer 0, the inputs).
    Standardised inputs: "inputs.mean" and "inputs.scale" [inputs], which come before all else.
    """
    weights = {name: np.ascontiguousarray(array) for name, array in run.weights().items()}
    if run.experiment.model.linear:
        weights["x_range"] = np.array(run.problem.x_range)
    scaling = standardization.of(run.experiment, run.problem)
    if scaling is not None:
        weights["inputs.mean"], weights["inputs.scale"] = scaling
    curve = curve_of(run)
    if curve is not None:
        weights["chebyshev"] = np.ascontiguousarray(curve.chebyshev)
        weights["domain"] = np.array([curve.centre, curve.half_width])
    return weights


def write_weights(run: Run, folder: Path) -> None:
    """weights.safetensors"""
    from safetensors.numpy import save

    about = {"format": "pt", "playground": playground.__version__, "model": run.experiment.model.kind}
    (folder / NAME).write_bytes(save(weight_arrays(run), metadata=about))


@exporter(
    "weights",
    title="Weights",
    description="The numbers of the model and what made them (weights.safetensors, experiment.json).",
    rank=30,
    needs_model=True,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """weights.safetensors and experiment.json"""
    tick(0.0, "Weights")
    write_weights(run, folder)
    text = json.dumps(experiments.to_json(run.experiment), indent=1, ensure_ascii=False)
    (folder / "experiment.json").write_text(text + "\n", encoding="utf-8")
