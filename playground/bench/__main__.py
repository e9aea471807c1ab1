"""`python -m playground.bench [FILE.json]` writes the table of the README: measured now, or taken from a file that
`playground bench --json` wrote."""

import json
import sys
from pathlib import Path

from playground import bench
from playground.bench import report


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")) if sys.argv[1:] else bench.measure()
    report.renew(Path(__file__).parents[2] / "README.md", told)


if __name__ == "__main__":
    main()
