"""The README's data set of ten lines: in one new file, and everywhere at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BESIDE = """
import sys
import playground.engine.datasets
# As if the file lay in the package.
playground.engine.datasets.__path__.append(sys.argv[1])
"""


def ten_lines() -> str:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Add a data set in ten lines")[1]
    return re.search(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)[1]


@pytest.fixture
def with_it(tmp_path):
    """Runs Python with the README's file among the data sets."""
    (tmp_path / "stripes.py").write_text(ten_lines(), encoding="utf-8")

    def python(code: str, *arguments: str) -> str:
        command = [sys.executable, "-c", BESIDE + code, str(tmp_path), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    return python


def test_it_has_ten_lines():
    assert len([line for line in ten_lines().splitlines() if line.strip()]) <= 10


def test_it_can_be_chosen_and_is_in_the_reference(with_it):
    code = """
import json
from playground.engine.experiment import default, parameters, set_text
from playground.engine.reference import describe, page
choice = parameters(default("classify"))["data.kind"]
e = set_text(default("curve"), [("data.kind", "stripes"), ("data.flip", "0.1")])
print(json.dumps([choice.names["stripes"], "stripes" in choice.choices, e.lab, describe()["datasets"], page()]))
"""
    label, offered, lab, described, page = json.loads(with_it(code))
    assert (label, offered, lab) == ("Stripes", True, "classify")
    assert [entry["labs"] for entry in described if entry["name"] == "stripes"] == [["classify"]]
    assert "| `stripes` | Stripes | classify |" in page


def test_it_runs_on_the_command_line(with_it):
    code = "from playground.cli import main; sys.argv[1:2] = []; sys.exit(main())"
    out = with_it(code, "run", "--lab", "classify", "--dataset", "stripes", "--epochs", "3", "--json")
    report = json.loads(out)
    assert (report["status"], report["epochs"], report["n_train"] + report["n_test"]) == ("finished", 3, 320)


def test_it_passes_the_battery(with_it):
    code = "import pytest; sys.exit(pytest.main(sys.argv[2:]))"
    out = with_it(code, "-q", "-p", "no:cacheprovider", "tests/engine/test_battery_data.py", "-k", "stripes")
    assert re.search(r"\d\d? passed", out) and "skipped" not in out
