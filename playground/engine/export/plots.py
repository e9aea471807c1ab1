"""The canvas and each chart as PNG, SVG and PDF, for slides and papers."""

from pathlib import Path

from playground.engine.export import figures
from playground.engine.export.base import Tick, exporter
from playground.engine.export.pictures import pictures
from playground.engine.trainer import Run

KINDS = ("png", "svg", "pdf")


@exporter(
    "plots",
    title="Plots",
    description="The canvas and each chart as PNG, SVG and PDF.",
    rank=50,
)
def write(run: Run, folder: Path, tick: Tick) -> None:
    """canvas.png, canvas.svg, canvas.pdf and the same of each chart that has something to show"""
    with figures.style():
        for done, picture in pictures(run, tick=tick):
            if type(picture.summary) not in figures.FIGURES:
                continue
            figure = figures.figure_of(picture)
            for kind in KINDS:
                tick(done, f"{picture.title} as {kind.upper()}")
                figures.save(figure, folder / f"{picture.name}.{kind}", kind)
                figure.set_layout_engine("none")  # what stands where is known after the first
