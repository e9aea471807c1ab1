"""What an import would give, before it is one: the points as a small picture, and the classes with their numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from playground.engine.datasets.base import complete_colors, complete_names
from playground.engine.tables import Imported
from playground.gui import plot
from playground.gui.markers import draw_class
from playground.gui.numbers import fmt
from playground.gui.theme import ClassStyle, px, theme
from playground.gui.widgets import Themed, draw_text, set_rich_tip, text_width

MOST = 1500
"""Points that are drawn; of more, every second, third and so on."""


class PointsPreview(Themed, QWidget):
    """The points between their axes, in the colours of their classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Imported | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Preview of the points"))
        self.follow_theme()

    def restyle(self) -> None:
        self.setMinimumSize(px(220), px(160))

    def sizeHint(self) -> QSize:
        return QSize(px(300), px(220))

    def show_points(self, found: Imported | None, words: str = "") -> None:
        """Points, or words in their place."""
        self.found, self._words = found, words
        self.setAccessibleDescription("" if found is None else f"{len(found.points)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(t.color("border"), 1))
        painter.setBrush(t.color("canvas"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        if self.found is None:
            center = Qt.AlignmentFlag.AlignCenter
            draw_text(painter, QRectF(self.rect()), self._words, size=12, color=t.muted, align=center)
            return
        names = self._axis_names(self.found)
        box = QRectF(self.rect()).adjusted(px(26), px(10), -px(10), -px(26))
        plot.draw_name(painter, QPointF(box.center().x(), self.height() - px(13)), names[0], 11, box.width())
        plot.draw_name(painter, QPointF(px(13), box.center().y()), names[1], 11, box.height(), upright=True)
        self._paint_points(painter, box.adjusted(px(6), px(6), -px(6), -px(6)), self.found)

    @staticmethod
    def _axis_names(found: Imported) -> tuple[str, str]:
        if not found.columns:
            return "x₁", "x₂"
        return (found.columns[0], found.columns[1])

    def _paint_points(self, painter: QPainter, box: QRectF, found: Imported) -> None:
        points = found.points
        x, y = (points.X[:, 0], points.t) if points.n_inputs == 1 else (points.X[:, 0], points.X[:, 1])
        step = -(-len(x) // MOST) or 1
        xs, ys = box.left() + _share(x) * box.width(), box.bottom() - _share(y) * box.height()
        if not found.columns:  # a picture keeps its shape
            xs, ys = _in_shape(x, y, box)
        size = px(9) if len(x) <= 200 else px(6)
        styles = styles_of(found)
        painter.setPen(QPen(theme().color("train"), px(1.6)))
        painter.setBrush(theme().color("canvas"))
        for i in range(0, len(x), step):
            at = QPointF(float(xs[i]), float(ys[i]))
            if points.n_inputs == 1:
                painter.drawEllipse(at, size / 2, size / 2)
            else:
                draw_class(painter, at, styles[int(points.t[i])], size)


def styles_of(found: Imported) -> tuple[ClassStyle, ...]:
    """How the classes will look."""
    n = max(2, len(found.class_names))
    return tuple(theme().hues[k] for k in complete_colors(found.class_colors, n))


def _share(v: np.ndarray) -> np.ndarray:
    """From 0 at the least to 1 at the greatest; the middle where all are the same."""
    low, high = float(v.min()), float(v.max())
    return (v - low) / (high - low) if high > low else np.full(len(v), 0.5)


def _in_shape(x: np.ndarray, y: np.ndarray, box: QRectF) -> tuple[np.ndarray, np.ndarray]:
    middle = [(float(v.min()) + float(v.max())) / 2 for v in (x, y)]
    wide, high = (max(float(v.max()) - float(v.min()), 1e-9) for v in (x, y))
    scale = min(box.width() / wide, box.height() / high)
    return box.center().x() + (x - middle[0]) * scale, box.center().y() - (y - middle[1]) * scale


class ClassLine(Themed, QWidget):
    """Marker, name and number of points of one class; the whole name is in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self._count, self._place = "", 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.follow_theme()

    def restyle(self) -> None:
        self.setFixedHeight(px(20))

    def show_class(self, name: str, count: int, place: int) -> None:
        self.name, self._count, self._place = name, count, place
        self.setAccessibleName(self.tr("Class {name}, {count} points").format(name=name, count=count))
        set_rich_tip(self, name, self.tr("{count} points").format(count=fmt(count, group=True)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_class(painter, QPointF(px(8), self.height() / 2), theme().hues[self._place], px(9))
        count = fmt(self._count, group=True)
        wide = text_width(count, 12) + px(8)
        right = QRectF(self.width() - wide - px(4), 0, wide, self.height())
        draw_text(painter, QRectF(px(20), 0, right.left() - px(24), self.height()), self.name, size=12)
        draw_text(painter, right, count, size=12, color=theme().muted,
                  align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ClassLegend(QWidget):
    """The classes in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[ClassLine] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(0)

    def show_classes(self, found: Imported | None) -> None:
        names: tuple[str, ...] = ()
        if found is not None and found.lab == "classify":
            names = complete_names(found.class_names, max(1, len(found.class_names)))
            counts = np.bincount(found.points.t.astype(int), minlength=len(names))
            colors = complete_colors(found.class_colors, len(names))
        while len(self.lines) < len(names):
            line = ClassLine()
            self._grid.addWidget(line, len(self.lines) // 2, len(self.lines) % 2)
            self.lines.append(line)
        for i, line in enumerate(self.lines):
            line.setVisible(i < len(names))
            if i < len(names):
                line.show_class(names[i], int(counts[i]), colors[i])
