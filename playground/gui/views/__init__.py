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
    from playground.gui.views.lines import LinesView
    from playground.gui.views.network import NetworkView
    from playground.gui.views.table import TableView

    return {view.shows: view for view in (BarsView, ConfusionView, LinesView, NetworkView, TableView)}


def __getattr__(name: str) -> Any:
    if name == "VIEWS":
        return _views()
    raise AttributeError(name)
