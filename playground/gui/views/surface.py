"""The view of `Surface`: the error over two weights as a landscape, and the way that gradient descent takes in it.

Both axes fill the room they have: that a bowl is long and narrow is what the picture is about. Run it alone for
a look: `python -m playground.gui.views.surface`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Surface
from playground.gui import plot
from playground.gui.contours import contour
from playground.gui.heat import image, ramp
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import mix, px, theme
from playground.gui.views import scaling
from playground.gui.views.base import HoverView
from playground.gui.views.readout import Row, draw_read_out, reading
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, plain, text_width

LEVELS = 9
DECADES = 4.0
"""The lines run over so many powers of ten of E - Emin, evenly in its logarithm."""
MOST_DOTS = 200


class SurfaceView(HoverView):
    shows = Surface

    def __init__(self, parent: QWidget | None = None) -> None:
        self._drawn: tuple[tuple[object, ...], QPixmap] | None = None
        super().__init__(parent)

    def has_data(self) -> bool:
        s = self.summary
        return s is not None and min(s.value.shape) >= 2 and bool(np.isfinite(s.value).any())

    def describe(self) -> str:
        s, found = self.summary, []
        names = plain(self._label(s.x_label)), plain(self._label(s.y_label))
        for words, at in ((self.tr("now"), s.here), (self.tr("least"), s.minimum)):
            if at is not None:
                found.append(f"{words}: {names[0]} {reading(at[0])}, {names[1]} {reading(at[1])}")
        steps = self.tr("{n} positions of the descent").format(n=len(s.path))
        return "; ".join([*found, steps])

    def _label(self, text: str) -> str:
        return scaling.axis_label(text, len(text) <= 6)

    # ---- what is derived from the values
    def _landscape(self, box: QRectF) -> QPixmap:
        """The tinted ground and the lines over it. Kept while the values are the same object: the descent moves on
        far more often."""
        t, value, ratio = theme(), self.summary.value, self.devicePixelRatioF()
        size = (round(box.width()), round(box.height()))
        if self._drawn is None or self._drawn[0][0] is not value or self._drawn[0][1:] != (t.name, size, ratio):
            picture = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
            picture.setDevicePixelRatio(ratio)
            painter = QPainter(picture)
            try:
                draw_landscape(painter, QRectF(0, 0, *size), np.asarray(value, dtype=np.float64))
            finally:
                painter.end()
            self._drawn = (value, t.name, size, ratio), picture
        return self._drawn[1]

    # ---- geometry
    def _layout(self) -> tuple[Frame, Axis, Axis]:
        s = self.summary
        x, y = _limits(s.x), _limits(s.y)
        top, bottom = px(12), px(38) + self.foot()
        height = max(self.height() - top - bottom, px(24))
        ys = plot.ticks(*y, most=max(2, min(6, int(height / px(28)))))
        y_axis = Axis(ys, plot.tick_texts(ys, short=True))
        name = self._label(s.y_label)
        left = px(12) + (text_width(name, 13) + px(8) if name else 0) + max(y_axis.width(11), px(12)) + px(8)
        width = max(self.width() - round(left) - px(16), px(48))
        xs = plot.ticks(*x, most=max(2, min(8, int(width / px(56)))))
        frame = Frame(QRectF(round(left), top, round(width), round(height)), x, y)
        return frame, Axis(xs, plot.tick_texts(xs, short=True)), y_axis

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        frame, x_axis, y_axis = self._layout()
        t, box = theme(), frame.rect
        painter.drawPixmap(box.topLeft(), self._landscape(box))
        painter.save()
        painter.setClipRect(box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_path(painter, frame)
        painter.restore()
        rounded(painter, box.adjusted(-1, -1, 1, 1), 0, line=t.axis)
        plot.draw_x_ticks(painter, frame, x_axis, 11)
        plot.draw_y_ticks(painter, frame, y_axis, 11)
        self._paint_names(painter, box)
        self._paint_minimum(painter, frame)
        self._paint_here(painter, frame)
        if self._hover is not None and box.contains(self._hover):
            self._paint_read_out(painter, frame)

    def _paint_path(self, painter: QPainter, frame: Frame) -> None:
        path = np.asarray(self.summary.path, dtype=np.float64)
        if path.ndim != 2 or not len(path):
            return
        x, y = frame.px(path[:, 0]), frame.py(path[:, 1])
        color = theme().color("fit")
        plot.draw_lines(painter, x, y, plot.pen(color, 1.5), frame.rect)
        dots = np.unique(np.linspace(0, len(path) - 1, MOST_DOTS).astype(int)) if len(path) > MOST_DOTS else None
        if dots is not None:
            x, y = x[dots], y[dots]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        seen = np.isfinite(x) & np.isfinite(y) & (np.abs(y) < 1e4)
        for at_x, at_y in zip(x[seen].tolist(), y[seen].tolist(), strict=True):
            painter.drawEllipse(QPointF(at_x, at_y), px(2), px(2))

    def _spot(self, frame: Frame, at: tuple[float, float] | None) -> QPointF | None:
        """Pixels of a place on the map, if it lies on it."""
        if at is None or not np.isfinite(at).all():
            return None
        spot = QPointF(float(frame.px(at[0])), float(frame.py(at[1])))
        return spot if frame.rect.adjusted(-2, -2, 2, 2).contains(spot) else None

    def _paint_minimum(self, painter: QPainter, frame: Frame) -> None:
        spot = self._spot(frame, self.summary.minimum)
        if spot is None:
            return
        here = self._spot(frame, self.summary.here)
        covered = here is not None and (here - spot).manhattanLength() < px(9)
        arm = px(8) if covered else px(5)  # the arms look out from under the place that stands on them
        for color, width in (("canvas", 4.5), ("text", 2.0)):
            painter.setPen(plot.pen(theme().color(color), width))
            for way in (-1, 1):
                painter.drawLine(spot + QPointF(-arm, -arm * way), spot + QPointF(arm, arm * way))

    def _paint_here(self, painter: QPainter, frame: Frame) -> None:
        """Where the weights are now, over everything else, even over the frame at its edge."""
        spot = self._spot(frame, self.summary.here)
        if spot is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme().color("canvas"), 2))
            painter.setBrush(theme().color("fit"))
            painter.drawEllipse(spot, px(5) + 1, px(5) + 1)

    def _paint_names(self, painter: QPainter, box: QRectF) -> None:
        s = self.summary
        if s.x_label:
            plot.draw_label(painter, QPointF(box.center().x(), box.bottom() + px(28)), self._label(s.x_label), 13)
        if s.y_label:
            name = self._label(s.y_label)
            plot.draw_label(painter, QPointF(px(12) + text_width(name, 13) / 2, box.center().y()), name, 13)
        if s.value_label:
            words = self._label(s.value_label)
            wide = text_width(words, 12) + px(12)
            corner = QRectF(box.right() - wide - px(5), box.top() + px(5), wide, px(20))
            rounded(painter, corner, px(4), theme().color("canvas", 0.8))
            draw_text(painter, corner, words, size=12, align=Qt.AlignmentFlag.AlignCenter)

    def _paint_read_out(self, painter: QPainter, frame: Frame) -> None:
        s = self.summary
        x, y = frame.data(self._hover)
        column = int(np.argmin(np.abs(np.asarray(s.x) - x)))
        row = int(np.argmin(np.abs(np.asarray(s.y) - y)))
        rows: list[Row] = [(None, self._label(name) or "x", reading(v)) for name, v in ((s.x_label, x), (s.y_label, y))]
        rows.append((None, self._label(s.value_label) or "E", reading(float(s.value[row, column]))))
        draw_read_out(painter, QRectF(self.rect()), self._hover, rows)


def draw_landscape(painter: QPainter, box: QRectF, value: Floats) -> None:
    """Ground and lines of equal height. The values stand at the middles of cells, and the axes end there."""
    t, height = theme(), rise(value)
    rows, columns = value.shape
    cell_w, cell_h = box.width() / (columns - 1), box.height() / (rows - 1)
    share = np.clip(1 + np.log10(np.maximum(height, 1e-300)) / DECADES, 0, 1)
    table = ramp(t.map_paper, mix(t.map_paper, t.map_positive, 0.5), t.map_positive)
    ground = image(table[(np.nan_to_num(share, nan=0.0) * 255).astype(np.uint8)])
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box.adjusted(-cell_w / 2, -cell_h / 2, cell_w / 2, cell_h / 2), ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x, y = lines_of(height).T
    pen = plot.pen(t.color("muted", 0.6), 1)
    plot.draw_lines(painter, box.left() + x * cell_w, box.bottom() - y * cell_h, pen, box)


def rise(value: Floats) -> Floats:
    """How far each value lies over the least, as a share of the greatest; NaN and infinities are NaN."""
    good = np.isfinite(value)
    half = np.where(good, value, np.nan) / 2  # halves: the difference of two huge values may overflow
    low = np.nanmin(half)
    top = np.nanmax(half) - low
    return (half - low) / top if top > 0 else np.where(good, 0.0, np.nan)


def lines_of(height: Floats) -> Floats:
    """Lines [n, 2] of equal height in units of cells, evenly in the logarithm; NaN between two of them.

    They are looked for in the square root, which is nearly straight across the cells of a bowl.
    """
    root = np.sqrt(height)
    levels = 10.0 ** (-DECADES * np.arange(1, LEVELS + 1) / (LEVELS + 0.5))
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for level in levels for part in (contour(root, level**0.5), gap)])


def _limits(values: Floats) -> plot.Range:
    """The ends of an axis; one of no length gets some."""
    low, high = (float(values[0]), float(values[-1])) if len(values) else (0.0, 1.0)
    if not (np.isfinite(low) and np.isfinite(high)) or high <= low:
        return (low, low + 1.0) if np.isfinite(low) and abs(low) < 1e6 else (0.0, 1.0)
    return low, high


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("surface")
