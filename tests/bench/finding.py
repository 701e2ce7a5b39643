"""Finding and counting beside the query engine: the index against CONTAINS, tables against a SPARQL aggregate, and what
walks a network of 1.2 million edges.

    python -m tests.bench.finding 5 6       worlds of 10^5 and 10^6 triples

CPU seconds, the median of three; what is compared gives the same rows.
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from kgtool import catalogue, index
from kgtool.analysis.network import pairs, shortest
from kgtool.analysis.network.large import Arrays
from kgtool.analysis.network.small import Networkx
from kgtool.exporters import parquet
from kgtool.store import Store
from kgtool.terms import Prefixes
from tests.bench import worlds

SIZES = (5, 6)
HETIONET = Path(os.environ.get("KGTOOL_SHARED", worlds.ROOT.parent / "shared")) / "data" / "hetionet" / "edges.sif.tsv.gz"
CONTAINS = """SELECT DISTINCT ?thing {{
    {{ ?thing rdfs:label ?name }} UNION {{ ?thing skos:altLabel ?name }} UNION {{ ?thing kg:inOwnWords ?name }}
    FILTER(CONTAINS(LCASE(STR(?name)), "{word}"))
}} ORDER BY ?thing"""
COUNTED = """SELECT ?source_type ?relation ?modality (COUNT(*) AS ?n) {
    ?claim kg:saidIn/prov:specializationOf/kg:sourceType ?source_type ; rdf:predicate ?relation ; kg:modality ?modality
} GROUP BY ?source_type ?relation ?modality ORDER BY ?source_type ?relation ?modality"""
COUNTED_IN_TABLES = "SELECT source_type, relation, modality, count(*) AS n FROM claims GROUP BY ALL ORDER BY ALL"


def cpu(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


def main(sizes: list[int]) -> None:
    for size in sizes:
        made = worlds.filled(10**size)
        made.merge()
        with tempfile.TemporaryDirectory() as folder:
            print(f"10^{size} triples")
            _search(made, Path(folder))
            _count(made, Path(folder) / "tables")
    if HETIONET.is_file():
        _walk()


def _search(made: Store, folder: Path) -> None:
    names = catalogue.read(worlds.ROOT / "queries" / "view" / "names.rq", worlds.ROOT)
    rows = made.select(names.text)
    written = cpu(lambda: (folder / index.FILE).unlink(missing_ok=True) or index.write(folder / index.FILE, index.names(rows)), 1)
    found = index.open(folder / index.FILE)
    print(f"  index of {len(rows):,} names and sentences: {written:.2f} s, {(folder / index.FILE).stat().st_size / 1e6:.0f} MB")
    for word in ("drug 12", "disease 4", "d"):
        ours = cpu(lambda word=word: index.search(found, word, 20))
        theirs = cpu(lambda word=word: made.select(CONTAINS.format(word=word)))
        print(f"  search {word!r}: {ours * 1000:.2f} ms; CONTAINS {theirs * 1000:.0f} ms, {theirs / ours:.0f} times as long")


def _count(made: Store, folder: Path) -> None:
    table = catalogue.read(worlds.ROOT / "queries" / "table" / "claims.rq", worlds.ROOT)
    written = cpu(lambda: parquet.write(made, [table], folder), 1)
    sparql, sql = cpu(lambda: made.select(COUNTED)), cpu(lambda: parquet.select(folder, COUNTED_IN_TABLES, Prefixes({})))
    ours = [tuple(made.prefixes.show(term) for term in row) for row in made.select(COUNTED).rows]
    theirs = [tuple(str(value) for value in row.values()) for row in parquet.select(folder, COUNTED_IN_TABLES, Prefixes({}))]
    assert sorted(ours) == sorted(theirs)
    print(f"  table of claims: {written:.2f} s; counted in it {sql * 1000:.0f} ms, "
          f"by SPARQL {sparql * 1000:.0f} ms, {sparql / sql:.0f} times as long")


def _walk() -> None:
    with gzip.open(HETIONET, "rt") as lines:
        next(lines)
        rows = (line.split("\t") for line in lines)
        of = pairs.of((source, target.strip()) for source, _, target in rows)
    print(f"Hetionet: {len(of.nodes):,} things, {len(of.ends):,} pairs")
    start, goal = of.place["Compound::DB00181"], of.place["Disease::DOID:2377"]  # baclofen, multiple sclerosis
    found = {}
    for name, walks in (("networkx", Networkx), ("arrays", Arrays)):
        begun = time.process_time()
        walker = walks(of)
        made = time.process_time() - begun
        begun = time.process_time()
        found[name] = list(islice(shortest.paths(walker, start, goal, 6), 10)), walker.components(), list(walker.degrees())
        print(f"  {name}: made in {made:.1f} s; ten shortest paths, islands and degrees {time.process_time() - begun:.2f} s")
    assert found["networkx"] == found["arrays"]


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
