"""Derivation measured: every rule of queries/derive and every judge, on synthetic worlds of growing size.

    python -m tests.bench.derive              worlds of 10^4 and 10^5 triples
    python -m tests.bench.derive 4 5 6        and of 10^6; --repeats 1 --limit 600 keeps it short
    python -m tests.bench.derive --whole 100000 300000 1000000     whole builds of so many triples on disk: CPU and memory
    python -m tests.bench.derive --whole 1000000 --keep FOLDER     the same, kept there, to be validated
    python -m tests.bench.derive --validate FOLDER                 a kept world by all shapes and checks: CPU and memory

Each run is a process of its own; a step's time is the CPU time that this process spent on it, all policies together,
and of several runs the shortest: whatever else a machine does only adds to it.
The growth is the factor for ten times the triples: 10 is linear, in theory; a bare scan shows what it is on the
machine, whose memory is slower the more of it is used. Written to build/bench/derive.tsv as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from time import process_time

from kgtool import build, catalogue, judge, rdf, records, store
from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge import releases
from kgtool.project import Project
from kgtool.store import Store
from kgtool.terms import GRAPH, kg
from kgtool.validate import validate
from tests.bench import worlds

PRODUCT = worlds.ROOT / "build" / "bench" / "derive.tsv"
SIZES = (4, 5)
SCAN = "bare scan, 40 times"
SUPERLINEAR = 13.0  # growth above which a step is marked: a sort costs 12, a join of each with each 100
SHORTEST = 0.05  # seconds; the growth of shorter steps shows the caches of the machine


@dataclass(frozen=True)
class Step:
    """CPU seconds of one step on one world, and how many triples or judgements it made."""

    size: int
    name: str
    seconds: float
    made: int


def steps(exponent: int) -> Iterator[Step]:
    """A build on a world of 10^exponent triples, step by step, each yielded as soon as it is done."""
    started = process_time()
    made = worlds.filled(10**exponent)
    yield Step(exponent, "load", process_time() - started, len(made.engine))
    yield Step(exponent, SCAN, *_scanned(made))
    for name, seconds, count in derived(made):
        yield Step(exponent, name, seconds, count)


def _scanned(made: Store) -> tuple[float, int]:
    """What it takes to look up the object of every claim, 40 times: the least that a rule over claims costs here."""
    started, rows = process_time(), 0
    for _ in range(40):
        for claim in made.engine.quads_for_pattern(None, kg("saidIn"), None):
            rows += sum(1 for _ in made.engine.quads_for_pattern(claim.subject, rdf.OBJECT, None))
    return process_time() - started, rows


def derived(made: Store) -> Iterator[tuple[str, float, int]]:
    """What a build does with a store that holds all but what is derived: each step, its CPU seconds, what it made."""
    project = Project(worlds.ROOT, worlds.ROOT / "build", worlds.ROOT / "build" / "texts")
    first, last = catalogue.around_judges(build.derivation_rules(project))
    yield from _ruled(made, first)
    queries = judge.queries(project)
    hierarchies, stored = releases.read(made, queries), [0.0, 0]
    for name, judged in judge.JUDGES.items():
        # under all policies, and each stored before the next is judged, as a build does it
        judging = [0.0, 0]
        for policy, *_ in made.select("SELECT ?policy { ?policy a kg:Policy } ORDER BY ?policy").rows:
            started = process_time()
            judgements = list(judged(made, queries, policy.value, hierarchies))
            judging[:] = judging[0] + process_time() - started, judging[1] + len(judgements)
            before, started = len(made.engine), process_time()
            _store(made, judgements, policy.value)
            stored[:] = stored[0] + process_time() - started, stored[1] + len(made.engine) - before
        yield f"judge {name}", *judging
    yield "storing judgements", *stored
    yield from _ruled(made, last)
    before, started = len(made.engine), process_time()
    made.merge()
    yield "merge", process_time() - started, len(made.engine) - before


def _ruled(made: Store, rules: list[Query]) -> Iterator[tuple[str, float, int]]:
    for rule in rules:
        before, started = len(made.engine), process_time()
        build.derive(made, rule, made.prefixes)
        yield f"rule {rule.name}", process_time() - started, len(made.engine) - before


def _store(made: Store, judgements: list[Judgement], policy: str) -> None:
    graph = GRAPH + "judgements-" + policy.rpartition("policy-")[2]
    made.add(quad for judgement in judgements for quad in records.judgement_quads(judgement, graph))


def fastest(exponents: list[int], limit: float, repeats: int) -> list[Step]:
    """Of each step the shortest of several runs; the sizes take turns, so that what disturbs one disturbs all."""
    runs = [[measured(exponent, limit) for exponent in exponents] for _ in range(repeats)]
    return [
        min(same, key=lambda step: step.seconds)
        for of_size in zip(*runs, strict=True)
        for same in zip(*of_size, strict=False)
    ]


def measured(exponent: int, limit: float) -> list[Step]:
    """The steps that a process of its own finished within the limit, in seconds of the clock."""
    command = [sys.executable, "-m", "tests.bench.derive", "--one", str(exponent)]
    with subprocess.Popen(command, cwd=worlds.ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            said, _ = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            running.kill()
            said, _ = running.communicate()
            print(f"10^{exponent}: given up after {limit:.0f} s", file=sys.stderr)
        else:
            if running.returncode:
                raise SystemExit(f"the run on 10^{exponent} triples failed")
    return [Step(**json.loads(line)) for line in said.splitlines()]


def totals(found: list[Step]) -> dict[int, float]:
    """CPU seconds of all that is derived, by size."""
    sizes = sorted({step.size for step in found})
    return {
        size: sum(s.seconds for s in found if s.size == size and s.name not in ("load", SCAN, "merge"))
        for size in sizes
    }


def growth(found: list[Step]) -> dict[Step, float]:
    """How many times as long a step took as on the world a tenth of the size; only of steps long enough to tell."""
    known = {(step.name, step.size): step.seconds for step in found}
    before = {step: known.get((step.name, step.size - 1), 0.0) for step in found}
    return {step: step.seconds / seconds for step, seconds in before.items() if seconds >= SHORTEST}


def superlinear(found: list[Step]) -> dict[Step, float]:
    """The steps that grow by more than SUPERLINEAR, and by clearly more than a bare scan of the same worlds does."""
    factors = growth(found)
    scans = {step.size: factor for step, factor in factors.items() if step.name == SCAN}
    return {
        step: factor
        for step, factor in factors.items()
        if step.name != SCAN and factor > max(SUPERLINEAR, 1.3 * scans.get(step.size, 0))
    }


def table(found: list[Step]) -> list[str]:
    """A line a step: seconds and what was made at each size, growth from each size to the next."""
    sizes = sorted({step.size for step in found})
    factors, marked = growth(found), superlinear(found)
    by_name = {
        name: {s.size: s for s in found if s.name == name} for name in dict.fromkeys(step.name for step in found)
    }
    head = f"{'':22}" + "".join(f"{f'10^{size}':>10}{'made':>10}{'growth':>9}" for size in sizes)
    lines = [
        f"{name:22}" + "".join(_cells(of.get(size), factors, marked) for size in sizes) for name, of in by_name.items()
    ]
    return [head, *lines]


def _cells(step: Step | None, factors: dict[Step, float], marked: dict[Step, float]) -> str:
    if step is None:
        return f"{'not done':>10}{'':19}"
    factor = f"{factors[step]:.1f}{' !' if step in marked else ''}" if step in factors else ""
    return f"{step.seconds:>8.2f} s{step.made:>10}{factor:>9}"


def main(exponents: list[int], limit: float = 600, repeats: int = 2) -> list[Step]:
    """Measure, print the table, write it as TSV."""
    found = fastest(exponents, limit, repeats)
    print("\n".join(table(found)))
    PRODUCT.parent.mkdir(parents=True, exist_ok=True)
    rows = ["triples\tstep\tcpu_seconds\tmade", *(f"{10**s.size}\t{s.name}\t{s.seconds:.3f}\t{s.made}" for s in found)]
    PRODUCT.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return found


def whole(triples: int, kept: Path | None = None) -> None:
    """One build on disk, as a build makes a graph that is not small, told step by step: CPU seconds, peak of memory so far."""
    project = Project(worlds.ROOT, worlds.ROOT / "build", worlds.ROOT / "build" / "texts")
    with ExitStack() as open_:
        folder = kept or Path(open_.enter_context(tempfile.TemporaryDirectory()))
        made = open_.enter_context(store.new_generation(folder, worlds.prefixes(), "a world"))
        step = _Told(f"{triples:,}")
        step("taking in what was written")
        made.add(chain(worlds.ontology(), worlds.quads(triples)))
        build.follow(made, build.derivation_rules(project), judge.queries(project), step)
        step("merging")
        build.merge(made, made)
        step("counting")
        step(f"done: {len(made.engine):,} quads")


def validated(kept: Path) -> None:
    """A world that was kept, judged as `kgtool validate` judges a graph; its texts and tables of labels are none."""
    project = Project(worlds.ROOT, kept, worlds.ROOT / "build" / "texts")
    made, step = store.open_read_only(kept), _Told(kept.name)
    shapes = project.files("ontology/shapes", "*.ttl")
    checks = catalogue.read_all(project.files("queries/check", "*.rq"), project.root)
    report = validate(
        made, root=project.root, shapes=shapes, checks=checks, texts={},
        identifiers=project.root / "graph_data" / "identifiers.tsv", tick=lambda what, *_: step(what),
    )
    step(f"done: {report.covered}, {len(report.findings):,} findings")


class _Told:
    """Steps with what the one before them took."""

    def __init__(self, name: str):
        self._name, self._what, self._since = name, "", process_time()

    def __call__(self, what: str) -> None:
        if what == self._what:
            return
        if self._what:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{self._name:>10}  {self._what:30}{process_time() - self._since:9.2f} s{peak:8.0f} MB", flush=True)
        self._what, self._since = what, process_time()
        if what.startswith("done"):
            print(f"{self._name:>10}  {what}; all of it {process_time():.1f} s", flush=True)


def _child(exponent: int) -> None:
    for step in steps(exponent):
        print(json.dumps(asdict(step)), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"10^{exponent}: {peak:.0f} MB at the most", file=sys.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exponents", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a size is given up")
    parser.add_argument("--repeats", type=int, default=2, help="runs of each size, of which the shortest counts")
    parser.add_argument("--whole", type=int, nargs="+", metavar="TRIPLES", default=(), help="build worlds of these sizes on disk")
    parser.add_argument("--one-whole", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the world that --whole builds")
    parser.add_argument("--validate", type=Path, metavar="FOLDER", help="validate a world that was kept")
    options = parser.parse_args()
    if options.one:
        _child(options.one)
    elif options.one_whole:
        whole(options.one_whole, options.keep)
    elif options.validate:
        validated(options.validate)
    elif options.whole:
        kept = ["--keep", str(options.keep)] if options.keep else []
        for size in options.whole:
            # each in a process of its own, for its peak
            command = [sys.executable, "-m", "tests.bench.derive", "--one-whole", str(size), *kept]
            subprocess.run(command, cwd=worlds.ROOT, check=True)
    else:
        main(options.exponents, options.limit, options.repeats)
