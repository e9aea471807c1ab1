"""What the engine shows: typed values, each drawn by one view of the window.

A `Snapshot` is published by the worker and taken by the heartbeat of the window. All arrays in it are
copies and read-only: `freeze` sees to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Role = Literal[
    "training", "validation", "test", "fit", "truth", "ghost", "bias", "variance", "noise", "sum",
    "layer 1", "layer 2", "layer 3", "layer 4", "layer 5", "layer 6", "layer 7", "layer 8", "output",
]  # fmt: skip
"""What a line stands for, and so its colour. From "bias" to "sum": the parts of the expected error and their sum. The
last ones are the layers of a network."""
Status = Literal["empty", "loading", "ready", "running", "paused", "finished", "stopped", "diverged", "failed"]


@dataclass(frozen=True)
class View:
    """What the canvas shows, sent by the window with `Watch`: it bounds how much is computed.

    x, y        ranges of the axes in data units       resolution  cells along one side of a map
    fan         how many resampled fits the fan holds; 0: none is computed
    orders      which orders stand side by side in the gallery and in the table of coefficients
    axes        which two weights span the error surface
    unit        (layer, unit), counted from 0, of which the canvas shows what it responds to; None: the prediction
    layer       hidden layer (1 is the first) whose space is looked into; 0: the last of them
    pair        its two units that span the picture; None: the first two principal components
    example     id of the point that is followed through the network; None: the first one
    """

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (-2.0, 2.0)
    resolution: int = 100
    fan: int = 0
    orders: tuple[int, ...] = (0, 1, 3, 9)
    axes: tuple[int, int] = (0, 1)
    unit: tuple[int, int] | None = None
    layer: int = 0
    pair: tuple[int, int] | None = None
    example: int | None = None


Changes = Mapping[str, Any]
"""{path: value}, as `experiment.change` takes them."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Something that a chart recommends: a button with this text, which makes these changes."""

    label: str
    changes: Changes


@dataclass(frozen=True, eq=False)
class Trouble:
    """Something that goes wrong in a run: what, in one sentence, and one thing to try.

    kind    what a person puts aside when it is closed       where   "layer 2", the name of a chart, or empty
    """

    kind: str
    sentence: str
    where: str = ""
    choice: Choice | None = None


@dataclass(frozen=True, eq=False)
class Summary:
    """Base of the typed values. `title` names the picture in exported files."""

    title: str = ""
    choices: tuple[Choice, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, eq=False)
class Fit(Summary):
    """The curve of a model over x: y [k] at x [k]. unit: (layer, unit) where it is what this unit puts out instead."""

    x: Array = field(default_factory=lambda: np.zeros(0))
    y: Array = field(default_factory=lambda: np.zeros(0))
    label: str = "fit"
    unit: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class DecisionMap(Summary):
    """What a model says on a grid of the plane.

    values [rows, columns, classes] probabilities, or [rows, columns] for a numeric target;
    row 0 is the lowest x2. x, y are the ranges that the cells' outer edges cover.
    edge   [fields, rows, columns], of a model that says a class and nothing of how sure it is, or with a threshold:
    its boundary is where one of these is 0
    unit   (layer, unit), counted from 0, where the values are not a prediction but what this unit puts out, divided
    by `scale`
    """

    values: Array = field(default_factory=lambda: np.zeros((0, 0)))
    x: tuple[float, float] = (-6.0, 6.0)
    y: tuple[float, float] = (-6.0, 6.0)
    unit: tuple[int, int] | None = None
    scale: float = 1.0
    edge: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))


@dataclass(frozen=True, eq=False)
class Fan(Summary):
    """Fits to resampled points: curves [K, k] at x [k], their mean and standard deviation [k].

    epoch   how far the replicas are trained      behind  less far than the run: more is on its way
    note    a sentence in place of the curves where there are none
    """

    x: Array = field(default_factory=lambda: np.zeros(0))
    curves: Array = field(default_factory=lambda: np.zeros((0, 0)))
    mean: Array = field(default_factory=lambda: np.zeros(0))
    spread: Array = field(default_factory=lambda: np.zeros(0))
    epoch: int = 0
    behind: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class FanMap(Summary):
    """The same in the plane, for each cell (row 0 is the lowest x2, as in DecisionMap).

    spread  [rows, columns] standard deviation of the prediction over n replicas
    edges   [rows, columns] share of the replicas whose boundary passes through the cell
    """

    spread: Array = field(default_factory=lambda: np.zeros((0, 0)))
    edges: Array = field(default_factory=lambda: np.zeros((0, 0)))
    x: tuple[float, float] = (-6.0, 6.0)
    y: tuple[float, float] = (-6.0, 6.0)
    n: int = 0
    epoch: int = 0
    behind: bool = False


@dataclass(frozen=True, eq=False)
class Predictions(Summary):
    """The model's word on each point of the experiment: ids [n], and value [n] (predicted class or y).

    lit   id of the point whose mistake it has just learned from, where it learns from one at a time
    """

    ids: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    value: Array = field(default_factory=lambda: np.zeros(0))
    lit: int | None = None


@dataclass(frozen=True, eq=False)
class PlaneMarks(Summary):
    """What a model of the plane stands on, drawn over its map.

    ringed          ids of points that hold up the boundary
    cuts [k, 4]     straight lines x1, x2 to x1, x2
    curves          closed lines [m, 2], each in the colour of the class of the same place in `classes`
    values          [fields, rows, columns] over x and y, as in DecisionMap, NaN where nothing is drawn: of each field
                    its lines of equal value `levels` are drawn
    """

    ringed: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cuts: Array = field(default_factory=lambda: np.zeros((0, 4)))
    curves: tuple[Array, ...] = ()
    classes: tuple[int, ...] = ()
    values: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    levels: tuple[float, ...] = ()
    x: tuple[float, float] = (-6.0, 6.0)
    y: tuple[float, float] = (-6.0, 6.0)


@dataclass(frozen=True, eq=False)
class Series:
    """One line of a chart: x [k], y [k]; NaN in y leaves a gap. `label` stands at its end."""

    label: str
    role: Role
    x: Array
    y: Array
    markers: bool = False
    error: Array | None = None
    """Standard error [k] of each y, drawn as a bar."""


@dataclass(frozen=True)
class Mark:
    """A dotted vertical line with a caption."""

    x: float
    label: str


@dataclass(frozen=True, eq=False)
class Lines(Summary):
    """A chart of lines. Ghost series (the run before) are drawn first and thin."""

    x_label: str = ""
    y_label: str = ""
    series: tuple[Series, ...] = ()
    marks: tuple[Mark, ...] = ()
    band: tuple[float, float] | None = None
    """The current value on x, drawn as a soft band."""
    percent: bool = False
    """y runs from 0 to 1 and is shown in per cent."""
    can_log: bool = False
    """A logarithmic y has meaning: the chart gets its "log" button."""
    y_range: tuple[float, float] | None = None
    integer_x: bool = False
    log_first: bool = False
    """Start with a logarithmic y."""
    math_labels: bool = False
    log_floor: float = 0.0
    """What lies below is not worth the room on a logarithmic axis: lines leave the picture there."""
    """Axis labels are variables, set in italics."""
    path: str = ""
    """Path of the parameter that x stands for: a click on a point sets it."""
    note: str = ""
    """One muted sentence in place of an empty chart, or under it."""
    behind: bool = False
    """Not yet complete: more is on its way."""


@dataclass(frozen=True, eq=False)
class Roc(Lines):
    """True against false positive rate of two classes, a curve for each part of the split that has both.

    thresholds   for each of the series the threshold [k] with which the decision stands at each of its points
    judged       index of the series that decisions are judged on; -1: none
    threshold    in force; None for a model without probabilities, whose boundary no threshold moves
    here         (false, true) positive rate of the judged series with it
    """

    thresholds: tuple[Array, ...] = ()
    judged: int = -1
    threshold: float | None = None
    here: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Bars(Summary):
    """Signed bars, on a symmetric-log scale where they span decades: value [k]."""

    labels: tuple[str, ...] = ()
    value: Array = field(default_factory=lambda: np.zeros(0))
    y_label: str = ""


@dataclass(frozen=True, eq=False)
class Table(Summary):
    """Rows of cells; numbers stay numbers, the view formats them. `columns` may have a role each."""

    columns: tuple[str, ...] = ()
    roles: tuple[Role | None, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    note: str = ""
    """A muted sentence under the rows."""
    names: bool = False
    """The first column holds names that a person gave: short ones are no formulas."""


@dataclass(frozen=True, eq=False)
class GridMap(Summary):
    """A number for each pair of two parameters, shown as colours: value [rows, columns], NaN where there is none.

    x, y     values of the parameters along columns and rows; None means "off"
    x_path   and y_path: what a click sets        here, best, simplest   (column, row) in force, of the least value,
             of the simplest model within one standard error of it; None where there is none
    value_label   what the colours mean           note   a muted sentence under the map, or in its place
    behind   not yet complete: more is on its way
    """

    x: tuple[float | None, ...] = ()
    y: tuple[float | None, ...] = ()
    value: Array = field(default_factory=lambda: np.zeros((0, 0)))
    x_label: str = ""
    y_label: str = ""
    value_label: str = ""
    x_path: str = ""
    y_path: str = ""
    here: tuple[int, int] | None = None
    best: tuple[int, int] | None = None
    simplest: tuple[int, int] | None = None
    note: str = ""
    behind: bool = False


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture of a gallery: a curve y [k] over the x of the gallery, with a caption and what a click sets."""

    label: str
    y: Array
    caption: str = ""
    current: bool = False
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Gallery(Summary):
    """Small multiples with common axes: the fits of several models to the points x [n], t [n].

    x [k]   where the curves are evaluated      truth [k]   the true function there; empty where nobody knows it
    """

    panels: tuple[Panel, ...] = ()
    x: Array = field(default_factory=lambda: np.zeros(0))
    truth: Array = field(default_factory=lambda: np.zeros(0))
    points_x: Array = field(default_factory=lambda: np.zeros(0))
    points_t: Array = field(default_factory=lambda: np.zeros(0))
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (-1.5, 1.5)
    note: str = ""


@dataclass(frozen=True, eq=False)
class Folds(Summary):
    """Cross-validation of the model in force: S runs, each with another part of the training points held out.

    ids [n], fold [n]      the training points and the fold, from 0 on, in which each is held out
    train, held_out [S]    root mean square error of each run on the points it learned from and on the others
    x [k], curves [S, k]   the fits
    mean, standard_error   of the held-out errors over the folds     n_trainings   what the answer cost
    behind   some folds are still to come: train, held_out and curves hold those that are done
    """

    ids: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    fold: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    train: Array = field(default_factory=lambda: np.zeros(0))
    held_out: Array = field(default_factory=lambda: np.zeros(0))
    x: Array = field(default_factory=lambda: np.zeros(0))
    curves: Array = field(default_factory=lambda: np.zeros((0, 0)))
    mean: float = 0.0
    standard_error: float = 0.0
    n_trainings: int = 0
    note: str = ""
    behind: bool = False


@dataclass(frozen=True, eq=False)
class Surface(Summary):
    """The error E over two of the weights, the others at their values now: value [rows, columns] at x, y.

    path [k, 2]   where gradient descent has been, oldest first     here, minimum   (x, y) of the weights in force
    and of the least E over these two; note: a muted sentence, for example the condition number and what it means
    """

    x: Array = field(default_factory=lambda: np.zeros(0))
    y: Array = field(default_factory=lambda: np.zeros(0))
    value: Array = field(default_factory=lambda: np.zeros((0, 0)))
    x_label: str = ""
    y_label: str = ""
    value_label: str = "E"
    path: Array = field(default_factory=lambda: np.zeros((0, 2)))
    here: tuple[float, float] | None = None
    minimum: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True)
class Formula:
    """A line of mathematics: LaTeX up to the equals sign, and the number after it.

    plain   the same for a screen reader and for a table      role   of the number's colour, or None
    """

    latex: str
    plain: str
    value: float | None = None
    role: Role | None = None


@dataclass(frozen=True, eq=False)
class Formulas(Summary):
    """Typeset formulas with the numbers of this moment."""

    rows: tuple[Formula, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Confusion(Summary):
    """counts [true, predicted] on `part`, with the names of the classes; ids, truth and guess [n] of its points."""

    counts: Array = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    names: tuple[str, ...] = ()
    part: str = "test"
    ids: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    truth: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    guess: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Network(Summary):
    """A dense network: thumbnails of what each unit responds to, weights and biases between layers.

    units    for each layer (inputs first, output last) an array [units, size, size], in -1 to 1; for a model of one
             input [units, size], over its range
    weights  for each pair of layers an array [units before, units after]; biases [units after]
    inputs   names of the inputs ("x1", "x1*x2"); activations: one name for each hidden layer
    others, other_units   names and pictures [k, size, size] of the inputs that are switched off
    projections   matrices [units before, units after] of the residual connections that have one, in the model's order
    scaling       (mean, standard deviation) of each input where these are standardised, else empty
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    units: tuple[Array, ...] = ()
    weights: tuple[Array, ...] = ()
    biases: tuple[Array, ...] = ()
    others: tuple[str, ...] = ()
    other_units: Array = field(default_factory=lambda: np.zeros((0, 1, 1)))
    projections: tuple[Array, ...] = ()
    scaling: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Score:
    """Measures of one part of the split; None where they have no meaning."""

    n: int
    loss: float
    rms: float | None = None
    accuracy: float | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None
    largest_miss: float | None = None
    r2: float | None = None
    balanced_accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state of the run at one moment.

    generation  of the `Load` that it answers; the window drops older ones
    step, epoch, position    updates so far, whole epochs, points seen in this epoch
    scores      by part name ("train", "validation", "test"); a part without points is missing
    objective   the penalised objective, where it differs from the loss
    message     a sentence for the status bar, or (failed, diverged) for the banner; details: a traceback
    notice      a sentence for a banner on what the run went through and got over
    reach       (first, last) epoch that can be sought; best: epoch of the least test loss so far
    troubles    what goes wrong, the most serious first
    """

    generation: int = 0
    status: Status = "empty"
    message: str = ""
    details: str = ""
    notice: str = ""
    step: int = 0
    epoch: int = 0
    position: int = 0
    scores: Mapping[str, Score] = field(default_factory=dict)
    objective: float | None = None
    n_parameters: int = 0
    executor: str = ""
    device: str = ""
    why: str = ""
    steps_per_second: float = 0.0
    seconds_per_fit: float = 0.0
    reach: tuple[int, int] = (0, 0)
    best_epoch: int | None = None
    can_restore: bool = False
    troubles: tuple[Trouble, ...] = ()
    summaries: Mapping[str, Summary] = field(default_factory=dict)

    @property
    def solved(self) -> bool:
        """Whether the model was found in one step."""
        return self.executor in ("closed_form", "sklearn")


def freeze(value: Any) -> Any:
    """The same value with every array copied and read-only: nothing in a snapshot changes later."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable or value.base is not None:
            value = value.copy()
            value.setflags(write=False)
        return value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: freeze(getattr(value, f.name)) for f in fields(value)}
        return type(value)(**changed)
    if isinstance(value, tuple):
        return tuple(freeze(item) for item in value)
    if isinstance(value, Mapping):
        return {key: freeze(item) for key, item in value.items()}
    return value


def alike(a: Any, b: Any) -> bool:
    """Whether two values say the same, arrays and what holds them included; NaN is like NaN."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if is_dataclass(a):
        return all(alike(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(alike(value, b[key]) for key, value in a.items())
    return bool(a == b)
