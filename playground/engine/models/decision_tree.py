"""Decision tree: one question about one coordinate after the other, by scikit-learn's DecisionTreeClassifier."""

from typing import Any, ClassVar, Literal

from playground.engine.models.base import model
from playground.engine.models.library import LibrarySpec
from playground.engine.schema import param


@model(rank=50)
class DecisionTree(LibrarySpec):
    kind: Literal["tree"] = "tree"
    max_depth: int = param(3, label="Depth", low=1, high=20, live=True,
                           help="Questions from the root to a leaf, at most. Larger: smaller boxes, more to overfit "
                                "with.")  # fmt: skip

    label: ClassVar[str] = "Decision tree"
    about: ClassVar[str] = (
        "The better choice for tables, in forests to this day: no scaling, and answers that can be read as rules. "
        "Networks came back for pictures, sound and text, where no single input means anything by itself."
    )

    def title(self) -> str:
        return f"Tree, depth {self.max_depth}"

    def settings(self, n: int) -> dict[str, Any]:
        return {"max_depth": self.max_depth, "random_state": 0}
