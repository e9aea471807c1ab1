"""The view of `Lines`: loss, accuracy, errors against a parameter.

Names stand at the ends of the curves, the run before is a thin ghost, a vertical line under the cursor
reads all curves out. A click on a chart of a parameter sets it. Run it alone for a look:
`python -m playground.gui.views.lines`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Lines, Series
from playground.gui import fonts, plot
from playground.gui.kept import Kept
from playground.gui.numbers import fmt
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import host, px, theme
from playground.gui.views import captions, scaling
from playground.gui.views.base import HoverView
from playground.gui.views.readout import Row, draw_read_out
from playground.gui.views.roles import draw_dot, draw_dots, role_color, role_ink, role_pen
from playground.gui.widgets.text import draw_text, text_width


class LinesView(HoverView):
    shows = Lines

    def __init__(self, parent: QWidget | None = None) -> None:
        self._log: bool | None = None  # None: as the summary says
        self._ground = Kept()
        self._captions: tuple[object, list[QRectF | None]] | None = None
        self._derived: tuple[object, list[tuple[Series, Floats, Floats]]] | None = None
        self._log_action = QAction("log", checkable=True)
        self._log_action.triggered.connect(self.set_log)
        super().__init__(parent)
        self._log_action.setParent(self)
        self._log_action.setToolTip(self.tr("Logarithmic vertical axis"))
        self._log_action.setWhatsThis(self.tr("Equal steps for equal ratios: how a small error goes on falling."))
        self._log_action.setVisible(False)

    # ---- what it offers
    def actions_(self) -> list[QAction]:
        return [self._log_action]

    @property
    def log(self) -> bool:
        """Whether y is logarithmic now."""
        lines = self.summary
        if lines is None or not lines.can_log:
            return False
        return lines.log_first if self._log is None else self._log

    def set_log(self, on: bool) -> None:
        """Logarithmic or linear y, from now on."""
        self._log = on
        self._changed()
        self.update()

    def _changed(self) -> None:
        self._derived = None
        lines = self.summary
        self._log_action.setVisible(lines is not None and lines.can_log)
        self._log_action.setChecked(self.log)

    def has_data(self) -> bool:
        return self.summary is not None and bool(self._series())

    def _series(self) -> list[tuple[Series, Floats, Floats]]:
        """Series with what can be drawn of them; ghosts first."""
        key = (self.summary, self.log)
        if self._derived is None or self._derived[0] != key:
            order = sorted(self.summary.series, key=lambda s: s.role != scaling.GHOST)
            horizon = scaling.horizon(self.summary)
            found = [(s, *scaling.finite(s, self.log, horizon)) for s in order]
            self._derived = key, [item for item in found if len(item[1])]
        return self._derived[1]

    def describe(self) -> str:
        ends = [f"{s.label}: {self._value(y[-1])}" for s, x, y in self._series() if s.role != scaling.GHOST]
        return "; ".join(ends)

    def _value(self, y: float) -> str:
        """As the read-out says it: three decimals where the axis is of ordinary size, else three digits."""
        if self.summary.percent:
            return fmt(float(y) * 100, 1) + " %"
        top = max((float(np.abs(ys).max()) for _, _, ys in self._series()), default=0.0)
        ordinary = 0.05 <= top < 1e4 and (not self.log or abs(y) >= 0.005)
        return fmt(float(y), 3) if ordinary or y == 0 else fmt(float(f"{y:.3g}"))

    # ---- geometry
    def _layout(self) -> tuple[Frame, Axis, Axis]:
        lines = self.summary
        metrics = QFontMetricsF(fonts.ui(11))
        below = px(16) if lines.x_label and not self._x_beside() else 0
        top, bottom = px(14), px(20) + below + self.foot()
        height = max(self.height() - top - bottom, px(24))
        most = max(2, min(6, int(height / px(20)))) if self.log else max(2, min(5, int(height / px(32))))
        limits = scaling.y_range(lines, self.log, most)
        values = scaling.y_ticks(limits, self.log, most)
        texts = plot.tick_texts(values, percent=lines.percent, log=self.log, short=True)
        y_axis = Axis(values, texts)
        left = px(16) + self._label_room() + max(y_axis.width(11), metrics.averageCharWidth() * 2) + px(8)
        x_limits = scaling.x_range(lines)
        width = self._plot_width(self.width() - left - px(16), x_limits)
        frame = Frame(QRectF(round(left), top, round(width), height), x_limits, limits, self.log)
        xs = plot.ticks(*x_limits, most=max(2, min(12 if lines.integer_x and lines.path else 6, int(width / px(36)))),
                        integer=lines.integer_x)  # fmt: skip
        return frame, Axis(xs, plot.tick_texts(xs, short=True)), y_axis

    def _x_is_symbol(self) -> bool:
        """A parameter on the axis is called by its symbol, whatever the other axis says."""
        return bool(self.summary.path) or self.summary.math_labels and len(self.summary.x_label) <= 4

    def _x_name(self) -> str:
        return scaling.axis_label(self.summary.x_label, self._x_is_symbol())

    def _x_beside(self) -> bool:
        """Where there is a note and little height, the name of the axis stands at its end."""
        return bool(self.foot()) and self.height() < px(220)

    def _label_room(self) -> float:
        label = scaling.axis_label(self.summary.y_label, self.summary.math_labels)
        if not label:
            return 0.0
        return text_width(label, 13) + px(10) if self.summary.math_labels else px(16)

    def _plot_width(self, free: float, x_limits: tuple[float, float]) -> float:
        """As wide as there is room, but so that the names at the ends of the curves fit."""
        room = free
        for series, x, _ in self._series():
            band = self.summary.band
            end = band[1] if band is not None and band[0] <= x[-1] <= band[1] else x[-1]  # names stand beside it
            share = (end - x_limits[0]) / (x_limits[1] - x_limits[0])
            need = text_width(series.label, 12, 600) + px(12)
            if self.summary.band is not None:
                need = max(need, text_width("0.000", 12) + px(12)) + px(8)
            if share > 1e-6:
                room = min(room, (free - need) / share)
        if self.summary.x_label and self._x_beside():
            room = min(room, free - text_width(self._x_name(), 13) - px(6))
        return max(room, px(48))

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        frame, x_axis, y_axis = self._layout()
        lines, box = self.summary, frame.rect
        key = (frame, x_axis, y_axis, lines.band, self._x_name(), lines.y_label, lines.math_labels, self._x_beside())
        self._ground.paint(painter, QRectF(self.rect()), key,
                           lambda below: self._paint_ground(below, frame, x_axis, y_axis), self.ground)  # fmt: skip
        self._paint_marks(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for series, x, y in self._series():
            self._paint_series(painter, frame, series, x, y)
        self._paint_names(painter, frame)
        if self._hover is not None and box.adjusted(-px(4), -px(8), px(8), px(8)).contains(self._hover):
            self._paint_read_out(painter, frame)

    def _paint_ground(self, painter: QPainter, frame: Frame, x_axis: Axis, y_axis: Axis) -> None:
        """What stays while the curves move."""
        t, box = theme(), frame.rect
        for y in frame.py(y_axis.values):
            plot.hline(painter, box.left(), box.right(), y, t.grid)
        self._paint_band(painter, frame)
        plot.vline(painter, box.left(), box.top(), box.bottom() + 1, t.axis)
        plot.hline(painter, box.left(), box.right(), box.bottom(), t.axis)
        plot.draw_x_ticks(painter, frame, x_axis, 11)
        plot.draw_y_ticks(painter, frame, y_axis, 11)
        self._paint_axis_labels(painter, frame)

    def _paint_axis_labels(self, painter: QPainter, frame: Frame) -> None:
        lines, box = self.summary, frame.rect
        mathematics = lines.math_labels
        if lines.x_label:
            size, color = (13, "text") if self._x_is_symbol() else (11, "muted")
            at = QPointF(box.center().x(), box.bottom() + px(28))
            if self._x_beside():
                at = QPointF(box.right() + px(14) + text_width(self._x_name(), size) / 2, box.bottom() + px(13))
            plot.draw_label(painter, at, self._x_name(), size, color)
        label = scaling.axis_label(lines.y_label, mathematics)
        if label and mathematics:
            wide = text_width(label, 13)
            plot.draw_label(painter, QPointF(px(16) + wide / 2, box.top() + box.height() * 0.28), label, 13)
        elif label:
            painter.save()
            painter.translate(px(16), box.center().y())
            painter.rotate(-90)
            plot.draw_label(painter, QPointF(0, 0), label, 11, "muted")
            painter.restore()

    def _paint_band(self, painter: QPainter, frame: Frame) -> None:
        if self.summary.band is None:
            return
        low, high = (float(v) for v in frame.px(self.summary.band))
        if high - low < px(4):
            low, high = (low + high) / 2 - px(2), (low + high) / 2 + px(2)
        band = QRectF(QPointF(low, frame.rect.top()), QPointF(high, frame.rect.bottom()))
        painter.fillRect(band.intersected(frame.rect.adjusted(0, 0, px(12), 0)), theme().color("accent_soft"))

    def _paint_marks(self, painter: QPainter, frame: Frame) -> None:
        marks = [mark for mark in self.summary.marks if frame.x[0] <= mark.x <= frame.x[1]]
        if not marks:
            return
        pen = QPen(theme().color("muted"), 1, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([2, 3])
        painter.setPen(pen)
        at = [round(float(frame.px(mark.x))) + 0.5 for mark in marks]
        for x in sorted(set(at)):
            painter.drawLine(QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom()))
        curves = [(frame.px(x), frame.py(y)) for _, x, y in self._series()]
        room = QRectF(frame.rect.left(), frame.rect.top(), self.width() - frame.rect.left(), frame.rect.height())
        labels = [mark.label for mark in marks]
        key = (at, labels, room, host().zoom)
        before = self._captions[1] if self._captions is not None and self._captions[0] == key else None
        self._captions = key, captions.places(at, labels, curves, room, before)
        for label, place in zip(labels, self._captions[1], strict=True):
            if place is not None:
                draw_text(painter, place.adjusted(0, 0, 2, 0), label, size=11, color=theme().muted)

    def _paint_series(self, painter: QPainter, frame: Frame, series: Series, x: Floats, y: Floats) -> None:
        across, down = frame.px(series.x), frame.py(series.y)
        across, down = scaling.thin(across, down, frame.rect.left(), frame.rect.right())
        # Quick are separate segments; few of them, thick or dashed, want real joints.
        draw = plot.draw_curve if len(across) <= 60 and series.role in ("sum", "noise") else plot.draw_lines
        draw(painter, across, down, role_pen(series.role), frame.rect)
        if series.role == scaling.GHOST:
            return
        self._paint_errors(painter, frame, series)
        band = self.summary.band
        dots = np.arange(len(x)) if series.markers and len(x) <= 200 else np.array([len(x) - 1])
        x, y = x[dots], y[dots]
        across, down = frame.px(x), frame.py(y)
        current = np.zeros(len(x), dtype=np.bool_) if band is None else (x >= band[0]) & (x <= band[1])
        near = frame.rect.adjusted(-px(8), -px(4), px(8), px(4))
        seen = (across >= near.left()) & (across <= near.right()) & (down >= near.top()) & (down <= near.bottom())
        seen &= scaling.spaced(across, px(7), current)
        for some, size in ((seen & ~current, px(8)), (seen & current, px(10))):
            if some.any():
                draw_dots(painter, across[some], down[some], series.role, size)

    def _paint_errors(self, painter: QPainter, frame: Frame, series: Series) -> None:
        """One standard error up and down: thin bars with small caps. On a logarithmic axis what would lie
        below zero ends at the foot of the chart."""
        ends = scaling.error_ends(series, self.log)
        if not len(ends):
            return
        across, box = frame.px(ends[:, 0]), frame.rect
        low, high = frame.py(ends[:, 1]), frame.py(ends[:, 2])
        low = np.where(np.isfinite(low), low, box.bottom() + px(20))
        gap = float(np.diff(across).min()) if len(across) > 1 else px(20)
        cap = min(px(3), max(gap / 3, 0.0))
        bars = [np.column_stack([across, high, across, low])]
        if cap >= 1:
            bars += [np.column_stack([across - cap, end, across + cap, end]) for end in (low, high)]
        painter.save()
        painter.setClipRect(box.adjusted(-px(4), -px(4), px(4), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # upright and level: crisp, and much faster
        color = role_color(series.role)
        color.setAlphaF(0.65)
        pen = QPen(color, max(1, round(px(100) / 100)))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        plot.draw_segments(painter, np.concatenate(bars), pen, box)
        painter.restore()

    def _plus_minus(self, series: Series, x: float) -> str:
        """The standard error as the read-out adds it."""
        if series.error is None:
            return ""
        where = np.flatnonzero(np.asarray(series.x) == x)
        error = float(series.error[where[0]]) if len(where) and where[0] < len(series.error) else np.nan
        return f" ± {self._value(error)}" if np.isfinite(error) else ""

    def _paint_names(self, painter: QPainter, frame: Frame) -> None:
        """The name at the end of each curve, and its value where the end is the current value."""
        band, names, said_ghost = self.summary.band, [], False
        for series, x, y in self._series():
            ghost = series.role == scaling.GHOST
            if not series.label or (ghost and said_ghost):
                continue
            said_ghost |= ghost
            current = band is not None and band[0] <= x[-1] <= band[1] and not ghost
            names.append((series, x[-1], y[-1], current))
        box = frame.rect
        free = box.height() + px(16)
        valued = sum(2 if current else 1 for *_, current in names) * px(16) <= free  # else the read-out says them
        line = max(min(px(16), free / max(len(names), 1)), px(12))
        wanted = [float(np.clip(frame.py(y), box.top(), box.bottom())) for _, _, y, _ in names]
        heights = [line * (2.0 if current and valued else 1.0) for *_, current in names]
        lefts = [float(frame.px(x)) + px(10) for _, x, _, _ in names]
        low = box.bottom() + px(0 if min(lefts, default=0) < box.right() else 8)  # the axis crosses no name out
        spans = [(left, left + text_width(n[0].label, 12, 600)) for left, n in zip(lefts, names, strict=True)]
        places = scaling.spread(wanted, heights, box.top() - px(8), low, spans)
        for (series, x, y, current), middle, height in zip(names, places, heights, strict=True):
            ghost = series.role == scaling.GHOST
            left = float(frame.px(x)) + px(10)
            if current and band is not None:
                left = max(left, float(frame.px(band[1])) + px(6))
            row = QRectF(left, middle - height / 2, max(self.width() - left, 1), line)
            color = theme().color("muted") if ghost else role_ink(series.role)
            size, weight = (11, 400) if ghost else (12, 600)
            ground = QRectF(left - px(2), row.top() + 1, text_width(series.label, size, weight) + px(4), line - 2)
            painter.fillRect(ground, theme().color(self.ground, 0.75))  # the run before may pass below
            draw_text(
                painter,
                row,
                series.label,
                size=size,
                weight=weight,
                color=color,
            )
            if current and valued:
                draw_text(painter, row.translated(0, line), self._value(y), size=12, color=theme().text)

    # ---- the read-out
    def _nearest(self, frame: Frame, at: QPointF) -> float | None:
        """The x of a data point nearest to the cursor."""
        xs = [x for s, x, _ in self._series() if s.role != scaling.GHOST] or [x for _, x, _ in self._series()]
        if not xs:
            return None
        every = np.concatenate(xs)
        return float(every[np.argmin(np.abs(frame.px(every) - at.x()))])

    def _paint_read_out(self, painter: QPainter, frame: Frame) -> None:
        x = self._nearest(frame, self._hover)
        if x is None:
            return
        t, at = theme(), float(frame.px(x))
        plot.vline(painter, at, frame.rect.top(), frame.rect.bottom(), t.control)
        head = self._x_name()
        joint = " = " if self.summary.math_labels else " "
        rows: list[Row] = [(None, f"{head}{joint}{fmt(x)}", "")]
        for series, xs, ys in self._series():
            found = np.flatnonzero(xs == x)
            if len(found):
                y = ys[found[0]]
                rows.append((series.role, series.label, self._value(y) + self._plus_minus(series, x)))
                spot = QPointF(at, float(frame.py(y)))
                if frame.rect.adjusted(-1, -1, 1, 1).contains(spot):
                    draw_dot(painter, spot, series.role, px(8))
        draw_read_out(painter, QRectF(self.rect()), QPointF(at, self._hover.y()), rows)

    # ---- the mouse
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        picks = bool(self.summary is not None and self.summary.path and self.has_data())
        self.setCursor(Qt.CursorShape.PointingHandCursor if picks else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.has_data() or not self.summary.path:
            return
        frame = self._layout()[0]
        edge = px(10)
        if frame.rect.adjusted(-edge, -edge, edge, edge).contains(event.position()):
            x = self._grid_value(frame, event.position())
            if x is not None:
                self.picked.emit({self.summary.path: round(x) if self.summary.integer_x else x})

    def _grid_value(self, frame: Frame, at: QPointF) -> float | None:
        """The value of the parameter under the cursor: that of the nearest point of the nearest series.

        Series may stand on grids of their own, so the nearest x of them all would be nobody's choice.
        """
        best: tuple[float, float] | None = None
        for series, xs, ys in self._series():
            if series.role == scaling.GHOST:
                continue
            across = np.abs(frame.px(xs) - at.x())
            i = int(np.argmin(across))
            far = float(across[i]) ** 2 + float(np.clip(frame.py(ys[i]), -1e5, 1e5) - at.y()) ** 2
            if best is None or far < best[0]:
                best = far, float(xs[i])
        return best[1] if best is not None else None


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("lines")
