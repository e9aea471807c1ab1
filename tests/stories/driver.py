"""A screen, a mouse and a keyboard for the real window: Xvfb and xdotool, and the probe that says where things are."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0


class Screen:
    """An X server of its own on a free display."""

    def __init__(self, size: str = "1440x900") -> None:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        number = ""
        while not number.endswith("\n") and select.select([read], [], [], PATIENCE_S)[0]:
            piece = os.read(read, 16).decode()
            number += piece
            if not piece:
                break
        os.close(read)
        number = number.strip()
        if not number:
            self.close()
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)


class Player:
    """One run of the program, with hands on its mouse and keyboard."""

    def __init__(self, screen: Screen, home: Path, *target: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_", "WAYLAND"))},
            "DISPLAY": screen.display, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"),
            "PLAYGROUND_SETTINGS_DIR": str(home / "settings"), "QT_QPA_PLATFORM": "xcb", "PYTHONUNBUFFERED": "1",
            "PROBE_SPAWNED": str(time.time()),
        }  # fmt: skip
        self.log = open(home / "stderr.txt", "ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.probe", *target], cwd=ROOT, env=self.env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, bufsize=1,
        )  # fmt: skip
        self.wait(lambda: self.ask("ready"), "the window to appear")
        self.do("windowfocus", self._window_id())

    # ---- questions
    def ask(self, question: str, **details: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": question, **details}) + "\n")
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"the program ended with {self.process.wait()}: {self.errors()}")
            if line.startswith("@"):
                break
        answer = json.loads(line[1:])
        if isinstance(answer, dict) and set(answer) == {"error"}:
            raise AssertionError(f"{question} {details}: {answer['error']}")
        return answer

    def wait(self, condition: Callable[[], Any], what: str, patience: float = PATIENCE_S) -> Any:
        """Ask again and again until the answer is true; each question waits for the program's event loop."""
        deadline = time.monotonic() + patience
        while True:
            answer = condition()
            if answer:
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience:.0f} s for {what}; now {self.ask('state')}")

    def state(self) -> dict[str, Any]:
        return self.ask("state")

    def errors(self) -> str:
        return Path(self.log.name).read_text()[-3000:]

    # ---- hands
    def do(self, *arguments: Any) -> str:
        done = subprocess.run(
            ["xdotool", *map(str, arguments)], env=self.env, capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def _window_id(self) -> str:
        wanted = ("search", "--onlyvisible", "--pid", str(self.process.pid))
        return str(self.wait(lambda: self.do(*wanted).split(), "xdotool to see the window")[-1])

    def focus(self, title: str) -> None:
        """Give the keyboard to the window of this title (there is no window manager to do it)."""
        found = self.wait(lambda: self.do("search", "--onlyvisible", "--name", f"^{title}").split(), f"{title!r}")
        self.do("windowfocus", "--sync", found[-1])

    def key(self, *names: str) -> None:
        self.do("key", *names)

    def type(self, text: str) -> None:
        self.do("type", "--delay", "40", "--", text)

    def rectangle(self, name: str, kind: str = "") -> dict[str, Any]:
        found = self.ask("find", name=name, kind=kind)
        assert found, f"nothing called {name!r} is on the screen; there are {self.ask('names')}"
        return found

    def click(self, name: str, kind: str = "", *, at: tuple[float, float] = (0.5, 0.5), button: int = 1) -> None:
        """Click on the widget called `name`, at this share of its width and height."""
        r = self.rectangle(name, kind)
        self.click_at(r["x"] + at[0] * r["w"], r["y"] + at[1] * r["h"], button)

    def click_at(self, x: float, y: float, button: int = 1) -> None:
        self.do("mousemove", round(x), round(y), "click", button)

    def drag(self, start: tuple[float, float], *stops: tuple[float, float]) -> None:
        """Press at the start, go through the stops in small moves, let go at the last, and wait until the window has
        seen it."""
        before = self.ask("releases")
        moves: list[Any] = ["mousemove", round(start[0]), round(start[1]), "mousedown", 1]
        here = start
        for stop in stops:
            for i in range(1, 9):
                x, y = (here[k] + (stop[k] - here[k]) * i / 8 for k in (0, 1))
                moves += ["mousemove", round(x), round(y), "sleep", "0.01"]
            here = stop
        self.do(*moves, "mouseup", 1)
        self.wait(lambda: self.ask("releases") > before, "the release of the button")

    def menu(self, *path: str) -> None:
        """Choose File, Export… and so on with the mouse."""
        for text in path:
            r = self.wait(lambda text=text: self.ask("menu_item", text=text), f"the menu entry {text!r}")
            self.click_at(r["x"] + min(r["w"] / 2, 40), r["y"] + r["h"] / 2)

    def tab(self, name: str) -> None:
        """Bring the chart of this summary to the front."""
        r = self.wait(lambda: self.ask("tab", name=name), f"the tab of {name}")
        self.click_at(r["x"] + r["w"] / 2, r["y"] + r["h"] / 2)

    def chart(self, name: str) -> None:
        """The same for one whose tab may have found no room: then by the menu of its dock, which lists them all."""
        if self.ask("chart", name=name)["front"]:
            return
        if self.ask("tab", name=name):
            self.tab(name)
        else:
            self.chart_menu(name, self.ask("chart", name=name)["title"])
        self.wait(lambda: self.ask("chart", name=name)["front"], f"the chart {name} in front")

    def chart_menu(self, name: str, entry: str) -> None:
        """Choose an entry of the menu of the dock that holds this chart."""
        r = self.ask("chart", name=name)["menu"]
        self.click_at(r["x"] + r["w"] / 2, r["y"] + r["h"] / 2)
        self.menu(entry)

    def follow(self, name: str, start: str) -> str:
        """Take the recommendation of the chart in front that begins like this: by its button, or, where there is no
        room for one, by the menu. Returns its words."""

        def offered() -> str | None:
            summary, offers = self.ask("summary", name=name), self.ask("chart", name=name)["offers"]
            done = summary is not None and not summary["behind"]
            return next((words for words in offers if words.startswith(start)), None) if done else None

        words: str = self.wait(offered, f"{start!r} on the chart {name}")
        if self.ask("find", name=words):
            self.click(words)
        else:
            self.chart_menu(name, words)
        return words

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of the list called `name`, with the keyboard."""
        place = self.ask("options", name=name).index(text)
        self.click(name, "Choice")
        self.wait(lambda: self.ask("find", name=name, kind="ListView"), f"the list of {name}")
        self.key("Home", *["Down"] * place, "Return")
        self.wait(lambda: not self.ask("find", name=name, kind="ListView"), f"the list of {name} to close")

    def save_path(self, title: str, path: Path) -> None:
        """Type a path into the dialog that asks where to save."""
        self.focus(title)
        self.wait(lambda: self.ask("focus").startswith("QLineEdit"), "the name of the file")
        self.key("ctrl+a")
        self.type(str(path))
        self.key("Return")
        self.wait(path.exists, f"the file {path.name}")
        self.focus(".*Playground")

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        return tuple(self.ask("pixel", x=x, y=y))  # type: ignore[return-value]

    # ---- the end
    def close(self) -> int:
        """Ctrl+Q, and the exit code."""
        self.key("ctrl+q")
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not close: {self.ask('state')}") from None

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout, self.log):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def drag_slider(player: Player, name: str, share: float) -> None:
    """Take the thumb's track and go to this share of its length."""
    r = player.rectangle(name, "Track")
    y = r["y"] + r["h"] / 2
    player.drag((r["x"] + r["w"] * 0.3, y), (r["x"] + r["w"] * share, y))


@contextlib.contextmanager
def screen(size: str = "1440x900") -> Iterator[Screen]:
    server = Screen(size)
    try:
        yield server
    finally:
        server.close()
