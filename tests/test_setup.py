"""Setting up on a machine that lacks something: what is done, what is asked for, and in how many words.

The scripts run for real, in a folder of their own, with stand-ins for the programs that would change the
machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement

from playground.assets import asset

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scripts are for Linux")


class Machine:
    """A folder with a checkout's set-up files, and programs whose answers a test decides."""

    def __init__(self, root: Path) -> None:
        self.checkout = root / "checkout"
        self.programs = root / "programs"
        self.programs.mkdir(parents=True)
        shutil.copytree(ROOT / "packaging", self.checkout / "packaging")
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.checkout)

    def program(self, name: str, script: str, folder: Path | None = None) -> None:
        """Put a stand-in before the machine's own program of that name, or into a folder."""
        path = (folder or self.programs) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, *command: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout; stand-ins come before the programs in `path`."""
        environment = {"PATH": f"{self.programs}:{path}", "HOME": str(self.checkout)}
        return subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which no system library is found and apt-get only says what it was asked for."""
    machine = Machine(tmp_path)
    machine.program("ldconfig", "true")
    machine.program("apt-get", 'echo "apt-get $*"')
    return machine


@pytest.fixture
def machine_with_environment(machine: Machine) -> Machine:
    """The same, with an environment whose Python says what it was asked for."""
    machine.program("python", 'echo "python $*"', machine.checkout / ".venv/bin")
    machine.program("id", "echo 0")
    return machine


def test_a_user_is_told_the_one_line_to_run(machine: Machine) -> None:
    machine.program("id", "echo 1000")
    done = machine.run("sh", "packaging/install-system-libs.sh", "window")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "please run: sudo apt-get install -y libglib2.0-0 libegl1 libgl1 " in done.stderr


def test_root_gets_what_is_missing_installed(machine: Machine) -> None:
    machine.program("id", "echo 0")
    machine.program("ldconfig", 'echo "libEGL.so.1 (libc6,x86-64) => /lib/libEGL.so.1"')
    done = machine.run("sh", "packaging/install-system-libs.sh", "window")
    assert done.returncode == 0, done.stderr
    update, install = (line for line in done.stdout.splitlines() if line.startswith("apt-get"))
    assert update.split()[1] == "update"
    assert install.split()[1] == "install"
    assert {"libxcb-cursor0", "libgl1"} <= set(install.split())
    assert "libegl1" not in install.split()
    assert "xvfb" not in install.split()


def test_without_apt_the_missing_libraries_are_named(machine: Machine) -> None:
    (machine.programs / "apt-get").unlink()
    machine.program("uname", "echo Linux")
    done = machine.run("/bin/sh", "packaging/install-system-libs.sh", path="")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "libxcb-cursor0" in done.stderr


def test_a_complete_machine_is_left_alone(machine: Machine) -> None:
    script = (ROOT / "packaging/install-system-libs.sh").read_text()
    names = re.findall(r"^(lib\S+\.so\.\d+)", script, re.MULTILINE)
    machine.program("ldconfig", f"printf '%s\\n' {' '.join(names)}")
    for name in ("Xvfb", "xauth", "xdotool"):
        machine.program(name, "true")
    done = machine.run("sh", "packaging/install-system-libs.sh", "tests", sys.executable)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_old_python_is_refused_in_one_sentence(machine: Machine) -> None:
    machine.program("python3.9", "exit 1")
    done = machine.run("make", "run", "PYTHON=python3.9")
    ours = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode == 2
    assert len(ours) == 1
    assert "needs Python 3.11 or newer, and python3.9 is not" in ours[0]
    assert not (machine.checkout / ".venv").exists()


def test_the_second_run_only_starts_the_program(machine_with_environment: Machine) -> None:
    machine = machine_with_environment
    first = machine.run("make", "run")
    assert first.returncode == 0, first.stderr
    assert "python -m pip install" in first.stdout
    assert "--constraint constraints.txt" in first.stdout
    second = machine.run("make", "run", "ARGS=open points.csv")
    assert (second.stdout, second.stderr) == ("python -m playground open points.csv\n", "")


def test_changed_pins_are_installed_again(machine_with_environment: Machine) -> None:
    machine = machine_with_environment
    machine.run("make", "run")
    stamp = (machine.checkout / ".venv/stamp").stat().st_mtime
    os.utime(machine.checkout / "constraints.txt", (stamp + 10, stamp + 10))
    assert "python -m pip install" in machine.run("make", "run").stdout


def test_a_failed_installation_is_tried_again(machine_with_environment: Machine) -> None:
    machine = machine_with_environment
    machine.program("python", 'case "$*" in *install*) exit 1;; esac', machine.checkout / ".venv/bin")
    assert machine.run("make", "run").returncode == 2
    assert not (machine.checkout / ".venv/stamp").exists()


def test_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert targets
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\w+)", listed, re.MULTILINE) == targets[1].split()


def test_every_requirement_has_a_pin_that_fits_it() -> None:
    pins = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if not line.startswith("#"):
            pin = Requirement(line)
            (specifier,) = pin.specifier
            assert specifier.operator == "==", line
            assert "+" not in specifier.version, f"{line}: a build of one index only"
            pins[pin.name.lower().replace("_", "-")] = specifier.version
    for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins[wanted.name.lower().replace("_", "-")]), text
    assert pins["pyside6-essentials"].startswith("6.11."), "6.12.0 kills the process on Python 3.11"


def test_without_a_display_the_program_says_what_works_without_one() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "playground"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "playground run" in done.stderr
    assert "playground screenshot" in done.stderr


def test_assets_are_found_and_missing_ones_named() -> None:
    assert asset("icons").is_dir()
    with pytest.raises(FileNotFoundError, match=r"'icons/no-such\.svg'"):
        asset("icons/no-such.svg")


def test_the_desktop_entry_starts_the_script_under_the_icon_that_is_there() -> None:
    lines = (ROOT / "packaging/playground.desktop").read_text().splitlines()
    entry = dict(line.split("=", 1) for line in lines if "=" in line)
    assert entry["Exec"].split()[0] in PROJECT["scripts"]
    icon = ROOT / "packaging" / f"{entry['Icon']}.svg"
    assert ElementTree.parse(icon).getroot().tag.endswith("svg")
