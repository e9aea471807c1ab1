"""Where the files are that come with the program: icons, fonts, example data.

In a checkout (and an editable installation) they lie in `assets/` beside the package, in a wheel in
`playground/assets/`. The theme, the icons and the data sets ask here and nowhere else.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(name: str) -> Path:
    """The path of an asset, e.g. `asset("icons/eraser.svg")`; raises FileNotFoundError if there is none."""
    for folder in (_PACKAGE / "assets", _PACKAGE.parent / "assets"):
        path = folder / name
        if path.exists():
            return path
    raise FileNotFoundError(f"no asset named {name!r} comes with this installation of Playground")
