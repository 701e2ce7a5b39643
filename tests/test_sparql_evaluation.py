"""The W3C's tests of query evaluation, approved or not, each asked of a live server with its data uploaded there."""

from __future__ import annotations

import json
from collections import Counter
from csv import DictReader
from decimal import Decimal
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from tests import w3c_manifests as w3c
from tests.conftest import SHARED
from tests.w3c_manifests import DAWGT, MF, QT, Client, Test

SUITE = SHARED / "w3c" / "sparql11-tests"
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
XSD = "http://www.w3.org/2001/XMLSchema#"
EVALUATED = [
    test for path in sorted(SUITE.glob("*/manifest.ttl"))
    for test in w3c.tests(path.parent, MF.QueryEvaluationTest, MF.CSVResultFormatTest)
]
# Each of these must fail. Of the tests of entailment, those that are not here hold without any.
REGIME = "it wants what follows under RDFS, OWL or RIF; kgtool derives by rules of its own, at build time"
EXCEPTIONS = {
    **{f"entailment/{name}": REGIME for name in (
        "paper-sparqldl-Q1 paper-sparqldl-Q1-rdfs paper-sparqldl-Q2 paper-sparqldl-Q3 paper-sparqldl-Q4 parent3 parent4 "
        "parent5 parent6 parent7 parent8 parent9 parent10 rdf01 rdfs01 rdfs02 rdfs03 rdfs04 rdfs05 rdfs06 rdfs07 rdfs09 "
        "rdfs10 rdfs11 rif01 rif03 rif04 rif06 simple1 simple2 simple3 simple4 simple5 simple6 simple7 simple8 "
        "sparqldl-02 sparqldl-03 sparqldl-10 sparqldl-11 sparqldl-12 sparqldl-13"
    ).split()},
    **{f"service/service{name}": "SERVICE asks other servers, which this one never does" for name in (*"123567", "4a")},
    "functions/bnode01": 'the engine gives BNODE("x") the same node in each row',
    **{f"aggregates/agg-groupconcat-0{number}": "the engine keeps a language that all the texts share" for number in (4, 6)},
    **{name: "the engine leaves the variable of a GRAPH unbound in what stands apart inside: VALUES, MINUS, EXISTS, a group"
       for name in ("aggregates/agg-empty-group-count-graph", "bindings/graph", "exists/exists-graph-variable",
                    "negation/graph-minus")},
    **{f"property-path/zero_or_{many}_set_{end}": "the engine finds no path of length zero from what no triple speaks of"
       for many in ("one", "more") for end in ("start", "end")},
}
RESULTS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's SPARQL 1.1 tests are not at hand")


def marked(test: Test):
    why = EXCEPTIONS.get(test.id)
    return pytest.param(test, id=test.id, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else [])


def test_every_exception_is_a_test():
    assert set(EXCEPTIONS) <= {test.id for test in EVALUATED}


@pytest.fixture(scope="module")
def client(scratch) -> Client:
    return Client(scratch)


def test_all_tests_are_there():
    approved = [test for test in EVALUATED if test.value(DAWGT.approval) == DAWGT.Approved]
    assert (len(EVALUATED), len(approved)) == (312, 255)


@pytest.mark.parametrize("test", [marked(test) for test in EVALUATED])
def test_evaluation(client, test):
    query = path(test.value(MF.action, QT.query))
    load(client, test)
    text = f"BASE <{query.as_uri()}>\n{query.read_text(encoding='utf-8')}"
    expected = path(test.value(MF.result))
    if expected.suffix in (".ttl", ".rdf") and not is_table(expected):
        answer = client.query(text, "text/turtle")
        assert answer.status == 200, answer.body
        assert isomorphic(rdflib.Graph().parse(data=answer.body, format="turtle"), rdflib.Graph().parse(expected))
    elif expected.suffix == ".csv":
        answer = client.query(text, "text/csv")
        assert (answer.status, csv(answer.body)) == (200, csv(expected.read_bytes()))
    else:
        accept = "text/tab-separated-values" if expected.suffix == ".tsv" else "application/sparql-results+json"
        answer = client.query(text, accept)
        assert answer.status == 200, answer.body
        assert same(told(answer.body, RESULTS[".tsv" if expected.suffix == ".tsv" else ".srj"]), wanted(expected))


def path(iri) -> Path:
    return Path(urlsplit(str(iri)).path)


LOADED: list[dict] = [{}]


def load(client: Client, test: Test) -> None:
    """The test's data; what is there already from the test before is not sent again."""
    action = test.value(MF.action)
    default = test.manifest.value(action, QT.data)
    graphs = {None: path(default)} if default else {}
    graphs |= {str(data): path(data) for data in test.manifest.objects(action, QT.graphData)}
    if LOADED[-1] != graphs:
        LOADED[-1] = {}
        client.load(graphs)
        LOADED[-1] = graphs


def csv(body: bytes) -> Counter:
    """The rows, whatever the order of columns, which SELECT * leaves open; numbers by value."""
    return Counter(tuple(sorted((name, plain(value)) for name, value in row.items()))
                   for row in DictReader(StringIO(body.decode())))


def plain(value: str) -> str:
    if value.startswith("_:"):
        return "_:"
    try:
        return str(float(value))
    except ValueError:
        return value


def is_table(file: Path) -> bool:
    return (None, rdflib.RDF.type, RS.ResultSet) in rdflib.Graph().parse(file)


def wanted(file: Path) -> bool | tuple[set[str], list[dict]]:
    return told(file.read_bytes(), RESULTS[file.suffix]) if file.suffix in RESULTS else table(file)


def told(content: bytes, form: ox.QueryResultsFormat) -> bool | tuple[set[str], list[dict]]:
    """A yes or no, or columns and rows without what is unbound."""
    found = ox.parse_query_results(content, form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return set(names), [{name: row[name] for name in names if row[name] is not None} for row in found]


def table(file: Path) -> bool | tuple[set[str], list[dict]]:
    """The same, from where the results are written as RDF."""
    said = rdflib.Graph().parse(file)
    node = said.value(None, rdflib.RDF.type, RS.ResultSet)
    if (truth := said.value(node, RS.boolean)) is not None:
        return truth.toPython()
    rows = [
        {str(said.value(binding, RS.variable)): term(said.value(binding, RS.value)) for binding in said.objects(row, RS.binding)}
        for row in said.objects(node, RS.solution)
    ]
    return {str(name) for name in said.objects(node, RS.resultVariable)}, rows


def term(node: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(node)
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(node)
    return ox.Literal(node, language=node.language) if node.language else ox.Literal(
        node, datatype=ox.NamedNode(node.datatype or XSD + "string"))


def same(found: bool | tuple, expected: bool | tuple) -> bool:
    """The same rows, however ordered and however their blank nodes are called; numbers by value."""
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    return found[0] == expected[0] and isomorphic(as_graph(found[1]), as_graph(expected[1]))


def as_graph(rows: list[dict]) -> rdflib.Graph:
    graph = rdflib.Graph()
    counts = Counter(json.dumps({name: spelled(value) for name, value in row.items()}, sort_keys=True) for row in rows)
    for row, count in counts.items():
        node = rdflib.BNode()
        graph.add((node, rdflib.URIRef("urn:count"), rdflib.Literal(count)))
        for name, value in json.loads(row).items():
            blank = value.startswith("_:")
            graph.add((node, rdflib.URIRef(f"urn:{name}"), rdflib.BNode(value[2:]) if blank else rdflib.Literal(value)))
    return graph


INTEGERS = {"int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong",
            "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"}


def spelled(value: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    if not isinstance(value, ox.Literal) or value.language:
        return str(value).lower() if isinstance(value, ox.Literal) else str(value)
    kind = value.datatype.value.removeprefix(XSD)
    if kind in ("integer", "decimal", *INTEGERS):
        kind = "integer" if kind in INTEGERS else kind
        return f"{kind} {Decimal(value.value).normalize():f}"
    if kind == "boolean":
        return f"boolean {value.value in ('1', 'true')}"
    if kind in ("double", "float"):
        return f"{kind} {float(value.value)!r}"
    return str(value).replace("+00:00", "Z")
