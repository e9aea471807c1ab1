"""Cut, copy and paste: chosen points as text that a spreadsheet takes and gives, and links."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from playground.engine import addresses, point_text
from playground.engine.points import Points
from playground.engine.schema import SpecError
from playground.gui.canvas import Canvas
from playground.gui.canvas_plane import PlanePicture
from playground.gui.canvas_tools import COPY_OFFSET
from playground.gui.document import Document
from playground.gui.files import Files
from playground.gui.notify import Strips
from playground.gui.theme import px
from playground.gui.tools.base import MAX_POINTS


class Clipboard(QObject):
    """What the window's Edit menu calls."""

    def __init__(self, document: Document, canvas: Canvas, files: Files, strips: Strips) -> None:
        super().__init__(canvas)
        self._document, self._canvas, self._files, self._strips = document, canvas, files, strips
        self._own, self._pastes = "", 0
        """The text that was copied here, and how many times it lies on the canvas: the next one lies beside them."""

    def copy(self) -> bool:
        """The chosen points, as text; False without a choice."""
        points = self._document.problem.points
        chosen = points.take(np.isin(points.ids, self._canvas.stage.selected))
        if not len(chosen):
            self._canvas.note.emit(self.tr("Choose points first, with Select or Lasso."))
            return False
        self._own, self._pastes = point_text.write(chosen, self._document.problem.classes), 1
        QGuiApplication.clipboard().setText(self._own)
        n = len(chosen)
        self._canvas.note.emit(self.tr("{n} points are on the clipboard.").format(n=f"{n:,}"))
        return True

    def cut(self) -> None:
        """Copy, then take away."""
        if self.copy():
            self._canvas.stage.delete_selected(self.tr("Cut points"))
            self._pastes = 0

    def paste(self) -> None:
        """A link is opened, rows of numbers become points, a picture or a copied file is imported; anything else is
        refused in one sentence."""
        mime = QGuiApplication.clipboard().mimeData()
        image, paths = self._files.dropped_image(mime), self._files.dropped(mime)
        if paths or image is not None:
            self._files.open(paths[0]) if paths else self._files.imports.take_image(image)
            return
        text = QGuiApplication.clipboard().text()
        if addresses.is_address(text):
            self._files.paste_link(text)
            return
        try:
            self._paste_points(text)
        except SpecError as error:
            self._strips.refuse(str(error))

    def _paste_points(self, text: str) -> None:
        problem, stage = self._document.problem, self._canvas.stage
        found = point_text.read(text, problem.n_inputs, problem.classes)
        before = problem.points
        if len(before) + len(found.X) > MAX_POINTS:
            raise SpecError(f"There can be at most {MAX_POINTS:,} points; there are {len(before):,} and the clipboard "
                            f"holds {len(found.X):,} more.")  # fmt: skip
        t = self._drawn(len(found.X)) if found.t is None else found.t
        points = before.add(found.X, t)
        if text == self._own:
            points = self._beside(before, points)
            self._pastes += 1
        changes: dict[str, object] = {"data.points": points}
        if found.class_names != problem.classes:
            changes["data.class_names"] = found.class_names
            if getattr(self._document.experiment.model, "output", "auto") != "auto":
                changes["model.output"] = "auto"
        self._document.change(changes, text=self.tr("Paste points"))
        if not stage.tool.chooses:
            self._canvas.set_tool("select")
        stage.select(points.ids[len(before) :])

    def _drawn(self, n: int) -> np.ndarray:
        """The target [n] that the tools draw now."""
        picture, label = self._canvas.stage.picture, self._canvas.current_class
        numeric = isinstance(picture, PlanePicture) and picture.numeric
        return np.full(n, (-1.0, 1.0)[min(label, 1)] if numeric else float(label))

    def _beside(self, before: Points, points: Points) -> Points:
        """A copy from here does not lie on what it was copied from."""
        way = self._pastes * px(COPY_OFFSET)
        dx, dy = self._canvas.stage.as_data(way, way)
        new = points.ids[len(before) :]
        at = points.index(new)
        if points.n_inputs == 1:
            return points.replace(new, points.X[at] + dx, points.t[at] + dy)
        return points.replace(new, points.X[at] + np.array([dx, dy]))
