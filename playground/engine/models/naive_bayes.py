"""Gaussian naive Bayes: a bell for each class and coordinate, by scikit-learn's GaussianNB."""

from typing import ClassVar, Literal

from playground.engine.models.base import model
from playground.engine.models.library import LibrarySpec


@model(rank=70)
class NaiveBayes(LibrarySpec):
    kind: Literal["naive_bayes"] = "naive_bayes"

    label: ClassVar[str] = "Naive Bayes"
    about: ClassVar[str] = (
        "The better choice for very few points and for the first filters against spam: it counts means and spreads, "
        "and is done. Networks came back because inputs are not independent, which it takes them to be."
    )
