"""What an Experiment consists of: the tree of values, what fits together, every parameter by its path.

`experiment.py` makes, changes and writes such trees; import from there.
"""

from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

import playground.engine.optimizers  # noqa: F401  fills its registry
from playground.engine import features, formula_text, links, schema, structure
from playground.engine.registry import datasets, discover, labs, models, optimizers
from playground.engine.schema import Parameter, Spec, SpecError, param

for _package in ("datasets", "models", "labs"):
    discover(f"playground.engine.{_package}")


def _union(registry: Any) -> Any:
    kinds = tuple(registry.values())
    return Annotated[reduce(or_, kinds), Field(discriminator="kind")]


TAGGED = {"data": datasets, "model": models, "optimizer": optimizers}
"""The branches that have a `kind`, and where the kinds are registered."""
Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]
LabName = Literal[tuple(labs)]  # type: ignore[valid-type]
IN_PLANE = {"lab": ("classify",)}
PROBABLE = {
    **IN_PLANE, "model.kind": tuple(kind for kind, cls in models.items() if cls().output_kind(2) != "step"),
    "data.kind": tuple(kind for kind, cls in datasets.items()
                       if cls.fits(2) and cls.for_inputs(2).task == "classification"),
}  # fmt: skip
"""Models that give probabilities, of classes."""
CHOSEN_INPUTS = {**IN_PLANE, "model.kind": tuple(kind for kind, cls in models.items() if cls.layered)}
CHOSEN_POWERS = {**IN_PLANE, "model.kind": tuple(
    kind for kind, cls in models.items() if cls.layered and "order" not in cls.model_fields
)}  # fmt: skip
ITERATIVE = {"optimizer.kind": tuple(kind for kind, cls in optimizers.items() if not cls.solves)}
GRADIENT = {"optimizer.kind": tuple(kind for kind, cls in optimizers.items() if not cls.executor)}
NETWORKS = {**GRADIENT, "model.kind": tuple(kind for kind, cls in models.items() if cls.dense)}
"""Models linear in their weights bring a penalty of their own and are computed in 64 bits."""
MULTILAYER = {**GRADIENT, "model.kind": ("mlp",)}
"""Models without hidden layers start from zero."""


class Split(Spec):
    """Shares of the points. They add up to 1."""

    train: float = param(1.0, label="Training", low=0.0, high=1.0, step=0.05,
                         help="Share of the points that the model learns from.")  # fmt: skip
    validation: float = param(0.0, label="Validation", low=0.0, high=1.0, step=0.05,
                              help="Share kept apart for choosing between models.")  # fmt: skip
    test: float = param(0.0, label="Test", low=0.0, high=1.0, step=0.05,
                        help="Share kept apart for the last judgement.")  # fmt: skip

    @model_validator(mode="after")
    def _whole(self) -> "Split":
        total = self.train + self.validation + self.test
        if abs(total - 1.0) > 1e-6:
            raise SpecError(
                f"split.train, split.validation and split.test must add up to 1, not {total:.6g}.", "split"
            )
        return self


class Training(Spec):
    batch_size: int = param(16, label="Batch size", low=1, high=20000, scale="log", only_if=GRADIENT, live=True,
                            help="Points per update, at most all. Smaller: more, noisier updates.")  # fmt: skip
    shuffle: bool = param(True, label="Shuffle", only_if=ITERATIVE, live=True,
                          help="A fresh order of the points in every epoch. Off: one random order, kept.")  # fmt: skip
    l1: float = param(0.0, label="L1 penalty", low=0.0, high=1.0, step=0.001, only_if=NETWORKS, live=True,
                      help="Larger: more weights go to zero.")  # fmt: skip
    l2: float = param(0.0, label="L2 penalty", low=0.0, high=1.0, step=0.001, only_if=NETWORKS, live=True,
                      help="Larger: smaller weights, a smoother boundary.")  # fmt: skip
    max_epochs: int | None = param(None, label="Stop at epoch", low=1, high=1_000_000, scale="log", off_value=500,
                                   only_if=ITERATIVE, live=True, help="Training pauses there by itself.")  # fmt: skip
    stop_loss: float | None = param(
        None, label="Stop at loss", low=1e-9, high=100.0, scale="log", off_value=0.01, only_if=ITERATIVE, live=True,
        help="Training ends with the first epoch after which the training loss is no larger.")  # fmt: skip
    stop_accuracy: float | None = param(
        None, label="Stop at accuracy", low=0.0, high=1.0, step=0.01, off_value=0.99, only_if={**ITERATIVE, **IN_PLANE},
        live=True, help="Training ends with the first epoch after which so large a share of the training points is "
        "right.")  # fmt: skip
    patience: int | None = param(
        None, label="Early stopping", low=1, high=100_000, scale="log", off_value=50, only_if=ITERATIVE, live=True,
        help="Training ends when the validation loss has not become better for so many epochs. It needs a "
        "validation part.")  # fmt: skip
    device: Literal["auto", "cpu", "cuda", "mps"] = param(
        "auto", label="Device", names={"auto": "Automatic", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"},
        only_if=GRADIENT, help="Automatic: the GPU when one is present.")  # fmt: skip
    executor: Literal["auto", "fused", "torch", "closed_form"] = param(
        "auto", label="Executor", hidden=True,
        names={"auto": "Automatic", "fused": "Fused kernels", "torch": "PyTorch",
               "closed_form": "Closed form"})  # fmt: skip
    precision: Literal["float32", "float64"] = param(
        "float32", label="Precision", names={"float32": "32 bits", "float64": "64 bits"}, only_if=NETWORKS,
        help="Digits of the weights. 64 bits: slower, exact to 15 digits.")  # fmt: skip


class Selection(Spec):
    folds: int = param(10, label="Folds", symbol="S", low=2, high=1000, scale="log", only_if={"lab": ("curve",)},
                       live=True, help="Parts of the training points, each held out once. As many as there are points: "
                       "one point at a time is left out.")  # fmt: skip


class Decision(Spec):
    """What is done with probabilities (`decision.py`)."""

    threshold: float | None = param(
        None, label="Threshold", low=0.0, high=1.0, step=0.01, off_value=0.5, only_if=PROBABLE, live=True,
        help="Of two classes the second is chosen where its probability is larger. Larger: fewer false alarms, more "
             "misses. Off: from the costs.",
    )  # fmt: skip
    cost_alarm: float = param(
        1.0, label="Cost of a false alarm", low=0.01, high=100.0, scale="log", only_if=PROBABLE, live=True,
        help="Of taking the first of two classes for the second. Larger: the boundary gives way to the first.",
    )  # fmt: skip
    cost_miss: float = param(
        1.0, label="Cost of a miss", low=0.01, high=100.0, scale="log", only_if=PROBABLE, live=True,
        help="Of taking the second of two classes for the first. Larger: the boundary gives way to the second.",
    )  # fmt: skip
    reject: float | None = param(
        None, label="Reject below", low=0.5, high=1.0, step=0.01, off_value=0.9, only_if=PROBABLE, live=True,
        help="Where no class is as probable as that, none is chosen. Larger: fewer mistakes, fewer decisions.",
    )  # fmt: skip


def _seed(default: int, label: str, help: str, **extra: Any) -> int:
    return param(default, label=label, low=0, high=99999, help=help, **extra)


class Seeds(Spec):
    # With this one the first picture is the textbook's: the test error of ten points is high up to M = 2,
    # low and flat from 3 to 8, and explodes at 9; tests/engine/test_datasets.py holds it to that.
    data: int = _seed(2318, "Data", "Which random points are drawn.")
    split: int = _seed(1, "Split", "Which points go to training and which to test.")
    init: int = _seed(1, "Weights", "Which initial weights training starts from.", only_if=MULTILAYER)
    batches: int = _seed(1, "Batches", "The order of the points in each epoch.", only_if=ITERATIVE, live=True)
    dropout: int = _seed(1, "Dropout", "Which units are dropped out, where any are.", only_if=MULTILAYER, live=True)


class Experiment(Spec):
    """Everything that defines a run."""

    lab: LabName = param("curve", label="Lab", hidden=True)  # type: ignore[valid-type]
    data: _union(datasets) = Field(default_factory=lambda: datasets["sine"]())  # type: ignore[valid-type]
    split: Split = Field(default_factory=Split)
    features: tuple[Feature, ...] = param(("x1", "x2"), label="Inputs", low=0, high=7, only_if=CHOSEN_INPUTS,
                                          help="What the network is given. More: simple networks suffice.")  # fmt: skip
    feature_order: int | None = param(
        None, label="Powers up to", symbol="M", low=1, high=10, off_value=3, only_if=CHOSEN_POWERS,
        help="Adds all products of powers of x1/6 and x2/6 up to this order. Larger: finer boundaries, more to overfit "
             "with.",
    )  # fmt: skip
    feature_formula: str = param(
        "", label="Formula as input", only_if=CHOSEN_INPUTS,
        allowed="a formula in x1 and x2 such as sin(x1 x2), or nothing",
        help="One more input: any function of x1 and x2, of numbers, + - * / ^, parentheses, pi, e, "
             + ", ".join(formula_text.FUNCTIONS) + ".",
    )  # fmt: skip
    standardize: bool = param(
        False, label="Standardise the inputs", only_if=IN_PLANE,
        help="Each input minus its mean, divided by its standard deviation over the training points, which are taken "
             "anew when points change. Training gets on in whatever units; the canvas keeps the real ones.",
    )  # fmt: skip
    model: _union(models) = Field(default_factory=lambda: models["polynomial"]())  # type: ignore[valid-type]
    loss: Literal["squared_error", "cross_entropy"] = param(
        "squared_error", label="Loss", names={"squared_error": "Squared error", "cross_entropy": "Cross-entropy"},
        help="What training makes small.")  # fmt: skip
    optimizer: _union(optimizers) = Field(default_factory=lambda: optimizers["closed_form"]())  # type: ignore[valid-type]
    training: Training = Field(default_factory=Training)
    selection: Selection = Field(default_factory=Selection)
    decision: Decision = Field(default_factory=Decision)
    seed: Seeds = Field(default_factory=Seeds)
    beside: tuple[str, ...] = param(
        (), label="Side by side", low=0, high=3, only_if=IN_PLANE, live=True,
        allowed="up to three models, each once, such as svm or tree:model.max_depth=3, with commas between them",
        help="Other models on the same data: each a kind and what is not as usual, as 'mlp:model.hidden=8+8'.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _fits_together(self) -> "Experiment":
        for complaint in _mismatches(self):
            raise complaint
        return self


def _inputs(n: int) -> str:
    return f"{n} input" + "s" * (n > 1)


def _mismatches(e: "Experiment") -> Iterable[SpecError]:
    lab, data, model = labs[e.lab], e.data, e.model
    if not data.fits(lab.n_inputs):
        fits = ", ".join(kind for kind, cls in datasets.items() if cls.fits(lab.n_inputs))
        yield SpecError(f"data.kind must be one of {fits} in the {e.lab} lab, not {data.kind}.", "data.kind")
    if data.n_inputs != lab.n_inputs:
        yield SpecError(f"data.points must have {_inputs(lab.n_inputs)} in the {e.lab} lab, not {data.n_inputs}.",
                        "data.points")  # fmt: skip
    if model.kind not in lab.models:
        yield SpecError(f"model.kind must be one of {', '.join(lab.models)} in the {e.lab} lab, not {model.kind}.",
                        "model.kind")  # fmt: skip
    if e.optimizer.kind not in model.optimizers:
        yield SpecError(f"optimizer.kind must be one of {', '.join(model.optimizers)} for the model {model.kind}, "
                        f"not {e.optimizer.kind}.", "optimizer.kind")  # fmt: skip
    losses = [name for name in model.losses if name != "cross_entropy" or data.task == "classification"]
    if e.loss not in losses:
        yield SpecError(f"loss must be {' or '.join(losses)} for the model {model.kind} on {data.kind}, "
                        f"not {e.loss}.", "loss")  # fmt: skip
    if not (e.features or e.feature_order or e.feature_formula.strip()):
        yield SpecError(f"features must be some of {', '.join(get_args(Feature))}, unless there are powers "
                        "(feature_order) or a formula (feature_formula), not nothing.", "features")  # fmt: skip
    if e.beside:
        from playground.engine import beside  # reads them as Experiments

        yield from beside.misfits(e.lab, e.beside)
    try:
        features.check(e)
    except SpecError as error:
        yield error
    if any(getattr(model, name, ()) for name in ("skips", "held", "edits")):
        yield from links.misfits(model, structure.of(e).sizes)
    output = getattr(model, "output", "auto")
    if output != "auto" and len(data.names_of_classes()) != 2:
        yield SpecError(
            f"model.output must be auto unless there are two classes, not {output}.", "model.output"
        )
    if output == "tanh" and e.loss != "squared_error":
        yield SpecError(f"loss must be squared_error with model.output=tanh, not {e.loss}.", "loss")
    if output == "logit" and e.loss != "cross_entropy":
        yield SpecError(f"loss must be cross_entropy with model.output=logit, not {e.loss}.", "loss")
    carried_out_by = executors_of(e.optimizer)
    if e.training.executor not in carried_out_by:
        allowed = ", ".join(carried_out_by[:-1]) + " or " * (len(carried_out_by) > 1) + carried_out_by[-1]
        yield SpecError(f"training.executor must be {allowed} with optimizer.kind={e.optimizer.kind}, "
                        f"not {e.training.executor}.", "training.executor")  # fmt: skip


def executors_of(optimizer: Any) -> tuple[str, ...]:
    """What training.executor may be with it."""
    own = optimizer.executor
    return ("auto", "fused", "torch") if not own else ("auto", own) if own == "closed_form" else ("auto",)


@cache
def known_parameters() -> Mapping[str, Parameter]:
    """Every path that exists under some choice of tags. Tags are the union of their choices."""
    found: dict[str, Parameter] = {}
    for p in schema.parameters_of(Experiment):
        found[p.path] = p
    for name, registry in TAGGED.items():
        kinds = tuple(registry)
        found[f"{name}.kind"] = Parameter(path=f"{name}.kind", kind="choice", default=kinds[0], choices=kinds,
                                          label=name.capitalize())  # fmt: skip
        for cls in registry.values():
            for p in schema.parameters_of(cls, f"{name}."):
                found.setdefault(p.path, p)
    for name, cls in (("split", Split), ("training", Training), ("selection", Selection),
                      ("decision", Decision), ("seed", Seeds)):
        for p in schema.parameters_of(cls, f"{name}."):
            found[p.path] = p
    return found
