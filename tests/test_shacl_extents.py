"""Scans that begin from a predicate: the same results as from the focus nodes, whichever the data makes cheaper."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from shape_judges import graphs
from shape_worlds import HEAD, PROPERTIES, SIZES, data, shapes

from kgtool.shacl import Data, judge, load
from kgtool.shacl.compile import Scan, plan
from kgtool.shacl.index import Triples
from kgtool.shacl.parse import read
from kgtool.shacl.run import Engine

SHAPES = HEAD + """
e:Part sh:property [ sh:path e:n ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path e:of ; sh:minCount 1 ] .
e:S a sh:NodeShape ; sh:targetClass e:C ;
    sh:property [ sh:path e:p ; sh:maxCount 2 ; sh:minCount 1 ; sh:class e:D ] ;
    sh:property [ sh:path e:part ; sh:node e:Part ] ;
    sh:property [ sh:path e:low ; sh:lessThan e:high ] .
"""
WORLD = HEAD + """
e:C1 rdfs:subClassOf e:C . e:d a e:D .
e:many a e:C ; e:p e:d, e:d2, e:d3 .
e:none a e:C1 .
e:good a e:C ; e:p e:d ; e:part e:x1 ; e:low 1 ; e:high 2 .
e:bad a e:C1 ; e:p e:d ; e:part e:x2, e:x3, e:x4, 5 ; e:low 3 ; e:high 2 .
e:x1 e:n 1 ; e:of e:good . e:x2 e:n 0 ; e:of e:bad . e:x3 e:n 1, 2 ; e:of e:bad . e:x4 e:n 1 .
"""
FOUND = [
    ("bad", "LessThan", "3"), ("bad", "Node", "5"), ("bad", "Node", "x2"), ("bad", "Node", "x3"), ("bad", "Node", "x4"),
    ("many", "Class", "d2"), ("many", "Class", "d3"), ("many", "MaxCount", ""), ("none", "MinCount", ""),
]  # fmt: skip


def beside_others(text: str, predicates: list[str]) -> str:
    """The data, and so many other subjects of each predicate that its triples are mostly theirs."""
    return text + "".join(f"e:other-{n} {p} e:other-{n}-{n} .\n" for p in predicates for n in range(400))


def local(term) -> str:
    return term.value.removeprefix("http://example.org/") if term else ""


def found(data_text: str, shapes_text: str) -> list[tuple[str, ...]]:
    outcome = judge(*graphs(data_text, shapes_text))
    kinds = ((r, r.component.rpartition("#")[2].removesuffix("ConstraintComponent")) for r in outcome.results)
    rows = [(local(r.focus), kind, local(r.value)) for r, kind in kinds]
    return sorted(row for row in rows if not row[0].startswith("other-"))


def queries(data: Data) -> list[str]:
    known = read(Triples(parse(SHAPES, format=RdfFormat.TURTLE)))
    return [query.query for query in plan(Engine(data, known).writer) if isinstance(query, Scan)]


def test_a_scan_begins_from_a_predicate_only_where_most_of_its_triples_are_the_focus_nodes_own():
    alone = queries(graphs(WORLD, SHAPES)[0])
    crowd = queries(graphs(beside_others(WORLD, ["e:p", "e:part", "e:low", "e:n"]), SHAPES)[0])
    start = "{ ?_f0 <http://example.org/p> ?_value . FILTER"
    assert any(start in query for query in alone) and not any(start in query for query in crowd)
    assert any("GROUP BY ?_f0 HAVING (COUNT(*) > 2)" in query for query in alone)
    assert not any("COUNT(*)" in query for query in crowd)


@pytest.mark.parametrize("text", [WORLD, beside_others(WORLD, ["e:p", "e:part", "e:low", "e:n"])], ids=["alone", "crowd"])
def test_either_way_finds_all_that_is_wrong(text: str):
    assert found(text, SHAPES) == FOUND


def test_the_same_triple_in_two_graphs_is_one_value():
    quads = list(parse(WORLD.replace(", e:d3 .", " ."), format=RdfFormat.TURTLE))
    store = Store()
    store.bulk_extend(Quad(q.subject, q.predicate, q.object, NamedNode(f"http://g/{n}")) for n in range(2) for q in quads)
    results = judge(store, list(parse(SHAPES, format=RdfFormat.TURTLE))).results
    assert not any(r.component.endswith("MaxCountConstraintComponent") for r in results)


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_have_the_same_results_beside_others(seed: int):
    world, asked = data(random.Random(seed)), shapes(random.Random(seed + 1000))
    assert found(beside_others(HEAD + world, [*PROPERTIES, *SIZES]), asked) == found(HEAD + world, asked)


def test_an_empty_graph_has_no_results():
    assert judge(load([]), list(parse(SHAPES, format=RdfFormat.TURTLE))).results == ()
