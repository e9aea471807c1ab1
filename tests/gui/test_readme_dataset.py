"""The README's data set of ten lines has its picture in the window, and can be chosen there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WINDOW = """
import json, sys
import playground.engine.datasets
playground.engine.datasets.__path__.append(sys.argv[1])
from PySide6.QtWidgets import QApplication, QAbstractButton
from playground.gui.document import Document
from playground.gui.forms import Controls
from playground.gui.panels import DataPanel
from playground.gui.sweep import Sweeper
app = QApplication([])
document = Document()
document.switch_lab("classify")
controls = Controls(document, Sweeper(document))
panel = DataPanel(controls)
panel.show()
picture = next(b for b in panel.findChildren(QAbstractButton) if b.accessibleName() == "Stripes")
colours = {picture.grab().toImage().pixelColor(x, y).name() for x in range(8, 48) for y in range(8, 48)}
picture.click()
e = document.experiment
print(json.dumps([e.data.kind, len(document.problem.points), len(colours), "data.noise" in panel.rows]))
controls.sweeper.stop()
"""


def test_ten_lines_in_one_file_are_in_the_window(tmp_path):
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Add a data set in ten lines")[1]
    (tmp_path / "stripes.py").write_text(
        re.search(r"```python\n(.*?)```", section, re.DOTALL)[1], encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=100,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    kind, n, colours, has_noise = json.loads(done.stdout.splitlines()[-1])
    assert (kind, n, has_noise) == ("stripes", 320, True)
    assert colours > 10, "the thumbnail shows the points in their colours"
