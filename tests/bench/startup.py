"""What one question costs from the command line, in CPU time: against a bare interpreter, and against rdflib.

    python -m tests.bench.startup [RUNS]

Commands are interleaved; medians of user and system time of whole processes. Ratios, not seconds, are what to quote.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import timing

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else all that is ours is compiled anew by every command
ROOT = Path(__file__).resolve().parents[2]
RDFLIB = """
import sys, rdflib
graph = rdflib.Graph().parse(sys.argv[1])
for row in graph.query(open(sys.argv[2]).read()):
    print(*row, sep="\\t")
"""


def main(runs: int = 15) -> dict[str, float]:
    """Print the table; give back the median CPU seconds of each command."""
    with tempfile.TemporaryDirectory() as folder:
        turtle = os.path.join(folder, "graph.ttl")
        kgtool = [sys.executable, "-m", "kgtool"]
        subprocess.run([*kgtool, "export", turtle], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "kgtool ask routes": [*kgtool, "ask", "routes"],
            "rdflib, from Turtle": [sys.executable, "-c", RDFLIB, turtle, str(ROOT / "queries/ask/routes.rq")],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(timing.command(command, ROOT))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        print(f"{name:22} {median * 1000:7.1f} ms CPU   {median / medians['python -c pass']:5.1f} × bare")
    print(f"rdflib / kgtool        {medians['rdflib, from Turtle'] / medians['kgtool ask routes']:7.1f} ×")
    return medians


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
