"""Validation measured: a generated drug–condition–evidence graph, our compiled shapes beside three other engines.

    python -m tests.bench.shacl                           10^4 and 10^5 triples, pySHACL at 10^4
    python -m tests.bench.shacl --sizes 1000000           other sizes
    python -m tests.bench.shacl --pyshacl-up-to 100000    pySHACL further up (minutes)

One changed triple at each size is measured too, within a process that has judged the rest.

Each run is a process of its own; its CPU time counts from start to end, reading the files and telling the results
included. The engines run in turn and the medians are shown. Answers are compared one by one with ours: the same results,
or how many differ. The table goes to build/bench/shacl.tsv. A peer that is not installed is named, and how to get it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rdflib

PREFIX = "https://example.org/bench/"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix b: <https://example.org/bench/> .

b: sh:declare [ sh:prefix "b" ; sh:namespace "https://example.org/bench/"^^xsd:anyURI ] .

b:DrugShape a sh:NodeShape ; sh:targetClass b:Drug ;
    sh:property [ sh:path b:label ; sh:minCount 1 ; sh:uniqueLang true ; sh:or ( [ sh:datatype xsd:string ]
        [ sh:languageIn ( "en" "de" ) ] ) ] ;
    sh:property [ sh:path b:code ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:pattern "^D[0-9]+$" ] .

b:ConditionShape a sh:NodeShape ; sh:targetClass b:Condition ;
    sh:property [ sh:path b:label ; sh:minCount 1 ; sh:minLength 3 ] ;
    sh:property [ sh:path ( b:parent [ sh:zeroOrMorePath b:parent ] ) ; sh:class b:Condition ] .

b:ClaimShape a sh:NodeShape ; sh:targetClass b:Claim ;
    sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
    sh:property [ sh:path b:drug ; sh:minCount 1 ; sh:maxCount 1 ; sh:class b:Drug ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path b:condition ; sh:minCount 1 ; sh:maxCount 1 ; sh:class b:Condition ] ;
    sh:property [ sh:path b:polarity ; sh:minCount 1 ; sh:in ( b:positive b:negative b:none ) ] ;
    sh:property [ sh:path b:evidence ; sh:minCount 1 ; sh:node b:EvidenceShape ] ;
    sh:property [ sh:path b:date ; sh:datatype xsd:date ; sh:lessThanOrEquals b:checked ] ;
    sh:property [ sh:path b:checked ; sh:maxCount 1 ] ;
    sh:sparql [ sh:message "claimed and denied by {?value}" ; sh:prefixes b: ; sh:select \"\"\"
        SELECT $this ?value WHERE {
            $this b:drug ?drug ; b:condition ?condition ; b:polarity b:positive .
            ?value b:drug ?drug ; b:condition ?condition ; b:polarity b:negative .
        }\"\"\" ] ;
    sh:sparql [ sh:message "no source behind it" ; sh:prefixes b: ; sh:select \"\"\"
        SELECT $this WHERE {
            $this b:polarity b:positive .
            FILTER NOT EXISTS { $this b:evidence ?evidence . ?evidence b:source ?source }
        }\"\"\" ] .

b:EvidenceShape a sh:NodeShape ; sh:targetClass b:Evidence ;
    sh:property [ sh:path b:p ; sh:maxCount 1 ; sh:datatype xsd:decimal ; sh:minInclusive 0.0 ; sh:maxInclusive 1.0 ] ;
    sh:property [ sh:path b:n ; sh:datatype xsd:integer ; sh:minExclusive 0 ] ;
    sh:property [ sh:path b:source ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
"""


def lines(triples: int, seed: int = 7) -> Iterator[str]:
    """N-Triples, about so many; one thing in a hundred is wrong. The same seed gives the same bytes."""
    chance = random.Random(seed)
    claims = triples // 12
    drugs, conditions = max(20, claims // 10), max(20, claims // 12)
    for number in range(drugs):
        yield from _drug(chance, number)
    for number in range(conditions):
        yield from _condition(chance, number)
    for number in range(claims):
        yield from _claim(chance, number, drugs, conditions)
        yield from _evidence(chance, number)


def _drug(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("drug", number, "Drug")
    yield _line("drug", number, "label", f'"drug {number}"@en')
    if _wrong(chance):
        yield _line("drug", number, "label", f'"another {number}"@en')
    yield _line("drug", number, "code", f'"{"X" if _wrong(chance) else "D"}{number}"')


def _condition(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("condition", number, "Condition")
    if not _wrong(chance):
        yield _line("condition", number, "label", f'"condition {number}"')
    if number:
        yield _line("condition", number, "parent", _iri("condition", number // 3))


def _claim(chance: random.Random, number: int, drugs: int, conditions: int) -> Iterator[str]:
    yield _typed("claim", number, "Claim")
    yield _line("claim", number, "drug", _iri("condition" if _wrong(chance) else "drug", chance.randrange(drugs)))
    yield _line("claim", number, "condition", _iri("condition", chance.randrange(conditions)))
    polarity = chance.choices(["positive", "none", "negative", "perhaps"], [80, 14, 5, 1])[0]
    yield _line("claim", number, "polarity", f"<{PREFIX}{polarity}>")
    if not _wrong(chance):
        yield _line("claim", number, "evidence", _iri("evidence", number))
    date = f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-15"
    yield _line("claim", number, "date", _literal(date, "date"))
    yield _line("claim", number, "checked", _literal("2019-06-01" if _wrong(chance) else "2025-06-01", "date"))
    if _wrong(chance):
        yield _line("claim", number, "note", '"not foreseen"')


def _evidence(chance: random.Random, number: int) -> Iterator[str]:
    yield _typed("evidence", number, "Evidence")
    value = "1.5" if _wrong(chance) else f"0.{chance.randrange(1, 1000):03}5"
    yield _line("evidence", number, "p", _literal(value, "decimal"))
    yield _line("evidence", number, "n", _literal("0" if _wrong(chance) else str(chance.randrange(1, 900)), "integer"))
    if not _wrong(chance):
        yield _line("evidence", number, "source", _iri("source", chance.randrange(400)))


def _wrong(chance: random.Random) -> bool:
    return chance.random() < 0.01


def _iri(kind: str, number: int) -> str:
    return f"<{PREFIX}{kind}-{number}>"


def _literal(text: str, datatype: str) -> str:
    return f'"{text}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>'


def _line(kind: str, number: int, predicate: str, object_: str) -> str:
    return f"{_iri(kind, number)} <{PREFIX}{predicate}> {object_} ."


def _typed(kind: str, number: int, class_: str) -> str:
    return f"{_iri(kind, number)} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{PREFIX}{class_}> ."


def ours(data: Path, shapes: Path) -> list[list[str]]:
    """Every result as focus node, component and value; read, loaded and validated by us."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from kgtool.shacl import validate
    from kgtool.shacl.bulk import load_files
    from kgtool.shacl.files import File

    results = validate(load_files([File(data)]), File(shapes, 1))
    return sorted([r.focus.value, r.component, r.value.value if r.value else ""] for r in results)


def pyshacl(data: Path, shapes: Path) -> list[list[str]]:
    """The same from pySHACL on rdflib's memory store."""
    import rdflib
    from pyshacl import validate

    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph().parse(data, format="nt")
    return _rows(validate(graph, shacl_graph=rdflib.Graph().parse(shapes, format="turtle"), inplace=True)[1])


def pyshacl_turbo(data: Path, shapes: Path) -> list[list[str]]:
    """The same from pyshacl-turbo, which is quickest where Oxigraph has read the data."""
    import pyoxigraph
    from pyshacl_turbo import validate

    store = pyoxigraph.Store()
    store.bulk_load(path=data)
    return _rows(validate(store, shacl_graph=str(shapes), shacl_graph_format="turtle")[1])


def pyshifty(data: Path, shapes: Path) -> list[list[str]]:
    """The same from shifty, which reads the files by itself."""
    import shifty

    return _rows(shifty.validate(data, shapes)[1])


def _rows(report: rdflib.Graph) -> list[list[str]]:
    import rdflib

    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    # Only what the report itself points to: pySHACL adds the results inside sh:node and sh:or as details.
    found = report.objects(report.value(predicate=rdflib.RDF.type, object=sh.ValidationReport), sh.result)
    rows = ([report.value(r, p) for p in (sh.focusNode, sh.sourceConstraintComponent, sh.value)] for r in found)
    return sorted(["" if term is None else str(term) for term in row] for row in rows)


def after_a_change(data: Path, shapes: Path, changes: int = 9) -> tuple[float, int]:
    """Seconds of this process for one changed triple, the median of some, and how many focus nodes that made us judge."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from pyoxigraph import NamedNode, Quad

    from kgtool.shacl import change, revised, verdict
    from kgtool.shacl.bulk import load_files
    from kgtool.shacl.files import File

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
    return statistics.median(spent), statistics.median(judged)


ENGINES = {"ours": ours, "pyshacl": pyshacl, "pyshacl-turbo": pyshacl_turbo, "pyshifty": pyshifty}
COLUMNS = ["triples", "engine", "CPU s", "÷ ours", "peak MB", "results", "answers"]


def measured(engine: str, data: Path, shapes: Path) -> tuple[float, float, list[list[str]]]:
    """CPU seconds and peak megabytes of a whole process, and what it found."""
    answer = data.with_suffix(f".{engine}.json")
    command = [sys.executable, __file__, "--engine", engine, str(data), str(shapes), str(answer)]
    _, status, usage = os.wait4(os.posix_spawn(sys.executable, command, os.environ), 0)
    if status:
        raise SystemExit(f"{engine} failed on {data.name}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(answer.read_text())


def installed() -> list[str]:
    """The engines that are here; the others are named on standard error."""
    here = ["ours"]
    for engine in list(ENGINES)[1:]:
        try:
            version(engine)
            here.append(engine)
        except PackageNotFoundError:
            print(f"{engine} is not installed, and so not measured: pip install {engine}", file=sys.stderr)
    return here


def compare(size: int, engines: list[str], repeats: int, folder: Path) -> tuple[dict[str, float], list[list[str]]]:
    """The median CPU seconds of each engine, and a row of the table for each; ours is the first."""
    data, shapes = folder / f"{size}.nt", folder / "shapes.ttl"
    data.write_text("\n".join(lines(size)) + "\n")
    shapes.write_text(SHAPES)
    runs = {engine: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            runs[engine].append(measured(engine, data, shapes))
    medians = {engine: statistics.median(row[0] for row in rows) for engine, rows in runs.items()}
    (_, _, ours), rows = runs["ours"][0], []
    for engine, ((_, megabytes, answer), *_) in runs.items():
        spent = medians[engine]
        shares = [f"{spent:.2f}", f"{spent / medians['ours']:.1f}", f"{megabytes:.0f}", str(len(answer))]
        rows.append([str(size), engine, *shares, "–" if engine == "ours" else _differing(ours, answer)])
    seconds, judged = after_a_change(data, shapes)
    print(f"{size} triples, one changed: {seconds * 1000:.0f} ms, {judged:.0f} focus nodes judged again")
    return medians, rows


def _differing(ours: list[list[str]], theirs: list[list[str]]) -> str:
    one, two = (Counter(map(tuple, rows)) for rows in (ours, theirs))
    less, more = (one - two).total(), (two - one).total()
    return f"{less} missing, {more} more" if less or more else "the same"


def main(words: list[str] | None = None) -> dict[int, dict[str, float]]:
    """Print and keep the table of every size; give back the medians of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--pyshacl-up-to", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--engine", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.engine:
        engine, data, shapes, answer = options.engine
        Path(answer).write_text(json.dumps(ENGINES[engine](Path(data), Path(shapes))))
        return {}
    from tests.bench import timing

    found, table, here = {}, [], installed()
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            engines = [engine for engine in here if engine != "pyshacl" or size <= options.pyshacl_up_to]
            found[size], rows = compare(size, engines, options.repeats, Path(folder))
            table += rows
    print(timing.table(COLUMNS, table))
    notes = [timing.circumstances("pyoxigraph", *here[1:])]
    timing.write("shacl", "Validation, whole processes", COLUMNS, table, notes)
    return found


if __name__ == "__main__":
    main()
