"""All primitive widgets in one window: `python -m playground.gui.widgets.gallery --theme dark --zoom 1.25`.

For whoever changes a widget; `--out FILE.png` writes a picture in place of opening the window.
"""

from __future__ import annotations

import argparse
import math
import sys

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from playground.gui import widgets as w
from playground.gui.theme import CHOICES, Theme, host, px
from playground.gui.widgets.tooltip import show_tip


def _sine(painter: QPainter, box: QRectF, theme: Theme) -> None:
    def at(x: float) -> QPointF:
        y = box.center().y() - 0.32 * box.height() * math.sin(2 * math.pi * x)
        return QPointF(box.left() + box.width() * (0.08 + 0.84 * x), y)

    path = QPainterPath(at(0))
    for i in range(1, 41):
        path.lineTo(at(i / 40))
    painter.setPen(QPen(theme.color("truth"), px(1)))
    painter.drawPath(path)
    painter.setPen(QPen(theme.color("train"), px(1)))
    painter.setBrush(theme.color("field"))
    for i in range(8):
        painter.drawEllipse(at(i / 7), px(2), px(2))


def _data_panel() -> w.Panel:
    panel = w.Panel("Data", width=216)
    grid = w.ThumbnailGrid(3, "Data set")
    for key in ("Sine", "Line", "Cubic", "Step", "Bump"):
        grid.add(key, key, _sine)
    grid.add("drawn", "Drawn", "pencil", "Your own points.")
    grid.setValue("Sine")
    panel.add(grid)
    panel.add(w.SliderRow("Points", 2, 100, 30, default=30, integer=True, field_width=64))
    panel.add(w.SliderRow("Noise", 0, 1, 0.3, default=0.3, field_width=64))
    split = w.SplitBar((0.6, 0.0, 0.4))
    split.setCounts((192, 0, 128))
    panel.add(split)
    both = w.SplitBar((0.5, 0.2, 0.3))
    panel.add(both)
    values = panel.add(w.Section("Values"))
    table = QTableWidget(4, 2, accessibleName="Values")
    table.setHorizontalHeaderLabels(["x", "t"])
    for row, (x, t) in enumerate(((0.0, -0.187), (0.111, 0.816), (0.222, 0.955), (0.333, 0.981))):
        table.setItem(row, 0, QTableWidgetItem(f"{x:.3f}"))
        table.setItem(row, 1, QTableWidgetItem(f"{t:.3f}"))
    table.setColumnWidth(0, px(70))
    table.setColumnWidth(1, px(70))
    table.selectRow(2)
    values.add(table)
    values.add(w.LinkButton("Add class"))
    return panel


def _model_panel() -> w.Panel:
    panel = w.Panel("Model")
    panel.add(w.ChoiceRow("Kind", [("polynomial", "Polynomial"), ("mlp", "Neural network")]))
    order = panel.add(w.SliderRow("Order", 0, 20, 9, symbol="M", default=3, integer=True))
    w.set_rich_tip(
        order,
        "Order M",
        "0 to 20, default 3",
        "Larger: fits closer, wiggles more.",
        "Double-click the name to reset.",
    )
    panel.add(w.SliderRow("Penalty", -50, 5, None, symbol="ln λ", rest=-18, optional=True))
    bad = panel.add(w.SliderRow("Learning rate", 1e-4, 1, 0.01, default=0.01, log=True))
    bad.setError("The learning rate lies between 0.0001 and 1, not 7.")
    panel.add(w.SliderRow("L2 penalty", 0, 1, 0, default=0, log=True))
    panel.add(w.ChipsRow("Hidden layers", (8, 8)))
    training = panel.add(w.Section("Training"))
    training.add(w.ChoiceRow("Optimizer", [("closed_form", "Closed form"), ("adam", "Adam")]))
    training.add(w.CheckRow("Shuffle each epoch", True))
    training.add(w.TextRow("Name", "Class A"))
    training.add(w.NumberRow("Test points", 100, minimum=0, integer=True))
    training.add(
        w.Note("Closed form: the best weights in one step. Choose gradient descent to watch them move.")
    )
    seeds = panel.add(w.Section("Seeds"))
    seeds.add(w.SeedField("Data", 3391))
    seeds.add(w.SeedField("Split", 1, locked=True))
    return panel


def _transport() -> QWidget:
    bar = w.Surface("panel")
    row = QHBoxLayout(bar)
    for name, text in (
        ("undo-2", "Undo"),
        ("redo-2", "Redo"),
        ("dices", "New weights"),
        ("skip-back", "Rewind"),
        ("step-back", "Back"),
    ):
        row.addWidget(w.ToolButton(name, text, size=36))
    row.itemAt(1).widget().setEnabled(False)
    row.addWidget(w.PlayButton())
    row.addWidget(w.ToolButton("step-forward", "Step", size=36))
    step = w.Choice("Step size")
    step.addItems(["One epoch", "One mini-batch"])
    row.addWidget(step)
    row.addStretch(1)
    for caption, marker, hollow, text in (
        ("Fit", "", False, "000,010"),
        ("training RMS", "train", False, "0.000"),
        ("test RMS", "test", True, "0.789"),
    ):
        read = w.ReadOut(caption, marker=marker, hollow=hollow)
        read.setText(text)
        row.addWidget(read)
    return bar


def _centre() -> QWidget:
    centre = w.Surface("canvas")
    box = QVBoxLayout(centre)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    hint = w.HintStrip()
    hint.setHint(
        "Drag a point up or down. Then lower the order to 3 and see the test error fall.", "Drag a point."
    )
    for name, text in (("eye", "Show"), ("maximize", "Fit the view"), ("image-down", "Save the picture")):
        hint.addButton(w.ToolButton(name, text, size=28, role="muted"))
    box.addWidget(hint)
    banner = w.Banner()
    banner.show_message("Loss overflowed at step 84.", [("Restore", hint.show), ("Details", hint.show)])
    box.addWidget(banner)
    palette = QHBoxLayout()
    for i, name in enumerate(("circle-plus", "spray-can", "pencil", "eraser", "square-dashed-mouse-pointer")):
        tool = w.ToolButton(name, name, size=32, checkable=True)
        tool.setChecked(i == 0)
        palette.addWidget(tool)
    palette.addWidget(w.MathLabel("sin 2π*x*   fit, *M* = 9   *w*₀ *x*₁   *E*_{RMS}"))
    palette.addWidget(w.TextToggle("log"))
    for text in ("Cancel", "Export"):
        palette.addWidget(QPushButton(text, default=text == "Export"))
    palette.addStretch(1)
    box.addLayout(palette)
    box.addWidget(w.EmptyState("history", "Press Space to train.", "Train"), 1)
    tabs = QTabWidget(documentMode=True)
    for name in ("Loss", "RMS against M", "Coefficients"):
        tabs.addTab(w.Surface("canvas"), name)
    box.addWidget(tabs, 1)
    return centre


def gallery() -> QWidget:
    """The window."""
    window = w.Surface("panel")
    outer = QHBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    rail = w.Surface("window")
    rail_box = QVBoxLayout(rail)
    rail_box.setContentsMargins(0, 0, 0, 0)
    rail_box.setSpacing(0)
    for icon, name in (("chart-spline", "Curve"), ("chart-scatter", "Classify")):
        rail_box.addWidget(w.RailButton(icon, name))
    rail_box.itemAt(0).widget().setChecked(True)
    rail_box.addStretch(1)
    middle = QVBoxLayout()
    middle.setSpacing(0)
    middle.addWidget(_transport())
    middle.addWidget(w.Hairline())
    inner = QHBoxLayout()
    inner.setSpacing(0)
    model = _model_panel()
    data = _data_panel()
    for panel in (data, model):
        panel.setFixedWidth(panel.preferredWidth())
    for part, stretch in (
        (data, 0),
        (w.Hairline(True), 0),
        (_centre(), 1),
        (w.Hairline(True), 0),
        (model, 0),
    ):
        inner.addWidget(part, stretch)
    middle.addLayout(inner, 1)
    outer.addWidget(rail)
    outer.addWidget(w.Hairline(True))
    outer.addLayout(middle, 1)
    window.tip_row = model.body.findChildren(w.SliderRow)[0]
    return window


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Show all primitive widgets.")
    parser.add_argument("--theme", choices=CHOICES, default="system")
    parser.add_argument("--zoom", type=float, default=1.0)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--out", help="write a picture and leave")
    options = parser.parse_args(arguments)
    app = QApplication(sys.argv[:1])
    host().apply(app)
    host().set_choice(options.theme)
    host().set_zoom(options.zoom)
    window = gallery()
    window.resize(*(int(n) for n in options.size.split("x")))
    window.show()
    if not options.out:
        return app.exec()
    for _ in range(5):
        app.processEvents()
    show_tip(window.tip_row)
    app.processEvents()
    window.grab().save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
