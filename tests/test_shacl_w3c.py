"""Every test of the W3C's SHACL suite, judged strictly: each property of each result has to be right."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

from kgtool.shacl import ShapesError, judge, load, stored
from kgtool.shacl.index import Triples, sh
from kgtool.shacl.literals import Data
from kgtool.shacl.paths import read as read_path

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SHARED = Path(os.environ.get("KGTOOL_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
SUITE = SHARED / "w3c" / "shacl-tests" / "tests"


@lru_cache(None)
def quads(path: Path) -> tuple[Quad, ...]:
    return tuple(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri()))


def cases(manifest: Path) -> list[tuple[Path, NamedNode]]:
    graph, node = Triples(quads(manifest)), NamedNode(manifest.as_uri())
    included = sorted(graph.objects(node, NamedNode(MF + "include")), key=str)
    inner = [case for each in included for case in cases(file(each))]
    lists = graph.objects(node, NamedNode(MF + "entries"))
    return inner + [(manifest, entry) for head in lists for entry in graph.members(head)]


def file(iri: NamedNode) -> Path:
    return Path(iri.value.removeprefix("file://"))


NORMALISED = {"core/node/maxExclusive-001", "core/node/minExclusive-001", "core/property/datatype-ill-formed"}
CASES = cases(SUITE / "manifest.ttl") if SUITE.exists() else []
pytestmark = pytest.mark.skipif(not CASES, reason="the W3C tests are not at hand (folder shared/w3c/shacl-tests)")


def parts(manifest: Path, entry: NamedNode) -> tuple[Triples, Path, Path, object]:
    graph = Triples(quads(manifest))
    action = graph.one(entry, NamedNode(MF + "action"))
    data, shapes = (file(graph.one(action, NamedNode(SHT + part))) for part in ("dataGraph", "shapesGraph"))
    return graph, data, shapes, graph.one(entry, NamedNode(MF + "result"))


def same(node, graph: Triples, depth: int = 4):
    """A node as it compares: a blank node is what is said about it, down to a depth that tells these tests apart."""
    if not isinstance(node, BlankNode) or not depth:
        return "a blank node" if isinstance(node, BlankNode) else str(node)
    said = ((q.predicate.value, same(q.object, graph, depth - 1)) for q in graph.quads if q.subject == node)
    return tuple(sorted(said, key=repr))


def wanted(graph: Triples, report, data: Triples, shapes: Triples) -> Counter:
    found = []
    for result in graph.objects(report, sh("result")):
        path = graph.one(result, sh("resultPath"))
        found.append((
            same(graph.one(result, sh("focusNode")), data),
            read_path(graph, path) if path else None,
            same(graph.one(result, sh("value")), data),
            graph.one(result, sh("sourceConstraintComponent")).value,
            graph.one(result, sh("resultSeverity")).value,
            same(graph.one(result, sh("sourceShape")), shapes),
            same(graph.one(result, sh("sourceConstraint")), shapes),
            tuple(sorted(map(str, graph.objects(result, sh("resultMessage"))))),
        ))  # fmt: skip
    return Counter(found)


def given(results, expected: Counter, data: Triples, shapes: Triples) -> Counter:
    """What we found, without the messages where the expected result leaves them open."""
    rows = [(
        same(r.focus, data), r.path, same(r.value, data), r.component, r.severity, same(r.shape, shapes),
        same(r.constraint, shapes), tuple(sorted(map(str, r.messages))),
    ) for r in results]  # fmt: skip
    return Counter(row if row in expected else (*row[:-1], ()) for row in rows)


def name(case: tuple[Path, NamedNode]) -> str:
    return case[1].value.split("/tests/")[-1]


def from_a_store(case: tuple[Path, NamedNode]):
    reason = "a store has normalised the literals this test is about"
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if name(case) in NORMALISED else []
    return pytest.param(*case, id=name(case), marks=marks)


@pytest.mark.parametrize(("manifest", "entry"), CASES, ids=list(map(name, CASES)))
def test_the_report_is_the_one_the_w3c_expects(manifest: Path, entry: NamedNode):
    check(manifest, entry, load)


@pytest.mark.parametrize(("manifest", "entry"), list(map(from_a_store, CASES)))
def test_a_store_that_normalises_gives_the_same_report(manifest: Path, entry: NamedNode):
    check(manifest, entry, plain)


def check(manifest: Path, entry: NamedNode, loaded: Callable[[Iterable[Quad]], Data]) -> None:
    graph, data_file, shapes_file, report = parts(manifest, entry)
    data, shapes = quads(data_file), quads(shapes_file)
    source = loaded(data)
    if report == NamedNode(SHT + "Failure"):
        with pytest.raises(ShapesError):
            judge(source, shapes)
        return
    outcome = judge(source, shapes)
    data_triples, shape_triples = Triples(data), Triples(shapes)
    expected = wanted(graph, report, data_triples, shape_triples)
    assert not outcome.unsupported
    assert given(outcome.results, expected, data_triples, shape_triples) == expected
    assert graph.flag(report, sh("conforms")) is (not outcome.results)


def plain(data: Iterable[Quad]) -> Data:
    store = Store()
    store.bulk_extend(data)
    return stored(store)


def test_the_whole_suite_is_here():
    assert len(CASES) == 120
