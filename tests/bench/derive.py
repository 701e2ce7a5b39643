"""Derivation measured: every rule of queries/derive and every judge, on synthetic worlds of growing size.

    python -m tests.bench.derive              worlds of 10^4 and 10^5 triples
    python -m tests.bench.derive 4 5 6        and of 10^6; --repeats 1 --limit 600 keeps it short

Each run is a process of its own; a step's time is the CPU time that this process spent on it, all policies together, and
of several runs the shortest: whatever else a machine does only adds to it.
The growth is the factor for ten times the triples: 10 is linear. Written to build/bench/derive.tsv as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from time import process_time

from kgtool import build, judge, rdf
from kgtool.claim import Judgement
from kgtool.judge import hierarchy
from kgtool.project import Project
from kgtool.store import Store
from kgtool.terms import GRAPH, kg
from tests.bench import worlds

PRODUCT = worlds.ROOT / "build" / "bench" / "derive.tsv"
SIZES = (4, 5)
SCAN = "bare scan, ten times"
SUPERLINEAR = 13.0  # growth from which a step is marked: a sort costs 12, a join of each with each 100


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
    """What it takes to look up the object of every claim, ten times: the least that a rule over claims costs here."""
    started, rows = process_time(), 0
    for _ in range(10):
        for claim in made.engine.quads_for_pattern(None, kg("saidIn"), None):
            rows += sum(1 for _ in made.engine.quads_for_pattern(claim.subject, rdf.OBJECT, None))
    return process_time() - started, rows


def derived(made: Store) -> Iterator[tuple[str, float, int]]:
    """What a build does with a store that holds all but what is derived: each step, its CPU seconds, what it made."""
    project = Project(worlds.ROOT, worlds.ROOT / "build", worlds.ROOT / "build" / "texts")
    for rule in build.derivation_rules(project):
        started, before = process_time(), len(made.engine)
        build.derive(made, rule, made.prefixes)
        yield f"rule {rule.name}", process_time() - started, len(made.engine) - before
    queries = judge.queries(project)
    hierarchies, stored = hierarchy.read(made, queries), [0.0, 0]
    for name, judged in judge.JUDGES.items():
        # under all policies, and each stored before the next is judged, as a build does it
        judging = [0.0, 0]
        for policy, *_ in made.select("SELECT ?policy { ?policy a kg:Policy } ORDER BY ?policy").rows:
            started = process_time()
            judgements = judged(made, queries, policy.value, hierarchies)
            judging[:] = judging[0] + process_time() - started, judging[1] + len(judgements)
            started, before = process_time(), len(made.engine)
            _store(made, judgements, policy.value)
            stored[:] = stored[0] + process_time() - started, stored[1] + len(made.engine) - before
        yield f"judge {name}", *judging
    yield "storing judgements", *stored
    started, before = process_time(), len(made.engine)
    made.merge()
    yield "merge", process_time() - started, len(made.engine) - before


def _store(made: Store, judgements: list[Judgement], policy: str) -> None:
    graph = GRAPH + "judgements-" + policy.rpartition("policy-")[2]
    made.engine.extend(quad for judgement in judgements for quad in rdf.judgement_quads(judgement, graph))


def fastest(exponent: int, limit: float, repeats: int) -> list[Step]:
    """Of each step the shortest of several runs."""
    runs = [measured(exponent, limit) for _ in range(repeats)]
    return [min(same, key=lambda step: step.seconds) for same in zip(*runs, strict=False)]


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
    """CPU seconds of all rules and judges, by size."""
    sizes = sorted({step.size for step in found})
    return {size: sum(s.seconds for s in found if s.size == size and s.name not in ("load", "merge")) for size in sizes}


def superlinear(found: list[Step]) -> list[str]:
    """The steps that grow by more than SUPERLINEAR, each with its factor."""
    seconds = {(step.name, step.size): step for step in found}
    factors = {step: _factor(seconds.get((step.name, step.size - 1)), step) for step in found}
    return [f"{step.name} ({factor:.0f} to 10^{step.size})" for step, factor in factors.items() if factor > SUPERLINEAR]


def table(found: list[Step]) -> list[str]:
    """A line a step: seconds and what was made at each size, growth from each size to the next."""
    sizes = sorted({step.size for step in found})
    by_name = {name: {s.size: s for s in found if s.name == name} for name in dict.fromkeys(step.name for step in found)}
    head = f"{'':22}" + "".join(f"{f'10^{size}':>10}{'made':>10}" + ("  growth" if size > sizes[0] else "") for size in sizes)
    return [head, *(_line(name, of, sizes) for name, of in by_name.items())]


def _line(name: str, of: dict[int, Step], sizes: list[int]) -> str:
    cells = []
    for size in sizes:
        here, smaller = of.get(size), of.get(size - 1)
        cells.append(f"{here.seconds:>8.2f} s{here.made:>10}" if here else f"{'not done':>10}{'':>10}")
        if size > sizes[0]:
            cells.append(f"{_growth(smaller, here):>8}")
    return f"{name:22}" + "".join(cells)


def _growth(smaller: Step | None, here: Step | None) -> str:
    factor = _factor(smaller, here)
    return f"{factor:.1f}{' !' if factor > SUPERLINEAR else ''}" if factor else ""


def _factor(smaller: Step | None, here: Step | None) -> float:
    """How many times as long a step took on the larger world; 0 where it was too short or is missing."""
    if smaller is None or here is None or smaller.seconds < 0.05:  # shorter ones show the caches of the machine
        return 0
    return here.seconds / smaller.seconds


def main(exponents: list[int], limit: float = 600, repeats: int = 2) -> list[Step]:
    """Measure, print the table, write it as TSV."""
    found = [step for exponent in exponents for step in fastest(exponent, limit, repeats)]
    print("\n".join(table(found)))
    PRODUCT.parent.mkdir(parents=True, exist_ok=True)
    rows = ["triples\tstep\tcpu_seconds\tmade", *(f"{10**s.size}\t{s.name}\t{s.seconds:.3f}\t{s.made}" for s in found)]
    PRODUCT.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return found


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
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _child(options.one)
    else:
        main(options.exponents, options.limit, options.repeats)
