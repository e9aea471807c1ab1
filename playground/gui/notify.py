"""The strip over the plot: a hint, a notice, the progress of long work, or what went wrong. One at a time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMessageBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from playground.engine.snapshot import Snapshot, Trouble
from playground.gui.jobs import Job
from playground.gui.theme import px, theme
from playground.gui.views.base import wrapped
from playground.gui.widgets import Banner, HintStrip, draw_text, text_width
from playground.gui.widgets.strips import _Strip
from playground.gui.widgets.tooltip import set_rich_tip


class NoticeStrip(_Strip):
    """Something worth knowing that is no hint: a sentence, "Details" where there are any, and a close button."""

    _icon = "info"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.details_button = QPushButton(self.tr("Details"), flat=True, accessibleName=self.tr("Details"))
        self.addButton(self.details_button)

    def _divided(self) -> bool:
        return False

    def show_notice(self, sentence: str, short: str = "", details: bool = False) -> None:
        self._set("", sentence, short)
        set_rich_tip(self, sentence)
        self.details_button.setVisible(details)
        self.show()


class QuietStrip(_Strip):
    """Nothing to say: the buttons alone, in the place where a trouble may be named."""

    _ground, _line_token = "panel", "border"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.close_button.hide()

    def _divided(self) -> bool:
        return False

    def _draw_icon(self, painter: QPainter) -> None:
        """None."""


class TroubleStrip(_Strip):
    """What goes wrong in the run, in one or two lines of the same height as the hint, and one thing to try."""

    _icon = "triangle-alert"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trouble: Trouble | None = None
        self.button = QPushButton(flat=True)
        self.addButton(self.button)

    def show_trouble(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.button.setVisible(trouble.choice is not None)
        if trouble.choice is not None:
            self.button.setText(trouble.choice.label)
            self.button.setAccessibleName(trouble.choice.label)
        set_rich_tip(self, trouble.sentence)
        self._set("", trouble.sentence)

    def restyle(self) -> None:
        super().restyle()
        if hasattr(self, "button"):
            self.button.setFixedHeight(px(28))

    def _draw_sentence(self, painter: QPainter) -> None:
        box = self._text_box()
        lines = wrapped(self._long, box.width(), 13, 1)
        size = 13
        if text_width(self._long, 13) > box.width():
            lines, size = wrapped(self._long, box.width(), 12, 2), 12
        top = (box.height() - px(16) * len(lines)) / 2
        for i, line in enumerate(lines):
            draw_text(painter, QRectF(box.left(), top + i * px(16), box.width(), px(16)), line, size=size,
                      color=theme().text)  # fmt: skip


class ProgressStrip(_Strip):
    """What is being done, how far it is, and "Cancel"."""

    _icon, _icon_role, _ground, _line_token = "history", "muted", "panel", "border"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.setFixedWidth(px(160))
        self.cancel_button = QPushButton(self.tr("Cancel"), flat=True, accessibleName=self.tr("Cancel"))
        self.addButton(self.bar)
        self.addButton(self.cancel_button)
        self.close_button.hide()

    def _divided(self) -> bool:
        return False

    def show_progress(self, text: str, share: float) -> None:
        self._set("", text)
        self.bar.setRange(0, 1000 if share > 0 else 0)
        self.bar.setValue(round(1000 * share))


class Strips(QWidget):
    """Failure before progress before notice before trouble before hint. `restore` when a person asks for the last good
    state, `picked(changes)` when they try what is proposed, `troubled({where: sentence})` when the troubles that nobody
    has put aside show in other places than before. Where troubles may come, the place is kept for them."""

    restore = Signal()
    troubled = Signal(object)
    picked = Signal(object)
    hint_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.hint, self.notice, self.progress, self.banner = HintStrip(), NoticeStrip(), ProgressStrip(), Banner()
        self.trouble, self.quiet = TroubleStrip(), QuietStrip()
        self._up = {"banner": False, "progress": False, "notice": False, "trouble": False, "hint": True, "quiet": False}
        for strip in (self.banner, self.progress, self.notice, self.trouble, self.hint, self.quiet):
            box.addWidget(strip)
        self._noted = ("", "")
        self.hint.closed.connect(self._close_hint)
        self.notice.closed.connect(lambda: self._set("notice", False))
        self.notice.details_button.clicked.connect(lambda: self._tell_more(*self._noted))
        self.banner.closed.connect(self._close_banner)
        self.trouble.closed.connect(self._close_trouble)
        self.trouble.button.clicked.connect(lambda: self._try(self.trouble.trouble))
        self._closed_troubles: set[str] = set()
        self._troubles: tuple[Trouble, ...] = ()
        self._marked: dict[str, str] = {}
        self.progress.cancel_button.clicked.connect(self._cancel)
        self._job: Job | None = None
        self._noticed = ""
        self._failure = ""
        self._closed_failure = ""
        self._details = ""
        self._of_run = False
        self._arrange()

    # ---- hint and notice
    def set_hint(self, long: str, short: str) -> None:
        self.hint.setHint(long, short)

    def set_hint_visible(self, visible: bool) -> None:
        self._set("hint", visible)

    def keep_place(self, on: bool) -> None:
        """Whether the strip stays when it has nothing to say: what lies below shall not jump when a trouble comes."""
        self._set("quiet", on)

    def _close_hint(self) -> None:
        self._set("hint", False)
        self.hint_closed.emit()

    def note(self, sentence: str, short: str = "", details: str = "") -> None:
        """Something worth knowing; stays until closed or until the next one. `short`: where it does not fit;
        `details`: further lines, behind a button."""
        self._noted = (short or sentence, details)
        self.notice.show_notice(sentence, short, bool(details))
        self._set("notice", True)

    def clear_notice(self) -> None:
        self._set("notice", False)

    # ---- failures
    def refuse(self, sentence: str) -> None:
        """Something a person asked for cannot be done: one sentence, no dialog."""
        self._failure = sentence
        self.banner.show_message(sentence)
        self._set("banner", True)

    def show_run(self, snapshot: Snapshot) -> None:
        """The banner of a run that failed or diverged; it goes when the run recovers. A notice of a run is shown
        once."""
        if snapshot.notice != self._noticed:
            self._noticed = snapshot.notice
            if snapshot.notice:
                self.note(snapshot.notice)
        self._show_trouble(snapshot)
        if snapshot.status in ("failed", "diverged"):
            if snapshot.message in (self._failure, self._closed_failure):
                return
            self._failure, self._details = snapshot.message, snapshot.details
            actions: list[tuple[str, object]] = []
            if snapshot.can_restore:
                actions.append((self.tr("Restore"), self.restore.emit))
            for trouble in snapshot.troubles[:1]:
                if trouble.choice is not None:
                    actions.append((trouble.choice.label, lambda trouble=trouble: self._try(trouble)))
            if snapshot.details:
                actions.append((self.tr("Details"), lambda: self._tell_more(self._failure, self._details)))
            self.banner.show_message(snapshot.message, actions)
            self._of_run = True
            self._set("banner", True)
        else:
            self._closed_failure = ""
            if self._of_run:
                self._of_run = False
                self._failure = ""
                self._set("banner", False)

    # ---- troubles
    def _show_trouble(self, snapshot: Snapshot) -> None:
        """The most serious one that nobody has put aside. One that is up stays while it is still there."""
        if snapshot.status == "loading":
            return
        self._troubles = snapshot.troubles
        open_ = self._mark_troubles()
        shown = self.trouble.trouble
        if open_ and open_[0] is not shown:
            self.trouble.show_trouble(open_[0])
        if not open_:
            self.trouble.trouble = None
        if self._up["trouble"] != bool(open_):
            self._set("trouble", bool(open_))

    def _mark_troubles(self) -> list[Trouble]:
        """Say where those are that nobody has put aside; returns them."""
        open_ = [trouble for trouble in self._troubles if trouble.kind not in self._closed_troubles]
        marked = {trouble.where: trouble.sentence for trouble in reversed(open_) if trouble.where}
        if marked != self._marked:
            self._marked = marked
            self.troubled.emit(marked)
        return open_

    def _close_trouble(self) -> None:
        if self.trouble.trouble is not None:
            self._closed_troubles.add(self.trouble.trouble.kind)
            self._mark_troubles()
        self.trouble.trouble = None
        self._set("trouble", False)

    def forget_troubles(self) -> None:
        """Another lab, data set or model: what was put aside may come again."""
        self._closed_troubles = set()

    def _try(self, trouble: Trouble | None) -> None:
        if trouble is not None and trouble.choice is not None:
            self.picked.emit(dict(trouble.choice.changes))

    def _close_banner(self) -> None:
        self._closed_failure, self._failure = self._failure, ""
        self._set("banner", False)

    def _tell_more(self, sentence: str, details: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Information, self.tr("Details"), sentence, parent=self.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(details)
        box.open()

    # ---- long work
    def follow(self, job: Job, text: str) -> None:
        """Show how far a job is, with "Cancel", until it ends."""
        self._job = job
        self.progress.show_progress(text, 0.0)
        job.progressed.connect(lambda share, words: self.progress.show_progress(words or text, share))
        for end in (job.done, job.refused, job.cancelled):
            end.connect(lambda *_: self._set("progress", False))
        self._set("progress", True)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._set("progress", False)  # what it is still at is thrown away when it comes

    def _set(self, name: str, up: bool) -> None:
        self._up[name] = up
        self._arrange()

    def _arrange(self) -> None:
        first = next((name for name, up in self._up.items() if up), "")
        for name, strip in (("banner", self.banner), ("progress", self.progress), ("notice", self.notice),
                            ("trouble", self.trouble), ("hint", self.hint), ("quiet", self.quiet)):  # fmt: skip
            strip.setVisible(name == first)
