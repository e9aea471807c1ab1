"""The table of colours, the type and the icons: complete, readable, and the only place where colours live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QGuiApplication, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

import playground.gui
from playground.assets import asset
from playground.gui import fonts, icons
from playground.gui.style import PlaygroundStyle, sheet
from playground.gui.theme import THEMES, TOKENS, ThemeHost, host, palette, px, theme

GUI = Path(playground.gui.__file__).parent


def luminance(color: str) -> float:
    """Relative luminance by WCAG 2."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(color)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_no_module_but_the_table_holds_a_colour() -> None:
    pattern = re.compile(
        r"""["'{:\s]#[0-9a-fA-F]{3,8}\b(?!\w)|GlobalColor\.(?!transparent|color)|QColor\(\s*\d|\brgba?\("""
    )
    found = [
        f"{path.relative_to(GUI)}:{number}: {line.strip()}"
        for path in sorted(GUI.rglob("*.py"))
        if path.name != "theme.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


@pytest.mark.parametrize("name", THEMES)
def test_every_token_is_a_colour_or_a_number(name: str) -> None:
    for token in TOKENS:
        value = getattr(THEMES[name], token)
        if isinstance(value, str):
            assert re.fullmatch(r"#[0-9A-F]{6}", value), token
            assert THEMES[name].color(token).isValid()
        else:
            assert value >= 0, token


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["window", "panel", "canvas", "field", "raised", "hover"])
def test_text_is_readable_on_every_ground(name: str, ground: str) -> None:
    t = THEMES[name]
    assert contrast(t.text, getattr(t, ground)) >= 7
    assert contrast(t.muted, getattr(t, ground)) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_controls_messages_and_data_stand_out(name: str) -> None:
    t = THEMES[name]
    assert contrast(t.control, t.panel) >= 2.95
    assert contrast(t.on_accent, t.accent) >= 4.5
    assert contrast(t.danger, t.panel) >= 4.5
    assert contrast(t.text, t.danger_ground) >= 7
    assert contrast(t.text, t.hint) >= 7
    assert contrast(t.tooltip_second, t.tooltip) >= 4.5
    for token in ("train", "test", "fit", "truth"):
        assert contrast(getattr(t, token), t.canvas) >= 3, token


def test_ten_classes_differ_in_colour_and_in_symbol() -> None:
    for t in THEMES.values():
        assert len(t.classes) == 10
        assert len({c.color for c in t.classes}) == len({c.symbol for c in t.classes}) == 10
        assert (t.classes[0].name, t.classes[0].symbol) == ("orange", "o")
    assert THEMES["light"].classes[1].outline == "#003F62"  # 45 % to black
    assert THEMES["dark"].classes[1].outline == "#C4E5F7"  # 65 % to white


def test_the_choice_changes_the_running_program(qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(host().changed):
        host().set_choice("dark")
    assert theme().name == "dark"
    assert qapp.palette().window().color() == QColor(THEMES["dark"].panel)
    assert THEMES["dark"].field in qapp.styleSheet()
    assert THEMES["light"].accent not in qapp.styleSheet()
    with pytest.raises(ValueError, match="system, light, dark, contrast"):
        host().set_choice("pink")


def test_the_system_is_followed_without_a_restart(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    host().set_choice("system")
    scheme = Qt.ColorScheme.Dark
    hints = type("Hints", (), {"colorScheme": lambda self: scheme})()
    monkeypatch.setattr(host(), "_hints", hints)
    host()._system_changed()
    assert theme().name == "dark"
    scheme = Qt.ColorScheme.Light
    host()._system_changed()
    assert theme().name == "light"


def test_zoom_scales_type_and_sizes_within_bounds(qapp: QApplication) -> None:
    host().zoom_in()
    assert host().zoom == 1.1
    host().set_zoom(9)
    assert host().zoom == 2.0
    assert px(28) == 56
    assert qapp.font().pixelSize() == 26
    host().zoom_in()
    assert host().zoom == 2.0
    host().set_zoom(0.1)
    assert host().zoom == 0.8
    assert px(0) == 0


def test_a_second_host_before_the_application_is_dressed() -> None:
    other = ThemeHost()
    other.set_choice("contrast")
    assert other.theme.name == "contrast"


def test_the_style_keeps_its_hints(qapp: QApplication) -> None:
    style = PlaygroundStyle()
    assert style.styleHint(style.StyleHint.SH_ToolTip_WakeUpDelay) == 400
    assert style.styleHint(style.StyleHint.SH_Slider_AbsoluteSetButtons) == Qt.MouseButton.LeftButton.value


@pytest.mark.parametrize("name", THEMES)
def test_the_arrows_of_the_sheet_exist(name: str) -> None:
    urls = re.findall(r"url\(([^)]+)\)", sheet(THEMES[name], lambda n: round(n)))
    assert urls
    assert all(Path(url).is_file() for url in urls)


def test_disabled_text_is_faint() -> None:
    for t in THEMES.values():
        assert palette(t).color(palette(t).ColorGroup.Disabled, palette(t).ColorRole.Text) == QColor(t.faint)


def test_the_shipped_fonts_are_used_with_equal_figures() -> None:
    for weight in (400, 500, 600):
        assert QFontInfo(fonts.ui(13, weight)).family() == "Inter"
        metrics = QFontMetricsF(fonts.ui(13, weight))
        assert len({round(metrics.horizontalAdvance(d), 2) for d in "0123456789"}) == 1
    assert QFontInfo(fonts.math(16)).family() == "STIX Two Text"
    assert QFontInfo(fonts.math(16)).italic()
    for character in "\u2212λπ₀²⁴⁻–∞≤×":
        assert QFontMetricsF(fonts.ui(13)).inFontUcs4(ord(character)), character
    for character in "xtMwEλσ":
        assert QFontMetricsF(fonts.math(16)).inFontUcs4(ord(character)), character


def test_chinese_shows_no_boxes() -> None:
    def drawn(text: str, weight: int) -> QImage:
        image = QImage(40, 24, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setFont(fonts.ui(13, weight))
        painter.drawText(4, 18, text)
        painter.end()
        return image

    for weight in (400, 600):
        assert drawn("机", weight) != drawn("器", weight)  # two boxes would be alike


def test_fonts_and_icons_come_with_their_licences() -> None:
    assert "SIL OPEN FONT LICENSE" in asset("fonts/Inter-LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in asset("fonts/STIXTwo-LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in asset("fonts/NotoSansCJK-LICENSE.txt").read_text(encoding="utf-8")
    assert "ISC License" in asset("icons/LICENSE").read_text(encoding="utf-8")


def colors_of(icon: QIcon, mode: QIcon.Mode, state: QIcon.State, size: int) -> set[str]:
    image: QImage = icon.pixmap(size, size, mode, state).toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


def test_icons_wear_the_theme_in_every_state() -> None:
    icon = icons.icon("pencil", 24)
    t = theme()
    assert colors_of(icon, QIcon.Mode.Normal, QIcon.State.Off, 24) == {t.text.lower()}
    assert colors_of(icon, QIcon.Mode.Normal, QIcon.State.On, 24) == {t.accent.lower()}
    assert colors_of(icon, QIcon.Mode.Disabled, QIcon.State.Off, 24) == {t.faint.lower()}


def test_a_bound_icon_follows_the_theme_and_lets_go(qtbot: QtBot) -> None:
    button = QPushButton()
    icons.bind(button, "save", 24)
    icons.bind(button, "download", 24)
    host().set_choice("dark")
    rest = colors_of(button.icon(), QIcon.Mode.Normal, QIcon.State.Off, 24)
    assert rest == {THEMES["dark"].text.lower()}
    host().set_zoom(2.0)
    assert button.iconSize().width() == 48
    button.deleteLater()
    QGuiApplication.sendPostedEvents(button, 52)  # QEvent.DeferredDelete
    host().set_choice("light")


@pytest.mark.parametrize("path", sorted(asset("icons").glob("*.svg")), ids=lambda p: p.stem)
def test_every_icon_is_drawn(path: Path) -> None:
    image = icons.pixmap(path.stem, 20, theme().text, 2.0).toImage()
    assert image.width() == 40
    assert any(image.pixelColor(x, y).alpha() > 200 for x in range(40) for y in range(40))
