"""The command line: `playground ...`. Called by `__main__` and by the installed command.

Exit codes: 0 success, 2 wrong input, 1 a failure of ours, 3 a run that diverged, 130 interrupted, 143
terminated. An error is one line on standard error. Everything heavy is imported by the command that needs
it, so that `--help` answers at once; only `open_window` and `screenshot` ever import the window.
"""

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

DIVERGED = 3

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="See machine learning happen: draw data, pick a model, watch it train, take the result away. "
    "Without a command: open the window.",
)

WHAT = ("A session, a CSV file, a link, preset:NAME ('playground describe' lists them) or a URL of TensorFlow "
        "Playground.")  # fmt: skip
Target = Annotated[str | None, typer.Argument(metavar="PATH|LINK", help=WHAT, show_default=False)]
LabName = Annotated[str | None, typer.Option("--lab", metavar="NAME", help="curve or classify.")]
Data = Annotated[str | None, typer.Option("--data", metavar="FILE.csv", help=(
    "Points with a header: x,t for a curve, two columns and label for classes."))]  # fmt: skip
Dataset = Annotated[str | None, typer.Option("--dataset", metavar="NAME", help="A built-in data set.")]
Columns = Annotated[str | None, typer.Option("--columns", metavar="NAMES", help=(
    "Other names of the columns, the target or label last."))]  # fmt: skip
Device = Annotated[str | None, typer.Option("--device", metavar="NAME", help="auto, cpu, cuda or mps.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="A parameter; 'playground describe' lists them. Repeatable."
    ),
]
Epochs = Annotated[str | None, typer.Option("--epochs", metavar="N", help="Train for so many epochs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]


@app.callback()
def start(context: typer.Context) -> None:
    """Without a command: open the window."""
    if context.invoked_subcommand is None:
        raise typer.Exit(_open_window(None))


@app.command("open")
def open_(
    target: Annotated[str, typer.Argument(metavar="PATH|LINK", help="A picture (PNG, JPEG) too, or: " + WHAT)],
) -> None:
    """Open the window on a session, a CSV file, a picture, a link or a preset."""
    _check_target(target)
    raise typer.Exit(_open_window(target))


@app.command()
def run(
    target: Target = None,
    lab: LabName = None,
    data: Data = None,
    dataset: Dataset = None,
    columns: Columns = None,
    assignments: Assignments = None,
    epochs: Epochs = None,
    export: Annotated[list[str] | None, typer.Option("--export", metavar="KIND[,KIND]", help=(
        "session, data, onnx, weights, script, plots, numbers, coefficients."))] = None,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where exports go.")] = "results",
    device: Device = None,
    restart: Annotated[bool, typer.Option("--restart", help="Train a session again from the start.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Train without a window.

    A session is reported as it was saved; with --epochs it trains on. Exit code 3: the run diverged.
    """
    from playground import cli_run

    source = cli_run.Source(target, lab, data, dataset, columns, tuple(assignments or ()), device)
    kinds = [kind.strip() for text in export or () for kind in text.split(",")]
    with _tidy_end():
        report, note = cli_run.run(source, epochs=_epochs(epochs), restart=restart, exports=kinds, out=out)
    _say(_json(report) if as_json else cli_run.summary(report))
    if note:
        _complain(note)
    if report["status"] == "diverged":
        raise typer.Exit(DIVERGED)


@app.command()
def sweep(
    target: Target = None,
    lab: LabName = None,
    data: Data = None,
    dataset: Dataset = None,
    columns: Columns = None,
    assignments: Assignments = None,
    over: Annotated[list[str] | None, typer.Option("--over", metavar="PATH=VALUES", help=(
        "A parameter and its values. Repeatable: all combinations are trained, the first varies slowest."))] = None,
    folds: Annotated[str | None, typer.Option("--folds", metavar="S", help=(
        "Cross-validate: hold out each of S parts of the training points once."))] = None,
    epochs: Epochs = None,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the two files go.")] = "results",
    device: Device = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Train every combination of some values: one table (sweep.csv) and one figure (sweep.svg).

    VALUES is a range or a list: 0..9 (whole numbers), -40:0:1 (from, to, step; the end is included), 1e-3..1:log:7
    (seven values on a logarithmic scale), 0.1,0.3,1 or tanh,relu or off,-40:0:1 (values and ranges with commas
    between them). Parameters that are lists themselves, such as model.hidden, take semicolons between the values:
    "8;8,8;16,16".

    Example: playground sweep --over model.order=0..9 --over model.ln_lambda=-40:0:1 --folds 10

    Without --folds there is one training for each combination, and validation is the part of the split of that
    name. With --folds it is what was held out, points of the validation part sit out, and the columns of the table
    get one more, fold. The best combination is that with the least root mean square error (for classes: the least
    loss) on validation points, or on test points where there are none, on average over the folds. Exit code 3: all
    trainings diverged.
    """
    from playground import cli_run, cli_sweep

    source = cli_run.Source(target, lab, data, dataset, columns, tuple(assignments or ()), device)
    with _tidy_end():
        told, note = cli_sweep.sweep(source, over or (), folds=folds, epochs=_epochs(epochs), out=out)
    _say(_json(told) if as_json else cli_sweep.summary(told))
    if note:
        _complain(note)
    if told["best"] is None:
        raise typer.Exit(DIVERGED)


@app.command()
def predict(
    session: Annotated[str, typer.Argument(metavar="SESSION", help="A session file.")],
    data: Annotated[
        str, typer.Option("--data", metavar="FILE.csv", help="Rows with the inputs: x, or x1 and x2.")
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="FILE.csv", help="The same rows with the predictions added.")
    ],
) -> None:
    """Add the predictions of a session to a CSV file: y, or predicted and p_<class>."""
    from playground import cli_run

    with _tidy_end():
        rows = cli_run.predict(session, data, out)
    _say(f"{out}: {rows} rows")


@app.command()
def screenshot(
    out: Annotated[str, typer.Option("--out", metavar="FILE.png", help="The picture.")],
    target: Target = None,
    lab: LabName = None,
    assignments: Assignments = None,
    epochs: Epochs = None,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Size of the window.")] = "1440x900",
    scale: Annotated[
        str, typer.Option("--scale", metavar="N", help="Pixels for each of these, 1 to 4.")
    ] = "1",
    theme: Annotated[str, typer.Option("--theme", metavar="NAME", help="light, dark or contrast.")] = "light",
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="en.")] = "en",
) -> None:
    """The real window as a picture; needs no display."""
    from pathlib import Path

    from playground import cli_run
    from playground.engine.files import check_out_file
    from playground.engine.schema import SpecError, show

    if language in ("zh_CN", "zh_TW"):
        raise SpecError(f"--language {language} is not there yet: it must be en.", "language")
    _one_of("--language", language, ("en",))
    _one_of("--theme", theme, ("light", "dark", "contrast"))
    pixels, factor = _size(size), _number("--scale", scale, 1, 4)
    if not out.lower().endswith(".png"):
        raise SpecError(f"--out must name a file that ends in .png, not {show(out)}.", "out")
    check_out_file(out)
    begun = cli_run.resolve(cli_run.Source(target, lab, assignments=tuple(assignments or ())))
    experiment, record = cli_run.for_window(begun)
    from playground import app as window

    window.screenshot(
        target,
        experiment,
        record,
        epochs=_epochs(epochs),
        size=pixels,
        scale=factor,
        theme=theme,
        language=language,
        out=Path(out),
    )
    _say(out)


@app.command()
def describe(as_json: AsJson = False) -> None:
    """Every lab, preset, data set, model and parameter."""
    from playground.engine import reference

    _say(_json(reference.describe()) if as_json else reference.page())


@app.command()
def bench(
    only: Annotated[str | None, typer.Option("--only", metavar="NAME", help=(
        "One part: a network such as 2-4-2-1, population or closed_form_sweep."))] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Rougher, in less than 20 seconds.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Speed of the executors on this machine, beside a plain torch loop and scikit-learn."""
    from playground.bench import NAMES, measure, report

    if only is not None:
        _one_of("--only", only, NAMES)
    told = measure(only, quick=quick, tell=_progress)
    _say(_json(told) if as_json else report.table(told))


@app.command()
def doctor() -> None:
    """Versions, devices, display, what is missing and how to get it.

    Exit code 0: everything that is needed is there; 1: something is missing.
    """
    from playground.doctor import examine, report

    findings = examine()
    _say(report(findings))
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say (default: those of the process). Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a name in Chinese must not fail on a Latin console
    try:
        args = None if argv is None else list(argv)
        return int(app(args, prog_name="playground", standalone_mode=False) or 0)
    except _Terminated:
        return 128 + signal.SIGTERM
    except typer.TyperException as error:
        _complain(error.format_message() or str(error))
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        from playground.engine.schema import SpecError

        if isinstance(error, SpecError):
            _complain(str(error))
            return 2
        if os.environ.get("PLAYGROUND_TRACEBACK"):
            raise
        _complain(f"Playground failed: {type(error).__name__}: {error} (PLAYGROUND_TRACEBACK=1 shows where).")
        return 1


class _Terminated(BaseException):
    """Somebody asked the process to end."""


@contextmanager
def _tidy_end() -> Iterator[None]:
    """SIGTERM unwinds as Ctrl-C does, so that an export that was under way leaves nothing behind."""

    def end(*_: object) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(text: str) -> None:
    print(text)


def _complain(text: str) -> None:
    """One line on standard error, whatever is in it."""
    print(" ".join(text.split()), file=sys.stderr)


def _progress(text: str) -> None:
    """A line for a person who waits; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"{text} ...", file=sys.stderr)


def _json(value: object) -> str:
    import json

    return json.dumps(value, allow_nan=False)


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    from playground.engine.schema import SpecError, show

    if value not in allowed:
        raise SpecError(
            f"{option} must be one of {', '.join(allowed)}, not {show(value)}.", option.lstrip("-")
        )


def _number(option: str, text: str, low: float, high: float) -> float:
    from playground.engine.schema import SpecError, show

    try:
        value = float(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise SpecError(
            f"{option} must be a number from {low:g} to {high:g}, not {show(text)}.", option.lstrip("-")
        )
    return value


def _epochs(text: str | None) -> int | None:
    from playground.engine.schema import SpecError, show

    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:10]) > 1_000_000:
        raise SpecError(f"--epochs must be a whole number from 0 to 1000000, not {show(text)}.", "epochs")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    from playground.engine.schema import SpecError, show

    found = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if found is None or not (640 <= int(found[1]) <= 7680 and 480 <= int(found[2]) <= 4320):
        raise SpecError(f"--size must be WIDTHxHEIGHT, from 640x480 to 7680x4320, not {show(text)}.", "size")
    return int(found[1]), int(found[2])


def _check_target(target: str) -> None:
    """A sentence now rather than a window that opens on nothing."""
    from pathlib import Path

    from playground.cli_run import PICTURE_SUFFIXES, TABLE_SUFFIXES
    from playground.engine import addresses, session
    from playground.engine.schema import SpecError, show

    if addresses.is_address(target):
        addresses.read(target)
    elif not Path(target).is_file():
        raise SpecError(f"There is no file {show(target)}: name a session, a CSV file, a picture or a link.")
    elif not target.lower().endswith((*TABLE_SUFFIXES, *PICTURE_SUFFIXES, session.SUFFIX)):
        raise SpecError(f"{show(target)} must end in {session.SUFFIX}, .csv, .png or .jpg, or be a link.")


def _open_window(target: str | None) -> int:
    """Exit code of the window. Raises SpecError where there is no display to open it on."""
    if not has_display():
        from playground.engine.schema import SpecError

        raise SpecError("There is no display to open a window on: use 'playground run' or 'playground screenshot', "
                        "which need none.")  # fmt: skip
    from playground.app import open_window

    return open_window(target)


def has_display() -> bool:
    """Whether a window can appear. Only Linux can be without; some platforms of Qt need no display."""
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    return platform in ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")
