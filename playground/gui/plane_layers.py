"""What a decision map says of the plane, each as a layer of the canvas: probability, decisions, uncertainty, lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from playground.engine.snapshot import DecisionMap, PlaneMarks
from playground.gui import heat, plot
from playground.gui.contours import contour, lines
from playground.gui.numbers import fmt
from playground.gui.plot import Floats, Frame
from playground.gui.theme import px, theme
from playground.gui.widgets.text import draw_text, text_width

OF_TWO, OF_MORE = (0.1, 0.3, 0.7, 0.9), (0.6, 0.75, 0.9)
"""Probabilities of the second of two classes, and of the most probable of more, along which there is a contour."""
OF_NUMBERS = (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)
MOST_UNSURE = 0.85
"""How much of the ink is taken where all classes are equally probable."""


def has_classes(found: DecisionMap) -> bool:
    """Whether it holds probabilities of classes, and is not the picture of a unit or of a numeric target."""
    return found.values.ndim == 3 and found.values.shape[2] > 1 and found.unit is None


def decided(found: DecisionMap) -> np.ndarray:
    """[rows, columns] the class that is decided for, -1 where none is."""
    values = found.values
    label: np.ndarray = values.argmax(axis=2)
    if values.shape[2] == 2 and len(found.edge) == 1:
        label = (found.edge[0] > 0).astype(np.int64)
    return np.where(np.ptp(values, axis=2) < 1e-6, -1, label)


def discrete_image(found: DecisionMap) -> QImage:
    """The colour of the class that is decided for, paper where none is."""
    label, k = decided(found), found.values.shape[2]
    sure = np.full((*label.shape, k), 1.0 / k)
    sure[label >= 0] = np.eye(k)[label[label >= 0]]
    return heat.map_image(sure)


def uncertainty(values: np.ndarray) -> np.ndarray:
    """[rows, columns] from 0, where one class is certain, to 1, where all are equally probable: the entropy of the
    probabilities [rows, columns, k] over ln k."""
    p = np.clip(values.astype(np.float64), 1e-12, 1.0)
    share: np.ndarray = -(p * np.log(p)).sum(axis=2) / np.log(values.shape[2])
    return np.clip(np.nan_to_num(share, nan=1.0), 0.0, 1.0)


def uncertainty_image(found: DecisionMap) -> QImage:
    """From paper, where the model is sure, to ink."""
    t, share = theme(), MOST_UNSURE * uncertainty(found.values)[:, :, None]
    paper, ink = (np.array([c.red(), c.green(), c.blue()]) for c in map(QColor, (t.map_paper, t.boundary)))
    pixels = np.full((*share.shape[:2], 4), 255, dtype=np.uint8)
    pixels[:, :, :3] = np.rint(paper + (ink - paper) * share)
    return heat.image(pixels)


IMAGES: dict[str, Callable[[DecisionMap], QImage]] = {
    "": lambda found: heat.map_image(found.values), "discrete": discrete_image, "uncertainty": uncertainty_image,
}  # fmt: skip
"""By the layer that is switched on."""


def levels(found: DecisionMap) -> list[tuple[float, Floats]]:
    """(level, field [rows, columns]) of the contours."""
    values = found.values
    if found.unit is not None or min(values.shape, default=0) < 2:
        return []
    if values.ndim == 2:
        return [(level, values) for level in OF_NUMBERS]
    if values.shape[2] == 2:
        return [(level, values[..., 1]) for level in OF_TWO]
    return [(level, values.max(axis=2)) for level in OF_MORE]


def paint_contours(painter: QPainter, frame: Frame, found: DecisionMap) -> None:
    """Thin lines of equal probability, each with its number once."""
    t = theme()
    painter.setClipRect(frame.rect)
    pen = plot.pen(t.color("boundary", 0.55 * t.boundary_opacity), 1)
    wanted = levels(found)
    for i, (level, field) in enumerate(wanted):
        all_ = [in_data(line, field.shape, found) for line in lines(field, level)]
        for line in all_:
            plot.draw_curve(painter, frame.px(line[:, 0]), frame.py(line[:, 1]), pen, frame.rect)
        if all_:
            longest = max(all_, key=len)  # the numbers of lines that run side by side stand one after the other
            _paint_number(painter, frame, longest[len(longest) * (i + 1) // (len(wanted) + 1)], fmt(level))


def _paint_number(painter: QPainter, frame: Frame, at: Floats, words: str) -> None:
    wide = text_width(words, 11)
    box = QRectF(0, 0, wide + px(6), px(14))
    box.moveCenter(QPointF(float(frame.px(at[0])), float(frame.py(at[1]))))
    if frame.rect.contains(box):
        painter.fillRect(box, theme().color("map_paper", 0.8))
        draw_text(painter, box, words, size=11, color=theme().text, align=Qt.AlignmentFlag.AlignCenter)


def in_data(line: Floats, shape: tuple[int, ...], over: DecisionMap | PlaneMarks) -> Floats:
    """Points [m, 2] of a line in units of cells, as `contour` counts them, in data units."""
    step_x, step_y = (over.x[1] - over.x[0]) / shape[1], (over.y[1] - over.y[0]) / shape[0]
    found: Floats = (line + 0.5) * np.array([step_x, step_y]) + np.array([over.x[0], over.y[0]])
    return found


def margins(marks: PlaneMarks) -> list[Floats]:
    """Lines [n, 2] in data units along which the values have their levels."""
    return [
        in_data(line, field.shape, marks)
        for field in marks.values if min(field.shape) > 1
        for level in marks.levels
        for line in lines(field, level)
    ]  # fmt: skip


def boundary(found: DecisionMap) -> list[Floats]:
    """Lines [n, 2] in data units along which the most probable class changes, NaN between two of them; none for a
    numeric target."""
    values = found.values
    if values.ndim != 3 or values.shape[2] < 2 or min(values.shape[:2]) < 2:
        return []
    fields = [values[..., 1] - 0.5] if values.shape[2] == 2 else _leads(values)
    if found.edge.size:
        fields = list(found.edge)
    return [in_data(line, values.shape, found) for field in fields if len(line := contour(field))]


def _leads(values: np.ndarray) -> list[np.ndarray]:
    """For each class by how much it leads the best of the classes before it, where it leads the rest too."""
    fields = []
    for k in range(values.shape[2]):
        others = np.delete(values, k, axis=2).max(axis=2)
        fields.append(values[..., k] - others)
    return fields[:-1]
