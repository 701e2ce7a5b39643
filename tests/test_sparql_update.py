"""The W3C's tests of updates, and of what is an update or a query at all, on a live server that may be written to."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from tests import w3c_manifests as w3c
from tests.test_sparql_evaluation import SUITE, path
from tests.w3c_manifests import MF, UT, Client, Test

NO_LOAD = "LOAD reads from other places, which this server never does, silently or not"
EXCEPTIONS = {"update-silent/load-silent": NO_LOAD, "update-silent/load-into-silent": NO_LOAD}
MANIFESTS = sorted(SUITE.glob("*/manifest.ttl"))
UPDATES = [test for found in MANIFESTS for test in w3c.tests(found.parent, MF.UpdateEvaluationTest)]
RIGHT = (MF.PositiveSyntaxTest11, MF.PositiveUpdateSyntaxTest11)
PLACE = re.compile(r"line \d+, column \d+: ")
WRONG = (MF.NegativeSyntaxTest11, MF.NegativeUpdateSyntaxTest11)

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's SPARQL 1.1 tests are not at hand")


def marked(test: Test):
    why = EXCEPTIONS.get(test.id)
    return pytest.param(test, id=test.id, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else [])


@pytest.fixture(scope="module")
def client(scratch) -> Client:
    return Client(scratch)


def test_all_tests_are_there():
    assert set(EXCEPTIONS) <= {test.id for test in UPDATES}
    assert len(UPDATES) == 94


@pytest.mark.parametrize("test", [marked(test) for test in UPDATES])
def test_update(client, test):
    load(client, test)
    request = path(test.value(MF.action, UT.request))
    answer = client.update(f"BASE <{request.as_uri()}>\n{request.read_text(encoding='utf-8')}")
    assert answer.status == 204, answer.body
    found, wanted = held(client), {name: rdflib.Graph().parse(file) for name, file in graphs(test, MF.result).items()}
    for name in set(found) | set(wanted):
        assert isomorphic(found.get(name, rdflib.Graph()), wanted.get(name, rdflib.Graph())), name


def load(client: Client, test: Test) -> None:
    """As triples, for what is named in them relative to their file keeps its name."""
    assert client.update("DROP ALL").status == 204
    for name, file in graphs(test, MF.action).items():
        triples = rdflib.Graph().parse(file).serialize(format="nt")
        assert client.put(name, triples, "application/n-triples").status in (201, 204)


def graphs(test: Test, part: rdflib.URIRef) -> dict[str | None, Path]:
    """The files of the graphs before or after; None is the default graph."""
    node = test.value(part)
    default = test.manifest.value(node, UT.data)
    found = {None: path(default)} if default else {}
    for named in test.manifest.objects(node, UT.graphData):
        name = str(test.manifest.value(named, rdflib.RDFS.label))
        found[name] = path(test.manifest.value(named, UT.graph) or test.manifest.value(named, UT.data))
    return found


def held(client: Client) -> dict[str | None, rdflib.Graph]:
    """All that the server holds."""
    found: dict[str | None, rdflib.Graph] = {}
    for quad in ox.parse(client.ask("GET", "/graphs", accept="application/n-quads").body, ox.RdfFormat.N_QUADS):
        name = None if quad.graph_name == ox.DefaultGraph() else quad.graph_name.value
        found.setdefault(name, rdflib.Graph()).parse(data=f"{quad.triple} .", format="nt")
    return found


def test_what_is_a_query_or_an_update_is_read(client):
    """It may still be refused for what it would do, as SERVICE and LOAD are."""
    answers = asked(client, RIGHT)
    assert len(answers) == 108
    assert [name for name, (status, said) in answers.items() if status == 400 and PLACE.match(said)] == []


def test_what_is_no_query_or_update_is_refused(client):
    answers = asked(client, WRONG)
    assert len(answers) == 61
    assert [name for name, (status, _) in answers.items() if status != 400] == []


def asked(client: Client, kinds: tuple[rdflib.URIRef, ...]) -> dict[str, tuple[int, str]]:
    found = {}
    for test in (test for manifest in MANIFESTS for test in w3c.tests(manifest.parent, *kinds)):
        file = path(test.value(MF.action))
        text = f"BASE <{file.as_uri()}>\n{file.read_text(encoding='utf-8')}"
        answer = client.update(text) if file.suffix == ".ru" else client.query(text, "*/*")
        found[test.id] = answer.status, answer.body.decode()
    return found
