"""The small editor beside a link: its number to type or drag, and buttons to freeze and to cut it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.engine.links import MOST, Link
from playground.gui import fonts
from playground.gui.numbers import fmt
from playground.gui.theme import px, theme
from playground.gui.widgets import ErrorLine, NumberField, TextButton, ToolButton, Track
from playground.gui.widgets.base import Themed, rounded
from playground.gui.widgets.scale import Scale
from playground.gui.widgets.text import MathLabel

WIDE = 232


class LinkEditor(Themed, QWidget):
    """value_given(value): typed or stepped. dragged(value): the slider moves; settled: its drag is over.
    freeze_asked, cut_asked: the buttons; the owner says in `show_state` what they mean. closed: Escape or the x.
    """

    value_given = Signal(float)
    dragged = Signal(float)
    settled = Signal()
    freeze_asked = Signal()
    cut_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.link: Link | None = None
        self.setAccessibleName(self.tr("Weight"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # else a press on a button gives the keyboard to the network
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        column = QVBoxLayout(self)
        self.title = MathLabel("", weight=600)
        self.error = ErrorLine()
        self.close_button = ToolButton("x", self.tr("Close"), size=24, role="muted")
        self.close_button.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.close_button)
        column.addLayout(top)
        self.field = NumberField(0.0, minimum=-MOST, maximum=MOST, step=0.1, width=96, name=self.tr("Weight"))
        self.field.edited.connect(self._typed)
        self.field.invalid.connect(self._say)
        self.field.lineEdit().textEdited.connect(lambda _: self._say(None))
        self.track = Track(Scale(-2.0, 2.0), from_zero=True, name=self.tr("Weight"))
        self.track.dragging.connect(self._dragging)
        self.track.settled.connect(self._settle)
        row = QHBoxLayout()
        row.addWidget(self.field)
        row.addWidget(self.track, 1)
        column.addLayout(row)
        column.addWidget(self.error)
        self.freeze_button, self.cut_button = TextButton(self.tr("Freeze")), TextButton(self.tr("Cut"))
        self.freeze_button.clicked.connect(self.freeze_asked)
        self.cut_button.clicked.connect(self.cut_asked)
        self.state = QLabel("")
        buttons = QHBoxLayout()
        for widget in (self.freeze_button, self.cut_button):
            buttons.addWidget(widget)
        buttons.addWidget(self.state, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(buttons)
        self._layouts = (column, top, row, buttons)
        self.hide()
        self.follow_theme()

    def restyle(self) -> None:
        column, top, row, buttons = self._layouts
        column.setContentsMargins(px(12), px(6), px(6), px(10))
        column.setSpacing(px(4))
        row.setContentsMargins(0, 0, px(6), 0)
        buttons.setContentsMargins(0, px(4), px(6), 0)
        self.state.setFont(fonts.ui(11))
        palette = self.state.palette()
        palette.setColor(self.state.foregroundRole(), theme().color("muted"))
        self.state.setPalette(palette)
        self.setFixedWidth(px(WIDE))

    # ---- what it shows
    def open(self, link: Link, title: str, value: float, beside: QRect) -> None:
        """For this link, beside a rectangle of the parent and inside it."""
        self.link = link
        self.title.setText(title)
        most = 2.0 if abs(value) <= 2 else 5.0 if abs(value) <= 5 else 10.0 ** len(str(int(abs(value))))
        self.track.setScale(Scale(-most, most))
        self.error.setError(None)
        self.field.lineEdit().setModified(False)
        self.field.setValue(float(f"{value:.4g}"))  # also over what was refused before it was closed
        self._show(value)
        self.adjustSize()
        self._place(beside)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.lineEdit().selectAll()

    def _place(self, beside: QRect) -> None:
        room, gap = self.parentWidget().rect(), px(8)
        high = self.sizeHint().height() + px(20)
        x = min(max(beside.center().x() - self.width() // 2, room.left() + px(4)), room.right() - self.width() - px(4))
        y = beside.bottom() + gap
        if y + high > room.bottom():
            y = max(beside.top() - gap - high + px(20), room.top() + px(4))
        self.move(QPoint(max(x, px(4)), y))

    def follow(self, value: float) -> None:
        """The number lives on until a person types or drags."""
        typing = self.field.hasFocus() and self.field.lineEdit().isModified()
        if not typing and not self.field.isInvalid() and not self.track.isSliderDown():
            self._show(value)

    def _show(self, value: float) -> None:
        shown = float(f"{value:.4g}")
        if shown != self.field.value():
            selected = self.field.lineEdit().hasSelectedText()
            self.field.setValue(shown)
            if selected:
                self.field.lineEdit().selectAll()
        self.track.showValue(value)

    def show_state(self, held: float | None) -> None:
        """Whether the link is held: at 0 it is cut."""
        cut = held == 0.0
        self.freeze_button.set_words(self.tr("Unfreeze") if held is not None and not cut else self.tr("Freeze"))
        self.freeze_button.setEnabled(not cut)
        self.cut_button.set_words(self.tr("Restore") if cut else self.tr("Cut"))
        self.state.setText("" if held is None else self.tr("cut") if cut else self.tr("frozen"))

    def refuse(self, sentence: str) -> None:
        self._say(sentence)
        self.field.setInvalid(True)

    def _say(self, sentence: str | None) -> None:
        """The editor grows by what is wrong with the number; nothing is covered."""
        if sentence != (self.error.text() or None):
            self.error.setError(sentence)
            self.adjustSize()

    # ---- what a person does
    def _typed(self, value: float) -> None:
        if abs(value) > MOST:
            self.refuse(self.tr("A weight lies between −1,000,000 and 1,000,000; {value} is too large.").format(
                value=fmt(value)
            ))  # fmt: skip
            return
        self._say(None)
        self.value_given.emit(value)
        if abs(value) > self.track.scale().maximum:
            self.track.setScale(Scale(-2 * abs(value), 2 * abs(value)))
        self.track.showValue(value)

    def _dragging(self, value: float) -> None:
        self.field.setValue(value)
        self._say(None)
        self.dragged.emit(value)

    def _settle(self, value: float) -> None:
        self._dragging(value)
        self.settled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme(), QPainter(self)
        rounded(painter, QRectF(self.rect()), px(8), t.raised, t.control)
