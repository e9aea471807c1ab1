"""k nearest neighbours: the classes of the nearest training points vote, by scikit-learn's KNeighborsClassifier."""

from typing import Any, ClassVar, Literal

from playground.engine.models.base import model
from playground.engine.models.library import LibrarySpec
from playground.engine.schema import param


@model(rank=60)
class NearestNeighbours(LibrarySpec):
    kind: Literal["knn"] = "knn"
    k: int = param(5, label="Neighbours", symbol="k", low=1, high=100, live=True,
                   help="How many vote, at most all. Larger: a smoother boundary; 1: every point has its own "
                        "region.")  # fmt: skip

    label: ClassVar[str] = "k neighbours"
    about: ClassVar[str] = (
        "Cover and Hart 1967: the better choice where nothing is known and a prediction may take long, as it learns "
        "nothing and keeps all points. Networks came back because in many dimensions no point is near another."
    )

    def title(self) -> str:
        return f"{self.k} nearest neighbours" if self.k > 1 else "Nearest neighbour"

    def settings(self, n: int) -> dict[str, Any]:
        return {"n_neighbors": min(self.k, n)}
