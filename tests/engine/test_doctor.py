"""`playground doctor` names what is missing and the one line that mends it."""

from __future__ import annotations

import subprocess

import pytest

from playground import cli, doctor
from playground.doctor import Finding, libraries_finding, qt_mend, report, torch_mend


def answer(output: str, code: int = 0, error: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, output, error)


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which everything loads; the processes that would ask it are not started."""
    said = {"torch": "-\nFalse\nFalse\n\n", "PySide6": "6.11.3\n", "compiled": "/cache\nTrue\n\n"}
    monkeypatch.setattr(doctor, "_python", lambda code: answer(next(said[name] for name in said if name in code)))
    monkeypatch.setattr(doctor, "_loads", lambda library: True)


def test_all_is_well(healthy: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("Playground", "Python", "PySide6", "numpy", "torch", "Devices", "cpu", "Display", "onnx"):
        assert word in out
    assert out.rstrip().endswith("Everything that is needed is there.")


def test_missing_libraries_come_with_the_line_that_installs_them(
    healthy: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_loads", lambda library: library not in ("libEGL.so.1", "libGL.so.1"))
    monkeypatch.setattr("sys.platform", "linux")
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "apt-get install -y libegl1 libgl1" in out and "1 thing to mend." in out


def test_nothing_is_missing() -> None:
    assert libraries_finding([]).fine and not libraries_finding(["libegl1"]).fine


def test_without_a_display_everything_else_is_usable(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    found = {finding.what: finding for finding in doctor.examine()}
    assert found["Display"].fine and "no window" in found["Display"].value


@pytest.mark.parametrize(
    ("version", "python", "bad"),
    [
        ("6.12.0", (3, 11), True),
        ("6.12.1", (3, 12), False),
        ("6.11.3", (3, 11), False),
        ("7.0", (3, 11), True),
    ],
)
def test_the_version_of_qt_that_kills_the_process(version: str, python: tuple[int, int], bad: bool) -> None:
    assert ("<6.12" in qt_mend(version, python)) == bad


@pytest.mark.parametrize(
    "error", ["OSError: [WinError 1114] A dynamic link library", "OSError: [WinError 126] x"]
)
def test_torch_on_windows(error: str) -> None:
    assert "Visual C++" in torch_mend(error)


def test_torch_that_does_not_load(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "_python", lambda code: answer("", 1, "Traceback\nImportError: no libfoo.so\n")
    )
    found = {finding.what: finding for finding in doctor.examine()}
    assert not found["Devices"].fine and found["Devices"].mend == "ImportError: no libfoo.so"
    assert not found["Qt"].fine


def test_a_gpu_is_named(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_python", lambda code: answer("12.8\nTrue\nFalse\nNVIDIA H200\n"))
    found = {finding.what: finding for finding in doctor.examine()}
    assert "cuda (NVIDIA H200)" in found["Devices"].value


def test_the_report_marks_what_is_wrong() -> None:
    lines = report([Finding("a", "1"), Finding("bb", "2", False, "do this")]).splitlines()
    assert lines[:3] == ["  a   1", "! bb  2", "      -> do this"]
