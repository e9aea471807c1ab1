"""Points out of a table of which a person has chosen the columns, or its first two principal components."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.engine import principal
from playground.engine.csvfile import is_number, quoted
from playground.engine.datasets.base import LETTERS, MAX_CLASSES
from playground.engine.points import AUTO, PART_NAMES, Points
from playground.engine.schema import MAX_NAME, SpecError, elided, is_name
from playground.engine.sheet import Column, Sheet, check_columns
from playground.engine.tables import Imported

Mask = NDArray[np.bool_]

LABELS = ("label", "class", "species", "target", "category", "type", "kind", "group")
"""What the column of classes is often called; the first that is there is proposed."""
LONG = 40
"""Characters of a name in a sentence."""


@dataclass(frozen=True)
class Choice:
    """Which columns become points, by their places in the sheet.

    lab          "curve": one input, `target` is t; "classify": two inputs, `target` holds the classes, None: all
                 points are of one class
    components   the inputs, two or more, are replaced by their first two principal components
    standardise  each is divided by its standard deviation before that
    """

    lab: str
    inputs: tuple[int, ...]
    target: int | None
    components: bool = False
    standardise: bool = False


def propose(sheet: Sheet, lab: str) -> Choice:
    """What is probably meant. `lab`: the one on screen, which decides where both would do. Raises SpecError."""
    check_columns(sheet)
    named = {column.name.casefold(): i for i, column in reversed(list(enumerate(sheet.columns)))}
    numeric = sheet.numeric()
    if lab == "curve" and {named.get("x"), named.get("t")} <= set(numeric):
        return Choice("curve", (named["x"],), named["t"])
    classes = _likely_classes(sheet)
    inputs = tuple(i for i in numeric if i != classes and sheet.columns[i].name.casefold() != "split")
    preferred = tuple(named[name] for name in ("x1", "x2") if named.get(name) in inputs)
    if len(inputs) >= 2 and (classes is not None or lab == "classify"):
        return Choice("classify", preferred if len(preferred) == 2 else inputs[:2], classes)
    return Choice("curve", numeric[:1], numeric[1])


def _likely_classes(sheet: Sheet) -> int | None:
    """The column that looks most like classes: by its name, else the last one of few texts or few whole numbers."""
    fitting = [i for i, column in enumerate(sheet.columns)
               if 2 <= column.n_texts <= MAX_CLASSES and column.name.casefold() != "split"]  # fmt: skip
    for name in LABELS:
        for i in fitting:
            if sheet.columns[i].name.casefold() == name:
                return i
    words = [i for i in fitting if not sheet.columns[i].numeric]
    few = [i for i in fitting if sheet.columns[i].numeric and 3 * sheet.columns[i].n_texts <= sheet.n
           and not any(set(text) & set(".,e") for text in sheet.columns[i].texts)]  # fmt: skip
    return next(iter([*reversed(words), *reversed(few)]), None)


def take(sheet: Sheet, choice: Choice) -> Imported:
    """The points. Its note says what was left out, and what the axes are. Raises SpecError: one sentence."""
    _check(sheet, choice)
    inputs = [sheet.columns[i] for i in choice.inputs]
    target = None if choice.target is None else sheet.columns[choice.target]
    X = np.column_stack([column.values for column in inputs])
    there: Mask = np.asarray(np.isfinite(X).all(axis=1))
    if target is not None:
        there &= np.isfinite(target.values) if choice.lab == "curve" else ~target.missing
    notes = list(sheet.notes)
    notes += _left_out(sheet, inputs, target, choice)
    if not there.any():
        raise SpecError(f"No row has a value in {_all_of([*inputs, *([target] if target else [])])}.")
    X, names, classes = X[there], tuple(column.name for column in inputs), tuple[str, ...]()
    if choice.components:
        found = principal.first_two(X, choice.standardise)
        X, names = found.Z, axis_names(found.shares)
        notes.append(said(choice, found.shares))
    if choice.lab == "curve":
        assert target is not None
        t, last = target.values[there], target.name
    elif target is None:
        t, last = np.zeros(len(X)), "class" if "class" not in names else "label"
    else:
        t, classes = _classes(target, there)
        last = target.name
        if len(classes) == 1:
            notes.append(f"All points have the class {elided(classes[0], LONG)}; draw points of another one to tell "
                         "them apart.")  # fmt: skip
    points = Points(X, t, part=_parts(sheet, choice)[there])
    if len(points) == 1:
        notes.append("One point can tell no more than a constant.")
    return Imported(sheet.name, choice.lab, points, classes, (*names, last), " ".join(notes))


def axis_names(shares: tuple[float, float]) -> tuple[str, str]:
    """What stands at the axes of principal components: which one, and its share of the variance."""
    first, second = (f"PC{k} ({100 * share:.1f} % of the variance)" for k, share in enumerate(shares, 1))
    return first, second


def said(choice: Choice, shares: tuple[float, float]) -> str:
    """A sentence on principal components."""
    how = ", each divided by its standard deviation" if choice.standardise else ", as they are"
    return (f"The axes are the first two principal components of {len(choice.inputs):,} columns{how}; together "
            f"they hold {100 * sum(shares):.1f} % of the variance.")  # fmt: skip


def _check(sheet: Sheet, choice: Choice) -> None:
    if choice.components and len(choice.inputs) < 2:
        raise SpecError("Principal components need at least two columns of numbers.")
    used = [*choice.inputs, *(() if choice.target is None else (choice.target,))]
    for i in choice.inputs:
        if not sheet.columns[i].numeric:
            raise _no_numbers(sheet.columns[i])
    if choice.lab == "curve":
        if choice.target is None:
            raise SpecError("A curve needs a column for t.")
        if not sheet.columns[choice.target].numeric:
            raise _no_numbers(sheet.columns[choice.target])
    if len(set(used)) < len(used):
        twice = next(i for i in used if used.count(i) > 1)
        raise SpecError(f"{elided(sheet.columns[twice].name, LONG)} is chosen twice; each column has one place.")
    if choice.lab == "classify" and choice.target is not None:
        _check_classes(sheet, sheet.columns[choice.target])


def _check_classes(sheet: Sheet, column: Column) -> None:
    name = elided(column.name, LONG)
    if column.n_texts > MAX_CLASSES:
        how_many = "more than 100" if column.many else column.n_texts
        raise SpecError(f"{name} has {how_many} different values; at most {MAX_CLASSES} can be classes.")
    for code, text in enumerate(column.texts):
        if not is_name(text):
            row = int(sheet.rows[np.flatnonzero(column.codes == code)[:1]].min(initial=sheet.rows[-1]))
            raise SpecError(f"Row {row}, {name}: the name of a class must be 1 to {MAX_NAME} printable characters, "
                            f"not {elided(text, LONG)!r}.")  # fmt: skip


def _no_numbers(column: Column) -> SpecError:
    first = f": row {column.bad[0]} has {elided(column.bad[1], LONG)}" if column.bad else ""
    return SpecError(f"{elided(column.name, LONG)} is no column of numbers{first}.")


def _left_out(sheet: Sheet, inputs: Sequence[Column], target: Column | None, choice: Choice) -> list[str]:
    """Sentences on the rows that have no value where one is needed."""
    of = f"of {sheet.n:,} rows"
    numbers = [*inputs, *([target] if target is not None and choice.lab == "curve" else [])]
    missing = [column for column in (*inputs, *([target] if target else [])) if column.n_missing]
    sentences = []
    if missing:
        n = int(np.logical_or.reduce([column.missing for column in missing]).sum())
        where = f"in column {elided(missing[0].name, LONG)}" if len(missing) == 1 else f"in {_one_of(missing)}"
        sentences.append(f"{n:,} {of} {'has' if n == 1 else 'have'} no value {where} and "
                         f"{'is' if n == 1 else 'are'} left out.")  # fmt: skip
    for column in numbers:
        n = int((np.isnan(column.values) & ~column.missing).sum())
        if n and column.bad:
            row, text = column.bad
            sentences.append(f"{n:,} {of} {'has' if n == 1 else 'have'} no number in column "
                             f"{elided(column.name, LONG)} (row {row}: {elided(text, 20)}) and "
                             f"{'is' if n == 1 else 'are'} left out.")  # fmt: skip
    return sentences if len(sentences) <= 3 else [*sentences[:2], "More columns have cells without numbers."]


def _one_of(columns: Sequence[Column]) -> str:
    if len(columns) > 3:
        return f"one of {len(columns)} columns"
    names = [elided(column.name, LONG) for column in columns]
    return f"column {', '.join(names[:-1])} or {names[-1]}"


def _all_of(columns: Sequence[Column]) -> str:
    if len(columns) > 3:
        return f"all of these {len(columns)} columns"
    return " and ".join(elided(column.name, LONG) for column in columns)


def _classes(column: Column, there: Mask) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Class index [n] of the rows that are there, and the names of the classes that occur in them: numbers by size,
    the program's own letters in their order, all others as they first appear."""
    used = np.unique(column.codes[there])
    names = [column.texts[k] for k in used]
    order = np.arange(len(used))
    if all(is_number(name, ";") for name in names):
        order = np.array(sorted(order, key=lambda i: (float(names[i].replace(",", ".")), names[i])))
    elif set(names) <= set(LETTERS):
        order = np.array(sorted(order, key=lambda i: names[i]))
    index = np.empty(128)
    index[used[order]] = np.arange(len(used))
    return index[column.codes[there]], tuple(names[i] for i in order)


def _parts(sheet: Sheet, choice: Choice) -> NDArray[np.int8]:
    """What a column `split` says, where it says nothing but train, validation and test."""
    for i, column in enumerate(sheet.columns):
        if column.name.casefold() == "split" and i not in (*choice.inputs, choice.target):
            known = {text.casefold() for text in column.texts}
            if known <= set(PART_NAMES) and not column.n_missing:
                codes = np.array([PART_NAMES.index(text.casefold()) for text in column.texts], dtype=np.int8)
                return codes[column.codes]
    return np.full(sheet.n, AUTO, dtype=np.int8)


def summary(found: Imported) -> str:
    """How many points of how many classes."""
    n = len(found.points)
    words = f"{n:,} point{'' if n == 1 else 's'}"
    if found.lab == "curve":
        return f"{words} from {quoted(found.name)}."
    k = max(len(found.class_names), 1)
    return f"{words} of {k} class{'' if k == 1 else 'es'} from {quoted(found.name)}."
