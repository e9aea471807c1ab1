"""The view of `Lines`: loss, accuracy, errors against a parameter.

Names stand at the ends of the curves, the run before is a thin ghost, a vertical line under the cursor
reads all curves out. A click on a chart of a parameter sets it. Run it alone for a look:
`python -m playground.gui.views.lines`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.engine.snapshot import Lines, Series
from playground.gui import fonts, plot
from playground.gui.numbers import fmt
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import px, theme
from playground.gui.views import scaling
from playground.gui.views.base import ChartView
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

_TOKENS = {"training": "train", "test": "test", "fit": "fit", "truth": "truth", "ghost": "ghost"}


def role_color(role: str) -> QColor:
    """The colour of a series; validation has none among the tokens and takes the purple of the classes."""
    return theme().color(_TOKENS[role]) if role in _TOKENS else QColor(theme().classes[3].color)


class LinesView(ChartView):
    shows = Lines

    def __init__(self, parent: QWidget | None = None) -> None:
        self._log: bool | None = None  # None: as the summary says
        self._hover: QPointF | None = None
        self._derived: tuple[object, list[tuple[Series, Floats, Floats]]] | None = None
        self._log_action = QAction("log", checkable=True)
        self._log_action.triggered.connect(self.set_log)
        super().__init__(parent)
        self._log_action.setParent(self)
        self._log_action.setToolTip(self.tr("Logarithmic vertical axis"))
        self._log_action.setVisible(False)
        self.setMouseTracking(True)

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
        top, bottom = px(14), px(20) + (px(16) if lines.x_label else 0)
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

    def _label_room(self) -> float:
        label = scaling.axis_label(self.summary.y_label, self.summary.math_labels)
        if not label:
            return 0.0
        return text_width(label, 13) + px(10) if self.summary.math_labels else px(16)

    def _plot_width(self, free: float, x_limits: tuple[float, float]) -> float:
        """As wide as there is room, but so that the names at the ends of the curves fit."""
        room = free
        for series, x, _ in self._series():
            share = (x[-1] - x_limits[0]) / (x_limits[1] - x_limits[0])
            need = text_width(series.label, 12, 600) + px(12)
            if self.summary.band is not None:
                need = max(need, text_width("0.000", 12) + px(12)) + px(8)
            if share > 1e-6:
                room = min(room, (free - need) / share)
        return max(room, px(48))

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        frame, x_axis, y_axis = self._layout()
        t, box = theme(), frame.rect
        for y in frame.py(y_axis.values):
            plot.hline(painter, box.left(), box.right(), y, t.grid)
        self._paint_band(painter, frame)
        plot.vline(painter, box.left(), box.top(), box.bottom() + 1, t.axis)
        plot.hline(painter, box.left(), box.right(), box.bottom(), t.axis)
        plot.draw_x_ticks(painter, frame, x_axis, 11)
        plot.draw_y_ticks(painter, frame, y_axis, 11)
        self._paint_axis_labels(painter, frame, y_axis)
        self._paint_marks(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for series, x, y in self._series():
            self._paint_series(painter, frame, series, x, y)
        self._paint_names(painter, frame)
        if self._hover is not None and box.adjusted(-px(4), -px(8), px(8), px(8)).contains(self._hover):
            self._paint_read_out(painter, frame)

    def _paint_axis_labels(self, painter: QPainter, frame: Frame, y_axis: Axis) -> None:
        lines, box = self.summary, frame.rect
        mathematics = lines.math_labels
        if lines.x_label:
            label = scaling.axis_label(lines.x_label, mathematics)
            plot.draw_label(
                painter,
                QPointF(box.center().x(), box.bottom() + px(28)),
                label,
                13 if mathematics else 11,
                "text" if mathematics else "muted",
            )
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
        for mark in self.summary.marks:
            if not frame.x[0] <= mark.x <= frame.x[1]:
                continue
            x = round(float(frame.px(mark.x))) + 0.5
            pen = QPen(theme().color("muted"), 1, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([2, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, frame.rect.top()), QPointF(x, frame.rect.bottom()))
            self._paint_caption(painter, frame, x, mark.label)

    def _paint_caption(self, painter: QPainter, frame: Frame, x: float, label: str) -> None:
        """At the foot or the head of its line, left or right: where the fewest points of curves are."""
        box, wide, high = frame.rect, text_width(label, 11), px(16)
        tops, lefts = (box.bottom() - high - px(3), box.top() + px(2)), (x - px(6) - wide, x + px(6))
        fits = [left for left in lefts if left > box.left() and left + wide < self.width()]
        places = [QRectF(left, top, wide, high) for top in tops for left in fits]

        def crowd(place: QRectF) -> int:
            count = 0
            for _, xs, ys in self._series():
                across, down = frame.px(xs), frame.py(ys)
                near = (across > place.left() - 2) & (across < place.right() + 2)
                count += int((near & (down > place.top() - 3) & (down < place.bottom() + 3)).sum())
            return count

        if places:
            best = min(places, key=crowd)
            draw_text(painter, best.adjusted(0, 0, 2, 0), label, size=11, color=theme().muted)

    def _paint_series(self, painter: QPainter, frame: Frame, series: Series, x: Floats, y: Floats) -> None:
        color = role_color(series.role)
        ghost = series.role == scaling.GHOST
        line = plot.pen(color, 1.25 if ghost else 2)
        across, down = frame.px(series.x), frame.py(series.y)
        across, down = scaling.thin(across, down, frame.rect.left(), frame.rect.right())
        plot.draw_lines(painter, across, down, line, frame.rect)
        if ghost:
            return
        dots = range(len(x)) if series.markers and len(x) <= 200 else (len(x) - 1,)
        for i in dots:
            at = QPointF(float(frame.px(x[i])), float(frame.py(y[i])))
            if frame.rect.adjusted(-px(8), -px(4), px(8), px(4)).contains(at):
                current = (
                    self.summary.band is not None and self.summary.band[0] <= x[i] <= self.summary.band[1]
                )
                draw_dot(painter, at, series.role, px(10 if current else 8))

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
        line, box = px(16), frame.rect
        wanted = [float(np.clip(frame.py(y), box.top(), box.bottom())) for _, _, y, _ in names]
        heights = [line * (2.0 if current else 1.0) for *_, current in names]
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
            color = theme().color("muted") if ghost else role_color(series.role)
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
            if current:
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
        head = scaling.axis_label(self.summary.x_label, self.summary.math_labels)
        joint = " = " if self.summary.math_labels else " "
        rows: list[tuple[str | None, str, str]] = [(None, f"{head}{joint}{fmt(x)}", "")]
        for series, xs, ys in self._series():
            found = np.flatnonzero(xs == x)
            if len(found):
                y = ys[found[0]]
                rows.append((series.role, series.label, self._value(y)))
                spot = QPointF(at, float(frame.py(y)))
                if frame.rect.adjusted(-1, -1, 1, 1).contains(spot):
                    draw_dot(painter, spot, series.role, px(8))
        self._paint_box(painter, frame, at, rows)

    def _paint_box(
        self, painter: QPainter, frame: Frame, at: float, rows: list[tuple[str | None, str, str]]
    ) -> None:
        t, pad, line = theme(), px(8), px(16)
        names = max(text_width(text, 12) + (px(14) if role else 0) for role, text, _ in rows)
        values = max(text_width(value, 12) for *_, value in rows)
        wide = names + (px(12) + values if values else 0) + 2 * pad
        high = len(rows) * line + 2 * px(6)
        left = at + px(12) if at + px(12) + wide < self.width() else at - px(12) - wide
        top = min(max(self._hover.y() - high / 2, px(4)), self.height() - high - px(4))
        rounded(painter, QRectF(left, top, wide, high), px(6), t.raised, t.border)
        for i, (role, text, value) in enumerate(rows):
            row = QRectF(left + pad, top + px(6) + i * line, wide - 2 * pad, line)
            if role:
                draw_dot(painter, QPointF(row.left() + px(4), row.center().y()), role, px(8))
            draw_text(painter, row.adjusted(px(14) if role else 0, 0, 0, 0), text, size=12, color=t.muted)
            draw_text(
                painter,
                row,
                value,
                size=12,
                color=t.text,
                align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            )

    # ---- the mouse
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        picks = bool(self.summary is not None and self.summary.path and self.has_data())
        self.setCursor(Qt.CursorShape.PointingHandCursor if picks else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.has_data() or not self.summary.path:
            return
        frame = self._layout()[0]
        edge = px(10)
        if frame.rect.adjusted(-edge, -edge, edge, edge).contains(event.position()):
            x = self._nearest(frame, event.position())
            if x is not None:
                self.picked.emit({self.summary.path: round(x) if self.summary.integer_x else x})


def draw_dot(painter: QPainter, at: QPointF, role: str, size: float) -> None:
    """Training is a filled circle, everything else a hollow one."""
    color, width = role_color(role), max(size / 4, 1.5)
    if role == scaling.GHOST:
        size, width = size * 0.7, 1.25
    hollow = role != "training"
    painter.setPen(QPen(color, width) if hollow else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme().canvas) if hollow else color)
    radius = size / 2 + (0 if hollow else px(1) / 2) - (width / 4 if hollow else 0)
    painter.drawEllipse(at, radius, radius)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("lines")
