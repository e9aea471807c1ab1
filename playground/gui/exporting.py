"""Taking results away: the export dialog, and single pictures and tables of numbers from the menus.

Whatever takes long runs in a plain thread on a copy of the run, so training goes on meanwhile. A PNG is
what the screen shows; SVG and PDF are the drawings that the exporter of plots makes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QImage, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.engine.schema import SpecError
from playground.engine.snapshot import Summary
from playground.gui.bridge import Bridge
from playground.gui.jobs import Job, Progress
from playground.gui.theme import px
from playground.gui.widgets import ErrorLine, MathLabel, Note, TextField

PICTURE_SCALE = 3.0
USUAL_KINDS = ("plots", "data", "onnx", "coefficients")


def save_picture(widget: QWidget, path: Path, leave_out: Sequence[QWidget] = ()) -> None:
    """What the widget shows as a PNG file, three pixels for one, whole or not at all. Raises SpecError.

    leave_out: children that are tools and no part of the picture.
    """
    from playground.engine.files import write_whole

    shown = [child for child in leave_out if child.isVisible()]
    for child in shown:
        child.hide()
    image = QImage(widget.size() * PICTURE_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(PICTURE_SCALE)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image)
    for child in shown:
        child.show()
    with write_whole(path) as target:
        image.save(str(target), "PNG")


def drawing(record: Any, name: str, path: Path) -> Callable[[Progress], None]:
    """Work for a job: the canvas or a chart of that name as an SVG or PDF drawing, in the book's own style."""

    def work(progress: Progress) -> None:
        from playground.engine.export import figures
        from playground.engine.export.pictures import pictures
        from playground.engine.files import write_whole
        from playground.engine.trainer import Run

        kind = path.suffix.lower().lstrip(".")
        for _, picture in pictures(Run.from_record(record), only=name):
            if type(picture.summary) in figures.FIGURES:
                with figures.style(), write_whole(path) as target:
                    figures.save(figures.figure_of(picture), target, kind)
                return
        raise SpecError("There is nothing to draw yet.")

    return work


def save_numbers(summary: Summary, path: Path) -> None:
    """The numbers behind one chart as CSV. Raises SpecError."""
    from playground.engine.export.numbers import TABLES, write_table

    to_table = TABLES.get(type(summary))
    if to_table is None:
        raise SpecError("This chart has no table of numbers.")
    write_table(path, *to_table(summary, None))


def ask_picture_path(parent: QWidget, name: str) -> Path | None:
    filters = parent.tr("PNG image (*.png);;SVG drawing (*.svg);;PDF (*.pdf)")
    chosen, which = QFileDialog.getSaveFileName(parent, parent.tr("Save the picture"), f"{name}.png", filters)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() in (".png", ".svg", ".pdf") else Path(f"{path}.{which.split('*.')[1][:3]}")


class ExportDialog(QDialog):
    """Which kinds, into which folder, and how far it is. Not modal: the window stays usable."""

    def __init__(self, bridge: Bridge, kinds: Sequence[tuple[str, str, str]], folder: Path,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bridge = bridge
        self._job: Job | None = None
        self._boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(4))
        for kind, title, description in kinds:
            box = QCheckBox(title, checked=kind in USUAL_KINDS, accessibleName=title, accessibleDescription=description)
            line = QHBoxLayout()
            line.addSpacing(px(24))
            line.addWidget(Note(description), 1)
            box.toggled.connect(self._check)
            self._boxes[kind] = box
            column.addWidget(box)
            column.addLayout(line)
        column.addSpacing(px(8))
        column.addLayout(self._folder_line(folder))
        self.error = ErrorLine()
        self.said = MathLabel("", size=12, role="muted")
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.hide()
        for part in (self.error, self.said, self.bar):
            column.addWidget(part)
        column.addSpacing(px(8))
        column.addLayout(self._button_line())
        self.setFixedWidth(px(460))
        self._check()

    def _folder_line(self, folder: Path) -> QHBoxLayout:
        line = QHBoxLayout()
        self.folder = TextField(str(folder), self.tr("Folder"))
        browse = QPushButton(self.tr("Choose…"), accessibleName=self.tr("Choose the folder"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        line.addWidget(MathLabel(self.tr("Folder")))
        line.addWidget(self.folder, 1)
        line.addWidget(browse)
        return line

    def _button_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        self.open_button = QPushButton(self.tr("Open folder"), accessibleName=self.tr("Open folder"), visible=False)
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(self._open_folder)
        self.close_button = QPushButton(self.tr("Close"), accessibleName=self.tr("Close"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self._close_or_cancel)
        self.export_button = QPushButton(self.tr("Export"), accessibleName=self.tr("Export"), default=True)
        self.export_button.clicked.connect(self.export)
        line.addWidget(self.open_button)
        line.addStretch(1)
        line.addWidget(self.close_button)
        line.addWidget(self.export_button)
        return line

    def kinds(self) -> list[str]:
        return [kind for kind, box in self._boxes.items() if box.isChecked()]

    def _check(self) -> None:
        self.export_button.setEnabled(bool(self.kinds()) and self._job is None)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the files"), self.folder.text())
        if chosen:
            self.folder.setValue(chosen)

    def export(self) -> None:
        """Ask for a copy of the run, then write it in a thread."""
        self.error.setError(None)
        self.open_button.hide()
        self.bar.setValue(0)
        self.bar.show()
        self.export_button.setEnabled(False)
        self.close_button.setText(self.tr("Cancel"))
        self._bridge.collect(self._write)

    def _write(self, record: Any) -> None:
        kinds, folder = self.kinds(), Path(self.folder.text()).expanduser()

        def work(progress: Progress) -> list[Path]:
            from playground.engine import export as exports
            from playground.engine.trainer import Run

            return exports.export(kinds, Run.from_record(record), folder, progress=progress)

        self._job = Job(work, "export", self)
        self._job.progressed.connect(self._progressed)
        self._job.done.connect(self._done)
        self._job.refused.connect(self._refused)
        self._job.cancelled.connect(lambda: self._over(self.tr("Cancelled; nothing was written.")))
        self._job.start()

    def _progressed(self, share: float, text: str) -> None:
        self.bar.setValue(round(1000 * share))
        self.said.setText(text)

    def _done(self, files: list[Path]) -> None:
        self.bar.setValue(1000)
        self.open_button.show()
        self._over(self.tr("{n} files written.").format(n=len(files)))

    def _refused(self, sentence: str) -> None:
        self._over("")
        self.error.setError(sentence)

    def _over(self, sentence: str) -> None:
        self._job = None
        self.said.setText(sentence)
        self.bar.hide()
        self.close_button.setText(self.tr("Close"))
        self._check()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.folder.text()).expanduser())))

    def _close_or_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
        else:
            self.close()

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the paragraphs are, which know it only now."""
        super().showEvent(event)
        for _ in range(2):
            self.layout().activate()
        self.setMinimumHeight(self.layout().totalMinimumSize().height())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._job is not None:
            self._job.close()
            self._job = None
        super().closeEvent(event)


def ask_numbers_path(parent: QWidget, name: str) -> Path | None:
    chosen, _ = QFileDialog.getSaveFileName(parent, parent.tr("Save the numbers"), f"{name}.csv",
                                            parent.tr("Table (*.csv)"))  # fmt: skip
    return Path(chosen) if chosen else None
