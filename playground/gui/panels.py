"""The two side panels: Data at the left, Model at the right. Their rows come from the schema by `forms`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine import beside, standardization
from playground.engine import experiment as experiments
from playground.engine import problem as problems
from playground.engine.experiment import Experiment
from playground.engine.points import Points
from playground.engine.registry import datasets
from playground.engine.schema import Parameter, SpecError
from playground.gui import presets
from playground.gui.classes import Classes
from playground.gui.forms import Controls, Rows, shown_parameters
from playground.gui.numbers import fmt
from playground.gui.theme import px
from playground.gui.values import Values
from playground.gui.widgets import (
    LinkButton,
    Note,
    Panel,
    Section,
    SplitBar,
    Themed,
    ThumbnailGrid,
    drawn,
    rearranging,
    set_rich_tip,
)

TRAINING_FIRST = ("optimizer.kind", "optimizer.learning_rate", "optimizer.momentum", "training.batch_size",
                  "training.l2", "loss", "selection.folds")  # fmt: skip
"""What most people turn, in this order; everything else of optimiser and training stands under "More"."""
DATA_FIRST = ("data.expression", "data.coefficients", "data.x1", "data.x2")
MORE_KEY = "+"
FEW_ROWS = 4
"""So many rows may come and go one by one."""
MOST_INPUTS = 8
"""Whose mean and standard deviation the data panel says, where they are standardised."""
COLUMNS = 3
"""Presets side by side."""
NARROWEST = 252
"""The model panel gives way so far in a small window."""
MODEL_FIRST = ("model.kind", "model.kernel", "model.C", "model.gamma", "model.degree", "model.max_depth", "model.k",
               "model.order", "model.width", "model.ln_lambda", "model.basis", "model.penalise_bias",
               "features", "feature_order", "feature_formula", "model.hidden", "model.activation")  # fmt: skip


class RowBox(Themed, QWidget):
    """A column of rows with the margins of a panel."""

    def __init__(self, above: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._above = above
        self.column = QVBoxLayout(self)
        self.column.setSpacing(0)
        self.follow_theme()

    def restyle(self) -> None:
        self.column.setContentsMargins(0, px(self._above), 0, 0)


class DataPanel(Panel):
    """Presets, the fields of the chosen data set, the split, classes, typed values.

    import_requested: the picture of a file was clicked.  class_chosen(index): draw with this class.
    """

    import_requested = Signal()
    class_chosen = Signal(int)

    def __init__(self, controls: Controls, parent: QWidget | None = None) -> None:
        super().__init__("Data", width=216, parent=parent)
        self._document = controls.document
        self._shown_kinds: tuple[str, ...] = ()
        self._drawn: dict[str, Points] = {}
        self.grid = self.add(ThumbnailGrid(COLUMNS, self.tr("Data set")))
        self.grid.chosen.connect(self._choose)
        self.source = self.add(Note())
        fields = RowBox()
        self.add(fields)
        self.rows = Rows(fields.column, controls, self, field_width=64)
        self._column = fields.column
        self._paths: tuple[str, ...] | None = None
        self.scaling = self.add(Note())
        self.wrong = self.add(Note())
        self.more = LinkButton(self.tr("One more point"))
        self.more.clicked.connect(self.one_more)
        self.split = self.add(SplitBar())
        self.split.changing.connect(self._split)
        self.split.changed.connect(lambda shares: (self._split(shares), self._document.settle()))
        effect = self.tr("Blue learns, red only judges. Fewer test points: a less certain judgement.")
        set_rich_tip(self.split, self.tr("Split"), "", effect, self.tr("Resets the run."))
        self.classes_section = self.add(Section(self.tr("Classes")))
        self.classes = self.classes_section.add(Classes(self._document))
        self.classes.chosen.connect(self.class_chosen)
        self.values_section = self.add(Section(self.tr("Values")))
        self.values = self.values_section.add(Values(self._document))
        self.values_section.toggled.connect(lambda on: self.values.follow())
        self._document.changed.connect(self._follow)
        self._follow(frozenset({"lab"}))

    def _follow(self, paths: frozenset[str]) -> None:
        if not paths & {"lab", "seed.data", "seed.split", "standardize", "model.order"} and not any(
            path.startswith(("data", "split", "optimizer.kind", "feature", "model.kind")) for path in paths
        ):
            return
        e, problem = self._document.experiment, self._document.problem
        if paths != {"data.points"}:  # what a hand draws comes with every move of the mouse
            with rearranging(self.body, "lab" in paths):
                self._show_fields(e)
        if e.data.kind == "drawn":
            self._drawn[e.lab] = e.data.points
        self._show_wrong(e)
        self._show_scaling(e)
        train, validation, test = (len(problem.parts[name].t) for name in _PARTS)
        self.split.setCounts((train, validation, test))
        self.classes.follow()
        self.values.follow()

    def _show_fields(self, e: Experiment) -> None:
        self._show_presets(e)
        note, name = getattr(e.data, "note", ""), getattr(e.data, "name", "")
        said = note if name in note else f"{name}. {note}" if note else name
        self.source.setText(said)
        self.source.setVisible(bool(said))
        self._show_rows(self._fields(e), e)
        self._show_more(e)
        self.split.default = tuple(experiments.parameters(e)[f"split.{name}"].default for name in _PARTS)
        self.split.setValue((e.split.train, e.split.validation, e.split.test))
        self.classes_section.setVisible(bool(e.data.names_of_classes()))

    def _fields(self, e: Experiment) -> list[Parameter]:
        """What makes the true function comes before how many points are drawn from it."""
        found = [p for p in shown_parameters(e) if p.path.startswith("data.") and p.path != "data.kind"]
        found += [p for p in shown_parameters(e) if p.path == "standardize"]
        return sorted(found, key=lambda p: p.path not in DATA_FIRST)

    def _show_rows(self, fields: list[Parameter], e: Experiment) -> None:
        """The rows, and after that of the number of points the button for one more."""
        paths = tuple(p.path for p in fields)
        if paths != self._paths:
            self._column.removeWidget(self.more)  # the rows count their places without it
        self.rows.show(fields, e)
        if paths != self._paths:
            self._paths = paths
            above = self._column.indexOf(self.rows.row("data.n")) if "data.n" in self.rows else -1
            self._column.insertWidget(above + 1, self.more)

    def _show_wrong(self, e: Experiment) -> None:
        """How many points noise and flips have put where another class belongs."""
        share = problems.share_on_wrong_side(e)
        self.wrong.setVisible(share is not None)
        if share is not None:
            some = self.tr("{share} % of the points lie on the wrong side.").format(share=fmt(100 * share, 1))
            self.wrong.setText(some if share else self.tr("No point lies on the wrong side."))

    def _show_scaling(self, e: Experiment) -> None:
        """What each input is shifted and divided by, where the inputs are standardised."""
        found = standardization.of(e, self._document.problem)
        self.scaling.setVisible(found is not None)
        if found is None:
            return
        names, said = standardization.names(e), []
        for name, mean, scale in list(zip(names, *found, strict=True))[:MOST_INPUTS]:
            sign = "+" if mean < 0 else "\N{MINUS SIGN}"
            size, by = (fmt(float(f"{number:.3g}")) for number in (abs(mean), scale))
            said.append(f"{name}: {sign} {size}, ÷ {by}")
        if len(names) > MOST_INPUTS:
            said.append(self.tr("and so on, for {n} inputs").format(n=len(names)))
        self.scaling.setText("\n".join(said))

    def _show_more(self, e: Experiment) -> None:
        why = problems.why_no_more(e)
        self.more.setVisible(e.data.n_inputs == 1)
        self.more.setEnabled(not why)
        effect = self.tr("Another point from the true function, with noise: no other one moves, the fit follows.")
        set_rich_tip(self.more, self.more.text(), MORE_KEY, why or effect)

    def one_more(self) -> None:
        """Add one point from the source of the data, as one undo step."""
        changes = problems.one_more(self._document.experiment)
        if changes:
            self._document.change(changes, text=self.tr("One more point"))

    def preparations(self, e: Experiment) -> Iterator[Callable[[], None]]:
        """What can be made beforehand for showing `e`, in small pieces."""
        for p in self._fields(e):
            yield partial(self.rows.prepare, p, e)
        for kind in experiments.parameters(e)["data.kind"].choices:
            picture = presets.picture(kind)
            if callable(picture):
                yield partial(drawn, picture, self.devicePixelRatioF())

    def _show_presets(self, e: Experiment) -> None:
        kinds = experiments.parameters(e)["data.kind"].choices
        if len(kinds) % COLUMNS == 1 and e.data.kind != "file":  # importing needs no row of its own
            kinds = tuple(kind for kind in kinds if kind != "file")
        if kinds != self._shown_kinds:
            self._shown_kinds = kinds
            self.grid.clear()
            for kind in kinds:
                cls = datasets[kind]
                self.grid.add(kind, cls.label, presets.picture(kind), cls.about)
        self.grid.setValue(e.data.kind)

    def _choose(self, kind: str) -> None:
        """A preset was clicked; the one in use again gives back the points that were edited away."""
        if not datasets[kind].generated and kind != "drawn":
            self.grid.setValue(self._document.experiment.data.kind)
            self.import_requested.emit()
            return
        changes: dict[str, Any] = {"data.kind": kind}
        if kind == self._document.experiment.data.kind:
            changes = {"data.points": None} if datasets[kind].generated else {}
        elif kind == "drawn" and self._document.experiment.lab in self._drawn:
            changes["data.points"] = self._drawn[self._document.experiment.lab]  # those that were drawn before
        try:
            self._document.change(changes, text=self.tr("Data set {name}").format(name=datasets[kind].label))
        except SpecError as error:
            self.split.setError(str(error))
        self.grid.setValue(self._document.experiment.data.kind)

    def _split(self, shares: tuple[float, float, float]) -> None:
        changes = {f"split.{name}": share for name, share in zip(_PARTS, shares, strict=True)}
        try:
            self._document.change(changes, merge="split", text=self.tr("Split"))
        except SpecError as error:
            self.split.setError(str(error))


_PARTS = ("train", "validation", "test")


class ModelPanel(Panel):
    """Model, training and seeds. beside_wanted: the chart of models side by side is to be seen."""

    beside_wanted = Signal()

    def __init__(self, controls: Controls, parent: QWidget | None = None) -> None:
        super().__init__("Model", width=264, parent=parent)
        self._document = controls.document
        self._forms: dict[str, Rows] = {}
        model = RowBox()
        self.add(model)
        self._form("model", model.column, controls)
        self.beside = self.add(LinkButton(self.tr("Side by side…")))
        self.beside.clicked.connect(self.keep_beside)
        effect = self.tr("Keeps this model beside the next one: both learn from the same points, and you see where "
                         "they disagree.")  # fmt: skip
        set_rich_tip(self.beside, self.tr("Side by side"), "", effect)
        self.training = self.add(Section(self.tr("Training")))
        self._form("training", self._into(self.training), controls)
        self.note = self.training.add(Note())
        self.decision = self.add(Section(self.tr("Decision")))
        self.decision.setOpen(False)
        self._form("decision", self._into(self.decision), controls)
        self.more = self.add(Section(self.tr("More")))
        self.more.setOpen(False)
        self._form("more", self._into(self.more), controls)
        self.seeds = self.add(Section(self.tr("Seeds")))
        self._form("seed", self._into(self.seeds), controls)
        self._document.changed.connect(self._follow)
        self._follow()

    def keep_beside(self) -> None:
        """The model as it is stands beside the one that is in force from now on, and both are shown."""
        e = self._document.experiment
        text = beside.text_of(e)
        if text not in e.beside and len(e.beside) < beside.MOST:
            self._document.change(beside.adding(e, text), text=self.tr("Keep beside"))
        self.beside_wanted.emit()

    def restyle(self) -> None:
        super().restyle()
        self.setMinimumWidth(px(NARROWEST))

    def _form(self, name: str, layout: QVBoxLayout, controls: Controls) -> None:
        self._forms[name] = Rows(layout, controls, self)

    def _into(self, section: Section) -> QVBoxLayout:
        return section.add(RowBox()).column

    def rows(self, path: str) -> Any:
        """The row of a parameter; KeyError where it is not shown."""
        return next(rows for rows in self._forms.values() if path in rows).row(path)

    def preparations(self, e: Experiment) -> Iterator[Callable[[], None]]:
        """What can be made beforehand for showing `e`, in small pieces."""
        for place, parameters in self._places(e).items():
            for p in parameters:
                yield partial(self._forms[place].prepare, p, e)

    def _places(self, e: Experiment) -> dict[str, list[Parameter]]:
        """Which parameters stand in which part of the panel."""
        places: dict[str, list[Parameter]] = {"model": [], "training": [], "decision": [], "more": [], "seed": []}
        found = {p.path: p for p in shown_parameters(e)}
        for path in (*MODEL_FIRST, *TRAINING_FIRST, *found):
            p = found.pop(path, None)
            if p is not None and (place := _place(path)):
                places[place].append(p)
        return places

    def _follow(self, paths: frozenset[str] = frozenset()) -> None:
        if paths == {"data.points"}:
            self._bound_by_points()
            return
        e = self._document.experiment
        places = self._places(e)
        changed = sum(self._forms[place].changes(parameters) for place, parameters in places.items())
        with rearranging(self.body, changed > FEW_ROWS):
            for place, parameters in places.items():
                self._forms[place].show(parameters, e)
        self._bound_by_points()
        closed = self.tr("Closed form: the best weights in one step. To watch weights move, choose "
                         "gradient descent under Optimizer.")  # fmt: skip
        words = closed if e.optimizer.kind == "closed_form" else e.model.about
        self.beside.setVisible(e.data.n_inputs == 2)
        self.note.setVisible(bool(words))
        self.note.setText(words)
        for section, place in ((self.decision, "decision"), (self.more, "more")):
            section.setVisible(len(self._forms[place]) > 0)

    def _bound_by_points(self) -> None:
        """A batch larger than the training set means all of it, and so many folds leave one point out: the sliders
        end there."""
        e, rows = self._document.experiment, self._forms["training"]
        for path, least, now in (("training.batch_size", 1, e.training.batch_size),
                                 ("selection.folds", 2, e.selection.folds)):  # fmt: skip
            if path in rows:
                rows.row(path).setRange(least, max(len(self._document.problem.train.t), now, 2))


def _place(path: str) -> str:
    head = path.split(".")[0]
    if path in TRAINING_FIRST:
        return "training"
    if path in MODEL_FIRST:
        return "model"
    places = {"model": "more", "optimizer": "more", "training": "more", "decision": "decision", "seed": "seed"}
    return places.get(head, "")

