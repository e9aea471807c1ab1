"""The document: the current Experiment, what it was before, and the file it lives in.

Forms, canvas and menus change it; the bridge, the canvas and the forms listen to `changed`. Undo is a
list of past Experiments, so nobody writes the inverse of a change. What is drawn is echoed from here at
once; the engine follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine import schema
from playground.engine.experiment import Experiment
from playground.engine.points import Points
from playground.engine.problem import Problem

KEPT = 500
"""Undo steps that are remembered; an Experiment shares what did not change with its neighbours."""


@dataclass(frozen=True)
class _Past:
    """The Experiment before and after a change, and what the change is called."""

    before: Experiment
    after: Experiment
    text: str
    merge: str = ""


class Document(QObject):
    """The one mutable thing of the window.

    changed(paths)    the Experiment is another one now; the paths whose values differ
    history_changed   what undo and redo would do has changed
    file_changed      path, title or dirty flag has changed
    """

    changed = Signal(object)
    history_changed = Signal()
    file_changed = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment or experiments.default()
        self._by_lab = {self._experiment.lab: self._experiment}
        self._problem: tuple[Experiment, Problem] | None = None
        self._undo: list[_Past] = []
        self._redo: list[_Past] = []
        self._saved = dict(self._by_lab)
        self._path: Path | None = None
        self._imported: set[Points] = set()
        self._trained_since_saved = False

    # ---- the Experiment
    @property
    def experiment(self) -> Experiment:
        return self._experiment

    @property
    def problem(self) -> Problem:
        """The arrays of the current Experiment."""
        if self._problem is None or self._problem[0] is not self._experiment:
            self._problem = self._experiment, problems.build(self._experiment)
        return self._problem[1]

    def change(self, changes: Mapping[str, Any], merge: str = "", text: str = "") -> None:
        """Set these paths. Raises SpecError and changes nothing when the result would be illegal.

        merge: changes in a row with the same key are one undo step (a slider's drag, a gesture) until
        `settle`. text: what undo calls it; by default the label of the parameter.
        """
        changed = experiments.change(self._experiment, changes)
        self.apply(changed, text or self._name_of(changes), merge)

    def set_points(self, points: Points, text: str, merge: str = "") -> None:
        """Give the data set these points (an edit on the canvas or in the table of values)."""
        self.change({"data.points": points}, merge, text)

    def apply(self, experiment: Experiment, text: str, merge: str = "") -> None:
        """Make `experiment` the current one, as one undo step called `text`."""
        before = self._experiment
        if experiments.diff(before, experiment) == frozenset():
            return
        last = self._undo[-1] if self._undo else None
        if merge and last is not None and last.merge == merge and not self._redo:
            self._undo.pop()
            before = last.before
        if before != experiment:
            self._undo.append(_Past(before, experiment, text, merge))
            del self._undo[:-KEPT]
        self._redo.clear()
        self._become(experiment)

    def settle(self) -> None:
        """End of a gesture: the next change is an undo step of its own, whatever its merge key."""
        if self._undo and self._undo[-1].merge:
            self._undo[-1] = replace(self._undo[-1], merge="")

    def switch_lab(self, name: str) -> None:
        """Go to a lab, with the Experiment that was left there. No undo step: undo goes to where it undoes."""
        if name != self._experiment.lab:
            target = self._by_lab.get(name) or experiments.default(name)
            self._saved.setdefault(name, target)
            self.settle()
            self._become(target)

    def _become(self, experiment: Experiment) -> None:
        paths = experiments.diff(self._experiment, experiment)
        was_dirty = self.dirty
        self._experiment = experiment
        self._by_lab[experiment.lab] = experiment
        self.changed.emit(paths)
        self.history_changed.emit()
        if self.dirty != was_dirty:
            self.file_changed.emit()

    def _name_of(self, changes: Mapping[str, Any]) -> str:
        return self._label(next(iter(changes), ""))

    def _label(self, path: str) -> str:
        known = experiments.parameters(self._experiment).get(path) or experiments.known_parameters().get(path)
        if known is None:
            return self.tr("Change")
        return f"{known.label} {known.symbol}".strip()

    # ---- undo
    @property
    def undo_text(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self._undo[-1].text if self._undo else ""

    @property
    def redo_text(self) -> str:
        return self._redo[-1].text if self._redo else ""

    def undo(self) -> None:
        """Take the last change back, in whichever lab it was made."""
        if self._undo:
            self._redo.append(replace(self._undo.pop(), merge=""))
            self._become(self._redo[-1].before)

    def redo(self) -> None:
        if self._redo:
            self._undo.append(self._redo.pop())
            self._become(self._undo[-1].after)

    # ---- the file
    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def title(self) -> str:
        return self._path.stem if self._path else self.tr("Untitled")

    @property
    def dirty(self) -> bool:
        """Whether the window shows something else than what was opened or saved."""
        changed = any(self._saved.get(lab) != e for lab, e in self._by_lab.items())
        return changed or (self._path is not None and self._trained_since_saved)

    @property
    def worth_asking(self) -> bool:
        """Whether closing would lose work that a few clicks cannot bring back: a file's changes, or points."""
        if not self.dirty:
            return False
        return self._path is not None or any(self._drawn(lab, e) for lab, e in self._by_lab.items())

    def _drawn(self, lab: str, e: Experiment) -> bool:
        """Whether the points were made by hand since they were saved."""
        points, saved = e.data.points, self._saved.get(lab)
        if points is None or not len(points) or points in self._imported:
            return False
        return saved is None or saved.data.points != points

    def imported(self, points: Points) -> None:
        """These points can be had from a file again."""
        self._imported.add(points)

    def trained(self) -> None:
        """The run went on since it was saved (told by the bridge)."""
        if not self._trained_since_saved:
            was_dirty = self.dirty
            self._trained_since_saved = True
            if self.dirty != was_dirty:
                self.file_changed.emit()

    def open(self, experiment: Experiment, path: Path | None = None) -> None:
        """Start afresh with this Experiment: an opened file, a link, a new document. No undo beyond it."""
        paths = experiments.diff(self._experiment, experiment)
        self._experiment = experiment
        self._by_lab = {experiment.lab: experiment}
        self._undo.clear()
        self._redo.clear()
        self.saved(path, emit=False)
        self.changed.emit(paths)
        self.history_changed.emit()
        self.file_changed.emit()

    def saved(self, path: Path | None, *, emit: bool = True) -> None:
        """What is shown now is what the file `path` holds."""
        self._path = path
        self._saved = dict(self._by_lab)
        self._trained_since_saved = False
        if emit:
            self.file_changed.emit()


def value(experiment: Experiment, path: str) -> Any:
    """The value at a path, or None where the path has no meaning for this tree."""
    try:
        return schema.get(experiment, path)
    except AttributeError:
        return None
