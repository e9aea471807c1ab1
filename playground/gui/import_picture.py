"""Pictures as data: reading one (PNG, JPEG, from a file or the clipboard), and the dialog that makes points of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine import image_points
from playground.engine.csvfile import quoted
from playground.engine.image_points import Pixels, Regions
from playground.engine.schema import SpecError, elided
from playground.engine.tables import Imported
from playground.gui.import_base import ImportDialog, Latest
from playground.gui.theme import px, theme
from playground.gui.widgets import CheckRow, Note, SliderRow, Themed

LARGEST = 60_000_000
"""Pixels of a picture that is read."""
SIDE = 800
"""Pixels of the longer side that are looked at: points are put no finer than that."""
USUAL = 500
"""Points at first."""


def read_picture(path: Path) -> QImage:
    """The picture in a file, turned as its camera was held. Safe in any thread. Raises SpecError: one sentence."""
    name = quoted(path.name)
    if not path.is_file():
        raise SpecError(f"{name} cannot be read: there is no such file.")
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > LARGEST:
        raise SpecError(f"{name} has {size.width():,} × {size.height():,} pixels; at most "
                        f"{LARGEST // 1_000_000} million can be read.")  # fmt: skip
    image = reader.read()
    if image.isNull():
        raise SpecError(f"{name} is no picture that can be read; PNG and JPEG can.")
    return image


def pixels(image: QImage) -> Pixels:
    """uint8 [height, width, 4]: red, green, blue and opacity. A large picture is made smaller, and no colours mixed."""
    if max(image.width(), image.height()) > SIDE:
        image = image.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation)
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


class Original(Themed, QWidget):
    """The picture itself, as large as there is room, on a chequered ground where it is transparent."""

    def __init__(self, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = px(640)
        large = max(image.width(), image.height()) > side
        aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self._image = image.scaled(side, side, aspect, smooth) if large else image
        self.setAccessibleName(self.tr("The picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.follow_theme()

    def restyle(self) -> None:
        self.setMinimumHeight(px(120))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme().color("border"), 1))
        painter.setBrush(theme().color("canvas"))
        painter.drawRoundedRect(box, px(4), px(4))
        inner = box.adjusted(px(8), px(8), -px(8), -px(8))
        size = QSize(self._image.size()).scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(inner.center().x() - size.width() / 2, inner.center().y() - size.height() / 2,
                       size.width(), size.height())  # fmt: skip
        if self._image.hasAlphaChannel():
            painter.fillRect(place, theme().color("window"))
            painter.fillRect(place, theme().color("track", 0.5).toRgb())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._image.width() > size.width())
        painter.drawImage(place, self._image)


class ImportPicture(ImportDialog):
    """How many points, at most how many classes, and whether the background is left out."""

    def __init__(self, image: QImage, name: str, seed: int, latest: Latest, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, title="", latest=latest)
        self.setWindowTitle(self.tr("Import {name}").format(name=elided(name, 60)))
        self._pixels, self._name, self._seed = pixels(image), name, seed
        self._regions: dict[tuple[int, bool], Regions] = {}
        self.left.addWidget(Original(image), 1)
        about = self.tr("Each colour becomes a class, colours that look alike one. The longer side of the picture runs "
                        "from −5 to 5.")  # fmt: skip
        self.left.addWidget(Note(about))
        self.points = SliderRow(self.tr("Points"), 10, 5000, USUAL, default=USUAL, integer=True, log=True, sweep=False)
        self.most = SliderRow(self.tr("Classes at most"), 1, 10, 10, default=10, integer=True, sweep=False)
        self.background = CheckRow(self.tr("Leave the background out"), True)
        self.even = CheckRow(self.tr("As many points for each class"), False)
        for row in (self.points, self.most, self.background, self.even):
            self.left.addWidget(row)
            row.changed.connect(self._changed)
        for slider in (self.points, self.most):
            slider.changing.connect(self._changed)
        self.finish_layout(340)
        self.resize(px(820), px(580))
        self._changed()

    def _changed(self) -> None:
        most, leave_out = int(self.most.value() or 1), self.background.value()
        n, even = int(self.points.value() or 10), self.even.value()

        def work() -> Imported:
            found = self._regions.get((most, leave_out))
            if found is None:
                found = self._regions[most, leave_out] = image_points.regions(self._pixels, most, leave_out)
            return image_points.sample(found, self._name, n, self._seed, even)

        self.ask(work)
