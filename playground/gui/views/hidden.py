"""The view of `HiddenSpace`: the points and the grid of the plane as a layer sees them.

What is looked at is chosen at its left edge. Run it alone for a look: `python -m playground.gui.views.hidden`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.engine.inside import HiddenSpace
from playground.engine.snapshot import DecisionMap
from playground.gui import plot
from playground.gui.heat import map_image, numeric_colors
from playground.gui.markers import Atlas, draw_symbol
from playground.gui.plot import Axis, Floats, Frame
from playground.gui.theme import Theme, host, px, theme
from playground.gui.views.base import HoverView, wrapped
from playground.gui.views.readout import Row, draw_read_out, reading
from playground.gui.widgets import Choice, set_rich_tip
from playground.gui.widgets.base import rounded
from playground.gui.widgets.text import draw_text, text_width

SIDE, TOP, ROW = 148, 6, 31
"""The column of controls: its width, where it begins, and from one control to the next."""
NARROW = 330
"""In a view that is narrower they give way to the picture."""
WIDEST = 1.7
"""Times as wide as high, at most: docks are low."""
LEVELS = 9
REACH = 9


class HiddenSpaceView(HoverView):
    shows = HiddenSpace

    def __init__(self, parent: QWidget | None = None) -> None:
        self._atlas: tuple[object, Atlas] | None = None
        self._ground: QImage | None = None
        self._edges: list[Floats] = []
        self.layer, self.across, self.up = Choice(self.tr("Layer")), Choice(self.tr("Across")), Choice(self.tr("Up"))
        super().__init__(parent)
        layer = self.tr("Whose activations are the picture. Later layers: the classes come apart.")
        axis = self.tr("A principal component shows the most of all units, a unit only itself. Of two units the "
                       "boundary can be drawn.")  # fmt: skip
        for choice, effect in zip(self._controls(), (layer, axis, axis), strict=True):
            set_rich_tip(choice, choice.accessibleName(), "", effect)
            choice.setParent(self)
            choice.hide()
        self.layer.activated.connect(lambda i: self.looked.emit({"layer": i + 1, "pair": None}))
        self.across.activated.connect(lambda _: self._pair_chosen(self.across))
        self.up.activated.connect(lambda _: self._pair_chosen(self.up))

    def _controls(self) -> tuple[Choice, ...]:
        return self.layer, self.across, self.up

    def has_data(self) -> bool:
        return self.summary is not None and len(self.summary.at) > 0

    def describe(self) -> str:
        s = self.summary
        words = self.tr("hidden layer {layer} of {n}: {x} across, {y} up").format(
            layer=s.layer, n=s.n_layers, x=s.x_label, y=s.y_label or self.tr("nothing"))  # fmt: skip
        return words

    # ---- controls
    def _changed(self) -> None:
        self._ground, self._edges = None, []
        self._fill()
        self._place()

    def _fill(self) -> None:
        """The lists follow the network; one that is open is left alone."""
        s = self.summary
        if s is None or not s.n_layers or any(choice.view().isVisible() for choice in self._controls()):
            return
        component = [self.tr("Component {i}").format(i=i) for i in (1, 2)]
        units = [self.tr("Unit {i}").format(i=i + 1) for i in range(s.n_units)]
        few = s.n_units <= 2
        _set_items(self.layer, [self.tr("Layer {i}").format(i=i + 1) for i in range(s.n_layers)], s.layer - 1)
        for i, choice in enumerate((self.across, self.up)):
            items = units if few else [component[i], *units]
            at = 0 if s.pair is None else s.pair[i] + (0 if few else 1)
            _set_items(choice, items, min(at, len(items) - 1))
            choice.setEnabled(not few)

    def _pair_chosen(self, by: Choice) -> None:
        """A component in one list means components in both; so do units."""
        across, up = self.across.currentIndex() - 1, self.up.currentIndex() - 1
        if by.currentIndex() == 0:
            self.looked.emit({"pair": None})
            return
        if across == up or min(across, up) < 0:
            other = 0 if by.currentIndex() - 1 else 1
            across, up = (across, other) if by is self.across else (other, up)
        self.looked.emit({"pair": (across, up)})

    def _place(self) -> None:
        shown = self.has_data() and self.width() >= px(NARROW) and self.height() >= px(120)
        y = px(TOP)
        for choice in self._controls():
            choice.setVisible(shown)
            choice.move(px(12), y)
            choice.setFixedWidth(px(SIDE) - px(20))  # a combo box fits itself to its entries, some time later
            y += px(ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def foot(self) -> float:
        """The note stands under the controls."""
        return 0.0

    def paint_foot(self, painter: QPainter) -> None:
        top = px(TOP) + 3 * px(ROW) + px(4)
        if self.layer.isHidden():
            return
        lines = wrapped(self.summary.note, px(SIDE) - px(24), 11, max(1, int((self.height() - top) / px(14))))
        for i, line in enumerate(lines):
            row = QRectF(px(12), top + i * px(14), px(SIDE) - px(22), px(14))
            if row.bottom() <= self.height() - px(2):
                draw_text(painter, row, line, size=11, color=theme().muted)

    # ---- geometry
    def _frame(self) -> Frame:
        s = self.summary
        left = (px(SIDE) if not self.layer.isHidden() else 0) + px(52)
        room = QRectF(left, px(10), self.width() - left - px(14), self.height() - px(10) - px(40))
        side = max(min(room.width(), room.height()), px(32))
        wide = max(min(room.width(), WIDEST * side), side)
        box = QRectF(round(room.center().x() - wide / 2), round(room.top()), round(wide), round(side))
        return Frame(box, s.x, s.y)

    # ---- painting
    def paint(self, painter: QPainter) -> None:
        s, frame, t = self.summary, self._frame(), theme()
        box = frame.rect
        painter.save()
        painter.setClipRect(box)
        if s.regions.size:
            self._paint_regions(painter, frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = plot.pen(t.color("muted", 0.45), 1)
        for x, y in zip(frame.px(s.lines[..., 0]), frame.py(s.lines[..., 1]), strict=True):
            plot.draw_lines(painter, x, y, line, box)
        line = plot.pen(t.color("boundary", t.boundary_opacity), 1.75)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)  # where transparent pieces overlap, they would be dark dots
        for way in self._edges:
            plot.draw_lines(painter, frame.px(way[:, 0]), frame.py(way[:, 1]), line, box)
        painter.setClipRect(box.adjusted(-px(5), -px(5), px(5), px(5)))
        self._stamps().stamp(painter, frame.px(s.at[:, 0]), frame.py(s.at[:, 1]), self._styles())
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        rounded(painter, box.adjusted(-1, -1, 1, 1), 0, line=t.axis)
        self._paint_axes(painter, frame)
        if self._hover is not None:
            self._paint_read_out(painter, frame)

    def _paint_regions(self, painter: QPainter, frame: Frame) -> None:
        from playground.gui.plane_layers import boundary

        s = self.summary
        if self._ground is None:
            self._ground = map_image(s.regions)
            self._edges = boundary(DecisionMap(values=s.regions, x=s.x, y=s.y))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame.rect, self._ground)

    def _paint_axes(self, painter: QPainter, frame: Frame) -> None:
        s, box = self.summary, frame.rect
        xs = plot.ticks(*frame.x, most=max(2, min(6, int(box.width() / px(56)))))
        ys = plot.ticks(*frame.y, most=max(2, min(6, int(box.height() / px(28)))))
        plot.draw_x_ticks(painter, frame, Axis(xs, plot.tick_texts(xs, short=True)), 11)
        if s.y_label:
            plot.draw_y_ticks(painter, frame, Axis(ys, plot.tick_texts(ys, short=True)), 11)
        plot.draw_label(painter, QPointF(box.center().x(), box.bottom() + px(27)), s.x_label, 11, "muted")
        if s.y_label and text_width(s.y_label, 11) < box.height():
            painter.save()
            painter.translate(box.left() - px(43), box.center().y())
            painter.rotate(-90)
            plot.draw_label(painter, QPointF(0, 0), s.y_label, 11, "muted")
            painter.restore()

    def _styles(self) -> np.ndarray:
        s = self.summary
        test = s.test.astype(np.intp)
        if not s.n_classes:
            size = max(float(np.abs(s.target).max()), 1e-12)
            level = np.clip(np.rint((s.target / size + 1) / 2 * (LEVELS - 1)), 0, LEVELS - 1).astype(np.intp)
            return level * 2 + test
        k = s.n_classes
        truth, guess = (np.clip(v, 0, k - 1).astype(np.intp) for v in (s.target, s.guess))
        return (truth * k + guess) * 2 + test

    def _stamps(self) -> Atlas:
        """Shape and outline are the true class, the fill is what the network says; a test point is hollow."""
        t, k, ratio = theme(), self.summary.n_classes, self.devicePixelRatioF()
        size = px(7) if len(self.summary.at) <= 400 else px(5)
        key = (t.name, host().zoom, ratio, k, size)
        if self._atlas is None or self._atlas[0] != key:
            shades = numeric_colors(LEVELS)

            def draw(painter: QPainter, i: int) -> None:
                style, test = divmod(i, 2)
                if k:
                    truth, guess = (t.classes[c] for c in divmod(style, k))
                    symbol, fill, outline = truth.symbol, guess.color, truth.outline
                else:
                    symbol, (fill, outline) = "o", shades[style]
                draw_symbol(painter, QPointF(0, 0), symbol, size + 1.2, t.canvas if test else fill, outline, 1.2)
                if test:
                    draw_symbol(painter, QPointF(0, 0), "o", size * 0.42, fill)

            self._atlas = key, Atlas(2 * (k * k or LEVELS), size + 6, ratio, draw)
        return self._atlas[1]

    def restyle(self, theme: Theme | None = None) -> None:
        self._atlas = None
        super().restyle(theme)

    # ---- the mouse
    def _paint_read_out(self, painter: QPainter, frame: Frame) -> None:
        s, at = self.summary, self._hover
        away = np.hypot(frame.px(s.at[:, 0]) - at.x(), frame.py(s.at[:, 1]) - at.y())
        i = int(np.argmin(away))
        if away[i] > px(REACH):
            return
        rows: list[Row] = [(None, self.tr("point"), str(int(s.ids[i])))]
        rows += [(None, name, reading(v)) for name, v in zip((s.x_label, s.y_label), s.at[i], strict=True) if name]
        draw_read_out(painter, QRectF(self.rect()), at, rows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a point makes it the example that is followed."""
        if self.has_data() and event.button() == Qt.MouseButton.LeftButton:
            s, frame, at = self.summary, self._frame(), event.position()
            away = np.hypot(frame.px(s.at[:, 0]) - at.x(), frame.py(s.at[:, 1]) - at.y())
            if away.min() <= px(REACH):
                self.looked.emit({"example": int(s.ids[int(away.argmin())])})


def _set_items(choice: Choice, items: list[str], at: int) -> None:
    blocked = choice.blockSignals(True)
    if [choice.itemText(i) for i in range(choice.count())] != items:
        choice.clear()
        choice.addItems(items)
    choice.setCurrentIndex(at)
    choice.blockSignals(blocked)


if __name__ == "__main__":
    from playground.gui.demo import show_views

    show_views("hidden")
