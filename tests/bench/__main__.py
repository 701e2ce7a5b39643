"""What is measured, a part after the other: `make bench`, about an hour on two cores that do nothing else.

    python -m tests.bench                    every part
    python -m tests.bench questions forms    some, in this order
    python -m tests.bench --small            every part at sizes that take a few minutes, to see that all of it runs

Each part is a command of its own, `python -m tests.bench.PART`, which takes other sizes too. What it prints is kept as
build/bench/PART.txt; tables and drawings it writes itself. A part that fails does not stop those after it, and fails the whole.
At the end stands what was to be reached, and whether it was: that is told, and fails nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from time import monotonic

from tests.bench import aims, timing

# By part: its arguments, and those of a small run.
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "startup": ([], ["3"]),
    "questions": (["210000", "--only", "rdflib", "--limit", "10"], ["17000", "--limit", "1"]),
    "reports": (["21000", "210000"], ["6000"]),
    "forms": ([], ["20000"]),
    "finding": (["5", "6"], ["4"]),
    "derive": (["4", "5"], ["4", "--repeats", "1"]),
    "load": (["4", "5", "6", "7"], ["4"]),
    "real": ([], ["--nodes"]),
    "shacl": (
        ["--sizes", "10000", "100000", "1000000", "--pyshacl-up-to", "1000000", "--stop", "130"],
        ["--sizes", "10000", "--repeats", "1"],
    ),
    "pages": (["0", "210000"], []),
    "endpoint": ([], ["--rounds", "1", "--seconds", "1"]),
}


def main(parts: list[str], small: bool) -> int:
    timing.PRODUCTS.mkdir(parents=True, exist_ok=True)
    done = [(part, *_run(part, PARTS[part][small])) for part in parts]
    rows = [(part, f"{seconds:.0f}", "done" if code == 0 else f"failed ({code})") for part, seconds, code in done]
    columns = ("part", "seconds", "end")
    when = timing.circumstances("pyoxigraph", "rdflib", "oxrdflib", "pyshacl", "duckdb")
    print("", timing.table(aims.COLUMNS, aims.kept()), "", timing.table(columns, rows), when, sep="\n")
    timing.write("parts", "What was measured", columns, rows, [when])
    return int(any(code for *_, code in done))


def _run(part: str, given: list[str]) -> tuple[float, int]:
    """Seconds of waiting and exit code of one part; what it says goes on to the terminal, and into a file."""
    print(f"\n== {part} {' '.join(given)}", flush=True)
    begun = monotonic()
    command = [sys.executable, "-m", f"tests.bench.{part}", *given]
    with (
        open(timing.PRODUCTS / f"{part}.txt", "w", encoding="utf-8") as kept,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running,
    ):
        for line in running.stdout:
            print(line, end="", flush=True)
            kept.write(line)
    return monotonic() - begun, running.returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="small sizes: a trial run")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)}; there are {', '.join(PARTS)}")
    sys.exit(main(options.parts or list(PARTS), options.small))
