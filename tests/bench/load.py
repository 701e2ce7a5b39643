"""Loading and opening, measured: N-Triples into a store on disk, and one question to it, against what they cannot do without.

    python -m tests.bench.load            10^5 and 10^6 triples
    python -m tests.bench.load 4 5 6 7    the growth curves up to 10^7, which takes minutes and 3 GB of disk

Each figure is the CPU time, user and system, of a process of its own; `parse`, `engine` and `load` are run in turn, three times,
and their medians count. `parse` only reads the file, quad by quad; `engine` is
pyoxigraph's own bulk_load of the same file into a new store, and nothing else; `load` is `kgtool load`, its child, the count and
the digests included; `rdflib` parses 10^5 triples of the same file, scaled up. `point` is one question to the store from the
command line, against a bare interpreter; `inside` the same question in a process that has the store open. Written to
build/bench/load.tsv, and drawn as load.svg and open.svg beside it.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import aims, curves, timing
from tests.bench.aims import Aim
from tests.bench.startup import ROOT
from tests.bench.timing import command as cpu

PRODUCT = ROOT / "build" / "bench" / "load.tsv"
PARSE = "import sys, pyoxigraph as ox\nfor quad in ox.parse(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES): pass"
ENGINE = "import sys, pyoxigraph as ox\nox.Store(sys.argv[2]).bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES)"
RDFLIB = "import sys, rdflib; rdflib.Graph().parse(sys.argv[1], format='nt')"
QUESTION = "SELECT ?relation ?other { <https://example.org/thing/77> ?relation ?other } ORDER BY ?relation ?other"
INSIDE = """
import sys, time
from pathlib import Path
from kgtool import store
start = time.perf_counter(); kept = store.open_read_only(Path(sys.argv[1])); opened = time.perf_counter()
taken = []
for number in range(200):
    begin = time.perf_counter()
    assert len(kept.select(sys.argv[2].replace("/77>", f"/{number * 5}>")))
    taken.append(time.perf_counter() - begin)
print(opened - start, sorted(taken)[100])
"""


COLUMNS = (
    "", "parse", "engine", "÷ parse", "load", "÷ parse", "÷ engine", "rdflib", "peak", "on disk",
    "point", "÷ bare", "open", "inside",
)
CURVES = (
    ("load", "N-Triples into a store on disk, CPU seconds by triples", "s", ("parse", "engine", "load", "rdflib")),
    ("open", "One question to a store on disk, CPU seconds by triples", "s", ("bare", "point", "open", "inside")),
)


def write(path: Path, triples: int, seed: int = 7) -> None:
    """Things of ten triples each: a class, two names, a number, a sentence, and links to others, most to a few."""
    chance, things = random.Random(seed), max(1, triples // 10)
    this, rdfs = "https://example.org", "http://www.w3.org/2000/01/rdf-schema#"
    with path.open("w", encoding="utf-8") as file:
        for number in range(things):
            subject = f"<{this}/thing/{number}>"
            lines = [
                f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{this}/class/{number % 12}>",
                f'<{rdfs}label> "thing number {number}"@en', f'<{this}/code> "T{number:08}"',
                f'<{this}/weight> "{chance.randrange(10**6)}"^^<http://www.w3.org/2001/XMLSchema#integer>',
                f'<{rdfs}comment> "What is told of thing {number}, in a sentence of no great length, {chance.random():.9f}."@en',
                *(f"<{this}/relation/{relation}> <{this}/thing/{int(things * chance.random() ** 2)}>" for relation in range(5)),
            ]
            file.write("".join(f"{subject} {line} .\n" for line in lines))


def measured(exponent: int, runs: int = 5, rounds: int = 3) -> dict[str, float]:
    """The figures of one size."""
    with tempfile.TemporaryDirectory() as name:
        folder, triples = Path(name), 10**exponent
        data, small, kept = folder / "data.nt", folder / "small.nt", folder / "store"
        write(data, triples)
        write(small, min(triples, 10**5))
        kgtool = [sys.executable, "-m", "kgtool"]
        ask = [*kgtool, "query", "--store", str(kept), QUESTION]
        in_turn = {
            "parse": [sys.executable, "-c", PARSE, str(data)],
            "engine": [sys.executable, "-c", ENGINE, str(data), str(folder / "bare")],
            "load": [*kgtool, "load", "--quiet", str(data), "--into", str(kept)],
        }
        found = {
            **_medians(in_turn, rounds, folder / "bare"),
            "peak MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            "rdflib": cpu([sys.executable, "-c", RDFLIB, str(small)], ROOT) * max(1, triples / 10**5),
            "bare": statistics.median(cpu([sys.executable, "-c", "pass"], ROOT) for _ in range(runs)),
            "point": statistics.median(cpu(ask, ROOT) for _ in range(runs)),
            "store MB": sum(path.stat().st_size for path in kept.rglob("*")) / 1e6,
        }
        said = subprocess.run([sys.executable, "-c", INSIDE, str(kept), QUESTION], cwd=ROOT, capture_output=True, check=True)
        found["open"], found["inside"] = map(float, said.stdout.split())
    return found


def _medians(commands: dict[str, list[str]], rounds: int, made_anew: Path) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        shutil.rmtree(made_anew, ignore_errors=True)
        for name, command in commands.items():
            taken[name].append(cpu(command, ROOT))
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def main(exponents: list[int]) -> dict[int, dict[str, float]]:
    """Print the table, write it as TSV."""
    found = {exponent: measured(exponent) for exponent in exponents}
    print(timing.table(COLUMNS, [_row(exponent, of) for exponent, of in found.items()]))
    for name, title, unit, wanted in CURVES:
        curves.draw(name, title, unit, {what: {10**exponent: of[what] for exponent, of in found.items()} for what in wanted})
    PRODUCT.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{10**exponent}\t{name}\t{value:.5f}" for exponent, of in found.items() for name, value in of.items()]
    PRODUCT.write_text("\n".join(["triples\twhat\tvalue", *rows]) + "\n", encoding="utf-8")
    aims.tell("load", (aim for exponent, of in found.items() if exponent > 4 for aim in _aims(exponent, of)))
    return found


def _aims(exponent: int, of: dict[str, float]) -> list[Aim]:
    """What a size is to reach; below 10^5 it would be the start of the program that is measured."""
    return [
        Aim(f"loading 10^{exponent} triples, in bare parses of them", of["load"] / of["parse"], most=5),
        Aim(f"a question to 10^{exponent} from the command line, in starts of Python", of["point"] / of["bare"], most=8),
        Aim(f"a question to 10^{exponent} in a process, ms", of["inside"] * 1000, most=1),
    ]


def _row(exponent: int, of: dict[str, float]) -> list[str]:
    return [
        f"10^{exponent}", f"{of['parse']:.2f} s",
        f"{of['engine']:.2f} s", f"{of['engine'] / of['parse']:.1f}",
        f"{of['load']:.2f} s", f"{of['load'] / of['parse']:.1f}", f"{of['load'] / of['engine']:.2f}",
        f"{of['rdflib']:.1f} s", f"{of['peak MB']:.0f} MB", f"{of['store MB']:.0f} MB",
        f"{of['point'] * 1000:.0f} ms", f"{of['point'] / of['bare']:.1f}",
        f"{of['open'] * 1000:.1f} ms", f"{of['inside'] * 1000:.2f} ms",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exponents", nargs="*", type=int, default=[5, 6])
    main(parser.parse_args().exponents)
