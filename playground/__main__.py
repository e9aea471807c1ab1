"""`python -m playground`, and the entry point of a bundled program."""

import multiprocessing
import sys


def main() -> None:
    """Hand over to the command line, which opens the window when it is given nothing else to do."""
    # In a bundle, a helper process starts the program itself again and must turn off here.
    multiprocessing.freeze_support()
    if sys.argv[1:] == ["--library-process"]:
        from playground.engine.library_process import main as answer

        answer()
        return
    from playground.cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
