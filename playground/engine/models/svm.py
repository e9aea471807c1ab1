"""Support vector machine: the boundary with the widest margin, by scikit-learn's SVC."""

from typing import Any, ClassVar, Literal

from playground.engine.models.base import OutputKind, model
from playground.engine.models.library import LibrarySpec
from playground.engine.schema import param

CURVED = {"model.kernel": ("poly", "rbf")}


@model(rank=40)
class SupportVectorMachine(LibrarySpec):
    kind: Literal["svm"] = "svm"
    kernel: Literal["linear", "poly", "rbf"] = param(
        "rbf", label="Kernel", names={"linear": "Linear", "poly": "Polynomial", "rbf": "RBF"}, live=True,
        help="How alike two points are. Linear: a straight boundary; RBF: a boundary that bends around points.",
    )  # fmt: skip
    C: float = param(
        1.0, label="Penalty of misses", symbol="C", low=0.001, high=10_000.0, scale="log", live=True,
        help="Larger: fewer points inside the margin, which becomes narrow; smaller: a wide margin that forgives.",
    )  # fmt: skip
    gamma: float | None = param(
        None, label="Kernel scale", symbol="γ", low=0.0001, high=1000.0, scale="log", off_value=0.1, live=True,
        only_if=CURVED, help="Larger: each point reaches less far. Off: from the spread of the points.",
    )  # fmt: skip
    degree: int = param(3, label="Degree", low=1, high=10, live=True, only_if={"model.kernel": ("poly",)},
                        help="Of the polynomial kernel. Larger: the boundary bends more often.")  # fmt: skip

    label: ClassVar[str] = "SVM"
    about: ClassVar[str] = (
        "The better choice of the 1990s, and still for some hundreds of points: one best answer, held up by few of "
        "them. Networks came back because the cost of kernels grows with the square of the number of points."
    )

    def title(self) -> str:
        return f"SVM, {'RBF' if self.kernel == 'rbf' else 'linear' if self.kernel == 'linear' else 'polynomial'}"

    def output_kind(self, n_classes: int) -> OutputKind:
        return "step"

    def n_outputs(self, n_classes: int) -> int:
        return 1 if n_classes == 2 else n_classes

    def settings(self, n: int) -> dict[str, Any]:
        gamma = "scale" if self.gamma is None else self.gamma
        return {"kernel": self.kernel, "C": self.C, "gamma": gamma, "degree": self.degree,
                "decision_function_shape": "ovo"}  # fmt: skip
