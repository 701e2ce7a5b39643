"""Costly forms of queries against the good ones that `kgtool query --explain` advises: the same answer, for less.

An order of everything is the exception: what is advised there is to ask about one thing, and be given its part of the rows.

    python -m tests.bench.forms [TRIPLES]

CPU time on a kept world, in process; what takes longer than the limit counts as the limit.
"""

from __future__ import annotations

import sys
from functools import partial

from kgtool.graph import Graph
from tests.bench import kept, timing

LIMIT = 20.0  # CPU seconds
# By the name of the form: the costly query, and the good one with the same answer on a world of the benchmarks.
FORMS = {
    "cross-product": (
        "SELECT ?drug ?disease { ?drug kg:hasSideEffect ?effect . ?disease kg:hasSign ?sign . FILTER(?effect = ?sign) }",
        "SELECT ?drug ?disease { ?drug kg:hasSideEffect ?sign . ?disease kg:hasSign ?sign }",
    ),
    "exists-group": (
        "SELECT ?claim { ?claim kg:stance kg:indicated ; rdf:subject ?product ; rdf:object ?use . "
        "FILTER NOT EXISTS { ?other rdf:subject ?product ; rdf:object ?use ; kg:stance kg:contraindicated } }",
        "SELECT ?claim { ?claim kg:stance kg:indicated ; rdf:subject ?product ; rdf:object ?use . "
        "MINUS { ?other rdf:subject ?product ; rdf:object ?use ; kg:stance kg:contraindicated } }",
    ),
    "free-path": (
        "SELECT ?kind { ?kind rdfs:subClassOf* ?top . FILTER(?top = kg:Entity) }",
        "SELECT ?kind { ?kind rdfs:subClassOf* kg:Entity }",
    ),
    "hierarchy-path": (
        "SELECT ?below { GRAPH graph:hierarchy-mondo-new { ?below rdfs:subClassOf+ MONDO:9000001 } }",
        "SELECT ?below { GRAPH graph:ancestors-mondo-new { ?below skos:broaderTransitive MONDO:9000001 } }",
    ),
    "optional-group": (
        "SELECT ?claim ?from ?to { VALUES ?drug { id:drug-1 } ?claim rdf:subject ?drug . "
        "OPTIONAL { ?claim kg:start ?from ; kg:end ?to } }",
        "SELECT ?claim ?from ?to { VALUES ?drug { id:drug-1 } ?claim rdf:subject ?drug . "
        "OPTIONAL { ?claim kg:start ?from OPTIONAL { ?claim kg:end ?to } } }",
    ),
    "subquery-of-all": (
        "SELECT ?claim ?n { ?claim rdf:subject id:drug-1 "
        "{ SELECT ?claim (COUNT(?part) AS ?n) { ?claim ?p ?part } GROUP BY ?claim } }",
        "SELECT ?claim ?n { ?claim rdf:subject id:drug-1 "
        "LATERAL { SELECT ?claim (COUNT(?part) AS ?n) { ?claim ?p ?part } GROUP BY ?claim } }",
    ),
    "union-branch": (
        "SELECT ?claim ?name { VALUES ?drug { id:drug-1 } { ?claim rdf:object ?drug } "
        "UNION { ?drug a kg:Drug ; rdfs:label ?name . ?claim rdf:subject ?drug } }",
        "SELECT ?claim ?name { { VALUES ?drug { id:drug-1 } ?claim rdf:object ?drug } "
        "UNION { VALUES ?drug { id:drug-1 } ?drug a kg:Drug ; rdfs:label ?name . ?claim rdf:subject ?drug } }",
    ),
    "path-last": (
        "SELECT ?thing ?name { ?thing a ?kind ; rdfs:label ?name . ?kind rdfs:subClassOf* kg:Drug }",
        "SELECT ?thing ?name { { SELECT DISTINCT ?kind { ?kind rdfs:subClassOf* kg:Drug } } ?thing a ?kind ; rdfs:label ?name }",
    ),
    "one-of": (
        "SELECT ?claim ?value { ?claim a kg:Claim ; rdf:subject ?drug ; rdf:object ?value . "
        "FILTER(?drug IN (id:drug-1, id:drug-2)) }",
        "SELECT ?claim ?value { VALUES ?drug { id:drug-1 id:drug-2 } "
        "?claim a kg:Claim ; rdf:subject ?drug ; rdf:object ?value }",
    ),
    "one-thing": (
        "SELECT ?drug ?claim ?value { ?claim a kg:Claim ; rdf:subject ?drug ; rdf:object ?value . FILTER(?drug = id:drug-1) }",
        "SELECT ?drug ?claim ?value { VALUES ?drug { id:drug-1 } ?claim a kg:Claim ; rdf:subject ?drug ; rdf:object ?value }",
    ),
    "order-of-all": (
        "SELECT ?claim ?words { ?claim kg:inOwnWords ?words } ORDER BY ?words ?claim",
        "SELECT ?claim ?words { VALUES ?drug { id:drug-1 } ?claim rdf:subject ?drug ; kg:inOwnWords ?words } "
        "ORDER BY ?words ?claim",
    ),
    "any-triple": (
        "SELECT ?relation ?value { ?thing ?relation ?value . FILTER(?thing = id:drug-1) }",
        "SELECT ?relation ?value { id:drug-1 ?relation ?value }",
    ),
    "text-filter": (
        "SELECT ?thing { ?thing rdfs:label ?label . FILTER(CONTAINS(LCASE(?label), 'drug 1 oral')) }",
        "kgtool search 'drug 1 oral'",
    ),
}


def rows(graph: Graph, query: str) -> list[tuple]:
    """The rows of a query, or the things that a search finds."""
    if query.startswith("kgtool search "):
        found = graph.search(query.removeprefix("kgtool search ").strip("'"))
        return list(dict.fromkeys((row[0],) for row in found.rows))
    return list(graph.store.select(query).rows)


def main(triples: int = 100_000) -> list[str]:
    """Print and write the table; give back the lines of a summary."""
    timing.apart(lambda: bool(kept.project(triples)), 10**6)  # the world is there before anything has a limit
    found = []
    for name, (costly, good) in FORMS.items():
        took = [timing.apart(partial(_seconds, triples, query), LIMIT) for query in (costly, good)]
        shown = [f"{1000 * seconds:.2f}" if seconds is not None else f">{1000 * LIMIT:.0f}" for seconds in took]
        found.append((name, *shown, f"{(took[0] or LIMIT) / (took[1] or LIMIT):.1f}"))
    columns = ("form", "costly ms", "good ms", "times")
    print(timing.table(columns, found))
    timing.write("forms", f"Costly and good forms on a world of {triples:,} triples", columns, found)
    return [f"{name}: {times} times" for name, *_, times in found]


def _seconds(triples: int, query: str) -> float:
    held = kept.graph(triples)
    rows(held, query)
    return timing.median_of(lambda: rows(held, query))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
