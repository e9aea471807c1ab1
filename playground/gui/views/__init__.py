"""One view for each type of summary. `VIEWS[type(summary)]` is the class of the widget that shows it.

The table is made when it is first asked for, so that each view can be run alone as a module.
"""

from functools import lru_cache
from typing import Any

VIEWS: dict[type, Any]


@lru_cache(maxsize=1)
def _views() -> dict[type, type]:
    from playground.gui.views.bars import BarsView
    from playground.gui.views.confusion import ConfusionView
    from playground.gui.views.example import ExampleView
    from playground.gui.views.folds import FoldsView
    from playground.gui.views.formulas import FormulasView
    from playground.gui.views.gallery import GalleryView
    from playground.gui.views.gridmap import GridMapView
    from playground.gui.views.hidden import HiddenSpaceView
    from playground.gui.views.histograms import HistogramsView
    from playground.gui.views.lines import LinesView
    from playground.gui.views.network import NetworkView
    from playground.gui.views.roc import RocView
    from playground.gui.views.side_by_side import SideBySideView
    from playground.gui.views.surface import SurfaceView
    from playground.gui.views.table import TableView

    every = (BarsView, ConfusionView, ExampleView, FoldsView, FormulasView, GalleryView, GridMapView, HiddenSpaceView,
             HistogramsView, LinesView, NetworkView, RocView, SideBySideView, SurfaceView, TableView)  # fmt: skip
    return {view.shows: view for view in every}


def __getattr__(name: str) -> Any:
    if name == "VIEWS":
        return _views()
    raise AttributeError(name)
