"""The shape of the standard widgets: one style sheet filled from the tokens, and Fusion's behaviour hints.

Used by `ThemeHost` only. The palette carries the plain colours; the sheet adds borders, radii and paddings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from playground.gui import icons
from playground.gui.theme import Theme

_MESSAGE_ICONS = {
    QStyle.StandardPixmap.SP_MessageBoxQuestion: ("info", "muted"),
    QStyle.StandardPixmap.SP_MessageBoxInformation: ("info", "muted"),
    QStyle.StandardPixmap.SP_MessageBoxWarning: ("triangle-alert", "hint_icon"),
    QStyle.StandardPixmap.SP_MessageBoxCritical: ("triangle-alert", "danger"),
}


class PlaygroundStyle(QProxyStyle):
    """Fusion with quicker tooltips, sliders that jump to the click and plain lists under combo boxes."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_ToolTip_WakeUpDelay:
            return 400
        if hint == QStyle.StyleHint.SH_Slider_AbsoluteSetButtons:
            return Qt.MouseButton.LeftButton.value
        if hint == QStyle.StyleHint.SH_UnderlineShortcut:
            return 0
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 0  # Fusion's are bitmaps of another family
        if hint == QStyle.StyleHint.SH_ComboBox_Popup:
            return 0  # the list opens under the box and looks as the sheet says
        return super().styleHint(hint, option, widget, returnData)

    def standardIcon(
        self,
        standardIcon: QStyle.StandardPixmap,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> QIcon:
        """Message boxes speak with our icons instead of Fusion's bitmaps."""
        if standardIcon in _MESSAGE_ICONS:
            name, role = _MESSAGE_ICONS[standardIcon]
            return icons.icon(name, 24, role)
        return super().standardIcon(standardIcon, option, widget)


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory:
    """Where the small arrows live: a style sheet can only show a picture that lies in a file."""
    return tempfile.TemporaryDirectory(prefix="playground-style-")


_PATHS = {
    "down": ("0 0 12 12", "M2 4.2 6 8.2 10 4.2"),
    "up": (
        "0 0 12 12",
        "M2.2 9.2 6 5.6 9.8 9.2",
    ),  # low and high in their boxes: the two stand close together
    "under": ("0 0 12 12", "M2.2 2.8 6 6.4 9.8 2.8"),
    "check": ("0 0 12 12", "M2.2 6.4 4.8 9 9.8 3.6"),
    "right": ("0 0 12 12", "M4.5 2.5 8 6 4.5 9.5"),
    "dash": ("0 0 12 12", "M3 6 9 6"),
}


@lru_cache(maxsize=64)
def _arrow(shape: str, color: str) -> str:
    """The path of an SVG file with one stroked shape, with forward slashes as QSS wants them."""
    box, path = _PATHS[shape]
    file = Path(_folder().name) / f"{shape}-{color.lstrip('#')}.svg"
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="{box}" fill="none" '
        f'stroke="{color}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="{path}"/></svg>',
        encoding="utf-8",
    )
    return file.as_posix()


def sheet(theme: Theme, px: Callable[[float], int]) -> str:
    """The whole style sheet for one theme at one zoom."""
    t = theme
    ring = t.focus_width
    return "\n".join(
        (_areas(t, px), _inputs(t, px, ring), _buttons(t, px, ring), _lists(t, px), _bars(t, px))
    )


def _areas(t: Theme, px: Callable[[float], int]) -> str:
    return f"""
QMainWindow, QDialog {{ background: {t.panel}; }}
QMainWindow::separator {{ background: {t.border}; width: 1px; height: 1px; }}
QSplitter::handle {{ background: {t.border}; }}
QMenuBar {{ background: {t.window}; border-bottom: 1px solid {t.border}; spacing: 0px; padding: 0px {px(8)}px; }}
QMenuBar::item {{ background: transparent; padding: {px(6)}px {px(8)}px {px(5)}px; border-radius: {px(4)}px; }}
QMenuBar::item:selected {{ background: {t.hover}; }}
QMenuBar::item:pressed {{ background: {t.accent_soft}; color: {t.accent}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.border}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(5)}px {px(24)}px {px(5)}px {px(8)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: {px(4)}px {px(8)}px; }}
QMenu::icon {{ padding-left: {px(8)}px; }}
QMenu::indicator {{ width: {px(14)}px; height: {px(14)}px; margin-left: {px(6)}px; }}
QMenu::indicator:checked {{ image: url({_arrow("check", t.accent)}); }}
QMenu::right-arrow {{ image: url({_arrow("right", t.muted)}); width: {px(12)}px; height: {px(12)}px;
    margin-right: {px(6)}px; }}
QStatusBar {{ background: {t.window}; border-top: 1px solid {t.border}; color: {t.muted}; font-size: {px(12)}px; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {t.muted}; font-size: {px(12)}px; }}
QToolTip {{ background: {t.tooltip}; color: {t.tooltip_text}; border: 1px solid {t.tooltip};
    padding: {px(4)}px {px(6)}px; font-size: {px(12)}px; }}
QToolBar {{ background: {t.panel}; border: 0; spacing: 0; padding: 0; }}
QGroupBox {{ border: 0; margin-top: {px(20)}px; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; }}
"""


def _inputs(t: Theme, px: Callable[[float], int], ring: int) -> str:
    """Fields: the ring takes the place of the border, and the padding gives way, so that nothing jumps."""
    inner = px(28) - 2
    focused = px(28) - 2 * ring
    side = px(8)
    return f"""
QLineEdit, QComboBox, QAbstractSpinBox, QTextEdit, QPlainTextEdit {{
    background: {t.field}; color: {t.text}; border: 1px solid {t.control}; border-radius: {px(4)}px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit {{ min-height: {inner}px; max-height: {inner}px; padding: 0 {side - 1}px; }}
QAbstractSpinBox {{ min-height: {inner}px; max-height: {inner}px; padding: 0 0 0 {px(4)}px; }}
QAbstractSpinBox QLineEdit {{ border: 0; min-height: 0; max-height: {inner}px; padding: 0; background: transparent; }}
QComboBox {{ min-height: {inner}px; max-height: {inner}px; padding: 0 {px(4)}px 0 {side + 1}px; }}
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus {{ border: {ring}px solid {t.focus}; }}
QLineEdit:focus {{ min-height: {focused}px; max-height: {focused}px; padding: 0 {side - ring}px; }}
QAbstractSpinBox:focus {{ border: {ring}px solid {t.focus}; min-height: {focused}px; max-height: {focused}px;
    padding: 0 0 0 {max(px(4) - ring + 1, 0)}px; }}
QAbstractSpinBox QLineEdit:focus {{ border: 0; padding: 0; min-height: 0; }}
QComboBox:focus {{ border: {ring}px solid {t.focus}; min-height: {focused}px; max-height: {focused}px;
    padding: 0 {max(px(4) - ring + 1, 0)}px 0 {side - ring + 2}px; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
    color: {t.faint}; border-color: {t.border}; background: {t.panel}; }}
QAbstractSpinBox QLineEdit:disabled {{ background: transparent; }}
*[invalid="true"] {{ border: {ring}px solid {t.danger}; }}
QLineEdit[invalid="true"]:focus, QComboBox[invalid="true"]:focus, QAbstractSpinBox[invalid="true"]:focus {{
    border-color: {t.danger}; }}
QAbstractSpinBox[invalid="true"] {{ min-height: {focused}px; max-height: {focused}px;
    padding: 0 0 0 {max(px(4) - ring + 1, 0)}px; }}
QLineEdit[invalid="true"] {{ min-height: {focused}px; max-height: {focused}px; padding: 0 {side - ring}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    subcontrol-origin: border; border: 0; background: transparent; width: {px(18)}px; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; height: {px(14)}px; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; height: {px(14)}px; }}
QAbstractSpinBox::up-arrow {{ image: url({_arrow("up", t.muted)}); width: {px(11)}px; height: {px(11)}px; }}
QAbstractSpinBox::down-arrow {{ image: url({_arrow("under", t.muted)}); width: {px(11)}px; height: {px(11)}px; }}
QAbstractSpinBox::up-arrow:hover {{ image: url({_arrow("up", t.accent)}); }}
QAbstractSpinBox::down-arrow:hover {{ image: url({_arrow("under", t.accent)}); }}
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {{ image: url({_arrow("up", t.faint)}); }}
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {{
    image: url({_arrow("under", t.faint)}); }}
QComboBox::drop-down {{ border: 0; width: {px(20)}px; }}
QComboBox::down-arrow {{ image: url({_arrow("down", t.muted)}); width: {px(12)}px; height: {px(12)}px; }}
QComboBox::down-arrow:disabled {{ image: url({_arrow("down", t.faint)}); }}
QComboBox QAbstractItemView {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.control};
    border-radius: 0;
    padding: {px(4)}px; outline: 0; selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
QComboBox QAbstractItemView::item {{ min-height: {px(28)}px; padding: 0 {px(8)}px; }}
QComboBox QAbstractItemView::item:selected {{ background: {t.accent_soft}; color: {t.text};
    border-radius: {px(4)}px; }}
QCheckBox, QRadioButton {{ spacing: {px(8)}px; }}
QCheckBox:disabled, QRadioButton:disabled, QLabel:disabled {{ color: {t.faint}; }}
QCheckBox::indicator, QAbstractItemView::indicator, QGroupBox::indicator {{ width: {px(16) - 2}px;
    height: {px(16) - 2}px; border: 1px solid {t.control}; border-radius: {px(3)}px; background: {t.field}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked, QGroupBox::indicator:checked {{
    background: {t.accent}; border-color: {t.accent}; image: url({_arrow("check", t.on_accent)}); }}
QCheckBox::indicator:indeterminate {{ background: {t.accent}; border-color: {t.accent};
    image: url({_arrow("dash", t.on_accent)}); }}
QCheckBox::indicator:focus {{ border: {ring}px solid {t.focus}; width: {px(16) - 2 * ring}px;
    height: {px(16) - 2 * ring}px; }}
QCheckBox::indicator:disabled {{ border-color: {t.border}; background: {t.panel}; }}
QCheckBox::indicator:checked:disabled {{ image: url({_arrow("check", t.faint)}); }}
QRadioButton::indicator {{ width: {px(16) - 2}px; height: {px(16) - 2}px; border: 1px solid {t.control};
    border-radius: {px(16) // 2}px; background: {t.field}; }}
QRadioButton::indicator:checked {{ border: {px(5)}px solid {t.accent}; width: {px(16) - 2 * px(5)}px;
    height: {px(16) - 2 * px(5)}px; background: {t.on_accent}; }}
QRadioButton::indicator:focus {{ border-color: {t.focus}; }}
"""


def _buttons(t: Theme, px: Callable[[float], int], ring: int) -> str:
    height = px(28)
    return f"""
QPushButton {{ background: {t.field}; color: {t.text}; border: 1px solid {t.control}; border-radius: {px(6)}px;
    min-height: {height - 2}px; padding: 0 {px(12)}px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {t.accent_soft}; color: {t.accent}; }}
QPushButton:default {{ border-color: {t.accent}; color: {t.accent}; font-weight: 600; }}
QPushButton:disabled {{ color: {t.faint}; border-color: {t.border}; background: {t.panel}; }}
QPushButton:focus {{ border: {ring}px solid {t.focus}; min-height: {height - 2 * ring}px;
    padding: 0 {px(12) - ring + 1}px; }}
QPushButton[flat="true"] {{ background: transparent; border: 0; border-radius: {px(4)}px; min-height: {height}px;
    padding: 0 {px(8)}px; font-weight: 500; }}
QPushButton[flat="true"]:hover {{ background: {t.hover}; }}
QPushButton[flat="true"]:pressed {{ background: {t.accent_soft}; }}
QPushButton[flat="true"]:focus {{ border: {ring}px solid {t.focus}; min-height: {height - 2 * ring}px;
    padding: 0 {px(8) - ring}px; }}
QToolButton {{ background: transparent; border: 0; border-radius: {px(6)}px; padding: {px(4)}px; color: {t.text}; }}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:pressed, QToolButton:checked, QToolButton:open {{ background: {t.accent_soft}; color: {t.accent}; }}
QToolButton:disabled {{ color: {t.faint}; }}
QToolButton:focus {{ border: {ring}px solid {t.focus}; padding: {px(4) - ring}px; }}
QToolButton::menu-indicator {{ image: none; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {t.border}; background: {t.canvas}; }}
QTabBar {{ background: {t.panel}; qproperty-drawBase: 0; border-bottom: 1px solid {t.border};
    font-weight: 600; }}
QTabBar::tab {{ background: transparent; color: {t.muted}; border: 0; height: {px(36) - 2}px;
    padding: 0 0; margin: 0 {px(12)}px; border-bottom: 2px solid transparent; border-top: 0; }}
QTabBar::tab:!selected {{ font-weight: 400; }}
QTabBar::tab:first, QTabBar::tab:only-one {{ margin-left: {px(16)}px; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; font-weight: 600; border-bottom: 2px solid {t.accent}; }}
QTabBar::tab:focus {{ color: {t.focus}; border-bottom: {ring}px solid {t.focus}; }}
QTabBar::tab:disabled {{ color: {t.faint}; }}
"""


def _lists(t: Theme, px: Callable[[float], int]) -> str:
    return f"""
QAbstractScrollArea {{ border: 0; }}
QTableView, QListView, QTreeView {{ background: {t.field}; border: 1px solid {t.border}; border-radius: {px(4)}px;
    gridline-color: {t.border}; outline: 0; font-size: {px(12)}px;
    selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
QTableView:focus, QListView:focus, QTreeView:focus {{ border: 1px solid {t.focus}; }}
QTableView::item, QListView::item, QTreeView::item {{ padding: 0 {px(8)}px; }}
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected {{
    background: {t.accent_soft}; color: {t.text}; }}
QTableView {{ qproperty-showGrid: false; }}
QTableView::item {{ border: 0; border-bottom: 1px solid {t.border}; }}
QHeaderView {{ background: {t.panel}; border: 0; }}
QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: 0; border-bottom: 1px solid {t.border};
    padding: 0 {px(8)}px; min-height: {px(24)}px; font-size: {px(12)}px; }}
QTableCornerButton::section {{ background: {t.panel}; border: 0; border-bottom: 1px solid {t.border}; }}
"""


def _bars(t: Theme, px: Callable[[float], int]) -> str:
    bar = px(6)
    return f"""
QScrollBar:vertical {{ background: transparent; width: {bar}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {bar}px; margin: 0; }}
QScrollBar::handle {{ background: {t.control}; border-radius: {bar // 2}px; }}
QScrollBar::handle:vertical {{ min-height: {px(24)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(24)}px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSlider:horizontal {{ min-height: {px(20)}px; }}
QSlider::groove:horizontal {{ height: {px(4)}px; background: {t.track}; border-radius: {px(2)}px; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: {px(2)}px; }}
QSlider::handle:horizontal {{ background: {t.thumb}; border: 1px solid {t.accent}; width: {px(16) - 2}px;
    margin: -{px(6)}px 0; border-radius: {px(8)}px; }}
QSlider::handle:horizontal:focus {{ border: {t.focus_width}px solid {t.focus};
    width: {px(16) - 2 * t.focus_width}px; }}
QSlider::sub-page:horizontal:disabled {{ background: {t.track}; }}
QSlider::handle:horizontal:disabled {{ background: {t.panel}; border-color: {t.faint}; }}
QProgressBar {{ background: {t.track}; border: 0; border-radius: {px(2)}px; max-height: {px(4)}px;
    min-height: {px(4)}px; text-align: center; color: transparent; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {px(2)}px; }}
"""
