"""The error function with the numbers of this moment, as lines of mathematics. Called by the labs.

A model that is linear in its weights minimises the textbook's sums (Bishop & Bishop 2024, equations 1.2 to 1.4), a
network the mean loss and its penalties; the misfit and the penalty stand apart in both.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from playground.engine.error_surface import condition_of
from playground.engine.linear_algebra import effective_parameters
from playground.engine.snapshot import Formula, Formulas, View

if TYPE_CHECKING:
    from playground.engine.models.linear import LinearSpec
    from playground.engine.problem import Problem
    from playground.engine.trainer import Run

MISS = r"\{y(x_n, \mathbf{w}) - t_n\}^2"
PLAIN_MISS = "{y(x_n, w) - t_n}^2"


def error(run: Run, view: View) -> Formulas | None:
    """None where nothing was learned."""
    train = run.scores().get("train")
    if train is None or train.rms is None:
        return None
    rows = _sums(run, train.n, train.rms) if run.experiment.model.linear else _means(run, train.n, train.loss)
    sums = rf"\sqrt{{\frac{{1}}{{N}} \sum_{{n=1}}^{{N}} {MISS}}}"
    rows.append(Formula(rf"E_{{\mathrm{{RMS}}}} = {sums}", f"E_RMS = sqrt(1/N sum {PLAIN_MISS}), training",
                        train.rms, "training"))  # fmt: skip
    for part, role in (("validation", "validation"), ("test", "test")):
        if (score := run.scores().get(part)) is not None:
            latex = rf"E_{{\mathrm{{RMS}}}}^{{\,\mathrm{{{part}}}}}"
            rows.append(Formula(latex, f"E_RMS, {part}", score.rms, role))  # type: ignore[arg-type]
    return Formulas(title="Error function", rows=(*rows, *_design(run)))


def _sums(run: Run, n: int, rms: float) -> list[Formula]:
    """E(w), the penalty and their sum."""
    misfit, model = 0.5 * n * rms * rms, run.experiment.model
    rows = [Formula(rf"E(\mathbf{{w}}) = \frac{{1}}{{2}} \sum_{{n=1}}^{{{n}}} {MISS}",
                    f"E(w) = 1/2 sum over {n} points {PLAIN_MISS}", misfit, "training")]  # fmt: skip
    if model.ln_lambda is None:
        return rows
    first = 0 if model.penalise_bias else 1
    penalty = 0.5 * math.exp(model.ln_lambda) * float(np.square(run.weights()["w"][first:]).sum())
    lambda_ = _number(math.exp(model.ln_lambda))
    rows.append(Formula(rf"\frac{{\lambda}}{{2}} \sum_{{j \geq {first}}} w_j^2 \quad (\lambda = {lambda_})",
                        f"penalty: lambda/2 sum over j >= {first} of w_j^2", penalty))  # fmt: skip
    rows.append(Formula(r"\widetilde{E}(\mathbf{w}) = E(\mathbf{w}) + \frac{\lambda}{2} \sum_j w_j^2",
                        "E(w) with the penalty", misfit + penalty))  # fmt: skip
    return rows


def _design(run: Run) -> list[Formula]:
    """What the design matrix says: how many weights the points decide against a penalty, and how hard descent is."""
    model = run.experiment.model
    rows: list[Formula] = []
    if not model.linear:
        return rows
    if model.ln_lambda is not None:
        rows.append(Formula(r"\gamma = \mathrm{tr}\, \mathbf{H}", "effective number of parameters",
                            _effective(model, run.problem)))  # fmt: skip
    if not run.executor.solves:
        condition, ratio = condition_of(model, run.problem), r"\kappa = d_{\max} / d_{\min}"
        endless = Formula(rf"{ratio} = \infty", "condition number: infinite, the points do not determine the weights")
        rows.append(Formula(ratio, "condition number", condition) if math.isfinite(condition) else endless)
    return rows


@lru_cache(maxsize=16)
def _effective(model: LinearSpec, problem: Problem) -> float:
    return effective_parameters(model, problem.train.X[:, 0], problem.x_range)


def _means(run: Run, n: int, loss: float) -> list[Formula]:
    """The mean loss of a network, its penalties and their sum."""
    rows = [Formula(rf"\frac{{1}}{{{n}}} \sum_{{n=1}}^{{{n}}} \frac{{1}}{{2}} {MISS}",
                    f"loss = mean over {n} points of 1/2 {PLAIN_MISS}", loss, "training")]  # fmt: skip
    penalty = run.executor.penalty()
    if penalty is not None:
        rows.append(Formula(r"\frac{\lambda_2}{2} \|\mathbf{W}\|^2 + \lambda_1 \|\mathbf{W}\|_1",
                            "penalties: l2/2 ||W||^2 + l1 ||W||_1", penalty))  # fmt: skip
        rows.append(Formula(r"\mathrm{loss} + \mathrm{penalties}", "loss with penalties", loss + penalty))
    return rows


def _number(value: float) -> str:
    """Three digits, as LaTeX: 0.018, 1.5 \\cdot 10^{-8}."""
    text = f"{value:.3g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
