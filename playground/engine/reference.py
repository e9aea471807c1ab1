"""What there is to choose from, told from the schema: for people as a page, for scripts as JSON.

`playground describe` prints it, `assets/PARAMETERS.md` is its page. After a change of a parameter:

    python -m playground.engine.reference          writes the page anew
"""

from collections.abc import Iterable
from typing import Any

from playground.engine import schema
from playground.engine.experiment import default, known_parameters, parameters
from playground.engine.optimizers import LABELS
from playground.engine.presets import presets
from playground.engine.registry import datasets, exporters, labs, models, optimizers
from playground.engine.schema import Parameter
from playground.engine.tree import TAGGED

COMES_WITH_POINTS = {"data.points", "data.name", "data.columns", "data.note"}
"""Set by drawing or by a file, not by hand."""


def describe() -> dict[str, Any]:
    """Plain values: labs, presets, data sets, models, optimizers, exports, and every parameter.

    A path that differs between kinds is listed once for each group of kinds that share it, with `when`
    saying which. `default` is that of the first lab in which the path has a meaning; where labs differ,
    `default_by_lab` has all of them.
    """
    import playground.engine.export  # noqa: F401  fills the registry of exporters

    return {
        "labs": [
            {"name": name, "title": lab.title, "models": list(lab.models),
             "datasets": [kind for kind, cls in datasets.items() if cls.fits(lab.n_inputs)]}
            for name, lab in labs.items()
        ],
        "presets": [
            {"name": name, "title": preset.title, "lab": preset.lab, "about": preset.about}
            for name, preset in presets.items()
        ],
        "datasets": [
            {"name": kind, "label": cls.label, "about": cls.about,
             "labs": [name for name, lab in labs.items() if cls.fits(lab.n_inputs)]}
            for kind, cls in datasets.items()
        ],
        "models": [
            {"name": kind, "label": cls.label, "about": cls.about, "optimizers": list(cls.optimizers),
             "losses": list(cls.losses), "labs": [name for name, lab in labs.items() if kind in lab.models]}
            for kind, cls in models.items()
        ],
        "optimizers": [{"name": kind, "label": LABELS[kind]} for kind in optimizers],
        "exports": [
            {"name": kind, "title": entry.title, "description": entry.description}
            for kind, entry in exporters.items()
        ],
        "parameters": [_plain(p, when) for p, when in _entries()],
    }  # fmt: skip


def _entries() -> Iterable[tuple[Parameter, dict[str, list[str]]]]:
    """Every parameter that can be set by hand, with the kinds under which it looks like this (all: {})."""
    tagged = tuple(f"{head}." for head in TAGGED)
    for path, p in known_parameters().items():
        if path in COMES_WITH_POINTS:
            continue
        if not path.startswith(tagged) or path.endswith(".kind"):
            yield p, {}
            continue
        head = path.split(".")[0]
        registry = TAGGED[head]
        groups: list[tuple[Parameter, list[str]]] = []
        for kind, cls in registry.items():
            found = next((q for q in schema.parameters_of(cls, f"{head}.") if q.path == path), None)
            if found is None:
                continue
            same = next((kinds for q, kinds in groups if q == found), None)
            if same is None:
                groups.append((found, [kind]))
            else:
                same.append(kind)
        for q, kinds in groups:
            yield q, {} if len(kinds) == len(registry) else {f"{head}.kind": kinds}


def _plain(p: Parameter, when: dict[str, list[str]]) -> dict[str, Any]:
    here = {name: _default(p, when, name) for name in labs if _reaches(when, name)}
    value = next(iter(here.values()))
    entry: dict[str, Any] = {"path": p.path, "kind": p.kind, "default": value, "label": p.label}
    if any(other != value for other in here.values()):
        entry["default_by_lab"] = here
    if when:
        entry["when"] = when
    optional = {
        "choices": list(p.choices), "low": p.low, "high": p.high, "item_low": p.item_low, "item_high": p.item_high,
        "symbol": p.symbol, "unit": p.unit, "help": p.help,
    }  # fmt: skip
    entry |= {key: value for key, value in optional.items() if value not in (None, "", [])}
    return {**entry, "can_be_off": p.optional, "live": p.live, "allowed": p.legal()}


def _reaches(when: dict[str, list[str]], lab: str) -> bool:
    """Whether one of the kinds can be had in the lab."""
    for tag, kinds in when.items():
        if tag == "data.kind":
            return any(datasets[kind].fits(labs[lab].n_inputs) for kind in kinds)
        if tag == "model.kind":
            return any(kind in labs[lab].models for kind in kinds)
    return True


def _default(p: Parameter, when: dict[str, list[str]], lab: str) -> Any:
    """That of the lab where the path is that of the kinds it opens with, else the field's."""
    e = default(lab)
    here = parameters(e).get(p.path)
    opens_with_it = all(schema.get(e, tag) in kinds for tag, kinds in when.items())
    value = here.default if here is not None and opens_with_it else p.default
    return list(value) if isinstance(value, tuple) else value


def page() -> str:
    """The reference page, in Markdown."""
    told = describe()
    parts = [
        "# Reference",
        "Made from the program itself by `python -m playground.engine.reference`; `playground describe` prints "
        "it, `playground describe --json` the same for scripts. Set a parameter with `--set PATH=VALUE`; a "
        "*live* one can change while training, without a reset.",
    ]
    for title, key, columns in (
        ("Labs", "labs", ("name", "title", "models")),
        ("Presets", "presets", ("name", "title", "lab", "about")),
        ("Data sets", "datasets", ("name", "label", "labs", "about")),
        ("Models", "models", ("name", "label", "labs", "optimizers", "losses", "about")),
        ("Optimizers", "optimizers", ("name", "label")),
        ("Exports", "exports", ("name", "title", "description")),
    ):
        rows = [[_cell(entry[column], column == "name") for column in columns] for entry in told[key]]
        parts += [f"## {title}", _table(columns, rows)]
    parts += ["## Parameters", _table(("path", "for", "what", "allowed", "default", "live"),
                                      [_row(entry) for entry in told["parameters"]])]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _row(entry: dict[str, Any]) -> list[str]:
    default = schema.show(_tuple(entry["default"]))
    if "default_by_lab" in entry:
        default = ", ".join(f"{lab}: {schema.show(_tuple(v))}" for lab, v in entry["default_by_lab"].items())
    what = f"{entry['label']} {entry.get('symbol', '')}".strip() + f". {entry.get('help', '')}"
    kinds = ", ".join(kind for group in entry.get("when", {}).values() for kind in group)
    cells = (kinds, what.strip(), entry["allowed"], default, "live" if entry["live"] else "")
    return [f"`{entry['path']}`", *(_cell(text) for text in cells)]


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _cell(value: Any, code: bool = False) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return f"`{text}`" if code else text.replace("|", "\\|").replace("*", "\\*")


def _table(columns: Iterable[str], rows: list[list[str]]) -> str:
    head = [list(columns), ["---"] * len(list(columns))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [*head, *rows])


if __name__ == "__main__":
    from playground.assets import asset
    from playground.engine.files import write_whole

    with write_whole(asset("icons").parent / "PARAMETERS.md") as temporary:
        temporary.write_text(page(), encoding="utf-8")
